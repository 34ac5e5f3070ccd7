//! Open markets that upstream lists no more.

use chrono::{DateTime, Utc};
use domain::MarketId;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::StoreError;
use crate::catalogue::CATALOGUE_CHANNEL;
use crate::notify::notify;

/// A market is delisted when this many complete crawls in a row did not show it.
pub const CRAWLS_TO_DELIST: i32 = 2;

/// Counts one more absence for each of `absent`, forgets the absences of all others, and delists the
/// markets absent [`CRAWLS_TO_DELIST`] times. Call it after a complete crawl only. Returns how many were
/// delisted.
pub async fn record_absences(
    connection: &mut PgConnection,
    sync_id: Option<Uuid>,
    now: DateTime<Utc>,
    absent: &[MarketId],
) -> Result<u64, StoreError> {
    let absent: Vec<&str> = absent.iter().map(MarketId::as_str).collect();
    let mut tx = connection.begin().await?;
    sqlx::query("DELETE FROM market_absences WHERE NOT market_id = ANY($1)")
        .bind(&absent)
        .execute(&mut *tx)
        .await?;
    if absent.is_empty() {
        tx.commit().await?;
        return Ok(0);
    }
    sqlx::query(
        "INSERT INTO market_absences AS held (market_id, missed_crawls, first_missed_at)
         SELECT id, 1, $2 FROM unnest($1::text[]) AS id ORDER BY id
         ON CONFLICT (market_id) DO UPDATE SET missed_crawls = held.missed_crawls + 1",
    )
    .bind(&absent)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    let due: Vec<String> = sqlx::query_scalar(
        "DELETE FROM market_absences WHERE missed_crawls >= $1 RETURNING market_id",
    )
    .bind(CRAWLS_TO_DELIST)
    .fetch_all(&mut *tx)
    .await?;
    if !due.is_empty() {
        delist(&mut tx, sync_id, now, &due).await?;
    }
    tx.commit().await?;
    Ok(due.len() as u64)
}

async fn delist(
    connection: &mut PgConnection,
    sync_id: Option<Uuid>,
    now: DateTime<Utc>,
    market_ids: &[String],
) -> Result<(), StoreError> {
    let revision: i64 = sqlx::query_scalar("SELECT nextval('catalogue_revision')")
        .fetch_one(&mut *connection)
        .await?;
    sqlx::query("UPDATE markets SET delisted_at = $2, revision = $3 WHERE market_id = ANY($1)")
        .bind(market_ids)
        .bind(now)
        .bind(revision)
        .execute(&mut *connection)
        .await?;
    let changes = json!({ "delisted_at": { "from": null, "to": now } });
    sqlx::query(
        "INSERT INTO market_history (market_id, observed_at, sync_id, changes)
         SELECT id, $2, $3, $4 FROM unnest($1::text[]) AS id
         ON CONFLICT (market_id, observed_at) DO UPDATE SET changes = market_history.changes || excluded.changes",
    )
    .bind(market_ids)
    .bind(now)
    .bind(sync_id)
    .bind(changes)
    .execute(&mut *connection)
    .await?;
    notify(&mut *connection, CATALOGUE_CHANNEL, &revision.to_string()).await
}
