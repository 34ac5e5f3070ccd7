//! What intelligence says of one market.

use chrono::{DateTime, Utc};
use domain::MarketId;
use serde_json::Value;
use sqlx::PgExecutor;

use crate::StoreError;
use crate::column::column;

/// What those whose record speaks for them hold in a market.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredConsensus {
    /// Up to when what it rests on was known.
    pub as_of: DateTime<Utc>,
    /// Of the definition.
    pub version: i16,
    /// −100 to 100 toward outcome 0; `None`: too few voices.
    pub imbalance: Option<f64>,
    /// The least it may be.
    pub low: Option<f64>,
    /// The most it may be.
    pub high: Option<f64>,
    /// So many equal and independent voices.
    pub voices: f64,
    /// What they paid on average for outcome 0.
    pub paid: Option<f64>,
    /// What it costs now.
    pub price: Option<f64>,
    /// What it was made from.
    pub ingredients: Value,
}

/// The consensus on a market; `None` where it was never asked.
pub async fn consensus(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
) -> Result<Option<StoredConsensus>, StoreError> {
    let sql = "SELECT as_of, version, imbalance, low, high, voices, paid, price, ingredients
               FROM market_consensus WHERE market_id = $1";
    let row = sqlx::query(sql).bind(market_id.as_str()).fetch_optional(executor).await?;
    row.map(|row| {
        Ok(StoredConsensus {
            as_of: column(&row, "as_of")?,
            version: column(&row, "version")?,
            imbalance: column(&row, "imbalance")?,
            low: column(&row, "low")?,
            high: column(&row, "high")?,
            voices: column(&row, "voices")?,
            paid: column(&row, "paid")?,
            price: column(&row, "price")?,
            ingredients: column(&row, "ingredients")?,
        })
    })
    .transpose()
}

/// What of a market's trade looks like trade with oneself.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredWash {
    /// Up to when it was looked at.
    pub as_of: DateTime<Utc>,
    /// The least any measure says.
    pub low: Option<f64>,
    /// The most any measure says.
    pub high: Option<f64>,
    /// What was read, by name.
    pub basis: String,
    /// Each measure.
    pub measures: Value,
}

/// The wash measures of a market; `None` where it was never looked at.
pub async fn wash(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
) -> Result<Option<StoredWash>, StoreError> {
    let sql = "SELECT as_of, low, high, basis, measures FROM market_wash WHERE market_id = $1";
    let row = sqlx::query(sql).bind(market_id.as_str()).fetch_optional(executor).await?;
    row.map(|row| {
        Ok(StoredWash {
            as_of: column(&row, "as_of")?,
            low: column(&row, "low")?,
            high: column(&row, "high")?,
            basis: column(&row, "basis")?,
            measures: column(&row, "measures")?,
        })
    })
    .transpose()
}

/// How many trades of a market since an instant were notable.
pub async fn notable(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    since: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let sql = "SELECT count(*) FROM notable_trades WHERE market_id = $1 AND traded_at >= $2";
    let count: i64 =
        sqlx::query_scalar(sql).bind(market_id.as_str()).bind(since).fetch_one(executor).await?;
    u64::try_from(count).map_err(StoreError::other)
}
