//! When something happens, if ever: one deadline a market.

use super::filter::Filter;
use super::schedule::{Span, millis};
use super::{Announcement, Sink, gauss};
use crate::exchange::Millis;
use crate::noise::Noise;
use crate::world::market::Verdict;

const INTERVAL: u64 = 1;
const WITHIN: u64 = 2;
const RUMOURS: u64 = 3;
const NEWS: u64 = 4;

/// "… by then" for one market.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    pub(super) market: usize,
    pub(super) at_ms: Millis,
    /// Chance at the opening that it happens by then.
    pub(super) chance: f64,
}

/// A moment between the opening and the last deadline, or never.
///
/// The hypotheses are the intervals between deadlines and, last, "never". Within its interval the
/// moment is uniform, so that an interval which passes in silence loses weight in proportion.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    /// Earliest first.
    deadlines: Vec<Deadline>,
    filter: Filter,
    happens_ms: Option<Millis>,
    span: Span,
    noise: Noise,
}

impl Moment {
    pub(super) fn new(mut deadlines: Vec<Deadline>, span: Span, noise: Noise) -> Self {
        deadlines.sort_by_key(|deadline| deadline.at_ms);
        let mut before = 0.0;
        let mut weights: Vec<f64> = Vec::with_capacity(deadlines.len() + 1);
        for deadline in &deadlines {
            weights.push((deadline.chance - before).max(0.0));
            before = deadline.chance.max(before);
        }
        weights.push(1.0 - before);
        let filter = Filter::draw(&weights, noise.with(INTERVAL));
        let mut moment = Self { deadlines, filter, happens_ms: None, span, noise };
        let (from_ms, to_ms) = moment.interval(moment.filter.truth());
        moment.happens_ms = (moment.filter.truth() < moment.deadlines.len()).then(|| {
            let within = gauss::open_unit(noise.with(WITHIN)) * (to_ms - from_ms) as f64;
            (from_ms + millis(within)).clamp(from_ms + 1, to_ms)
        });
        moment
    }

    /// Beginning and end of a hypothesis.
    fn interval(&self, index: usize) -> (Millis, Millis) {
        let end_ms = |index: usize| self.deadlines.get(index).map(|deadline| deadline.at_ms);
        let from_ms = index.checked_sub(1).and_then(end_ms).unwrap_or(self.span.opens_ms);
        (from_ms, end_ms(index).unwrap_or(Millis::MAX))
    }

    pub(super) fn learn(&mut self, from_ms: Millis, to_ms: Millis) {
        let rumours = self.span.steady(from_ms, to_ms);
        self.filter.learn(rumours, self.noise.with(RUMOURS).with(to_ms.unsigned_abs()));
    }

    pub(super) fn hear(&mut self, index: usize, announcement: &Announcement) {
        self.filter.learn(announcement.information, self.noise.with(NEWS).with(index as u64));
    }

    pub(super) fn value(&self, at_ms: Millis, sink: Sink) {
        if let Some(happens_ms) = self.happens_ms.filter(|happens_ms| *happens_ms <= at_ms) {
            for deadline in &self.deadlines {
                sink[deadline.market] = f64::from(u8::from(happens_ms <= deadline.at_ms));
            }
            return;
        }
        let chances = self.filter.chances(|index| {
            let (from_ms, to_ms) = self.interval(index);
            ((to_ms - at_ms) as f64 / (to_ms - from_ms).max(1) as f64).clamp(0.0, 1.0)
        });
        let mut sum = 0.0;
        for (deadline, chance) in self.deadlines.iter().zip(chances) {
            sum += chance;
            // The deadlines that have passed in silence have a chance of exactly nought.
            sink[deadline.market] = f64::min(sum, 1.0);
        }
    }

    pub(super) fn settle(&self, verdicts: &mut [Verdict], decided_ms: &mut [Option<Millis>]) {
        let Some(happens_ms) = self.happens_ms else { return };
        for deadline in self.deadlines.iter().filter(|deadline| happens_ms <= deadline.at_ms) {
            verdicts[deadline.market] = Verdict::First;
            decided_ms[deadline.market] = Some(happens_ms);
        }
    }
}
