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

/// Writes every minute's quotes, until the database is lost.
pub(super) async fn record(service: Arc<Sources>, pen: Pen) -> Result<(), StoreError> {
    loop {
        let minute = Interval::Minute.bucket(Utc::now());
        sleep(until(minute + TimeDelta::minutes(1))).await;
        let quotes = quotes(&service);
        counter!("cascadian_quotes_recorded_total")
            .increment(u64::try_from(quotes.len()).unwrap_or(u64::MAX));
        let mut lock = pen.take().await;
        bars::record_quotes(lock.connection(), minute, &quotes, Utc::now(), CAUSE).await?;
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

fn until(instant: DateTime<Utc>) -> Duration {
    (instant - Utc::now()).to_std().unwrap_or(Duration::ZERO)
}
