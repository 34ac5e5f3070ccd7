//! `/markets/{id}`: one market.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{MarketStatus, ResolutionBasis};
use maud::{Markup, html};

use super::{
    PageRequest,
    columns::{self, chosen},
    figures::{
        category_label, category_mark, category_slug, change_figure, closes, external, fact,
        figure, identifier, instant, outcome_class, prose, resolved, tags,
    },
    format::{UNKNOWN, ago, cents, count, decimal, money_exact, utc},
    shell::{Boot, Page, Section, Surroundings},
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
    let siblings = match &row.event {
        Some(event) => markets_of(&snapshot, &event.event_id)?,
        None => Vec::new(),
    };
    let related =
        snapshot.related(Subject::Market(&row.market_id), DEFAULT_LIMIT).unwrap_or_default();
    let related: Vec<MarketRow> = related.into_iter().map(|related| related.row).collect();
    let reply = market::load(&app, &snapshot, row, now).await?;
    let content =
        Content { market: &reply.data, metadata: &reply.metadata, siblings, related, now };
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
    siblings: Vec<MarketRow>,
    related: Vec<MarketRow>,
    now: DateTime<Utc>,
}

impl Content<'_> {
    fn main(&self) -> Markup {
        let market = &self.market.row;
        html! {
            main class="main page market" id="main" {
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
                    (figures(market, self.now))
                    p class="sub" {
                        (status_line(market)) " "
                        span title=(utc(market.observed_at)) { "Observed " (ago(market.observed_at, self.now)) }
                    }
                }
                div class="body" {
                    div class="left" {
                        section class="card" { h2 { "Rules" } (self.rules()) }
                        @if self.siblings.len() > 1 { (self.siblings_card()) }
                    }
                    aside class="right" aria-label="Facts and related markets" {
                        section class="card" { h2 { "Facts" } (self.facts()) }
                        section class="card related" { h2 { "Related markets" } (self.related_table()) }
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
        let columns = chosen(&["price", "change_24h", "volume_24h", "end_date"]);
        let shown = self.siblings.get(..SHOWN_SIBLINGS).unwrap_or(&self.siblings);
        let event = self.market.row.event.as_ref();
        html! {
            section class="card" {
                h2 { "Markets of this event" }
                (columns::table("Markets of this event", &columns, shown, None, self.now))
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
                (columns::table("Related markets", &chosen(&["price", "change_24h"]), &self.related, None, self.now))
            }
        }
    }

    fn facts(&self) -> Markup {
        let MarketDetail { row: market, .. } = self.market;
        let unit = |value: Option<f64>, factor: f64, digits: i32, unit: &str| {
            html! {
                (decimal(value.map(|value| value * factor), digits))
                @if value.is_some() { (unit) }
            }
        };
        html! {
            dl class="kv" {
                (fact("Market id", &identifier(Some(&market.market_id))))
                (fact("Condition id", &identifier(market.condition_id.as_deref())))
                (fact("Question id", &identifier(self.market.question_id.as_deref())))
                @if let Some(id) = &self.market.neg_risk_market_id {
                    (fact("Neg-risk id", &identifier(Some(id))))
                }
                @for (label, token) in market.outcomes.iter().zip(&market.token_ids) {
                    (fact(&format!("Token, {label}"), &identifier(Some(token))))
                }
                (fact("Tick", &unit(market.tick_size, 100.0, 4, "¢")))
                (fact("Minimum order", &unit(market.min_order_size, 1.0, 6, " shares")))
                (fact("Fee, taker", &fee(market.fee_rate)))
                (fact("Created", &instant(market.created_at)))
                (fact("Started", &instant(market.start_date)))
                (fact("Ends, scheduled", &instant(market.end_date)))
                @if market.closed_at.is_some() { (fact("Closed", &instant(market.closed_at))) }
                (fact("Resolution source", &resolution_source(self.market.resolution_source.as_deref())))
                (fact("Upstream changed", &instant(self.market.upstream_updated_at)))
                (fact("Observed", &instant(Some(market.observed_at))))
                @if !market.tags.is_empty() { (fact("Tags", &tags("/markets", &market.tags))) }
            }
        }
    }
}

fn figures(market: &MarketRow, now: DateTime<Utc>) -> Markup {
    let exact = |amount| html! { (money_exact(amount)) };
    let is_running = market.status == MarketStatus::Open && !market.awaiting_resolution;
    html! {
        dl class="facts" {
            @for (index, (label, price)) in market.outcomes.iter().zip(&market.outcome_prices).enumerate() {
                div class="big" { dt { (label) } dd class=[outcome_class(index)] { (cents(*price, market.tick_size)) } }
            }
            @if let Some(resolution) = &market.resolution {
                (figure(
                    match resolution.basis {
                        ResolutionBasis::Uma => "Resolved by UMA",
                        ResolutionBasis::Payout => "Resolved by payout",
                    },
                    &resolved(resolution),
                ))
            }
            (figure("1 h", &change_figure(market.change_1h)))
            (figure("24 h", &change_figure(market.change_24h)))
            (figure("7 d", &change_figure(market.change_7d)))
            (figure("Volume 24 h", &exact(market.volume_24h)))
            (figure("Volume, all time", &exact(market.volume_total)))
            (figure("Liquidity", &exact(market.liquidity)))
            (figure("Spread", &html! { (cents(market.spread, market.tick_size)) }))
            (figure(if is_running { "Closes, scheduled" } else { "State" }, &closes(market, now)))
            (figure("Fee, taker", &fee(market.fee_rate)))
        }
    }
}

/// A taker's fee rate in words: unknown, free, or the rate that multiplies p(1−p).
fn fee(rate: Option<f64>) -> Markup {
    html! {
        @match rate {
            None => (UNKNOWN),
            Some(0.0) => "free",
            Some(rate) => { (decimal(Some(rate * 100.0), 2)) "% · p(1−p)" },
        }
    }
}

fn resolution_source(source: Option<&str>) -> Markup {
    html! {
        @match source.filter(|source| !source.is_empty()) {
            None => span class="mut" { "as the rules say" },
            Some(source) if source.starts_with("https://") || source.starts_with("http://") => {
                (external(source, source))
            },
            Some(source) => (source),
        }
    }
}

/// What the market is doing now, in words that upstream's flags support.
fn status_line(market: &MarketRow) -> Markup {
    let mut parts = vec![match (market.status, market.awaiting_resolution) {
        (MarketStatus::Resolved, _) => "Outcome final".to_owned(),
        (MarketStatus::Closed, _) => "Trading ended, outcome not yet final".to_owned(),
        (MarketStatus::Open, true) => "Trading period over, awaiting resolution".to_owned(),
        (MarketStatus::Open, false) if market.active => "Open".to_owned(),
        (MarketStatus::Open, false) => "Open, not yet active".to_owned(),
    }];
    if market.status != MarketStatus::Resolved {
        let orders =
            if market.accepting_orders { "accepting orders" } else { "not accepting orders" };
        parts.push(orders.to_owned());
    }
    parts.extend(market.uma_status.map(|status| format!("UMA: {status}")));
    parts.extend(market.neg_risk.then(|| "neg-risk group".to_owned()));
    parts.extend(market.rewards.then(|| "liquidity rewards".to_owned()));
    let dot = match (market.awaiting_resolution, market.accepting_orders) {
        (true, _) => "dot warn",
        (false, true) => "dot",
        (false, false) => "dot off",
    };
    html! { span class="st" { span class=(dot) {} (parts.join(" · ")) } }
}
