//! Who holds each outcome, and how concentrated that is.

use chrono::{DateTime, Utc};
use domain::ErrorCode;
use maud::{Markup, html};

use super::settings::Settings;
use crate::{
    api::holders::{HoldersSide, HoldersView},
    pages::{
        figures::outcome_class,
        format::{ago, count, fixed, money, money_exact, percent, shares, short_hash, utc},
        panels::{Missing, Panel, mini_fact, missing, note},
    },
    view::MarketRow,
};

/// Holders of each outcome.
const SHOWN: usize = 8;
/// What a share is a share of.
const OF_SHOWN: &str = "Of the shares of the holders shown";

/// The panel.
pub(super) fn panel(
    market: &MarketRow,
    settings: &Settings,
    holders: &Panel<HoldersView>,
    now: DateTime<Utc>,
) -> Markup {
    html! {
        section class="card holders" id="holders" aria-label="Holders" {
            h2 {
                "Holders"
                @if let Ok(holders) = holders {
                    span class="sub" title=(utc(holders.observed_at)) {
                        @if holders.netted { "netted over owners · " }
                        (ago(holders.observed_at, now))
                    }
                }
            }
            @match holders {
                Ok(holders) if holders.sides.iter().all(|side| side.holders.is_empty()) => {
                    (note("Nobody is recorded as holding this market."))
                },
                Ok(holders) => {
                    (balance(holders))
                    div class="sides" { @for one in &holders.sides { (side(one)) } }
                    @if holders.sides.iter().any(|side| side.holders.len() > SHOWN) { (all(market, holders)) }
                },
                Err(Missing::NotHeld) => (not_held(settings)),
                Err(Missing::Failed(ErrorCode::BookNotFound)) => {
                    (note("This market has no condition on chain, so nobody can hold it."))
                },
                Err(why) => (missing("The list of holders", *why)),
            }
        }
    }
}

/// A page does not wait for upstream unless its reader asks.
fn not_held(settings: &Settings) -> Markup {
    let address = settings.with("holders", Some("show"));
    html! {
        div class="pnote awaited" {
            p { b { "The holders are not held here." } " Polymarket has to be asked for them, which takes a moment." }
            p class="pbuttons" { a class="chip" rel="nofollow" href={ (address) "#holders" } { "Ask for the holders" } }
        }
    }
}

fn all(market: &MarketRow, holders: &HoldersView) -> Markup {
    let most = holders.sides.iter().map(|side| side.holders.len()).max().unwrap_or(0);
    html! {
        p class="more" {
            a class="link" href={ "/api/polymarket/holders?market=" (market.market_id) } {
                "All " (count(most)) " shown by upstream (JSON)"
            }
        }
    }
}

/// Shares shown of the first outcome against the second's.
fn balance(holders: &HoldersView) -> Markup {
    let [first, second] = holders.sides.as_slice() else { return html! {} };
    let total = first.shown_shares + second.shown_shares;
    let left = format!("{:.1}", first.shown_shares / total * 100.0);
    html! {
        @if total > 0.0 {
            svg class="balance" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" {
                rect class="y" width=(left) height="4" {}
                rect class="n" x=(left) width=(format!("{:.1}", second.shown_shares / total * 100.0)) height="4" {}
            }
        }
    }
}

fn side(side: &HoldersSide) -> Markup {
    html! {
        div class="side-of" {
            h3 {
                span class=[outcome_class(side.outcome)] { (side.outcome_label) } " "
                span class="mut" { (shares(side.shown_shares)) " shares" }
            }
            dl class="mini-facts" {
                (mini_fact("HHI", Some("Herfindahl–Hirschman index: the sum of squared shares, 0 to 1"), &html! { (fixed(side.hhi, 3)) }))
                (mini_fact("Effective", Some("1 / HHI: so many equal holders would be as concentrated"), &html! { (fixed(side.effective_holders, 1)) }))
                (mini_fact("Top 1", Some(OF_SHOWN), &html! { (percent(side.top_1_share)) }))
                (mini_fact("Top 10", Some(OF_SHOWN), &html! { (percent(side.top_10_share)) }))
            }
            @if side.holders.is_empty() { (note("No holder is known.")) } @else { (table(side)) }
        }
    }
}

fn table(side: &HoldersSide) -> Markup {
    html! {
        table class="mini" {
            caption class="sr" { "Holders of " (side.outcome_label) }
            thead {
                tr {
                    th class="l" scope="col" { "Wallet" }
                    th scope="col" { "Shares" }
                    th scope="col" { "Value" }
                    th scope="col" title=(OF_SHOWN) { "Share" }
                }
            }
            tbody {
                @for holder in side.holders.iter().take(SHOWN) {
                    tr {
                        td class="l" title=(holder.wallet) {
                            a href={ "/wallets/" (holder.wallet) } data-beside=(holder.wallet) {
                                @match &holder.name {
                                    Some(name) => (name),
                                    None => span class="mono" { (short_hash(&holder.wallet)) },
                                }
                            }
                        }
                        td { (shares(holder.shares)) }
                        td class="f2" title=(money_exact(holder.value_usdc)) { (money(holder.value_usdc)) }
                        td class="f2" { (percent(Some(holder.share))) }
                    }
                }
            }
        }
    }
}
