//! The prices that history keeps: a sample of every market in every minute.

use crate::exchange::{Listing, Millis, Outcome, Pips, Point, mirrored};
use crate::noise::Noise;

/// Seconds between two samples.
const SWEEP_S: i64 = 60;

/// Samples are taken so long after the full minute at least, in seconds...
const SWEEP_DELAY_S: i64 = 15;

/// ...and by up to so much later.
const SWEEP_JITTER_S: u64 = 12;

/// One minute of so many is missed: six points of fifteen days.
const MISSED_IN: u64 = 3_600;

/// Where the times of the samples come from. They are the same for every market and world.
const SWEEPS: Noise = Noise::of(0x7377_6565_7073);

/// A displayed price and when it was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) at_s: i64,
    pub(crate) price: Pips,
}

/// Which samples are wanted: the first in each bucket of `bucket_s`, a multiple of 60, that was
/// taken within `from_s..=to_s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the postfix is the unit")]
pub(crate) struct Window {
    pub(crate) from_s: i64,
    pub(crate) to_s: i64,
    pub(crate) bucket_s: i64,
}

/// The samples of `outcome` in `window`, and after them the newest one as of `now_s`, wherever the
/// window ends, unless the market is resolved: the venue appends it. Samples begin with the listing
/// and end with the resolution.
pub(crate) fn sample(
    listing: &Listing,
    outcome: Outcome,
    window: Window,
    now_s: i64,
) -> Vec<Sample> {
    let life = life_s(listing);
    let from_s = window.from_s.max(life.0);
    let to_s = window.to_s.min(life.1).min(now_s);
    let mut prices = Prices::from(&listing.series);
    let mut take = |at_s: i64| {
        let shown = prices.at(at_s.saturating_mul(1_000))?;
        Some(Sample { at_s, price: mirrored(outcome, shown) })
    };
    let buckets = from_s.div_euclid(window.bucket_s)..=to_s.div_euclid(window.bucket_s);
    let mut samples: Vec<Sample> = buckets
        .filter_map(|bucket| first_sweep(bucket * window.bucket_s, window.bucket_s))
        .filter(|at_s| (from_s..=to_s).contains(at_s))
        .filter_map(&mut take)
        .collect();
    if listing.resolved_ms.is_none() {
        let newest_s = last_sweep(now_s).filter(|&at_s| at_s >= life.0);
        samples.extend(newest_s.and_then(take));
    }
    samples
}

/// First and last second at which the market can have been sampled.
pub(crate) fn life_s(listing: &Listing) -> (i64, i64) {
    let listed_s = (listing.listed_ms + 999).div_euclid(1_000);
    let resolved_s = listing.resolved_ms.map_or(i64::MAX, |at_ms| (at_ms - 1).div_euclid(1_000));
    (listed_s, resolved_s)
}

/// When the sample of a minute was taken; `None` when it was missed.
fn sweep(minute: i64) -> Option<i64> {
    let draw = SWEEPS.with(minute.unsigned_abs());
    if draw.with(1).bits().is_multiple_of(MISSED_IN) {
        return None;
    }
    let jitter_s = i64::try_from(draw.bits() % SWEEP_JITTER_S).unwrap_or(0);
    Some(minute * SWEEP_S + SWEEP_DELAY_S + jitter_s)
}

/// The first sample of the bucket that starts at `start_s`.
fn first_sweep(start_s: i64, bucket_s: i64) -> Option<i64> {
    let minute = start_s.div_euclid(SWEEP_S);
    (minute..minute + bucket_s / SWEEP_S).find_map(sweep)
}

/// The newest sample at `now_s`. Two missed minutes in a row are passed over, more do not happen.
fn last_sweep(now_s: i64) -> Option<i64> {
    let minute = now_s.div_euclid(SWEEP_S);
    (0..4).filter_map(|back| sweep(minute - back)).find(|&at_s| at_s <= now_s)
}

/// Walks a series forward. Asking for an earlier moment than before is not foreseen.
struct Prices<'a> {
    series: &'a [Point],
    /// Points at or before the last moment asked for.
    passed: usize,
}

impl<'a> Prices<'a> {
    fn from(series: &'a [Point]) -> Self {
        Self { series, passed: 0 }
    }

    /// Displayed price of the first outcome; `None` before the listing.
    fn at(&mut self, at_ms: Millis) -> Option<Pips> {
        let ahead = &self.series[self.passed..];
        // The next moment is nearby or, at first, anywhere.
        let near = ahead.iter().take(16).take_while(|point| point.at_ms <= at_ms).count();
        self.passed +=
            if near < 16 { near } else { ahead.partition_point(|point| point.at_ms <= at_ms) };
        let last = self.passed.checked_sub(1)?;
        Some(self.series[last].shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clob::fixture::Floor;
    use crate::exchange::MICRO;

    const DAY_S: i64 = 86_400;

    /// Bids and asks around 0.40 from second 3,600 and around 0.50 from second 7,200 on.
    fn floor() -> Floor {
        let mut floor = Floor::listed();
        for (at_s, bid) in [(3_600, 3_900), (7_200, 4_900)] {
            floor.clear();
            floor.rest(at_s * 1_000, Outcome::First, bid, 10 * MICRO);
            floor.rest(at_s * 1_000, Outcome::Second, 10_000 - bid - 300, 10 * MICRO);
        }
        floor
    }

    fn window(from_s: i64, to_s: i64, minutes: i64) -> Window {
        Window { from_s, to_s, bucket_s: 60 * minutes }
    }

    #[test]
    fn every_minute_has_a_sample_a_little_after_it() {
        let floor = floor();
        let samples = sample(floor.listing(), Outcome::First, window(0, 10 * DAY_S, 1), 10 * DAY_S);
        let (newest, samples) = samples.split_last().unwrap();
        assert!((14_390..=14_400).contains(&samples.len()), "{}", samples.len());
        assert!(samples.is_sorted_by(|a, b| a.at_s < b.at_s));
        assert!(samples.iter().all(|it| (15..27).contains(&(it.at_s % 60))));
        assert!(samples.iter().any(|it| it.at_s % 60 != 15), "they jitter");
        assert_eq!(newest, samples.last().unwrap(), "the newest is repeated, as upstream");
    }

    #[test]
    fn prices_are_those_of_the_moment_and_of_the_token() {
        let floor = floor();
        let at = |outcome| {
            let samples = sample(floor.listing(), outcome, window(0, 10_000, 60), 10_000);
            samples.iter().map(|it| it.price).collect::<Vec<_>>()
        };
        assert_eq!(at(Outcome::First), [4_000, 4_050, 5_050, 5_050]);
        assert_eq!(at(Outcome::Second), [6_000, 5_950, 4_950, 4_950]);
    }

    #[test]
    fn a_bucket_is_its_first_sample_or_nothing() {
        let floor = floor();
        let samples = sample(floor.listing(), Outcome::First, window(3_700, 10_000, 60), 10_000);
        assert!(samples[0].at_s > 7_200, "the sample of the bucket of 3,600 is before 3,700");
    }

    #[test]
    fn the_newest_sample_is_appended_to_past_windows_of_open_markets_only() {
        let mut floor = floor();
        let past = window(3_600, 7_100, 10);
        let samples = sample(floor.listing(), Outcome::First, past, DAY_S);
        let (newest, inside) = samples.split_last().unwrap();
        assert!(inside.iter().all(|it| it.at_s <= 7_100) && inside.len() == 6);
        assert!(newest.at_s > DAY_S - 120 && newest.at_s <= DAY_S && newest.price == 5_050);
        floor.exchange.resolve(9_000_000, floor.market, [MICRO, 0]);
        assert_eq!(sample(floor.listing(), Outcome::First, past, DAY_S), inside);
        let all = sample(floor.listing(), Outcome::First, window(0, DAY_S, 1), DAY_S);
        assert!(all.iter().all(|it| it.at_s < 9_000 && it.price <= 5_050));
    }

    #[test]
    fn minutes_are_missed_now_and_then_and_another_takes_their_place() {
        let missed: Vec<i64> = (0..21_600).filter(|&minute| sweep(minute).is_none()).collect();
        assert!((1..=20).contains(&missed.len()), "{missed:?}");
        let minute = missed[0];
        assert_eq!(first_sweep(minute * 60, 60), None);
        assert_eq!(first_sweep(minute * 60, 120), sweep(minute + 1));
        assert_eq!(last_sweep(minute * 60 + 59), sweep(minute - 1));
    }
}
