//! The lab's own routes: what it is, its clock, its faults.

use axum::Router;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Json, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

use crate::bad_rows::bad_rows;
use crate::clock;
use crate::faults::Fault;
use crate::gamma::Problem;
use crate::limits;
use crate::server::{App, Source};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/lab", get(describe))
        .route("/lab/clock", get(clock::read).post(clock::set))
        .route("/lab/faults", get(list_faults).post(inject_fault).delete(clear_faults))
        .route("/lab/limits", get(limits::report).post(limits::set))
        .route("/lab/bad-rows", get(|| async { Json(bad_rows()) }))
}

async fn describe(State(app): State<App>) -> Result<Json<Value>, Problem> {
    let catalogue = app.lab.catalogue().await?;
    let (kind, seed) = match app.lab.source() {
        Source::Replay(_) => ("replay", None),
        Source::World { .. } => ("world", app.lab.with_world(|world| world.seed())),
    };
    Ok(Json(json!({
        "kind": kind,
        "simulated": seed.is_some(),
        "seed": seed,
        "now": app.lab.with_world(|world| world.now()),
        "events": catalogue.event_count(),
        "markets": catalogue.market_count(),
        "tags": catalogue.tag_count(),
        "ignored_files": catalogue.ignored_files(),
        "hosts": { "gamma": "/gamma" },
        "faults": app.lab.faults().active(),
        "requests": app.lab.requests(),
    })))
}

async fn list_faults(State(app): State<App>) -> Response {
    Json(app.lab.faults().active()).into_response()
}

async fn inject_fault(
    State(app): State<App>,
    fault: Result<Json<Fault>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(fault) = fault.map_err(|rejection| Problem::Invalid(rejection.body_text()))?;
    let id = app.lab.inject(fault).map_err(|error| Problem::Invalid(error.to_string()))?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))).into_response())
}

async fn clear_faults(State(app): State<App>) -> StatusCode {
    app.lab.faults().clear();
    StatusCode::NO_CONTENT
}
