//! The Data API host: trades, activity, positions, holders, boards and profits, v2 under `/v2` and
//! the frozen v1 beside it, and the host of the site's profit charts.
//!
//! Everything is read off the exchange: its tape, its accounts and its listings. The lab has no
//! combos and no builders, so their routes answer with nothing, in the right shape.

mod activity;
mod approvals;
mod boards;
mod charts;
mod cursor;
mod feed;
mod holders;
#[cfg(test)]
mod kit;
mod ledger;
mod markets;
mod nothing;
mod number;
mod paging;
mod params;
mod pnl;
mod positions;
mod prices;
mod problem;
#[cfg(test)]
mod product_ledger;
mod resolutions;
mod rows;
mod stakes;
mod status;
mod trades;
mod v1;
mod wallet;

pub(crate) use charts::routes as chart_routes;
pub(crate) use number::{Plain, units};

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use serde::Serialize;

use crate::server::App;
use crate::world::World;
use boards::Cache;
use problem::{Dresser, Problem, Version};

type Answer = Result<Response, Problem>;

/// Routes relative to the Data API's base URL.
pub(crate) fn routes() -> Router<App> {
    let boards = Arc::new(Cache::default());
    let first = dressed(v1::routes(), Version::V1);
    first.nest("/v2", second_version()).layer(Extension(boards))
}

fn second_version() -> Router<App> {
    let routes = Router::new()
        .route("/trades", get(trades::list))
        .route("/activity", get(activity::list))
        .route("/activity/combos", get(nothing::combo_activity))
        .route("/positions", get(positions::list))
        .route("/positions/combos", get(nothing::combo_positions))
        .route("/value", get(wallet::value))
        .route("/approvals", get(approvals::get))
        .route("/user-pnl", get(wallet::pnl))
        .route("/user-stats", get(wallet::stats))
        .route("/user-volume", get(wallet::volume))
        .route("/holders", get(holders::list))
        .route("/oi", get(markets::oi))
        .route("/live-volume", get(markets::live_volume))
        .route("/tokens", get(markets::tokens))
        .route("/resolutions", get(resolutions::list))
        .route("/prices-history", get(prices::list))
        .route("/leaderboard", get(boards::leaderboard))
        .route("/biggest-winners", get(boards::biggest_winners))
        .route("/builders/leaderboard", get(nothing::builders))
        .route("/builders/volume", get(nothing::builder_volume))
        .route("/status", get(status::get));
    dressed(routes, Version::V2)
}

/// With the host's words for unknown paths and methods, and its error bodies.
fn dressed(routes: Router<App>, version: Version) -> Router<App> {
    let dresser = Dresser::new(version);
    routes
        .fallback(|| async { Problem::unknown_route() })
        .method_not_allowed_fallback(|| async { Problem::wrong_method() })
        .layer(from_fn(move |request: Request, next: Next| dresser.clone().dress(request, next)))
}

/// Asks the world, off the threads that serve connections: it may be busy living.
async fn ask<T: Send + 'static>(
    app: &App,
    question: impl FnOnce(&World) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let lab = app.lab.clone();
    let answer = tokio::task::spawn_blocking(move || lab.with_world(|world| question(world)));
    answer.await.map_err(|_| Problem::internal())?.unwrap_or(Err(Problem::not_recorded()))
}

/// A body that caches may keep for so many seconds.
fn cached(max_age_s: u32, body: impl Serialize) -> Response {
    let mut response = Json(body).into_response();
    if max_age_s > 0
        && let Ok(value) = HeaderValue::try_from(format!("public, max-age={max_age_s}"))
    {
        response.headers_mut().insert(header::CACHE_CONTROL, value);
    }
    response
}
