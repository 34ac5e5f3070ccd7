//! Of an account: whether it was right about long shots more often than their prices allow.

use crate::evidence::EvidenceId;

/// Events below which nothing is said.
pub const FEWEST_EVENTS: usize = 10;
/// False discovery rate from which on an account is unusual.
pub const RATE: f64 = 0.01;
/// The price paid from which down an outcome would be a surprise if it came true.
pub const SURPRISE_PRICE: f64 = 0.35;

/// Whether an event is one of high surprise: by the price **paid**, before anybody knew. Choosing events by
/// whether they did surprise would make everybody who bought the winner look as if they had known: given
/// that the long shot won, its buyers won with certainty, whatever they knew, and the test would have no
/// size.
pub fn is_high_surprise(price_paid: f64) -> bool {
    price_paid <= SURPRISE_PRICE
}

/// The exact price-null test of `stats` on an account's high-surprise events, as it was computed.
#[derive(Debug, Clone, PartialEq)]
pub struct Tested {
    /// Events; opposite sides netted, markets of an event one.
    pub events: usize,
    /// Of them won.
    pub won: usize,
    /// Σ π: how many their prices expected.
    pub expected: f64,
    /// The exact p-value, one-sided.
    pub p: f64,
    /// The same after control of the false discovery rate over all accounts ever tested; `None` where that
    /// was not done.
    pub q: Option<f64>,
    /// The purchases.
    pub records: Vec<EvidenceId>,
}

/// What is said of an account.
#[derive(Debug, Clone, PartialEq)]
pub enum Account {
    /// Fewer than [`FEWEST_EVENTS`] events: the normal answer.
    TooFew {
        /// Events.
        events: usize,
    },
    /// The p-value stands alone: among many accounts some are low by chance, and nobody counted them.
    NotCorrected(Tested),
    /// Not below [`RATE`].
    Usual(Tested),
    /// Below [`RATE`].
    Unusual(Tested),
}

/// Reads a test.
pub fn account(tested: Tested) -> Account {
    if tested.events < FEWEST_EVENTS {
        return Account::TooFew { events: tested.events };
    }
    match tested.q {
        None => Account::NotCorrected(tested),
        Some(q) if q <= RATE => Account::Unusual(tested),
        Some(_) => Account::Usual(tested),
    }
}
