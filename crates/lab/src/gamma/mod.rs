//! Gamma, the catalogue host: its paths, paging, filters, limits and errors.

mod answer;
mod comments;
mod events;
mod filter;
mod lists;
mod markets;
mod paging;
mod params;
mod problem;
mod profiles;
mod search;
mod series;
mod sports;
mod tags;

use axum::Router;
use axum::routing::{get, post};

use crate::server::App;
pub(crate) use problem::Problem;

/// Routes relative to Gamma's base URL.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/status", get(|| async { "OK" }))
        .merge(event_routes())
        .merge(market_routes())
        .merge(tag_routes())
        .merge(series_routes())
        .merge(people_routes())
        .route("/public-search", get(search::search))
        .fallback(|| async { Problem::NotFound("route") })
}

fn event_routes() -> Router<App> {
    Router::new()
        .route("/events", get(events::list))
        .route("/events/keyset", get(events::page))
        .route("/events/pagination", get(events::paginate))
        .route("/events/results", get(events::results))
        .route("/events/creators", get(events::creators))
        .route("/events/creators/{id}", get(events::creator))
        .route("/events/{id}", get(events::by_id))
        .route("/events/{id}/tags", get(events::tags))
        .route("/events/{id}/tweet-count", get(events::tweet_count))
        .route("/events/{id}/comments/count", get(comments::count_of_event))
        .route("/events/slug/{slug}", get(events::by_slug))
}

fn market_routes() -> Router<App> {
    Router::new()
        .route("/markets", get(markets::list))
        .route("/markets/keyset", get(markets::page))
        .route("/markets/information", post(markets::information))
        .route("/markets/abridged", post(markets::abridged))
        .route("/markets/{id}", get(markets::by_id))
        .route("/markets/{id}/tags", get(markets::tags))
        .route("/markets/{id}/description", get(markets::description))
        .route("/markets/slug/{slug}", get(markets::by_slug))
}

fn tag_routes() -> Router<App> {
    Router::new()
        .route("/tags", get(tags::list))
        .route("/tags/{id}", get(tags::by_id))
        .route("/tags/{id}/related-tags", get(tags::relations_by_id))
        .route("/tags/{id}/related-tags/tags", get(tags::related_by_id))
        .route("/tags/slug/{slug}", get(tags::by_slug))
        .route("/tags/slug/{slug}/related-tags", get(tags::relations_by_slug))
        .route("/tags/slug/{slug}/related-tags/tags", get(tags::related_by_slug))
}

fn series_routes() -> Router<App> {
    Router::new()
        .route("/series", get(series::list))
        .route("/series/{id}", get(series::by_id))
        .route("/series/{id}/comments/count", get(comments::count_of_series))
        .route("/series-summary/{id}", get(series::summary_by_id))
        .route("/series-summary/slug/{slug}", get(series::summary_by_slug))
        .route("/sports", get(sports::list))
        .route("/sports/market-types", get(sports::market_types))
        .route("/teams", get(sports::teams))
        .route("/teams/{id}", get(sports::team))
}

fn people_routes() -> Router<App> {
    Router::new()
        .route("/comments", get(comments::list))
        .route("/comments/keyset", get(comments::page))
        .route("/comments/{id}", get(comments::thread))
        .route("/comments/user_address/{address}", get(comments::by_user))
        .route("/public-profile", get(profiles::public))
        .route("/profiles/user_address/{address}", get(profiles::by_address))
}
