//! Copy bots: they repeat what a leader does, a little later and a little worse.

use super::lognormal;
use super::micros;
use crate::exchange::{MarketIx, Match, Millis, Outcome, Side, WalletIx};
use crate::noise::Dice;
use crate::world::World;
use crate::world::agenda::Action;
use crate::world::plan::seconds;

impl World {
    /// Puts the followers of the taker on the agenda.
    pub(super) fn followers_react(&mut self, at_ms: Millis, done: &Match) {
        let Some(followers) = self.population.followers.get(&done.taker) else { return };
        let mut dice = self.noise.with(14).with(u64::from(done.transaction)).dice();
        for &wallet in followers {
            // From two seconds to some minutes; now and then a trade is missed.
            let wait_ms = seconds(2_000.0 * lognormal(&mut dice, 1.1)).clamp(1_200, 900_000);
            if dice.chance(0.9) {
                let (market, outcome, side) = (done.market, done.outcome, done.side);
                self.agenda.note(at_ms + wait_ms, Action::Copy { wallet, market, outcome, side });
            }
        }
    }

    /// One follower's turn.
    pub(in crate::world) fn copy(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        (market, outcome, side): (MarketIx, Outcome, Side),
        mut dice: Dice,
    ) {
        let person = self.people.get(wallet);
        if person.joined_ms > at_ms || !self.exchange.listing(market).accepting {
            return;
        }
        match side {
            Side::Buy => {
                let usdc = micros((person.stake * lognormal(&mut dice, 0.3)).round().max(1.0));
                self.buy(at_ms, wallet, (market, outcome), usdc, 150);
            }
            Side::Sell => {
                let held = self.held(wallet, market, outcome);
                if held > 0 {
                    self.sell(at_ms, wallet, (market, outcome), held, 150);
                }
            }
        }
    }
}
