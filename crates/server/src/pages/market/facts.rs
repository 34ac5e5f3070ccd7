//! The recorded facts of a market, and its numbers in one line.

use chrono::{DateTime, Utc};
use domain::{MarketStatus, ResolutionBasis};
use maud::{Markup, html};

use crate::{
    pages::{
        figures::{
            change_figure, closes, external, fact, figure, identifier, instant, outcome_class,
            resolved, spread, tags,
        },
        format::{UNKNOWN, cents, decimal, money_exact, words},
    },
    view::{MarketDetail, MarketRow},
};

/// What is recorded of a market.
pub(super) fn facts(market: &MarketDetail) -> Markup {
    let (detail, market) = (market, &market.row);
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
            (fact("Question id", &identifier(detail.question_id.as_deref())))
            @if let Some(id) = &detail.neg_risk_market_id {
                (fact("Neg-risk id", &identifier(Some(id))))
            }
            @for (label, token) in market.outcomes.iter().zip(&market.token_ids) {
                (fact(&format!("Token, {label}"), &identifier(Some(token))))
            }
            (fact("Tick", &unit(market.tick_size, 100.0, 4, "¢")))
            (fact("Minimum order", &unit(market.min_order_size, 1.0, 6, " shares")))
            (fact("Fee, taker", &html! {
                (fee(market.fee_rate))
                @if let Some(kind) = &detail.fee_type { small class="mut" { " " (words(kind)) } }
            }))
            (fact("Created", &instant(market.created_at)))
            (fact("Started", &instant(market.start_date)))
            (fact("Ends, scheduled", &instant(market.end_date)))
            @if market.closed_at.is_some() { (fact("Closed", &instant(market.closed_at))) }
            (fact("Resolution source", &resolution_source(detail.resolution_source.as_deref())))
            (fact("Upstream changed", &instant(detail.upstream_updated_at)))
            (fact("Observed", &instant(Some(market.observed_at))))
            @if !market.tags.is_empty() { (fact("Tags", &tags("/markets", &market.tags))) }
        }
    }
}

/// The market's numbers in one line: outcomes, changes, volumes, book, end, fee.
pub(super) fn figures(market: &MarketRow, now: DateTime<Utc>) -> Markup {
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
            (figure("Spread", &spread(market)))
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
pub(super) fn status_line(market: &MarketRow) -> Markup {
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
