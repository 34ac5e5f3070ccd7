//! What the live part needs to know of markets: which to stream, and what a token belongs to.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{ConditionId, MarketId, TokenId};
use sqlx::PgExecutor;
use sqlx::postgres::PgRow;

use crate::StoreError;
use crate::bars::HistoryDetail;
use crate::column::{column, parsed};

/// A market whose book can be streamed: two outcomes, each with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradedMarket {
    /// The market.
    pub market_id: MarketId,
    /// Its condition.
    pub condition_id: ConditionId,
    /// The tokens of outcome 0 and outcome 1.
    pub tokens: [TokenId; 2],
}

const COLUMNS: &str = "market_id, condition_id, token_ids";
const TRADED: &str = "condition_id IS NOT NULL AND cardinality(token_ids) = 2
                      AND token_ids[1] <> '' AND token_ids[2] <> ''";

/// The open markets that traded most within a day.
pub async fn busiest(
    executor: impl PgExecutor<'_>,
    limit: u32,
) -> Result<Vec<TradedMarket>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM markets
         WHERE NOT closed AND delisted_at IS NULL AND accepting_orders AND {TRADED}
         ORDER BY volume_24h DESC NULLS LAST, market_id LIMIT $1"
    );
    let rows =
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(i64::from(limit)).fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

/// How many open markets take orders.
pub async fn open_count(executor: impl PgExecutor<'_>) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM markets WHERE NOT closed AND delisted_at IS NULL AND accepting_orders";
    let count: i64 = sqlx::query_scalar(sql).fetch_one(executor).await?;
    u32::try_from(count).map_err(StoreError::other)
}

/// The open markets whose ids come after one, in the order of ids; `None` begins with the first.
pub async fn open_after(
    executor: impl PgExecutor<'_>,
    after: Option<&MarketId>,
    limit: u32,
) -> Result<Vec<TradedMarket>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM markets
         WHERE market_id > $1 AND NOT closed AND delisted_at IS NULL AND accepting_orders AND {TRADED}
         ORDER BY market_id LIMIT $2"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(after.map_or("", MarketId::as_str))
        .bind(i64::from(limit))
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

/// Those of the markets named that have tokens.
pub async fn by_ids(
    executor: impl PgExecutor<'_>,
    ids: &[&str],
) -> Result<Vec<TradedMarket>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM markets WHERE market_id = ANY($1) AND {TRADED}");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(ids).fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

/// The markets of these conditions, by condition.
pub async fn by_conditions(
    executor: impl PgExecutor<'_>,
    conditions: &[&str],
) -> Result<HashMap<String, TradedMarket>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM markets WHERE condition_id = ANY($1) AND {TRADED}");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(conditions).fetch_all(executor).await?;
    let markets = rows.iter().map(decode);
    markets.map(|market| market.map(|market| (market.condition_id.to_string(), market))).collect()
}

/// The market whose price history is to be asked for next, and whether it is wanted in detail: of those named, else
/// of the `busiest` ones. `None` when all have theirs.
pub async fn next_without_history(
    executor: impl PgExecutor<'_>,
    named: &[&str],
    busiest: u32,
) -> Result<Option<(TradedMarket, HistoryDetail)>, StoreError> {
    let sql = format!(
        "WITH wanted AS (
             SELECT market_id, true AS named FROM unnest($1::text[]) AS n (market_id)
             UNION ALL
             (SELECT market_id, false FROM markets
              WHERE NOT closed AND accepting_orders AND delisted_at IS NULL AND volume_24h > 0
              ORDER BY volume_24h DESC NULLS LAST, market_id LIMIT $2)
         )
         SELECT m.market_id, m.condition_id, m.token_ids, w.named
         FROM wanted w JOIN markets m USING (market_id)
         LEFT JOIN market_recordings r USING (market_id)
         WHERE {TRADED} AND CASE WHEN w.named THEN r.detailed_at IS NULL ELSE r.backfilled_at IS NULL END
         ORDER BY w.named DESC, r.history_tried_at NULLS FIRST, m.volume_24h DESC NULLS LAST, m.market_id
         LIMIT 1"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(named)
        .bind(i64::from(busiest))
        .fetch_optional(executor)
        .await?;
    row.as_ref()
        .map(|row| {
            let named: bool = column(row, "named")?;
            Ok((decode(row)?, if named { HistoryDetail::Fine } else { HistoryDetail::Coarse }))
        })
        .transpose()
}

/// Puts a market behind all others whose price history was not yet asked for.
pub async fn put_off_history(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO market_recordings (market_id, history_tried_at) VALUES ($1, $2)
               ON CONFLICT (market_id) DO UPDATE SET history_tried_at = EXCLUDED.history_tried_at";
    sqlx::query(sql).bind(market_id.as_str()).bind(now).execute(executor).await?;
    Ok(())
}

pub(crate) fn decode(row: &PgRow) -> Result<TradedMarket, StoreError> {
    let tokens: Vec<String> = column(row, "token_ids")?;
    let [first, second] = <[String; 2]>::try_from(tokens)
        .map_err(|tokens| StoreError::other(format!("{} tokens, not two", tokens.len())))?;
    Ok(TradedMarket {
        market_id: parsed(column(row, "market_id")?)?,
        condition_id: parsed(column(row, "condition_id")?)?,
        tokens: [parsed(&first)?, parsed(&second)?],
    })
}
