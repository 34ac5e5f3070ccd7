//! The layer that lets faults strike.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use tokio_util::sync::CancellationToken;

use super::FaultKind;
use crate::server::App;

const CHALLENGE_PAGE: &str = "<!DOCTYPE html><html lang=\"en-US\"><head>\
    <title>Just a moment...</title></head><body><h1>Checking if the site connection is secure</h1>\
    <noscript>Enable JavaScript and cookies to continue</noscript></body></html>";
const RATE_LIMIT_PAGE: &str = "<!DOCTYPE html><html><head><title>Access denied</title></head>\
    <body><h1>Error 1015</h1><p>You are being rate limited</p><p>error code: 1015</p></body></html>";

/// Largest body a fault cuts or slows; lab pages stay far below.
const MAX_BODY_BYTES: usize = 256 * 1024 * 1024;

/// A fault that strikes inside a page; the route that builds the page applies it.
#[derive(Clone, Debug)]
pub(crate) struct PageFault(pub(crate) FaultKind);

/// Counts the request, picks the fault that strikes it and lets it strike.
pub(crate) async fn inject(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let Some(kind) = app.lab.faults().next(request.uri().path()) else {
        return next.run(request).await;
    };
    tracing::debug!(path = request.uri().path(), fault = ?kind, "A fault strikes.");
    match kind {
        FaultKind::TooManyRequests { retry_after_s } => {
            let headers = [(header::RETRY_AFTER, retry_after_s.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, headers, "error code: 1015").into_response()
        }
        FaultKind::ServerError => {
            let body = r#"{"type":"internal error","error":"internal server error"}"#;
            let mut response = json_response(Body::from(body));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
        FaultKind::HtmlOk => html(StatusCode::OK, CHALLENGE_PAGE),
        FaultKind::HtmlForbidden => html(StatusCode::FORBIDDEN, RATE_LIMIT_PAGE),
        FaultKind::EmptyBody => json_response(Body::empty()),
        FaultKind::NullBody => json_response(Body::from("null")),
        FaultKind::HungConnection => {
            app.shutdown.cancelled().await;
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        FaultKind::TruncatedBody | FaultKind::SlowBody { .. } | FaultKind::StalledBody => {
            let response = next.run(request).await;
            spoil_body(response, &kind, app.shutdown.clone()).await
        }
        FaultKind::CursorLoop
        | FaultKind::IgnoresCursor
        | FaultKind::BadRow { .. }
        | FaultKind::HalfGarbage
        | FaultKind::NewKey
        | FaultKind::ChangedType => {
            request.extensions_mut().insert(PageFault(kind));
            next.run(request).await
        }
    }
}

fn html(status: StatusCode, page: &'static str) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=UTF-8"), (header::SERVER, "cloudflare")];
    (status, headers, page).into_response()
}

fn json_response(body: Body) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// The same response with a body that breaks off, trickles or stops.
async fn spoil_body(response: Response, kind: &FaultKind, shutdown: CancellationToken) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY_BYTES).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    // Announced in full, so that the reader knows that bytes are missing.
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    let half = body.slice(..body.len() / 2);
    let spoilt = match *kind {
        FaultKind::SlowBody { chunk_bytes, pause_ms } => {
            let chunk_bytes = usize::try_from(chunk_bytes).unwrap_or(usize::MAX);
            trickle(body, chunk_bytes, Duration::from_millis(u64::from(pause_ms)), shutdown)
        }
        FaultKind::StalledBody => {
            let silence = async move {
                shutdown.cancelled().await;
                Err(io::Error::from(io::ErrorKind::ConnectionAborted))
            };
            let stream = futures_util::stream::iter([Ok(half)]);
            Body::from_stream(stream.chain(futures_util::stream::once(silence)))
        }
        _ => {
            let cut = async {
                // A pending body makes the server flush what it has; without it nothing would be
                // sent at all.
                tokio::task::yield_now().await;
                Err(io::Error::from(io::ErrorKind::ConnectionAborted))
            };
            let stream = futures_util::stream::iter([Ok(half)]);
            Body::from_stream(stream.chain(futures_util::stream::once(cut)))
        }
    };
    Response::from_parts(parts, spoilt)
}

fn trickle(body: Bytes, chunk_bytes: usize, pause: Duration, shutdown: CancellationToken) -> Body {
    let chunks = async_stream::stream! {
        let mut rest = body;
        while !rest.is_empty() && !shutdown.is_cancelled() {
            let chunk = rest.split_to(chunk_bytes.min(rest.len()));
            yield Ok::<_, Infallible>(chunk);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = shutdown.cancelled() => {}
            }
        }
    };
    Body::from_stream(chunks)
}
