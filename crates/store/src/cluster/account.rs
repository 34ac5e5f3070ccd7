//! The operating system account that runs the server.

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use super::error::ClusterError;

/// Accounts that root drops to, in order of preference.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// Who runs the server, and who is asking.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Name of the account of this process; differs from `name` only for root.
    pub(super) caller: String,
}

impl Account {
    /// This process's own account, or an unprivileged one for root, whom `PostgreSQL` refuses.
    pub(super) fn choose() -> Result<Self, ClusterError> {
        let uid = rustix::process::geteuid();
        if !uid.is_root() {
            // The server looks its own name up and does not start without one; should there be
            // none, its message is the clearest.
            let name = id(&["-un"]).unwrap_or_else(|| uid.as_raw().to_string());
            return Ok(Self {
                caller: name.clone(),
                name,
                uid: uid.as_raw(),
                gid: rustix::process::getegid().as_raw(),
            });
        }
        UNPRIVILEGED
            .into_iter()
            .find_map(|name| {
                let uid = id(&["-u", name])?.parse().ok()?;
                let gid = id(&["-g", name])?.parse().ok()?;
                Some(Self { name: name.to_owned(), uid, gid, caller: "root".to_owned() })
            })
            .ok_or(ClusterError::NoServerAccount)
    }

    /// Makes the command run as this account, with none of root's groups. Does nothing where this
    /// process already is that account.
    pub(super) fn apply(&self, command: &mut Command) {
        if rustix::process::geteuid().is_root() {
            command.uid(self.uid).gid(self.gid);
        }
    }

    /// The accounts that may connect, without repetition.
    pub(super) fn admitted(&self) -> Vec<&str> {
        let mut names = vec!["root", self.name.as_str(), self.caller.as_str()];
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// What `id` says. Unlike reading `/etc/passwd`, this knows directory services, and macOS.
fn id(arguments: &[&str]) -> Option<String> {
    let output = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
