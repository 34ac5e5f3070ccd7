//! The widths of bars.

use std::{fmt, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long a bar is. Buckets are half-open and begin at multiples of it since 1970 in UTC:
/// floor(t / step).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Interval {
    /// A minute.
    #[serde(rename = "1m")]
    Minute,
    /// Five minutes.
    #[serde(rename = "5m")]
    FiveMinutes,
    /// A quarter of an hour.
    #[serde(rename = "15m")]
    QuarterHour,
    /// An hour.
    #[serde(rename = "1h")]
    Hour,
    /// Six hours.
    #[serde(rename = "6h")]
    SixHours,
    /// A day of UTC.
    #[serde(rename = "1d")]
    Day,
}

impl Interval {
    /// Every interval, shortest first.
    pub const ALL: [Self; 6] =
        [Self::Minute, Self::FiveMinutes, Self::QuarterHour, Self::Hour, Self::SixHours, Self::Day];

    /// The stable name used in URLs.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Minute => "1m",
            Self::FiveMinutes => "5m",
            Self::QuarterHour => "15m",
            Self::Hour => "1h",
            Self::SixHours => "6h",
            Self::Day => "1d",
        }
    }

    /// Its length in seconds.
    pub fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::FiveMinutes => 300,
            Self::QuarterHour => 900,
            Self::Hour => 3_600,
            Self::SixHours => 21_600,
            Self::Day => 86_400,
        }
    }

    /// Its length.
    pub fn length(self) -> TimeDelta {
        TimeDelta::seconds(self.seconds())
    }

    /// The beginning of the bucket that an instant is in.
    pub fn bucket(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let second = at.timestamp();
        let start = second - second.rem_euclid(self.seconds());
        // Only within a day of the calendar's first instant is there no beginning.
        DateTime::from_timestamp(start, 0).unwrap_or(at)
    }
}

/// Text that is no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("one of 1m, 5m, 15m, 1h, 6h, 1d")]
pub struct UnknownInterval;

impl FromStr for Interval {
    type Err = UnknownInterval;
    fn from_str(text: &str) -> Result<Self, UnknownInterval> {
        Self::ALL.into_iter().find(|interval| interval.slug() == text).ok_or(UnknownInterval)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}
