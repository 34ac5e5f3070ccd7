//! The CLOB's error bodies: `{"error"}`.

use std::borrow::Cow;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A request that has no answer, as the CLOB words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// 400: no token is named.
    NoToken,
    /// 400: neither `BUY` nor `SELL`.
    NoSide,
    /// 400: the body is not the list that it should be.
    Payload,
    /// 400: the body asks for more than is answered at once.
    TooMuch,
    /// 400: a cursor that no page gave out.
    Cursor,
    /// 400: the cursor of the end, which has no page.
    CursorOfTheEnd,
    /// 400: what is wrong with a request for history.
    Filters(Cow<'static, str>),
    /// 404: the token is unknown, or its market no longer trades. The two cannot be told apart.
    NoBook,
    /// 404.
    NoMarket,
    /// 404.
    NoFeeRate,
    /// 404.
    NoRoute,
    /// 404: recordings hold nothing of this host.
    NotRecorded,
    /// 500.
    Broken,
}

impl Problem {
    pub(super) fn filters(sentence: impl Into<Cow<'static, str>>) -> Self {
        Self::Filters(sentence.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        const MISSING: StatusCode = StatusCode::NOT_FOUND;
        let (status, error) = match self {
            Self::NoToken => (BAD, Cow::from("Invalid token id")),
            Self::NoSide => (BAD, "Invalid side".into()),
            Self::Payload => (BAD, "Invalid payload".into()),
            Self::TooMuch => (BAD, "Payload exceeds the limit".into()),
            Self::Cursor => (BAD, "invalid next_cursor".into()),
            Self::CursorOfTheEnd => (BAD, "next item should be greater than or equal to 0".into()),
            Self::Filters(sentence) => (BAD, format!("invalid filters: {sentence}").into()),
            Self::NoBook => (MISSING, "No orderbook exists for the requested token id".into()),
            Self::NoMarket => (MISSING, "market not found".into()),
            Self::NoFeeRate => (MISSING, "fee rate not found for market".into()),
            Self::NoRoute => (MISSING, "not found".into()),
            Self::NotRecorded => (MISSING, "not recorded".into()),
            Self::Broken => (StatusCode::INTERNAL_SERVER_ERROR, "internal server error".into()),
        };
        (status, Json(json!({ "error": error }))).into_response()
    }
}
