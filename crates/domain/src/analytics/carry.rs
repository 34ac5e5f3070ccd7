//! What waiting for the answer pays.

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

use crate::{Book, FeeSchedule, Price};

/// Least time for a yearly return: compounding what a few hours pay, thousands of times, is arithmetic
/// about nothing.
const LEAST_WAIT: TimeDelta = TimeDelta::days(1);

/// Hours until trading ends. `None` where that is unknown, and where it has passed: a market that goes on
/// after its announced end closes at an hour nobody knows.
pub fn hours_to_close(closes_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<f64> {
    let left = closes_at? - now;
    (left > TimeDelta::zero()).then(|| left.num_seconds() as f64 / 3_600.0)
}

/// What buying the favoured side now would pay in a year **if it wins**, compounded:
/// (1 / cost)^(365 / days) − 1, where cost is the best ask of that side with the taker's fee of one share.
/// The favoured side is the one whose mid is above one half; an ask of outcome 1 is one less the bid of
/// outcome 0. Negative where the fee eats the gain.
///
/// `None` less than a day before the close, without a favourite or an ask, or where the answer is beyond
/// a double.
pub fn annualised_return(
    book: &Book,
    fee: FeeSchedule,
    closes_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<f64> {
    let wait = closes_at - now;
    if wait < LEAST_WAIT {
        return None;
    }
    let half = Decimal::ONE / Decimal::TWO;
    let ask: Price = match book.mid()?.decimal().cmp(&half) {
        std::cmp::Ordering::Greater => book.best_ask()?.price(),
        std::cmp::Ordering::Less => book.best_bid()?.complement().price(),
        std::cmp::Ordering::Equal => return None,
    };
    let cost = f64::try_from(ask.decimal() + fee.per_share(ask)).ok()?;
    let years = wait.num_seconds() as f64 / (365.0 * 86_400.0);
    let gain = cost.recip().powf(years.recip()) - 1.0;
    gain.is_finite().then_some(gain)
}
