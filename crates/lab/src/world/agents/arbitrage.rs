//! Arbitrageurs: they trade away prices that cannot all be right, whatever happens.
//!
//! Of the markets of a group one at most comes true, so that No of `n` of them is worth `n − 1` at least; where one
//! is sure to come true, Yes of all is worth 1. Of two nested markets, Yes of the wider and No of the narrower are
//! worth 1 at least. What costs less than it is worth, fees included, is bought at the best prices, and soon after
//! once more while it lasts.

use super::dollars;
use crate::exchange::{
    Half, MICRO, MarketIx, Millis, Outcome, PIPS, Pips, Shares, Side, Usdc, WalletIx, Wish,
    mirrored, value,
};
use crate::noise::Dice;
use crate::world::World;
use crate::world::agenda::Action;
use crate::world::market::whole_shares;
use crate::world::plan::seconds;

/// Gain on a set that is worth the trouble, in millionths of a USDC.
const ENOUGH: Usdc = MICRO / 200;

/// Sets bought at once, at most.
const MOST_SETS: f64 = 2_500.0;

/// An arbitrageur's cash after a deposit is never below this, in USDC.
const FLOAT: f64 = 100_000.0;

/// Milliseconds until somebody notices, on the median.
const NOTICED_MS: f64 = 4_000.0;

/// One token to buy at its best price.
#[derive(Clone, Copy, Debug)]
struct Leg {
    market: MarketIx,
    outcome: Outcome,
    price: Pips,
    /// Offered at that price.
    shares: Shares,
    /// Millionths of a USDC for one share, fee included.
    cost: Usdc,
}

/// Tokens that are worth `worth` together at least, by set.
#[derive(Debug)]
struct Set {
    legs: Vec<Leg>,
    worth: Usdc,
}

impl Set {
    fn gain(&self) -> Usdc {
        self.worth - self.legs.iter().map(|leg| leg.cost).sum::<Usdc>()
    }

    fn pays(&self) -> bool {
        self.gain() >= ENOUGH
    }
}

impl World {
    /// Lets an arbitrageur know when prices of an event cannot all be right.
    pub(in crate::world) fn watch_prices(&mut self, at_ms: Millis, index: usize, dice: &mut Dice) {
        let event = &self.events[index];
        let tied = event.group.is_some() || !event.chains.is_empty();
        if !tied || event.arbitrage_due || self.free_money(index).is_none() {
            return;
        }
        self.events[index].arbitrage_due = true;
        let wait_ms = seconds(NOTICED_MS * super::lognormal(dice, 0.6)).clamp(400, 60_000);
        self.agenda.note(at_ms + wait_ms, Action::Arbitrage(index));
    }

    /// An arbitrageur's turn in an event.
    pub(in crate::world) fn arbitrage(&mut self, at_ms: Millis, index: usize, mut dice: Dice) {
        self.events[index].arbitrage_due = false;
        let people = &self.population.arbitrageurs;
        if let Some(&wallet) = people.get(index % people.len().max(1))
            && let Some(set) = self.free_money(index)
            && self.buy_set(at_ms, wallet, &set, &mut dice) > 0
        {
            self.convert_set(at_ms, wallet, index, &set);
            self.watch_prices(at_ms, index, &mut dice);
        }
    }

    /// Something of the event that costs less than it is worth.
    fn free_money(&self, index: usize) -> Option<Set> {
        let none_of_all = self.no_of_all(index).filter(Set::pays);
        none_of_all
            .or_else(|| self.yes_of_all(index).filter(Set::pays))
            .or_else(|| self.wider_and_not_narrower(index))
    }

    /// No of every market of a group that has a bid.
    fn no_of_all(&self, index: usize) -> Option<Set> {
        let event = &self.events[index];
        event.group?;
        let markets = event.markets.iter();
        let legs: Vec<Leg> =
            markets.filter_map(|market| self.leg(market.ix, Outcome::Second)).collect();
        let worth = MICRO * i64::try_from(legs.len().checked_sub(1)?).ok()?;
        Some(Set { legs, worth })
    }

    /// Yes of every market of a group that may come true, where one has to.
    fn yes_of_all(&self, index: usize) -> Option<Set> {
        let event = &self.events[index];
        event.group.filter(|_| event.draft.shape.has_a_winner())?;
        let hopeful = event.markets.iter().filter(|market| {
            let lost = self.exchange.listing(market.ix).payouts == Some([0, MICRO]);
            !lost && !market.draft.is_placeholder
        });
        let legs: Option<Vec<Leg>> =
            hopeful.map(|market| self.leg(market.ix, Outcome::First)).collect();
        legs.filter(|legs| !legs.is_empty()).map(|legs| Set { legs, worth: MICRO })
    }

    /// Yes of a market and No of the next that cannot come true without it.
    fn wider_and_not_narrower(&self, index: usize) -> Option<Set> {
        let event = &self.events[index];
        let pairs = event.chains.iter().flat_map(|chain| chain.windows(2));
        pairs
            .filter_map(|pair| {
                let [wider, narrower] = [pair[0], pair[1]].map(|place| event.markets[place].ix);
                let legs =
                    vec![self.leg(wider, Outcome::First)?, self.leg(narrower, Outcome::Second)?];
                Some(Set { legs, worth: MICRO })
            })
            .find(Set::pays)
    }

    fn leg(&self, market: MarketIx, outcome: Outcome) -> Option<Leg> {
        let listing = self.exchange.listing(market);
        if !listing.accepting {
            return None;
        }
        let half = Half::of(outcome, Side::Sell);
        let (first_price, _) = listing.book.front(half)?;
        let price = mirrored(outcome, first_price);
        let shares = listing.book.total_at(half, first_price);
        let cost = value(MICRO, price) + listing.terms.fee.fee(MICRO, price);
        Some(Leg { market, outcome, price, shares, cost })
    }

    /// Buys as many sets as there are at the best prices, within reason. Tells how many.
    fn buy_set(&mut self, at_ms: Millis, wallet: WalletIx, set: &Set, dice: &mut Dice) -> Shares {
        let offered = set.legs.iter().map(|leg| leg.shares).min().unwrap_or(0) / MICRO * MICRO;
        let shares = offered.min(whole_shares(MOST_SETS * dice.between(0.4, 1.0)));
        let cost = set.legs.iter().map(|leg| leg.cost).sum::<Usdc>() * (shares / MICRO);
        if shares > 0 && self.exchange.accounts().cash(wallet) < cost + cost / 12 {
            self.exchange.deposit(at_ms, wallet, dollars(FLOAT).max(2 * cost));
        }
        for leg in set.legs.iter().filter(|_| shares > 0) {
            let wish = Wish::Take { price: leg.price.min(PIPS - 1), shares };
            self.submit(at_ms, wallet, (leg.market, leg.outcome), Side::Buy, wish);
        }
        shares
    }

    /// Turns the No of a group that is sure to have a winner into cash and Yes of the others.
    fn convert_set(&mut self, at_ms: Millis, wallet: WalletIx, index: usize, set: &Set) {
        let event = &self.events[index];
        let Some(group) = event.group.filter(|_| event.draft.shape.has_a_winner()) else { return };
        let is_no = |leg: &Leg| leg.outcome == Outcome::Second;
        if set.legs.len() < 2 || !set.legs.iter().all(is_no) {
            return;
        }
        let markets: Vec<MarketIx> = set.legs.iter().map(|leg| leg.market).collect();
        let held = |market: &MarketIx| self.held(wallet, *market, Outcome::Second);
        let shares = markets.iter().map(held).min().unwrap_or(0) / MICRO * MICRO;
        // Refused once any market of the group has resolved: then the No are held to the end.
        let _ = self.exchange.convert(at_ms, wallet, group, &markets, shares);
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use crate::exchange::{Outcome, PIPS};
    use crate::world::{World, WorldOptions};

    #[test]
    fn what_includes_more_costs_more() {
        let now = DateTime::from_timestamp(1_795_392_000, 0).unwrap();
        let world = World::generate(&WorldOptions::new(2, now).scale(0.1).markets(2_400));
        let mut pairs = 0;
        let mut wrong = Vec::new();
        let open = world.events.iter().filter(|event| event.ends_s() * 1_000 > world.now_ms);
        for event in open {
            for pair in event.chains.iter().flat_map(|chain| chain.windows(2)) {
                let [wider, narrower] = [pair[0], pair[1]].map(|place| event.markets[place].ix);
                let best =
                    world.ask(wider, Outcome::First).zip(world.bid(narrower, Outcome::First));
                let Some((ask, bid)) = best else { continue };
                pairs += 1;
                let fee = |market, price| {
                    world.exchange.listing(market).terms.fee.fee(i64::from(PIPS), price)
                };
                // What a fee, and a moment until somebody notices, allow.
                if i64::from(bid - ask) > fee(wider, ask) + fee(narrower, bid) + 50 {
                    wrong.push((&event.slug, ask, bid));
                }
            }
        }
        assert!(pairs > 100, "only {pairs} pairs");
        assert!(50 * wrong.len() <= pairs, "{} of {pairs}: {wrong:?}", wrong.len());
    }
}
