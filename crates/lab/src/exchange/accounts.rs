//! Who holds what: cash, and per market the shares with what they cost.

use super::hash::IndexMap;
use super::units::{MarketIx, Millis, Outcome, Shares, Side, Usdc, WalletIx};

/// One outcome of one market in one wallet, since the wallet first held it. The average cost is
/// kept as the venue keeps it: a sale takes its share of the cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Holding {
    pub(crate) shares: Shares,
    /// What the shares held now cost, without fees.
    pub(crate) cost: Usdc,
    /// Shares ever acquired.
    pub(crate) bought: Shares,
    /// What they cost, without fees.
    pub(crate) spent: Usdc,
    /// Proceeds less cost of what was sold or redeemed, without fees.
    pub(crate) realized: Usdc,
    /// Taker fees paid on this token.
    pub(crate) fees: Usdc,
    /// The part of them that was paid for buying.
    pub(crate) entry_fees: Usdc,
    /// First acquisition; 0 before.
    pub(crate) first_ms: Millis,
    /// Last change; 0 before.
    pub(crate) last_ms: Millis,
}

impl Holding {
    /// Adds shares that cost `usdc`.
    pub(crate) fn acquire(&mut self, at_ms: Millis, shares: Shares, usdc: Usdc) {
        if self.first_ms == 0 {
            self.first_ms = at_ms;
        }
        self.last_ms = at_ms;
        self.shares += shares;
        self.bought += shares;
        self.cost += usdc;
        self.spent += usdc;
    }

    /// Takes shares away for `usdc`, with their part of the cost. Returns that part.
    pub(crate) fn release(&mut self, at_ms: Millis, shares: Shares, usdc: Usdc) -> Usdc {
        let cost = part_of(self.cost, shares, self.shares);
        self.last_ms = at_ms;
        self.shares -= shares;
        self.cost -= cost;
        self.realized += usdc - cost;
        cost
    }

    /// Takes shares away at what they cost. Returns that.
    pub(crate) fn surrender(&mut self, at_ms: Millis, shares: Shares) -> Usdc {
        let cost = self.release(at_ms, shares, 0);
        self.realized += cost;
        cost
    }

    /// Notes a fee paid on an order of `side`.
    pub(crate) fn charge(&mut self, side: Side, fee: Usdc) {
        self.fees += fee;
        if side == Side::Buy {
            self.entry_fees += fee;
        }
    }
}

/// A wallet's place in a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) wallet: WalletIx,
    pub(crate) market: MarketIx,
    pub(crate) holdings: [Holding; 2],
    /// The shares were handed in after the resolution.
    pub(crate) redeemed: bool,
}

impl Position {
    pub(crate) fn holding(&self, outcome: Outcome) -> &Holding {
        &self.holdings[outcome.index()]
    }
}

/// Cash and positions of every wallet.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    cash: Vec<Usdc>,
    /// In the order they came about, so that walking them is deterministic.
    positions: Vec<Position>,
    places: IndexMap<(WalletIx, MarketIx), usize>,
    by_wallet: Vec<Vec<usize>>,
    by_market: Vec<Vec<usize>>,
}

impl Accounts {
    /// Adds a wallet without cash.
    pub(crate) fn open(&mut self) -> WalletIx {
        let wallet = WalletIx::next(self.cash.len());
        self.cash.push(0);
        self.by_wallet.push(Vec::new());
        wallet
    }

    pub(crate) fn wallet_count(&self) -> usize {
        self.cash.len()
    }

    pub(crate) fn cash(&self, wallet: WalletIx) -> Usdc {
        self.cash[wallet.index()]
    }

    pub(crate) fn cash_mut(&mut self, wallet: WalletIx) -> &mut Usdc {
        &mut self.cash[wallet.index()]
    }

    /// Every position ever held, in the order they came about.
    #[cfg(test)]
    pub(crate) fn positions(&self) -> &[Position] {
        &self.positions
    }

    pub(crate) fn position(&self, wallet: WalletIx, market: MarketIx) -> Option<&Position> {
        self.places.get(&(wallet, market)).map(|&place| &self.positions[place])
    }

    pub(crate) fn shares(&self, wallet: WalletIx, market: MarketIx, outcome: Outcome) -> Shares {
        self.position(wallet, market).map_or(0, |position| position.holding(outcome).shares)
    }

    /// Positions a wallet ever had, in the order of entering.
    pub(crate) fn of_wallet(&self, wallet: WalletIx) -> impl Iterator<Item = &Position> {
        let places = self.by_wallet.get(wallet.index()).map_or(&[][..], Vec::as_slice);
        places.iter().map(|&place| &self.positions[place])
    }

    /// Positions ever had in a market, in the order of entering.
    pub(crate) fn of_market(&self, market: MarketIx) -> impl Iterator<Item = &Position> {
        let places = self.by_market.get(market.index()).map_or(&[][..], Vec::as_slice);
        places.iter().map(|&place| &self.positions[place])
    }

    /// How many positions a market ever had.
    pub(crate) fn count_of_market(&self, market: MarketIx) -> usize {
        self.by_market.get(market.index()).map_or(0, Vec::len)
    }

    /// One of the positions a market ever had, in the order of entering.
    pub(crate) fn nth_of_market(&self, market: MarketIx, index: usize) -> Option<&Position> {
        let &place = self.by_market.get(market.index())?.get(index)?;
        self.positions.get(place)
    }

    /// The position, made if there is none.
    pub(crate) fn position_mut(&mut self, wallet: WalletIx, market: MarketIx) -> &mut Position {
        let place = *self.places.entry((wallet, market)).or_insert_with(|| {
            let place = self.positions.len();
            self.positions.push(Position {
                wallet,
                market,
                holdings: [Holding::default(); 2],
                redeemed: false,
            });
            self.by_wallet[wallet.index()].push(place);
            if self.by_market.len() <= market.index() {
                self.by_market.resize_with(market.index() + 1, Vec::new);
            }
            self.by_market[market.index()].push(place);
            place
        });
        &mut self.positions[place]
    }
}

/// A token in a wallet.
pub(crate) type Slot = (WalletIx, MarketIx, Outcome);

impl Accounts {
    fn holding_mut(&mut self, (wallet, market, outcome): Slot) -> &mut Holding {
        &mut self.position_mut(wallet, market).holdings[outcome.index()]
    }

    /// Adds shares that cost `usdc`.
    pub(crate) fn acquire(&mut self, at_ms: Millis, slot: Slot, shares: Shares, usdc: Usdc) {
        self.holding_mut(slot).acquire(at_ms, shares, usdc);
    }

    /// Takes shares away for `usdc`, with their part of the cost. Returns that part.
    pub(crate) fn release(
        &mut self,
        at_ms: Millis,
        slot: Slot,
        shares: Shares,
        usdc: Usdc,
    ) -> Usdc {
        self.holding_mut(slot).release(at_ms, shares, usdc)
    }

    /// Takes shares away at what they cost. Returns that.
    pub(crate) fn surrender(&mut self, at_ms: Millis, slot: Slot, shares: Shares) -> Usdc {
        self.holding_mut(slot).surrender(at_ms, shares)
    }

    /// Books a profit, or a loss when negative.
    pub(crate) fn realize(&mut self, slot: Slot, usdc: Usdc) {
        self.holding_mut(slot).realized += usdc;
    }

    /// Notes a fee paid on an order of `side`.
    pub(crate) fn charge(&mut self, slot: Slot, side: Side, fee: Usdc) {
        self.holding_mut(slot).charge(side, fee);
    }
}

/// `whole × part / of`, rounded to the nearest millionth.
fn part_of(whole: Usdc, part: Shares, of: Shares) -> Usdc {
    if of == 0 || part == of {
        return whole;
    }
    let of = i128::from(of);
    let scaled = i128::from(whole) * i128::from(part);
    i64::try_from((scaled + of / 2).div_euclid(of)).unwrap_or(whole)
}
