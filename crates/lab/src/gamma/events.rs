//! `/events`: listings, single events and what hangs on one.

use axum::body::Bytes;
use axum::extract::{Extension, Path, Query, State};
use axum::response::Response;
use serde_json::json;

use super::answer::{
    Answer, Pairs, Struck, array, json_body, keyset_page, number, object, spoil_page,
};
use super::filter::{EventFilter, Listing};
use super::paging::PageRequest;
use super::params::Params;
use super::problem::Problem;
use crate::bad_rows::Entity;
use crate::catalogue::{Catalogue, Event};
use crate::faults::PageFault;
use crate::json;
use crate::server::App;

/// The answers' schema.
const SCHEMA: &str = "Event";

/// A page of a listing.
struct Page {
    rows: Vec<Bytes>,
    next: Option<String>,
    /// Rows on all pages.
    total: usize,
}

pub(super) async fn page(State(app): State<App>, Query(pairs): Pairs, struck: Struck) -> Answer {
    let params = Params::new(pairs);
    let page = select(&app, &params, Listing::Keyset, struck.as_ref()).await?;
    let names = ("events", "EventsKeysetListResponse");
    Ok(keyset_page(&app, names, &page.rows, page.next.as_deref()))
}

pub(super) async fn list(State(app): State<App>, Query(pairs): Pairs, struck: Struck) -> Answer {
    let params = Params::new(pairs);
    Ok(array(&select(&app, &params, Listing::Offset, struck.as_ref()).await?.rows))
}

/// `/events/pagination`: `{data, pagination}`.
pub(super) async fn paginate(
    State(app): State<App>,
    Query(pairs): Pairs,
    struck: Struck,
) -> Answer {
    let params = Params::new(pairs);
    let page = select(&app, &params, Listing::Offset, struck.as_ref()).await?;
    let pagination = json!({ "hasMore": page.next.is_some(), "totalResults": page.total });
    let data = json::array(page.rows.iter().map(AsRef::as_ref));
    let mut body = b"{}".to_vec();
    let members = [("data", data), ("pagination", pagination.to_string().into_bytes())];
    let members = members.iter().map(|(name, value)| (*name, value.as_slice()));
    json::append_members(&mut body, members);
    Ok(object(&app, "EventsPagination", body.into()))
}

/// `/events/results`: games that have been played, the latest first.
pub(super) async fn results(State(app): State<App>, Query(mut pairs): Pairs) -> Answer {
    if !pairs.iter().any(|(key, _)| key == "order") {
        pairs.extend([("order", "startTime"), ("ascending", "false")].map(owned));
    }
    pairs.push(owned(("ended", "true")));
    let params = Params::new(pairs);
    Ok(array(&select(&app, &params, Listing::Offset, None).await?.rows))
}

fn owned((key, value): (&str, &str)) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

async fn select(
    app: &App,
    params: &Params,
    listing: Listing,
    struck: Option<&Extension<PageFault>>,
) -> Result<Page, Problem> {
    if params.list("order").is_some_and(|columns| columns.contains(&"competitive")) {
        // As the real host does.
        return Err(Problem::Broken("internal server error"));
    }
    let filter = EventFilter::read(params)?;
    let request = PageRequest::read(params, listing)?;
    let with_markets = params.flag("include_markets")?.unwrap_or(true);
    let catalogue = app.lab.catalogue().await?;
    let filter = filter.widened(&catalogue);
    let accepts = |event: &Event| filter.accepts(event);
    let (events, next) = request.cut(catalogue.events(), accepts);
    let rows = events.into_iter().map(|event| body(&catalogue, event, with_markets)).collect();
    let (rows, next) = spoil_page(Entity::Event, rows, next, struck);
    let total = catalogue.events().iter().filter(|event| accepts(event)).count();
    Ok(Page { rows, next, total })
}

fn body(catalogue: &Catalogue, event: &Event, with_markets: bool) -> Bytes {
    if with_markets { catalogue.event_body(event) } else { catalogue.event_body_alone(event) }
}

pub(super) async fn by_id(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let event = catalogue.event(number(&id)?).ok_or(Problem::NotFound("id"))?;
    Ok(single(&app, &catalogue, event))
}

pub(super) async fn by_slug(State(app): State<App>, Path(slug): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let event = catalogue.event_by_slug(&slug).ok_or(Problem::NotFound("slug"))?;
    Ok(single(&app, &catalogue, event))
}

fn single(app: &App, catalogue: &Catalogue, event: &Event) -> Response {
    object(app, SCHEMA, catalogue.event_body(event))
}

pub(super) async fn tags(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let event = catalogue.event(number(&id)?).ok_or(Problem::NotFound("id"))?;
    Ok(json_body(event.tags.clone().unwrap_or(Bytes::from_static(b"[]"))))
}

/// `{"tweetCount":…}`: what the event's row says, 0 when it says nothing.
pub(super) async fn tweet_count(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let event = catalogue.event(number(&id)?).ok_or(Problem::NotFound("id"))?;
    let count = event.members().and_then(|members| members.raw("tweetCount")).unwrap_or("0");
    Ok(json_body(format!(r#"{{"tweetCount":{count}}}"#)))
}

/// Nobody creates events here, so nobody is credited with one.
pub(super) async fn creators() -> Response {
    array(&[])
}

pub(super) async fn creator(Path(id): Path<String>) -> Answer {
    number(&id)?;
    Err(Problem::NotFound("id"))
}
