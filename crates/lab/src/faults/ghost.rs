//! Ghost books: what `/book` shows of a token while `/price` knows better.

use crate::exchange::{MICRO, PIPS, Pips, Quantity, Shares};

/// A cent.
const FAR: Pips = 100;

/// Nobody takes them, so it does not matter how many.
const SHARES: Shares = 1_000 * MICRO;

/// Bids and asks of a ghost: one of each, a cent from the ends.
pub(crate) fn ghost_levels() -> [Vec<Quantity>; 2] {
    [FAR, PIPS - FAR].map(|price| vec![Quantity { price, shares: SHARES }])
}
