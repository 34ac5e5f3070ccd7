//! The work behind the server: parts that run until they are told to stop.
//!
//! A part that ends before, or panics, would be an outage that nobody sees: prices that stand still, imports that no
//! longer happen, while every page goes on answering. So it stops the whole process, which says why and lets whoever
//! runs it start it anew.

use std::fmt::Display;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// All parts that run behind the server.
#[derive(Debug, Clone)]
pub struct Background {
    tasks: TaskTracker,
    /// Tells the parts to stop.
    cancel: CancellationToken,
    /// Tells the process to stop.
    stop: CancellationToken,
    /// What was the first to fail, and how.
    failure: Arc<OnceLock<String>>,
}

impl Background {
    /// Nothing runs yet; `stop` is cancelled when a part fails.
    pub fn new(stop: CancellationToken) -> Self {
        Self {
            tasks: TaskTracker::new(),
            cancel: CancellationToken::new(),
            stop,
            failure: Arc::default(),
        }
    }

    /// Starts a part, which runs until the token it is given is cancelled.
    pub fn spawn<F>(&self, name: &'static str, part: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let work = tokio::spawn(part(self.cancel.clone()));
        let watch = self.clone();
        self.tasks.spawn(async move {
            match work.await {
                Ok(()) if watch.cancel.is_cancelled() => {}
                Ok(()) => watch.fail(name, &"it ended by itself"),
                Err(error) => watch.fail(name, &error),
            }
        });
    }

    fn fail(&self, name: &str, how: &dyn Display) {
        tracing::error!(part = name, %how, "a part of the process has failed; the process stops");
        // The first failure is the cause; what fails after it may only be its effect.
        let _ = self.failure.set(format!("{name} failed: {how}"));
        self.stop.cancel();
    }

    /// Stops all parts and waits for them, though no longer than `patience`.
    ///
    /// # Errors
    ///
    /// A part has failed at some time.
    pub async fn end(self, patience: Duration) -> anyhow::Result<()> {
        self.cancel.cancel();
        self.tasks.close();
        if tokio::time::timeout(patience, self.tasks.wait()).await.is_err() {
            tracing::warn!("background work did not end in time");
        }
        match self.failure.get() {
            Some(failure) => Err(anyhow::anyhow!("{failure}")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn parts_run_until_they_are_told_to_stop() {
        let stop = CancellationToken::new();
        let background = Background::new(stop.clone());
        background.spawn("importer", |cancel| async move { cancel.cancelled().await });
        background.end(PATIENCE).await.unwrap();
        assert!(!stop.is_cancelled());
    }

    #[tokio::test]
    async fn a_part_that_panics_stops_the_process_by_name() {
        let stop = CancellationToken::new();
        let background = Background::new(stop.clone());
        background.spawn("recorder", |cancel| async move { cancel.cancelled().await });
        background.spawn("importer", |_| async { panic!("seven is not eight") });
        stop.cancelled().await;
        let error = background.end(PATIENCE).await.unwrap_err().to_string();
        assert!(error.starts_with("importer failed"), "{error}");
        assert!(error.contains("seven is not eight"), "{error}");
    }

    #[tokio::test]
    async fn a_part_that_ends_by_itself_stops_the_process() {
        let stop = CancellationToken::new();
        let background = Background::new(stop.clone());
        background.spawn("recorder", |_| async {});
        stop.cancelled().await;
        let error = background.end(PATIENCE).await.unwrap_err().to_string();
        assert_eq!(error, "recorder failed: it ended by itself");
    }
}
