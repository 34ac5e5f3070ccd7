//! What a snapshot is made from.

use chrono::{DateTime, Utc};

/// A market as the database holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredMarket {
    /// The market; `description` and `extra` are not needed here and may be empty.
    pub market: domain::Market,
    /// When it was last seen upstream.
    pub observed_at: DateTime<Utc>,
    /// The batch that last changed it.
    pub revision: i64,
}

/// An event as the database holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// The event; `description` and `extra` are not needed here and may be empty.
    pub event: domain::Event,
    /// When it was last seen upstream.
    pub observed_at: DateTime<Utc>,
    /// The batch that last changed it.
    pub revision: i64,
}
