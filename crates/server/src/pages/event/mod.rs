//! `/events/{slug}`: a family of markets.

mod agenda;
mod distribution;
mod history;

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::{
    PageRequest,
    figures::{
        category_label, category_mark, category_slug, fact, figure, identifier, instant, prose,
        scheduled_end, tags,
    },
    format::{ago, count, money_exact, utc},
    panels::{Panel, within},
    period::Period,
    shell::{Boot, Page, Section, Surroundings},
    short_table::{Setting, ShortColumn, by_price, short_table},
};
use crate::{
    api::{
        distribution::{self as outcomes, EventHistory},
        events,
        ohlc::Range,
        reply::{Completeness, ItemMetadata, loaded_snapshot},
    },
    assets::Chunk,
    http::{error::ApiError, extract::Path, state::AppState},
    view::{EventDetail, EventStatus},
};

const COLUMNS: [ShortColumn; 7] = [
    ShortColumn::Price,
    ShortColumn::Change(Period::Day),
    ShortColumn::Volume24h,
    ShortColumn::VolumeTotal,
    ShortColumn::Liquidity,
    ShortColumn::Spread,
    ShortColumn::EndDate,
];
/// Ranges of the chart, as the script offers them; the second unless the address says otherwise.
const RANGES: [&str; 5] = ["1d", "1w", "1m", "3m", "max"];

/// Shows the page.
pub(super) async fn show(
    State(app): State<AppState>,
    Path(slug): Path<String>,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let snapshot = loaded_snapshot(&app)?;
    let row = events::find(&snapshot, &slug)?;
    let markets = events::markets_of(&snapshot, &row.event_id)?;
    let asked = request.pairs.iter().find(|(name, _)| name == "range");
    let range = RANGES.into_iter().find(|known| asked.is_some_and(|(_, name)| name == known));
    let range = range.unwrap_or(RANGES[1]);
    let drawn = within(outcomes::history(
        &app,
        &row,
        markets,
        Range::parse(range).unwrap_or(Range::Max),
        now,
    ));
    let (reply, history) =
        tokio::join!(Box::pin(events::load(&app, &snapshot, row.clone(), now)), Box::pin(drawn));
    let reply = reply?;
    let event = &reply.data;
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now };
    Ok(surroundings.render(&Page {
        title: event.row.title.clone(),
        description: format!(
            "{} markets. Volume 24h {}, liquidity {}. As of {}.",
            count(event.row.market_count),
            money_exact(event.row.volume_24h),
            money_exact(event.row.liquidity),
            utc(reply.metadata.as_of),
        ),
        canonical: format!("/events/{}", event.row.slug),
        section: Section::Events,
        boot: Some(Boot {
            chunk: Chunk::Event,
            query_string: String::new(),
            reply: serde_json::to_vec(&reply).map_err(ApiError::internal)?,
        }),
        density: None,
        is_unlisted: false,
        main: main_of(event, &reply.metadata, range, &history, now),
    }))
}

fn main_of(
    event: &EventDetail,
    metadata: &ItemMetadata,
    range: &str,
    history: &Panel<EventHistory>,
    now: DateTime<Utc>,
) -> Markup {
    let row = &event.row;
    html! {
        main class="main page event" id="main" {
            div class="hd" {
                p class="crumb" {
                    a href="/events" { "Events" } " · "
                    a href={ "/events?category=" (category_slug(row.category)) } { (category_label(row.category)) }
                }
                div class="t" {
                    (category_mark(row.category, true))
                    h1 { (row.title) }
                    span class="end" {
                        @if !metadata.simulated {
                            a class="chip" href={ "https://polymarket.com/event/" (row.slug) } rel="noopener" {
                                "Polymarket ↗"
                            }
                        }
                    }
                }
                (figures(event, now))
                p class="sub" {
                    span class="st" {
                        span class=(if row.status == EventStatus::Open { "dot" } else { "dot off" }) {}
                        @match row.status { EventStatus::Open => "open", EventStatus::Closed => "closed" }
                        @if row.neg_risk { " · neg-risk group" }
                        @if row.neg_risk_augmented { ", augmented" }
                    }
                    " "
                    span title=(utc(row.observed_at)) { "Observed " (ago(row.observed_at, now)) }
                }
            }
            div class="body" {
                div class="left" {
                    (history::panel(&row.slug, &row.title, range, history))
                    (markets_card(event, now))
                    section class="card" { h2 { "Description" } (description(event, metadata)) }
                }
                aside class="right" aria-label="Distribution, closes and facts" {
                    (distribution::panel(event.distribution.as_ref()))
                    (agenda::panel(&event.markets, now))
                    section class="card" { h2 { "Facts" } (facts(event)) }
                }
            }
        }
    }
}

fn markets_card(event: &EventDetail, now: DateTime<Utc>) -> Markup {
    let caption = format!("Markets of {} by price", event.row.title);
    let setting = Setting { is_one_event: true, current: None };
    html! {
        section class="card" {
            h2 { "Markets " span class="sub" { "by price" } }
            (short_table(&caption, &by_price(event.markets.clone()), &COLUMNS, setting, now))
        }
    }
}

fn figures(event: &EventDetail, now: DateTime<Utc>) -> Markup {
    let row = &event.row;
    let exact = |amount| html! { (money_exact(amount)) };
    let end = if row.status == EventStatus::Open { "Closes, scheduled" } else { "Scheduled end" };
    html! {
        dl class="facts" {
            div class="big" { dt { "Markets, open of all" } dd { (count(row.open_market_count)) " " small class="mut" { "/ " (count(row.market_count)) } } }
            (figure("Volume 24 h", &exact(row.volume_24h)))
            (figure("Volume, all time", &exact(row.volume_total)))
            (figure("Liquidity", &exact(row.liquidity)))
            (figure("Open interest", &exact(row.open_interest)))
            (figure(end, &scheduled_end(row.end_date, now)))
        }
    }
}

fn description(event: &EventDetail, metadata: &ItemMetadata) -> Markup {
    html! {
        @match &event.description {
            Some(text) => (prose(text)),
            None if metadata.completeness == Completeness::Partial => p class="warn" {
                "The description cannot be shown now: the database does not answer."
            },
            None => p class="mut" { "Upstream gives none." },
        }
    }
}

fn facts(event: &EventDetail) -> Markup {
    let row = &event.row;
    html! {
        dl class="kv" {
            (fact("Event id", &identifier(Some(&row.event_id))))
            (fact("Slug", &identifier(Some(&row.slug))))
            @if let Some(series) = &row.series_slug { (fact("Series", &html! { (series) })) }
            (fact("Started", &instant(row.start_date)))
            (fact("Ends, scheduled", &instant(row.end_date)))
            @if row.closed_at.is_some() { (fact("Closed", &instant(row.closed_at))) }
            (fact("Resolution source", &html! {
                @match event.resolution_source.as_deref().filter(|source| !source.is_empty()) {
                    Some(source) => (source),
                    None => span class="mut" { "as each market's rules say" },
                }
            }))
            (fact("Observed", &instant(Some(row.observed_at))))
            @if !row.tags.is_empty() { (fact("Tags", &tags("/events", &row.tags))) }
        }
    }
}
