//! How a wallet did in events that are over, at all times and lately, and how it trades.

use chrono::{DateTime, TimeDelta, Utc};
use maud::{Markup, html};

use super::{
    breakdown, calendar, calibration,
    loading::Closed,
    positions::event_name,
    scatter,
    told::{Figure, dash, edge, profit, rate, told, withheld_note},
};
use crate::{
    pages::{
        format::{count, duration, fixed, money, money_exact, percent, signed, utc},
        panels::{Panel, mini_fact, missing, note},
    },
    view::wallet::{RecordView, SettledEvent, Told, WalletMetricsView},
};

type Row = (&'static str, &'static str, fn(&RecordView) -> Markup);

/// Rows of the table of records, shared with the comparison.
pub(super) const RECORD_ROWS: [Row; 7] = [
    ("Settled events", "Events of which nothing is held but shares of resolved markets", |one| {
        html! { (count(one.events)) }
    }),
    (
        "Win rate",
        "Events with a profit of those with a profit or a loss; Wilson's interval",
        |one| {
            html! { (rate(one.win_rate.as_ref())) " " span class="mut" { "of " (count(one.wins + one.losses)) } }
        },
    ),
    (
        "Edge per $1",
        "What a dollar staked came to more than the price paid; a fair price has none. Clustered by event",
        |one| {
            html! {
                (edge(one.edge.as_ref()))
                @if let Some(one) = &one.edge { span class="mut" { " of " (count(one.n)) } }
            }
        },
    ),
    ("Profit", "After fees", |one| profit(Some(one.profit_usdc))),
    ("Put in", "Fees included", |one| {
        html! { span title=(money_exact(Some(one.invested_usdc))) { (money(Some(one.invested_usdc))) } }
    }),
    ("Return", "Profit on what was put in", |one| html! { (percent(one.roi)) }),
    (
        "Profit factor",
        "Gains over losses; none without a loss",
        |one| html! { (fixed(one.profit_factor, 2)) },
    ),
];

/// Every panel that is drawn from the figures of the last import.
pub(super) fn panels(
    metrics: &Panel<Option<WalletMetricsView>>,
    closed: &Panel<Closed>,
    now: DateTime<Utc>,
) -> Markup {
    let empty = |content: &Markup| {
        html! { section class="card" aria-label="Performance" { h2 { "Performance" } (content) } }
    };
    match metrics {
        Err(why) => empty(&missing("The figures", *why)),
        Ok(None) => empty(&note("The figures of this wallet are not computed yet.")),
        Ok(Some(metrics)) => html! {
            (performance(metrics))
            div class="pair even" {
                (calibration::panel(&metrics.calibration))
                (scatter::panel(closed))
            }
            (calendar::panel(&metrics.settled, now))
            (breakdown::panel(metrics))
        },
    }
}

fn performance(metrics: &WalletMetricsView) -> Markup {
    let mut windows: Vec<_> = metrics.windows.iter().collect();
    windows.sort_by_key(|window| std::cmp::Reverse(window.days));
    let columns: Vec<(String, &Told<RecordView>)> =
        std::iter::once(("All time".to_owned(), &metrics.all_time))
            .chain(windows.into_iter().map(|window| (format!("{} d", window.days), &window.record)))
            .collect();
    let reasons = columns.iter().map(|(_, record)| record.withheld());
    html! {
        section class="card" aria-label="Performance" {
            h2 {
                "Performance"
                span class="sub" {
                    "by event, all its markets netted, after fees · 95% intervals · as of " (utc(metrics.as_of)) " · "
                    a class="link" href="/docs/pnl" { "what these mean" }
                }
            }
            (withheld_note(reasons.chain([metrics.settled.withheld()])))
            section class="wide-table" tabindex="0" aria-label="Settled events by period" {
                table class="mini records" {
                    caption class="sr" { "Settled events by period" }
                    thead {
                        tr {
                            th class="l" scope="col" { "Figure" }
                            @for (label, _) in &columns { th scope="col" { (label) } }
                        }
                    }
                    tbody {
                        @for (label, title, show) in RECORD_ROWS {
                            tr {
                                th class="l" scope="row" title=(title) { (label) }
                                @for (_, record) in &columns { td { (told(*record, show)) } }
                            }
                        }
                    }
                }
            }
            @if metrics.left_out > 0 {
                (note(html! {
                    (count(metrics.left_out)) " settled " @if metrics.left_out == 1 { "event is" } @else { "events are" }
                    " left out: what the shares cost is not known."
                }))
            }
            (habits(metrics))
        }
    }
}

fn habits(metrics: &WalletMetricsView) -> Markup {
    let span = |seconds: i64| duration(TimeDelta::seconds(seconds));
    html! {
        dl class="mini-facts wide habits" {
            (mini_fact("Largest drawdown", Some("Largest fall of the summed profit, over all settled events"), &told(&metrics.course, |course| html! {
                (money(Some(course.drawdown_usdc))) span class="mut" { " of " (count(course.events)) " events" }
            })))
            @for last in metrics.courses.value.iter().flatten() {
                (mini_fact(
                    &format!("Drawdown, last {}", last.last_events),
                    Some("Drawdowns grow with the number of events: only those of equal length compare"),
                    &html! {
                        @if let Some(course) = &last.course { (money(Some(course.drawdown_usdc))) }
                        @else { span class="mut" { "fewer events" } }
                    },
                ))
            }
            (mini_fact("Longest streaks", Some("Profits and losses in a row, in the order in which events ended"), &told(&metrics.course, |course| html! {
                (count(course.longest_wins)) " won, " (count(course.longest_losses)) " lost, now " (signed(Some(course.current as f64), 0))
            })))
            (mini_fact("Held", Some("From first in to first out: median of positions, mean by share"), &told(&metrics.hold_time, |held| html! {
                "median " (span(held.median_s)) ", mean " (span(held.mean_s)) span class="mut" { " of " (count(held.positions)) }
            })))
            (mini_fact("Spread", Some("1 / HHI of the money put in: so many equal events would be as concentrated"), &told(&metrics.concentration, |spread| html! {
                (fixed(Some(spread.effective_events), 1)) " effective of " (count(spread.events)) " events, "
                span class="mut" { "largest " (percent(Some(spread.top_share))) }
            })))
            (mini_fact("Trades", Some("Fills a day from the first to the last"), &told(&metrics.frequency, |often| html! {
                (count(usize::try_from(often.fills).unwrap_or(usize::MAX))) ", " (fixed(Some(often.per_day), 1)) " a day "
                span class="mut" { "on " (count(often.active_days)) " days" }
            })))
            (mini_fact("Maker share", Some("Dollars filled as maker of all; unknown where one fill does not say"), &told(&metrics.maker_share, |share| html! { (percent(Some(*share))) })))
            (mini_fact("Best event", Some("After fees"), &result(&metrics.best_event)))
            (mini_fact("Worst event", Some("After fees"), &result(&metrics.worst_event)))
        }
    }
}

fn result(event: &Told<SettledEvent>) -> Markup {
    told(event, |event| {
        html! { span class="ev" { (event_name(&event.market)) (profit(Some(event.profit_usdc))) } }
    })
}

/// A record of the figures that may be missing as a whole.
pub(super) fn recorded(
    metrics: Option<&WalletMetricsView>,
    show: fn(&RecordView) -> Markup,
) -> Markup {
    metrics.map_or_else(dash, |metrics| told(&metrics.all_time, show))
}
