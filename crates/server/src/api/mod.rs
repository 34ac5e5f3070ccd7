//! The JSON API. Each feature's file holds its parameters, handler, answer and description.

pub mod analytics;
pub mod categories;
pub(crate) mod csv;
pub mod details;
pub mod distribution;
pub mod events;
pub mod holders;
pub mod intelligence;
pub mod list;
pub mod market;
pub mod market_csv;
pub mod markets;
pub mod markets_csv;
pub mod metrics;
pub mod ohlc;
pub mod openapi;
pub mod order_book;
mod parameters;
pub mod related;
pub mod reply;
pub mod search;
pub mod stream;
pub mod sync;
pub mod system;
pub mod timeline;
pub mod trades;
pub mod wallet;

pub use openapi::openapi;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::state::AppState;

/// Every route of the API, with its description.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(markets::list_markets))
        .routes(routes!(markets_csv::export_markets))
        .routes(routes!(market::get_market))
        .routes(routes!(events::list_events))
        .routes(routes!(related::list_related_markets))
        .routes(routes!(events::get_event))
        .routes(routes!(categories::list_categories))
        .routes(routes!(order_book::get_order_book))
        .routes(routes!(order_book::walk_order_book))
        .routes(routes!(ohlc::get_ohlc))
        .routes(routes!(trades::list_market_trades))
        .routes(routes!(market_csv::export_ohlc))
        .routes(routes!(market_csv::export_market_trades))
        .routes(routes!(timeline::get_market_timeline))
        .routes(routes!(holders::list_holders))
        .routes(routes!(distribution::get_event_history))
        .routes(routes!(search::search_catalogue))
        .merge(wallet::routes())
        .merge(intelligence::routes())
        .routes(routes!(sync::get_sync, sync::start_sync))
        .routes(routes!(sync::follow_sync))
        .routes(routes!(stream::follow_generations))
        .routes(routes!(system::get_health))
        .routes(routes!(system::get_readiness))
        .routes(routes!(metrics::get_metrics))
        .routes(routes!(system::get_openapi))
}
