//! The ledger of signals: what was published, and what became of it. Neither is ever changed.

use chrono::{DateTime, Utc};
use domain::{MarketId, Side};
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::StoreError;
use crate::column::{column, parsed};
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
    /// When it is settled; `None`: when the market is resolved.
    pub due_at: Option<DateTime<Utc>>,
    /// Of the definition.
    pub version: i16,
    /// Independent observations behind it.
    pub n: f64,
    /// What to do with outcome 0 if it is right; `None`: it points nowhere.
    pub side: Option<Side>,
    /// 0 to 100.
    pub strength: f64,
    /// The mid of outcome 0 at `as_of`.
    pub price: Option<f64>,
    /// Dollars a share that following it cost.
    pub cost: Option<f64>,
    /// What it says, by name.
    pub kind: String,
    /// What it was read from, by name.
    pub basis: String,
    /// Of which market.
    pub market_id: MarketId,
    /// The event's id, or the market's where it has none: signals of one event are one observation.
    pub event_key: String,
    /// What the same thing seen twice has in common.
    pub subject: String,
    /// What it was made from, by name.
    pub ingredients: Value,
    /// Ids of the records it rests on.
    pub evidence: Value,
}

/// What became of a signal.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalResult {
    /// When it was settled.
    pub settled_at: DateTime<Utc>,
    /// What is known of it.
    pub end: End,
}

/// How a signal ended.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// With a gain or a loss, or neither.
    Settled {
        /// Neither gain nor loss, or the market paid in part.
        is_push: bool,
        /// Dollars a share of outcome 0 at the end.
        exit_price: f64,
        /// Dollars a share in its direction, before the cost of following it.
        gain: f64,
        /// After it; `None` unknown.
        net: Option<f64>,
    },
    /// Without a result for ever, and why, by name.
    Void(String),
}

impl End {
    /// The word in the database and the API.
    pub fn slug(&self) -> &'static str {
        match self {
            Self::Settled { is_push: false, .. } => "settled",
            Self::Settled { is_push: true, .. } => "push",
            Self::Void(_) => "void",
        }
    }
}

/// Publishes a signal, unless its subject has one; whether it did.
pub async fn publish(connection: &mut PgConnection, signal: &Signal) -> Result<bool, StoreError> {
    let written = sqlx::query(
        "WITH new AS (
             INSERT INTO signals (id, published_at, as_of, due_at, version, n, side, strength, price, cost, kind, basis,
                                  market_id, event_key, subject, ingredients, evidence)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
             ON CONFLICT (subject) DO NOTHING RETURNING id, due_at, market_id
         )
         INSERT INTO open_signals (signal_id, due_at, market_id) SELECT id, due_at, market_id FROM new",
    )
    .bind(signal.id)
    .bind(signal.published_at)
    .bind(signal.as_of)
    .bind(signal.due_at)
    .bind(signal.version)
    .bind(signal.n)
    .bind(signal.side.map(|side| i16::from(side == Side::Sell)))
    .bind(signal.strength)
    .bind(signal.price)
    .bind(signal.cost)
    .bind(&signal.kind)
    .bind(&signal.basis)
    .bind(signal.market_id.as_str())
    .bind(&signal.event_key)
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
    let (reason, exit_price, gain, net) = match &result.end {
        End::Settled { exit_price, gain, net, .. } => (None, Some(*exit_price), Some(*gain), *net),
        End::Void(reason) => (Some(reason), None, None, None),
    };
    let written = sqlx::query(
        "WITH gone AS (DELETE FROM open_signals WHERE signal_id = $1)
         INSERT INTO signal_results (signal_id, settled_at, status, reason, exit_price, gain, net)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(result.settled_at)
    .bind(result.end.slug())
    .bind(reason)
    .bind(exit_price)
    .bind(gain)
    .bind(net)
    .execute(&mut *connection)
    .await?;
    let is_new = written.rows_affected() > 0;
    if is_new {
        notify(&mut *connection, SIGNALS_CHANNEL, &id.to_string()).await?;
    }
    Ok(is_new)
}

pub(super) const SELECT: &str = "SELECT s.id, s.published_at, s.as_of, s.due_at, s.version, s.n, s.side, s.strength, s.price,
    s.cost, s.kind, s.basis, s.market_id, s.event_key, s.subject, s.ingredients, s.evidence, r.settled_at, r.status,
    r.reason, r.exit_price, r.gain, r.net FROM signals s LEFT JOIN signal_results r ON r.signal_id = s.id";

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
        "{SELECT} JOIN open_signals o ON o.signal_id = s.id JOIN markets m ON m.market_id = o.market_id
         WHERE o.due_at <= $1 OR m.status = 'resolved'
         ORDER BY s.due_at, s.id LIMIT $2"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(now)
        .bind(i64::from(limit))
        .fetch_all(executor)
        .await?;
    rows.iter().map(|row| decode(row).map(|(signal, _)| signal)).collect()
}

/// What is said of some markets and not settled: kind, market, side.
pub async fn open_of(
    executor: impl PgExecutor<'_>,
    markets: &[&str],
) -> Result<Vec<(String, String, Option<Side>)>, StoreError> {
    let rows: Vec<(String, String, Option<i16>)> = sqlx::query_as(
        "SELECT s.kind, s.market_id, s.side FROM open_signals o JOIN signals s ON s.id = o.signal_id
         WHERE o.market_id = ANY($1)",
    )
    .bind(markets)
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|(kind, market, side)| (kind, market, side.map(side_of))).collect())
}

fn side_of(column: i16) -> Side {
    if column == 0 { Side::Buy } else { Side::Sell }
}

pub(super) fn decode(row: &PgRow) -> Result<Told, StoreError> {
    let side: Option<i16> = column(row, "side")?;
    let signal = Signal {
        id: column(row, "id")?,
        published_at: column(row, "published_at")?,
        as_of: column(row, "as_of")?,
        due_at: column(row, "due_at")?,
        version: column(row, "version")?,
        n: column(row, "n")?,
        side: side.map(side_of),
        strength: column(row, "strength")?,
        price: column(row, "price")?,
        cost: column(row, "cost")?,
        kind: column(row, "kind")?,
        basis: column(row, "basis")?,
        market_id: parsed(column(row, "market_id")?)?,
        event_key: column(row, "event_key")?,
        subject: column(row, "subject")?,
        ingredients: column(row, "ingredients")?,
        evidence: column(row, "evidence")?,
    };
    let settled_at: Option<DateTime<Utc>> = column(row, "settled_at")?;
    let result = settled_at
        .map(|settled_at| Ok::<_, StoreError>(SignalResult { settled_at, end: end(row)? }))
        .transpose()?;
    Ok((signal, result))
}

fn end(row: &PgRow) -> Result<End, StoreError> {
    if let Some(reason) = column(row, "reason")? {
        return Ok(End::Void(reason));
    }
    let status: String = column(row, "status")?;
    Ok(End::Settled {
        is_push: status == "push",
        exit_price: column(row, "exit_price")?,
        gain: column(row, "gain")?,
        net: column(row, "net")?,
    })
}
