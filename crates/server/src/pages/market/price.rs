//! The price over time.

use chrono::{DateTime, TimeDelta, Utc};
use maud::{Markup, html};

use super::{
    drawing,
    settings::{Kind, Outcomes, RANGES, Settings},
};
use crate::{
    api::{
        ohlc::{GapView, OhlcView},
        timeline::Timeline,
    },
    pages::{
        format::{cents, change, count, duration, money, money_exact, percent, utc, words},
        panels::{Panel, choice, missing, note},
    },
    view::MarketRow,
};

/// Rows of the table; older ones are in the API.
const MOST_ROWS: usize = 300;

/// The panel.
pub(super) fn panel(
    market: &MarketRow,
    settings: &Settings,
    prices: &Panel<OhlcView>,
    timeline: &Panel<Timeline>,
) -> Markup {
    html! {
        section class="card price" aria-label="Price" {
            div class="ph" {
                h2 { "Price" }
                (kinds(settings))
                (ranges(settings))
                (outcomes(market, settings))
                @if let Ok(prices) = prices { (legend(prices)) }
            }
            div class="pbox" {
                @match prices {
                    Ok(prices) => (content(market, settings, prices, timeline)),
                    Err(why) => (missing("The price history", *why)),
                }
            }
            @if let Ok(prices) = prices && !prices.bars.is_empty() {
                div class="pfoot" {
                    p class="sub" { (sentence(market, settings, prices)) " Times in UTC." }
                    (data_table(market, prices))
                    a class="by" rel="nofollow" download href=(export(market, settings))
                        title="These bars with units, sources and gaps, for spreadsheets" { "CSV" }
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

fn kinds(settings: &Settings) -> Markup {
    let option = |(label, kind)| (label, settings.with_kind(kind), settings.kind == kind);
    choice("Kind of chart", &[("Line", Kind::Line), ("Candles", Kind::Candles)].map(option))
}

/// Where these bars are to be had as a file.
fn export(market: &MarketRow, settings: &Settings) -> String {
    format!(
        "/api/polymarket/ohlc/{}/bars.csv?range={}&interval={}&outcome={}",
        market.market_id,
        settings.range.name,
        settings.range.interval.slug(),
        settings.outcome()
    )
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

fn content(
    market: &MarketRow,
    settings: &Settings,
    prices: &OhlcView,
    timeline: &Panel<Timeline>,
) -> Markup {
    let Some(last) = prices.bars.last() else { return nothing(prices) };
    html! {
        p class="readout" aria-hidden="true" {
            span { (last.at.format("%b %-d, %H:%M UTC")) }
            @for (name, price) in [("O", last.open), ("H", last.high), ("L", last.low), ("C", last.close)] {
                span { (name) " " b { (cents(Some(price), market.tick_size)) } }
            }
            span { "Vol " b { (money(last.volume_usdc)) } }
            @if let Some(trades) = last.trades.filter(|trades| *trades > 0) {
                span { (trades) @if trades == 1 { " trade" } @else { " trades" } }
            }
        }
        div class="pchart" {
            @match drawing::of(market, settings, prices, timeline, &sentence(market, settings, prices)) {
                Some(drawing) => (drawing),
                None => (nothing(prices)),
            }
        }
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
