//! What a share cost against what came back, of closed positions.

use maud::{Markup, html};

use super::{
    calibration::{square, x, y},
    loading::Closed,
};
use crate::{
    pages::{
        format::{cents, count, money},
        panels::{Panel, missing, note},
    },
    view::wallet::ClosedPositionView,
};

/// What rounding leaves outside of 0 to 1.
const SLACK: f64 = 1e-6;

struct EntryExit {
    title: String,
    entry: f64,
    exit: f64,
    cost: f64,
}

/// Average cost when last held, and that with the profit before fees a share bought: the distance from the diagonal is
/// exact. `None` where one of them is unknown or doubted, or where conversions leave a cost that is no price.
fn entry_exit(one: &ClosedPositionView) -> Option<EntryExit> {
    let position = &one.position;
    let bought = position.bought_shares.filter(|bought| *bought > 0.0)?;
    let entry = position.avg_price.filter(|_| position.doubts.is_empty())?;
    // Fractions of a cent's hundredth are dust of the division.
    let exit = ((entry + position.total_usdc? / bought) * 1e4).round() / 1e4;
    let is_price = |price: f64| (-SLACK..=1.0 + SLACK).contains(&price);
    (is_price(entry) && is_price(exit)).then(|| EntryExit {
        title: position.market.title.clone().unwrap_or_default(),
        entry: entry.clamp(0.0, 1.0),
        exit: exit.clamp(0.0, 1.0),
        cost: entry * bought,
    })
}

/// The panel, of the closed positions on this page.
pub(super) fn panel(closed: &Panel<Closed>) -> Markup {
    html! {
        section class="card" aria-label="Cost against what came back" {
            h2 { "Entry against exit" span class="sub" { "a share, before fees; area by dollars" } }
            @match closed {
                Err(why) => (missing("The closed positions", *why)),
                Ok(closed) => (content(closed)),
            }
        }
    }
}

fn content(closed: &Closed) -> Markup {
    let points: Vec<EntryExit> = closed.rows.iter().filter_map(entry_exit).collect();
    if points.is_empty() {
        return note("No closed position has both figures.");
    }
    let largest = points.iter().map(|point| point.cost).fold(0.0, f64::max);
    let gains = points.iter().filter(|point| point.exit > point.entry).count();
    let left = closed.rows.len() - points.len();
    let summary = format!(
        "Cost against what came back, a share, of {} closed positions: {} above the diagonal made money before fees.",
        count(points.len()),
        count(gains)
    );
    let dots = html! { @for point in &points { (dot(point, largest)) } };
    html! {
        (square(&summary, "average cost a share", "came back a share", &dots))
        p class="sub" {
            (count(points.len())) " of " (count(usize::try_from(closed.total).unwrap_or(usize::MAX))) " closed positions"
            @if (closed.rows.len() as u64) < closed.total { ", those of this page" }
            @if left > 0 { "; " (count(left)) " left out, where a figure is unknown or doubted" }
            ". Above the diagonal it made money."
        }
    }
}

fn dot(point: &EntryExit, largest: f64) -> Markup {
    let EntryExit { title, entry, exit, cost } = point;
    let radius = if largest > 0.0 { 2.0 + 7.0 * (cost.max(0.0) / largest).sqrt() } else { 2.0 };
    let class = if exit > entry {
        "gain"
    } else if exit < entry {
        "loss"
    } else {
        "none"
    };
    html! {
        circle class=(class) cx=(x(*entry)) cy=(y(*exit)) r=(format!("{radius:.1}")) {
            title { (title) ": " (cents(Some(*entry), None)) " → " (cents(Some(*exit), None)) ", " (money(Some(*cost))) }
        }
    }
}
