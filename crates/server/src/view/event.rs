//! Events as the API sends them.

use chrono::{DateTime, Utc};
use domain::{Category, Event, Usdc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{DistributionView, MarketRow};

/// One of an event's leading markets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TopMarket {
    /// Gamma's id.
    pub market_id: String,
    /// Kebab-case name in URLs.
    pub slug: String,
    /// The question.
    pub title: String,
    /// Its name within the event.
    pub group_title: Option<String>,
    /// Displayed price of outcome 0, 0 to 1.
    pub price: Option<f64>,
    /// Change of that price over a day, −1 to 1.
    pub change_24h: Option<f64>,
}

/// An event as lists show it. Amounts are USDC and upstream's own aggregates; `null` means unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventRow {
    /// Gamma's id.
    pub event_id: String,
    /// Kebab-case name in URLs. Not unique over time.
    pub slug: String,
    /// The question of the family.
    pub title: String,
    /// Slug of the category; null where the tags say nothing.
    #[schema(value_type = Option<String>, example = "sports")]
    pub category: Option<Category>,
    /// Slugs of the tags.
    pub tags: Vec<String>,
    /// Address of a picture.
    pub image: Option<String>,
    /// `open`, or `closed` once no market of the event trades any more.
    #[schema(value_type = String, example = "open")]
    pub status: EventStatus,
    /// How many of its markets are held here.
    pub market_count: usize,
    /// How many of those are not closed.
    pub open_market_count: usize,
    /// USDC traded over a day.
    pub volume_24h: Option<f64>,
    /// USDC traded over its life, closed markets included.
    pub volume_total: Option<f64>,
    /// USDC resting near the mid.
    pub liquidity: Option<f64>,
    /// USDC held in outcome tokens.
    pub open_interest: Option<f64>,
    /// When trading was announced to begin.
    pub start_date: Option<DateTime<Utc>>,
    /// When the answer is expected: an estimate.
    pub end_date: Option<DateTime<Utc>>,
    /// When it closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// The markets exclude each other and share collateral.
    pub neg_risk: bool,
    /// Has placeholder outcomes whose meaning changes as names are assigned.
    pub neg_risk_augmented: bool,
    /// The chain of recurring events this one belongs to.
    pub series_slug: Option<String>,
    /// At most three markets: open ones first, then by price of outcome 0.
    pub top_markets: Vec<TopMarket>,
    /// When this row was last seen upstream.
    pub observed_at: DateTime<Utc>,
}

/// Whether an event still trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventStatus {
    /// At least one market trades.
    Open,
    /// No market trades any more.
    Closed,
}

/// An event with what only its own page needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventDetail {
    /// What lists show.
    #[serde(flatten)]
    pub row: EventRow,
    /// The rules, as text.
    pub description: Option<String>,
    /// Where the answer will be read.
    pub resolution_source: Option<String>,
    /// Every market of the event: open ones first, then by price of outcome 0.
    pub markets: Vec<MarketRow>,
    /// What they say together; null where none of them has a price.
    pub distribution: Option<DistributionView>,
}

impl EventRow {
    /// The row of an event, without what is counted from its markets.
    pub fn new(event: &Event, observed_at: DateTime<Utc>) -> Self {
        let usdc = |amount: Option<Usdc>| amount.map(Usdc::to_f64);
        Self {
            event_id: event.event_id.as_str().to_owned(),
            slug: event.slug.clone(),
            title: event.title.clone(),
            category: event.category,
            tags: event.tags.iter().map(|tag| tag.slug.clone()).collect(),
            image: event.image.clone(),
            status: if event.closed { EventStatus::Closed } else { EventStatus::Open },
            market_count: 0,
            open_market_count: 0,
            volume_24h: usdc(event.volume_24h),
            volume_total: usdc(event.volume_total),
            liquidity: usdc(event.liquidity),
            open_interest: usdc(event.open_interest),
            start_date: event.start_date,
            end_date: event.end_date,
            closed_at: event.closed_at,
            neg_risk: event.neg_risk,
            neg_risk_augmented: event.neg_risk_augmented,
            series_slug: event.series_slug.clone(),
            top_markets: Vec::new(),
            observed_at,
        }
    }
}
