//! Databases for tests. Nothing has to be running: the first test that asks starts a cluster for
//! its process, which ends with it.

use std::env;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, Executor};
use tokio::sync::OnceCell;

use crate::cluster::lock::DataLock;
use crate::cluster::{Cluster, ClusterOptions};
use crate::connect::{Database, DatabaseSource};
use crate::error::StoreError;
use crate::migrate;

/// The migrated database that others are copies of.
const TEMPLATE: &str = "cascadian";

/// The server whose death ends with this process; started by the first test that needs it.
static CLUSTER: OnceLock<(Cluster, DataLock)> = OnceLock::new();

/// Done once per process; if the test that began it is cancelled, the next one takes over.
static MIGRATED: OnceCell<()> = OnceCell::const_new();

/// A migrated database of its own for one test, dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    database: Database,
    name: String,
}

impl TestDatabase {
    /// Creates the database.
    ///
    /// # Panics
    ///
    /// When the database cannot be had: a test can do nothing about it but say so.
    pub async fn create() -> Self {
        let cluster = cluster();
        MIGRATED
            .get_or_init(|| async {
                let source = DatabaseSource::Private(cluster.clone());
                let template = Database::open(source).await.expect("cannot open the template");
                migrate::run(&template).await.expect("cannot migrate the template");
                template.close().await;
            })
            .await;
        let name = unique_name();
        execute_on_server(format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
            .await
            .expect("cannot copy the template");
        let database =
            Database::open_private(cluster, &name).await.expect("cannot open the test's database");
        Self { database, name }
    }

    /// An empty database, for tests of migrations.
    ///
    /// # Panics
    ///
    /// When the database cannot be had.
    pub async fn create_empty() -> Self {
        let cluster = cluster();
        let name = unique_name();
        execute_on_server(format!("CREATE DATABASE {name}"))
            .await
            .expect("cannot create a database");
        let database =
            Database::open_private(cluster, &name).await.expect("cannot open the test's database");
        Self { database, name }
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.database
    }
}

impl std::ops::Deref for TestDatabase {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.database
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // The test's own runtime cannot be waited on from here.
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropped = thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(execute_on_server(statement)).map_err(io::Error::other)
        });
        if !matches!(dropped.join(), Ok(Ok(()))) {
            tracing::warn!(database.name = self.name, "a test's database was not dropped");
        }
    }
}

/// The cluster of this test process, for tests that need more than a database of their own.
///
/// # Panics
///
/// When `PostgreSQL` cannot be started.
pub fn cluster() -> Cluster {
    let (cluster, _) = CLUSTER.get_or_init(|| {
        let (data_dir, in_use) = claim_directory().expect("cannot make a directory for tests");
        let options = ClusterOptions { data_dir, durable: false };
        (Cluster::start(&options).expect("cannot start PostgreSQL for tests"), in_use)
    });
    cluster.clone()
}

/// A fresh path for a data directory, under a directory that the server's account may enter
/// (unlike what `tempfile` makes for root). It does not exist yet.
///
/// # Panics
///
/// When the directory above it cannot be made.
pub fn fresh_data_dir() -> PathBuf {
    let parent = base_directory().expect("cannot make a directory for tests");
    parent.join(format!("data-{}-{}", std::process::id(), unique_number()))
}

/// Polls until the condition holds. For tests, instead of sleeping for a guessed time.
///
/// # Panics
///
/// When it does not hold within 20 s.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut condition: impl FnMut() -> F) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition().await {
        assert!(Instant::now() < deadline, "did not happen in time: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Runs a statement that this module put together from names of its own making.
async fn execute_on_server(statement: String) -> Result<(), StoreError> {
    let mut connection = Database::server_of(&cluster()).await?;
    connection.execute(AssertSqlSafe(statement)).await?;
    Ok(connection.close().await?)
}

fn unique_name() -> String {
    format!("test_{}", unique_number())
}

fn unique_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Makes a data directory for this process and removes those of processes that are gone.
fn claim_directory() -> io::Result<(PathBuf, DataLock)> {
    let base = base_directory()?;
    // Between creating a directory and locking it, another process could take it for a leftover:
    // so both happen under one lock for all.
    let _turn = wait_for_lock(&base.join("turn.lock"))?;
    for entry in fs::read_dir(&base)?.flatten() {
        remove_if_abandoned(&entry.path());
    }
    let own = base.join(format!("process-{}", std::process::id()));
    DirBuilder::new().mode(0o755).create(&own)?;
    let in_use = DataLock::try_take(&own.join("in-use.lock"))
        .map_err(io::Error::other)?
        .ok_or(io::ErrorKind::WouldBlock)?;
    Ok((own.join("data"), in_use))
}

/// One directory per user, which others may pass through but not write.
fn base_directory() -> io::Result<PathBuf> {
    let uid = rustix::process::geteuid().as_raw();
    let base = env::temp_dir().join(format!("cascadian-tests-{uid}"));
    match DirBuilder::new().mode(0o755).create(&base) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    fs::set_permissions(&base, fs::Permissions::from_mode(0o755))?;
    Ok(base)
}

fn wait_for_lock(path: &Path) -> io::Result<DataLock> {
    loop {
        if let Some(lock) = DataLock::try_take(path).map_err(io::Error::other)? {
            return Ok(lock);
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// Leaves a directory alone whose process lives. What cannot be removed now is tried again by
/// the next process.
fn remove_if_abandoned(directory: &Path) {
    let lock = directory.join("in-use.lock");
    if lock.exists() && matches!(DataLock::try_take(&lock), Ok(Some(_))) {
        let _ = fs::remove_dir_all(directory);
    }
}
