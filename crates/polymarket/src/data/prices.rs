//! Price history: what may be asked for.

use chrono::{DateTime, Utc};
use domain::TokenId;

use crate::history::{HistoryRange, InvalidHistory, TimeWindow};
use crate::{Host, Request};

/// Most points of a page, and upstream's default.
const MAX_POINTS: u16 = 10_000;

/// Width of the buckets of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BucketWidth(u32);

impl BucketWidth {
    /// The narrowest. Kept for seven days.
    pub const MINUTE: Self = Self(60);
    /// An hour.
    pub const HOUR: Self = Self(3_600);
    /// The widest.
    pub const DAY: Self = Self(86_400);

    /// From 60 to 86,400 seconds.
    pub const fn seconds(seconds: u32) -> Result<Self, InvalidHistory> {
        if seconds < Self::MINUTE.0 || seconds > Self::DAY.0 {
            return Err(InvalidHistory::BucketWidth(seconds));
        }
        Ok(Self(seconds))
    }
}

/// A request for history that upstream answers: one it would refuse cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricesQuery {
    span: Span,
    bucket: Option<BucketWidth>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Span {
    Window(TimeWindow),
    Last(HistoryRange),
    AsOf { at_s: i64 },
}

impl PricesQuery {
    /// A window, its end left out.
    pub const fn window(window: TimeWindow) -> Self {
        Self { span: Span::Window(window), bucket: None }
    }

    /// A range that ends now, however long.
    pub const fn last(range: HistoryRange) -> Self {
        Self { span: Span::Last(range), bucket: None }
    }

    /// The last price at or before an instant alone.
    pub fn as_of(at: DateTime<Utc>) -> Result<Self, InvalidHistory> {
        let at_s = at.timestamp();
        if at_s <= 0 {
            return Err(InvalidHistory::BeforeEpoch);
        }
        Ok(Self { span: Span::AsOf { at_s }, bucket: None })
    }

    /// In buckets of this width. Otherwise upstream chooses: the densest that it keeps for the window,
    /// a minute up to twelve hours, half an hour for 15 days, twelve hours for a whole life. Of a width
    /// that has expired there are no points.
    #[must_use]
    pub const fn in_buckets(mut self, width: BucketWidth) -> Self {
        self.bucket = Some(width);
        self
    }

    pub(super) fn request(self, token_id: &TokenId) -> Request {
        let request = Request::new(Host::Data, "/v2/prices-history", ["v2", "prices-history"])
            .with("token_id", token_id);
        let request = match self.span {
            Span::Window(window) => {
                request.with("start", &window.start_s()).with("end", &window.end_s())
            }
            Span::Last(range) => request.with("interval", &range.name()),
            Span::AsOf { at_s } => request.with("as_of", &at_s),
        };
        let request = match self.bucket {
            Some(BucketWidth(seconds)) => request.with("bucket_seconds", &seconds),
            None => request,
        };
        request.with("limit", &MAX_POINTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_and_instants_that_upstream_refuses_cannot_be_made() {
        for seconds in [0, 59, 86_401] {
            let refused = BucketWidth::seconds(seconds).unwrap_err();
            assert_eq!(refused, InvalidHistory::BucketWidth(seconds));
        }
        assert_eq!(BucketWidth::seconds(60), Ok(BucketWidth::MINUTE));
        assert_eq!(BucketWidth::seconds(86_400), Ok(BucketWidth::DAY));
        let epoch = DateTime::from_timestamp(0, 0).unwrap();
        assert_eq!(PricesQuery::as_of(epoch).unwrap_err(), InvalidHistory::BeforeEpoch);
    }
}
