//! `/map`: the open markets that are traded most. The script draws areas; without it, the same stands in tables.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::Screen;
use maud::{Markup, html};

use super::{
    PageRequest,
    figures::change_figure,
    format::{count, decimal, money, money_exact},
    panels::note,
    period::Period,
    shell::{Boot, Page, Section, Surroundings},
    short_table::{Setting, ShortColumn, short_table},
    states,
};
use crate::{
    api::{
        categories::{self, Categories},
        reply::{ItemMetadata, loaded_snapshot},
    },
    assets::Chunk,
    catalog,
    http::{error::ApiError, state::AppState},
    view::{CategoryView, MarketRow},
};

const PATH: &str = "/map";
/// Markets on the map, as the script draws it.
const MOST_MARKETS: usize = 300;
/// Markets in the list.
const SHOWN_ROWS: usize = 40;

/// Shows the page.
pub(super) async fn show(
    State(app): State<AppState>,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let snapshot = loaded_snapshot(&app)?;
    let metadata = ItemMetadata::of(&app, &snapshot, now);
    let period = Period::read(&request.pairs);
    let page = catalog::Page::first(MOST_MARKETS);
    let found = snapshot.screen(&Screen::default(), &page, false, now)?;
    let (total, mut markets) = (found.total, found.read().map_err(ApiError::internal)?);
    markets.retain(|market| market.volume_24h.is_some_and(|volume| volume > 0.0));
    let Categories(categories) = categories::load(&app)?.data;
    let content = Content { markets, total, categories, period, now };
    let notice = states::notice(&app, &metadata, snapshot.is_empty(), now);
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now };
    Ok(surroundings.render(&Page {
        title: "Market map".to_owned(),
        description: format!(
            "The {} most traded of {} open markets by category, volume and change.",
            count(content.markets.len()),
            count(total)
        ),
        canonical: period.href(PATH),
        section: Section::Map,
        // The script asks for the list itself.
        boot: Some(Boot {
            chunk: Chunk::Map,
            query_string: String::new(),
            reply: b"null".to_vec(),
        }),
        density: None,
        is_unlisted: false,
        main: content.main(&notice),
    }))
}

struct Content {
    /// Traded within a day, the most traded first.
    markets: Vec<MarketRow>,
    /// Open markets in all.
    total: usize,
    categories: Vec<CategoryView>,
    period: Period,
    now: DateTime<Utc>,
}

impl Content {
    fn main(&self, notice: &Markup) -> Markup {
        html! {
            main class="main page map" id="main" {
                div class="hd" {
                    div class="t" {
                        h1 { "Market map" }
                        span class="sub" {
                            b { (count(self.markets.len())) } " of " (count(self.total)) " open"
                            @if self.total > MOST_MARKETS { ", the " (MOST_MARKETS) " most traded" }
                        }
                        span class="end" { (self.period.switch(PATH)) }
                    }
                    (self.legend())
                }
                (notice)
                @if self.markets.is_empty() {
                    @if self.total > 0 { (note("No open market was traded in the last 24 hours.")) }
                } @else {
                    // Keeps the place of the script's areas; taken away where there is no script.
                    div class="treemap waiting" aria-hidden="true" {}
                    noscript { (self.by_category()) }
                    (self.list())
                }
            }
        }
    }

    /// What size and colour mean where the script draws, and what the tables tell where it does not.
    fn legend(&self) -> Markup {
        let (name, most) =
            (self.period.name(), decimal(Some(self.period.full_change() * 100.0), 0));
        html! {
            p class="sub map-legend" {
                span class="listed-only" { "Change in " (name) ", volume in 24 hours" }
                span class="drawn-only" { "Area: volume in 24 hours" }
                span class="drawn-only" { "▼ " (most) " pp" span class="scale" aria-hidden="true" {} "▲ " (most) " pp, change in " (name) }
                span class="drawn-only" { span class="swatch" aria-hidden="true" {} "unchanged or unknown" }
            }
        }
    }

    fn by_category(&self) -> Markup {
        let largest = self.categories.iter().filter_map(|row| row.volume_24h).fold(0.0, f64::max);
        html! {
            section class="card" aria-label="The map by category" {
                h2 { "By category " span class="sub" { "by volume in 24 hours" } }
                table class="mini by-category" {
                    caption class="sr" { "Categories by volume in 24 hours" }
                    thead {
                        tr {
                            th class="l" scope="col" { "Category" }
                            th scope="col" { "Volume 24h" }
                            td {}
                            th scope="col" { "Open" }
                            th scope="col" title="Markets of the map that rose and that fell" { "Up / down" }
                            th class="l" scope="col" { "Moved most" }
                            th scope="col" { "Change " (self.period.name()) }
                        }
                    }
                    tbody { @for row in &self.categories { (self.category(row, largest)) } }
                }
            }
        }
    }

    fn category(&self, row: &CategoryView, largest: f64) -> Markup {
        let own: Vec<&MarketRow> = self
            .markets
            .iter()
            .filter(|market| {
                market.category.map_or("unknown", |category| category.slug()) == row.category
            })
            .collect();
        let change = |market: &&MarketRow| self.period.change(market);
        let up = own.iter().filter_map(change).filter(|change| *change > 0.0).count();
        let down = own.iter().filter_map(change).filter(|change| *change < 0.0).count();
        let size = |market: &&MarketRow| change(market).map_or(0.0, f64::abs);
        let moved = own.iter().copied().max_by(|a, b| size(a).total_cmp(&size(b)));
        let moved = moved.filter(|market| size(market) > 0.0);
        let share = row.volume_24h.filter(|_| largest > 0.0).map(|volume| volume / largest * 100.0);
        html! {
            tr {
                td class="l" {
                    span class={ "ic cat-" (row.category) } {} " "
                    a href={ "/markets?category=" (row.category) } { (row.label) }
                }
                td title=(money_exact(row.volume_24h)) { (money(row.volume_24h)) }
                td {
                    @if let Some(share) = share {
                        svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" {
                            rect width=(format!("{share:.2}")) height="4" {}
                        }
                    }
                }
                td { (count(row.markets)) }
                td { (count(up)) " / " (count(down)) }
                td class="l" {
                    @match moved {
                        Some(market) => a class="mk" href={ "/markets/" (market.slug) } { span class="t" { (market.title) } },
                        None => span class="mut" { "—" },
                    }
                }
                td { (change_figure(moved.and_then(|market| self.period.change(market)))) }
            }
        }
    }

    fn list(&self) -> Markup {
        let shown = self.markets.get(..SHOWN_ROWS).unwrap_or(&self.markets);
        let columns = [
            ShortColumn::Category,
            ShortColumn::Price,
            ShortColumn::Change(self.period),
            ShortColumn::Volume24h,
        ];
        html! {
            section class="card" aria-label="The markets of the map" {
                h2 { "The same as a list " span class="sub" { "by volume in 24 hours" } }
                (short_table("Markets of the map by volume in 24 hours", shown, &columns, Setting::default(), self.now))
                @if self.markets.len() > shown.len() {
                    p class="more" { a class="link" href="/markets" { "All open markets" } }
                }
            }
        }
    }
}
