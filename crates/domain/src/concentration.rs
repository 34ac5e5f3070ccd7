//! How few hold how much.

use rust_decimal::Decimal;

use crate::Shares;
use crate::stats::Inequality;

/// How shares are spread over their holders. Of a list that names only the largest, it is about those.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Concentration {
    /// Holders with any shares.
    pub holders: usize,
    /// What they hold together.
    pub shares: Shares,
    /// Herfindahl–Hirschman index: Σ sᵢ² of the parts sᵢ that each holds, from 1/n (all alike) to 1 (one
    /// holds all); see [`Inequality::hhi`].
    pub hhi: f64,
    /// 1 / HHI: how many equal holders would be as concentrated.
    pub effective_holders: f64,
    /// Gini's coefficient, 0 (all alike) to 1 − 1/n (one holds all).
    pub gini: f64,
    /// The part of the largest holder.
    pub top_1_share: f64,
    /// The part of the ten largest.
    pub top_10_share: f64,
}

impl Concentration {
    /// `None` where nobody holds anything, or more than [`Shares`] can count.
    pub fn of(holdings: impl IntoIterator<Item = Shares>) -> Option<Self> {
        let held: Vec<Shares> = holdings.into_iter().collect();
        let sum: Decimal = held.iter().map(|shares| shares.decimal()).sum();
        let shares = Shares::new(sum).ok()?;
        let spread = Inequality::of(held.iter().map(|shares| shares.to_f64()))?;
        Some(Self {
            holders: spread.count,
            shares,
            hhi: spread.hhi,
            effective_holders: spread.effective,
            gini: spread.gini,
            top_1_share: spread.top_1,
            top_10_share: spread.top_10,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(holdings: &[u64]) -> Option<Concentration> {
        Concentration::of(holdings.iter().map(|shares| Shares::from_micro(shares * 1_000_000)))
    }

    fn close(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-9
    }

    #[test]
    fn parts_are_squared_and_summed() {
        let three = of(&[50, 0, 30, 20]).unwrap();
        assert_eq!(three.holders, 3);
        assert_eq!(three.shares, Shares::from_micro(100_000_000));
        assert!(close(three.hhi, 0.38) && close(three.effective_holders, 1.0 / 0.38));
        assert!(close(three.top_1_share, 0.5) && close(three.top_10_share, 1.0));
        let twenty = of(&[5; 20]).unwrap();
        assert!(close(twenty.effective_holders, 20.0) && close(twenty.top_10_share, 0.5));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[0, 0]), None);
    }

    proptest! {
        #[test]
        fn it_lies_between_all_alike_and_one_with_all(held in prop::collection::vec(1u64..1_000_000, 1..40)) {
            let spread = of(&held).unwrap();
            let n = held.len() as f64;
            prop_assert!(spread.hhi >= 1.0 / n - 1e-9 && spread.hhi <= 1.0 + 1e-9);
            prop_assert!(spread.top_1_share <= spread.top_10_share + 1e-12);
            prop_assert!(spread.top_1_share * spread.top_1_share <= spread.hhi + 1e-9);
            // The unit does not matter; two who turn out to be one concentrate it.
            let larger: Vec<u64> = held.iter().map(|shares| shares * 7).collect();
            prop_assert!(close(of(&larger).unwrap().hhi, spread.hhi));
            if let [one, other, rest @ ..] = held.as_slice() {
                let merged = of(&[&[one + other], rest].concat()).unwrap();
                prop_assert!(merged.hhi > spread.hhi);
            }
        }
    }
}
