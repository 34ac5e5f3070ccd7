//! `GET /api/polymarket/categories`: what is open in each category.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::Utc;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        market,
        reply::{ItemMetadata, Reply, loaded_snapshot},
    },
    http::{
        error::{ApiError, Failure},
        extract::{NoParameters, Query},
        state::AppState,
    },
    view::CategoryView,
};

/// The categories, the most traded first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Categories(pub(crate) Vec<CategoryView>);

// The macro below takes names without parameters.
type CategoriesReply = Reply<Categories>;

/// The answer, for the API and the page.
pub(crate) fn load(app: &AppState) -> Result<Reply<Categories>, ApiError> {
    let now = Utc::now();
    let snapshot = loaded_snapshot(app)?;
    let metadata = ItemMetadata::of(app, &snapshot, now);
    Ok(Reply::new(Categories(snapshot.categories(now)), metadata))
}

/// List categories
///
/// Every category that has an open market, the most traded over a day first.
#[utoipa::path(
    get, path = "/api/polymarket/categories", tag = "markets", operation_id = "list_categories",
    responses(
        (status = 200, description = "The categories", body = CategoriesReply),
        (status = 304, description = "The answer has not changed"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_categories(
    State(app): State<AppState>,
    headers: HeaderMap,
    Query(NoParameters): Query<NoParameters>,
) -> Result<Response, ApiError> {
    Ok(market::respond(load(&app)?, &headers, "categories"))
}
