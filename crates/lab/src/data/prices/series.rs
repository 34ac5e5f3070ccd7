//! The price of a token over time: buckets, the last observation, and the settlement.

use serde::Serialize;

use crate::data::number;
use crate::exchange::{Listing, MICRO, MarketIx, Outcome, mirrored};

/// Every market is looked at once in so many seconds, each at its own second.
const OBSERVED_EVERY_S: i64 = 10;

const DAY_S: i64 = 86_400;

/// How long buckets of a width are kept, in days, by the narrowest width; wider ones are kept for
/// ever.
const KEPT_DAYS: [(i64, i64); 3] = [(60, 7), (300, 60), (1_800, 90)];

/// The narrowest width that is kept for ever.
const PERMANENT_S: i64 = 10_800;

/// What has expired goes in chunks.
const CHUNK_S: i64 = 3 * DAY_S;

/// Widths that the venue keeps.
pub(super) const WIDTHS_S: [i64; 5] = [60, 300, 1_800, PERMANENT_S, 43_200];

/// A point as served.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct PricePoint {
    pub(crate) timestamp: i64,
    pub(crate) price: f64,
    /// Width of the bucket; 0 for what was seen at that very second.
    pub(crate) resolution_seconds: i64,
}

/// The stretch of time asked for, Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the postfix is the unit")]
pub(crate) struct Window {
    pub(crate) start_s: i64,
    /// Exclusive.
    pub(crate) end_s: i64,
    pub(crate) width_s: i64,
}

/// A token's past.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Past<'e> {
    listing: &'e Listing,
    outcome: Outcome,
    /// The second of ten at which the market is looked at.
    phase_s: i64,
    now_s: i64,
}

/// The first moment of which buckets of `width_s` are kept.
pub(super) fn kept_since(width_s: i64, now_s: i64) -> i64 {
    let tier = KEPT_DAYS.iter().rev().find(|(narrowest_s, _)| *narrowest_s <= width_s);
    match tier {
        Some(&(_, days)) if width_s < PERMANENT_S => {
            (now_s - days * DAY_S).div_euclid(CHUNK_S) * CHUNK_S
        }
        _ => i64::MIN,
    }
}

impl<'e> Past<'e> {
    pub(crate) fn new(
        listing: &'e Listing,
        market: MarketIx,
        outcome: Outcome,
        now_s: i64,
    ) -> Self {
        let phase_s = i64::from(market.0) % OBSERVED_EVERY_S;
        Self { listing, outcome, phase_s, now_s }
    }

    pub(crate) fn listed_s(&self) -> i64 {
        number::seconds(self.listing.listed_ms)
    }

    fn resolved_s(&self) -> Option<i64> {
        self.listing.resolved_ms.map(number::seconds)
    }

    /// The last second at which the market could be looked at.
    fn last_s(&self) -> i64 {
        self.resolved_s().map_or(self.now_s, |resolved_s| self.now_s.min(resolved_s - 1))
    }

    /// The latest look at the market at or before `at_s`.
    fn observation(&self, at_s: i64) -> Option<i64> {
        let at_s = at_s.min(self.last_s());
        let looked_s =
            (at_s - self.phase_s).div_euclid(OBSERVED_EVERY_S) * OBSERVED_EVERY_S + self.phase_s;
        (looked_s >= self.listed_s()).then_some(looked_s)
    }

    fn price_at(&self, at_s: i64) -> f64 {
        let shown = self.listing.point_at(at_s * 1_000 + 999).map_or(0, |point| point.shown);
        number::price(mirrored(self.outcome, shown))
    }

    fn payout(&self) -> Option<f64> {
        let payouts = self.listing.payouts?;
        Some(payouts[self.outcome.index()] as f64 / MICRO as f64)
    }

    /// The last look within a bucket.
    fn bucket(&self, bucket_s: i64, window: Window) -> Option<PricePoint> {
        let end_s = (bucket_s + window.width_s).min(window.end_s);
        let looked_s = self.observation(end_s - 1).filter(|&looked_s| looked_s >= bucket_s)?;
        Some(PricePoint {
            timestamp: bucket_s,
            price: self.price_at(looked_s),
            resolution_seconds: window.width_s,
        })
    }

    /// The latest observation within the window.
    fn terminal(&self, window: Window) -> Option<PricePoint> {
        let looked_s = self.observation(window.end_s - 1)?;
        (looked_s >= window.start_s).then(|| PricePoint {
            timestamp: looked_s,
            price: self.price_at(looked_s),
            resolution_seconds: 0,
        })
    }

    /// The payout, one bucket past the last one, if the window goes on to the resolution.
    fn settlement(&self, window: Window) -> Option<PricePoint> {
        let price = self.payout()?;
        if window.end_s <= self.resolved_s()? {
            return None;
        }
        let looked_s = self.terminal(window)?.timestamp;
        let edge_s = (looked_s.div_euclid(window.width_s) + 1) * window.width_s;
        Some(PricePoint { timestamp: edge_s.min(window.end_s), price, resolution_seconds: 0 })
    }

    /// The points of a window after `after_s`, oldest first: buckets as far as they are kept, the last
    /// observation, the settlement.
    pub(crate) fn points(
        self,
        window: Window,
        after_s: Option<i64>,
    ) -> impl Iterator<Item = PricePoint> {
        let width_s = window.width_s;
        let aligned = |at_s: i64| at_s.div_euclid(width_s) * width_s;
        let first_s = aligned(window.start_s.max(self.listed_s()));
        // A bucket goes when its beginning is no longer kept.
        let kept_s = kept_since(width_s, self.now_s);
        let first_s = if first_s < kept_s { aligned(kept_s - 1) + width_s } else { first_s };
        let first_s = after_s.map_or(first_s, |after_s| first_s.max(aligned(after_s)));
        let last_s = self.last_s().min(window.end_s - 1);
        let count = (last_s - first_s).div_euclid(width_s) + 1;
        let terminal = self.terminal(window).filter(|point| point.timestamp >= kept_s);
        let settlement = self.settlement(window).filter(|_| terminal.is_some());
        // Where the last look was at the beginning of a bucket, it stands for that bucket.
        let stands_at = terminal.map(|point| point.timestamp);
        (0..count.max(0))
            .map(move |bucket| first_s + bucket * width_s)
            .filter(move |&bucket_s| Some(bucket_s) != stands_at)
            .filter_map(move |bucket_s| self.bucket(bucket_s, window))
            .chain(terminal)
            .chain(settlement)
            .filter(move |point| after_s.is_none_or(|after_s| point.timestamp > after_s))
    }

    /// The latest observation at or before `at_s`, as exact as it is still kept.
    pub(crate) fn as_of(&self, at_s: i64) -> Option<PricePoint> {
        if let (Some(resolved_s), Some(price)) = (self.resolved_s(), self.payout())
            && resolved_s <= at_s
        {
            return Some(PricePoint { timestamp: resolved_s, price, resolution_seconds: 0 });
        }
        let looked_s = self.observation(at_s)?;
        let is_kept = |width_s: i64| kept_since(width_s, self.now_s) <= looked_s;
        let width_s = match WIDTHS_S.into_iter().find(|&width_s| is_kept(width_s)) {
            Some(finest_s) if finest_s > WIDTHS_S[0] => finest_s,
            _ => 0,
        };
        let timestamp =
            if width_s == 0 { looked_s } else { looked_s.div_euclid(width_s) * width_s };
        Some(PricePoint { timestamp, price: self.price_at(looked_s), resolution_seconds: width_s })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::kit::{Floor, NOON};

    const NOON_S: i64 = NOON / 1_000;

    /// A market that trades at 0.60 a second after noon, at 0.30 after 2:30, and is listed at noon.
    fn floor() -> Floor {
        let mut floor = Floor::new(2);
        floor.trade(0, 1, 6_000, 10);
        floor.at_ms = NOON + 149_000;
        floor.trade(0, 1, 3_000, 10);
        floor
    }

    fn window(start_s: i64, end_s: i64, width_s: i64) -> Window {
        Window { start_s: NOON_S + start_s, end_s: NOON_S + end_s, width_s }
    }

    fn past(floor: &Floor, now_s: i64) -> Past<'_> {
        let listing = floor.exchange.listing(floor.market);
        Past::new(listing, MarketIx(3), Outcome::First, NOON_S + now_s)
    }

    fn told(points: impl Iterator<Item = PricePoint>) -> Vec<(i64, f64, i64)> {
        points.map(|p| (p.timestamp - NOON_S, p.price, p.resolution_seconds)).collect()
    }

    #[test]
    fn buckets_hold_their_last_look_and_the_series_ends_with_a_tick() {
        let floor = floor();
        let points = told(past(&floor, 400).points(window(17, 200, 60), None));
        // The market is looked at at second 3 of ten.
        assert_eq!(
            points,
            [(0, 0.6, 60), (60, 0.6, 60), (120, 0.3, 60), (180, 0.3, 60), (193, 0.3, 0)]
        );
        let of_no = Past { outcome: Outcome::Second, ..past(&floor, 400) };
        assert_eq!(told(of_no.points(window(120, 180, 60), None)), [(120, 0.7, 60), (173, 0.7, 0)]);
    }

    #[test]
    fn a_walk_goes_on_where_it_was() {
        let floor = floor();
        let all = told(past(&floor, 400).points(window(0, 401, 60), None));
        for seen in 1..all.len() {
            let after_s = NOON_S + all[seen - 1].0;
            let rest = told(past(&floor, 400).points(window(0, 401, 60), Some(after_s)));
            assert_eq!(rest, all[seen..]);
        }
    }

    #[test]
    fn a_look_at_a_beginning_of_a_bucket_stands_for_it() {
        let floor = floor();
        let listing = floor.exchange.listing(floor.market);
        let past = Past::new(listing, MarketIx(0), Outcome::First, NOON_S + 120);
        let points = told(past.points(window(0, 121, 60), None));
        assert_eq!(points, [(0, 0.6, 60), (60, 0.6, 60), (120, 0.6, 0)]);
    }

    #[test]
    fn a_resolved_market_ends_with_its_payout() {
        let mut floor = floor();
        floor.exchange.resolve(NOON + 250_000, floor.market, [0, MICRO]);
        let ended = |window| told(past(&floor, 900).points(window, None)).pop().unwrap();
        assert_eq!(ended(window(0, 901, 60)), (300, 0.0, 0));
        assert_eq!(ended(window(0, 260, 60)), (260, 0.0, 0), "not past the end of the window");
        assert_eq!(ended(window(0, 250, 60)), (243, 0.3, 0), "resolved after the window");
        assert!(told(past(&floor, 900).points(window(300, 901, 60), None)).is_empty());
        let seen = |at_s| past(&floor, 900).as_of(NOON_S + at_s).map(|point| point.price);
        assert_eq!(
            (seen(-1), seen(100), seen(200), seen(500)),
            (None, Some(0.6), Some(0.3), Some(0.0))
        );
    }

    #[test]
    fn what_is_too_old_is_gone_unless_coarse() {
        let floor = floor();
        let month = 30 * DAY_S;
        let count = |width_s| past(&floor, month).points(window(0, month, width_s), None).count();
        assert!((7 * 1_440..=10 * 1_440 + 2).contains(&i64::try_from(count(60)).unwrap()));
        assert_eq!(count(300), 30 * 288 + 1);
        let short = told(past(&floor, month).points(window(0, 3_600, 60), None));
        assert!(short.is_empty(), "expired: {short:?}");
        assert_eq!(told(past(&floor, month).points(window(0, 3_600, 300), None)).len(), 13);
        // A single look is as coarse as what is kept.
        let seen = past(&floor, month).as_of(NOON_S + 200).unwrap();
        assert_eq!((seen.timestamp - NOON_S, seen.resolution_seconds), (0, 300));
        let seen = past(&floor, 200 * DAY_S).as_of(NOON_S + 200).unwrap();
        assert_eq!(seen.resolution_seconds, PERMANENT_S);
        let seen = past(&floor, month).as_of(NOON_S + month).unwrap();
        assert_eq!((seen.timestamp - NOON_S, seen.resolution_seconds), (month - 7, 0));
    }
}
