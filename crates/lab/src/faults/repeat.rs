//! Pages as they were served last, to be served again.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

/// Pages of more paths are not remembered.
const MOST_PATHS: usize = 64;

/// The last page of each path.
#[derive(Debug, Default)]
pub(super) struct Pages(Mutex<BTreeMap<String, (HeaderMap, Bytes)>>);

impl Pages {
    pub(super) fn remember(&self, path: &str, headers: HeaderMap, body: Bytes) {
        let mut pages = self.lock();
        if pages.len() < MOST_PATHS || pages.contains_key(path) {
            pages.insert(path.to_owned(), (headers, body));
        }
    }

    /// The page served last at `path`.
    pub(super) fn again(&self, path: &str) -> Option<Response> {
        let (headers, body) = self.lock().get(path)?.clone();
        Some((StatusCode::OK, headers, body).into_response())
    }

    pub(super) fn forget(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, (HeaderMap, Bytes)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
