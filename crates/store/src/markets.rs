//! Markets as held.

use chrono::{DateTime, Utc};
use domain::{ConditionId, EventId, Market, MarketId, Outcome, TokenId};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgExecutor};

use crate::StoreError;
use crate::column::{amount, column, parsed};

/// A market with when and in which batch it was last seen to change.
#[derive(Debug, Clone)]
pub struct StoredMarket {
    /// The market. Loaded for the catalogue, it has no description and no extra fields.
    pub market: Market,
    /// When we learned what it says.
    pub observed_at: DateTime<Utc>,
    /// The batch that wrote it.
    pub revision: i64,
    /// When upstream stopped listing it, if it did.
    pub delisted_at: Option<DateTime<Utc>>,
}

/// What a page of one market says beyond the catalogue's row.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct MarketDetails {
    /// Rules.
    pub description: Option<String>,
    /// Where the answer will be read.
    pub resolution_source: Option<String>,
    /// The oracle's question.
    pub question_id: Option<String>,
    /// The group of a neg-risk event.
    pub neg_risk_market_id: Option<String>,
    /// Upstream's name of the fee schedule.
    pub fee_type: Option<String>,
    /// Upstream's own time of its last change.
    pub upstream_updated_at: Option<DateTime<Utc>>,
}

/// Markets written by batches after `revision` (0: all), without their long texts.
pub(crate) async fn changed_since(
    executor: impl PgExecutor<'_>,
    revision: i64,
) -> Result<Vec<StoredMarket>, StoreError> {
    let rows = sqlx::query(
        "SELECT m.market_id, condition_id, question_id, slug, event_id, title, group_title, category, image,
                outcomes, outcome_prices, token_ids, best_bid, best_ask, spread, last_trade_price,
                change_1h, change_24h, change_7d, change_30d, volume_24h, volume_7d, volume_30d, volume_1y,
                volume_total, liquidity, competitive, active, closed, archived, accepting_orders, new, uma_status,
                neg_risk, neg_risk_other, neg_risk_market_id, fee_rate, fee_exponent, fee_type, rewards_min_size,
                rewards_max_spread, tick_size, min_order_size, game_id, sports_market_type, line, game_start_at,
                start_date, end_date, closed_at, created_at, upstream_updated_at, m.observed_at, revision, delisted_at
         FROM markets m LEFT JOIN market_analytics a ON a.market_id = m.market_id
         WHERE revision > $1 ORDER BY m.market_id",
    )
    .bind(revision)
    .fetch_all(executor)
    .await?;
    rows.iter().map(decode).collect()
}

/// What the catalogue leaves out of one market.
pub async fn details(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
) -> Result<MarketDetails, StoreError> {
    let sql = "SELECT description, resolution_source, question_id, neg_risk_market_id, fee_type,
                      upstream_updated_at
               FROM markets WHERE market_id = $1";
    Ok(sqlx::query_as(sql).bind(market_id.as_str()).fetch_one(executor).await?)
}

/// Ids of the markets that are held as open and listed.
pub async fn open_ids(executor: impl PgExecutor<'_>) -> Result<Vec<MarketId>, StoreError> {
    let sql =
        "SELECT market_id FROM markets WHERE NOT closed AND delisted_at IS NULL ORDER BY market_id";
    ids(&sqlx::query_scalar::<_, String>(sql).fetch_all(executor).await?)
}

/// Ids of markets that closed since an instant and whose answer is not final yet, newest first.
pub async fn unresolved_ids(
    executor: impl PgExecutor<'_>,
    closed_since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<MarketId>, StoreError> {
    let sql = "SELECT market_id FROM markets
               WHERE status = 'closed' AND closed_at >= $1 AND delisted_at IS NULL
               ORDER BY closed_at DESC, market_id LIMIT $2";
    ids(&sqlx::query_scalar::<_, String>(sql)
        .bind(closed_since)
        .bind(limit)
        .fetch_all(executor)
        .await?)
}

fn ids(texts: &[String]) -> Result<Vec<MarketId>, StoreError> {
    texts.iter().map(|text| parsed(text)).collect()
}

fn decode(row: &PgRow) -> Result<StoredMarket, StoreError> {
    let market = Market {
        market_id: parsed(column::<&str>(row, "market_id")?)?,
        condition_id: column::<Option<&str>>(row, "condition_id")?
            .map(parsed::<ConditionId>)
            .transpose()?,
        question_id: column(row, "question_id")?,
        slug: column(row, "slug")?,
        event_id: column::<Option<&str>>(row, "event_id")?.map(parsed::<EventId>).transpose()?,
        title: column(row, "title")?,
        group_title: column(row, "group_title")?,
        description: None,
        resolution_source: None,
        category: column::<Option<&str>>(row, "category")?.and_then(|slug| slug.parse().ok()),
        image: column(row, "image")?,
        outcomes: outcomes(row)?,
        best_bid: amount(column::<Option<Decimal>>(row, "best_bid")?)?,
        best_ask: amount(column::<Option<Decimal>>(row, "best_ask")?)?,
        spread: amount(column::<Option<Decimal>>(row, "spread")?)?,
        last_trade_price: amount(column::<Option<Decimal>>(row, "last_trade_price")?)?,
        change_1h: amount(column::<Option<Decimal>>(row, "change_1h")?)?,
        change_24h: amount(column::<Option<Decimal>>(row, "change_24h")?)?,
        change_7d: amount(column::<Option<Decimal>>(row, "change_7d")?)?,
        change_30d: amount(column::<Option<Decimal>>(row, "change_30d")?)?,
        volume_24h: amount(column::<Option<Decimal>>(row, "volume_24h")?)?,
        volume_7d: amount(column::<Option<Decimal>>(row, "volume_7d")?)?,
        volume_30d: amount(column::<Option<Decimal>>(row, "volume_30d")?)?,
        volume_1y: amount(column::<Option<Decimal>>(row, "volume_1y")?)?,
        volume_total: amount(column::<Option<Decimal>>(row, "volume_total")?)?,
        liquidity: amount(column::<Option<Decimal>>(row, "liquidity")?)?,
        competitive: column(row, "competitive")?,
        active: column(row, "active")?,
        closed: column(row, "closed")?,
        archived: column(row, "archived")?,
        accepting_orders: column(row, "accepting_orders")?,
        new: column(row, "new")?,
        uma_status: column::<Option<&str>>(row, "uma_status")?.and_then(|slug| slug.parse().ok()),
        neg_risk: column(row, "neg_risk")?,
        neg_risk_other: column(row, "neg_risk_other")?,
        neg_risk_market_id: column(row, "neg_risk_market_id")?,
        fee_rate: column(row, "fee_rate")?,
        fee_exponent: column(row, "fee_exponent")?,
        fee_type: column(row, "fee_type")?,
        rewards_min_size: column(row, "rewards_min_size")?,
        rewards_max_spread: column(row, "rewards_max_spread")?,
        tick_size: column(row, "tick_size")?,
        min_order_size: column(row, "min_order_size")?,
        game_id: column(row, "game_id")?,
        sports_market_type: column(row, "sports_market_type")?,
        line: column(row, "line")?,
        game_start_at: column(row, "game_start_at")?,
        start_date: column(row, "start_date")?,
        end_date: column(row, "end_date")?,
        closed_at: column(row, "closed_at")?,
        created_at: column(row, "created_at")?,
        upstream_updated_at: column(row, "upstream_updated_at")?,
        extra: serde_json::Map::new(),
    };
    Ok(StoredMarket {
        market,
        observed_at: column(row, "observed_at")?,
        revision: column(row, "revision")?,
        delisted_at: column(row, "delisted_at")?,
    })
}

fn outcomes(row: &PgRow) -> Result<Vec<Outcome>, StoreError> {
    let labels: Vec<String> = column(row, "outcomes")?;
    let prices: Vec<Option<Decimal>> = column(row, "outcome_prices")?;
    let tokens: Vec<Option<String>> = column(row, "token_ids")?;
    let parts = labels.into_iter().zip(prices).zip(tokens);
    parts
        .map(|((label, price), token)| {
            let token_id = token.as_deref().map(parsed::<TokenId>).transpose()?;
            Ok(Outcome { label, price: amount(price)?, token_id })
        })
        .collect()
}
