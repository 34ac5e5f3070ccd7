//! Where a wallet turned round, in the form in which it is kept.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::Address;
use domain::clusters::OwnerIx;
use domain::evidence::{Basis, EvidenceId};
use domain::ledger::{Entry, MarketIx, Place, Slot};
use domain::whales::{Exposures, Flip, Question, Questions};
use rust_decimal::Decimal;
use serde_json::Value;
use store::intelligence::flips::{Toward, WalletFlip};
use store::wallets::activity::StoredActivity;
use uuid::Uuid;

use super::books::{Books, condition_of};
use super::entries::Book;
use super::wagers::event_key;

/// The wallet whose books they are.
const OWNER: OwnerIx = OwnerIx(0);

/// All reversals that the books of a wallet tell, in order.
pub(super) fn flips(
    wallet: &Address,
    book: &Book,
    books: &Books,
    history: &[StoredActivity],
) -> Vec<WalletFlip> {
    let questions = Questions::of(&book.markets);
    let told = (Basis::Activity, books.valuation.completeness);
    let mut rows = Rows::of(history);
    let mut ends = ends(book).into_iter().peekable();
    let mut exposures = Exposures::new();
    let mut found = Vec::new();
    for entry in &books.entries {
        while let Some((_, market)) = ends.next_if(|(at, _)| *at <= entry.place.at) {
            exposures.end(&book.markets, market);
        }
        let id = rows.take(&entry.place);
        let turn = exposures.apply((&book.markets, &questions), OWNER, told, entry, id);
        if let Some(flip) = turn {
            found.extend(kept(wallet, book, entry, &flip));
        }
    }
    found
}

/// Markets that are decided, by when they were.
fn ends(book: &Book) -> Vec<(DateTime<Utc>, MarketIx)> {
    let decided = book.markets.iter().filter(|(_, terms)| terms.payouts.is_some());
    let mut ends: Vec<_> =
        decided.filter_map(|(market, terms)| Some((terms.resolved_at?, market))).collect();
    ends.sort_unstable();
    ends
}

/// The rows of a history by the place of the entries that were made of them.
struct Rows(HashMap<(i64, u64, u32), Vec<Uuid>>);

impl Rows {
    fn of(history: &[StoredActivity]) -> Self {
        let mut rows: HashMap<_, Vec<Uuid>> = HashMap::new();
        // The first last, so that they are taken in order.
        for row in history.iter().rev() {
            let hash = row.activity.transaction_hash.as_ref();
            let ordinal = u32::try_from(row.ordinal).unwrap_or(0);
            let transaction = hash.map_or(0, Place::transaction_of);
            let place = (row.activity.happened_at.timestamp(), transaction, ordinal);
            rows.entry(place).or_default().push(row.id);
        }
        Self(rows)
    }

    /// A row of this place. Rows of one transaction are told apart no further: they are of one act.
    fn take(&mut self, place: &Place) -> EvidenceId {
        let rows = self.0.get_mut(&(place.at.timestamp(), place.transaction, place.ordinal));
        EvidenceId(rows.and_then(Vec::pop).map_or(0, |id| id.as_u128()))
    }
}

fn kept(wallet: &Address, book: &Book, entry: &Entry, flip: &Flip) -> Option<WalletFlip> {
    let market = market_of(book, entry, flip)?;
    let [from, to] = flip.sides;
    // In a group the same token may say most of both; then it does not say where to.
    let to = to.filter(|to| Some(*to) != from);
    let dollars = |micro| Decimal::new(micro, 6);
    let ids = flip.trades.iter().filter(|id| id.0 != 0);
    let evidence = ids.map(|id| Value::String(Uuid::from_u128(id.0).to_string())).collect();
    Some(WalletFlip {
        wallet: wallet.clone(),
        at: flip.at,
        event_key: event_key(book, market),
        condition_id: book.markets.terms(market).condition_id.clone(),
        from: toward(book, from),
        to: toward(book, to),
        before_usdc: dollars(flip.before),
        after_usdc: dollars(flip.now),
        peak_usdc: dollars(flip.peak),
        change: flip.change,
        is_whole: flip.is_whole,
        evidence: Value::Array(evidence),
    })
}

/// The market of the act, or the one that it came to be about.
fn market_of(book: &Book, entry: &Entry, flip: &Flip) -> Option<MarketIx> {
    use domain::ledger::Change;
    match (&entry.change, flip.question) {
        (Change::Buy(fill) | Change::Sell(fill), _) => Some(fill.slot.market),
        (_, Question::Market(market)) => Some(market),
        (_, Question::Group(event)) => {
            let mut all = book.markets.iter().map(|(market, _)| market);
            all.find(|market| book.markets.event_of(*market) == event)
        }
    }
}

fn toward(book: &Book, side: Option<Slot>) -> Option<Toward> {
    let slot = side?;
    Some(Toward { condition_id: condition_of(book, slot).clone(), outcome_index: slot.outcome })
}
