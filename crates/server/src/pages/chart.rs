//! Charts over time as the server draws them: geometry, axes, and what stands for the missing. The plot stretches
//! with the page and the texts do not: it is an image within an image, in thousandths of its width, and the labels
//! beside it stand outside of the outer image's edges, where the style sheet leaves room.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::format::{cents, utc};

/// Width of the plot in its own units.
const WIDTH: f64 = 1_000.0;
/// Labels on the axis of time, at most.
const MOST_TIMES: i64 = 7;
/// Labels on the axis of prices, at most.
const MOST_PRICES: f64 = 7.0;
/// Distances between labels of prices, in dollars.
const PRICE_STEPS: [f64; 9] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25];
const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// Distances between labels of times, in seconds.
const TIME_STEPS: [i64; 17] = [
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    4 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    5 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    60 * DAY,
    120 * DAY,
];

/// A point of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) at: DateTime<Utc>,
    /// Dollars.
    pub(super) price: f64,
}

/// How many pixels high a chart is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Heights {
    pub(super) all: f64,
    /// The axis of time.
    pub(super) axis: f64,
    /// What stands between the prices and the axis.
    pub(super) below: f64,
}

/// What a chart shows: a stretch of time and of prices on so many pixels of height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    low: f64,
    high: f64,
    step: f64,
    top: f64,
    heights: Heights,
}

impl Frame {
    /// A frame that holds these prices, rounded outwards to what can be labelled; `None` without any.
    pub(super) fn around(
        prices: impl Iterator<Item = f64>,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
        heights: Heights,
    ) -> Option<Self> {
        let (low, high) = prices
            .fold(None, |range: Option<(f64, f64)>, price| {
                Some(range.map_or((price, price), |(low, high)| (low.min(price), high.max(price))))
            })
            .filter(|_| from < to)?;
        let fits = |step: &f64| (high - low) / step <= MOST_PRICES - 2.0;
        let step = PRICE_STEPS.into_iter().find(fits).unwrap_or(0.25);
        let mut low = ((low / step - 0.25).floor() * step).max(0.0);
        let mut high = ((high / step + 0.25).ceil() * step).min(1.0);
        if high - low < step * 1.5 {
            (low, high) = ((low - step).max(0.0), (high + step).min(1.0));
        }
        Some(Self { from, to, low, high, step, top: 12.0, heights })
    }

    /// The place of an instant, in thousandths of the width.
    pub(super) fn x(&self, at: DateTime<Utc>) -> f64 {
        let length = (self.to - self.from).num_milliseconds() as f64;
        let since = (at - self.from).num_milliseconds() as f64;
        (since / length).clamp(0.0, 1.0) * WIDTH
    }

    /// The place of a price, in pixels from the top.
    pub(super) fn y(&self, price: f64) -> f64 {
        let part = ((price - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.top + (1.0 - part) * (self.floor() - self.top)
    }

    /// Where the prices end, in pixels from the top.
    pub(super) fn floor(&self) -> f64 {
        self.heights.all - self.heights.axis - self.heights.below
    }

    /// How high the plot is, down to the axis of time.
    fn plotted(&self) -> f64 {
        self.heights.all - self.heights.axis - self.top
    }

    /// A height in pixels as a part of the whole, since the style sheet may draw the chart lower.
    pub(super) fn part(&self, pixels: f64) -> String {
        format!("{:.2}%", pixels / self.heights.all * 100.0)
    }

    /// Hairlines at round prices, and the prices: at the right or the left edge.
    pub(super) fn prices(&self, is_right: bool, tick: Option<f64>) -> Markup {
        let prices = (0..=u8::MAX)
            .map(|index| self.low + f64::from(index) * self.step)
            .take_while(|price| *price <= self.high + self.step / 2.0);
        html! {
            g class="axis" {
                @for price in prices {
                    line x1="0" x2="100%" y1=(self.part(self.y(price))) y2=(self.part(self.y(price))) {}
                    text class=(if is_right { "price at-right" } else { "price" }) x=(if is_right { "100%" } else { "0" })
                        dx=(if is_right { 8 } else { -6 }) y=(self.part(self.y(price))) dy="4" { (cents(Some(price), tick)) }
                }
            }
        }
    }

    /// Labels of times, in UTC.
    pub(super) fn times(&self) -> Markup {
        let (from, to) = (self.from.timestamp(), self.to.timestamp());
        let fits = |step: &i64| (to - from) / step <= MOST_TIMES;
        let step = TIME_STEPS.into_iter().find(fits).unwrap_or((to - from) / MOST_TIMES);
        let first = from.div_euclid(step) * step + step;
        let ticks: Vec<DateTime<Utc>> = (0..=MOST_TIMES)
            .filter_map(|index| DateTime::from_timestamp(first + index * step, 0))
            // A label at the very edge would be cut.
            .filter(|at| (25.0..=975.0).contains(&self.x(*at)) && *at < self.to)
            .collect();
        html! {
            g class="times" {
                @for at in ticks {
                    text class="tick" x=(percent(self.x(at))) y="100%" dy="-6" {
                        @if step >= DAY || at.timestamp() % DAY == 0 { (at.format("%b %-d")) } @else { (at.format("%H:%M")) }
                    }
                }
            }
        }
    }

    /// A hatched band over a time of which nothing is known.
    pub(super) fn band(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        hatch: &str,
        title: &str,
    ) -> Markup {
        let (left, right) = (self.x(from), self.x(to));
        html! {
            @if right > left {
                rect class="gap" x=(percent(left)) width=(percent(right - left)) y=(self.part(self.top))
                    height=(self.part(self.plotted())) fill={ "url(#" (hatch) ")" } { title { (title) } }
            }
        }
    }

    /// A dotted line at a moment, with a label at its right or left.
    pub(super) fn moment(
        &self,
        at: DateTime<Utc>,
        class: &str,
        title: &str,
        label: Option<&str>,
        is_left: bool,
    ) -> Markup {
        let x = percent(self.x(at));
        html! {
            g class=(class) {
                title { (title) ", " (utc(at)) }
                line x1=(x) x2=(x) y1=(self.part(self.top)) y2=(self.part(self.top + self.plotted())) {}
                @if let Some(label) = label {
                    text x=(x) y=(self.part(self.top)) class=[is_left.then_some("at-left")]
                        dx=(if is_left { -5 } else { 5 }) dy="4" { (label) }
                }
            }
        }
    }

    /// A dotted line at a price that is told beside it.
    pub(super) fn level(&self, price: f64, class: &str, label: &str) -> Markup {
        let y = self.part(self.y(price));
        html! {
            g class={ "level " (class) } {
                title { "The price now" }
                line x1="0" x2="100%" y1=(y) y2=(y) {}
                text x="100%" dx="8" y=(y) dy="4" { (label) }
            }
        }
    }

    /// The plot: stretched to the width there is, its lines as thin as they were.
    pub(super) fn plot(&self, content: &Markup) -> Markup {
        html! {
            svg viewBox={ "0 0 1000 " (pixels(self.heights.all)) } preserveAspectRatio="none" width="100%" height="100%" { (content) }
        }
    }

    /// The path through points.
    pub(super) fn path(&self, points: &[Point]) -> String {
        let mut path = String::new();
        for (index, point) in points.iter().enumerate() {
            let letter = if index == 0 { 'M' } else { 'L' };
            // Writing to a string cannot fail.
            let _ = write!(path, "{letter}{:.1} {:.1}", self.x(point.at), self.y(point.price));
        }
        if points.len() == 1 {
            path.push_str("h2");
        }
        path
    }
}

/// The pattern that stands for what was not recorded.
pub(super) fn hatching(id: &str) -> Markup {
    html! {
        defs {
            pattern id=(id) width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                line x1="0" y1="0" x2="0" y2="6" class="hatching" {}
            }
        }
    }
}

/// A number of pixels, to the tenth.
pub(super) fn pixels(value: f64) -> String {
    format!("{}", (value * 10.0).round() / 10.0)
}

fn percent(thousandths: f64) -> String {
    format!("{:.2}%", thousandths / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    const HEIGHTS: Heights = Heights { all: 360.0, axis: 24.0, below: 0.0 };

    fn frame(prices: &[f64]) -> Frame {
        let now = DateTime::from_timestamp(1_795_392_000, 0).unwrap();
        let range = (now - TimeDelta::days(7), now);
        Frame::around(prices.iter().copied(), range, HEIGHTS).unwrap()
    }

    #[test]
    fn every_price_lies_in_the_plot() {
        for prices in [vec![0.5], vec![0.0], vec![1.0], vec![0.0, 1.0], vec![0.403, 0.583]] {
            let frame = frame(&prices);
            for price in prices {
                let y = frame.y(price);
                assert!((12.0..=336.0).contains(&y), "{price} {y} {frame:?}");
            }
            assert!(frame.low < frame.high);
        }
    }

    #[test]
    fn nothing_known_has_no_frame() {
        let now = DateTime::UNIX_EPOCH;
        let range = (now, now + TimeDelta::days(1));
        assert_eq!(Frame::around(std::iter::empty(), range, HEIGHTS), None);
        assert_eq!(Frame::around(std::iter::once(0.5), (now, now), HEIGHTS), None);
    }

    #[test]
    fn axes_are_labelled_with_round_numbers() {
        let frame = frame(&[0.403, 0.583]);
        let prices = frame.prices(true, None).into_string();
        assert!(prices.contains("40.0¢") && prices.contains("60.0¢"), "{prices}");
        let times = frame.times().into_string();
        assert!((3..=8).contains(&times.matches("<text").count()), "{times}");
    }

    #[test]
    fn a_path_begins_where_its_first_point_is() {
        let frame = frame(&[0.4, 0.6]);
        let point = Point { at: frame.from, price: 0.5 };
        let path = frame.path(&[point]);
        assert!(path.starts_with("M0.0 ") && path.ends_with("h2"), "{path}");
    }
}
