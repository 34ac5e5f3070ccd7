//! Gamma, the catalogue host: its paths, paging, filters, limits and errors.

mod filter;
mod paging;
mod params;
mod problem;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::bad_rows::Entity;
use crate::faults::{FaultKind, PageFault, spoil_rows};
use crate::json;
use crate::server::App;
use filter::{EventFilter, Listing, MarketFilter};
use paging::{CURSOR_TO_START, PageRequest};
use params::Params;
pub(crate) use problem::Problem;

const MAX_TAGS: usize = 100;

type Answer = Result<Response, Problem>;
type Pairs = Query<Vec<(String, String)>>;
type Struck = Option<Extension<PageFault>>;

/// Routes relative to Gamma's base URL.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/status", get(|| async { "OK" }))
        .route("/events", get(list_events))
        .route("/events/keyset", get(page_events))
        .route("/events/{id}", get(get_event))
        .route("/events/{id}/tags", get(get_event_tags))
        .route("/events/slug/{slug}", get(get_event_by_slug))
        .route("/markets", get(list_markets))
        .route("/markets/keyset", get(page_markets))
        .route("/markets/{id}", get(get_market))
        .route("/markets/{id}/tags", get(get_market_tags))
        .route("/markets/slug/{slug}", get(get_market_by_slug))
        .route("/tags", get(list_tags))
        .route("/tags/{id}", get(get_tag))
        .route("/tags/slug/{slug}", get(get_tag_by_slug))
        .route("/sports", get(list_sports))
        .fallback(|| async { Problem::NotFound("route") })
}

async fn page_events(State(app): State<App>, Query(pairs): Pairs, struck: Struck) -> Answer {
    let (rows, next) = event_rows(&app, pairs, Listing::Keyset, struck.as_ref()).await?;
    Ok(keyset_page("events", &rows, next))
}

async fn list_events(State(app): State<App>, Query(pairs): Pairs, struck: Struck) -> Answer {
    let (rows, _) = event_rows(&app, pairs, Listing::Offset, struck.as_ref()).await?;
    Ok(array_page(&rows))
}

async fn page_markets(State(app): State<App>, Query(pairs): Pairs, struck: Struck) -> Answer {
    let (rows, next) = market_rows(&app, pairs, Listing::Keyset, struck.as_ref()).await?;
    Ok(keyset_page("markets", &rows, next))
}

async fn list_markets(State(app): State<App>, Query(pairs): Pairs, struck: Struck) -> Answer {
    let (rows, _) = market_rows(&app, pairs, Listing::Offset, struck.as_ref()).await?;
    Ok(array_page(&rows))
}

async fn event_rows(
    app: &App,
    pairs: Vec<(String, String)>,
    listing: Listing,
    struck: Option<&Extension<PageFault>>,
) -> Result<(Vec<Bytes>, Option<String>), Problem> {
    let params = Params::new(pairs);
    if params.list("order").is_some_and(|columns| columns.contains(&"competitive")) {
        // As the real host does.
        return Err(Problem::Broken("internal server error"));
    }
    let filter = EventFilter::read(&params)?;
    let request = spoil_request(PageRequest::read(&params, listing)?, struck);
    let catalogue = app.lab.catalogue().await?;
    let (events, next) = request.cut(catalogue.events(), |event| filter.accepts(event));
    let rows = events.into_iter().map(|event| catalogue.event_body(event)).collect();
    Ok(spoil_page(Entity::Event, rows, next, struck))
}

async fn market_rows(
    app: &App,
    pairs: Vec<(String, String)>,
    listing: Listing,
    struck: Option<&Extension<PageFault>>,
) -> Result<(Vec<Bytes>, Option<String>), Problem> {
    let params = Params::new(pairs);
    let filter = MarketFilter::read(&params, listing)?;
    let with_tags = params.flag("include_tag")?.unwrap_or(false);
    let request = spoil_request(PageRequest::read(&params, listing)?, struck);
    let catalogue = app.lab.catalogue().await?;
    let (markets, next) =
        request.cut(catalogue.markets(), |market| filter.accepts(market, &catalogue));
    let rows = markets.into_iter().map(|market| catalogue.market_body(market, with_tags)).collect();
    Ok(spoil_page(Entity::Market, rows, next, struck))
}

fn spoil_request(request: PageRequest, struck: Option<&Extension<PageFault>>) -> PageRequest {
    match struck {
        Some(Extension(PageFault(FaultKind::IgnoresCursor))) => request.without_cursor(),
        _ => request,
    }
}

fn spoil_page(
    entity: Entity,
    mut rows: Vec<Bytes>,
    next: Option<String>,
    struck: Option<&Extension<PageFault>>,
) -> (Vec<Bytes>, Option<String>) {
    let Some(Extension(PageFault(kind))) = struck else { return (rows, next) };
    spoil_rows(kind, entity, &mut rows);
    let next = if *kind == FaultKind::CursorLoop { Some(CURSOR_TO_START.to_owned()) } else { next };
    (rows, next)
}

async fn get_event(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let event = catalogue.event(number(&id)?).ok_or(Problem::NotFound("id"))?;
    Ok(json_body(catalogue.event_body(event)))
}

async fn get_event_by_slug(State(app): State<App>, Path(slug): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let event = catalogue.event_by_slug(&slug).ok_or(Problem::NotFound("slug"))?;
    Ok(json_body(catalogue.event_body(event)))
}

async fn get_event_tags(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let event = catalogue.event(number(&id)?).ok_or(Problem::NotFound("id"))?;
    Ok(json_body(event.tags.clone().unwrap_or_else(no_tags)))
}

async fn get_market(State(app): State<App>, Path(id): Path<String>, Query(pairs): Pairs) -> Answer {
    let with_tags = Params::new(pairs).flag("include_tag")?.unwrap_or(false);
    let catalogue = app.lab.catalogue().await?;
    let market = catalogue.market(number(&id)?).ok_or(Problem::NotFound("id"))?;
    Ok(json_body(catalogue.market_body(market, with_tags)))
}

async fn get_market_by_slug(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(pairs): Pairs,
) -> Answer {
    let with_tags = Params::new(pairs).flag("include_tag")?.unwrap_or(false);
    let catalogue = app.lab.catalogue().await?;
    let market = catalogue.market_by_slug(&slug).ok_or(Problem::NotFound("slug"))?;
    Ok(json_body(catalogue.market_body(market, with_tags)))
}

async fn get_market_tags(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let market = catalogue.market(number(&id)?).ok_or(Problem::NotFound("id"))?;
    let tags = catalogue.event_of(market).and_then(|event| event.tags.clone());
    Ok(json_body(tags.unwrap_or_else(no_tags)))
}

async fn list_tags(State(app): State<App>, Query(pairs): Pairs) -> Answer {
    let params = Params::new(pairs);
    let limit = params.count("limit")?.unwrap_or(MAX_TAGS).min(MAX_TAGS);
    let offset = params.count("offset")?.unwrap_or(0);
    let catalogue = app.lab.catalogue().await?;
    let tags = catalogue.tags().iter().skip(offset).take(limit);
    Ok(json_body(json::array(tags.map(|tag| tag.body.as_ref()))))
}

async fn get_tag(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let tag = catalogue.tag(number(&id)?).ok_or(Problem::NotFound("id"))?;
    Ok(json_body(tag.body.clone()))
}

async fn get_tag_by_slug(State(app): State<App>, Path(slug): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let tag = catalogue.tag_by_slug(&slug).ok_or(Problem::NotFound("slug"))?;
    Ok(json_body(tag.body.clone()))
}

async fn list_sports(State(app): State<App>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    Ok(json_body(json::array(catalogue.sports().iter().map(AsRef::as_ref))))
}

fn number(id: &str) -> Result<u64, Problem> {
    id.parse().map_err(|_| Problem::Invalid("id is invalid".to_owned()))
}

fn no_tags() -> Bytes {
    Bytes::from_static(b"[]")
}

fn keyset_page(list: &str, rows: &[Bytes], next: Option<String>) -> Response {
    let rows = json::array(rows.iter().map(AsRef::as_ref));
    let mut body = Vec::with_capacity(rows.len() + 128);
    body.extend_from_slice(b"{}");
    // Absent on the last page.
    let next = next.map(|cursor| json::quoted(&cursor));
    let next = next.as_ref().map(|cursor| ("next_cursor", cursor.as_bytes()));
    json::append_members(&mut body, std::iter::once((list, rows.as_slice())).chain(next));
    json_body(body)
}

fn array_page(rows: &[Bytes]) -> Response {
    json_body(json::array(rows.iter().map(AsRef::as_ref)))
}

fn json_body(body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body.into()).into_response()
}
