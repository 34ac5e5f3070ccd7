//! How long a record, how good, how complete.

use super::{Context, Score, ScoreKind, Verdict};
use crate::evidence::{Ingredient, Span};
use crate::ledger::{Completeness, Reason};

/// Settled events at which a record counts half.
pub const RECORD_EVENTS: f64 = 50.0;
/// Days after which longevity counts half.
pub const HALF_LIFE_DAYS: f64 = 365.0;

/// What the parts weigh: record, longevity, constancy.
const WEIGHTS: [f64; 3] = [0.5, 0.3, 0.2];

/// What is known of an owner's record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reputation {
    /// Settled events, markets of an event one.
    pub events: usize,
    /// The posterior chance that it does better than prices, P(θ > 0); `None` unknown.
    pub better_than_prices: Option<f64>,
    /// Days from the first act to now; `None` where the history does not reach back to it.
    pub days: Option<f64>,
    /// Months with a trade, of all since the first act; `None` with that.
    pub active_months: Option<f64>,
    /// Of the history.
    pub completeness: Completeness,
    /// Whether the books agree with the venue's number; `None` where nobody compared them.
    pub is_reconciled: Option<bool>,
}

/// The reputation score: 100·(0.5·R + 0.3·L + 0.2·A), with R = n/(n + 50) · P(θ > 0) the record, L = 1 −
/// 2^(−days/365) how long, A the part of months with a trade.
///
/// Only of whole histories that agree with the venue: otherwise withheld. A part that is unknown is between 0 and
/// 1 in the span and in its middle in the score.
pub fn reputation(known: &Reputation, context: Context) -> Score {
    let part = |value: Option<f64>| value.filter(|value| (0.0..=1.0).contains(value));
    let depth = known.events as f64 / (known.events as f64 + RECORD_EVENTS);
    let better = part(known.better_than_prices);
    let longevity = known.days.filter(|days| *days >= 0.0);
    let longevity = longevity.map(|days| 1.0 - (-days / HALF_LIFE_DAYS).exp2());
    let active = part(known.active_months);
    let ingredients = vec![
        Ingredient::new("depth", depth),
        Ingredient::new("better_than_prices", better),
        Ingredient::new("longevity", longevity),
        Ingredient::new("active_months", active),
    ];
    let score = |missing: f64| {
        let or = |value: Option<f64>| value.unwrap_or(missing);
        let parts = [depth * or(better), or(longevity), or(active)];
        100.0 * WEIGHTS.iter().zip(parts).map(|(weight, part)| weight * part).sum::<f64>()
    };
    let needed = ScoreKind::Reputation.fewest();
    let verdict = match (known.completeness, known.is_reconciled) {
        (Completeness::Capped, _) => Verdict::Withheld(Reason::Capped),
        (Completeness::Gap, _) | (_, Some(false)) => Verdict::Withheld(Reason::Gap),
        (Completeness::Full, None) => Verdict::Unknown("reconciled"),
        _ if known.events < needed => Verdict::TooFew { events: known.events, needed },
        _ => Verdict::Scored(score(0.5)),
    };
    let span = Span { low: score(0.0), high: score(1.0) };
    context.score(ScoreKind::Reputation, (verdict, Some(span)), known.events, ingredients)
}
