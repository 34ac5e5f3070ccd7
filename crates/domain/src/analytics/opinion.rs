//! How often the favourite changed.

use rust_decimal::{Decimal, dec};

use super::Close;
use crate::Price;

/// How far past one half the price has to be before the other outcome is the favourite: two cents, about
/// twice a usual spread, so that trades at bid and ask around one half are no changes of opinion.
pub const OPINION_BAND: Decimal = dec!(0.02);

/// How often the favourite changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpinionChanges {
    /// Changes.
    pub changes: u32,
    /// Closes looked at.
    pub n: usize,
}

/// Crossings of one half, with hysteresis: outcome 0 becomes the favourite at 0.52 or more, outcome 1 at
/// 0.48 or less, and in between whoever was it stays. The first favourite is no change. `None` without
/// closes.
pub fn opinion_changes(closes: &[Close]) -> Option<OpinionChanges> {
    let half = dec!(0.5);
    let favours_0 = |price: Price| match price.decimal() - half {
        lead if lead >= OPINION_BAND => Some(true),
        lead if lead <= -OPINION_BAND => Some(false),
        _ => None,
    };
    let mut favourite = None;
    let mut changes = 0;
    for now in closes.iter().filter_map(|close| favours_0(close.price)) {
        if favourite.is_some_and(|before| before != now) {
            changes += 1;
        }
        favourite = Some(now);
    }
    (!closes.is_empty()).then_some(OpinionChanges { changes, n: closes.len() })
}
