//! From findings to signals: one place for what is strong enough to be published.

use chrono::{DateTime, Utc};

use super::anomaly::{Anomaly, trend};
use super::consensus::Consensus;
use super::divergence::Divergence;
use super::signal::{Kind, Signal, Strength, VERSION};
use crate::analytics::Momentum;
use crate::evidence::{Basis, EvidenceId, Ingredient, Span};
use crate::ledger::{MICRO, MarketIx, MicroUsdc, Slot};
use crate::whales::{Accumulated, Flip, Lean, RelativeSize};
use crate::{EventId, MarketId, Side};

/// The imbalance from which on smart money is a signal, if its whole span is beyond 0.
pub const LEAST_IMBALANCE: f64 = 50.0;
/// The divergence from which on it is one, in dollars a share, if its whole span is beyond the cost of following
/// it.
pub const LEAST_DIVERGENCE: f64 = 0.03;

/// The market that a signal is about, at the moment it is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// The market.
    pub market_id: MarketId,
    /// Its event.
    pub event_id: Option<EventId>,
    /// The moment: nothing later went into the finding.
    pub as_of: DateTime<Utc>,
    /// The mid of outcome 0; `None` unknown.
    pub price: Option<f64>,
    /// Half the spread and the taker's fee, in dollars a share; `None` unknown.
    pub cost: Option<f64>,
    /// What was read.
    pub basis: Basis,
}

/// What of a signal differs from kind to kind.
struct Draft {
    kind: Kind,
    side: Option<Side>,
    strength: Option<Strength>,
    n: f64,
    ingredients: Vec<Ingredient>,
    evidence: Vec<EvidenceId>,
}

impl Scene {
    /// Smart money stands on one side: an imbalance of at least [`LEAST_IMBALANCE`], whoever was not tested.
    /// `evidence` are the stances' records.
    pub fn smart_money(&self, said: &Consensus, evidence: Vec<EvidenceId>) -> Option<Signal> {
        let imbalance = said.opinion.imbalance()?;
        let side = sure_side(said.span?, 0.0)?;
        let is_enough = imbalance.abs() >= LEAST_IMBALANCE;
        let draft = Draft {
            kind: Kind::SmartMoney,
            side: Some(side),
            strength: Strength::new(imbalance.abs() / 100.0),
            n: said.n_eff,
            ingredients: vec![
                Ingredient::new("imbalance", imbalance),
                Ingredient::new("votes_toward", said.toward),
                Ingredient::new("votes_away", said.away),
                Ingredient::new("n_eff", said.n_eff),
                Ingredient::new("untested", said.untested as f64),
            ],
            evidence,
        };
        is_enough.then(|| self.publish(draft)).flatten()
    }

    /// Smart money is far from the price: at least [`LEAST_DIVERGENCE`], and more than following it costs, over
    /// the whole span. Nothing where the cost is unknown.
    pub fn divergence(&self, said: &Divergence, evidence: Vec<EvidenceId>) -> Option<Signal> {
        let side = sure_side(said.span, self.cost?)?;
        let is_enough = said.from_price.abs() >= LEAST_DIVERGENCE;
        let draft = Draft {
            kind: Kind::Divergence,
            side: Some(side),
            strength: Strength::saturating(said.from_price.abs(), 0.1),
            n: said.holders as f64,
            ingredients: vec![
                Ingredient::new("chance", said.chance),
                Ingredient::new("from_price", said.from_price),
                Ingredient::new("from_price_low", said.span.low),
                Ingredient::new("from_price_high", said.span.high),
            ],
            evidence,
        };
        is_enough.then(|| self.publish(draft)).flatten()
    }

    /// Somebody turned round, and is now for or against this market's first outcome. `None` where `market` is not
    /// what the turn is about, and of a history that is not whole: what was held before may undo it.
    pub fn flip(&self, flip: &Flip, market: MarketIx) -> Option<Signal> {
        let side = side_on(flip.to, market).filter(|_| flip.is_whole)?;
        let dollars = |micro: i64| micro as f64 / MICRO as f64;
        self.publish(Draft {
            kind: Kind::Flip,
            side: Some(side),
            strength: Strength::saturating(flip.change, 1.0),
            n: 1.0,
            ingredients: vec![
                Ingredient::new("peak", dollars(flip.peak)),
                Ingredient::new("now", dollars(flip.now)),
                Ingredient::new("change", flip.change),
            ],
            evidence: flip.trades.clone(),
        })
    }

    /// Somebody put together at least `least` millionths of a dollar in small trades.
    pub fn accumulation(
        &self,
        found: &Accumulated,
        market: MarketIx,
        least: MicroUsdc,
    ) -> Option<Signal> {
        let at_risk = found.at_risk.filter(|at_risk| *at_risk >= least && *at_risk > 0)?;
        let side = side_on(found.lean, market)?;
        self.publish(Draft {
            kind: Kind::Accumulation,
            side: Some(side),
            strength: Strength::saturating(at_risk as f64, least.max(1) as f64),
            n: 1.0,
            ingredients: vec![
                Ingredient::new("at_risk", at_risk as f64 / MICRO as f64),
                Ingredient::new("hours", found.hours as f64),
                Ingredient::new("fills", found.fills as f64),
                Ingredient::new("large_fills", found.large_fills as f64),
            ],
            evidence: found.trades.clone(),
        })
    }

    /// The price has a trend; see [`trend`].
    pub fn momentum(&self, momentum: &Momentum) -> Option<Signal> {
        let (side, t) = trend(momentum)?;
        self.publish(Draft {
            kind: Kind::Momentum,
            side: Some(side),
            strength: Strength::saturating(t, super::anomaly::MOMENTUM_T),
            n: momentum.n as f64,
            ingredients: vec![
                Ingredient::new("slope_per_day", momentum.slope_per_day),
                Ingredient::new("standard_error", momentum.standard_error),
                Ingredient::new("t", t),
            ],
            evidence: Vec::new(),
        })
    }

    /// Volume is unusual. It points nowhere.
    pub fn volume(&self, found: &Anomaly, evidence: Vec<EvidenceId>) -> Option<Signal> {
        let draft = Draft {
            kind: Kind::Volume,
            side: None,
            strength: Strength::saturating(found.z.max(0.0), super::anomaly::ANOMALY_Z),
            n: found.n as f64,
            ingredients: vec![Ingredient::new("z", found.z)],
            evidence,
        };
        found.is_anomaly.then(|| self.publish(draft)).flatten()
    }

    /// A trade is unusually large by [`RelativeSize::is_large`] and by its own z.
    pub fn size(
        &self,
        found: &Anomaly,
        size: &RelativeSize,
        side: Side,
        trade: EvidenceId,
    ) -> Option<Signal> {
        let is_enough = found.is_anomaly && size.is_large == Some(true);
        let draft = Draft {
            kind: Kind::Size,
            side: Some(side),
            strength: Strength::saturating(found.z.max(0.0), super::anomaly::ANOMALY_Z),
            n: found.n as f64,
            ingredients: vec![
                Ingredient::new("z", found.z),
                Ingredient::new("of_volume", size.of_volume),
                Ingredient::new("of_depth", size.of_depth),
            ],
            evidence: vec![trade],
        };
        is_enough.then(|| self.publish(draft)).flatten()
    }

    /// Nothing is published without a price: it could never be settled.
    fn publish(&self, draft: Draft) -> Option<Signal> {
        self.price?;
        Some(Signal {
            kind: draft.kind,
            market_id: self.market_id.clone(),
            event_id: self.event_id.clone(),
            side: draft.side,
            strength: draft.strength?,
            as_of: self.as_of,
            version: VERSION,
            n: draft.n,
            ingredients: draft.ingredients,
            evidence: draft.evidence,
            horizon: draft.kind.horizon(),
            price: self.price,
            cost: self.cost,
            basis: self.basis,
        })
    }
}

/// The side that a span is wholly on, by more than `least`.
fn sure_side(span: Span, least: f64) -> Option<Side> {
    if span.low > least {
        Some(Side::Buy)
    } else if span.high < -least {
        Some(Side::Sell)
    } else {
        None
    }
}

/// What a lean means for the first outcome of a market.
fn side_on(lean: Lean, market: MarketIx) -> Option<Side> {
    let of = |slot: Option<Slot>| slot.filter(|slot| slot.market == market);
    match (of(lean.toward), of(lean.against)) {
        (Some(slot), _) if slot.outcome == 0 => Some(Side::Buy),
        (Some(_), _) => Some(Side::Sell),
        (None, Some(slot)) if slot.outcome == 0 => Some(Side::Sell),
        (None, Some(_)) => Some(Side::Buy),
        (None, None) => None,
    }
}
