//! What the catalogue and the oracle know of the markets in a wallet's history.

use chrono::{DateTime, Utc};
use domain::ledger::{Payouts, Terms};
use domain::{ConditionId, EventId, MarketId, Price, TokenId};
use rust_decimal::Decimal;
use sqlx::PgExecutor;
use sqlx::postgres::PgRow;

use crate::StoreError;
use crate::column::{amount, column, parsed};

/// A market as far as a ledger needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownMarket {
    /// Its id.
    pub market_id: MarketId,
    /// What the ledger needs.
    pub terms: Terms,
    /// Token of each outcome, where upstream tells it.
    pub token_ids: Vec<Option<TokenId>>,
    /// What is offered for a share of outcome 0, as the catalogue has it.
    pub best_bid: Option<Price>,
    /// What one is offered for.
    pub best_ask: Option<Price>,
}

/// The oracle's last word counts before the catalogue's prices, which show payouts only once the market is resolved.
const SELECT: &str = "
    SELECT m.market_id, m.condition_id, m.event_id, m.neg_risk, m.category, m.token_ids, m.outcome_prices, m.status, m.best_bid, m.best_ask,
           coalesce(m.start_date, m.created_at) AS listed_at, m.closed_at,
           CASE WHEN r.status = 'resolved' THEN r.payouts END AS payouts
    FROM markets m LEFT JOIN LATERAL (
        SELECT status, payouts FROM market_resolutions WHERE market_id = m.market_id
        ORDER BY observed_at DESC LIMIT 1) AS r ON TRUE";

/// Those of some markets that the catalogue has, in no order.
pub async fn of(
    executor: impl PgExecutor<'_>,
    conditions: &[ConditionId],
) -> Result<Vec<KnownMarket>, StoreError> {
    let ids: Vec<&str> = conditions.iter().map(ConditionId::as_str).collect();
    let sql = format!("{SELECT} WHERE m.condition_id = ANY($1)");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(ids).fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

/// All neg-risk markets of some events, in the order in which the events got them.
pub async fn of_neg_risk_events(
    executor: impl PgExecutor<'_>,
    events: &[EventId],
) -> Result<Vec<KnownMarket>, StoreError> {
    let ids: Vec<&str> = events.iter().map(EventId::as_str).collect();
    let sql = format!(
        "{SELECT} WHERE m.event_id = ANY($1) AND m.neg_risk AND m.condition_id IS NOT NULL
         ORDER BY m.event_id, length(m.market_id), m.market_id"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(ids).fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<KnownMarket, StoreError> {
    let token_ids: Vec<Option<String>> = column(row, "token_ids")?;
    let token = |id: &Option<String>| id.as_deref().map(parsed).transpose();
    let token_ids: Vec<Option<TokenId>> = token_ids.iter().map(token).collect::<Result<_, _>>()?;
    let (event_id, category): (Option<&str>, Option<&str>) =
        (column(row, "event_id")?, column(row, "category")?);
    let payouts = payouts(row)?;
    let closed_at: Option<DateTime<Utc>> = column(row, "closed_at")?;
    Ok(KnownMarket {
        market_id: parsed(column(row, "market_id")?)?,
        terms: Terms {
            condition_id: parsed(column(row, "condition_id")?)?,
            event_id: event_id.map(parsed).transpose()?,
            outcomes: u8::try_from(token_ids.len().max(2)).map_err(StoreError::other)?,
            neg_risk: column(row, "neg_risk")?,
            category: category.map(parsed).transpose()?,
            listed_at: column(row, "listed_at")?,
            resolved_at: closed_at.filter(|_| payouts.is_some()),
            payouts,
        },
        token_ids,
        best_bid: amount(column::<Option<Decimal>>(row, "best_bid")?)?,
        best_ask: amount(column::<Option<Decimal>>(row, "best_ask")?)?,
    })
}

fn payouts(row: &PgRow) -> Result<Option<Payouts>, StoreError> {
    let told: Option<Vec<Decimal>> = column(row, "payouts")?;
    let status: &str = column(row, "status")?;
    let prices: Vec<Option<Decimal>> = column(row, "outcome_prices")?;
    let shown = if status == "resolved" { prices.into_iter().collect() } else { None };
    let Some(payouts) = told.or(shown) else { return Ok(None) };
    let payouts: Result<Vec<Price>, _> = payouts.into_iter().map(Price::new).collect();
    Ok(payouts.ok().and_then(|payouts| Payouts::new(&payouts)))
}
