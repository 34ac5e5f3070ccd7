//! What wallets' books say of them that scores and classes are made with.

use chrono::{DateTime, Utc};
use domain::Address;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::StoreError;
use crate::column::column;
use crate::wallets::{address, bytes};

/// What a wallet's books say of it; `None` is unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct WalletTraits {
    /// Whose.
    pub wallet: Address,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// Trades like a maker.
    pub is_maker_like: Option<bool>,
    /// Trades like a program.
    pub is_bot_like: Option<bool>,
    /// Has, or had within thirty days, a position above $10,000.
    pub is_whale: Option<bool>,
    /// The books agree with the venue's sum over positions.
    pub is_reconciled: Option<bool>,
    /// Months with a trade, of all since the first act.
    pub active_months: Option<f64>,
}

/// The same, and what else is held of the wallet.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownWallet {
    /// What the books say.
    pub traits: WalletTraits,
    /// Of the history: `full`, `capped` or `gap`.
    pub completeness: String,
    /// The first act that is known.
    pub first_active_at: Option<DateTime<Utc>>,
    /// Everything is known from here on; `None` from the very first.
    pub history_since: Option<DateTime<Utc>>,
    /// Wallets that seem to have the same owner, this one among them.
    pub owner: Option<(Uuid, u32)>,
}

/// Writes what a wallet's books say.
pub async fn set(connection: &mut PgConnection, traits: &WalletTraits) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO wallet_traits (wallet_address, written_at, is_maker_like, is_bot_like, is_whale, is_reconciled,
                                    active_months)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (wallet_address) DO UPDATE
         SET written_at = EXCLUDED.written_at, is_maker_like = EXCLUDED.is_maker_like,
             is_bot_like = EXCLUDED.is_bot_like, is_whale = EXCLUDED.is_whale,
             is_reconciled = EXCLUDED.is_reconciled, active_months = EXCLUDED.active_months",
    )
    .bind(traits.wallet.to_bytes().to_vec())
    .bind(traits.written_at)
    .bind(traits.is_maker_like)
    .bind(traits.is_bot_like)
    .bind(traits.is_whale)
    .bind(traits.is_reconciled)
    .bind(traits.active_months)
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether the books of any wallet were written at or after an instant.
pub async fn any_since(
    executor: impl PgExecutor<'_>,
    instant: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT FROM wallet_traits WHERE written_at >= $1)";
    Ok(sqlx::query_scalar(sql).bind(instant).fetch_one(executor).await?)
}

/// The addresses of imported wallets that come after one, in their order.
pub async fn addresses_after(
    executor: impl PgExecutor<'_>,
    after: Option<&Address>,
    limit: u32,
) -> Result<Vec<Address>, StoreError> {
    let sql = "SELECT wallet_address FROM wallet_traits WHERE wallet_address > $1 ORDER BY wallet_address LIMIT $2";
    let rows = sqlx::query(sql)
        .bind(after.map_or_else(Vec::new, |wallet| wallet.to_bytes().to_vec()))
        .bind(i64::from(limit))
        .fetch_all(executor)
        .await?;
    rows.iter().map(|row| address(row, "wallet_address")).collect()
}

/// Wallets that are known to trade like makers or programs.
pub async fn not_people(executor: impl PgExecutor<'_>) -> Result<Vec<Address>, StoreError> {
    let sql = "SELECT wallet_address FROM wallet_traits WHERE is_maker_like OR is_bot_like";
    let rows = sqlx::query(sql).fetch_all(executor).await?;
    rows.iter().map(|row| address(row, "wallet_address")).collect()
}

/// Wallets whose skill is not tested: known to trade like makers or programs, or of a history that is not whole.
pub async fn not_tested(executor: impl PgExecutor<'_>) -> Result<Vec<Address>, StoreError> {
    let rows = sqlx::query(
        "SELECT t.wallet_address FROM wallet_traits t JOIN wallets w ON w.address = t.wallet_address
         WHERE t.is_maker_like OR t.is_bot_like OR w.completeness IS DISTINCT FROM 'full'",
    )
    .fetch_all(executor)
    .await?;
    rows.iter().map(|row| address(row, "wallet_address")).collect()
}

/// What is known of some wallets, in the order of their addresses; those that were never imported are left out.
pub async fn of(
    executor: impl PgExecutor<'_>,
    wallets: &[Address],
) -> Result<Vec<KnownWallet>, StoreError> {
    let rows = sqlx::query(
        "SELECT t.*, w.completeness, w.first_active_at, w.history_since, c.cluster_id,
                (SELECT count(*) FROM owner_clusters o WHERE o.cluster_id = c.cluster_id) AS owned
         FROM wallet_traits t JOIN wallets w ON w.address = t.wallet_address
              LEFT JOIN owner_clusters c ON c.wallet_address = t.wallet_address
         WHERE t.wallet_address = ANY($1) AND w.completeness IS NOT NULL ORDER BY t.wallet_address",
    )
    .bind(bytes(wallets))
    .fetch_all(executor)
    .await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<KnownWallet, StoreError> {
    let cluster: Option<Uuid> = column(row, "cluster_id")?;
    let owned = u32::try_from(column::<i64>(row, "owned")?).map_err(StoreError::other)?;
    Ok(KnownWallet {
        traits: WalletTraits {
            wallet: address(row, "wallet_address")?,
            written_at: column(row, "written_at")?,
            is_maker_like: column(row, "is_maker_like")?,
            is_bot_like: column(row, "is_bot_like")?,
            is_whale: column(row, "is_whale")?,
            is_reconciled: column(row, "is_reconciled")?,
            active_months: column(row, "active_months")?,
        },
        completeness: column(row, "completeness")?,
        first_active_at: column(row, "first_active_at")?,
        history_since: column(row, "history_since")?,
        owner: cluster.map(|cluster| (cluster, owned)),
    })
}
