//! The ingester: waits for the lock, then serves the queue of syncs and fills it by the clock.

use std::time::Duration;

use chrono::Utc;
use polymarket::gamma::GammaClient;
use store::lock::{IngestLock, Work};
use store::notify::Listener;
use store::sync_logs::{self, REQUEST_CHANNEL, SyncKind, SyncTrigger};
use store::{Database, StoreError};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{CatalogueSync, IngestOptions};

/// How often a process without the lock tries to take it, and one whose database is gone tries again.
const RETRY_EVERY: Duration = Duration::from_secs(5);
/// A request whose notification was missed is found after this long.
const POLL_EVERY: Duration = Duration::from_secs(5);

/// Keeps the catalogue up to date for as long as it runs. Any number of processes may run one: a single
/// one holds the lock, the others take over when it ends.
#[derive(Debug)]
pub struct IngestService {
    client: GammaClient,
    database: Database,
    options: IngestOptions,
}

impl IngestService {
    /// Prepares the service.
    pub fn new(client: GammaClient, database: Database, options: IngestOptions) -> Self {
        Self { client, database, options }
    }

    /// Runs until cancelled.
    pub async fn run(self, cancel: CancellationToken) {
        while !cancel.is_cancelled() {
            match IngestLock::try_acquire(&self.database, Work::Catalogue).await {
                Ok(Some(lock)) => {
                    if let Err(error) = Box::pin(self.lead(lock, &cancel)).await {
                        tracing::warn!(%error, "the ingester lost its database and starts over");
                    }
                }
                Ok(None) => tracing::debug!("another process ingests"),
                Err(error) => tracing::warn!(%error, "the ingester cannot reach its database"),
            }
            tokio::select! {
                () = tokio::time::sleep(RETRY_EVERY) => {}
                () = cancel.cancelled() => {}
            }
        }
    }

    /// Serves syncs until cancelled or until the database is lost.
    async fn lead(&self, lock: IngestLock, cancel: &CancellationToken) -> Result<(), StoreError> {
        let interrupted = sync_logs::fail_interrupted(self.database.service(), Utc::now()).await?;
        if interrupted > 0 {
            tracing::warn!(interrupted, "a previous process ended in the middle of a sync");
        }
        // Ends both workers when one of them fails, and both when the process stops.
        let term = cancel.child_token();
        let sync = CatalogueSync::new(
            self.client.clone(),
            self.database.clone(),
            self.options.clone(),
            lock,
            term.clone(),
        );
        let worker = |kind, every| {
            let (sync, term) = (&sync, &term);
            async move {
                let result = self.serve_queue(sync, kind, every, term).await;
                term.cancel();
                result
            }
        };
        let (full, hot) = tokio::join!(
            worker(SyncKind::Full, self.options.interval),
            worker(SyncKind::Hot, self.options.hot_interval),
        );
        sync.release().await;
        full.and(hot)
    }

    /// Runs the syncs of one kind as they are asked for, and asks for one itself each `every`, beginning now.
    async fn serve_queue(
        &self,
        sync: &CatalogueSync,
        kind: SyncKind,
        every: Duration,
        term: &CancellationToken,
    ) -> Result<(), StoreError> {
        let mut requests = Listener::connect(&self.database, &[REQUEST_CHANNEL]).await?;
        let mut clock = interval(every);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut poll = interval(POLL_EVERY);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = clock.tick() => {
                    let service = self.database.service();
                    sync_logs::request(service, kind, SyncTrigger::Schedule, None).await?;
                }
                _ = requests.next() => {}
                _ = poll.tick() => {}
                () = term.cancelled() => return Ok(()),
            }
            while let Some(queued) = sync_logs::next_queued(self.database.service(), kind).await? {
                sync.run(&queued).await?;
                if term.is_cancelled() {
                    return Ok(());
                }
            }
        }
    }
}
