//! Data v1: frozen, still answering. Bare arrays in camel case, whole numbers without a fraction,
//! `limit` and `offset` with caps, errors of one sentence.

mod feeds;
mod others;
mod positions;
mod slice;

use axum::Router;
use axum::routing::get;

use crate::server::App;

/// Routes relative to the host; some are older than versions, some came later.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(others::health))
        .route("/trades", get(feeds::trades))
        .route("/activity", get(feeds::activity))
        .route("/positions", get(positions::open))
        .route("/closed-positions", get(positions::closed))
        .route("/v1/market-positions", get(positions::of_market))
        .route("/holders", get(others::holders))
        .route("/value", get(others::value))
        .route("/traded", get(others::traded))
        .route("/oi", get(others::oi))
        .route("/live-volume", get(others::live_volume))
        .route("/v1/leaderboard", get(others::leaderboard))
        .route("/v1/builders/leaderboard", get(others::builders))
        .route("/v1/builders/volume", get(others::builders))
        .route("/v1/positions/combos", get(others::combo_positions))
        .route("/v1/activity/combos", get(others::combo_activity))
}
