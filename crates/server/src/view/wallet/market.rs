//! What a wallet's rows say of their market, and what a share of it is worth now.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::book::BookState;
use domain::{Category, ConditionId, MarketId, MarketStatus, TokenId};
use ingest::live::LiveBooks;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalog::Snapshot;
use crate::view::{EventRef, ResolutionView};

/// The market of a row, and which outcome of it. What the catalogue does not know is null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WalletMarket {
    /// The on-chain condition.
    pub condition_id: Option<String>,
    /// Gamma's id.
    pub market_id: Option<String>,
    /// Kebab-case name in URLs.
    pub slug: Option<String>,
    /// The question.
    pub title: Option<String>,
    /// The event it belongs to.
    pub event: Option<EventRef>,
    /// Slug of the category.
    #[schema(value_type = Option<String>, example = "politics")]
    pub category: Option<Category>,
    /// `open`, `closed` or `resolved`.
    #[schema(value_type = Option<String>, example = "open")]
    pub status: Option<MarketStatus>,
    /// Label of the outcome.
    pub outcome: Option<String>,
    /// Index of the outcome.
    pub outcome_index: Option<usize>,
    /// The token.
    pub token_id: Option<String>,
}

/// What one share is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// Dollars a share.
    pub price: f64,
    /// What it is.
    pub source: MarkSource,
    /// As of when.
    pub as_of: DateTime<Utc>,
}

/// What a mark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkSource {
    /// What somebody offers for one.
    Bid,
    /// What the resolution pays.
    Payout,
}

impl MarkSource {
    /// The word in the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Bid => "bid",
            Self::Payout => "payout",
        }
    }
}

/// What a row of the catalogue says that wallets need.
#[derive(Debug, Clone, Deserialize)]
struct Known {
    market_id: String,
    slug: String,
    title: String,
    event: Option<EventRef>,
    category: Option<Category>,
    status: MarketStatus,
    outcomes: Vec<String>,
    token_ids: Vec<String>,
    best_bid: Option<f64>,
    best_ask: Option<f64>,
    resolution: Option<ResolutionView>,
    closed_at: Option<DateTime<Utc>>,
    observed_at: DateTime<Utc>,
}

/// The catalogue and the live books, as one wallet's rows look things up in them: each market is read once.
pub struct KnownMarkets<'a> {
    snapshot: &'a Snapshot,
    books: Option<&'a LiveBooks>,
    read: HashMap<String, Option<Known>>,
}

impl<'a> KnownMarkets<'a> {
    /// Looks things up in a catalogue, and in the books that are streamed where there are any.
    pub fn new(snapshot: &'a Snapshot, books: Option<&'a LiveBooks>) -> Self {
        Self { snapshot, books, read: HashMap::new() }
    }

    fn known(&mut self, condition_id: &str) -> Option<&Known> {
        if !self.read.contains_key(condition_id) {
            let row = self.snapshot.market(condition_id);
            // Rows are of our own writing.
            let known = row.and_then(|row| serde_json::from_slice(&row.json()).ok());
            self.read.insert(condition_id.to_owned(), known);
        }
        self.read.get(condition_id)?.as_ref()
    }

    /// Which market and outcome a row is about.
    pub fn market(
        &mut self,
        condition_id: Option<&ConditionId>,
        outcome_index: Option<u8>,
        token_id: Option<&TokenId>,
    ) -> WalletMarket {
        let known = condition_id.and_then(|id| self.known(id.as_str()));
        let by_token = || {
            let token = token_id?.as_str();
            known?.token_ids.iter().position(|id| id == token)
        };
        let outcome_index = outcome_index.map(usize::from).or_else(by_token);
        let token_of = |index: usize| {
            known.and_then(|known| known.token_ids.get(index).filter(|id| !id.is_empty()).cloned())
        };
        WalletMarket {
            condition_id: condition_id.map(ToString::to_string),
            market_id: known.map(|known| known.market_id.clone()),
            slug: known.map(|known| known.slug.clone()),
            title: known.map(|known| known.title.clone()),
            event: known.and_then(|known| known.event.clone()),
            category: known.and_then(|known| known.category),
            status: known.map(|known| known.status),
            outcome: outcome_index.and_then(|index| known?.outcomes.get(index).cloned()),
            outcome_index,
            token_id: token_id
                .map(ToString::to_string)
                .or_else(|| outcome_index.and_then(token_of)),
        }
    }

    /// Which market a condition is, and no outcome of it.
    pub fn of_condition(&mut self, condition_id: &str) -> WalletMarket {
        let condition = ConditionId::parse(condition_id).ok();
        self.market(condition.as_ref(), None, None)
    }

    /// What a share of an outcome is worth now: what its resolution pays, else the best bid of its live book, else the
    /// catalogue's. Whoever bids for one of two outcomes asks for the other. `None` where nobody knows.
    pub fn mark(&mut self, condition_id: &ConditionId, outcome: u8) -> Option<Mark> {
        let books = self.books;
        let known = self.known(condition_id.as_str())?;
        let payouts = known.resolution.as_ref().and_then(|resolution| resolution.payouts.as_ref());
        if let Some(payout) = payouts.and_then(|payouts| payouts.get(usize::from(outcome))) {
            let as_of = known.closed_at.unwrap_or(known.observed_at);
            return Some(Mark { price: *payout, source: MarkSource::Payout, as_of });
        }
        let bid = |price: f64, as_of| Mark { price, source: MarkSource::Bid, as_of };
        if let Some((price, as_of)) = live_bid(books, &known.market_id, outcome) {
            return Some(bid(price, as_of));
        }
        let price = match outcome {
            0 => known.best_bid,
            // Rounded, because 1 − 0.58 is not 0.42 in binary.
            1 => known.best_ask.map(|ask| rounded(1.0 - ask, 6)),
            _ => None,
        };
        price.map(|price| bid(price, known.observed_at))
    }
}

fn live_bid(
    books: Option<&LiveBooks>,
    market_id: &str,
    outcome: u8,
) -> Option<(f64, DateTime<Utc>)> {
    let live = books?.book(&MarketId::parse(market_id).ok()?)?;
    if live.state != BookState::Live || live.is_ghost {
        return None;
    }
    let price = match outcome {
        0 => live.book.best_bid()?.price(),
        1 => live.book.best_ask()?.price().complement(),
        _ => return None,
    };
    let told_at = live.as_of_ms.and_then(DateTime::from_timestamp_millis).or(live.received_at)?;
    Some((price.to_f64(), told_at))
}

/// A number to so many decimals.
pub(super) fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}
