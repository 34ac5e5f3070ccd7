//! Wallets that seem to have one owner, and the tape that says so.

use chrono::{DateTime, Utc};
use domain::Address;
use futures_util::TryStreamExt;
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::StoreError;
use crate::column::column;
use crate::wallets::{address, bytes};

/// A taker's trade, as far as owners are concerned.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Who.
    pub wallet: Address,
    /// The market.
    pub market_id: String,
    /// Its event, or itself where it has none.
    pub event_key: String,
    /// Which of its outcomes was gone towards: bought, or the other one sold. Only of markets with two.
    pub toward: u8,
    /// When, to the second.
    pub at: DateTime<Utc>,
    /// How many shares.
    pub shares: Decimal,
    /// What they cost: the price, which has eight places, times the shares, to the millionth.
    pub usdc: Decimal,
    /// The first half of its transaction's hash.
    pub record: u128,
}

/// Passes the trades since an instant whose taker is known to `take`, the newest first and at most so many.
pub async fn each_entry(
    executor: impl PgExecutor<'_>,
    since: DateTime<Utc>,
    most: u32,
    mut take: impl FnMut(Entry),
) -> Result<(), StoreError> {
    let mut rows = sqlx::query(
        "SELECT t.wallet_address, t.market_id, coalesce(m.event_id, t.market_id) AS event_key,
                CASE WHEN t.is_buy THEN t.outcome_index ELSE 1 - t.outcome_index END AS toward, t.traded_at, t.shares,
                round(t.price * t.shares, 6) AS usdc, t.transaction_hash
         FROM (SELECT * FROM trades WHERE traded_at >= $1 AND length(wallet_address) = 20 AND outcome_index < 2
                 AND length(transaction_hash) = 32
               ORDER BY traded_at DESC LIMIT $2) AS t
              LEFT JOIN markets m ON m.market_id = t.market_id",
    )
    .bind(since)
    .bind(i64::from(most))
    .fetch(executor);
    while let Some(row) = rows.try_next().await? {
        take(entry(&row)?);
    }
    Ok(())
}

fn entry(row: &PgRow) -> Result<Entry, StoreError> {
    let (toward, hash): (i32, &[u8]) = (column(row, "toward")?, column(row, "transaction_hash")?);
    let first = hash.first_chunk::<16>().copied().unwrap_or_default();
    Ok(Entry {
        wallet: address(row, "wallet_address")?,
        market_id: column(row, "market_id")?,
        event_key: column(row, "event_key")?,
        toward: u8::try_from(toward).map_err(StoreError::other)?,
        at: column(row, "traded_at")?,
        shares: column(row, "shares")?,
        usdc: column(row, "usdc")?,
        record: u128::from_be_bytes(first),
    })
}

/// A wallet of a cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnedWallet {
    /// Which.
    pub wallet: Address,
    /// The cluster.
    pub cluster_id: Uuid,
    /// When it was found, or last found otherwise.
    pub as_of: DateTime<Utc>,
    /// The least sum of evidence that holds the cluster together: ln of a likelihood ratio.
    pub log_likelihood: f64,
    /// What it is made of.
    pub evidence: Value,
}

/// Writes all clusters in the place of the ones before; those that are the same stay as they are.
pub async fn replace(connection: &mut PgConnection, all: &[OwnedWallet]) -> Result<(), StoreError> {
    let wallets = bytes(all.iter().map(|one| &one.wallet));
    sqlx::query("DELETE FROM owner_clusters WHERE wallet_address <> ALL($1)")
        .bind(&wallets)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO owner_clusters AS held (wallet_address, cluster_id, as_of, log_likelihood, evidence)
         SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::timestamptz[], $4::double precision[], $5::jsonb[])
         ON CONFLICT (wallet_address) DO UPDATE
         SET cluster_id = EXCLUDED.cluster_id, as_of = EXCLUDED.as_of, log_likelihood = EXCLUDED.log_likelihood,
             evidence = EXCLUDED.evidence
         WHERE (held.cluster_id, held.log_likelihood, held.evidence)
               IS DISTINCT FROM (EXCLUDED.cluster_id, EXCLUDED.log_likelihood, EXCLUDED.evidence)",
    )
    .bind(&wallets)
    .bind(all.iter().map(|one| one.cluster_id).collect::<Vec<_>>())
    .bind(all.iter().map(|one| one.as_of).collect::<Vec<_>>())
    .bind(all.iter().map(|one| one.log_likelihood).collect::<Vec<_>>())
    .bind(all.iter().map(|one| &one.evidence).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// Every wallet that is in a cluster, by cluster and address.
pub async fn all(executor: impl PgExecutor<'_>) -> Result<Vec<OwnedWallet>, StoreError> {
    let rows = sqlx::query("SELECT * FROM owner_clusters ORDER BY cluster_id, wallet_address")
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<OwnedWallet, StoreError> {
    Ok(OwnedWallet {
        wallet: address(row, "wallet_address")?,
        cluster_id: column(row, "cluster_id")?,
        as_of: column(row, "as_of")?,
        log_likelihood: column(row, "log_likelihood")?,
        evidence: column(row, "evidence")?,
    })
}
