//! The list of markets as a server would answer it that asks `PostgreSQL` each time: the same rows in the same
//! envelope, with the indexes such a server would have.

use std::net::SocketAddr;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use domain::{MarketStatus, UmaStatus};
use serde::Deserialize;
use serde_json::{Value, json};
use server::view::{EventRef, MarketRow};
use sqlx::postgres::PgRow;
use sqlx::{Executor, PgPool, Row};
use store::Database;
use tokio::net::TcpListener;

/// The indexes of the source document for this query, with the order's tiebreak.
const INDEXES: &str = "
    CREATE INDEX markets_by_volume ON markets (volume_24h DESC NULLS LAST, market_id)
        WHERE NOT closed AND delisted_at IS NULL;
    CREATE INDEX markets_by_category_and_volume ON markets (category, volume_24h DESC NULLS LAST, market_id)
        WHERE NOT closed AND delisted_at IS NULL;
    ANALYZE markets; ANALYZE market_analytics; ANALYZE events;";

macro_rules! select_page {
    ($filter:literal) => {
        concat!(
            "SELECT m.market_id, m.condition_id, m.slug, m.title, m.group_title, m.event_id,
                    e.slug AS event_slug, e.title AS event_title, e.tag_slugs, m.category, m.image, m.outcomes,
                    m.outcome_prices::float8[] AS outcome_prices, m.token_ids, m.current_price::float8 AS price,
                    m.best_bid::float8 AS best_bid, m.best_ask::float8 AS best_ask, m.spread::float8 AS spread,
                    m.last_trade_price::float8 AS last_trade_price, a.change_1h::float8 AS change_1h,
                    a.change_24h::float8 AS change_24h, a.change_7d::float8 AS change_7d,
                    a.change_30d::float8 AS change_30d, m.volume_24h::float8 AS volume_24h,
                    a.volume_7d::float8 AS volume_7d, a.volume_30d::float8 AS volume_30d,
                    a.volume_1y::float8 AS volume_1y, m.volume_total::float8 AS volume_total,
                    m.liquidity::float8 AS liquidity, a.competitive::float8 AS competitive, m.active, m.closed,
                    m.accepting_orders, m.uma_status, m.neg_risk, m.neg_risk_other, m.fee_rate::float8 AS fee_rate,
                    m.fee_exponent::float8 AS fee_exponent,
                    coalesce(m.rewards_min_size > 0 AND m.rewards_max_spread > 0, false) AS rewards, m.new, m.tick_size::float8 AS tick_size,
                    m.min_order_size::float8 AS min_order_size, m.start_date, m.end_date, m.closed_at,
                    m.created_at, m.observed_at
             FROM markets m
             LEFT JOIN market_analytics a ON a.market_id = m.market_id
             LEFT JOIN events e ON e.event_id = m.event_id
             WHERE NOT m.closed AND m.delisted_at IS NULL ",
            $filter,
            " ORDER BY m.volume_24h DESC NULLS LAST, m.market_id LIMIT $1"
        )
    };
}

const PAGE: &str = select_page!("");
const PAGE_OF_CATEGORY: &str =
    select_page!("AND m.category = $2 AND m.volume_24h >= $3::float8::numeric");
const TOTAL: &str = "SELECT count(*) FROM markets WHERE NOT closed AND delisted_at IS NULL";
const TOTAL_OF_CATEGORY: &str = "SELECT count(*) FROM markets
    WHERE NOT closed AND delisted_at IS NULL AND category = $1 AND volume_24h >= $2::float8::numeric";

/// Serves the baseline over a filled database, to which it adds its indexes.
pub(crate) async fn serve(database: &Database) -> anyhow::Result<SocketAddr> {
    database.owner().await?.execute(INDEXES).await?;
    let routes = Router::new()
        .route("/api/polymarket/markets", get(list_markets))
        .with_state(database.service().clone());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, routes).into_future());
    Ok(address)
}

#[derive(Debug, Deserialize)]
struct Asked {
    limit: i64,
    category: Option<String>,
    #[serde(default)]
    volume_24h_min: f64,
}

async fn list_markets(
    State(pool): State<PgPool>,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, (StatusCode, String)> {
    answer(&pool, &asked)
        .await
        .map(Json)
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

async fn answer(pool: &PgPool, asked: &Asked) -> anyhow::Result<Value> {
    let mut connection = pool.acquire().await?;
    let now = Utc::now();
    let (rows, total): (Vec<PgRow>, i64) = match &asked.category {
        None => (
            sqlx::query(PAGE).bind(asked.limit).fetch_all(&mut *connection).await?,
            sqlx::query_scalar(TOTAL).fetch_one(&mut *connection).await?,
        ),
        Some(category) => (
            sqlx::query(PAGE_OF_CATEGORY)
                .bind(asked.limit)
                .bind(category)
                .bind(asked.volume_24h_min)
                .fetch_all(&mut *connection)
                .await?,
            sqlx::query_scalar(TOTAL_OF_CATEGORY)
                .bind(category)
                .bind(asked.volume_24h_min)
                .fetch_one(&mut *connection)
                .await?,
        ),
    };
    drop(connection);
    let rows = rows.iter().map(|row| market(row, now)).collect::<sqlx::Result<Vec<_>>>()?;
    let metadata =
        json!({ "total": total, "page": 1, "limit": asked.limit, "offset": 0, "as_of": now });
    Ok(json!({ "success": true, "data": rows, "metadata": metadata }))
}

/// An open market's row, so without a resolution.
fn market(row: &PgRow, now: DateTime<Utc>) -> sqlx::Result<MarketRow> {
    let end_date: Option<DateTime<Utc>> = row.try_get("end_date")?;
    let event_id: Option<String> = row.try_get("event_id")?;
    let event_slug: Option<String> = row.try_get("event_slug")?;
    let event_title: Option<String> = row.try_get("event_title")?;
    let event = event_id.zip(event_slug).zip(event_title);
    let tokens: Vec<Option<String>> = row.try_get("token_ids")?;
    let category: Option<&str> = row.try_get("category")?;
    let uma_status: Option<&str> = row.try_get("uma_status")?;
    Ok(MarketRow {
        windows: None,
        market_id: row.try_get("market_id")?,
        condition_id: row.try_get("condition_id")?,
        slug: row.try_get("slug")?,
        title: row.try_get("title")?,
        group_title: row.try_get("group_title")?,
        event: event.map(|((event_id, slug), title)| EventRef { event_id, slug, title }),
        category: category.and_then(|slug| slug.parse().ok()),
        tags: row.try_get::<Option<_>, _>("tag_slugs")?.unwrap_or_default(),
        image: row.try_get("image")?,
        outcomes: row.try_get("outcomes")?,
        outcome_prices: row.try_get("outcome_prices")?,
        token_ids: tokens.into_iter().map(Option::unwrap_or_default).collect(),
        price: row.try_get("price")?,
        best_bid: row.try_get("best_bid")?,
        best_ask: row.try_get("best_ask")?,
        spread: row.try_get("spread")?,
        last_trade_price: row.try_get("last_trade_price")?,
        change_1h: row.try_get("change_1h")?,
        change_24h: row.try_get("change_24h")?,
        change_7d: row.try_get("change_7d")?,
        change_30d: row.try_get("change_30d")?,
        volume_24h: row.try_get("volume_24h")?,
        volume_7d: row.try_get("volume_7d")?,
        volume_30d: row.try_get("volume_30d")?,
        volume_1y: row.try_get("volume_1y")?,
        volume_total: row.try_get("volume_total")?,
        liquidity: row.try_get("liquidity")?,
        competitive: row.try_get("competitive")?,
        status: MarketStatus::Open,
        active: row.try_get("active")?,
        closed: row.try_get("closed")?,
        accepting_orders: row.try_get("accepting_orders")?,
        awaiting_resolution: end_date.is_some_and(|end| end < now),
        resolution: None,
        uma_status: uma_status.and_then(|slug| slug.parse::<UmaStatus>().ok()),
        neg_risk: row.try_get("neg_risk")?,
        neg_risk_other: row.try_get("neg_risk_other")?,
        fee_rate: row.try_get("fee_rate")?,
        fee_exponent: row.try_get("fee_exponent")?,
        rewards: row.try_get("rewards")?,
        new: row.try_get("new")?,
        tick_size: row.try_get("tick_size")?,
        min_order_size: row.try_get("min_order_size")?,
        start_date: row.try_get("start_date")?,
        end_date,
        closed_at: row.try_get("closed_at")?,
        created_at: row.try_get("created_at")?,
        observed_at: row.try_get("observed_at")?,
    })
}
