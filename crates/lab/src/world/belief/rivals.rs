//! Contenders of which at most one wins; some of those who do not give up before the end.

use super::filter::Filter;
use super::schedule::{Span, millis};
use super::{Announcement, Sink, gauss};
use crate::exchange::Millis;
use crate::noise::Noise;
use crate::world::market::Verdict;

const WINNER: u64 = 1;
const GIVES_UP: u64 = 2;
const RUMOURS: u64 = 3;
const NEWS: u64 = 4;

/// What is known of a contender at the start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) market: usize,
    /// Logarithm of the weight among the rivals.
    pub(super) logit: f64,
    /// Chance to give up early, if hopeless.
    pub(super) withdrawal: f64,
}

/// One whose market may win.
#[derive(Clone, Debug)]
struct Contender {
    market: usize,
    /// Chance to give up early, if this is not the winner.
    tires: f64,
    gives_up_ms: Option<Millis>,
}

/// Contenders and, last among the hypotheses, that none of them wins.
#[derive(Clone, Debug)]
pub(super) struct Rivals {
    contenders: Vec<Contender>,
    filter: Filter,
    span: Span,
    noise: Noise,
}

impl Rivals {
    /// `residual` is the chance that none of them wins.
    pub(super) fn new(entries: &[Entry], residual: f64, span: Span, noise: Noise) -> Self {
        let highest = entries.iter().map(|entry| entry.logit).fold(f64::NEG_INFINITY, f64::max);
        let mut weights: Vec<f64> =
            entries.iter().map(|entry| (entry.logit - highest).exp()).collect();
        let sum: f64 = weights.iter().sum();
        weights.push(sum * residual / (1.0 - residual));
        let filter = Filter::draw(&weights, noise.with(WINNER));
        let enter = |(index, entry): (usize, &Entry)| {
            // The favourite, whose weight is 1, stays in.
            let tires = entry.withdrawal * (1.0 - weights[index]);
            let fate = noise.with(GIVES_UP).with(index as u64);
            let gives_up = index != filter.truth() && gauss::open_unit(fate) < tires;
            let when = gauss::open_unit(fate.with(1)) * (span.ends_ms - span.opens_ms) as f64;
            let gives_up_ms = gives_up.then(|| span.opens_ms + millis(when));
            Contender { market: entry.market, tires, gives_up_ms }
        };
        let contenders = entries.iter().enumerate().map(enter).collect();
        Self { contenders, filter, span, noise }
    }

    /// A yes-or-no market of its own.
    pub(super) fn alone(market: usize, logit: f64, span: Span, noise: Noise) -> Self {
        let entry = Entry { market, logit: 0.0, withdrawal: 0.0 };
        Self::new(&[entry], 1.0 / (1.0 + logit.exp()), span, noise)
    }

    pub(super) fn learn(&mut self, from_ms: Millis, to_ms: Millis) {
        let rumours = self.span.hastening(from_ms, to_ms);
        self.filter.learn(rumours, self.noise.with(RUMOURS).with(to_ms.unsigned_abs()));
    }

    pub(super) fn hear(&mut self, index: usize, announcement: &Announcement) {
        self.filter.learn(announcement.information, self.noise.with(NEWS).with(index as u64));
    }

    /// Who gave up cannot win, and who is still in is the likelier to win, since losers might have
    /// given up by now.
    pub(super) fn value(&self, at_ms: Millis, sink: Sink) {
        let passed = self.span.passed(at_ms);
        let chances = self.filter.chances(|index| match self.contenders.get(index) {
            Some(Contender { gives_up_ms: Some(gone_ms), .. }) if *gone_ms <= at_ms => 0.0,
            Some(contender) => 1.0 / (1.0 - contender.tires * passed),
            None => 1.0,
        });
        for (contender, chance) in self.contenders.iter().zip(chances) {
            sink[contender.market] = chance;
        }
    }

    pub(super) fn settle(&self, verdicts: &mut [Verdict], decided_ms: &mut [Option<Millis>]) {
        if let Some(winner) = self.contenders.get(self.filter.truth()) {
            verdicts[winner.market] = Verdict::First;
        }
        for contender in &self.contenders {
            decided_ms[contender.market] = contender.gives_up_ms;
        }
    }
}
