//! What wallets bet, how they are scored, and what was signalled.

pub mod audits;
pub mod bets;
pub mod boards;
pub mod classes;
pub mod clusters;
pub mod concentration;
pub mod consensus;
pub mod evidence;
pub mod flips;
pub mod flows;
pub mod found;
pub mod models;
pub mod notable;
pub mod purchases;
pub mod reactions;
pub mod register;
pub mod scenes;
pub mod scores;
pub mod signals;
pub mod sizes;
pub mod standing;
pub mod traits;
pub mod wash;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};

use crate::StoreError;

/// How far a job has read; `None` if it never has.
pub async fn read_until(
    executor: impl PgExecutor<'_>,
    job: &str,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let sql = "SELECT until FROM intelligence_progress WHERE job = $1";
    Ok(sqlx::query_scalar(sql).bind(job).fetch_optional(executor).await?)
}

/// Notes how far a job has read, in the transaction that writes what it made of it. It never goes back.
pub async fn note_read(
    connection: &mut PgConnection,
    job: &str,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO intelligence_progress AS held (job, until) VALUES ($1, $2)
               ON CONFLICT (job) DO UPDATE SET until = greatest(held.until, EXCLUDED.until)";
    sqlx::query(sql).bind(job).bind(until).execute(connection).await?;
    Ok(())
}

/// Says of the transaction that begins that a crash may undo it: it is made again anyway, and nobody waits for the disk.
pub async fn may_be_lost(connection: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query("SET LOCAL synchronous_commit = off").execute(connection).await?;
    Ok(())
}
