//! Reading the tape.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::tape::Trade;
use domain::{Address, MarketId, Price, Shares, Side, TransactionHash};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgExecutor};

use crate::StoreError;
use crate::bars::Place;
use crate::column::{column, parsed};
use crate::newcomers;
use crate::trades::{hash_bytes, wallet_bytes};

/// A trade as held.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredTrade {
    /// What was traded.
    pub trade: Trade,
    /// Which of several equal trades.
    pub ordinal: i32,
    /// As the wallet called itself.
    pub name: Option<String>,
    /// The record has told it too.
    pub confirmed: bool,
    /// When we learned of it.
    pub observed_at: DateTime<Utc>,
}

/// A place in the tape of a market: everything after it is older.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TapePlace {
    /// Second of the trade before.
    pub traded_at: DateTime<Utc>,
    /// Its transaction, if known.
    pub transaction_hash: Option<TransactionHash>,
    /// Its wallet, if known.
    pub wallet: Option<Address>,
    /// Its number among equal ones.
    pub ordinal: i32,
}

impl TapePlace {
    /// The place after a trade.
    pub fn of(stored: &StoredTrade) -> Self {
        let trade = &stored.trade;
        Self {
            traded_at: trade.traded_at,
            transaction_hash: trade.transaction_hash.clone(),
            wallet: trade.wallet.clone(),
            ordinal: stored.ordinal,
        }
    }
}

/// Which trades of a market to read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TapeFilter {
    /// Only this side.
    pub side: Option<Side>,
    /// Only this outcome.
    pub outcome_index: Option<i16>,
    /// Only from this many dollars on.
    pub min_usdc: Option<Decimal>,
    /// Only what comes after this place.
    pub after: Option<TapePlace>,
}

const COLUMNS: &str =
    "t.market_id, m.condition_id, t.traded_at, t.transaction_hash, t.wallet_address, t.outcome_index,
    m.token_ids[t.outcome_index + 1] AS token_id, t.is_buy, t.price, t.shares, t.ordinal, t.name, t.confirmed,
    t.observed_at";

/// The market of a trade, as far as the catalogue knows what was traded. Should upstream cease to tell a market's
/// tokens, its trades are left out until it tells them again.
const MARKET: &str = "JOIN markets m ON m.market_id = t.market_id AND m.condition_id IS NOT NULL
                                    AND m.token_ids[t.outcome_index + 1] IS NOT NULL";

/// Trades of a market, the newest first.
pub async fn of_market(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    filter: &TapeFilter,
    limit: u32,
) -> Result<Vec<StoredTrade>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM trades t {MARKET}
         WHERE t.market_id = $1
           AND ($2::boolean IS NULL OR t.is_buy = $2)
           AND ($3::smallint IS NULL OR t.outcome_index = $3)
           AND ($4::numeric IS NULL OR usdc_of(t.price, t.shares) >= $4)
           AND ($5::timestamptz IS NULL
                OR (t.traded_at, t.transaction_hash, t.wallet_address, t.ordinal) < ($5, $6, $7, $8))
           -- Said once more, so that months and index are left out that cannot hold any.
           AND ($5::timestamptz IS NULL OR t.traded_at <= $5)
         ORDER BY t.traded_at DESC, t.transaction_hash DESC, t.wallet_address DESC, t.ordinal DESC
         LIMIT $9"
    );
    let after = filter.after.as_ref();
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(market_id.as_str())
        .bind(filter.side.map(|side| side == Side::Buy))
        .bind(filter.outcome_index)
        .bind(filter.min_usdc)
        .bind(after.map(|place| place.traded_at))
        .bind(after.map(|place| hash_bytes(place.transaction_hash.as_ref())))
        .bind(after.map(|place| wallet_bytes(place.wallet.as_ref())))
        .bind(after.map(|place| place.ordinal))
        .bind(i64::from(limit))
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

/// Most trades that [`of_market_since`] reads.
pub const MOST_SINCE: usize = 200_000;

/// Trades of a market since an instant, the oldest first; at most [`MOST_SINCE`].
pub async fn of_market_since(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    since: DateTime<Utc>,
) -> Result<Vec<StoredTrade>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM trades t {MARKET}
         WHERE t.market_id = $1 AND t.traded_at >= $2
         ORDER BY t.traded_at, t.transaction_hash, t.wallet_address, t.ordinal LIMIT {MOST_SINCE}"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(market_id.as_str())
        .bind(since)
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

/// Trades of some wallets in a market since an instant, the oldest first.
pub async fn of_wallets_since(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    wallets: &[Address],
    since: DateTime<Utc>,
) -> Result<Vec<StoredTrade>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM unnest($2::bytea[]) AS w (wallet_address)
         JOIN trades t ON t.wallet_address = w.wallet_address
         {MARKET}
         WHERE t.market_id = $1 AND t.traded_at > $3
         ORDER BY t.traded_at, t.transaction_hash, t.wallet_address, t.ordinal LIMIT {MOST_SINCE}"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(market_id.as_str())
        .bind(crate::wallets::bytes(wallets))
        .bind(since)
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

/// Trades of some minutes, by market.
pub(crate) async fn of_minutes(
    connection: &mut PgConnection,
    minutes: &BTreeSet<Place>,
) -> Result<BTreeMap<String, Vec<StoredTrade>>, StoreError> {
    let (ids, begins): (Vec<&str>, Vec<_>) =
        minutes.iter().map(|(market, minute)| (market.as_str(), *minute)).unzip();
    let sql = format!(
        "SELECT {COLUMNS} FROM unnest($1::text[], $2::timestamptz[]) AS w (market_id, minute)
         JOIN trades t ON t.market_id = w.market_id AND t.traded_at >= w.minute
                          AND t.traded_at < w.minute + interval '1 minute'
         {MARKET}
         -- Said once more, so that other months are left out.
         WHERE t.traded_at >= $3 AND t.traded_at < $4 + interval '1 minute'"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(ids)
        .bind(&begins)
        .bind(begins.iter().min())
        .bind(begins.iter().max())
        .fetch_all(connection)
        .await?;
    let mut by_market: BTreeMap<String, Vec<StoredTrade>> = BTreeMap::new();
    for row in &rows {
        by_market.entry(column(row, "market_id")?).or_default().push(decode(row)?);
    }
    Ok(by_market)
}

/// Trades that were written after `observed_at`, in the order they were; at most 5,000.
pub async fn observed_after(
    executor: impl PgExecutor<'_>,
    observed_at: DateTime<Utc>,
) -> Result<Vec<StoredTrade>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM trades t {MARKET}
         WHERE t.observed_at > $1
         ORDER BY t.observed_at, t.traded_at, t.transaction_hash, t.wallet_address, t.ordinal LIMIT 5000"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(observed_at).fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

/// When the newest trade was written.
pub async fn last_observed(
    executor: impl PgExecutor<'_>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(sqlx::query_scalar("SELECT max(observed_at) FROM trades").fetch_one(executor).await?)
}

fn decode(row: &PgRow) -> Result<StoredTrade, StoreError> {
    let outcome_index: i16 = column(row, "outcome_index")?;
    let ordinal: i16 = column(row, "ordinal")?;
    let is_buy: bool = column(row, "is_buy")?;
    let trade = Trade {
        market_id: parsed(column(row, "market_id")?)?,
        condition_id: parsed(column(row, "condition_id")?)?,
        token_id: parsed(column(row, "token_id")?)?,
        outcome_index: usize::try_from(outcome_index).map_err(StoreError::other)?,
        side: if is_buy { Side::Buy } else { Side::Sell },
        price: Price::new(column(row, "price")?).map_err(StoreError::other)?,
        shares: Shares::new(column(row, "shares")?).map_err(StoreError::other)?,
        traded_at: column(row, "traded_at")?,
        transaction_hash: known(row, "transaction_hash")?.map(TransactionHash::from_bytes),
        wallet: known(row, "wallet_address")?.map(Address::from_bytes),
    };
    Ok(StoredTrade {
        trade,
        ordinal: ordinal.into(),
        name: column(row, "name")?,
        confirmed: column(row, "confirmed")?,
        observed_at: column(row, "observed_at")?,
    })
}

/// Bytes of which an empty column says that they are unknown.
fn known<const LENGTH: usize>(row: &PgRow, name: &str) -> Result<Option<[u8; LENGTH]>, StoreError> {
    let bytes: &[u8] = column(row, name)?;
    if bytes.is_empty() { Ok(None) } else { bytes.try_into().map(Some).map_err(StoreError::other) }
}

/// From where to where the feed of all trades has been read without a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct TapeProgress {
    /// Nothing before this instant was asked for.
    pub complete_from: DateTime<Utc>,
    /// Everything up to this instant was read.
    pub complete_to: DateTime<Utc>,
}

pub(crate) const FEED: &str = "data";

/// How far the record has been read; `None` before the first time.
pub async fn progress(executor: impl PgExecutor<'_>) -> Result<Option<TapeProgress>, StoreError> {
    let sql = "SELECT complete_from, complete_to FROM tape_progress WHERE feed = $1";
    Ok(sqlx::query_as(sql).bind(FEED).fetch_optional(executor).await?)
}

/// The same for the trades of one market: later where its oldest ones cannot be had, and `None` until those are read
/// that were traded before it was known.
pub async fn progress_of(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
) -> Result<Option<TapeProgress>, StoreError> {
    let late = newcomers::IS_LATE;
    let sql = format!(
        "SELECT greatest(p.complete_from, (SELECT max(to_at) FROM recording_gaps
                                           WHERE market_id = $2 AND cause = $3)) AS complete_from,
                p.complete_to
         FROM tape_progress p
         WHERE p.feed = $1
           AND NOT EXISTS (SELECT FROM markets m LEFT JOIN market_recordings r USING (market_id)
                           WHERE m.market_id = $2 AND m.first_seen_at > p.markets_from
                             AND (m.closed_at IS NULL OR m.closed_at >= p.complete_from) AND {late})"
    );
    let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(FEED).bind(market_id.as_str());
    Ok(query.bind(newcomers::NOT_READ).fetch_optional(executor).await?)
}

/// Notes how far it has been read. `markets_from`, where it was read anew from its beginning: when the newest market
/// was first seen that was known then.
pub async fn set_progress(
    executor: impl PgExecutor<'_>,
    progress: TapeProgress,
    markets_from: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO tape_progress AS t (feed, complete_from, complete_to, markets_from, observed_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (feed) DO UPDATE SET complete_from = EXCLUDED.complete_from,
             complete_to = EXCLUDED.complete_to, observed_at = EXCLUDED.observed_at,
             markets_from = coalesce(EXCLUDED.markets_from, t.markets_from)",
    )
    .bind(FEED)
    .bind(progress.complete_from)
    .bind(progress.complete_to)
    .bind(markets_from)
    .bind(now)
    .execute(executor)
    .await?;
    Ok(())
}
