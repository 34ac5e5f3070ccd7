//! The one error type of the HTTP layer, and how it becomes an answer.
//!
//! A handler returns [`ApiError`]; its [`IntoResponse`] only carries it to `render`, the middleware
//! that knows the request: there it is logged once and written as an envelope or as a page.

use std::{borrow::Cow, error::Error as StdError, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{ErrorCode, InvalidField};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::StoreError;
use utoipa::ToSchema;

use crate::{
    http::{cache::CachePolicy, request_id::RequestId, security::Nonce, state::AppState},
    pages,
};

/// How long a caller shall wait before repeating a request that failed for a passing reason.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// A request that cannot be answered as asked.
#[derive(Debug, Clone)]
pub struct ApiError {
    code: ErrorCode,
    message: Cow<'static, str>,
    details: Map<String, Value>,
    fields: Vec<InvalidField>,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl ApiError {
    /// An error with the public message of its code.
    pub fn new(code: ErrorCode) -> Self {
        Self {
            code,
            message: Cow::Borrowed(code.message()),
            details: Map::new(),
            fields: Vec::new(),
            retry_after: code.is_retryable().then_some(RETRY_AFTER),
            source: None,
        }
    }

    /// Parameters that cannot be used, each with what would be accepted.
    pub fn invalid_query(fields: Vec<InvalidField>) -> Self {
        Self { fields, ..Self::new(ErrorCode::InvalidQuery) }
    }

    /// A defect, or a condition nobody foresaw. The cause goes to the log and nowhere else.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(ErrorCode::Internal).because(source)
    }

    /// Replaces the public message.
    #[must_use]
    pub fn saying(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = message.into();
        self
    }

    /// Adds a public fact.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// States when to come back.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// What went wrong.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// What people read.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The refused parameters.
    pub fn fields(&self) -> &[InvalidField] {
        &self.fields
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The body of the answer.
    pub fn body(&self, request_id: &RequestId) -> Failure {
        Failure {
            success: false,
            error: ErrorBody {
                code: self.code.into(),
                message: self.message.clone().into_owned(),
                details: ErrorDetails {
                    request_id: request_id.to_string(),
                    fields: self.fields.iter().cloned().map(FieldError::from).collect(),
                    more: self.details.clone(),
                },
            },
        }
    }

    fn log(&self, request: &RequestSummary) {
        let RequestSummary { method, path, request_id, .. } = request;
        let (code, cause) = (self.code.code(), chain(self.source.as_deref()));
        match self.code {
            ErrorCode::Internal => {
                tracing::error!(%request_id, %method, path, code, cause, "A request failed");
            }
            _ if self.status().is_server_error() => {
                tracing::warn!(%request_id, %method, path, code, cause, "A request was not answered");
            }
            _ => tracing::debug!(%request_id, %method, path, code, cause, "A request was refused"),
        }
    }
}

/// The causes of an error, outermost first.
fn chain(source: Option<&(dyn StdError + Send + Sync)>) -> String {
    let mut causes = Vec::new();
    let mut next = source.map(|source| source as &dyn StdError);
    while let Some(error) = next {
        causes.push(error.to_string());
        next = error.source();
    }
    causes.join(": ")
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let code = match error {
            StoreError::Unavailable(_) => ErrorCode::DatabaseUnavailable,
            // A handler that can name what is missing, or which rule a write broke, says so before
            // it gets here.
            StoreError::NotFound | StoreError::Conflict(_) | StoreError::Other(_) => {
                ErrorCode::Internal
            }
        };
        Self::new(code).because(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What an error answer needs to know of its request.
struct RequestSummary {
    method: Method,
    path: String,
    request_id: RequestId,
    nonce: Nonce,
}

/// Middleware: logs the error a handler or an inner layer returned, and writes it as an envelope below
/// `/api` and for clients that do not read HTML, as a page otherwise.
pub(super) async fn render(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let summary = RequestSummary {
        method: request.method().clone(),
        path: request.uri().path().to_owned(),
        request_id: RequestId::of(request.extensions()),
        nonce: Nonce::of(request.extensions()),
    };
    let wants_page = !summary.path.starts_with("/api/")
        && request
            .headers()
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"));
    let response = next.run(request).await;
    let Some(error) = response.extensions().get::<ApiError>().cloned() else { return response };
    error.log(&summary);
    let (parts, _) = response.into_parts();
    let mut answer = if wants_page {
        pages::error_page(&app, &error, &summary.request_id, &summary.nonce).into_response()
    } else {
        Json(error.body(&summary.request_id)).into_response()
    };
    *answer.status_mut() = error.status();
    // `Allow` of a refused method, for one, was set further in.
    for (name, value) in &parts.headers {
        if name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    if let Some(wait) = error.retry_after {
        let seconds = wait.as_secs_f64().ceil().max(1.0);
        if let Ok(value) = HeaderValue::from_str(&format!("{seconds:.0}")) {
            answer.headers_mut().insert(header::RETRY_AFTER, value);
        }
    }
    if error.code == ErrorCode::NotAuthenticated {
        let challenge = HeaderValue::from_static("Bearer realm=\"cascadian\"");
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    answer.extensions_mut().insert(CachePolicy::NoStore);
    answer
}

/// The answer to a request that failed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Failure {
    /// Always false.
    #[schema(example = false)]
    pub success: bool,
    /// What went wrong.
    pub error: ErrorBody,
}

/// What went wrong.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// Stable name, for programs.
    pub code: ErrorName,
    /// For people.
    pub message: String,
    /// What there is to know besides.
    pub details: ErrorDetails,
}

/// Facts about an error. Some codes add others, as their reference says.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ErrorDetails {
    /// Under which the server's log has the cause; also the header `x-request-id`.
    pub request_id: String,
    /// The refused parameters (`invalid_query`, `invalid_body`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    /// Whatever else the code adds.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub more: Map<String, Value>,
}

/// One refused parameter.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Name as the caller wrote it.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
    /// The refused value, cut to 80 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl From<InvalidField> for FieldError {
    fn from(InvalidField { field, message, value }: InvalidField) -> Self {
        Self { field, message, value }
    }
}

/// A code of the error table, described to OpenAPI as the enumeration of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErrorName(pub ErrorCode);

impl From<ErrorCode> for ErrorName {
    fn from(code: ErrorCode) -> Self {
        Self(code)
    }
}

impl utoipa::PartialSchema for ErrorName {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("What went wrong; `docs/errors.md` explains each code."))
            .enum_values(Some(ErrorCode::ALL.iter().map(|code| code.code())))
            .into()
    }
}

impl ToSchema for ErrorName {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ErrorCode")
    }
}

/// The text of `docs/errors.md`, from the table of codes.
pub fn errors_markdown() -> String {
    use std::fmt::Write as _;
    let mut text = String::from(
        "# Errors\n\n\
         Generated by `make gen` from `crates/domain/src/error.rs`; do not edit.\n\n\
         Every request that fails is answered with `{\"success\":false,\"error\":{\"code\":…,\"message\":…,\
         \"details\":{\"request_id\":…}}}`. Codes are stable; messages may change. `details.request_id` is also \
         the header `x-request-id`, and the server's log has the cause under it. Answers worth repeating carry \
         `Retry-After`.\n\n\
         | code | status | retry | meaning | remedy |\n|---|---|---|---|---|\n",
    );
    for code in ErrorCode::ALL {
        let retry = if code.is_retryable() { "yes" } else { "no" };
        let (name, status) = (code.code(), code.status());
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| `{name}` | {status} | {retry} | {} | {} |",
            code.message(),
            code.remedy().replace('|', "\\|"),
        );
    }
    text
}
