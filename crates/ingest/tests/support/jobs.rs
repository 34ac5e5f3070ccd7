//! The jobs of intelligence at work on an exchange.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use ingest::intelligence::{IntelligenceOptions, IntelligenceService};
use ingest::live::LiveBooks;
use store::testing::eventually;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::exchange::Exchange;

/// Jobs that run until they are stopped, killed or dropped.
pub(crate) struct Jobs {
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.stop.cancel();
        self.running.abort();
    }
}

/// So long that a job is done once.
const ONCE: Duration = Duration::from_hours(24);

impl Jobs {
    /// Those that follow the tape and markets, again and again; wallets are not scored.
    pub(crate) fn start(exchange: &Exchange) -> Self {
        Self::start_with(exchange, LiveBooks::default(), |options| options)
    }

    /// The same with books that are live elsewhere, and other options.
    pub(crate) fn start_with(
        exchange: &Exchange,
        books: LiveBooks,
        change: impl FnOnce(IntelligenceOptions) -> IntelligenceOptions,
    ) -> Self {
        let often = Duration::from_millis(50);
        let options = IntelligenceOptions {
            flows_every: often,
            holders_every: Duration::from_secs(1),
            wash_every: ONCE,
            evidence_every: often,
            evidence_back: TimeDelta::days(30),
            signals_every: often,
            scoring_every: Duration::ZERO,
            clusters_every: Duration::ZERO,
            consensus_every: Duration::ZERO,
            audit_every: Duration::ZERO,
            clock: exchange.clock(),
            ..IntelligenceOptions::default()
        };
        let database = exchange.database.database().clone();
        let service = IntelligenceService::new(database, exchange.data(), books, change(options));
        let stop = CancellationToken::new();
        let running = tokio::spawn(service.run(stop.clone()));
        Self { stop, running }
    }

    /// As a process ends that is killed.
    pub(crate) async fn kill(mut self) {
        self.running.abort();
        assert!((&mut self.running).await.unwrap_err().is_cancelled());
    }

    /// As a process ends that is told to.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        (&mut self.running).await.unwrap();
    }
}

/// Waits until flows are made of everything that the tape has told.
pub(crate) async fn flows_are_made(exchange: &Exchange) {
    eventually("flows", || async {
        exchange.count("SELECT count(*) FROM intelligence_progress WHERE job = 'flows'").await == 1
            && exchange.count("SELECT count(*) FROM touched_hours").await == 0
    })
    .await;
}

/// A row of `market_flows` as text, so that two readings can be compared.
pub(crate) async fn flows(exchange: &Exchange) -> Vec<String> {
    rows(exchange, "SELECT f::text FROM market_flows f ORDER BY 1").await
}

/// A row of `notable_trades` as text.
pub(crate) async fn notable(exchange: &Exchange) -> Vec<String> {
    rows(exchange, "SELECT n::text FROM notable_trades n ORDER BY 1").await
}

async fn rows(exchange: &Exchange, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(exchange.database.service()).await.unwrap()
}

/// The beginning of the day before the world's now.
pub(crate) fn yesterday(exchange: &Exchange) -> DateTime<Utc> {
    let today = exchange.now().date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    today - TimeDelta::days(1)
}
