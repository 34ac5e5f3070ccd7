//! Prices paid against what became of them, every event weighing the same.

use maud::{Markup, html};

use super::told::{Figure, rate, withheld_note};
use crate::{
    pages::{
        format::{cents, count, fixed, percent, signed},
        panels::{mini_fact, note},
    },
    view::wallet::{CalibrationBin, CalibrationView, Told},
};

/// Side of the square that prices are drawn in, in its own units, and the room for its labels.
const SIDE: f64 = 300.0;
const LEFT: f64 = 40.0;
const BOTTOM: f64 = 34.0;
const TOP: f64 = 8.0;
const RIGHT: f64 = 8.0;
const TICKS: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// The place of a price from the left.
pub(super) fn x(price: f64) -> String {
    format!("{:.1}", LEFT + price * (SIDE - RIGHT - LEFT))
}

/// The place of a price from the top.
pub(super) fn y(price: f64) -> String {
    format!("{:.1}", SIDE - BOTTOM - price * (SIDE - BOTTOM - TOP))
}

/// A square whose sides are prices, with the diagonal.
pub(super) fn square(summary: &str, x_label: &str, y_label: &str, content: &Markup) -> Markup {
    let middle = f64::midpoint(TOP, SIDE - BOTTOM);
    html! {
        svg class="wchart square" viewBox={ "0 0 " (SIDE) " " (SIDE) } role="img" aria-label=(summary) {
            g class="axis" {
                @for tick in TICKS {
                    g {
                        line x1=(LEFT) x2=(SIDE - RIGHT) y1=(y(tick)) y2=(y(tick)) {}
                        text class="at-left" x=(LEFT - 6.0) y=(y(tick)) dy="4" { (tick * 100.0) }
                        text class="middle" x=(x(tick)) y=(SIDE - BOTTOM + 14.0) { (tick * 100.0) }
                    }
                }
                text class="middle" x=(f64::midpoint(LEFT, SIDE - RIGHT)) y=(SIDE - 4.0) { (x_label) ", ¢" }
                text class="middle" transform={ "translate(10 " (middle) ") rotate(-90)" } { (y_label) ", ¢" }
            }
            line class="even" x1=(x(0.0)) y1=(y(0.0)) x2=(x(1.0)) y2=(y(1.0)) {}
            (content)
        }
    }
}

/// The panel.
pub(super) fn panel(calibration: &Told<CalibrationView>) -> Markup {
    html! {
        section class="card" aria-label="Calibration" {
            h2 { "Calibration" span class="sub" { "every event weighs the same" } }
            (withheld_note(std::iter::once(calibration.withheld())))
            @match (&calibration.value, calibration.withheld()) {
                (Some(figures), _) => (curve(figures)),
                (None, None) => (note("Nothing that was bought is resolved yet.")),
                (None, Some(_)) => {},
            }
        }
    }
}

fn curve(figures: &CalibrationView) -> Markup {
    let curve = &figures.by_event;
    let bins: Vec<String> = curve.bins.iter().map(said).collect();
    let summary = format!("Calibration, every event weighing the same. {}.", bins.join(". "));
    html! {
        (square(&summary, "price paid", "came true", &html! { @for bin in &curve.bins { (dot(bin)) } }))
        dl class="mini-facts" {
            (mini_fact("Brier", Some("Mean squared distance of the price from the outcome; less is better"), &html! { (fixed(Some(curve.score), 3)) }))
            (mini_fact("Reference", Some("What it would be if every price paid were right"), &html! { (fixed(Some(curve.expected), 3)) }))
            (mini_fact("Skill", Some("1 − Brier / reference: above zero, the wallet's purchases came true more than priced"), &html! { (signed(curve.skill, 3)) }))
            (mini_fact("Reliability", Some("How far the bins are from the diagonal; less is better"), &html! { (fixed(Some(curve.reliability), 3)) }))
            (mini_fact("Resolution", Some("How far the bins are from the mean; more is better"), &html! { (fixed(Some(curve.resolution), 3)) }))
            (mini_fact("Uncertainty", Some("How uncertain the outcomes were"), &html! { (fixed(Some(curve.uncertainty), 3)) }))
        }
        p class="sub" {
            (count(figures.trades)) " purchases in " (count(figures.events)) " events"
            @if figures.excluded > 0 { ", " (count(figures.excluded)) " not counted" }
            ". It is about the prices accepted, not a score of beliefs."
        }
        details class="bars" {
            summary { "Data table" }
            table class="mini" {
                thead {
                    tr {
                        th class="l" scope="col" { "Price" }
                        @for label in ["Mean", "Came true", "Events", "Purchases"] { th scope="col" { (label) } }
                    }
                }
                tbody {
                    @for bin in &curve.bins {
                        tr {
                            td class="l" { (bin.tenth * 10) "–" (bin.tenth * 10 + 10) "¢" }
                            td { (fixed(Some(bin.price * 100.0), 1)) "¢" }
                            td { (rate(Some(&bin.frequency))) }
                            td { (count(bin.frequency.n)) }
                            td class="f2" { (count(bin.trades)) }
                        }
                    }
                }
            }
        }
    }
}

fn dot(bin: &CalibrationBin) -> Markup {
    let one = &bin.frequency;
    #[expect(clippy::cast_precision_loss, reason = "a radius")]
    let radius = (2.5 + (one.n as f64).sqrt() / 2.0).min(8.0);
    html! {
        g class="bin" {
            title { (said(bin)) }
            @if let Some((low, high)) = one.low.zip(one.high) {
                line x1=(x(bin.price)) x2=(x(bin.price)) y1=(y(low.max(0.0))) y2=(y(high.min(1.0))) {}
            }
            circle cx=(x(bin.price)) cy=(y(one.value)) r=(format!("{radius:.1}")) {}
        }
    }
}

fn said(bin: &CalibrationBin) -> String {
    let one = &bin.frequency;
    format!(
        "Bought at {} on average: {} came true, of {} {}",
        cents(Some(bin.price), None),
        percent(Some(one.value)),
        count(one.n),
        if one.n == 1 { "event" } else { "events" }
    )
}
