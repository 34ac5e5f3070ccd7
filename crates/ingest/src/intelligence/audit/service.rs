//! The daily audit.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::null_audit::{Sample, Trial};
use polymarket::ws::Clock;
use store::intelligence::audits::{self, ScoreAudit};
use store::lock::{IngestLock, Work};
use store::{Database, StoreError};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Audited, keep, on_redrawn, on_synthetic};

/// How audits are made.
#[derive(Debug, Clone)]
pub struct AuditOptions {
    /// What all draws come from. The same on all days, so that what is found changes with the scores and with what is
    /// held, and not with luck.
    pub seed: u64,
    /// Synthetic wallets of each population.
    pub wallets: usize,
    /// From one audit to the next.
    pub every: TimeDelta,
    /// How often it is looked whether one is due.
    pub look_every: Duration,
    /// Tells what time it is.
    pub clock: Clock,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self {
            seed: 20_261_123,
            wallets: 10_000,
            every: TimeDelta::days(1),
            look_every: Duration::from_mins(10),
            clock: Clock::system(),
        }
    }
}

/// Audits everything once a day, in one process at a time.
#[derive(Debug)]
pub struct AuditService {
    database: Database,
    options: AuditOptions,
}

impl AuditService {
    /// Prepares the service.
    pub fn new(database: Database, options: AuditOptions) -> Self {
        Self { database, options }
    }

    /// Runs until cancelled.
    pub async fn run(self, cancel: CancellationToken) {
        while !cancel.is_cancelled() {
            if let Err(error) = self.run_if_due(Audited::all).await {
                tracing::warn!(%error, "scores could not be audited; it is tried again");
            }
            tokio::select! {
                () = sleep(self.options.look_every) => {}
                () = cancel.cancelled() => {}
            }
        }
    }

    /// Audits what is given if the last audit is old enough and nobody else is at it. Each trial is due by itself: bets
    /// may come days after the first synthetic one. What was found.
    pub async fn run_if_due(
        &self,
        audited: impl Fn() -> Vec<Audited>,
    ) -> Result<Vec<ScoreAudit>, StoreError> {
        let now = self.options.clock.now();
        let (synthetic, redrawn) =
            (self.is_due(Trial::Synthetic, now).await?, self.is_due(Trial::Redrawn, now).await?);
        if !synthetic && !redrawn {
            return Ok(Vec::new());
        }
        let Some(lock) = IngestLock::try_acquire(&self.database, Work::Auditing).await? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        if synthetic {
            found.extend(self.synthetic(audited(), now).await?);
        }
        if redrawn {
            let seed = self.options.seed;
            found.extend(on_redrawn(&self.database, audited(), seed, now).await?);
        }
        let kept = keep(&self.database, &found).await;
        lock.release().await;
        kept.map(|()| found)
    }

    async fn is_due(&self, trial: Trial, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let last = audits::last_ran(self.database.service(), trial).await?;
        Ok(last.is_none_or(|last| now - last >= self.options.every))
    }

    async fn synthetic(
        &self,
        audited: Vec<Audited>,
        now: DateTime<Utc>,
    ) -> Result<Vec<ScoreAudit>, StoreError> {
        let sample = Sample { seed: self.options.seed, wallets: self.options.wallets };
        let tried = tokio::task::spawn_blocking(move || {
            audited.iter().map(|one| on_synthetic(one, sample, now)).collect()
        });
        tried.await.map_err(StoreError::other)
    }
}
