//! What a wallet stands to lose and to win on events that are not over.

use std::collections::HashMap;

use domain::ledger::{EventIx, Markets};
use domain::performance::exposures;
use serde::{Deserialize, Serialize};

use super::books::{Books, condition_of};
use super::entries::Book;
use super::figures::dollars;

/// What is held of an event that is not over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExposureFigures {
    /// One market of it, by which it is found.
    pub condition_id: String,
    /// Tokens held.
    pub positions: usize,
    /// What they cost.
    pub cost_usdc: Option<f64>,
    /// What somebody offered for them.
    pub value_usdc: Option<f64>,
    /// What they pay at least.
    pub worst_payoff_usdc: f64,
    /// At most.
    pub best_payoff_usdc: f64,
    /// The least less the cost.
    pub worst_profit_usdc: Option<f64>,
    /// The most less the cost.
    pub best_profit_usdc: Option<f64>,
    /// The market whose Yes is worst for the wallet.
    pub worst_winner: Option<String>,
}

pub(super) fn exposed(book: &Book, books: &Books) -> Vec<ExposureFigures> {
    let all = exposures(&books.valuation.positions, &book.markets);
    let name = |slot_market| book.markets.terms(slot_market).condition_id.to_string();
    let first = first_markets(&book.markets);
    let mut held: HashMap<EventIx, &str> = HashMap::new();
    for position in books.valuation.positions.iter().filter(|position| position.held() > 0) {
        held.entry(position.event).or_insert(condition_of(book, position.slot).as_str());
    }
    all.into_iter()
        .map(|one| {
            let market = held.get(&one.event).copied().or(first[one.event.index()]);
            ExposureFigures {
                condition_id: market.map_or_else(String::new, String::from),
                positions: one.positions,
                cost_usdc: one.cost.known().map(dollars),
                value_usdc: one.value.map(dollars),
                worst_payoff_usdc: dollars(one.worst_payoff),
                best_payoff_usdc: dollars(one.best_payoff),
                worst_profit_usdc: one.worst_profit.known().map(dollars),
                best_profit_usdc: one.best_profit.known().map(dollars),
                worst_winner: one.worst_winner.map(name),
            }
        })
        .collect()
}

/// The first market of each event.
pub(super) fn first_markets(markets: &Markets) -> Vec<Option<&str>> {
    let mut first = vec![None; markets.event_count()];
    for (market, terms) in markets.iter() {
        first[markets.event_of(market).index()].get_or_insert(terms.condition_id.as_str());
    }
    first
}
