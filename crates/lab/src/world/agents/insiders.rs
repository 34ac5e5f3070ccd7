//! Insiders: they know an announcement before it is public, and buy what it will lift.

use super::{lognormal, micros};
use crate::exchange::{MarketIx, Millis, Outcome, Usdc, WalletIx};
use crate::noise::Dice;
use crate::world::World;
use crate::world::agenda::Action;
use crate::world::category::Category;
use crate::world::event::Event;
use crate::world::plan::seconds;

/// Chance that somebody talks before an announcement that matters.
const LEAK_CHANCE: f64 = 0.25;

/// Announcements that move log-odds by less interest nobody.
const WORTH_KNOWING: f64 = 0.8;

impl World {
    /// Decides which announcements of a new event leak, and to whom.
    pub(in crate::world) fn plan_insiders(&mut self, event: &Event, dice: &mut Dice) {
        let leaky = matches!(
            event.category,
            Category::Politics
                | Category::World
                | Category::Tech
                | Category::Culture
                | Category::Finance
                | Category::Economy
        );
        if !leaky {
            return;
        }
        let announcements: Vec<Millis> = event
            .belief
            .announcements()
            .iter()
            .filter(|announcement| announcement.information > WORTH_KNOWING)
            .map(|announcement| announcement.public_ms)
            .collect();
        for public_ms in announcements {
            let wanted = self.population.insiders < self.population.insiders_wanted
                || public_ms > self.genesis_ms;
            if !wanted || !dice.chance(LEAK_CHANCE) {
                continue;
            }
            self.plan_leak(event, public_ms, dice);
        }
    }

    /// One to three wallets buy in the hours before `public_ms`.
    fn plan_leak(&mut self, event: &Event, public_ms: Millis, dice: &mut Dice) {
        let opened_ms = event.opens_s * 1_000;
        let Some((market, outcome)) = foreseen(event, public_ms) else { return };
        for _ in 0..dice.whole(1, 3) {
            let lead_ms = seconds(dice.between(0.5, 30.0) * 3.6e6);
            let first_ms = (public_ms - lead_ms).max(opened_ms + 60_000);
            if first_ms >= public_ms {
                continue;
            }
            let stake = 400.0 * lognormal(dice, 0.8);
            let joined_ms = first_ms - seconds(dice.between(0.1, 60.0) * 3.6e6);
            let wallet = self.join_insider(joined_ms, stake, dice);
            for _ in 0..dice.whole(2, 7) {
                let when = dice.unit().powi(2);
                let at_ms = first_ms + seconds(when * (public_ms - 60_000 - first_ms) as f64);
                let usdc = micros((stake * lognormal(dice, 0.5)).round());
                let action = Action::InsiderBuys { wallet, market, outcome, usdc };
                self.agenda.note(at_ms.max(opened_ms), action);
            }
        }
    }

    pub(in crate::world) fn insider_buys(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        slot: (MarketIx, Outcome),
        usdc: Usdc,
        mut dice: Dice,
    ) {
        // No more than what is still cheap.
        if self.ask(slot.0, slot.1).is_some_and(|ask| ask < 9_000) {
            self.buy(at_ms, wallet, slot, usdc, 500 + dice_pips(&mut dice));
        }
    }
}

fn dice_pips(dice: &mut Dice) -> i32 {
    i32::try_from(dice.whole(0, 500)).unwrap_or(0)
}

/// What an announcement of `public_ms` will lift most.
fn foreseen(event: &Event, public_ms: Millis) -> Option<(MarketIx, Outcome)> {
    let index = event.belief.announcements().iter().position(|a| a.public_ms == public_ms)?;
    let after = event.belief.with_announcement(index);
    let moves = event.belief.probabilities().iter().zip(after).zip(&event.markets);
    let largest = moves
        .map(|((now, after), market)| (after - now, market.ix))
        .max_by(|left, right| left.0.abs().total_cmp(&right.0.abs()))?;
    let outcome = if largest.0 > 0.0 { Outcome::First } else { Outcome::Second };
    Some((largest.1, outcome))
}
