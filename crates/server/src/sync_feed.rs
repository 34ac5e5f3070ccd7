//! What this process knows of syncs, kept in memory so that reading it costs no query and survives a
//! database that is away.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use domain::Origin;
use store::{
    Database, StoreError,
    notify::{Listener, Notice},
    sync_logs::{self, PROGRESS_CHANNEL, SyncKind, SyncLog, SyncTrigger},
};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use crate::api::sync::{SyncOverview, SyncStatus};
use crate::catalog::CatalogHandle;
use crate::follow::refresh;

/// How many syncs are remembered.
const REMEMBERED: usize = 20;
/// How many messages a slow subscriber may fall behind; it then misses some, and the newest tells all.
const BACKLOG: usize = 64;
/// How long to wait before connecting again.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// The newest syncs, and word of their progress. Clones refer to the same feed.
#[derive(Debug, Clone)]
pub struct SyncFeed {
    facts: Arc<ArcSwap<Facts>>,
    progress: broadcast::Sender<SyncStatus>,
    refresh: Arc<Notify>,
}

#[derive(Debug, Clone, Default)]
struct Facts {
    /// Newest first.
    recent: VecDeque<SyncStatus>,
    last_synced: Option<DateTime<Utc>>,
    origin: Option<Origin>,
}

impl Default for SyncFeed {
    /// A feed that has heard of nothing yet.
    fn default() -> Self {
        Self {
            facts: Arc::default(),
            progress: broadcast::Sender::new(BACKLOG),
            refresh: Arc::default(),
        }
    }
}

impl SyncFeed {
    /// A feed that knows what the log says now.
    pub async fn connect(database: &Database) -> Result<Self, StoreError> {
        let feed = Self::default();
        feed.take_over(Known::read(database).await?);
        Ok(feed)
    }

    /// Follows the log until cancelled, and passes on what stale reads ask for. The end of a sync is made
    /// known when `catalog` shows what it wrote, so that nobody is told that all is there before it is.
    pub async fn follow(
        self,
        database: Database,
        catalog: CatalogHandle,
        cancel: CancellationToken,
    ) {
        while !cancel.is_cancelled() {
            let ended =
                cancel.run_until_cancelled(self.follow_connected(&database, &catalog)).await;
            if let Some(Err(error)) = ended {
                tracing::warn!(%error, "The log of syncs cannot be followed; it is shown as it was");
            }
            cancel.run_until_cancelled(tokio::time::sleep(RETRY_EVERY)).await;
        }
    }

    async fn follow_connected(
        &self,
        database: &Database,
        catalog: &CatalogHandle,
    ) -> Result<(), StoreError> {
        let mut notices = Listener::connect(database, &[PROGRESS_CHANNEL]).await?;
        // Read after subscribing, so that nothing falls between the two.
        self.catch_up(database, catalog).await?;
        loop {
            tokio::select! {
                notice = notices.next() => match notice {
                    Notice::Reconnected => self.catch_up(database, catalog).await?,
                    Notice::Message { payload, .. } => match serde_json::from_str::<SyncLog>(&payload) {
                        Ok(log) => {
                            if log.finished_at.is_some() {
                                refresh(database, catalog).await?;
                            }
                            self.publish(log);
                            // The first page of the first sync decides whose data is held.
                            if self.origin().is_none() {
                                self.catch_up(database, catalog).await?;
                            }
                        }
                        Err(error) => tracing::warn!(%error, "An announcement of a sync cannot be read"),
                    },
                },
                () = self.refresh.notified() => {
                    self.request(database, SyncTrigger::Schedule).await?;
                }
            }
        }
    }

    async fn catch_up(
        &self,
        database: &Database,
        catalog: &CatalogHandle,
    ) -> Result<(), StoreError> {
        let known = Known::read(database).await?;
        refresh(database, catalog).await?;
        self.take_over(known);
        Ok(())
    }

    /// Merged, not put in place: while the log was read, more may have become known than it said then.
    fn take_over(&self, known: Known) {
        self.facts.rcu(|facts| Facts {
            last_synced: facts.last_synced.max(known.last_synced),
            origin: known.origin.clone().or_else(|| facts.origin.clone()),
            recent: facts.recent.clone(),
        });
        for log in known.logs.into_iter().rev() {
            let status = SyncStatus::from(log);
            if !self.facts.load().recent.contains(&status) {
                self.take_note(status);
            }
        }
    }

    /// Asks for a full sync, and makes it known at once. One that waits or runs already serves as well.
    pub async fn request(
        &self,
        database: &Database,
        trigger: SyncTrigger,
    ) -> Result<SyncStatus, StoreError> {
        let pool = database.service();
        let asked = sync_logs::request(pool, SyncKind::Full, trigger, None).await?;
        if !asked.already_active {
            self.publish(asked.sync.clone());
        }
        Ok(SyncStatus::from(asked.sync))
    }

    /// Has the follower ask for a sync. Does not wait; asking twice before it gets to it asks once.
    pub fn request_refresh(&self) {
        self.refresh.notify_one();
    }

    /// Takes note of an announcement and passes it on to subscribers.
    pub fn publish(&self, log: SyncLog) {
        self.take_note(SyncStatus::from(log));
    }

    fn take_note(&self, status: SyncStatus) {
        self.facts.rcu(|facts| facts.with(&status));
        // Nobody listening is fine.
        let _ = self.progress.send(status);
    }

    /// Word of progress from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<SyncStatus> {
        self.progress.subscribe()
    }

    /// When the newest full sync that fetched everything ended.
    pub fn last_synced(&self) -> Option<DateTime<Utc>> {
        self.facts.load().last_synced
    }

    /// Whose data is held; `None` while none is.
    pub fn origin(&self) -> Option<Origin> {
        self.facts.load().origin.clone()
    }

    /// The sync under way, the newest that ended, and those before.
    pub fn overview(&self) -> SyncOverview {
        let recent: Vec<SyncStatus> = self.facts.load().recent.iter().cloned().collect();
        let is_active = |status: &&SyncStatus| status.finished_at.is_none();
        SyncOverview {
            // A full sync tells more than the refresh of the hot set that may run beside it.
            running: recent
                .iter()
                .filter(is_active)
                .max_by_key(|status| status.kind == SyncKind::Full.as_str())
                .cloned(),
            last: recent.iter().find(|status| !is_active(status)).cloned(),
            recent,
        }
    }
}

/// What the database's log says.
struct Known {
    logs: Vec<SyncLog>,
    last_synced: Option<DateTime<Utc>>,
    origin: Option<Origin>,
}

impl Known {
    async fn read(database: &Database) -> Result<Self, StoreError> {
        let limit = i64::try_from(REMEMBERED).unwrap_or(i64::MAX);
        Ok(Self {
            logs: sync_logs::recent(database.service(), limit).await?,
            last_synced: sync_logs::last_synced(database.service()).await?,
            origin: store::origin::get(database.service()).await?,
        })
    }
}

impl Facts {
    fn with(&self, status: &SyncStatus) -> Self {
        let mut next = self.clone();
        match next.recent.iter_mut().find(|known| known.sync_id == status.sync_id) {
            // An old word about a sync that has ended since.
            Some(known) if known.finished_at.is_some() && status.finished_at.is_none() => {}
            Some(known) => *known = status.clone(),
            None => next.recent.push_front(status.clone()),
        }
        next.recent.truncate(REMEMBERED);
        if status.complete && status.kind == SyncKind::Full.as_str() {
            next.last_synced = next.last_synced.max(status.finished_at);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use store::sync_logs::{SyncCounts, SyncState};
    use uuid::Uuid;

    use super::*;

    fn log(id: u128, status: SyncState, finished: Option<i64>) -> SyncLog {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        SyncLog {
            sync_id: Uuid::from_u128(id),
            kind: SyncKind::Full,
            trigger: SyncTrigger::Schedule,
            status,
            closed_scope: None,
            requested_at: at(0),
            started_at: Some(at(1)),
            finished_at: finished.map(at),
            counts: SyncCounts::default(),
            complete: finished.is_some() && status == SyncState::Success,
            error: None,
        }
    }

    #[test]
    fn the_newest_of_each_sync_is_remembered() {
        let feed = SyncFeed::default();
        let mut heard = feed.subscribe();
        feed.publish(log(1, SyncState::Running, None));
        assert_eq!(feed.overview().running.unwrap().status, "running");
        assert_eq!(feed.last_synced(), None);
        feed.publish(log(1, SyncState::Success, Some(9)));
        assert_eq!(feed.overview().running, None);
        assert_eq!(feed.overview().recent.len(), 1);
        assert_eq!(feed.overview().last.unwrap().duration_ms, Some(8000));
        assert_eq!(feed.last_synced().unwrap().timestamp(), 9);
        feed.publish(log(2, SyncState::Failed, Some(20)));
        assert_eq!(feed.last_synced().unwrap().timestamp(), 9, "a failure is no sync");
        assert_eq!(feed.overview().last.unwrap().status, "failed");
        assert_eq!(heard.try_recv().unwrap().status, "running");
    }
}
