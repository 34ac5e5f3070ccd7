//! Rows from upstream that could not be understood, kept as they came.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, PgExecutor};
use uuid::Uuid;
use xxhash_rust::xxh3::xxh3_64;

use crate::StoreError;

/// A rejected row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// `event` or `market`.
    pub kind: &'static str,
    /// Its id, where one could be read.
    pub upstream_id: Option<String>,
    /// What is wrong with it.
    pub reason: String,
    /// Where in the row.
    pub path: String,
    /// The row as it came, possibly cut.
    pub raw: String,
}

/// A row in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct Quarantined {
    /// `event` or `market`.
    pub kind: String,
    /// Its id, where one could be read.
    pub upstream_id: Option<String>,
    /// What is wrong with it.
    pub reason: String,
    /// Where in the row.
    pub path: String,
    /// The row as it came, possibly cut.
    pub raw: String,
    /// How often the same text came.
    pub occurrences: i64,
    /// When it came first.
    pub first_seen_at: DateTime<Utc>,
    /// When it came last.
    pub last_seen_at: DateTime<Utc>,
}

/// Keeps rejected rows. The same text again counts up instead of being kept twice.
pub async fn keep(
    connection: &mut PgConnection,
    sync_id: Option<Uuid>,
    now: DateTime<Utc>,
    rows: &[Rejected],
) -> Result<(), StoreError> {
    for row in rows {
        // NUL has no place in PostgreSQL's text.
        let raw = row.raw.replace('\0', "\u{fffd}");
        sqlx::query(
            "INSERT INTO quarantine AS held (kind, raw_hash, upstream_id, reason, path, raw, occurrences,
                 first_sync_id, first_seen_at, last_seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $8)
             ON CONFLICT (kind, raw_hash) DO UPDATE SET
                 occurrences = held.occurrences + 1, last_seen_at = excluded.last_seen_at,
                 reason = excluded.reason, path = excluded.path",
        )
        .bind(row.kind)
        .bind(xxh3_64(raw.as_bytes()).cast_signed())
        .bind(&row.upstream_id)
        .bind(&row.reason)
        .bind(&row.path)
        .bind(&raw)
        .bind(sync_id)
        .bind(now)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// The rows that came last, newest first.
pub async fn recent(
    executor: impl PgExecutor<'_>,
    limit: i64,
) -> Result<Vec<Quarantined>, StoreError> {
    let sql =
        "SELECT kind, upstream_id, reason, path, raw, occurrences, first_seen_at, last_seen_at
               FROM quarantine ORDER BY last_seen_at DESC, kind, raw_hash LIMIT $1";
    Ok(sqlx::query_as(sql).bind(limit).fetch_all(executor).await?)
}
