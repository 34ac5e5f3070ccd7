//! Finding `PostgreSQL` on this machine.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::account::Account;
use super::error::ClusterError;

/// Oldest major version that is supported.
pub(super) const OLDEST_MAJOR: u32 = 15;

/// Names the directory of programs, before any search.
const BIN_DIR_VARIABLE: &str = "CASCADIAN_PG_BINDIR";

/// Where packages put their programs when they are not on the path: patterns whose `*` stands for
/// one directory name (a version).
const WELL_KNOWN: [&str; 7] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/lib64/pgsql/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/// The programs of one installed version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Installation {
    pub(super) bin_dir: PathBuf,
    pub(super) major: u32,
}

impl Installation {
    /// Chooses the installation for a data directory: the version that wrote it if there is one
    /// already, else the first on the path, else the newest.
    pub(super) fn locate(account: &Account, existing: Existing<'_>) -> Result<Self, ClusterError> {
        let searched = match env::var_os(BIN_DIR_VARIABLE) {
            Some(directory) => vec![PathBuf::from(directory)],
            None => candidates(),
        };
        let mut found: Vec<Self> = Vec::new();
        let mut failure = None;
        for directory in searched.iter().filter_map(|directory| complete(directory)) {
            if found.iter().any(|known| known.bin_dir == directory) {
                continue;
            }
            match major_version(&directory, account) {
                Ok(major) => found.push(Self { bin_dir: directory, major }),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        match (found.is_empty(), failure) {
            (true, Some(failure)) => Err(failure),
            (true, None) => Err(ClusterError::NotInstalled { searched }),
            (false, _) => choose(&found, existing),
        }
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.bin_dir.join(name)
    }
}

/// What the data directory already holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Existing<'a> {
    pub(super) data_dir: &'a Path,
    /// Major version that wrote it; `None` before the first start.
    pub(super) major: Option<u32>,
}

/// Picks from `found`, which is not empty.
fn choose(found: &[Installation], existing: Existing<'_>) -> Result<Installation, ClusterError> {
    if let Some(data) = existing.major {
        return found.iter().find(|candidate| candidate.major == data).cloned().ok_or_else(|| {
            ClusterError::VersionMismatch {
                data_dir: existing.data_dir.to_path_buf(),
                data,
                installed: found.iter().map(|candidate| candidate.major).collect(),
            }
        });
    }
    found.iter().find(|candidate| candidate.major >= OLDEST_MAJOR).cloned().ok_or_else(|| {
        ClusterError::TooOld { installed: found.iter().map(|candidate| candidate.major).collect() }
    })
}

/// Directories to look in: the path, what `pg_config` says, then the well-known places.
fn candidates() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(pg_config_bin_dir())
        .chain(WELL_KNOWN.iter().flat_map(|pattern| expand(pattern)))
        .collect()
}

fn pg_config_bin_dir() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| PathBuf::from(text.trim()))
}

/// The real directory of `initdb`, behind links such as `/usr/local/bin/initdb`, if `postgres` is
/// there too: `initdb` runs its neighbour.
fn complete(directory: &Path) -> Option<PathBuf> {
    let initdb = fs::canonicalize(directory.join("initdb")).ok()?;
    let home = initdb.parent()?;
    home.join("postgres").is_file().then(|| home.to_path_buf())
}

/// Expands the one `*` of a pattern, newest version first.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let Ok(entries) = fs::read_dir(Path::new(parent).join("")) else {
        return Vec::new();
    };
    let mut by_version = BTreeMap::new();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(prefix)) else {
            continue;
        };
        let version: Option<u32> = leading_number(rest.trim_start_matches('@'));
        let directory = entry.path().join(after.trim_start_matches('/'));
        by_version.insert((version, name), directory);
    }
    by_version.into_values().rev().collect()
}

fn major_version(bin_dir: &Path, account: &Account) -> Result<u32, ClusterError> {
    let program = bin_dir.join("postgres");
    let mut command = Command::new(&program);
    command.arg("--version").env_clear().current_dir("/");
    account.apply(&mut command);
    let failed = |reason: String| ClusterError::ProgramFailed { program: program.clone(), reason };
    let output = command.output().map_err(|error| failed(error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    parse_version(&text)
        .ok_or_else(|| failed(format!("{text}{}", String::from_utf8_lossy(&output.stderr))))
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian …)`, also of development versions (`19devel`).
fn parse_version(text: &str) -> Option<u32> {
    leading_number(text.split_once("(PostgreSQL) ")?.1)
}

/// The major version that wrote a cluster directory; `None` where there is no cluster.
pub(super) fn written_by(cluster: &Path) -> Result<Option<u32>, ClusterError> {
    let path = cluster.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(leading_number(&text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ClusterError::io("read", &path)(source)),
    }
}

fn leading_number(text: &str) -> Option<u32> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..digits)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installation(bin_dir: &str, major: u32) -> Installation {
        Installation { bin_dir: PathBuf::from(bin_dir), major }
    }

    #[test]
    fn versions_are_read_from_what_the_program_prints() {
        assert_eq!(parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0)\n"), Some(15));
        assert_eq!(parse_version("postgres (PostgreSQL) 19devel\n"), Some(19));
        assert_eq!(parse_version("something else"), None);
    }

    #[test]
    fn the_version_that_wrote_the_data_is_preferred_to_the_first_found() {
        let found = vec![installation("/a", 17), installation("/b", 15)];
        let path = Path::new("/data");
        let pick = |major| choose(&found, Existing { data_dir: path, major });
        assert_eq!(pick(None).unwrap().major, 17);
        assert_eq!(pick(Some(15)).unwrap().major, 15);
        let error = pick(Some(16)).unwrap_err().to_string();
        assert!(error.contains("PostgreSQL 16") && error.contains("--data-dir"), "{error}");
    }

    #[test]
    fn an_old_installation_is_refused() {
        let existing = Existing { data_dir: Path::new("/data"), major: None };
        let error = choose(&[installation("/old", 14)], existing).unwrap_err().to_string();
        assert!(error.contains("14") && error.contains("15 or newer"), "{error}");
    }
}
