//! What a history says the wallet bet, in the form in which it is kept.

use domain::Address;
use domain::bets::{Bet, Bets};
use domain::ledger::{Completeness, Coverage, MarketIx};
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
    WalletBet {
        wallet: wallet.clone(),
        event_key: event_key(book, bet.slot.market),
        condition_id: condition_of(book, bet.slot).clone(),
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

/// What markets of one event have in common: the event's id, or the market's where it has none. Of a market that the
/// catalogue does not have its condition, which is no event's id.
pub(super) fn event_key(book: &Book, market: MarketIx) -> String {
    let terms = book.markets.terms(market);
    if let Some(event) = &terms.event_id {
        return event.to_string();
    }
    let known = book.known.get(&terms.condition_id);
    known.map_or_else(|| terms.condition_id.to_string(), |known| known.market_id.to_string())
}
