//! `serve` and `demo`.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use ingest::IngestService;
use ingest::intelligence::IntelligenceService;
use ingest::live::{LiveBooks, LiveService};
use ingest::record::RecordingService;
use ingest::wallets::{WalletClients, WalletService};
use lab::Lab;
use polymarket::clob::ClobClient;
use polymarket::data::DataClient;
use polymarket::gamma::GammaClient;
use polymarket::user_pnl::UserPnlClient;
use polymarket::{Endpoints, Limits, Upstream, UpstreamOptions};
use store::{Database, migrate};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::open_database;
use super::world::WorldArgs;
use crate::catalog::CatalogHandle;
use crate::config::{Config, Settings};
use crate::http::state::{AppState, Parts, Settings as HttpSettings};
use crate::live::{Live, publish, publish_signals};
use crate::sync_feed::SyncFeed;
use crate::{follow, http};

/// How long requests and streams may take to end when the process stops.
const DRAIN: Duration = Duration::from_secs(10);

/// Serves until told to stop.
pub(super) async fn serve(config: &Config) -> anyhow::Result<ExitCode> {
    let stop = stop_on_signal()?;
    run(config, &stop).await?;
    Ok(ExitCode::SUCCESS)
}

/// The configuration of a demo: a database of its own, a world on loopback, nothing else.
pub(super) fn demo_config(settings: Settings) -> anyhow::Result<Config> {
    if settings.database_url.is_some() {
        super::say("the demo keeps its data to itself: DATABASE_URL is not used");
    }
    let data_dir = match settings.data_dir.clone() {
        Some(dir) => dir,
        None => store::cluster::default_data_dir()?.join("demo"),
    };
    // A few seconds between refreshes, so that a person sees prices move.
    let defaults = Settings {
        sync_interval_s: Some(15),
        hot_interval_s: Some(5),
        upstream_rate_percent: Some(100),
        // So few that all are there within a minute, and are kept up while somebody watches.
        wallet_board: Some(25),
        wallet_refresh_s: Some(120),
        // So often that all there is to see is seen within minutes.
        holders_interval_s: Some(120),
        wash_interval_s: Some(120),
        evidence_interval_s: Some(15),
        signals_interval_s: Some(15),
        scoring_interval_s: Some(30),
        clusters_interval_s: Some(120),
        consensus_interval_s: Some(20),
        audit_interval_s: Some(3_600),
        // Large is what is large beside two whole days.
        tape_back_h: Some(72),
        ..Settings::default()
    };
    let settings = Settings { data_dir: Some(data_dir), database_url: None, ..settings };
    let settings = settings.or(defaults);
    Ok(Config::resolve(settings)?)
}

/// Serves a simulated world until told to stop.
pub(super) async fn demo(config: &Config, world: WorldArgs) -> anyhow::Result<ExitCode> {
    let stop = stop_on_signal()?;
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
        .await
        .context("cannot open a port for the lab")?;
    let address = listener.local_addr()?;
    let data_dir = config.data_dir.as_deref().context("the demo needs a data directory")?;
    let world = world.kept_in(data_dir)?;
    super::say("  Simulating months of trading …");
    let world = tokio::task::spawn_blocking(move || world.generate()).await??;
    let lab_stop = CancellationToken::new();
    let lab = tokio::spawn(lab::serve(listener, Lab::world_live(world), lab_stop.clone()));
    let endpoints = Endpoints::below(&format!("http://{address}"))?;
    let config = Config { endpoints, ..config.clone() };
    let result = run(&config, &stop).await;
    lab_stop.cancel();
    lab.await?.context("the lab ended badly")?;
    result?;
    Ok(ExitCode::SUCCESS)
}

/// Starts every part, waits for the end, and stops them in reverse.
async fn run(config: &Config, stop: &CancellationToken) -> anyhow::Result<()> {
    let metrics = crate::api::metrics::install()?;
    // Bound first: an address in use is said before a database is started, and a client that connects now
    // is answered as soon as there is something to say.
    let listener = if config.roles.api { Some(bind(config.listen).await?) } else { None };
    let database = open_database(config).await?;
    let applied = migrate::run(&database).await.context("cannot bring the database up to date")?;
    if !applied.is_empty() {
        tracing::info!(migrations = applied.len(), "database schema is up to date");
    }
    let tasks = TaskTracker::new();
    // Background work stops after the listener has drained, before the database closes.
    let background = CancellationToken::new();

    let served = match listener {
        None => {
            let upstream = upstream(config)?;
            spawn_ingest(config, &upstream, &database, &tasks, &background)?;
            tracing::info!("ready, without an API");
            stop.cancelled().await;
            Ok(())
        }
        Some(listener) => {
            let began = std::time::Instant::now();
            // The log before the catalogue: what it says is there must be there.
            let sync =
                SyncFeed::connect(&database).await.context("cannot read the log of syncs")?;
            let snapshot = follow::load(&database).await.context("cannot load the catalogue")?;
            tracing::info!(
                markets = snapshot.market_count(),
                events = snapshot.event_count(),
                elapsed_ms = ingest::tally::milliseconds(began.elapsed()),
                "catalogue loaded"
            );
            let catalog = CatalogHandle::new(snapshot);
            tasks.spawn(follow::follow(database.clone(), catalog.clone(), background.clone()));
            tasks.spawn(sync.clone().follow(database.clone(), catalog.clone(), background.clone()));
            let upstream = upstream(config)?;
            let live = spawn_ingest(config, &upstream, &database, &tasks, &background)?;
            let live = Live::new(live, upstream);
            tasks.spawn(publish(live.clone(), database.clone(), background.clone()));
            let (told, handle) = (live.clone(), catalog.clone());
            tasks.spawn(publish_signals(told, handle, database.clone(), background.clone()));
            let parts = Parts {
                catalog,
                database: database.clone(),
                sync,
                live,
                metrics,
                settings: settings(config),
            };
            let state = AppState::new(parts, stop.clone());
            announce(listener.local_addr()?);
            http::serve(listener, http::router(state), stop.clone(), DRAIN).await
        }
    };
    background.cancel();
    tasks.close();
    if tokio::time::timeout(DRAIN, tasks.wait()).await.is_err() {
        tracing::warn!("background work did not end in time");
    }
    database.close().await;
    if let Some(cluster) = database.cluster() {
        cluster.stop();
    }
    served.context("the server ended badly")
}

/// Starts what talks to upstream: books for everybody, and where it is this process's role the catalogue's syncs, the
/// recorder, the importers of wallets and what makes scores, flows and signals.
fn spawn_ingest(
    config: &Config,
    upstream: &Arc<Upstream>,
    database: &Database,
    tasks: &TaskTracker,
    cancel: &CancellationToken,
) -> anyhow::Result<LiveBooks> {
    // Who does not record follows only what somebody watches.
    let mut options = config.live.clone();
    if !config.roles.ingest {
        options.busiest = 0;
    }
    let clob = ClobClient::new(upstream.clone());
    let (live, announced) = LiveService::new(database.clone(), clob, &config.endpoints, options)?;
    let books = live.books();
    tasks.spawn(live.run(cancel.clone()));
    if config.roles.ingest {
        let client = GammaClient::new(upstream.clone());
        let service = IngestService::new(client, database.clone(), config.ingest.clone());
        tasks.spawn(service.run(cancel.clone()));
        let recorder = RecordingService::new(
            database.clone(),
            upstream.clone(),
            config.endpoints.clone(),
            books.clone(),
            config.recording.clone(),
            announced,
        );
        tasks.spawn(recorder.run(cancel.clone()));
        let clients = WalletClients {
            data: DataClient::new(upstream.clone()),
            gamma: GammaClient::new(upstream.clone()),
            user_pnl: UserPnlClient::new(upstream.clone()),
        };
        let wallets = WalletService::new(database.clone(), clients, config.wallets.clone());
        tasks.spawn(wallets.run(cancel.clone()));
        let intelligence = IntelligenceService::new(
            database.clone(),
            DataClient::new(upstream.clone()),
            books.clone(),
            config.intelligence.clone(),
        );
        tasks.spawn(intelligence.run(cancel.clone()));
    }
    Ok(books)
}

/// The client of the upstream hosts that the configuration describes. Everything in a process shares one, and with it
/// one budget of requests.
pub(super) fn upstream(config: &Config) -> anyhow::Result<Arc<Upstream>> {
    let limits = Limits::new(config.upstream_rate_percent, Limits::DEFAULT_IN_FLIGHT);
    let options = UpstreamOptions::default();
    Ok(Arc::new(Upstream::new(config.endpoints.clone(), options, Arc::new(limits))?))
}

/// The client of Gamma that the configuration describes.
pub(super) fn gamma_client(config: &Config) -> anyhow::Result<GammaClient> {
    Ok(GammaClient::new(upstream(config)?))
}

fn settings(config: &Config) -> HttpSettings {
    HttpSettings {
        admin_token: config.admin_token.clone(),
        sync_interval: config.ingest.interval,
        public_url: config.public_url.clone(),
        request_timeout: HttpSettings::REQUEST_TIMEOUT,
    }
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "cannot serve on {address}: is something else there? `--listen` chooses another address"
        )
    })
}

fn announce(address: SocketAddr) {
    tracing::info!(%address, "ready");
    super::say(&format!("\n  Cascadian is at http://{address}\n"));
}

/// A token that is cancelled by an interrupt or a termination signal.
pub(super) fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let stop = CancellationToken::new();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let token = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping");
        token.cancel();
        // A second signal means now.
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        std::process::exit(130);
    });
    Ok(stop)
}
