//! Trades of a wallet, as taker and as maker, page by page.

use maud::{Markup, html};

use super::{
    loading::Acts,
    positions::{held, market_cell},
    settings::{LEAST, SIDES, Settings},
};
use crate::{
    pages::{
        format::{UNKNOWN, cents, count, money, money_exact, utc},
        panels::{Panel, choice, missing, note},
    },
    view::wallet::ActivityView,
};

const EXPLORER: &str = "https://polygonscan.com/tx/";

/// The panel.
pub(super) fn panel(
    address: &str,
    settings: &Settings,
    trades: &Panel<Acts>,
    is_simulated: bool,
) -> Markup {
    let is_narrowed = !settings.side.is_empty() || !settings.least.is_empty();
    html! {
        section class="card trades" id="trades" aria-label="Trades" {
            div class="ph" {
                h2 {
                    "Trades"
                    @if let Ok(trades) = trades {
                        span class="sub" { @if trades.next.is_some() { "more than " } (count(trades.rows.len())) }
                    }
                }
                (options("Side", "side", &SIDES, settings.side, settings))
                (options("Least size of a trade", "min", &LEAST, settings.least, settings))
                span class="plegend" {
                    a class="chip" href=(settings.trades_file(address)) download rel="nofollow"
                        title="Every recorded trade with these filters, for spreadsheets" { "CSV" }
                }
            }
            @match trades {
                Err(why) => (missing("The trades", *why)),
                Ok(trades) if trades.rows.is_empty() => (note(if is_narrowed {
                    "No recorded trade is of this side and size."
                } else {
                    "No trade of this wallet is recorded."
                })),
                Ok(trades) => { (table(&trades.rows, is_simulated)) (paging(settings, trades)) },
            }
        }
    }
}

fn options(
    legend: &str,
    name: &str,
    all: &[(&'static str, &'static str)],
    present: &str,
    settings: &Settings,
) -> Markup {
    let option = |(value, label): &(&'static str, &'static str)| {
        (*label, format!("{}#trades", settings.with(name, Some(value))), *value == present)
    };
    choice(legend, &all.iter().map(option).collect::<Vec<_>>())
}

fn paging(settings: &Settings, trades: &Acts) -> Markup {
    let at = |cursor: Option<&str>| format!("{}#trades", settings.with("trades", cursor));
    html! {
        @if settings.trades.is_some() || trades.next.is_some() {
            nav class="pages" aria-label="Pages of trades" {
                @if settings.trades.is_some() { a rel="nofollow" href=(at(None)) { "The newest" } }
                @if let Some(next) = &trades.next { a rel="next nofollow" href=(at(Some(next))) { "Older ones" } }
            }
        }
    }
}

fn table(rows: &[ActivityView], is_simulated: bool) -> Markup {
    html! {
        section class="wide-table tall" tabindex="0" aria-label="Trades, the newest first" {
            table class="mini acts" {
                caption class="sr" { "Trades, the newest first" }
                thead {
                    tr {
                        th class="l" scope="col" title="UTC" { "Time" }
                        th class="l" scope="col" { "Side" }
                        th class="l" scope="col" title="Whether its order rested or took; a dash where the source does not say" { "Role" }
                        th class="l" scope="col" { "Market" }
                        @for label in ["Price", "Shares", "USDC", "Tx"] { th scope="col" { (label) } }
                    }
                }
                tbody { @for row in rows { (one(row, is_simulated)) } }
            }
        }
    }
}

fn one(row: &ActivityView, is_simulated: bool) -> Markup {
    let at = row.happened_at;
    html! {
        tr {
            td class="l mut" {
                time datetime=(at.to_rfc3339()) title=(utc(at)) { (at.format("%b %-d %H:%M")) }
            }
            td class="l" { (row.side.as_deref().unwrap_or(UNKNOWN)) }
            td class="l mut" { (row.role.as_deref().unwrap_or(UNKNOWN)) }
            td class="l" { (market_cell(row.market.as_ref(), &[])) }
            td { (cents(row.price, None)) }
            td { (held(row.shares)) }
            td title=(money_exact(row.usdc)) { (money(row.usdc)) }
            td class="mono" { (transaction(row.transaction_hash.as_deref(), is_simulated)) }
        }
    }
}

fn transaction(hash: Option<&str>, is_simulated: bool) -> Markup {
    let short = |hash: &str| format!("{}…", hash.get(..6).unwrap_or(hash));
    html! {
        @match hash {
            None => span class="mut" { (UNKNOWN) },
            Some(hash) if is_simulated => span class="hash" title=(hash) { (short(hash)) },
            Some(hash) => a class="hash" href={ (EXPLORER) (hash) } rel="noopener noreferrer" title=(hash) { (short(hash)) },
        }
    }
}
