//! The envelope of every answer that is not an error, and what it says about the data's age.

use std::{borrow::Cow, sync::Arc};

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::Origin;
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, Ref, RefOr, Schema, schema::Type},
};

use crate::{
    catalog::Snapshot,
    http::{cache::CachePolicy, error::ApiError, state::AppState},
};

/// `{"success": true, "data": …, "metadata": …}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reply<T> {
    /// Always true.
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

// Written by hand because the derive copies the schema of `T` into each envelope instead of naming it.
impl<T: ToSchema> PartialSchema for Reply<T> {
    fn schema() -> RefOr<Schema> {
        envelope(Ref::from_schema_name(T::name()), &ItemMetadata::name())
    }
}

impl<T: ToSchema> ToSchema for Reply<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Reply", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        add_schemas::<T>(schemas);
        add_schemas::<ItemMetadata>(schemas);
    }
}

/// The schema of an envelope around `data`.
pub(crate) fn envelope(data: impl Into<RefOr<Schema>>, metadata: &str) -> RefOr<Schema> {
    let success = ObjectBuilder::new()
        .schema_type(Type::Boolean)
        .enum_values(Some([true]))
        .description(Some("Always true."));
    ObjectBuilder::new()
        .property("success", success)
        .property("data", data)
        .property("metadata", Ref::from_schema_name(metadata))
        .into()
}

/// Adds a schema and those it refers to.
pub(crate) fn add_schemas<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
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
    /// What it was read from: `gamma`, `recording`, `simulation (…)`, or `none` while nothing is held.
    #[schema(example = "gamma")]
    pub source: String,
    /// How much of upstream's catalogue this rests on.
    pub completeness: Completeness,
    /// The catalogue is the lab's simulated world, not Polymarket.
    pub simulated: bool,
    /// Number of the snapshot; it grows with each change of the catalogue.
    pub generation: i64,
    /// Names the counts that `windows` of the rows show, and what `smart_money` does; another name after each count.
    /// Answers of one generation and one version say the same.
    #[schema(example = "00f3a1b2c4d5e6f7")]
    pub windows_version: String,
}

/// What the catalogue was read from.
fn source(app: &AppState) -> String {
    match app.sync().origin() {
        None => "none".to_owned(),
        Some(Origin::Polymarket) => "gamma".to_owned(),
        Some(origin) => origin.to_string(),
    }
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
            source: source(app),
            completeness,
            simulated: app.is_simulated(),
            generation: snapshot.generation(),
            windows_version: version_name(snapshot.windows_version()),
        }
    }

    /// The part of an answer's identity that the generation does not cover.
    pub(crate) fn fingerprint(&self) -> String {
        let synced = self.last_synced.map_or(0, |at| at.timestamp_millis());
        let Self { stale, simulated, completeness, windows_version, .. } = self;
        format!("{synced}.{stale}.{simulated}.{completeness:?}.{windows_version}")
    }
}

/// A version of the windows as text: a browser's numbers are too short for it.
pub(crate) fn version_name(version: u64) -> String {
    format!("{version:016x}")
}

/// The current snapshot, or the refusal to answer before there is one.
pub(crate) fn loaded_snapshot(app: &AppState) -> Result<Arc<Snapshot>, ApiError> {
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
