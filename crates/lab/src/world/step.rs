//! Time passing in an event: knowledge, quotes, trades, and the turns of its markets' lives.

use super::agenda::Action;
use super::event::Event;
use super::market::{FINE_TICK, FINE_TICK_BELOW, heartbeat_s, pips};
use super::nested::in_order;
use super::people::{Kind, Redeeming};
use super::plan::seconds;
use super::{STANDARD_MARKETS, World};
use crate::exchange::{MarketIx, Millis, PIPS};
use crate::noise::Dice;

/// Interest left once the outcome is known.
const AFTERMATH: f64 = 0.03;

/// How often the quotes of an event of interest 1 are looked at in the lived present, in seconds.
const PULSE_S: f64 = 20.0;

impl World {
    /// Moves an event to `at_ms`; somebody trades in it when `trade`.
    pub(super) fn step(&mut self, at_ms: Millis, index: usize, trade: bool, mut dice: Dice) {
        if self.events[index].is_closed() {
            return;
        }
        self.learn(at_ms, index, &mut dice);
        let busy = if trade { self.busy_market(index, at_ms, &mut dice) } else { None };
        for place in 0..self.events[index].markets.len() {
            // Where nobody looks, quotes may be a little behind.
            let patience = if busy.is_some_and(|busy| busy != place) { 4 } else { 1 };
            self.requote(at_ms, (index, place), patience, &mut dice);
        }
        if let Some(place) = busy {
            self.somebody_trades(at_ms, index, place, &mut dice);
        }
        self.watch_prices(at_ms, index, &mut dice);
        let action = self.next_step(at_ms, index, &mut dice);
        self.agenda.note(action.0, action.1);
    }

    /// Takes in what has become known.
    fn learn(&mut self, at_ms: Millis, index: usize, dice: &mut Dice) {
        let event = &mut self.events[index];
        let elapsed_ms = at_ms - event.learnt_ms;
        event.learnt_ms = at_ms;
        event.belief.advance(at_ms);
        event.keep_truth(at_ms);
        let Event { belief, markets, .. } = event;
        for (market, &probability) in markets.iter_mut().zip(belief.probabilities()) {
            market.learn(probability, elapsed_ms, dice);
        }
        event.touch(at_ms);
    }

    /// When the event moves next: at its next heartbeat, or when somebody trades.
    fn next_step(&self, at_ms: Millis, index: usize, dice: &mut Dice) -> (Millis, Action) {
        let event = &self.events[index];
        let ended = event.markets.iter().all(|market| market.has_ended(event.at_s()));
        let interest = event.interest * if ended { AFTERMATH } else { 1.0 };
        let heartbeat_ms = if at_ms >= self.genesis_ms {
            let pulse_s = PULSE_S / (interest * self.activity).max(0.01).sqrt();
            seconds(1_000.0 * (pulse_s * self.breadth()).clamp(2.0, 900.0 * self.breadth()))
        } else {
            let life_s = event.closes_s() - event.opens_s;
            let age_s = (self.genesis_ms - at_ms) / 1_000;
            // Short events are looked at a few dozen times, whenever they were.
            1_000 * seconds(heartbeat_s(age_s).min((life_s / 40).max(60)) as f64 * self.breadth())
        };
        let rate = self.pace * interest * self.growth(at_ms);
        let wait_ms = -(1.0 - dice.unit()).ln() / rate.max(1e-12);
        let look_ms = self.look_again(at_ms, at_ms + heartbeat_ms.max(1), dice);
        let trade_ms = at_ms.saturating_add(seconds(wait_ms).max(1));
        let trade = trade_ms < look_ms;
        (trade_ms.min(look_ms), Action::Step { event: index, trade })
    }

    /// `due_ms`, but soon after the present the world is generated for when that is passed over: from
    /// there on people act at another pace, and what was planned at the old one may be hours away.
    fn look_again(&self, at_ms: Millis, due_ms: Millis, dice: &mut Dice) -> Millis {
        if at_ms >= self.genesis_ms || due_ms <= self.genesis_ms {
            return due_ms;
        }
        due_ms.min(self.genesis_ms + dice.whole(0, 5_000).cast_signed())
    }

    /// Where there are many more markets than usual, each is looked at less often.
    fn breadth(&self) -> f64 {
        (self.planned_markets as f64 / STANDARD_MARKETS as f64).max(1.0)
    }

    /// A market of the event that takes orders, the more likely the more it interests people.
    fn busy_market(&self, index: usize, at_ms: Millis, dice: &mut Dice) -> Option<usize> {
        let event = &self.events[index];
        let weigh = |market: &super::Market| {
            let listing = self.exchange.listing(market.ix);
            let fair = market.fair(at_ms);
            // What is nearly certain interests few.
            let doubt = (4.0 * fair * (1.0 - fair)).max(0.02);
            if listing.accepting { market.interest * doubt } else { 0.0 }
        };
        let weights: Vec<f64> = event.markets.iter().map(weigh).collect();
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return None;
        }
        let mut left = dice.unit() * total;
        for (place, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return Some(place);
            }
        }
        None
    }

    /// The next turn of a market's life.
    pub(super) fn turn(&mut self, at_ms: Millis, ix: MarketIx) {
        let (index, place) = self.place(ix);
        let at_s = at_ms.div_euclid(1_000);
        let event = &mut self.events[index];
        event.belief.advance(at_ms);
        event.keep_truth(at_ms);
        event.touch(at_ms);
        let verdict = event.belief.verdicts()[place];
        let automatic = event.draft.resolution == super::stories::Resolution::Automatic;
        let market = &mut event.markets[place];
        if market.has_ended(at_s) && market.settled.is_none() {
            market.settled = Some((market.fair(at_ms), verdict));
            if automatic {
                self.exchange.halt(at_ms, ix);
            }
        }
        let calendar = self.events[index].markets[place].calendar;
        if let Some(next_s) = calendar.next_after(at_s) {
            self.agenda.note(next_s * 1_000, Action::Turn(ix));
        } else {
            self.exchange.resolve(at_ms, ix, verdict.payouts());
            self.plan_redemptions(at_ms, ix);
        }
    }

    /// Winners come for their money, some at once, some after days; losers come or never do.
    fn plan_redemptions(&mut self, at_ms: Millis, ix: MarketIx) {
        let Some(payouts) = self.exchange.listing(ix).payouts else { return };
        let mut dice = self.noise.with(7).with(u64::from(ix.0)).dice();
        let mut planned = Vec::new();
        for position in self.exchange.accounts().of_market(ix) {
            let held = position.holdings.map(|holding| holding.shares);
            if held == [0, 0] {
                continue;
            }
            let wins = (0..2).any(|outcome| held[outcome] > 0 && payouts[outcome] > 0);
            let person = self.people.get(position.wallet);
            let hours = match person.kind {
                Kind::Maker | Kind::CopyBot | Kind::Arbitrageur => 0.05 + 0.2 * dice.unit(),
                _ if wins => 0.2 - 20.0 * (1.0 - dice.unit()).ln(),
                _ => 1.0 - 90.0 * (1.0 - dice.unit()).ln(),
            };
            // Even those who hand in everything forget some.
            let comes = (wins && dice.chance(0.97)) || person.redeeming == Redeeming::All;
            if comes {
                planned.push((at_ms + seconds(hours * 3.6e6), position.wallet));
            }
        }
        for (when_ms, wallet) in planned {
            self.agenda.note(when_ms, Action::Redeem { wallet, market: ix });
        }
    }

    pub(super) fn redeem(&mut self, at_ms: Millis, wallet: super::WalletIx, market: MarketIx) {
        // Nothing is left to hand in when the wallet has done so before.
        if self.exchange.redeem(at_ms, wallet, market).is_ok() {
            let (event, _) = self.place(market);
            self.events[event].touch(at_ms);
        }
    }

    /// Beyond 0.04 and 0.96 the step becomes finer.
    pub(super) fn refine_tick(&mut self, at_ms: Millis, ix: MarketIx, fair: f64) {
        let tick = self.exchange.listing(ix).terms.tick;
        let at_the_end = !(FINE_TICK_BELOW..=1.0 - FINE_TICK_BELOW).contains(&fair);
        if tick > FINE_TICK && at_the_end {
            self.exchange.set_tick(at_ms, ix, FINE_TICK);
        }
    }

    /// What the public takes a market's first outcome for. However it errs, it does not contradict itself: the
    /// chances of a group and the one that none of its markets wins make 1, and of two nested markets the wider
    /// one is at least as likely.
    pub(super) fn fair(&self, at_ms: Millis, index: usize, place: usize) -> f64 {
        let event = &self.events[index];
        let alone = |place: &usize| event.markets[*place].fair(at_ms);
        let fair = if event.group.is_some() {
            let none = (1.0 - event.belief.probabilities().iter().sum::<f64>()).max(0.0);
            let named = event.markets.iter().filter(|market| !market.draft.is_placeholder);
            let sum: f64 = named.map(|market| market.fair(at_ms)).sum();
            alone(&place) / (sum + none)
        } else if let Some((chain, rank)) = event.chain_of(place) {
            let fairs: Vec<f64> = chain.iter().map(alone).collect();
            in_order(&fairs)[rank]
        } else {
            return alone(&place);
        };
        fair.clamp(0.000_5, 0.999_5)
    }

    /// The price that makers quote around.
    pub(super) fn fair_pips(&self, at_ms: Millis, index: usize, place: usize) -> i32 {
        let market = &self.events[index].markets[place];
        let tick = self.exchange.listing(market.ix).terms.tick;
        pips(self.fair(at_ms, index, place)).clamp(tick, PIPS - tick)
    }
}
