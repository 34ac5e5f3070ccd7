//! When knowledge comes to light: a little all the time, much of it near the end, and in jumps.

use super::Announcement;
use super::gauss;
use crate::exchange::Millis;
use crate::noise::Noise;

const DAY_MS: f64 = 86_400_000.0;

/// Keeps the rate of rumours finite at the very end, as a share of life.
const LAST_MOMENTS: f64 = 0.02;

/// At most so many announcements an event.
const MOST_ANNOUNCEMENTS: usize = 6;

/// Median size of an announcement, its spread (standard deviation of the logarithm) and its bounds,
/// as variance of a log-odds: a typical one moves even odds to 2 in 3, a large one settles it.
const MEDIAN_SIZE: f64 = 0.5;
const SIZE_SPREAD: f64 = 1.1;
const SMALLEST: f64 = 0.02;
const LARGEST: f64 = 9.0;

const COUNT: u64 = 1;
const TIME: u64 = 2;
const SIZE: u64 = 3;

/// The life of an event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) opens_ms: Millis,
    pub(super) ends_ms: Millis,
    /// When most of a quantity begins to show, such as the start of a game.
    pub(super) turns_ms: Millis,
    /// Standard deviation of log-odds over a day in the first half of life.
    pub(super) volatility: f64,
}

impl Span {
    /// Share of life that has passed, in `0..=1`.
    pub(super) fn passed(&self, at_ms: Millis) -> f64 {
        share(at_ms, self.opens_ms, self.ends_ms)
    }

    /// Variance of the log-odds by what seeps through between two moments, the same every day.
    pub(super) fn steady(&self, from_ms: Millis, to_ms: Millis) -> f64 {
        self.volatility.powi(2) * (to_ms - from_ms) as f64 / DAY_MS
    }

    /// The same, growing as one over the time that is left: four times as much over a whole life.
    pub(super) fn hastening(&self, from_ms: Millis, to_ms: Millis) -> f64 {
        let left = |at_ms| 1.0 + LAST_MOMENTS - self.passed(at_ms);
        self.steady(self.opens_ms, self.ends_ms) * (left(from_ms) / left(to_ms)).ln()
    }

    /// Share of a quantity's variance that is left at a moment: slowly less until the turn, then
    /// evenly down to nothing.
    pub(super) fn unseen(&self, at_ms: Millis) -> f64 {
        let early = self.steady(self.opens_ms, self.turns_ms) / EVEN_ODDS;
        let early = early.clamp(0.02, 0.5);
        1.0 - early * share(at_ms, self.opens_ms, self.turns_ms)
            - (1.0 - early) * share(at_ms, self.turns_ms, self.ends_ms)
    }

    /// Draws what will be announced, `expected` times on average, between opening and `until_ms`.
    pub(super) fn announcements(
        &self,
        expected: f64,
        until_ms: Millis,
        noise: Noise,
    ) -> Vec<Announcement> {
        let mut announcements: Vec<Announcement> = (0_u64..)
            .take(poisson(expected, noise.with(COUNT)).min(MOST_ANNOUNCEMENTS))
            .map(|index| {
                let when = 0.06 + 0.91 * gauss::open_unit(noise.with(TIME).with(index));
                let size =
                    MEDIAN_SIZE * (SIZE_SPREAD * gauss::draw(noise.with(SIZE).with(index))).exp();
                Announcement {
                    public_ms: self.opens_ms + millis((until_ms - self.opens_ms) as f64 * when),
                    information: size.clamp(SMALLEST, LARGEST),
                }
            })
            .collect();
        announcements.sort_by_key(|announcement| announcement.public_ms);
        announcements
    }
}

/// Variance of log-odds near even odds, in units of the relative fall of a quantity's variance:
/// the square of the slope between log-odds and normal quantiles at one half.
pub(super) const EVEN_ODDS: f64 = 8.0 / std::f64::consts::PI;

/// How far `at_ms` is on the way from `from_ms` to `to_ms`, in `0..=1`.
fn share(at_ms: Millis, from_ms: Millis, to_ms: Millis) -> f64 {
    ((at_ms - from_ms) as f64 / (to_ms - from_ms).max(1) as f64).clamp(0.0, 1.0)
}

/// A number of independent occurrences.
fn poisson(expected: f64, noise: Noise) -> usize {
    let none = (-expected).exp();
    let mut product = 1.0;
    (0_u64..)
        .take_while(|&index| {
            product *= gauss::open_unit(noise.with(index));
            product > none
        })
        .take(2 * MOST_ANNOUNCEMENTS)
        .count()
}

/// Milliseconds as a whole number; lives are far below the range of i64.
pub(super) fn millis(millis: f64) -> Millis {
    #[expect(clippy::cast_possible_truncation, reason = "at most a few years")]
    let whole = millis.round() as Millis;
    whole
}
