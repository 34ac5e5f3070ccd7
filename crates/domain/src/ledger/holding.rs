//! One token in one wallet, by two methods at once.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use super::amount::{MICRO, MicroShares, MicroUsdc, part_of};
use super::completeness::{Doubt, Doubts};
use super::markets::Slot;

/// What one method says of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Basis {
    /// What the shares held now cost, without fees. Below zero where a conversion paid more than the No
    /// had cost: the venue's formula lets it.
    pub cost: MicroUsdc,
    /// Proceeds less cost of what is not held any more, without fees.
    pub realised: MicroUsdc,
}

/// Shares acquired at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lot {
    shares: MicroShares,
    cost: MicroUsdc,
    at_s: i64,
}

/// Money that moved without our knowing for what: the explicit rest of the cash identity. Positive where
/// it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unexplained {
    /// Proceeds of shares that are not known to have been held. The venue ignores such sales.
    pub oversold: MicroUsdc,
    /// Paid by redemptions beyond what the shares held can pay.
    pub redeemed: MicroUsdc,
    /// Proceeds of shares from other wallets, less the cost of shares that went to others.
    pub transferred: MicroUsdc,
    /// Cash of conversions that could not be booked.
    pub converted: MicroUsdc,
}

impl Unexplained {
    /// All of it.
    pub fn total(&self) -> MicroUsdc {
        self.oversold + self.redeemed + self.transferred + self.converted
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.oversold += other.oversold;
        self.redeemed += other.redeemed;
        self.transferred += other.transferred;
        self.converted += other.converted;
    }
}

/// How shares came in by trading: without splits and conversions, whose price nobody chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Entered {
    /// Shares bought.
    pub shares: MicroShares,
    /// What they cost, without fees.
    pub usdc: MicroUsdc,
    /// The fees on top.
    pub fees: MicroUsdc,
}

/// A token in a wallet since the wallet first touched it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Holding {
    pub(crate) slot: Slot,
    pub(crate) shares: MicroShares,
    /// Shares from other wallets, beside `shares`. They are sold last.
    pub(crate) unpriced: MicroShares,
    pub(crate) average: Basis,
    pub(crate) fifo: Basis,
    lots: VecDeque<Lot>,
    /// Shares and cost at the last moment there were any, for the average price of a closed position.
    last_average: (MicroUsdc, MicroShares),
    pub(crate) bought: MicroShares,
    pub(crate) spent: MicroUsdc,
    pub(crate) sold: MicroShares,
    pub(crate) proceeds: MicroUsdc,
    pub(crate) entered: Entered,
    pub(crate) fees: MicroUsdc,
    pub(crate) unexplained: Unexplained,
    /// Shares whose sale, merge or conversion was ignored.
    pub(crate) ignored: MicroShares,
    pub(crate) doubts: Doubts,
    /// What a redemption paid a share, in millionths.
    pub(crate) redeemed_at: Option<MicroUsdc>,
    pub(crate) first_at: Option<DateTime<Utc>>,
    pub(crate) last_at: Option<DateTime<Utc>>,
    /// Millionths of share-seconds of shares that are gone, first in first out.
    pub(crate) held_share_seconds: i128,
    /// Those shares.
    pub(crate) released: MicroShares,
}

impl Holding {
    pub(crate) fn new(slot: Slot) -> Self {
        Self {
            slot,
            shares: 0,
            unpriced: 0,
            average: Basis::default(),
            fifo: Basis::default(),
            lots: VecDeque::new(),
            last_average: (0, 0),
            bought: 0,
            spent: 0,
            sold: 0,
            proceeds: 0,
            entered: Entered::default(),
            fees: 0,
            unexplained: Unexplained::default(),
            ignored: 0,
            doubts: Doubts::NONE,
            redeemed_at: None,
            first_at: None,
            last_at: None,
            held_share_seconds: 0,
            released: 0,
        }
    }

    /// All shares in the wallet, of known cost or not.
    pub(crate) fn held(&self) -> MicroShares {
        self.shares + self.unpriced
    }

    /// Average cost a share, in millionths of a dollar: of those held, or of the last ones held. `None`
    /// where none was ever acquired.
    pub(crate) fn average_price(&self) -> Option<f64> {
        let (cost, shares) =
            if self.shares > 0 { (self.average.cost, self.shares) } else { self.last_average };
        (shares > 0).then(|| cost as f64 / shares as f64)
    }

    fn touch(&mut self, at: DateTime<Utc>) {
        self.first_at.get_or_insert(at);
        self.last_at = Some(at);
    }

    /// Adds shares that cost as much by either method.
    pub(crate) fn acquire(&mut self, at: DateTime<Utc>, shares: MicroShares, usdc: MicroUsdc) {
        self.acquire_by_method(at, shares, (usdc, usdc));
    }

    /// Adds shares that cost (average, first in first out).
    pub(crate) fn acquire_by_method(
        &mut self,
        at: DateTime<Utc>,
        shares: MicroShares,
        (average, fifo): (MicroUsdc, MicroUsdc),
    ) {
        self.touch(at);
        self.bought += shares;
        self.spent += average;
        if shares == 0 {
            // Money for no shares: nothing is held that it could be the cost of.
            self.average.realised -= average;
            self.fifo.realised -= fifo;
            return;
        }
        self.shares += shares;
        self.average.cost += average;
        self.fifo.cost += fifo;
        self.lots.push_back(Lot { shares, cost: fifo, at_s: at.timestamp() });
    }

    /// Takes shares away for `usdc`: known ones first, then those from other wallets. What is beyond is
    /// ignored, as the venue does, and its money is unexplained.
    pub(crate) fn release(&mut self, at: DateTime<Utc>, shares: MicroShares, usdc: MicroUsdc) {
        self.touch(at);
        let known = shares.min(self.shares);
        let for_known = if shares == 0 { usdc } else { part_of(usdc, known, shares) };
        let (average, fifo) = self.remove(at, known);
        self.average.realised += for_known - average;
        self.fifo.realised += for_known - fifo;
        self.sold += known;
        self.proceeds += for_known;
        let rest = shares - known;
        if rest > 0 {
            self.release_unknown(rest, usdc - for_known);
        }
    }

    fn release_unknown(&mut self, shares: MicroShares, usdc: MicroUsdc) {
        let unpriced = shares.min(self.unpriced);
        let for_unpriced = part_of(usdc, unpriced, shares);
        self.unpriced -= unpriced;
        self.unexplained.transferred += for_unpriced;
        if shares > unpriced {
            self.unexplained.oversold += usdc - for_unpriced;
            self.ignored += shares - unpriced;
            self.doubts.add(Doubt::Oversold);
        }
    }

    /// Takes shares away at what they cost, and returns that by either method: a conversion's.
    pub(crate) fn surrender(
        &mut self,
        at: DateTime<Utc>,
        shares: MicroShares,
    ) -> (MicroUsdc, MicroUsdc) {
        self.touch(at);
        let known = shares.min(self.shares);
        if shares > known {
            let unpriced = (shares - known).min(self.unpriced);
            self.unpriced -= unpriced;
            self.ignored += shares - known - unpriced;
            self.doubts.add(Doubt::Overconverted);
        }
        self.remove(at, known)
    }

    /// Books a gain, or a loss below zero, that no shares went for.
    pub(crate) fn realise(&mut self, average: MicroUsdc, fifo: MicroUsdc) {
        self.average.realised += average;
        self.fifo.realised += fifo;
    }

    /// Shares from another wallet.
    pub(crate) fn transfer_in(&mut self, at: DateTime<Utc>, shares: MicroShares) {
        self.touch(at);
        self.unpriced += shares;
        self.doubts.add(Doubt::TransferIn);
    }

    /// Shares to another wallet, at what they cost: those from others first, whose cost is not known
    /// anyway.
    pub(crate) fn transfer_out(&mut self, at: DateTime<Utc>, shares: MicroShares) {
        self.touch(at);
        let unpriced = shares.min(self.unpriced);
        self.unpriced -= unpriced;
        let known = (shares - unpriced).min(self.shares);
        let (average, fifo) = self.remove(at, known);
        // The cost leaves with the shares. What the methods differ by was realised by the first in.
        self.unexplained.transferred -= average;
        self.fifo.realised += average - fifo;
        self.doubts.add(Doubt::TransferOut);
        if shares > unpriced + known {
            self.ignored += shares - unpriced - known;
            self.doubts.add(Doubt::Oversold);
        }
    }

    /// Takes known shares out of both methods and returns what they cost.
    fn remove(&mut self, at: DateTime<Utc>, shares: MicroShares) -> (MicroUsdc, MicroUsdc) {
        if shares == 0 {
            return (0, 0);
        }
        self.last_average = (self.average.cost, self.shares);
        let average = part_of(self.average.cost, shares, self.shares);
        self.shares -= shares;
        self.average.cost -= average;
        self.released += shares;
        let fifo = self.remove_lots(at.timestamp(), shares);
        self.fifo.cost -= fifo;
        (average, fifo)
    }

    fn remove_lots(&mut self, at_s: i64, shares: MicroShares) -> MicroUsdc {
        let (mut left, mut cost) = (shares, 0);
        while left > 0 {
            let Some(lot) = self.lots.front_mut() else { break };
            let taken = left.min(lot.shares);
            let part = part_of(lot.cost, taken, lot.shares);
            self.held_share_seconds += i128::from(taken) * i128::from(at_s - lot.at_s);
            lot.shares -= taken;
            lot.cost -= part;
            left -= taken;
            cost += part;
            if lot.shares == 0 {
                self.lots.pop_front();
            }
        }
        cost
    }

    /// Hands all shares in for `usdc`.
    pub(crate) fn redeem(&mut self, at: DateTime<Utc>, usdc: MicroUsdc) {
        let held = self.held();
        if held > 0 {
            self.redeemed_at = Some(part_of(MICRO, usdc, held));
        }
        self.release(at, held, usdc);
    }
}
