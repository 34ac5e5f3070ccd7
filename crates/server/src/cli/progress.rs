//! A line that shows how far something is, on a terminal only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use store::sync_logs::SyncLog;

/// The line. Where standard error is no terminal nothing is drawn.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4}  {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        bar.set_message("waiting for upstream");
        Self(bar)
    }

    pub(super) fn show(&self, log: &SyncLog) {
        let counts = &log.counts;
        self.tell(format!(
            "{} pages  {} events  {} markets  {} new  {} changed  {} in quarantine",
            counts.pages,
            counts.events_seen,
            counts.markets_seen,
            counts.inserted,
            counts.updated,
            counts.quarantined
        ));
    }

    /// Says how far it is.
    pub(super) fn tell(&self, line: String) {
        self.0.set_message(line);
    }

    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
