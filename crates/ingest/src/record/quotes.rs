//! The best prices of live books, at the end of each minute.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::bars::Interval;
use domain::book::{Pips, Top};
use metrics::counter;
use store::StoreError;
use store::bars::{self, Quote};
use tokio::time::sleep;

use super::service::{Pen, Sources};

/// What a gap says whose end is this process's beginning, or the return of a stream.
const CAUSE: &str = "not streamed";

/// Quotes that come later than this after their minute are not its last ones: the process, or the whole machine, was
/// held up.
const LATE: TimeDelta = TimeDelta::seconds(10);

/// Messages dated before the end of a minute may still be under way then; what is dated later does not count, however
/// early it comes.
const UNDER_WAY: Duration = Duration::from_secs(1);

/// Longest sleep at once: the time of day can jump.
const NAP: Duration = Duration::from_secs(1);

/// Writes every minute's quotes, until the database is lost.
pub(super) async fn record(service: Arc<Sources>, pen: Pen) -> Result<(), StoreError> {
    loop {
        let minute = Interval::Minute.bucket(service.now());
        let end = minute + TimeDelta::minutes(1);
        while let Some(left) = until(end, service.now()) {
            sleep(left.min(NAP)).await;
        }
        if service.now() - end > LATE {
            continue;
        }
        sleep(UNDER_WAY).await;
        let quotes = quotes(&service, end);
        counter!("cascadian_quotes_recorded_total")
            .increment(u64::try_from(quotes.len()).unwrap_or(u64::MAX));
        let mut lock = pen.take().await;
        bars::record_quotes(lock.connection(), minute, &quotes, service.now(), CAUSE).await?;
    }
}

/// The quotes of the books that are sure of what they were at an instant. A book in doubt has none, so that nothing is
/// settled by it.
fn quotes(service: &Sources, end: DateTime<Utc>) -> Vec<Quote> {
    let tops = service.books.tops_at(end).into_iter();
    let quote = |(market_id, (bid, ask)): (_, Top)| Quote {
        market_id,
        bid: bid.map(Pips::price),
        ask: ask.map(Pips::price),
    };
    tops.map(quote).collect()
}

/// The time left; `None` when it is over.
fn until(instant: DateTime<Utc>, now: DateTime<Utc>) -> Option<Duration> {
    (instant - now).to_std().ok().filter(|left| !left.is_zero())
}
