//! `GET /api/polymarket/markets/{id}`: one market.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::{DateTime, Utc};
use domain::ErrorCode;
use store::markets::MarketDetails;

use crate::{
    api::{
        analytics,
        reply::{Completeness, ItemMetadata, Reply, loaded_snapshot},
    },
    catalog::Snapshot,
    http::{
        cache::{CachePolicy, ETag},
        error::{ApiError, Failure},
        extract::{NoParameters, Path, Query},
        state::AppState,
    },
    view::{MarketDetail, MarketRow},
};

/// The snapshot's row of a market.
pub(crate) fn find(snapshot: &Snapshot, id: &str) -> Result<MarketRow, ApiError> {
    let row = snapshot.market(id).ok_or_else(|| not_found(id))?;
    row.read().map_err(ApiError::internal)
}

/// The refusal for a market nobody knows.
pub(crate) fn not_found(id: &str) -> ApiError {
    let id: String = id.chars().take(80).collect();
    ApiError::new(ErrorCode::MarketNotFound).with("id", id)
}

/// A market with its texts; without them, and saying so, while the database is away.
pub(crate) async fn load(
    app: &AppState,
    snapshot: &Snapshot,
    row: MarketRow,
    now: DateTime<Utc>,
) -> Result<Reply<MarketDetail>, ApiError> {
    let mut metadata = ItemMetadata::of(app, snapshot, now);
    // Each waits for the database for so long and no longer: together they must not wait twice as long.
    let texts = app.details().market(app.database(), &row.market_id);
    let (texts, analytics) = tokio::join!(texts, analytics::load(app, &row));
    let (texts, analytics) = (texts?, analytics?);
    if texts.is_none() {
        metadata.completeness = Completeness::Partial;
    }
    let siblings_total =
        row.event.as_ref().map_or(0, |event| snapshot.event_markets(&event.event_id).len());
    let texts = texts.as_deref();
    let text =
        |field: fn(&MarketDetails) -> &Option<String>| texts.and_then(|texts| field(texts).clone());
    let detail = MarketDetail {
        description: text(|texts| &texts.description),
        resolution_source: text(|texts| &texts.resolution_source),
        question_id: text(|texts| &texts.question_id),
        neg_risk_market_id: text(|texts| &texts.neg_risk_market_id),
        fee_type: text(|texts| &texts.fee_type),
        upstream_updated_at: texts.and_then(|texts| texts.upstream_updated_at),
        siblings_total,
        analytics,
        row,
    };
    Ok(Reply::new(detail, metadata))
}

// The macro below takes names without parameters.
type MarketReply = Reply<MarketDetail>;

/// Show a market
///
/// While the database is away, the texts are null and `metadata.completeness` is `partial`.
#[utoipa::path(
    get, path = "/api/polymarket/markets/{id}", tag = "markets", operation_id = "get_market",
    params(("id" = String, Path, description = "Market id, condition id or slug")),
    responses(
        (status = 200, description = "The market", body = MarketReply),
        (status = 304, description = "The answer has not changed"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_market(
    State(app): State<AppState>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(NoParameters): Query<NoParameters>,
) -> Result<Response, ApiError> {
    let snapshot = loaded_snapshot(&app)?;
    let row = find(&snapshot, &id)?;
    let reply = load(&app, &snapshot, row, Utc::now()).await?;
    // Analytics are of their own time.
    let computed = reply.data.analytics.as_ref().map_or(0, |all| all.as_of.timestamp_millis());
    Ok(respond(reply, &headers, &format!("market/{id}/{computed}")))
}

/// Answers with one thing: 304 where the caller holds it already.
pub(crate) fn respond<T: serde::Serialize>(
    reply: Reply<T>,
    headers: &HeaderMap,
    question: &str,
) -> Response {
    let question = format!("{question}#{}", reply.metadata.fingerprint());
    let etag = ETag::of_generation(reply.metadata.generation, &question);
    if etag.is_held_by(headers) {
        return etag.not_modified(CachePolicy::Catalogue);
    }
    let mut response = reply.respond(CachePolicy::Catalogue);
    etag.mark(&mut response, CachePolicy::Catalogue);
    response
}
