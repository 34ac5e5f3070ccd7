//! What machines ask: health, readiness, and the description of the API.

use std::{sync::LazyLock, time::Duration};

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{openapi, reply::is_loaded},
    http::{
        cache::{CachePolicy, ETag},
        state::AppState,
    },
};

/// How long the database may take to prove that it answers.
const DATABASE_DEADLINE: Duration = Duration::from_secs(1);

/// Check liveness
///
/// The process answers. It looks at nothing else: a database that is away is no reason to restart it.
#[utoipa::path(
    get, path = "/healthz", tag = "system", operation_id = "get_health",
    responses((status = 200, description = "`ok`", body = String, content_type = "text/plain")),
)]
pub(crate) async fn get_health() -> &'static str {
    "ok\n"
}

/// Which parts of the server can do their work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// Every part is.
    pub ready: bool,
    /// The catalogue was loaded.
    pub catalogue: bool,
    /// The database answered within a second.
    pub database: bool,
}

/// Check readiness
///
/// The catalogue was loaded and the database answers.
#[utoipa::path(
    get, path = "/readyz", tag = "system", operation_id = "get_readiness",
    responses(
        (status = 200, description = "Ready", body = Readiness),
        (status = 503, description = "Not ready; the parts say why", body = Readiness),
    ),
)]
pub(crate) async fn get_readiness(State(app): State<AppState>) -> Response {
    // A cheap query that also proves the schema and the rights on it.
    let query = store::sync_logs::recent(app.database().public(), 1);
    let database = match tokio::time::timeout(DATABASE_DEADLINE, query).await {
        Ok(Ok(_)) => true,
        Ok(Err(error)) => {
            tracing::debug!(%error, "The database is not ready");
            false
        }
        Err(_) => false,
    };
    let catalogue = is_loaded(&app.catalog().current());
    let readiness = Readiness { ready: catalogue && database, catalogue, database };
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness)).into_response()
}

static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| openapi::document().into());

/// Read the description of the API
#[utoipa::path(
    get, path = "/openapi.json", tag = "system", operation_id = "get_openapi",
    responses((status = 200, description = "An OpenAPI 3.1 document", body = Object)),
)]
pub(crate) async fn get_openapi(headers: HeaderMap) -> Response {
    let etag = ETag::of_content(&DOCUMENT);
    if etag.is_held_by(&headers) {
        return etag.not_modified(CachePolicy::Revalidate);
    }
    let kind = HeaderValue::from_static("application/json");
    let mut response = ([(header::CONTENT_TYPE, kind)], DOCUMENT.clone()).into_response();
    etag.mark(&mut response, CachePolicy::Revalidate);
    response
}
