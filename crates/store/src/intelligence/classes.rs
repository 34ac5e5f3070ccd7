//! Whose money a wallet's is, by its last scores (`domain::whales::Class`).

use chrono::{DateTime, Utc};
use domain::Address;
use sqlx::{PgConnection, PgExecutor};

use crate::StoreError;
use crate::column::column;
use crate::wallets::{address, bytes};

/// The class of a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletClass {
    /// Whose.
    pub wallet: Address,
    /// Since when.
    pub as_of: DateTime<Utc>,
    /// Its name as `domain::whales::Class` has it.
    pub class: String,
    /// Whether what is unknown could not change it.
    pub is_certain: bool,
}

/// Writes the classes that differ from what is held; how many do. What was found later than these stays.
pub async fn set(
    connection: &mut PgConnection,
    classes: &[WalletClass],
) -> Result<u64, StoreError> {
    let written = sqlx::query(
        "INSERT INTO wallet_classes AS held (wallet_address, as_of, class, is_certain)
         SELECT * FROM unnest($1::bytea[], $2::timestamptz[], $3::text[], $4::boolean[])
         ON CONFLICT (wallet_address) DO UPDATE
         SET as_of = EXCLUDED.as_of, class = EXCLUDED.class, is_certain = EXCLUDED.is_certain
         WHERE held.as_of <= EXCLUDED.as_of
           AND (held.class, held.is_certain) IS DISTINCT FROM (EXCLUDED.class, EXCLUDED.is_certain)",
    )
    .bind(bytes(classes.iter().map(|one| &one.wallet)))
    .bind(classes.iter().map(|one| one.as_of).collect::<Vec<_>>())
    .bind(classes.iter().map(|one| one.class.as_str()).collect::<Vec<_>>())
    .bind(classes.iter().map(|one| one.is_certain).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(written.rows_affected())
}

/// The classes of some wallets, in no order; wallets without one are left out.
pub async fn of(
    executor: impl PgExecutor<'_>,
    wallets: &[Address],
) -> Result<Vec<WalletClass>, StoreError> {
    let sql = "SELECT wallet_address, as_of, class, is_certain FROM wallet_classes WHERE wallet_address = ANY($1)";
    let rows = sqlx::query(sql).bind(bytes(wallets)).fetch_all(executor).await?;
    rows.iter()
        .map(|row| {
            Ok(WalletClass {
                wallet: address(row, "wallet_address")?,
                as_of: column(row, "as_of")?,
                class: column(row, "class")?,
                is_certain: column(row, "is_certain")?,
            })
        })
        .collect()
}
