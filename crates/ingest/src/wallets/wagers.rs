//! What a history says the wallet bet, in the form in which it is kept.

use domain::Address;
use domain::bets::{Bet, Bets};
use domain::ledger::{Completeness, Coverage};
use rust_decimal::Decimal;
use store::intelligence::bets::WalletBet;

use super::books::{Books, condition_of};
use super::entries::Book;

/// The settled bets of a wallet; none where something of its history is missing that we cannot name, because then
/// nobody knows what came first.
pub(super) fn settled(
    wallet: &Address,
    book: &Book,
    books: &Books,
    coverage: &Coverage,
) -> Vec<WalletBet> {
    if books.valuation.completeness == Completeness::Gap {
        return Vec::new();
    }
    let bets = Bets::of(&books.entries, &book.markets, coverage);
    bets.settled.iter().map(|bet| kept(wallet, book, bet)).collect()
}

fn kept(wallet: &Address, book: &Book, bet: &Bet) -> WalletBet {
    let terms = book.markets.terms(bet.slot.market);
    let condition_id = condition_of(book, bet.slot).clone();
    let event_key =
        terms.event_id.as_ref().map_or_else(|| condition_id.to_string(), ToString::to_string);
    WalletBet {
        wallet: wallet.clone(),
        event_key,
        condition_id,
        outcome_index: bet.slot.outcome,
        category: bet.category.map(|category| category.slug().to_owned()),
        opened_at: bet.at,
        closed_at: bet.closed_at,
        horizon_s: bet.horizon.map(|horizon| horizon.num_seconds()),
        price: bet.price,
        came_true: bet.came_true,
        stake_usdc: Decimal::new(bet.stake, 6),
    }
}
