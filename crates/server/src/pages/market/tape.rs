//! The newest trades.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::settings::{LEAST, Settings};
use crate::{
    api::trades::TapeReply,
    pages::{
        figures::outcome_class,
        format::{UNKNOWN, cents, clock, money, money_exact, shares, short_hash, utc},
        panels::{Panel, choice, missing, note},
    },
    view::{MarketRow, TradeView},
};

const EXPLORER: &str = "https://polygonscan.com/tx/";

/// The panel.
pub(super) fn panel(
    market: &MarketRow,
    settings: &Settings,
    trades: &Panel<TapeReply>,
    is_simulated: bool,
    now: DateTime<Utc>,
) -> Markup {
    html! {
        section class="card tapes" aria-label="Trades" {
            h2 {
                "Trades"
                @if let Ok(trades) = trades { (newest(trades)) }
                span class="end" { (export(market, settings)) }
            }
            div class="tape-tools" { (least(settings)) }
            @match trades {
                Err(why) => (missing("The trade tape", *why)),
                Ok(trades) if trades.data.is_empty() => (none(settings, trades)),
                Ok(trades) => {
                    section class="tape-scroll" tabindex="0" aria-label="Recorded trades, newest first" {
                        (table(market, &trades.data, is_simulated, now))
                    }
                    @if let Some(cursor) = &trades.metadata.next_cursor {
                        p class="more" {
                            a class="link" href={ "/api/polymarket/markets/" (market.market_id) "/trades?cursor=" (cursor) (if settings.least > 0 { format!("&min_usdc={}", settings.least) } else { String::new() }) } {
                                "Older trades (JSON)"
                            }
                        }
                    }
                },
            }
        }
    }
}

fn newest(trades: &TapeReply) -> Markup {
    html! {
        @if let Some(to) = trades.metadata.complete_to {
            span class="sub" title="Newer trades were heard and may be incomplete" { "complete to " (clock(to)) " UTC" }
        }
    }
}

/// The whole tape as a file.
fn export(market: &MarketRow, settings: &Settings) -> Markup {
    let path = format!("/api/polymarket/markets/{}/trades.csv", market.market_id);
    let href =
        if settings.least > 0 { format!("{path}?min_usdc={}", settings.least) } else { path };
    html! {
        a class="chip" rel="nofollow" download href=(href)
            title="Every recorded trade of this size, with units and sources, for spreadsheets" { "CSV" }
    }
}

fn least(settings: &Settings) -> Markup {
    let option = |(least, label): (u32, &'static str)| {
        let value = least.to_string();
        let href = settings.with("min", Some(value.as_str()).filter(|_| least > 0));
        (label, href, least == settings.least)
    };
    choice("Least size of a trade", &LEAST.map(option))
}

/// Why there are no trades.
fn none(settings: &Settings, trades: &TapeReply) -> Markup {
    note(html! {
        span {
            @if settings.least > 0 { "No recorded trade is as large." }
            @else { "No trade has been recorded in this market." }
            @match trades.metadata.complete_from {
                Some(from) => { " None is missing since " time datetime=(from.to_rfc3339()) { (utc(from)) } "; before that, they are not known." },
                None => " Trades are not recorded yet by this server: there may have been some.",
            }
        }
    })
}

fn table(
    market: &MarketRow,
    trades: &[TradeView],
    is_simulated: bool,
    now: DateTime<Utc>,
) -> Markup {
    html! {
        table class="tape" {
            caption class="sr" { "Trades, newest first, times in UTC" }
            thead {
                tr {
                    th class="l" scope="col" title="UTC" { "Time" }
                    th class="l" scope="col" title="What the taker did" { "Taker" }
                    th scope="col" { "Price" }
                    th scope="col" { "Shares" }
                    th scope="col" { "USDC" }
                    th scope="col" { "Tx" }
                }
            }
            tbody { @for trade in trades { (row(market, trade, is_simulated, now)) } }
        }
    }
}

/// What the taker did, linked to who that was.
fn taker(trade: &TradeView, label: &str) -> Markup {
    let what = html! { (trade.side) " " span class=[outcome_class(trade.outcome)] { (label) } };
    let Some(wallet) = &trade.wallet else { return what };
    let who = trade.name.clone().unwrap_or_else(|| short_hash(wallet));
    html! {
        a href={ "/wallets/" (wallet) } data-beside=(wallet) aria-label={ (trade.side) " " (label) ", by " (who) } { (what) }
    }
}

fn row(market: &MarketRow, trade: &TradeView, is_simulated: bool, now: DateTime<Utc>) -> Markup {
    let who = trade.name.clone().or_else(|| trade.wallet.as_deref().map(short_hash));
    let title = if trade.confirmed {
        who.map(|who| format!("Taker {who}"))
    } else {
        Some("Heard on the stream, not confirmed yet".to_owned())
    };
    let at = trade.traded_at;
    let label = market.outcomes.get(trade.outcome).map_or("another outcome", String::as_str);
    html! {
        tr title=[title] {
            td class="l mut" {
                time datetime=(at.to_rfc3339()) title=(utc(at)) {
                    @if at.date_naive() == now.date_naive() { (clock(at)) } @else { (at.format("%b %-d %H:%M")) }
                }
            }
            td class="l" { (taker(trade, label)) }
            td { (cents(Some(trade.price), market.tick_size)) }
            td { (shares(trade.shares)) }
            td class="f2" title=(money_exact(Some(trade.usdc))) { (money(Some(trade.usdc))) }
            td class="mono" {
                @match trade.transaction_hash.as_deref() {
                    None => span class="mut" { (UNKNOWN) },
                    Some(hash) if is_simulated => span class="hash" title=(hash) { (hash.get(..6).unwrap_or(hash)) "…" },
                    Some(hash) => a class="hash" href={ (EXPLORER) (hash) } rel="noopener noreferrer" title=(hash) {
                        (hash.get(..6).unwrap_or(hash)) "…"
                    },
                }
            }
        }
    }
}
