//! List answers, assembled and compressed once per generation and then handed out as they are.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};
use moka::future::Cache;

use crate::http::error::ApiError;

/// Bytes of bodies kept.
const CAPACITY_BYTES: u64 = 32 << 20;
/// How long a body nobody asks for is kept; its generation is usually over by then.
const IDLE: Duration = Duration::from_mins(2);
/// Below this a body is compressed where it is, without going to the blocking pool.
const INLINE_BYTES: usize = 32 << 10;
/// Where a browser's developer tools, and our page, read how long the screen took.
pub const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// A content coding we speak, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coding {
    /// Zstandard.
    Zstd,
    /// The one everybody has.
    Gzip,
}

impl Coding {
    /// The best coding the caller takes; `None` for none.
    pub fn negotiate(headers: &HeaderMap) -> Option<Self> {
        [Self::Zstd, Self::Gzip].into_iter().find(|coding| accepts(headers, coding.token()))
    }

    fn token(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    fn encode(self, body: &[u8]) -> std::io::Result<Vec<u8>> {
        use std::io::Write as _;
        match self {
            Self::Zstd => zstd::bulk::compress(body, 3),
            Self::Gzip => {
                let level = flate2::Compression::new(5);
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
                encoder.write_all(body)?;
                encoder.finish()
            }
        }
    }
}

/// Whether `Accept-Encoding` takes `coding`, by name and not by a weight of zero.
pub fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|item| {
            let (name, weight) = item.split_once(';').unwrap_or((item, ""));
            let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
            name.trim().eq_ignore_ascii_case(coding) && weight.is_ok_and(|weight| weight > 0.0)
        })
}

/// What a body answers: the generation it was made from and, in canonical form, everything else that it
/// depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BodyKey {
    /// Of the snapshot.
    pub generation: i64,
    /// The canonical question.
    pub question: String,
}

/// A body before it is sent, with what it took to find its rows.
#[derive(Debug, Clone)]
pub struct ListBody {
    /// JSON, perhaps compressed.
    pub bytes: Bytes,
    /// Time in the screen kernel.
    pub screening: Duration,
}

/// Bodies by what they answer and how they are coded. Requests for the same body wait for one computation.
#[derive(Debug)]
pub struct BodyCache(Cache<(BodyKey, Option<Coding>), ListBody>);

impl Default for BodyCache {
    fn default() -> Self {
        let cache = Cache::builder()
            .max_capacity(CAPACITY_BYTES)
            .weigher(|(key, _): &(BodyKey, Option<Coding>), body: &ListBody| {
                u32::try_from(key.question.len() + body.bytes.len()).unwrap_or(u32::MAX)
            })
            .time_to_idle(IDLE)
            .build();
        Self(cache)
    }
}

impl BodyCache {
    /// The answer in the best coding the caller takes: a kept one, or what `make` makes.
    pub async fn respond(
        &self,
        headers: &HeaderMap,
        key: BodyKey,
        make: impl FnOnce() -> Result<ListBody, ApiError>,
    ) -> Result<Response, ApiError> {
        let coding = Coding::negotiate(headers);
        let body = self.0.try_get_with((key, coding), async {
            let ListBody { bytes, screening } = make()?;
            let bytes = match coding {
                Some(coding) => compress(coding, bytes).await.map_err(ApiError::internal)?,
                None => bytes,
            };
            Ok(ListBody { bytes, screening })
        });
        let body = body.await.map_err(|error: Arc<ApiError>| ApiError::clone(&error))?;
        Ok(json(body, coding))
    }
}

async fn compress(coding: Coding, body: Bytes) -> std::io::Result<Bytes> {
    let encoded = if body.len() < INLINE_BYTES {
        coding.encode(&body)
    } else {
        let encode = move || coding.encode(&body);
        tokio::task::spawn_blocking(encode).await.map_err(std::io::Error::other)?
    };
    encoded.map(Bytes::from)
}

fn json(body: ListBody, coding: Option<Coding>) -> Response {
    let mut response = Response::new(Body::from(body.bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.token()));
    }
    if let Ok(timing) = HeaderValue::from_str(&server_timing(body.screening)) {
        headers.insert(SERVER_TIMING, timing);
    }
    response
}

/// The value of `Server-Timing` for a time in the screen kernel.
pub fn server_timing(screening: Duration) -> String {
    format!("screen;dur={:.3}", screening.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiate(accept: &str) -> Option<Coding> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(accept).unwrap());
        Coding::negotiate(&headers)
    }

    #[test]
    fn the_best_coding_the_caller_takes_is_chosen() {
        assert_eq!(negotiate("gzip, deflate, br, zstd"), Some(Coding::Zstd));
        assert_eq!(negotiate("gzip, zstd;q=0"), Some(Coding::Gzip));
        assert_eq!(negotiate("GZIP;q=0.5"), Some(Coding::Gzip));
        assert_eq!(negotiate("br, identity"), None);
        assert_eq!(Coding::negotiate(&HeaderMap::new()), None);
    }

    #[test]
    fn what_is_encoded_decodes_to_itself() {
        use std::io::Read as _;
        let body = b"markets ".repeat(500);
        let zstd = Coding::Zstd.encode(&body).unwrap();
        assert_eq!(zstd::bulk::decompress(&zstd, body.len()).unwrap(), body);
        let mut plain = Vec::new();
        let gzip = Coding::Gzip.encode(&body).unwrap();
        flate2::read::GzDecoder::new(&gzip[..]).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, body);
    }
}
