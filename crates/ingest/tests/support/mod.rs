//! A lab, a database and a sync between them.

#![expect(dead_code, reason = "each test binary uses a part of this module")]

pub(crate) mod books;
pub(crate) mod doctored;
pub(crate) mod exchange;
pub(crate) mod identities;
pub(crate) mod jobs;
pub(crate) mod looks;
pub(crate) mod planted;
pub(crate) mod record;
pub(crate) mod truth;
pub(crate) mod wallets;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ingest::{CatalogueSync, ClosedScope, IngestOptions};
use lab::Lab;
use polymarket::gamma::GammaClient;
use polymarket::{Endpoints, Limits, Upstream, UpstreamOptions};
use store::lock::{IngestLock, Work};
use store::sync_logs::{self, SyncKind, SyncLog, SyncTrigger};
use store::testing::TestDatabase;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A lab that is served, and a database that is synced from it.
pub(crate) struct Bench {
    pub(crate) lab: Lab,
    pub(crate) database: TestDatabase,
    pub(crate) client: GammaClient,
    _stop: DropGuard,
}

impl Bench {
    pub(crate) async fn new(lab: Lab) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(lab::serve(listener, lab.clone(), stop.clone()));
        Self {
            lab,
            database: TestDatabase::create().await,
            client: client(&format!("http://{address}")),
            _stop: stop.drop_guard(),
        }
    }

    /// Asks for a sync as an ingester would find it, and runs it.
    pub(crate) async fn sync(&self, kind: SyncKind, scope: ClosedScope) -> SyncLog {
        sync(&self.database, self.client.clone(), kind, scope).await
    }

    /// One number out of the database.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.database.service()).await.unwrap()
    }
}

/// Asks for a sync of the catalogue as an ingester would find it, and runs it.
pub(crate) async fn sync(
    database: &TestDatabase,
    client: GammaClient,
    kind: SyncKind,
    scope: ClosedScope,
) -> SyncLog {
    let lock = IngestLock::try_acquire(database, Work::Catalogue).await.unwrap();
    let options = IngestOptions {
        closed: scope,
        hot_volume: 50_000,
        hot_liquidity: 20_000,
        ..IngestOptions::default()
    };
    let cancel = CancellationToken::new();
    let lock = lock.expect("the lock is free");
    let sync = CatalogueSync::new(client, database.database().clone(), options, lock, cancel);
    let asked = sync_logs::request(database.service(), kind, SyncTrigger::Manual, None);
    let ended = sync.run(&asked.await.unwrap().sync).await.unwrap();
    sync.release().await;
    ended
}

/// A client without limits, which gives up soon.
pub(crate) fn client(base: &str) -> GammaClient {
    let gamma = format!("{base}/gamma");
    let endpoints =
        Endpoints::new(&gamma, base, base, "ws://127.0.0.1:1", "ws://127.0.0.1:1").unwrap();
    GammaClient::new(upstream(endpoints))
}

/// Requests without limits, given up soon.
pub(crate) fn upstream(endpoints: Endpoints) -> Arc<Upstream> {
    let options = UpstreamOptions {
        deadline: Duration::from_secs(20),
        max_attempts: 3,
        backoff_base: Duration::from_millis(1),
        backoff_cap: Duration::from_millis(5),
        retry_after_cap: Duration::from_millis(20),
        block_cool_down: Duration::from_millis(20),
        use_system_proxy: false,
        ..UpstreamOptions::default()
    };
    Arc::new(Upstream::new(endpoints, options, Arc::new(Limits::unlimited())).unwrap())
}

/// The directory of recorded responses, or `None` with a word that the test is skipped.
pub(crate) fn recorded(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("CASCADIAN_RECORDED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let dir = root.join(name);
    if dir.is_dir() {
        return Some(dir);
    }
    skipped(&dir);
    None
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn skipped(dir: &std::path::Path) {
    println!("SKIPPED: there are no recorded responses at {}", dir.display());
}
