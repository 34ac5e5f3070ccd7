//! Markets of wallets' histories that the catalogue does not have yet.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ConditionId;
use sqlx::PgExecutor;

use crate::StoreError;
use crate::column::parsed;

/// The first pause after upstream did not know a market; it doubles, up to a day.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(5);

/// Notes markets to be fetched.
pub async fn add(
    executor: impl PgExecutor<'_>,
    conditions: &[ConditionId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO wanted_markets (condition_id, wanted_at)
         SELECT DISTINCT condition_id, $2::timestamptz FROM unnest($1::text[]) AS condition_id
         ON CONFLICT (condition_id) DO NOTHING",
    )
    .bind(conditions.iter().map(ConditionId::as_str).collect::<Vec<_>>())
    .bind(now)
    .execute(executor)
    .await?;
    Ok(())
}

/// Markets to fetch now, those that were wanted first first.
pub async fn due(
    executor: impl PgExecutor<'_>,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<ConditionId>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT condition_id FROM wanted_markets
         WHERE tried_at IS NULL
            OR tried_at + least($2 * power(2, least(attempts, 20)), interval '1 day') <= $1
         ORDER BY attempts, wanted_at, condition_id LIMIT $3",
    )
    .bind(now)
    .bind(FIRST_PAUSE)
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?;
    ids.iter().map(|id| parsed(id)).collect()
}

/// Takes those away that the catalogue has now, and returns them; the others of `asked` were asked for in vain.
pub async fn settle(
    executor: impl PgExecutor<'_>,
    asked: &[ConditionId],
    now: DateTime<Utc>,
) -> Result<Vec<ConditionId>, StoreError> {
    let found: Vec<String> = sqlx::query_scalar(
        "WITH tried AS (
             UPDATE wanted_markets w SET tried_at = $2, attempts = attempts + 1
             WHERE condition_id = ANY($1)
               AND NOT EXISTS (SELECT FROM markets m WHERE m.condition_id = w.condition_id)
         )
         DELETE FROM wanted_markets w
         WHERE condition_id = ANY($1) AND EXISTS (SELECT FROM markets m WHERE m.condition_id = w.condition_id)
         RETURNING condition_id",
    )
    .bind(asked.iter().map(ConditionId::as_str).collect::<Vec<_>>())
    .bind(now)
    .fetch_all(executor)
    .await?;
    found.iter().map(|id| parsed(id)).collect()
}
