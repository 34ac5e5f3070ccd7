//! How large somebody is for the markets it is in, and in how many.

use std::collections::BTreeMap;

use super::{Context, Score, ScoreKind, Verdict};
use crate::evidence::{Ingredient, Span};
use crate::ledger::EventIx;
use crate::stats::Proportion;
use crate::whales::{DEPTH_SHARE, RelativeSize, VOLUME_SHARE, Z_LARGE};

/// What a size was measured on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SizeBasis {
    /// A trade, when it was made.
    Trade,
    /// An open position, when the wallet was imported.
    Position,
    /// Everything that was ever put into the event: too little for anything of it to be large.
    Stake,
}

/// How large an owner was on an event, by the measures of [`crate::whales::relative_size`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventSize<E = EventIx> {
    /// The event, by whatever tells events apart.
    pub event: E,
    /// The measures.
    pub size: RelativeSize,
    /// What was measured.
    pub basis: SizeBasis,
}

/// Dollars below which nothing is measured: whatever the market, it is not large.
pub const LEAST_MEASURED: f64 = 500.0;

impl<E> EventSize<E> {
    /// An event in which everything that was bought came to less than [`LEAST_MEASURED`]: it counts nothing.
    pub fn small(event: E) -> Self {
        let size = RelativeSize {
            z: Some(0.0),
            of_volume: Some(0.0),
            of_depth: Some(0.0),
            tier: None,
            above_floor: Some(false),
            is_large: Some(false),
        };
        Self { event, size, basis: SizeBasis::Stake }
    }

    /// An event of which nobody knows how large.
    pub fn unknown(event: E) -> Self {
        Self::measured(event, [None; 3])
    }

    /// An event by its largest trade: deviations, part of the day's volume, part of the depth.
    pub fn measured(event: E, [z, of_volume, of_depth]: [Option<f64>; 3]) -> Self {
        let size =
            RelativeSize { z, of_volume, of_depth, tier: None, above_floor: None, is_large: None };
        Self { event, size, basis: SizeBasis::Trade }
    }

    /// An event by an open position: its dollars as a part of the day's volume, and of everything that rests in the
    /// market. What rests within two cents is no more than that, so the part of the depth is at least this one. A
    /// position is no trade, so it has no deviation among trades.
    pub fn position(event: E, of_volume: Option<f64>, of_liquidity: Option<f64>) -> Self {
        let measures = [None, of_volume, of_liquidity];
        Self { basis: SizeBasis::Position, ..Self::measured(event, measures) }
    }
}

/// Twice as large as large, and so on: the middle of the known measures, each on what is large for it. `None`
/// with fewer than two.
fn times_large(size: &RelativeSize) -> Option<f64> {
    let measures = [
        size.z.map(|z| z / Z_LARGE),
        size.of_volume.map(|part| part / VOLUME_SHARE),
        size.of_depth.map(|part| part / DEPTH_SHARE),
    ];
    let mut known: Vec<f64> = measures.into_iter().flatten().map(|times| times.max(0.0)).collect();
    known.sort_by(f64::total_cmp);
    match known[..] {
        [one, other] => Some(f64::midpoint(one, other)),
        [_, middle, _] => Some(middle),
        _ => None,
    }
}

/// What an event counts: 1 − 2^(−times), one half where something is just large.
fn counts(times: f64) -> f64 {
    1.0 - (-times).exp2()
}

/// The whale score: 100·√(S·C), with S the mean over events of how large, and C the part of the events in which
/// it was large. Consistent size, not one large bet.
///
/// An event is as large as the largest of its trades and positions. Events of which nobody knows how large are
/// between nothing and everything in the span; so is C within Wilson's interval. `context.basis` says whether resting
/// orders were seen; on the feed of takers sizes are at least these. The ingredients say of how many events what was
/// measured.
pub fn whale<E: Ord + Copy>(sizes: &[EventSize<E>], context: Context) -> Score {
    let by_event = largest_by_event(sizes);
    let known: Vec<f64> = by_event.values().flatten().map(|(times, _)| *times).collect();
    let on = |basis: SizeBasis| by_event.values().flatten().filter(|one| one.1 == basis).count();
    let (events, all) = (known.len(), by_event.len());
    let unknown = all - events;
    let sum: f64 = known.iter().map(|times| counts(*times)).sum();
    let large = known.iter().filter(|times| **times >= 1.0).count();
    let size = sum / events as f64;
    let consistency = Proportion::wilson(large, events);
    let ingredients = vec![
        Ingredient::new("size", size),
        Ingredient::new("consistency", consistency.map(|part| part.value)),
        Ingredient::new("events_large", large as f64),
        Ingredient::new("events_unknown", unknown as f64),
        Ingredient::new("events_by_trade", on(SizeBasis::Trade) as f64),
        Ingredient::new("events_by_position", on(SizeBasis::Position) as f64),
        Ingredient::new("events_by_stake", on(SizeBasis::Stake) as f64),
    ];
    let kind = ScoreKind::Whale;
    let needed = kind.fewest();
    let Some(consistency) = consistency.filter(|_| events >= needed) else {
        let verdict = Verdict::TooFew { events, needed };
        return context.score(kind, (verdict, None), events, ingredients);
    };
    let score = |size: f64, part: f64| 100.0 * (size * part).sqrt();
    let least = Proportion::wilson(large, all).map_or(0.0, |part| part.low);
    let most = Proportion::wilson(large + unknown, all).map_or(1.0, |part| part.high);
    let span = Span {
        low: score(sum / all as f64, least),
        high: score((sum + unknown as f64) / all as f64, most),
    };
    let verdict = Verdict::Scored(score(size, consistency.value));
    context.score(kind, (verdict, Some(span)), events, ingredients)
}

/// Times large and what was measured, of the largest on each event; of two that are as large the first by [`SizeBasis`]. `None` where
/// nothing of the event could be measured.
fn largest_by_event<E: Ord + Copy>(
    sizes: &[EventSize<E>],
) -> BTreeMap<E, Option<(f64, SizeBasis)>> {
    let mut by_event: BTreeMap<E, Option<(f64, SizeBasis)>> = BTreeMap::new();
    for one in sizes {
        let held = by_event.entry(one.event).or_default();
        let Some(times) = times_large(&one.size) else { continue };
        let is_larger = held.is_none_or(|(largest, basis)| {
            times.total_cmp(&largest).then(basis.cmp(&one.basis)).is_gt()
        });
        if is_larger {
            *held = Some((times, one.basis));
        }
    }
    by_event
}
