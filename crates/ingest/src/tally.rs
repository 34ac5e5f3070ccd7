//! What a sync has done so far, shared by its concurrent parts.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use store::sync_logs::SyncCounts;

/// How often progress goes to the log while a sync runs.
const REPORT_EVERY: Duration = Duration::from_millis(500);

/// Counters of one sync.
#[derive(Debug)]
pub struct Tally {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    counts: SyncCounts,
    last_report: Instant,
}

impl Tally {
    /// All zero.
    pub fn new() -> Self {
        let inner = Inner { counts: SyncCounts::default(), last_report: Instant::now() };
        Self { inner: Mutex::new(inner) }
    }

    /// Changes the counters.
    pub fn add(&self, change: impl FnOnce(&mut SyncCounts)) {
        change(&mut self.lock().counts);
    }

    /// The counters now.
    pub fn counts(&self) -> SyncCounts {
        self.lock().counts
    }

    /// The counters, if it is time to report them.
    pub fn due(&self) -> Option<SyncCounts> {
        let mut inner = self.lock();
        if inner.last_report.elapsed() < REPORT_EVERY {
            return None;
        }
        inner.last_report = Instant::now();
        Some(inner.counts)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Counters are valid after any panic.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}

/// Whole milliseconds of a duration, for a counter.
pub fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
