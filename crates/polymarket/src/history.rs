//! What the price histories of both hosts have in common.

use chrono::{DateTime, TimeDelta, Utc};
use domain::Price;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::lenient;
use crate::quarantine::{RejectReason, RowKind};
use crate::rows::Rows;

/// A price that upstream showed for a token: the middle of the book where the spread was at most 0.10,
/// else the last trade (polymarket-api.md 2.3). Nobody may have been able to trade at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricePoint {
    /// When it was shown; with a bucket, when the bucket begins.
    pub at: DateTime<Utc>,
    /// Dollars a share.
    pub price: Price,
    /// Width in seconds of the bucket whose last price this is; `None` for a sample of that very instant.
    pub bucket_seconds: Option<u32>,
}

/// A request for prices that upstream would refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHistory {
    /// The window ends where it begins, or before.
    #[error("the window ends at its beginning or before")]
    Empty,
    /// The window is longer than upstream serves at once.
    #[error("the window is longer than 15 days")]
    TooLong,
    /// It lies before the year 1970, or begins with it: upstream takes 0 for "not given".
    #[error("the time is not after the beginning of 1970")]
    BeforeEpoch,
    /// Upstream has no points as close to each other for this range.
    #[error("{asked} minutes a point are finer than the {finest} that this range has")]
    TooFine {
        /// Minutes a point that were asked for.
        asked: u16,
        /// The fewest possible.
        finest: u16,
    },
    /// No bucket is as narrow or as wide.
    #[error("a bucket has 60 to 86400 seconds, not {0}")]
    BucketWidth(u32),
}

/// A stretch of time that both hosts serve at once: 15 days at most, whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeWindow {
    start_s: i64,
    end_s: i64,
}

impl TimeWindow {
    /// Longest window, in seconds. 16 days are refused (polymarket-api.md 4).
    pub const MAX_SECONDS: i64 = 15 * 86_400;

    /// From `start` to `end`; fractions of seconds are cut off.
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Self, InvalidHistory> {
        let (start_s, end_s) = (start.timestamp(), end.timestamp());
        if start_s <= 0 {
            Err(InvalidHistory::BeforeEpoch)
        } else if end_s <= start_s {
            Err(InvalidHistory::Empty)
        } else if end_s - start_s > Self::MAX_SECONDS {
            Err(InvalidHistory::TooLong)
        } else {
            Ok(Self { start_s, end_s })
        }
    }

    /// The windows that cover the time from `from` to `to`, the newest first, all but the last as long as
    /// possible. None where `to` is not after `from`, nor before the year 1970.
    pub fn covering(from: DateTime<Utc>, to: DateTime<Utc>) -> impl Iterator<Item = Self> {
        let from_s = from.timestamp().max(1);
        let mut end_s = to.timestamp();
        std::iter::from_fn(move || {
            let start_s = from_s.max(end_s - Self::MAX_SECONDS);
            let window = (start_s < end_s).then_some(Self { start_s, end_s });
            end_s = start_s;
            window
        })
    }

    /// Where it begins, inclusive; seconds since 1970.
    pub fn start_s(self) -> i64 {
        self.start_s
    }

    /// Where it ends, seconds since 1970. The Data API leaves the end out, the CLOB does not.
    pub fn end_s(self) -> i64 {
        self.end_s
    }

    /// Whether it holds this instant, its end included.
    pub fn contains(self, at: DateTime<Utc>) -> bool {
        (self.start_s..=self.end_s).contains(&at.timestamp())
    }

    /// How long it is.
    pub fn duration(self) -> TimeDelta {
        TimeDelta::seconds(self.end_s - self.start_s)
    }
}

/// A stretch of time that ends now, by upstream's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HistoryRange {
    /// An hour.
    Hour,
    /// Six hours.
    SixHours,
    /// A day.
    Day,
    /// A week.
    Week,
    /// A month. Upstream writes `1m`, which is not a minute.
    Month,
    /// The whole life of the market.
    Max,
}

impl HistoryRange {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::SixHours => "6h",
            Self::Day => "1d",
            Self::Week => "1w",
            Self::Month => "1m",
            Self::Max => "max",
        }
    }
}

/// A point in any host's spelling.
#[derive(Deserialize)]
struct PointRow<'a> {
    #[serde(borrow, alias = "t")]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow, alias = "p")]
    price: Option<&'a RawValue>,
    #[serde(borrow, default)]
    resolution_seconds: Option<&'a RawValue>,
}

fn decode_point(row: &RawValue) -> Result<PricePoint, RejectReason> {
    let point: PointRow<'_> =
        serde_json::from_str(row.get()).map_err(|_| RejectReason::NotAnObject)?;
    let lacks = RejectReason::Lacks;
    let at = point.timestamp.and_then(|raw| lenient::instant(raw.get()).ok()?);
    let price = point.price.and_then(|raw| Price::new(lenient::decimal(raw.get()).ok()??).ok());
    let width = point.resolution_seconds.and_then(|raw| lenient::decimal(raw.get()).ok()?);
    Ok(PricePoint {
        at: at.ok_or(lacks("timestamp"))?,
        price: price.ok_or(lacks("price"))?,
        bucket_seconds: width.and_then(|width| width.try_into().ok()).filter(|&width| width > 0),
    })
}

impl Rows<PricePoint> {
    /// Decodes points. A history has tens of thousands of them, hence their own, narrower way.
    pub(crate) fn of_points(rows: &[&RawValue], root: &str) -> Self {
        let mut decoded = Self { raw_rows: rows.len(), ..Self::default() };
        decoded.rows.reserve(rows.len());
        for (index, row) in rows.iter().enumerate() {
            match decode_point(row) {
                Ok(point) => decoded.rows.push(point),
                Err(reason) => {
                    let path = format!("{root}[{index}]");
                    decoded.reject(RowKind::PricePoint, None, reason, path, row);
                }
            }
        }
        decoded
    }

    /// Puts the oldest first and leaves one point an instant, the one that came last: upstream repeats
    /// the newest.
    pub(crate) fn put_in_order(&mut self) {
        self.rows.sort_by_key(|point| point.at);
        self.rows.reverse();
        self.rows.dedup_by_key(|point| point.at);
        self.rows.reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn windows_that_upstream_refuses_cannot_be_made() {
        const DAY: i64 = 86_400;
        assert!(TimeWindow::new(at(DAY), at(16 * DAY)).is_ok());
        let refused = |start, end| TimeWindow::new(at(start), at(end)).unwrap_err();
        assert_eq!(refused(DAY, 16 * DAY + 1), InvalidHistory::TooLong);
        assert_eq!(refused(DAY, DAY), InvalidHistory::Empty);
        assert_eq!(refused(DAY, 1), InvalidHistory::Empty);
        assert_eq!(refused(0, DAY), InvalidHistory::BeforeEpoch);
        assert_eq!(refused(-5, DAY), InvalidHistory::BeforeEpoch);
    }

    #[test]
    fn long_stretches_are_cut_into_windows_without_gaps() {
        let windows: Vec<_> = TimeWindow::covering(at(1_000), at(4_000_000)).collect();
        assert_eq!(windows.len(), 4);
        assert_eq!((windows[0].end_s(), windows[3].start_s()), (4_000_000, 1_000));
        for pair in windows.windows(2) {
            assert_eq!(pair[0].start_s(), pair[1].end_s());
        }
        assert!(windows.iter().all(|w| w.duration().num_seconds() <= TimeWindow::MAX_SECONDS));
        assert_eq!(TimeWindow::covering(at(5), at(5)).count(), 0);
        assert_eq!(TimeWindow::covering(at(-50), at(3)).count(), 1);
    }

    #[test]
    fn equal_instants_leave_the_point_that_came_last() {
        let rows = [
            r#"{"t":40000000,"p":0.1}"#,
            r#"{"t":50000000,"p":0.2}"#,
            r#"{"t":50000000,"p":"0.3"}"#,
        ];
        let raws: Vec<_> =
            rows.iter().map(|row| serde_json::from_str::<&RawValue>(row).unwrap()).collect();
        let mut points = Rows::of_points(&raws, "history");
        points.put_in_order();
        let prices: Vec<_> = points.rows.iter().map(|point| point.price.to_string()).collect();
        assert_eq!((prices, points.raw_rows), (vec!["0.1".to_owned(), "0.3".to_owned()], 3));
    }
}
