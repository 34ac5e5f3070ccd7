//! `GET /api/polymarket/stream`: word of each new snapshot, or of what happens in some markets.

use std::{collections::HashSet, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use chrono::{DateTime, Utc};
use domain::QueryReader;
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use tokio::time::interval;
use utoipa::{
    IntoParams, ToSchema,
    openapi::path::{Parameter, ParameterIn},
};

use crate::{
    api::{
        market,
        parameters::text,
        reply::{is_loaded, loaded_snapshot, version_name},
    },
    catalog::Generation,
    http::{
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    live::{FeedPlace, LiveKind, Wish, present, stream},
};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Silence after which a comment is sent, so that proxies keep the connection and the dead are noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How often the age of the data is looked at.
const AGE_EVERY: Duration = Duration::from_secs(5);

/// Markets of one stream at most.
const MAX_MARKETS: usize = 50;

/// Which stream to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamQuery {
    markets: Vec<String>,
    /// Empty: snapshots of the catalogue.
    kinds: Vec<LiveKind>,
}

impl FromQuery for StreamQuery {
    fn read(query: &mut QueryReader) -> Self {
        let markets = query.list("markets");
        if markets.len() > MAX_MARKETS {
            let count = markets.len().to_string();
            query.refuse("markets", &count, format!("are at most {MAX_MARKETS}"));
        }
        let parse = |word: &str| LiveKind::ALL.into_iter().find(|kind| kind.slug() == word);
        let expected = LiveKind::ALL.map(LiveKind::slug).join(", ");
        let mut kinds = query.words("kinds", &expected, parse);
        let needs_markets = kinds.iter().find(|kind| !kind.is_of_all_markets());
        if let Some(kind) = needs_markets.filter(|_| markets.is_empty()) {
            query.refuse("kinds", kind.slug(), "needs markets; signal and signal_result do not");
        }
        if kinds.is_empty() && !markets.is_empty() {
            kinds = LiveKind::ALL.to_vec();
        }
        Self { markets, kinds }
    }
}

impl IntoParams for StreamQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![
            text(
                "markets",
                "Ids, condition ids or slugs of at most 50 markets, separated by commas: what happens in them is \
                 told, and their books are followed for as long as the stream is open.",
            ),
            text(
                "kinds",
                "Any of `price`, `book`, `trade`, `resolution`, `signal`, `signal_result`, separated by commas. All unless \
                 given. The last two can be followed without `markets`, in all of them.",
            ),
        ]
    }
}

/// Which snapshot is current.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GenerationTick {
    /// Number of the snapshot.
    pub generation: i64,
    /// Names the counts of the windows in it: `windows_version` of the replies' metadata.
    pub windows_version: String,
    /// When it was made.
    pub as_of: DateTime<Utc>,
    /// When the last sync that fetched everything ended.
    pub last_synced: Option<DateTime<Utc>>,
    /// Older than two sync intervals, or never synced.
    pub stale: bool,
    /// Markets and events that differ from the snapshot before.
    pub changed: usize,
}

impl GenerationTick {
    fn of(app: &AppState, generation: Generation) -> Self {
        let last_synced = app.sync().last_synced();
        Self {
            generation: generation.generation,
            windows_version: version_name(generation.windows_version),
            as_of: generation.as_of,
            last_synced,
            stale: app.is_stale(last_synced, Utc::now()),
            changed: generation.changed,
        }
    }
}

/// Follow the catalogue, or some markets
///
/// Server-sent events. Without `markets`: `generation` with each new snapshot of the catalogue and each count of the
/// tape's windows, whose names together are the event's id, and when the data turns stale or is confirmed by another sync; the current one comes first, unless
/// `Last-Event-ID` says that it is known.
///
/// With `markets`: `price` (a `PriceTick`), `book` (an `OrderBookView` of outcome 0), `trade` (a `TradeView`) and
/// `resolution` (a `ResolutionTick`) as they happen, the present books and prices first. Trades that were missed since
/// `Last-Event-ID` come first; when more was missed than is kept, `reset` says that the state has to be read anew.
///
/// With `kinds` of `signal` (a `Signal`) and `signal_result` (a `SignalResultTick`), signals as they are published and
/// settled, of `markets` or of all; those that were missed come first, too.
#[utoipa::path(
    get, path = "/api/polymarket/stream", tag = "markets", operation_id = "follow_generations",
    params(
        StreamQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the newest event known; browsers send it when they reconnect"),
    ),
    responses(
        (status = 200, description = "Events, each with its own kind of data",
         body = GenerationTick, content_type = "text/event-stream"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn follow_generations(
    State(app): State<AppState>,
    headers: HeaderMap,
    Query(query): Query<StreamQuery>,
) -> Result<Response, ApiError> {
    let known = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok());
    if query.kinds.is_empty() {
        let known = known.map(str::to_owned);
        return Ok(Sse::new(generations(app, known)).keep_alive(keep_alive()).into_response());
    }
    follow_markets(&app, &query, known.map(str::to_owned))
}

/// What happens in some markets, beginning with how they stand.
fn follow_markets(
    app: &AppState,
    query: &StreamQuery,
    known: Option<String>,
) -> Result<Response, ApiError> {
    let snapshot = loaded_snapshot(app)?;
    let rows = query.markets.iter().map(|id| market::find(&snapshot, id));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let market_ids: HashSet<Arc<str>> =
        rows.iter().map(|row| row.market_id.as_str().into()).collect();
    let wish = Wish { market_ids, kinds: query.kinds.clone() };
    // An id that cannot be read is of another stream: what was missed is not known.
    let place = known.map(|id| FeedPlace::parse(&id).unwrap_or(FeedPlace::UNKNOWN));
    let watching = app.live().watch(wish.market_ids.iter());
    // Subscribed before the state is read, so that no change falls between the two.
    let subscription = app.live().feed().subscribe(place);
    let first = present(app.live(), &wish);
    Ok(stream::respond(subscription, wish, first, watching, app.stopping().clone()))
}

fn generations(
    app: AppState,
    known: Option<String>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let mut heard = app.catalog().subscribe();
    async_stream::stream! {
        let current = *heard.borrow_and_update();
        let mut told = GenerationTick::of(&app, current);
        if is_loaded(&app.catalog().current()) && known != Some(event_id(&told)) {
            yield Ok(event(&told));
        }
        let mut aged = interval(AGE_EVERY);
        loop {
            tokio::select! {
                changed = heard.changed() => if changed.is_err() { break },
                _ = aged.tick() => {}
                () = app.stopping().cancelled() => break,
            }
            let tick = GenerationTick::of(&app, *heard.borrow_and_update());
            // Data also ages, and is confirmed, without a change: a page left open must learn of it.
            if tick != told {
                told = tick;
                yield Ok(event(&told));
            }
        }
    }
}

fn event(tick: &GenerationTick) -> Event {
    let data = serde_json::to_string(tick).unwrap_or_default();
    Event::default().event("generation").id(event_id(tick)).data(data)
}

fn event_id(tick: &GenerationTick) -> String {
    format!("{}-{}", tick.generation, tick.windows_version)
}

/// Keeps a stream of events alive through silence.
pub(crate) fn keep_alive() -> KeepAlive {
    KeepAlive::new().interval(KEEP_ALIVE)
}
