//! Starting programs that shall not outlive this process, and telling whether one still runs.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::Pid;

use super::account::Account;

/// A command that runs as the account with nothing of this process's environment, in a process
/// group of its own so that Ctrl-C reaches this process alone, and that is interrupted when the
/// thread that starts it ends.
pub(super) fn command(program: &Path, account: &Account) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("TZ", "UTC").current_dir("/").stdin(Stdio::null()).process_group(0);
    account.apply(&mut command);
    die_with_this_thread(&mut command);
    command
}

/// Asks the kernel to interrupt the child when the *thread* that starts it ends, which includes
/// any end of this process. `PostgreSQL` then shuts down cleanly and at once.
///
/// So a command must be started from a thread that outlives the child. The child asks after its
/// account has been changed, because changing it clears the request.
#[cfg(target_os = "linux")]
fn die_with_this_thread(command: &mut Command) {
    let parent = rustix::process::getpid();
    let ask = move || {
        rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::INT))?;
        // The parent may have died before the request was made.
        if rustix::process::getppid() == Some(parent) {
            Ok(())
        } else {
            Err(std::io::Error::from_raw_os_error(rustix::io::Errno::SRCH.raw_os_error()))
        }
    };
    #[expect(
        unsafe_code,
        reason = "std offers no other way to run code between fork and exec. The closure makes \
                  two system calls and neither allocates nor locks, as that place demands"
    )]
    unsafe {
        command.pre_exec(ask);
    }
}

/// Other systems have no such request: a server whose parent was killed runs on until the next
/// start finds it by its pid file and stops it.
#[cfg(not(target_os = "linux"))]
fn die_with_this_thread(_command: &mut Command) {}

/// Whether the process is a server of this data directory and alive. A zombie is not: a killed
/// server whose parent is gone too may stay one for ever.
#[cfg(target_os = "linux")]
pub(super) fn is_live_server(pid: Pid, cluster: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;

    let process = Path::new("/proc").join(pid.as_raw_nonzero().to_string());
    // "pid (name) state …", where the name may hold anything, also parentheses.
    let state = std::fs::read_to_string(process.join("stat"))
        .ok()
        .and_then(|stat| stat.rsplit_once(") ")?.1.chars().next());
    let ours = std::fs::read(process.join("cmdline")).is_ok_and(|line| {
        line.split(|byte| *byte == 0).any(|argument| argument == cluster.as_os_str().as_bytes())
    });
    ours && !matches!(state, None | Some('Z' | 'X'))
}

/// Whether the process is a server of this data directory and alive.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_live_server(pid: Pid, cluster: &Path) -> bool {
    let pid = pid.as_raw_nonzero().to_string();
    let output = Command::new("ps").args(["-o", "stat=,command=", "-p", &pid]).output();
    output.is_ok_and(|output| {
        let line = String::from_utf8_lossy(&output.stdout);
        !line.trim_start().starts_with('Z') && line.contains(&*cluster.to_string_lossy())
    })
}
