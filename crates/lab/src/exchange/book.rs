//! The order book of a market. One book serves both tokens: to buy the first at p and to sell the
//! second at 1 − p is the same wish, so each token's book is the other's in the mirror.

use std::collections::{BTreeMap, VecDeque};

use super::units::{Outcome, PIPS, Pips, Shares, Side, WalletIx};

/// A resting order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resting {
    pub(crate) wallet: WalletIx,
    /// The token and side it was placed on.
    pub(crate) outcome: Outcome,
    pub(crate) side: Side,
    pub(crate) shares: Shares,
}

/// Orders at one price, the first to come in front.
#[derive(Clone, Debug, Default)]
pub(crate) struct Level {
    pub(crate) orders: VecDeque<Resting>,
    pub(crate) total: Shares,
}

/// Which half of the book, in terms of the first outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Half {
    Bids,
    Asks,
}

impl Half {
    /// Where an order of `side` on `outcome` rests.
    pub(crate) const fn of(outcome: Outcome, side: Side) -> Self {
        match (outcome, side) {
            (Outcome::First, Side::Buy) | (Outcome::Second, Side::Sell) => Self::Bids,
            (Outcome::First, Side::Sell) | (Outcome::Second, Side::Buy) => Self::Asks,
        }
    }

    pub(crate) const fn opposite(self) -> Self {
        match self {
            Self::Bids => Self::Asks,
            Self::Asks => Self::Bids,
        }
    }
}

/// `price` of `outcome` as a price of the first, and back.
pub(crate) const fn mirrored(outcome: Outcome, price: Pips) -> Pips {
    match outcome {
        Outcome::First => price,
        Outcome::Second => PIPS - price,
    }
}

/// A price and the shares wanted or offered there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quantity {
    pub(crate) price: Pips,
    pub(crate) shares: Shares,
}

/// The resting orders of a market.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    bids: BTreeMap<Pips, Level>,
    asks: BTreeMap<Pips, Level>,
    changed: bool,
}

impl Book {
    /// Whether an order came or went since this was last asked.
    pub(crate) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// Best price at which somebody buys `outcome`.
    pub(crate) fn best_bid(&self, outcome: Outcome) -> Option<Pips> {
        match outcome {
            Outcome::First => self.bids.last_key_value().map(|(&price, _)| price),
            Outcome::Second => self.asks.first_key_value().map(|(&price, _)| PIPS - price),
        }
    }

    /// Best price at which somebody sells `outcome`.
    pub(crate) fn best_ask(&self, outcome: Outcome) -> Option<Pips> {
        self.best_bid(outcome.opposite()).map(|price| PIPS - price)
    }

    /// Levels on which `outcome` is wanted ([`Side::Buy`]) or offered, best first.
    pub(crate) fn levels(&self, outcome: Outcome, side: Side) -> Vec<Quantity> {
        let row = |(&price, level): (&Pips, &Level)| Quantity {
            price: mirrored(outcome, price),
            shares: level.total,
        };
        match Half::of(outcome, side) {
            Half::Bids => self.bids.iter().rev().map(row).collect(),
            Half::Asks => self.asks.iter().map(row).collect(),
        }
    }

    /// Total at a price of the first outcome.
    pub(crate) fn total_at(&self, half: Half, price: Pips) -> Shares {
        self.half(half).get(&price).map_or(0, |level| level.total)
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.bids.is_empty() && self.asks.is_empty()
    }

    pub(crate) fn half(&self, half: Half) -> &BTreeMap<Pips, Level> {
        match half {
            Half::Bids => &self.bids,
            Half::Asks => &self.asks,
        }
    }

    fn half_mut(&mut self, half: Half) -> &mut BTreeMap<Pips, Level> {
        match half {
            Half::Bids => &mut self.bids,
            Half::Asks => &mut self.asks,
        }
    }

    /// Price and front order of the best level of a half.
    pub(crate) fn front(&self, half: Half) -> Option<(Pips, Resting)> {
        let (&price, level) = match half {
            Half::Bids => self.bids.last_key_value(),
            Half::Asks => self.asks.first_key_value(),
        }?;
        level.orders.front().map(|&order| (price, order))
    }

    /// Puts an order behind those of its price. `price` is of the first outcome.
    pub(crate) fn push(&mut self, price: Pips, order: Resting) {
        let half = Half::of(order.outcome, order.side);
        let level = self.half_mut(half).entry(price).or_default();
        level.total += order.shares;
        level.orders.push_back(order);
        self.changed = true;
    }

    /// Takes `shares` off the front order at `price`, and the order with them when none are left.
    pub(crate) fn take_front(&mut self, half: Half, price: Pips, shares: Shares) {
        self.changed = true;
        let side = self.half_mut(half);
        let Some(level) = side.get_mut(&price) else { return };
        level.total -= shares;
        if let Some(order) = level.orders.front_mut() {
            order.shares -= shares;
            if order.shares <= 0 {
                level.orders.pop_front();
            }
        }
        if level.orders.is_empty() {
            side.remove(&price);
        }
    }

    /// Takes away the orders that `gone` names and tells the prices (of the first outcome) where
    /// there were any.
    pub(crate) fn remove(&mut self, mut gone: impl FnMut(&Resting) -> bool) -> Vec<(Half, Pips)> {
        let mut touched = Vec::new();
        for half in [Half::Bids, Half::Asks] {
            self.half_mut(half).retain(|&price, level| {
                let before = level.orders.len();
                let total = &mut level.total;
                level.orders.retain(|order| {
                    let keep = !gone(order);
                    if !keep {
                        *total -= order.shares;
                    }
                    keep
                });
                if level.orders.len() != before {
                    touched.push((half, price));
                }
                !level.orders.is_empty()
            });
        }
        self.changed |= !touched.is_empty();
        touched
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(wallet: u32, outcome: Outcome, side: Side, shares: Shares) -> Resting {
        Resting { wallet: WalletIx(wallet), outcome, side, shares }
    }

    #[test]
    fn each_book_mirrors_the_other() {
        let mut book = Book::default();
        book.push(4_000, order(1, Outcome::First, Side::Buy, 10));
        book.push(4_200, order(2, Outcome::Second, Side::Buy, 7));
        assert_eq!(book.best_bid(Outcome::First), Some(4_000));
        assert_eq!(book.best_ask(Outcome::First), Some(4_200));
        assert_eq!(book.best_bid(Outcome::Second), Some(5_800));
        assert_eq!(book.best_ask(Outcome::Second), Some(6_000));
        let wanted = book.levels(Outcome::Second, Side::Buy);
        assert_eq!(wanted, [Quantity { price: 5_800, shares: 7 }]);
    }

    #[test]
    fn the_first_to_come_is_in_front() {
        let mut book = Book::default();
        book.push(4_000, order(1, Outcome::First, Side::Buy, 10));
        book.push(4_000, order(2, Outcome::Second, Side::Sell, 5));
        book.push(3_900, order(3, Outcome::First, Side::Buy, 5));
        assert_eq!(book.front(Half::Bids).unwrap().1.wallet, WalletIx(1));
        book.take_front(Half::Bids, 4_000, 10);
        assert_eq!(book.front(Half::Bids).unwrap().1.wallet, WalletIx(2));
        assert_eq!(book.total_at(Half::Bids, 4_000), 5);
        let touched = book.remove(|order| order.wallet == WalletIx(2));
        assert_eq!(touched, [(Half::Bids, 4_000)]);
        assert_eq!(book.front(Half::Bids).unwrap().0, 3_900);
    }
}
