//! Which part of a market its largest holders have.

use chrono::{DateTime, Utc};
use domain::MarketId;
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor};

use crate::StoreError;
use crate::column::{column, parsed};
use crate::streaming::{self, TradedMarket};

/// How one outcome of a market is spread over its holders, by owner.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketConcentration {
    /// The market.
    pub market_id: MarketId,
    /// Which outcome.
    pub outcome_index: u8,
    /// When its holders were read.
    pub observed_at: DateTime<Utc>,
    /// Owners with a share.
    pub holders: u32,
    /// Σ of their squared parts, above 0 to 1.
    pub hhi: f64,
    /// 1 / HHI.
    pub effective_holders: f64,
    /// The part of the largest.
    pub top_share: f64,
    /// Whether upstream named only the largest.
    pub is_top_only: bool,
    /// The five largest.
    pub top: Value,
}

/// Writes how a market's outcomes are spread in the place of what was known; outcomes without a holder are left out.
pub async fn replace(
    connection: &mut PgConnection,
    market_id: &MarketId,
    outcomes: &[MarketConcentration],
) -> Result<(), StoreError> {
    // One statement: between deleting and writing nobody sees nothing.
    sqlx::query(
        "WITH gone AS (
             DELETE FROM market_concentrations WHERE market_id = $1 AND outcome_index <> ALL($2)
         )
         INSERT INTO market_concentrations (market_id, outcome_index, observed_at, holders, hhi, effective_holders, top_share,
                                            is_top_only, top)
         SELECT $1, n.* FROM unnest($2::smallint[], $3::timestamptz[], $4::integer[], $5::double precision[],
             $6::double precision[], $7::double precision[], $8::boolean[], $9::jsonb[]) AS n
         ON CONFLICT (market_id, outcome_index) DO UPDATE SET
             observed_at = EXCLUDED.observed_at, holders = EXCLUDED.holders, hhi = EXCLUDED.hhi,
             effective_holders = EXCLUDED.effective_holders, top_share = EXCLUDED.top_share,
             is_top_only = EXCLUDED.is_top_only, top = EXCLUDED.top",
    )
    .bind(market_id.as_str())
    .bind(outcomes.iter().map(|one| i16::from(one.outcome_index)).collect::<Vec<_>>())
    .bind(outcomes.iter().map(|one| one.observed_at).collect::<Vec<_>>())
    .bind(outcomes.iter().map(|one| i32::try_from(one.holders).unwrap_or(i32::MAX)).collect::<Vec<_>>())
    .bind(outcomes.iter().map(|one| one.hhi).collect::<Vec<_>>())
    .bind(outcomes.iter().map(|one| one.effective_holders).collect::<Vec<_>>())
    .bind(outcomes.iter().map(|one| one.top_share).collect::<Vec<_>>())
    .bind(outcomes.iter().map(|one| one.is_top_only).collect::<Vec<_>>())
    .bind(outcomes.iter().map(|one| &one.top).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// How a market's outcomes are spread.
pub async fn of_market(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
) -> Result<Vec<MarketConcentration>, StoreError> {
    let sql =
        "SELECT market_id, outcome_index, observed_at, holders, hhi, effective_holders, top_share, is_top_only, top
               FROM market_concentrations WHERE market_id = $1 ORDER BY outcome_index";
    let rows = sqlx::query(sql).bind(market_id.as_str()).fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<MarketConcentration, StoreError> {
    let outcome: i16 = column(row, "outcome_index")?;
    Ok(MarketConcentration {
        market_id: parsed(column(row, "market_id")?)?,
        outcome_index: u8::try_from(outcome).map_err(StoreError::other)?,
        observed_at: column(row, "observed_at")?,
        holders: u32::try_from(column::<i32>(row, "holders")?).map_err(StoreError::other)?,
        hhi: column(row, "hhi")?,
        effective_holders: column(row, "effective_holders")?,
        top_share: column(row, "top_share")?,
        is_top_only: column(row, "is_top_only")?,
        top: column(row, "top")?,
    })
}

/// Of the markets that trade most, the one whose holders were read longest ago, or never, before an instant; `None`
/// when all were read since.
pub async fn next_due(
    executor: impl PgExecutor<'_>,
    busiest: u32,
    before: DateTime<Utc>,
) -> Result<Option<TradedMarket>, StoreError> {
    let row = sqlx::query(
        "WITH busiest AS (
             SELECT market_id, condition_id, token_ids FROM markets
             WHERE NOT closed AND delisted_at IS NULL AND accepting_orders AND condition_id IS NOT NULL
               AND cardinality(token_ids) = 2 AND token_ids[1] <> '' AND token_ids[2] <> ''
             ORDER BY volume_24h DESC NULLS LAST, market_id LIMIT $1
         )
         SELECT b.market_id, b.condition_id, b.token_ids FROM busiest b
         LEFT JOIN LATERAL (SELECT read_at FROM holder_readings r WHERE r.market_id = b.market_id) AS last ON true
         WHERE last.read_at IS NULL OR last.read_at < $2
         ORDER BY last.read_at NULLS FIRST, b.market_id LIMIT 1",
    )
    .bind(i64::from(busiest))
    .bind(before)
    .fetch_optional(executor)
    .await?;
    row.as_ref().map(streaming::decode).transpose()
}

/// Notes that a market's holders were asked for, whatever came of it.
pub async fn note_reading(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO holder_readings (market_id, read_at) VALUES ($1, $2)
               ON CONFLICT (market_id) DO UPDATE SET read_at = EXCLUDED.read_at";
    sqlx::query(sql).bind(market_id.as_str()).bind(now).execute(executor).await?;
    Ok(())
}
