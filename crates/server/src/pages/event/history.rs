//! The likeliest outcomes over time, each line with its name at its end.

use chrono::TimeDelta;
use maud::{Markup, html};

use super::RANGES;
use crate::{
    api::{
        distribution::{EventHistory, OutcomeHistory, PricePointView},
        ohlc::GapView,
    },
    pages::{
        chart::{Frame, Heights, Point, hatching, pixels},
        format::{cents, count, duration, utc, words},
        panels::{Panel, choice, missing, note},
    },
};

const HEIGHTS: Heights = Heights { all: 280.0, axis: 22.0, below: 0.0 };
/// Least distance of two labels, in pixels.
const LABEL: f64 = 15.0;
/// Points further apart than so many usual distances are not joined.
const REACH: i32 = 6;
/// Letters of a name at the end of a line, on a wide page and on a phone.
const NAME: usize = 20;
const HATCH: &str = "unrecorded";
const BRIEF_NAME: usize = 10;

/// The panel.
pub(super) fn panel(slug: &str, title: &str, range: &str, history: &Panel<EventHistory>) -> Markup {
    let option = |name: &'static str| {
        let path = format!("/events/{slug}");
        let href = if name == RANGES[1] { path } else { format!("{path}?range={name}") };
        (name, href, name == range)
    };
    html! {
        section class="card history" aria-label="Outcomes over time" {
            div class="ph" { h2 { "Outcomes over time" } (choice("Range", &RANGES.map(option)))
                @if let Ok(history) = history && !history.gaps.is_empty() {
                    span class="plegend" {
                        span { span class="hatch" {} "not recorded" @if history.gaps.len() > 1 { ", " (count(history.gaps.len())) " times" } }
                    }
                }
            }
            div class="ebox" {
                @match history {
                    Err(why) => (missing("The history of this event", *why)),
                    Ok(history) => (drawing(title, history)),
                }
            }
            @if let Ok(history) = history && lines(history).next().is_some() { (data_table(history)) }
        }
    }
}

fn lines(history: &EventHistory) -> impl Iterator<Item = &OutcomeHistory> {
    history.outcomes.iter().filter(|outcome| !outcome.points.is_empty())
}

fn drawing(title: &str, history: &EventHistory) -> Markup {
    let prices = lines(history).flat_map(|line| line.points.iter().map(|point| point.price));
    let span = (history.from, history.to);
    // From zero, so that a height is a chance.
    let prices = lines(history).next().map(|_| prices.chain([0.0]));
    let Some(frame) = prices.and_then(|prices| Frame::around(prices, span, HEIGHTS)) else {
        return note(
            "No price of any outcome is known in this range: none was recorded, and upstream's history is read once \
             a market of it is looked at. Try a longer range.",
        );
    };
    let last: Vec<f64> = lines(history)
        .filter_map(|line| line.points.last().map(|point| frame.y(point.price)))
        .collect();
    let places = spread(&last, LABEL, LABEL, frame.floor());
    html! {
        div class="echart" {
            svg class="drawn named" width="66%" height=(pixels(HEIGHTS.all)) role="img" aria-label=(summary(title, history)) {
                (hatching(HATCH))
                (frame.prices(false, None))
                @for gap in &history.gaps {
                    (frame.band(gap.from, gap.to, HATCH, &format!("Not recorded for {}: {}", duration(gap.to - gap.from), words(&gap.cause))))
                }
                (frame.plot(&html! {
                    @for (index, line) in lines(history).enumerate() {
                        g class={ "outcome o" (index + 1) } {
                            @for run in runs(&line.points, &history.gaps) { path d=(frame.path(&run)) {} }
                        }
                    }
                }))
                @for (index, line) in lines(history).enumerate() {
                    (label(index, line, &frame.part(places.get(index).copied().unwrap_or_default())))
                }
                (frame.times())
            }
        }
    }
}

fn label(index: usize, line: &OutcomeHistory, place: &str) -> Markup {
    let last = line.points.last().map(|point| point.price);
    html! {
        g class={ "outcome o" (index + 1) } {
            text x="100%" dx="14" y=(place) dy="4" {
                tspan class="p" { (cents(last, None)) } " "
                tspan class="name" { (cut(&line.title, NAME)) }
                tspan class="brief" { (cut(&line.title, BRIEF_NAME)) }
            }
        }
    }
}

fn cut(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    let head: String = text.chars().take(letters - 1).collect();
    format!("{head}…")
}

/// Runs of points that may be drawn through.
fn runs(points: &[PricePointView], gaps: &[GapView]) -> Vec<Vec<Point>> {
    let mut distances: Vec<TimeDelta> =
        points.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    distances.sort();
    let usual = distances.get(distances.len() / 2).copied().unwrap_or_default();
    let mut runs: Vec<Vec<Point>> = Vec::new();
    for point in points {
        let point = Point { at: point.at, price: point.price };
        let is_near = |before: &Point| {
            let is_parted = gaps
                .iter()
                .any(|gap| gap.from < point.at && gap.to > before.at && gap.to - gap.from >= usual);
            point.at - before.at <= usual * REACH && !is_parted
        };
        match runs.last_mut().filter(|run| run.last().is_some_and(is_near)) {
            Some(run) => run.push(point),
            None => runs.push(vec![point]),
        }
    }
    runs
}

/// Places of labels, each as near its own as the others allow.
fn spread(wanted: &[f64], least: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let mut places = vec![top; wanted.len()];
    let mut free = top;
    for index in &order {
        places[*index] = wanted[*index].max(free);
        free = places[*index] + least;
    }
    let mut floor = bottom;
    for index in order.iter().rev() {
        places[*index] = places[*index].min(floor);
        floor = places[*index] - least;
    }
    places
}

fn summary(title: &str, history: &EventHistory) -> String {
    let parts: Vec<String> = lines(history)
        .map(|line| {
            let price =
                |point: Option<&PricePointView>| cents(point.map(|point| point.price), None);
            format!(
                "{} from {} to {}",
                line.title,
                price(line.points.first()),
                price(line.points.last())
            )
        })
        .collect();
    format!("{title}: {}.", parts.join("; "))
}

/// First and last prices as a table, for those who cannot use the chart.
fn data_table(history: &EventHistory) -> Markup {
    let prices = |line: &OutcomeHistory| -> Vec<f64> {
        line.points.iter().map(|point| point.price).collect()
    };
    let cell = |price: Option<f64>| html! { td { (cents(price, None)) } };
    html! {
        details class="bars" {
            summary { "Data table" }
            table class="mini" {
                caption class="sr" { "Prices at the beginning and end of the range" }
                thead {
                    tr {
                        th class="l" scope="col" { "Outcome" }
                        @for header in ["First", "Lowest", "Highest", "Last", "Points"] { th scope="col" { (header) } }
                    }
                }
                tbody {
                    @for line in lines(history) {
                        @let prices = prices(line);
                        tr {
                            td class="l" { (line.title) }
                            (cell(prices.first().copied()))
                            (cell(prices.iter().copied().reduce(f64::min)))
                            (cell(prices.iter().copied().reduce(f64::max)))
                            (cell(prices.last().copied()))
                            td class="f2" { (count(prices.len())) }
                        }
                    }
                }
            }
            @for gap in &history.gaps {
                p class="sub" { "Not recorded from " (utc(gap.from)) " to " (utc(gap.to)) ": " (words(&gap.cause)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn point(minute: i64) -> PricePointView {
        PricePointView { at: DateTime::UNIX_EPOCH + TimeDelta::minutes(minute), price: 0.5 }
    }

    #[test]
    fn a_line_stops_where_points_are_far_apart() {
        let points: Vec<_> = [0, 5, 10, 60, 65].map(point).into();
        let lengths: Vec<usize> = runs(&points, &[]).iter().map(Vec::len).collect();
        assert_eq!(lengths, [3, 2]);
        assert!(runs(&[], &[]).is_empty());
    }

    #[test]
    fn labels_do_not_lie_on_each_other() {
        let places = spread(&[100.0, 101.0, 250.0, 258.0], 15.0, 15.0, 258.0);
        assert_eq!(places, [100.0, 115.0, 243.0, 258.0]);
    }

    #[test]
    fn long_names_are_cut_between_letters() {
        assert_eq!(cut("Zoë", 3), "Zoë");
        assert_eq!(cut("Zoë Ångström", 6), "Zoë Å…");
    }
}
