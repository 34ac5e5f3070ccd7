//! What a wallet bet, one observation an event, as a test of skill needs it: at which price it first took a side, and
//! whether that came true.
//!
//! A test against prices asks whether outcomes exceed what was paid for them. It is exact only if price and side were
//! fixed before anything that follows. The mean price a wallet paid is not: whoever buys more after a fall has a mean
//! below the price it entered at, and would seem to have skill at fair prices. (A dollar at 0.50, and a dollar more at
//! 0.25 or 0.75: the means are 0.33 and 0.60, and their mean is 3 ¢ below the truth.) So an event is observed once, at
//! the first purchase that counts, and whatever the wallet did after changes nothing. Which purchases count must not
//! depend on the outcome either; all of it is known when they are made.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::Category;
use crate::ledger::{Change, Coverage, Entry, EventIx, Fill, MICRO, Markets, MicroUsdc, Slot};

/// Below this, or above its complement, a price says that the outcome is as good as known, if the market is about to
/// end.
pub const KNOWN_PRICE: f64 = 0.05;

/// So long before its scheduled end a market is about to end.
pub const ENDGAME: TimeDelta = TimeDelta::hours(24);

/// One event of a wallet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bet {
    /// The event, in [`Markets`].
    pub event: EventIx,
    /// What was bought first of it.
    pub slot: Slot,
    /// Of the event.
    pub category: Option<Category>,
    /// When.
    pub at: DateTime<Utc>,
    /// When the market was resolved.
    pub closed_at: DateTime<Utc>,
    /// From the purchase to the market's scheduled end, which was known then; `None` where none was announced.
    pub horizon: Option<TimeDelta>,
    /// Dollars a share, with the fee, above 0 and below 1: the probability at which the purchase is worth its money.
    pub price: f64,
    /// Whether a share paid a dollar.
    pub came_true: bool,
    /// Everything put into the event by trading, fees included, in millionths of a dollar. Grew after the price was
    /// fixed: it weighs nothing in a test.
    pub stake: MicroUsdc,
}

/// Why events are no observation. None of it depends on who won.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// The entries may lack purchases of the event: which came first is not known.
    pub uncovered: usize,
    /// Every purchase was at a price that says the outcome was known, near the scheduled end.
    pub known: usize,
    /// The market first bought is not resolved.
    pub open: usize,
    /// It paid a part: cancelled, or undecided.
    pub undecided: usize,
    /// It is resolved, and nobody says when.
    pub undated: usize,
}

/// The settled bets of a wallet, by when they were settled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bets {
    /// One an event.
    pub settled: Vec<Bet>,
    /// Events that are none.
    pub left_out: LeftOut,
}

/// Purchases of an event until now.
#[derive(Default)]
struct Opened {
    first: Option<Purchase>,
    stake: MicroUsdc,
}

/// Fills of one token within a second: one decision.
#[derive(Clone, Copy)]
struct Purchase {
    slot: Slot,
    at: DateTime<Utc>,
    shares: i128,
    paid: i128,
}

impl Purchase {
    fn price(&self) -> f64 {
        self.paid as f64 / self.shares as f64
    }
}

impl Bets {
    /// Of a ledger's entries, in order. Shares that came by a split, a conversion or from another wallet were not bought
    /// at a price, and are no bets.
    pub fn of(entries: &[Entry], markets: &Markets, coverage: &Coverage) -> Self {
        let uncovered = uncovered(markets, coverage);
        let mut events: HashMap<EventIx, Opened> = HashMap::new();
        let mut decisions = entries.iter().filter_map(bought).peekable();
        while let Some((at, fill)) = decisions.next() {
            let mut purchase = Purchase { slot: fill.slot, at, shares: 0, paid: 0 };
            purchase.take(fill);
            let is_same =
                |other: &(DateTime<Utc>, &Fill)| (other.0, other.1.slot) == (at, fill.slot);
            while let Some((_, more)) = decisions.next_if(is_same) {
                purchase.take(more);
            }
            let event = events.entry(markets.event_of(fill.slot.market)).or_default();
            let paid = MicroUsdc::try_from(purchase.paid).unwrap_or(MicroUsdc::MAX);
            event.stake = event.stake.saturating_add(paid);
            if event.first.is_none() && counts(&purchase, markets) {
                event.first = Some(purchase);
            }
        }
        let mut bets = Self::default();
        for (event, opened) in events {
            if uncovered.contains(&event) {
                bets.left_out.uncovered += 1;
            } else {
                bets.settle(event, &opened, markets);
            }
        }
        bets.settled.sort_by_key(|bet| (bet.closed_at, bet.event));
        bets
    }

    fn settle(&mut self, event: EventIx, opened: &Opened, markets: &Markets) {
        let Some(first) = opened.first else {
            self.left_out.known += 1;
            return;
        };
        let terms = markets.terms(first.slot.market);
        let came_true = match terms.payouts.as_ref().map(|payouts| payouts.of(first.slot.outcome)) {
            None => {
                self.left_out.open += 1;
                return;
            }
            Some(0) => false,
            Some(MICRO) => true,
            Some(_) => {
                self.left_out.undecided += 1;
                return;
            }
        };
        let Some(closed_at) = terms.resolved_at else {
            self.left_out.undated += 1;
            return;
        };
        self.settled.push(Bet {
            event,
            slot: first.slot,
            category: terms.category,
            at: first.at,
            closed_at,
            horizon: terms.scheduled_end.map(|end| end - first.at),
            price: first.price(),
            came_true,
            stake: opened.stake,
        });
    }
}

/// Events of which something may have been bought that the entries do not tell.
fn uncovered(markets: &Markets, coverage: &Coverage) -> HashSet<EventIx> {
    let unseen = markets.iter().filter(|(_, terms)| coverage.covers(terms.listed_at).is_err());
    unseen.map(|(market, _)| markets.event_of(market)).collect()
}

fn bought(entry: &Entry) -> Option<(DateTime<Utc>, &Fill)> {
    match &entry.change {
        Change::Buy(fill) if fill.shares.get() > 0 => Some((entry.place.at, fill)),
        _ => None,
    }
}

impl Purchase {
    /// With the fee; where it is not told apart the money that moved has it in it.
    fn take(&mut self, fill: &Fill) {
        let fee = fill.fee.map_or(0, |fee| i128::from(fee.get()));
        self.shares += i128::from(fill.shares.get());
        self.paid += i128::from(fill.usdc.get()) + fee;
    }
}

/// Whether a purchase is a bet: at a price that can win and lose, and not on what was as good as known. A market
/// without a scheduled end may always be about to end.
fn counts(purchase: &Purchase, markets: &Markets) -> bool {
    let price = purchase.price();
    if price <= 0.0 || price >= 1.0 {
        return false;
    }
    let end = markets.terms(purchase.slot.market).scheduled_end;
    let is_ending = end.is_none_or(|end| end - purchase.at <= ENDGAME);
    let is_known = price <= KNOWN_PRICE || price >= 1.0 - KNOWN_PRICE;
    !(is_ending && is_known)
}
