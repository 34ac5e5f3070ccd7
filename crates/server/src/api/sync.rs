//! `/api/polymarket/sync`: starting a sync and following it.

use std::convert::Infallible;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use chrono::{DateTime, Utc};
use domain::ErrorCode;
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use store::sync_logs::{SyncKind, SyncLog, SyncState, SyncTrigger};
use tokio::sync::broadcast::error::RecvError;
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, schema::Type},
};

use crate::{
    api::{
        reply::{ItemMetadata, Reply},
        stream::keep_alive,
    },
    http::{
        cache::CachePolicy,
        client::Client,
        error::{ApiError, Failure},
        extract::{NoParameters, Query},
        state::AppState,
    },
};

/// A sync: how far it is, or how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SyncStatus {
    /// Its id.
    pub sync_id: String,
    /// `full` (everything) or `hot` (what trades most).
    #[schema(schema_with = kinds)]
    pub kind: String,
    /// Who asked: `schedule` (the clock, or a stale read), `manual` (over HTTP) or `cli`.
    #[schema(schema_with = triggers)]
    pub trigger: String,
    /// `queued`, `running`, `success`, `partial` (some pages or rows are missing) or `failed`.
    #[schema(schema_with = states)]
    pub status: String,
    /// When it began; while it waits, when it was asked for.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Milliseconds from beginning to end.
    pub duration_ms: Option<i64>,
    /// Pages fetched.
    pub pages: i64,
    /// Events on them.
    pub events_seen: i64,
    /// Markets on them.
    pub markets_seen: i64,
    /// Markets not held before.
    pub inserted: i64,
    /// Markets that had changed.
    pub updated: i64,
    /// Markets that had not.
    pub unchanged: i64,
    /// Rows that could not be understood.
    pub quarantined: i64,
    /// Markets found to be no longer listed.
    pub swept: i64,
    /// Everything asked for was fetched, whether or not every row of it was understood.
    pub complete: bool,
    /// Why it failed or is partial.
    pub error: Option<String>,
}

fn kinds() -> Object {
    let kinds = [SyncKind::Full, SyncKind::Hot].map(SyncKind::as_str);
    words("Everything, or what trades most.", kinds)
}

fn triggers() -> Object {
    let triggers = [SyncTrigger::Schedule, SyncTrigger::Manual, SyncTrigger::Cli];
    words(
        "Who asked: the clock or a stale read, somebody over HTTP, the command line.",
        triggers.map(SyncTrigger::as_str),
    )
}

fn states() -> Object {
    let states = [
        SyncState::Queued,
        SyncState::Running,
        SyncState::Success,
        SyncState::Partial,
        SyncState::Failed,
    ];
    let description = "How far it is, or how it ended; partial: some pages or rows are missing.";
    words(description, states.map(SyncState::as_str))
}

fn words<const N: usize>(description: &str, words: [&'static str; N]) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .enum_values(Some(words))
        .build()
}

impl From<SyncLog> for SyncStatus {
    fn from(log: SyncLog) -> Self {
        let started_at = log.started_at.unwrap_or(log.requested_at);
        Self {
            sync_id: log.sync_id.to_string(),
            kind: log.kind.as_str().to_owned(),
            trigger: log.trigger.as_str().to_owned(),
            status: log.status.as_str().to_owned(),
            started_at,
            finished_at: log.finished_at,
            duration_ms: log.finished_at.map(|end| (end - started_at).num_milliseconds()),
            pages: log.counts.pages,
            events_seen: log.counts.events_seen,
            markets_seen: log.counts.markets_seen,
            inserted: log.counts.inserted,
            updated: log.counts.updated,
            unchanged: log.counts.unchanged,
            quarantined: log.counts.quarantined,
            swept: log.counts.swept,
            complete: log.complete,
            error: log.error,
        }
    }
}

/// The syncs there were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SyncOverview {
    /// The one under way or waiting.
    pub running: Option<SyncStatus>,
    /// The newest that ended.
    pub last: Option<SyncStatus>,
    /// The newest 20, newest first.
    pub recent: Vec<SyncStatus>,
}

// The macro below takes names without parameters.
type OverviewReply = Reply<SyncOverview>;
type StatusReply = Reply<SyncStatus>;

/// Show syncs
///
/// Answers also while the database is away.
#[utoipa::path(
    get, path = "/api/polymarket/sync", tag = "sync", operation_id = "get_sync",
    responses(
        (status = 200, description = "The syncs there were", body = OverviewReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_sync(
    State(app): State<AppState>,
    Query(NoParameters): Query<NoParameters>,
) -> Response {
    let metadata = ItemMetadata::of(&app, &app.catalog().current(), Utc::now());
    Reply::new(app.sync().overview(), metadata).respond(CachePolicy::NoStore)
}

/// Start a sync
///
/// Needs the admin token where one is configured; without one it is taken from this machine only. Answers at
/// once: follow the sync with `GET /api/polymarket/sync/stream`. If a full sync waits or runs already, that
/// one is the answer.
#[utoipa::path(
    post, path = "/api/polymarket/sync", tag = "sync", operation_id = "start_sync",
    security((), ("admin_token" = [])),
    responses(
        (status = 202, description = "The sync that was queued, or is under way", body = StatusReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn start_sync(
    State(app): State<AppState>,
    Query(NoParameters): Query<NoParameters>,
    request: Request,
) -> Result<Response, ApiError> {
    let client = Client::of(request.extensions(), request.headers());
    authorise(&app, client, request.headers(), "syncs are started")?;
    let status = app.sync().request(app.database(), SyncTrigger::Manual).await?;
    let metadata = ItemMetadata::of(&app, &app.catalog().current(), Utc::now());
    Ok(Reply::new(status, metadata).respond_with(StatusCode::ACCEPTED, CachePolicy::NoStore))
}

/// Refuses whoever may not give orders; `what` says in the refusal what was ordered.
pub(super) fn authorise(
    app: &AppState,
    client: Client,
    headers: &HeaderMap,
    what: &str,
) -> Result<(), ApiError> {
    let Some(token) = &app.settings().admin_token else {
        return match client {
            Client::Local => Ok(()),
            Client::Remote(_) => Err(ApiError::new(ErrorCode::NotAllowed)
                .saying(format!("Without an admin token, {what} from this machine only."))),
        };
    };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    match given {
        None => Err(ApiError::new(ErrorCode::NotAuthenticated)),
        Some(given) if token.is(given) => Ok(()),
        Some(_) => Err(ApiError::new(ErrorCode::NotAllowed).saying("This is not the admin token.")),
    }
}

/// Follow syncs
///
/// Server-sent events: `progress` with a `SyncStatus`, first of the newest sync there is and then of whatever
/// happens.
#[utoipa::path(
    get, path = "/api/polymarket/sync/stream", tag = "sync", operation_id = "follow_sync",
    responses(
        (status = 200, description = "Events named `progress`, each with a SyncStatus", body = SyncStatus,
         content_type = "text/event-stream"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn follow_sync(
    State(app): State<AppState>,
    Query(NoParameters): Query<NoParameters>,
) -> impl IntoResponse {
    Sse::new(progress(app)).keep_alive(keep_alive())
}

fn progress(app: AppState) -> impl Stream<Item = Result<Event, Infallible>> {
    // Subscribed before the newest is read, so that nothing falls between the two.
    let mut heard = app.sync().subscribe();
    let overview = app.sync().overview();
    async_stream::stream! {
        if let Some(status) = overview.running.or(overview.last) {
            yield Ok(event(&status));
        }
        while let Some(next) = app.stopping().run_until_cancelled(heard.recv()).await {
            match next {
                Ok(status) => yield Ok(event(&status)),
                // What was missed is outdated: the next one tells all.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => break,
            }
        }
    }
}

fn event(status: &SyncStatus) -> Event {
    let data = serde_json::to_string(status).unwrap_or_default();
    Event::default().event("progress").id(status.sync_id.as_str()).data(data)
}
