//! What a wallet holds: our figures, and the venue's where they differ.

use maud::{Markup, html};

use super::told::{doubt, profit};
use crate::{
    pages::{
        figures::outcome_class,
        format::{UNKNOWN, cents, count, money, money_exact, shares, utc, words},
        panels::{Panel, missing, note},
    },
    view::wallet::{PositionView, WalletMarket},
};

/// The panel.
pub(super) fn panel(positions: &Panel<Vec<PositionView>>) -> Markup {
    let differing = positions.iter().flatten().filter(|one| !one.differs.is_empty()).count();
    html! {
        section class="card positions" aria-label="Open positions" {
            div class="ph" {
                h2 {
                    "Open positions"
                    @if let Ok(positions) = positions { span class="sub" { (count(positions.len())) } }
                }
                @if differing > 0 { span class="plegend warn" { "≠ Polymarket's differs, in " (count(differing)) } }
            }
            @match positions {
                Err(why) => (missing("The positions", *why)),
                Ok(positions) if positions.is_empty() => (note("Nothing is held of a market that is not resolved.")),
                Ok(positions) => (table(positions)),
            }
        }
    }
}

fn table(positions: &[PositionView]) -> Markup {
    let mut positions: Vec<&PositionView> = positions.iter().collect();
    // What has no known value comes last.
    let value = |one: &PositionView| one.value_usdc.unwrap_or(f64::NEG_INFINITY);
    positions.sort_by(|left, right| value(right).total_cmp(&value(left)));
    html! {
        section class="wide-table tall" tabindex="0" aria-label="Open positions by market" {
            table class="mini held" {
                caption class="sr" { "Open positions, ours beside Polymarket's" }
                thead {
                    tr {
                        th class="l" scope="col" { "Market" }
                        th scope="col" { "Shares" }
                        th scope="col" title="Average cost a share, before fees" { "Cost" }
                        th scope="col" title="What somebody offers for a share" { "Bid" }
                        th scope="col" { "Value" }
                        th scope="col" title="Value above average cost" { "Unrealised" }
                        th scope="col" title="By average cost, before fees" { "Realised" }
                        th scope="col" title="Realised and unrealised by Polymarket, at its own time and price" { "Polymarket's total" }
                    }
                }
                tbody { @for position in positions { (row(position)) } }
            }
        }
    }
}

fn row(position: &PositionView) -> Markup {
    let venue = position.venue.as_ref();
    html! {
        tr {
            td class="l" { (market_cell(Some(&position.market), &position.doubts)) }
            td { (compared(position, "shares", position.shares, venue.and_then(|one| one.shares), |one| html! { (held(one)) })) }
            td { (compared(position, "avg_price", position.avg_price, venue.and_then(|one| one.avg_price), |one| html! { (cents(one, None)) })) }
            td title=(mark_title(position)) { (cents(position.mark_price, None)) }
            td title=(money_exact(position.value_usdc)) { (money(position.value_usdc)) }
            td { (profit(position.unrealized_usdc)) }
            td { (compared(position, "realized_usdc", position.realized_usdc, venue.and_then(|one| one.realized_usdc), profit)) }
            td class="f2" {
                @match venue {
                    Some(venue) => (profit(venue.total_usdc)),
                    None => span class="mut" { "not listed" },
                }
            }
        }
    }
}

/// Shares, which may be unknown.
pub(super) fn held(amount: Option<f64>) -> String {
    amount.map_or_else(|| UNKNOWN.to_owned(), shares)
}

fn mark_title(position: &PositionView) -> String {
    match (position.mark_source.as_deref(), position.mark_as_of) {
        (Some(source), Some(at)) => {
            let source = if source == "bid" { "Best bid".to_owned() } else { words(source) };
            format!("{source}, {}", utc(at))
        }
        _ => "Nobody is known to bid".to_owned(),
    }
}

/// Our figure; where the venue's differs, that stands under it, marked.
pub(super) fn compared(
    position: &PositionView,
    figure: &str,
    ours: Option<f64>,
    theirs: Option<f64>,
    show: impl Fn(Option<f64>) -> Markup,
) -> Markup {
    let asked = position.venue.as_ref().map(|venue| utc(venue.observed_at));
    let is_different = position.differs.iter().any(|name| name == figure);
    html! {
        (show(ours))
        @if let Some(asked) = asked.filter(|_| is_different) {
            span class="theirs warn" title={ "Polymarket's, " (asked) } { "≠ " (show(theirs)) }
        }
    }
}

/// The market and outcome of a row, linked where the catalogue knows it.
pub(super) fn market_cell(market: Option<&WalletMarket>, doubts: &[String]) -> Markup {
    let Some(market) = market else { return html! { span class="mut" { (UNKNOWN) } } };
    let index = market.outcome_index;
    let label = market.outcome.clone().or_else(|| Some(format!("outcome {}", index? + 1)));
    let id = market.condition_id.as_deref().or(market.token_id.as_deref()).unwrap_or_default();
    html! {
        span class="mk" {
            @if let Some(label) = label { span class=[index.and_then(outcome_class)] { (label) } " " }
            @match &market.slug {
                Some(slug) => a class="t" href={ "/markets/" (slug) } title=[market.title.as_deref()] {
                    (market.title.as_deref().unwrap_or(slug))
                },
                None => span class="t mono mut" title={ (id) " is not in the catalogue" } {
                    (market.title.as_deref().unwrap_or(id))
                },
            }
        }
        @if !doubts.is_empty() {
            span class="theirs warn" { (doubts.iter().map(|name| doubt(name)).collect::<Vec<_>>().join("; ")) }
        }
    }
}

/// The event of a market, linked; the market itself where it has none, its id where the catalogue does not know it.
pub(super) fn event_name(market: &WalletMarket) -> Markup {
    let id = market.condition_id.as_deref();
    html! {
        @if let Some(event) = &market.event {
            a href={ "/events/" (event.slug) } { (event.title) }
        } @else if let Some(slug) = &market.slug {
            a href={ "/markets/" (slug) } { (market.title.as_deref().unwrap_or(slug)) }
        } @else {
            span class="mono mut" title={ (id.unwrap_or("This market")) " is not in the catalogue" } {
                (market.title.as_deref().or(id).unwrap_or("unknown"))
            }
        }
    }
}
