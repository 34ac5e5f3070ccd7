//! How much the price moves.

use std::collections::HashMap;

use super::{Close, log_odds};

/// How much the log-odds move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Volatility {
    /// Standard deviation of the change of ln(p / (1 − p)) over a day, if days were like this one; over
    /// h days it is √h times as much.
    pub per_sqrt_day: f64,
    /// Changes it is made of.
    pub n: usize,
}

/// The time between the closes compared.
const STEP_SECONDS: i64 = 300;

/// Fewest changes.
const FEWEST: usize = 60;

/// Realised volatility: √(mean of r² × 288), where r are the changes of the log-odds over five minutes,
/// beginning at every minute.
///
/// The sum of squared changes measures variance (Andersen and Bollerslev 1998). Over single minutes most
/// of it would be trades bouncing between bid and ask, so changes are over five; beginning at every
/// minute is the average over the five grids that this leaves (Zhang, Mykland and Aït-Sahalia 2005). Only
/// closes exactly five minutes apart are compared: what happened across a gap is not known to be a
/// change of five minutes.
///
/// `None` with fewer than 60 such changes.
pub fn volatility(closes: &[Close]) -> Option<Volatility> {
    let by_second: HashMap<i64, f64> =
        closes.iter().map(|close| (close.at.timestamp(), log_odds(close.price))).collect();
    let mut n = 0;
    let mut squares = 0.0;
    for close in closes {
        if let Some(before) = by_second.get(&(close.at.timestamp() - STEP_SECONDS)) {
            let change = log_odds(close.price) - before;
            squares += change * change;
            n += 1;
        }
    }
    let steps_per_day = 86_400.0 / STEP_SECONDS as f64;
    (n >= FEWEST)
        .then(|| Volatility { per_sqrt_day: (squares / n as f64 * steps_per_day).sqrt(), n })
}
