//! When to send a request again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

/// A pause before retry number `retry` (0 is the first): uniform between nothing and the doubling,
/// capped step ("full jitter"), so that clients which failed together do not return together.
/// `uniform` is a random number from 0 to 1.
pub(crate) fn backoff(retry: u32, base: Duration, cap: Duration, uniform: f64) -> Duration {
    let step = base.saturating_mul(2_u32.saturating_pow(retry)).min(cap);
    step.mul_f64(uniform.clamp(0.0, 1.0))
}

/// The value of a `Retry-After` header: seconds, or an HTTP date.
pub(crate) fn parse_retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::parse_from_rfc2822(value).ok()?;
    Some((date.with_timezone(&Utc) - now).to_std().unwrap_or(Duration::ZERO))
}

/// Bounds retries to a share of the requests, so that a dead upstream is asked once per request and not
/// several times.
///
/// Every request earns [`Self::EARNED`], up to the reserve; every retry costs one.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    reserve: f64,
    left: Mutex<f64>,
}

impl RetryBudget {
    const EARNED: f64 = 0.2;

    /// A full reserve of `reserve` retries.
    pub(crate) fn new(reserve: u32) -> Self {
        let reserve = f64::from(reserve);
        Self { reserve, left: Mutex::new(reserve) }
    }

    /// Counts a request.
    pub(crate) fn earn(&self) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = (*left + Self::EARNED).min(self.reserve);
    }

    /// Takes one retry, if there is one left.
    pub(crate) fn spend(&self) -> bool {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let affordable = *left >= 1.0;
        if affordable {
            *left -= 1.0;
        }
        affordable
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn the_pause_doubles_up_to_the_cap_and_is_spread_from_zero() {
        let step = |retry, uniform| {
            backoff(retry, Duration::from_millis(100), Duration::from_secs(1), uniform)
        };
        assert_eq!(step(0, 1.0), Duration::from_millis(100));
        assert_eq!(step(2, 1.0), Duration::from_millis(400));
        assert_eq!(step(2, 0.5), Duration::from_millis(200));
        assert_eq!(step(2, 0.0), Duration::ZERO);
        assert_eq!(step(40, 1.0), Duration::from_secs(1));
        assert_eq!(step(u32::MAX, 1.0), Duration::from_secs(1));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = Utc.with_ymd_and_hms(2026, 11, 23, 1, 0, 0).unwrap();
        let parse = |value| parse_retry_after(value, now);
        assert_eq!(parse("120"), Some(Duration::from_mins(2)));
        assert_eq!(parse("Mon, 23 Nov 2026 01:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(parse("Mon, 23 Nov 2026 00:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(parse("soon"), None);
        assert_eq!(parse("-5"), None);
    }

    #[test]
    fn a_dead_upstream_uses_the_reserve_up() {
        let budget = RetryBudget::new(3);
        let granted = (0..10).filter(|_| budget.spend()).count();
        assert_eq!(granted, 3);
        for _ in 0..5 {
            budget.earn();
        }
        assert!(budget.spend());
        assert!(!budget.spend());
    }
}
