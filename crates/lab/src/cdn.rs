//! The cache in front of Data v2: for as long as the host allows, the same address is answered with
//! the same body and the same trace id, whatever has happened meanwhile. Its clock is the world's.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::exchange::Millis;
use crate::faults::{FaultKind, PageFault};
use crate::server::App;

/// Where answers are kept.
const CACHED: &str = "/data/v2/";

/// Answers beyond this many bytes push out the oldest.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// An answer as it was given.
#[derive(Debug)]
struct Kept {
    /// Fresh until then.
    until_ms: Millis,
    headers: HeaderMap,
    body: Bytes,
}

impl Kept {
    fn response(&self) -> Response {
        (StatusCode::OK, self.headers.clone(), self.body.clone()).into_response()
    }
}

/// What the cache holds. Answers stay after their time, until others push them out: a stale one can be
/// asked for.
#[derive(Debug, Default)]
pub(crate) struct Cdn {
    state: Mutex<Shelf>,
}

#[derive(Debug, Default)]
struct Shelf {
    /// By path and query.
    kept: HashMap<String, Arc<Kept>>,
    /// The same, the oldest first.
    order: VecDeque<String>,
    bytes: usize,
}

impl Shelf {
    fn put(&mut self, address: String, kept: Kept) {
        if let Some(replaced) = self.kept.remove(&address) {
            self.bytes -= replaced.body.len();
            self.order.retain(|other| *other != address);
        }
        self.bytes += kept.body.len();
        self.order.push_back(address.clone());
        self.kept.insert(address, Arc::new(kept));
        while self.bytes > MOST_BYTES
            && let Some(oldest) = self.order.pop_front()
        {
            let dropped = self.kept.remove(&oldest);
            self.bytes -= dropped.map_or(0, |dropped| dropped.body.len());
        }
    }
}

impl Cdn {
    fn get(&self, address: &str) -> Option<Arc<Kept>> {
        self.lock().kept.get(address).map(Arc::clone)
    }

    fn put(&self, address: String, kept: Kept) {
        self.lock().put(address, kept);
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers from the cache, or fills it.
pub(crate) async fn serve(State(app): State<App>, request: Request, next: Next) -> Response {
    let fault = request.extensions().get::<PageFault>().map(|fault| fault.0.clone());
    let wants_stale = fault == Some(FaultKind::StaleCdnPage);
    // What another fault does to one answer is not kept for others.
    let spoilt = fault.is_some() && !wants_stale;
    if !request.uri().path().starts_with(CACHED) || request.method() != Method::GET || spoilt {
        return next.run(request).await;
    }
    let address = request.uri().to_string();
    if let Some(kept) = app.lab.cdn().get(&address)
        && (wants_stale || now_ms(&app).await.is_some_and(|now_ms| now_ms < kept.until_ms))
    {
        return kept.response();
    }
    let response = next.run(request).await;
    match max_age_s(&response) {
        Some(max_age_s) => keep(&app, address, max_age_s, response).await,
        None => response,
    }
}

/// For how long a good answer may be kept; `None` when it may not.
fn max_age_s(response: &Response) -> Option<u32> {
    let rule = response.headers().get(header::CACHE_CONTROL)?.to_str().ok()?;
    let max_age = rule.split(',').find_map(|part| part.trim().strip_prefix("max-age="))?;
    let max_age_s = max_age.parse().ok().filter(|&max_age_s| max_age_s > 0)?;
    (response.status() == StatusCode::OK).then_some(max_age_s)
}

async fn keep(app: &App, address: String, max_age_s: u32, response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MOST_BYTES).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let Some(now_ms) = now_ms(app).await else {
        return Response::from_parts(parts, body.into());
    };
    let until_ms = now_ms + 1_000 * Millis::from(max_age_s);
    let kept = Kept { until_ms, headers: parts.headers, body };
    let response = kept.response();
    app.lab.cdn().put(address, kept);
    response
}

/// The world's time; `None` for a replay. The world may be busy living.
async fn now_ms(app: &App) -> Option<Millis> {
    let lab = app.lab.clone();
    let now_ms = tokio::task::spawn_blocking(move || lab.with_world(|world| world.now_ms()));
    now_ms.await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(bytes: usize) -> Kept {
        Kept { until_ms: 0, headers: HeaderMap::new(), body: Bytes::from(vec![b'x'; bytes]) }
    }

    #[test]
    fn only_good_answers_are_kept_and_only_as_long_as_allowed() {
        let age = |status: StatusCode, rule: &'static str| {
            max_age_s(&(status, [(header::CACHE_CONTROL, rule)]).into_response())
        };
        assert_eq!(age(StatusCode::OK, "public, max-age=300"), Some(300));
        assert_eq!(age(StatusCode::OK, "max-age=5"), Some(5));
        for rule in ["max-age=0", "no-store", "max-age=soon"] {
            assert_eq!(age(StatusCode::OK, rule), None, "{rule}");
        }
        assert_eq!(age(StatusCode::BAD_REQUEST, "max-age=300"), None);
        assert_eq!(max_age_s(&StatusCode::OK.into_response()), None);
    }

    #[test]
    fn the_oldest_are_pushed_out() {
        let cdn = Cdn::default();
        cdn.put("/a".to_owned(), kept(MOST_BYTES / 2));
        cdn.put("/b".to_owned(), kept(MOST_BYTES / 2));
        cdn.put("/a".to_owned(), kept(MOST_BYTES / 4));
        assert!(cdn.get("/a").is_some() && cdn.get("/b").is_some());
        cdn.put("/c".to_owned(), kept(MOST_BYTES / 2));
        assert!(cdn.get("/b").is_none(), "the longest unchanged");
        assert_eq!(cdn.get("/a").map(|kept| kept.body.len()), Some(MOST_BYTES / 4));
        assert_eq!(cdn.lock().bytes, MOST_BYTES / 2 + MOST_BYTES / 4);
        cdn.put("/d".to_owned(), kept(MOST_BYTES + 1));
        assert!(cdn.get("/d").is_none(), "too large to keep");
        assert_eq!(cdn.lock().bytes, 0);
    }
}
