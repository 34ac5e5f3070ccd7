//! Which scores may be shown: the last audits of each.

use chrono::{DateTime, Utc};
use domain::null_audit::{Results, Trial};
use sqlx::PgExecutor;
use sqlx::types::Json;

use crate::StoreError;
use crate::column::column;

/// The last audit of a score by one trial.
#[derive(Debug, Clone, PartialEq)]
pub struct LastAudit {
    /// Of which score.
    pub kind: String,
    /// By which trial.
    pub trial: String,
    /// When.
    pub ran_at: DateTime<Utc>,
    /// Of the definition.
    pub version: i16,
    /// Whether errors were within the budget.
    pub is_within: bool,
    /// Since when they are not; `None` where they are.
    pub over_since: Option<DateTime<Utc>>,
    /// All that was counted.
    pub results: Results,
}

/// The last audits of scores, by trial. `versions`: the present version of each score by its name; audits of others say
/// nothing of it.
pub async fn last_audits(
    executor: impl PgExecutor<'_>,
    versions: &[(&str, i16)],
) -> Result<Vec<LastAudit>, StoreError> {
    let (kinds, numbers): (Vec<&str>, Vec<i16>) = versions.iter().copied().unzip();
    let rows = sqlx::query(
        "SELECT a.kind, a.trial, a.ran_at, a.version, a.is_within, a.results,
                CASE WHEN NOT a.is_within THEN (
                    SELECT min(o.ran_at) FROM score_audits o
                    WHERE o.kind = a.kind AND o.trial = a.trial AND o.version = a.version AND NOT o.is_within
                      AND o.ran_at > coalesce((SELECT max(k.ran_at) FROM score_audits k
                                               WHERE k.kind = a.kind AND k.trial = a.trial
                                                 AND k.version = a.version AND k.is_within), '-infinity')
                ) END AS over_since
         FROM unnest($1::text[], $2::smallint[]) WITH ORDINALITY AS s (kind, version, place)
         CROSS JOIN unnest($3::text[]) WITH ORDINALITY AS t (trial, place)
         CROSS JOIN LATERAL (
             SELECT * FROM score_audits x WHERE x.kind = s.kind AND x.trial = t.trial AND x.version = s.version
             ORDER BY x.ran_at DESC LIMIT 1
         ) a
         ORDER BY s.place, t.place",
    )
    .bind(kinds)
    .bind(numbers)
    .bind(Trial::ALL.map(Trial::slug).as_slice())
    .fetch_all(executor)
    .await?;
    let decode = |row: &sqlx::postgres::PgRow| {
        let Json(results) = column(row, "results")?;
        Ok(LastAudit {
            kind: column(row, "kind")?,
            trial: column(row, "trial")?,
            ran_at: column(row, "ran_at")?,
            version: column(row, "version")?,
            is_within: column(row, "is_within")?,
            over_since: column(row, "over_since")?,
            results,
        })
    };
    rows.iter().map(decode).collect()
}
