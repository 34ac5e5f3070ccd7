//! What is true of an event, and what can be known of it at a time.

use super::market::Verdict;
use super::stories::Draft;
use crate::exchange::Millis;
use crate::noise::Noise;

/// A scheduled jump of public knowledge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Announcement {
    /// When it becomes public.
    pub(crate) public_ms: Millis,
    /// How much it tells: the variance it adds to a log-odds near even.
    pub(crate) information: f64,
}

/// What is true of an event, and what is known of it at a time.
#[derive(Clone, Debug)]
pub(crate) struct Belief {
    announcements: Vec<Announcement>,
    probabilities: Vec<f64>,
    verdicts: Vec<Verdict>,
    decided_ms: Vec<Option<Millis>>,
}

impl Belief {
    /// `volatility` is the standard deviation of a log-odds over one day.
    pub(crate) fn new(
        draft: &Draft,
        _opens_ms: Millis,
        _ends_ms: Millis,
        _volatility: f64,
        _noise: Noise,
    ) -> Self {
        let markets = draft.markets.len();
        Self {
            announcements: Vec::new(),
            probabilities: vec![0.5; markets],
            verdicts: vec![Verdict::Second; markets],
            decided_ms: vec![None; markets],
        }
    }

    /// Learns what becomes known up to `at_ms`; never goes back.
    pub(crate) fn advance(&mut self, _at_ms: Millis) {}

    /// True value of each market's first outcome, given everything public at the last advance.
    pub(crate) fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// Scheduled jumps of knowledge, oldest first.
    pub(crate) fn announcements(&self) -> &[Announcement] {
        &self.announcements
    }

    /// The probabilities as they would be if the announcement were public now.
    pub(crate) fn with_announcement(&self, _index: usize) -> Vec<f64> {
        self.probabilities.clone()
    }

    /// How each market turns out.
    pub(crate) fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// When a market's outcome becomes certain before its scheduled end.
    pub(crate) fn decided_ms(&self) -> &[Option<Millis>] {
        &self.decided_ms
    }
}
