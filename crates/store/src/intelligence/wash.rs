//! What of a market's trade looks like trade with oneself.

use chrono::{DateTime, Utc};
use domain::MarketId;
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor};

use crate::StoreError;
use crate::column::{column, parsed};

/// Several measures of one market side by side, as parts of all its shares.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketWash {
    /// The market.
    pub market_id: MarketId,
    /// Up to when its trades were read.
    pub as_of: DateTime<Utc>,
    /// From the least to the most that any measure says; `None` where nothing was traded.
    pub band: Option<(f64, f64)>,
    /// What it was read from, by name.
    pub basis: String,
    /// Each measure with its own span.
    pub measures: Value,
}

/// Writes the measures of markets in the place of those before.
pub async fn replace(
    connection: &mut PgConnection,
    markets: &[MarketWash],
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO market_wash (market_id, as_of, low, high, basis, measures)
         SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::double precision[], $4::double precision[], $5::text[],
                              $6::jsonb[])
         ON CONFLICT (market_id) DO UPDATE SET as_of = EXCLUDED.as_of, low = EXCLUDED.low, high = EXCLUDED.high,
             basis = EXCLUDED.basis, measures = EXCLUDED.measures",
    )
    .bind(markets.iter().map(|one| one.market_id.as_str()).collect::<Vec<_>>())
    .bind(markets.iter().map(|one| one.as_of).collect::<Vec<_>>())
    .bind(markets.iter().map(|one| one.band.map(|band| band.0)).collect::<Vec<_>>())
    .bind(markets.iter().map(|one| one.band.map(|band| band.1)).collect::<Vec<_>>())
    .bind(markets.iter().map(|one| one.basis.as_str()).collect::<Vec<_>>())
    .bind(markets.iter().map(|one| &one.measures).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// The measures of a market; `None` where nobody looked.
pub async fn of_market(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
) -> Result<Option<MarketWash>, StoreError> {
    let sql =
        "SELECT market_id, as_of, low, high, basis, measures FROM market_wash WHERE market_id = $1";
    let row = sqlx::query(sql).bind(market_id.as_str()).fetch_optional(executor).await?;
    row.as_ref().map(decode).transpose()
}

fn decode(row: &PgRow) -> Result<MarketWash, StoreError> {
    let (low, high): (Option<f64>, Option<f64>) = (column(row, "low")?, column(row, "high")?);
    Ok(MarketWash {
        market_id: parsed(column(row, "market_id")?)?,
        as_of: column(row, "as_of")?,
        band: low.zip(high),
        basis: column(row, "basis")?,
        measures: column(row, "measures")?,
    })
}
