//! `GET /api/polymarket/stream`: word of each new snapshot.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName},
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use chrono::{DateTime, Utc};
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use tokio::time::interval;
use utoipa::ToSchema;

use crate::{
    api::reply::is_loaded,
    catalog::Generation,
    http::{
        error::Failure,
        extract::{NoParameters, Query},
        state::AppState,
    },
};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Silence after which a comment is sent, so that proxies keep the connection and the dead are noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How often the age of the data is looked at.
const AGE_EVERY: Duration = Duration::from_secs(5);

/// Which snapshot is current.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GenerationTick {
    /// Number of the snapshot.
    pub generation: i64,
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
            as_of: generation.as_of,
            last_synced,
            stale: app.is_stale(last_synced, Utc::now()),
            changed: generation.changed,
        }
    }
}

/// Follow the catalogue
///
/// Server-sent events: `generation` with each new snapshot of the catalogue, whose number is the event's id, and
/// when the data turns stale or is confirmed by another sync.
/// The current one comes first, unless `Last-Event-ID` says that it is known.
#[utoipa::path(
    get, path = "/api/polymarket/stream", tag = "markets", operation_id = "follow_generations",
    params(("Last-Event-ID" = Option<i64>, Header, description = "The newest generation known; browsers send it when they reconnect")),
    responses(
        (status = 200, description = "Events named `generation`, each with a GenerationTick",
         body = GenerationTick, content_type = "text/event-stream"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn follow_generations(
    State(app): State<AppState>,
    headers: HeaderMap,
    Query(NoParameters): Query<NoParameters>,
) -> impl IntoResponse {
    let known = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.parse().ok());
    Sse::new(generations(app, known)).keep_alive(keep_alive())
}

fn generations(app: AppState, known: Option<i64>) -> impl Stream<Item = Result<Event, Infallible>> {
    let mut heard = app.catalog().subscribe();
    async_stream::stream! {
        let current = *heard.borrow_and_update();
        if is_loaded(&app.catalog().current()) && known != Some(current.generation) {
            yield Ok(event(&GenerationTick::of(&app, current)));
        }
        let mut aged = interval(AGE_EVERY);
        let mut told = GenerationTick::of(&app, current);
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
    Event::default().event("generation").id(tick.generation.to_string()).data(data)
}

/// Keeps a stream of events alive through silence.
pub(crate) fn keep_alive() -> KeepAlive {
    KeepAlive::new().interval(KEEP_ALIVE)
}
