//! What a wallet did, day by day.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::loading::Acts;
use crate::{
    pages::{
        format::{count, money, money_exact, words},
        panels::{Panel, missing, note},
    },
    view::wallet::ActivityView,
};

const SHOWN_MARKETS: usize = 2;

/// Activity of one kind and direction on one day.
struct DayLine {
    kind: String,
    side: Option<String>,
    times: usize,
    /// `None` where one of them is unknown.
    usdc: Option<f64>,
    markets: Vec<String>,
}

/// The panel.
pub(super) fn panel(address: &str, activity: &Panel<Acts>) -> Markup {
    html! {
        section class="card activity" aria-label="Activity" {
            h2 {
                "Activity"
                span class="sub" { "days of UTC" }
                span class="end" {
                    a class="chip" href={ "/api/polymarket/wallet/" (address) "/activity.csv" } download rel="nofollow"
                        title="Everything recorded that the wallet did, for spreadsheets" { "CSV" }
                }
            }
            @match activity {
                Err(why) => (missing("The activity", *why)),
                Ok(acts) if acts.rows.is_empty() => (note("Nothing that this wallet did is recorded.")),
                Ok(acts) => (timeline(acts)),
            }
        }
    }
}

/// The last day may go on in what is not loaded: it is left out, or counted as "at least" where it is the only one.
fn timeline(acts: &Acts) -> Markup {
    let mut days = gathered(&acts.rows);
    let is_cut = acts.next.is_some() && days.len() == 1;
    if acts.next.is_some() && days.len() > 1 {
        days.pop();
    }
    html! {
        section class="timeline-room" tabindex="0" aria-label="Days, the newest first" {
            ol class="timeline" {
                @for (date, lines) in &days {
                    li data-tone="off" {
                        b { time datetime=(date) { (date) } }
                        ul { @for line in lines { (one(line, is_cut)) } }
                    }
                }
            }
        }
    }
}

fn gathered(rows: &[ActivityView]) -> Vec<(NaiveDate, Vec<DayLine>)> {
    let mut days: Vec<(NaiveDate, Vec<DayLine>)> = Vec::new();
    for row in rows {
        let date = row.happened_at.date_naive();
        if days.last().is_none_or(|(last, _)| *last != date) {
            days.push((date, Vec::new()));
        }
        let Some((_, lines)) = days.last_mut() else { continue };
        let place = lines.iter().position(|line| line.kind == row.kind && line.side == row.side);
        let place = place.unwrap_or_else(|| {
            lines.push(DayLine {
                kind: row.kind.clone(),
                side: row.side.clone(),
                times: 0,
                usdc: Some(0.0),
                markets: Vec::new(),
            });
            lines.len() - 1
        });
        let Some(line) = lines.get_mut(place) else { continue };
        line.times += 1;
        line.usdc = line.usdc.zip(row.usdc).map(|(sum, usdc)| sum + usdc);
        let title = row.market.as_ref().and_then(|market| market.title.as_ref());
        if let Some(title) = title.filter(|title| !line.markets.contains(title)) {
            line.markets.push(title.clone());
        }
    }
    days
}

fn one(line: &DayLine, is_at_least: bool) -> Markup {
    let shown = line.markets.get(..SHOWN_MARKETS).unwrap_or(&line.markets);
    let more = line.markets.len() - shown.len();
    html! {
        li {
            @if is_at_least { "≥ " }
            (count(line.times)) " × "
            @match (line.kind.as_str(), &line.side) { ("trade", Some(side)) => (side), (kind, _) => (words(kind)) }
            " " span title=(money_exact(line.usdc)) { (money(line.usdc)) }
            @if !shown.is_empty() {
                span class="mut" { " " (shown.join("; ")) @if more > 0 { " and " (count(more)) " more" } }
            }
        }
    }
}
