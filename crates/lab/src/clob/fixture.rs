//! A small exchange for the tests of this host.

use super::Token;
use crate::exchange::{
    Exchange, FeeRate, Listing, MICRO, MarketIx, Order, Outcome, Pips, Shares, Side, Terms,
    WalletIx, Wish,
};

/// An exchange with one market.
pub(super) struct Floor {
    pub(super) exchange: Exchange,
    pub(super) market: MarketIx,
    maker: WalletIx,
    taker: WalletIx,
}

impl Floor {
    /// A market listed at second 1 and shown at 0.4, without orders.
    pub(super) fn listed() -> Self {
        let mut exchange = Exchange::default();
        let (maker, taker) = (exchange.open_wallet(), exchange.open_wallet());
        exchange.deposit(1_000, maker, 10_000 * MICRO);
        exchange.deposit(1_000, taker, 10_000 * MICRO);
        let terms = Terms { tick: 100, fee: FeeRate { basis_points: 500 }, group: None };
        let market = exchange.list(1_000, terms, 4_000);
        Self { exchange, market, maker, taker }
    }

    /// The same with two levels a side, of which the best ask was partly bought at second 5.
    pub(super) fn quoted() -> Self {
        let mut floor = Self::listed();
        floor.rest(2_000, Outcome::First, 4_000, 100 * MICRO);
        floor.rest(2_000, Outcome::First, 3_800, 50 * MICRO);
        // Buyers of the second outcome are sellers of the first.
        floor.rest(2_000, Outcome::Second, 5_800, 20 * MICRO);
        floor.rest(2_000, Outcome::Second, 5_500, 30 * MICRO);
        floor.take(5_000, Outcome::First, 4_200, 7_500_000);
        floor
    }

    pub(super) fn listing(&self) -> &Listing {
        self.exchange.listing(self.market)
    }

    pub(super) fn token(&self, outcome: Outcome) -> Token<'_> {
        Token {
            listing: self.listing(),
            outcome,
            condition_id: "0xc0",
            id: ["71", "72"][outcome.index()],
        }
    }

    /// The maker's bid for `outcome`.
    pub(super) fn rest(&mut self, at_ms: i64, outcome: Outcome, price: Pips, shares: Shares) {
        self.submit(at_ms, self.maker, outcome, Wish::PostOnly { price, shares });
    }

    /// The taker's purchase of `outcome`.
    pub(super) fn take(&mut self, at_ms: i64, outcome: Outcome, price: Pips, shares: Shares) {
        self.submit(at_ms, self.taker, outcome, Wish::Take { price, shares });
    }

    /// Takes every order out of the book.
    pub(super) fn clear(&mut self) {
        self.exchange.cancel(self.market, |_| true);
    }

    fn submit(&mut self, at_ms: i64, wallet: WalletIx, outcome: Outcome, wish: Wish) {
        let order = Order { wallet, market: self.market, outcome, side: Side::Buy, wish };
        self.exchange.submit(at_ms, order).expect("an order that is taken");
        self.exchange.publish(at_ms, self.market);
    }
}
