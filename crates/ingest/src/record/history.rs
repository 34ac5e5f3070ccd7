//! Upstream's price history, for the time before anything was recorded.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{MarketId, Price};
use metrics::counter;
use polymarket::data::{BucketWidth, PricesQuery};
use polymarket::{HistoryRange, TimeWindow, UpstreamError};
use std::sync::Arc;
use store::bars::{self, HistoryDetail};
use store::streaming::{self, TradedMarket};
use store::{StoreError, tape};

use super::service::{Pen, Sources, ticks};

/// Fills one market after the other, those somebody watches first, until the database is lost.
pub(super) async fn backfill(service: Arc<Sources>, pen: Pen) -> Result<(), StoreError> {
    let mut ticks = ticks(service.options.history_every);
    loop {
        ticks.tick().await;
        let watched = service.books.watched();
        let watched: Vec<&str> = watched.iter().map(|id| &**id).collect();
        let database = service.database.service();
        // Of a minute that the tape covers it is known whether anything was traded.
        if tape::progress(database).await?.is_none() {
            continue;
        }
        let busiest = service.options.history_markets;
        let Some((market, detail)) =
            streaming::next_without_history(database, &watched, busiest).await?
        else {
            continue;
        };
        match history(&service, &market, detail).await {
            Ok(points) => {
                let mut lock = pen.take().await;
                let id = &market.market_id;
                let new =
                    bars::backfill(lock.connection(), id, points, detail, service.now()).await?;
                tracing::debug!(market.id = %id, new, "history filled");
                counter!("cascadian_history_bars_total")
                    .increment(u64::try_from(new).unwrap_or(u64::MAX));
            }
            Err(error) => {
                tracing::warn!(market.id = %market.market_id, %error, "no history; it is asked for again");
                put_off(&service, &pen, &market.market_id).await?;
            }
        }
    }
}

/// A market whose history could not be had waits for its next turn behind all others.
async fn put_off(service: &Sources, pen: &Pen, market_id: &MarketId) -> Result<(), StoreError> {
    let mut lock = pen.take().await;
    streaming::put_off_history(lock.connection(), market_id, service.now()).await?;
    drop(lock);
    tokio::time::sleep(service.options.history_every * 10).await;
    Ok(())
}

/// What upstream kept of outcome 0. In detail: two days by the minute, a week by five, a month by the half-hour, the
/// rest by half-days. Of coarser points only those are taken that lie before the finer ones.
async fn history(
    service: &Sources,
    market: &TradedMarket,
    detail: HistoryDetail,
) -> Result<Vec<(DateTime<Utc>, Price)>, UpstreamError> {
    let now = service.now();
    let last = |range, seconds| {
        let width = BucketWidth::seconds(seconds).unwrap_or(BucketWidth::DAY);
        PricesQuery::last(range).in_buckets(width)
    };
    let mut queries = Vec::new();
    match detail {
        HistoryDetail::Fine => {
            let recent = TimeWindow::new(now - TimeDelta::days(2), now);
            let recent =
                recent.map(|window| PricesQuery::window(window).in_buckets(BucketWidth::MINUTE));
            queries.extend(recent);
            queries.push(last(HistoryRange::Week, 300));
            queries.push(last(HistoryRange::Month, 1_800));
        }
        HistoryDetail::Coarse => queries.push(last(HistoryRange::Month, 3_600)),
    }
    queries.push(last(HistoryRange::Max, 43_200));
    let mut points = Vec::new();
    let mut finer_from = now;
    for query in queries {
        let answer = service.data.prices_history(&market.tokens[0], query).await?;
        let older = answer.value.rows.into_iter().filter(|point| point.at < finer_from);
        let older: Vec<_> = older.map(|point| (point.at, point.price)).collect();
        finer_from = older.iter().map(|(at, _)| *at).min().unwrap_or(finer_from);
        points.extend(older);
    }
    Ok(points)
}
