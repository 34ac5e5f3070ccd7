//! People who trade by themselves.

use super::{lognormal, micros};
use crate::exchange::{
    MICRO, MarketIx, Millis, Order, Outcome, PIPS, Pips, Shares, Side, Usdc, WalletIx, Wish,
};
use crate::noise::Dice;
use crate::world::World;
use crate::world::agenda::Action;
use crate::world::market::{logistic, logit};
use crate::world::people::Kind;
use crate::world::plan::seconds;

/// Sums people like to type.
const ROUND: [f64; 9] = [1.0, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0, 250.0, 500.0];

/// Edge after fees that moves the skilled, in USDC a share.
const ENOUGH: f64 = 0.015;

/// Other markets that the skilled look at before they settle for one.
const LOOKS: u64 = 5;

impl World {
    /// It is somebody's turn in a market.
    pub(in crate::world) fn somebody_trades(
        &mut self,
        at_ms: Millis,
        index: usize,
        place: usize,
        dice: &mut Dice,
    ) {
        let event = &self.events[index];
        let market = event.markets[place].ix;
        let category = event.category;
        // Those who already hold shares come back often.
        let again = if dice.chance(0.3) { self.some_holder(market, dice) } else { None };
        let Some(wallet) = again.or_else(|| self.some_trader(at_ms, category, dice)) else {
            return;
        };
        match self.people.get(wallet).kind {
            Kind::Skilled => self.skilled_trade(at_ms, wallet, market, dice),
            Kind::Maker
            | Kind::Insider
            | Kind::Washer
            | Kind::Sybil
            | Kind::CopyBot
            | Kind::Arbitrageur => {}
            kind => self.plain_trade(at_ms, wallet, kind, market, dice),
        }
    }

    /// Somebody with a position in the market.
    fn some_holder(&self, market: MarketIx, dice: &mut Dice) -> Option<WalletIx> {
        let positions = self.exchange.accounts().count_of_market(market);
        if positions == 0 {
            return None;
        }
        let index = usize::try_from(dice.bits() % positions as u64).ok()?;
        let position = self.exchange.accounts().nth_of_market(market, index)?;
        let holds = position.holdings.iter().any(|holding| holding.shares >= MICRO);
        let trades = self.people.get(position.wallet).appetite > 0.0;
        (holds && trades).then_some(position.wallet)
    }

    /// Those who know nothing: they buy what they like, and sometimes get out.
    fn plain_trade(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        kind: Kind,
        market: MarketIx,
        dice: &mut Dice,
    ) {
        let held = Outcome::BOTH.map(|outcome| self.held(wallet, market, outcome));
        if let Some(outcome) = Outcome::BOTH.into_iter().find(|o| held[o.index()] >= MICRO)
            && dice.chance(0.5)
        {
            let part = if dice.chance(0.6) { 1.0 } else { dice.between(0.2, 0.9) };
            let shares = part_of(held[outcome.index()], part);
            self.sell(at_ms, wallet, (market, outcome), shares, slippage(kind, dice));
            return;
        }
        let Some(outcome) = self.liked(kind, market, dice) else { return };
        let usdc = self.stake_of(wallet, kind, dice);
        if dice.chance(0.13) {
            self.wait_in_line(at_ms, wallet, (market, outcome), usdc, dice);
        } else {
            self.buy(at_ms, wallet, (market, outcome), usdc, slippage(kind, dice));
        }
    }

    /// The outcome that somebody of this kind buys here, if any.
    fn liked(&self, kind: Kind, market: MarketIx, dice: &mut Dice) -> Option<Outcome> {
        let either = if dice.chance(0.5) { Outcome::First } else { Outcome::Second };
        let price = |outcome| self.ask(market, outcome);
        let in_range = |range: std::ops::Range<Pips>| {
            [either, either.opposite()]
                .into_iter()
                .find(|&outcome| price(outcome).is_some_and(|price| range.contains(&price)))
        };
        match kind {
            Kind::FavouriteBuyer => in_range(6_200..9_850),
            Kind::LongshotBuyer => in_range(50..2_800),
            _ => Some(either).filter(|&outcome| price(outcome).is_some()),
        }
    }

    fn stake_of(&self, wallet: WalletIx, kind: Kind, dice: &mut Dice) -> Usdc {
        let stake = self.people.get(wallet).stake;
        let sigma = if kind == Kind::Whale { 0.6 } else { 0.95 };
        let usdc = (stake * lognormal(dice, sigma)).clamp(1.0, 250_000.0);
        let round = dice.chance(0.45);
        let nearest =
            ROUND.into_iter().min_by(|a, b| (a - usdc).abs().total_cmp(&(b - usdc).abs()));
        match nearest {
            Some(nearest) if round && usdc < 600.0 => micros(nearest),
            _ => micros((usdc * 100.0).round() / 100.0),
        }
    }

    /// Joins the best bid instead of paying the ask, for some hours.
    fn wait_in_line(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        (market, outcome): (MarketIx, Outcome),
        usdc: Usdc,
        dice: &mut Dice,
    ) {
        let Some(bid) = self.bid(market, outcome) else { return };
        let tick = self.exchange.listing(market).terms.tick;
        let price = if dice.chance(0.4) { bid + tick } else { bid };
        let whole = usdc * i64::from(PIPS) / i64::from(price.max(1)) / MICRO * MICRO;
        let shares = whole.max(5 * MICRO);
        self.funded(at_ms, wallet, crate::exchange::value(shares, price));
        let wish = Wish::PostOnly { price, shares };
        let order = Order { wallet, market, outcome, side: Side::Buy, wish };
        if self.exchange.submit(at_ms, order).is_ok() {
            self.exchange.publish(at_ms, market);
            let wait_ms = seconds(-4.0 * 3.6e6 * (1.0 - dice.unit()).ln()).max(60_000);
            self.agenda.note(at_ms + wait_ms, Action::Expire { wallet, market });
        }
    }

    /// Those who know better look around, and trade where it pays.
    fn skilled_trade(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        market: MarketIx,
        dice: &mut Dice,
    ) {
        let skill = self.people.get(wallet).skill;
        let mut best: Option<(f64, MarketIx, Outcome)> = None;
        for look in 0..=LOOKS {
            let market = if look == 0 { market } else { self.some_market(dice) };
            if !self.exchange.listing(market).accepting {
                continue;
            }
            let belief = self.estimate(at_ms, market, skill, dice);
            if self.get_out(at_ms, wallet, market, belief, dice) {
                return;
            }
            for outcome in Outcome::BOTH {
                let edge = self.edge(market, outcome, belief);
                if edge > best.map_or(ENOUGH, |(edge, ..)| edge) {
                    best = Some((edge, market, outcome));
                }
            }
        }
        let Some((edge, market, outcome)) = best else { return };
        let stake = self.stake_of(wallet, Kind::Skilled, dice);
        // Half of the edge is given up to slippage at most.
        let slippage = seconds(edge * f64::from(PIPS) / 2.0);
        let slippage = Pips::try_from(slippage).unwrap_or(0).clamp(0, 300);
        let usdc = stake * seconds((1.0 + edge * 20.0).min(4.0) * 10.0) / 10;
        self.buy(at_ms, wallet, (market, outcome), usdc, slippage);
    }

    /// What a skilled wallet takes the first outcome's probability for: the public's view, corrected
    /// by a part of what is wrong with it.
    fn estimate(&self, at_ms: Millis, market: MarketIx, skill: f64, dice: &mut Dice) -> f64 {
        let (index, place) = self.place(market);
        let event = &self.events[index];
        let public = self.fair(at_ms, index, place);
        let truth = event.belief.probabilities()[place];
        if event.markets[place].settled.is_some() {
            return public;
        }
        let known = logit(public) + skill * (logit(truth) - logit(public));
        logistic(known + 0.06 * dice.bell())
    }

    /// What a share of `outcome` is worth beyond its price and fee, to somebody who takes the first's
    /// probability for `belief`.
    fn edge(&self, market: MarketIx, outcome: Outcome, belief: f64) -> f64 {
        let Some(ask) = self.ask(market, outcome) else { return 0.0 };
        let worth = if outcome == Outcome::First { belief } else { 1.0 - belief };
        let fee = self.exchange.listing(market).terms.fee.fee(MICRO, ask);
        worth - f64::from(ask) / f64::from(PIPS) - fee as f64 / MICRO as f64
    }

    /// Sells what the wallet holds here when the price is better than its worth. True when it did.
    fn get_out(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        market: MarketIx,
        belief: f64,
        dice: &mut Dice,
    ) -> bool {
        for outcome in Outcome::BOTH {
            let held = self.held(wallet, market, outcome);
            let Some(bid) = self.bid(market, outcome) else { continue };
            let worth = if outcome == Outcome::First { belief } else { 1.0 - belief };
            if held >= MICRO && f64::from(bid) / f64::from(PIPS) > worth + 2.0 * ENOUGH {
                let shares = part_of(held, if dice.chance(0.7) { 1.0 } else { 0.5 });
                return self.sell(at_ms, wallet, (market, outcome), shares, 50).is_some();
            }
        }
        false
    }

    /// Any market that there is.
    fn some_market(&self, dice: &mut Dice) -> MarketIx {
        // The newest half: most of the older ones are closed.
        let count = self.places.len() as u64;
        let index = count - 1 - dice.bits() % count.div_ceil(2);
        MarketIx(u32::try_from(index).unwrap_or(0))
    }
}

/// How far somebody goes for the whole order, in pips.
fn slippage(kind: Kind, dice: &mut Dice) -> Pips {
    let most = if kind == Kind::Whale { 500 } else { 200 };
    Pips::try_from(dice.whole(0, most)).unwrap_or(0)
}

fn part_of(shares: Shares, part: f64) -> Shares {
    if part >= 1.0 {
        return shares;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a part of a number in range")]
    let some = (shares as f64 * part) as i64;
    (some / MICRO * MICRO).max(MICRO.min(shares))
}
