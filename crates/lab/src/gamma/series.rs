//! `/series` and `/series-summary`.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use serde::Serialize;

use super::answer::{Answer, Pairs, array, number, object, written};
use super::lists::{Limits, page};
use super::params::Params;
use super::problem::Problem;
use crate::catalogue::{Catalogue, Event, Series};
use crate::json::{self, Members};
use crate::server::App;

const LIMITS: Limits = Limits { default: 20, max: 100, max_offset: None };
const COLUMNS: [&str; 11] = [
    "id",
    "ticker",
    "slug",
    "title",
    "recurrence",
    "volume",
    "volume24hr",
    "liquidity",
    "startDate",
    "createdAt",
    "updatedAt",
];

/// Descending orders that the real host cannot answer from a page of so many rows on.
const BROKEN_ORDERS: [(&str, usize); 2] = [("volume24hr", 20), ("liquidity", 50)];

pub(super) async fn list(State(app): State<App>, Query(pairs): Pairs) -> Answer {
    let params = Params::new(pairs);
    refuse_broken_order(&params)?;
    let slugs = params.set("slug");
    let closed = params.flag("closed")?;
    let recurrence = params.one("recurrence").map(str::to_owned);
    let with_events = !params.flag("exclude_events")?.unwrap_or(false);
    let catalogue = app.lab.catalogue().await?;
    let wanted = |series: &Series| {
        slugs.as_ref().is_none_or(|slugs| slugs.contains(&series.slug))
            && closed.is_none_or(|closed| closed == series.closed)
            && recurrence.as_ref().is_none_or(|recurrence| *recurrence == series.recurrence)
    };
    let wanted = catalogue.all_series().filter(|series| wanted(series));
    let bodies = wanted.map(|series| series.body.clone()).collect();
    let shown = page(bodies, &params, &COLUMNS, LIMITS)?;
    let shown = shown.iter().filter_map(|body| catalogue.series(number_of(body)?));
    let rows: Vec<Bytes> = shown.map(|series| row(&catalogue, series, with_events)).collect();
    Ok(array(&rows))
}

fn number_of(body: &Bytes) -> Option<u64> {
    let members = Members::parse(std::str::from_utf8(body).ok()?).ok()?;
    members.text("id")?.parse().ok()
}

/// As the real host does.
fn refuse_broken_order(params: &Params) -> Result<(), Problem> {
    let order = params.list("order").unwrap_or_default();
    let limit = params.count("limit")?.unwrap_or(LIMITS.default);
    let descending = params.flag("ascending")? == Some(false);
    let breaks = |&(column, rows): &(&str, usize)| order.contains(&column) && limit >= rows;
    if descending && BROKEN_ORDERS.iter().any(breaks) {
        return Err(Problem::Broken("internal server error"));
    }
    Ok(())
}

pub(super) async fn by_id(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let series = catalogue.series(number(&id)?).ok_or(Problem::NotFound("id"))?;
    Ok(object(&app, "Series", row(&catalogue, series, true)))
}

/// The series' own members and its events in slim form.
fn row(catalogue: &Catalogue, series: &Series, with_events: bool) -> Bytes {
    if !with_events {
        return series.body.clone();
    }
    let events: Vec<Bytes> =
        events_of(catalogue, series).map(|event| catalogue.slim_body(event)).collect();
    let events = json::array(events.iter().map(AsRef::as_ref));
    let mut body = series.body.to_vec();
    json::append_members(&mut body, [("events", events.as_slice())]);
    body.into()
}

fn events_of<'c>(
    catalogue: &'c Catalogue,
    series: &'c Series,
) -> impl Iterator<Item = &'c Arc<Event>> {
    series.event_numbers.iter().filter_map(|&number| catalogue.event(number))
}

/// `/series-summary`: when the events of a series are, and what has been traded in them.
#[derive(Serialize)]
struct Summary<'s> {
    id: String,
    title: &'s str,
    slug: &'s str,
    #[serde(rename = "eventDates")]
    event_dates: Vec<&'s str>,
    #[serde(rename = "eventWeeks")]
    event_weeks: Vec<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    earliest_open_week: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    earliest_open_date: Option<&'s str>,
    volume: f64,
    volume24hr: f64,
}

pub(super) async fn summary_by_id(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let series = catalogue.series(number(&id)?).ok_or(Problem::NotFound("id"))?;
    written(&app, "SeriesSummary", &summarize(&catalogue, series))
}

pub(super) async fn summary_by_slug(State(app): State<App>, Path(slug): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let series = catalogue.series_by_slug(&slug).ok_or(Problem::NotFound("slug"))?;
    written(&app, "SeriesSummary", &summarize(&catalogue, series))
}

fn summarize<'s>(catalogue: &'s Catalogue, series: &'s Series) -> Summary<'s> {
    let events = || events_of(catalogue, series);
    let open = || events().filter(|event| !event.facts.closed);
    let dates = |event: &'s Arc<Event>| Some(event.traits.event_date.as_str());
    let dates = |event: &'s Arc<Event>| dates(event).filter(|date| !date.is_empty());
    let sum = |name| -> f64 {
        let figures = events().filter_map(|event| event.facts.figures.named(name));
        (figures.sum::<f64>() * 1e6).round() / 1e6
    };
    let event_dates: BTreeSet<&str> = events().filter_map(dates).collect();
    let event_weeks: BTreeSet<i64> = events().filter_map(|it| it.traits.event_week).collect();
    Summary {
        id: series.number.to_string(),
        title: &series.title,
        slug: &series.slug,
        event_dates: event_dates.into_iter().collect(),
        event_weeks: event_weeks.into_iter().collect(),
        earliest_open_week: open().filter_map(|event| event.traits.event_week).min(),
        earliest_open_date: open().filter_map(dates).min(),
        volume: sum("volume"),
        volume24hr: sum("volume24hr"),
    }
}
