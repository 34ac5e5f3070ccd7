//! Whole units as the decimals of the wire.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::exchange::{PIPS, Pips, Shares};

/// A price as a string: `0.5`, `0.0025`, `0`, `1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Price(pub(crate) Pips);

/// A number of shares as a string, with up to six decimals: `219.217767`, `30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) Shares);

/// Twice a price, so that the middle of two prices is whole: `0.425`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TwicePrice(pub(crate) Pips);

/// The last trade's price, with three decimals at least: `0.730`. Empty before the first trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LastPrice(pub(crate) Option<Pips>);

/// A price as a JSON number: `0.1415`, and `1` rather than `1.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PriceNumber(pub(crate) Pips);

impl fmt::Display for Price {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(formatter, i64::from(self.0), 4, 0)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(formatter, self.0, 6, 0)
    }
}

impl fmt::Display for TwicePrice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(formatter, i64::from(self.0) * 5, 5, 0)
    }
}

impl fmt::Display for LastPrice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |price| write_decimal(formatter, i64::from(price), 4, 3))
    }
}

macro_rules! as_string {
    ($($name:ident),+) => {
        $(impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        })+
    };
}

as_string!(Price, Size, TwicePrice, LastPrice);

impl Serialize for PriceNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % PIPS == 0 {
            serializer.serialize_i32(self.0 / PIPS)
        } else {
            serializer.serialize_f64(f64::from(self.0) / f64::from(PIPS))
        }
    }
}

/// Writes `units`, of which `10^digits` make one, with as many decimals as they need and at least
/// `least`.
fn write_decimal(
    formatter: &mut fmt::Formatter<'_>,
    units: i64,
    digits: u32,
    least: usize,
) -> fmt::Result {
    let one = 10_u64.pow(digits);
    let (whole, mut part) = (units.unsigned_abs() / one, units.unsigned_abs() % one);
    let mut width = digits as usize;
    while width > least && part.is_multiple_of(10) {
        part /= 10;
        width -= 1;
    }
    let sign = if units < 0 { "-" } else { "" };
    if width == 0 {
        write!(formatter, "{sign}{whole}")
    } else {
        write!(formatter, "{sign}{whole}.{part:0width$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelt_as_recorded() {
        let prices = [(0, "0"), (10_000, "1"), (5_000, "0.5"), (10, "0.001"), (1_415, "0.1415")];
        for (price, text) in prices {
            assert_eq!(Price(price).to_string(), text);
            assert_eq!(serde_json::to_string(&PriceNumber(price)).unwrap(), text);
        }
        assert_eq!(Size(6_094_580_000).to_string(), "6094.58");
        assert_eq!(Size(5_364_000_000).to_string(), "5364");
        assert_eq!(Size(1).to_string(), "0.000001");
        assert_eq!(TwicePrice(4_200 + 4_300).to_string(), "0.425");
        assert_eq!(TwicePrice(25 + 50).to_string(), "0.00375");
        assert_eq!(LastPrice(Some(4_300)).to_string(), "0.430");
        assert_eq!(LastPrice(Some(25)).to_string(), "0.0025");
        assert_eq!(LastPrice(None).to_string(), "");
    }
}
