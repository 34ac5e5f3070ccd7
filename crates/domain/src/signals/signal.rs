//! What is published.

use chrono::{DateTime, TimeDelta, Utc};

use crate::evidence::{Basis, EvidenceId, Ingredient};
use crate::{EventId, MarketId, Side};

/// Of the definitions of all signals. Another definition is another version, and another row.
pub const VERSION: u32 = 1;

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The smart-money imbalance is beyond a threshold.
    SmartMoney,
    /// Smart money is far from the price.
    Divergence,
    /// A large owner turned round.
    Flip,
    /// Somebody put a large amount together in small trades.
    Accumulation,
    /// The price has a trend.
    Momentum,
    /// Volume is unusual.
    Volume,
    /// A trade is unusually large.
    Size,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::SmartMoney,
        Self::Divergence,
        Self::Flip,
        Self::Accumulation,
        Self::Momentum,
        Self::Volume,
        Self::Size,
    ];

    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::SmartMoney => "smart_money",
            Self::Divergence => "divergence",
            Self::Flip => "flip",
            Self::Accumulation => "accumulation",
            Self::Momentum => "momentum",
            Self::Volume => "volume",
            Self::Size => "size",
        }
    }

    /// When signals of the kind are settled, unless the publisher says otherwise: stances about an answer when
    /// it comes, what is about the tape after a day or an hour.
    pub fn horizon(self) -> Horizon {
        match self {
            Self::SmartMoney | Self::Divergence => Horizon::Resolution,
            Self::Flip | Self::Accumulation | Self::Momentum => Horizon::After(TimeDelta::days(1)),
            Self::Volume | Self::Size => Horizon::After(TimeDelta::hours(1)),
        }
    }
}

/// When a signal is settled, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Horizon {
    /// By the price after so long, or by the payout if the market is resolved before.
    After(TimeDelta),
    /// By the payout.
    Resolution,
}

impl Horizon {
    /// When; `None` where nobody knows.
    pub fn due(self, as_of: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::After(length) => as_of.checked_add_signed(length),
            Self::Resolution => None,
        }
    }
}

/// How strong, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Strength(f64);

impl Strength {
    /// `None` outside 0 to 1.
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// x / (x + half) for x from 0 on: one half at `half`.
    pub fn saturating(x: f64, half: f64) -> Option<Self> {
        (x >= 0.0 && half > 0.0).then(|| Self::new(x / (x + half))).flatten()
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// A signal as it is published. Never changed afterwards: everything needed to settle it is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// What it is about.
    pub kind: Kind,
    /// The market.
    pub market_id: MarketId,
    /// Its event: signals of one event are one observation.
    pub event_id: Option<EventId>,
    /// What to do with outcome 0, if the signal is right; `None` where it points nowhere (volume).
    pub side: Option<Side>,
    /// How strong.
    pub strength: Strength,
    /// When it could be known; nothing later went into it.
    pub as_of: DateTime<Utc>,
    /// Of its definition.
    pub version: u32,
    /// Independent observations behind it.
    pub n: f64,
    /// What went into it.
    pub ingredients: Vec<Ingredient>,
    /// The records.
    pub evidence: Vec<EvidenceId>,
    /// When it is settled.
    pub horizon: Horizon,
    /// The mid of outcome 0 at `as_of`; without one it can never be settled.
    pub price: Option<f64>,
    /// Dollars a share that following it cost at `as_of`: half the spread and the taker's fee. `None` unknown.
    pub cost: Option<f64>,
    /// What it was read from.
    pub basis: Basis,
}
