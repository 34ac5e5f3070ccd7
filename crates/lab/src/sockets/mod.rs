//! The sockets: the CLOB's market channel and RTDS.

mod activity;
mod board;
mod bulletin;
mod desk;
mod frame;
mod lifecycle;
mod market;
mod outbox;
mod rtds;
mod session;
mod sheet;
#[cfg(test)]
mod tests;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::json;

pub(crate) use desk::Desk;

use crate::server::{App, Source};

/// The market channel is at `/ws/market` of a host of its own, whose prefix is `/ws`.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/ws/ws/market", any(market_channel))
        .route("/rtds", any(rtds_feed))
        .route("/rtds/", any(rtds_feed))
}

async fn market_channel(State(app): State<App>, upgrade: WebSocketUpgrade) -> Response {
    accept(app, upgrade, market::serve)
}

async fn rtds_feed(State(app): State<App>, upgrade: WebSocketUpgrade) -> Response {
    accept(app, upgrade, rtds::serve)
}

/// Lets a client in, unless there is nothing to tell.
fn accept<F>(app: App, upgrade: WebSocketUpgrade, serve: fn(App, WebSocket) -> F) -> Response
where
    F: Future<Output = ()> + Send + 'static,
{
    if let Source::Replay(_) = app.lab.source() {
        return (StatusCode::NOT_FOUND, Json(json!({ "error": "not recorded" }))).into_response();
    }
    upgrade.on_upgrade(move |socket| serve(app, socket))
}
