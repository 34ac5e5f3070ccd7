//! The private cluster: starts, stops, survives kills, and is shared.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use store::cluster::ClusterError;
use store::notify::{Listener, Notice, notify};
use store::testing::{eventually, fresh_data_dir};
use store::{Cluster, ClusterOptions, Database, DatabaseSource, StoreError, migrate};

/// Names the data directory to the process that [`holder`] runs in.
const HOLD: &str = "CASCADIAN_TEST_HOLD";

fn options(data_dir: &Path) -> ClusterOptions {
    ClusterOptions { data_dir: data_dir.to_owned(), durable: false }
}

/// A data directory that is removed with its value.
struct DataDir(PathBuf);

impl DataDir {
    fn new() -> Self {
        Self(fresh_data_dir())
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Not a test of its own: what the tests below run in a process that they can kill.
#[test]
#[ignore = "run by other tests in a process of its own"]
fn holder() {
    let Some(data_dir) = std::env::var_os(HOLD) else { return };
    let cluster = Cluster::start(&options(Path::new(&data_dir))).unwrap();
    println!("{}", if cluster.is_owner() { "owner" } else { "attached" });
    // Until the other side closes the pipe, or kills.
    let _ = std::io::stdin().read_line(&mut String::new());
}

struct Holder(Child);

impl Holder {
    fn spawn(data_dir: &Path) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "holder", "--ignored", "--nocapture"])
            .env(HOLD, data_dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// Waits until it has the cluster, and says as what.
    fn ready(&mut self) -> String {
        let stdout = self.0.stdout.as_mut().unwrap();
        BufReader::new(stdout)
            .lines()
            .map_while(Result::ok)
            .find(|line| line.contains("owner") || line.contains("attached"))
            .map(|line| line.rsplit(' ').next().unwrap_or_default().to_owned())
            .expect("the holder ended before it had the cluster")
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    fn end(mut self) {
        drop(self.0.stdin.take());
        self.0.wait().unwrap();
    }
}

fn postmaster(data_dir: &Path) -> Pid {
    let text = fs::read_to_string(data_dir.join("postgres/postmaster.pid")).unwrap();
    Pid::from_raw(text.lines().next().unwrap().parse().unwrap()).unwrap()
}

fn kill(pid: Pid) {
    kill_process(pid, Signal::KILL).unwrap();
}

/// A process that is gone, or dead and not yet reaped.
fn is_dead(pid: Pid) -> bool {
    match fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())) {
        Ok(stat) => stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('Z')),
        Err(_) => true,
    }
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "did not happen in time: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

async fn open(cluster: &Cluster) -> Database {
    Database::open(DatabaseSource::Private(cluster.clone())).await.unwrap()
}

async fn answers(database: &Database) -> bool {
    sqlx::query("SELECT 1").execute(database.service()).await.is_ok()
}

#[tokio::test]
async fn a_cluster_starts_from_nothing_and_stops_cleanly() {
    let data = DataDir::new();
    let before = Instant::now();
    // Durable, as users run it.
    let cluster = Cluster::start(&ClusterOptions::new(&data.0)).unwrap();
    println!("first start: {:?}", before.elapsed());
    assert!(cluster.is_owner());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data.0), 0o700);
    assert_eq!(mode(cluster.socket_dir()), 0o700);

    let database = open(&cluster).await;
    let mut owner = database.owner().await.unwrap();
    for (setting, expected) in [
        ("fsync", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("timezone", "UTC"),
        ("server_encoding", "UTF8"),
        ("lc_collate", "C"),
    ] {
        let value: String = sqlx::query_scalar("SELECT current_setting($1)")
            .bind(setting)
            .fetch_one(&mut owner)
            .await
            .unwrap();
        assert_eq!(value, expected, "{setting}");
    }
    drop(owner);

    let pid = postmaster(&data.0);
    cluster.stop();
    assert!(is_dead(pid));
    assert!(!data.0.join("postgres/postmaster.pid").exists());
    let before = Instant::now();
    let again = Cluster::start(&ClusterOptions::new(&data.0)).unwrap();
    println!("second start: {:?}", before.elapsed());
    assert!(again.is_owner());
}

#[test]
fn the_server_listens_on_no_tcp_port() {
    let data = DataDir::new();
    let _cluster = Cluster::start(&options(&data.0)).unwrap();
    let descriptors = format!("/proc/{}/fd", postmaster(&data.0).as_raw_nonzero());
    let sockets: Vec<String> = fs::read_dir(descriptors)
        .unwrap()
        .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
        .filter_map(|link| {
            let name = link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned();
            Some(name)
        })
        .collect();
    assert!(!sockets.is_empty(), "it has at least its Unix socket");
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let table = fs::read_to_string(table).unwrap_or_default();
        for line in table.lines() {
            let inode = line.split_whitespace().nth(9).unwrap_or_default();
            assert!(!sockets.iter().any(|socket| socket == inode), "TCP socket: {line}");
        }
    }
}

#[test]
fn the_server_outlives_the_thread_that_asked_for_it() {
    let data = DataDir::new();
    let chosen = options(&data.0);
    let cluster = thread::spawn(move || Cluster::start(&chosen).unwrap()).join().unwrap();
    let pid = postmaster(&data.0);
    // A signal for the end of that thread would arrive at once.
    thread::sleep(Duration::from_millis(200));
    assert!(!is_dead(pid));
    drop(cluster);
    assert!(is_dead(pid));
}

#[tokio::test]
async fn pools_and_listeners_recover_when_the_server_is_killed() {
    let data = DataDir::new();
    let cluster = Cluster::start(&options(&data.0)).unwrap();
    let database = open(&cluster).await;
    migrate::run(&database).await.unwrap();
    let mut listener = Listener::connect(&database, &["markets_changed"]).await.unwrap();
    notify(database.service(), "markets_changed", "1").await.unwrap();
    let message = |payload: &str| Notice::Message {
        channel: "markets_changed".to_owned(),
        payload: payload.to_owned(),
    };
    assert_eq!(listener.next().await, message("1"));

    let killed = postmaster(&data.0);
    kill(killed);
    assert_eq!(listener.next().await, Notice::Reconnected);
    assert_ne!(postmaster(&data.0), killed, "the supervisor started another");
    eventually("the pool answers", || answers(&database)).await;
    notify(database.service(), "markets_changed", "2").await.unwrap();
    assert_eq!(listener.next().await, message("2"));
}

#[tokio::test]
async fn a_killed_server_and_owner_leave_nothing_that_hinders_the_next_start() {
    let data = DataDir::new();
    let mut holder = Holder::spawn(&data.0);
    assert_eq!(holder.ready(), "owner");
    let pid = postmaster(&data.0);
    kill_process(Pid::from_child(&holder.0), Signal::STOP).unwrap();
    kill(pid);
    holder.kill();
    assert!(data.0.join("postgres/postmaster.pid").exists(), "the pid file is stale");
    let cluster = Cluster::start(&options(&data.0)).unwrap();
    assert!(open(&cluster).await.owner().await.is_ok());
}

#[test]
fn a_pid_file_that_names_a_living_stranger_does_not_hinder_the_start() {
    let data = DataDir::new();
    drop(Cluster::start(&options(&data.0)).unwrap());
    // A process of the very account that runs the server, which the server's own check takes for
    // a running server.
    let mut stranger = Command::new("sleep");
    stranger.arg("60");
    let owner = fs::metadata(data.0.join("postgres")).unwrap();
    if rustix::process::geteuid().is_root() {
        std::os::unix::process::CommandExt::uid(&mut stranger, owner.uid());
    }
    let mut stranger = stranger.spawn().unwrap();
    let pid_file = data.0.join("postgres/postmaster.pid");
    fs::write(&pid_file, format!("{}\n{}\n", stranger.id(), data.0.display())).unwrap();
    let started = Cluster::start(&options(&data.0));
    let untouched = stranger.try_wait().unwrap().is_none();
    stranger.kill().unwrap();
    stranger.wait().unwrap();
    assert!(started.unwrap().is_owner());
    assert!(untouched, "the stranger was left alone");
}

#[test]
fn the_server_dies_with_a_killed_parent() {
    let data = DataDir::new();
    let mut holder = Holder::spawn(&data.0);
    assert_eq!(holder.ready(), "owner");
    let pid = postmaster(&data.0);
    let before = Instant::now();
    holder.kill();
    wait_until("the server ends", || is_dead(pid));
    println!("gone {:?} after its parent", before.elapsed());
    assert!(!data.0.join("postgres/postmaster.pid").exists(), "it shut down cleanly");
}

#[tokio::test]
async fn a_second_process_attaches_and_does_not_stop_the_server() {
    let data = DataDir::new();
    let cluster = Cluster::start(&options(&data.0)).unwrap();
    let mut holder = Holder::spawn(&data.0);
    assert_eq!(holder.ready(), "attached");
    let pid = postmaster(&data.0);
    holder.end();
    assert!(!is_dead(pid));
    assert!(open(&cluster).await.owner().await.is_ok());
}

#[tokio::test]
async fn when_the_owner_dies_an_attached_process_is_told_that_the_database_is_unavailable() {
    let data = DataDir::new();
    let mut holder = Holder::spawn(&data.0);
    assert_eq!(holder.ready(), "owner");
    let cluster = Cluster::start(&options(&data.0)).unwrap();
    assert!(!cluster.is_owner());
    let database = open(&cluster).await;
    migrate::run(&database).await.unwrap();
    assert!(answers(&database).await);
    let pid = postmaster(&data.0);
    holder.kill();
    wait_until("the server ends", || is_dead(pid));
    let error = sqlx::query("SELECT 1").execute(database.service()).await.unwrap_err();
    let error = StoreError::from(error);
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");

    // Whoever comes next becomes the owner, and the attached process's pools work again.
    let next = Cluster::start(&options(&data.0)).unwrap();
    assert!(next.is_owner());
    eventually("the pool answers", || answers(&database)).await;
}

#[test]
fn a_kill_while_the_cluster_is_created_leaves_nothing_half_done() {
    let data = DataDir::new();
    let holder = Holder::spawn(&data.0);
    wait_until("initdb has begun", || {
        half_made(&data.0).is_some_and(|staging| staging.join("PG_VERSION").exists())
    });
    holder.kill();
    assert!(!data.0.join("postgres").exists(), "nothing half-made under the real name");
    let cluster = Cluster::start(&options(&data.0)).unwrap();
    assert!(cluster.is_owner());
}

fn half_made(data_dir: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(data_dir).ok()?;
    entries.flatten().map(|entry| entry.path()).find(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("postgres.new-"))
    })
}

#[test]
fn what_an_earlier_kill_left_half_made_is_removed() {
    let data = DataDir::new();
    drop(Cluster::start(&options(&data.0)).unwrap());
    fs::rename(data.0.join("postgres"), data.0.join("postgres.new-1-1")).unwrap();
    let _cluster = Cluster::start(&options(&data.0)).unwrap();
    assert_eq!(half_made(&data.0), None);
}

#[tokio::test]
async fn a_data_directory_too_deep_for_a_socket_uses_a_short_place() {
    let data = DataDir::new();
    let deep = data.0.join("d".repeat(60)).join("e".repeat(60));
    // The parents are open to all, as an administrator's would be.
    fs::create_dir_all(deep.parent().unwrap()).unwrap();
    let cluster = Cluster::start(&options(&deep)).unwrap();
    assert!(!cluster.socket_dir().starts_with(&data.0));
    assert!(open(&cluster).await.owner().await.is_ok());
    let socket_dir = cluster.socket_dir().to_owned();
    drop(cluster);
    fs::remove_dir_all(socket_dir).unwrap();
}

#[test]
fn a_directory_that_the_servers_account_may_not_enter_is_named() {
    if !rustix::process::geteuid().is_root() {
        println!("SKIPPED: only root runs the server under another account");
        return;
    }
    let data = DataDir::new();
    fs::create_dir(&data.0).unwrap();
    fs::set_permissions(&data.0, fs::Permissions::from_mode(0o700)).unwrap();
    let error = Cluster::start(&options(&data.0.join("inside"))).unwrap_err();
    match &error {
        ClusterError::NotSearchable { ancestor, .. } => {
            assert_eq!(*ancestor, fs::canonicalize(&data.0).unwrap());
        }
        other => panic!("{other}"),
    }
    assert!(error.to_string().contains("--data-dir"), "{error}");
}

#[test]
fn data_of_a_version_that_is_not_installed_is_refused() {
    let data = DataDir::new();
    drop(Cluster::start(&options(&data.0)).unwrap());
    fs::write(data.0.join("postgres/PG_VERSION"), "14\n").unwrap();
    let error = Cluster::start(&options(&data.0)).unwrap_err();
    assert!(matches!(error, ClusterError::VersionMismatch { data: 14, .. }), "{error}");
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let data = DataDir::new();
    drop(Cluster::start(&options(&data.0)).unwrap());
    let conf = data.0.join("postgres/postgresql.conf");
    let text = fs::read_to_string(&conf).unwrap() + "\nno_such_setting = 1\n";
    fs::write(&conf, text).unwrap();
    let error = Cluster::start(&options(&data.0)).unwrap_err();
    assert!(matches!(error, ClusterError::Exited { .. }), "{error}");
    assert!(error.to_string().contains("no_such_setting"), "{error}");
}
