//! One event of the world: the prices of its markets move together.

use std::cell::OnceCell;
use std::sync::Arc;

use super::category::Category;
use super::history::{DAY_S, HOUR_S, MINUTE_S, spacing_s};
use super::market::{Market, Verdict};
use super::stories::{Draft, Resolution, Shape};
use crate::catalogue;
use crate::noise::{Noise, bell, unit};

/// Chance of a jump in a day, and its size in log-odds.
const JUMPS_PER_DAY: f64 = 0.15;
const JUMP_SIZE: f64 = 0.9;

/// How strongly log-odds return to where they began, per day.
const REVERSION_PER_DAY: f64 = 0.02;

/// Chance that a game is called off and its markets pay half.
const CALLED_OFF_CHANCE: f64 = 0.04;

/// Uncertainty about a quantity, in ranges.
const RANGE_WIDTH: f64 = 1.1;

/// Rows of an event as served, kept until it moves again.
pub(crate) struct Rows {
    pub(crate) event: Arc<catalogue::Event>,
    pub(crate) markets: Vec<Arc<catalogue::Market>>,
}

/// An event and its markets.
pub(crate) struct Event {
    pub(crate) number: u64,
    pub(crate) slug: String,
    pub(crate) category: Category,
    pub(crate) draft: Draft,
    pub(crate) opens_s: i64,
    pub(crate) markets: Vec<Market>,
    pub(crate) comments: u64,
    pub(crate) featured: bool,
    /// Time of the last step.
    pub(crate) at_s: i64,
    /// Seconds between two live steps: busy events move more often.
    cadence_s: i64,
    noise: Noise,
    volatility: f64,
    pub(crate) rows: OnceCell<Rows>,
}

impl std::fmt::Debug for Event {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Event")
            .field("number", &self.number)
            .field("slug", &self.slug)
            .finish_non_exhaustive()
    }
}

impl Event {
    pub(crate) fn new(
        number: u64,
        slug: String,
        draft: Draft,
        opens_s: i64,
        markets: Vec<Market>,
        noise: Noise,
    ) -> Self {
        let busiest = markets.iter().map(|market| market.depth.volume_per_day).fold(0.0, f64::max);
        let cadence_s = match busiest {
            volume if volume > 50_000.0 => 15,
            volume if volume > 5_000.0 => MINUTE_S,
            volume if volume > 500.0 => 5 * MINUTE_S,
            _ => 15 * MINUTE_S,
        };
        let mut dice = noise.with(u64::MAX).dice();
        let mut event = Self {
            number,
            slug,
            category: draft.category,
            volatility: draft.category.habits().volatility * dice.between(0.5, 1.6),
            comments: dice.whole(0, 40),
            featured: dice.chance(0.04),
            draft,
            opens_s,
            markets,
            at_s: opens_s,
            cadence_s,
            noise,
            rows: OnceCell::new(),
        };
        event.apply_prices(0, true);
        event
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.markets.iter().all(|market| market.is_closed(self.at_s))
    }

    pub(crate) fn closes_s(&self) -> i64 {
        self.markets.iter().map(|market| market.calendar.closes_s).max().unwrap_or(self.opens_s)
    }

    pub(crate) fn ends_s(&self) -> i64 {
        self.markets.iter().map(|market| market.calendar.ends_s).max().unwrap_or(self.opens_s)
    }

    /// Lives through the past up to `now_s`, in steps as coarse as its history is kept.
    pub(crate) fn live_through(&mut self, now_s: i64) {
        while !self.is_closed() {
            let grid_s = spacing_s(now_s - self.at_s).max(self.cadence_s);
            let Some(next_s) = self.next_stop(grid_s, now_s) else { break };
            self.step(next_s, true);
        }
    }

    /// Moves to `to_s` at its own cadence.
    pub(crate) fn advance(&mut self, to_s: i64) {
        while !self.is_closed() {
            let Some(next_s) = self.next_stop(self.cadence_s, to_s) else { break };
            self.step(next_s, next_s % (5 * MINUTE_S) == 0);
            if next_s % HOUR_S == 0 {
                for market in &mut self.markets {
                    market.history.thin(next_s);
                }
            }
        }
    }

    /// The next moment on the grid or in a market's calendar, if not after `until_s`.
    fn next_stop(&self, grid_s: i64, until_s: i64) -> Option<i64> {
        let on_grid_s = (self.at_s.div_euclid(grid_s) + 1) * grid_s;
        let changes =
            self.markets.iter().filter_map(|market| market.calendar.next_after(self.at_s));
        let next_s = changes.min().map_or(on_grid_s, |change_s| change_s.min(on_grid_s));
        (next_s <= until_s).then_some(next_s)
    }

    fn step(&mut self, at_s: i64, on_record: bool) {
        let elapsed_s = at_s - self.at_s;
        let turning =
            self.markets.iter().any(|market| market.calendar.next_after(self.at_s) == Some(at_s));
        self.at_s = at_s;
        self.walk(elapsed_s);
        self.settle();
        self.apply_prices(elapsed_s, on_record || turning);
        self.rows = OnceCell::new();
    }

    /// Moves the log-odds.
    fn walk(&mut self, elapsed_s: i64) {
        let days = elapsed_s as f64 / DAY_S as f64;
        let at = self.at_s.unsigned_abs();
        let scale = self.volatility * days.sqrt();
        for market in &mut self.markets {
            let draw = self.noise.with(market.draft.track).with(at);
            let mut moved = scale * bell(draw.bits());
            if unit(draw.with(1).bits()) < JUMPS_PER_DAY * days {
                moved += JUMP_SIZE * bell(draw.with(2).bits());
            }
            let start = market.draft.logit;
            market.logit += moved - REVERSION_PER_DAY * days * (market.logit - start);
            market.logit = market.logit.clamp(start - 6.0, start + 6.0);
        }
    }

    /// Fair prices by the event's shape.
    fn fair_prices(&self) -> Vec<f64> {
        let (weights, listed): (Vec<f64>, f64) = match self.draft.shape {
            Shape::Separate => {
                return self.markets.iter().map(|market| logistic(market.logit)).collect();
            }
            Shape::Exclusive { residual } => {
                (self.markets.iter().map(|market| market.logit.exp()).collect(), 1.0 - residual)
            }
            Shape::Ranges => {
                let last = self.markets.len().saturating_sub(1) as f64;
                let weight = |(index, market): (u32, &Market)| {
                    let distance = f64::from(index) - market.logit.clamp(0.0, last);
                    (-(distance / RANGE_WIDTH).powi(2) / 2.0).exp()
                };
                ((0_u32..).zip(&self.markets).map(weight).collect(), 1.0)
            }
        };
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| listed * weight / sum).collect()
    }

    /// Decides the markets that have just ended, at the odds they ended with.
    fn settle(&mut self) {
        let due = |market: &Market| market.settled.is_none() && self.at_s >= market.calendar.ends_s;
        if !self.markets.iter().any(due) {
            return;
        }
        let fate = self.noise.with(u64::MAX - 1);
        let called_off = self.draft.resolution == Resolution::Quick
            && self.draft.shape == Shape::Separate
            && unit(fate.with(u64::MAX).bits()) < CALLED_OFF_CHANCE;
        let fair = self.fair_prices();
        let mut below = 0.0;
        for (market, fair) in self.markets.iter_mut().zip(fair) {
            let chosen = match self.draft.shape {
                Shape::Separate => unit(fate.with(market.draft.track).bits()) < fair,
                Shape::Exclusive { .. } | Shape::Ranges => {
                    (below..below + fair).contains(&unit(fate.bits()))
                }
            };
            below += fair;
            if market.settled.is_some() || self.at_s < market.calendar.ends_s {
                continue;
            }
            let verdict = if called_off {
                Verdict::Split
            } else if chosen && market.draft.ends_early.is_none() {
                Verdict::First
            } else {
                Verdict::Second
            };
            market.settled = Some((fair, verdict));
        }
    }

    fn apply_prices(&mut self, elapsed_s: i64, on_record: bool) {
        let fair = self.fair_prices();
        for (market, fair) in self.markets.iter_mut().zip(fair) {
            if market.is_closed(self.at_s)
                && market.is_closed(self.at_s - elapsed_s)
                && elapsed_s > 0
            {
                continue;
            }
            let price = market.foreseen_price(self.at_s).unwrap_or(fair);
            market.step(self.at_s, elapsed_s, price.clamp(0.000_5, 0.999_5));
            if on_record {
                market.record(self.at_s);
            }
        }
    }
}

fn logistic(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}
