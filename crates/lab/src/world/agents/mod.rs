//! Who lives in the world, and what they do. What a person truly is decides what it does; nothing of it
//! is on the wire.

mod arbitrage;
mod copying;
mod daily;
mod insiders;
mod makers;
mod population;
mod schemes;
mod takers;

pub(super) use population::Population;

use super::World;
use crate::exchange::{
    MICRO, MarketIx, MatchIx, Millis, Order, Outcome, PIPS, Pips, Shares, Side, Taken, Usdc,
    WalletIx, Wish,
};
use crate::noise::Dice;

/// Whole USDC as an account holds them.
fn dollars(usdc: f64) -> Usdc {
    #[expect(clippy::cast_possible_truncation, reason = "far below the range of i64")]
    let whole = usdc.round() as i64;
    whole * MICRO
}

/// Millionths of a USDC.
fn micros(usdc: f64) -> Usdc {
    #[expect(clippy::cast_possible_truncation, reason = "far below the range of i64")]
    let micros = (usdc * MICRO as f64).round() as i64;
    micros
}

/// A draw whose logarithm is normal, with median 1.
fn lognormal(dice: &mut Dice, sigma: f64) -> f64 {
    (sigma * dice.bell()).exp()
}

impl World {
    /// Best price to buy at, of `outcome`'s own book.
    fn ask(&self, market: MarketIx, outcome: Outcome) -> Option<Pips> {
        self.exchange.listing(market).book.best_ask(outcome)
    }

    fn bid(&self, market: MarketIx, outcome: Outcome) -> Option<Pips> {
        self.exchange.listing(market).book.best_bid(outcome)
    }

    fn held(&self, wallet: WalletIx, market: MarketIx, outcome: Outcome) -> Shares {
        self.exchange.accounts().shares(wallet, market, outcome)
    }

    /// Buys for `usdc`, at prices up to `slippage` above the best. Pays in first when the cash does not
    /// cover it and the owner is willing.
    fn buy(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        (market, outcome): (MarketIx, Outcome),
        usdc: Usdc,
        slippage: Pips,
    ) -> Option<Taken> {
        let ask = self.ask(market, outcome)?;
        let usdc = self.funded(at_ms, wallet, usdc);
        let price = (ask + slippage).min(PIPS - 1);
        self.submit(at_ms, wallet, (market, outcome), Side::Buy, Wish::Spend { price, usdc })
    }

    /// Sells `shares` at prices down to `slippage` below the best.
    fn sell(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        (market, outcome): (MarketIx, Outcome),
        shares: Shares,
        slippage: Pips,
    ) -> Option<Taken> {
        let bid = self.bid(market, outcome)?;
        let price = (bid - slippage).max(1);
        self.submit(at_ms, wallet, (market, outcome), Side::Sell, Wish::Take { price, shares })
    }

    /// Sends an order, and lets what it did leave its mark: on the price, on followers.
    fn submit(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        (market, outcome): (MarketIx, Outcome),
        side: Side,
        wish: Wish,
    ) -> Option<Taken> {
        let order = Order { wallet, market, outcome, side, wish };
        let taken = self.exchange.submit(at_ms, order).ok()?;
        self.exchange.publish(at_ms, market);
        let (index, place) = self.place(market);
        self.events[index].touch(at_ms);
        let matched = taken.matched?;
        let towards_first = (outcome == Outcome::First) == (side == Side::Buy);
        let pressed = if towards_first { taken.shares } else { -taken.shares };
        self.events[index].markets[place].press(pressed);
        self.tell_followers(at_ms, matched);
        Some(taken)
    }

    fn tell_followers(&mut self, at_ms: Millis, matched: MatchIx) {
        let done = *self.exchange.tape().get(matched);
        self.followers_react(at_ms, &done);
    }
}
