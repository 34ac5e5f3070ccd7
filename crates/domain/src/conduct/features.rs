//! What can be counted of how somebody trades.

use std::collections::{BTreeMap, BTreeSet};

use crate::evidence::Basis;
use crate::ledger::{Change, Entry, Fill, MarketIx, MicroShares, MicroUsdc, Role};

/// What can be counted. Each number says the same of an owner's wallets together; `None` where it is not
/// defined or not known.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Features {
    /// Fills it is made of. Fills of one wallet in one second and token are one: an order that was filled
    /// in parts.
    pub fills: usize,
    /// Dollars traded as maker, of those in fills that say which part it was; unknown where none does.
    pub maker_share: Option<f64>,
    /// Dollars in fills that do not say, of all: the newest rarely do.
    pub maker_unsaid: f64,
    /// 1 − |B − S| / (B + S) over shares that went toward the first outcome and away from it, mean over
    /// markets by shares: 1 where both sides of each market were traded alike.
    pub two_sidedness: Option<f64>,
    /// Markets of which both outcomes were bought, of all traded.
    pub both_outcomes: Option<f64>,
    /// Splits, merges and conversions to fills.
    pub sets_to_fills: Option<f64>,
    /// Markets ever traded.
    pub markets: usize,
    /// |profit| on dollars traded; given from outside.
    pub profit_to_volume: Option<f64>,
    /// Fills a day of days with any.
    pub fills_per_day: Option<f64>,
    /// Shannon's entropy of the hours of the day, as a part of its largest, ln 24.
    pub hour_entropy: Option<f64>,
    /// Standard deviation of the time between fills on its mean; of gaps below six hours, because nights
    /// are no rhythm.
    pub gap_variation: Option<f64>,
    /// Different sizes of all sizes.
    pub distinct_sizes: Option<f64>,
    /// Orders that took, in a second in which another one took another token, of all that took; of ten at least.
    pub simultaneity: Option<f64>,
    /// See [`super::Reaction::beyond_chance`]; given from outside, because it is read from the tape of others.
    pub reaction: Option<f64>,
    /// What they were read from.
    pub basis: Option<Basis>,
}

/// A wallet's entries as a sequence of orders; wallets of an owner are put into one.
#[derive(Debug, Clone, Default)]
pub struct Sequence {
    by_market: BTreeMap<MarketIx, Traded>,
    orders: BTreeMap<(i64, MarketIx, u8, bool), i64>,
    /// Tokens taken, by second.
    taken: BTreeMap<i64, BTreeSet<(MarketIx, u8)>>,
    sets: usize,
    maker: MicroUsdc,
    taker: MicroUsdc,
    unsaid: MicroUsdc,
}

#[derive(Debug, Clone, Copy, Default)]
struct Traded {
    /// Shares toward the first outcome and away from it.
    toward: MicroShares,
    away: MicroShares,
    usdc: MicroUsdc,
    outcomes: [bool; 2],
}

/// Gaps of six hours and more are pauses.
const PAUSE_S: i64 = 6 * 3_600;
/// Orders that took below which nothing is said of how many came at once.
const FEWEST_TAKEN: usize = 10;

impl Sequence {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more entry, in any order.
    pub fn add(&mut self, entry: &Entry) {
        match &entry.change {
            Change::Buy(fill) => self.fill(entry, fill, true),
            Change::Sell(fill) => self.fill(entry, fill, false),
            Change::Split { .. } | Change::Merge { .. } | Change::Convert(_) => self.sets += 1,
            _ => {}
        }
    }

    fn fill(&mut self, entry: &Entry, fill: &Fill, buys: bool) {
        let usdc = fill.usdc.get();
        match fill.role {
            Role::Maker => self.maker += usdc,
            Role::Taker => self.taker += usdc,
            Role::Unknown => self.unsaid += usdc,
        }
        let traded = self.by_market.entry(fill.slot.market).or_default();
        // Direction-adjusted: what sells No buys Yes.
        let toward_first = buys == (fill.slot.outcome == 0);
        *if toward_first { &mut traded.toward } else { &mut traded.away } += fill.shares.get();
        traded.usdc += usdc;
        if let Some(seen) = traded.outcomes.get_mut(usize::from(fill.slot.outcome)) {
            *seen |= buys;
        }
        let at_s = entry.place.at.timestamp();
        if fill.role == Role::Taker {
            let token = (fill.slot.market, fill.slot.outcome);
            self.taken.entry(at_s).or_default().insert(token);
        }
        let order = (at_s, fill.slot.market, fill.slot.outcome, buys);
        *self.orders.entry(order).or_default() += fill.shares.get();
    }

    /// What it comes to. `profit` of the same fills in millionths of a dollar, where it is known; `basis` as
    /// the entries have it.
    pub fn features(&self, profit: Option<MicroUsdc>, basis: Basis) -> Features {
        let fills = self.orders.len();
        let some = |value: f64| (fills > 0).then_some(value);
        let volume: MicroUsdc = self.by_market.values().map(|one| one.usdc).sum();
        let traded: MicroShares = self.by_market.values().map(|one| one.toward + one.away).sum();
        let balanced: MicroShares =
            self.by_market.values().map(|one| 2 * one.toward.min(one.away)).sum();
        let both = self.by_market.values().filter(|one| one.outcomes == [true; 2]).count();
        let roles = self.maker + self.taker;
        let sizes: BTreeSet<i64> = self.orders.values().copied().collect();
        Features {
            fills,
            maker_share: (roles > 0).then(|| self.maker as f64 / roles as f64),
            maker_unsaid: self.unsaid as f64 / (roles + self.unsaid).max(1) as f64,
            two_sidedness: (traded > 0).then(|| balanced as f64 / traded as f64),
            both_outcomes: some(both as f64 / self.by_market.len().max(1) as f64),
            // The tape of takers has no splits: their absence says nothing there.
            sets_to_fills: some(self.sets as f64 / fills.max(1) as f64)
                .filter(|_| basis.sees_resting_fills()),
            markets: self.by_market.len(),
            profit_to_volume: profit
                .filter(|_| volume > 0)
                .map(|profit| profit.abs() as f64 / volume as f64),
            fills_per_day: some(fills as f64 / self.days().max(1) as f64),
            hour_entropy: self.hour_entropy(),
            gap_variation: self.gap_variation(),
            distinct_sizes: some(sizes.len() as f64 / fills.max(1) as f64),
            simultaneity: self.simultaneity(),
            reaction: None,
            basis: Some(basis),
        }
    }

    fn seconds(&self) -> impl Iterator<Item = i64> {
        self.orders.keys().map(|(at_s, ..)| *at_s)
    }

    fn days(&self) -> usize {
        self.seconds().map(|at_s| at_s.div_euclid(86_400)).collect::<BTreeSet<_>>().len()
    }

    fn hour_entropy(&self) -> Option<f64> {
        let mut hours = [0usize; 24];
        for at_s in self.seconds() {
            let hour = usize::try_from(at_s.rem_euclid(86_400) / 3_600).unwrap_or(0);
            if let Some(count) = hours.get_mut(hour) {
                *count += 1;
            }
        }
        let all = self.orders.len() as f64;
        let parts = hours.iter().filter(|count| **count > 0).map(|count| *count as f64 / all);
        let entropy: f64 = parts.map(|part| -part * part.ln()).sum();
        (all > 0.0).then(|| entropy / 24f64.ln())
    }

    fn simultaneity(&self) -> Option<f64> {
        let taken = || self.taken.values().map(BTreeSet::len);
        let all: usize = taken().sum();
        let at_once: usize = taken().filter(|tokens| *tokens >= 2).sum();
        (all >= FEWEST_TAKEN).then(|| at_once as f64 / all as f64)
    }

    fn gap_variation(&self) -> Option<f64> {
        let mut seconds: Vec<i64> = self.seconds().collect();
        seconds.dedup();
        let gaps = seconds.iter().zip(seconds.iter().skip(1)).map(|(one, next)| next - one);
        let gaps: Vec<f64> = gaps.filter(|gap| *gap < PAUSE_S).map(|gap| gap as f64).collect();
        let count = gaps.len() as f64;
        let mean = gaps.iter().sum::<f64>() / count;
        let square = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (gaps.len() >= 10).then(|| square.sqrt() / mean)
    }
}
