//! When to connect, and when to connect again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::time::Instant;

use super::{ConnectionOptions, LossCause};
use crate::retry::backoff;

/// Spaces the attempts of all connections of a channel.
#[derive(Debug)]
pub(super) struct Gate {
    every: Duration,
    next: Mutex<Option<Instant>>,
}

impl Gate {
    pub(super) fn new(every: Duration) -> Self {
        Self { every, next: Mutex::new(None) }
    }

    /// The moment at which the caller may connect.
    pub(super) fn reserve(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = next.map_or(now, |next| next.max(now));
        *next = Some(slot + self.every);
        slot
    }
}

/// Pauses before one connection's next attempt.
#[derive(Debug)]
pub(super) struct Backoff {
    base: Duration,
    cap: Duration,
    settled_after: Duration,
    /// Attempts since the last connection that settled.
    failures: u32,
    rng: StdRng,
}

impl Backoff {
    /// `number` tells connections with the same seed apart.
    pub(super) fn new(options: &ConnectionOptions, number: u64) -> Self {
        let rng = match options.seed {
            Some(seed) => StdRng::seed_from_u64(seed.wrapping_add(number)),
            None => StdRng::from_os_rng(),
        };
        let (base, cap) = (options.backoff_base, options.backoff_cap);
        Self { base, cap, settled_after: options.settled_after, failures: 0, rng }
    }

    /// The pause after a connection that lived for `lived`, or was not made.
    pub(super) fn pause(&mut self, lived: Duration, cause: &LossCause) -> Duration {
        if *cause == LossCause::Unneeded {
            return Duration::ZERO;
        }
        if lived >= self.settled_after {
            self.failures = 0;
        }
        let retry = if cause.is_rejection() { u32::MAX } else { self.failures };
        self.failures = self.failures.saturating_add(1);
        let pause = backoff(retry, self.base, self.cap, self.rng.random());
        pause.max(cause.retry_after().unwrap_or_default().min(self.cap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn backoff_with(seed: u64) -> Backoff {
        Backoff::new(&ConnectionOptions { seed: Some(seed), ..ConnectionOptions::default() }, 0)
    }

    #[test]
    fn attempts_are_spaced_and_idle_time_earns_nothing() {
        let (gate, start) = (Gate::new(SECOND), Instant::now());
        assert_eq!(gate.reserve(start), start);
        assert_eq!(gate.reserve(start), start + SECOND);
        assert_eq!(gate.reserve(start), start + 2 * SECOND);
        let later = start + 10 * SECOND;
        assert_eq!(gate.reserve(later), later);
        assert_eq!(gate.reserve(later), later + SECOND);
    }

    #[test]
    fn pauses_are_spread_over_doubling_steps_and_start_anew_after_a_settled_connection() {
        let mut longest = [Duration::ZERO; 8];
        for seed in 0..400 {
            let mut backoff = backoff_with(seed);
            for (retry, longest) in (0..).zip(&mut longest) {
                let step = (SECOND * 2_u32.pow(retry)).min(60 * SECOND);
                let pause = backoff.pause(Duration::ZERO, &LossCause::NoPong);
                assert!(pause <= step, "{pause:?} in step {retry}");
                *longest = pause.max(*longest);
            }
            assert!(backoff.pause(60 * SECOND, &LossCause::NoPong) <= SECOND);
        }
        for (retry, longest) in (0..).zip(longest) {
            let step = (SECOND * 2_u32.pow(retry)).min(60 * SECOND);
            assert!(longest > step.mul_f64(0.9), "the whole of step {retry} is used");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_pauses() {
        let pauses = |seed| {
            let mut backoff = backoff_with(seed);
            [(); 5].map(|()| backoff.pause(Duration::ZERO, &LossCause::Silent))
        };
        assert_eq!(pauses(7), pauses(7));
        assert_ne!(pauses(7), pauses(8));
    }

    #[test]
    fn who_is_not_wanted_stays_away() {
        let limited = LossCause::Refused { status: 429, retry_after: Some(20 * SECOND) };
        let for_ever = LossCause::Refused { status: 503, retry_after: Some(9_000 * SECOND) };
        let policy = LossCause::Closed { code: Some(1_008), reason: String::new() };
        let mut far = 0;
        for seed in 0..100 {
            assert!(backoff_with(seed).pause(Duration::ZERO, &limited) >= 20 * SECOND);
            assert_eq!(backoff_with(seed).pause(Duration::ZERO, &for_ever), 60 * SECOND);
            far += usize::from(backoff_with(seed).pause(Duration::ZERO, &policy) > 30 * SECOND);
        }
        assert!((30..70).contains(&far), "uniform over the longest step, not {far} of 100");
    }
}
