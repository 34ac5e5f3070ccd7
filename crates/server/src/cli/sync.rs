//! `sync`: fetches the catalogue once, or watches the process that is doing it.

use std::process::ExitCode;

use anyhow::Context;
use chrono::Utc;
use ingest::CatalogueSync;
use store::lock::{IngestLock, Work};
use store::notify::{Listener, Notice};
use store::sync_logs::{self, PROGRESS_CHANNEL, SyncKind, SyncLog, SyncState, SyncTrigger};
use store::{Database, StoreError, migrate};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::open_database;
use super::progress::Progress;
use super::serve::{gamma_client, stop_on_signal};
use crate::config::Config;

/// Runs `sync`.
pub(super) async fn sync(config: &Config) -> anyhow::Result<ExitCode> {
    let stop = stop_on_signal()?;
    let database = open_database(config).await?;
    migrate::run(&database).await.context("cannot bring the database up to date")?;
    // Followed from before the request, so that no progress is missed.
    let mut notices = Listener::connect(&database, &[PROGRESS_CHANNEL]).await?;
    let ended = match IngestLock::try_acquire(&database, Work::Catalogue).await? {
        Some(lock) => run_here(config, &database, lock, &mut notices, &stop).await?,
        None => run_elsewhere(config, &database, &mut notices, &stop).await?,
    };
    // Its connection goes before the database does.
    drop(notices);
    let result = super::print(&serde_json::to_string_pretty(&ended)?)?;
    database.close().await;
    let failed = ended.status == SyncState::Failed;
    Ok(if failed { ExitCode::FAILURE } else { result })
}

/// Nobody ingests: this process does.
async fn run_here(
    config: &Config,
    database: &Database,
    lock: IngestLock,
    notices: &mut Listener,
    stop: &CancellationToken,
) -> anyhow::Result<SyncLog> {
    sync_logs::fail_interrupted(database.service(), Utc::now()).await?;
    let scope = config.ingest.closed.to_string();
    let asked =
        sync_logs::request(database.service(), SyncKind::Full, SyncTrigger::Cli, Some(&scope))
            .await?;
    let sync = CatalogueSync::new(
        gamma_client(config)?,
        database.clone(),
        config.ingest.clone(),
        lock,
        stop.clone(),
    );
    let progress = Progress::new();
    let mut running = std::pin::pin!(sync.run(&asked.sync));
    let ended = loop {
        tokio::select! {
            ended = &mut running => break ended,
            notice = notices.next() => show(&progress, asked.sync.sync_id, &notice),
        }
    };
    progress.clear();
    ended.context("the sync could not be finished")
}

/// Another process holds the lock: the request goes to it, and its progress is shown.
async fn run_elsewhere(
    config: &Config,
    database: &Database,
    notices: &mut Listener,
    stop: &CancellationToken,
) -> anyhow::Result<SyncLog> {
    let scope = config.ingest.closed.to_string();
    let asked =
        sync_logs::request(database.service(), SyncKind::Full, SyncTrigger::Cli, Some(&scope))
            .await?;
    let sync_id = asked.sync.sync_id;
    let verb = if asked.already_active { "is already running" } else { "runs" };
    super::say(&format!("sync {sync_id} {verb} in another process"));
    let progress = Progress::new();
    let ended = tokio::select! {
        ended = until_finished(database, notices, sync_id, &progress) => ended?,
        () = stop.cancelled() => anyhow::bail!("stopped watching; the sync goes on"),
    };
    progress.clear();
    Ok(ended)
}

async fn until_finished(
    database: &Database,
    notices: &mut Listener,
    sync_id: Uuid,
    progress: &Progress,
) -> Result<SyncLog, StoreError> {
    loop {
        let log = sync_logs::get(database.service(), sync_id).await?;
        progress.show(&log);
        if log.finished_at.is_some() {
            return Ok(log);
        }
        notices.next().await;
    }
}

fn show(progress: &Progress, sync_id: Uuid, notice: &Notice) {
    let Notice::Message { payload, .. } = notice else { return };
    let log: Option<SyncLog> = serde_json::from_str(payload).ok();
    if let Some(log) = log.filter(|log| log.sync_id == sync_id) {
        progress.show(&log);
    }
}
