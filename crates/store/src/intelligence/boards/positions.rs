//! Large positions in markets that are not resolved, by the ledger of each wallet.

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId};
use rust_decimal::Decimal;
use sqlx::PgExecutor;
use sqlx::postgres::PgRow;

use crate::StoreError;
use crate::column::{column, parsed};
use crate::wallets::address;

/// Fewest shares of a position that boards show. A share costs and pays at most a dollar, so none that cost or is worth
/// as many dollars has fewer.
pub const LEAST_SHARES: i64 = 1_000;

/// A position of many shares.
#[derive(Debug, Clone, PartialEq)]
pub struct LargePosition {
    /// Whose.
    pub wallet: Address,
    /// The market.
    pub condition_id: ConditionId,
    /// Which outcome of it.
    pub outcome_index: u8,
    /// Up to when its wallet's history is known.
    pub as_of: DateTime<Utc>,
    /// Shares held.
    pub shares: Decimal,
    /// Dollars a share paid on average, without fees; `None` unknown.
    pub average_price: Option<Decimal>,
    /// Dollars paid for what is held, without fees; `None` unknown.
    pub cost: Option<Decimal>,
    /// When it was first bought; `None` unknown.
    pub opened_at: Option<DateTime<Utc>>,
    /// What is doubtful about it, by name.
    pub doubts: Vec<String>,
    /// `full`, `capped` or `gap`: how complete its wallet's history is.
    pub completeness: Option<String>,
    /// Whose money it is.
    pub class: Option<String>,
    /// Its wallet's scores `whale`, `smart_money` and `reputation`.
    pub scores: [Option<f64>; 3],
}

/// Every position of at least [`LEAST_SHARES`], in no order.
pub async fn all(executor: impl PgExecutor<'_>) -> Result<Vec<LargePosition>, StoreError> {
    let rows = sqlx::query(
        "SELECT p.wallet_address, p.condition_id, p.outcome_index, p.as_of, p.shares, p.avg_price, p.cost_usdc,
                p.first_at, p.doubts, w.completeness, c.class, s.whale, s.smart_money, s.reputation
         FROM wallet_positions p
         LEFT JOIN wallets w ON w.address = p.wallet_address
         LEFT JOIN wallet_classes c ON c.wallet_address = p.wallet_address
         LEFT JOIN (
             SELECT wallet_address, max(value) FILTER (WHERE kind = 'whale') AS whale,
                    max(value) FILTER (WHERE kind = 'smart_money') AS smart_money,
                    max(value) FILTER (WHERE kind = 'reputation') AS reputation
             FROM current_wallet_scores WHERE verdict = 'scored' GROUP BY wallet_address
         ) s ON s.wallet_address = p.wallet_address
         WHERE p.shares >= $1",
    )
    .bind(Decimal::from(LEAST_SHARES))
    .fetch_all(executor)
    .await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<LargePosition, StoreError> {
    let outcome: i16 = column(row, "outcome_index")?;
    Ok(LargePosition {
        wallet: address(row, "wallet_address")?,
        condition_id: parsed(column(row, "condition_id")?)?,
        outcome_index: u8::try_from(outcome).map_err(StoreError::other)?,
        as_of: column(row, "as_of")?,
        shares: column(row, "shares")?,
        average_price: column(row, "avg_price")?,
        cost: column(row, "cost_usdc")?,
        opened_at: column(row, "first_at")?,
        doubts: column(row, "doubts")?,
        completeness: column(row, "completeness")?,
        class: column(row, "class")?,
        scores: [column(row, "whale")?, column(row, "smart_money")?, column(row, "reputation")?],
    })
}
