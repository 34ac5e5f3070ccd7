//! What an order of a size would cost against the book as it stands: a plain form, answered in the page.

use domain::Side;
use maud::{Markup, html};

use super::settings::{Settings, TriedOrder};
use crate::{
    api::order_book::SlippageView,
    pages::{
        figures::fact,
        format::{cents, decimal, money_exact, percent, shares, utc},
        panels::{Missing, Panel, missing, note},
    },
    view::MarketRow,
};

const EDITED: [&str; 4] = ["side", "outcome", "size", "unit"];
const ERROR: &str = "error-size";

/// The panel.
pub(super) fn panel(
    market: &MarketRow,
    settings: &Settings,
    walked: Option<&Panel<SlippageView>>,
) -> Markup {
    html! {
        section class="card slip" id="slippage" aria-label="Slippage" {
            h2 { "Slippage" }
            (form(market, settings))
            @match walked {
                None => (refusal(&settings.order)),
                Some(Err(Missing::NotHeld)) => (note("Tells what an order of this size would trade against the book, level by level, with the taker's fee.")),
                Some(Err(why)) => (missing("The price of this order", *why)),
                Some(Ok(walked)) => (result(market, &settings.order, walked)),
            }
        }
    }
}

fn form(market: &MarketRow, settings: &Settings) -> Markup {
    let order = &settings.order;
    let is_sell = order.side == Side::Sell;
    let is_wrong = order.parsed().is_none();
    html! {
        form class="order" method="get" action={ (settings.path()) "#slippage" } {
            @for (name, value) in settings.kept(&EDITED) { input type="hidden" name=(name) value=(value); }
            select class="chip" name="side" aria-label="Side" {
                option value="buy" selected[!is_sell] { "buy" }
                option value="sell" selected[is_sell] { "sell" }
            }
            select class="chip" name="outcome" aria-label="Outcome" {
                @for (index, label) in market.outcomes.iter().enumerate() {
                    option value=(index) selected[index == settings.outcome()] { (label) }
                }
            }
            label class="size" {
                span class="sr" { "Size" }
                input name="size" inputmode="decimal" maxlength="15" autocomplete="off" required
                    value=(order.size)
                    aria-invalid=[is_wrong.then_some("true")] aria-describedby=[is_wrong.then_some(ERROR)];
            }
            select class="chip" name="unit" aria-label="Unit of the size" {
                option value="usdc" selected[!order.is_in_shares] { "USDC" }
                option value="shares" selected[order.is_in_shares] { "shares" }
            }
            button class="chip" type="submit" { "Walk the book" }
        }
    }
}

fn refusal(order: &TriedOrder) -> Markup {
    html! {
        p class="pstale" id=(ERROR) role="alert" {
            "“" (order.size) "” is not a size: a number above 0 is needed, such as 250.50."
        }
    }
}

fn result(market: &MarketRow, order: &TriedOrder, walked: &SlippageView) -> Markup {
    html! {
        div class="booked" data-state=(walked.book_state) {
            @if walked.book_state == "unknown" || walked.average_price.is_none() {
                (note("The book has nothing to walk: it is unknown or this side of it is empty."))
            } @else {
                @if !walked.complete { (too_thin(order, walked)) }
                @if walked.book_state != "live" {
                    p class="pstale" { "The book is " (walked.book_state) "; the numbers are of its last good levels." }
                }
                (figures(market, walked))
            }
        }
    }
}

fn too_thin(order: &TriedOrder, walked: &SlippageView) -> Markup {
    let part = if order.is_in_shares {
        walked.requested_shares.map(|asked| walked.filled_shares / asked)
    } else {
        walked.requested_usdc.map(|asked| walked.filled_usdc / asked)
    };
    html! {
        p class="pstale" role="status" {
            "Only " (percent(part)) " can be filled: the book is too thin for the rest"
            @if let Some(rest) = walked.unfilled_shares { ", " (shares(rest)) " shares" }
            "."
        }
    }
}

fn figures(market: &MarketRow, walked: &SlippageView) -> Markup {
    let tick = market.tick_size;
    let total = if walked.side == "buy" { "Pay in all" } else { "Receive in all" };
    html! {
        dl class="kv tight" {
            (fact("Average price", &html! { b { (cents(walked.average_price, tick)) } }))
            (fact("Best, worst", &html! { (cents(walked.best_price, tick)) ", " (cents(walked.worst_price, tick)) }))
            (fact("Impact", &html! {
                @match walked.impact_cents {
                    Some(_) => { (decimal(walked.impact_cents, 2)) "¢" },
                    None => "—",
                }
                @if walked.impact_bps.is_some() { " · " (decimal(walked.impact_bps, 0)) " bps" }
            }))
            (fact("Filled", &html! { (shares(walked.filled_shares)) " shares, " (money_exact(Some(walked.filled_usdc))) }))
            (fact("Fee, taker", &html! {
                (money_exact(walked.fee_usdc))
                @if walked.fee_usdc.is_none() { span class="mut" { " unknown" } }
            }))
            (fact(total, &html! { b { (money_exact(walked.total_usdc)) } }))
            @if let Some(at) = walked.as_of {
                (fact("Book of", &html! { time datetime=(at.to_rfc3339()) { (utc(at)) } }))
            }
        }
    }
}
