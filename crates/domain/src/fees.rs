//! What takers pay the exchange.

use rust_decimal::Decimal;

use crate::{Price, Shares, Usdc};

/// A market's fee: shares × rate × (p(1−p))^exponent dollars, of takers only.
///
/// Polymarket's `feeSchedule`; checked against rows whose amounts include the fee. Highest at one half,
/// nothing at the ends, and the same for either outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeSchedule {
    rate: Decimal,
    exponent: Decimal,
}

impl FeeSchedule {
    /// No fee.
    pub const FREE: Self = Self { rate: Decimal::ZERO, exponent: Decimal::ONE };

    /// `None` unless the rate is from 0 to 1 and the exponent from 0 to 10.
    pub fn new(rate: Decimal, exponent: Decimal) -> Option<Self> {
        let is_rate = (Decimal::ZERO..=Decimal::ONE).contains(&rate);
        let is_exponent = (Decimal::ZERO..=Decimal::TEN).contains(&exponent);
        (is_rate && is_exponent).then_some(Self { rate, exponent })
    }

    /// Dollars a share, not rounded: fees are rounded once, when they are paid.
    pub fn per_share(&self, price: Price) -> Decimal {
        let spread = price.decimal() * price.complement().decimal();
        match u32::try_from(self.exponent) {
            Ok(exponent) if self.exponent.is_integer() => {
                (0..exponent).fold(self.rate, |fee, _| fee * spread)
            }
            _ => self.per_share_by_root(spread),
        }
    }

    /// The fee of so many shares at one price.
    pub fn of(&self, price: Price, shares: Shares) -> Usdc {
        // In range: not above the rate times the shares, and the rate is at most one.
        Usdc::new(self.per_share(price) * shares.decimal()).unwrap_or(Usdc::ZERO)
    }

    /// A broken exponent has no exact power; a double's fifteen digits are more than a fee's six.
    fn per_share_by_root(&self, spread: Decimal) -> Decimal {
        let as_f64 = |value: Decimal| f64::try_from(value).unwrap_or(0.0);
        let power = as_f64(spread).powf(as_f64(self.exponent));
        self.rate * Decimal::try_from(power).unwrap_or(Decimal::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    fn price(value: Decimal) -> Price {
        Price::new(value).unwrap()
    }

    #[test]
    fn a_recorded_trade_paid_this_fee() {
        // usdc_size 12.16184 of 22.84 shares at 0.52: the price's part, and the fee.
        let shares = Shares::new(dec!(22.84)).unwrap();
        let fee = FeeSchedule::new(dec!(0.05), Decimal::ONE).unwrap();
        let total =
            shares.at(price(dec!(0.52))).decimal() + fee.of(price(dec!(0.52)), shares).decimal();
        assert_eq!(total.round_dp(5), dec!(12.16184));
    }

    #[test]
    fn the_exponent_bends_it() {
        let shares = Shares::new(dec!(100)).unwrap();
        for (exponent, expected) in
            [(dec!(0), dec!(4)), (dec!(1), dec!(1)), (dec!(2), dec!(0.25)), (dec!(0.5), dec!(2))]
        {
            let fee = FeeSchedule::new(dec!(0.04), exponent).unwrap();
            assert_eq!(fee.of(price(dec!(0.5)), shares).decimal(), expected, "{exponent}");
        }
        for end in [Price::ZERO, Price::ONE] {
            let fee = FeeSchedule::new(dec!(0.04), dec!(1)).unwrap();
            assert_eq!(fee.of(end, shares), Usdc::ZERO);
        }
    }

    #[test]
    fn impossible_schedules_are_refused() {
        for (rate, exponent) in
            [(dec!(-0.01), dec!(1)), (dec!(1.01), dec!(1)), (dec!(0.1), dec!(-1))]
        {
            assert_eq!(FeeSchedule::new(rate, exponent), None);
        }
    }

    proptest! {
        #[test]
        fn either_outcome_pays_the_same(pips in 0u16..=10_000, micro: u64, exponent in 0u32..4) {
            let fee = FeeSchedule::new(dec!(0.07), Decimal::from(exponent)).unwrap();
            let price = Price::from_ten_thousandths(pips);
            let shares = Shares::from_micro(micro);
            prop_assert_eq!(fee.of(price, shares), fee.of(price.complement(), shares));
            prop_assert!(fee.of(price, shares).decimal() <= shares.decimal());
        }
    }
}
