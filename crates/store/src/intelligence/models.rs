//! What was last learned from all wallets together, with which single ones are scored.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgExecutor};

use crate::StoreError;
use crate::column::column;

/// Keeps what was learned for a kind of score, in the place of what was before.
pub async fn set(
    connection: &mut PgConnection,
    kind: &str,
    as_of: DateTime<Utc>,
    version: i16,
    model: &Value,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO score_models (kind, as_of, version, model) VALUES ($1, $2, $3, $4)
         ON CONFLICT (kind) DO UPDATE
         SET as_of = EXCLUDED.as_of, version = EXCLUDED.version, model = EXCLUDED.model",
    )
    .bind(kind)
    .bind(as_of)
    .bind(version)
    .bind(model)
    .execute(connection)
    .await?;
    Ok(())
}

/// Of when it is, by a definition of this version; `None` where there is none.
pub async fn as_of(
    executor: impl PgExecutor<'_>,
    kind: &str,
    version: i16,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let sql = "SELECT as_of FROM score_models WHERE kind = $1 AND version = $2";
    Ok(sqlx::query_scalar(sql).bind(kind).bind(version).fetch_optional(executor).await?)
}

/// It, and of when it is.
pub async fn get(
    executor: impl PgExecutor<'_>,
    kind: &str,
    version: i16,
) -> Result<Option<(DateTime<Utc>, Value)>, StoreError> {
    let sql = "SELECT as_of, model FROM score_models WHERE kind = $1 AND version = $2";
    let row = sqlx::query(sql).bind(kind).bind(version).fetch_optional(executor).await?;
    row.map(|row| Ok((column(&row, "as_of")?, column(&row, "model")?))).transpose()
}
