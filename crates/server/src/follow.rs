//! Keeping the snapshot like the database: whichever process ingests, every process reads what changed
//! when a batch is announced, and looks by itself now and then in case an announcement was lost.

use std::time::Duration;

use chrono::Utc;
use store::catalogue::{self, CATALOGUE_CHANNEL};
use store::notify::Listener;
use store::{Database, StoreError};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use crate::catalog::{CatalogHandle, Snapshot};

/// Changes are gathered for this long, so that a sync of many pages makes few generations.
const GATHER: Duration = Duration::from_millis(250);
/// How often the database is looked at without being told to.
const RECONCILE_EVERY: Duration = Duration::from_secs(30);
/// How long to wait before connecting again.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// Reads the whole catalogue.
pub async fn load(database: &Database) -> Result<Snapshot, StoreError> {
    let all = catalogue::changed_since(database.service(), 0).await?;
    let build = move || Snapshot::build(all.markets, all.events, all.revision, Utc::now());
    tokio::task::spawn_blocking(build).await.map_err(StoreError::other)
}

/// Follows the database until cancelled.
pub async fn follow(database: Database, catalog: CatalogHandle, cancel: CancellationToken) {
    while !cancel.is_cancelled() {
        let ended = tokio::select! {
            ended = follow_connected(&database, &catalog) => ended,
            () = cancel.cancelled() => return,
        };
        if let Err(error) = ended {
            tracing::warn!(%error, "the catalogue cannot follow its database; it is shown as it was");
        }
        tokio::select! {
            () = tokio::time::sleep(RETRY_EVERY) => {}
            () = cancel.cancelled() => return,
        }
    }
}

async fn follow_connected(database: &Database, catalog: &CatalogHandle) -> Result<(), StoreError> {
    let mut notices = Listener::connect(database, &[CATALOGUE_CHANNEL]).await?;
    let mut reconcile = interval(RECONCILE_EVERY);
    reconcile.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = notices.next() => {
                // More announcements usually follow; one pass serves them all.
                let _ = timeout(GATHER, async { loop { notices.next().await; } }).await;
            }
            _ = reconcile.tick() => {}
        }
        refresh(database, catalog).await?;
    }
}

/// Reads the batches after the current generation and puts a new snapshot in place.
pub async fn refresh(database: &Database, catalog: &CatalogHandle) -> Result<(), StoreError> {
    let _writing = catalog.writing().await;
    let current = catalog.current();
    let new = catalogue::changed_since(database.service(), current.generation()).await?;
    if new.events.is_empty() && new.markets.is_empty() {
        return Ok(());
    }
    let (changed, generation) = (new.events.len() + new.markets.len(), new.revision);
    let patch = move || current.patch(new.markets, new.events, generation, Utc::now());
    let patched = tokio::task::spawn_blocking(patch).await.map_err(StoreError::other)?;
    catalog.replace(patched, changed);
    tracing::debug!(generation, changed, "catalogue refreshed");
    Ok(())
}
