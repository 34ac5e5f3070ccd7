//! What is measured, and `/metrics`, where Prometheus reads it.

use std::sync::OnceLock;

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use chrono::Utc;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::{api::reply::is_loaded, http::state::AppState};

/// Bounds of the duration histograms, in seconds: from a screen to the deadline of a request.
const BUCKETS: [f64; 12] =
    [0.0002, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0];

/// Starts to collect what [`metrics`] macros record in this process; later calls return the same.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let durations = Matcher::Suffix("_duration_seconds".to_owned());
    let recorder =
        PrometheusBuilder::new().set_buckets_for_metric(durations, &BUCKETS)?.build_recorder();
    let handle = HANDLE.get_or_init(|| recorder.handle()).clone();
    if metrics::set_global_recorder(recorder).is_ok() {
        describe();
    }
    Ok(handle)
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!(
        "cascadian_http_requests_total",
        "Requests by route, method and class of status"
    );
    describe_counter!("cascadian_http_panics_total", "Requests that ended in a panic");
    describe_histogram!(
        "cascadian_http_request_duration_seconds",
        "Time to the answer's head by route"
    );
    describe_histogram!("cascadian_screen_duration_seconds", "Time in the screen kernel");
    describe_gauge!("cascadian_catalogue_markets", "Markets held in memory");
    describe_gauge!("cascadian_catalogue_events", "Events held in memory");
    describe_gauge!("cascadian_catalogue_generation", "Number of the snapshot");
    describe_gauge!("cascadian_catalogue_age_seconds", "Time since the snapshot was made");
    describe_gauge!(
        "cascadian_sync_last_success_timestamp_seconds",
        "When the last sync that fetched everything ended"
    );
    describe_gauge!("cascadian_sync_running", "1 while a sync waits or runs");
}

/// Read metrics
///
/// In the text format of Prometheus.
#[utoipa::path(
    get, path = "/metrics", tag = "system", operation_id = "get_metrics",
    responses((status = 200, description = "The metrics", body = String, content_type = "text/plain")),
)]
pub(crate) async fn get_metrics(State(app): State<AppState>) -> Response {
    let snapshot = app.catalog().current();
    let age = (Utc::now() - snapshot.as_of()).num_milliseconds() as f64 / 1e3;
    metrics::gauge!("cascadian_catalogue_markets").set(snapshot.market_count() as f64);
    metrics::gauge!("cascadian_catalogue_events").set(snapshot.event_count() as f64);
    metrics::gauge!("cascadian_catalogue_generation").set(snapshot.generation() as f64);
    if is_loaded(&snapshot) {
        metrics::gauge!("cascadian_catalogue_age_seconds").set(age);
    }
    if let Some(at) = app.sync().last_synced() {
        metrics::gauge!("cascadian_sync_last_success_timestamp_seconds").set(at.timestamp() as f64);
    }
    let is_running = app.sync().overview().running.is_some();
    metrics::gauge!("cascadian_sync_running").set(f64::from(u8::from(is_running)));
    app.metrics().run_upkeep();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], app.metrics().render()).into_response()
}
