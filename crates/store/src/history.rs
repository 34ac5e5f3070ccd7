//! The state of a market at a past instant.

use chrono::{DateTime, Utc};
use domain::MarketId;
use serde_json::{Map, Value};
use sqlx::PgExecutor;

use crate::StoreError;

/// What was known of a market at an instant: the present row with every later change undone. `None` when
/// the market was not known yet. Keys are column names.
pub async fn market_as_of(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    instant: DateTime<Utc>,
) -> Result<Option<Map<String, Value>>, StoreError> {
    let row: Option<(Value, DateTime<Utc>, Vec<Value>)> = sqlx::query_as(
        "SELECT to_jsonb(m) - ARRAY['content_hash', 'revision', 'observed_at', 'upstream_updated_at'], first_seen_at,
                ARRAY(SELECT h.changes FROM market_history h
                      WHERE h.market_id = m.market_id AND h.observed_at > $2 ORDER BY h.observed_at DESC)
         FROM markets m WHERE market_id = $1",
    )
    .bind(market_id.as_str())
    .bind(instant)
    .fetch_optional(executor)
    .await?;
    let Some((Value::Object(mut state), first_seen_at, changes)) = row else {
        return Err(StoreError::NotFound);
    };
    if instant < first_seen_at {
        return Ok(None);
    }
    for change in changes {
        let Value::Object(fields) = change else { continue };
        for (field, mut change) in fields {
            state.insert(field, change["from"].take());
        }
    }
    Ok(Some(state))
}
