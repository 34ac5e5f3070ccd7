//! Trades that were large when they were made. A row says what was known then, and is never made anew.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use domain::whales::LiquidityTier;
use domain::{Address, MarketId, Price, Shares, TransactionHash};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor};

use super::flows::TouchedHour;
use crate::StoreError;
use crate::column::{column, parsed};
use crate::wallets::address;

/// A trade of a wallet that is known, with what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Second of the trade.
    pub traded_at: DateTime<Utc>,
    /// When we learned of it.
    pub observed_at: DateTime<Utc>,
    /// The market.
    pub market_id: MarketId,
    /// The event's id, or the market's where it has none.
    pub event_key: String,
    /// Of the event.
    pub category: Option<String>,
    /// Who.
    pub wallet: Address,
    /// Whose money it is, as the wallet is known now.
    pub wallet_class: String,
    /// The transaction; `None` where the feed does not say.
    pub transaction_hash: Option<TransactionHash>,
    /// Which of several equal trades.
    pub ordinal: i16,
    /// Which outcome's token.
    pub outcome_index: i16,
    /// Whether it was bought.
    pub is_buy: bool,
    /// Dollars a share of that token.
    pub price: Price,
    /// How many.
    pub shares: Shares,
    /// Dollars before fees.
    pub usdc: Decimal,
}

/// A candidate and how large it was for its market.
#[derive(Debug, Clone, PartialEq)]
pub struct NotableTrade {
    /// The trade.
    pub trade: Candidate,
    /// Deviations of ln(dollars) from the median of the market's day until then.
    pub size_z: Option<f64>,
    /// Part of the dollars of 24 hours before it.
    pub volume_share: Option<f64>,
    /// Part of the dollars that rested within two cents before it.
    pub depth_share: Option<f64>,
    /// Whether it was large by the market's own measures.
    pub is_large: Option<bool>,
}

/// The trades of these hours from so many dollars on that are not noted yet, the oldest first. `least` is by market, in
/// the order of the hours.
pub async fn candidates(
    executor: impl PgExecutor<'_>,
    hours: &[TouchedHour],
    least: &[Decimal],
) -> Result<Vec<Candidate>, StoreError> {
    let begins: Vec<DateTime<Utc>> = hours.iter().map(|touched| touched.hour).collect();
    let rows = sqlx::query(
        "SELECT t.traded_at, t.observed_at, t.market_id, coalesce(m.event_id, t.market_id) AS event_key,
                m.category, t.wallet_address, coalesce(c.class, 'other') AS wallet_class, t.transaction_hash, t.ordinal,
                t.outcome_index, t.is_buy, t.price, t.shares, usdc_of(t.price, t.shares) AS usdc
         FROM unnest($1::text[], $2::timestamptz[], $3::numeric[]) AS n (market_id, hour, least)
         JOIN trades t ON t.market_id = n.market_id AND t.traded_at >= n.hour AND t.traded_at < n.hour + interval '1 hour'
         JOIN markets m ON m.market_id = t.market_id
         LEFT JOIN wallet_classes c ON c.wallet_address = t.wallet_address
         LEFT JOIN notable_trades held
             ON held.transaction_hash = t.transaction_hash AND held.wallet_address = t.wallet_address
            AND held.market_id = t.market_id AND held.outcome_index = t.outcome_index AND held.is_buy = t.is_buy
            AND held.shares = t.shares AND held.ordinal = t.ordinal
         WHERE t.traded_at >= $4 AND t.traded_at < $5 AND t.outcome_index < 2 AND t.price > 0 AND t.price < 1
           AND t.wallet_address <> '' AND usdc_of(t.price, t.shares) >= n.least AND held.market_id IS NULL
         ORDER BY t.traded_at, t.transaction_hash, t.wallet_address, t.ordinal",
    )
    .bind(hours.iter().map(|touched| touched.market_id.as_str()).collect::<Vec<_>>())
    .bind(&begins)
    .bind(least)
    .bind(begins.iter().min())
    .bind(begins.iter().max().map(|last| *last + TimeDelta::hours(1)))
    .fetch_all(executor)
    .await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<Candidate, StoreError> {
    let hash: &[u8] = column(row, "transaction_hash")?;
    let hash = <[u8; 32]>::try_from(hash).ok().map(TransactionHash::from_bytes);
    Ok(Candidate {
        traded_at: column(row, "traded_at")?,
        observed_at: column(row, "observed_at")?,
        market_id: parsed(column(row, "market_id")?)?,
        event_key: column(row, "event_key")?,
        category: column(row, "category")?,
        wallet: address(row, "wallet_address")?,
        wallet_class: column(row, "wallet_class")?,
        transaction_hash: hash,
        ordinal: column(row, "ordinal")?,
        outcome_index: column(row, "outcome_index")?,
        is_buy: column(row, "is_buy")?,
        price: Price::new(column(row, "price")?).map_err(StoreError::other)?,
        shares: Shares::new(column(row, "shares")?).map_err(StoreError::other)?,
        usdc: column(row, "usdc")?,
    })
}

/// Seconds and dollars of a market's trades from an instant on until before another, the oldest first.
pub async fn sizes(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<(DateTime<Utc>, Decimal)>, StoreError> {
    let sql = "SELECT traded_at, usdc_of(price, shares) AS usdc FROM trades
               WHERE market_id = $1 AND traded_at >= $2 AND traded_at < $3 AND outcome_index < 2
                 AND price > 0 AND price < 1
               ORDER BY traded_at";
    Ok(sqlx::query_as(sql)
        .bind(market_id.as_str())
        .bind(from)
        .bind(until)
        .fetch_all(executor)
        .await?)
}

/// Where each open market stands among all of them by liquidity, 0 the least to 1 the most; those of which it is not
/// known are left out.
pub async fn liquidity_quantiles(
    executor: impl PgExecutor<'_>,
) -> Result<HashMap<String, f64>, StoreError> {
    let sql = "SELECT market_id, percent_rank() OVER (ORDER BY liquidity) FROM markets
               WHERE NOT closed AND delisted_at IS NULL AND liquidity IS NOT NULL";
    let rows: Vec<(String, f64)> = sqlx::query_as(sql).fetch_all(executor).await?;
    Ok(rows.into_iter().collect())
}

/// Fewest trades of which a floor may be.
const FEWEST: i64 = 20;

/// Dollars that 95 of 100 trades within a time stayed below, by tier; of a tier with fewer than 20 trades none.
pub async fn floors(
    executor: impl PgExecutor<'_>,
    tiers: &BTreeMap<String, LiquidityTier>,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<HashMap<LiquidityTier, f64>, StoreError> {
    let (markets, names): (Vec<&str>, Vec<&str>) =
        tiers.iter().map(|(market, tier)| (market.as_str(), tier.slug())).unzip();
    let rows: Vec<(String, f64)> = sqlx::query_as(
        "SELECT n.tier, percentile_cont(0.95) WITHIN GROUP (ORDER BY usdc_of(t.price, t.shares)::double precision)
         FROM trades t JOIN unnest($1::text[], $2::text[]) AS n (market_id, tier) ON n.market_id = t.market_id
         WHERE t.traded_at >= $3 AND t.traded_at < $4 AND t.outcome_index < 2 AND t.price > 0 AND t.price < 1
         GROUP BY n.tier HAVING count(*) >= $5",
    )
    .bind(markets)
    .bind(names)
    .bind(from)
    .bind(until)
    .bind(FEWEST)
    .fetch_all(executor)
    .await?;
    let tier = |name: &str| LiquidityTier::ALL.into_iter().find(|tier| tier.slug() == name);
    Ok(rows.into_iter().filter_map(|(name, floor)| Some((tier(&name)?, floor))).collect())
}

/// Notes trades that are not; how many.
pub(super) async fn record(
    connection: &mut PgConnection,
    notable: &[NotableTrade],
) -> Result<u64, StoreError> {
    let trades = || notable.iter().map(|one| &one.trade);
    let hash = |one: &Candidate| crate::trades::hash_bytes(one.transaction_hash.as_ref());
    let written = sqlx::query(
        "INSERT INTO notable_trades (traded_at, observed_at, ordinal, outcome_index, is_buy, usdc, price, shares, size_z,
                                     volume_share, depth_share, is_large, wallet_address, transaction_hash, market_id,
                                     event_key, category, wallet_class)
         SELECT * FROM unnest($1::timestamptz[], $2::timestamptz[], $3::smallint[], $4::smallint[], $5::boolean[],
             $6::numeric[], $7::numeric[], $8::numeric[], $9::double precision[], $10::double precision[],
             $11::double precision[], $12::boolean[], $13::bytea[], $14::bytea[], $15::text[], $16::text[], $17::text[],
             $18::text[])
         ON CONFLICT DO NOTHING",
    )
    .bind(trades().map(|one| one.traded_at).collect::<Vec<_>>())
    .bind(trades().map(|one| one.observed_at).collect::<Vec<_>>())
    .bind(trades().map(|one| one.ordinal).collect::<Vec<_>>())
    .bind(trades().map(|one| one.outcome_index).collect::<Vec<_>>())
    .bind(trades().map(|one| one.is_buy).collect::<Vec<_>>())
    .bind(trades().map(|one| one.usdc).collect::<Vec<_>>())
    .bind(trades().map(|one| one.price.decimal()).collect::<Vec<_>>())
    .bind(trades().map(|one| one.shares.decimal()).collect::<Vec<_>>())
    .bind(notable.iter().map(|one| one.size_z).collect::<Vec<_>>())
    .bind(notable.iter().map(|one| one.volume_share).collect::<Vec<_>>())
    .bind(notable.iter().map(|one| one.depth_share).collect::<Vec<_>>())
    .bind(notable.iter().map(|one| one.is_large).collect::<Vec<_>>())
    .bind(trades().map(|one| one.wallet.to_bytes().to_vec()).collect::<Vec<_>>())
    .bind(trades().map(hash).collect::<Vec<_>>())
    .bind(trades().map(|one| one.market_id.as_str()).collect::<Vec<_>>())
    .bind(trades().map(|one| one.event_key.as_str()).collect::<Vec<_>>())
    .bind(trades().map(|one| one.category.as_deref()).collect::<Vec<_>>())
    .bind(trades().map(|one| one.wallet_class.as_str()).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(written.rows_affected())
}

const COLUMNS: &str = "traded_at, observed_at, market_id, event_key, category, wallet_address, wallet_class,
    transaction_hash, ordinal, outcome_index, is_buy, price, shares, usdc, size_z, volume_share, depth_share, is_large";

/// Large trades that were made after an instant, the oldest first.
pub async fn large_since(
    executor: impl PgExecutor<'_>,
    since: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<NotableTrade>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM notable_trades WHERE traded_at > $1 AND is_large ORDER BY traded_at LIMIT $2"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(since)
        .bind(i64::from(limit))
        .fetch_all(executor)
        .await?;
    rows.iter().map(noted).collect()
}

/// A market's notable trades since an instant, the oldest first.
pub async fn of_market(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    since: DateTime<Utc>,
) -> Result<Vec<NotableTrade>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM notable_trades WHERE market_id = $1 AND traded_at >= $2
         ORDER BY traded_at, transaction_hash, wallet_address, ordinal LIMIT 10000"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(market_id.as_str())
        .bind(since)
        .fetch_all(executor)
        .await?;
    rows.iter().map(noted).collect()
}

fn noted(row: &PgRow) -> Result<NotableTrade, StoreError> {
    Ok(NotableTrade {
        trade: decode(row)?,
        size_z: column(row, "size_z")?,
        volume_share: column(row, "volume_share")?,
        depth_share: column(row, "depth_share")?,
        is_large: column(row, "is_large")?,
    })
}
