//! A private `PostgreSQL` cluster in a data directory: reached through a Unix socket only, started
//! and stopped with this process, and gone when this process is, however it ends.
//!
//! The first process on a data directory runs the server; others attach to it and do not stop it.

mod account;
mod child;
mod config;
mod control;
mod error;
mod installation;
mod layout;
pub(crate) mod lock;
mod log;
mod probe;
mod server;
mod supervisor;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

pub use error::ClusterError;
pub use layout::default_data_dir;

use account::Account;
use installation::{Existing, Installation};
use layout::Layout;
use lock::DataLock;
use log::ServerLog;
use probe::Answer;
use server::Server;
use supervisor::Supervisor;

/// How long a process that attaches waits for the owner's server: the first start of a cluster or
/// a recovery may be under way.
const ATTACH_DEADLINE: Duration = Duration::from_mins(1);

/// Pause between two attempts to attach.
const ATTACH_POLL: Duration = Duration::from_millis(50);

/// What a private cluster shall be.
#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// Where its files are; created if missing. See [`default_data_dir`].
    pub data_dir: PathBuf,
    /// Whether committed data survives a crash of the machine. Only tests say no.
    pub durable: bool,
}

impl ClusterOptions {
    /// A durable cluster in this directory.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self { data_dir: data_dir.into(), durable: true }
    }
}

/// A running private cluster. Clones share it; the last one to go stops the server, unless
/// another process runs it.
#[derive(Debug, Clone)]
pub struct Cluster {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    socket_dir: PathBuf,
    /// `None` when another process runs the server.
    supervisor: Option<Supervisor>,
}

impl Cluster {
    /// The role that owns every table and runs migrations.
    pub const OWNER: &str = "cascadian_owner";

    /// The role that pools log in as; it has no rights but to become others.
    pub const APP: &str = "cascadian_app";

    /// The number in the name of the socket. No TCP port is opened.
    pub const PORT: u16 = 5432;

    /// Starts the cluster, or attaches to it if another process already runs it, and waits until
    /// it answers. Blocks for some 0.1 s, the first time for some 1 s.
    pub fn start(options: &ClusterOptions) -> Result<Self, ClusterError> {
        let account = Account::choose()?;
        let layout = Layout::prepare(&options.data_dir, &account)?;
        let deadline = Instant::now() + ATTACH_DEADLINE;
        loop {
            if let Some(lock) = DataLock::try_take(&layout.lock)? {
                return Self::own(options, layout, account, lock);
            }
            match probe::ask(&layout.socket()) {
                Answer::Ready => {
                    tracing::info!(
                        data_dir = %layout.root.display(),
                        "using the private database that another process runs"
                    );
                    let socket_dir = layout.socket_dir;
                    return Ok(Self { shared: Arc::new(Shared { socket_dir, supervisor: None }) });
                }
                Answer::NotYet if Instant::now() < deadline => thread::sleep(ATTACH_POLL),
                Answer::NotYet => {
                    return Err(ClusterError::OwnerNotReady {
                        data_dir: layout.root,
                        seconds: ATTACH_DEADLINE.as_secs(),
                    });
                }
                Answer::Refused(reply) => {
                    return Err(ClusterError::Refused { socket: layout.socket(), reply });
                }
            }
        }
    }

    fn own(
        options: &ClusterOptions,
        layout: Layout,
        account: Account,
        lock: DataLock,
    ) -> Result<Self, ClusterError> {
        let major = installation::written_by(&layout.cluster)?;
        let existing = Existing { data_dir: &layout.cluster, major };
        let installation = Installation::locate(&account, existing)?;
        let socket_dir = layout.socket_dir.clone();
        let data_dir = layout.root.clone();
        let major = installation.major;
        let started_at = Instant::now();
        let server = Server {
            log: ServerLog::new(layout.log.clone()),
            options: options.clone(),
            layout,
            account,
            installation,
        };
        let supervisor = Some(Supervisor::start(server, lock)?);
        tracing::info!(
            data_dir = %data_dir.display(),
            postgres.version = major,
            start_ms = u64::try_from(started_at.elapsed().as_millis()).unwrap_or(u64::MAX),
            "the private database is running"
        );
        Ok(Self { shared: Arc::new(Shared { socket_dir, supervisor }) })
    }

    /// Shuts the server down cleanly and waits for its end, for all clones. Does nothing if
    /// another process runs it, or the second time.
    pub fn stop(&self) {
        if let Some(supervisor) = &self.shared.supervisor {
            supervisor.stop();
        }
    }

    /// Whether this process runs the server, as opposed to using another's.
    pub fn is_owner(&self) -> bool {
        self.shared.supervisor.is_some()
    }

    /// The directory that holds the server's socket.
    pub fn socket_dir(&self) -> &Path {
        &self.shared.socket_dir
    }
}
