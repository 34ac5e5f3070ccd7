//! The name under which a request is found in the log.

use std::{fmt, sync::Arc};

use axum::{
    extract::Request,
    http::{Extensions, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use uuid::Uuid;

/// The header that carries the id, in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id accepted from a caller.
const MAX_CHARS: usize = 64;

/// The caller's id where it is harmless to print, else a fresh one whose order is that of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// A fresh id.
    pub fn fresh() -> Self {
        Self(Uuid::now_v7().to_string().into())
    }

    /// The id that `assign` gave the request.
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().cloned().unwrap_or_else(Self::fresh)
    }

    fn accept(value: &HeaderValue) -> Option<Self> {
        let text = value.to_str().ok()?;
        let harmless = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        ((1..=MAX_CHARS).contains(&text.len()) && text.chars().all(harmless))
            .then(|| Self(text.into()))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Middleware: names the request and says the name in the answer.
pub(super) async fn assign(mut request: Request, next: Next) -> Response {
    let id = request.headers().get(REQUEST_ID).and_then(RequestId::accept);
    let id = id.unwrap_or_else(RequestId::fresh);
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_ids_are_taken_over() {
        let accept = |text: &str| RequestId::accept(&HeaderValue::from_str(text).unwrap());
        assert_eq!(accept("abc-1_2.3").unwrap().to_string(), "abc-1_2.3");
        assert_eq!(accept(""), None);
        assert_eq!(accept("a b"), None);
        assert_eq!(accept("<script>"), None);
        assert_eq!(accept(&"x".repeat(65)), None);
    }
}
