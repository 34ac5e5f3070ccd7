//! The built front end: files embedded in the binary (read from disk in debug builds), served as they were
//! compressed when they were built.

mod manifest;

pub use manifest::{Chunk, Entry};

use std::borrow::Cow;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use domain::ErrorCode;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::http::{
    bodies::accepts,
    cache::{CachePolicy, ETag},
    error::ApiError,
    extract::Path,
};

// Empty in a checkout where nobody has run the front end's build; pages then work without scripts.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
#[allow_missing = true]
struct Files;

/// Codings the build writes next to each file, smallest first.
const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Serves a file of the front end.
pub(crate) async fn get_asset(
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let name = format!("assets/{path}");
    let file = Files::get(&name).ok_or_else(|| ApiError::new(ErrorCode::RouteNotFound))?;
    let policy = if is_hashed(&path) { CachePolicy::Immutable } else { CachePolicy::Revalidate };
    let etag = ETag::of_content(&file.metadata.sha256_hash());
    if etag.is_held_by(&headers) {
        return Ok(etag.not_modified(policy));
    }
    let compressed = CODINGS
        .into_iter()
        .filter(|(coding, _)| accepts(&headers, coding))
        .find_map(|(coding, suffix)| Some((coding, Files::get(&format!("{name}{suffix}"))?)));
    let (coding, file) = match compressed {
        Some((coding, file)) => (Some(coding), file),
        None => (None, file),
    };
    let mut response = Response::new(body(file));
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&path)));
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    etag.mark(&mut response, policy);
    Ok(response)
}

fn body(file: EmbeddedFile) -> Body {
    match file.data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    }
}

/// Whether the name ends in a hash of the content, as the bundler writes it: `index-Ci2x_9aB.js`.
fn is_hashed(path: &str) -> bool {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() >= 8 && hash.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    }) || stem.len() >= 9 && stem.as_bytes()[stem.len() - 9] == b'-'
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "json" | "map" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        assert!(is_hashed("main-Ci2x_9aB.js"));
        assert!(is_hashed("main-Ci2x-9aB.css"), "the hash may hold a hyphen");
        assert!(!is_hashed("favicon.svg"));
        assert!(!is_hashed("touch-icon.png"));
    }
}
