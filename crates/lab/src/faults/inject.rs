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

use super::drift::drifted;
use super::feed::spoilt;
use super::request::{goes_on, misread};
use super::{FaultKind, Occasion};
use crate::server::App;

const CHALLENGE_PAGE: &str = "<!DOCTYPE html><html lang=\"en-US\"><head>\
    <title>Just a moment...</title></head><body><h1>Checking if the site connection is secure</h1>\
    <noscript>Enable JavaScript and cookies to continue</noscript></body></html>";
const RATE_LIMIT_PAGE: &str = "<!DOCTYPE html><html><head><title>Access denied</title></head>\
    <body><h1>Error 1015</h1><p>You are being rate limited</p><p>error code: 1015</p></body></html>";

/// Largest body a fault cuts or slows; lab pages stay far below.
const MAX_BODY_BYTES: usize = 256 * 1024 * 1024;

/// Lists that apply drift themselves, row by row, as recorded bodies want it.
const DRIFTING_LISTS: [&str; 5] = [
    "/gamma/events",
    "/gamma/events/keyset",
    "/gamma/events/pagination",
    "/gamma/markets",
    "/gamma/markets/keyset",
];

/// A fault that strikes inside a page; the route that builds the page applies it.
#[derive(Clone, Debug)]
pub(crate) struct PageFault(pub(crate) FaultKind);

/// Counts the request, picks the fault that strikes it and lets it strike.
pub(crate) async fn inject(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let faults = app.lab.faults();
    let repeats = faults.repeats(&path);
    let struck = faults.next(&path, occasion(&request));
    let response = match struck {
        Some(kind) => {
            tracing::debug!(path, fault = ?kind, "A fault strikes.");
            strike(&app, kind, request, next).await
        }
        None => next.run(request).await,
    };
    if repeats { remember(&app, &path, response).await } else { response }
}

fn occasion(request: &Request) -> Occasion {
    if request.headers().contains_key(header::UPGRADE) {
        Occasion::Handshake
    } else {
        Occasion::Request
    }
}

async fn strike(app: &App, kind: FaultKind, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
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
        FaultKind::HtmlForbidden => rate_limit_page(StatusCode::FORBIDDEN),
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
        FaultKind::RepeatedPage => {
            let repeated =
                goes_on(request.uri()).then(|| app.lab.faults().pages.again(path)).flatten();
            match repeated {
                Some(page) => page,
                None => next.run(request).await,
            }
        }
        FaultKind::WrapAroundOffset { .. }
        | FaultKind::TakerOnlyFeed
        | FaultKind::IgnoresCursor => {
            if let Some(uri) = misread(&kind, request.uri()) {
                *request.uri_mut() = uri;
            }
            next.run(request).await
        }
        FaultKind::NewKey | FaultKind::ChangedType if !DRIFTING_LISTS.contains(&path) => {
            rewrite(next.run(request).await, |body| drifted(&kind, body)).await
        }
        FaultKind::LateTrade { .. } | FaultKind::ComboRows | FaultKind::DuplicatedFills => {
            let response = next.run(request).await;
            let now_s = now_s(app).await;
            rewrite(response, |body| spoilt(&kind, body, now_s)).await
        }
        // The route applies it, or the cache.
        kind => {
            request.extensions_mut().insert(PageFault(kind));
            next.run(request).await
        }
    }
}

/// The world's time in Unix seconds; 0 for a replay.
async fn now_s(app: &App) -> i64 {
    let lab = app.lab.clone();
    let now_ms = tokio::task::spawn_blocking(move || lab.with_world(|world| world.now_ms()));
    now_ms.await.ok().flatten().unwrap_or(0).div_euclid(1_000)
}

fn is_good_json(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    response.status() == StatusCode::OK && is_json
}

/// The same response with what `change` makes of its body, unless that is `None`.
async fn rewrite(response: Response, change: impl FnOnce(&str) -> Option<Vec<u8>>) -> Response {
    if !is_good_json(&response) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY_BYTES).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let changed = std::str::from_utf8(&body).ok().and_then(change);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, changed.map_or(body, Bytes::from).into())
}

/// Keeps a good page to be repeated.
async fn remember(app: &App, path: &str, response: Response) -> Response {
    if !is_good_json(&response) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY_BYTES).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    app.lab.faults().pages.remember(path, parts.headers.clone(), body.clone());
    Response::from_parts(parts, body.into())
}

/// Cloudflare's "error code: 1015".
pub(crate) fn rate_limit_page(status: StatusCode) -> Response {
    html(status, RATE_LIMIT_PAGE)
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
