//! How many rows each value of a filter would leave.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One value of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FacetCount {
    /// The word the filter parameter takes.
    pub value: String,
    /// The words people read.
    pub label: String,
    /// Rows that have the value and meet every filter but this facet's own.
    pub count: usize,
    /// The filter asks for it.
    pub selected: bool,
}

/// Counts for every facet. Each ignores its own filter, so that the alternatives to a choice keep
/// their counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Facets {
    /// Every category and `unknown`.
    pub category: Vec<FacetCount>,
    /// Every status.
    pub status: Vec<FacetCount>,
    /// How soon open markets are due; empty for events.
    pub closes: Vec<FacetCount>,
    /// Yes-or-no properties; empty for events.
    pub traits: Vec<FacetCount>,
    /// The 30 most frequent tags, and the selected ones.
    pub tags: Vec<FacetCount>,
}
