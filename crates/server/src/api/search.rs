//! `GET /api/polymarket/search`: what the command palette finds.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::Utc;
use domain::{QueryReader, screen::MAX_SEARCH_CHARS};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use crate::{
    api::{
        market,
        parameters::{integer, parameter, text},
        reply::{ItemMetadata, Reply, loaded_snapshot},
    },
    http::{
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::SearchResults,
};

/// Results of each kind at most.
const MAX_LIMIT: usize = 50;
/// Results of each kind unless asked otherwise.
const DEFAULT_LIMIT: usize = 8;

/// The parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    text: String,
    limit: usize,
}

impl FromQuery for SearchQuery {
    fn read(query: &mut QueryReader) -> Self {
        let text = query.text("q").unwrap_or_default();
        if text.chars().count() > MAX_SEARCH_CHARS {
            query.refuse("q", &text, format!("must have at most {MAX_SEARCH_CHARS} characters"));
        }
        let limit = query.within("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
        Self { text, limit }
    }
}

impl IntoParams for SearchQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let limit = integer(1, Some(MAX_LIMIT)).default(Some(DEFAULT_LIMIT.into()));
        vec![
            text("q", "What to look for; nothing is found for nothing. At most 200 characters."),
            parameter("limit", "The most markets, and the most events, to answer with.", limit),
        ]
    }
}

// The macro below takes names without parameters.
type SearchReply = Reply<SearchResults>;

/// Search markets and events
///
/// Whatever their status; best matches first. Typing mistakes are forgiven.
#[utoipa::path(
    get, path = "/api/polymarket/search", tag = "markets", operation_id = "search_catalogue",
    params(SearchQuery),
    responses(
        (status = 200, description = "What was found", body = SearchReply),
        (status = 304, description = "The answer has not changed"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn search_catalogue(
    State(app): State<AppState>,
    headers: HeaderMap,
    Query(query): Query<SearchQuery>,
) -> Result<Response, ApiError> {
    let snapshot = loaded_snapshot(&app)?;
    let SearchQuery { text, limit } = &query;
    let found =
        if text.is_empty() { SearchResults::default() } else { snapshot.search(text, *limit) };
    let metadata = ItemMetadata::of(&app, &snapshot, Utc::now());
    let question = format!("search/{limit}/{text}");
    Ok(market::respond(Reply::new(found, metadata), &headers, &question))
}
