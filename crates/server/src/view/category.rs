//! Categories as the API sends them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is open in a category. Amounts are USDC, summed over the markets that state them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CategoryView {
    /// Slug, as filters take it; `unknown` for what no tag tells.
    pub category: String,
    /// Its name for people.
    pub label: String,
    /// Open markets.
    pub markets: usize,
    /// Open events.
    pub events: usize,
    /// USDC traded over a day, one side counted; null when no market states it.
    pub volume_24h: Option<f64>,
    /// USDC resting near the mid, as upstream counts them; null when no market states it.
    pub liquidity: Option<f64>,
    /// Open markets whose end date is within a day.
    pub closing_soon: usize,
    /// The open markets that traded most over a day, at most five.
    pub top_markets: Vec<CategoryMarket>,
}

/// A market as its category shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CategoryMarket {
    /// Gamma's id.
    pub market_id: String,
    /// Kebab-case name in URLs.
    pub slug: String,
    /// The question.
    pub title: String,
    /// Displayed price of outcome 0, 0 to 1.
    pub price: Option<f64>,
    /// Change of that price over ten minutes, −1 to 1; null where it did not trade or that is unknown.
    pub change_10m: Option<f64>,
    /// Over an hour.
    pub change_1h: Option<f64>,
    /// Over six hours; null where it did not trade or that is unknown.
    pub change_6h: Option<f64>,
    /// Over half a day; null where it did not trade or that is unknown.
    pub change_12h: Option<f64>,
    /// Over a day.
    pub change_24h: Option<f64>,
    /// Over a week.
    pub change_7d: Option<f64>,
    /// USDC traded over a day.
    pub volume_24h: Option<f64>,
}
