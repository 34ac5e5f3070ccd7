//! The fold: one entry after the other onto what a wallet holds.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::amount::{MicroShares, MicroUsdc};
use super::completeness::{Coverage, Doubt, Doubts};
use super::entry::{Change, Conversion, Entry, Fill, IncomeKind, Order};
use super::holding::Holding;
use super::markets::{MarketIx, Markets, Slot};

/// Why an entry was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutOfOrder {
    /// It belongs before one that was taken already: fold everything anew.
    #[error("the entry belongs before one that the ledger has taken")]
    Late,
    /// It is the one taken last.
    #[error("the ledger has taken this entry")]
    Repeated,
}

/// Money that moved, by what moved it. In is positive, out is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cash {
    /// Paid for shares, with fees.
    pub bought: MicroUsdc,
    /// Received for shares, after fees.
    pub sold: MicroUsdc,
    /// Paid for complete sets.
    pub split: MicroUsdc,
    /// Received for complete sets.
    pub merged: MicroUsdc,
    /// Received for shares of resolved markets.
    pub redeemed: MicroUsdc,
    /// Received in conversions.
    pub converted: MicroUsdc,
    /// Fees charged apart from trades.
    pub fees: MicroUsdc,
    /// By [`IncomeKind`], in the order of [`IncomeKind::ALL`].
    pub income: [MicroUsdc; IncomeKind::ALL.len()],
    /// Put in.
    pub deposited: MicroUsdc,
    /// Taken out.
    pub withdrawn: MicroUsdc,
}

impl Cash {
    /// What shares brought in less what they cost, after fees.
    pub fn traded(&self) -> MicroUsdc {
        self.bought
            + self.sold
            + self.split
            + self.merged
            + self.redeemed
            + self.converted
            + self.fees
    }

    /// Rewards, rebates and the like.
    pub fn income(&self) -> MicroUsdc {
        self.income.iter().sum()
    }

    /// Income of one kind.
    pub fn income_of(&self, kind: IncomeKind) -> MicroUsdc {
        self.income[kind as usize]
    }

    /// What is left in the wallet, if it began empty and its deposits are all told.
    pub fn balance(&self) -> MicroUsdc {
        self.traded() + self.income() + self.deposited + self.withdrawn
    }
}

/// Fills by the part the wallet had in them, in millionths of a dollar without fees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fills {
    /// How many.
    pub count: u64,
    /// As maker.
    pub maker_usdc: MicroUsdc,
    /// As taker.
    pub taker_usdc: MicroUsdc,
    /// Where the source does not say.
    pub unknown_usdc: MicroUsdc,
}

/// A wallet's books. Folding one more entry onto them is the same as folding all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ledger {
    pub(crate) holdings: Vec<Holding>,
    /// Where a market's holdings begin; they stand together, by outcome.
    places: HashMap<MarketIx, u32>,
    pub(crate) cash: Cash,
    pub(crate) fills: Fills,
    pub(crate) coverage: Coverage,
    pub(crate) doubts: Doubts,
    pub(crate) conversions: u32,
    /// Cash of conversions of which nobody knows what was given.
    pub(crate) unbooked: MicroUsdc,
    last: Option<Order>,
    count: u64,
}

impl Ledger {
    /// Empty, for entries that cover this.
    pub fn new(coverage: Coverage) -> Self {
        Self { coverage, ..Self::default() }
    }

    /// All entries at once, in any order; they are put in order. An entry that is there twice, with the
    /// same ordinal, is taken once.
    pub fn fold(markets: &Markets, coverage: Coverage, entries: &mut [Entry]) -> Self {
        super::entry::sort(entries);
        let mut ledger = Self::new(coverage);
        for entry in entries.iter() {
            let order = entry.order();
            if ledger.last != Some(order) {
                ledger.last = Some(order);
                ledger.take(markets, entry);
            }
        }
        ledger
    }

    /// One more entry. Its market must be one of `markets`, the same ones every time.
    ///
    /// # Errors
    ///
    /// The entry is not taken when it belongs before the last one that was. Then all must be folded anew.
    pub fn apply(&mut self, markets: &Markets, entry: &Entry) -> Result<(), OutOfOrder> {
        let order = entry.order();
        match self.last {
            Some(last) if order < last => return Err(OutOfOrder::Late),
            Some(last) if order == last => return Err(OutOfOrder::Repeated),
            _ => {}
        }
        self.last = Some(order);
        self.take(markets, entry);
        Ok(())
    }

    /// Says anew what the entries cover.
    pub fn set_coverage(&mut self, coverage: Coverage) {
        self.coverage = coverage;
    }

    /// How many entries were taken.
    pub fn entry_count(&self) -> u64 {
        self.count
    }

    /// The money that moved.
    pub fn cash(&self) -> &Cash {
        &self.cash
    }

    /// Conversions taken.
    pub fn conversion_count(&self) -> u32 {
        self.conversions
    }

    /// Shares of a token that are held, of known cost or not.
    pub fn held(&self, slot: Slot) -> MicroShares {
        self.find(slot).map_or(0, Holding::held)
    }

    pub(crate) fn find(&self, slot: Slot) -> Option<&Holding> {
        let first = *self.places.get(&slot.market)? as usize;
        let holding = self.holdings.get(first + usize::from(slot.outcome))?;
        (holding.slot == slot).then_some(holding)
    }

    /// Where a token's holding is; the market's holdings are made if there are none.
    fn place(&mut self, markets: &Markets, slot: Slot) -> usize {
        let Self { places, holdings, .. } = self;
        let first = *places.entry(slot.market).or_insert_with(|| {
            let first = u32::try_from(holdings.len()).unwrap_or(u32::MAX);
            let outcomes = markets.terms(slot.market).outcomes.max(2);
            let slots = (0..outcomes).map(|outcome| Slot { market: slot.market, outcome });
            holdings.extend(slots.map(Holding::new));
            first
        });
        first as usize + usize::from(slot.outcome)
    }

    /// A token's holding; `None` where the market has no such outcome.
    pub(crate) fn holding(&mut self, markets: &Markets, slot: Slot) -> Option<&mut Holding> {
        let place = self.place(markets, slot);
        self.holdings.get_mut(place).filter(|holding| holding.slot == slot)
    }

    /// The holdings of all outcomes of a market.
    fn outcomes(&mut self, markets: &Markets, market: MarketIx) -> &mut [Holding] {
        let place = self.place(markets, Slot { market, outcome: 0 });
        let count = usize::from(markets.terms(market).outcomes.max(2));
        let end = (place + count).min(self.holdings.len());
        &mut self.holdings[place..end]
    }

    fn take(&mut self, markets: &Markets, entry: &Entry) {
        self.count += 1;
        let at = entry.place.at;
        match &entry.change {
            Change::Buy(fill) => self.buy(markets, at, fill),
            Change::Sell(fill) => self.sell(markets, at, fill),
            Change::Split { market, shares } => self.split(markets, at, *market, shares.get()),
            Change::Merge { market, shares } => self.merge(markets, at, *market, shares.get()),
            Change::Redeem { market, usdc } => self.redeem(markets, at, *market, usdc.get()),
            Change::Convert(conversion) => self.convert(markets, at, conversion),
            Change::TransferIn { slot, shares } => {
                self.with(markets, *slot, |holding| holding.transfer_in(at, shares.get()));
            }
            Change::TransferOut { slot, shares } => {
                self.with(markets, *slot, |holding| holding.transfer_out(at, shares.get()));
            }
            Change::Fee { usdc } => self.cash.fees -= usdc.get(),
            Change::Income { kind, usdc } => self.cash.income[*kind as usize] += usdc.get(),
            Change::Deposit { usdc } => self.cash.deposited += usdc.get(),
            Change::Withdrawal { usdc } => self.cash.withdrawn -= usdc.get(),
            Change::Unreadable { market: Some(market) } => {
                self.doubt(markets, *market, Doubt::Unreadable);
            }
            Change::Unreadable { market: None } => self.doubts.add(Doubt::Unreadable),
        }
    }

    /// Does something to a token's holding; an outcome that the market does not have is a doubt.
    fn with(&mut self, markets: &Markets, slot: Slot, change: impl FnOnce(&mut Holding)) {
        match self.holding(markets, slot) {
            Some(holding) => change(holding),
            None => self.doubt(markets, slot.market, Doubt::Unreadable),
        }
    }

    /// Doubts all outcomes of a market.
    pub(crate) fn doubt(&mut self, markets: &Markets, market: MarketIx, doubt: Doubt) {
        for holding in self.outcomes(markets, market) {
            holding.doubts.add(doubt);
        }
    }

    fn buy(&mut self, markets: &Markets, at: DateTime<Utc>, fill: &Fill) {
        let (shares, usdc, fee) = amounts(fill);
        self.count_fill(fill);
        self.cash.bought -= usdc + fee;
        self.with(markets, fill.slot, |holding| {
            holding.acquire(at, shares, usdc);
            holding.entered.shares += shares;
            holding.entered.usdc += usdc;
            holding.entered.fees += fee;
            holding.charge(fill);
        });
    }

    fn sell(&mut self, markets: &Markets, at: DateTime<Utc>, fill: &Fill) {
        let (shares, usdc, fee) = amounts(fill);
        self.count_fill(fill);
        self.cash.sold += usdc - fee;
        self.with(markets, fill.slot, |holding| {
            holding.release(at, shares, usdc);
            holding.charge(fill);
        });
    }

    fn count_fill(&mut self, fill: &Fill) {
        self.fills.count += 1;
        *match fill.role {
            super::entry::Role::Maker => &mut self.fills.maker_usdc,
            super::entry::Role::Taker => &mut self.fills.taker_usdc,
            super::entry::Role::Unknown => &mut self.fills.unknown_usdc,
        } += fill.usdc.get();
    }

    /// The venue's convention: every outcome is bought at an equal part of a dollar.
    fn split(&mut self, markets: &Markets, at: DateTime<Utc>, market: MarketIx, shares: i64) {
        self.cash.split -= shares;
        each_part(self.outcomes(markets, market), shares, |holding, usdc| {
            holding.acquire(at, shares, usdc);
        });
    }

    /// The venue's convention: every outcome is sold at an equal part of a dollar.
    fn merge(&mut self, markets: &Markets, at: DateTime<Utc>, market: MarketIx, shares: i64) {
        self.cash.merged += shares;
        each_part(self.outcomes(markets, market), shares, |holding, usdc| {
            holding.release(at, shares, usdc);
        });
    }

    fn redeem(&mut self, markets: &Markets, at: DateTime<Utc>, market: MarketIx, usdc: MicroUsdc) {
        self.cash.redeemed += usdc;
        let holdings = self.outcomes(markets, market);
        let held: Vec<MicroShares> = holdings.iter().map(Holding::held).collect();
        let payouts = markets.terms(market).payouts.as_ref();
        let told = payouts.and_then(|payouts| super::redemption::told(&held, payouts, usdc));
        if let Some(paid) = told.or_else(|| super::redemption::paid(&held, usdc)) {
            // Of equal shares of two outcomes either may have won, so it says nothing of the payouts.
            let mut parts = held.iter().filter(|shares| **shares > 0);
            let is_telling = parts.next().is_some_and(|first| parts.all(|other| other != first));
            for (holding, usdc) in holdings.iter_mut().zip(paid) {
                match holding.held() {
                    0 => {}
                    _ if is_telling => holding.redeem(at, usdc),
                    held => holding.release(at, held, usdc),
                }
            }
            return;
        }
        for holding in holdings.iter_mut() {
            let held = holding.held();
            holding.release(at, held, 0);
            holding.doubts.add(Doubt::Redemption);
        }
        if let Some(first) = holdings.first_mut() {
            first.unexplained.redeemed += usdc;
        }
    }

    fn convert(&mut self, markets: &Markets, at: DateTime<Utc>, conversion: &Conversion) {
        self.conversions += 1;
        self.cash.converted += conversion.usdc.get();
        let (shares, usdc) = (conversion.shares.get(), conversion.usdc.get());
        let no = |market| Slot { market, outcome: 1 };
        let given = super::conversion::given(conversion, |market| self.held(no(market)));
        let Some(given) = given else {
            self.unbooked += usdc;
            for market in conversion.members.iter().copied() {
                self.doubt(markets, market, Doubt::UnknownConversion);
            }
            return;
        };
        let mut cost = (-usdc, -usdc);
        for &market in &given {
            self.with(markets, no(market), |holding| {
                let (average, fifo) = holding.surrender(at, shares);
                cost = (cost.0 + average, cost.1 + fifo);
            });
        }
        let others = conversion.members.iter().filter(|market| !given.contains(market));
        let mut left = i64::try_from(others.clone().count()).unwrap_or(0);
        if left == 0 {
            // Nothing takes the cost over: what the cash was more than that is made.
            if let Some(&first) = given.first() {
                self.with(markets, no(first), |holding| holding.realise(-cost.0, -cost.1));
            }
        }
        for &market in others {
            let part = (cost.0 / left, cost.1 / left);
            cost = (cost.0 - part.0, cost.1 - part.1);
            left -= 1;
            self.with(markets, Slot { market, outcome: 0 }, |holding| {
                holding.acquire_by_method(at, shares, part);
            });
        }
    }
}

impl Holding {
    fn charge(&mut self, fill: &Fill) {
        match fill.fee {
            Some(fee) => self.fees += fee.get(),
            None => self.doubts.add(Doubt::UnknownFee),
        }
    }
}

fn amounts(fill: &Fill) -> (MicroShares, MicroUsdc, MicroUsdc) {
    (fill.shares.get(), fill.usdc.get(), fill.fee.map_or(0, super::amount::Micro::get))
}

/// Gives every holding its equal part of `usdc`, which is used up.
fn each_part(holdings: &mut [Holding], usdc: i64, mut change: impl FnMut(&mut Holding, MicroUsdc)) {
    let (mut rest, mut left) = (usdc, i64::try_from(holdings.len()).unwrap_or(i64::MAX));
    for holding in holdings {
        let part = rest / left;
        rest -= part;
        left -= 1;
        change(holding, part);
    }
}
