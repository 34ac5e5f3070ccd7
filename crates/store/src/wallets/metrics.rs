//! How a wallet trades, as computed at the end of an import.

use chrono::{DateTime, Utc};
use domain::Address;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, PgExecutor};

use crate::StoreError;

/// Figures of a wallet.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct WalletMetrics {
    /// Up to when the history says so.
    pub as_of: DateTime<Utc>,
    /// Of their definition.
    pub version: i32,
    /// The figures; who wrote them knows their form.
    pub metrics: Value,
}

/// Writes a wallet's figures in the place of the ones before.
pub async fn set(
    connection: &mut PgConnection,
    wallet: &Address,
    metrics: &WalletMetrics,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO wallet_metrics (wallet_address, as_of, version, metrics) VALUES ($1, $2, $3, $4)
         ON CONFLICT (wallet_address) DO UPDATE
         SET as_of = EXCLUDED.as_of, version = EXCLUDED.version, metrics = EXCLUDED.metrics",
    )
    .bind(wallet.to_bytes().to_vec())
    .bind(metrics.as_of)
    .bind(metrics.version)
    .bind(&metrics.metrics)
    .execute(connection)
    .await?;
    Ok(())
}

/// A wallet's figures; `None` before its first import.
pub async fn get(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
) -> Result<Option<WalletMetrics>, StoreError> {
    let sql = "SELECT as_of, version, metrics FROM wallet_metrics WHERE wallet_address = $1";
    Ok(sqlx::query_as(sql).bind(wallet.to_bytes().to_vec()).fetch_optional(executor).await?)
}
