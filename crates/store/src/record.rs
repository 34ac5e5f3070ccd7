//! Rows as JSON records with the names of the columns: how batches travel to PostgreSQL, and what their
//! content hash is taken of.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use domain::{Category, Event, Market, Price, PriceChange, Usdc};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_64;

use crate::StoreError;

/// What the statement that writes a batch needs to know about a table.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) history: &'static str,
    pub(crate) key: &'static str,
    /// Every column but the key and those in [`BOOKKEEPING`].
    pub(crate) columns: &'static [&'static str],
}

/// Columns that say something about the row's copy here, not about the thing itself.
pub(crate) const BOOKKEEPING: &[&str] = &[
    "content_hash",
    "revision",
    "first_seen_at",
    "observed_at",
    "upstream_updated_at",
    "delisted_at",
];

pub(crate) const EVENTS: Table = Table {
    name: "events",
    history: "event_history",
    key: "event_id",
    columns: &[
        "slug",
        "title",
        "description",
        "resolution_source",
        "category",
        "tag_slugs",
        "tag_labels",
        "tag_ids",
        "image",
        "active",
        "closed",
        "archived",
        "neg_risk",
        "neg_risk_augmented",
        "series_slug",
        "volume_24h",
        "volume_total",
        "liquidity",
        "open_interest",
        "start_date",
        "end_date",
        "closed_at",
        "created_at",
        "extra",
    ],
};

pub(crate) const MARKETS: Table = Table {
    name: "markets",
    history: "market_history",
    key: "market_id",
    columns: &[
        "condition_id",
        "question_id",
        "slug",
        "event_id",
        "title",
        "group_title",
        "description",
        "resolution_source",
        "category",
        "image",
        "outcomes",
        "outcome_prices",
        "token_ids",
        "current_price",
        "best_bid",
        "best_ask",
        "spread",
        "last_trade_price",
        "volume_24h",
        "volume_total",
        "liquidity",
        "status",
        "active",
        "closed",
        "archived",
        "accepting_orders",
        "new",
        "uma_status",
        "neg_risk",
        "neg_risk_other",
        "neg_risk_market_id",
        "fee_rate",
        "fee_exponent",
        "fee_type",
        "rewards_min_size",
        "rewards_max_spread",
        "tick_size",
        "min_order_size",
        "game_id",
        "sports_market_type",
        "line",
        "game_start_at",
        "start_date",
        "end_date",
        "closed_at",
        "created_at",
        "extra",
    ],
};

/// A record and the hash of its content, ready to be compared with what is stored.
pub(crate) struct Record {
    pub(crate) key: String,
    pub(crate) hash: i64,
    /// The JSON object with every column but `revision`, `first_seen_at` and `observed_at`.
    pub(crate) json: String,
}

#[derive(Serialize)]
struct EventRecord<'a> {
    event_id: &'a str,
    slug: &'a str,
    title: &'a str,
    description: Option<&'a str>,
    resolution_source: Option<&'a str>,
    category: Option<Category>,
    tag_slugs: Vec<&'a str>,
    tag_labels: Vec<&'a str>,
    tag_ids: Vec<Option<&'a str>>,
    image: Option<&'a str>,
    active: bool,
    closed: bool,
    archived: bool,
    neg_risk: bool,
    neg_risk_augmented: bool,
    series_slug: Option<&'a str>,
    volume_24h: Option<Usdc>,
    volume_total: Option<Usdc>,
    liquidity: Option<Usdc>,
    open_interest: Option<Usdc>,
    start_date: Option<DateTime<Utc>>,
    end_date: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    created_at: Option<DateTime<Utc>>,
    extra: &'a Map<String, Value>,
}

#[derive(Serialize)]
struct MarketRecord<'a> {
    market_id: &'a str,
    condition_id: Option<&'a str>,
    question_id: Option<&'a str>,
    slug: &'a str,
    event_id: Option<&'a str>,
    title: &'a str,
    group_title: Option<&'a str>,
    description: Option<&'a str>,
    resolution_source: Option<&'a str>,
    category: Option<Category>,
    image: Option<&'a str>,
    outcomes: Vec<&'a str>,
    outcome_prices: Vec<Option<Price>>,
    token_ids: Vec<Option<&'a str>>,
    current_price: Option<Price>,
    best_bid: Option<Price>,
    best_ask: Option<Price>,
    spread: Option<Price>,
    last_trade_price: Option<Price>,
    change_1h: Option<PriceChange>,
    change_24h: Option<PriceChange>,
    change_7d: Option<PriceChange>,
    change_30d: Option<PriceChange>,
    volume_24h: Option<Usdc>,
    volume_7d: Option<Usdc>,
    volume_30d: Option<Usdc>,
    volume_1y: Option<Usdc>,
    volume_total: Option<Usdc>,
    liquidity: Option<Usdc>,
    competitive: Option<Decimal>,
    status: &'a str,
    active: bool,
    closed: bool,
    archived: bool,
    accepting_orders: bool,
    new: bool,
    uma_status: Option<&'a str>,
    neg_risk: bool,
    neg_risk_other: bool,
    neg_risk_market_id: Option<&'a str>,
    fee_rate: Option<Decimal>,
    fee_exponent: Option<Decimal>,
    fee_type: Option<&'a str>,
    rewards_min_size: Option<Decimal>,
    rewards_max_spread: Option<Decimal>,
    tick_size: Option<Decimal>,
    min_order_size: Option<Decimal>,
    game_id: Option<&'a str>,
    sports_market_type: Option<&'a str>,
    line: Option<Decimal>,
    game_start_at: Option<DateTime<Utc>>,
    start_date: Option<DateTime<Utc>>,
    end_date: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    created_at: Option<DateTime<Utc>>,
    extra: &'a Map<String, Value>,
}

pub(crate) fn event_record(event: &Event) -> Result<Record, StoreError> {
    let record = EventRecord {
        event_id: event.event_id.as_str(),
        slug: &event.slug,
        title: &event.title,
        description: event.description.as_deref(),
        resolution_source: event.resolution_source.as_deref(),
        category: event.category,
        tag_slugs: event.tags.iter().map(|tag| tag.slug.as_str()).collect(),
        tag_labels: event.tags.iter().map(|tag| tag.label.as_str()).collect(),
        tag_ids: event.tags.iter().map(|tag| tag.tag_id.as_deref()).collect(),
        image: event.image.as_deref(),
        active: event.active,
        closed: event.closed,
        archived: event.archived,
        neg_risk: event.neg_risk,
        neg_risk_augmented: event.neg_risk_augmented,
        series_slug: event.series_slug.as_deref(),
        volume_24h: event.volume_24h,
        volume_total: event.volume_total,
        liquidity: event.liquidity,
        open_interest: event.open_interest,
        start_date: event.start_date,
        end_date: event.end_date,
        closed_at: event.closed_at,
        created_at: event.created_at,
        extra: &event.extra,
    };
    seal(event.event_id.as_str(), &record, event.upstream_updated_at)
}

/// `category` stands in for the market's own where that is unknown: rows of the hot set come without
/// their event's tags.
pub(crate) fn market_record(
    market: &Market,
    category: Option<Category>,
) -> Result<Record, StoreError> {
    let record = MarketRecord {
        market_id: market.market_id.as_str(),
        condition_id: market.condition_id.as_ref().map(domain::ConditionId::as_str),
        question_id: market.question_id.as_deref(),
        slug: &market.slug,
        event_id: market.event_id.as_ref().map(domain::EventId::as_str),
        title: &market.title,
        group_title: market.group_title.as_deref(),
        description: market.description.as_deref(),
        resolution_source: market.resolution_source.as_deref(),
        category: market.category.or(category),
        image: market.image.as_deref(),
        outcomes: market.outcomes.iter().map(|outcome| outcome.label.as_str()).collect(),
        outcome_prices: market.outcomes.iter().map(|outcome| outcome.price).collect(),
        token_ids: market
            .outcomes
            .iter()
            .map(|outcome| outcome.token_id.as_ref().map(domain::TokenId::as_str))
            .collect(),
        current_price: market.price(),
        best_bid: market.best_bid,
        best_ask: market.best_ask,
        spread: market.spread,
        last_trade_price: market.last_trade_price,
        change_1h: market.change_1h,
        change_24h: market.change_24h,
        change_7d: market.change_7d,
        change_30d: market.change_30d,
        volume_24h: market.volume_24h,
        volume_7d: market.volume_7d,
        volume_30d: market.volume_30d,
        volume_1y: market.volume_1y,
        volume_total: market.volume_total,
        liquidity: market.liquidity,
        competitive: market.competitive,
        status: market.status().slug(),
        active: market.active,
        closed: market.closed,
        archived: market.archived,
        accepting_orders: market.accepting_orders,
        new: market.new,
        uma_status: market.uma_status.map(domain::UmaStatus::slug),
        neg_risk: market.neg_risk,
        neg_risk_other: market.neg_risk_other,
        neg_risk_market_id: market.neg_risk_market_id.as_deref(),
        fee_rate: market.fee_rate,
        fee_exponent: market.fee_exponent,
        fee_type: market.fee_type.as_deref(),
        rewards_min_size: market.rewards_min_size,
        rewards_max_spread: market.rewards_max_spread,
        tick_size: market.tick_size,
        min_order_size: market.min_order_size,
        game_id: market.game_id.as_deref(),
        sports_market_type: market.sports_market_type.as_deref(),
        line: market.line,
        game_start_at: market.game_start_at,
        start_date: market.start_date,
        end_date: market.end_date,
        closed_at: market.closed_at,
        created_at: market.created_at,
        extra: &market.extra,
    };
    seal(market.market_id.as_str(), &record, market.upstream_updated_at)
}

/// Hashes the content, then adds what the hash must not cover: upstream touches `updatedAt` without
/// changing anything.
fn seal(
    key: &str,
    content: &impl Serialize,
    upstream_updated_at: Option<DateTime<Utc>>,
) -> Result<Record, StoreError> {
    let mut json = serde_json::to_string(content).map_err(StoreError::other)?;
    // PostgreSQL's text cannot hold NUL, and one such row must not cost its whole batch.
    if json.contains("\\u0000") {
        json = without_nul(&json)?;
    }
    let hash = xxh3_64(json.as_bytes()).cast_signed();
    json.pop();
    // Writing to a string cannot fail.
    let _ = write!(json, ",\"content_hash\":{hash}");
    if let Some(at) = upstream_updated_at {
        let _ = write!(json, ",\"upstream_updated_at\":\"{}\"", at.to_rfc3339());
    }
    json.push('}');
    Ok(Record { key: key.to_owned(), hash, json })
}

fn without_nul(json: &str) -> Result<String, StoreError> {
    fn clean(value: &mut Value) {
        match value {
            Value::String(text) => text.retain(|c| c != '\0'),
            Value::Array(items) => items.iter_mut().for_each(clean),
            Value::Object(map) => {
                let entries = std::mem::take(map).into_iter();
                map.extend(entries.map(|(key, mut value)| {
                    clean(&mut value);
                    (key.replace('\0', ""), value)
                }));
            }
            _ => {}
        }
    }
    let mut value: Value = serde_json::from_str(json).map_err(StoreError::other)?;
    clean(&mut value);
    serde_json::to_string(&value).map_err(StoreError::other)
}
