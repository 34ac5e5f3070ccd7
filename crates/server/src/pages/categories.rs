//! `/categories`: what is open in each category.

use axum::{extract::State, response::Response};
use chrono::Utc;
use maud::{Markup, html};

use super::{
    PageRequest,
    figures::{change_figure, money_figure},
    format::{cents, count, money, money_exact, utc},
    panels::note,
    period::Period,
    shell::{Boot, Page, Section, Surroundings},
    states,
};
use crate::{
    api::categories::{self, Categories},
    assets::Chunk,
    http::{error::ApiError, state::AppState},
    view::{CategoryMarket, CategoryView},
};

const PATH: &str = "/categories";

/// Shows the page.
pub(super) async fn show(
    State(app): State<AppState>,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let period = Period::read(&request.pairs);
    let reply = categories::load(&app)?;
    let Categories(rows) = &reply.data;
    let is_empty = app.catalog().current().is_empty();
    let main = html! {
        main class="main page categories" id="main" {
            div class="hd" {
                div class="t" {
                    h1 { "Categories" }
                    span class="sub" { b { (count(rows.len())) } " by volume in 24 hours" }
                    span class="end" { (period.switch(PATH)) }
                }
            }
            (states::notice(&app, &reply.metadata, is_empty, now))
            @if !rows.is_empty() { (cards(rows, period)) }
            @else if !is_empty {
                div class="state" role="status" { h2 { "No category has an open market" } }
            }
        }
    };
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now };
    Ok(surroundings.render(&Page {
        title: "Categories".to_owned(),
        description: format!(
            "{} categories of markets by volume, with their most traded markets. As of {}.",
            count(rows.len()),
            utc(reply.metadata.as_of)
        ),
        canonical: period.href(PATH),
        section: Section::Categories,
        boot: Some(Boot {
            chunk: Chunk::Categories,
            query_string: String::new(),
            reply: serde_json::to_vec(&reply).map_err(ApiError::internal)?,
        }),
        density: None,
        is_unlisted: false,
        main,
    }))
}

fn cards(rows: &[CategoryView], period: Period) -> Markup {
    let largest = rows.iter().filter_map(|row| row.volume_24h).fold(0.0, f64::max);
    html! { div class="cats" { @for row in rows { (card(row, largest, period)) } } }
}

fn card(row: &CategoryView, largest: f64, period: Period) -> Markup {
    let id = format!("category-{}", row.category);
    html! {
        section class="card" aria-labelledby=(id) {
            h2 id=(id) {
                span class={ "ic cat-" (row.category) } {}
                a href={ "/markets?category=" (row.category) } { (row.label) }
                span class="sub" {
                    a href={ "/events?category=" (row.category) } {
                        (count(row.events)) @if row.events == 1 { " event" } @else { " events" }
                    }
                }
            }
            (figures(row, largest))
            @if row.top_markets.is_empty() { (note("Nothing was traded in the last 24 hours.")) }
            @else { (leading(row, period)) }
        }
    }
}

fn figures(row: &CategoryView, largest: f64) -> Markup {
    html! {
        dl class="cat-facts" {
            div {
                dt { "Volume 24 h" }
                dd title=(money_exact(row.volume_24h)) {
                    @if let Some(volume) = row.volume_24h.filter(|_| largest > 0.0) {
                        svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" {
                            rect width=(format!("{:.2}", volume / largest * 100.0)) height="4" {}
                        }
                    }
                    b { (money(row.volume_24h)) }
                }
            }
            div { dt { "Liquidity" } dd title=(money_exact(row.liquidity)) { (money(row.liquidity)) } }
            div { dt { "Open markets" } dd { (count(row.markets)) } }
            div { dt title="Scheduled to end within 24 hours" { "Close in 24 h" } dd { (count(row.closing_soon)) } }
        }
    }
}

fn leading(row: &CategoryView, period: Period) -> Markup {
    html! {
        table class="mini tops3" {
            caption class="sr" { "Most traded in " (row.label) }
            thead {
                tr {
                    th class="l" scope="col" { "Most traded" }
                    th scope="col" { "Price" }
                    th scope="col" { "Change " (period.name()) }
                    th scope="col" { "Volume 24h" }
                }
            }
            tbody { @for market in &row.top_markets { (line(market, period)) } }
        }
    }
}

fn line(market: &CategoryMarket, period: Period) -> Markup {
    html! {
        tr {
            td class="l" {
                a class="mk" href={ "/markets/" (market.slug) } { span class="t" { (market.title) } }
            }
            td { b { (cents(market.price, None)) } }
            td { (change_figure(change(market, period))) }
            td class="f2" { (money_figure(market.volume_24h)) }
        }
    }
}

fn change(market: &CategoryMarket, period: Period) -> Option<f64> {
    match period {
        Period::TenMinutes => market.change_10m,
        Period::Hour => market.change_1h,
        Period::SixHours => market.change_6h,
        Period::TwelveHours => market.change_12h,
        Period::Day => market.change_24h,
        Period::Week => market.change_7d,
    }
}
