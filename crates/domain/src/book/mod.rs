//! The order book of one token.
//!
//! Integers throughout: prices in [`Pips`], sizes in micro-shares, so that applying a change allocates
//! nothing and compares exactly. `cargo bench -p domain --bench book` measures it.

mod keeper;
mod pips;
mod state;
#[cfg(test)]
mod tests;

use rust_decimal::Decimal;

pub use keeper::{Keeper, Top};
pub use pips::Pips;
pub use state::{Announced, BookCause, BookMeta, BookSource, BookState, BookUpdate};

use crate::{Price, PriceChange, Shares, Side, Usdc};

/// What rests at one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Level {
    /// The price.
    pub price: Pips,
    /// Micro-shares; never 0 within a book.
    pub size: u64,
}

impl Level {
    /// A level as the wire has it. `None` where the price is off the grid, or the size beyond counting.
    pub fn of(price: Price, shares: Shares) -> Option<Self> {
        Some(Self { price: Pips::of(price)?, size: u64::try_from(shares.micro()).ok()? })
    }

    /// Its size.
    pub fn shares(self) -> Shares {
        Shares::from_micro(self.size)
    }
}

/// A level, and what there is down to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// The level.
    pub level: Level,
    /// Shares of this and all better levels.
    pub total_shares: Shares,
    /// Their price × shares, each at its own price.
    pub total_usdc: Usdc,
}

/// A level's new size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LevelChange {
    /// `Buy` is a bid, `Sell` an ask.
    pub side: Side,
    /// The price of the level.
    pub price: Pips,
    /// The new total in micro-shares, not a difference; 0 removes the level.
    pub size: u64,
}

/// Dollars that rest near the mid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    /// Σ price × shares of the bids.
    pub bid: Usdc,
    /// Σ price × shares of the asks.
    pub ask: Usdc,
}

/// The resting orders of one token, by price.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    // Best last: nearly every change is near the best price, and moves what is behind it.
    bids: Vec<Level>,
    asks: Vec<Level>,
}

impl Book {
    /// A book of levels in any order. Empty levels are left out; of two at one price the later counts.
    pub fn of(
        bids: impl IntoIterator<Item = Level>,
        asks: impl IntoIterator<Item = Level>,
    ) -> Self {
        let mut book = Self { bids: at_one_price_once(bids), asks: at_one_price_once(asks) };
        book.asks.reverse();
        book
    }

    /// Sets what rests at a price; 0 removes the level.
    pub fn set(&mut self, side: Side, price: Pips, size: u64) {
        let (levels, at) = match side {
            Side::Buy => {
                let at = self.bids.partition_point(|level| level.price < price);
                (&mut self.bids, at)
            }
            Side::Sell => {
                let at = self.asks.partition_point(|level| level.price > price);
                (&mut self.asks, at)
            }
        };
        match levels.get_mut(at).filter(|level| level.price == price) {
            Some(_) if size == 0 => {
                levels.remove(at);
            }
            Some(level) => level.size = size,
            None if size == 0 => {}
            None => levels.insert(at, Level { price, size }),
        }
    }

    /// The levels of a side, best first.
    pub fn levels(&self, side: Side) -> impl DoubleEndedIterator<Item = Level> + ExactSizeIterator {
        match side {
            Side::Buy => self.bids.iter().rev().copied(),
            Side::Sell => self.asks.iter().rev().copied(),
        }
    }

    /// The bids, highest first.
    pub fn bids(&self) -> impl DoubleEndedIterator<Item = Level> + ExactSizeIterator {
        self.levels(Side::Buy)
    }

    /// The asks, lowest first.
    pub fn asks(&self) -> impl DoubleEndedIterator<Item = Level> + ExactSizeIterator {
        self.levels(Side::Sell)
    }

    /// The levels of a side with running totals, best first; it ends where a total cannot be counted.
    pub fn ladder(&self, side: Side) -> impl Iterator<Item = Rung> {
        self.levels(side).scan((0u128, 0u128), |(shares, units), level| {
            *shares += u128::from(level.size);
            *units += u128::from(level.price.get()) * u128::from(level.size);
            Some(Rung { level, total_shares: micro_shares(*shares)?, total_usdc: usdc(*units)? })
        })
    }

    /// The highest bid.
    pub fn best_bid(&self) -> Option<Pips> {
        self.bids.last().map(|level| level.price)
    }

    /// The lowest ask.
    pub fn best_ask(&self) -> Option<Pips> {
        self.asks.last().map(|level| level.price)
    }

    /// Nothing rests on either side.
    pub fn is_empty(&self) -> bool {
        self.bids.is_empty() && self.asks.is_empty()
    }

    /// The best bid is at or above the best ask: crossed or locked, which a matching exchange never
    /// is for long.
    pub fn is_crossed(&self) -> bool {
        self.best_bid().zip(self.best_ask()).is_some_and(|(bid, ask)| bid >= ask)
    }

    /// Both sides rest at the ends of the grid, more than 90 cents apart: what upstream serves for some
    /// tokens instead of their book. Ask for the price before showing it.
    pub fn suspected_ghost(&self) -> bool {
        self.spread_pips().is_some_and(|spread| spread > 9_000)
    }

    /// Halfway between the best bid and the best ask. `None` with an empty side, or where the bid is
    /// above the ask.
    pub fn mid(&self) -> Option<Price> {
        let mid = Decimal::new(i64::from(self.twice_the_mid()?), 4) / Decimal::TWO;
        Price::new(mid).ok()
    }

    /// Best ask less best bid; negative where they cross.
    pub fn spread(&self) -> Option<PriceChange> {
        Some(self.best_ask()?.price().change_from(self.best_bid()?.price()))
    }

    /// The spread in ten-thousandths of the mid.
    pub fn spread_bps(&self) -> Option<f64> {
        let mid = f64::from(self.twice_the_mid()?) / 2.0;
        (mid > 0.0).then_some(f64::from(self.spread_pips()?) / mid * 10_000.0)
    }

    /// Dollars that rest within so many cents of the mid, inclusive. `None` without a mid.
    pub fn depth_within(&self, cents: u16) -> Option<Depth> {
        let value = |side| {
            let units = self
                .within(side, cents)?
                .map(|level| u128::from(level.price.get()) * u128::from(level.size))
                .sum();
            usdc(units)
        };
        Some(Depth { bid: value(Side::Buy)?, ask: value(Side::Sell)? })
    }

    /// (B − A) / (B + A) of the shares bid and asked within so many cents of the mid: −1 only asks, 1
    /// only bids. Queue imbalance (Gould and Bonart 2016) over several levels, because single ones are
    /// thin here; in shares, because dollars would lean to the dearer side. `None` without a mid, or
    /// with nothing that near.
    pub fn imbalance(&self, cents: u16) -> Option<f64> {
        let shares = |side| -> Option<f64> {
            let micro: u128 = self.within(side, cents)?.map(|level| u128::from(level.size)).sum();
            Some(micro as f64)
        };
        let (bids, asks) = (shares(Side::Buy)?, shares(Side::Sell)?);
        (bids + asks > 0.0).then(|| (bids - asks) / (bids + asks))
    }

    /// The book of the other outcome of a market with two: an order to buy one at p is an order to sell
    /// the other at 1 − p.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let flip = |levels: &[Level]| -> Vec<Level> {
            levels
                .iter()
                .map(|level| Level { price: level.price.complement(), size: level.size })
                .collect()
        };
        Self { bids: flip(&self.asks), asks: flip(&self.bids) }
    }

    fn spread_pips(&self) -> Option<i32> {
        Some(i32::from(self.best_ask()?.get()) - i32::from(self.best_bid()?.get()))
    }

    /// Best bid plus best ask, where they do not cross: the mid lies between the points of the grid.
    fn twice_the_mid(&self) -> Option<u32> {
        let (bid, ask) = (self.best_bid()?, self.best_ask()?);
        (bid <= ask).then(|| u32::from(bid.get()) + u32::from(ask.get()))
    }

    fn within(&self, side: Side, cents: u16) -> Option<impl Iterator<Item = Level>> {
        let twice_the_mid = self.twice_the_mid()?;
        let reach = 2 * u32::from(cents) * u32::from(Pips::PER_CENT);
        Some(self.levels(side).take_while(move |level| {
            (2 * u32::from(level.price.get())).abs_diff(twice_the_mid) <= reach
        }))
    }
}

/// Dollars of so many pip-micro-shares (10^-10 dollars); `None` beyond what [`Usdc`] holds.
pub(crate) fn usdc(units: u128) -> Option<Usdc> {
    let exact = Decimal::try_from_i128_with_scale(i128::try_from(units).ok()?, 10).ok()?;
    Usdc::new(exact).ok()
}

/// So many millionths of a share; `None` beyond what [`Shares`] holds.
pub(crate) fn micro_shares(count: u128) -> Option<Shares> {
    let exact = Decimal::try_from_i128_with_scale(i128::try_from(count).ok()?, 6).ok()?;
    Shares::new(exact).ok()
}

/// Ascending by price.
fn at_one_price_once(levels: impl IntoIterator<Item = Level>) -> Vec<Level> {
    let mut sorted: Vec<Level> = levels.into_iter().collect();
    sorted.sort_by_key(|level| level.price);
    sorted.dedup_by(|later, kept| {
        let same = later.price == kept.price;
        if same {
            kept.size = later.size;
        }
        same
    });
    sorted.retain(|level| level.size > 0);
    sorted
}
