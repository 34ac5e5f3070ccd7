//! How large somebody is for the markets it is in, and in how many.

use std::collections::BTreeMap;

use super::{Context, Score, ScoreKind, Verdict};
use crate::evidence::{Ingredient, Span};
use crate::ledger::EventIx;
use crate::stats::Proportion;
use crate::whales::{DEPTH_SHARE, RelativeSize, VOLUME_SHARE, Z_LARGE};

/// The largest an owner was on an event, by the measures of [`crate::whales::relative_size`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventSize<E = EventIx> {
    /// The event, by whatever tells events apart.
    pub event: E,
    /// The measures.
    pub size: RelativeSize,
}

/// Dollars below which a trade is not measured: whatever the market, it is not large.
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
        Self { event, size }
    }

    /// An event of which nobody knows how large.
    pub fn unknown(event: E) -> Self {
        Self::measured(event, [None; 3])
    }

    /// An event by its largest trade: deviations, part of the day's volume, part of the depth.
    pub fn measured(event: E, [z, of_volume, of_depth]: [Option<f64>; 3]) -> Self {
        let size =
            RelativeSize { z, of_volume, of_depth, tier: None, above_floor: None, is_large: None };
        Self { event, size }
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
/// Events of which nobody knows how large are between nothing and everything in the span; so is C within
/// Wilson's interval. `basis` says whether resting orders were seen; on the feed of takers sizes are at least
/// these.
pub fn whale<E: Ord + Copy>(sizes: &[EventSize<E>], context: Context) -> Score {
    let mut by_event: BTreeMap<E, Option<f64>> = BTreeMap::new();
    for event in sizes {
        let largest = by_event.entry(event.event).or_default();
        *largest = [*largest, times_large(&event.size)].into_iter().flatten().reduce(f64::max);
    }
    let known: Vec<f64> = by_event.values().copied().flatten().collect();
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
