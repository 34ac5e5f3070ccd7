//! The register of every wallet whose skill was ever tested.

use chrono::{DateTime, Utc};
use domain::Address;
use sqlx::{PgConnection, PgExecutor};

use crate::StoreError;
use crate::wallets::{address, bytes};

/// Adds wallets that are not in it yet.
pub async fn add(
    connection: &mut PgConnection,
    wallets: &[Address],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO score_register (wallet_address, tested_at) SELECT *, $2 FROM unnest($1::bytea[])
               ON CONFLICT DO NOTHING";
    sqlx::query(sql).bind(bytes(wallets)).bind(now).execute(connection).await?;
    Ok(())
}

/// Everybody in it.
pub async fn all(executor: impl PgExecutor<'_>) -> Result<Vec<Address>, StoreError> {
    let rows = sqlx::query("SELECT wallet_address FROM score_register").fetch_all(executor).await?;
    rows.iter().map(|row| address(row, "wallet_address")).collect()
}
