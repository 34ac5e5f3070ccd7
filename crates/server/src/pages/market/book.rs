//! The order book's best levels, how far they can be believed, and how old they are.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::{
    depth,
    settings::{Outcomes, Settings},
};
use crate::{
    pages::{
        figures::outcome_class,
        format::{cents, clock, decimal, duration, money, money_exact, shares, signed, utc, words},
        panels::{Missing, Panel, choice, mini_fact, missing, note},
    },
    view::{BookLevelView, MarketRow, OrderBookView},
};

/// Why no level is shown of a book that upstream serves.
const GHOST: &str = "Upstream serves a book that is not this market's: its own prices say otherwise. Nothing of it is shown; the book is asked for again.";

/// Levels of each side.
const SHOWN_LEVELS: usize = 8;

/// The panel.
pub(super) fn panel(
    market: &MarketRow,
    settings: &Settings,
    book: &Panel<OrderBookView>,
    now: DateTime<Utc>,
) -> Markup {
    html! {
        section class="card book" aria-label="Order book" {
            h2 { "Order book" span class="end" { (outcomes(market, settings)) } }
            p class="bline" { @if let Ok(book) = book { (badge(book, now)) } }
            @match book {
                Ok(book) => (content(market, book)),
                Err(why) => (absent(market, settings, *why)),
            }
        }
    }
}

fn outcomes(market: &MarketRow, settings: &Settings) -> Markup {
    let [first, second] = market.outcomes.as_slice() else { return html! {} };
    let is_second = settings.outcomes == Outcomes::One(1);
    choice(
        "Outcome of the book",
        &[
            (first, settings.with_outcome("0"), !is_second),
            (second, settings.with_outcome("1"), is_second),
        ],
    )
}

/// Why there is no book.
fn absent(market: &MarketRow, settings: &Settings, why: Missing) -> Markup {
    let is_untraded =
        market.condition_id.is_none() || market.token_ids.iter().any(String::is_empty);
    if is_untraded {
        return note("This market has no tokens, so nobody can trade it and it has no book.");
    }
    if why != Missing::NotHeld {
        return missing("The order book", why);
    }
    if !market.accepting_orders {
        return note(
            "The exchange takes no orders in this market, and its last book is not held here.",
        );
    }
    html! {
        div class="pnote" {
            p { b { "This book is not held here yet." } " Prices at the top of the page are the catalogue's, which lags the book." }
            p { "It is followed from now on: load the page again in a few seconds." }
            p class="pbuttons" { a class="chip" href=(settings.with("", None)) { "Load again" } }
        }
    }
}

/// Says whether the book follows the exchange, why not, and how old it is.
fn badge(book: &OrderBookView, now: DateTime<Utc>) -> Markup {
    let mut parts = vec![book.state.clone()];
    if book.state == "live" && book.source.as_deref() == Some("rest") {
        parts.push("polled".to_owned());
    }
    parts.extend(book.state_cause.as_deref().map(words));
    // A page without a script does not age: it says the instant.
    parts.extend(book.as_of.map(|at| {
        let is_today = at.date_naive() == now.date_naive();
        if is_today { format!("as of {} UTC", clock(at)) } else { format!("as of {}", utc(at)) }
    }));
    let title = book.age_ms.map(|age| {
        let age = chrono::TimeDelta::milliseconds(age);
        format!("Last heard of {} before this page was made", duration(age))
    });
    html! {
        span class="bstate" data-state=(book.state) title=[title] {
            span class="dot" {} (parts.join(" · "))
        }
    }
}

fn content(market: &MarketRow, book: &OrderBookView) -> Markup {
    if book.state == "unknown" && book.bids.is_empty() && book.asks.is_empty() {
        return note("No book has been received for this market yet.");
    }
    if book.state_cause.as_deref() == Some("ghost") {
        return note(GHOST);
    }
    let tick = book.tick_size.or(market.tick_size);
    let asks = book.asks.get(..SHOWN_LEVELS).unwrap_or(&book.asks);
    let bids = book.bids.get(..SHOWN_LEVELS).unwrap_or(&book.bids);
    let deepest = [asks.last(), bids.last()]
        .into_iter()
        .flatten()
        .map(|level| level.total_usdc)
        .fold(0.0, f64::max);
    let hidden = book.asks.len() + book.bids.len() - asks.len() - bids.len();
    html! {
        div class="booked" data-state=(book.state) {
            table class="lad" data-outcome=(book.outcome) {
                caption class="sr" { "Order book, " (book.state) }
                thead {
                    tr {
                        th class="l" scope="col" { "Price" }
                        th scope="col" { "Shares" }
                        th scope="col" title="Dollars from the best price to this one" { "Cum." }
                    }
                }
                tbody {
                    @if asks.is_empty() { (empty_side("no asks")) }
                    @for level in asks.iter().rev() { (row("ask", 1 - book.outcome.min(1), level, deepest, tick)) }
                    tr class="mid" {
                        td colspan="3" {
                            span { "mid " b { (cents(book.mid, tick)) } }
                            span {
                                "spread " (cents(book.spread, tick))
                                @if let Some(bps) = book.spread_bps { " · " (decimal(Some(bps), 0)) " bps" }
                            }
                        }
                    }
                    @for level in bids { (row("bid", book.outcome, level, deepest, tick)) }
                    @if bids.is_empty() { (empty_side("no bids")) }
                }
            }
            (depth::figure(book, tick))
            dl class="mini-facts" {
                (mini_fact(
                    "Imbalance",
                    Some("Bids against asks within 5¢ of the mid: −1 all asks, +1 all bids"),
                    &html! { (signed(book.imbalance, 2)) },
                ))
                (mini_fact("Last trade", None, &html! { (cents(book.last_trade_price, tick)) }))
                (within("1¢", book.depth.bid_1c, book.depth.ask_1c))
                (within("5¢", book.depth.bid_5c, book.depth.ask_5c))
            }
        }
        @if hidden > 0 {
            p class="more" {
                a class="link" href={ "/api/polymarket/order-book/" (market.market_id) "?outcome=" (book.outcome) } {
                    "All levels, " (hidden) " more (JSON)"
                }
            }
        }
    }
}

fn within(reach: &str, bids: Option<f64>, asks: Option<f64>) -> Markup {
    let title = format!("Dollars within {reach} of the mid: bids, asks");
    let value = html! { span class="yes" { (money(bids)) } " " span class="no" { (money(asks)) } };
    mini_fact(&format!("Within {reach}"), Some(&title), &value)
}

fn empty_side(text: &str) -> Markup {
    html! { tr { td class="l mut" colspan="3" { (text) } } }
}

/// A level. `wanted` is the outcome its orders are in favour of, which gives the colour.
fn row(
    side: &str,
    wanted: usize,
    level: &BookLevelView,
    deepest: f64,
    tick: Option<f64>,
) -> Markup {
    let share = if deepest > 0.0 { level.total_usdc / deepest * 100.0 } else { 0.0 };
    let colour = outcome_class(wanted).unwrap_or_default();
    html! {
        tr class=(side) {
            td class={ "l " (colour) } { (cents(Some(level.price), tick)) }
            td title={ (decimal(Some(level.shares), 6)) " shares" } { (shares(level.shares)) }
            td class="f2" title={ (money_exact(Some(level.total_usdc))) " and " (shares(level.total_shares)) " shares to here" } {
                svg class="fill" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" {
                    rect x=(format!("{:.1}", 100.0 - share)) width=(format!("{share:.1}")) height="1" {}
                }
                span { (money(Some(level.total_usdc))) }
            }
        }
    }
}
