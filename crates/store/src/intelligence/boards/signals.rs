//! Published signals as the board lists them, and how they did by kind.

use chrono::{DateTime, Utc};
use domain::MarketId;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, Postgres, QueryBuilder};
use uuid::Uuid;

use super::{is, since};
use crate::StoreError;
use crate::column::column;
use crate::intelligence::signals::{SELECT, Told, decode};

/// Where signals stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignalStatus {
    /// Anywhere.
    #[default]
    All,
    /// Without a result yet.
    Open,
    /// With a gain, a loss or neither.
    Settled,
    /// Without a result for ever.
    Void,
}

impl SignalStatus {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::All, Self::Open, Self::Settled, Self::Void];

    /// The word in the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Open => "open",
            Self::Settled => "settled",
            Self::Void => "void",
        }
    }

    fn condition(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Open => " AND r.signal_id IS NULL",
            Self::Settled => " AND r.status IN ('settled', 'push')",
            Self::Void => " AND r.status = 'void'",
        }
    }
}

/// Which signals.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BoardSignals {
    /// Of this kind.
    pub kind: Option<String>,
    /// Of this market.
    pub market_id: Option<MarketId>,
    /// Of this event (or market without one).
    pub event_key: Option<String>,
    /// At least so strong.
    pub least: Option<f64>,
    /// Where they stand.
    pub status: SignalStatus,
    /// For the first outcome or against it.
    pub is_for_first: Option<bool>,
    /// Published since.
    pub since: Option<DateTime<Utc>>,
    /// Those that come after this one.
    pub after: Option<SignalPlace>,
}

/// A place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SignalPlace {
    /// When the signal there was published.
    pub published_at: DateTime<Utc>,
    /// Its id.
    pub id: Uuid,
}

/// Signals, the newest first.
pub async fn list(
    executor: impl PgExecutor<'_>,
    filter: &BoardSignals,
    limit: u32,
) -> Result<Vec<Told>, StoreError> {
    let mut sql = QueryBuilder::<Postgres>::new(SELECT);
    sql.push(" WHERE TRUE");
    is(&mut sql, "s.kind", filter.kind.as_deref());
    is(&mut sql, "s.market_id", filter.market_id.as_ref().map(MarketId::as_str));
    is(&mut sql, "s.event_key", filter.event_key.as_deref());
    since(&mut sql, "s.published_at", filter.since);
    if let Some(least) = filter.least {
        sql.push(" AND s.strength >= ").push_bind(least);
    }
    if let Some(is_for_first) = filter.is_for_first {
        sql.push(" AND s.side = ").push_bind(i16::from(!is_for_first));
    }
    sql.push(filter.status.condition());
    if let Some(after) = filter.after {
        sql.push(" AND s.published_at <= ").push_bind(after.published_at);
        sql.push(" AND (s.published_at < ").push_bind(after.published_at);
        sql.push(" OR s.id > ").push_bind(after.id).push(")");
    }
    sql.push(" ORDER BY s.published_at DESC, s.id LIMIT ").push_bind(i64::from(limit));
    let rows = sql.build().fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

/// Whether any was ever published.
pub async fn any(executor: impl PgExecutor<'_>) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT FROM signals)").fetch_one(executor).await?)
}

/// Ids of the signals without a result, the newest first; at most 20,000.
pub async fn open_ids(executor: impl PgExecutor<'_>) -> Result<Vec<Uuid>, StoreError> {
    let sql = "SELECT s.id FROM signals s LEFT JOIN signal_results r ON r.signal_id = s.id
               WHERE r.signal_id IS NULL ORDER BY s.published_at DESC LIMIT 20000";
    Ok(sqlx::query_scalar(sql).fetch_all(executor).await?)
}

/// Those of some signals that have a result.
pub async fn settled_of(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
) -> Result<Vec<Told>, StoreError> {
    let mut sql = QueryBuilder::<Postgres>::new(SELECT);
    sql.push(" WHERE r.signal_id = ANY(")
        .push_bind(ids.to_vec())
        .push(") ORDER BY r.settled_at, s.id");
    let rows = sql.build().fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

/// How signals of a kind did. Those of one event are one observation.
#[derive(Debug, Clone, PartialEq)]
pub struct KindTally {
    /// The kind.
    pub kind: String,
    /// Published.
    pub published: u64,
    /// Without a result yet.
    pub open: u64,
    /// With a gain or a loss.
    pub settled: u64,
    /// Of them with a gain before costs.
    pub right: u64,
    /// With a loss before costs.
    pub wrong: u64,
    /// With neither, or of markets that paid in part.
    pub push: u64,
    /// Without a result for ever.
    pub void: u64,
    /// Mean net gain of each event all of whose costs are known.
    pub net_by_event: Vec<f64>,
    /// Events with a result of which a cost is not known.
    pub costless_events: u64,
}

/// How all signals did, by kind.
pub async fn tally(executor: impl PgExecutor<'_>) -> Result<Vec<KindTally>, StoreError> {
    let rows = sqlx::query(
        "WITH events AS (
             SELECT s.kind, s.event_key, count(*) AS published, count(*) FILTER (WHERE r.signal_id IS NULL) AS open,
                    count(*) FILTER (WHERE r.status = 'settled') AS settled,
                    count(*) FILTER (WHERE r.status = 'settled' AND r.gain > 0) AS won,
                    count(*) FILTER (WHERE r.status = 'push') AS push,
                    count(*) FILTER (WHERE r.status = 'void') AS void,
                    count(*) FILTER (WHERE r.gain IS NOT NULL) AS gained,
                    count(r.net) AS netted, avg(r.net) AS net
             FROM signals s LEFT JOIN signal_results r ON r.signal_id = s.id GROUP BY s.kind, s.event_key
         )
         SELECT kind, sum(published)::bigint AS published, sum(open)::bigint AS open, sum(settled)::bigint AS settled,
                sum(won)::bigint AS won, sum(push)::bigint AS push, sum(void)::bigint AS void,
                coalesce(array_agg(net ORDER BY event_key) FILTER (WHERE gained > 0 AND netted = gained), '{}') AS nets,
                count(*) FILTER (WHERE netted < gained) AS costless
         FROM events GROUP BY kind ORDER BY kind",
    )
    .fetch_all(executor)
    .await?;
    rows.iter().map(decode_tally).collect()
}

fn decode_tally(row: &PgRow) -> Result<KindTally, StoreError> {
    let count = |name| u64::try_from(column::<i64>(row, name)?).map_err(StoreError::other);
    let (settled, right) = (count("settled")?, count("won")?);
    Ok(KindTally {
        kind: column(row, "kind")?,
        published: count("published")?,
        open: count("open")?,
        settled,
        right,
        wrong: settled - right,
        push: count("push")?,
        void: count("void")?,
        net_by_event: column(row, "nets")?,
        costless_events: count("costless")?,
    })
}
