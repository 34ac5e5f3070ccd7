//! Market makers: quotes on both sides around the public price, leaning away from what they hold.

use crate::exchange::{
    MICRO, MarketIx, Millis, MovementKind, Order, Outcome, PIPS, Pips, Shares, Side, WalletIx, Wish,
};
use crate::noise::Dice;
use crate::world::World;
use crate::world::market::whole_shares;

use super::dollars;

/// Levels a maker quotes on each side.
const LEVELS: i32 = 6;

/// A maker's cash is never below this after a deposit, in USDC.
const FLOAT: f64 = 400_000.0;

/// How far inventory pushes the quotes, in half spreads, at ten times the quoted size.
const LEAN: f64 = 1.0;

/// The same in a group, where the other outcomes hedge what is held of one.
const HEDGED_LEAN: f64 = 0.3;

/// One maker's view of one market.
struct View {
    market: MarketIx,
    fair: Pips,
    tick: Pips,
    half_spread: f64,
    size: Shares,
    /// How far inventory pushes the quotes.
    lean: f64,
}

impl World {
    /// The makers of a market: more where more is traded.
    pub(in crate::world) fn makers_for(&self, dice: &mut Dice, interest: f64) -> Vec<WalletIx> {
        let count = match interest {
            interest if interest > 3.0 => 4,
            interest if interest > 0.5 => 3,
            _ => 2,
        };
        dice.sample(&self.population.makers, count)
    }

    /// Renews the quotes of a market when the price has moved or somebody has traded; `patience` times
    /// as much movement is tolerated.
    pub(in crate::world) fn requote(
        &mut self,
        at_ms: Millis,
        (index, place): (usize, usize),
        patience: Pips,
        dice: &mut Dice,
    ) {
        let ix = self.events[index].markets[place].ix;
        if !self.exchange.listing(ix).accepting {
            return;
        }
        let fair_share = self.fair(at_ms, index, place);
        self.refine_tick(at_ms, ix, fair_share);
        let fair = self.fair_pips(at_ms, index, place);
        let listing = self.exchange.listing(ix);
        let (tick, volume) = (listing.terms.tick, listing.volume());
        let quoting = &self.events[index].markets[place].quoting;
        let fresh = quoting
            .quoted
            .is_some_and(|quoted| (quoted - fair).abs() < patience * tick.max(20) / 2);
        if fresh && quoting.quoted_volume == volume {
            return;
        }
        let view = View {
            market: ix,
            fair,
            tick,
            half_spread: quoting.half_spread,
            size: quoting.size,
            lean: if listing.terms.group.is_some() { HEDGED_LEAN } else { LEAN },
        };
        let makers = quoting.makers.clone();
        self.exchange.cancel(ix, |order| makers.contains(&order.wallet));
        for (rank, &maker) in makers.iter().enumerate() {
            self.quote(at_ms, &view, maker, rank, dice);
        }
        self.exchange.publish(at_ms, ix);
        let volume = self.exchange.listing(ix).volume();
        let quoting = &mut self.events[index].markets[place].quoting;
        quoting.quoted = Some(fair);
        quoting.quoted_volume = volume;
    }

    /// Puts one maker's levels into the book.
    fn quote(&mut self, at_ms: Millis, view: &View, maker: WalletIx, rank: usize, dice: &mut Dice) {
        if self.exchange.accounts().cash(maker) < dollars(FLOAT / 2.0) {
            self.exchange.deposit(at_ms, maker, dollars(FLOAT));
        }
        let [first, second] = Outcome::BOTH.map(|outcome| self.held(maker, view.market, outcome));
        let inventory = (first - second) as f64 / (10 * view.size) as f64;
        let certainty = 4.0 * share(view.fair) * (1.0 - share(view.fair));
        // Books are tighter near the ends; makers differ a little.
        let half = view.half_spread * certainty.sqrt().max(0.12) * (0.9 + 0.25 * rank as f64);
        let middle = f64::from(view.fair) - view.lean * inventory.clamp(-2.0, 2.0) * half;
        let mut have = [first, second];
        for level in 0..LEVELS {
            let distance = half + f64::from(level) * half.max(f64::from(view.tick)) * 1.1;
            let size = view.size as f64 / MICRO as f64 * f64::from(2 + 3 * level) / 2.0;
            for outcome in Outcome::BOTH {
                // To buy the second outcome is to offer the first.
                let own = match outcome {
                    Outcome::First => middle,
                    Outcome::Second => f64::from(PIPS) - middle,
                };
                let price = floor_to(own - distance, view.tick);
                if price < view.tick || price >= PIPS {
                    continue;
                }
                let shares = whole_shares(size * dice.between(0.6, 1.4)).max(5 * MICRO);
                let opposite = outcome.opposite();
                let stock = &mut have[opposite.index()];
                // What is held is sold before more of the other is bought.
                let (token, side, price) = if *stock >= shares {
                    *stock -= shares;
                    (opposite, Side::Sell, PIPS - price)
                } else {
                    (outcome, Side::Buy, price)
                };
                let wish = Wish::PostOnly { price, shares };
                let order =
                    Order { wallet: maker, market: view.market, outcome: token, side, wish };
                // A price that somebody else's order already crosses is left out this time.
                let _ = self.exchange.submit(at_ms, order);
            }
        }
    }

    /// Gives back pairs, and turns the No of a group into Yes and cash.
    pub(super) fn tidy_up(&mut self, at_ms: Millis, maker: WalletIx, dice: &mut Dice) {
        let held: Vec<(MarketIx, [Shares; 2])> = self
            .exchange
            .accounts()
            .of_wallet(maker)
            .filter(|position| position.holdings.iter().any(|holding| holding.shares > 0))
            .map(|position| (position.market, position.holdings.map(|holding| holding.shares)))
            .collect();
        for (market, shares) in held {
            let pairs = shares[0].min(shares[1]);
            if pairs >= 10 * MICRO && self.exchange.listing(market).payouts.is_none() {
                self.cancel_of(at_ms, maker, market);
                // A market that resolved meanwhile is redeemed instead.
                let _ = self.exchange.merge(at_ms, maker, market, pairs);
            }
        }
        self.convert_some(at_ms, maker, dice);
        self.stock_up(at_ms, maker, dice);
    }

    /// Converts No held in two or more markets of a group that is sure to have a winner.
    fn convert_some(&mut self, at_ms: Millis, maker: WalletIx, dice: &mut Dice) {
        let mut candidates = Vec::new();
        for position in self.exchange.accounts().of_wallet(maker) {
            let (index, _) = self.place(position.market);
            let event = &self.events[index];
            let certain = event.draft.shape.has_a_winner();
            if let (Some(group), true) = (event.group, certain)
                && position.holding(Outcome::Second).shares > 20 * MICRO
            {
                candidates.push((group, position.market));
            }
        }
        candidates.sort_unstable();
        let mut converted = 0;
        for chunk in candidates.chunk_by(|left, right| left.0 == right.0) {
            if chunk.len() < 2 || converted >= 3 || !dice.chance(0.5) {
                continue;
            }
            let group = chunk[0].0;
            let whole = self.exchange.groups()[group.index()].markets.len();
            let markets: Vec<MarketIx> =
                chunk.iter().map(|&(_, market)| market).take(whole - 1).collect();
            let held = |market: &MarketIx| self.held(maker, *market, Outcome::Second);
            let shares = markets.iter().map(held).min().unwrap_or(0) / MICRO * MICRO;
            for &market in &markets {
                self.cancel_of(at_ms, maker, market);
            }
            // Refused once any market of the group has resolved.
            if self.exchange.convert(at_ms, maker, group, &markets, shares).is_ok() {
                converted += 1;
            }
        }
    }

    /// Makes pairs to sell from, in a few markets.
    fn stock_up(&mut self, at_ms: Millis, maker: WalletIx, dice: &mut Dice) {
        let mine: Vec<(MarketIx, Shares)> = self
            .events
            .iter()
            .flat_map(|event| &event.markets)
            .filter(|market| market.quoting.makers.first() == Some(&maker))
            .filter(|market| self.exchange.listing(market.ix).accepting)
            .map(|market| (market.ix, market.quoting.size))
            .collect();
        for (market, size) in dice.sample(&mine, 3) {
            if self.held(maker, market, Outcome::First) < size {
                // Short of cash: next day.
                let _ = self.exchange.split(at_ms, maker, market, 4 * size);
            }
        }
    }

    pub(super) fn cancel_of(&mut self, at_ms: Millis, wallet: WalletIx, market: MarketIx) {
        self.exchange.cancel(market, |order| order.wallet == wallet);
        self.exchange.publish(at_ms, market);
        let (index, place) = self.place(market);
        let quoting = &mut self.events[index].markets[place].quoting;
        if quoting.makers.contains(&wallet) {
            quoting.quoted = None;
        }
        self.events[index].touch(at_ms);
    }

    pub(in crate::world) fn expire(&mut self, at_ms: Millis, wallet: WalletIx, market: MarketIx) {
        if self.exchange.listing(market).accepting {
            self.cancel_of(at_ms, wallet, market);
        }
    }

    /// Makers' own accounts of a day: see [`MovementKind`].
    pub(super) fn made_since(&self, wallet: WalletIx, since_ms: Millis) -> i64 {
        use crate::exchange::Entry;
        let tape = self.exchange.tape();
        let entries = tape.of_wallet(wallet).iter().rev();
        let mut usdc = 0;
        for entry in entries {
            match *entry {
                Entry::Made(fill) => {
                    let fill = tape.fill(fill);
                    if tape.get(fill.of).at_ms < since_ms {
                        break;
                    }
                    usdc += fill.usdc;
                }
                Entry::Taken(matched) if tape.get(matched).at_ms < since_ms => break,
                Entry::Moved(moved) if tape.movement(moved).kind == MovementKind::MakerRebate => {
                    break;
                }
                Entry::Taken(_) | Entry::Moved(_) => {}
            }
        }
        usdc
    }
}

fn share(pips: Pips) -> f64 {
    f64::from(pips) / f64::from(PIPS)
}

fn floor_to(price: f64, tick: Pips) -> Pips {
    #[expect(clippy::cast_possible_truncation, reason = "prices are small")]
    let ticks = (price / f64::from(tick)).floor() as Pips;
    ticks * tick
}
