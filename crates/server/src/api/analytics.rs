//! What a market is doing, from what was recorded of it: a part of its details.

use std::{sync::Arc, time::Duration};

use chrono::{TimeDelta, Utc};
use domain::{MarketId, MarketRecords, analytics::analyse, book::BookState};
use moka::future::Cache;
use store::{
    StoreError,
    bars::{self, Grain},
    tape,
};

use crate::{
    api::order_book::fee_of,
    http::{error::ApiError, state::AppState},
    view::{AnalyticsView, MarketRow},
};

/// How long a computation is shown again.
const KEPT_FOR: Duration = Duration::from_secs(10);
/// How long the records are waited for before a page is shown without them.
const DEADLINE: Duration = Duration::from_secs(2);
/// How far back records are read: the longest window and what stands at its beginning.
const BACK: TimeDelta = TimeDelta::days(8);

/// Computations of the last seconds. Requests for the same market wait for one.
#[derive(Debug)]
pub struct AnalyticsCache(Cache<MarketId, Arc<AnalyticsView>>);

impl Default for AnalyticsCache {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(1_000).time_to_live(KEPT_FOR).build())
    }
}

/// What a market is doing; `None` while the database does not answer.
pub(crate) async fn load(
    app: &AppState,
    row: &MarketRow,
) -> Result<Option<AnalyticsView>, ApiError> {
    let market_id = MarketId::parse(&row.market_id).map_err(ApiError::internal)?;
    let computed = app
        .analytics()
        .0
        .try_get_with_by_ref(&market_id, Box::pin(compute(app, row, market_id.clone())));
    match tokio::time::timeout(DEADLINE, computed).await {
        Ok(Ok(view)) => Ok(Some(view.as_ref().clone())),
        Ok(Err(error)) => match &*error {
            StoreError::Unavailable(_) => Ok(None),
            _ => Err(ApiError::internal(error)),
        },
        Err(_) => Ok(None),
    }
}

async fn compute(
    app: &AppState,
    row: &MarketRow,
    market_id: MarketId,
) -> Result<Arc<AnalyticsView>, StoreError> {
    let now = Utc::now();
    let public = app.database().public();
    let (trades, bars, progress) = tokio::try_join!(
        tape::of_market_since(public, &market_id, now - BACK),
        bars::of_market(public, &market_id, Grain::Minute, now - BACK, now),
        tape::progress_of(public, &market_id),
    )?;
    let live = app.live().books().book(&market_id);
    let book = live.filter(|live| live.state == BookState::Live && !live.is_ghost);
    let row = row.clone();
    // Weeks of minutes are too long a computation for the threads that answer.
    let view = tokio::task::spawn_blocking(move || {
        let ordinal = |ordinal: i32| u32::try_from(ordinal).unwrap_or(u32::MAX);
        let prints: Vec<_> = trades
            .iter()
            .filter_map(|stored| stored.trade.print(ordinal(stored.ordinal)))
            .collect();
        let records = MarketRecords {
            prints: &prints,
            recorded_since: progress.map(|held| held.complete_from),
            opened_at: row.start_date.or(row.created_at),
            bars: &bars,
            book: book.as_ref().map(|live| &live.book),
            fee: fee_of(&row),
            closes_at: row.end_date,
        };
        AnalyticsView::of(&analyse(&records, now))
    });
    view.await.map(Arc::new).map_err(StoreError::other)
}
