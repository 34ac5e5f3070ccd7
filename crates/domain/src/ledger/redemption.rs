//! Which outcome a redemption paid, read off what it paid.

use super::amount::{MicroShares, MicroUsdc, payoff};
use super::markets::Payouts;

/// What each outcome's shares brought by the resolution; `None` where that is not what was paid. Only the
/// resolution tells which of two outcomes won of which as many were held.
pub(crate) fn told(
    held: &[MicroShares],
    payouts: &Payouts,
    usdc: MicroUsdc,
) -> Option<Vec<MicroUsdc>> {
    let parts = (0u8..).zip(held).map(|(outcome, shares)| payoff(*shares, payouts.of(outcome)));
    let parts: Vec<MicroUsdc> = parts.collect();
    (parts.iter().sum::<MicroUsdc>() == usdc).then_some(parts)
}

/// What each outcome's shares brought, where `usdc` for all of them leaves one way only: one outcome pays a
/// dollar or all pay the same, or only one is held. `None` where it contradicts what is held, which
/// means that the history misses something.
///
/// Where as many are held of two outcomes, either may have won and they bring the same: half each.
pub(crate) fn paid(held: &[MicroShares], usdc: MicroUsdc) -> Option<Vec<MicroUsdc>> {
    let only = |place: usize| {
        let paid = |other: usize| if other == place { usdc } else { 0 };
        (0..held.len()).map(paid).collect::<Vec<_>>()
    };
    let total: MicroShares = held.iter().sum();
    let holders: Vec<usize> = (0..held.len()).filter(|place| held[*place] > 0).collect();
    match holders.as_slice() {
        [] => (usdc == 0).then(|| vec![0; held.len()]),
        // A whole dollar a share at most; none where it lost.
        [place] => (usdc <= held[*place]).then(|| only(*place)),
        places => {
            let winners: Vec<usize> =
                places.iter().copied().filter(|place| held[*place] == usdc).collect();
            if let [winner] = winners.as_slice() {
                return Some(only(*winner));
            }
            let count = i64::try_from(held.len()).ok()?;
            let even: Vec<MicroUsdc> = held.iter().map(|shares| shares / count).collect();
            // Every outcome's part is rounded down.
            let is_even = usdc > 0 && (0..=count).contains(&(total / count - usdc).abs());
            is_even.then(|| take_up(even, places[0], usdc))
        }
    }
}

/// Puts what rounding left over on one outcome.
fn take_up(mut parts: Vec<MicroUsdc>, place: usize, usdc: MicroUsdc) -> Vec<MicroUsdc> {
    parts[place] += usdc - parts.iter().sum::<i64>();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_paid_says_who_won() {
        assert_eq!(paid(&[10, 4], 10), Some(vec![10, 0]));
        assert_eq!(paid(&[10, 4], 4), Some(vec![0, 4]));
        assert_eq!(paid(&[10, 4], 7), Some(vec![5, 2]), "cancelled: half each");
        assert_eq!(paid(&[11, 5], 7), Some(vec![5, 2]), "each part is rounded down");
        assert_eq!(paid(&[10, 10], 10), Some(vec![5, 5]), "either");
        assert_eq!(paid(&[1, 1], 1), Some(vec![1, 0]), "nothing gets lost");
        assert_eq!(paid(&[10, 0], 0), Some(vec![0, 0]), "lost");
        assert_eq!(paid(&[0, 9], 9), Some(vec![0, 9]));
        assert_eq!(paid(&[0, 0], 0), Some(vec![0, 0]));
    }

    #[test]
    fn the_resolution_says_which_of_equals_won() {
        let won = Payouts::winner(1);
        assert_eq!(told(&[10, 10], &won, 10), Some(vec![0, 10]));
        assert_eq!(told(&[10, 4], &won, 10), None, "paid as if the other had won");
        assert_eq!(told(&[11, 5], &Payouts::halves(), 7), Some(vec![5, 2]));
    }

    #[test]
    fn what_the_shares_cannot_pay_is_refused() {
        assert_eq!(paid(&[10, 4], 0), None, "one of two must pay");
        assert_eq!(paid(&[1_000, 400], 900), None);
        assert_eq!(paid(&[10, 0], 11), None);
        assert_eq!(paid(&[0, 0], 5), None);
    }
}
