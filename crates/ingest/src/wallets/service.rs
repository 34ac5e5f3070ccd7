//! The importers: any number of processes, each with a few workers that lease imports from the database.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use metrics::{counter, histogram};
use polymarket::ws::Clock;
use store::notify::Listener;
use store::wallets::imports::{self, Claim, IMPORT_CHANNEL, Priority};
use store::{Database, StoreError};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::fetch::WalletClients;
use super::import::{Import, ImportError};
use crate::intelligence::scoring::Scorer;
use crate::record::await_catalogue;

/// How wallets are followed.
#[derive(Debug, Clone)]
pub struct WalletOptions {
    /// Imports at once in this process; 0: none.
    pub workers: u32,
    /// Most rows of activity that are kept of a wallet; of a larger one the newest are not read, and its figures are
    /// withheld.
    pub most_rows: u64,
    /// Rows of activity that are written at once.
    pub rows_at_once: usize,
    /// From one look for new wallets on the tape to the next.
    pub discover_every: Duration,
    /// From one reading of upstream's boards to the next.
    pub boards_every: Duration,
    /// Leaders of each board, at most 1,000; 0: boards are not read.
    pub board_length: u16,
    /// From one import of a wallet that is followed, or on a board, to the next.
    pub refresh_every: TimeDelta,
    /// From one import of any other wallet to the next.
    pub background_every: TimeDelta,
    /// Tells what time it is.
    pub clock: Clock,
}

impl Default for WalletOptions {
    fn default() -> Self {
        Self {
            workers: 2,
            most_rows: 500_000,
            rows_at_once: 20_000,
            discover_every: Duration::from_secs(20),
            boards_every: Duration::from_hours(1),
            board_length: 100,
            refresh_every: TimeDelta::minutes(15),
            background_every: TimeDelta::days(1),
            clock: Clock::system(),
        }
    }
}

/// How long a worker may be silent before another takes its import over.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// How often it says that it goes on.
const KEEP_EVERY: Duration = Duration::from_secs(30);
/// How often a worker without work looks for some.
const IDLE: Duration = Duration::from_secs(5);
/// How often the database is tried again.
const RETRY_EVERY: Duration = Duration::from_secs(5);
/// The first pause after an import that failed; it doubles, up to an hour.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(30);
/// Markets that the catalogue does not have yet are looked at again after so long.
const CATALOGUE_PAUSE: TimeDelta = TimeDelta::minutes(1);

/// What imports are done with.
#[derive(Debug)]
pub(super) struct Sources {
    pub(super) database: Database,
    pub(super) clients: WalletClients,
    pub(super) options: WalletOptions,
    pub(super) scorer: Scorer,
}

impl Sources {
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.options.clock.now()
    }
}

/// Finds wallets and imports them for as long as it runs.
#[derive(Debug)]
pub struct WalletService {
    sources: Arc<Sources>,
    /// By whom imports are leased.
    workers: Vec<Uuid>,
}

impl WalletService {
    /// Prepares the service.
    pub fn new(database: Database, clients: WalletClients, options: WalletOptions) -> Self {
        let workers = (0..options.workers).map(|_| Uuid::now_v7()).collect();
        let scorer = Scorer::new(database.clone());
        Self { sources: Arc::new(Sources { database, clients, options, scorer }), workers }
    }

    /// Runs until cancelled.
    pub async fn run(self, cancel: CancellationToken) {
        while !cancel.is_cancelled() {
            if let Err(error) = self.follow(&cancel).await {
                tracing::warn!(%error, "the importers cannot reach their database");
                tokio::select! {
                    () = sleep(RETRY_EVERY) => {}
                    () = cancel.cancelled() => {}
                }
            }
        }
        // Another process need not wait until the leases end.
        if let Err(error) = imports::release(self.sources.database.service(), &self.workers).await {
            tracing::debug!(%error, "imports are not given back");
        }
    }

    /// Follows wallets until cancelled or until the database is lost.
    async fn follow(&self, cancel: &CancellationToken) -> Result<(), StoreError> {
        let Sources { database, clients, .. } = &*self.sources;
        await_catalogue(database, &clients.data, "wallets are imported", cancel).await?;
        let sources = || self.sources.clone();
        tokio::select! {
            ended = super::discover::on_tape(sources()) => ended,
            ended = super::discover::on_boards(sources()) => ended,
            ended = super::news::of_resolutions(sources()) => ended,
            ended = work(sources(), &self.workers) => ended,
            () = cancel.cancelled() => Ok(()),
        }
    }
}

/// All workers of this process, until one loses the database.
async fn work(sources: Arc<Sources>, ids: &[Uuid]) -> Result<(), StoreError> {
    let mut workers = tokio::task::JoinSet::new();
    for id in ids {
        workers.spawn(worker(sources.clone(), *id));
    }
    match workers.join_next().await {
        Some(Ok(ended)) => ended,
        Some(Err(error)) => Err(StoreError::other(error)),
        None => std::future::pending().await,
    }
}

async fn worker(sources: Arc<Sources>, id: Uuid) -> Result<(), StoreError> {
    let mut wanted = Listener::connect(&sources.database, &[IMPORT_CHANNEL]).await?;
    loop {
        let database = sources.database.service();
        let claims = imports::claim(database, id, 1, sources.now(), LEASE).await?;
        if let Some(claim) = claims.first() {
            import(&sources, id, claim).await?;
            continue;
        }
        tokio::select! {
            _ = wanted.next() => {}
            () = sleep(IDLE) => {}
        }
    }
}

/// Does one import and says how it ended.
async fn import(sources: &Sources, worker: Uuid, claim: &Claim) -> Result<(), StoreError> {
    let (database, wallet) = (sources.database.service(), &claim.wallet);
    let began = std::time::Instant::now();
    let import = Import {
        database: &sources.database,
        clients: &sources.clients,
        claim,
        now: sources.now(),
        most_rows: sources.options.most_rows,
        rows_at_once: sources.options.rows_at_once,
        rows: AtomicU64::new(0),
        worker,
        lease: LEASE,
        clock: &sources.options.clock,
    };
    let ended = tokio::select! {
        ended = import.run_contained() => ended,
        lost = import.hold(KEEP_EVERY) => Err(lost),
    };
    histogram!("cascadian_wallet_import_seconds").record(began.elapsed().as_secs_f64());
    let now = sources.now();
    match ended {
        Ok(imported) => {
            let completeness = imported.history.completeness.clone();
            counter!("cascadian_wallet_imports_total", "completeness" => completeness).increment(1);
            store::wallets::wanted::add(database, &imported.unknown_markets, now).await?;
            // Its books stand whatever becomes of its scores, which the next run makes anyway.
            if let Err(error) = sources.scorer.rescore(wallet, now).await {
                tracing::warn!(%wallet, %error, "a wallet is not scored after its import");
            }
            let due = next(sources, claim, &imported, now);
            // What could not be explained is read wholly the next time.
            let full = imported.history.completeness == "gap";
            imports::finish(database, worker, wallet, due, full).await
        }
        Err(ImportError::LeaseLost) => Ok(()),
        Err(error) => {
            counter!("cascadian_wallet_imports_total", "completeness" => "failed").increment(1);
            tracing::warn!(%wallet, %error, "an import failed; it is tried again");
            let doublings = claim.attempts.min(7);
            let pause = (FIRST_PAUSE * 2i32.pow(doublings)).min(TimeDelta::hours(1));
            imports::fail(database, worker, wallet, &error.to_string(), now + pause).await
        }
    }
}

fn next(
    sources: &Sources,
    claim: &Claim,
    imported: &super::import::Imported,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    if !imported.unknown_markets.is_empty() && imported.new_rows > 0 {
        return now + CATALOGUE_PAUSE;
    }
    match claim.standing {
        Priority::Background => now + sources.options.background_every,
        _ => now + sources.options.refresh_every,
    }
}
