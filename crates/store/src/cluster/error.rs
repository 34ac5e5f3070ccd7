//! Why a private cluster cannot run, each with its remedy.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// Why the private `PostgreSQL` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No directory holds both `initdb` and `postgres`.
    #[error(
        "PostgreSQL 15 or newer is not installed: no directory with both initdb and postgres \
         among {}. Install it (Debian and Ubuntu: apt install postgresql; Fedora: dnf install \
         postgresql-server postgresql-contrib; macOS: brew install postgresql), name its bin \
         directory in CASCADIAN_PG_BINDIR, or point DATABASE_URL at a server",
        list(.searched)
    )]
    NotInstalled {
        /// Where was looked, in order.
        searched: Vec<PathBuf>,
    },

    /// Every installation found is too old.
    #[error(
        "the installed PostgreSQL ({}) is too old: 15 or newer is needed. Install a newer one or \
         name its bin directory in CASCADIAN_PG_BINDIR", list(.installed)
    )]
    TooOld {
        /// Major versions found on this machine.
        installed: Vec<u32>,
    },

    /// The data directory was written by a major version that is not installed.
    #[error(
        "{} was created by PostgreSQL {data}, but only {} is installed. Install PostgreSQL {data}, \
         or choose another directory with --data-dir", .data_dir.display(), list(.installed)
    )]
    VersionMismatch {
        /// The data directory.
        data_dir: PathBuf,
        /// Major version that wrote it.
        data: u32,
        /// Major versions found on this machine.
        installed: Vec<u32>,
    },

    /// A program of the installation does not run.
    #[error("{} does not run: {reason}", .program.display())]
    ProgramFailed {
        /// The program.
        program: PathBuf,
        /// What it, or the system, said.
        reason: String,
    },

    /// Root may not run a server, and there is no account to drop to.
    #[error(
        "PostgreSQL refuses to run as root and neither the account postgres nor nobody exists. \
         Create one (useradd --system postgres) or start as an ordinary user"
    )]
    NoServerAccount,

    /// The server's account cannot pass through a directory above the data directory.
    #[error(
        "the account {account}, which runs PostgreSQL, may not enter {}. Allow it \
         (chmod o+x) or choose another place with --data-dir", .ancestor.display()
    )]
    NotSearchable {
        /// The topmost directory that refuses.
        ancestor: PathBuf,
        /// Name of the server's account.
        account: String,
    },

    /// The data directory belongs to somebody else.
    #[error(
        "{} belongs to uid {owner}, but PostgreSQL would run as {account}. Start as the user who \
         created it or choose another place with --data-dir", .path.display()
    )]
    ForeignDirectory {
        /// The directory.
        path: PathBuf,
        /// Who owns it.
        owner: u32,
        /// Name of the account that should.
        account: String,
    },

    /// The data directory's path cannot stand in a configuration file.
    #[error(
        "the path {} is not plain text; choose another place with --data-dir", .0.display()
    )]
    UnusablePath(PathBuf),

    /// Neither a home nor `XDG_DATA_HOME` says where data belongs.
    #[error("there is no home directory to keep data in; choose a place with --data-dir")]
    NoHome,

    /// `initdb` failed.
    #[error("initdb failed ({status}) for {}: {output}", .data_dir.display())]
    InitFailed {
        /// The directory that was to be initialised.
        data_dir: PathBuf,
        /// How it ended.
        status: ExitStatus,
        /// What it wrote.
        output: String,
    },

    /// The server ended before it answered.
    #[error("PostgreSQL ended while starting ({status}). Its last words:\n{log}")]
    Exited {
        /// How it ended.
        status: ExitStatus,
        /// The tail of its log.
        log: String,
    },

    /// The server did not answer in time.
    #[error("PostgreSQL did not answer within {seconds} s. Its last words:\n{log}")]
    NotReady {
        /// How long was waited.
        seconds: u64,
        /// The tail of its log.
        log: String,
    },

    /// The server answered, and refuses this process.
    #[error("PostgreSQL on {} refuses this user: {reply}", .socket.display())]
    Refused {
        /// The socket.
        socket: PathBuf,
        /// What the server said.
        reply: String,
    },

    /// Another process owns the data directory, but its server does not answer.
    #[error(
        "another process owns {} but its database did not answer within {seconds} s. End that \
         process or choose another place with --data-dir", .data_dir.display()
    )]
    OwnerNotReady {
        /// The data directory.
        data_dir: PathBuf,
        /// How long was waited.
        seconds: u64,
    },

    /// Stopping was asked for while the server was still starting.
    #[error("the database was stopped while it was starting")]
    Stopped,

    /// The operating system refused something.
    #[error("cannot {action} {}: {source}", .path.display())]
    Io {
        /// What was tried, as a verb phrase.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
}

impl ClusterError {
    /// For `map_err`: says what was tried on which path.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { action, path, source }
    }
}

fn list<T: std::fmt::Debug>(items: &[T]) -> String {
    items.iter().map(|item| format!("{item:?}")).collect::<Vec<_>>().join(", ")
}
