//! Markets and entries in few words. Shares and dollars are given in hundredths, unless they say micro.

use chrono::{DateTime, Utc};

use crate::ledger::*;
use crate::{ConditionId, EventId};

pub(crate) const YES: u8 = 0;
pub(crate) const NO: u8 = 1;

/// A second of the tests' day.
pub(crate) fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
}

pub(crate) fn micro(millionths: i64) -> Micro {
    Micro::new(millionths).unwrap()
}

pub(crate) fn cents(hundredths: i64) -> Micro {
    micro(hundredths * 10_000)
}

pub(crate) fn condition(number: usize) -> ConditionId {
    ConditionId::parse(&format!("{number:064x}")).unwrap()
}

/// A wallet's history in the making, and the markets it is about.
#[derive(Default, Clone)]
pub(crate) struct Story {
    pub(crate) markets: Markets,
    pub(crate) entries: Vec<Entry>,
    now: i64,
}

impl Story {
    /// A market of its own event.
    pub(crate) fn market(&mut self) -> MarketIx {
        self.markets.set(Terms::unknown(condition(self.markets.len())))
    }

    /// Markets of one neg-risk event.
    pub(crate) fn group(&mut self, members: usize) -> Vec<MarketIx> {
        let event_id = EventId::parse(&format!("g{}", self.markets.len())).ok();
        let terms = |number| Terms {
            event_id: event_id.clone(),
            neg_risk: true,
            ..Terms::unknown(condition(number))
        };
        let first = self.markets.len();
        (first..first + members).map(|number| self.markets.set(terms(number))).collect()
    }

    /// Decides a market, ten seconds from now.
    pub(crate) fn resolve(&mut self, market: MarketIx, payouts: Payouts) {
        self.now += 10;
        let terms = Terms {
            payouts: Some(payouts),
            resolved_at: Some(at(self.now)),
            ..self.markets.terms(market).clone()
        };
        self.markets.set(terms);
    }

    /// What time it is.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        at(self.now)
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, seconds: i64) {
        self.now += seconds;
    }

    /// Something happens, a second after what happened before.
    pub(crate) fn then(&mut self, change: Change) -> &mut Self {
        self.now += 1;
        self.entries.push(Entry { place: Place::at(at(self.now)), change });
        self
    }

    /// Bought for so much without fee.
    pub(crate) fn buy(&mut self, slot: (MarketIx, u8), shares: Micro, usdc: Micro) -> &mut Self {
        self.then(Change::Buy(fill(slot, shares, usdc, Micro::ZERO)))
    }

    pub(crate) fn sell(&mut self, slot: (MarketIx, u8), shares: Micro, usdc: Micro) -> &mut Self {
        self.then(Change::Sell(fill(slot, shares, usdc, Micro::ZERO)))
    }

    pub(crate) fn split(&mut self, market: MarketIx, shares: Micro) -> &mut Self {
        self.then(Change::Split { market, shares })
    }

    pub(crate) fn merge(&mut self, market: MarketIx, shares: Micro) -> &mut Self {
        self.then(Change::Merge { market, shares })
    }

    pub(crate) fn redeem(&mut self, market: MarketIx, usdc: Micro) -> &mut Self {
        self.then(Change::Redeem { market, usdc })
    }

    /// The books, if the entries are all there ever was.
    pub(crate) fn ledger(&self) -> Ledger {
        self.covering(Coverage::full())
    }

    pub(crate) fn covering(&self, coverage: Coverage) -> Ledger {
        Ledger::fold(&self.markets, coverage, &mut self.entries.clone())
    }

    /// What they are worth, if nobody offers anything for what is open.
    pub(crate) fn books(&self) -> Valuation {
        self.ledger().value(&self.markets, |_| Mark::Unknown)
    }
}

pub(crate) fn fill(
    (market, outcome): (MarketIx, u8),
    shares: Micro,
    usdc: Micro,
    fee: Micro,
) -> Fill {
    let slot = Slot { market, outcome };
    Fill { slot, shares, usdc, fee: Some(fee), role: Role::Taker }
}

/// The position in a token.
pub(crate) fn position(books: &Valuation, (market, outcome): (MarketIx, u8)) -> &Position {
    books.positions.iter().find(|p| p.slot == Slot { market, outcome }).unwrap()
}

/// What average cost says of a token.
pub(crate) fn average(books: &Valuation, slot: (MarketIx, u8)) -> Basis {
    position(books, slot).average.known().unwrap()
}
