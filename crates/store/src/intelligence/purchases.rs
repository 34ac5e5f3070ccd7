//! Purchases on the tape, with what is known of what was bought: what evidence of pairs is made of.

use chrono::{DateTime, Utc};
use domain::ledger::Terms;
use domain::{Address, Category, MarketId, Price, TransactionHash};
use rust_decimal::Decimal;
use sqlx::PgExecutor;
use sqlx::postgres::PgRow;

use crate::StoreError;
use crate::column::{column, parsed};
use crate::wallets::address;

/// A purchase of a wallet that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardPurchase {
    /// Second of the trade.
    pub traded_at: DateTime<Utc>,
    /// When we learned of it.
    pub observed_at: DateTime<Utc>,
    /// Who.
    pub wallet: Address,
    /// The market.
    pub market_id: MarketId,
    /// What is known of it, as far as purchases need it.
    pub terms: Terms,
    /// Which outcome was bought.
    pub outcome_index: u8,
    /// Dollars a share.
    pub price: Price,
    /// Dollars before fees.
    pub usdc: Decimal,
    /// The transaction; `None` where the feed does not say.
    pub transaction_hash: Option<TransactionHash>,
    /// Which of several equal trades.
    pub ordinal: u16,
}

/// Which purchases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PurchaseFilter<'a> {
    /// From so many dollars on.
    pub least: Decimal,
    /// Not of events of these categories.
    pub without: &'a [Category],
}

const SELECT: &str = "SELECT t.traded_at, t.observed_at, t.wallet_address, t.market_id, m.condition_id, m.event_id, m.neg_risk,
        m.category, m.end_date, CASE WHEN m.status = 'resolved' THEN m.closed_at END AS resolved_at, t.outcome_index,
        t.price, usdc_of(t.price, t.shares) AS usdc, t.transaction_hash, t.ordinal
    FROM trades t JOIN markets m ON m.market_id = t.market_id";
const WANTED: &str =
    "t.is_buy AND t.outcome_index < 2 AND t.price > 0 AND t.price < 1 AND t.wallet_address <> ''
    AND usdc_of(t.price, t.shares) >= $3 AND m.condition_id IS NOT NULL
    AND (m.category IS NULL OR m.category <> ALL($4))";

/// Purchases from an instant on until before another, the oldest first.
pub async fn between(
    executor: impl PgExecutor<'_>,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    filter: PurchaseFilter<'_>,
) -> Result<Vec<HeardPurchase>, StoreError> {
    let sql = format!(
        "{SELECT} WHERE t.traded_at >= $1 AND t.traded_at < $2 AND {WANTED}
         ORDER BY t.traded_at, t.transaction_hash, t.wallet_address, t.ordinal"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(from)
        .bind(until)
        .bind(filter.least)
        .bind(slugs(filter))
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

/// Purchases that were heard of after an instant up to another, the oldest first.
pub async fn heard(
    executor: impl PgExecutor<'_>,
    after: DateTime<Utc>,
    until: DateTime<Utc>,
    filter: PurchaseFilter<'_>,
) -> Result<Vec<HeardPurchase>, StoreError> {
    let sql = format!(
        "{SELECT} WHERE t.observed_at > $1 AND t.observed_at <= $2 AND {WANTED}
         ORDER BY t.traded_at, t.transaction_hash, t.wallet_address, t.ordinal"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(after)
        .bind(until)
        .bind(filter.least)
        .bind(slugs(filter))
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

fn slugs(filter: PurchaseFilter<'_>) -> Vec<&'static str> {
    filter.without.iter().map(|category| category.slug()).collect()
}

fn decode(row: &PgRow) -> Result<HeardPurchase, StoreError> {
    let (event, category): (Option<&str>, Option<&str>) =
        (column(row, "event_id")?, column(row, "category")?);
    let hash: &[u8] = column(row, "transaction_hash")?;
    let (outcome, ordinal): (i16, i16) = (column(row, "outcome_index")?, column(row, "ordinal")?);
    Ok(HeardPurchase {
        traded_at: column(row, "traded_at")?,
        observed_at: column(row, "observed_at")?,
        wallet: address(row, "wallet_address")?,
        market_id: parsed(column(row, "market_id")?)?,
        terms: Terms {
            event_id: event.map(parsed).transpose()?,
            neg_risk: column(row, "neg_risk")?,
            category: category.map(parsed).transpose()?,
            scheduled_end: column(row, "end_date")?,
            resolved_at: column(row, "resolved_at")?,
            ..Terms::unknown(parsed(column(row, "condition_id")?)?)
        },
        outcome_index: u8::try_from(outcome).map_err(StoreError::other)?,
        price: Price::new(column(row, "price")?).map_err(StoreError::other)?,
        usdc: column(row, "usdc")?,
        transaction_hash: <[u8; 32]>::try_from(hash).ok().map(TransactionHash::from_bytes),
        ordinal: u16::try_from(ordinal).map_err(StoreError::other)?,
    })
}
