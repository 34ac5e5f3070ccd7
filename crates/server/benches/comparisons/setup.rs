//! A database, a Polymarket to fill it from, and the sync between them.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, ensure};
use ingest::{CatalogueSync, ClosedScope, IngestOptions};
use lab::Lab;
use polymarket::gamma::GammaClient;
use polymarket::{Endpoints, Limits, Upstream, UpstreamOptions};
use sqlx::Executor;
use store::lock::{IngestLock, Work};
use store::sync_logs::{self, SyncKind, SyncLog, SyncState, SyncTrigger};
use store::{Cluster, Database, DatabaseSource, migrate};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// The migrated database of a cluster.
pub(crate) async fn database(cluster: Cluster) -> anyhow::Result<Database> {
    let database = Database::open(DatabaseSource::Private(cluster)).await?;
    migrate::run(&database).await?;
    Ok(database)
}

/// Empties every table that syncs fill, and leaves nothing for a later checkpoint to write.
pub(crate) async fn empty(database: &Database) -> anyhow::Result<()> {
    let mut owner = database.owner().await?;
    owner
        .execute(
            "TRUNCATE events, markets, market_analytics, event_history, market_history, market_absences,
                      quarantine, sync_logs, catalogue_origin",
        )
        .await?;
    owner.execute("CHECKPOINT").await?;
    Ok(())
}

/// A lab on loopback. It stops with this value.
pub(crate) struct Served {
    client: GammaClient,
    _stop: DropGuard,
}

impl Served {
    pub(crate) async fn start(lab: Lab) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let base = format!("http://{}", listener.local_addr()?);
        let stop = CancellationToken::new();
        tokio::spawn(lab::serve(listener, lab, stop.clone()));
        let endpoints = Endpoints::new(
            &format!("{base}/gamma"),
            &base,
            &base,
            "ws://127.0.0.1:1",
            "ws://127.0.0.1:1",
        )?;
        let options = UpstreamOptions { use_system_proxy: false, ..UpstreamOptions::default() };
        let upstream = Upstream::new(endpoints, options, Arc::new(Limits::unlimited()))?;
        Ok(Self { client: GammaClient::new(Arc::new(upstream)), _stop: stop.drop_guard() })
    }

    /// One full sync into a database, which must succeed.
    pub(crate) async fn sync_into(&self, database: &Database) -> anyhow::Result<SyncLog> {
        let lock = IngestLock::try_acquire(database, Work::Catalogue)
            .await?
            .context("the ingest lock is taken")?;
        let options = IngestOptions { closed: ClosedScope::All, ..IngestOptions::default() };
        let cancel = CancellationToken::new();
        let sync = CatalogueSync::new(self.client.clone(), database.clone(), options, lock, cancel);
        let asked =
            sync_logs::request(database.service(), SyncKind::Full, SyncTrigger::Manual, None)
                .await?;
        let log = sync.run(&asked.sync).await?;
        sync.release().await;
        ensure!(log.status == SyncState::Success, "the sync ended badly: {:?}", log.error);
        Ok(log)
    }
}

/// A directory of recorded responses; `None`, with a word about it, where it is absent.
pub(crate) fn recorded(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("CASCADIAN_RECORDED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let dir = root.join(name);
    if dir.is_dir() {
        return Some(dir);
    }
    eprintln!("SKIPPED: there are no recorded responses at {}", dir.display());
    None
}
