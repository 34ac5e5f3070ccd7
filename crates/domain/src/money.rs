//! Amounts and prices as exact decimals, in the units and ranges the database keeps.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// A number outside the range of its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value} is outside {range}")]
pub struct OutOfRange {
    /// The number.
    pub value: Decimal,
    /// The range, in words.
    pub range: &'static str,
}

macro_rules! decimal_type {
    ($(#[$doc:meta])* $name:ident, $places:literal, $range:literal, $within:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "Decimal", into = "Decimal")]
        pub struct $name(Decimal);

        impl $name {
            /// Decimal places kept; more are rounded half to even.
            pub const PLACES: u32 = $places;

            /// Rounds to [`Self::PLACES`] and checks the range.
            pub fn new(value: Decimal) -> Result<Self, OutOfRange> {
                let within: fn(Decimal) -> bool = $within;
                let rounded =
                    value.round_dp_with_strategy(Self::PLACES, RoundingStrategy::MidpointNearestEven);
                if within(rounded) {
                    // Normalised, so that equal amounts are the same bytes wherever they are hashed.
                    Ok(Self(rounded.normalize()))
                } else {
                    Err(OutOfRange { value, range: $range })
                }
            }

            /// The exact value.
            pub fn decimal(self) -> Decimal {
                self.0
            }

            /// The nearest double, for filtering, sorting, statistics and JSON.
            pub fn to_f64(self) -> f64 {
                // Every value in range has a double; NaN would mean it had not.
                self.0.try_into().unwrap_or(f64::NAN)
            }
        }

        impl TryFrom<Decimal> for $name {
            type Error = OutOfRange;
            fn try_from(value: Decimal) -> Result<Self, OutOfRange> {
                Self::new(value)
            }
        }

        impl From<$name> for Decimal {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

decimal_type!(
    /// US dollars of collateral (USDC, pUSD): six decimals, as on chain, below 10^14 in size.
    Usdc,
    6,
    "a dollar amount below 100 trillion",
    |value| value.abs() < Decimal::from_parts(276_447_232, 23283, 0, false, 0)
);
decimal_type!(
    /// The price of one share: dollars from 0 to 1 inclusive, eight decimals.
    Price,
    8,
    "0 to 1",
    |value| value >= Decimal::ZERO && value <= Decimal::ONE
);
decimal_type!(
    /// The difference of two prices: −1 to 1 inclusive, eight decimals.
    PriceChange,
    8,
    "−1 to 1",
    |value| value >= Decimal::NEGATIVE_ONE && value <= Decimal::ONE
);
decimal_type!(
    /// Shares of one outcome: 0 or more, six decimals, as on chain, below 10^14.
    Shares,
    6,
    "0 or more shares, below 100 trillion",
    |value| value >= Decimal::ZERO && value < Decimal::from_parts(276_447_232, 23283, 0, false, 0)
);

impl Usdc {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// How many millionths of a dollar, the unit of the chain.
    pub fn micro(self) -> i128 {
        self.0.mantissa() * 10i128.pow(Self::PLACES - self.0.scale())
    }
}

impl Price {
    /// Worthless.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// A whole dollar.
    pub const ONE: Self = Self(Decimal::ONE);

    /// The price of the other outcome of a market with two: 1 − p.
    #[must_use]
    pub fn complement(self) -> Self {
        Self((Decimal::ONE - self.0).normalize())
    }

    /// This price less an earlier one.
    pub fn change_from(self, earlier: Self) -> PriceChange {
        PriceChange((self.0 - earlier.0).normalize())
    }

    /// The price of so many ten-thousandths of a dollar; more than all of them are one dollar.
    pub(crate) fn from_ten_thousandths(count: u16) -> Self {
        Self(Decimal::new(i64::from(count.min(10_000)), 4).normalize())
    }
}

impl Shares {
    /// None.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// So many millionths of a share, the unit of the chain.
    pub fn from_micro(micro_shares: u64) -> Self {
        // Within range whatever the count: u64 ends at 1.8 × 10^13 shares.
        Self(Decimal::from_i128_with_scale(i128::from(micro_shares), 6).normalize())
    }

    /// How many millionths of a share.
    pub fn micro(self) -> u128 {
        self.0.mantissa().unsigned_abs() * 10u128.pow(Self::PLACES - self.0.scale())
    }

    /// What they cost at `price`: price × shares dollars, rounded to a micro-dollar half to even.
    pub fn at(self, price: Price) -> Usdc {
        // In range without a check: a price is at most one, so the product is at most the shares.
        let exact = self.0 * price.0;
        Usdc(
            exact
                .round_dp_with_strategy(Usdc::PLACES, RoundingStrategy::MidpointNearestEven)
                .normalize(),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_rounded_and_bounded() {
        let usdc = |text| Usdc::new(Decimal::from_str(text).unwrap());
        assert_eq!(usdc("6227014.7429184").unwrap().to_string(), "6227014.742918");
        assert!(usdc("99999999999999").is_ok());
        assert!(usdc("100000000000000").is_err());
        assert!(usdc("-100000000000000").is_err());
        assert_eq!(usdc("1.50").unwrap(), usdc("1.5").unwrap());
        assert_eq!(usdc("-1.5").unwrap().micro(), -1_500_000);
    }

    #[test]
    fn prices_stay_between_zero_and_one() {
        let price = |text| Price::new(Decimal::from_str_exact(text).unwrap());
        assert_eq!(price("0.0000004113679809").unwrap().to_string(), "0.00000041");
        assert!(price("1").is_ok());
        assert!(price("1.000000001").is_ok(), "rounds to 1");
        assert!(price("1.01").is_err());
        assert!(price("-0.01").is_err());
    }

    #[test]
    fn shares_are_whole_millionths_and_never_negative() {
        let shares = |text| Shares::new(Decimal::from_str_exact(text).unwrap());
        assert_eq!(shares("219.2177674").unwrap().to_string(), "219.217767");
        assert_eq!(shares("219.217767").unwrap().micro(), 219_217_767);
        assert_eq!(shares("5").unwrap().micro(), 5_000_000);
        assert!(shares("-0.000001").is_err());
        assert!(shares("100000000000000").is_err());
        assert_eq!(shares("99999999999999.999999").unwrap().micro(), 10u128.pow(20) - 1);
    }

    proptest! {
        #[test]
        fn micro_shares_survive_and_cost_at_most_a_dollar_each(micro: u64, pips in 0u16..=10_000) {
            let shares = Shares::from_micro(micro);
            prop_assert_eq!(shares.micro(), u128::from(micro));
            prop_assert_eq!(Shares::new(shares.decimal()), Ok(shares));
            let price = Price::from_ten_thousandths(pips);
            prop_assert_eq!(Usdc::new(shares.decimal() * price.decimal()), Ok(shares.at(price)));
            prop_assert_eq!(price.complement().complement(), price);
        }
    }
}
