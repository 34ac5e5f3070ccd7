//! Everything that was found of wallets and markets, at once, as audits hold it against what is known.

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId};
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, Row as _};

use crate::StoreError;
use crate::column::{column, parsed};
use crate::wallets::address;

/// The last score of a wallet, in short.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundScore {
    /// Whose.
    pub wallet: Address,
    /// `scored`, `too_few`, `withheld` or `excluded`.
    pub verdict: String,
    /// 0 to 100, where it is scored.
    pub value: Option<f64>,
    /// The lower end of its interval.
    pub low: Option<f64>,
}

/// The last scores of a kind, the best first, and then those without one.
pub async fn scores(
    executor: impl PgExecutor<'_>,
    kind: &str,
) -> Result<Vec<FoundScore>, StoreError> {
    let rows = sqlx::query(
        "SELECT wallet_address, verdict, value, low FROM current_wallet_scores WHERE kind = $1
         ORDER BY value DESC NULLS LAST, wallet_address",
    )
    .bind(kind)
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(FoundScore {
                wallet: address(row, "wallet_address")?,
                verdict: column(row, "verdict")?,
                value: column(row, "value")?,
                low: column(row, "low")?,
            })
        })
        .collect()
}

/// Every wallet and its class.
pub async fn classes(executor: impl PgExecutor<'_>) -> Result<Vec<(Address, String)>, StoreError> {
    let sql = "SELECT wallet_address, class FROM wallet_classes ORDER BY wallet_address";
    let rows = sqlx::query(sql).fetch_all(executor).await?;
    rows.iter().map(|row| Ok((address(row, "wallet_address")?, column(row, "class")?))).collect()
}

/// Wallets that seem to have one owner, by owner.
pub async fn clusters(executor: impl PgExecutor<'_>) -> Result<Vec<Vec<Address>>, StoreError> {
    let sql =
        "SELECT array_agg(wallet_address ORDER BY wallet_address) AS wallets FROM owner_clusters
               GROUP BY cluster_id ORDER BY 1";
    let rows = sqlx::query(sql).fetch_all(executor).await?;
    rows.iter()
        .map(|row| {
            let wallets: Vec<Vec<u8>> = row.try_get("wallets")?;
            let address = |bytes: Vec<u8>| {
                <[u8; 20]>::try_from(bytes)
                    .map(Address::from_bytes)
                    .map_err(|_| StoreError::other("an address has twenty bytes"))
            };
            wallets.into_iter().map(address).collect()
        })
        .collect()
}

/// Reversals of wallets: whose, in which market, when.
pub async fn flips(
    executor: impl PgExecutor<'_>,
) -> Result<Vec<(Address, ConditionId, DateTime<Utc>)>, StoreError> {
    let sql =
        "SELECT wallet_address, condition_id, at FROM wallet_flips ORDER BY at, wallet_address";
    let rows = sqlx::query(sql).fetch_all(executor).await?;
    rows.iter()
        .map(|row| {
            Ok((
                address(row, "wallet_address")?,
                parsed(column(row, "condition_id")?)?,
                column(row, "at")?,
            ))
        })
        .collect()
}

/// From the least to the most of a market's trade that is with oneself by any measure, where it was measured.
pub async fn wash(
    executor: impl PgExecutor<'_>,
) -> Result<Vec<(ConditionId, f64, f64)>, StoreError> {
    let sql = "SELECT condition_id, low, high FROM market_wash JOIN markets USING (market_id)
               WHERE condition_id IS NOT NULL AND low IS NOT NULL AND high IS NOT NULL ORDER BY condition_id";
    let rows = sqlx::query(sql).fetch_all(executor).await?;
    let band = |row: &PgRow| {
        Ok((parsed(column(row, "condition_id")?)?, column(row, "low")?, column(row, "high")?))
    };
    rows.iter().map(band).collect()
}

/// Wallets with evidence of a layer, by the strongest piece, the strongest first.
pub async fn informed(
    executor: impl PgExecutor<'_>,
    layer: &str,
) -> Result<Vec<(Address, f64)>, StoreError> {
    let sql = "SELECT wallet_address, max(strength) AS strength FROM current_informed_evidence
               WHERE layer = $1 AND strength IS NOT NULL AND length(wallet_address) = 20
               GROUP BY wallet_address ORDER BY 2 DESC, 1";
    let rows = sqlx::query(sql).bind(layer).fetch_all(executor).await?;
    let strongest = |row: &PgRow| Ok((address(row, "wallet_address")?, column(row, "strength")?));
    rows.iter().map(strongest).collect()
}

/// Markets that are a question by themselves, not one of several answers.
pub async fn questions(executor: impl PgExecutor<'_>) -> Result<Vec<ConditionId>, StoreError> {
    let sql = "SELECT condition_id FROM markets WHERE condition_id IS NOT NULL AND NOT coalesce(neg_risk, false)
               ORDER BY condition_id";
    let conditions: Vec<String> = sqlx::query_scalar(sql).fetch_all(executor).await?;
    conditions.iter().map(|condition| parsed(condition)).collect()
}
