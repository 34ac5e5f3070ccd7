//! The envelope of every answer that is not an error, and what it says about the data's age.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    catalog::Snapshot,
    http::{cache::CachePolicy, error::ApiError, state::AppState},
};

/// `{"success": true, "data": …, "metadata": …}`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Reply<T> {
    /// Always true.
    #[schema(example = true)]
    pub success: bool,
    /// What was asked for.
    pub data: T,
    /// Where it comes from and how old it is.
    pub metadata: ItemMetadata,
}

impl<T: Serialize> Reply<T> {
    /// Wraps data.
    pub fn new(data: T, metadata: ItemMetadata) -> Self {
        Self { success: true, data, metadata }
    }

    /// The answer, with who may keep it.
    pub fn respond(self, policy: CachePolicy) -> Response {
        self.respond_with(StatusCode::OK, policy)
    }

    /// The answer with another status than 200.
    pub fn respond_with(self, status: StatusCode, policy: CachePolicy) -> Response {
        let mut response = (status, Json(self)).into_response();
        response.extensions_mut().insert(policy);
        response
    }
}

/// How much of upstream's catalogue an answer rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Completeness {
    /// A sync has fetched everything, and nothing is missing from this answer.
    Full,
    /// No sync has finished yet, or a part of this answer could not be read.
    Partial,
    /// Nothing is held.
    Empty,
}

/// Where data comes from and how old it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemMetadata {
    /// Older than two sync intervals, or never synced. A refresh was asked for.
    pub stale: bool,
    /// When the last sync that fetched everything ended.
    pub last_synced: Option<DateTime<Utc>>,
    /// When the snapshot of the catalogue was made.
    pub as_of: DateTime<Utc>,
    /// The upstream it was read from.
    #[schema(example = "gamma")]
    pub source: String,
    /// How much of upstream's catalogue this rests on.
    pub completeness: Completeness,
    /// The catalogue is the lab's simulated world, not Polymarket.
    pub simulated: bool,
    /// Number of the snapshot; it grows with each change.
    pub generation: i64,
}

impl ItemMetadata {
    /// What there is to say of a snapshot at an instant. Asks for a sync if it is stale.
    pub fn of(app: &AppState, snapshot: &Snapshot, now: DateTime<Utc>) -> Self {
        let last_synced = app.sync().last_synced();
        let stale = app.is_stale(last_synced, now);
        if stale {
            app.refresh(now);
        }
        let completeness = match (snapshot.is_empty(), last_synced) {
            (true, _) => Completeness::Empty,
            (false, None) => Completeness::Partial,
            (false, Some(_)) => Completeness::Full,
        };
        Self {
            stale,
            last_synced,
            as_of: snapshot.as_of(),
            source: "gamma".to_owned(),
            completeness,
            simulated: app.settings().simulated,
            generation: snapshot.generation(),
        }
    }

    /// The part of an answer's identity that the generation does not cover.
    pub(crate) fn fingerprint(&self) -> String {
        let synced = self.last_synced.map_or(0, |at| at.timestamp_millis());
        format!("{synced}.{}.{}.{:?}", self.stale, self.simulated, self.completeness)
    }
}

/// The current snapshot, or the refusal to answer before there is one.
pub(crate) fn loaded_snapshot(app: &AppState) -> Result<std::sync::Arc<Snapshot>, ApiError> {
    let snapshot = app.catalog().current();
    if is_loaded(&snapshot) {
        Ok(snapshot)
    } else {
        Err(ApiError::new(domain::ErrorCode::NotReady))
    }
}

/// The handle starts with a snapshot of no time, which the first one read from the database replaces.
pub(crate) fn is_loaded(snapshot: &Snapshot) -> bool {
    snapshot.as_of() > DateTime::UNIX_EPOCH
}
