//! Orders and what they meet: price-time priority, and the three ways in which two wishes fit.

use super::book::{Book, Half, Resting, mirrored};
use super::listing::Last;
use super::news::News;
use super::tape::{Crossing, Fill, Match};
use super::units::{
    MarketIx, MatchIx, Millis, Outcome, PIPS, Pips, Shares, Side, Usdc, WalletIx, value,
};
use super::{Exchange, MICRO};

/// Smallest order that may rest.
pub(crate) const MIN_RESTING: Shares = 5 * MICRO;

/// How an order is to be executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Trades what is there at `price` or better; the rest waits in the book.
    #[cfg_attr(not(test), expect(dead_code, reason = "the people of the world say what they want"))]
    Limit { price: Pips, shares: Shares },
    /// Waits in the book; refused when it would trade at once.
    PostOnly { price: Pips, shares: Shares },
    /// Trades what is there at `price` or better; the rest is dropped.
    Take { price: Pips, shares: Shares },
    /// Buys for so much, fees apart, at `price` or better; the rest is dropped.
    Spend { price: Pips, usdc: Usdc },
}

/// An order. Prices are of its own token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) wallet: WalletIx,
    pub(crate) market: MarketIx,
    pub(crate) outcome: Outcome,
    pub(crate) side: Side,
    pub(crate) wish: Wish,
}

/// What came of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) shares: Shares,
    pub(crate) usdc: Usdc,
    pub(crate) fee: Usdc,
    /// Shares left waiting in the book.
    pub(crate) resting: Shares,
    pub(crate) matched: Option<MatchIx>,
}

/// Why an order is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The market takes no orders.
    Halted,
    /// The price is not a multiple of the tick strictly between 0 and 1.
    OffTick,
    /// Too small to rest.
    TooSmall,
    /// A post-only order would have traded.
    WouldTrade,
    /// More shares or cash than the wallet has.
    NotCovered,
}

/// An order while it is matched.
struct Taking {
    order: Order,
    at_ms: Millis,
    /// Worst price, of the order's own token.
    limit: Pips,
    shares_left: Shares,
    usdc_left: Usdc,
    done: Taken,
    fills: u32,
}

impl Exchange {
    /// Takes an order.
    pub(crate) fn submit(&mut self, at_ms: Millis, order: Order) -> Result<Taken, Refused> {
        let listing = self.listing(order.market);
        if !listing.accepting {
            return Err(Refused::Halted);
        }
        let (limit, shares_left, usdc_left, rests) = match order.wish {
            Wish::Limit { price, shares } | Wish::PostOnly { price, shares } => {
                (price, shares, Usdc::MAX, true)
            }
            Wish::Take { price, shares } => (price, shares, Usdc::MAX, false),
            Wish::Spend { price, usdc } => (price, Shares::MAX, usdc, false),
        };
        let on_tick = limit > 0 && limit < PIPS && limit % listing.terms.tick == 0;
        if rests && !on_tick || !(1..PIPS).contains(&limit) {
            return Err(Refused::OffTick);
        }
        if rests && shares_left < MIN_RESTING {
            return Err(Refused::TooSmall);
        }
        if rests && !self.covers(order, limit, shares_left) {
            return Err(Refused::NotCovered);
        }
        if matches!(order.wish, Wish::PostOnly { .. }) && crosses(&listing.book, order, limit) {
            return Err(Refused::WouldTrade);
        }
        let mut taking = Taking {
            order,
            at_ms,
            limit,
            shares_left,
            usdc_left,
            done: Taken::default(),
            fills: 0,
        };
        let exhausted = self.take(&mut taking);
        self.record(&mut taking);
        if rests && exhausted && taking.shares_left >= MIN_RESTING {
            self.rest(&mut taking);
        }
        Ok(taking.done)
    }

    /// Whether the wallet could settle the whole order by itself.
    fn covers(&self, order: Order, price: Pips, shares: Shares) -> bool {
        match order.side {
            Side::Buy => self.accounts.cash(order.wallet) >= value(shares, price),
            Side::Sell => self.accounts.shares(order.wallet, order.market, order.outcome) >= shares,
        }
    }

    /// Trades until nothing fits. True when the book or the wish, not the wallet, has run out.
    fn take(&mut self, taking: &mut Taking) -> bool {
        let Order { wallet, market, outcome, side, .. } = taking.order;
        let half = Half::of(outcome, side).opposite();
        while taking.shares_left > 0 && taking.usdc_left > 0 {
            let Some((first_price, resting)) = self.listing(market).book.front(half) else {
                return true;
            };
            let price = mirrored(outcome, first_price);
            let fits = match side {
                Side::Buy => price <= taking.limit,
                Side::Sell => price >= taking.limit,
            };
            if !fits {
                return true;
            }
            let wanted = resting.shares.min(taking.shares_left);
            let shares = wanted.min(shares_for(taking.usdc_left, price));
            let shares = self.affordable(taking.order, price, shares);
            if shares <= 0 {
                return false;
            }
            // Nobody trades with himself, and an order that can no longer be settled is void.
            if resting.wallet == wallet || !self.settles(market, resting, price, outcome, shares) {
                let void = &mut self.listings[market.index()].book;
                void.take_front(half, first_price, resting.shares);
                self.newsroom.touch(market, [(half, first_price)]);
                continue;
            }
            self.fill(taking, half, first_price, resting, shares);
            if shares < wanted {
                // Out of cash or of shares, but for what rounding left.
                return false;
            }
        }
        true
    }

    /// As many of `shares` as the taker can pay for, fee included, or has.
    fn affordable(&self, order: Order, price: Pips, shares: Shares) -> Shares {
        let Order { wallet, market, outcome, side, .. } = order;
        match side {
            Side::Sell => shares.min(self.accounts.shares(wallet, market, outcome)),
            Side::Buy => {
                let rate = self.listing(market).terms.fee;
                let cash = self.accounts.cash(wallet);
                let cost = |shares| value(shares, price) + rate.fee(shares, price);
                if cost(shares) <= cash {
                    return shares;
                }
                // In proportion, less what the four roundings may add: value and fee, of the whole and
                // of the part, each by half a millionth.
                let part = i128::from(shares) * i128::from((cash - 2).max(0));
                i64::try_from(part / i128::from(cost(shares))).unwrap_or(0)
            }
        }
    }

    /// Whether a maker can settle `shares`; `price` is of the taker's token.
    fn settles(
        &self,
        market: MarketIx,
        resting: Resting,
        price: Pips,
        outcome: Outcome,
        shares: Shares,
    ) -> bool {
        match resting.side {
            Side::Sell => self.accounts.shares(resting.wallet, market, resting.outcome) >= shares,
            Side::Buy => {
                let (_, usdc) = amounts(resting, outcome, price, shares);
                self.accounts.cash(resting.wallet) >= usdc
            }
        }
    }

    /// Settles `shares` of a resting order with the taker.
    fn fill(
        &mut self,
        taking: &mut Taking,
        half: Half,
        first_price: Pips,
        resting: Resting,
        shares: Shares,
    ) {
        let Order { wallet, market, outcome, side, .. } = taking.order;
        let price = mirrored(outcome, first_price);
        let (taker_usdc, maker_usdc) = amounts(resting, outcome, price, shares);
        let crossing = match (resting.outcome == outcome, side) {
            (true, _) => Crossing::Transfer,
            (false, Side::Buy) => Crossing::Mint,
            (false, Side::Sell) => Crossing::Merge,
        };
        let fee = self.listing(market).terms.fee.fee(shares, price);
        let at_ms = taking.at_ms;
        self.settle(at_ms, (wallet, market, outcome, side), shares, taker_usdc, fee);
        let maker = (resting.wallet, market, resting.outcome, resting.side);
        self.settle(at_ms, maker, shares, maker_usdc, 0);
        let listing = &mut self.listings[market.index()];
        match crossing {
            Crossing::Transfer => {}
            Crossing::Mint => {
                self.collateral += shares;
                listing.supply.iter_mut().for_each(|supply| *supply += shares);
            }
            Crossing::Merge => {
                self.collateral -= shares;
                listing.supply.iter_mut().for_each(|supply| *supply -= shares);
            }
        }
        self.fees += fee;
        listing.book.take_front(half, first_price, shares);
        listing.last = Some(Last { at_ms, outcome, side, price });
        self.newsroom.touch(market, [(half, first_price)]);
        self.tape.push_fill(Fill {
            of: self.tape.next_match(),
            maker: resting.wallet,
            outcome: resting.outcome,
            side: resting.side,
            shares,
            price: mirrored(resting.outcome, first_price),
            usdc: maker_usdc,
            crossing,
        });
        taking.fills += 1;
        taking.shares_left -= shares;
        taking.usdc_left -= taker_usdc;
        taking.done.shares += shares;
        taking.done.usdc += taker_usdc;
        taking.done.fee += fee;
    }

    /// One party's part of a fill.
    fn settle(
        &mut self,
        at_ms: Millis,
        (wallet, market, outcome, side): (WalletIx, MarketIx, Outcome, Side),
        shares: Shares,
        usdc: Usdc,
        fee: Usdc,
    ) {
        match side {
            Side::Buy => {
                *self.accounts.cash_mut(wallet) -= usdc + fee;
                self.accounts.acquire(at_ms, (wallet, market, outcome), shares, usdc);
            }
            Side::Sell => {
                *self.accounts.cash_mut(wallet) += usdc - fee;
                self.accounts.release(at_ms, (wallet, market, outcome), shares, usdc);
            }
        }
        self.accounts.charge((wallet, market, outcome), side, fee);
    }

    /// Writes what was traded on the tape.
    fn record(&mut self, taking: &mut Taking) {
        if taking.fills == 0 {
            return;
        }
        let Order { wallet, market, outcome, side, .. } = taking.order;
        let Taken { shares, usdc, fee, .. } = taking.done;
        let transaction = self.tape.next_transaction();
        let fill_count = taking.fills;
        let first_fill = self.tape.fill_before(fill_count);
        let at_ms = taking.at_ms;
        let matched = self.tape.push_match(Match {
            at_ms,
            transaction,
            market,
            taker: wallet,
            outcome,
            side,
            shares,
            usdc,
            fee,
            first_fill,
            fill_count,
        });
        taking.done.matched = Some(matched);
        self.listings[market.index()].note(at_ms, usdc, shares);
        self.newsroom.report(News::Matched { at_ms, market, matched });
    }

    fn rest(&mut self, taking: &mut Taking) {
        let Order { wallet, market, outcome, side, .. } = taking.order;
        let price = mirrored(outcome, taking.limit);
        let shares = taking.shares_left;
        let order = Resting { wallet, outcome, side, shares };
        self.listings[market.index()].book.push(price, order);
        self.newsroom.touch(market, [(Half::of(outcome, side), price)]);
        taking.done.resting = shares;
    }
}

/// Whether `book` has anything for `order` at `limit` or better.
fn crosses(book: &Book, order: Order, limit: Pips) -> bool {
    match order.side {
        Side::Buy => book.best_ask(order.outcome).is_some_and(|ask| ask <= limit),
        Side::Sell => book.best_bid(order.outcome).is_some_and(|bid| bid >= limit),
    }
}

/// What taker and maker pay or get for `shares`; `price` is of the taker's token `outcome`.
fn amounts(resting: Resting, outcome: Outcome, price: Pips, shares: Shares) -> (Usdc, Usdc) {
    let taker = value(shares, price);
    // A pair of shares and a USDC are the same number of millionths.
    let maker = if resting.outcome == outcome { taker } else { shares - taker };
    (taker, maker)
}

/// Shares that `usdc` buys at `price`.
fn shares_for(usdc: Usdc, price: Pips) -> Shares {
    let shares = i128::from(usdc) * i128::from(PIPS) / i128::from(price.max(1));
    i64::try_from(shares).unwrap_or(i64::MAX)
}
