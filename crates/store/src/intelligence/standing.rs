//! What is known of wallets when something of them is looked at: whose money theirs is, who owns them, how old they are.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::Address;
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::StoreError;
use crate::column::column;
use crate::wallets::{address, bytes, rows_of};

/// What is known of a wallet; of one that nobody looked at nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Name of its class.
    pub class: Option<String>,
    /// Whether what is unknown could change that.
    pub is_class_certain: bool,
    /// The cluster of wallets it is one of.
    pub cluster: Option<Uuid>,
    /// When its history was last read; everything it did until ten minutes before is held.
    pub imported_at: Option<DateTime<Utc>>,
    /// Its first act; only where the history is known from the first day on.
    pub first_active_at: Option<DateTime<Utc>>,
    /// Its last act, as far as its history was read.
    pub last_active_at: Option<DateTime<Utc>>,
}

/// Those of some wallets of which anything is known.
pub async fn of(
    executor: impl PgExecutor<'_>,
    wallets: &[Address],
) -> Result<HashMap<Address, Standing>, StoreError> {
    let rows = sqlx::query(
        "SELECT n.wallet_address, c.class, coalesce(c.is_certain, false) AS is_certain, o.cluster_id,
                CASE WHEN w.completeness = 'full' THEN w.first_active_at END AS first_active_at, w.last_active_at,
                CASE WHEN w.completeness = 'full' THEN w.imported_at END AS imported_at
         FROM unnest($1::bytea[]) AS n (wallet_address)
         LEFT JOIN wallet_classes c ON c.wallet_address = n.wallet_address
         LEFT JOIN owner_clusters o ON o.wallet_address = n.wallet_address
         LEFT JOIN wallets w ON w.address = n.wallet_address
         WHERE c.class IS NOT NULL OR o.cluster_id IS NOT NULL OR w.imported_at IS NOT NULL",
    )
    .bind(bytes(wallets))
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| {
            let standing = Standing {
                class: column(row, "class")?,
                is_class_certain: column(row, "is_certain")?,
                cluster: column(row, "cluster_id")?,
                imported_at: column(row, "imported_at")?,
                first_active_at: column(row, "first_active_at")?,
                last_active_at: column(row, "last_active_at")?,
            };
            Ok((address(row, "wallet_address")?, standing))
        })
        .collect()
}

/// The last trade of each of some wallets, as far as their histories are held; those without one are left out.
pub async fn last_trades(
    executor: impl PgExecutor<'_>,
    wallets: &[Address],
) -> Result<HashMap<Address, DateTime<Utc>>, StoreError> {
    let rows = sqlx::query(
        "SELECT n.wallet_address, last.happened_at FROM unnest($1::bytea[]) AS n (wallet_address)
         CROSS JOIN LATERAL (SELECT t.happened_at FROM wallet_trades t
             WHERE t.wallet_address = n.wallet_address AND t.kind = 'trade' ORDER BY t.happened_at DESC LIMIT 1) AS last",
    )
    .bind(bytes(wallets))
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| Ok((address(row, "wallet_address")?, column(row, "happened_at")?)))
        .collect()
}

/// All wallets of a wallet's owner, itself among them.
pub async fn wallets_of_owner(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
) -> Result<Vec<Address>, StoreError> {
    let sql = "SELECT $1::bytea AS wallet_address UNION
               SELECT other.wallet_address FROM owner_clusters mine JOIN owner_clusters other USING (cluster_id)
               WHERE mine.wallet_address = $1 ORDER BY 1";
    rows_of(executor, sql, wallet, |row| address(row, "wallet_address")).await
}
