//! One server process: creating its data directory, starting it, waiting until it answers.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use super::account::Account;
use super::child::{command, is_live_server};
use super::control::Control;
use super::error::ClusterError;
use super::installation::Installation;
use super::layout::{Layout, create_private, require_owned};
use super::log::ServerLog;
use super::probe::{self, Answer};
use super::{ClusterOptions, config};

/// How long a server may take to answer, recovery after a crash included.
const READY_DEADLINE: Duration = Duration::from_mins(1);

/// What a server that a dead process left behind is sent, and how long each may take: a shutdown
/// with a checkpoint, one without, and the end.
const ORPHAN_SIGNALS: [(Signal, Duration); 3] = [
    (Signal::INT, Duration::from_secs(20)),
    (Signal::QUIT, Duration::from_secs(5)),
    (Signal::KILL, Duration::from_secs(5)),
];

/// Pause between two looks at something that changes within milliseconds.
const POLL: Duration = Duration::from_millis(10);

/// Everything needed to start the server of one data directory, any number of times.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) options: ClusterOptions,
    pub(super) layout: Layout,
    pub(super) account: Account,
    pub(super) installation: Installation,
    pub(super) log: ServerLog,
}

impl Server {
    /// Creates the server's data directory unless it exists.
    ///
    /// It is made under another name and renamed when it is whole and on disk, so a kill at any
    /// moment leaves a usable directory or none.
    pub(super) fn ensure_initialised(&self) -> Result<(), ClusterError> {
        let Layout { cluster, root, .. } = &self.layout;
        if cluster.exists() {
            return require_owned(cluster, &self.account);
        }
        self.layout.remove_half_made()?;
        let staging = self.layout.staging();
        create_private(&staging, &self.account)?;
        self.run_initdb(&staging)?;
        config::include_settings(&staging)?;
        config::write_all(&staging, &self.layout, &self.account, &self.options)?;
        sync_directory(&staging)?;
        fs::rename(&staging, cluster).map_err(ClusterError::io("put in place", cluster))?;
        sync_directory(root)
    }

    fn run_initdb(&self, target: &Path) -> Result<(), ClusterError> {
        let program = self.installation.program("initdb");
        let mut command = command(&program, &self.account);
        command
            .arg("--pgdata")
            .arg(target)
            .args(["--username", super::Cluster::OWNER])
            .args(["--encoding=UTF8", "--lc-collate=C", "--lc-messages=C"])
            // Byte order for sorting, but letters of every language are letters (text search).
            .arg(if cfg!(target_os = "macos") { "--lc-ctype=UTF-8" } else { "--lc-ctype=C.UTF-8" })
            .args(["--auth=peer", "--data-checksums"]);
        if !self.options.durable {
            command.arg("--no-sync");
        }
        let output = command.output().map_err(ClusterError::io("run", &program))?;
        if output.status.success() {
            return Ok(());
        }
        let output_text = [output.stdout, output.stderr].concat();
        Err(ClusterError::InitFailed {
            data_dir: target.to_path_buf(),
            status: output.status,
            output: String::from_utf8_lossy(&output_text).trim().to_owned(),
        })
    }

    /// Starts the server and returns when it lets clients in. Must run on a thread that lives as
    /// long as the server shall.
    pub(super) fn launch(&self, control: &Arc<Control>) -> Result<Child, ClusterError> {
        self.stop_orphan()?;
        config::write_all(&self.layout.cluster, &self.layout, &self.account, &self.options)?;
        let deadline = Instant::now() + READY_DEADLINE;
        loop {
            let (child, drain) = self.spawn(control)?;
            match self.await_ready(child, control, deadline)? {
                Outcome::Ready(child) => return Ok(child),
                Outcome::Exited(status) => {
                    // Every process that could hold the pipe has ended with the server.
                    let _ = drain.join();
                    let log = self.log.last_words();
                    // Workers of a killed server hold its memory for a moment longer.
                    let occupied = log.contains("shared memory block") && log.contains("in use");
                    if !occupied || Instant::now() > deadline {
                        return Err(ClusterError::Exited { status, log });
                    }
                    thread::sleep(POLL * 10);
                }
            }
        }
    }

    fn spawn(&self, control: &Control) -> Result<(Child, thread::JoinHandle<()>), ClusterError> {
        let program = self.installation.program("postgres");
        let mut command = command(&program, &self.account);
        command.arg("-D").arg(&self.layout.cluster);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = control.start(&program, &mut command)?;
        let drain = match child.stderr.take() {
            Some(stderr) => self.log.follow(stderr),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        };
        match drain {
            Ok(drain) => Ok((child, drain)),
            Err(source) => {
                control.interrupt(Signal::QUIT);
                control.wait(&mut child);
                Err(ClusterError::io("follow the log of", &program)(source))
            }
        }
    }

    fn await_ready(
        &self,
        mut child: Child,
        control: &Control,
        deadline: Instant,
    ) -> Result<Outcome, ClusterError> {
        let socket = self.layout.socket();
        loop {
            if let Some(status) = control.try_wait(&mut child) {
                if control.is_stopping() {
                    return Err(ClusterError::Stopped);
                }
                return Ok(Outcome::Exited(status));
            }
            let failure = match probe::ask(&socket) {
                Answer::Ready => return Ok(Outcome::Ready(child)),
                Answer::NotYet if Instant::now() < deadline => {
                    thread::sleep(POLL);
                    continue;
                }
                Answer::NotYet => ClusterError::NotReady {
                    seconds: READY_DEADLINE.as_secs(),
                    log: self.log.last_words(),
                },
                Answer::Refused(reply) => ClusterError::Refused { socket, reply },
            };
            control.interrupt(Signal::QUIT);
            control.wait(&mut child);
            return Err(failure);
        }
    }

    /// Ends a server that a killed process left running, which happens for a moment on Linux and
    /// for good elsewhere. This process holds the lock, so nobody else wants it.
    ///
    /// Pid files that name no such server are removed. `PostgreSQL` by itself would refuse to
    /// start when the number belongs to a zombie, or to something else since a container was
    /// restarted.
    fn stop_orphan(&self) -> Result<(), ClusterError> {
        for path in [self.layout.cluster.join("postmaster.pid"), self.layout.socket_lock()] {
            let text = match fs::read_to_string(&path) {
                Ok(text) => text,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(source) => return Err(ClusterError::io("read", &path)(source)),
            };
            let pid = text.lines().next().and_then(|line| line.trim().parse().ok());
            if let Some(pid) = pid.and_then(Pid::from_raw) {
                end_server(pid, &self.layout.cluster);
            }
            // A server that shut down cleanly has removed it.
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(ClusterError::io("remove the stale", &path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

enum Outcome {
    Ready(Child),
    Exited(std::process::ExitStatus),
}

/// Asks the server to end, ever more firmly, and returns when it has ended or nothing helps: then
/// the start that follows fails and says why.
fn end_server(pid: Pid, cluster: &Path) {
    for (signal, patience) in ORPHAN_SIGNALS {
        let deadline = Instant::now() + patience;
        if !is_live_server(pid, cluster) {
            return;
        }
        // It may have ended since it was looked at.
        let _ = rustix::process::kill_process(pid, signal);
        while Instant::now() < deadline && is_live_server(pid, cluster) {
            thread::sleep(POLL);
        }
    }
}

/// Makes the entries of a directory, as opposed to the contents of its files, durable.
fn sync_directory(path: &Path) -> Result<(), ClusterError> {
    File::open(path)
        .and_then(|directory| directory.sync_all())
        .map_err(ClusterError::io("write to disk", path))
}
