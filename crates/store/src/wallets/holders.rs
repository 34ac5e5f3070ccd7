//! Who held a market's tokens when we looked.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, MarketId, Shares};
use rust_decimal::Decimal;
use sqlx::{Connection, PgConnection, PgExecutor};

use super::{FoundBy, address, bytes, found};
use crate::column::column;
use crate::{StoreError, months};

/// A wallet that held a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Which outcome's token.
    pub outcome_index: u8,
    /// The how-manieth of that token, from 1.
    pub rank: u16,
    /// Who.
    pub wallet: Address,
    /// Shares, less those of the other outcome.
    pub shares: Shares,
}

/// Notes the holders of a market as they were at an instant, and their wallets.
pub async fn record(
    connection: &mut PgConnection,
    market_id: &MarketId,
    holders: &[Holder],
    observed_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    months::prepare(&mut *connection, "market_holders", vec![observed_at]).await?;
    let wallets: Vec<Address> = holders.iter().map(|holder| holder.wallet.clone()).collect();
    found(&mut *connection, &wallets, FoundBy::Holders, observed_at).await?;
    sqlx::query(
        "INSERT INTO market_holders (market_id, observed_at, outcome_index, rank, wallet_address, shares)
         SELECT $1, $2, n.* FROM unnest($3::smallint[], $4::smallint[], $5::bytea[], $6::numeric[]) AS n
         ON CONFLICT DO NOTHING",
    )
    .bind(market_id.as_str())
    .bind(observed_at)
    .bind(holders.iter().map(|holder| i16::from(holder.outcome_index)).collect::<Vec<_>>())
    .bind(holders.iter().map(|holder| i16::try_from(holder.rank).unwrap_or(i16::MAX)).collect::<Vec<_>>())
    .bind(bytes(&wallets))
    .bind(holders.iter().map(|holder| holder.shares.decimal()).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// The same, unless that was done within `pause` before; whether it was. Several at once note one reading.
pub async fn record_now_and_then(
    connection: &mut PgConnection,
    market_id: &MarketId,
    holders: &[Holder],
    observed_at: DateTime<Utc>,
    pause: TimeDelta,
) -> Result<bool, StoreError> {
    months::prepare(&mut *connection, "market_holders", vec![observed_at]).await?;
    let mut tx = connection.begin().await?;
    let lock = "SELECT pg_advisory_xact_lock(hashtextextended('market_holders ' || $1, 0))";
    sqlx::query(lock).bind(market_id.as_str()).execute(&mut *tx).await?;
    let last = last_observed(&mut *tx, market_id).await?;
    let is_due = last.is_none_or(|last| last + pause <= observed_at);
    if is_due {
        record(&mut tx, market_id, holders, observed_at).await?;
    }
    tx.commit().await?;
    Ok(is_due)
}

/// When a market's holders were last noted.
pub async fn last_observed(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let sql = "SELECT max(observed_at) FROM market_holders WHERE market_id = $1";
    Ok(sqlx::query_scalar(sql).bind(market_id.as_str()).fetch_one(executor).await?)
}

/// A market's holders as noted at an instant, by outcome and rank.
pub async fn at(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    observed_at: DateTime<Utc>,
) -> Result<Vec<Holder>, StoreError> {
    let sql = "SELECT outcome_index, rank, wallet_address, shares FROM market_holders
               WHERE market_id = $1 AND observed_at = $2 ORDER BY outcome_index, rank";
    let rows =
        sqlx::query(sql).bind(market_id.as_str()).bind(observed_at).fetch_all(executor).await?;
    rows.iter()
        .map(|row| {
            let (outcome, rank): (i16, i16) = (column(row, "outcome_index")?, column(row, "rank")?);
            Ok(Holder {
                outcome_index: u8::try_from(outcome).map_err(StoreError::other)?,
                rank: u16::try_from(rank).map_err(StoreError::other)?,
                wallet: address(row, "wallet_address")?,
                shares: Shares::new(column::<Decimal>(row, "shares")?)
                    .map_err(StoreError::other)?,
            })
        })
        .collect()
}
