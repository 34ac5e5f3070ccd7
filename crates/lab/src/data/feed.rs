//! The tape from the newest row to the oldest, by wallet, by market or as a whole, from any place.
//! Nothing is gathered: a page costs what is on it.

use std::collections::BinaryHeap;

use crate::exchange::{
    Entry, FillIx, MarketIx, MatchIx, Millis, Outcome, Shares, Side, Tape, Usdc, WalletIx,
};

use super::number::{paid_price, price};

/// More rows than a transaction has.
const ROWS_IN_A_TRANSACTION: u64 = 1 << 24;

/// Place of a row in the order of the tape. Within a match the maker rows come first, as the
/// exchange contract logs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sequence(pub(crate) u64);

impl Sequence {
    fn new(transaction: u32, place: u32) -> Self {
        Self(u64::from(transaction) * ROWS_IN_A_TRANSACTION + u64::from(place))
    }

    pub(crate) fn of(tape: &Tape, entry: Entry) -> Self {
        match entry {
            Entry::Taken(ix) => {
                let done = tape.get(ix);
                Self::new(done.transaction, done.fill_count)
            }
            Entry::Made(ix) => {
                let done = tape.get(tape.fill(ix).of);
                Self::new(done.transaction, ix.0 - done.first_fill.0)
            }
            Entry::Moved(ix) => Self::new(tape.movement(ix).transaction, 0),
        }
    }
}

/// When an entry happened.
pub(crate) fn time_of(tape: &Tape, entry: Entry) -> Millis {
    match entry {
        Entry::Taken(ix) => tape.get(ix).at_ms,
        Entry::Made(ix) => tape.get(tape.fill(ix).of).at_ms,
        Entry::Moved(ix) => tape.movement(ix).at_ms,
    }
}

/// The transaction an entry is of.
pub(crate) fn transaction_of(tape: &Tape, entry: Entry) -> u32 {
    match entry {
        Entry::Taken(ix) => tape.get(ix).transaction,
        Entry::Made(ix) => tape.get(tape.fill(ix).of).transaction,
        Entry::Moved(ix) => tape.movement(ix).transaction,
    }
}

/// One wallet's side of a trade.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Trade {
    pub(crate) at_ms: Millis,
    pub(crate) wallet: WalletIx,
    pub(crate) market: MarketIx,
    pub(crate) outcome: Outcome,
    pub(crate) side: Side,
    pub(crate) shares: Shares,
    /// Without the fee.
    pub(crate) usdc: Usdc,
    pub(crate) fee: Usdc,
    pub(crate) price: f64,
}

impl Trade {
    /// `None` when the entry is no trade.
    pub(crate) fn read(tape: &Tape, entry: Entry) -> Option<Self> {
        match entry {
            Entry::Taken(ix) => Some(Self::taken(tape, ix)),
            Entry::Made(ix) => Some(Self::made(tape, ix)),
            Entry::Moved(_) => None,
        }
    }

    /// The taker's side of a match.
    pub(crate) fn taken(tape: &Tape, ix: MatchIx) -> Self {
        let done = tape.get(ix);
        Self {
            at_ms: done.at_ms,
            wallet: done.taker,
            market: done.market,
            outcome: done.outcome,
            side: done.side,
            shares: done.shares,
            usdc: done.usdc,
            fee: done.fee,
            price: paid_price(done.usdc, done.shares),
        }
    }

    /// The maker's side of a fill.
    pub(crate) fn made(tape: &Tape, ix: FillIx) -> Self {
        let fill = tape.fill(ix);
        let done = tape.get(fill.of);
        Self {
            at_ms: done.at_ms,
            wallet: fill.maker,
            market: done.market,
            outcome: fill.outcome,
            side: fill.side,
            shares: fill.shares,
            usdc: fill.usdc,
            fee: 0,
            price: price(fill.price),
        }
    }

    /// What the wallet's cash changed by, without sign: the fee on top when buying, taken off when
    /// selling.
    pub(crate) fn cash(&self) -> Usdc {
        match self.side {
            Side::Buy => self.usdc + self.fee,
            Side::Sell => self.usdc - self.fee,
        }
    }
}

/// Which rows of a match a feed shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parties {
    Takers,
    Everyone,
}

/// What a wallet took part in, newest first, before `before`.
pub(crate) fn of_wallet(
    tape: &Tape,
    wallet: WalletIx,
    before: Option<Sequence>,
) -> impl Iterator<Item = Entry> {
    let all = tape.of_wallet(wallet);
    let end =
        before.map_or(all.len(), |before| all.partition_point(|&e| Sequence::of(tape, e) < before));
    all[..end].iter().rev().copied()
}

/// What a wallet took part in, oldest first, after `after`.
pub(crate) fn of_wallet_ascending(
    tape: &Tape,
    wallet: WalletIx,
    after: Option<Sequence>,
) -> impl Iterator<Item = Entry> {
    let all = tape.of_wallet(wallet);
    let start = after.map_or(0, |after| all.partition_point(|&e| Sequence::of(tape, e) <= after));
    all[start..].iter().copied()
}

/// The trades in some markets, newest first, before `before`.
pub(crate) fn of_markets(
    tape: &Tape,
    markets: &[MarketIx],
    parties: Parties,
    before: Option<Sequence>,
) -> impl Iterator<Item = Entry> {
    let lists = markets.iter().map(|&market| {
        let all = tape.of_market(market);
        let end = before.map_or(all.len(), |before| {
            all.partition_point(|&ix| Sequence::new(tape.get(ix).transaction, 0) < before)
        });
        &all[..end]
    });
    Merged::new(lists.collect()).flat_map(move |ix| rows(tape, ix, parties, before))
}

/// All trades, newest first, before `before`.
pub(crate) fn of_everybody(
    tape: &Tape,
    parties: Parties,
    before: Option<Sequence>,
) -> impl Iterator<Item = Entry> {
    let all = tape.matches();
    let end = before.map_or(all.len(), |before| {
        all.partition_point(|done| Sequence::new(done.transaction, 0) < before)
    });
    (0..end).rev().flat_map(move |index| rows(tape, MatchIx::next(index), parties, before))
}

/// The rows of a match, newest first.
fn rows(
    tape: &Tape,
    ix: MatchIx,
    parties: Parties,
    before: Option<Sequence>,
) -> impl Iterator<Item = Entry> {
    let done = tape.get(ix);
    let first = done.first_fill.0;
    let fills = match parties {
        Parties::Takers => 0,
        Parties::Everyone => done.fill_count,
    };
    let makers = (first..first + fills).rev().map(|fill| Entry::Made(FillIx(fill)));
    std::iter::once(Entry::Taken(ix))
        .chain(makers)
        .filter(move |&entry| before.is_none_or(|before| Sequence::of(tape, entry) < before))
}

/// Lists of matches, each oldest first, as one from the newest to the oldest.
struct Merged<'t> {
    lists: Vec<&'t [MatchIx]>,
    /// The newest of each list that has any left.
    newest: BinaryHeap<(MatchIx, usize)>,
}

impl<'t> Merged<'t> {
    fn new(lists: Vec<&'t [MatchIx]>) -> Self {
        let mut merged = Self { newest: BinaryHeap::with_capacity(lists.len()), lists };
        for list in 0..merged.lists.len() {
            merged.refill(list);
        }
        merged
    }

    fn refill(&mut self, list: usize) {
        if let Some((&newest, rest)) = self.lists[list].split_last() {
            self.lists[list] = rest;
            self.newest.push((newest, list));
        }
    }
}

impl Iterator for Merged<'_> {
    type Item = MatchIx;

    fn next(&mut self) -> Option<MatchIx> {
        let (newest, list) = self.newest.pop()?;
        self.refill(list);
        Some(newest)
    }
}
