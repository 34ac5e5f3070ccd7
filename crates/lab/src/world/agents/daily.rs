//! What happens once a day: rebates, rewards, withdrawals, makers' housekeeping.

use super::dollars;
use crate::exchange::Millis;
use crate::noise::Dice;
use crate::world::World;
use crate::world::agenda::Action;
use crate::world::history::DAY_S;
use crate::world::people::Kind;

/// Part of a day's fees that goes back to those whose orders were taken.
const REBATED: f64 = 0.2;

/// A day's liquidity rewards, in USDC at full growth.
const REWARDS: f64 = 2_000.0;

/// Quotes that moved without a trade are kept whole for so long, and one in so many milliseconds after.
const QUOTES_KEPT_DAYS: i64 = 8;
const QUOTES_SPACING_MS: Millis = 1_800_000;

/// Who has so many times a usual stake takes some of it out, now and then.
const RICH: f64 = 60.0;

impl World {
    pub(in crate::world) fn daily(&mut self, at_ms: Millis, mut dice: Dice) {
        let day_ms = DAY_S * 1_000;
        self.agenda.note(at_ms + day_ms, Action::Daily);
        self.give_back(at_ms, at_ms - day_ms);
        for maker in self.population.makers.clone() {
            self.tidy_up(at_ms, maker, &mut dice);
        }
        self.take_out(at_ms, &mut dice);
        self.exchange.thin_series(at_ms - QUOTES_KEPT_DAYS * day_ms, QUOTES_SPACING_MS);
    }

    /// Rebates by what was made, rewards alike.
    fn give_back(&mut self, at_ms: Millis, since_ms: Millis) {
        let makers = self.population.makers.clone();
        let made: Vec<i64> = makers.iter().map(|&maker| self.made_since(maker, since_ms)).collect();
        let total: i64 = made.iter().sum();
        if total == 0 {
            return;
        }
        let fees = self.fees_since(since_ms) as f64 * REBATED;
        let rewards = dollars(REWARDS * self.growth(at_ms).min(2.0));
        for (&maker, &made) in makers.iter().zip(&made) {
            let share = made as f64 / total as f64;
            #[expect(clippy::cast_possible_truncation, reason = "a part of a day's fees")]
            let (rebate, reward) = ((fees * share) as i64, (rewards as f64 * share) as i64);
            // Nothing is given back on a day without fees.
            let _ = self.exchange.rebate(at_ms, maker, rebate);
            if reward >= crate::exchange::MICRO {
                self.exchange.reward(at_ms, maker, reward / 100 * 100);
            }
        }
    }

    fn fees_since(&self, since_ms: Millis) -> i64 {
        let matches = self.exchange.tape().matches().iter().rev();
        matches.take_while(|done| done.at_ms >= since_ms).map(|done| done.fee).sum()
    }

    fn take_out(&mut self, at_ms: Millis, dice: &mut Dice) {
        let rich: Vec<_> = self
            .people
            .all()
            .iter()
            .filter(|person| !matches!(person.kind, Kind::Maker | Kind::Arbitrageur))
            .filter(|person| {
                self.exchange.accounts().cash(person.wallet) > dollars(RICH * person.stake)
            })
            .map(|person| person.wallet)
            .collect();
        for wallet in rich {
            if dice.chance(0.15) {
                let cash = self.exchange.accounts().cash(wallet);
                let usdc = dollars((cash as f64 / 2e6 / 10.0).floor() * 10.0);
                // Too little to be worth it.
                let _ = self.exchange.withdraw(at_ms, wallet, usdc);
            }
        }
    }
}
