//! Large amounts in small trades.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use super::stance::{Lean, Question, Stance};
use crate::evidence::EvidenceId;
use crate::ledger::{Change, Entry, Markets, MicroUsdc};

/// Hours over which it is looked for.
pub const WINDOW_HOURS: [i64; 3] = [1, 6, 24];

/// What an owner put together on a question in some hours, each fill below the threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Accumulated {
    /// The hours.
    pub hours: i64,
    /// What can be lost at most by what was done in them, in millionths of a dollar: the cost of shares
    /// bought, less hedges, complete sets and conversions; see [`Stance::at_risk`]. Of the small fills
    /// alone, but no more than of everything: who hedges by one large trade has put nothing together.
    /// `None` where shares of unknown cost came or went.
    pub at_risk: Option<MicroUsdc>,
    /// What the small fills want.
    pub lean: Lean,
    /// Fills below the threshold.
    pub fills: usize,
    /// Fills that were not.
    pub large_fills: usize,
    /// The fills below the threshold.
    pub trades: Vec<EvidenceId>,
}

/// What an owner did on a question in the last day.
#[derive(Debug, Clone, PartialEq)]
pub struct Accumulation {
    question: Question,
    answers: u32,
    threshold: MicroUsdc,
    recent: VecDeque<(Entry, EvidenceId)>,
}

impl Accumulation {
    /// Nothing yet. Fills of `threshold` millionths of a dollar and more are large by themselves.
    pub fn new(question: Question, answers: u32, threshold: MicroUsdc) -> Self {
        Self { question, answers, threshold, recent: VecDeque::new() }
    }

    /// One more thing the owner did. What is a day older than the newest is forgotten; what comes late finds
    /// its place.
    pub fn apply(&mut self, markets: &Markets, entry: &Entry, id: EvidenceId) {
        if Question::of_change(markets, &entry.change) != Some(self.question) {
            return;
        }
        let key = |entry: &Entry, id: EvidenceId| (entry.place.at, id);
        let place = self.recent.partition_point(|(other, of)| key(other, *of) <= key(entry, id));
        self.recent.insert(place, (entry.clone(), id));
        let Some((newest, _)) = self.recent.back() else { return };
        let start = newest.place.at - TimeDelta::hours(WINDOW_HOURS[2]);
        while self.recent.front().is_some_and(|(entry, _)| entry.place.at <= start) {
            self.recent.pop_front();
        }
    }

    /// What came together in each of [`WINDOW_HOURS`] up to `now`, which is not before the newest entry.
    pub fn windows(&self, markets: &Markets, now: DateTime<Utc>) -> [Accumulated; 3] {
        WINDOW_HOURS.map(|hours| self.window(markets, now, hours))
    }

    fn window(&self, markets: &Markets, now: DateTime<Utc>, hours: i64) -> Accumulated {
        let start = now - TimeDelta::hours(hours);
        let nothing = || Stance::new(self.question, self.answers);
        let (mut all, mut small) = (nothing(), nothing());
        let (mut trades, mut large_fills) = (Vec::new(), 0);
        let within = self.recent.iter().filter(|(entry, _)| entry.place.at > start);
        for (entry, id) in within {
            // A redemption is the end of the question, not something done on it.
            if matches!(entry.change, Change::Redeem { .. }) {
                continue;
            }
            all.apply(markets, &entry.change);
            match &entry.change {
                Change::Buy(fill) | Change::Sell(fill) if fill.usdc.get() >= self.threshold => {
                    large_fills += 1;
                    continue;
                }
                Change::Buy(_) | Change::Sell(_) => trades.push(*id),
                _ => {}
            }
            small.apply(markets, &entry.change);
        }
        let at_risk = small.at_risk().zip(all.at_risk()).map(|(small, all)| small.min(all).max(0));
        Accumulated { hours, at_risk, lean: small.lean(), fills: trades.len(), large_fills, trades }
    }
}
