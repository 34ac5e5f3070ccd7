//! How large wallets' trades were for their markets.

use chrono::{DateTime, Utc};
use domain::{Address, TransactionHash};
use sqlx::PgExecutor;

use crate::StoreError;
use crate::column::column;
use crate::wallets::{address, bytes};

/// A wallet's largest measured trade of an event; a measure that is `None` is unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct LargestTrade {
    /// Whose.
    pub wallet: Address,
    /// The event.
    pub event_key: String,
    /// Deviations above the middle of the market's day.
    pub size_z: Option<f64>,
    /// As a part of 24 hours' volume.
    pub volume_share: Option<f64>,
    /// As a part of what rested within two cents.
    pub depth_share: Option<f64>,
    /// Its transaction.
    pub transaction_hash: TransactionHash,
}

/// When the first trade was measured; `None` before any was. What was traded earlier nobody measured.
pub async fn measured_since(
    executor: impl PgExecutor<'_>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let sql = "SELECT traded_at FROM notable_trades ORDER BY traded_at LIMIT 1";
    Ok(sqlx::query_scalar(sql).fetch_optional(executor).await?)
}

/// The largest trade of each event since an instant, of some wallets; by wallet and event.
pub async fn largest(
    executor: impl PgExecutor<'_>,
    wallets: &[Address],
    since: DateTime<Utc>,
) -> Result<Vec<LargestTrade>, StoreError> {
    let rows = sqlx::query(
        "SELECT DISTINCT ON (wallet_address, event_key)
                wallet_address, event_key, size_z, volume_share, depth_share, transaction_hash
         FROM notable_trades WHERE wallet_address = ANY($1) AND traded_at >= $2
         ORDER BY wallet_address, event_key, usdc DESC, traded_at, transaction_hash, ordinal",
    )
    .bind(bytes(wallets))
    .bind(since)
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| {
            let hash: &[u8] = column(row, "transaction_hash")?;
            let hash = hash.try_into().map_err(StoreError::other)?;
            Ok(LargestTrade {
                wallet: address(row, "wallet_address")?,
                event_key: column(row, "event_key")?,
                size_z: column(row, "size_z")?,
                volume_share: column(row, "volume_share")?,
                depth_share: column(row, "depth_share")?,
                transaction_hash: TransactionHash::from_bytes(hash),
            })
        })
        .collect()
}
