//! A sliding window: how many requests may start in any ten seconds, exactly.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// The length of every window.
pub(crate) const WINDOW: Duration = Duration::from_secs(10);

/// Starts of requests of the last ten seconds, and of those that wait for their turn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Window {
    /// In order; those to come are at the end.
    starts: VecDeque<Instant>,
}

impl Window {
    /// Forgets what is ten seconds ago.
    pub(crate) fn slide(&mut self, now: Instant) {
        while self.starts.front().is_some_and(|&start| start + WINDOW <= now) {
            self.starts.pop_front();
        }
    }

    /// When the next request may start if `capacity` may in ten seconds.
    pub(crate) fn earliest(&self, now: Instant, capacity: usize) -> Instant {
        let full_since = self.starts.len().checked_sub(capacity);
        let first = full_since.and_then(|place| self.starts.get(place));
        first.map_or(now, |&first| now.max(first + WINDOW))
    }

    /// Notes a request that starts at `start`.
    pub(crate) fn reserve(&mut self, start: Instant) {
        let place = self.starts.partition_point(|&other| other <= start);
        self.starts.insert(place, start);
    }

    /// Requests that wait for their turn.
    pub(crate) fn waiting(&self, now: Instant) -> usize {
        self.starts.iter().rev().take_while(|&&start| start > now).count()
    }

    /// Requests that started and are not ten seconds ago.
    pub(crate) fn started(&self, now: Instant) -> usize {
        self.starts.len() - self.waiting(now)
    }

    pub(crate) fn clear(&mut self) {
        self.starts.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Starts of requests that come at `comes` milliseconds, in milliseconds.
    fn starts(capacity: usize, comes: &[u64]) -> Vec<u128> {
        let zero = Instant::now();
        let mut window = Window::default();
        let start = |&after_ms: &u64| {
            let now = zero + Duration::from_millis(after_ms);
            window.slide(now);
            let start = window.earliest(now, capacity);
            window.reserve(start);
            start.duration_since(zero).as_millis()
        };
        comes.iter().map(start).collect()
    }

    #[test]
    fn as_many_as_allowed_start_at_once_and_the_others_in_turn() {
        let comes = [0, 100, 200, 300, 400, 500, 600];
        let expected = [0, 100, 200, 10_000, 10_100, 10_200, 20_000];
        assert_eq!(starts(3, &comes), expected);
    }

    #[test]
    fn the_window_slides() {
        assert_eq!(
            starts(2, &[0, 9_000, 10_000, 10_001, 20_000]),
            [0, 9_000, 10_000, 19_000, 20_000]
        );
    }

    #[test]
    fn no_ten_seconds_hold_more_than_allowed() {
        let comes: Vec<u64> = (0..400).map(|turn| turn * 37 % 9_000 + turn * 20).collect();
        let mut comes = comes;
        comes.sort_unstable();
        let starts = starts(25, &comes);
        for pair in starts.windows(26) {
            assert!(pair[25] - pair[0] >= 10_000, "{pair:?}");
        }
    }

    #[test]
    fn who_waits_is_counted_apart() {
        let now = Instant::now();
        let mut window = Window::default();
        for _ in 0..5 {
            window.reserve(window.earliest(now, 2));
        }
        assert_eq!((window.started(now), window.waiting(now)), (2, 3));
        window.slide(now + WINDOW);
        assert_eq!(window.started(now + WINDOW), 2, "the two whose turn has come");
    }
}
