//! What the server reads at each start: settings and who may connect.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::account::Account;
use super::error::ClusterError;
use super::layout::{Layout, give_to};
use super::{Cluster, ClusterOptions};

/// Name of the generated file that `postgresql.conf` includes.
const SETTINGS: &str = "cascadian.conf";

/// For a laptop beside a browser: small buffers, no parallel plans that would need much of
/// `/dev/shm` (64 MB in most containers), statements of users never in the log.
const COMMON: &str = "\
listen_addresses = ''
unix_socket_permissions = 0700
shared_buffers = 128MB
effective_cache_size = 1GB
work_mem = 8MB
maintenance_work_mem = 64MB
max_wal_size = 1GB
wal_compression = on
random_page_cost = 1.1
max_parallel_workers_per_gather = 0
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
logging_collector = off
log_checkpoints = off
log_min_error_statement = panic
log_line_prefix = '%m [%p] %a '
";

/// Data survives a crash of the machine.
const DURABLE: &str = "max_connections = 100\n";

/// For tests only, whose data may be lost; many of them run at once.
const FLEETING: &str = "\
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
";

/// Makes `postgresql.conf` read the generated settings. Done once, when the cluster is created:
/// what an administrator adds below stays.
pub(super) fn include_settings(cluster: &Path) -> Result<(), ClusterError> {
    let path = cluster.join("postgresql.conf");
    let mut file =
        File::options().append(true).open(&path).map_err(ClusterError::io("open", &path))?;
    writeln!(file, "\n# Written at each start; to override a setting, add it below this line.\ninclude '{SETTINGS}'")
        .and_then(|()| file.sync_all())
        .map_err(ClusterError::io("write", &path))
}

/// Writes the generated files, which depend on paths and on who starts the server.
pub(super) fn write_all(
    cluster: &Path,
    layout: &Layout,
    account: &Account,
    options: &ClusterOptions,
) -> Result<(), ClusterError> {
    let durability = if options.durable { DURABLE } else { FLEETING };
    let settings = format!(
        "{COMMON}port = {}\nunix_socket_directories = {}\n{durability}",
        Cluster::PORT,
        directory_list(&layout.socket_dir),
    );
    write_file(&cluster.join(SETTINGS), &settings, account)?;
    // The system says who is at the other end of the socket; nobody needs a password.
    write_file(&cluster.join("pg_hba.conf"), "local all all peer map=own\n", account)?;
    write_file(&cluster.join("pg_ident.conf"), &identities(account), account)
}

/// Lets each admitted account connect as the owner or the application.
fn identities(account: &Account) -> String {
    let mut text = String::new();
    for name in account.admitted() {
        for role in [Cluster::OWNER, Cluster::APP] {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "own {} {role}", quoted(name));
        }
    }
    text
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A path as the one element of a list setting: quoted once as an element, for commas, and once
/// as a string.
fn directory_list(path: &Path) -> String {
    let element = quoted(&path.to_string_lossy());
    format!("'{}'", element.replace('\\', "\\\\").replace('\'', "''"))
}

/// Replaces a file at once, so that a kill leaves either the old or the new text.
fn write_file(path: &Path, text: &str, account: &Account) -> Result<(), ClusterError> {
    let fresh = path.with_extension("new");
    let write = || {
        let mut file =
            File::options().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(ClusterError::io("write", &fresh))?;
    give_to(&fresh, account)?;
    fs::rename(&fresh, path).map_err(ClusterError::io("replace", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_with_quotes_commas_and_backslashes_survive_the_settings_file() {
        assert_eq!(directory_list(Path::new("/a b/c,d")), "'\"/a b/c,d\"'");
        assert_eq!(directory_list(Path::new("/it's")), "'\"/it''s\"'");
        assert_eq!(directory_list(Path::new("/a\"b\\c")), "'\"/a\"\"b\\\\c\"'");
    }

    #[test]
    fn every_admitted_account_is_mapped_to_both_roles_once() {
        let account =
            Account { name: "postgres".to_owned(), uid: 1, gid: 1, caller: "root".to_owned() };
        let text = identities(&account);
        assert_eq!(text.lines().count(), 4);
        assert!(text.contains("own \"postgres\" cascadian_app"));
        assert!(text.contains("own \"root\" cascadian_owner"));
    }
}
