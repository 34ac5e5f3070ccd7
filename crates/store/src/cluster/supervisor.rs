//! The thread that runs the server for as long as it shall run.

use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::control::Control;
use super::error::ClusterError;
use super::lock::DataLock;
use super::server::Server;

/// Pause before a server that ended unasked is started again; doubles up to
/// [`LONGEST_BACKOFF`], and starts over once a server has run for [`STABLE_AFTER`].
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);
const STABLE_AFTER: Duration = Duration::from_mins(1);

/// How long a clean shutdown, which writes a checkpoint, may take before the server is forced.
/// Forcing loses nothing: the next start recovers.
const STOP_DEADLINE: Duration = Duration::from_secs(30);

/// A running server and the thread that keeps it running.
#[derive(Debug)]
pub(super) struct Supervisor {
    control: Arc<Control>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Supervisor {
    /// Creates the cluster if need be, starts it and waits until it answers.
    ///
    /// All of it happens on one thread, because the kernel ends a child when the thread that
    /// started it ends; a caller's thread may end at any time.
    pub(super) fn start(server: Server, lock: DataLock) -> Result<Self, ClusterError> {
        let control = Arc::new(Control::default());
        let (report, started) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("postgres-supervisor".to_owned())
            .spawn({
                let control = Arc::clone(&control);
                move || {
                    match server.ensure_initialised().and_then(|()| server.launch(&control)) {
                        Ok(child) => {
                            // Nobody listens if the caller is gone; `stop` follows then.
                            let _ = report.send(Ok(()));
                            keep_running(&server, &control, child);
                        }
                        Err(error) => {
                            let _ = report.send(Err(error));
                        }
                    }
                    // The data directory is free before anybody is told.
                    drop(lock);
                    control.finish();
                }
            })
            .map_err(ClusterError::io("start a thread for", "postgres".as_ref()))?;
        // The channel closes without a word only if the thread panicked.
        started.recv().unwrap_or(Err(ClusterError::Stopped))?;
        Ok(Self { control, thread: Mutex::new(Some(thread)) })
    }

    /// Shuts the server down and waits for its end. Does nothing the second time.
    pub(super) fn stop(&self) {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(thread) = thread.take() else { return };
        self.control.stop();
        if !self.control.await_finish(STOP_DEADLINE) {
            tracing::warn!("the private database did not shut down in time and is forced");
            self.control.interrupt(Signal::QUIT);
        }
        if thread.join().is_err() {
            tracing::error!("the thread that supervises the private database panicked");
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Waits for the server's end and starts it again, until stopping is asked for.
fn keep_running(server: &Server, control: &Arc<Control>, mut child: Child) {
    let mut backoff = FIRST_BACKOFF;
    loop {
        let running_since = Instant::now();
        let status = control.wait(&mut child);
        if control.is_stopping() {
            return;
        }
        let status = status.map_or_else(|| "unknown".to_owned(), |status| status.to_string());
        tracing::error!(
            exit.status = status,
            log = server.log.last_words(),
            "the private database ended unasked; starting it again"
        );
        if running_since.elapsed() >= STABLE_AFTER {
            backoff = FIRST_BACKOFF;
        }
        child = loop {
            if control.pause(backoff) {
                return;
            }
            backoff = (backoff * 2).min(LONGEST_BACKOFF);
            match server.launch(control) {
                Ok(child) => break child,
                Err(ClusterError::Stopped) => return,
                Err(error) => tracing::error!(%error, "the private database does not start"),
            }
        };
        tracing::info!("the private database runs again");
    }
}
