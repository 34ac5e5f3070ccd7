//! `/markets`: listings, single markets, and queries with a body.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use serde_json::{Map, Value, json};

use super::answer::{
    Answer, Pairs, Struck, array, json_body, keyset_page, number, object, spoil_page,
};
use super::filter::{Listing, MarketFilter};
use super::paging::{DEFAULT_LIMIT, PageRequest};
use super::params::Params;
use super::problem::Problem;
use crate::bad_rows::Entity;
use crate::catalogue::{Catalogue, Market};
use crate::json::Members;
use crate::server::App;

/// The answers' schema.
const SCHEMA: &str = "Market";

/// Members of an abridged row, those that name, price and close a market.
const ABRIDGED: [&str; 20] = [
    "id",
    "question",
    "conditionId",
    "slug",
    "endDate",
    "startDate",
    "outcomes",
    "outcomePrices",
    "volume",
    "liquidity",
    "active",
    "closed",
    "archived",
    "groupItemTitle",
    "clobTokenIds",
    "acceptingOrders",
    "lastTradePrice",
    "bestBid",
    "bestAsk",
    "spread",
];

pub(super) async fn page(State(app): State<App>, Query(pairs): Pairs, struck: Struck) -> Answer {
    let (rows, next) = select(&app, pairs, Listing::Keyset, struck).await?;
    let names = ("markets", "MarketsKeysetListResponse");
    Ok(keyset_page(&app, names, &rows, next.as_deref()))
}

pub(super) async fn list(State(app): State<App>, Query(pairs): Pairs, struck: Struck) -> Answer {
    Ok(array(&select(&app, pairs, Listing::Offset, struck).await?.0))
}

async fn select(
    app: &App,
    pairs: Vec<(String, String)>,
    listing: Listing,
    struck: Struck,
) -> Result<(Vec<Bytes>, Option<String>), Problem> {
    let params = Params::new(pairs);
    let filter = MarketFilter::read(&params, listing)?;
    let with_tags = params.flag("include_tag")?.unwrap_or(false);
    let request = PageRequest::read(&params, listing)?;
    let catalogue = app.lab.catalogue().await?;
    let filter = filter.widened(&catalogue);
    let (markets, next) =
        request.cut(catalogue.markets(), |market| filter.accepts(market, &catalogue));
    let rows = markets.into_iter().map(|market| catalogue.market_body(market, with_tags)).collect();
    Ok(spoil_page(Entity::Market, rows, next, struck.as_ref()))
}

pub(super) async fn information(State(app): State<App>, body: Bytes) -> Answer {
    let params = read_body(&body)?;
    let with_tags = params.flag("include_tag")?.unwrap_or(false);
    let whole = |catalogue: &Catalogue, market: &Market| catalogue.market_body(market, with_tags);
    Ok(array(&query(&app, &params, whole).await?))
}

pub(super) async fn abridged(State(app): State<App>, body: Bytes) -> Answer {
    Ok(array(&query(&app, &read_body(&body)?, |_, market| abridge(market)).await?))
}

/// The filters of a body. Members it does not know are ignored, as upstream.
fn read_body(body: &[u8]) -> Result<Params, Problem> {
    let body: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|error| Problem::Malformed(format!("body is not a JSON object: {error}")))?;
    Ok(Params::from_body(&body))
}

/// Every market that the body names; a page when it names none.
async fn query(
    app: &App,
    params: &Params,
    write: impl Fn(&Catalogue, &Market) -> Bytes,
) -> Result<Vec<Bytes>, Problem> {
    let filter = MarketFilter::read(params, Listing::Body)?;
    let limit = if filter.names_rows() { usize::MAX } else { DEFAULT_LIMIT };
    let catalogue = app.lab.catalogue().await?;
    let filter = filter.widened(&catalogue);
    let markets = catalogue.markets().iter().filter(|market| filter.accepts(market, &catalogue));
    Ok(markets.take(limit).map(|market| write(&catalogue, market)).collect())
}

fn abridge(market: &Market) -> Bytes {
    let text = std::str::from_utf8(&market.nested).unwrap_or_default();
    match Members::parse(text) {
        Ok(members) => members.only(&ABRIDGED).into(),
        Err(_) => market.nested.clone(),
    }
}

pub(super) async fn by_id(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Answer {
    let with_tags = Params::new(pairs).flag("include_tag")?.unwrap_or(false);
    let catalogue = app.lab.catalogue().await?;
    let market = catalogue.market(number(&id)?).ok_or(Problem::NotFound("id"))?;
    Ok(object(&app, SCHEMA, catalogue.market_body(market, with_tags)))
}

pub(super) async fn by_slug(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(pairs): Pairs,
) -> Answer {
    let with_tags = Params::new(pairs).flag("include_tag")?.unwrap_or(false);
    let catalogue = app.lab.catalogue().await?;
    let market = catalogue.market_by_slug(&slug).ok_or(Problem::NotFound("slug"))?;
    Ok(object(&app, SCHEMA, catalogue.market_body(market, with_tags)))
}

pub(super) async fn tags(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let market = catalogue.market(number(&id)?).ok_or(Problem::NotFound("id"))?;
    let tags = catalogue.event_of(market).and_then(|event| event.tags.clone());
    Ok(json_body(tags.unwrap_or(Bytes::from_static(b"[]"))))
}

/// `{"description":…}`, `null` when the row has none.
pub(super) async fn description(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let market = catalogue.market(number(&id)?).ok_or(Problem::NotFound("id"))?;
    let text = std::str::from_utf8(&market.nested).unwrap_or_default();
    let description = Members::parse(text).ok().and_then(|members| members.text("description"));
    Ok(json_body(json!({ "description": description }).to_string()))
}
