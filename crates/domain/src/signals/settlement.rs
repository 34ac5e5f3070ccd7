//! What became of a signal.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::signal::{Horizon, Signal};
use crate::Side;
use crate::evidence::Span;
use crate::stats::{Clustered, Proportion, Weighted};

/// How far from the due time a price may be recorded.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// What was recorded by now. Everything is of outcome 0.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Observed {
    /// The price recorded nearest to the due time, and when.
    pub price: Option<(DateTime<Utc>, f64)>,
    /// What a share paid, and when that was final and known here: what is learned later must not undo a result.
    pub payout: Option<(DateTime<Utc>, f64)>,
}

/// Why a signal will never have a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Void {
    /// It points nowhere.
    NoSide,
    /// No price was known when it was published.
    NoEntry,
    /// No price was recorded within five minutes of the due time.
    NoPrice,
}

impl Void {
    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::NoSide => "no_side",
            Self::NoEntry => "no_entry",
            Self::NoPrice => "no_price",
        }
    }
}

/// What became of a signal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Settlement {
    /// Not due, or not resolved.
    Pending,
    /// It has a result, a loss as well as a gain.
    Settled {
        /// When.
        at: DateTime<Utc>,
        /// Dollars a share in its direction, before costs.
        gain: f64,
        /// After the cost of following it; `None` where that is unknown.
        net: Option<f64>,
        /// Whether the gain is above 0; `None` a push: neither gain nor loss, or the market paid in part.
        hit: Option<bool>,
    },
    /// It has none, and why.
    Void(Void),
}

/// Settles a signal by what was recorded, without choice: the same records give the same result whenever it
/// is asked after they are in.
pub fn settle(signal: &Signal, observed: &Observed, now: DateTime<Utc>) -> Settlement {
    let Some(side) = signal.side else { return Settlement::Void(Void::NoSide) };
    let Some(entry) = signal.price else { return Settlement::Void(Void::NoEntry) };
    let due = signal.horizon.due(signal.as_of);
    let payout = observed.payout.filter(|(at, _)| *at <= now && due.is_none_or(|due| *at <= due));
    if let Some((at, paid)) = payout {
        let is_whole = paid <= 0.0 || paid >= 1.0;
        return settled(signal, side, at, paid - entry, is_whole);
    }
    let Some(due) = due.filter(|_| signal.horizon != Horizon::Resolution) else {
        return Settlement::Pending;
    };
    // Until the tolerance is over a nearer price may come.
    if now < due + TOLERANCE {
        return Settlement::Pending;
    }
    match observed.price.filter(|(at, _)| (*at - due).abs() <= TOLERANCE) {
        Some((at, price)) => settled(signal, side, at, price - entry, true),
        None => Settlement::Void(Void::NoPrice),
    }
}

fn settled(
    signal: &Signal,
    side: Side,
    at: DateTime<Utc>,
    change: f64,
    is_whole: bool,
) -> Settlement {
    let gain = if side == Side::Buy { change } else { -change };
    let hit = (is_whole && gain != 0.0).then_some(gain > 0.0);
    Settlement::Settled { at, gain, net: signal.cost.map(|cost| gain - cost), hit }
}

/// What became of many signals.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// Published.
    pub published: usize,
    /// Not due yet.
    pub pending: usize,
    /// Without a result for ever.
    pub void: usize,
    /// Settled.
    pub settled: usize,
    /// Events among them; signals without an event are one each.
    pub events: usize,
    /// Events whose signals gained together, of those that gained or lost.
    pub hits: Option<Proportion>,
    /// Mean gain in dollars a share, each event once.
    pub gain: Option<f64>,
    /// Its 95 % interval by events; `None` of one event.
    pub interval: Option<Span>,
    /// Mean after costs, each event once; `None` where a cost is unknown.
    pub net: Option<f64>,
}

/// A gain, and what is left of it after costs.
type Gain = (f64, Option<f64>);

/// Adds up settlements, each event once: the legs of one event are one observation. The events are any name.
pub fn tally<E: Ord>(settlements: impl IntoIterator<Item = (Option<E>, Settlement)>) -> Tally {
    let (mut published, mut pending, mut void) = (0, 0, 0);
    let mut single = 0usize;
    let mut events: BTreeMap<(Option<E>, usize), Vec<Gain>> = BTreeMap::new();
    for (event, settlement) in settlements {
        published += 1;
        match settlement {
            Settlement::Pending => pending += 1,
            Settlement::Void(_) => void += 1,
            Settlement::Settled { gain, net, .. } => {
                let own = if event.is_none() { single + 1 } else { 0 };
                single += usize::from(event.is_none());
                events.entry((event, own)).or_default().push((gain, net));
            }
        }
    }
    let settled = events.values().map(Vec::len).sum();
    let mean = |values: Vec<f64>| {
        let count = values.len() as f64;
        (count > 0.0).then(|| values.iter().sum::<f64>() / count)
    };
    let gains: Vec<f64> = events
        .values()
        .filter_map(|event| mean(event.iter().map(|(gain, _)| *gain).collect()))
        .collect();
    let nets: Option<Vec<f64>> = events
        .values()
        .map(|event| mean(event.iter().map(|(_, net)| *net).collect::<Option<_>>()?))
        .collect();
    let won = gains.iter().filter(|gain| **gain > 0.0).count();
    let moved = gains.iter().filter(|gain| **gain != 0.0).count();
    let gain = mean(gains.clone());
    Tally {
        published,
        pending,
        void,
        settled,
        events: gains.len(),
        hits: Proportion::wilson(won, moved),
        gain,
        interval: interval(&gains),
        net: nets.and_then(mean),
    }
}

/// 95 % of the mean of the events' means, by Student's t.
fn interval(gains: &[f64]) -> Option<Span> {
    let events = gains.iter().enumerate();
    let observed = events.map(|(event, gain)| Weighted { cluster: event, sum: *gain, weight: 1.0 });
    let (low, high) = Clustered::mean(&observed.collect::<Vec<_>>())?.interval?;
    Some(Span { low, high })
}
