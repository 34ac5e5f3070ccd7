//! The scale on which prices of a binary question move evenly.

use super::Close;
use crate::Price;

/// The nearest to certainty that counts: beyond it one step of the grid would be a leap.
const CERTAIN: f64 = 0.999;

/// ln(p / (1 − p)), with p kept within 0.001 and 0.999. A cent means much near the ends and little in the
/// middle; on this scale it means the same evidence everywhere, and outcome 1 is the same with the
/// other sign.
pub fn log_odds(price: Price) -> f64 {
    let p = price.to_f64().clamp(1.0 - CERTAIN, CERTAIN);
    (p / (1.0 - p)).ln()
}

/// Each close as (days since the first, log-odds).
pub(super) fn series(closes: &[Close]) -> Vec<(f64, f64)> {
    let Some(first) = closes.first() else { return Vec::new() };
    closes
        .iter()
        .map(|close| {
            let days = (close.at - first.at).num_seconds() as f64 / 86_400.0;
            (days, log_odds(close.price))
        })
        .collect()
}
