//! What settled events came to, by the day on which they ended.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use maud::{Markup, html};

use super::{
    positions::event_name,
    told::{Figure, profit, withheld_note},
};
use crate::{
    pages::{
        format::{UNKNOWN, count, flow, utc},
        panels::note,
    },
    view::wallet::{SettledEvent, ToldList},
};

const WEEKS: u64 = 53;
const CELL: u64 = 12;
const STEP: u64 = 14;
const LEFT: u64 = 26;
const TOP: u64 = 14;
/// Shades on each side of zero.
const LEVELS: f64 = 4.0;
const LISTED: usize = 20;

struct Day {
    date: NaiveDate,
    week: u64,
    weekday: u64,
    /// Dollars and events; `None` where nothing settled.
    settled: Option<(f64, usize)>,
}

/// The panel.
pub(super) fn panel(settled: &ToldList<SettledEvent>, now: DateTime<Utc>) -> Markup {
    html! {
        section class="card" aria-label="Settled profit by day" {
            h2 { "Settled profit by day" span class="sub" { "days of UTC, by when events really ended, after fees" } }
            (withheld_note(std::iter::once(settled.withheld())))
            @match settled.value.as_deref() {
                None => {},
                Some([]) => (note("No event has settled yet.")),
                Some(settled) => (content(settled, now)),
            }
        }
    }
}

/// Every day of the last weeks, the present one included.
fn days(settled: &[SettledEvent], now: DateTime<Utc>) -> Vec<Day> {
    let mut by_date: BTreeMap<NaiveDate, (f64, usize)> = BTreeMap::new();
    for event in settled {
        let Some(at) = event.closed_at else { continue };
        let day = by_date.entry(at.date_naive()).or_default();
        *day = (day.0 + event.profit_usdc, day.1 + 1);
    }
    let today = now.date_naive();
    let since_monday = u64::from(today.weekday().num_days_from_monday());
    let length = (WEEKS - 1) * 7 + since_monday;
    let dates = (0..=length).filter_map(|index| {
        let date = today.checked_sub_days(Days::new(length - index))?;
        Some((index, date))
    });
    dates
        .map(|(index, date)| Day {
            date,
            week: index / 7,
            weekday: index % 7,
            settled: by_date.get(&date).copied(),
        })
        .collect()
}

/// Shades days by where they lie among those of their own sign: one large day does not blank all others.
fn shade(day: &Day, days: &[Day]) -> String {
    let Some((profit, _)) = day.settled else { return "day".to_owned() };
    if profit == 0.0 {
        return "day even".to_owned();
    }
    let peers: Vec<f64> = days
        .iter()
        .filter_map(|other| other.settled)
        .map(|(other, _)| other)
        .filter(|other| (*other > 0.0) == (profit > 0.0) && *other != 0.0)
        .map(f64::abs)
        .collect();
    let below = peers.iter().filter(|size| **size <= profit.abs()).count();
    #[expect(clippy::cast_precision_loss, reason = "days of a year")]
    let level = (below as f64 / peers.len() as f64 * LEVELS).ceil().max(1.0);
    format!("day {} l{level}", if profit > 0.0 { "gain" } else { "loss" })
}

fn content(settled: &[SettledEvent], now: DateTime<Utc>) -> Markup {
    let days = days(settled, now);
    let shown: usize = days.iter().filter_map(|day| day.settled).map(|(_, events)| events).sum();
    let earlier = settled.len() - shown;
    let active = days.iter().filter(|day| day.settled.is_some()).count();
    let gains =
        days.iter().filter(|day| day.settled.is_some_and(|(profit, _)| profit > 0.0)).count();
    html! {
        svg class="wchart calendar" viewBox={ "0 0 " (LEFT + WEEKS * STEP) " " (TOP + 7 * STEP) } role="img"
            aria-label={ "Settled profit by day: events settled on " (count(active)) " days of the last 53 weeks, " (count(gains)) " of them with a profit together." } {
            @for (row, name) in [(0, "Mon"), (2, "Wed"), (4, "Fri"), (6, "Sun")] {
                text x="0" y=(TOP + row * STEP + CELL - 2) { (name) }
            }
            @for (week, name) in months(&days) { text x=(LEFT + week * STEP) y=(TOP - 5) { (name) } }
            @for day in &days {
                rect class=(shade(day, &days)) x=(LEFT + day.week * STEP) y=(TOP + day.weekday * STEP)
                    width=(CELL) height=(CELL) rx="2" { @if let Some(said) = said(day) { title { (said) } } }
            }
        }
        p class="sub" {
            (count(shown)) " events ended within this year"
            @if earlier > 0 { ", " (count(earlier)) " before it or at an unknown time" }
            ". Shades compare days of the same sign: "
            span class="shades" {
                "loss"
                svg class="wchart" viewBox="0 0 108 12" width="108" height="12" aria-hidden="true" {
                    @for (place, shade) in ["loss l4", "loss l3", "loss l2", "loss l1", "gain l1", "gain l2", "gain l3", "gain l4"].iter().enumerate() {
                        rect class={ "day " (shade) } x=(place * 13 + 2) width="11" height="12" rx="2" {}
                    }
                }
                "profit"
            }
        }
        (list(settled))
    }
}

/// Names of months over the first week that begins in them; the first only where there is room for it.
fn months(days: &[Day]) -> Vec<(u64, String)> {
    let mut names: Vec<(u64, String)> = Vec::new();
    for day in days.iter().filter(|day| day.weekday == 0) {
        let name = day.date.format("%b").to_string();
        if names.last().is_some_and(|(_, last)| *last == name) {
            continue;
        }
        if names.len() == 1 && day.week < 3 {
            names.clear();
        }
        names.push((day.week, name));
    }
    names
}

fn said(day: &Day) -> Option<String> {
    let (profit, events) = day.settled?;
    let noun = if events == 1 { "event" } else { "events" };
    Some(format!("{}: {} of {} {noun}", day.date, flow(Some(profit)), count(events)))
}

fn list(settled: &[SettledEvent]) -> Markup {
    html! {
        details class="bars" {
            summary { "The last " (count(settled.len().min(LISTED))) " settled events" }
            div class="bars-scroll" {
                table class="mini" {
                    thead {
                        tr {
                            th class="l" scope="col" { "Event" }
                            th scope="col" { "Ended" }
                            th scope="col" { "Profit" }
                        }
                    }
                    tbody {
                        @for event in settled.iter().rev().take(LISTED) {
                            tr {
                                td class="l" { (event_name(&event.market)) }
                                td class="f2" { (event.closed_at.map_or_else(|| UNKNOWN.to_owned(), utc)) }
                                td { (profit(Some(event.profit_usdc))) }
                            }
                        }
                    }
                }
            }
        }
    }
}
