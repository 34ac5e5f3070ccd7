//! The price over time.

use chrono::{DateTime, TimeDelta, Utc};
use domain::bars::Interval;
use maud::{Markup, html};

use super::settings::{Outcomes, RANGES, Settings};
use crate::{
    api::ohlc::{BarView, GapView, OhlcView},
    pages::{
        chart::{Frame, Point, hatching, pixels},
        format::{cents, change, count, duration, money, money_exact, percent, utc, words},
        panels::{Panel, choice, missing, note},
    },
    view::MarketRow,
};

/// Pixels of the chart, and of its axis of time.
const HEIGHT: f64 = 360.0;
const AXIS: f64 = 26.0;
/// Pixels of the tallest bar of volume.
const VOLUME: f64 = 64.0;
/// Rows of the table; older ones are in the API.
const MOST_ROWS: usize = 300;
/// History is sampled, at times sparsely: its points are joined over so many empty buckets at most.
const HISTORY_REACH: i64 = 12;
const HATCH: &str = "unrecorded";

/// The panel.
pub(super) fn panel(market: &MarketRow, settings: &Settings, prices: &Panel<OhlcView>) -> Markup {
    html! {
        section class="card price" aria-label="Price" {
            div class="ph" {
                h2 { "Price" }
                (ranges(settings))
                (outcomes(market, settings))
                @if let Ok(prices) = prices { (legend(prices)) }
            }
            div class="pbox" {
                @match prices {
                    Ok(prices) => (content(market, settings, prices)),
                    Err(why) => (missing("The price history", *why)),
                }
            }
            @if let Ok(prices) = prices && !prices.bars.is_empty() {
                div class="pfoot" {
                    p class="sub" { (sentence(market, settings, prices)) " Times in UTC." }
                    (data_table(market, prices))
                }
            }
        }
    }
}

fn ranges(settings: &Settings) -> Markup {
    let option = |range: &'static super::settings::ChartRange| {
        (range.name, settings.with_range(range.name), range.name == settings.range.name)
    };
    choice("Range", &RANGES.each_ref().map(option))
}

fn outcomes(market: &MarketRow, settings: &Settings) -> Markup {
    let [first, second] = market.outcomes.as_slice() else { return html! {} };
    let all = [
        (first.as_str(), "0", Outcomes::One(0)),
        (second.as_str(), "1", Outcomes::One(1)),
        ("both", "both", Outcomes::Both),
    ];
    let option = |(label, name, outcomes)| {
        (label, settings.with_outcome(name), settings.outcomes == outcomes)
    };
    choice("Outcome of the chart", &all.map(option))
}

/// What the signs on the chart mean, as far as they are on it.
fn legend(prices: &OhlcView) -> Markup {
    html! {
        span class="plegend" {
            @if let Some(last) = prices.gaps.last() {
                span title=(words(&last.cause)) {
                    span class="hatch" {}
                    "not recorded"
                    @if prices.gaps.len() > 1 { ", " (count(prices.gaps.len())) " times" }
                    @else { " " (duration(last.to - last.from)) ", " (words(&last.cause)) }
                }
            }
            @if prices.bars.iter().any(|bar| bar.synthetic) {
                span title="From upstream's price history: sampled, without volume, not true open, high, low and close" {
                    span class="dashed" {}
                    "approximate"
                }
            }
        }
    }
}

fn content(market: &MarketRow, settings: &Settings, prices: &OhlcView) -> Markup {
    let Some(last) = prices.bars.last() else { return nothing(prices) };
    html! {
        p class="readout" aria-hidden="true" {
            span { (last.at.format("%b %-d, %H:%M UTC")) }
            @for (name, price) in [("O", last.open), ("H", last.high), ("L", last.low), ("C", last.close)] {
                span { (name) " " b { (cents(Some(price), market.tick_size)) } }
            }
            span { "Vol " b { (money(last.volume_usdc)) } }
        }
        div class="pchart" { (drawing(market, settings, prices)) }
    }
}

/// Why there is no price.
fn nothing(prices: &OhlcView) -> Markup {
    let since = prices.recorded_since;
    note(html! {
        span {
            b { "No price is known for this range." }
            @match since {
                Some(since) => { " Recorded since " time datetime=(since.to_rfc3339()) { (utc(since)) } ". Try a longer range." },
                None => " This server has not recorded this market.",
            }
            @if prices.history_read { " Upstream's history was read and has nothing for it." }
            @else { " Upstream's history is read once the market is looked at: try again in a minute." }
        }
    })
}

fn drawing(market: &MarketRow, settings: &Settings, prices: &OhlcView) -> Markup {
    let step = interval_of(prices).length();
    let has_both = settings.outcomes == Outcomes::Both;
    let closes = prices.bars.iter().map(|bar| bar.close);
    let others = prices.bars.iter().filter(|_| has_both).map(|bar| 1.0 - bar.close);
    let known_from = prices.bars.first().map(|bar| bar.at);
    let gap_from = prices.gaps.first().map(|gap| gap.from);
    let from = known_from.into_iter().chain(gap_from).min().unwrap_or(prices.from).max(prices.from);
    let span = (from, prices.to);
    let Some(frame) = Frame::around(closes.chain(others), span, HEIGHT, AXIS) else {
        return nothing(prices);
    };
    let colour = if prices.outcome == 1 { "no" } else { "yes" };
    html! {
        svg class="drawn" width="92%" height=(pixels(HEIGHT)) role="img" aria-label=(sentence(market, settings, prices)) {
            (hatching(HATCH))
            (frame.prices(true, market.tick_size))
            @for gap in &prices.gaps {
                (frame.band(gap.from.max(from), gap.to, HATCH, &format!(
                    "Not recorded for {}: {}", duration(gap.to - gap.from), words(&gap.cause)
                )))
            }
            (frame.plot(&html! {
                path class="volume" d=(volumes(&frame, prices, step)) {}
                @if has_both { (lines(&frame, prices, step, "no", true)) }
                (lines(&frame, prices, step, colour, false))
            }))
            (frame.times())
        }
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

/// Volume as bars at the floor, all in one path.
fn volumes(frame: &Frame, prices: &OhlcView, step: TimeDelta) -> String {
    use std::fmt::Write as _;
    let largest = prices.bars.iter().filter_map(|bar| bar.volume_usdc).fold(0.0, f64::max);
    let mut path = String::new();
    for bar in &prices.bars {
        let Some(volume) = bar.volume_usdc.filter(|volume| *volume > 0.0) else { continue };
        let (left, right) = (frame.x(bar.at), frame.x(bar.at + step));
        let (width, height) = ((right - left) * 0.76, volume / largest * VOLUME);
        // Writing to a string cannot fail.
        let _ = write!(
            path,
            "M{:.1} {:.1}v-{height:.1}h{width:.1}v{height:.1}z",
            left + (right - left) * 0.12,
            frame.floor()
        );
    }
    path
}

fn interval_of(prices: &OhlcView) -> Interval {
    let named = |interval: &Interval| interval.slug() == prices.interval;
    Interval::ALL.into_iter().find(named).unwrap_or(Interval::Hour)
}

fn label(market: &MarketRow, outcome: usize) -> &str {
    market.outcomes.get(outcome).map_or("The outcome", String::as_str)
}

/// What the chart shows, for those who do not see it and for those who want the numbers.
fn sentence(market: &MarketRow, settings: &Settings, prices: &OhlcView) -> String {
    let (label, range) = (label(market, prices.outcome), settings.range.words);
    let (Some(first), Some(last)) = (prices.bars.first(), prices.bars.last()) else {
        return format!("No price of {label} is known over {range}.");
    };
    let price = |price: f64| cents(Some(price), market.tick_size);
    let lowest = prices.bars.iter().map(|bar| bar.low).fold(f64::INFINITY, f64::min);
    let highest = prices.bars.iter().map(|bar| bar.high).fold(0.0, f64::max);
    let volumes: Vec<f64> = prices.bars.iter().filter_map(|bar| bar.volume_usdc).collect();
    let mut parts = vec![
        format!(
            "{label} over {range}: from {} to {} ({})",
            price(first.open),
            price(last.close),
            change(Some(last.close - first.open)).0
        ),
        format!("lowest {}, highest {}", price(lowest), price(highest)),
        if volumes.is_empty() {
            "volume unknown".to_owned()
        } else {
            format!("{} traded in the recorded bars", money(Some(volumes.iter().sum())))
        },
    ];
    let synthetic = prices.bars.iter().filter(|bar| bar.synthetic).count();
    if synthetic > 0 {
        let part = synthetic as f64 / prices.bars.len() as f64;
        parts.push(format!(
            "{} of {} bars approximate, from history",
            percent(Some(part)),
            count(prices.bars.len())
        ));
    }
    if !prices.gaps.is_empty() {
        let total: TimeDelta = prices.gaps.iter().map(|gap| gap.to - gap.from).sum();
        let gaps = if prices.gaps.len() == 1 { "gap" } else { "gaps" };
        parts.push(format!(
            "{} {gaps} of {} not recorded",
            count(prices.gaps.len()),
            duration(total)
        ));
    }
    format!("{}.", parts.join("; "))
}

fn data_table(market: &MarketRow, prices: &OhlcView) -> Markup {
    let label = label(market, prices.outcome);
    let price = |price: f64| cents(Some(price), market.tick_size);
    html! {
        details class="bars" {
            summary { "Data table" }
            section class="bars-scroll" tabindex="0" aria-label={ "Bars of " (label) } {
                @if !prices.gaps.is_empty() { (gap_list(&prices.gaps)) }
                table class="mini" {
                    caption class="sr" { "Bars of " (label) ", newest first" }
                    thead {
                        tr {
                            th class="l" scope="col" { "From" }
                            @for header in ["Open", "High", "Low", "Close", "Volume", "Trades", "Source"] {
                                th scope="col" { (header) }
                            }
                        }
                    }
                    tbody {
                        @for bar in prices.bars.iter().rev().take(MOST_ROWS) {
                            tr {
                                td class="l" { (instant(bar.at)) }
                                td { (price(bar.open)) } td { (price(bar.high)) }
                                td { (price(bar.low)) } td { (price(bar.close)) }
                                td title=(money_exact(bar.volume_usdc)) { (money(bar.volume_usdc)) }
                                td { (bar.trades.map_or_else(|| "—".to_owned(), |trades| trades.to_string())) }
                                td { (bar.source) @if bar.synthetic { ", approximate" } }
                            }
                        }
                    }
                }
                @if prices.bars.len() > MOST_ROWS {
                    p class="sub" { "The newest " (count(MOST_ROWS)) " of " (count(prices.bars.len())) "." }
                }
            }
        }
    }
}

fn gap_list(gaps: &[GapView]) -> Markup {
    html! {
        ul class="sub" {
            @for gap in gaps {
                li { "Not recorded from " (instant(gap.from)) " to " (instant(gap.to)) ": " (words(&gap.cause)) }
            }
        }
    }
}

fn instant(at: DateTime<Utc>) -> String {
    utc(at)
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
