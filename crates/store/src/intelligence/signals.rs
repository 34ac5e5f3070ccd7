//! The ledger of signals: what was published, and what became of it. Neither is ever changed.

use chrono::{DateTime, Utc};
use domain::{MarketId, Price};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::StoreError;
use crate::column::{amount, column, parsed};
use crate::notify::notify;

/// Channel on which signals and their results announce themselves; the payload is a signal's id.
pub const SIGNALS_CHANNEL: &str = "signals_changed";

/// A published signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Its id, in the order of publication.
    pub id: Uuid,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// Up to when what it rests on was known.
    pub as_of: DateTime<Utc>,
    /// When it is settled at the latest.
    pub settles_at: DateTime<Utc>,
    /// Of the definition.
    pub version: i16,
    /// Observations it rests on.
    pub n: u32,
    /// Which outcome it speaks for.
    pub outcome_index: u8,
    /// 0 to 100.
    pub strength: f64,
    /// The best ask for that outcome when it was published; `None`: nobody offered, or nobody looked.
    pub ask: Option<Price>,
    /// What it says, by name.
    pub kind: String,
    /// Of which market.
    pub market_id: MarketId,
    /// What the same thing seen twice has in common.
    pub subject: String,
    /// What it was made from, by name.
    pub ingredients: Value,
    /// Ids of the records it rests on.
    pub evidence: Value,
}

/// How a signal was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// By what a share paid.
    Resolution,
    /// By what somebody offered for one at the end of its time.
    Bid,
    /// Neither is known.
    Nothing,
}

impl Basis {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Resolution, Self::Bid, Self::Nothing];

    /// The word in the database and the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Resolution => "resolution",
            Self::Bid => "bid",
            Self::Nothing => "nothing",
        }
    }

    fn of(word: &str) -> Result<Self, StoreError> {
        let known = Self::ALL.into_iter().find(|basis| basis.slug() == word);
        known.ok_or_else(|| StoreError::other(format!("no basis: {word}")))
    }
}

/// What became of a signal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignalResult {
    /// When it was settled.
    pub settled_at: DateTime<Utc>,
    /// How.
    pub basis: Basis,
    /// Dollars a share at the end; `None` exactly with [`Basis::Nothing`].
    pub exit_price: Option<Price>,
    /// Dollars made on a dollar spent at the ask, after the taker's fee; `None` where one of them is unknown.
    pub profit: Option<f64>,
}

/// Publishes a signal, unless its subject has one; whether it did.
pub async fn publish(connection: &mut PgConnection, signal: &Signal) -> Result<bool, StoreError> {
    let written = sqlx::query(
        "INSERT INTO signals (id, published_at, as_of, settles_at, version, n, outcome_index, strength, ask, kind,
                              market_id, subject, ingredients, evidence)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (subject) DO NOTHING",
    )
    .bind(signal.id)
    .bind(signal.published_at)
    .bind(signal.as_of)
    .bind(signal.settles_at)
    .bind(signal.version)
    .bind(i32::try_from(signal.n).unwrap_or(i32::MAX))
    .bind(i16::from(signal.outcome_index))
    .bind(signal.strength)
    .bind(signal.ask.map(Price::decimal))
    .bind(&signal.kind)
    .bind(signal.market_id.as_str())
    .bind(&signal.subject)
    .bind(&signal.ingredients)
    .bind(&signal.evidence)
    .execute(&mut *connection)
    .await?;
    let is_new = written.rows_affected() > 0;
    if is_new {
        notify(&mut *connection, SIGNALS_CHANNEL, &signal.id.to_string()).await?;
    }
    Ok(is_new)
}

/// Settles a signal, unless it is; whether it did.
pub async fn settle(
    connection: &mut PgConnection,
    id: Uuid,
    result: &SignalResult,
) -> Result<bool, StoreError> {
    let written = sqlx::query(
        "INSERT INTO signal_results (signal_id, settled_at, basis, exit_price, profit) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(result.settled_at)
    .bind(result.basis.slug())
    .bind(result.exit_price.map(Price::decimal))
    .bind(result.profit)
    .execute(&mut *connection)
    .await?;
    let is_new = written.rows_affected() > 0;
    if is_new {
        notify(&mut *connection, SIGNALS_CHANNEL, &id.to_string()).await?;
    }
    Ok(is_new)
}

const SELECT: &str = "SELECT s.id, s.published_at, s.as_of, s.settles_at, s.version, s.n, s.outcome_index, s.strength,
    s.ask, s.kind, s.market_id, s.subject, s.ingredients, s.evidence, r.settled_at, r.basis, r.exit_price, r.profit
    FROM signals s LEFT JOIN signal_results r ON r.signal_id = s.id";

/// A signal and what became of it so far.
pub type Told = (Signal, Option<SignalResult>);

/// One signal.
pub async fn get(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Told>, StoreError> {
    let sql = format!("{SELECT} WHERE s.id = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(executor).await?;
    row.as_ref().map(decode).transpose()
}

/// Which signals are wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SignalFilter {
    /// Of this kind.
    pub kind: Option<String>,
    /// Of this market.
    pub market_id: Option<MarketId>,
    /// At least so strong.
    pub least: Option<f64>,
    /// Only settled ones, or only those that are not.
    pub settled: Option<bool>,
    /// Published since.
    pub since: Option<DateTime<Utc>>,
    /// Those that come after this one.
    pub after: Option<(DateTime<Utc>, Uuid)>,
}

/// Signals, the newest first.
pub async fn list(
    executor: impl PgExecutor<'_>,
    filter: &SignalFilter,
    limit: u32,
) -> Result<Vec<Told>, StoreError> {
    let sql = format!(
        "{SELECT}
         WHERE ($1::text IS NULL OR s.kind = $1) AND ($2::text IS NULL OR s.market_id = $2)
           AND ($3::double precision IS NULL OR s.strength >= $3)
           AND ($4::boolean IS NULL OR (r.signal_id IS NOT NULL) = $4)
           AND s.published_at >= coalesce($5, '-infinity')
           AND ($6::timestamptz IS NULL OR s.published_at < $6 OR (s.published_at = $6 AND s.id > $7))
         ORDER BY s.published_at DESC, s.id LIMIT $8"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(filter.kind.as_deref())
        .bind(filter.market_id.as_ref().map(MarketId::as_str))
        .bind(filter.least)
        .bind(filter.settled)
        .bind(filter.since)
        .bind(filter.after.map(|(at, _)| at))
        .bind(filter.after.map(|(_, id)| id))
        .bind(i64::from(limit))
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

/// Signals that are not settled and are due by an instant, or whose market is resolved, the longest due first.
pub async fn to_settle(
    executor: impl PgExecutor<'_>,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<Signal>, StoreError> {
    let sql = format!(
        "{SELECT} JOIN markets m ON m.market_id = s.market_id
         WHERE r.signal_id IS NULL AND (s.settles_at <= $1 OR m.status = 'resolved')
         ORDER BY s.settles_at, s.id LIMIT $2"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(now)
        .bind(i64::from(limit))
        .fetch_all(executor)
        .await?;
    rows.iter().map(|row| decode(row).map(|(signal, _)| signal)).collect()
}

fn decode(row: &PgRow) -> Result<Told, StoreError> {
    let outcome: i16 = column(row, "outcome_index")?;
    let signal = Signal {
        id: column(row, "id")?,
        published_at: column(row, "published_at")?,
        as_of: column(row, "as_of")?,
        settles_at: column(row, "settles_at")?,
        version: column(row, "version")?,
        n: u32::try_from(column::<i32>(row, "n")?).map_err(StoreError::other)?,
        outcome_index: u8::try_from(outcome).map_err(StoreError::other)?,
        strength: column(row, "strength")?,
        ask: amount(column::<Option<Decimal>>(row, "ask")?)?,
        kind: column(row, "kind")?,
        market_id: parsed(column(row, "market_id")?)?,
        subject: column(row, "subject")?,
        ingredients: column(row, "ingredients")?,
        evidence: column(row, "evidence")?,
    };
    let settled_at: Option<DateTime<Utc>> = column(row, "settled_at")?;
    let result = settled_at
        .map(|settled_at| {
            Ok::<_, StoreError>(SignalResult {
                settled_at,
                basis: Basis::of(column(row, "basis")?)?,
                exit_price: amount(column::<Option<Decimal>>(row, "exit_price")?)?,
                profit: column(row, "profit")?,
            })
        })
        .transpose()?;
    Ok((signal, result))
}
