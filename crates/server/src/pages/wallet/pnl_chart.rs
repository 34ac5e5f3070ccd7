//! Profit over time as an image: each source a line that stays at its last known value until the next.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use crate::{
    pages::{
        chart::pixels,
        format::{flow, money, utc},
    },
    view::wallet::{PnlPointView, PnlSeries, PnlView},
};

const WIDTH: f64 = 1_000.0;
const HEIGHT: f64 = 260.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 22.0;
/// Labels of dollars, about.
const TICKS: f64 = 4.0;
/// Labels of times.
const TIMES: i32 = 5;
/// Steps that a reader counts in.
const ROUND_STEPS: [f64; 5] = [1.0, 2.0, 2.5, 5.0, 10.0];

/// What was made up to an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Made {
    pub(super) at: DateTime<Utc>,
    pub(super) usdc: f64,
}

/// A line of the chart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Decides the colour.
    pub(super) kind: &'static str,
    pub(super) label: &'static str,
    /// What its numbers are.
    pub(super) meaning: String,
    /// The oldest first.
    pub(super) points: Vec<Made>,
}

/// The lines of all sources that say anything, as the script draws them.
pub(super) fn lines(pnl: &PnlView) -> Vec<Line> {
    let of = |source: &str| pnl.series.iter().find(|series| series.source == source);
    let line = |kind, label, meaning: &str, points: Vec<Made>| Line {
        kind,
        label,
        meaning: meaning.to_owned(),
        points,
    };
    let made = |series: Option<&PnlSeries>, figure: &dyn Fn(&PnlPointView) -> Option<f64>| {
        let points = series.into_iter().flat_map(|series| &series.points);
        points.filter_map(|point| Some(Made { at: point.at, usdc: figure(point)? })).collect()
    };
    let (ledger, venue, site) = (of("ledger"), of("venue"), of("site"));
    let meaning =
        |series: Option<&PnlSeries>| series.map_or("", |series| &series.meaning).to_owned();
    let total = pnl.totals.as_ref().and_then(|totals| totals.total.value).zip(pnl.as_of);
    let all = [
        line("ledger", "Our ledger, settled", &meaning(ledger), made(ledger, &|point| point.total)),
        line(
            "total",
            "Our ledger, total now",
            "Realised and, at best bids, unrealised, after fees and with income, by our ledger.",
            total.into_iter().map(|(usdc, at)| Made { at, usdc }).collect(),
        ),
        line(
            "realised",
            "Our ledger, before fees",
            "What was realised by our ledger, by sale or redemption, before fees, where the fees are not known.",
            made(ledger, &|point| point.realized.filter(|_| point.total.is_none())),
        ),
        line(
            "venue-realised",
            "Polymarket's API, realised",
            "What the venue says was realised, after fees and with income. Outcomes count when they are redeemed, so losers that nobody redeems never do.",
            made(venue, &|point| Some(point.realized? + point.income.unwrap_or(0.0))),
        ),
        line(
            "venue",
            "Polymarket's API, total",
            &meaning(venue),
            made(venue, &|point| point.total),
        ),
        line("site", "Polymarket's site", &meaning(site), made(site, &|point| point.total)),
    ];
    all.into_iter().filter(|line| !line.points.is_empty()).collect()
}

/// What all lines say at the end, in a sentence.
pub(super) fn readout(lines: &[Line]) -> String {
    let ends = lines.iter().filter_map(|line| Some((line.label, line.points.last()?)));
    let parts: Vec<String> =
        ends.map(|(label, last)| format!("{label} {}", flow(Some(last.usdc)))).collect();
    let newest = lines.iter().filter_map(|line| line.points.last()).map(|last| last.at).max();
    let at = newest.map_or_else(String::new, |at| format!("{}: ", utc(at)));
    format!("{at}{}", parts.join(", "))
}

struct Scale {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    low: f64,
    high: f64,
}

impl Scale {
    fn of(lines: &[Line]) -> Option<Self> {
        let points = || lines.iter().flat_map(|line| &line.points);
        let (from, to) =
            points().map(|point| point.at).min().zip(points().map(|point| point.at).max())?;
        let low = points().map(|point| point.usdc).fold(0.0, f64::min);
        let high = points().map(|point| point.usdc).fold(0.0, f64::max);
        let room = (high - low) * 0.06;
        let half = chrono::TimeDelta::hours(12);
        let (from, to) = if from == to { (from - half, to + half) } else { (from, to) };
        Some(if high - low <= 0.0 {
            Self { from, to, low: -1.0, high: 1.0 }
        } else {
            let low = if low < 0.0 { low - room } else { 0.0 };
            Self { from, to, low, high: if high > 0.0 { high + room } else { 0.0 } }
        })
    }

    fn x(&self, at: DateTime<Utc>) -> f64 {
        let length = (self.to - self.from).num_milliseconds() as f64;
        (at - self.from).num_milliseconds() as f64 / length * WIDTH
    }

    fn y(&self, usdc: f64) -> f64 {
        let part = (usdc - self.low) / (self.high - self.low);
        TOP + (1.0 - part) * (HEIGHT - BOTTOM - TOP)
    }

    fn ticks(&self) -> Vec<f64> {
        let rough = (self.high - self.low) / TICKS;
        let power = 10_f64.powf(rough.log10().floor());
        let step =
            ROUND_STEPS.into_iter().find(|step| step * power >= rough * 0.999).unwrap_or(10.0)
                * power;
        let first = (self.low / step).ceil();
        (0..16_i32)
            .map(|index| (first + f64::from(index)) * step)
            .take_while(|tick| *tick <= self.high + step * 1e-9)
            .collect()
    }

    fn times(&self) -> Vec<DateTime<Utc>> {
        let step = (self.to - self.from) / (TIMES + 1);
        (1..=TIMES).map(|index| self.from + step * index).collect()
    }

    fn path(&self, points: &[Made]) -> String {
        let mut path = String::new();
        for (index, point) in points.iter().enumerate() {
            let (x, y) = (self.x(point.at), self.y(point.usdc));
            // Writing to a string cannot fail.
            let _ = if index == 0 {
                write!(path, "M{x:.1} {y:.1}")
            } else {
                write!(path, "H{x:.1}V{y:.1}")
            };
        }
        if points.len() == 1 {
            path.push_str("h3");
        }
        path
    }
}

fn part(value: f64, whole: f64) -> String {
    format!("{:.2}%", value / whole * 100.0)
}

/// The image; `None` where nothing is known.
pub(super) fn drawing(lines: &[Line], title: &str) -> Option<Markup> {
    let scale = Scale::of(lines)?;
    let is_short = scale.to - scale.from < chrono::TimeDelta::days(3);
    let ticks: Vec<(f64, String)> =
        scale.ticks().into_iter().map(|usdc| (usdc, part(scale.y(usdc), HEIGHT))).collect();
    Some(html! {
        svg class="drawn made" width="92%" height=(pixels(HEIGHT)) role="img" aria-label={ (title) ". " (readout(lines)) } {
            g class="axis" {
                @for (usdc, y) in &ticks {
                    g class=[(*usdc == 0.0).then_some("zero")] {
                        line x1="0" x2="100%" y1=(y) y2=(y) {}
                        text class="price" x="0" dx="-6" y=(y) dy="4" { (money(Some(*usdc))) }
                    }
                }
            }
            svg viewBox={ "0 0 1000 " (pixels(HEIGHT)) } preserveAspectRatio="none" width="100%" height="100%" {
                @for line in lines.iter().rev() {
                    g class={ "pnl " (line.kind) } { path d=(scale.path(&line.points)) {} }
                }
            }
            g class="times" {
                @for at in scale.times() {
                    text class="tick" x=(part(scale.x(at), WIDTH)) y="100%" dy="-6" {
                        @if is_short { (at.format("%b %-d, %H:%M")) } @else { (at.format("%b %-d, %Y")) }
                    }
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(day: i64, usdc: f64) -> Made {
        Made { at: DateTime::UNIX_EPOCH + chrono::TimeDelta::days(day), usdc }
    }

    #[test]
    fn a_line_stays_at_its_value_until_the_next() {
        let line = Line {
            kind: "ledger",
            label: "Ours",
            meaning: String::new(),
            points: vec![made(0, 0.0), made(1, 100.0), made(2, -50.0)],
        };
        let scale = Scale::of(std::slice::from_ref(&line)).unwrap();
        let path = scale.path(&line.points);
        assert!(path.starts_with("M0.0 ") && path.contains("H500.0V"), "{path}");
        assert_eq!(path.matches('H').count(), 2, "{path}");
        assert!(scale.low < -50.0 && scale.high > 100.0, "the ends are inside");
        assert!(scale.ticks().contains(&0.0), "{:?}", scale.ticks());
        assert!(readout(&[line]).contains("Ours −$50"));
    }

    #[test]
    fn nothing_known_is_not_drawn() {
        assert!(drawing(&[], "Profit").is_none());
    }
}
