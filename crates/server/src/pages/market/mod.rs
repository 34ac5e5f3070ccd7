//! `/markets/{id}`: one market, in one scroll.

mod book;
mod depth;
mod drawing;
mod facts;
mod flow;
mod holders;
mod loading;
mod price;
mod settings;
mod slippage;
mod status;
mod tape;

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::{
    PageRequest,
    figures::{category_label, category_mark, category_slug, prose},
    format::{ago, cents, count, money_exact, utc},
    period::Period,
    shell::{Boot, Page, Section, Surroundings},
    short_table::{Setting, ShortColumn, by_price, short_table},
};
use crate::{
    api::{
        events::markets_of,
        market,
        related::DEFAULT_LIMIT,
        reply::{Completeness, ItemMetadata, Reply, loaded_snapshot},
    },
    assets::Chunk,
    catalog::Subject,
    http::{error::ApiError, extract::Path, state::AppState},
    view::{MarketDetail, MarketRow},
};
use loading::Loaded;
use settings::Settings;

/// Markets of the same event that are shown; all of them are on the event's page.
const SHOWN_SIBLINGS: usize = 12;

/// Shows the page.
pub(super) async fn show(
    State(app): State<AppState>,
    Path(id): Path<String>,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let snapshot = loaded_snapshot(&app)?;
    let row = market::find(&snapshot, &id)?;
    let settings = Settings::read(&row.slug, &request.pairs);
    let siblings = match &row.event {
        Some(event) => by_price(markets_of(&snapshot, &event.event_id)?),
        None => Vec::new(),
    };
    let related =
        snapshot.related(Subject::Market(&row.market_id), DEFAULT_LIMIT).unwrap_or_default();
    let related: Vec<MarketRow> = related.into_iter().map(|related| related.row).collect();
    let (reply, loaded) = tokio::join!(
        Box::pin(market::load(&app, &snapshot, row.clone(), now)),
        Box::pin(Loaded::of(&app, &row, &settings, now)),
    );
    let reply = reply?;
    let content = Content {
        market: &reply.data,
        metadata: &reply.metadata,
        settings,
        loaded,
        siblings,
        related,
        now,
    };
    let main = content.main();
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now };
    Ok(surroundings.render(&Page {
        title: reply.data.row.title.clone(),
        description: description(&reply),
        canonical: format!("/markets/{}", reply.data.row.slug),
        section: Section::Markets,
        boot: Some(Boot {
            chunk: Chunk::Market,
            query_string: String::new(),
            reply: serde_json::to_vec(&reply).map_err(ApiError::internal)?,
        }),
        density: None,
        is_unlisted: false,
        main,
    }))
}

/// Prices and activity in a sentence, with the instant they are of.
fn description(reply: &Reply<MarketDetail>) -> String {
    let market = &reply.data.row;
    let prices: Vec<String> = market
        .outcomes
        .iter()
        .zip(&market.outcome_prices)
        .map(|(label, price)| format!("{label} {}", cents(*price, market.tick_size)))
        .collect();
    format!(
        "{}. Volume 24h {}, liquidity {}. As of {}.",
        prices.join(", "),
        money_exact(market.volume_24h),
        money_exact(market.liquidity),
        utc(reply.metadata.as_of),
    )
}

struct Content<'a> {
    market: &'a MarketDetail,
    metadata: &'a ItemMetadata,
    settings: Settings,
    loaded: Loaded,
    siblings: Vec<MarketRow>,
    related: Vec<MarketRow>,
    now: DateTime<Utc>,
}

impl Content<'_> {
    fn main(&self) -> Markup {
        html! {
            main class="main page market" id="main" {
                (self.head())
                div class="body" {
                    div class="left" { (self.left()) }
                    aside class="right" aria-label="Book, trades and related markets" { (self.right()) }
                }
            }
        }
    }

    fn head(&self) -> Markup {
        let market = &self.market.row;
        html! {
            div class="hd" {
                (self.crumb())
                div class="t" {
                    (category_mark(market.category, true))
                    h1 { (market.title) }
                    span class="end" {
                        @if let Some(event) = market.event.as_ref().filter(|_| !self.metadata.simulated) {
                            a class="chip" href={ "https://polymarket.com/event/" (event.slug) } rel="noopener" {
                                "Polymarket ↗"
                            }
                        }
                    }
                }
                (facts::figures(market, self.now))
                p class="sub" {
                    (facts::status_line(market)) " "
                    span title=(utc(market.observed_at)) {
                        "Catalogue observed " (ago(market.observed_at, self.now))
                    }
                }
            }
        }
    }

    fn crumb(&self) -> Markup {
        let market = &self.market.row;
        html! {
            p class="crumb" {
                a href={ "/markets?category=" (category_slug(market.category)) } { (category_label(market.category)) }
                @if let Some(event) = &market.event {
                    " · " a href={ "/events/" (event.slug) } { (event.title) }
                }
                @if self.siblings.len() > 1 { " · " (count(self.siblings.len())) " markets" }
            }
        }
    }

    fn left(&self) -> Markup {
        let market = &self.market.row;
        html! {
            (price::panel(market, &self.settings, &self.loaded.prices, &self.loaded.timeline))
            div class="pair" {
                (flow::panel(self.market, self.now))
                (status::panel(market, &self.loaded.timeline))
            }
            (holders::panel(market, &self.settings, &self.loaded.holders, self.now))
            div class="pair" {
                section class="card rules" { h2 { "Rules" } (self.rules()) }
                section class="card identity" { h2 { "Facts" } (facts::facts(self.market)) }
            }
            @if self.siblings.len() > 1 { (self.siblings_card()) }
        }
    }

    fn right(&self) -> Markup {
        let market = &self.market.row;
        html! {
            (book::panel(market, &self.settings, &self.loaded.book, self.now))
            (slippage::panel(market, &self.settings, self.loaded.walked.as_ref()))
            (tape::panel(market, &self.settings, &self.loaded.trades, self.metadata.simulated, self.now))
            section class="card related" { h2 { "Related markets" } (self.related_table()) }
        }
    }

    fn rules(&self) -> Markup {
        html! {
            @match &self.market.description {
                Some(text) => (prose(text)),
                None if self.metadata.completeness == Completeness::Partial => p class="warn" {
                    "The rules cannot be shown now: the database does not answer."
                },
                None => p class="mut" { "Upstream gives no rules for this market." },
            }
        }
    }

    fn siblings_card(&self) -> Markup {
        use ShortColumn::{Change, EndDate, Price, Volume24h};
        let shown = self.siblings.get(..SHOWN_SIBLINGS).unwrap_or(&self.siblings);
        let event = self.market.row.event.as_ref();
        let setting = Setting { is_one_event: true, current: Some(&self.market.row.market_id) };
        let columns = [Price, Change(Period::Day), Volume24h, EndDate];
        html! {
            section class="card" {
                h2 {
                    @if let Some(event) = event {
                        a href={ "/events/" (event.slug) } { "Markets of this event" }
                    }
                    span class="sub" { "by price" }
                }
                (short_table("Markets of this event by price", shown, &columns, setting, self.now))
                @if let Some(event) = event.filter(|_| self.siblings.len() > shown.len()) {
                    p class="more" {
                        a class="link" href={ "/events/" (event.slug) } {
                            "All " (count(self.siblings.len())) " markets"
                        }
                    }
                }
            }
        }
    }

    fn related_table(&self) -> Markup {
        html! {
            @if self.related.is_empty() {
                p class="mut" { "None shares a tag or a word of weight." }
            } @else {
                (short_table("Related markets", &self.related, &[ShortColumn::Price], Setting::default(), self.now))
            }
        }
    }
}
