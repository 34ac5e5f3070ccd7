//! `GET /api/polymarket/markets`: screening.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::{DateTime, Utc};
use domain::{QueryReader, Screen};

use crate::{
    api::{
        list::{self, List, ListReply, Paging, Question, query_string},
        parameters::{MarketFilters, PagingParameters},
        reply::{ItemMetadata, loaded_snapshot},
    },
    catalog::Snapshot,
    http::{
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::MarketRow,
};

/// The parameters of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketsQuery {
    /// Which markets, in which order.
    pub screen: Screen,
    /// Which part of them.
    pub paging: Paging,
}

impl FromQuery for MarketsQuery {
    fn read(query: &mut QueryReader) -> Self {
        Self { screen: Screen::read(query), paging: Paging::read(query) }
    }
}

impl MarketsQuery {
    /// The parameters that differ from their defaults, in one canonical order.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = self.screen.to_pairs();
        pairs.extend(self.paging.to_pairs());
        pairs
    }
}

/// Runs the screen on a snapshot.
pub(crate) fn load(
    snapshot: &Snapshot,
    query: &MarketsQuery,
    item: ItemMetadata,
    now: DateTime<Utc>,
) -> Result<List<MarketRow>, ApiError> {
    let MarketsQuery { screen, paging } = query;
    let rows = snapshot.screen(screen, &paging.page, paging.facets, now)?;
    metrics::histogram!("cascadian_screen_duration_seconds").record(rows.duration.as_secs_f64());
    Ok(List::new(rows, paging, item))
}

// The macro below takes names without parameters.
type MarketList = ListReply<MarketRow>;

/// Screen markets
///
/// Every filter narrows; several values of one filter widen, except tags, all of which must match. Rows whose
/// value is unknown never lie within a bound, and sort last in both directions.
#[utoipa::path(
    get, path = "/api/polymarket/markets", tag = "markets", operation_id = "list_markets",
    params(MarketFilters, PagingParameters),
    responses(
        (status = 200, description = "A part of the result", body = MarketList, headers(
            ("ETag", description = "Changes when the answer does; send it back as `If-None-Match`"),
            ("Server-Timing", description = "`screen;dur=…`: milliseconds spent screening"),
        )),
        (status = 304, description = "The answer has not changed"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_markets(
    State(app): State<AppState>,
    headers: HeaderMap,
    Query(query): Query<MarketsQuery>,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let snapshot = loaded_snapshot(&app)?;
    let item = ItemMetadata::of(&app, &snapshot, now);
    let question = Question {
        canonical: format!("markets?{}", query_string(query.to_pairs())),
        depends_on_time: query.paging.facets || !query.screen.closes.is_empty(),
    };
    list::respond(&app, &headers, question, &item, now, || {
        load(&snapshot, &query, item.clone(), now)
    })
    .await
}
