//! A simulated world as this program reads it: its catalogue, all wallets' histories and a month of its tape, over HTTP,
//! and everything that is made of them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Address;
use ingest::intelligence::evidence::EvidenceJob;
use ingest::intelligence::wash::WashJob;
use ingest::intelligence::{IntelligenceOptions, Job, Sources, clusters, scoring};
use ingest::live::LiveBooks;
use ingest::record::{RecordingOptions, RecordingService};
use ingest::wallets::{WalletClients, WalletOptions, WalletService};
use ingest::{CatalogueSync, ClosedScope, IngestOptions};
use lab::{Enforcement, Lab, World, WorldOptions};
use polymarket::data::DataClient;
use polymarket::gamma::GammaClient;
use polymarket::user_pnl::UserPnlClient;
use polymarket::ws::Clock;
use polymarket::{Endpoints, Limits, Upstream, UpstreamOptions};
use store::lock::{IngestLock, Work};
use store::sync_logs::{self, SyncKind, SyncState, SyncTrigger};
use store::wallets::imports::{self, Priority};
use store::{Cluster, ClusterOptions, Database, DatabaseSource, migrate, tape, wallets};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// The world of the documentation.
const SEED: u64 = 7;
const BEGINS: &str = "2026-11-23T12:00:00Z";
/// How far back its tape is read.
const BACK: TimeDelta = TimeDelta::days(30);
/// How often it is looked how far something is.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Looks after which something that does not end is given up: half an hour.
const LOOKS: usize = 3_600;

/// A world, and a database that holds what was read of it.
pub(super) struct ReadWorld {
    pub(super) database: Database,
    /// Where the lab is.
    pub(super) base: String,
    /// The time that stands still in it.
    pub(super) now: DateTime<Utc>,
    directory: PathBuf,
    stop: CancellationToken,
}

impl ReadWorld {
    /// Makes the world and reads all of it.
    pub(super) async fn make(scale: f64) -> anyhow::Result<Self> {
        let now: DateTime<Utc> = BEGINS.parse()?;
        super::super::say("simulating months of trading …");
        let options = WorldOptions::new(SEED, now).scale(scale);
        let world = tokio::task::spawn_blocking(move || World::generate(&options)).await?;
        let lab = Lab::world(world);
        lab.limits().set(Enforcement::Off).context("limits of the lab")?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let base = format!("http://{}", listener.local_addr()?);
        let stop = CancellationToken::new();
        tokio::spawn(lab::serve(listener, lab, stop.clone()));
        let directory =
            std::env::temp_dir().join(format!("cascadian-audit-{}", uuid::Uuid::now_v7()));
        let cluster = Cluster::start(&ClusterOptions::new(&directory))?;
        let database = Database::open(DatabaseSource::Private(cluster)).await?;
        let read = Self { database, base, now, directory, stop };
        read.read().await?;
        Ok(read)
    }

    /// Stops everything and leaves nothing behind.
    pub(super) async fn end(self) {
        self.stop.cancel();
        self.database.close().await;
        if let Some(cluster) = self.database.cluster() {
            cluster.stop();
        }
        if let Err(error) = std::fs::remove_dir_all(&self.directory) {
            super::super::say(&format!(
                "{} could not be removed: {error}",
                self.directory.display()
            ));
        }
    }

    async fn read(&self) -> anyhow::Result<()> {
        migrate::run(&self.database).await?;
        let limits = Arc::new(Limits::unlimited());
        let endpoints = Endpoints::below(&self.base)?;
        let options = UpstreamOptions { use_system_proxy: false, ..UpstreamOptions::default() };
        let upstream = Arc::new(Upstream::new(endpoints.clone(), options, limits)?);
        self.sync(&upstream).await.context("the catalogue")?;
        super::super::say("reading a month of the tape …");
        self.record(&upstream, endpoints).await.context("the tape")?;
        super::super::say("importing all wallets …");
        self.import(&upstream).await.context("the wallets")?;
        super::super::say("scoring …");
        self.conclude(&upstream).await
    }

    fn clock(&self) -> Clock {
        let now = self.now;
        Clock::new(move || now)
    }

    async fn sync(&self, upstream: &Arc<Upstream>) -> anyhow::Result<()> {
        let lock = IngestLock::try_acquire(&self.database, Work::Catalogue).await?;
        let lock = lock.context("somebody else writes the catalogue")?;
        let pool = self.database.service();
        let asked = sync_logs::request(pool, SyncKind::Full, SyncTrigger::Cli, None).await?;
        let options = IngestOptions { closed: ClosedScope::All, ..IngestOptions::default() };
        let client = GammaClient::new(upstream.clone());
        let sync =
            CatalogueSync::new(client, self.database.clone(), options, lock, self.stop.clone());
        let ended = sync.run(&asked.sync).await?;
        ensure!(ended.status == SyncState::Success, "{:?}", ended.error);
        Ok(())
    }

    async fn record(&self, upstream: &Arc<Upstream>, endpoints: Endpoints) -> anyhow::Result<()> {
        let options = RecordingOptions {
            tape_every: Duration::from_secs(2),
            tape_back: BACK,
            tail_every: None,
            history_markets: 0,
            clock: self.clock(),
            ..RecordingOptions::default()
        };
        let recorder = RecordingService::new(
            self.database.clone(),
            upstream.clone(),
            endpoints,
            LiveBooks::default(),
            options,
            mpsc::channel(1).1,
        );
        let stop = self.stop.child_token();
        let running = tokio::spawn(recorder.run(stop.clone()));
        let wanted = self.now - BACK;
        let mut looks = 0;
        while tape::progress(self.database.service())
            .await?
            .is_none_or(|it| it.complete_from > wanted)
        {
            looks += 1;
            ensure!(looks < LOOKS, "the tape could not be read");
            sleep(LOOK_EVERY).await;
        }
        stop.cancel();
        running.await?;
        Ok(())
    }

    async fn import(&self, upstream: &Arc<Upstream>) -> anyhow::Result<()> {
        let truth = super::truth::wallets_of(&self.base).await?;
        let everybody: Vec<Address> = truth.into_iter().map(|one| one.address).collect();
        let clients = WalletClients {
            data: DataClient::new(upstream.clone()),
            gamma: GammaClient::new(upstream.clone()),
            user_pnl: UserPnlClient::new(upstream.clone()),
        };
        let boards_every = Duration::from_hours(24);
        let options = WalletOptions {
            clock: self.clock(),
            boards_every,
            board_length: 1,
            ..WalletOptions::default()
        };
        imports::want(self.database.service(), &everybody, Priority::Asked, self.now, true).await?;
        let stop = self.stop.child_token();
        let service = WalletService::new(self.database.clone(), clients, options);
        let running = tokio::spawn(service.run(stop.clone()));
        let mut looks = 0;
        loop {
            let held = wallets::get_all(self.database.service(), &everybody).await?;
            let done = held.iter().filter(|wallet| wallet.history.is_some()).count();
            if done == everybody.len() {
                break;
            }
            looks += 1;
            ensure!(looks < LOOKS, "only {done} of {} wallets are imported", everybody.len());
            sleep(LOOK_EVERY).await;
        }
        stop.cancel();
        running.await?;
        Ok(())
    }

    /// What is made of it all: owners before scores, which count an owner once, and evidence last.
    async fn conclude(&self, upstream: &Arc<Upstream>) -> anyhow::Result<()> {
        scoring::score_all(&self.database, self.now).await?;
        clusters::find_owners(&self.database, self.now).await?;
        scoring::score_all(&self.database, self.now + TimeDelta::seconds(1)).await?;
        let options = IntelligenceOptions {
            markets: u32::MAX / 2,
            evidence_back: BACK,
            clock: self.clock(),
            ..IntelligenceOptions::default()
        };
        let sources = Sources {
            database: self.database.clone(),
            data: DataClient::new(upstream.clone()),
            books: LiveBooks::default(),
            options,
        };
        WashJob.run(&sources).await?;
        EvidenceJob::default().run(&sources).await?;
        Ok(())
    }
}
