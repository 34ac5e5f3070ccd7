//! The directories and files of a private cluster, and who may reach them.

use std::env;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use super::Cluster;
use super::account::Account;
use super::error::ClusterError;

/// Longest path of a Unix socket that every supported system accepts (macOS: 104 bytes with the
/// final NUL; Linux: 108).
const LONGEST_SOCKET_PATH: usize = 103;

/// What names of half-made cluster directories begin with.
const STAGING_PREFIX: &str = "postgres.new-";

/// Where everything of one data directory is.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// The data directory, absolute and free of links.
    pub(super) root: PathBuf,
    /// The server's own data directory.
    pub(super) cluster: PathBuf,
    /// Locked by the process that runs the server.
    pub(super) lock: PathBuf,
    /// What the server writes.
    pub(super) log: PathBuf,
    /// Where its socket is.
    pub(super) socket_dir: PathBuf,
}

impl Layout {
    /// Creates the data directory if it is missing, closed to everybody but the account.
    pub(super) fn prepare(data_dir: &Path, account: &Account) -> Result<Self, ClusterError> {
        let wanted = std::path::absolute(data_dir)
            .map_err(ClusterError::io("find the data directory", data_dir))?;
        if let Some(parent) = wanted.parent() {
            fs::create_dir_all(parent).map_err(ClusterError::io("create the directory", parent))?;
        }
        create_private(&wanted, account)?;
        let root = fs::canonicalize(&wanted)
            .map_err(ClusterError::io("find the data directory", &wanted))?;
        // Paths go into configuration files, where a line break would end the setting.
        if root.to_str().is_none_or(|text| text.chars().any(char::is_control)) {
            return Err(ClusterError::UnusablePath(root));
        }
        require_searchable(&root, account)?;
        let socket_dir = choose_socket_dir(&root, account)?;
        Ok(Self {
            cluster: root.join("postgres"),
            lock: root.join("postgres.lock"),
            log: root.join("postgres.log"),
            socket_dir,
            root,
        })
    }

    /// The socket file itself.
    pub(super) fn socket(&self) -> PathBuf {
        socket_in(&self.socket_dir)
    }

    /// The file beside it that names the server's process.
    pub(super) fn socket_lock(&self) -> PathBuf {
        self.socket_dir.join(format!(".s.PGSQL.{}.lock", Cluster::PORT))
    }

    /// Where a new cluster directory is prepared, to be renamed once it is whole. Never the same
    /// twice: the children of a killed `initdb` may go on writing for a moment.
    pub(super) fn staging(&self) -> PathBuf {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.root.join(format!("{STAGING_PREFIX}{}-{}", std::process::id(), now.as_nanos()))
    }

    /// Removes what killed preparations left behind. One that is still being written to resists;
    /// the next preparation removes it.
    pub(super) fn remove_half_made(&self) -> Result<(), ClusterError> {
        let entries =
            fs::read_dir(&self.root).map_err(ClusterError::io("list", &self.root))?.flatten();
        for entry in entries {
            if entry.file_name().as_bytes().starts_with(STAGING_PREFIX.as_bytes())
                && let Err(error) = fs::remove_dir_all(entry.path())
            {
                tracing::debug!(%error, path = %entry.path().display(), "cannot be removed yet");
            }
        }
        Ok(())
    }
}

/// Where data belongs when nobody says otherwise: `/var/lib/cascadian` for root, whose home other
/// accounts may not enter; else `cascadian` in the user's data home.
pub fn default_data_dir() -> Result<PathBuf, ClusterError> {
    if rustix::process::geteuid().is_root() {
        return Ok(PathBuf::from("/var/lib/cascadian"));
    }
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    absolute("XDG_DATA_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
        .map(|base| base.join("cascadian"))
        .ok_or(ClusterError::NoHome)
}

/// Creates a directory that only the account may use. An existing one is left as it is.
pub(super) fn create_private(path: &Path, account: &Account) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => give_to(path, account),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(source) => Err(ClusterError::io("create the directory", path)(source)),
    }
}

/// Makes the account the owner of a path that this process created.
pub(super) fn give_to(path: &Path, account: &Account) -> Result<(), ClusterError> {
    chown(path, Some(account.uid), Some(account.gid))
        .map_err(ClusterError::io("change the owner of", path))
}

/// Fails if the path is not a directory, or belongs to somebody other than the account.
pub(super) fn require_owned(path: &Path, account: &Account) -> Result<(), ClusterError> {
    let metadata = fs::symlink_metadata(path).map_err(ClusterError::io("look at", path))?;
    if metadata.uid() == account.uid && metadata.is_dir() {
        return Ok(());
    }
    Err(ClusterError::ForeignDirectory {
        path: path.to_path_buf(),
        owner: metadata.uid(),
        account: account.name.clone(),
    })
}

/// Fails with the topmost directory that the account may not enter.
fn require_searchable(root: &Path, account: &Account) -> Result<(), ClusterError> {
    if may_enter(root, account)? {
        return Ok(());
    }
    let mut ancestors: Vec<&Path> = root.ancestors().collect();
    ancestors.reverse();
    for ancestor in ancestors {
        if !may_enter(ancestor, account)? {
            return Err(ClusterError::NotSearchable {
                ancestor: ancestor.to_path_buf(),
                account: account.name.clone(),
            });
        }
    }
    Ok(())
}

/// Asks the system rather than reading permission bits, which say nothing about access lists or
/// mandatory access control: a child drops to the account first and then changes directory.
fn may_enter(directory: &Path, account: &Account) -> Result<bool, ClusterError> {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", ":"]).env_clear().current_dir(directory);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    account.apply(&mut command);
    match command.status() {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
        Err(source) => Err(ClusterError::io("enter", directory)(source)),
    }
}

fn socket_in(directory: &Path) -> PathBuf {
    directory.join(format!(".s.PGSQL.{}", Cluster::PORT))
}

/// `run` inside the data directory or, where that makes the path of the socket too long, a short
/// directory named after a hash of it.
fn choose_socket_dir(root: &Path, account: &Account) -> Result<PathBuf, ClusterError> {
    let short_name = short_name(root);
    let inside = root.join("run");
    let candidates =
        [inside.clone(), Path::new("/run").join(&short_name), env::temp_dir().join(&short_name)];
    let mut refusal = None;
    for directory in candidates {
        if socket_in(&directory).as_os_str().len() > LONGEST_SOCKET_PATH {
            continue;
        }
        // Anybody may create names in the temporary directory, so what is there already is used
        // only if it is the account's, and is closed to others.
        let prepared = create_private(&directory, account)
            .and_then(|()| require_owned(&directory, account))
            .and_then(|()| require_searchable(&directory, account))
            .and_then(|()| close_to_others(&directory));
        match prepared {
            Ok(()) => return Ok(directory),
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    Err(refusal.unwrap_or_else(|| {
        let too_long = io::Error::new(
            io::ErrorKind::InvalidFilename,
            "the path is too long for a Unix socket; choose a shorter one with --data-dir",
        );
        ClusterError::io("create a socket in", &inside)(too_long)
    }))
}

fn close_to_others(directory: &Path) -> Result<(), ClusterError> {
    fs::set_permissions(directory, fs::Permissions::from_mode(0o700))
        .map_err(ClusterError::io("restrict", directory))
}

/// The same for every process that names the same data directory.
fn short_name(root: &Path) -> String {
    format!("cascadian-{:016x}", xxhash_rust::xxh3::xxh3_64(root.as_os_str().as_bytes()))
}
