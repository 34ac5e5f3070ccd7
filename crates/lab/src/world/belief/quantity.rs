//! A number that comes to light bit by bit and is known at the end: a margin, a temperature, a
//! published figure.

use super::schedule::{EVEN_ODDS, Span};
use super::{Announcement, Sink, gauss};
use crate::exchange::Millis;
use crate::noise::Noise;
use crate::world::market::Verdict;

const LATENT: u64 = 1;
const RUMOURS: u64 = 2;
const NEWS: u64 = 3;

/// True of a market when the number is above `low` and at most `high`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interval {
    pub(super) market: usize,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// What an announcement reveals.
#[derive(Clone, Copy, Debug)]
struct Jump {
    /// Of the number's variance.
    share: f64,
    /// Of the number itself.
    moves: f64,
    public: bool,
}

/// A normal number as the sum of what is known, what announcements will add, and the rest, which is
/// revealed like the path of a Brownian motion between two known ends.
#[derive(Clone, Debug)]
pub(super) struct Quantity {
    intervals: Vec<Interval>,
    sd: f64,
    /// Expected value of the number by what is public.
    known: f64,
    /// Rest still to be revealed between announcements, and its share of the variance.
    rest: f64,
    rest_share: f64,
    jumps: Vec<Jump>,
    span: Span,
    noise: Noise,
}

impl Quantity {
    pub(super) fn new(
        (mean, sd): (f64, f64),
        intervals: Vec<Interval>,
        announcements: &[Announcement],
        span: Span,
        noise: Noise,
    ) -> Self {
        let mut left = 1.0;
        let mut seen_ms = span.opens_ms;
        let jumps: Vec<Jump> = (0_u64..)
            .zip(announcements)
            .map(|(index, announcement)| {
                left *= span.unseen(announcement.public_ms) / span.unseen(seen_ms);
                seen_ms = announcement.public_ms;
                let share =
                    left * announcement.information / (announcement.information + EVEN_ODDS);
                left -= share;
                let moves = sd * share.sqrt() * gauss::draw(noise.with(NEWS).with(index));
                Jump { share, moves, public: false }
            })
            .collect();
        let rest_share = 1.0 - jumps.iter().map(|jump| jump.share).sum::<f64>();
        let rest = sd * rest_share.sqrt() * gauss::draw(noise.with(LATENT));
        Self { intervals, sd, known: mean, rest, rest_share, jumps, span, noise }
    }

    /// Share of the variance that is not public.
    fn unseen(&self) -> f64 {
        let secret = self.jumps.iter().filter(|jump| !jump.public).map(|jump| jump.share);
        self.rest_share + secret.sum::<f64>()
    }

    pub(super) fn learn(&mut self, from_ms: Millis, to_ms: Millis) {
        let kept = self.span.unseen(to_ms) / self.span.unseen(from_ms);
        let seen = (self.unseen() * (1.0 - kept)).min(self.rest_share);
        if seen <= 0.0 {
            return;
        }
        let part = seen / self.rest_share;
        let spread = self.sd * (seen * (1.0 - part)).sqrt();
        let draw = gauss::draw(self.noise.with(RUMOURS).with(to_ms.unsigned_abs()));
        let step = self.rest * part + spread * draw;
        self.known += step;
        self.rest -= step;
        self.rest_share -= seen;
    }

    pub(super) fn hear(&mut self, index: usize) {
        let jump = &mut self.jumps[index];
        jump.public = true;
        self.known += jump.moves;
    }

    pub(super) fn value(&self, sink: Sink) {
        let sd = (self.sd * self.unseen().max(0.0).sqrt()).max(f64::MIN_POSITIVE);
        for interval in &self.intervals {
            let low = (interval.low - self.known) / sd;
            let high = (interval.high - self.known) / sd;
            sink[interval.market] = gauss::between(low, high);
        }
    }

    pub(super) fn settle(&self, verdicts: &mut [Verdict]) {
        let secret = self.jumps.iter().filter(|jump| !jump.public).map(|jump| jump.moves);
        let number = self.known + self.rest + secret.sum::<f64>();
        for interval in &self.intervals {
            if interval.low < number && number <= interval.high {
                verdicts[interval.market] = Verdict::First;
            }
        }
    }
}
