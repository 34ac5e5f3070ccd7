//! Whose data a database holds.

use chrono::{DateTime, Utc};
use domain::Origin;
use sqlx::{PgConnection, PgExecutor};

use crate::StoreError;

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The database holds, or from now on will hold, data of this origin.
    Granted,
    /// It holds data of another.
    Refused {
        /// Which.
        held: Origin,
    },
}

/// Says that data of an origin is about to be written. The first claim stands for good.
pub async fn claim(
    connection: &mut PgConnection,
    origin: &Origin,
    now: DateTime<Utc>,
) -> Result<Claim, StoreError> {
    if let Some(held) = get(&mut *connection).await? {
        return Ok(if held == *origin { Claim::Granted } else { Claim::Refused { held } });
    }
    sqlx::query(
        "INSERT INTO catalogue_origin (origin, claimed_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    )
    .bind(origin.to_string())
    .bind(now)
    .execute(&mut *connection)
    .await?;
    // Somebody else may have been first.
    match get(&mut *connection).await? {
        Some(held) if held != *origin => Ok(Claim::Refused { held }),
        _ => Ok(Claim::Granted),
    }
}

/// Whose data the database holds; `None` while it holds none.
pub async fn get(executor: impl PgExecutor<'_>) -> Result<Option<Origin>, StoreError> {
    let text: Option<String> =
        sqlx::query_scalar("SELECT origin FROM catalogue_origin").fetch_optional(executor).await?;
    Ok(text
        .map(|text| text.parse().unwrap_or_else(|never: std::convert::Infallible| match never {})))
}
