//! Where looking for insiders makes sense at all.

use chrono::{DateTime, TimeDelta, Utc};

use crate::Category;
use crate::clusters::INFRASTRUCTURE_WALLETS;

/// Wallets of one funder from which on it says something.
pub const FUNDED_WALLETS: usize = 3;
/// A wallet made within this of its first purchase on the first event it ever bought on was made for it.
pub const MADE_WITHIN: TimeDelta = TimeDelta::days(7);
/// A wallet that does nothing for this long after is dormant.
pub const DORMANT_AFTER: TimeDelta = TimeDelta::days(30);

/// Whether a layer can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gate {
    /// It can.
    Open,
    /// It cannot, and why.
    Shut(&'static str),
    /// Nobody knows, and why.
    Unknown(&'static str),
}

/// By category: somebody can know an award, a filing, a ruling or a decision before others. Nobody knows a game,
/// the weather or a price.
pub fn category(category: Option<Category>) -> Gate {
    match category {
        Some(
            Category::Politics
            | Category::World
            | Category::Culture
            | Category::Tech
            | Category::Finance
            | Category::Economy,
        ) => Gate::Open,
        Some(Category::Sports) => Gate::Shut("games are decided in public"),
        Some(Category::Weather) => Gate::Shut("nobody decides the weather"),
        Some(Category::Crypto) => Gate::Shut("prices of assets are public all the time"),
        Some(Category::Science) => Gate::Unknown("some results are known early, some to nobody"),
        None => Gate::Unknown("the category is not known"),
    }
}

/// What is known of a wallet's life; anything may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Life {
    /// Its first act; only where the history is known to begin there.
    pub first_at: Option<DateTime<Utc>>,
    /// Its last trade: who won and collects it later has done nothing else.
    pub last_at: Option<DateTime<Utc>>,
    /// Wallets with the same first funder, itself included; `None` without a source of funders.
    pub funded_together: Option<usize>,
}

impl Life {
    /// Whether it was made within a week before its first purchase on an event, and had bought on no other before:
    /// whoever is new and looks around is no more than new.
    pub fn made_for(&self, began_at: DateTime<Utc>, is_first_event: bool) -> Option<bool> {
        let age = began_at - self.first_at?;
        Some(is_first_event && age >= TimeDelta::zero() && age <= MADE_WITHIN)
    }

    /// Whether it traded nothing for a month after an instant; `None` where it is not known up to the end of that month.
    pub fn dormant_after(&self, end: DateTime<Utc>, known_until: DateTime<Utc>) -> Option<bool> {
        let last_at = self.last_at?;
        if last_at > end {
            // A trade after the month does not tell of the month.
            return (last_at - end < DORMANT_AFTER).then_some(false);
        }
        (known_until - end >= DORMANT_AFTER).then_some(true)
    }

    /// Whether its funder has at least three wallets and is no exchange.
    pub fn funded_in_cluster(&self) -> Option<bool> {
        self.funded_together.map(|count| (FUNDED_WALLETS..=INFRASTRUCTURE_WALLETS).contains(&count))
    }
}
