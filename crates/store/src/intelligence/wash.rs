//! What of a market's trade looks like trade with oneself.

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId, MarketId, Shares};
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor};

use crate::StoreError;
use crate::column::{column, parsed};
use crate::wallets::{address, bytes};

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

/// Shares that an imported wallet bought or sold in a market.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownFill {
    /// Who.
    pub wallet: Address,
    /// When.
    pub happened_at: DateTime<Utc>,
    /// Of which outcome.
    pub outcome_index: u8,
    /// Whether they were bought.
    pub is_buy: bool,
    /// How many.
    pub shares: Shares,
}

/// All fills of some wallets in a market since an instant, those in which their orders rested included, by time.
pub async fn known_fills(
    executor: impl PgExecutor<'_>,
    condition_id: &ConditionId,
    wallets: &[Address],
    since: DateTime<Utc>,
) -> Result<Vec<KnownFill>, StoreError> {
    let rows = sqlx::query(
        "SELECT t.wallet_address, t.happened_at, t.outcome_index, t.side = 'buy' AS is_buy, t.shares
         FROM unnest($2::bytea[]) AS w (wallet_address) JOIN wallet_trades t ON t.wallet_address = w.wallet_address
         WHERE t.happened_at >= $3 AND t.condition_id = $1 AND t.kind = 'trade' AND t.side IN ('buy', 'sell')
           AND t.outcome_index BETWEEN 0 AND 1 AND t.shares > 0 AND NOT t.is_combo
         ORDER BY t.happened_at, t.wallet_address, t.id",
    )
    .bind(condition_id.as_str())
    .bind(bytes(wallets))
    .bind(since)
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| {
            let outcome: i16 = column(row, "outcome_index")?;
            Ok(KnownFill {
                wallet: address(row, "wallet_address")?,
                happened_at: column(row, "happened_at")?,
                outcome_index: u8::try_from(outcome).map_err(StoreError::other)?,
                is_buy: column(row, "is_buy")?,
                shares: Shares::new(column(row, "shares")?).map_err(StoreError::other)?,
            })
        })
        .collect()
}
