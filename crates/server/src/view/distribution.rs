//! What the markets of an event say together, as the API sends it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One outcome of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OutcomeChance {
    /// Gamma's id of its market.
    pub market_id: String,
    /// The market's name in URLs.
    pub slug: String,
    /// What it is called within the event.
    pub title: String,
    /// Displayed price.
    pub price: f64,
    /// The price over the sum of all: its chance, given that one of those listed happens; null where they do not
    /// exclude each other.
    pub coherent: Option<f64>,
}

/// A market that is no part of the distribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExcludedMarket {
    /// Gamma's id.
    pub market_id: String,
    /// Its name in URLs.
    pub slug: String,
    /// What it is called within the event.
    pub title: String,
    /// `placeholder` (it has no name yet), `other` (whatever the others are not), `closed` or `no_price`.
    pub reason: String,
}

/// What the markets of an event say together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DistributionView {
    /// At most one of them comes true.
    pub exclusive: bool,
    /// Sum of the prices listed. Of outcomes that exclude each other, and one of which must happen, about 1.
    pub raw_sum: f64,
    /// The likeliest first.
    pub outcomes: Vec<OutcomeChance>,
    /// What is left out, and why.
    pub excluded: Vec<ExcludedMarket>,
    /// What a share of every outcome costs at the best asks, fees included: one of them pays 1. Null where that is
    /// not certain, or somebody asks nothing.
    pub buy_all_cost: Option<f64>,
    /// What selling a share of every outcome brings at the best bids, fees taken off.
    pub sell_all_value: Option<f64>,
}
