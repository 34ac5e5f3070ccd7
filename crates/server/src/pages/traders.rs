//! What pages about traders draw alike: wallets, markets, scores with their intervals, and the reasons of them.

use chrono::{DateTime, Utc};
use domain::Category;
use maud::{Markup, html};

use super::{
    figures::{category_mark, outcome_class},
    format::{
        UNKNOWN, ago, count, decimal, fixed, money, money_exact, percent, short_hash, signed, utc,
        words,
    },
    wallet::identity::mark,
};
use crate::view::intelligence::{Evidence, Ingredient, MarketRef, ScoreRow, WalletRef};

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

/// What a score is called.
pub(super) fn score_word(kind: &str) -> String {
    match kind {
        "whale" => "Whale".to_owned(),
        "smart_money" => "Smart money".to_owned(),
        "reputation" => "Reputation".to_owned(),
        "maker" => "Maker-like".to_owned(),
        "bot" => "Bot-like".to_owned(),
        other => words(other),
    }
}

/// What a kind of signal is called.
pub(super) fn signal_word(kind: &str) -> String {
    let mut word = match kind {
        "size" => "large trade".to_owned(),
        other => words(other),
    };
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

/// A verdict in words.
fn verdict_word(verdict: &str) -> String {
    match verdict {
        "too_few" => "too few events to say".to_owned(),
        other => words(other),
    }
}

/// Why a figure is not there, as the rest of a sentence.
fn reason_word(reason: &str) -> String {
    let known = match reason {
        "unproven" => "nothing stands out against chance",
        "too_few_events" => "too few settled events",
        "too_few_fills" => "too few fills",
        "not_whole" | "history_not_whole" | "incomplete" => "the history is not whole",
        "capped" => "Polymarket does not list the beginning of the history",
        "gap" => "the history misses something",
        "unreconciled" => "our books and Polymarket's differ, and nothing explains it",
        "maker_like" | "maker" => "it trades like a market maker",
        "bot_like" | "bot" => "it trades like a program",
        "no_scale" => "there is nothing to measure it by",
        "withdrawn" => "it errs more often than it declares",
        "no_population" => "all wallets together have not been scored yet",
        other => return words(other),
    };
    known.to_owned()
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

/// The outcome that a signal is for, by its name where that is known.
pub(super) fn toward(side: Option<&str>, market: &MarketRef) -> Markup {
    let Some(side) = side else { return html! { span class="mut" { "nowhere" } } };
    let index = usize::from(side != "yes");
    let is_named = market.outcome_index == Some(index);
    let name = match market.outcome.as_deref() {
        Some(own) if is_named => own.to_owned(),
        None | Some("Yes" | "No") => {
            ["Yes", "No"].get(index).copied().unwrap_or_default().to_owned()
        }
        Some(_) => format!("outcome {}", index + 1),
    };
    html! { span class=[outcome_class(index)] { (name) } }
}

/// Standard deviations with their sign: `+3.4 sd`.
pub(super) fn deviations(value: Option<f64>) -> String {
    let Some(sd) = value else { return UNKNOWN.to_owned() };
    format!("{}{} sd", if sd > 0.0 { "+" } else { "" }, fixed(value, 1))
}

/// A score with its interval, or the verdict in its place: too few events is the usual answer, and no error.
pub(super) fn verdict(score: &ScoreRow) -> Markup {
    let reason = score.reason.as_deref().filter(|_| score.verdict != "too_few");
    html! {
        @if score.verdict == "scored" {
            span class="score" { (interval(score.value, score.low, score.high)) }
        } @else {
            span class="verdict" {
                (verdict_word(&score.verdict))
                @if let Some(reason) = reason { small { " " (reason_word(reason)) } }
            }
        }
    }
}

/// Why a score is what it is.
pub(super) fn score_reasons(score: &ScoreRow, now: DateTime<Utc>) -> Markup {
    let mut verdict = verdict_word(&score.verdict);
    if let Some(first) = verdict.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    html! {
        div class="reasons" {
            p {
                @if score.verdict == "scored" {
                    (score_word(&score.kind)) " " (decimal(score.value, 0)) " of 100, from " (score.n) " observations."
                } @else {
                    (verdict) @if let Some(reason) = &score.reason { ": " (reason_word(reason)) } ". "
                    (score.n) " observations so far."
                }
                @if score.profit_usdc.is_some() { " Profit by our books " (money_exact(score.profit_usdc)) "." }
                @if score.unreconciled == Some(true) { " Our books and Polymarket's differ, and nothing explains it." }
            }
            (reasons(&score.evidence, &score.ingredients))
            p class="sub" {
                "Version " (score.version) ", as of " (when(score.as_of, now)) ", last found to be still so "
                (when(score.checked_at, now)) ". "
                a class="link" href={ "/scores/" (score.kind) } { "How often is this wrong?" }
            }
        }
    }
}

/// A score with its interval.
fn interval(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> Markup {
    html! {
        @if let (Some(value), Some(low), Some(high)) = (value, low, high) {
            svg class="span-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
                rect class="whole" y="2.5" width="100" height="1" {}
                rect class="ci" x=(format!("{low:.1}")) width=(format!("{:.1}", (high - low).max(0.5))) height="6" {}
                rect class="at" x=(format!("{:.1}", (value - 0.5).max(0.0))) width="1" height="6" {}
            }
            span { (fixed(Some(value), 0)) " [" (fixed(Some(low), 0)) ", " (fixed(Some(high), 0)) "]" }
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
            (records(evidence))
        }
    }
}

/// Records shown.
const MOST_RECORDS: usize = 12;

/// The records behind a figure, as links where they can be looked at.
pub(super) fn records(evidence: &[Evidence]) -> Markup {
    html! {
        @if evidence.is_empty() {
            p class="sub" { "No single record stands out as evidence." }
        } @else {
            p class="sub evidence" {
                span { "Rests on" }
                @for one in evidence.iter().take(MOST_RECORDS) {
                    " "
                    @match &one.href {
                        Some(href) => a class="link" href=(href) title=(one.id) { (one.label) },
                        None => span title=(one.id) { (one.label) },
                    }
                }
                @if evidence.len() > MOST_RECORDS { span { " and " (count(evidence.len() - MOST_RECORDS)) " more" } }
            }
        }
    }
}

/// An ingredient in its unit; unknown where it is.
fn value(one: &Ingredient) -> String {
    let Some(known) = one.value else { return "unknown".to_owned() };
    let value = one.value;
    match one.unit.as_deref() {
        Some("usd") => money_exact(value),
        Some("share") => percent(value),
        Some("probability") if known != 0.0 && known.abs() < LEAST_PROBABILITY => {
            "<0.001".to_owned()
        }
        Some("probability") => fixed(value, 3),
        Some("log_odds") => format!("{} log-odds", signed(value, 2)),
        Some("count") => fixed(value, usize::from(known.fract() != 0.0)),
        Some("days") => format!("{} d", fixed(value, 0)),
        Some("score") => fixed(value, 0),
        Some("sd") => deviations(value),
        _ => decimal(value, 3),
    }
}

/// What three decimals would round to nothing.
const LEAST_PROBABILITY: f64 = 0.0005;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ingredients_have_their_unit() {
        let one = |value, unit: &str| {
            super::value(&Ingredient {
                name: "x".to_owned(),
                label: "X".to_owned(),
                value,
                unit: Some(unit.to_owned()),
            })
        };
        assert_eq!(one(None, "usd"), "unknown");
        assert_eq!(one(Some(1234.5), "usd"), "$1,234.50");
        assert_eq!(one(Some(0.0001), "probability"), "<0.001");
        assert_eq!(one(Some(-0.31), "log_odds"), "−0.31 log-odds");
        assert_eq!(one(Some(3.42), "sd"), "+3.4 sd");
        assert_eq!(one(Some(41.0), "count"), "41");
        assert_eq!(one(Some(0.2512), "none"), "0.251");
    }
}
