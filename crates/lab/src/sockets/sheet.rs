//! A market's book as its listeners have been told it. News arrive in bundles, when the exchange is
//! already further on; the sheet is brought forward one by one, so that a snapshot in the middle of a
//! bundle is the book of that moment.

use std::collections::BTreeMap;

use crate::clob::Snapshot;
use crate::exchange::{
    Half, LevelChange, Listing, Millis, Outcome, PIPS, Pips, Quantity, Shares, Side, mirrored,
};

/// Who a market is on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Card {
    pub(super) condition_id: String,
    pub(super) token_ids: [String; 2],
}

impl Card {
    pub(super) fn token(&self, outcome: Outcome) -> &str {
        &self.token_ids[outcome.index()]
    }
}

/// Best prices of a token; 0 and 1 stand for empty sides, as upstream writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Top {
    pub(super) bid: Pips,
    pub(super) ask: Pips,
}

/// A book and what else a snapshot says.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) card: Card,
    /// When the levels last changed.
    pub(super) at_ms: Millis,
    pub(super) tick: Pips,
    /// Price of the first outcome in the last trade.
    pub(super) last: Option<Pips>,
    /// Whether the market takes orders; upstream shows no book of one that does not.
    pub(super) has_book: bool,
    neg_risk: bool,
    bids: BTreeMap<Pips, Shares>,
    asks: BTreeMap<Pips, Shares>,
}

impl Sheet {
    /// The book as it is now.
    pub(super) fn of(card: Card, listing: &Listing) -> Self {
        let totals = |half| {
            let levels = listing.book.half(half).iter();
            levels.map(|(&price, level)| (price, level.total)).collect()
        };
        Self {
            card,
            at_ms: listing.published_ms,
            tick: listing.terms.tick,
            last: listing.last.map(|last| mirrored(last.outcome, last.price)),
            has_book: listing.accepting,
            neg_risk: listing.terms.group.is_some(),
            bids: totals(Half::Bids),
            asks: totals(Half::Asks),
        }
    }

    /// Brings the levels forward.
    pub(super) fn apply(&mut self, at_ms: Millis, changes: &[LevelChange]) {
        self.at_ms = at_ms;
        for &LevelChange { half, price, shares } in changes {
            let levels = match half {
                Half::Bids => &mut self.bids,
                Half::Asks => &mut self.asks,
            };
            if shares == 0 {
                levels.remove(&price);
            } else {
                levels.insert(price, shares);
            }
        }
    }

    /// Best prices of `outcome`.
    pub(super) fn top(&self, outcome: Outcome) -> Top {
        let bid = self.bids.last_key_value().map_or(0, |(&price, _)| price);
        let ask = self.asks.first_key_value().map_or(PIPS, |(&price, _)| price);
        match outcome {
            Outcome::First => Top { bid, ask },
            Outcome::Second => Top { bid: PIPS - ask, ask: PIPS - bid },
        }
    }

    /// What `/book` would show of `outcome`.
    pub(super) fn snapshot(&self, outcome: Outcome) -> Snapshot {
        Snapshot {
            condition_id: self.card.condition_id.clone(),
            token_id: self.card.token(outcome).to_owned(),
            at_ms: self.at_ms,
            bids: self.worst_first(outcome, Side::Buy),
            asks: self.worst_first(outcome, Side::Sell),
            tick: self.tick,
            neg_risk: self.neg_risk,
            last: self.last,
        }
    }

    fn worst_first(&self, outcome: Outcome, side: Side) -> Vec<Quantity> {
        let level = |(&price, &shares): (&Pips, &Shares)| Quantity {
            price: mirrored(outcome, price),
            shares,
        };
        // Bids of the first outcome are asks of the second: the same end is the worst for both.
        match Half::of(outcome, side) {
            Half::Bids => self.bids.iter().map(level).collect(),
            Half::Asks => self.asks.iter().rev().map(level).collect(),
        }
    }
}
