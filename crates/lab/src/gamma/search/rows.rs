//! Hits as the search writes them.

use axum::body::Bytes;
use serde::Serialize;

use crate::catalogue::{Catalogue, Event, Market, Tag};
use crate::json::{self, Members};
use crate::world::{Person, profile};

/// Members of an event and of a market in the optimized answer, which names them in this order.
const EVENT_MEMBERS: [&str; 10] = [
    "active",
    "archived",
    "closed",
    "endDate",
    "ended",
    "id",
    "image",
    "negRisk",
    "slug",
    "startDate",
];
const MARKET_MEMBERS: [&str; 10] = [
    "active",
    "archived",
    "bestAsk",
    "bestBid",
    "closed",
    "groupItemTitle",
    "lastTradePrice",
    "question",
    "slug",
    "spread",
];

/// An event as `/events` writes it, without the markets that were closed before then.
pub(super) fn event(catalogue: &Catalogue, event: &Event, closed_since_ms: Option<i64>) -> Bytes {
    let kept = kept(catalogue, event, closed_since_ms);
    if kept.len() == event.market_numbers.len() {
        return catalogue.event_body(event);
    }
    catalogue.event_body_with(event, kept.iter().map(|market| market.nested.as_ref()))
}

/// A few members of an event and of its markets; what elsewhere is a list in a string is a list.
pub(super) fn optimized_event(
    catalogue: &Catalogue,
    event: &Event,
    closed_since_ms: Option<i64>,
) -> Bytes {
    let Some(members) = event.members() else { return Bytes::from_static(b"{}") };
    let mut body = members.only(&EVENT_MEMBERS);
    let ended = members.raw("ended").is_none().then_some(("ended", b"false".as_slice()));
    let title = members.raw("title").map(|title| ("title", title.as_bytes()));
    let markets = kept(catalogue, event, closed_since_ms).into_iter().map(optimized_market);
    let markets: Vec<Vec<u8>> = markets.collect();
    let markets = json::array(markets.iter().map(Vec::as_slice));
    let markets = Some(("markets", markets.as_slice()));
    json::append_members(&mut body, ended.into_iter().chain(markets).chain(title));
    body.into()
}

fn optimized_market(market: &Market) -> Vec<u8> {
    let text = std::str::from_utf8(&market.nested).unwrap_or_default();
    let Ok(members) = Members::parse(text) else { return b"{}".to_vec() };
    let mut body = members.only(&MARKET_MEMBERS);
    let lists = ["outcomePrices", "outcomes"].map(|name| (name, members.texts(name)));
    let lists = lists.map(|(name, texts)| (name, serde_json::Value::from(texts).to_string()));
    json::append_members(&mut body, lists.iter().map(|(name, list)| (*name, list.as_bytes())));
    body
}

/// The markets of the event that are open or were closed at `closed_since_ms` or later.
fn kept<'c>(
    catalogue: &'c Catalogue,
    event: &Event,
    closed_since_ms: Option<i64>,
) -> Vec<&'c Market> {
    let markets = event.market_numbers.iter().filter_map(|&number| catalogue.market(number));
    let is_kept = |market: &&std::sync::Arc<Market>| {
        let Some(since_ms) = closed_since_ms else { return true };
        let closed_ms = market.facts.figures.named("closedTime");
        !market.facts.closed || closed_ms.is_some_and(|at_ms| at_ms >= since_ms as f64)
    };
    markets.filter(is_kept).map(AsRef::as_ref).collect()
}

#[derive(Serialize)]
struct TagRow<'t> {
    id: String,
    label: &'t str,
    slug: &'t str,
    event_count: usize,
}

pub(super) fn tag(tag: &Tag, events: usize) -> Option<Bytes> {
    let row = TagRow {
        id: tag.number.to_string(),
        label: &tag.label,
        slug: &tag.slug,
        event_count: events,
    };
    serde_json::to_vec(&row).ok().map(Bytes::from)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileRow<'p> {
    name: String,
    pseudonym: &'p str,
    display_username_public: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    bio: &'p str,
    proxy_wallet: &'p str,
}

pub(super) fn profile(person: &Person) -> Option<Bytes> {
    let row = ProfileRow {
        name: profile::shown_name(person),
        pseudonym: &person.pseudonym,
        display_username_public: person.displays_name,
        bio: &person.bio,
        proxy_wallet: &person.address,
    };
    serde_json::to_vec(&row).ok().map(Bytes::from)
}
