//! What has happened, in order: matches, their fills, and what wallets did besides trading. Nothing
//! on the tape ever changes.

use super::units::{
    FillIx, MarketIx, MatchIx, Millis, MovementIx, Outcome, Pips, Shares, Side, Usdc, WalletIx,
};

/// A taker's order against one or more resting orders: one transaction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Match {
    pub(crate) at_ms: Millis,
    /// Number of its transaction; movements and matches share the numbering.
    pub(crate) transaction: u32,
    pub(crate) market: MarketIx,
    pub(crate) taker: WalletIx,
    pub(crate) outcome: Outcome,
    pub(crate) side: Side,
    pub(crate) shares: Shares,
    /// What the taker paid or got, without the fee.
    pub(crate) usdc: Usdc,
    /// Paid by the taker on top of, or out of, `usdc`.
    pub(crate) fee: Usdc,
    pub(crate) first_fill: FillIx,
    pub(crate) fill_count: u32,
}

/// What a fill did to the number of shares in existence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crossing {
    /// Shares changed hands.
    Transfer,
    /// Both bought: a pair came into existence.
    Mint,
    /// Both sold: a pair went out of existence.
    Merge,
}

/// One resting order's part of a match.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fill {
    pub(crate) of: MatchIx,
    pub(crate) maker: WalletIx,
    /// The maker's token and side: the taker's token and the other side in a transfer, the other
    /// token and the taker's side otherwise.
    pub(crate) outcome: Outcome,
    pub(crate) side: Side,
    pub(crate) shares: Shares,
    /// Price of the maker's token.
    pub(crate) price: Pips,
    /// What the maker paid or got.
    pub(crate) usdc: Usdc,
    pub(crate) crossing: Crossing,
}

/// What a wallet did besides trading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MovementKind {
    /// `shares` pairs bought from the contract for one USDC each.
    Split,
    /// `shares` pairs given back.
    Merge,
    /// All shares of a resolved market handed in; `shares` of both outcomes together, `usdc` paid out (0 for
    /// losers).
    Redeem,
    /// `shares` No of each of `Movement::converted` markets against Yes of the group's other markets and
    /// `usdc`.
    Convert,
    /// Liquidity reward.
    Reward,
    /// Share of the taker fees of a day.
    MakerRebate,
    Deposit,
    Withdrawal,
}

/// A row of the tape besides matches.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Movement {
    pub(crate) at_ms: Millis,
    pub(crate) transaction: u32,
    pub(crate) wallet: WalletIx,
    pub(crate) kind: MovementKind,
    /// `None` for cash only.
    pub(crate) market: Option<MarketIx>,
    pub(crate) shares: Shares,
    pub(crate) usdc: Usdc,
    /// The markets whose No was converted; `market` is the first of them.
    pub(crate) converted: Box<[MarketIx]>,
}

/// A reference to something a wallet took part in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// As taker.
    Taken(MatchIx),
    /// As maker.
    Made(FillIx),
    Moved(MovementIx),
}

/// Everything that happened, with an index by wallet and by market. Times never decrease.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    matches: Vec<Match>,
    fills: Vec<Fill>,
    movements: Vec<Movement>,
    /// By wallet, oldest first.
    by_wallet: Vec<Vec<Entry>>,
    /// Matches by market, oldest first.
    by_market: Vec<Vec<MatchIx>>,
    transactions: u32,
}

impl Tape {
    pub(crate) fn matches(&self) -> &[Match] {
        &self.matches
    }

    pub(crate) fn fills(&self) -> &[Fill] {
        &self.fills
    }

    pub(crate) fn movements(&self) -> &[Movement] {
        &self.movements
    }

    pub(crate) fn get(&self, ix: MatchIx) -> &Match {
        &self.matches[ix.index()]
    }

    pub(crate) fn fill(&self, ix: FillIx) -> &Fill {
        &self.fills[ix.index()]
    }

    pub(crate) fn movement(&self, ix: MovementIx) -> &Movement {
        &self.movements[ix.index()]
    }

    /// The fills of a match, in the order they happened.
    pub(crate) fn fills_of(&self, ix: MatchIx) -> &[Fill] {
        let found = self.get(ix);
        let first = found.first_fill.index();
        &self.fills[first..first + found.fill_count as usize]
    }

    /// What a wallet took part in, oldest first.
    pub(crate) fn of_wallet(&self, wallet: WalletIx) -> &[Entry] {
        self.by_wallet.get(wallet.index()).map_or(&[], Vec::as_slice)
    }

    /// Matches of a market, oldest first.
    pub(crate) fn of_market(&self, market: MarketIx) -> &[MatchIx] {
        self.by_market.get(market.index()).map_or(&[], Vec::as_slice)
    }

    /// Transactions so far.
    #[cfg(test)]
    pub(crate) const fn transactions(&self) -> u32 {
        self.transactions
    }

    pub(crate) fn next_transaction(&mut self) -> u32 {
        self.transactions += 1;
        self.transactions
    }

    /// The index that [`Tape::push_match`] will give, for the fills pushed before it.
    pub(crate) fn next_match(&self) -> MatchIx {
        MatchIx::next(self.matches.len())
    }

    pub(crate) fn next_fill(&self) -> FillIx {
        FillIx::next(self.fills.len())
    }

    /// The first of the last `count` fills.
    pub(crate) fn fill_before(&self, count: u32) -> FillIx {
        FillIx(self.next_fill().0 - count)
    }

    /// Fills of a match are pushed before it.
    pub(crate) fn push_fill(&mut self, fill: Fill) {
        let ix = self.next_fill();
        entries(&mut self.by_wallet, fill.maker.index()).push(Entry::Made(ix));
        self.fills.push(fill);
    }

    pub(crate) fn push_match(&mut self, done: Match) -> MatchIx {
        let ix = self.next_match();
        entries(&mut self.by_wallet, done.taker.index()).push(Entry::Taken(ix));
        entries(&mut self.by_market, done.market.index()).push(ix);
        self.matches.push(done);
        ix
    }

    pub(crate) fn push_movement(&mut self, movement: Movement) -> MovementIx {
        let ix = MovementIx::next(self.movements.len());
        entries(&mut self.by_wallet, movement.wallet.index()).push(Entry::Moved(ix));
        self.movements.push(movement);
        ix
    }
}

fn entries<T>(lists: &mut Vec<Vec<T>>, index: usize) -> &mut Vec<T> {
    if lists.len() <= index {
        lists.resize_with(index + 1, Vec::new);
    }
    &mut lists[index]
}
