//! What can go wrong between us and an upstream host.

use std::time::Duration;

use crate::Host;

/// A request that brought no usable answer. Names the path, never the query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{host} {path}: {kind}")]
pub struct UpstreamError {
    /// Which host.
    pub host: Host,
    /// Path of the request below the host's base address, without the query.
    pub path: String,
    /// HTTP status, where an answer came.
    pub status: Option<u16>,
    /// How long the host asked us to wait, as it said, uncapped.
    pub retry_after: Option<Duration>,
    /// What went wrong.
    pub kind: UpstreamErrorKind,
}

/// What went wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamErrorKind {
    /// The request itself breaks a limit of the API; it was not sent.
    #[error("the request cannot be sent: {0}")]
    InvalidRequest(String),
    /// No connection, or it broke before the answer's head.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// No whole answer within the deadline.
    #[error("did not answer within the deadline")]
    Timeout,
    /// The answer's body ended early.
    #[error("the answer was cut short: {0}")]
    Truncated(String),
    /// The body exceeds the size cap.
    #[error("the answer exceeds {limit_bytes} bytes")]
    TooLarge {
        /// The cap.
        limit_bytes: usize,
    },
    /// 429.
    #[error("refused the request because of its rate limit (429)")]
    RateLimited,
    /// The network edge refuses this address: an HTML 403, or Cloudflare's error 1015.
    #[error("the network edge refuses our address (403 page or error 1015)")]
    Blocked,
    /// 5xx or 425: the host has a problem of its own.
    #[error("has a problem of its own (status {0})")]
    ServerError(u16),
    /// 404.
    #[error("has no such resource (404)")]
    NotFound,
    /// Any other status than 200, with the host's own words, cut to 200 characters.
    #[error("refused the request with status {status}: {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The host's words.
        message: String,
    },
    /// A web page where JSON was expected: a challenge or maintenance page, never "no data".
    #[error("answered with a web page instead of JSON")]
    Html,
    /// 200 without a body: never "no data".
    #[error("answered 200 with an empty body")]
    Empty,
    /// 200 with the body `null`: never "no data".
    #[error("answered 200 with null")]
    Null,
    /// JSON of another shape than documented, or no JSON.
    #[error("the answer cannot be read: {0}")]
    Malformed(String),
    /// Paging brought a page or a cursor a second time; the crawl would never end.
    #[error("paging does not advance: {0}")]
    PagingLoop(String),
}

impl UpstreamErrorKind {
    /// Whether the same request may succeed if it is sent again soon.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_)
            | Self::Timeout
            | Self::Truncated(_)
            | Self::RateLimited
            | Self::Blocked
            | Self::ServerError(_)
            | Self::Html
            | Self::Empty
            | Self::Null => true,
            Self::InvalidRequest(_)
            | Self::TooLarge { .. }
            | Self::NotFound
            | Self::Refused { .. }
            | Self::Malformed(_)
            | Self::PagingLoop(_) => false,
        }
    }

    /// The bounded name used in metric labels.
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "invalid_request",
            Self::Unreachable(_) => "unreachable",
            Self::Timeout => "timeout",
            Self::Truncated(_) => "truncated",
            Self::TooLarge { .. } => "too_large",
            Self::RateLimited => "rate_limited",
            Self::Blocked => "blocked",
            Self::ServerError(_) => "server_error",
            Self::NotFound => "not_found",
            Self::Refused { .. } => "refused",
            Self::Html => "html",
            Self::Empty => "empty",
            Self::Null => "null",
            Self::Malformed(_) => "malformed",
            Self::PagingLoop(_) => "paging_loop",
        }
    }
}
