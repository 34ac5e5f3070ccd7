//! Whole millionths: the unit of the chain, in which sums are exact.

use crate::{Price, Shares, Usdc};

/// Millionths of a dollar; negative where money went away.
pub type MicroUsdc = i64;
/// Millionths of a share.
pub type MicroShares = i64;

/// Millionths in a dollar, and in a share.
pub const MICRO: i64 = 1_000_000;

/// An amount that one entry tells: 0 to 10^15 millionths, a billion dollars or shares.
///
/// It takes nine thousand entries of a billion dollars each to leave 64 bits; [`super::limit_turnover`] keeps
/// histories below that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Micro(i64);

impl Micro {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest.
    pub const MAX: Self = Self(1_000_000_000_000_000);

    /// `None` below 0 and above [`Self::MAX`].
    pub const fn new(millionths: i64) -> Option<Self> {
        if millionths >= 0 && millionths <= Self::MAX.0 { Some(Self(millionths)) } else { None }
    }

    /// So many shares; `None` above a billion.
    pub fn of_shares(shares: Shares) -> Option<Self> {
        i64::try_from(shares.micro()).ok().and_then(Self::new)
    }

    /// So many dollars; `None` below 0 and above a billion.
    pub fn of_usdc(usdc: Usdc) -> Option<Self> {
        i64::try_from(usdc.micro()).ok().and_then(Self::new)
    }

    /// The millionths.
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// `whole × part / of`, rounded to the nearest millionth, halves up. All of it where `part` is `of`, so
/// that what is given away in parts is given away entirely.
pub(crate) fn part_of(whole: i64, part: i64, of: i64) -> i64 {
    if of == 0 || part == of {
        return whole;
    }
    // Most products fit 64 bits, whose division is several times faster.
    if let Some(product) = whole.checked_mul(part).and_then(|product| product.checked_add(of / 2)) {
        return product.div_euclid(of);
    }
    let of = i128::from(of);
    let scaled = i128::from(whole) * i128::from(part);
    i64::try_from((scaled + of / 2).div_euclid(of)).unwrap_or(whole)
}

/// What `shares` are worth at `price` millionths of a dollar each, rounded to the nearest millionth.
pub(crate) fn worth(shares: MicroShares, price: MicroUsdc) -> MicroUsdc {
    part_of(price, shares, MICRO)
}

/// What the contract pays for `shares` at `payout` millionths of a dollar each: rounded down.
pub(crate) fn payoff(shares: MicroShares, payout: MicroUsdc) -> MicroUsdc {
    let scaled = i128::from(shares) * i128::from(payout);
    i64::try_from(scaled.div_euclid(i128::from(MICRO))).unwrap_or(i64::MAX)
}

/// Millionths of a dollar of a price, cut: payouts are told in no finer unit.
pub(crate) fn micro_price(price: Price) -> MicroUsdc {
    use rust_decimal::prelude::ToPrimitive as _;
    (price.decimal() * rust_decimal::Decimal::from(MICRO)).trunc().to_i64().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn amounts_have_bounds() {
        assert_eq!(Micro::new(-1), None);
        assert_eq!(Micro::new(Micro::MAX.get() + 1), None);
        assert_eq!(Micro::of_usdc(Usdc::new(dec!(12.16184)).unwrap()), Micro::new(12_161_840));
        assert_eq!(Micro::of_usdc(Usdc::new(dec!(-1)).unwrap()), None);
        assert_eq!(Micro::of_shares(Shares::from_micro(22_840_000)), Micro::new(22_840_000));
        assert_eq!(micro_price(Price::new(dec!(0.5)).unwrap()), 500_000);
    }

    proptest! {
        #[test]
        fn parts_given_away_one_by_one_are_the_whole(
            whole in -1_000_000_000_000_000i64..1_000_000_000_000_000,
            parts in prop::collection::vec(1i64..1_000_000_000_000, 1..20),
        ) {
            let (mut left, mut of) = (whole, parts.iter().sum::<i64>());
            for part in &parts {
                let given = part_of(left, *part, of);
                let exact = left as f64 * (*part as f64 / of as f64);
                prop_assert!((given as f64 - exact).abs() <= 1.0 + exact.abs() * 1e-12);
                left -= given;
                of -= part;
            }
            prop_assert_eq!(left, 0);
        }
    }
}
