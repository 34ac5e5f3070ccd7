//! Everything that happens to a request before its handler and to the answer after it, in order.

use std::{any::Any, time::Instant};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use domain::ErrorCode;
use tower::{ServiceBuilder, limit::GlobalConcurrencyLimitLayer};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate as _},
    },
    limit::RequestBodyLimitLayer,
};
use tracing::Instrument as _;

use crate::http::{
    cache, client,
    error::{self, ApiError},
    request_id::{self, RequestId},
    security,
    state::AppState,
};

/// Largest request body taken.
pub const BODY_LIMIT_BYTES: usize = 64 << 10;

/// Requests worked on at once. More wait, within their deadline.
const CONCURRENT_REQUESTS: usize = 512;

/// Wraps the routes. Read downwards: the first layer sees a request first and its answer last.
pub(super) fn apply<S: Clone + Send + Sync + 'static>(
    routes: Router<S>,
    app: &AppState,
) -> Router<S> {
    let stack = ServiceBuilder::new()
        .layer(from_fn(request_id::assign))
        .layer(from_fn(observe))
        .layer(from_fn_with_state(app.clone(), security::harden))
        .layer(from_fn(cache::apply))
        // From here on an answer may be an error without a body; this writes it.
        .layer(from_fn_with_state(app.clone(), error::render))
        .layer(from_fn(name_bare_refusals))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), security::refuse_foreign))
        .layer(from_fn_with_state(app.clone(), client::limit_rate))
        .layer(from_fn_with_state(app.clone(), deadline))
        .layer(GlobalConcurrencyLimitLayer::new(CONCURRENT_REQUESTS))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT_BYTES))
        .layer(compression());
    routes.layer(stack)
}

/// Compresses what does not come compressed. Files are compressed when they are built, and a stream of
/// events must not wait in a buffer.
fn compression() -> CompressionLayer<impl tower_http::compression::Predicate> {
    let is_whole =
        |_: StatusCode, _: axum::http::Version, headers: &HeaderMap, _: &axum::http::Extensions| {
            !headers.contains_key(header::CONTENT_RANGE)
        };
    CompressionLayer::new().compress_when(DefaultPredicate::new().and(is_whole))
}

/// Middleware: one span, one log line and two measurements per request.
async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let request_id = RequestId::of(request.extensions());
    let method = request.method().clone();
    // Labels must be few: the pattern of the route, never the path itself.
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "(none)".to_owned(), |route| route.as_str().to_owned());
    let span = tracing::info_span!("request", %request_id, %method, route);
    let response = next.run(request).instrument(span).await;
    let seconds = started.elapsed().as_secs_f64();
    let class = ["1xx", "2xx", "3xx", "4xx", "5xx"]
        .get(usize::from(response.status().as_u16() / 100).saturating_sub(1))
        .copied()
        .unwrap_or("5xx");
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let method = known.into_iter().find(|known| *known == method.as_str()).unwrap_or("other");
    metrics::counter!("cascadian_http_requests_total", "route" => route.clone(), "method" => method, "status" => class)
        .increment(1);
    metrics::histogram!("cascadian_http_request_duration_seconds", "route" => route.clone())
        .record(seconds);
    tracing::debug!(%request_id, route, status = response.status().as_u16(), duration_ms = seconds * 1e3, "Answered");
    response
}

/// Middleware: gives the refusals that layers and the router make on their own the form of all others.
async fn name_bare_refusals(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.extensions().get::<ApiError>().is_some() {
        return response;
    }
    let error = match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => ApiError::new(ErrorCode::MethodNotAllowed),
        StatusCode::PAYLOAD_TOO_LARGE => {
            ApiError::new(ErrorCode::BodyTooLarge).with("limit_bytes", BODY_LIMIT_BYTES)
        }
        _ => return response,
    };
    response.extensions_mut().insert(error);
    response
}

/// Middleware: ends a request that takes too long. A stream of events is answered at once and lives on.
async fn deadline(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let limit = app.settings().request_timeout;
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(ErrorCode::Timeout)
            .with("deadline_seconds", limit.as_secs_f64())
            .into_response(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the layer calls it so")]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a message");
    metrics::counter!("cascadian_http_panics_total").increment(1);
    ApiError::internal(format!("panicked: {text}")).into_response()
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use axum::{body::Body, routing::get};
    use ingest::live::LiveBooks;
    use polymarket::{Endpoints, Limits, Upstream, UpstreamOptions};
    use serde_json::Value;
    use store::testing::TestDatabase;
    use tokio_util::sync::CancellationToken;
    use tower::ServiceExt as _;

    use super::*;
    use crate::{
        api,
        catalog::CatalogHandle,
        http::state::{Parts, Settings},
        live::Live,
        sync_feed::SyncFeed,
    };

    /// Status and body of what the layers make of a route that misbehaves.
    async fn answer(routes: Router) -> (StatusCode, Value) {
        let database = TestDatabase::create().await;
        let settings = Settings {
            admin_token: None,
            sync_interval: Duration::from_mins(5),
            public_url: None,
            request_timeout: Duration::from_millis(50),
        };
        // Nobody asks it anything.
        let endpoints = Endpoints::below("http://127.0.0.1:9").unwrap();
        let limits = Arc::new(Limits::unlimited());
        let upstream = Upstream::new(endpoints, UpstreamOptions::default(), limits).unwrap();
        let parts = Parts {
            catalog: CatalogHandle::default(),
            database: database.database().clone(),
            sync: SyncFeed::default(),
            live: Live::new(LiveBooks::default(), Arc::new(upstream)),
            metrics: api::metrics::install().unwrap(),
            settings,
        };
        let app = AppState::new(parts, CancellationToken::new());
        let request = Request::builder().uri("/api/x").header("host", "localhost");
        let response =
            apply(routes, &app).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status();
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert!(response.headers().contains_key("x-request-id"));
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_error_that_tells_nothing() {
        let handler = || async {
            assert!(std::hint::black_box(false), "secret detail");
        };
        let (status, body) = answer(Router::new().route("/api/x", get(handler))).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(body["error"]["code"], "internal");
        assert!(!body.to_string().contains("secret"));
    }

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_ended() {
        let handler = || std::future::pending::<()>();
        let (status, body) = answer(Router::new().route("/api/x", get(handler))).await;
        assert_eq!(status, StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(body["error"]["code"], "timeout");
        assert_eq!(body["error"]["details"]["deadline_seconds"], 0.05);
    }
}
