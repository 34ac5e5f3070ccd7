//! One market of the world: its quote, volume and life.

use super::history::{DAY_S, History, PIPS};
use super::stories::MarketDraft;
use crate::noise::{Dice, Noise, unit};

/// Beyond these prices the tick becomes finer, once and for all.
const FINE_TICK_BELOW: f64 = 0.04;
const FINE_TICK: i32 = 10;
const COARSE_TICK: i32 = 100;

/// A wider book is shown by its last trade, not its middle.
const WIDEST_SHOWN_SPREAD: i32 = 1_000;

/// Price of the likely outcome between the end of trading interest and resolution.
const FORESEEN: f64 = 0.996;

/// How fast the price goes there, in seconds.
const FORESIGHT_S: f64 = 900.0;

/// When a market's life changes, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the postfix is the unit")]
pub(crate) struct Calendar {
    /// Scheduled end: the outcome is known in the world, not yet on the venue.
    pub(crate) ends_s: i64,
    /// First proposal of an outcome; `None` when a price feed resolves it.
    pub(crate) proposed_s: Option<i64>,
    /// Challenge of that proposal.
    pub(crate) disputed_s: Option<i64>,
    /// Resolution.
    pub(crate) closes_s: i64,
}

impl Calendar {
    /// The next change after `at_s`.
    pub(crate) fn next_after(&self, at_s: i64) -> Option<i64> {
        [Some(self.ends_s), self.proposed_s, self.disputed_s, Some(self.closes_s)]
            .into_iter()
            .flatten()
            .filter(|&change_s| change_s > at_s)
            .min()
    }
}

/// The outcome of a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    First,
    Second,
    Split,
}

impl Verdict {
    /// Payout of outcome 0, in pips.
    pub(crate) const fn payout_pips(self) -> i32 {
        match self {
            Self::First => PIPS,
            Self::Second => 0,
            Self::Split => PIPS / 2,
        }
    }

    const fn foreseen(self) -> f64 {
        match self {
            Self::First => FORESEEN,
            Self::Second => 1.0 - FORESEEN,
            Self::Split => 0.5,
        }
    }
}

/// What a market costs and how busy it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Depth {
    /// Average volume, USDC a day.
    pub(crate) volume_per_day: f64,
    /// Resting near the middle, USDC.
    pub(crate) liquidity_usdc: f64,
    spread_pips: i32,
    tick_pips: i32,
}

impl Depth {
    /// `interest` scales volume and liquidity; `fine` asks for the fine tick, as neg-risk groups
    /// have.
    pub(crate) fn draw(dice: &mut Dice, interest: f64, fine: bool) -> Self {
        let size = dice.bell();
        let volume_per_day = interest * 10_f64.powf(2.6 + 1.0 * size + 0.4 * dice.bell());
        let liquidity_usdc = interest * 10_f64.powf(3.5 + 0.6 * size + 0.3 * dice.bell());
        let tick_pips = if fine || liquidity_usdc > 80_000.0 { FINE_TICK } else { COARSE_TICK };
        // About one cent at 20,000 USDC, ten times that at 200 USDC.
        let spread = 100.0 * (20_000.0 / liquidity_usdc).sqrt();
        let ticks =
            (spread / f64::from(tick_pips)).round().clamp(1.0, 2_500.0 / f64::from(tick_pips));
        Self { volume_per_day, liquidity_usdc, spread_pips: whole(ticks) * tick_pips, tick_pips }
    }
}

/// Best prices, last trade and displayed price of outcome 0, in pips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quote {
    /// `None` when that side of the book is empty.
    pub(crate) bid: Option<i32>,
    pub(crate) ask: Option<i32>,
    pub(crate) last: i32,
    pub(crate) shown: i32,
    pub(crate) tick: i32,
}

/// A market and its past.
#[derive(Clone, Debug)]
pub(crate) struct Market {
    pub(crate) number: u64,
    pub(crate) slug: String,
    pub(crate) draft: MarketDraft,
    pub(crate) depth: Depth,
    pub(crate) calendar: Calendar,
    pub(crate) quote: Quote,
    pub(crate) volume_micro: u64,
    pub(crate) history: History,
    /// Log-odds driver, meaning by the event's shape.
    pub(crate) logit: f64,
    /// Fair price when the market ended, and how it turned out.
    pub(crate) settled: Option<(f64, Verdict)>,
    noise: Noise,
}

impl Market {
    pub(crate) fn new(
        number: u64,
        slug: String,
        draft: MarketDraft,
        depth: Depth,
        calendar: Calendar,
        noise: Noise,
    ) -> Self {
        let unquoted = Quote { bid: None, ask: None, last: 0, shown: 0, tick: depth.tick_pips };
        Self {
            number,
            slug,
            logit: draft.logit,
            draft,
            depth,
            calendar,
            quote: unquoted,
            volume_micro: 0,
            history: History::default(),
            settled: None,
            noise,
        }
    }

    pub(crate) fn is_closed(&self, at_s: i64) -> bool {
        at_s >= self.calendar.closes_s
    }

    /// The price once the outcome is known in the world, between the price before and near
    /// certainty.
    pub(crate) fn foreseen_price(&self, at_s: i64) -> Option<f64> {
        let (before, verdict) = self.settled?;
        let known = 1.0 - (-((at_s - self.calendar.ends_s) as f64) / FORESIGHT_S).exp();
        Some(before + (verdict.foreseen() - before) * known)
    }

    /// Moves to `at_s`, `elapsed_s` after the last step, at the fair price `price`.
    pub(crate) fn step(&mut self, at_s: i64, elapsed_s: i64, price: f64) {
        if let (true, Some((_, verdict))) = (self.is_closed(at_s), self.settled) {
            let shown = verdict.payout_pips();
            self.quote = Quote { bid: None, ask: None, last: shown, shown, tick: self.quote.tick };
            return;
        }
        let draw = self.noise.with(at_s.unsigned_abs());
        let traded = self.trade(draw, at_s, elapsed_s);
        self.requote(price, traded, draw.bits() & 1 == 0);
    }

    pub(crate) fn record(&mut self, at_s: i64) {
        self.history.push(at_s, self.quote.shown, self.volume_micro);
    }

    /// Adds volume: busy markets trade in nearly every step, idle ones in a few.
    fn trade(&mut self, draw: Noise, at_s: i64, elapsed_s: i64) -> bool {
        let expected = self.depth.volume_per_day * elapsed_s as f64 / DAY_S as f64;
        let interest = if at_s > self.calendar.ends_s { 0.05 } else { 1.0 };
        let chance = (expected / 25.0).clamp(0.002, 0.9);
        if unit(draw.with(1).bits()) >= chance {
            return false;
        }
        // Mean 1: mostly small trades, now and then a large one.
        let size = 4.0 * unit(draw.with(2).bits()).powi(3);
        let usdc = expected * interest * size / chance;
        // Non-negative and far below the range of u64.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded above and below"
        )]
        let micro = (usdc * 1e6) as u64;
        self.volume_micro += micro;
        micro > 0
    }

    fn requote(&mut self, price: f64, traded: bool, by_buyer: bool) {
        if !(FINE_TICK_BELOW..=1.0 - FINE_TICK_BELOW).contains(&price) {
            self.quote.tick = FINE_TICK;
        }
        let tick = self.quote.tick;
        let fair = price * f64::from(PIPS);
        // Near the ends of the scale books are tighter.
        let room = 4.0 * price * (1.0 - price);
        let spread = whole(f64::from(self.depth.spread_pips) * room.max(0.05) / f64::from(tick))
            .max(1)
            * tick;
        let bid = whole((fair - f64::from(spread) / 2.0) / f64::from(tick)) * tick;
        let ask = bid + spread;
        self.quote.bid = (bid > 0).then_some(bid);
        self.quote.ask = (ask < PIPS).then_some(ask);
        let nearest = (whole(fair / f64::from(tick)) * tick).clamp(tick, PIPS - tick);
        if self.quote.last == 0 {
            self.quote.last = nearest;
        } else if traded {
            let hit = if by_buyer { self.quote.ask } else { self.quote.bid };
            self.quote.last = hit.unwrap_or(nearest);
        }
        self.quote.shown = match (self.quote.bid, self.quote.ask) {
            (Some(bid), Some(ask)) if ask - bid <= WIDEST_SHOWN_SPREAD => i32::midpoint(bid, ask),
            _ => self.quote.last,
        };
    }
}

/// The nearest whole number; callers stay within a few thousands.
fn whole(number: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "prices and ticks are small")]
    let whole = number.round() as i32;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_surround_the_fair_price() {
        let draft = MarketDraft::yes_no("Q?".to_owned(), "", 0.0);
        let calendar =
            Calendar { ends_s: DAY_S, proposed_s: None, disputed_s: None, closes_s: DAY_S + 60 };
        let mut dice = Noise::of(5).dice();
        for number in 0..200 {
            let depth = Depth::draw(&mut dice, 1.0, false);
            let mut market = Market::new(
                number,
                String::new(),
                draft.clone(),
                depth,
                calendar,
                Noise::of(number),
            );
            let price = dice.between(0.001, 0.999);
            market.step(60, 60, price);
            let quote = market.quote;
            let (bid, ask) = (quote.bid.unwrap_or(0), quote.ask.unwrap_or(PIPS));
            assert!(bid < ask && bid % quote.tick == 0 && ask % quote.tick == 0, "{quote:?}");
            assert!(quote.shown > 0 && quote.shown < PIPS, "{quote:?}");
        }
    }
}
