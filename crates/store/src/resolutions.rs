//! What the oracle says of markets, and what a market went through.

use chrono::{DateTime, Utc};
use domain::{MarketId, TokenId};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, PgExecutor};

use crate::StoreError;
use crate::notify::notify;

/// Channel on which news of resolutions announce themselves.
pub const RESOLUTION_CHANNEL: &str = "resolutions_changed";

/// Where the oracle stands with a market.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct ResolutionState {
    /// Upstream's word: posed, proposed, challenged, disputed, resolved …
    pub status: String,
    /// Dollars per share, aligned with the market's outcomes; `None` until it is decided.
    pub payouts: Option<Vec<Decimal>>,
    /// What is proposed: the payout of outcome 0.
    pub proposed_price: Option<Decimal>,
    /// Somebody objected.
    pub was_disputed: Option<bool>,
    /// When upstream expects it to be settled.
    pub expected_settlement: Option<DateTime<Utc>>,
    /// What that expectation rests on.
    pub settlement_basis: Option<String>,
    /// Who reports.
    pub reporter: Option<String>,
    /// Upstream's own time of its last change.
    pub updated_at: Option<DateTime<Utc>>,
}

/// A state and when we learned of it.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct ObservedResolution {
    /// What we learned.
    #[sqlx(flatten)]
    pub state: ResolutionState,
    /// When.
    pub observed_at: DateTime<Utc>,
}

/// Appends a state that differs from the one known last; whether it did.
pub async fn observe(
    connection: &mut PgConnection,
    market_id: &MarketId,
    state: &ResolutionState,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let written = sqlx::query(
        "INSERT INTO market_resolutions (market_id, observed_at, status, payouts, proposed_price, was_disputed,
                                         expected_settlement, settlement_basis, reporter, updated_at)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
         WHERE NOT EXISTS (
             SELECT FROM (SELECT * FROM market_resolutions WHERE market_id = $1
                          ORDER BY observed_at DESC LIMIT 1) AS last
             WHERE (status, payouts, proposed_price, was_disputed, expected_settlement, settlement_basis, reporter)
                   IS NOT DISTINCT FROM ($3, $4::numeric[], $5::numeric, $6::boolean, $7::timestamptz, $8::text, $9::text))
         ON CONFLICT (market_id, observed_at) DO NOTHING",
    )
    .bind(market_id.as_str())
    .bind(now)
    .bind(&state.status)
    .bind(&state.payouts)
    .bind(state.proposed_price)
    .bind(state.was_disputed)
    .bind(state.expected_settlement)
    .bind(&state.settlement_basis)
    .bind(&state.reporter)
    .bind(state.updated_at)
    .execute(&mut *connection)
    .await?;
    let is_new = written.rows_affected() > 0;
    if is_new {
        notify(&mut *connection, RESOLUTION_CHANNEL, market_id.as_str()).await?;
    }
    Ok(is_new)
}

/// Everything we learned of a market's resolution, the oldest first.
pub async fn of_market(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
) -> Result<Vec<ObservedResolution>, StoreError> {
    let sql = "SELECT status, payouts, proposed_price, was_disputed, expected_settlement, settlement_basis, reporter,
                      updated_at, observed_at
               FROM market_resolutions WHERE market_id = $1 ORDER BY observed_at LIMIT 200";
    Ok(sqlx::query_as(sql).bind(market_id.as_str()).fetch_all(executor).await?)
}

/// What we learned after an instant, of any market, in the order we did; at most 1,000.
pub async fn observed_after(
    executor: impl PgExecutor<'_>,
    observed_at: DateTime<Utc>,
) -> Result<Vec<(String, ObservedResolution)>, StoreError> {
    #[derive(FromRow)]
    struct Row {
        market_id: String,
        #[sqlx(flatten)]
        observed: ObservedResolution,
    }
    let sql = "SELECT market_id, status, payouts, proposed_price, was_disputed, expected_settlement, settlement_basis,
                      reporter, updated_at, observed_at
               FROM market_resolutions WHERE observed_at > $1 ORDER BY observed_at, market_id LIMIT 1000";
    let rows: Vec<Row> = sqlx::query_as(sql).bind(observed_at).fetch_all(executor).await?;
    Ok(rows.into_iter().map(|row| (row.market_id, row.observed)).collect())
}

/// A market whose resolution is to be asked for.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Unresolved {
    /// The market.
    pub market_id: String,
    /// What upstream is asked by.
    pub condition_id: String,
}

/// Markets the oracle is at work on: asked, proposed or disputed, closed without a resolution, or past their end.
/// Those asked for longest ago come first.
pub async fn due(
    executor: impl PgExecutor<'_>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Unresolved>, StoreError> {
    let sql = "SELECT m.market_id, m.condition_id FROM markets m
               WHERE m.condition_id IS NOT NULL AND m.delisted_at IS NULL AND m.status <> 'resolved'
                 AND (m.status = 'closed' OR m.uma_status IN ('requested', 'proposed', 'disputed')
                      OR m.end_date < $2)
               ORDER BY (m.uma_status IS NOT NULL) DESC, m.volume_24h DESC NULLS LAST, m.market_id
               LIMIT $1";
    Ok(sqlx::query_as(sql).bind(limit).bind(now).fetch_all(executor).await?)
}

/// Markets that were resolved since an instant, as far as the oracle or the catalogue said so: by their ids, after
/// `after`.
pub async fn settled_since(
    executor: impl PgExecutor<'_>,
    since: DateTime<Utc>,
    after: &str,
    limit: i64,
) -> Result<Vec<Unresolved>, StoreError> {
    let sql = "SELECT market_id, m.condition_id
               FROM (SELECT market_id FROM markets WHERE status = 'resolved' AND closed_at > $1
                     UNION
                     SELECT market_id FROM market_resolutions WHERE observed_at > $1 AND payouts IS NOT NULL) AS s
               JOIN markets m USING (market_id)
               WHERE m.condition_id IS NOT NULL AND m.delisted_at IS NULL AND market_id > $2
               ORDER BY market_id LIMIT $3";
    Ok(sqlx::query_as(sql).bind(since).bind(after).bind(limit).fetch_all(executor).await?)
}

/// The market of a token of its first two outcomes; none when nobody knows it.
pub async fn of_token(
    executor: impl PgExecutor<'_>,
    token_id: &TokenId,
) -> Result<Vec<Unresolved>, StoreError> {
    let sql = "SELECT market_id, condition_id FROM markets
               WHERE condition_id IS NOT NULL AND (token_ids[1] = $1 OR token_ids[2] = $1) LIMIT 1";
    Ok(sqlx::query_as(sql).bind(token_id.as_str()).fetch_all(executor).await?)
}

/// A change of a market that upstream's catalogue showed: columns with `from` and `to`.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct CatalogueChange {
    /// When we learned of it.
    pub observed_at: DateTime<Utc>,
    /// By column.
    pub changes: Value,
}

/// The changes of a market that a person would want to know of: rules, title, dates, status. The newest first.
pub async fn catalogue_changes(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
) -> Result<Vec<CatalogueChange>, StoreError> {
    let sql = "SELECT observed_at, changes FROM market_history
               WHERE market_id = $1
                 AND changes ?| ARRAY['title', 'description', 'resolution_source', 'end_date', 'status', 'closed',
                                      'uma_status', 'accepting_orders']
               ORDER BY observed_at DESC LIMIT 200";
    Ok(sqlx::query_as(sql).bind(market_id.as_str()).fetch_all(executor).await?)
}
