//! What audits of scores found, and which scores have left the rankings by it.

use chrono::{DateTime, Utc};
use domain::null_audit::{Results, Subject, Trial};
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};

use crate::StoreError;
use crate::column::column;

/// What a trial found of something.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreAudit {
    /// When.
    pub ran_at: DateTime<Utc>,
    /// Of the definition that was tried.
    pub version: i16,
    /// Whether every error was within its budget.
    pub is_within: bool,
    /// Of what, by [`Subject::slug`].
    pub kind: String,
    /// What it was tried on.
    pub trial: Trial,
    /// What was found.
    pub results: Results,
}

impl ScoreAudit {
    /// Of results that were just had.
    pub fn of(subject: Subject, trial: Trial, results: Results, ran_at: DateTime<Utc>) -> Self {
        Self {
            ran_at,
            version: i16::try_from(subject.version()).unwrap_or(i16::MAX),
            is_within: results.is_within(),
            kind: subject.slug().to_owned(),
            trial,
            results,
        }
    }
}

/// A score that is over its budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Which errors of which trial, for people.
    pub reason: String,
    /// When it was found out; of several trials by the first.
    pub since: DateTime<Utc>,
}

/// Keeps what a trial found. What was found is never changed.
pub async fn record(connection: &mut PgConnection, audit: &ScoreAudit) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO score_audits (kind, trial, ran_at, version, is_within, results)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    )
    .bind(&audit.kind)
    .bind(audit.trial.slug())
    .bind(audit.ran_at)
    .bind(audit.version)
    .bind(audit.is_within)
    .bind(Json(&audit.results))
    .execute(connection)
    .await?;
    Ok(())
}

/// The last audit of something by each trial that was made of it, the cheapest trial first.
pub async fn latest(
    executor: impl PgExecutor<'_>,
    kind: &str,
) -> Result<Vec<ScoreAudit>, StoreError> {
    let rows = sqlx::query(
        "SELECT DISTINCT ON (trial) ran_at, version, is_within, kind, trial, results FROM score_audits
         WHERE kind = $1 ORDER BY trial, ran_at DESC",
    )
    .bind(kind)
    .fetch_all(executor)
    .await?;
    let mut audits = rows.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
    audits.sort_by_key(|audit| audit.trial);
    Ok(audits)
}

/// When something was last audited by a trial; `None` if it never was.
pub async fn last_ran(
    executor: impl PgExecutor<'_>,
    trial: Trial,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let sql = "SELECT max(ran_at) FROM score_audits WHERE trial = $1";
    Ok(sqlx::query_scalar(sql).bind(trial.slug()).fetch_one(executor).await?)
}

/// Why a score of a version is not ranked, and since when; `None` where it is. It leaves the rankings with the first audit
/// of a trial that finds it over its budget, and comes back with the next one of that trial that does not. A version
/// that was never audited is ranked.
pub async fn withdrawn(
    executor: impl PgExecutor<'_>,
    kind: &str,
    version: i16,
) -> Result<Option<Withdrawn>, StoreError> {
    let rows = sqlx::query(
        "SELECT last.trial, last.results, first.since FROM (
             SELECT DISTINCT ON (trial) trial, is_within, results FROM score_audits
             WHERE kind = $1 AND version = $2 ORDER BY trial, ran_at DESC
         ) AS last
         CROSS JOIN LATERAL (
             SELECT min(ran_at) AS since FROM score_audits AS over
             WHERE over.kind = $1 AND over.version = $2 AND over.trial = last.trial AND NOT over.is_within
               AND over.ran_at > coalesce((SELECT max(ran_at) FROM score_audits AS kept
                                           WHERE kept.kind = $1 AND kept.version = $2 AND kept.trial = last.trial
                                             AND kept.is_within), '-infinity')
         ) AS first
         WHERE NOT last.is_within",
    )
    .bind(kind)
    .bind(version)
    .fetch_all(executor)
    .await?;
    let mut since: Option<DateTime<Utc>> = None;
    let mut reasons = Vec::new();
    for row in &rows {
        let began: DateTime<Utc> = column(row, "since")?;
        since = Some(since.map_or(began, |earlier| earlier.min(began)));
        let Json(results): Json<Results> = column(row, "results")?;
        let trial: &str = column(row, "trial")?;
        reasons.extend(results.over().map(|line| reason(trial, line)));
    }
    Ok(since.map(|since| Withdrawn { reason: reasons.join("; "), since }))
}

/// Whether a score of a version has left the rankings; see [`withdrawn`].
pub async fn is_withdrawn(
    executor: impl PgExecutor<'_>,
    kind: &str,
    version: i16,
) -> Result<bool, StoreError> {
    Ok(withdrawn(executor, kind, version).await?.is_some())
}

fn reason(trial: &str, line: &domain::null_audit::Line) -> String {
    let percent =
        |part: Option<f64>| part.map_or_else(String::new, |part| format!("{:.1} %", 100.0 * part));
    let (rate, budget) = (percent(line.rate), percent(line.budget));
    format!("{} ({trial}): {rate} where {budget} are allowed", line.label)
}

/// Of some events those of which at most one market answers Yes.
pub async fn exclusive_events(
    executor: impl PgExecutor<'_>,
) -> Result<std::collections::BTreeSet<String>, StoreError> {
    let sql = "SELECT DISTINCT event_id FROM markets WHERE neg_risk AND event_id IS NOT NULL";
    let events: Vec<String> = sqlx::query_scalar(sql).fetch_all(executor).await?;
    Ok(events.into_iter().collect())
}

fn decode(row: &PgRow) -> Result<ScoreAudit, StoreError> {
    let trial: &str = column(row, "trial")?;
    let Json(results): Json<Results> = column(row, "results")?;
    Ok(ScoreAudit {
        ran_at: column(row, "ran_at")?,
        version: column(row, "version")?,
        is_within: column(row, "is_within")?,
        kind: column(row, "kind")?,
        trial: Trial::of_slug(trial)
            .ok_or_else(|| StoreError::other(format!("no trial: {trial}")))?,
        results,
    })
}
