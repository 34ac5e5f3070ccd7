//! The best prices of live books, at the end of each minute.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::bars::Interval;
use domain::book::{BookState, Pips};
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
        let quotes = quotes(&service);
        counter!("cascadian_quotes_recorded_total")
            .increment(u64::try_from(quotes.len()).unwrap_or(u64::MAX));
        let mut lock = pen.take().await;
        bars::record_quotes(lock.connection(), minute, &quotes, service.now(), CAUSE).await?;
    }
}

/// The quotes of the books that may be believed now.
fn quotes(service: &Sources) -> Vec<Quote> {
    let live = service.books.all();
    let live = live.iter().filter(|live| live.state == BookState::Live && !live.is_ghost);
    live.map(|live| Quote {
        market_id: live.market.market_id.clone(),
        bid: live.book.best_bid().map(Pips::price),
        ask: live.book.best_ask().map(Pips::price),
    })
    .collect()
}

/// The time left; `None` when it is over.
fn until(instant: DateTime<Utc>, now: DateTime<Utc>) -> Option<Duration> {
    (instant - now).to_std().ok().filter(|left| !left.is_zero())
}
