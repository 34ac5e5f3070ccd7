//! How much edge, on what evidence.

use super::{Context, Score, ScoreKind, Verdict};
use crate::evidence::{Ingredient, Span};
use crate::ledger::{Completeness, Reason};

/// The tilt, in log-odds, at which the edge counts 1 − 1/e: at a price of one half, 0.12 dollars a share.
pub const EDGE_SCALE: f64 = 0.5;
/// What the tilt of recent events weighs beside the tilt of all: two to one.
pub const RECENT_WEIGHT: f64 = 2.0;

/// A posterior of the tilt θ in logit q = logit π + θ, as `stats` has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posterior {
    /// Its mean.
    pub tilt: f64,
    /// Its 95 % interval.
    pub span: Span,
    /// Events it is made of, markets of an event one.
    pub events: usize,
}

/// What is known of an owner's skill.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Smart {
    /// Over all settled events. `None` where nobody computed it.
    pub all: Option<Posterior>,
    /// Over recent ones; where there are none, the prior. `None` where nobody computed it.
    pub recent: Option<Posterior>,
    /// The exact p-value against prices; shown, not counted.
    pub p: Option<f64>,
    /// The chance that the owner is no better than prices: the local false discovery rate over the register
    /// of every owner ever tested; shown, not counted. `None` where that was not computed.
    pub local_fdr: Option<f64>,
    /// Of the history.
    pub completeness: Completeness,
    /// See [`crate::conduct`]; `None` unclear.
    pub is_maker_like: Option<bool>,
    /// The same.
    pub is_bot_like: Option<bool>,
}

/// The smart-money score: 100·(1 − e^(−θ/[`EDGE_SCALE`])), with θ a third that of all events and two thirds that of recent
/// ones, and 0 for θ below 0. θ is what is to be expected of the owner given its bets and everybody's, so it is large
/// only where both the edge and its evidence are: multiplied by a chance of having skill it would be shrunk twice.
///
/// Withheld where the history is not whole; makers and programs are excluded; where
/// nobody knows whether the owner is one, the span begins at 0.
pub fn smart(known: &Smart, context: Context) -> Score {
    let kind = ScoreKind::Smart;
    let events = known.all.map_or(0, |all| all.events);
    let tilt = known.all.zip(known.recent).map(|(all, recent)| blend(all.tilt, recent.tilt));
    let ingredients = vec![
        Ingredient::new("tilt", tilt),
        Ingredient::new("tilt_all", known.all.map(|all| all.tilt)),
        Ingredient::new("tilt_low", known.all.map(|all| all.span.low)),
        Ingredient::new("tilt_high", known.all.map(|all| all.span.high)),
        Ingredient::new("tilt_recent", known.recent.map(|recent| recent.tilt)),
        Ingredient::new("events_recent", known.recent.map(|recent| recent.events as f64)),
        Ingredient::new("p", known.p),
        Ingredient::new("local_fdr", known.local_fdr),
    ];
    let said = say(known, events);
    context.score(kind, said, events, ingredients)
}

fn say(known: &Smart, events: usize) -> (Verdict, Option<Span>) {
    let needed = ScoreKind::Smart.fewest();
    if known.is_maker_like == Some(true) {
        return (Verdict::Excluded("maker_like"), None);
    }
    if known.is_bot_like == Some(true) {
        return (Verdict::Excluded("bot_like"), None);
    }
    match known.completeness {
        Completeness::Full => {}
        Completeness::Capped => return (Verdict::Withheld(Reason::Capped), None),
        Completeness::Gap => return (Verdict::Withheld(Reason::Gap), None),
    }
    let Some(all) = known.all else { return (Verdict::Unknown("tilt_all"), None) };
    if events < needed {
        return (Verdict::TooFew { events, needed }, None);
    }
    let Some(recent) = known.recent else { return (Verdict::Unknown("tilt_recent"), None) };
    let score = |tilt: f64| 100.0 * (1.0 - (-tilt.max(0.0) / EDGE_SCALE).exp());
    let is_person = known.is_maker_like.is_some() && known.is_bot_like.is_some();
    let low = score(blend(all.span.low, recent.span.low));
    let span = Span {
        low: if is_person { low } else { 0.0 },
        high: score(blend(all.span.high, recent.span.high)),
    };
    (Verdict::Scored(score(blend(all.tilt, recent.tilt))), Some(span))
}

fn blend(all: f64, recent: f64) -> f64 {
    (all + RECENT_WEIGHT * recent) / (1.0 + RECENT_WEIGHT)
}
