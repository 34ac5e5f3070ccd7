//! The pages: content as HTML that reads, filters, sorts and pages without a script. They are drawn from the
//! same view structs as the API, and carry the API's own answer for the script to take over from.

mod categories;
mod chart;
mod columns;
mod docs;
mod event;
mod events;
mod figures;
mod filters;
mod format;
mod guide;
mod hub;
mod links;
mod lists;
mod map;
mod market;
mod panels;
mod period;
mod screener;
mod shell;
mod short_table;
mod states;
mod traders;
mod wallet;
mod windows;

use axum::{
    Router,
    extract::FromRequestParts,
    http::request::Parts,
    response::{Redirect, Response},
    routing::get,
};
use chrono::Utc;

use crate::{
    http::{
        error::ApiError, extract::pairs, request_id::RequestId, security::Nonce, state::AppState,
    },
    pages::shell::Surroundings,
};

/// Every page.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/markets") }))
        .route("/markets", get(screener::show))
        .route("/markets/{id}", get(market::show))
        .route("/events", get(events::show))
        .route("/events/{slug}", get(event::show))
        .route("/wallets", get(wallet::find::show))
        .route("/wallets/compare", get(wallet::compare::show))
        .route("/wallets/{id}", get(wallet::show))
        .route("/map", get(map::show))
        .route("/categories", get(categories::show))
        .route("/whales", get(hub::whales::show))
        .route("/insiders", get(hub::insiders::show))
        .route("/signals", get(hub::signals::show))
        .route("/signals/{id}", get(hub::signals::show_one))
        .route("/scores", get(hub::scores::show))
        .route("/scores/{kind}", get(hub::scores::show_one))
        .route("/docs", get(docs::show))
        .route("/docs/{guide}", get(guide::show))
}

/// The page of a request that failed.
pub(crate) fn error_page(
    app: &AppState,
    error: &ApiError,
    request_id: &RequestId,
    nonce: &Nonce,
) -> Response {
    Surroundings { app, nonce, now: Utc::now() }.render(&states::error(error, request_id))
}

/// What a page handler needs of its request: the raw pairs, so that a form can show what was typed even
/// where it cannot be used.
struct PageRequest {
    pairs: Vec<(String, String)>,
    nonce: Nonce,
}

impl<S: Sync> FromRequestParts<S> for PageRequest {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self { pairs: pairs(&parts.uri), nonce: Nonce::of(&parts.extensions) })
    }
}
