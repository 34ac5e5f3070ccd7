//! Audits: whether what is claimed of wallets keeps the errors that it may make.
//!
//! [`AuditJob`] tries everything once a day on synthetic wallets and on the bets that are held, with outcomes drawn
//! anew, and keeps what it finds; a score over its budget leaves the rankings by that. [`planted`] needs to be told what
//! wallets are, which nobody can but a simulated world, so it is for tests and for the command line.

mod insiders;
mod job;
mod planted;
mod redraw;
mod skilled;

pub use job::{AuditJob, AuditOptions, audit_if_due};
pub use planted::{TrueFill, TrueWallet, Truth, planted};

use std::time::Instant;

use chrono::{DateTime, Utc};
use domain::null_audit::{
    GoodRecord, Judge, LongShots, Results, Sample, Skill, Subject, Trial, redrawn, synthetic,
};
use domain::scores::ScoreKind;
use store::intelligence::audits::{self, ScoreAudit};
use store::{Database, StoreError};

/// Something that is audited, and what it claims.
pub struct Audited {
    /// What.
    pub subject: Subject,
    /// Its claims.
    pub judge: Box<dyn Judge + Send + Sync>,
}

impl std::fmt::Debug for Audited {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Audited").field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl Audited {
    /// Everything of this program whose claims rest on outcomes.
    pub fn all() -> Vec<Self> {
        vec![
            Self { subject: Subject::Score(ScoreKind::Smart), judge: Box::new(Skill) },
            Self { subject: Subject::Score(ScoreKind::Reputation), judge: Box::new(GoodRecord) },
            Self { subject: Subject::Insiders, judge: Box::new(LongShots) },
        ]
    }
}

/// Tries something on synthetic wallets.
pub fn on_synthetic(audited: &Audited, sample: Sample, ran_at: DateTime<Utc>) -> ScoreAudit {
    let found = timed(|| synthetic(audited.subject, audited.judge.as_ref(), sample));
    ScoreAudit::of(audited.subject, Trial::Synthetic, found, ran_at)
}

/// Tries things on the bets that are held, with outcomes drawn anew. None where there are no bets.
pub async fn on_redrawn(
    database: &Database,
    audited: Vec<Audited>,
    options: AuditOptions,
    ran_at: DateTime<Utc>,
) -> Result<Vec<ScoreAudit>, StoreError> {
    let held = redraw::Held::read(database, ran_at).await?;
    if held.laid.is_empty() {
        return Ok(Vec::new());
    }
    let runs = redraw::runs(held.laid.len(), options.drawn);
    let tried = tokio::task::spawn_blocking(move || {
        let each = audited.iter().map(|one| {
            let judge = one.judge.as_ref();
            let reckoned = |outcomes: &[bool]| held.reckon(outcomes);
            let found =
                timed(|| redrawn(one.subject, judge, &held.laid, &reckoned, runs, options.seed));
            ScoreAudit::of(one.subject, Trial::Redrawn, found, ran_at)
        });
        each.collect()
    });
    tried.await.map_err(StoreError::other)
}

/// Keeps what was found.
pub async fn keep(database: &Database, found: &[ScoreAudit]) -> Result<(), StoreError> {
    let mut tx = database.service().begin().await?;
    for audit in found {
        audits::record(&mut tx, audit).await?;
        if !audit.is_within {
            let over: Vec<&str> = audit.results.over().map(|line| line.name.as_str()).collect();
            tracing::warn!(kind = %audit.kind, trial = audit.trial.slug(), ?over, "over its error budget");
        }
    }
    tx.commit().await?;
    Ok(())
}

fn timed(work: impl FnOnce() -> Results) -> Results {
    let began = Instant::now();
    let found = work();
    Results { seconds: Some(began.elapsed().as_secs_f64()), ..found }
}
