//! Cells that several hubs draw.

use chrono::{DateTime, Utc};
use domain::Category;
use maud::{Markup, html};

use super::super::{
    figures::{category_mark, outcome_class},
    format::{UNKNOWN, ago, fixed, money, money_exact, percent, short_hash, utc, words},
    wallet::identity::mark,
};
use crate::view::intelligence::{Evidence, Ingredient, MarketRef, WalletRef};

/// A class of wallets in words; none is said to be what it is only like.
pub(super) fn class_word(class: &str) -> String {
    match class {
        "smart" => "smart money".to_owned(),
        "maker_like" => "maker-like".to_owned(),
        "bot_like" => "bot-like".to_owned(),
        "new" => "new wallet".to_owned(),
        other => words(other),
    }
}

/// A wallet wherever it is named.
pub(super) fn wallet(wallet: &WalletRef) -> Markup {
    // Upstream calls the nameless by their address and a number.
    let name = wallet.name.as_deref().filter(|name| !name.starts_with("0x"));
    let class = wallet.class.as_deref().filter(|class| *class != "other");
    html! {
        span class="who" {
            (mark(&wallet.address, false))
            a href={ "/wallets/" (wallet.address) } data-beside=(wallet.address) title=(wallet.address) {
                @match name {
                    Some(name) => (name),
                    None => span class="mono" { (short_hash(&wallet.address)) },
                }
            }
            @if let Some(class) = class { span class="tag" { (class_word(class)) } }
            @if let Some(owner) = &wallet.owner {
                span class="tag" title="Pattern consistent with one owner. One owner of several wallets is nothing forbidden" {
                    "×" (owner.wallets)
                }
            }
        }
    }
}

/// A market, and the outcome where the row is about one.
pub(super) fn market(market: &MarketRef, names_outcome: bool) -> Markup {
    let category = market.category.as_deref().and_then(|slug| slug.parse::<Category>().ok());
    html! {
        @if market.slug.is_empty() {
            span class="mk" { span class="t mono mut" title="Not in the catalogue" { (market.id) } }
        } @else {
            a class="mk" href={ "/markets/" (market.slug) } {
                (category_mark(category, false))
                @if let Some(outcome) = market.outcome.as_deref().filter(|_| names_outcome) {
                    b class=[market.outcome_index.and_then(outcome_class)] { (outcome) } " "
                }
                span class="t" { (market.question) }
                @if let Some(event) = market.event.as_ref().filter(|event| event.title != market.question) {
                    small { (event.title) }
                }
            }
        }
    }
}

/// An instant by its age.
pub(super) fn when(at: DateTime<Utc>, now: DateTime<Utc>) -> Markup {
    html! { time datetime=(at.to_rfc3339()) title=(utc(at)) { (ago(at, now)) } }
}

/// Dollars.
pub(super) fn dollars(amount: Option<f64>) -> Markup {
    html! { span class=[amount.is_none().then_some("mut")] title=[amount.map(|_| money_exact(amount))] { (money(amount)) } }
}

/// Yes or No, coloured.
pub(super) fn side(side: Option<&str>) -> Markup {
    html! {
        @match side {
            Some(word) => span class=(word) { @if word == "yes" { "Yes" } @else { "No" } },
            None => span class="mut" { (UNKNOWN) },
        }
    }
}

/// A score with its interval.
pub(super) fn interval(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> Markup {
    html! {
        @if let (Some(value), Some(low), Some(high)) = (value, low, high) {
            svg class="span-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
                rect class="reach" x=(format!("{low:.1}")) width=(format!("{:.1}", (high - low).max(0.5))) height="6" {}
                rect class="at" x=(format!("{:.1}", (value - 0.5).max(0.0))) width="1" height="6" {}
            }
            " " b { (fixed(Some(value), 0)) } " [" (fixed(Some(low), 0)) ", " (fixed(Some(high), 0)) "]"
        } @else {
            (fixed(value, 0))
        }
    }
}

/// The records of a row, folded.
pub(super) fn why(evidence: &[Evidence], ingredients: &[Ingredient]) -> Markup {
    html! {
        details class="why" {
            summary { "why" }
            (reasons(evidence, ingredients))
        }
    }
}

/// What something was made from, and its records.
pub(super) fn reasons(evidence: &[Evidence], ingredients: &[Ingredient]) -> Markup {
    html! {
        div class="reasons" {
            @if !ingredients.is_empty() {
                dl class="mini-facts wide" {
                    @for one in ingredients { div { dt { (one.label) } dd { (value(one)) } } }
                }
            }
            ul class="evidence" {
                @for one in evidence {
                    li {
                        @match &one.href {
                            Some(href) => a class="link" href=(href) title=(one.id) { (one.label) },
                            None => span title=(one.id) { (one.label) },
                        }
                    }
                }
            }
        }
    }
}

/// An ingredient in its unit; unknown where it is.
fn value(one: &Ingredient) -> String {
    match (one.value, one.unit.as_deref()) {
        (None, _) => "unknown".to_owned(),
        (value, Some("usd")) => money_exact(value),
        (value, Some("share")) => percent(value),
        (value, Some("count" | "days" | "score")) => fixed(value, 0),
        (value, Some("sd")) => format!("{} sd", fixed(value, 1)),
        (value, _) => fixed(value, 3),
    }
}
