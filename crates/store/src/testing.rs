//! Databases for tests. Nothing has to be running: the first test that asks starts a cluster for
//! its process, which ends with it.

use std::env;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, Executor};
use tokio::sync::OnceCell;

use crate::cluster::lock::DataLock;
use crate::cluster::{Cluster, ClusterOptions};
use crate::connect::{Database, DatabaseSource, PRIVATE_DATABASE};
use crate::error::StoreError;
use crate::migrate;

/// The directory of this process, and the lock that says it is in use.
static DIRECTORY: OnceLock<(PathBuf, DataLock)> = OnceLock::new();

/// The server, started by the first test that needs it. It ends with this process.
static CLUSTER: OnceLock<Cluster> = OnceLock::new();

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
        // Copying files instead of logging every page is three times as fast here.
        let copy = format!("CREATE DATABASE {name} TEMPLATE {PRIVATE_DATABASE} STRATEGY FILE_COPY");
        execute_on_server(copy).await.expect("cannot copy the template");
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
    let start = || {
        let options = ClusterOptions { data_dir: fresh_data_dir(), durable: false };
        Cluster::start(&options).expect("cannot start PostgreSQL for tests")
    };
    CLUSTER.get_or_init(start).clone()
}

/// A fresh path for a data directory, under a directory that the server's account may enter
/// (unlike what `tempfile` makes for root). It does not exist yet; what becomes of it is removed
/// by a later test process at the latest.
///
/// # Panics
///
/// When the directory above it cannot be made.
pub fn fresh_data_dir() -> PathBuf {
    let claim = || claim_directory().expect("cannot make a directory for tests");
    let (parent, _) = DIRECTORY.get_or_init(claim);
    parent.join(format!("data-{}", unique_number()))
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

/// Makes a directory for this process and removes those of processes that are gone.
fn claim_directory() -> io::Result<(PathBuf, DataLock)> {
    let base = base_directory()?;
    // Between creating a directory and locking it, another process could take it for a leftover:
    // so both happen under one lock for all.
    let _turn = wait_for_lock(&base.join("turn.lock"))?;
    for entry in fs::read_dir(&base)?.flatten().filter(|entry| entry.path().is_dir()) {
        remove_if_abandoned(&entry.path());
    }
    let own = base.join(format!("process-{}", std::process::id()));
    DirBuilder::new().mode(0o755).create(&own)?;
    let in_use = DataLock::try_take(&own.join("in-use.lock"))
        .map_err(io::Error::other)?
        .ok_or(io::ErrorKind::WouldBlock)?;
    Ok((own, in_use))
}

/// One directory per user, which others may pass through but not write.
fn base_directory() -> io::Result<PathBuf> {
    let uid = rustix::process::geteuid().as_raw();
    let base = env::temp_dir().join(format!("cascadian-tests-{uid}"));
    match DirBuilder::new().mode(0o755).create(&base) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    // Anybody may create names in the temporary directory.
    let metadata = fs::symlink_metadata(&base)?;
    if !metadata.is_dir() || metadata.uid() != uid {
        let message = format!("{} belongs to somebody else", base.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
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
    if matches!(DataLock::try_take(&directory.join("in-use.lock")), Ok(Some(_))) {
        let _ = fs::remove_dir_all(directory);
    }
}
