//! `/events`: families of markets.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{EventSortColumn, InvalidField, QueryReader};
use maud::{Markup, html};

use super::{
    PageRequest,
    columns::{Sorting, class, header},
    figures::{category_mark, money_figure, scheduled_end},
    filters,
    format::{cents, count},
    links::Address,
    lists::{self, canonical, facet, pager, relaxations, timed},
    panels::choice,
    screener::read_density,
    shell::{Boot, Page, Section, Surroundings},
    states,
};
use crate::{
    api::{
        events::{self, EventsQuery},
        list::{List, Paging},
        reply::{ItemMetadata, loaded_snapshot},
    },
    assets::Chunk,
    http::{
        error::ApiError,
        extract::{FromQuery, read_pairs},
        state::AppState,
    },
    view::{EventRow, EventStatus},
};

const PATH: &str = "/events";
const NARROWING: [&str; 4] = ["q", "tag", "category", "status"];

struct EventsPageQuery {
    events: EventsQuery,
    density: Option<String>,
}

impl FromQuery for EventsPageQuery {
    fn read(query: &mut QueryReader) -> Self {
        let mut events = EventsQuery::read(query);
        events.paging = Paging { facets: true, ..events.paging };
        Self { events, density: read_density(query) }
    }
}

/// Shows the page; with status 400, the form, and what is wrong with it where it cannot be used.
pub(super) async fn show(
    State(app): State<AppState>,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now };
    let address = Address::new(PATH, &request.pairs);
    let refused = |fields: &[InvalidField]| {
        let form = filters::events(&address, fields);
        lists::refused(&surroundings, "Events", PATH, Section::Events, &form)
    };
    let query = match read_pairs::<EventsPageQuery>(request.pairs) {
        Ok(query) => query,
        Err(fields) => return Ok(refused(&fields)),
    };
    let snapshot = loaded_snapshot(&app)?;
    let item = ItemMetadata::of(&app, &snapshot, now);
    let list = match events::load_list(&snapshot, &query.events, item) {
        Ok(list) => list,
        Err(error) if !error.fields().is_empty() => {
            return Ok(refused(error.fields()));
        }
        Err(error) => return Err(error),
    };
    let rows = list.rows.read().map_err(ApiError::internal)?;
    let reply = list.to_json().map_err(ApiError::internal)?;
    let main = main_of(&app, &address, &query.events, &list, &rows, now);
    let response = surroundings.render(&Page {
        title: "Events".to_owned(),
        description: format!(
            "{} events with their markets, by volume and liquidity.",
            count(list.metadata.total)
        ),
        canonical: canonical(PATH, query.events.screen.to_pairs(), &query.events.paging),
        section: Section::Events,
        boot: Some(Boot { chunk: Chunk::Events, query_string: address.query(), reply }),
        density: query.density.clone(),
        is_unlisted: false,
        main,
    });
    Ok(timed(response, list.rows.duration))
}

fn main_of(
    app: &AppState,
    address: &Address,
    query: &EventsQuery,
    list: &List<EventRow>,
    rows: &[EventRow],
    now: DateTime<Utc>,
) -> Markup {
    let snapshot = app.catalog().current();
    let is_empty = snapshot.is_empty();
    let metadata = &list.metadata;
    html! {
        main class="main list" id="main" {
            section class="col" {
                div class="head" {
                    div class="a" {
                        h1 { "Events" }
                        span class="sub" {
                            b { (count(metadata.total)) } " " (status_words(query)) " · "
                            (format!("{:.1} ms", list.rows.duration.as_secs_f64() * 1e3))
                        }
                        div class="tools" { (status_switch(address, query)) }
                    }
                    (filters::events(address, &[]))
                }
                (states::notice(app, &metadata.item, is_empty, now))
                @if !rows.is_empty() {
                    div class="scroll" tabindex="0" role="region" aria-label="Events" { (table(address, query, rows, now)) }
                } @else if !is_empty {
                    div class="state" role="status" {
                        h2 { "No event matches" }
                        (relaxations(address, &NARROWING))
                    }
                }
                (pager(address, metadata, rows.len()))
            }
            @if let Some(facets) = &metadata.facets {
                aside class="facets" aria-label="Facets" {
                    (facet("Category", "category", &facets.category, address, false))
                    (facet("Tags", "tag", &facets.tags, address, false))
                }
            }
        }
    }
}

/// The status that the list is narrowed to, as its parameter calls it.
fn status_of(query: &EventsQuery) -> &'static str {
    match query.screen.closed {
        Some(false) => "open",
        Some(true) => "closed",
        None => "all",
    }
}

fn status_words(query: &EventsQuery) -> &'static str {
    let status = status_of(query);
    if status == "all" { "events" } else { status }
}

fn status_switch(address: &Address, query: &EventsQuery) -> Markup {
    let present = status_of(query);
    let option = |status: &'static str| {
        let first = address.first_page().without("closed");
        let next =
            if status == "open" { first.without("status") } else { first.with("status", status) };
        (status, next.href(), status == present)
    };
    choice("Status", &["open", "closed", "all"].map(option))
}

fn table(address: &Address, query: &EventsQuery, rows: &[EventRow], now: DateTime<Utc>) -> Markup {
    let deciding = query.screen.sort.first();
    let column = deciding.map_or(EventSortColumn::Volume24h, |sort| sort.column);
    let is_descending = deciding.is_none_or(|sort| sort.descending);
    let sorting = Sorting { address, column: column.slug(), is_descending };
    let head = |id: &str, label: &str, is_text: bool| {
        let sort = EventSortColumn::parse(id).map(EventSortColumn::slug);
        header(id, label, is_text, sort, Some(&sorting))
    };
    html! {
        table class="grid events" {
            caption class="sr" { "Events, sorted by " (column.label()) }
            thead {
                tr {
                    (head("title", "Event", true))
                    (head("top", "Leading", true))
                    (head("market_count", "Markets", false))
                    (head("volume_24h", "Volume 24h", false))
                    (head("volume_total", "Volume", false))
                    (head("liquidity", "Liquidity", false))
                    (head("end_date", "Closes", false))
                }
            }
            tbody { @for event in rows { (row(event, now)) } }
        }
    }
}

fn row(event: &EventRow, now: DateTime<Utc>) -> Markup {
    let number = |id: &str, is_quiet: bool, content: &Markup| {
        html! { td class=(class(id, false, is_quiet)) { (content) } }
    };
    html! {
        tr {
            td class="l c-title" {
                a class="mk" href={ "/events/" (event.slug) } {
                    (category_mark(event.category, false)) span class="t" { (event.title) }
                }
            }
            td class="l c-top" {
                span class="tops" {
                    @for market in &event.top_markets {
                        span title=(market.title) {
                            b { (cents(market.price, None)) } " "
                            @if event.market_count > 1 {
                                (market.group_title.as_deref().unwrap_or(&market.title))
                            }
                        }
                    }
                }
            }
            (number("market_count", true, &market_count(event)))
            (number("volume_24h", false, &money_figure(event.volume_24h)))
            (number("volume_total", true, &money_figure(event.volume_total)))
            (number("liquidity", true, &money_figure(event.liquidity)))
            td class="c-end_date f2" {
                @if event.status == EventStatus::Closed { span class="mut" { "closed" } }
                @else { (scheduled_end(event.end_date, now)) }
            }
        }
    }
}

/// Open markets of all markets; one number where they are the same.
fn market_count(event: &EventRow) -> Markup {
    html! {
        @if event.open_market_count != event.market_count { (count(event.open_market_count)) " / " }
        span class=[(event.market_count == 1).then_some("one")] { (count(event.market_count)) }
    }
}
