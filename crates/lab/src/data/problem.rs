//! Errors of the Data API: what v2 and v1 say when a request has no answer, and the trace id that
//! every response carries.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::noise::Noise;

/// Repeated in the body of an error.
const TRACE_HEADER: HeaderName = HeaderName::from_static("x-trace-id");

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    InvalidRequest,
    NotFound,
    MethodNotAllowed,
    Internal,
}

impl Code {
    const fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequest => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// A request that has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    pub(crate) error: String,
    /// The parameter that is wrong.
    pub(crate) parameter: Option<&'static str>,
}

impl Problem {
    /// 400: `parameter` is wrong.
    pub(crate) fn invalid(parameter: &'static str, error: impl Into<String>) -> Self {
        Self { code: Code::InvalidRequest, error: error.into(), parameter: Some(parameter) }
    }

    /// 400 that names no parameter.
    pub(crate) fn refused(error: impl Into<String>) -> Self {
        Self { code: Code::InvalidRequest, error: error.into(), parameter: None }
    }

    /// 400: `parameter` is missing.
    pub(crate) fn missing(parameter: &'static str) -> Self {
        Self::invalid(parameter, format!("required query param '{parameter}' not provided"))
    }

    /// 404 for a path that is none.
    pub(crate) fn unknown_route() -> Self {
        Self { code: Code::NotFound, error: "route not found".to_owned(), parameter: None }
    }

    /// 404 from a lab that serves recordings, which has no trades.
    pub(crate) fn not_recorded() -> Self {
        Self { code: Code::NotFound, error: "not recorded".to_owned(), parameter: None }
    }

    pub(crate) fn wrong_method() -> Self {
        let error = "method not allowed".to_owned();
        Self { code: Code::MethodNotAllowed, error, parameter: None }
    }

    pub(crate) fn internal() -> Self {
        let error = "the world broke; see the lab's log".to_owned();
        Self { code: Code::Internal, error, parameter: None }
    }
}

impl IntoResponse for Problem {
    /// A response without a body: [`dress`] writes it, as it knows the trace id and the version.
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    code: Code,
    retryable: bool,
    trace_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'static str>,
}

#[derive(Serialize)]
struct PlainBody<'a> {
    error: &'a str,
}

/// Which shape error bodies have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    V2,
}

/// Numbers responses, so that no two have one trace id.
#[derive(Clone, Debug)]
pub(crate) struct Dresser {
    version: Version,
    served: Arc<AtomicU64>,
}

impl Dresser {
    pub(crate) fn new(version: Version) -> Self {
        Self { version, served: Arc::default() }
    }

    fn trace_id(&self) -> String {
        let noise = Noise::of(self.served.fetch_add(1, Ordering::Relaxed)).with(0x0074_7261_6365);
        format!("{:016x}{:016x}", noise.bits(), noise.with(1).bits())
    }

    /// Runs the request and gives its response a trace id, and a body if it is an error.
    pub(crate) async fn dress(self, request: Request, next: Next) -> Response {
        let mut response = next.run(request).await;
        let trace_id = self.trace_id();
        if let Some(problem) = response.extensions_mut().remove::<Problem>() {
            response = self.describe(&problem, &trace_id);
        }
        if self.version == Version::V2
            && let Ok(value) = HeaderValue::try_from(trace_id)
        {
            response.headers_mut().insert(TRACE_HEADER, value);
        }
        response
    }

    fn describe(&self, problem: &Problem, trace_id: &str) -> Response {
        let status = problem.code.status();
        let error = problem.error.as_str();
        match self.version {
            Version::V1 => (status, Json(PlainBody { error })).into_response(),
            Version::V2 => {
                let body = Body {
                    error,
                    code: problem.code,
                    retryable: problem.code == Code::Internal,
                    trace_id,
                    parameter: problem.parameter,
                };
                (status, Json(body)).into_response()
            }
        }
    }
}
