//! What rows take from the catalogue in memory: names and prices of their markets, each read once.

use std::collections::HashMap;
use std::sync::Arc;

use domain::Category;
use serde::Deserialize;

use super::references::{MarketRef, unknown_market};
use crate::catalog::Snapshot;
use crate::view::EventRef;

/// What a row of the catalogue says that boards need.
#[derive(Debug, Clone, Deserialize)]
pub struct NamedMarket {
    /// Gamma's id.
    pub market_id: String,
    /// Kebab-case name in URLs.
    pub slug: String,
    /// The question.
    pub title: String,
    /// The event it belongs to.
    pub event: Option<EventRef>,
    /// Of the event.
    pub category: Option<Category>,
    /// Trading has ended.
    pub closed: bool,
    /// Labels of the outcomes.
    pub outcomes: Vec<String>,
    /// Dollars near the mid.
    pub liquidity: Option<f64>,
}

/// The catalogue, as the rows of one page look their markets up in it.
pub struct MarketNames<'a> {
    snapshot: &'a Snapshot,
    read: HashMap<String, Option<Arc<NamedMarket>>>,
}

impl<'a> MarketNames<'a> {
    /// Looks markets up in a catalogue.
    pub fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, read: HashMap::new() }
    }

    /// What is known of a market by its market id or condition id.
    pub fn named(&mut self, id: &str) -> Option<Arc<NamedMarket>> {
        if let Some(known) = self.read.get(id) {
            return known.clone();
        }
        let row = self.snapshot.market(id);
        // Rows are of our own writing.
        let named = row.and_then(|row| serde_json::from_slice(&row.json()).ok()).map(Arc::new);
        self.read.insert(id.to_owned(), named.clone());
        named
    }

    /// The category of a market by its market id; `None` unknown.
    pub fn category(&self, market_id: &str) -> Option<Category> {
        self.snapshot.category_of(market_id)
    }

    /// A market and an outcome of it.
    pub fn market(&mut self, id: &str, outcome_index: Option<usize>) -> MarketRef {
        match self.named(id) {
            Some(named) => MarketRef::of(&named, outcome_index),
            None => MarketRef { outcome_index, ..unknown_market(id) },
        }
    }
}
