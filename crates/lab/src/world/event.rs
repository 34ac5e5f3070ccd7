//! One event of the world and its markets.

use std::cell::OnceCell;
use std::sync::Arc;

use super::belief::Belief;
use super::category::Category;
use super::market::Market;
use super::stories::Draft;
use crate::catalogue;
use crate::exchange::{GroupIx, Millis};

/// The truth is kept when it moved by so much, or once in an hour.
const KEPT_MOVE: f64 = 0.01;
const KEPT_EVERY_MS: Millis = 3_600_000;

/// Rows of an event as served, kept until it moves again.
pub(crate) struct Rows {
    pub(crate) event: Arc<catalogue::Event>,
    pub(crate) markets: Vec<Arc<catalogue::Market>>,
}

/// True probabilities of the first outcomes from a moment on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Truth {
    pub(crate) at_ms: Millis,
    pub(crate) probabilities: Box<[f32]>,
}

/// An event and its markets.
pub(crate) struct Event {
    /// Gamma's id.
    pub(crate) number: u64,
    pub(crate) slug: String,
    pub(crate) category: Category,
    pub(crate) draft: Draft,
    pub(crate) group: Option<GroupIx>,
    pub(crate) opens_s: i64,
    pub(crate) markets: Vec<Market>,
    /// Nested markets, by their places: see [`super::nested::chains`].
    pub(crate) chains: Vec<Vec<usize>>,
    /// Somebody has noticed prices that cannot all be right, and is about to act.
    pub(crate) arbitrage_due: bool,
    pub(crate) featured: bool,
    /// Share of the world's trading.
    pub(crate) interest: f64,
    /// Last time anything moved.
    pub(crate) at_ms: Millis,
    /// Last time its markets took in what is known.
    pub(crate) learnt_ms: Millis,
    pub(crate) belief: Belief,
    /// Its course so far.
    pub(crate) truth: Vec<Truth>,
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
    /// Last time anything moved, in seconds.
    pub(crate) fn at_s(&self) -> i64 {
        self.at_ms.div_euclid(1_000)
    }

    pub(crate) fn is_closed(&self) -> bool {
        let at_s = self.at_s();
        self.markets.iter().all(|market| market.is_closed(at_s))
    }

    pub(crate) fn closes_s(&self) -> i64 {
        self.markets.iter().map(|market| market.calendar.closes_s).max().unwrap_or(self.opens_s)
    }

    pub(crate) fn ends_s(&self) -> i64 {
        self.markets.iter().map(|market| market.calendar.ends_s).max().unwrap_or(self.opens_s)
    }

    /// The chain of nested markets that a market is part of, and its rank there.
    pub(crate) fn chain_of(&self, place: usize) -> Option<(&[usize], usize)> {
        let ranks = |chain: &Vec<usize>| chain.iter().position(|member| *member == place);
        self.chains.iter().find_map(|chain| Some((chain.as_slice(), ranks(chain)?)))
    }

    /// Notes that something moved.
    pub(crate) fn touch(&mut self, at_ms: Millis) {
        self.at_ms = self.at_ms.max(at_ms);
        self.rows = OnceCell::new();
    }

    /// Keeps the true probabilities if they have moved or an hour has passed.
    pub(crate) fn keep_truth(&mut self, at_ms: Millis) {
        let now = self.belief.probabilities();
        let is_news = self.truth.last().is_none_or(|last| {
            at_ms - last.at_ms >= KEPT_EVERY_MS
                || now
                    .iter()
                    .zip(&last.probabilities)
                    .any(|(&now, &then)| (now - f64::from(then)).abs() >= KEPT_MOVE)
        });
        if is_news {
            #[expect(clippy::cast_possible_truncation, reason = "seven digits are enough")]
            let probabilities = now.iter().map(|&probability| probability as f32).collect();
            self.truth.push(Truth { at_ms, probabilities });
        }
    }
}
