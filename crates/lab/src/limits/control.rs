//! `/lab/limits`: the limits seen and set from outside.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Json, State};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::table::BUCKETS;
use super::window::WINDOW;
use super::{Enforcement, Limits, capacity};
use crate::gamma::Problem;
use crate::server::App;

/// A bucket as it stands.
#[derive(Serialize)]
struct Row {
    bucket: &'static str,
    /// Requests in a window; absent when nothing is limited.
    limit: Option<usize>,
    /// Requests in the current window.
    in_window: usize,
    /// Requests that wait for their turn.
    waiting: usize,
    passed: u64,
    delayed: u64,
    refused: u64,
}

/// `GET /lab/limits`.
pub(crate) async fn report(State(app): State<App>) -> Json<Value> {
    Json(describe(app.lab.limits()))
}

/// `POST /lab/limits` with `"off"` or `{"factor": 0.5}`.
pub(crate) async fn set(
    State(app): State<App>,
    wanted: Result<Json<Enforcement>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(wanted) = wanted.map_err(|rejection| Problem::Invalid(rejection.body_text()))?;
    let limits = app.lab.limits();
    limits.set(wanted).map_err(|error| Problem::Invalid(error.to_string()))?;
    Ok(Json(describe(limits)))
}

fn describe(limits: &Limits) -> Value {
    let now = Instant::now();
    let mut ledger = limits.lock();
    let enforcement = ledger.enforcement;
    let rows = BUCKETS.iter().zip(&mut ledger.counters).enumerate();
    let rows = rows.map(|(place, (bucket, counter))| {
        counter.window.slide(now);
        Row {
            bucket: bucket.name,
            limit: match enforcement {
                Enforcement::Off => None,
                Enforcement::Factor(factor) => Some(capacity(place, factor)),
            },
            in_window: counter.window.started(now),
            waiting: counter.window.waiting(now),
            passed: counter.passed,
            delayed: counter.delayed,
            refused: counter.refused,
        }
    });
    let rows: Vec<Row> = rows.collect();
    json!({ "enforcement": enforcement, "window_s": WINDOW.as_secs(), "buckets": rows })
}
