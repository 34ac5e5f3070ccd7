//! The jobs: in one process at a time, each by itself.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use metrics::{counter, histogram};
use polymarket::UpstreamError;
use polymarket::data::DataClient;
use polymarket::ws::Clock;
use store::lock::{IngestLock, Work};
use store::{Database, StoreError};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{audit, clusters, consensus, evidence, holders, scoring, signals, tape, wash};
use crate::live::LiveBooks;
use crate::record::{await_catalogue, ticks};

/// How often each job is done, and with how much. What is done every zero seconds is never done.
#[derive(Debug, Clone)]
pub struct IntelligenceOptions {
    /// From one look at what the tape has told to the next.
    pub flows_every: Duration,
    /// From one reading of a market's holders to the next.
    pub holders_every: Duration,
    /// Markets whose holders are read, and whose trades are looked through for trade with oneself: those that trade
    /// most.
    pub markets: u32,
    /// From one look for trade with oneself to the next.
    pub wash_every: Duration,
    /// From one look for evidence to the next.
    pub evidence_every: Duration,
    /// How far back the tape is read for what is usual, when the process begins.
    pub evidence_back: TimeDelta,
    /// From one look for signals to the next.
    pub signals_every: Duration,
    /// From one scoring of all wallets to the next.
    pub scoring_every: Duration,
    /// From one search for wallets of one owner to the next.
    pub clusters_every: Duration,
    /// From one look at where smart money stands to the next.
    pub consensus_every: Duration,
    /// From one audit of the scores to the next.
    pub audit_every: Duration,
    /// Tells what time it is.
    pub clock: Clock,
}

impl Default for IntelligenceOptions {
    fn default() -> Self {
        Self {
            flows_every: Duration::from_secs(5),
            holders_every: Duration::from_hours(1),
            markets: 200,
            wash_every: Duration::from_hours(1),
            evidence_every: Duration::from_mins(1),
            evidence_back: TimeDelta::days(30),
            signals_every: Duration::from_mins(1),
            scoring_every: Duration::from_mins(5),
            clusters_every: Duration::from_hours(1),
            consensus_every: Duration::from_mins(2),
            audit_every: Duration::from_hours(24),
            clock: Clock::system(),
        }
    }
}

/// How often a process without the lock tries to take it, and one that has it sees that it still does.
const RETRY_EVERY: Duration = Duration::from_secs(5);
/// The first pause of a job that failed; it doubles, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// A job that goes on failing is tried so often.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// What the jobs work with.
#[derive(Debug)]
pub struct Sources {
    /// Where everything is read from and written to. Each job writes in transactions that may be repeated, so that one
    /// that was killed, or done in two processes for a moment, leaves what one would.
    pub database: Database,
    /// Who holds what.
    pub data: DataClient,
    /// Order books as they stand, as far as this process follows them.
    pub books: LiveBooks,
    /// How often, and with how much.
    pub options: IntelligenceOptions,
}

impl Sources {
    /// What time it is.
    pub fn now(&self) -> DateTime<Utc> {
        self.options.clock.now()
    }
}

/// Why a job could not be done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Upstream.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
}

/// Work that is done again and again. What it keeps between is lost when it panics.
pub trait Job: Send + 'static {
    /// What it is called in logs and metrics.
    const NAME: &'static str;

    /// From the beginning of one time to that of the next.
    fn every(sources: &Sources) -> Duration;

    /// Does it once.
    fn run(&mut self, sources: &Sources) -> impl Future<Output = Result<(), JobError>> + Send;
}

/// Does every job for as long as it runs. Any number of processes may run one: a single one holds the lock.
#[derive(Debug)]
pub struct IntelligenceService {
    sources: Arc<Sources>,
}

impl IntelligenceService {
    /// Prepares the service.
    pub fn new(
        database: Database,
        data: DataClient,
        books: LiveBooks,
        options: IntelligenceOptions,
    ) -> Self {
        Self { sources: Arc::new(Sources { database, data, books, options }) }
    }

    /// Runs until cancelled.
    pub async fn run(self, cancel: CancellationToken) {
        while !cancel.is_cancelled() {
            match IngestLock::try_acquire(&self.sources.database, Work::Intelligence).await {
                Ok(Some(lock)) => {
                    if let Err(error) = self.lead(lock, &cancel).await {
                        tracing::warn!(%error, "scores and signals lost their database and start over");
                    }
                }
                Ok(None) => tracing::debug!("another process makes scores and signals"),
                Err(error) => {
                    tracing::warn!(%error, "scores and signals cannot reach their database");
                }
            }
            pause(RETRY_EVERY, &cancel).await;
        }
    }

    /// Does the jobs until cancelled or until the lock is lost.
    async fn lead(
        &self,
        mut lock: IngestLock,
        cancel: &CancellationToken,
    ) -> Result<(), StoreError> {
        let Sources { database, data, .. } = &*self.sources;
        await_catalogue(database, data, "scores and signals are made", cancel).await?;
        // All of them end when this does.
        let mut jobs = JoinSet::new();
        self.start::<tape::TapeJob>(&mut jobs);
        self.start::<holders::HoldersJob>(&mut jobs);
        self.start::<wash::WashJob>(&mut jobs);
        self.start::<evidence::EvidenceJob>(&mut jobs);
        self.start::<signals::SignalsJob>(&mut jobs);
        self.start::<scoring::ScoringJob>(&mut jobs);
        self.start::<clusters::ClustersJob>(&mut jobs);
        self.start::<consensus::ConsensusJob>(&mut jobs);
        self.start::<audit::AuditJob>(&mut jobs);
        while !cancel.is_cancelled() {
            lock.check().await?;
            pause(RETRY_EVERY, cancel).await;
        }
        jobs.shutdown().await;
        lock.release().await;
        Ok(())
    }

    fn start<J: Job + Default>(&self, jobs: &mut JoinSet<()>) {
        if !J::every(&self.sources).is_zero() {
            jobs.spawn(repeat::<J>(self.sources.clone()));
        }
    }
}

/// Does a job for ever. What goes wrong is told by name and ends nothing but that time.
async fn repeat<J: Job + Default>(sources: Arc<Sources>) {
    let mut ticks = ticks(J::every(&sources));
    let mut job = J::default();
    let mut failures = 0u32;
    loop {
        ticks.tick().await;
        let began = std::time::Instant::now();
        // In a task of its own, so that a panic ends there; dropped with this, so that it ends with it.
        let mut task = JoinSet::new();
        let own = sources.clone();
        task.spawn(async move {
            let done = job.run(&own).await;
            (job, done)
        });
        let done = match task.join_next().await {
            Some(Ok((kept, done))) => {
                job = kept;
                done.map_err(|error| error.to_string())
            }
            Some(Err(panic)) => {
                job = J::default();
                Err(panic.to_string())
            }
            None => return,
        };
        histogram!("cascadian_intelligence_seconds", "job" => J::NAME)
            .record(began.elapsed().as_secs_f64());
        failures = match done {
            Ok(()) => 0,
            Err(error) => {
                counter!("cascadian_intelligence_failures_total", "job" => J::NAME).increment(1);
                tracing::warn!(job = J::NAME, %error, "a job failed; it is done again");
                sleep(FIRST_PAUSE.saturating_mul(2u32.pow(failures.min(9))).min(LONGEST_PAUSE))
                    .await;
                failures.saturating_add(1)
            }
        };
    }
}

async fn pause(length: Duration, cancel: &CancellationToken) {
    tokio::select! {
        () = sleep(length) => {}
        () = cancel.cancelled() => {}
    }
}
