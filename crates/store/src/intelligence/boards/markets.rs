//! What intelligence says of one market.

use chrono::{DateTime, Utc};
use domain::MarketId;
use serde_json::Value;
use sqlx::PgExecutor;
use sqlx::postgres::PgRow;

use crate::StoreError;
use crate::column::{column, parsed};

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

/// Where smart money stands in a market, in short.
#[derive(Debug, Clone, PartialEq)]
pub struct Stance {
    /// The market.
    pub market_id: MarketId,
    /// Up to when what it rests on was known.
    pub as_of: DateTime<Utc>,
    /// −100 to 100 toward outcome 0; `None`: too few voices, or nothing to weigh them by.
    pub imbalance: Option<f64>,
    /// So many equal and independent voices.
    pub voices: f64,
}

/// Where smart money stands, of every market that it was asked of last, by market.
pub async fn stances(executor: impl PgExecutor<'_>) -> Result<Vec<Stance>, StoreError> {
    let sql = "SELECT market_id, as_of, imbalance, voices FROM market_consensus ORDER BY market_id";
    let rows = sqlx::query(sql).fetch_all(executor).await?;
    let decode = |row: &PgRow| {
        Ok(Stance {
            market_id: parsed(column(row, "market_id")?)?,
            as_of: column(row, "as_of")?,
            imbalance: column(row, "imbalance")?,
            voices: column(row, "voices")?,
        })
    };
    rows.iter().map(decode).collect()
}

/// When it was asked last where smart money stands; `None` where it stands nowhere.
pub async fn stances_as_of(
    executor: impl PgExecutor<'_>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(sqlx::query_scalar("SELECT max(as_of) FROM market_consensus").fetch_one(executor).await?)
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
