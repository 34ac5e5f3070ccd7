//! The long texts of markets and events, which the catalogue leaves in the database.

use std::{sync::Arc, time::Duration};

use domain::{EventId, MarketId};
use moka::future::Cache;
use store::{Database, StoreError, events::EventDetails, markets::MarketDetails};

use crate::http::error::ApiError;

/// How long a text is kept; it may be corrected upstream.
const TIME_TO_LIVE: Duration = Duration::from_mins(1);
/// How many texts of each kind are kept.
const CAPACITY: u64 = 2_000;
/// How long the texts are waited for before a page is shown without them.
const DEADLINE: Duration = Duration::from_secs(2);

/// Texts read lately. Requests for the same text wait for one query.
#[derive(Debug)]
pub struct DetailCache {
    markets: Cache<MarketId, Arc<MarketDetails>>,
    events: Cache<EventId, Arc<EventDetails>>,
}

impl Default for DetailCache {
    fn default() -> Self {
        let markets = Cache::builder().max_capacity(CAPACITY).time_to_live(TIME_TO_LIVE).build();
        let events = Cache::builder().max_capacity(CAPACITY).time_to_live(TIME_TO_LIVE).build();
        Self { markets, events }
    }
}

impl DetailCache {
    /// The texts of a market; `None` while the database does not answer.
    pub async fn market(
        &self,
        database: &Database,
        id: &str,
    ) -> Result<Option<Arc<MarketDetails>>, ApiError> {
        let id = MarketId::parse(id).map_err(ApiError::internal)?;
        let read = self.markets.try_get_with_by_ref(&id, async {
            store::markets::details(database.public(), &id).await.map(Arc::new)
        });
        available(tokio::time::timeout(DEADLINE, read).await)
    }

    /// The texts of an event; `None` while the database does not answer.
    pub async fn event(
        &self,
        database: &Database,
        id: &str,
    ) -> Result<Option<Arc<EventDetails>>, ApiError> {
        let id = EventId::parse(id).map_err(ApiError::internal)?;
        let read = self.events.try_get_with_by_ref(&id, async {
            store::events::details(database.public(), &id).await.map(Arc::new)
        });
        available(tokio::time::timeout(DEADLINE, read).await)
    }
}

type Read<T> = Result<Result<Arc<T>, Arc<StoreError>>, tokio::time::error::Elapsed>;

fn available<T>(read: Read<T>) -> Result<Option<Arc<T>>, ApiError> {
    match read {
        Ok(Ok(texts)) => Ok(Some(texts)),
        Err(_) => {
            tracing::warn!("Texts are left out: the database did not answer in time");
            Ok(None)
        }
        Ok(Err(error)) => match &*error {
            StoreError::Unavailable(_) => {
                tracing::warn!(%error, "Texts are left out: the database is unavailable");
                Ok(None)
            }
            // Removed since the snapshot was made.
            StoreError::NotFound => Ok(None),
            StoreError::Conflict(_) | StoreError::Other(_) => Err(ApiError::internal(error)),
        },
    }
}
