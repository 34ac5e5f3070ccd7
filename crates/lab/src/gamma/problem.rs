//! Gamma's error bodies: `{"type", "error"}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A request that has no answer, as Gamma words it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// 404: the named key (`id`, `slug`, `route`) is not held.
    NotFound(&'static str),
    /// 400, with the sentence of the `error` member.
    Malformed(String),
    /// 422, with the sentence of the `error` member.
    Invalid(String),
    /// 500.
    Broken(&'static str),
}

impl Problem {
    /// `order` names a column that the rows do not have, or not in camel case.
    pub(crate) fn wrong_order() -> Self {
        Self::Invalid("order fields are not valid".to_owned())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, kind, error) = match self {
            Self::NotFound(what) => {
                (StatusCode::NOT_FOUND, "not found error", format!("{what} not found"))
            }
            Self::Malformed(error) => (StatusCode::BAD_REQUEST, "validation error", error),
            Self::Invalid(error) => (StatusCode::UNPROCESSABLE_ENTITY, "validation error", error),
            Self::Broken(error) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal error", error.to_owned())
            }
        };
        (status, Json(json!({ "type": kind, "error": error }))).into_response()
    }
}
