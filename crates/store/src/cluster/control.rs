//! What the supervising thread and those who stop it share: the running child, if any.

use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};

use super::error::ClusterError;

/// Signals go to the child only between its start and its reaping, both of which happen under the
/// lock: so never to a stranger that was given the same pid later.
#[derive(Debug, Default)]
pub(super) struct Control {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    child: Option<Pid>,
    stopping: bool,
    finished: bool,
}

impl Control {
    /// Starts the child unless stopping was asked for.
    pub(super) fn start(
        &self,
        program: &Path,
        command: &mut Command,
    ) -> Result<Child, ClusterError> {
        let mut state = self.state();
        if state.stopping {
            return Err(ClusterError::Stopped);
        }
        let child = command.spawn().map_err(ClusterError::io("run", program))?;
        state.child = Some(Pid::from_child(&child));
        Ok(child)
    }

    /// The child's end, if it has ended.
    pub(super) fn try_wait(&self, child: &mut Child) -> Option<ExitStatus> {
        let mut state = self.state();
        let status = child.try_wait().ok().flatten()?;
        state.child = None;
        Some(status)
    }

    /// Waits for the child's end.
    pub(super) fn wait(&self, child: &mut Child) -> Option<ExitStatus> {
        // First without reaping, so that the lock is free and the pid still reserved meanwhile.
        let pid = Pid::from_child(child);
        let unreaped = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Err(rustix::io::Errno::INTR) = rustix::process::waitid(WaitId::Pid(pid), unreaped)
        {
        }
        let mut state = self.state();
        state.child = None;
        child.wait().ok()
    }

    /// Sends the child a signal, if there is one.
    pub(super) fn interrupt(&self, signal: Signal) {
        if let Some(pid) = self.state().child {
            // It may have ended by itself.
            let _: Result<(), rustix::io::Errno> = rustix::process::kill_process(pid, signal);
        }
    }

    /// No child is started from now on, and a running one is asked to end.
    pub(super) fn stop(&self) {
        self.state().stopping = true;
        self.changed.notify_all();
        self.interrupt(Signal::INT);
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.state().stopping
    }

    /// Waits for the time, or less if stopping is asked for. True if it was.
    pub(super) fn pause(&self, time: Duration) -> bool {
        let wait = self.changed.wait_timeout_while(self.state(), time, |state| !state.stopping);
        let (state, _) = wait.unwrap_or_else(PoisonError::into_inner);
        state.stopping
    }

    /// Says that the supervising thread is about to end.
    pub(super) fn finish(&self) {
        self.state().finished = true;
        self.changed.notify_all();
    }

    /// Waits until the supervising thread is about to end. False if it was not by then.
    pub(super) fn await_finish(&self, time: Duration) -> bool {
        let wait = self.changed.wait_timeout_while(self.state(), time, |state| !state.finished);
        let (state, _) = wait.unwrap_or_else(PoisonError::into_inner);
        state.finished
    }

    /// The state stays consistent between any two statements, so a panic elsewhere does not
    /// spoil it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
