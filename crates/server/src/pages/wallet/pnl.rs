//! Profit over time by every source, and what it came to by our books.

use maud::{Markup, html};

use super::{
    pnl_chart::{self, Line},
    settings::{RANGES, Settings},
    told::{Figure, profit, told, withheld_note},
};
use crate::{
    pages::{
        format::{count, flow, money_exact, percent, utc},
        panels::{Panel, choice, mini_fact, missing, note},
    },
    view::wallet::{PnlView, ToldNumber, TotalsView},
};

/// The panel.
pub(super) fn panel(settings: &Settings, pnl: &Panel<PnlView>, name: &str) -> Markup {
    let lines = pnl.as_ref().map(pnl_chart::lines).unwrap_or_default();
    html! {
        section class="card pnl-card" aria-label="Profit and loss" {
            div class="ph" {
                h2 { "Profit and loss" }
                (ranges(settings))
                span class="plegend" {
                    @for line in &lines {
                        span title=(line.meaning) { span class={ "swatch " (line.kind) } {} (line.label) }
                    }
                }
            }
            div class="ebox" {
                @match pnl {
                    Err(why) => (missing("The profit of this wallet", *why)),
                    Ok(_) => @match pnl_chart::drawing(&lines, &format!("Profit and loss of {name}")) {
                        Some(drawing) => div class="echart" {
                            p class="readout" aria-hidden="true" { (pnl_chart::readout(&lines)) }
                            (drawing)
                        },
                        None => (note("No profit is known in this range. Try a longer one.")),
                    },
                }
            }
            @if let Ok(pnl) = pnl {
                @if let Some(totals) = &pnl.totals {
                    (withheld_note([totals.total.withheld(), totals.realized.withheld()].into_iter()))
                    (sums(totals, pnl))
                }
                @if !lines.is_empty() { (ends(&lines)) }
            }
        }
    }
}

fn ranges(settings: &Settings) -> Markup {
    let option = |range: &'static str| (range, settings.with_range(range), range == settings.range);
    choice("Range", &RANGES.map(option))
}

/// What it all came to by our books, both methods side by side.
fn sums(totals: &TotalsView, pnl: &PnlView) -> Markup {
    let gain = |figure: &ToldNumber| told(figure, |usdc| profit(Some(*usdc)));
    let unexplained = totals.unexplained.filter(|usdc| *usdc != 0.0);
    html! {
        dl class="mini-facts wide" {
            (mini_fact("Realised", Some("By average cost, before fees"), &gain(&totals.realized)))
            (mini_fact("Realised, FIFO", Some("First in, first out, before fees"), &gain(&totals.realized_fifo)))
            (mini_fact("Unrealised", Some("At best bids"), &gain(&totals.unrealized)))
            (mini_fact("Fees", Some("Paid, as the data says"), &told(&totals.fees, |usdc| html! { (money_exact(Some(*usdc))) })))
            (mini_fact("Rewards, rebates", Some("And the like"), &gain(&totals.income)))
            (mini_fact("Total", Some("Realised and unrealised after fees, with rewards"), &gain(&totals.total)))
            (mini_fact("Return", Some("Total on what was put into positions"), &told(&totals.roi, |roi| html! { (percent(Some(*roi))) })))
            @if unexplained.is_some() {
                div { dt title="Money that moved without our knowing for what" { "Unexplained" } dd class="warn" { (flow(unexplained)) } }
            }
        }
        p class="sub" {
            "Our books by " (pnl.method.replace('_', " "))
            @if let Some(as_of) = pnl.as_of { ", as of " (utc(as_of)) }
            ". " a class="link" href="/docs/pnl" { "What these mean" }
        }
    }
}

/// First and last values as a table, for those who cannot use the chart.
fn ends(lines: &[Line]) -> Markup {
    html! {
        details class="bars" {
            summary { "Data table" }
            table class="mini" {
                caption class="sr" { "Profit at the beginning and end of the range, by source" }
                thead {
                    tr {
                        th class="l" scope="col" { "Source" }
                        @for label in ["From", "First", "To", "Last", "Points"] { th scope="col" { (label) } }
                    }
                }
                tbody {
                    @for line in lines {
                        @if let Some((first, last)) = line.points.first().zip(line.points.last()) {
                            tr {
                                th class="l" scope="row" title=(line.meaning) { (line.label) }
                                td class="f2" { (utc(first.at)) }
                                td { (money_exact(Some(first.usdc))) }
                                td class="f2" { (utc(last.at)) }
                                td { (money_exact(Some(last.usdc))) }
                                td class="f2" { (count(line.points.len())) }
                            }
                        }
                    }
                }
            }
            @for line in lines { p class="sub" { (line.label) ": " (line.meaning) } }
        }
    }
}
