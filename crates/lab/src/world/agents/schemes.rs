//! Schemes: rings that trade with themselves, and clusters of wallets with one owner.

use super::micros;
use crate::exchange::{
    MICRO, MarketIx, Millis, Order, Outcome, PIPS, Pips, Shares, Side, WalletIx, Wish,
};
use crate::noise::Dice;
use crate::world::World;
use crate::world::agenda::Action;
use crate::world::plan::seconds;

impl World {
    /// Shares go from one member of the ring to the next and to the next, at the middle of the book.
    pub(in crate::world) fn wash_round(&mut self, at_ms: Millis, ring: usize, mut dice: Dice) {
        let wait_ms = seconds(dice.between(0.5, 7.0) * 3.6e6 / self.growth(at_ms).max(0.2));
        self.agenda.note(at_ms + wait_ms.max(60_000), Action::WashRound(ring));
        let Some(members) = self.population.rings.get(ring).cloned() else { return };
        let Some((market, price)) = self.quiet_market(&mut dice) else { return };
        let outcome = Outcome::First;
        let shares = i64::try_from(dice.whole(50, 900)).unwrap_or(50) * MICRO;
        for member in &members {
            let usdc = crate::exchange::value(2 * shares, price);
            self.funded(at_ms, *member, usdc);
        }
        // The first member buys from the market's pairs, so that there is something to send round.
        let first = members[0];
        if self.exchange.split(at_ms, first, market, shares).is_err() {
            return;
        }
        let mut when_ms = at_ms;
        for (index, &seller) in members.iter().enumerate() {
            let buyer = members[(index + 1) % members.len()];
            when_ms += 1;
            self.pass_on(when_ms.min(at_ms + 1), (seller, buyer), (market, outcome), shares, price);
        }
        let pairs = Outcome::BOTH.map(|outcome| self.held(first, market, outcome));
        // What is left over of the pairs goes back.
        let _ = self.exchange.merge(at_ms + 1, first, market, pairs[0].min(pairs[1]));
    }

    /// One member offers inside the spread, another takes it at once.
    fn pass_on(
        &mut self,
        at_ms: Millis,
        (seller, buyer): (WalletIx, WalletIx),
        (market, outcome): (MarketIx, Outcome),
        shares: Shares,
        price: Pips,
    ) {
        let offer = Wish::PostOnly { price, shares };
        let order = Order { wallet: seller, market, outcome, side: Side::Sell, wish: offer };
        if self.exchange.submit(at_ms, order).is_err() {
            return;
        }
        self.submit(at_ms, buyer, (market, outcome), Side::Buy, Wish::Take { price, shares });
        self.cancel_of(at_ms, seller, market);
    }

    /// A market with room between its best prices, and the price in the middle of it.
    fn quiet_market(&self, dice: &mut Dice) -> Option<(MarketIx, Pips)> {
        for _ in 0..40 {
            let index = dice.bits() % self.places.len().max(1) as u64;
            let market = MarketIx(u32::try_from(index).ok()?);
            let listing = self.exchange.listings().get(market.index())?;
            let best =
                (listing.book.best_bid(Outcome::First), listing.book.best_ask(Outcome::First));
            let (true, (Some(bid), Some(ask))) = (listing.accepting, best) else { continue };
            let tick = listing.terms.tick;
            let middle = i32::midpoint(bid, ask) / tick * tick;
            if middle > bid && middle < ask && (500..9_500).contains(&middle) {
                return Some((market, middle));
            }
        }
        None
    }

    /// Every wallet of the cluster buys the same in the same second, for the same odd sum.
    pub(in crate::world) fn sybils_act(&mut self, at_ms: Millis, cluster: usize, mut dice: Dice) {
        let wait_ms = seconds(dice.between(4.0, 30.0) * 3.6e6 / self.growth(at_ms).max(0.2));
        self.agenda.note(at_ms + wait_ms.max(60_000), Action::SybilsAct(cluster));
        let Some(members) = self.population.clusters.get(cluster).cloned() else { return };
        let index = dice.bits() % self.places.len().max(1) as u64;
        let Ok(index) = u32::try_from(index) else { return };
        let market = MarketIx(index);
        if self.exchange.listings().get(market.index()).is_none_or(|listing| !listing.accepting) {
            return;
        }
        let outcome = if dice.chance(0.5) { Outcome::First } else { Outcome::Second };
        if self.ask(market, outcome).is_none_or(|ask| ask > PIPS - 500) {
            return;
        }
        let usdc = micros(dice.between(11.0, 95.0)) / 10_000 * 10_000 + 3_700;
        for member in members {
            self.buy(at_ms, member, (market, outcome), usdc, 300);
        }
    }
}
