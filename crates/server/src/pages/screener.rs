//! `/markets`: the screener.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{InvalidField, MarketStatus, QueryReader, SortColumn};
use maud::{Markup, html};

use super::{
    PageRequest,
    columns::{self, Sorting},
    filters,
    format::count,
    links::Address,
    lists::{self, canonical, facet, pager, relaxations, timed},
    shell::{Boot, Page, Section, Surroundings},
    states, windows,
};
use crate::{
    api::{
        list::{List, Paging},
        markets::{self, MarketsQuery},
        reply::{ItemMetadata, loaded_snapshot},
    },
    assets::Chunk,
    http::{
        error::ApiError,
        extract::{FromQuery, read_pairs},
        state::AppState,
    },
    view::MarketRow,
};

const PATH: &str = "/markets";

/// Filters that leave fewer rows, those that usually exclude most first.
const NARROWING: [&str; 26] = [
    "q",
    "price_min",
    "price_max",
    "volume_24h_min",
    "volume_24h_max",
    "volume_min",
    "volume_max",
    "volume_total_min",
    "volume_total_max",
    "liquidity_min",
    "liquidity_max",
    "spread_min",
    "spread_max",
    "change_1h_min",
    "change_1h_max",
    "change_24h_min",
    "change_24h_max",
    "change_7d_min",
    "change_7d_max",
    "tag",
    "closes",
    "traits",
    "category",
    "ends_after",
    "ends_before",
    "status",
];

/// The parameters of the page: those of the API's list, and how it is shown.
struct ScreenerQuery {
    markets: MarketsQuery,
    columns: Vec<&'static str>,
    density: Option<String>,
}

impl FromQuery for ScreenerQuery {
    fn read(query: &mut QueryReader) -> Self {
        let mut markets = MarketsQuery::read(query);
        // The page always shows facets.
        markets.paging = Paging { facets: true, ..markets.paging };
        Self { markets, columns: read_columns(query), density: read_density(query) }
    }
}

fn read_columns(query: &mut QueryReader) -> Vec<&'static str> {
    let names: Vec<&str> = columns::names().collect();
    let chosen = query
        .words("cols", &names.join(", "), |word| names.iter().copied().find(|name| *name == word));
    if chosen.is_empty() { columns::DEFAULT.to_vec() } else { chosen }
}

/// The density of rows, which the style sheet reads off the document.
pub(super) fn read_density(query: &mut QueryReader) -> Option<String> {
    let density = query.text("density")?;
    if !["compact", "default", "comfortable"].contains(&density.as_str()) {
        query.refuse("density", &density, "must be one of compact, default, comfortable");
        return None;
    }
    Some(density)
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
        let form = filters::markets(&address, fields);
        lists::refused(&surroundings, "Screener", PATH, Section::Markets, &form)
    };
    let query = match read_pairs::<ScreenerQuery>(request.pairs) {
        Ok(query) => query,
        Err(fields) => return Ok(refused(&fields)),
    };
    let snapshot = loaded_snapshot(&app)?;
    let item = ItemMetadata::of(&app, &snapshot, now);
    let list = match markets::load(&snapshot, &query.markets, item, now) {
        Ok(list) => list,
        Err(error) if !error.fields().is_empty() => {
            return Ok(refused(error.fields()));
        }
        Err(error) => return Err(error),
    };
    let rows = list.rows.read().map_err(ApiError::internal)?;
    let reply = list.to_json().map_err(ApiError::internal)?;
    let content = Content { app: &app, address: &address, query: &query, list: &list, now };
    let main = content.main(&rows);
    let response = surroundings.render(&Page {
        title: content.title(),
        description: format!(
            "{} prediction markets by price, change, volume, liquidity and spread.",
            count(list.metadata.total)
        ),
        canonical: canonical(PATH, query.markets.screen.to_pairs(), &query.markets.paging),
        section: Section::Markets,
        boot: Some(Boot { chunk: Chunk::Screener, query_string: address.query(), reply }),
        density: query.density.clone(),
        is_unlisted: false,
        main,
    });
    Ok(timed(response, list.rows.duration))
}

struct Content<'a> {
    app: &'a AppState,
    address: &'a Address,
    query: &'a ScreenerQuery,
    list: &'a List<MarketRow>,
    now: DateTime<Utc>,
}

impl Content<'_> {
    fn title(&self) -> String {
        match &self.query.markets.screen.search {
            Some(text) => format!("{text} · Screener"),
            None => "Screener".to_owned(),
        }
    }

    fn main(&self, rows: &[MarketRow]) -> Markup {
        let is_empty = self.app.catalog().current().is_empty();
        let metadata = &self.list.metadata;
        html! {
            main class="main list" id="main" {
                section class="col" {
                    div class="head" {
                        div class="a" { h1 { "Screener" } (self.summary()) (self.tools()) }
                        (filters::markets(self.address, &[]))
                    }
                    (states::notice(self.app, &metadata.item, is_empty, self.now))
                    @if rows.is_empty() {
                        @if !is_empty { (self.nothing_found()) }
                    } @else {
                        div class="scroll" tabindex="0" role="region" aria-label="Markets" { (self.table(rows)) }
                    }
                    (pager(self.address, metadata, rows.len()))
                }
                (self.facets())
            }
        }
    }

    fn summary(&self) -> Markup {
        let milliseconds = self.list.rows.duration.as_secs_f64() * 1e3;
        let status = self.query.markets.screen.status;
        let held = self.app.catalog().current().count_of(status);
        html! {
            span class="sub" {
                b { (count(self.list.metadata.total)) } " of " (count(held)) " "
                (status.map_or("markets", MarketStatus::slug)) " · "
                (format!("{milliseconds:.1} ms"))
            }
        }
    }

    fn tools(&self) -> Markup {
        let export = self.address.first_page().without("limit").without("cols").without("density");
        html! {
            div class="tools" {
                a class="chip" href=(export.at("/api/polymarket/markets.csv").href()) download
                    title="This whole result as CSV" { "Export" }
                (windows::switch(self.address, &self.query.columns))
            }
        }
    }

    fn table(&self, rows: &[MarketRow]) -> Markup {
        let order = self.query.markets.screen.order();
        let (column, is_descending) =
            order.first().map_or(("", true), |sort| (sort.column.slug(), sort.descending));
        let words = order.first().map_or("relevance", |sort| SortColumn::label(sort.column));
        let sorting = Sorting { address: self.address, column, is_descending };
        let caption = format!("Markets, sorted by {words}");
        columns::table(
            &caption,
            &columns::chosen(&self.query.columns),
            rows,
            Some(&sorting),
            self.now,
        )
    }

    fn nothing_found(&self) -> Markup {
        html! {
            div class="state" role="status" {
                h2 { "No market matches" }
                (relaxations(self.address, &NARROWING))
                @if self.address.get("status").as_deref() != Some("all") {
                    p {
                        a class="chip" href=(self.address.first_page().with("status", "all").href()) {
                            "Search closed and resolved markets as well"
                        }
                    }
                }
            }
        }
    }

    fn facets(&self) -> Markup {
        let Some(facets) = &self.list.metadata.facets else { return html! {} };
        html! {
            aside class="facets" aria-label="Facets" {
                (facet("Category", "category", &facets.category, self.address, false))
                (facet("Closes", "closes", &facets.closes, self.address, false))
                (facet("Traits", "traits", &facets.traits, self.address, false))
                (facet("Tags", "tag", &facets.tags, self.address, false))
                (facet("Status", "status", &facets.status, self.address, true))
            }
        }
    }
}
