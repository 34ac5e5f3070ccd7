//! Events: a question's family of markets.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Category, EventId, Usdc};

/// A label upstream puts on events.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tag {
    /// Gamma's id; needed to filter upstream. Missing on some embedded tags.
    pub tag_id: Option<String>,
    /// Kebab-case name, stable.
    pub slug: String,
    /// The name people read; may change.
    pub label: String,
}

/// An event as last observed on Gamma.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Gamma's id.
    pub event_id: EventId,
    /// Kebab-case name in URLs. Not unique over time; the id where upstream has none.
    pub slug: String,
    /// The question of the family.
    pub title: String,
    /// Rules, as text.
    pub description: Option<String>,
    /// Where the answer will be read.
    pub resolution_source: Option<String>,
    /// Derived from the tags; `None` where they say nothing.
    pub category: Option<Category>,
    /// Tags in upstream's order.
    pub tags: Vec<Tag>,
    /// Address of a picture.
    pub image: Option<String>,
    /// Upstream's flags, as sent. `active` is true of nearly everything.
    pub active: bool,
    /// Terminal: no market of the event trades any more.
    pub closed: bool,
    /// Hidden by upstream.
    pub archived: bool,
    /// The markets exclude each other and share collateral.
    pub neg_risk: bool,
    /// Has placeholder outcomes whose meaning changes as names are assigned.
    pub neg_risk_augmented: bool,
    /// The chain of recurring events this one belongs to.
    pub series_slug: Option<String>,
    /// Upstream's own aggregate over 24 hours; not the sum of the markets'.
    pub volume_24h: Option<Usdc>,
    /// Upstream's own lifetime aggregate, which includes closed children.
    pub volume_total: Option<Usdc>,
    /// Resting near the mid, as upstream counts it.
    pub liquidity: Option<Usdc>,
    /// Open interest; zero or missing on old events.
    pub open_interest: Option<Usdc>,
    /// When trading was announced to begin.
    pub start_date: Option<DateTime<Utc>>,
    /// When the answer is expected. An estimate.
    pub end_date: Option<DateTime<Utc>>,
    /// When it closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// When upstream created the row.
    pub created_at: Option<DateTime<Utc>>,
    /// Upstream's own time of its last change.
    pub upstream_updated_at: Option<DateTime<Utc>>,
    /// Fields that have no place above, verbatim.
    pub extra: serde_json::Map<String, serde_json::Value>,
}
