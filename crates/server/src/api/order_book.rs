//! `GET /api/polymarket/order-book/{id}`: a market's book, and what an order would cost.

use axum::{extract::State, response::Response};
use chrono::Utc;
use domain::{ErrorCode, QueryReader};
use ingest::live::LiveBook;
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use crate::{
    api::{
        market,
        parameters::{integer, parameter},
        reply::{ItemMetadata, Reply, loaded_snapshot},
    },
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{FromQuery, Path, Query},
        state::AppState,
    },
    view::{MarketRow, OrderBookView},
};

/// Which outcome's book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutcomeQuery {
    /// 0 or 1.
    pub outcome: usize,
}

impl FromQuery for OutcomeQuery {
    fn read(query: &mut QueryReader) -> Self {
        Self { outcome: query.within("outcome", 0, 1).unwrap_or(0) }
    }
}

/// The parameter that chooses an outcome.
pub(crate) fn outcome_parameter() -> Parameter {
    let schema = integer(0, Some(1)).default(Some(0.into()));
    parameter("outcome", "Index of the outcome.", schema)
}

impl IntoParams for OutcomeQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![outcome_parameter()]
    }
}

/// A market's book: the one that is streamed, else one that is fetched now, or was a moment ago.
pub(crate) async fn book_of(app: &AppState, row: &MarketRow) -> Result<LiveBook, ApiError> {
    app.live()
        .book(row)
        .await?
        .ok_or_else(|| ApiError::new(ErrorCode::BookNotFound).with("id", row.market_id.clone()))
}

// The macro below takes names without parameters.
type OrderBookReply = Reply<OrderBookView>;

/// Show an order book
///
/// Of a market that is followed the book is the one streamed to this server; of another it is fetched, and the
/// market is followed for a while. `state` says whether it may be believed.
#[utoipa::path(
    get, path = "/api/polymarket/order-book/{id}", tag = "markets", operation_id = "get_order_book",
    params(("id" = String, Path, description = "Market id, condition id or slug"), OutcomeQuery),
    responses(
        (status = 200, description = "The book", body = OrderBookReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_order_book(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Query(OutcomeQuery { outcome }): Query<OutcomeQuery>,
) -> Result<Response, ApiError> {
    let snapshot = loaded_snapshot(&app)?;
    let row = market::find(&snapshot, &id)?;
    let book = book_of(&app, &row).await?;
    let now = Utc::now();
    let view = OrderBookView::of(&book, outcome, now);
    let metadata = ItemMetadata::of(&app, &snapshot, now);
    Ok(Reply::new(view, metadata).respond(CachePolicy::NoStore))
}
