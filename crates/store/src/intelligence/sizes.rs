//! How large wallets' trades and positions were for their markets.

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId, TransactionHash};
use rust_decimal::Decimal;
use sqlx::{PgConnection, PgExecutor};

use crate::StoreError;
use crate::column::{column, parsed};
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

/// A wallet's largest open position of an event, as it was when its books were made; a measure that is `None` is
/// unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct LargestPosition {
    /// Whose.
    pub wallet: Address,
    /// The event.
    pub event_key: String,
    /// The market.
    pub condition_id: ConditionId,
    /// The larger of what it cost and what it was worth, without complete sets.
    pub usdc: Decimal,
    /// Ever put into the event by buying; `None` unknown.
    pub stake_usdc: Option<Decimal>,
    /// As a part of 24 hours' volume.
    pub volume_share: Option<f64>,
    /// As a part of all that rested in the market.
    pub liquidity_share: Option<f64>,
}

/// Measures what a wallet holds of markets that are open, by their volume and liquidity as they are known now, and keeps
/// of each event the largest that was ever seen. A position is what is beyond complete sets; of an event it is that of one
/// market, since others may be its hedge. Where our ledger has no cost, or no number of shares, it is upstream's.
pub async fn measure_positions(
    connection: &mut PgConnection,
    wallet: &Address,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "WITH bought AS (
             SELECT condition_id, coalesce(bought_usdc, venue_bought_shares * venue_avg_price) AS usdc
             FROM wallet_positions WHERE wallet_address = $1
             UNION ALL
             SELECT condition_id, coalesce(bought_usdc, venue_bought_shares * venue_avg_price)
             FROM wallet_closed_positions WHERE wallet_address = $1
         ), stake AS (
             SELECT coalesce(m.event_id, m.market_id) AS event_key,
                    CASE WHEN bool_and(bought.usdc IS NOT NULL) THEN sum(bought.usdc) END AS usdc
             FROM bought JOIN markets m ON m.condition_id = bought.condition_id GROUP BY 1
         ), held AS (
             SELECT condition_id, outcome_index, coalesce(shares, venue_shares) AS shares,
                    greatest(coalesce(cost_usdc, venue_cost_usdc), venue_value_usdc) AS usdc
             FROM wallet_positions WHERE wallet_address = $1
         ), measured AS (
             SELECT coalesce(m.event_id, m.market_id) AS event_key, m.condition_id,
                    round(held.usdc * greatest(held.shares - coalesce(other.shares, 0), 0) / held.shares, 6) AS usdc,
                    nullif(m.volume_24h, 0) AS volume, nullif(m.liquidity, 0) AS liquidity
             FROM held JOIN markets m ON m.condition_id = held.condition_id
                  LEFT JOIN held AS other ON other.condition_id = held.condition_id
                                         AND other.outcome_index = 1 - held.outcome_index
             WHERE held.shares > 0 AND held.usdc IS NOT NULL AND NOT m.closed AND m.delisted_at IS NULL
         ), largest AS (
             SELECT DISTINCT ON (event_key) * FROM (
                 SELECT event_key, condition_id, $2::timestamptz AS measured_at, usdc,
                        (usdc / volume)::double precision AS volume_share,
                        (usdc / liquidity)::double precision AS liquidity_share
                 FROM measured
                 UNION ALL
                 SELECT event_key, condition_id, measured_at, usdc, volume_share, liquidity_share
                 FROM position_sizes
                 WHERE wallet_address = $1 AND measured_at >= $2::timestamptz - interval '365 days'
             ) AS seen
             -- What is as large as it was stays as it was measured first, if it could be.
             ORDER BY event_key, usdc DESC, (volume_share + liquidity_share) IS NULL, measured_at, condition_id
         )
         INSERT INTO position_sizes (wallet_address, event_key, condition_id, measured_at, usdc, volume_share,
                                     liquidity_share, stake_usdc)
         SELECT $1, l.event_key, l.condition_id, l.measured_at, l.usdc, l.volume_share, l.liquidity_share, stake.usdc
         FROM largest AS l LEFT JOIN stake ON stake.event_key = l.event_key
         ON CONFLICT (wallet_address, event_key) DO UPDATE
         SET condition_id = EXCLUDED.condition_id, measured_at = EXCLUDED.measured_at, usdc = EXCLUDED.usdc,
             volume_share = EXCLUDED.volume_share, liquidity_share = EXCLUDED.liquidity_share,
             stake_usdc = EXCLUDED.stake_usdc
         WHERE (position_sizes.measured_at, position_sizes.usdc, position_sizes.stake_usdc)
               IS DISTINCT FROM (EXCLUDED.measured_at, EXCLUDED.usdc, EXCLUDED.stake_usdc)",
    )
    .bind(wallet.to_bytes().to_vec())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// The largest position of each event that was measured since an instant, of some wallets; by wallet and event.
pub async fn positions(
    executor: impl PgExecutor<'_>,
    wallets: &[Address],
    since: DateTime<Utc>,
) -> Result<Vec<LargestPosition>, StoreError> {
    let rows = sqlx::query(
        "SELECT wallet_address, event_key, condition_id, usdc, stake_usdc, volume_share, liquidity_share
         FROM position_sizes WHERE wallet_address = ANY($1) AND measured_at >= $2 ORDER BY wallet_address, event_key",
    )
    .bind(bytes(wallets))
    .bind(since)
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(LargestPosition {
                wallet: address(row, "wallet_address")?,
                event_key: column(row, "event_key")?,
                condition_id: parsed(column(row, "condition_id")?)?,
                usdc: column(row, "usdc")?,
                stake_usdc: column(row, "stake_usdc")?,
                volume_share: column(row, "volume_share")?,
                liquidity_share: column(row, "liquidity_share")?,
            })
        })
        .collect()
}
