//! `GET /api/polymarket/events/related`: markets of other events that resemble one.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::Utc;
use domain::QueryReader;
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, ToSchema,
    openapi::path::{Parameter, ParameterIn},
};

use crate::{
    api::{
        events, market,
        parameters::{integer, parameter, text},
        reply::{ItemMetadata, Reply, loaded_snapshot},
    },
    catalog::Subject,
    http::{
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::RelatedMarket,
};

/// Markets of one answer at most.
const MAX_LIMIT: usize = 50;
/// Markets of one answer unless asked otherwise.
pub(crate) const DEFAULT_LIMIT: usize = 8;

/// The parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelatedQuery {
    market: Option<String>,
    event: Option<String>,
    limit: usize,
}

impl FromQuery for RelatedQuery {
    fn read(query: &mut QueryReader) -> Self {
        let (market, event) = (query.text("market"), query.text("event"));
        if market.is_some() == event.is_some() {
            let given = event.as_deref().unwrap_or_default();
            query.refuse("market", given, "is needed, or event, and not both");
        }
        let limit = query.within("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
        Self { market, event, limit }
    }
}

impl IntoParams for RelatedQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let limit = integer(1, Some(MAX_LIMIT)).default(Some(DEFAULT_LIMIT.into()));
        vec![
            text("market", "Market id, condition id or slug. This or `event` is needed."),
            text("event", "Event id or slug. This or `market` is needed."),
            parameter("limit", "The most markets to answer with.", limit),
        ]
    }
}

/// The related markets, most similar first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RelatedMarkets(Vec<RelatedMarket>);

// The macro below takes names without parameters.
type RelatedReply = Reply<RelatedMarkets>;

/// List related markets
///
/// Open markets of other events that share tags and title words, most similar first. Rare words count more.
#[utoipa::path(
    get, path = "/api/polymarket/events/related", tag = "events", operation_id = "list_related_markets",
    params(RelatedQuery),
    responses(
        (status = 200, description = "The related markets", body = RelatedReply),
        (status = 304, description = "The answer has not changed"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_related_markets(
    State(app): State<AppState>,
    headers: HeaderMap,
    Query(query): Query<RelatedQuery>,
) -> Result<Response, ApiError> {
    let snapshot = loaded_snapshot(&app)?;
    let RelatedQuery { market, event, limit } = &query;
    let (subject, missing) = match (market.as_deref(), event.as_deref()) {
        (Some(market), _) => (Subject::Market(market), market::not_found(market)),
        (None, event) => {
            let event = event.unwrap_or_default();
            (Subject::Event(event), events::not_found(event))
        }
    };
    let related = snapshot.related(subject, *limit).ok_or(missing)?;
    let metadata = ItemMetadata::of(&app, &snapshot, Utc::now());
    let question = format!("related/{subject:?}/{limit}");
    Ok(market::respond(Reply::new(RelatedMarkets(related), metadata), &headers, &question))
}
