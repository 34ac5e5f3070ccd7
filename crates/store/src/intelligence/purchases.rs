//! Purchases, with what is known of what was bought: what evidence of pairs is made of. Of an instant one source tells: the
//! tape since it is read, and before that the histories of wallets that were imported.

use chrono::{DateTime, Utc};
use domain::evidence::Basis;
use domain::ledger::Terms;
use domain::{Address, Category, MarketId, Price, TransactionHash};
use rust_decimal::Decimal;
use sqlx::PgExecutor;
use sqlx::postgres::PgRow;

use crate::StoreError;
use crate::column::{column, parsed};
use crate::wallets::{address, bytes};

/// A purchase of a wallet that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardPurchase {
    /// What told of it: the tape, or the wallet's history.
    pub basis: Basis,
    /// Second of the trade.
    pub traded_at: DateTime<Utc>,
    /// When we learned of it.
    pub observed_at: DateTime<Utc>,
    /// Who.
    pub wallet: Address,
    /// The market.
    pub market_id: MarketId,
    /// What is known of it, as far as purchases need it.
    pub terms: Terms,
    /// Which outcome was bought.
    pub outcome_index: u8,
    /// Dollars a share.
    pub price: Price,
    /// How many shares.
    pub shares: Decimal,
    /// Dollars before fees.
    pub usdc: Decimal,
    /// The transaction; `None` where the source does not say.
    pub transaction_hash: Option<TransactionHash>,
    /// Which of several equal trades.
    pub ordinal: u16,
}

/// Which purchases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PurchaseFilter<'a> {
    /// From so many dollars on.
    pub least: Decimal,
    /// Not of events of these categories.
    pub without: &'a [Category],
}

/// Which part of histories is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistorySpan {
    /// From here on, and only of wallets of which everything since then is held: of a part of what somebody bought
    /// nothing can be said.
    pub since: DateTime<Utc>,
    /// Until before here, and only of wallets of which everything until then is held.
    pub until: DateTime<Utc>,
}

const MARKET: &str = "m.market_id, m.condition_id, m.event_id, m.neg_risk, m.category, m.end_date,
        CASE WHEN m.status = 'resolved' THEN m.closed_at END AS resolved_at";
const ON_TAPE: &str =
    "t.traded_at, t.observed_at, t.wallet_address, t.outcome_index, t.price, t.shares,
        usdc_of(t.price, t.shares) AS usdc, t.transaction_hash, t.ordinal, false AS is_history
    FROM trades t JOIN markets m ON m.market_id = t.market_id";
const WANTED: &str =
    "t.is_buy AND t.outcome_index < 2 AND t.price > 0 AND t.price < 1 AND t.wallet_address <> ''
    AND usdc_of(t.price, t.shares) >= $3 AND m.condition_id IS NOT NULL
    AND (m.category IS NULL OR m.category <> ALL($4))";

/// Upstream does not always say which outcome a token is; the catalogue does.
const IN_HISTORIES: &str = "t.happened_at AS traded_at, t.observed_at, t.wallet_address, o.outcome_index, t.price, t.shares,
        usdc_of(t.price, t.shares) AS usdc, coalesce(t.transaction_hash, '') AS transaction_hash, t.ordinal, true AS is_history
    FROM wallet_trades t JOIN wallets w ON w.address = t.wallet_address JOIN markets m ON m.condition_id = t.condition_id
         CROSS JOIN LATERAL (SELECT coalesce(array_position(m.token_ids, t.token_id) - 1, t.outcome_index)::smallint
                                    AS outcome_index) AS o";
const WANTED_IN_HISTORIES: &str =
    "t.kind = 'trade' AND t.side = 'buy' AND NOT t.is_combo AND o.outcome_index BETWEEN 0 AND 1 AND t.price > 0
    AND t.price < 1 AND usdc_of(t.price, t.shares) >= $1 AND (m.category IS NULL OR m.category <> ALL($2))";
/// Of a wallet that was imported everything is held from the first day, or from `history_since`, until `history_until`.
const IS_WHOLE: &str =
    "(w.completeness = 'full' OR w.history_since <= $3) AND w.history_until >= $4";

/// Purchases on the tape from an instant on until before another, the oldest first.
pub async fn between(
    executor: impl PgExecutor<'_>,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    filter: PurchaseFilter<'_>,
) -> Result<Vec<HeardPurchase>, StoreError> {
    let sql = format!(
        "SELECT {MARKET}, {ON_TAPE} WHERE t.traded_at >= $1 AND t.traded_at < $2 AND {WANTED}
         ORDER BY t.traded_at, t.transaction_hash, t.wallet_address, t.ordinal"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(from)
        .bind(until)
        .bind(filter.least)
        .bind(slugs(filter))
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

/// Purchases on the tape that were heard of after an instant up to another, the oldest first.
pub async fn heard(
    executor: impl PgExecutor<'_>,
    after: DateTime<Utc>,
    until: DateTime<Utc>,
    filter: PurchaseFilter<'_>,
) -> Result<Vec<HeardPurchase>, StoreError> {
    let sql = format!(
        "SELECT {MARKET}, {ON_TAPE} WHERE t.observed_at > $1 AND t.observed_at <= $2 AND {WANTED}
         ORDER BY t.traded_at, t.transaction_hash, t.wallet_address, t.ordinal"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(after)
        .bind(until)
        .bind(filter.least)
        .bind(slugs(filter))
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

/// Purchases in histories of wallets that are whole over a span, from an instant on until before another, the oldest first;
/// those in which an order rested are among them.
pub async fn in_histories(
    executor: impl PgExecutor<'_>,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    span: HistorySpan,
    filter: PurchaseFilter<'_>,
) -> Result<Vec<HeardPurchase>, StoreError> {
    let sql = format!(
        "SELECT {MARKET}, {IN_HISTORIES} WHERE t.happened_at >= $5 AND t.happened_at < $6 AND {WANTED_IN_HISTORIES}
            AND {IS_WHOLE}
         ORDER BY t.happened_at, t.transaction_hash, t.wallet_address, t.id"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(filter.least)
        .bind(slugs(filter))
        .bind(span.since)
        .bind(span.until)
        .bind(from)
        .bind(until)
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

/// The same of some wallets and the whole span.
pub async fn in_histories_of(
    executor: impl PgExecutor<'_>,
    wallets: &[Address],
    span: HistorySpan,
    filter: PurchaseFilter<'_>,
) -> Result<Vec<HeardPurchase>, StoreError> {
    let sql = format!(
        "SELECT {MARKET}, {IN_HISTORIES} WHERE t.wallet_address = ANY($5) AND t.happened_at >= $3 AND t.happened_at < $4
            AND {WANTED_IN_HISTORIES} AND {IS_WHOLE}
         ORDER BY t.happened_at, t.transaction_hash, t.wallet_address, t.id"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(filter.least)
        .bind(slugs(filter))
        .bind(span.since)
        .bind(span.until)
        .bind(bytes(wallets))
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

/// Wallets whose history was read to its end after an instant up to another, and is whole over a span.
pub async fn imported(
    executor: impl PgExecutor<'_>,
    after: DateTime<Utc>,
    until: DateTime<Utc>,
    span: HistorySpan,
) -> Result<Vec<Address>, StoreError> {
    let rows = sqlx::query(
        "SELECT address FROM wallets WHERE imported_at > $1 AND imported_at <= $2
            AND (completeness = 'full' OR history_since <= $3) AND history_until >= $4 ORDER BY address",
    )
    .bind(after)
    .bind(until)
    .bind(span.since)
    .bind(span.until)
    .fetch_all(executor)
    .await?;
    rows.iter().map(|row| address(row, "address")).collect()
}

fn slugs(filter: PurchaseFilter<'_>) -> Vec<&'static str> {
    filter.without.iter().map(|category| category.slug()).collect()
}

fn decode(row: &PgRow) -> Result<HeardPurchase, StoreError> {
    let (event, category): (Option<&str>, Option<&str>) =
        (column(row, "event_id")?, column(row, "category")?);
    let hash: &[u8] = column(row, "transaction_hash")?;
    let (outcome, ordinal): (i16, i16) = (column(row, "outcome_index")?, column(row, "ordinal")?);
    let is_history: bool = column(row, "is_history")?;
    Ok(HeardPurchase {
        basis: if is_history { Basis::Activity } else { Basis::Feed },
        traded_at: column(row, "traded_at")?,
        observed_at: column(row, "observed_at")?,
        wallet: address(row, "wallet_address")?,
        market_id: parsed(column(row, "market_id")?)?,
        terms: Terms {
            event_id: event.map(parsed).transpose()?,
            neg_risk: column(row, "neg_risk")?,
            category: category.map(parsed).transpose()?,
            scheduled_end: column(row, "end_date")?,
            resolved_at: column(row, "resolved_at")?,
            ..Terms::unknown(parsed(column(row, "condition_id")?)?)
        },
        outcome_index: u8::try_from(outcome).map_err(StoreError::other)?,
        price: Price::new(column(row, "price")?).map_err(StoreError::other)?,
        shares: column(row, "shares")?,
        usdc: column(row, "usdc")?,
        transaction_hash: <[u8; 32]>::try_from(hash).ok().map(TransactionHash::from_bytes),
        ordinal: u16::try_from(ordinal).map_err(StoreError::other)?,
    })
}
