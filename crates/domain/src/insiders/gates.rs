//! Where looking for insiders makes sense at all.

use chrono::{DateTime, TimeDelta, Utc};

use crate::Category;
use crate::clusters::INFRASTRUCTURE_WALLETS;

/// Wallets of one funder from which on it says something.
pub const FUNDED_WALLETS: usize = 3;
/// A wallet made within this of its first purchase was made for it.
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
    /// Its last act.
    pub last_at: Option<DateTime<Utc>>,
    /// Wallets with the same first funder, itself included; `None` without a source of funders.
    pub funded_together: Option<usize>,
}

impl Life {
    /// Whether it was made within a week before an instant.
    pub fn made_for(&self, purchase_at: DateTime<Utc>) -> Option<bool> {
        let age = purchase_at - self.first_at?;
        Some(age >= TimeDelta::zero() && age <= MADE_WITHIN)
    }

    /// Whether it did nothing for a month after an instant; `None` before that month is over.
    pub fn dormant_after(&self, end: DateTime<Utc>, now: DateTime<Utc>) -> Option<bool> {
        let last_at = self.last_at?;
        if last_at > end {
            return Some(false);
        }
        (now - end >= DORMANT_AFTER).then_some(true)
    }

    /// Whether its funder has at least three wallets and is no exchange.
    pub fn funded_in_cluster(&self) -> Option<bool> {
        self.funded_together.map(|count| (FUNDED_WALLETS..=INFRASTRUCTURE_WALLETS).contains(&count))
    }
}
