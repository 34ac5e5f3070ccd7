//! The price over time as an image: a line or candles, volume, what was not recorded, and what happened to the market.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use domain::bars::Interval;
use maud::{Markup, html};

use super::{
    settings::{Kind, Outcomes, Settings},
    status,
};
use crate::{
    api::{
        ohlc::{BarView, GapView, OhlcView},
        timeline::Timeline,
    },
    pages::{
        chart::{Frame, Heights, Point, hatching, pixels},
        format::{cents, duration, money, words},
        panels::Panel,
    },
    view::MarketRow,
};

/// Pixels of the chart: all of it, its axis of time, and the volumes between the axis and the prices.
const HEIGHTS: Heights = Heights { all: 360.0, axis: 26.0, below: 74.0 };
/// Pixels of the tallest volume.
const VOLUME: f64 = 56.0;
/// Part of its bucket that a candle or a volume fills.
const FILL: f64 = 0.76;
/// Width of a letter of a label in thousandths of the plot, as wide as it usually is.
const LETTER: f64 = 9.0;
/// History is sampled, at times sparsely: its points are joined over so many empty buckets at most.
const HISTORY_REACH: i64 = 12;
const HATCH: &str = "unrecorded";

/// The image; `None` where no price is known. `sentence` says what it shows.
pub(super) fn of(
    market: &MarketRow,
    settings: &Settings,
    prices: &OhlcView,
    timeline: &Panel<Timeline>,
    sentence: &str,
) -> Option<Markup> {
    let step = interval_of(prices).length();
    let has_both = settings.outcomes == Outcomes::Both;
    let known_from = prices.bars.first().map(|bar| bar.at);
    let gap_from = prices.gaps.first().map(|gap| gap.from);
    let from = known_from.into_iter().chain(gap_from).min().unwrap_or(prices.from).max(prices.from);
    let now = market.outcome_prices.get(prices.outcome).copied().flatten();
    // Without a bar there is nothing to draw, whatever the price now.
    prices.bars.first()?;
    let held = drawn_prices(settings, prices).chain(now);
    let frame = Frame::around(held, (from, prices.to), HEIGHTS)?;
    let colour = if prices.outcome == 1 { "no" } else { "yes" };
    Some(html! {
        svg class="drawn" width="92%" height=(pixels(HEIGHTS.all)) role="img" aria-label=(sentence) {
            (hatching(HATCH))
            (frame.prices(true, market.tick_size))
            (volume_axis(&frame, prices))
            @for gap in &prices.gaps {
                (frame.band(gap.from.max(from), gap.to, HATCH, &format!(
                    "Not recorded for {}: {}", duration(gap.to - gap.from), words(&gap.cause)
                )))
            }
            (frame.plot(&html! {
                path class="volume" d=(volumes(&frame, prices, step)) {}
                @if settings.kind == Kind::Candles {
                    (candles(&frame, prices, step))
                } @else {
                    @if has_both { (lines(&frame, prices, step, "no", true)) }
                    (lines(&frame, prices, step, colour, false))
                }
            }))
            @for mark in marks(&frame, (from, prices.to), prices, timeline) { (mark.drawn(&frame)) }
            @if let Some(now) = now { (frame.level(now, colour, &cents(Some(now), market.tick_size))) }
            (frame.times())
        }
    })
}

/// The prices that the image must hold.
fn drawn_prices<'a>(
    settings: &'a Settings,
    prices: &'a OhlcView,
) -> impl Iterator<Item = f64> + 'a {
    let is_candles = settings.kind == Kind::Candles;
    let has_both = settings.outcomes == Outcomes::Both;
    prices.bars.iter().flat_map(move |bar| {
        let ends = is_candles.then_some([bar.low, bar.high]).into_iter().flatten();
        let other = has_both.then_some(1.0 - bar.close);
        std::iter::once(bar.close).chain(ends).chain(other)
    })
}

/// What the tallest volume is.
fn volume_axis(frame: &Frame, prices: &OhlcView) -> Markup {
    let floor = HEIGHTS.all - HEIGHTS.axis;
    let largest = largest_volume(prices);
    html! {
        g class="axis" {
            line x1="0" x2="100%" y1=(frame.part(floor)) y2=(frame.part(floor)) {}
            @if largest > 0.0 {
                text class="price at-right" x="100%" dx="8" y=(frame.part(floor - VOLUME)) dy="8" {
                    title { "Traded in the busiest bar" } (money(Some(largest)))
                }
            }
        }
    }
}

fn largest_volume(prices: &OhlcView) -> f64 {
    prices.bars.iter().filter_map(|bar| bar.volume_usdc).fold(0.0, f64::max)
}

/// Volume as bars at the floor, all in one path.
fn volumes(frame: &Frame, prices: &OhlcView, step: TimeDelta) -> String {
    let largest = largest_volume(prices);
    let mut path = String::new();
    for bar in &prices.bars {
        let Some(volume) = bar.volume_usdc.filter(|volume| *volume > 0.0) else { continue };
        let (left, width) = filled(frame, bar, step);
        let height = volume / largest * VOLUME;
        // Writing to a string cannot fail.
        let _ = write!(
            path,
            "M{left:.1} {:.1}v-{height:.1}h{width:.1}v{height:.1}z",
            HEIGHTS.all - HEIGHTS.axis,
        );
    }
    path
}

/// Where a bar's column begins, and how wide it is.
fn filled(frame: &Frame, bar: &BarView, step: TimeDelta) -> (f64, f64) {
    let (left, right) = (frame.x(bar.at), frame.x(bar.at + step));
    (left + (right - left) * (1.0 - FILL) / 2.0, (right - left) * FILL)
}

/// Candles: rising, falling, and hollow where open, high and low are not true.
fn candles(frame: &Frame, prices: &OhlcView, step: TimeDelta) -> Markup {
    let of = |wanted: &str| {
        let bars = prices.bars.iter().filter(|bar| candle_class(bar) == wanted);
        bars.map(|bar| candle(frame, bar, step)).collect::<String>()
    };
    html! {
        @for class in ["approximate", "up", "down"] { path class={ "candle " (class) } d=(of(class)) {} }
    }
}

fn candle_class(bar: &BarView) -> &'static str {
    match (bar.synthetic, bar.close >= bar.open) {
        (true, _) => "approximate",
        (false, true) => "up",
        (false, false) => "down",
    }
}

/// A body from open to close, with wicks to high and low.
fn candle(frame: &Frame, bar: &BarView, step: TimeDelta) -> String {
    let (left, width) = filled(frame, bar, step);
    let middle = left + width / 2.0;
    let (top, bottom) = (frame.y(bar.open.max(bar.close)), frame.y(bar.open.min(bar.close)));
    let height = (bottom - top).max(0.5);
    format!(
        "M{left:.1} {top:.1}h{width:.1}v{height:.1}h-{width:.1}zM{middle:.1} {:.1}V{top:.1}M{middle:.1} {:.1}V{:.1}",
        frame.y(bar.high),
        top + height,
        frame.y(bar.low)
    )
}

/// A moment to mark.
struct Mark {
    at: DateTime<Utc>,
    label: String,
    is_warning: bool,
    /// Its label has room.
    is_labelled: bool,
    /// The label stands at the left of the line, as there is no room at the right.
    is_left: bool,
}

/// What happened to the market within the image, each with a label as far as labels have room.
fn marks(
    frame: &Frame,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    prices: &OhlcView,
    timeline: &Panel<Timeline>,
) -> Vec<Mark> {
    let entries = timeline.as_ref().map_or(&[][..], |Timeline(entries)| entries.as_slice());
    let happened = entries
        .iter()
        .map(|entry| (entry.at, words(&entry.kind), status::tone(&entry.kind) == "warn"));
    let began = prices.recorded_since.map(|since| (since, "recording began".to_owned(), false));
    let mut all: Vec<_> =
        happened.chain(began).filter(|(at, ..)| (from..=to).contains(at)).collect();
    all.sort_by_key(|(at, ..)| *at);
    let mut labelled_to = f64::NEG_INFINITY;
    let mark = |(at, label, is_warning): (DateTime<Utc>, String, bool)| {
        let length = label.chars().count() as f64 * LETTER;
        let is_left = frame.x(at) + length > 1_000.0;
        let start = if is_left { frame.x(at) - length } else { frame.x(at) };
        let is_labelled = start > labelled_to;
        if is_labelled {
            labelled_to = start + length;
        }
        Mark { at, label, is_warning, is_labelled, is_left }
    };
    all.into_iter().map(mark).collect()
}

impl Mark {
    fn drawn(&self, frame: &Frame) -> Markup {
        let class = if self.is_warning { "mark warn" } else { "mark" };
        let label = self.is_labelled.then_some(self.label.as_str());
        frame.moment(self.at, class, &self.label, label, self.is_left)
    }
}

/// Runs of bars that may be drawn through, each with whether it is approximate.
fn lines(
    frame: &Frame,
    prices: &OhlcView,
    step: TimeDelta,
    colour: &str,
    is_mirrored: bool,
) -> Markup {
    let point = |bar: &BarView| Point {
        at: (bar.at + step).min(prices.to),
        price: if is_mirrored { 1.0 - bar.close } else { bar.close },
    };
    html! {
        @for (is_approximate, run) in runs(prices, step) {
            path class={ "line " (colour) @if is_approximate { " approximate" } }
                d=(frame.path(&run.iter().map(|bar| point(bar)).collect::<Vec<_>>())) {}
        }
    }
}

fn runs(prices: &OhlcView, step: TimeDelta) -> Vec<(bool, Vec<&BarView>)> {
    let mut runs: Vec<(bool, Vec<&BarView>)> = Vec::new();
    let mut before: Option<&BarView> = None;
    for bar in &prices.bars {
        let joined = before.filter(|left| is_joined(left, bar, step, &prices.gaps));
        match (runs.last_mut(), joined) {
            (Some((is_approximate, run)), Some(_)) if *is_approximate == bar.synthetic => {
                run.push(bar);
            }
            // Between what is approximate and what is not, the line is approximate.
            (Some((true, run)), Some(_)) => {
                run.push(bar);
                runs.push((false, vec![bar]));
            }
            (_, Some(left)) => runs.push((bar.synthetic, vec![left, bar])),
            (_, None) => runs.push((bar.synthetic, vec![bar])),
        }
        before = Some(bar);
    }
    runs
}

/// Whether a line may be drawn from one bar to the next.
fn is_joined(left: &BarView, right: &BarView, step: TimeDelta, gaps: &[GapView]) -> bool {
    // A gap inside one bucket does not part it from its neighbour; one that swallows a boundary does.
    let is_parted = gaps
        .iter()
        .any(|gap| gap.from < right.at && gap.to > left.at + step && gap.to - gap.from >= step);
    if is_parted {
        return false;
    }
    let steps = (right.at - left.at).num_seconds() / step.num_seconds().max(1);
    steps <= 1 || (left.synthetic && right.synthetic && steps <= HISTORY_REACH)
}

fn interval_of(prices: &OhlcView) -> Interval {
    let named = |interval: &Interval| interval.slug() == prices.interval;
    Interval::ALL.into_iter().find(named).unwrap_or(Interval::Hour)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::timeline::TimelineEntry;

    fn bar(minute: i64, synthetic: bool) -> BarView {
        BarView {
            at: DateTime::UNIX_EPOCH + TimeDelta::minutes(minute),
            open: 0.5,
            high: 0.5,
            low: 0.5,
            close: 0.5,
            volume_usdc: None,
            volume_shares: None,
            trades: None,
            bid: None,
            ask: None,
            source: if synthetic { "history" } else { "trades" }.to_owned(),
            synthetic,
        }
    }

    fn prices(bars: Vec<BarView>, gaps: Vec<GapView>) -> OhlcView {
        let at = |minute| DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        OhlcView {
            market_id: "1".to_owned(),
            outcome: 0,
            interval: "1m".to_owned(),
            from: at(0),
            to: at(60),
            bars,
            gaps,
            recorded_since: None,
            history_read: true,
        }
    }

    fn shape(prices: &OhlcView) -> Vec<(bool, usize)> {
        let runs = runs(prices, TimeDelta::minutes(1));
        runs.into_iter().map(|(is_approximate, run)| (is_approximate, run.len())).collect()
    }

    #[test]
    fn a_line_stops_where_nothing_is_known() {
        let bars = vec![bar(0, false), bar(1, false), bar(5, false), bar(6, false)];
        assert_eq!(shape(&prices(bars, vec![])), [(false, 2), (false, 2)]);
    }

    #[test]
    fn history_reaches_further_and_is_drawn_as_history() {
        let bars = vec![bar(0, true), bar(10, true), bar(11, false), bar(12, false)];
        assert_eq!(shape(&prices(bars, vec![])), [(true, 3), (false, 2)]);
    }

    #[test]
    fn a_gap_parts_even_history() {
        let at = |minute| DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        let gap = GapView { from: at(2), to: at(8), cause: "server_down".to_owned() };
        assert_eq!(
            shape(&prices(vec![bar(0, true), bar(10, true)], vec![gap])),
            [(true, 1), (true, 1)]
        );
    }

    fn entry(minute: i64, kind: &str) -> TimelineEntry {
        TimelineEntry {
            at: DateTime::UNIX_EPOCH + TimeDelta::minutes(minute),
            observed_at: None,
            kind: kind.to_owned(),
            summary: String::new(),
            before: None,
            after: None,
        }
    }

    #[test]
    fn what_happened_is_marked_and_labelled_where_there_is_room() {
        let prices = prices(vec![bar(0, false), bar(59, false)], vec![]);
        let span = (prices.from, prices.to);
        let frame = Frame::around([0.5].into_iter(), span, HEIGHTS).unwrap();
        let timeline = Ok(Timeline(vec![
            entry(59, "disputed"),
            entry(21, "paused"),
            entry(20, "rules_changed"),
            entry(-5, "opened"),
        ]));
        let marks = marks(&frame, span, &prices, &timeline);
        let told: Vec<_> = marks
            .iter()
            .map(|mark| (mark.label.as_str(), mark.is_warning, mark.is_labelled, mark.is_left))
            .collect();
        assert_eq!(
            told,
            [
                ("rules changed", true, true, false),
                ("paused", false, false, false),
                ("disputed", true, true, true),
            ]
        );
    }

    #[test]
    fn a_candle_reaches_from_low_to_high() {
        let prices = prices(vec![bar(0, false)], vec![]);
        let span = (prices.from, prices.to);
        let frame = Frame::around([0.4, 0.6].into_iter(), span, HEIGHTS).unwrap();
        let rising = BarView { open: 0.45, high: 0.6, low: 0.4, close: 0.55, ..bar(0, false) };
        assert_eq!(candle_class(&rising), "up");
        let path = candle(&frame, &rising, TimeDelta::minutes(1));
        let [low, high] = [0.4, 0.6].map(|price| format!("{:.1}", frame.y(price)));
        assert!(
            path.ends_with(&format!("V{low}")) && path.contains(&format!(" {high}V")),
            "{path}"
        );
        assert_eq!(candle_class(&BarView { synthetic: true, ..rising }), "approximate");
    }
}
