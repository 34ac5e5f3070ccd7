//! Keeping the snapshot like the database: whichever process ingests, every process reads what changed
//! when a batch or a count of the tape's windows is announced, and looks by itself now and then in case an announcement was lost.

use std::time::Duration;

use chrono::Utc;
use domain::analytics::Window;
use store::catalogue::{self, CATALOGUE_CHANNEL};
use store::intelligence::boards::markets;
use store::intelligence::consensus::CONSENSUS_CHANNEL;
use store::notify::Listener;
use store::windows::{self, WINDOWS_CHANNEL};
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

/// Reads the whole catalogue, and what is known beside it.
pub async fn load(database: &Database) -> Result<Snapshot, StoreError> {
    let all = catalogue::changed_since(database.service(), 0).await?;
    let build = move || Snapshot::build(all.markets, all.events, all.revision, Utc::now());
    let built = tokio::task::spawn_blocking(build).await.map_err(StoreError::other)?;
    Ok(learned(database, &built).await?.unwrap_or(built))
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
    let channels = [CATALOGUE_CHANNEL, WINDOWS_CHANNEL, CONSENSUS_CHANNEL];
    let mut notices = Listener::connect(database, &channels).await?;
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
        refresh_beside(database, catalog).await?;
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

/// Reads the windows that were counted since the current snapshot's, and where smart money stands if that was asked
/// since, and puts a new snapshot in place. The catalogue is not read; the new snapshot shares it with the one before.
pub async fn refresh_beside(
    database: &Database,
    catalog: &CatalogHandle,
) -> Result<(), StoreError> {
    let _writing = catalog.writing().await;
    let current = catalog.current();
    if let Some(next) = learned(database, &current).await? {
        tracing::debug!(version = next.windows_version(), "windows and stances refreshed");
        catalog.replace(next, 0);
    }
    Ok(())
}

/// The snapshot with all that is known beside the catalogue; `None` where it has it already.
async fn learned(database: &Database, held: &Snapshot) -> Result<Option<Snapshot>, StoreError> {
    let counted = recounted(database, held).await?;
    let asked = asked(database, counted.as_ref().unwrap_or(held)).await?;
    Ok(asked.or(counted))
}

/// The snapshot with where smart money stands now; `None` where it has that already.
async fn asked(database: &Database, held: &Snapshot) -> Result<Option<Snapshot>, StoreError> {
    let pool = database.service();
    let as_of = markets::stances_as_of(pool).await?;
    if as_of == held.stances_as_of() {
        return Ok(None);
    }
    let found = markets::stances(pool).await?;
    // What is written between the two readings is announced, and read again.
    Ok(Some(held.with_stances(as_of, &found)))
}

/// The snapshot with the windows as they are counted now; `None` where it has them already.
async fn recounted(database: &Database, held: &Snapshot) -> Result<Option<Snapshot>, StoreError> {
    let pool = database.service();
    let counted = windows::counted(pool).await?;
    let mut next = None;
    for window in Window::COUNTED {
        let as_of = counted.iter().find(|(of, _)| *of == window).map(|(_, as_of)| *as_of);
        if as_of == held.window_as_of(window) {
            continue;
        }
        let count = windows::of(pool, window).await?;
        let before = next.unwrap_or_else(|| held.clone());
        // Tens of thousands of markets are milliseconds of work.
        let put = move || before.with_window(window, count.as_ref());
        next = Some(tokio::task::spawn_blocking(put).await.map_err(StoreError::other)?);
    }
    Ok(next)
}
