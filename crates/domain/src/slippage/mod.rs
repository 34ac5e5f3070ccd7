//! What an order of some size would get from a book now.

#[cfg(test)]
mod tests;

use rust_decimal::Decimal;

use crate::{
    Book, FeeSchedule, Pips, Price, Shares, Side, Usdc,
    book::{Level, micro_shares, usdc},
};

/// How much is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderSize {
    /// Dollars to spend on shares, or to receive for them, before the fee.
    Usdc(Usdc),
    /// Shares to buy or sell.
    Shares(Shares),
}

/// What an order that takes whatever rests, best first, would get. Other orders may be faster, and
/// nothing here waits for more to rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Slippage {
    /// Shares that change hands.
    pub filled_shares: Shares,
    /// Their price × shares, summed over the levels and rounded to a micro-dollar.
    pub filled_usdc: Usdc,
    /// Levels touched.
    pub levels: usize,
    /// Filled dollars over filled shares; `None` with nothing filled.
    pub average_price: Option<Price>,
    /// The price of the last level touched.
    pub worst_price: Option<Price>,
    /// The price of the first level, touched or not; `None` on an empty side.
    pub best_price: Option<Price>,
    /// The fee, level by level at its own price; `None` where the market's is unknown.
    pub fee_usdc: Option<Usdc>,
    /// Spent by a buyer, received by a seller, fee included; `None` where the fee is unknown.
    pub total_usdc: Option<Usdc>,
    /// How much worse the average is than the best price, in cents; never negative.
    pub impact_cents: Option<f64>,
    /// The same in ten-thousandths of the best price.
    pub impact_bps: Option<f64>,
    /// Shares wanted that do not rest; `None` for an order in dollars.
    pub unfilled_shares: Option<Shares>,
    /// Dollars wanted that do not rest; `None` for an order in shares.
    pub unfilled_usdc: Option<Usdc>,
    /// All that is wanted rests, but for less than the price of a millionth of a share.
    pub complete: bool,
}

/// Walks the side of the book that an order takes from.
pub fn slippage(book: &Book, side: Side, size: OrderSize, fee: Option<FeeSchedule>) -> Slippage {
    let mut walk = Walk::new(size);
    let mut fees = Decimal::ZERO;
    for level in book.levels(side.opposite()) {
        let taken = walk.take(level);
        if let Some(fee) = fee.filter(|_| taken > 0) {
            fees += fee.per_share(level.price.price()) * Shares::from_micro(taken).decimal();
        }
        if walk.is_done {
            break;
        }
    }
    let best_price = book.levels(side.opposite()).next().map(|level| level.price.price());
    let filled_usdc = usdc(walk.units).unwrap_or(Usdc::ZERO);
    let average_price = walk.average();
    let fee_usdc = fee.and_then(|_| Usdc::new(fees).ok());
    let signed = |fee: Usdc| match side {
        Side::Buy => fee.decimal(),
        Side::Sell => -fee.decimal(),
    };
    let impact = average_price
        .zip(best_price)
        .map(|(average, best)| (average.change_from(best).to_f64().abs(), best.to_f64()));
    Slippage {
        filled_shares: walk.filled_shares(),
        filled_usdc,
        levels: walk.levels,
        average_price,
        worst_price: walk.worst.map(Pips::price),
        best_price,
        fee_usdc,
        total_usdc: fee_usdc.and_then(|fee| Usdc::new(filled_usdc.decimal() + signed(fee)).ok()),
        impact_cents: impact.map(|(worse, _)| worse * 100.0),
        impact_bps: impact
            .filter(|(_, best)| *best > 0.0)
            .map(|(worse, best)| worse / best * 10_000.0),
        unfilled_shares: walk.unfilled_shares(),
        unfilled_usdc: walk.unfilled_usdc(),
        complete: walk.is_done,
    }
}

/// An order on its way through a book, in micro-shares and in pip-micro-shares (10^-10 dollars), which
/// keep every product exact.
struct Walk {
    wanted: Wanted,
    filled: u128,
    units: u128,
    levels: usize,
    worst: Option<Pips>,
    is_done: bool,
}

#[derive(Clone, Copy)]
enum Wanted {
    Units(u128),
    MicroShares(u128),
}

/// Pip-micro-shares in a micro-dollar.
const UNITS_PER_MICRO_USDC: u128 = 10_000;

/// The most micro-shares that [`Shares`] counts. Only a broken book has as many.
const MOST_MICRO_SHARES: u128 = 10u128.pow(20) - 1;

impl Walk {
    fn new(size: OrderSize) -> Self {
        let wanted = match size {
            OrderSize::Shares(shares) => Wanted::MicroShares(shares.micro()),
            // Less than nothing is nothing.
            OrderSize::Usdc(usdc) => {
                Wanted::Units(u128::try_from(usdc.micro()).unwrap_or(0) * UNITS_PER_MICRO_USDC)
            }
        };
        let is_done = matches!(wanted, Wanted::Units(0) | Wanted::MicroShares(0));
        Self { wanted, filled: 0, units: 0, levels: 0, worst: None, is_done }
    }

    /// Takes from a level as much as is there and wanted; how many micro-shares.
    fn take(&mut self, level: Level) -> u64 {
        if self.is_done {
            return 0;
        }
        let price = u128::from(level.price.get());
        let still_wanted = match self.wanted {
            Wanted::MicroShares(shares) => shares,
            // At price 0 any number of shares would be no dollars: the order passes it by.
            Wanted::Units(units) => units.checked_div(price).unwrap_or(0),
        };
        let possible = still_wanted.min(MOST_MICRO_SHARES - self.filled);
        let taken = u64::try_from(possible).map_or(level.size, |most| most.min(level.size));
        self.wanted = match self.wanted {
            Wanted::MicroShares(shares) => Wanted::MicroShares(shares - u128::from(taken)),
            Wanted::Units(units) => Wanted::Units(units - u128::from(taken) * price),
        };
        self.is_done = match self.wanted {
            Wanted::MicroShares(shares) => shares == 0,
            Wanted::Units(units) => units < price,
        };
        if taken > 0 {
            self.filled += u128::from(taken);
            self.units += u128::from(taken) * price;
            self.levels += 1;
            self.worst = Some(level.price);
        }
        taken
    }

    fn filled_shares(&self) -> Shares {
        micro_shares(self.filled).unwrap_or(Shares::ZERO)
    }

    fn average(&self) -> Option<Price> {
        if self.filled == 0 {
            return None;
        }
        let pips =
            |value: u128| Decimal::try_from_i128_with_scale(i128::try_from(value).ok()?, 4).ok();
        let filled =
            Decimal::try_from_i128_with_scale(i128::try_from(self.filled).ok()?, 0).ok()?;
        Price::new(pips(self.units)?.checked_div(filled)?).ok()
    }

    fn unfilled_shares(&self) -> Option<Shares> {
        match self.wanted {
            Wanted::MicroShares(left) => micro_shares(left),
            Wanted::Units(_) => None,
        }
    }

    fn unfilled_usdc(&self) -> Option<Usdc> {
        match self.wanted {
            Wanted::MicroShares(_) => None,
            Wanted::Units(_) if self.is_done => Some(Usdc::ZERO),
            Wanted::Units(left) => usdc(left),
        }
    }
}
