//! How many shares rest up to each price, as the curve that the script draws.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::{
    pages::{
        format::{cents, shares},
        panels::note,
    },
    view::{BookLevelView, OrderBookView},
};

const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 84.0;
/// Part of a side's shares that the curve reaches to, and the least distance from the middle, in dollars.
const REACH_SHARE: f64 = 0.8;
const LEAST_REACH: f64 = 0.05;

/// The stretch of prices that is drawn, and the shares at the top edge.
struct Curve {
    from: f64,
    to: f64,
    top: f64,
}

/// The figure.
pub(super) fn figure(book: &OrderBookView, tick: Option<f64>) -> Markup {
    let nothing = || note("Depth is drawn once both sides have orders.");
    let Some(mid) = book.mid.filter(|_| !book.bids.is_empty() && !book.asks.is_empty()) else {
        return nothing();
    };
    let reach = LEAST_REACH.max(reach_of(&book.bids, mid)).max(reach_of(&book.asks, mid));
    let (from, to) = ((mid - reach).max(0.0), (mid + reach).min(1.0));
    let (bids, asks) = (inside(&book.bids, from, to), inside(&book.asks, from, to));
    let last = |levels: &[&BookLevelView]| levels.last().map_or(0.0, |level| level.total_shares);
    let curve = Curve { from, to, top: last(&bids).max(last(&asks)) };
    if curve.top <= 0.0 {
        return nothing();
    }
    let readout = format!("{} bid · {} offered, shares", shares(last(&bids)), shares(last(&asks)));
    html! {
        figure class="depth" data-outcome=(book.outcome) {
            svg viewBox="0 0 320 84" preserveAspectRatio="none" role="img" aria-label={ "Depth of the book from " (cents(Some(from), tick)) " to " (cents(Some(to), tick)) ": " (readout) "." } {
                path class="bids" d=(curve.area(&bids, mid, from)) {}
                path class="asks" d=(curve.area(&asks, mid, to)) {}
            }
            figcaption {
                span { (cents(Some(from), tick)) }
                span class="read" { (readout) }
                span { (cents(Some(to), tick)) }
            }
        }
    }
}

/// How far from the middle most of a side's shares rest.
fn reach_of(levels: &[BookLevelView], mid: f64) -> f64 {
    let all = levels.last().map_or(0.0, |level| level.total_shares);
    let last = levels.iter().find(|level| level.total_shares >= all * REACH_SHARE);
    last.map_or(0.0, |level| (level.price - mid).abs())
}

fn inside(levels: &[BookLevelView], from: f64, to: f64) -> Vec<&BookLevelView> {
    levels.iter().filter(|level| level.price >= from && level.price <= to).collect()
}

impl Curve {
    fn x(&self, price: f64) -> f64 {
        (price - self.from) / (self.to - self.from) * WIDTH
    }

    /// The corners of one side as a closed area, from the middle outwards.
    fn area(&self, levels: &[&BookLevelView], mid: f64, edge: f64) -> String {
        let mut path = format!("M{:.1} {HEIGHT}", self.x(levels.first().map_or(mid, |l| l.price)));
        let mut height = HEIGHT;
        for level in levels {
            let x = self.x(level.price);
            let next = HEIGHT - level.total_shares / self.top * (HEIGHT - 6.0);
            // Writing to a string cannot fail.
            let _ = write!(path, "L{x:.1} {height:.1}L{x:.1} {next:.1}");
            height = next;
        }
        let x = self.x(edge);
        let _ = write!(path, "L{x:.1} {height:.1}L{x:.1} {HEIGHT}Z");
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(price: f64, total_shares: f64) -> BookLevelView {
        BookLevelView { price, shares: 1.0, total_shares, total_usdc: 1.0 }
    }

    #[test]
    fn a_side_is_a_stair_from_the_middle_to_the_edge() {
        let curve = Curve { from: 0.4, to: 0.6, top: 200.0 };
        let (near, far) = (level(0.48, 100.0), level(0.44, 200.0));
        assert_eq!(
            curve.area(&[&near, &far], 0.5, 0.4),
            "M128.0 84L128.0 84.0L128.0 45.0L64.0 45.0L64.0 6.0L0.0 6.0L0.0 84Z"
        );
    }

    #[test]
    fn the_curve_reaches_to_most_of_the_shares() {
        let levels = [level(0.48, 10.0), level(0.40, 90.0), level(0.01, 100.0)];
        assert!((reach_of(&levels, 0.5) - 0.1).abs() < 1e-9);
    }
}
