//! Typed request parts whose refusals are [`ApiError`]s.

use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
};
use domain::{ErrorCode, InvalidField, QueryReader};
use serde::de::DeserializeOwned;

use crate::http::error::ApiError;

/// Parameters that a query string holds.
pub trait FromQuery: Sized {
    /// Takes the parameters out. Mistakes are recorded in `query`; the result is then not used.
    fn read(query: &mut QueryReader) -> Self;
}

/// The decoded pairs of a query string, in order.
pub fn pairs(uri: &Uri) -> Vec<(String, String)> {
    // Decoding cannot fail: what is not valid is replaced.
    axum::extract::Query::try_from_uri(uri).map(|query| query.0).unwrap_or_default()
}

/// Reads parameters and refuses whatever is left over.
pub fn read_pairs<T: FromQuery>(pairs: Vec<(String, String)>) -> Result<T, Vec<InvalidField>> {
    let mut query = QueryReader::new(pairs);
    let value = T::read(&mut query);
    query.finish().map(|()| value)
}

/// The parameters of a request, all of them known and in range.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: FromQuery, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        read_pairs(pairs(&parts.uri)).map(Self).map_err(ApiError::invalid_query)
    }
}

/// The absence of parameters.
#[derive(Debug, Clone, Copy)]
pub struct NoParameters;

impl FromQuery for NoParameters {
    fn read(_: &mut QueryReader) -> Self {
        Self
    }
}

/// The variable parts of a path.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        // The only way to fail is text that is not UTF-8, which names nothing that exists.
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0))
            .map_err(|refusal| ApiError::new(ErrorCode::RouteNotFound).because(refusal))
    }
}
