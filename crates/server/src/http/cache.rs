//! Who may keep an answer and for how long; entity tags.

use std::fmt;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use xxhash_rust::xxh3::xxh3_64;

/// Who may keep an answer. A handler puts one into its response's extensions; `apply` writes the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CachePolicy {
    /// Anybody, for a moment, and must ask again afterwards: reads of the catalogue.
    Catalogue,
    /// Anybody, for ever: files whose name holds a hash of their content.
    Immutable,
    /// Anybody, but must ask before every use: files with stable names.
    Revalidate,
    /// Nobody.
    NoStore,
}

impl CachePolicy {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Catalogue => "public, max-age=1, must-revalidate",
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::Revalidate => "public, no-cache",
            Self::NoStore => "no-store",
        })
    }
}

/// Middleware: writes `Cache-Control`. An answer without a policy is not to be stored.
pub(super) async fn apply(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let policy = response.extensions().get().copied().unwrap_or(CachePolicy::NoStore);
    response.headers_mut().insert(header::CACHE_CONTROL, policy.header());
    response
}

/// A weak entity tag: equal tags mean that the answers say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// The tag of what a generation of the catalogue answers to a query.
    ///
    /// What takers did changes without a new generation, when the tape's windows are counted again: the
    /// version of the windows is a part of `query` (`ItemMetadata::fingerprint`).
    ///
    /// `query` must be canonical, and must name everything besides the generation that the answer
    /// depends on.
    pub fn of_generation(generation: i64, query: &str) -> Self {
        // Another version of the program may say the same thing in other words.
        let text = format!("{}\n{query}", env!("CARGO_PKG_VERSION"));
        Self(format!("W/\"{generation}-{:016x}\"", xxh3_64(text.as_bytes())))
    }

    /// The tag of a file.
    pub fn of_content(digest: &[u8]) -> Self {
        Self(format!("W/\"{:016x}\"", xxh3_64(digest)))
    }

    /// Whether the caller already holds what this tag names.
    pub fn is_held_by(&self, headers: &HeaderMap) -> bool {
        let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        headers
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|tag| tag.trim() == "*" || opaque(tag) == opaque(&self.0))
    }

    /// The answer to a caller who already holds it.
    pub fn not_modified(&self, policy: CachePolicy) -> Response {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        self.mark(&mut response, policy);
        response
    }

    /// Puts tag and policy on an answer.
    pub fn mark(&self, response: &mut Response, policy: CachePolicy) {
        if let Ok(value) = HeaderValue::from_str(&self.0) {
            response.headers_mut().insert(header::ETAG, value);
        }
        response.extensions_mut().insert(policy);
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_recognised_in_a_list_strong_or_weak() {
        let tag = ETag::of_generation(7, "sort=price");
        let opaque = tag.to_string().trim_start_matches("W/").to_owned();
        for (held, expected) in [
            (tag.to_string(), true),
            (opaque.clone(), true),
            (format!("\"x\", W/{opaque}"), true),
            ("*".to_owned(), true),
            ("\"x\"".to_owned(), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_str(&held).unwrap());
            assert_eq!(tag.is_held_by(&headers), expected, "{held}");
        }
        assert_ne!(tag, ETag::of_generation(8, "sort=price"));
        assert_ne!(tag, ETag::of_generation(7, "sort=-price"));
    }
}
