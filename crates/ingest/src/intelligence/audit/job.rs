//! The daily audit.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::null_audit::{Sample, Trial};
use domain::scores::ScoreKind;
use store::intelligence::audits::{self, ScoreAudit};
use store::intelligence::scores;
use store::{Database, StoreError};

use super::{Audited, keep, on_redrawn, on_synthetic};
use crate::intelligence::service::{Job, JobError, Sources};

/// How often it is looked whether an audit is due: a process that is started again does not begin another.
const LOOK_EVERY: Duration = Duration::from_mins(2);

/// How audits are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditOptions {
    /// What all draws come from. The same on all days, so that what is found changes with the scores and with what is
    /// held, and not with luck.
    pub seed: u64,
    /// Synthetic wallets of each population.
    pub wallets: usize,
    /// About so many outcomes of bets that are held are drawn.
    pub drawn: usize,
    /// From one audit to the next.
    pub every: TimeDelta,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self { seed: 20_261_123, wallets: 10_000, drawn: 4_000_000, every: TimeDelta::days(1) }
    }
}

/// Audits everything whose claims rest on outcomes.
#[derive(Debug, Default)]
pub struct AuditJob;

impl Job for AuditJob {
    const NAME: &'static str = "audit";

    fn every(sources: &Sources) -> Duration {
        sources.options.audit_every.min(LOOK_EVERY)
    }

    async fn run(&mut self, sources: &Sources) -> Result<(), JobError> {
        // Before anything is claimed there is nothing to hold to account.
        let smart = ScoreKind::Smart.slug();
        if scores::last_run(sources.database.service(), smart).await?.is_none() {
            return Ok(());
        }
        let every = TimeDelta::from_std(sources.options.audit_every).unwrap_or(TimeDelta::MAX);
        let options = AuditOptions { every, ..AuditOptions::default() };
        audit_if_due(&sources.database, Audited::all, options, sources.now()).await?;
        Ok(())
    }
}

/// Audits what is given if the last audit is old enough, and keeps what was found. Each trial is due by itself: the first
/// bets may come days after the first synthetic trial.
pub async fn audit_if_due(
    database: &Database,
    audited: impl Fn() -> Vec<Audited>,
    options: AuditOptions,
    now: DateTime<Utc>,
) -> Result<Vec<ScoreAudit>, StoreError> {
    let mut found = Vec::new();
    if is_due(database, Trial::Synthetic, options, now).await? {
        let (audited, sample) =
            (audited(), Sample { seed: options.seed, wallets: options.wallets });
        let tried = tokio::task::spawn_blocking(move || {
            audited.iter().map(|one| on_synthetic(one, sample, now)).collect::<Vec<_>>()
        });
        found.extend(tried.await.map_err(StoreError::other)?);
    }
    if is_due(database, Trial::Redrawn, options, now).await? {
        found.extend(on_redrawn(database, audited(), options, now).await?);
    }
    keep(database, &found).await?;
    Ok(found)
}

async fn is_due(
    database: &Database,
    trial: Trial,
    options: AuditOptions,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let last = audits::last_ran(database.service(), trial).await?;
    Ok(last.is_none_or(|last| now - last >= options.every))
}
