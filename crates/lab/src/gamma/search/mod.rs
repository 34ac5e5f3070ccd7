//! `/public-search`: events, tags and people by words.

mod query;
mod rows;

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query as Pairs, State};
use axum::response::Response;
use serde_json::json;

use super::answer::{self, Answer, ask, json_body};
use super::params::Params;
use super::problem::Problem;
use crate::catalogue::{Catalogue, Event};
use crate::json;
use crate::server::App;
use crate::world::World;
use query::Query;

/// Hits of one kind: those of the page, and how many there are.
#[derive(Debug, Default)]
struct Hits {
    rows: Vec<Bytes>,
    total: usize,
}

impl Hits {
    /// The page of `found`.
    fn cut<T>(query: &Query, found: &[T], write: impl Fn(&T) -> Option<Bytes>) -> Self {
        let page = found.iter().skip(query.offset()).take(query.limit);
        Self { rows: page.filter_map(write).collect(), total: found.len() }
    }

    fn goes_on(&self, query: &Query) -> bool {
        self.total > query.offset() + query.limit
    }
}

pub(super) async fn search(State(app): State<App>, Pairs(pairs): answer::Pairs) -> Answer {
    let query = Query::read(&Params::new(pairs))?;
    let catalogue = app.lab.catalogue().await?;
    let events = search_events(&query, &catalogue);
    let tags = query.with_tags.then(|| search_tags(&query, &catalogue));
    let profiles =
        if query.with_profiles { Some(search_people(&app, &query).await?) } else { None };
    Ok(respond(&query, &events, tags.as_ref(), profiles.as_ref()))
}

/// A part that was not asked for is missing, one without hits is `null`. The optimized answer has
/// every part and says `hasMore` without a `pagination` around it.
fn respond(query: &Query, events: &Hits, tags: Option<&Hits>, profiles: Option<&Hits>) -> Response {
    let parts = [("events", Some(events)), ("tags", tags), ("profiles", profiles)];
    let hits = || parts.iter().filter_map(|(_, hits)| *hits);
    let more = hits().any(|hits| hits.goes_on(query));
    let mut members: Vec<(&str, Vec<u8>)> = parts
        .iter()
        .filter(|(_, hits)| hits.is_some() || query.optimized)
        .map(|(name, hits)| {
            let rows = hits.map(|hits| &hits.rows).filter(|rows| !rows.is_empty());
            let rows = rows.map(|rows| json::array(rows.iter().map(AsRef::as_ref)));
            (*name, rows.unwrap_or_else(|| b"null".to_vec()))
        })
        .collect();
    if query.optimized {
        members.push(("hasMore", more.to_string().into_bytes()));
    } else {
        let total: usize = hits().map(|hits| hits.total).sum();
        let pagination = json!({ "hasMore": more, "totalResults": total });
        members.push(("pagination", pagination.to_string().into_bytes()));
    }
    let mut body = b"{}".to_vec();
    json::append_members(&mut body, members.iter().map(|(name, raw)| (*name, raw.as_slice())));
    json_body(body)
}

fn search_events(query: &Query, catalogue: &Catalogue) -> Hits {
    let mut found: Vec<(u8, &Arc<Event>)> = catalogue
        .events()
        .iter()
        .filter(|event| query.accepts(event))
        .filter_map(|event| Some((score(query, event, catalogue)?, event)))
        .collect();
    found.sort_by(|(left_score, left), (right_score, right)| {
        let order = match query.sort {
            Some(sort) => sort.compare(left, right),
            None => right_score.cmp(left_score).then_with(|| by_volume(left, right)),
        };
        order.then_with(|| Reverse(left.facts.number).cmp(&Reverse(right.facts.number)))
    });
    // What the recordings or the world have last said is the present.
    let now_ms = catalogue.events().iter().map(|event| event.facts.updated_ms).max();
    let closed_since_ms = query.closed_since_ms(now_ms.unwrap_or(i64::MIN));
    Hits::cut(query, &found, |(_, event)| {
        Some(if query.optimized {
            rows::optimized_event(catalogue, event, closed_since_ms)
        } else {
            rows::event(catalogue, event, closed_since_ms)
        })
    })
}

/// How well an event fits: its title has the very words, its title has all of them, or one of its
/// markets has those that the title has not. `None` when it does not.
fn score(query: &Query, event: &Event, catalogue: &Catalogue) -> Option<u8> {
    let words = event.traits.words.as_str();
    if event.traits.title().contains(&query.text) {
        return Some(3);
    }
    let missing: Vec<&str> = query.words().filter(|word| !words.contains(word)).collect();
    if missing.is_empty() {
        return Some(2);
    }
    let mut markets = event.market_numbers.iter().filter_map(|&number| catalogue.market(number));
    let fits = markets.any(|market| missing.iter().all(|word| market.traits.words.contains(word)));
    fits.then_some(1)
}

/// The busiest first.
fn by_volume(left: &Event, right: &Event) -> Ordering {
    let volume = |event: &Event| event.facts.figures.named("volume24hr").unwrap_or(0.0);
    volume(right).total_cmp(&volume(left))
}

fn search_tags(query: &Query, catalogue: &Catalogue) -> Hits {
    let fits = |text: &str| text.to_lowercase().contains(&query.text);
    let tags = catalogue.tags().iter().filter(|tag| fits(&tag.label) || fits(&tag.slug));
    let mut found: Vec<_> = tags
        .map(|tag| {
            let events = catalogue.events().iter();
            (events.filter(|event| event.tag_numbers.contains(&tag.number)).count(), tag)
        })
        .collect();
    found.sort_by_key(|&(events, tag)| (Reverse(events), tag.number));
    Hits::cut(query, &found, |&(events, tag)| rows::tag(tag, events))
}

async fn search_people(app: &App, query: &Query) -> Result<Hits, Problem> {
    let query = query.clone();
    let hits = ask(app, move |world: &mut World| {
        let fits = |text: &str| text.to_lowercase().contains(&query.text);
        let people = world.people().iter();
        let found: Vec<_> =
            people.filter(|person| fits(&person.name) || fits(&person.pseudonym)).collect();
        Hits::cut(&query, &found, |person| rows::profile(person))
    });
    Ok(hits.await?.unwrap_or_default())
}
