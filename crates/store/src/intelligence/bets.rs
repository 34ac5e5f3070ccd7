//! What wallets bet: one observation an event (`domain::bets`).

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId};
use futures_util::TryStreamExt;
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor};

use crate::StoreError;
use crate::column::{column, parsed};
use crate::wallets::{address, bytes, rows_of};

/// A settled bet of a wallet.
#[derive(Debug, Clone, PartialEq)]
pub struct WalletBet {
    /// Whose.
    pub wallet: Address,
    /// The event's id, or its market's where it has none.
    pub event_key: String,
    /// The market bought first.
    pub condition_id: ConditionId,
    /// Which outcome of it.
    pub outcome_index: u8,
    /// Of the event.
    pub category: Option<String>,
    /// When it was bought.
    pub opened_at: DateTime<Utc>,
    /// When the market was resolved.
    pub closed_at: DateTime<Utc>,
    /// Seconds from the purchase to the scheduled end; `None` where none was announced.
    pub horizon_s: Option<i64>,
    /// Dollars a share with the fee, above 0 and below 1.
    pub price: f64,
    /// Whether a share paid a dollar.
    pub came_true: bool,
    /// Put into the event in all, with fees.
    pub stake_usdc: Decimal,
}

/// Writes a wallet's bets in the place of the ones before.
pub async fn replace(
    connection: &mut PgConnection,
    wallet: &Address,
    bets: &[WalletBet],
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM wallet_bets WHERE wallet_address = $1")
        .bind(wallet.to_bytes().to_vec())
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO wallet_bets (wallet_address, event_key, condition_id, outcome_index, category, opened_at,
                                  closed_at, horizon_s, price, came_true, stake_usdc)
         SELECT $1, n.* FROM unnest($2::text[], $3::text[], $4::smallint[], $5::text[], $6::timestamptz[],
                                    $7::timestamptz[], $8::bigint[], $9::double precision[], $10::boolean[],
                                    $11::numeric[]) AS n
         -- Ids of events and of markets without one are of two series, which may meet; the first counts.
         ON CONFLICT DO NOTHING",
    )
    .bind(wallet.to_bytes().to_vec())
    .bind(bets.iter().map(|bet| bet.event_key.as_str()).collect::<Vec<_>>())
    .bind(bets.iter().map(|bet| bet.condition_id.as_str()).collect::<Vec<_>>())
    .bind(bets.iter().map(|bet| i16::from(bet.outcome_index)).collect::<Vec<_>>())
    .bind(bets.iter().map(|bet| bet.category.as_deref()).collect::<Vec<_>>())
    .bind(bets.iter().map(|bet| bet.opened_at).collect::<Vec<_>>())
    .bind(bets.iter().map(|bet| bet.closed_at).collect::<Vec<_>>())
    .bind(bets.iter().map(|bet| bet.horizon_s).collect::<Vec<_>>())
    .bind(bets.iter().map(|bet| bet.price).collect::<Vec<_>>())
    .bind(bets.iter().map(|bet| bet.came_true).collect::<Vec<_>>())
    .bind(bets.iter().map(|bet| bet.stake_usdc).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

const COLUMNS: &str = "wallet_address, event_key, condition_id, outcome_index, category, opened_at, closed_at, horizon_s,
    price, came_true, stake_usdc";

/// The bets of all wallets that were settled before an instant, by wallet and in the order of their settlement: what
/// was not known by then is not among them.
pub async fn settled_before(
    executor: impl PgExecutor<'_>,
    instant: DateTime<Utc>,
) -> Result<Vec<WalletBet>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM wallet_bets WHERE closed_at < $1 ORDER BY wallet_address, closed_at, event_key"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(instant).fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

/// Passes the same to `take`, one after the other, so that nobody needs room for all of them.
pub async fn each_settled_before(
    executor: impl PgExecutor<'_>,
    instant: DateTime<Utc>,
    mut take: impl FnMut(WalletBet),
) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM wallet_bets WHERE closed_at < $1 ORDER BY wallet_address, closed_at, event_key"
    );
    let mut rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(instant).fetch(executor);
    while let Some(row) = rows.try_next().await? {
        take(decode(&row)?);
    }
    Ok(())
}

/// The bets of some wallets, by wallet and in the order of their settlement.
pub async fn of_wallets(
    executor: impl PgExecutor<'_>,
    wallets: &[Address],
) -> Result<Vec<WalletBet>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM wallet_bets WHERE wallet_address = ANY($1)
         ORDER BY wallet_address, closed_at, event_key"
    );
    let rows =
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(bytes(wallets)).fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

/// A wallet's bets in the order of their settlement.
pub async fn of_wallet(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
) -> Result<Vec<WalletBet>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM wallet_bets WHERE wallet_address = $1 ORDER BY closed_at, event_key"
    );
    rows_of(executor, sqlx::AssertSqlSafe(sql), wallet, decode).await
}

fn decode(row: &PgRow) -> Result<WalletBet, StoreError> {
    let outcome: i16 = column(row, "outcome_index")?;
    Ok(WalletBet {
        wallet: address(row, "wallet_address")?,
        event_key: column(row, "event_key")?,
        condition_id: parsed(column(row, "condition_id")?)?,
        outcome_index: u8::try_from(outcome).map_err(StoreError::other)?,
        category: column(row, "category")?,
        opened_at: column(row, "opened_at")?,
        closed_at: column(row, "closed_at")?,
        horizon_s: column(row, "horizon_s")?,
        price: column(row, "price")?,
        came_true: column(row, "came_true")?,
        stake_usdc: column(row, "stake_usdc")?,
    })
}
