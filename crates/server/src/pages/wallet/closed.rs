//! Positions that are over: sold, redeemed, or settled by a resolution whether redeemed or not.

use chrono::TimeDelta;
use maud::{Markup, html};

use super::{
    loading::Closed,
    positions::{compared, held, market_cell},
    settings::{ROWS, Settings},
    told::profit,
};
use crate::{
    pages::{
        format::{UNKNOWN, cents, count, duration, money_exact, shares},
        panels::{Panel, missing, note},
    },
    view::wallet::ClosedPositionView,
};

/// The panel.
pub(super) fn panel(settings: &Settings, closed: &Panel<Closed>) -> Markup {
    html! {
        section class="card closed" id="closed" aria-label="Closed positions" {
            h2 {
                "Closed positions"
                span class="sub" {
                    @if let Ok(closed) = closed { (count(usize::try_from(closed.total).unwrap_or(usize::MAX))) ", " }
                    "losers that nobody redeemed included"
                }
            }
            @match closed {
                Err(why) => (missing("The closed positions", *why)),
                Ok(closed) if closed.rows.is_empty() => (note("No position has been closed or settled yet.")),
                Ok(closed) => { (table(closed)) (paging(settings, closed)) },
            }
        }
    }
}

fn paging(settings: &Settings, closed: &Closed) -> Markup {
    let first = settings.closed;
    let shown = u32::try_from(closed.rows.len()).unwrap_or(ROWS);
    let at = |offset: u32| {
        let text = offset.to_string();
        format!("{}#closed", settings.with("closed", Some(text.as_str()).filter(|_| offset > 0)))
    };
    let has_more = u64::from(first) + u64::from(shown) < closed.total;
    html! {
        @if first > 0 || has_more {
            nav class="pages" aria-label="Pages of closed positions" {
                @if first > 0 { a rel="prev nofollow" href=(at(first.saturating_sub(ROWS))) { "Later ones" } }
                span { (first + 1) "–" (first + shown) " of " (count(usize::try_from(closed.total).unwrap_or(usize::MAX))) }
                @if has_more { a rel="next nofollow" href=(at(first + ROWS)) { "Earlier ones" } }
            }
        }
    }
}

fn table(closed: &Closed) -> Markup {
    html! {
        section class="wide-table tall" tabindex="0" aria-label="Closed positions, the last first" {
            table class="mini held" {
                caption class="sr" { "Closed positions, ours beside Polymarket's" }
                thead {
                    tr {
                        th class="l" scope="col" { "Market" }
                        th scope="col" title="Shares ever bought" { "Bought" }
                        th scope="col" title="Average cost a share when last held, before fees" { "Cost" }
                        th scope="col" title="What the resolution pays a share; none where it was left before one" { "Paid" }
                        th scope="col" title="From the first touch to the end" { "Held" }
                        th scope="col" { "Ended" }
                        th scope="col" title="By average cost, before fees" { "Profit" }
                        th scope="col" title="Realised by Polymarket" { "Polymarket's" }
                    }
                }
                tbody { @for row in &closed.rows { (one(row)) } }
            }
        }
    }
}

fn one(row: &ClosedPositionView) -> Markup {
    let position = &row.position;
    let venue = position.venue.as_ref();
    let unredeemed = row.unredeemed_shares.filter(|left| *left > 0.0);
    let title = unredeemed.map(|left| {
        format!(
            "{} shares are not redeemed; they came to {}",
            shares(left),
            money_exact(row.settled_usdc)
        )
    });
    let differs = position.differs.iter().any(|name| name == "realized_usdc");
    html! {
        tr {
            td class="l" { (market_cell(Some(&position.market), &position.doubts)) }
            td { (held(position.bought_shares)) }
            td { (compared(position, "avg_price", position.avg_price, venue.and_then(|one| one.avg_price), |one| html! { (cents(one, None)) })) }
            td title=[title] {
                @match row.payout { Some(paid) => (cents(Some(paid), None)), None => span class="mut" { "left" } }
                @if unredeemed.is_some() { span class="theirs mut" { "not redeemed" } }
            }
            td class="f2" { (row.hold_s.map_or_else(|| UNKNOWN.to_owned(), |held| duration(TimeDelta::seconds(held)))) }
            td class="f2" { (row.closed_at.map_or_else(|| UNKNOWN.to_owned(), |at| at.date_naive().to_string())) }
            td { (profit(position.total_usdc)) }
            td class="f2" {
                @match venue {
                    Some(venue) => (profit(venue.realized_usdc)),
                    None => span class="mut" { "not listed" },
                }
                @if differs { span class="theirs warn" { "≠ ours " (money_exact(position.realized_usdc)) } }
            }
        }
    }
}
