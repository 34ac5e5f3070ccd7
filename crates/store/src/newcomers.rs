//! Markets that became known after others' trades had been read: the feed of all trades had theirs too, but nobody
//! knew whose they were. Each has its own trades read once.

use chrono::{DateTime, Utc};
use domain::MarketId;
use sqlx::{PgConnection, PgExecutor};

use crate::StoreError;
use crate::streaming::{self, TradedMarket};
use crate::tape::{FEED, TapeProgress};

/// Why there is a gap where a market's own trades cannot be had.
pub const NOT_READ: &str = "trades not read";

/// Of a market `m` and its recording `r`: it can have traded, and its own trades were not read.
pub(crate) const IS_LATE: &str = "r.tape_read_at IS NULL AND m.condition_id IS NOT NULL
    AND cardinality(m.token_ids) = 2 AND m.token_ids[1] <> '' AND m.token_ids[2] <> ''";

/// When the newest market was first seen; `None` when there is none.
pub async fn newest(executor: impl PgExecutor<'_>) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(sqlx::query_scalar("SELECT max(first_seen_at) FROM markets").fetch_one(executor).await?)
}

/// The markets whose own trades are to be read, those known longest first. Those that closed before the tape begins
/// have none that are wanted.
pub async fn due(
    connection: &mut PgConnection,
    tape: TapeProgress,
    limit: u32,
) -> Result<Vec<TradedMarket>, StoreError> {
    // A statement of its own, so that the next one is planned for the few markets it is about.
    let markets_from: Option<DateTime<Utc>> =
        sqlx::query_scalar("SELECT markets_from FROM tape_progress WHERE feed = $1")
            .bind(FEED)
            .fetch_one(&mut *connection)
            .await?;
    let sql = format!(
        "SELECT m.market_id, m.condition_id, m.token_ids
         FROM markets m LEFT JOIN market_recordings r USING (market_id)
         WHERE m.first_seen_at > $1 AND (m.closed_at IS NULL OR m.closed_at >= $2) AND {IS_LATE}
         ORDER BY m.first_seen_at, m.market_id LIMIT $3"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(markets_from)
        .bind(tape.complete_from)
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    rows.iter().map(streaming::decode).collect()
}

/// Notes that a market's own trades were read, all but those in `missing`, which cannot be had.
pub async fn settle(
    connection: &mut PgConnection,
    market_id: &MarketId,
    missing: Option<(DateTime<Utc>, DateTime<Utc>)>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (from, to) = missing.unzip();
    // One statement, so that a market is never complete that has a gap. Before it was made it cannot have traded.
    sqlx::query(
        "WITH gap AS (
             INSERT INTO recording_gaps (market_id, from_at, to_at, cause)
             SELECT m.market_id, greatest($2, m.created_at), $3, $4 FROM markets m
             WHERE m.market_id = $1 AND greatest($2, m.created_at) < $3
             ON CONFLICT (market_id, from_at) DO UPDATE SET
                 to_at = greatest(recording_gaps.to_at, EXCLUDED.to_at), cause = EXCLUDED.cause
         )
         INSERT INTO market_recordings (market_id, tape_read_at) VALUES ($1, $5)
         ON CONFLICT (market_id) DO UPDATE SET tape_read_at = EXCLUDED.tape_read_at",
    )
    .bind(market_id.as_str())
    .bind(from)
    .bind(to)
    .bind(NOT_READ)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that no market is due, so that those known for long need not be looked at again. What was first seen in the
/// last ten minutes may stand beside markets whose transaction has not ended yet.
pub async fn forget_settled(executor: impl PgExecutor<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE tape_progress p SET markets_from = n.settled
         FROM (SELECT max(first_seen_at) - interval '10 minutes' AS settled FROM markets) AS n
         WHERE p.feed = $1 AND p.markets_from < n.settled",
    )
    .bind(FEED)
    .execute(executor)
    .await?;
    Ok(())
}
