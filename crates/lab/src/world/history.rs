//! What a market's price and volume have been. Reported changes and rolling volumes are read from
//! here and nowhere else, so they are true by construction.

use chrono::{DateTime, Utc};

/// Prices are whole numbers of these per dollar.
pub(crate) const PIPS: i32 = 10_000;

pub(crate) const MINUTE_S: i64 = 60;
pub(crate) const HOUR_S: i64 = 60 * MINUTE_S;
pub(crate) const DAY_S: i64 = 24 * HOUR_S;

/// How densely points of a given age are kept: (age up to, spacing), both in seconds.
const DENSITY: [(i64, i64); 4] =
    [(25 * HOUR_S, 5 * MINUTE_S), (8 * DAY_S, HOUR_S), (31 * DAY_S, 3 * HOUR_S), (i64::MAX, DAY_S)];

/// Price and cumulative volume of a market at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PricePoint {
    /// When.
    pub at: DateTime<Utc>,
    /// Displayed price of outcome 0, in dollars.
    pub price: f64,
    /// Volume since the market opened, in USDC.
    pub volume_usdc: f64,
}

/// A point as kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Point {
    at_s: i64,
    pips: i32,
    volume_micro: u64,
}

/// Points in time order.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    points: Vec<Point>,
}

/// The spacing of points of this age.
pub(crate) fn spacing_s(age_s: i64) -> i64 {
    let density = DENSITY.iter().find(|(up_to_s, _)| age_s <= *up_to_s);
    density.map_or(DAY_S, |&(_, spacing_s)| spacing_s)
}

impl History {
    /// Adds a point; `at_s` must not be before the last one.
    pub(crate) fn push(&mut self, at_s: i64, pips: i32, volume_micro: u64) {
        match self.points.last_mut() {
            Some(last) if last.at_s == at_s => {
                last.pips = pips;
                last.volume_micro = volume_micro;
            }
            _ => self.points.push(Point { at_s, pips, volume_micro }),
        }
    }

    /// Drops points that are denser than their age asks for. The first and the last stay.
    pub(crate) fn thin(&mut self, now_s: i64) {
        let ends = (self.points.first().copied(), self.points.last().copied());
        self.points.retain(|point| {
            let wanted = point.at_s % spacing_s(now_s - point.at_s) == 0;
            wanted || Some(*point) == ends.0 || Some(*point) == ends.1
        });
    }

    fn at(&self, at_s: i64) -> Option<&Point> {
        let later = self.points.partition_point(|point| point.at_s <= at_s);
        later.checked_sub(1).and_then(|index| self.points.get(index))
    }

    /// Difference between `pips` and the price at `since_s`, in dollars; `None` when the market is
    /// younger.
    pub(crate) fn change(&self, pips: i32, since_s: i64) -> Option<f64> {
        let then = self.at(since_s)?;
        Some(f64::from(pips - then.pips) / f64::from(PIPS))
    }

    /// Volume since `since_s`, in millionths of a USDC.
    pub(crate) fn volume_since(&self, volume_micro: u64, since_s: i64) -> u64 {
        volume_micro - self.at(since_s).map_or(0, |point| point.volume_micro)
    }

    pub(crate) fn points(&self) -> Vec<PricePoint> {
        let points = self.points.iter().filter_map(|point| {
            Some(PricePoint {
                at: DateTime::from_timestamp(point.at_s, 0)?,
                price: f64::from(point.pips) / f64::from(PIPS),
                volume_usdc: usdc(point.volume_micro),
            })
        });
        points.collect()
    }
}

pub(crate) fn usdc(micro: u64) -> f64 {
    micro as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_against_the_price_then() {
        let mut history = History::default();
        history.push(0, 5_000, 0);
        history.push(HOUR_S, 5_500, 2_000_000);
        history.push(2 * HOUR_S, 5_250, 3_000_000);
        assert_eq!(history.change(5_250, HOUR_S), Some(-0.025));
        assert_eq!(history.change(5_250, HOUR_S + 5), Some(-0.025));
        assert_eq!(history.change(5_250, -1), None);
        assert_eq!(history.volume_since(3_000_000, HOUR_S), 1_000_000);
        assert_eq!(history.volume_since(3_000_000, -1), 3_000_000);
    }

    #[test]
    fn thinning_keeps_what_changes_need() {
        let mut history = History::default();
        let now_s = 40 * DAY_S;
        for at_s in (0..=now_s).step_by(300) {
            history.push(at_s, 1, 0);
        }
        history.thin(now_s);
        for (age_s, spacing_s) in
            [(HOUR_S, 300), (DAY_S, 300), (7 * DAY_S, HOUR_S), (30 * DAY_S, 3 * HOUR_S)]
        {
            let point = history.at(now_s - age_s).unwrap();
            assert!(now_s - age_s - point.at_s < spacing_s);
        }
        assert!(history.points.len() < 800, "{} points", history.points.len());
    }
}
