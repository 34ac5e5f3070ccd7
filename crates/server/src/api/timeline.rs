//! `GET /api/polymarket/markets/{id}/timeline`: what a market went through.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::MarketId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::resolutions::{self, CatalogueChange, ObservedResolution};
use utoipa::ToSchema;

use crate::{
    api::{
        market,
        reply::{ItemMetadata, Reply, loaded_snapshot},
    },
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{NoParameters, Path, Query},
        state::AppState,
    },
    view::MarketRow,
};

/// Longest text of a state that is shown.
const SHOWN_CHARS: usize = 2_000;

/// Something a market went through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimelineEntry {
    /// When it happened, as far as upstream says; else when we learned of it.
    pub at: DateTime<Utc>,
    /// When we learned of it; null for what was there before we looked.
    pub observed_at: Option<DateTime<Utc>>,
    /// `opened`, `rules_changed`, `title_changed`, `end_date_changed`, `paused`, `resumed`, `posed`, `proposed`,
    /// `challenged`, `disputed`, `resolved`, `closed`, `reopened` or another word of the oracle's.
    pub kind: String,
    /// In words.
    pub summary: String,
    /// What it was before, where something changed.
    pub before: Option<String>,
    /// What it became.
    pub after: Option<String>,
}

/// What a market went through, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Timeline(pub(crate) Vec<TimelineEntry>);

/// What is known of a market's past.
pub(crate) async fn load(app: &AppState, row: &MarketRow) -> Result<Timeline, ApiError> {
    let market_id = MarketId::parse(&row.market_id).map_err(ApiError::internal)?;
    let public = app.database().public();
    let changes = resolutions::catalogue_changes(public, &market_id).await?;
    let oracle = resolutions::of_market(public, &market_id).await?;
    let mut entries: Vec<TimelineEntry> = changes.iter().flat_map(of_change).collect();
    entries.extend(oracle.iter().map(|observed| of_oracle(observed, &row.outcomes)));
    if let Some(at) = row.start_date.or(row.created_at) {
        entries.push(plain(at, None, "opened", "Trading opened"));
    }
    if let Some(at) = row.closed_at
        && !entries.iter().any(|entry| entry.kind == "closed")
    {
        entries.push(plain(at, None, "closed", "Trading ended"));
    }
    entries.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| b.observed_at.cmp(&a.observed_at)));
    Ok(Timeline(entries))
}

fn plain(
    at: DateTime<Utc>,
    observed_at: Option<DateTime<Utc>>,
    kind: &str,
    summary: &str,
) -> TimelineEntry {
    TimelineEntry {
        at,
        observed_at,
        kind: kind.to_owned(),
        summary: summary.to_owned(),
        before: None,
        after: None,
    }
}

/// What a change of the catalogue's row says.
fn of_change(change: &CatalogueChange) -> Vec<TimelineEntry> {
    let Value::Object(fields) = &change.changes else { return Vec::new() };
    let at = change.observed_at;
    let entry = |kind: &str, summary: &str, field: &str| {
        let states = fields.get(field).and_then(Value::as_object);
        let state = |name: &str| states.and_then(|states| shown(states, name));
        TimelineEntry {
            before: state("from"),
            after: state("to"),
            ..plain(at, Some(at), kind, summary)
        }
    };
    let became = |field: &str| fields.get(field).and_then(|states| states.get("to")?.as_bool());
    let mut entries = Vec::new();
    for (field, kind, summary) in [
        ("description", "rules_changed", "The rules were changed"),
        ("resolution_source", "rules_changed", "The source of the answer was changed"),
        ("title", "title_changed", "The question was changed"),
        ("end_date", "end_date_changed", "The scheduled end was moved"),
    ] {
        if fields.contains_key(field) {
            entries.push(entry(kind, summary, field));
        }
    }
    match became("closed") {
        Some(true) => entries.push(entry("closed", "Trading ended", "closed")),
        Some(false) => entries.push(entry("reopened", "Trading was opened again", "closed")),
        None => match became("accepting_orders") {
            Some(false) => {
                entries.push(entry("paused", "Orders are not taken", "accepting_orders"));
            }
            Some(true) => entries.push(entry("resumed", "Orders are taken", "accepting_orders")),
            None => {}
        },
    }
    entries
}

fn shown(states: &Map<String, Value>, name: &str) -> Option<String> {
    match states.get(name)? {
        Value::Null => None,
        Value::String(text) => Some(text.chars().take(SHOWN_CHARS).collect()),
        other => Some(other.to_string()),
    }
}

/// What the oracle said.
fn of_oracle(observed: &ObservedResolution, outcomes: &[String]) -> TimelineEntry {
    let state = &observed.state;
    let label = |index: usize| outcomes.get(index).map_or("an outcome", String::as_str);
    let answer = state.payouts.as_ref().map(|payouts| {
        match payouts.iter().position(|payout| *payout == rust_decimal::Decimal::ONE) {
            Some(index) => label(index).to_owned(),
            None => "a split".to_owned(),
        }
    });
    let proposed = state.proposed_price.map(|price| {
        if price == rust_decimal::Decimal::ONE {
            label(0).to_owned()
        } else if price.is_zero() {
            label(1).to_owned()
        } else {
            "a split".to_owned()
        }
    });
    let summary = match (state.status.as_str(), answer, proposed) {
        ("resolved", Some(answer), _) => format!("Resolved: {answer}"),
        ("proposed" | "reproposed", _, Some(proposed)) => format!("Proposed: {proposed}"),
        ("challenged", ..) => "The proposal was challenged".to_owned(),
        ("disputed", ..) => "Disputed: the oracle's voters decide".to_owned(),
        ("posed" | "initialized", ..) => "The question was put to the oracle".to_owned(),
        (other, ..) => format!("The oracle says: {other}"),
    };
    let at = state.updated_at.unwrap_or(observed.observed_at);
    plain(at, Some(observed.observed_at), &state.status, &summary)
}

// The macro below takes names without parameters.
type TimelineReply = Reply<Timeline>;

/// Show what a market went through
///
/// Changes of its rules, question and dates, and what the oracle said, as far as it was observed; the newest first.
#[utoipa::path(
    get, path = "/api/polymarket/markets/{id}/timeline", tag = "markets", operation_id = "get_market_timeline",
    params(("id" = String, Path, description = "Market id, condition id or slug")),
    responses(
        (status = 200, description = "The timeline", body = TimelineReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_market_timeline(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Query(NoParameters): Query<NoParameters>,
) -> Result<Response, ApiError> {
    let snapshot = loaded_snapshot(&app)?;
    let row = market::find(&snapshot, &id)?;
    let timeline = load(&app, &row).await?;
    let metadata = ItemMetadata::of(&app, &snapshot, Utc::now());
    Ok(Reply::new(timeline, metadata).respond(CachePolicy::Catalogue))
}
