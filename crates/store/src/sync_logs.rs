//! The log of syncs: requests, progress, results. It is also the queue: a request is a row that waits.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgExecutor, PgPool};
use uuid::Uuid;

use crate::StoreError;
use crate::notify::notify;

/// Channel on which a new request is announced; the payload is its id.
pub const REQUEST_CHANNEL: &str = "sync_requested";
/// Channel on which progress is announced; the payload is the [`SyncLog`] as JSON.
pub const PROGRESS_CHANNEL: &str = "sync_progress";

macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
        #[serde(rename_all = "lowercase")]
        #[sqlx(type_name = "text", rename_all = "lowercase")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// The word in the database and the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

text_enum!(
    /// What a sync covers.
    SyncKind {
        /// Every open event with its markets, closed ones by option, and the follow-up of what closed.
        Full = "full",
        /// The markets above the thresholds of volume or liquidity.
        Hot = "hot",
    }
);

text_enum!(
    /// Who asked for a sync.
    SyncTrigger {
        /// The clock.
        Schedule = "schedule",
        /// Somebody, over HTTP.
        Manual = "manual",
        /// Somebody, on the command line.
        Cli = "cli",
    }
);

text_enum!(
    /// How far a sync is, or how it ended.
    SyncState {
        /// Waits for an ingester.
        Queued = "queued",
        /// Under way.
        Running = "running",
        /// Everything asked for was fetched and every row understood.
        Success = "success",
        /// Some pages could not be fetched, or some rows are in quarantine; the rest landed.
        Partial = "partial",
        /// Nothing could be fetched, or the process died.
        Failed = "failed",
    }
);

/// One sync, as logged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, FromRow)]
pub struct SyncLog {
    /// Its id.
    pub sync_id: Uuid,
    /// What it covers.
    pub kind: SyncKind,
    /// Who asked.
    pub trigger: SyncTrigger,
    /// How far it is.
    pub status: SyncState,
    /// Which closed events it fetches: `none`, `all`, or `since DATE`. `None` while it waits, unless whoever
    /// asked for it said so.
    pub closed_scope: Option<String>,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// What it did so far.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub counts: SyncCounts,
    /// Everything asked for was fetched, whether or not every row of it was understood.
    pub complete: bool,
    /// Why it failed or is partial.
    pub error: Option<String>,
}

/// How a sync ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome<'a> {
    /// The state to log.
    pub status: SyncState,
    /// Everything asked for was fetched.
    pub complete: bool,
    /// Why it failed or is partial.
    pub error: Option<&'a str>,
}

/// What a sync did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, FromRow)]
pub struct SyncCounts {
    /// Pages fetched.
    pub pages: i64,
    /// Events on them.
    pub events_seen: i64,
    /// Markets on them.
    pub markets_seen: i64,
    /// Markets not held before.
    pub inserted: i64,
    /// Markets that had changed.
    pub updated: i64,
    /// Markets that had not.
    pub unchanged: i64,
    /// Rows that could not be understood.
    pub quarantined: i64,
    /// Markets found to be no longer listed.
    pub swept: i64,
    /// Milliseconds spent waiting for upstream, summed over concurrent fetches.
    pub fetch_ms: i64,
    /// Milliseconds spent writing.
    pub write_ms: i64,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Requested {
    /// The sync that will serve it.
    pub sync: SyncLog,
    /// It was already waiting or running.
    pub already_active: bool,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT sync_id, kind, trigger, status, closed_scope, requested_at, started_at, finished_at, pages, ",
            "events_seen, markets_seen, inserted, updated, unchanged, quarantined, swept, fetch_ms, write_ms, complete, error ",
            "FROM sync_logs ",
            $rest
        )
    };
}

/// Asks for a sync. If one of the kind waits or runs already, that one is the answer. Without a
/// `closed_scope` the ingester's own setting counts.
pub async fn request(
    pool: &PgPool,
    kind: SyncKind,
    trigger: SyncTrigger,
    closed_scope: Option<&str>,
) -> Result<Requested, StoreError> {
    let mut tx = pool.begin().await?;
    let sync_id = Uuid::now_v7();
    let inserted = sqlx::query(
        "INSERT INTO sync_logs (sync_id, kind, trigger, status, closed_scope) VALUES ($1, $2, $3, 'queued', $4)
         ON CONFLICT (kind) WHERE status IN ('queued', 'running') DO NOTHING",
    )
    .bind(sync_id)
    .bind(kind)
    .bind(trigger)
    .bind(closed_scope)
    .execute(&mut *tx)
    .await?
    .rows_affected();
    let sync: SyncLog =
        sqlx::query_as(select!("WHERE kind = $1 AND status IN ('queued', 'running')"))
            .bind(kind)
            .fetch_one(&mut *tx)
            .await?;
    if inserted > 0 {
        notify(&mut *tx, REQUEST_CHANNEL, &sync_id.to_string()).await?;
    }
    tx.commit().await?;
    Ok(Requested { sync, already_active: inserted == 0 })
}

/// The request of a kind that waits, if any.
pub async fn next_queued(
    executor: impl PgExecutor<'_>,
    kind: SyncKind,
) -> Result<Option<SyncLog>, StoreError> {
    let sql = select!("WHERE status = 'queued' AND kind = $1");
    Ok(sqlx::query_as(sql).bind(kind).fetch_optional(executor).await?)
}

/// Marks a waiting sync as running, with the ingester's setting where the request made none.
pub async fn start(
    pool: &PgPool,
    sync_id: Uuid,
    default_scope: &str,
    now: DateTime<Utc>,
) -> Result<SyncLog, StoreError> {
    let sql = "UPDATE sync_logs SET status = 'running', started_at = $3, closed_scope = coalesce(closed_scope, $2)
               WHERE sync_id = $1 AND status = 'queued'";
    sqlx::query(sql).bind(sync_id).bind(default_scope).bind(now).execute(pool).await?;
    announce(pool, sync_id).await
}

/// Records how far a running sync is.
pub async fn progress(
    pool: &PgPool,
    sync_id: Uuid,
    counts: &SyncCounts,
) -> Result<SyncLog, StoreError> {
    let running = Outcome { status: SyncState::Running, complete: false, error: None };
    record(pool, sync_id, counts, &running, None).await
}

/// Records how a sync ended.
pub async fn finish(
    pool: &PgPool,
    sync_id: Uuid,
    counts: &SyncCounts,
    outcome: &Outcome<'_>,
    now: DateTime<Utc>,
) -> Result<SyncLog, StoreError> {
    record(pool, sync_id, counts, outcome, Some(now)).await
}

async fn record(
    pool: &PgPool,
    sync_id: Uuid,
    counts: &SyncCounts,
    outcome: &Outcome<'_>,
    finished_at: Option<DateTime<Utc>>,
) -> Result<SyncLog, StoreError> {
    sqlx::query(
        "UPDATE sync_logs SET status = $2, error = $3, finished_at = $4, pages = $5, events_seen = $6,
             markets_seen = $7, inserted = $8, updated = $9, unchanged = $10, quarantined = $11, swept = $12,
             fetch_ms = $13, write_ms = $14, complete = $15
         WHERE sync_id = $1 AND status = 'running'",
    )
    .bind(sync_id)
    .bind(outcome.status)
    .bind(outcome.error)
    .bind(finished_at)
    .bind(counts.pages)
    .bind(counts.events_seen)
    .bind(counts.markets_seen)
    .bind(counts.inserted)
    .bind(counts.updated)
    .bind(counts.unchanged)
    .bind(counts.quarantined)
    .bind(counts.swept)
    .bind(counts.fetch_ms)
    .bind(counts.write_ms)
    .bind(outcome.complete)
    .execute(pool)
    .await?;
    announce(pool, sync_id).await
}

async fn announce(pool: &PgPool, sync_id: Uuid) -> Result<SyncLog, StoreError> {
    let log = get(pool, sync_id).await?;
    notify(pool, PROGRESS_CHANNEL, &serde_json::to_string(&log).map_err(StoreError::other)?)
        .await?;
    Ok(log)
}

/// One sync.
pub async fn get(executor: impl PgExecutor<'_>, sync_id: Uuid) -> Result<SyncLog, StoreError> {
    Ok(sqlx::query_as(select!("WHERE sync_id = $1")).bind(sync_id).fetch_one(executor).await?)
}

/// The newest syncs, newest first.
pub async fn recent(executor: impl PgExecutor<'_>, limit: i64) -> Result<Vec<SyncLog>, StoreError> {
    let sql = select!("ORDER BY requested_at DESC, sync_id DESC LIMIT $1");
    Ok(sqlx::query_as(sql).bind(limit).fetch_all(executor).await?)
}

/// When the newest complete full sync ended.
pub async fn last_synced(
    executor: impl PgExecutor<'_>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let sql = "SELECT max(finished_at) FROM sync_logs WHERE kind = 'full' AND complete";
    Ok(sqlx::query_scalar(sql).fetch_one(executor).await?)
}

/// Whether a full sync ever ended, however it did: the catalogue holds what could be had.
pub async fn has_ended(executor: impl PgExecutor<'_>) -> Result<bool, StoreError> {
    let sql =
        "SELECT EXISTS (SELECT FROM sync_logs WHERE kind = 'full' AND finished_at IS NOT NULL)";
    Ok(sqlx::query_scalar(sql).fetch_one(executor).await?)
}

/// Whether a full sync with this scope of closed events ever fetched everything.
pub async fn has_covered(
    executor: impl PgExecutor<'_>,
    closed_scope: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT FROM sync_logs
               WHERE kind = 'full' AND closed_scope = $1 AND complete)";
    Ok(sqlx::query_scalar(sql).bind(closed_scope).fetch_one(executor).await?)
}

/// Ends the syncs a killed process left running. Only the holder of the ingest lock may call this: nobody
/// else can know that they are dead. Returns how many there were.
pub async fn fail_interrupted(pool: &PgPool, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let sql = "UPDATE sync_logs SET status = 'failed', finished_at = $1,
                   error = 'interrupted: the process that ran it ended' WHERE status = 'running'";
    Ok(sqlx::query(sql).bind(now).execute(pool).await?.rows_affected())
}

/// Forgets syncs asked for before an instant. Complete full ones stay: they say which closed events were
/// ever covered.
pub async fn prune(pool: &PgPool, before: DateTime<Utc>) -> Result<u64, StoreError> {
    let sql =
        "DELETE FROM sync_logs WHERE requested_at < $1 AND status NOT IN ('queued', 'running')
               AND NOT (kind = 'full' AND complete)";
    Ok(sqlx::query(sql).bind(before).execute(pool).await?.rows_affected())
}
