//! The queue of wallets to import. A claim is a lease: a worker that dies loses it, and another takes over.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, ConditionId};
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, Row};
use uuid::Uuid;

use super::{address, bytes};
use crate::StoreError;
use crate::column::{column, parsed};
use crate::notify::notify;

/// Channel on which something to import at once is announced; the payload is the address.
pub const IMPORT_CHANNEL: &str = "wallet_import_wanted";
/// Channel on which an import that ended is announced; the payload is the address.
pub const IMPORTED_CHANNEL: &str = "wallet_imported";

/// How much an import matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// The wallet exists.
    Background,
    /// It is on one of upstream's boards.
    Listed,
    /// It is followed.
    Followed,
    /// Somebody waits for it.
    Asked,
}

impl Priority {
    fn column(self) -> i16 {
        match self {
            Self::Background => 0,
            Self::Listed => 1,
            Self::Followed => 2,
            Self::Asked => 3,
        }
    }

    fn of(column: i16) -> Self {
        match column {
            3 => Self::Asked,
            2 => Self::Followed,
            1 => Self::Listed,
            _ => Self::Background,
        }
    }

    /// What is left of it when the import is done: who waited has got it.
    fn standing(self) -> Self {
        if self == Self::Asked { Self::Background } else { self }
    }
}

/// An import that a worker may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Whose history.
    pub wallet: Address,
    /// All of it anew, or only what is newer than what is held.
    pub full: bool,
    /// How much it matters now.
    pub priority: Priority,
    /// How much it matters when nobody waits.
    pub standing: Priority,
    /// How often it was tried in vain.
    pub attempts: u32,
}

/// Where an import stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportState {
    /// How much it matters.
    pub priority: Priority,
    /// When it is to begin, or was.
    pub due_at: DateTime<Utc>,
    /// A worker is at it.
    pub running: bool,
    /// Rows that worker has read.
    pub progress_rows: u64,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// Why, the last time.
    pub last_error: Option<String>,
}

/// Asks for imports, none later and none less important than they are wanted already. A full one is not made less by
/// asking for the news; asked for while another runs, it is done after that.
pub async fn want(
    executor: impl PgExecutor<'_> + Copy,
    wallets: &[Address],
    priority: Priority,
    due_at: DateTime<Utc>,
    full: bool,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO wallet_imports AS held (wallet_address, priority, standing, due_at, full_import)
         SELECT DISTINCT wallet, $2::smallint, $3::smallint, $4::timestamptz, $5::boolean
         FROM unnest($1::bytea[]) AS wallet
         ON CONFLICT (wallet_address) DO UPDATE
         SET priority = greatest(held.priority, EXCLUDED.priority),
             standing = greatest(held.standing, EXCLUDED.standing), due_at = least(held.due_at, EXCLUDED.due_at),
             full_import = held.full_import OR EXCLUDED.full_import,
             again_at = CASE WHEN held.leased_by IS NOT NULL AND EXCLUDED.full_import AND NOT held.full_import
                             THEN least(held.again_at, EXCLUDED.due_at) ELSE held.again_at END,
             again_full = held.again_full
                          OR (held.leased_by IS NOT NULL AND EXCLUDED.full_import AND NOT held.full_import)
         WHERE held.priority < EXCLUDED.priority OR held.standing < EXCLUDED.standing
            OR held.due_at > EXCLUDED.due_at OR (EXCLUDED.full_import AND NOT held.full_import)",
    )
    .bind(bytes(wallets))
    .bind(priority.column())
    .bind(priority.standing().column())
    .bind(due_at)
    .bind(full)
    .execute(executor)
    .await?;
    if priority == Priority::Asked {
        for wallet in wallets {
            notify(executor, IMPORT_CHANNEL, wallet.as_str()).await?;
        }
    }
    Ok(())
}

/// Says which wallets are on upstream's boards: those that were and are not any more matter no more than others.
pub async fn unlist_others(
    executor: impl PgExecutor<'_>,
    listed: &[Address],
) -> Result<u64, StoreError> {
    let written = sqlx::query(
        "UPDATE wallet_imports SET standing = 0, priority = CASE priority WHEN 1 THEN 0 ELSE priority END
         WHERE standing = 1 AND wallet_address <> ALL($1)",
    )
    .bind(bytes(listed))
    .execute(executor)
    .await?;
    Ok(written.rows_affected())
}

/// Takes up to `limit` imports that are due, the most important first, until `lease` has passed.
pub async fn claim(
    executor: impl PgExecutor<'_>,
    worker: Uuid,
    limit: u32,
    now: DateTime<Utc>,
    lease: TimeDelta,
) -> Result<Vec<Claim>, StoreError> {
    // Each priority by itself: within one the index has those that are due first, and nothing else is looked at.
    let rows = sqlx::query(
        "UPDATE wallet_imports SET leased_by = $1, leased_until = $3, progress_rows = 0, again_at = NULL,
             again_full = FALSE
         WHERE wallet_address IN (
             SELECT wallet_address FROM unnest('{3,2,1,0}'::smallint[]) AS asked (priority), LATERAL (
                 SELECT wallet_address, due_at FROM wallet_imports w
                 WHERE w.priority = asked.priority AND due_at <= $2 AND (leased_until IS NULL OR leased_until < $2)
                 ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED) AS due
             ORDER BY asked.priority DESC, due_at LIMIT $4)
         RETURNING wallet_address, full_import, priority, standing, attempts",
    )
    .bind(worker)
    .bind(now)
    .bind(now + lease)
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<Claim, StoreError> {
    let attempts: i32 = row.try_get("attempts")?;
    Ok(Claim {
        wallet: address(row, "wallet_address")?,
        full: column(row, "full_import")?,
        priority: Priority::of(column(row, "priority")?),
        standing: Priority::of(column(row, "standing")?),
        attempts: u32::try_from(attempts).map_err(StoreError::other)?,
    })
}

/// Says how far a worker is, and keeps its lease. `false`: it has lost it, and must stop.
pub async fn progress(
    executor: impl PgExecutor<'_>,
    worker: Uuid,
    wallet: &Address,
    rows: u64,
    leased_until: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let written = sqlx::query(
        "UPDATE wallet_imports SET progress_rows = $3, leased_until = $4
         WHERE wallet_address = $1 AND leased_by = $2",
    )
    .bind(wallet.to_bytes().to_vec())
    .bind(worker)
    .bind(i64::try_from(rows).map_err(StoreError::other)?)
    .bind(leased_until)
    .execute(executor)
    .await?;
    Ok(written.rows_affected() > 0)
}

/// Ends an import that succeeded; the next one is due at `next`, and reads the news only, unless `full`. Both sooner
/// and wholly where that was wanted while it ran. Who waited has got it.
pub async fn finish(
    executor: impl PgExecutor<'_> + Copy,
    worker: Uuid,
    wallet: &Address,
    next: DateTime<Utc>,
    full: bool,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE wallet_imports SET leased_by = NULL, leased_until = NULL, attempts = 0, last_error = NULL,
             progress_rows = 0, priority = standing, due_at = least($3, again_at), full_import = $4 OR again_full,
             again_at = NULL, again_full = FALSE
         WHERE wallet_address = $1 AND leased_by = $2",
    )
    .bind(wallet.to_bytes().to_vec())
    .bind(worker)
    .bind(next)
    .bind(full)
    .execute(executor)
    .await?;
    notify(executor, IMPORTED_CHANNEL, wallet.as_str()).await
}

/// Ends an import that failed; it is due again at `retry_at`.
pub async fn fail(
    executor: impl PgExecutor<'_>,
    worker: Uuid,
    wallet: &Address,
    error: &str,
    retry_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE wallet_imports SET leased_by = NULL, leased_until = NULL, attempts = attempts + 1,
             last_error = left($3, 500), progress_rows = 0, due_at = $4, again_at = NULL, again_full = FALSE
         WHERE wallet_address = $1 AND leased_by = $2",
    )
    .bind(wallet.to_bytes().to_vec())
    .bind(worker)
    .bind(error)
    .bind(retry_at)
    .execute(executor)
    .await?;
    Ok(())
}

/// Gives back what workers have that will do no more; another may begin at once.
pub async fn release(executor: impl PgExecutor<'_>, workers: &[Uuid]) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE wallet_imports SET leased_by = NULL, leased_until = NULL, progress_rows = 0
         WHERE leased_by = ANY($1)",
    )
    .bind(workers)
    .execute(executor)
    .await?;
    Ok(())
}

/// Where a wallet's import stands; `None` where none is planned.
pub async fn state(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
    now: DateTime<Utc>,
) -> Result<Option<ImportState>, StoreError> {
    let row = sqlx::query(
        "SELECT priority, due_at, coalesce(leased_until >= $2, FALSE) AS running, progress_rows, attempts, last_error
         FROM wallet_imports WHERE wallet_address = $1",
    )
    .bind(wallet.to_bytes().to_vec())
    .bind(now)
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (rows, attempts): (i64, i32) = (column(&row, "progress_rows")?, column(&row, "attempts")?);
    Ok(Some(ImportState {
        priority: Priority::of(column(&row, "priority")?),
        due_at: column(&row, "due_at")?,
        running: column(&row, "running")?,
        progress_rows: u64::try_from(rows).map_err(StoreError::other)?,
        attempts: u32::try_from(attempts).map_err(StoreError::other)?,
        last_error: column(&row, "last_error")?,
    }))
}

/// Makes the imports of wallets that are followed or on a board due now; how many were not.
pub async fn hasten(
    executor: impl PgExecutor<'_> + Copy,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let written = sqlx::query(
        "UPDATE wallet_imports SET due_at = $1
         WHERE priority BETWEEN $2 AND $3 AND due_at > $1 AND (leased_until IS NULL OR leased_until < $1)",
    )
    .bind(now)
    .bind(Priority::Listed.column())
    .bind(Priority::Followed.column())
    .execute(executor)
    .await?;
    if written.rows_affected() > 0 {
        notify(executor, IMPORT_CHANNEL, "").await?;
    }
    Ok(written.rows_affected())
}

/// Has the imports done anew, from what is held and the news, of all wallets that ever held a token of some markets:
/// something about those has become known. How many they are.
pub async fn review(
    executor: impl PgExecutor<'_>,
    conditions: &[ConditionId],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let written = sqlx::query(
        "INSERT INTO wallet_imports AS held (wallet_address, priority, standing, due_at, full_import)
         SELECT wallet_address, 0, 0, $2, FALSE FROM (
             SELECT wallet_address FROM wallet_positions WHERE condition_id = ANY($1)
             UNION SELECT wallet_address FROM wallet_closed_positions WHERE condition_id = ANY($1)) AS concerned
         ON CONFLICT (wallet_address) DO UPDATE
         SET due_at = least(held.due_at, EXCLUDED.due_at),
             again_at = CASE WHEN held.leased_by IS NOT NULL THEN least(held.again_at, EXCLUDED.due_at) END",
    )
    .bind(conditions.iter().map(ConditionId::as_str).collect::<Vec<_>>())
    .bind(now)
    .execute(executor)
    .await?;
    Ok(written.rows_affected())
}

/// Markets of which the oracle was heard after an instant, where it has told something that the books of some wallet
/// do not have yet.
pub async fn resolved_since(
    executor: impl PgExecutor<'_>,
    since: DateTime<Utc>,
) -> Result<Vec<ConditionId>, StoreError> {
    // What was written while an import ran may have been too late for it.
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT condition_id FROM (
             SELECT market_id, max(observed_at) + interval '10 seconds' AS known_at FROM market_resolutions
             WHERE observed_at > $1 GROUP BY market_id) AS heard
         JOIN markets USING (market_id)
         WHERE EXISTS (SELECT FROM wallet_positions p WHERE p.condition_id = markets.condition_id AND p.as_of < known_at)
            OR EXISTS (SELECT FROM wallet_closed_positions p
                       WHERE p.condition_id = markets.condition_id AND p.as_of < known_at)",
    )
    .bind(since)
    .fetch_all(executor)
    .await?;
    ids.iter().map(|id| parsed(id)).collect()
}
