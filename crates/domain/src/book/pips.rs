//! Prices as the exchange's books have them: on a grid.

use std::fmt;

use rust_decimal::Decimal;

use crate::Price;

/// A price in ten-thousandths of a dollar, the finest step of any book: 0 to 10,000.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pips(u16);

impl Pips {
    /// Worthless.
    pub const ZERO: Self = Self(0);
    /// A whole dollar.
    pub const ONE: Self = Self(10_000);
    /// How many are a cent.
    pub const PER_CENT: u16 = 100;

    /// So many ten-thousandths of a dollar; `None` above 10,000.
    pub fn new(pips: u16) -> Option<Self> {
        (pips <= Self::ONE.0).then_some(Self(pips))
    }

    /// A price that lies on the grid; `None` between its points, where no order can rest.
    pub fn of(price: Price) -> Option<Self> {
        let scaled = price.decimal() * Decimal::from(Self::ONE.0);
        if scaled.is_integer() { u16::try_from(scaled).ok().map(Self) } else { None }
    }

    /// How many ten-thousandths.
    pub fn get(self) -> u16 {
        self.0
    }

    /// The same price of the other outcome of a market with two: 1 − p.
    #[must_use]
    pub fn complement(self) -> Self {
        Self(Self::ONE.0 - self.0)
    }

    /// In dollars.
    pub fn price(self) -> Price {
        Price::from_ten_thousandths(self.0)
    }
}

impl From<Pips> for Price {
    fn from(pips: Pips) -> Self {
        pips.price()
    }
}

impl fmt::Display for Pips {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.price(), f)
    }
}

impl fmt::Debug for Pips {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pips({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn only_prices_on_the_grid_are_pips() {
        let pips = |price| Pips::of(Price::new(price).unwrap()).map(Pips::get);
        assert_eq!(pips(dec!(0.48)), Some(4_800));
        assert_eq!(pips(dec!(0.0025)), Some(25));
        assert_eq!(pips(dec!(1)), Some(10_000));
        assert_eq!(pips(dec!(0)), Some(0));
        assert_eq!(pips(dec!(0.00005)), None);
        assert_eq!(Pips::new(10_001), None);
        for every in 0..=10_000 {
            let every = Pips::new(every).unwrap();
            assert_eq!(Pips::of(every.price()), Some(every));
            assert_eq!(every.complement().complement(), every);
        }
    }
}
