//! `/api/polymarket/events`: families of markets.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::{DateTime, Utc};
use domain::{ErrorCode, EventScreen, QueryReader};

use crate::{
    api::{
        distribution,
        list::{self, List, ListReply, Paging, Question, query_string},
        market,
        parameters::{EventFilters, PagingParameters},
        reply::{Completeness, ItemMetadata, Reply, loaded_snapshot},
    },
    catalog::Snapshot,
    http::{
        error::{ApiError, Failure},
        extract::{FromQuery, NoParameters, Path, Query},
        state::AppState,
    },
    view::{EventDetail, EventRow, MarketRow},
};

/// The parameters of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct EventsQuery {
    /// Which events, in which order.
    pub screen: EventScreen,
    /// Which part of them.
    pub paging: Paging,
}

impl FromQuery for EventsQuery {
    fn read(query: &mut QueryReader) -> Self {
        Self { screen: EventScreen::read(query), paging: Paging::read(query) }
    }
}

impl EventsQuery {
    /// The parameters that differ from their defaults, in one canonical order.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = self.screen.to_pairs();
        pairs.extend(self.paging.to_pairs());
        pairs
    }
}

/// Runs the screen on a snapshot.
pub(crate) fn load_list(
    snapshot: &Snapshot,
    query: &EventsQuery,
    item: ItemMetadata,
) -> Result<List<EventRow>, ApiError> {
    let EventsQuery { screen, paging } = query;
    let rows = snapshot.screen_events(screen, &paging.page, paging.facets)?;
    Ok(List::new(rows, paging, item))
}

// The macro below takes names without parameters.
type EventList = ListReply<EventRow>;
type EventReply = Reply<EventDetail>;

/// Screen events
///
/// Every filter narrows; several values of one filter widen, except tags, all of which must match. Unknown
/// values sort last in both directions.
#[utoipa::path(
    get, path = "/api/polymarket/events", tag = "events", operation_id = "list_events",
    params(EventFilters, PagingParameters),
    responses(
        (status = 200, description = "A part of the result", body = EventList, headers(
            ("ETag", description = "Changes when the answer does; send it back as `If-None-Match`"),
            ("Server-Timing", description = "`screen;dur=…`: milliseconds spent screening"),
        )),
        (status = 304, description = "The answer has not changed"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_events(
    State(app): State<AppState>,
    headers: HeaderMap,
    Query(query): Query<EventsQuery>,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let snapshot = loaded_snapshot(&app)?;
    let item = ItemMetadata::of(&app, &snapshot, now);
    let question = Question {
        canonical: format!("events?{}", query_string(query.to_pairs())),
        depends_on_time: false,
    };
    list::respond(&app, &headers, question, &item, now, || {
        load_list(&snapshot, &query, item.clone())
    })
    .await
}

/// The snapshot's row of an event.
pub(crate) fn find(snapshot: &Snapshot, slug: &str) -> Result<EventRow, ApiError> {
    let row = snapshot.event(slug).ok_or_else(|| not_found(slug))?;
    row.read().map_err(ApiError::internal)
}

/// The refusal for an event nobody knows.
pub(crate) fn not_found(slug: &str) -> ApiError {
    let slug: String = slug.chars().take(80).collect();
    ApiError::new(ErrorCode::EventNotFound).with("slug", slug)
}

/// Every market of an event.
pub(crate) fn markets_of(snapshot: &Snapshot, event_id: &str) -> Result<Vec<MarketRow>, ApiError> {
    let rows = snapshot.event_markets(event_id);
    rows.iter().map(|row| row.read().map_err(ApiError::internal)).collect()
}

/// An event with its markets and texts; without texts, and saying so, while the database is away.
pub(crate) async fn load(
    app: &AppState,
    snapshot: &Snapshot,
    row: EventRow,
    now: DateTime<Utc>,
) -> Result<Reply<EventDetail>, ApiError> {
    let mut metadata = ItemMetadata::of(app, snapshot, now);
    let texts = app.details().event(app.database(), &row.event_id).await?;
    if texts.is_none() {
        metadata.completeness = Completeness::Partial;
    }
    let texts = texts.as_deref();
    let markets = markets_of(snapshot, &row.event_id)?;
    let detail = EventDetail {
        description: texts.and_then(|texts| texts.description.clone()),
        resolution_source: texts.and_then(|texts| texts.resolution_source.clone()),
        distribution: distribution::of_event(&row, &markets),
        markets,
        row,
    };
    Ok(Reply::new(detail, metadata))
}

/// Show an event
///
/// With every market of it. While the database is away, the texts are null and `metadata.completeness` is
/// `partial`.
#[utoipa::path(
    get, path = "/api/polymarket/events/{slug}", tag = "events", operation_id = "get_event",
    params(("slug" = String, Path, description = "Slug or event id")),
    responses(
        (status = 200, description = "The event", body = EventReply),
        (status = 304, description = "The answer has not changed"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_event(
    State(app): State<AppState>,
    headers: HeaderMap,
    Path(slug): Path<String>,
    Query(NoParameters): Query<NoParameters>,
) -> Result<Response, ApiError> {
    let snapshot = loaded_snapshot(&app)?;
    let row = find(&snapshot, &slug)?;
    let reply = load(&app, &snapshot, row, Utc::now()).await?;
    Ok(market::respond(reply, &headers, &format!("event/{slug}")))
}
