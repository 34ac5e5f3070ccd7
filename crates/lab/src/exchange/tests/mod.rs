//! The exchange as its users see it: rules one by one here, and what must hold whatever happens in
//! [`properties`].

mod contracts;
mod ledger;
mod properties;
mod random;

use super::matching::Refused;
use super::*;

/// A moment of the tests.
pub(super) const NOON: Millis = 1_795_392_000_000;

/// What a wallet of the tests begins with: 1,000 USDC.
pub(super) const PURSE: Usdc = 1_000 * MICRO;

pub(super) const YES: Outcome = Outcome::First;
pub(super) const NO: Outcome = Outcome::Second;

/// An exchange with one market, without fees unless said, and wallets of [`PURSE`] each.
struct Floor {
    exchange: Exchange,
    market: MarketIx,
    at_ms: Millis,
}

impl Floor {
    fn new(wallets: usize) -> Self {
        Self::with_fee(wallets, FeeRate::FREE)
    }

    fn with_fee(wallets: usize, fee: FeeRate) -> Self {
        let mut exchange = Exchange::default();
        let market = exchange.list(NOON, Terms { tick: 100, fee, group: None }, 5_000);
        for _ in 0..wallets {
            let wallet = exchange.open_wallet();
            exchange.deposit(NOON, wallet, PURSE);
        }
        Self { exchange, market, at_ms: NOON }
    }

    fn submit(
        &mut self,
        wallet: u32,
        outcome: Outcome,
        side: Side,
        wish: Wish,
    ) -> Result<Taken, Refused> {
        let order = Order { wallet: WalletIx(wallet), market: self.market, outcome, side, wish };
        let taken = self.exchange.submit(self.at_ms, order);
        assert_eq!(self.exchange.audit(), Ok(()));
        taken
    }

    fn buy(&mut self, wallet: u32, outcome: Outcome, price: Pips, shares: Shares) -> Taken {
        self.submit(wallet, outcome, Side::Buy, limit(price, shares)).expect("a valid order")
    }

    fn sell(&mut self, wallet: u32, outcome: Outcome, price: Pips, shares: Shares) -> Taken {
        self.submit(wallet, outcome, Side::Sell, limit(price, shares)).expect("a valid order")
    }

    fn split(&mut self, wallet: u32, shares: Shares) {
        self.exchange.split(NOON, WalletIx(wallet), self.market, shares).expect("enough cash");
    }

    fn publish_at(&mut self, at_ms: Millis) {
        self.at_ms = at_ms;
        self.exchange.publish(at_ms, self.market);
    }

    fn cash(&self, wallet: u32) -> Usdc {
        self.exchange.accounts().cash(WalletIx(wallet))
    }

    fn shares(&self, wallet: u32, outcome: Outcome) -> Shares {
        self.exchange.accounts().shares(WalletIx(wallet), self.market, outcome)
    }

    fn book(&self) -> &Book {
        &self.exchange.listing(self.market).book
    }

    fn last_fills(&self) -> &[Fill] {
        let tape = self.exchange.tape();
        let last = MatchIx::next(tape.matches().len() - 1);
        tape.fills_of(last)
    }
}

fn limit(price: Pips, shares: Shares) -> Wish {
    Wish::Limit { price, shares }
}

fn take(price: Pips, shares: Shares) -> Wish {
    Wish::Take { price, shares }
}

#[test]
fn the_better_price_trades_first_and_of_equal_ones_the_earlier() {
    let mut floor = Floor::new(5);
    floor.buy(0, YES, 4_000, 10 * MICRO);
    floor.buy(1, YES, 4_200, 10 * MICRO);
    // The same wish on the other token stands in the same queue.
    floor.split(2, 10 * MICRO);
    floor.sell(2, NO, 5_800, 10 * MICRO);
    floor.buy(3, YES, 4_200, 10 * MICRO);
    floor.split(4, 35 * MICRO);
    let taken = floor.submit(4, YES, Side::Sell, take(4_000, 35 * MICRO)).unwrap();
    assert_eq!(taken.shares, 35 * MICRO);
    let makers: Vec<_> = floor.last_fills().iter().map(|fill| fill.maker.0).collect();
    assert_eq!(makers, [1, 2, 3, 0]);
    let prices: Vec<_> = floor.last_fills().iter().map(|fill| fill.price).collect();
    assert_eq!(prices, [4_200, 5_800, 4_200, 4_000]);
    assert_eq!(floor.book().levels(YES, Side::Buy), [Quantity { price: 4_000, shares: 5 * MICRO }]);
}

#[test]
fn a_transfer_moves_cash_and_shares() {
    let mut floor = Floor::new(2);
    floor.split(0, 50 * MICRO);
    floor.sell(0, YES, 6_300, 50 * MICRO);
    let taken = floor.buy(1, YES, 6_500, 20 * MICRO);
    assert_eq!((taken.shares, taken.usdc, taken.fee), (20 * MICRO, 12_600_000, 0));
    assert_eq!(floor.last_fills()[0].crossing, Crossing::Transfer);
    assert_eq!(floor.cash(0), PURSE - 50 * MICRO + 12_600_000);
    assert_eq!(floor.cash(1), PURSE - 12_600_000);
    assert_eq!([floor.shares(0, YES), floor.shares(0, NO)], [30 * MICRO, 50 * MICRO]);
    assert_eq!([floor.shares(1, YES), floor.shares(1, NO)], [20 * MICRO, 0]);
    assert_eq!(floor.exchange.listing(floor.market).supply, [50 * MICRO; 2]);
}

#[test]
fn two_buyers_of_opposite_outcomes_mint_a_pair() {
    let mut floor = Floor::new(2);
    floor.buy(0, YES, 4_000, 20 * MICRO);
    let taken = floor.buy(1, NO, 6_500, 20 * MICRO);
    // The maker's price stands: No costs 0.60, not 0.65.
    assert_eq!((taken.shares, taken.usdc), (20 * MICRO, 12 * MICRO));
    let fill = floor.last_fills()[0];
    assert_eq!(fill.crossing, Crossing::Mint);
    assert_eq!((fill.outcome, fill.side), (YES, Side::Buy));
    assert_eq!((fill.price, fill.usdc), (4_000, 8 * MICRO));
    assert_eq!((floor.cash(0), floor.cash(1)), (PURSE - 8 * MICRO, PURSE - 12 * MICRO));
    assert_eq!((floor.shares(0, YES), floor.shares(1, NO)), (20 * MICRO, 20 * MICRO));
    assert_eq!(floor.exchange.listing(floor.market).supply, [20 * MICRO; 2]);
}

#[test]
fn two_sellers_of_opposite_outcomes_merge_a_pair() {
    let mut floor = Floor::new(2);
    floor.buy(0, YES, 4_000, 20 * MICRO);
    floor.buy(1, NO, 6_000, 20 * MICRO);
    floor.sell(0, YES, 3_000, 20 * MICRO);
    let taken = floor.sell(1, NO, 6_500, 15 * MICRO);
    assert_eq!((taken.shares, taken.usdc), (15 * MICRO, 10_500_000));
    let fill = floor.last_fills()[0];
    assert_eq!(fill.crossing, Crossing::Merge);
    assert_eq!((fill.outcome, fill.side), (YES, Side::Sell));
    assert_eq!((fill.price, fill.usdc), (3_000, 4_500_000));
    assert_eq!(floor.cash(0), PURSE - 8 * MICRO + 4_500_000);
    assert_eq!(floor.cash(1), PURSE - 12 * MICRO + 10_500_000);
    assert_eq!(floor.exchange.listing(floor.market).supply, [5 * MICRO; 2]);
    let seller = floor.exchange.accounts().position(WalletIx(1), floor.market).unwrap();
    assert_eq!(seller.holding(NO).realized, 1_500_000);
    assert_eq!(seller.holding(NO).cost, 3 * MICRO);
}

#[test]
fn takers_pay_the_fee_and_makers_do_not() {
    // Upstream's own example: 22.84 shares at 0.52 with a rate of 0.05 cost 0.28504 in fees.
    let mut floor = Floor::with_fee(2, FeeRate { basis_points: 500 });
    floor.split(0, 22_840_000);
    floor.sell(0, YES, 5_200, 22_840_000);
    let bought = floor.buy(1, YES, 5_200, 22_840_000);
    assert_eq!((bought.usdc, bought.fee), (11_876_800, 285_043));
    assert_eq!(floor.cash(0), PURSE - 22_840_000 + 11_876_800);
    assert_eq!(floor.cash(1), PURSE - 11_876_800 - 285_043);
    assert_eq!(floor.exchange.fees(), 285_043);

    floor.buy(0, YES, 5_000, 20 * MICRO);
    let before = floor.cash(1);
    let sold = floor.sell(1, YES, 5_000, 20 * MICRO);
    // 20 × 0.05 × 0.5 × 0.5, out of the proceeds.
    assert_eq!((sold.usdc, sold.fee), (10 * MICRO, 250_000));
    assert_eq!(floor.cash(1), before + 9_750_000);
    assert_eq!(floor.exchange.fees(), 535_043);
    let holding = *floor.exchange.accounts().position(WalletIx(1), floor.market).unwrap();
    assert_eq!(holding.holding(YES).fees, 535_043);
    // Fees are apart from cost and profit: 20 of 22.84 shares sold at a loss of 0.02 each.
    assert_eq!(holding.holding(YES).realized, -400_000);
    assert_eq!(holding.holding(YES).cost, 2_840_000 * 52 / 100);
}

#[test]
fn an_order_that_wants_to_wait_does_not_trade() {
    let mut floor = Floor::new(2);
    floor.buy(0, YES, 4_000, 10 * MICRO);
    let post = |price, shares| Wish::PostOnly { price, shares };
    let crossing = floor.submit(1, NO, Side::Buy, post(6_000, 10 * MICRO));
    assert_eq!(crossing, Err(Refused::WouldTrade));
    let beside = floor.submit(1, NO, Side::Buy, post(5_900, 10 * MICRO)).unwrap();
    assert_eq!((beside.shares, beside.resting), (0, 10 * MICRO));
    assert_eq!(floor.cash(1), PURSE, "a resting order costs nothing yet");
    floor.split(0, 10 * MICRO);
    let crossing = floor.submit(0, NO, Side::Sell, post(5_900, 10 * MICRO));
    assert_eq!(crossing, Err(Refused::WouldTrade));
    assert!(floor.exchange.tape().matches().is_empty());
}

#[test]
fn nobody_trades_with_himself() {
    let mut floor = Floor::new(2);
    floor.buy(0, YES, 4_500, 10 * MICRO);
    floor.buy(1, YES, 4_400, 10 * MICRO);
    // The own order is taken back, and the next one is met.
    let taken = floor.buy(0, NO, 5_600, 10 * MICRO);
    assert_eq!(taken.shares, 10 * MICRO);
    let makers: Vec<_> = floor.last_fills().iter().map(|fill| fill.maker.0).collect();
    assert_eq!(makers, [1]);
    assert!(floor.book().is_empty());
}

#[test]
fn a_maker_without_cover_is_void() {
    let mut floor = Floor::new(2);
    // The purse covers either order, not both.
    floor.buy(0, YES, 6_000, 1_000 * MICRO);
    floor.buy(0, YES, 5_000, 1_000 * MICRO);
    floor.split(1, 1_000 * MICRO);
    floor.submit(1, YES, Side::Sell, take(6_000, 900 * MICRO)).unwrap();
    assert_eq!(floor.cash(0), 460 * MICRO);
    floor.exchange.withdraw(NOON, WalletIx(0), 440 * MICRO).unwrap();
    let taken = floor.submit(1, YES, Side::Sell, take(5_000, 100 * MICRO)).unwrap();
    assert_eq!(taken, Taken::default(), "20 USDC pay neither 60 nor 50");
    assert!(floor.book().is_empty());

    // Nor are shares sold that are gone.
    floor.sell(0, YES, 1_000, 900 * MICRO);
    floor.submit(0, YES, Side::Sell, Wish::PostOnly { price: 1_500, shares: 900 * MICRO }).unwrap();
    let taken = floor.submit(1, YES, Side::Buy, take(1_500, 1_000 * MICRO)).unwrap();
    assert_eq!((taken.shares, floor.shares(0, YES)), (900 * MICRO, 0));
    assert!(floor.book().is_empty());
}

#[test]
fn a_void_order_lets_the_next_one_trade() {
    let mut floor = Floor::new(3);
    floor.buy(0, YES, 5_000, 100 * MICRO);
    floor.buy(1, YES, 4_900, 100 * MICRO);
    floor.exchange.withdraw(NOON, WalletIx(0), PURSE).unwrap();
    floor.split(2, 100 * MICRO);
    let taken = floor.submit(2, YES, Side::Sell, take(4_000, 50 * MICRO)).unwrap();
    assert_eq!((taken.shares, taken.usdc), (50 * MICRO, 24_500_000));
    assert_eq!(floor.cash(0), 0);
    assert_eq!(floor.book().best_bid(YES), Some(4_900));
}

#[test]
fn spending_stops_at_the_sum_and_at_the_purse() {
    let mut floor = Floor::with_fee(3, FeeRate { basis_points: 700 });
    floor.split(0, 900 * MICRO);
    floor.sell(0, YES, 3_300, 40 * MICRO);
    floor.sell(0, YES, 3_700, 800 * MICRO);
    let spend = |usdc| Wish::Spend { price: 4_000, usdc };
    let taken = floor.submit(1, YES, Side::Buy, spend(20 * MICRO)).unwrap();
    assert_eq!(taken.usdc, 20 * MICRO);
    assert_eq!(taken.shares, 40 * MICRO + 6_800_000 * 10_000 / 3_700);
    assert_eq!(floor.cash(1), PURSE - taken.usdc - taken.fee);
    // A purse smaller than the sum pays for shares and fee to the last few millionths.
    floor.exchange.withdraw(NOON, WalletIx(2), 900 * MICRO).unwrap();
    let taken = floor.submit(2, YES, Side::Buy, spend(500 * MICRO)).unwrap();
    assert!(taken.usdc < 100 * MICRO && taken.fee > 0);
    assert!((0..10).contains(&floor.cash(2)), "{} left", floor.cash(2));
}

#[test]
fn what_a_purse_no_longer_pays_for_does_not_wait() {
    let mut floor = Floor::with_fee(2, FeeRate { basis_points: 700 });
    floor.split(0, 1_000 * MICRO);
    floor.exchange.deposit(NOON, WalletIx(0), 1_000 * MICRO);
    floor.split(0, 1_000 * MICRO);
    floor.sell(0, YES, 5_000, 2_000 * MICRO);
    // 1,000 USDC for 2,000 shares, but for the fee: the rest would cross what is still offered.
    let taken = floor.buy(1, YES, 5_000, 2_000 * MICRO);
    assert!(taken.shares < 1_940 * MICRO && taken.resting == 0, "{taken:?}");
    assert_eq!(floor.book().best_bid(YES), None);
    assert_eq!(floor.book().best_ask(YES), Some(5_000));
}

#[test]
fn what_cannot_be_is_refused() {
    let mut floor = Floor::new(1);
    let buy = |wish| (YES, Side::Buy, wish);
    for ((outcome, side, wish), why) in [
        (buy(limit(4_050, 10 * MICRO)), Refused::OffTick),
        (buy(limit(0, 10 * MICRO)), Refused::OffTick),
        (buy(take(10_000, 10 * MICRO)), Refused::OffTick),
        (buy(limit(4_000, 4 * MICRO)), Refused::TooSmall),
        (buy(limit(4_000, 2_501 * MICRO)), Refused::NotCovered),
        ((NO, Side::Sell, limit(4_000, 10 * MICRO)), Refused::NotCovered),
    ] {
        assert_eq!(floor.submit(0, outcome, side, wish), Err(why), "{wish:?}");
    }
    let nothing = floor.submit(0, YES, Side::Sell, take(4_000, 10 * MICRO)).unwrap();
    assert_eq!(nothing, Taken::default(), "what is not there is not sold");
    floor.exchange.halt(NOON, floor.market);
    let halted = floor.submit(0, YES, Side::Buy, limit(4_000, 10 * MICRO));
    assert_eq!(halted, Err(Refused::Halted));
}

#[test]
fn a_new_tick_binds_new_orders_only() {
    let mut floor = Floor::new(2);
    floor.buy(0, YES, 4_100, 10 * MICRO);
    floor.exchange.set_tick(NOON, floor.market, 1_000);
    assert_eq!(floor.submit(1, YES, Side::Buy, limit(4_100, 10 * MICRO)), Err(Refused::OffTick));
    assert_eq!(floor.book().best_bid(YES), Some(4_100), "the old order stays");
    let taken = floor.buy(1, NO, 6_000, 10 * MICRO);
    assert_eq!((taken.shares, taken.usdc), (10 * MICRO, 5_900_000));
}

#[test]
fn volume_counts_trades_too_small_to_cost_anything() {
    let mut floor = Floor::new(2);
    floor.buy(0, YES, 4_000, 10 * MICRO);
    floor.split(1, 10 * MICRO);
    for _ in 0..3 {
        let taken = floor.submit(1, YES, Side::Sell, take(4_000, 1)).unwrap();
        assert_eq!((taken.shares, taken.usdc), (1, 0));
    }
    assert_eq!(floor.exchange.listing(floor.market).series.last().unwrap().shares, 3);
}

#[test]
fn what_is_shown_is_the_middle_or_else_the_last_trade() {
    let mut floor = Floor::new(3);
    floor.buy(0, YES, 4_000, 10 * MICRO);
    floor.buy(1, NO, 5_500, 10 * MICRO);
    floor.split(2, 10 * MICRO);
    floor.publish_at(NOON + 1);
    floor.submit(2, YES, Side::Sell, take(4_000, 10 * MICRO)).unwrap();
    floor.publish_at(NOON + 2);
    // Only asks at 0.45 are left.
    let listing = floor.exchange.listing(floor.market);
    assert_eq!((listing.shown(YES), listing.shown(NO)), (4_000, 6_000));
    let point = |at_ms| listing.point_at(at_ms).map(|point| (point.shown, point.volume));
    assert_eq!(point(NOON - 1), None);
    assert_eq!(point(NOON), Some((5_000, 0)), "as listed");
    assert_eq!(point(NOON + 1), Some((4_000, 4 * MICRO)));
    assert_eq!(listing.series.last().unwrap().shares, 10 * MICRO);

    floor.buy(0, YES, 3_800, 10 * MICRO);
    floor.publish_at(NOON + 3);
    assert_eq!(floor.exchange.listing(floor.market).shown(YES), 4_150, "the middle of the book");
    floor.exchange.cancel(floor.market, |order| order.wallet == WalletIx(0));
    floor.buy(0, YES, 3_400, 10 * MICRO);
    floor.publish_at(NOON + 4);
    assert_eq!(floor.exchange.listing(floor.market).shown(YES), 4_000, "too wide for a middle");
    floor.exchange.resolve(NOON + 5, floor.market, [0, MICRO]);
    assert_eq!(floor.exchange.listing(floor.market).shown(YES), 0);
}
