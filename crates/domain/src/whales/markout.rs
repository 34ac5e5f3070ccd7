//! What the price did after a trade, beside what it did after trades like it.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::Side;
use crate::clusters::OwnerIx;
use crate::evidence::EvidenceId;
use crate::ledger::{EventIx, MarketIx};
use crate::stats::{Clustered, Weighted};

/// How long after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Horizon {
    /// A minute.
    Minute,
    /// Five.
    FiveMinutes,
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// What the share paid.
    Settlement,
}

impl Horizon {
    /// Every horizon.
    pub const ALL: [Self; 5] =
        [Self::Minute, Self::FiveMinutes, Self::Hour, Self::Day, Self::Settlement];

    /// The time; `None` for what the share paid.
    pub fn length(self) -> Option<TimeDelta> {
        match self {
            Self::Minute => Some(TimeDelta::minutes(1)),
            Self::FiveMinutes => Some(TimeDelta::minutes(5)),
            Self::Hour => Some(TimeDelta::hours(1)),
            Self::Day => Some(TimeDelta::days(1)),
            Self::Settlement => None,
        }
    }

    /// The stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Minute => "1m",
            Self::FiveMinutes => "5m",
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Settlement => "settle",
        }
    }
}

/// Prices at which bands begin, in dollars.
pub const PRICE_BANDS: [f64; 6] = [0.0, 0.1, 0.3, 0.5, 0.7, 0.9];

/// The band that a price is in, by its place in [`PRICE_BANDS`].
pub fn price_band(price: f64) -> usize {
    PRICE_BANDS.iter().filter(|start| price >= **start).count().saturating_sub(1)
}

/// A trade, told on outcome 0 of its market, and what the price was afterwards.
#[derive(Debug, Clone, PartialEq)]
pub struct PricedTrade {
    /// The trade.
    pub id: EvidenceId,
    /// Its event: trades of an event are one observation.
    pub event: EventIx,
    /// Its market.
    pub market: MarketIx,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub owner: OwnerIx,
    /// What was done with outcome 0.
    pub side: Side,
    /// What was paid or received for outcome 0, in dollars.
    pub price: f64,
    /// The price of outcome 0 at each of [`Horizon::ALL`]; `None` where it was not recorded, or is not yet.
    pub later: [Option<f64>; Horizon::ALL.len()],
}

impl PricedTrade {
    fn gain(&self, horizon: usize) -> Option<f64> {
        let change = self.later.get(horizon).copied().flatten()? - self.price;
        Some(if self.side == Side::Buy { change } else { -change })
    }

    fn group(&self) -> Group {
        Group {
            market: self.market,
            hour: self.at.timestamp().div_euclid(3_600),
            band: price_band(self.price),
        }
    }
}

/// A trade that somebody was alerted to.
pub type Alert = PricedTrade;

/// What trades are compared within.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    market: MarketIx,
    hour: i64,
    band: usize,
}

/// One horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarkoutLine {
    /// The horizon.
    pub horizon: Horizon,
    /// Mean gain of the alerts in dollars a share, before fees, with an interval by events; of those that
    /// have a placebo.
    pub alerts: Option<Clustered>,
    /// The same less the mean gain of their placebo trades.
    pub excess: Option<Clustered>,
    /// Alerts counted.
    pub n: usize,
    /// Placebo trades they were compared with.
    pub placebos: usize,
    /// Alerts left out, because the price is not known at the horizon.
    pub unpriced: usize,
    /// Alerts left out, because nobody else traded in the market, the hour and the price band.
    pub unmatched: usize,
}

/// What became of the price after alerts.
#[derive(Debug, Clone, PartialEq)]
pub struct Markout {
    /// Each of [`Horizon::ALL`].
    pub lines: Vec<MarkoutLine>,
}

/// Compares alerts with placebo trades: of the same market, hour and price band, by other owners, and no
/// alerts themselves. Each event is one observation, the mean of its alerts. An alert without a placebo is left out and counted: it has nothing to be compared with.
pub fn markouts(alerts: &[Alert], others: &[PricedTrade]) -> Markout {
    let named: HashSet<EvidenceId> = alerts.iter().map(|alert| alert.id).collect();
    let mut groups: BTreeMap<Group, Vec<&PricedTrade>> = BTreeMap::new();
    for other in others.iter().filter(|other| !named.contains(&other.id)) {
        groups.entry(other.group()).or_default().push(other);
    }
    for group in groups.values_mut() {
        group.sort_by_key(|other| other.id);
        group.dedup_by_key(|other| other.id);
    }
    let mut alerts: Vec<&Alert> = alerts.iter().collect();
    alerts.sort_by_key(|alert| (alert.event, alert.id));
    alerts.dedup_by_key(|alert| (alert.event, alert.id));
    let horizons = Horizon::ALL.into_iter().enumerate();
    let lines = horizons.map(|(place, horizon)| line(horizon, place, &alerts, &groups)).collect();
    Markout { lines }
}

fn line(
    horizon: Horizon,
    place: usize,
    alerts: &[&Alert],
    groups: &BTreeMap<Group, Vec<&PricedTrade>>,
) -> MarkoutLine {
    let mut compared: Vec<(EventIx, f64, f64)> = Vec::new();
    let (mut placebos, mut unpriced, mut unmatched) = (0, 0, 0);
    for alert in alerts {
        let Some(gain) = alert.gain(place) else {
            unpriced += 1;
            continue;
        };
        let group = groups.get(&alert.group()).map(Vec::as_slice).unwrap_or_default();
        let matched = group.iter().filter(|other| other.owner != alert.owner);
        let matched: Vec<f64> = matched.filter_map(|other| other.gain(place)).collect();
        if matched.is_empty() {
            unmatched += 1;
            continue;
        }
        placebos += matched.len();
        let usual = matched.iter().sum::<f64>() / matched.len() as f64;
        compared.push((alert.event, gain, gain - usual));
    }
    let by_event = |value: fn(&(EventIx, f64, f64)) -> f64| {
        let events = compared.chunk_by(|one, other| one.0 == other.0);
        let observed = events.filter_map(|alerts| {
            let sum = alerts.iter().map(value).sum::<f64>() / alerts.len() as f64;
            Some(Weighted { cluster: alerts.first()?.0, sum, weight: 1.0 })
        });
        Clustered::mean(&observed.collect::<Vec<_>>())
    };
    MarkoutLine {
        horizon,
        alerts: by_event(|compared| compared.1),
        excess: by_event(|compared| compared.2),
        n: compared.len(),
        placebos,
        unpriced,
        unmatched,
    }
}
