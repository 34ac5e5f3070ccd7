//! What has happened to the market itself, and what is still to come.

use domain::MarketStatus;
use maud::{Markup, html};

use crate::{
    api::timeline::{Timeline, TimelineEntry},
    pages::{
        format::{utc, words},
        panels::{Panel, missing, note},
    },
    view::MarketRow,
};

/// The panel.
pub(super) fn panel(market: &MarketRow, timeline: &Panel<Timeline>) -> Markup {
    html! {
        section class="card status" aria-label="Status timeline" {
            h2 { "Status" }
            @match timeline {
                Err(why) => (missing("The status timeline", *why)),
                Ok(Timeline(entries)) => {
                    @if entries.is_empty() { (note("Nothing has been recorded of this market's history yet.")) }
                    ol class="timeline" {
                        // Newest first in the API; a story is read from its beginning.
                        @for entry in entries.iter().rev() { (row(entry)) }
                        (ahead(market))
                    }
                },
            }
        }
    }
}

/// What a kind is called, as far as it has a name.
fn name(kind: &str) -> String {
    let known = match kind {
        "opened" => "Opened",
        "rules_changed" => "Rules changed",
        "title_changed" => "Title changed",
        "end_date_changed" => "End date changed",
        "paused" => "Orders paused",
        "resumed" => "Orders taken again",
        "posed" => "Question put to the oracle",
        "proposed" => "Outcome proposed",
        "challenged" => "Proposal challenged",
        "disputed" => "Disputed",
        "resolved" => "Resolved",
        "closed" => "Trading ended",
        "reopened" => "Reopened",
        "delisted" => "Delisted",
        other => return words(other),
    };
    known.to_owned()
}

/// How a kind is marked: what needs attention is amber.
pub(super) fn tone(kind: &str) -> &'static str {
    match kind {
        "challenged" | "disputed" => "warn",
        kind if kind.ends_with("_changed") => "warn",
        "delisted" | "closed" | "paused" => "off",
        _ => "on",
    }
}

fn row(entry: &TimelineEntry) -> Markup {
    let name = name(&entry.kind);
    html! {
        li data-tone=(tone(&entry.kind)) {
            b { (name) }
            time datetime=(entry.at.to_rfc3339()) { (utc(entry.at)) }
            @if !entry.summary.is_empty() { p { (entry.summary) } }
            @if entry.before.is_some() || entry.after.is_some() {
                details {
                    summary { "Before and after" }
                    dl {
                        dt { "Before" } dd { (entry.before.as_deref().unwrap_or("nothing")) }
                        dt { "After" } dd { (entry.after.as_deref().unwrap_or("nothing")) }
                    }
                }
            }
        }
    }
}

/// What the schedule says is still to come.
fn ahead(market: &MarketRow) -> Markup {
    html! {
        @if market.status == MarketStatus::Open && !market.awaiting_resolution {
            li data-tone="ahead" {
                b { "End of trading" }
                @match market.end_date {
                    Some(end) => time datetime=(end.to_rfc3339()) { (utc(end)) ", scheduled" },
                    None => span class="mut" { "no date given" },
                }
            }
        }
        @if market.status != MarketStatus::Resolved {
            li data-tone="ahead" {
                b { "Proposal, then resolution" }
                span class="mut" {
                    @match market.uma_status { Some(status) => { "UMA: " (status) }, None => "by the market's rules" }
                }
            }
        }
    }
}
