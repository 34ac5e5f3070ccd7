//! What the command palette finds.

use domain::MarketStatus;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A market found by the palette.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FoundMarket {
    /// Gamma's id.
    pub market_id: String,
    /// Kebab-case name in URLs.
    pub slug: String,
    /// The question.
    pub title: String,
    /// The question of its event.
    pub event_title: Option<String>,
    /// Displayed price of outcome 0, 0 to 1.
    pub price: Option<f64>,
    /// `open`, `closed` or `resolved`.
    #[schema(value_type = String, example = "open")]
    pub status: MarketStatus,
}

/// An event found by the palette.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundEvent {
    /// Gamma's id.
    pub event_id: String,
    /// Kebab-case name in URLs.
    pub slug: String,
    /// The question of the family.
    pub title: String,
    /// How many of its markets are held here.
    pub market_count: usize,
}

/// Best matches first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SearchResults {
    /// Markets, whatever their status.
    pub markets: Vec<FoundMarket>,
    /// Events, whatever their status.
    pub events: Vec<FoundEvent>,
}
