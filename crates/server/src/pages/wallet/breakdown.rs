//! Settled events by category, and by the price at which positions were bought.

use domain::Category;
use maud::{Markup, html};

use super::told::{edge, profit, rate, withheld_note};
use crate::{
    pages::{
        figures::category_label,
        format::{count, percent},
        panels::note,
    },
    view::wallet::{RecordView, WalletMetricsView},
};

/// Cents at which bands of prices begin.
const BANDS: [u8; 6] = [0, 10, 30, 50, 70, 90];

/// The panel.
pub(super) fn panel(metrics: &WalletMetricsView) -> Markup {
    let by_category = metrics.by_category.value.as_ref().map(|all| {
        let mut all: Vec<_> =
            all.iter().map(|one| (label(one.category.as_deref()), &one.record)).collect();
        all.sort_by(|left, right| right.1.invested_usdc.total_cmp(&left.1.invested_usdc));
        all
    });
    let by_price =
        metrics.by_price.value.as_ref().map(|all| {
            all.iter().map(|one| (band(one.from_cents), &one.record)).collect::<Vec<_>>()
        });
    html! {
        section class="card" aria-label="By category and price" {
            (parts("By category", "Category", "most money first", metrics.by_category.withheld.as_deref(), by_category.as_deref()))
            (parts("By price paid", "Price paid", "an event counts in every band in which it was bought", metrics.by_price.withheld.as_deref(), by_price.as_deref()))
        }
    }
}

fn label(category: Option<&str>) -> String {
    let known: Option<Category> = category.and_then(|slug| slug.parse().ok());
    category_label(known).to_owned()
}

fn band(from: u8) -> String {
    let next = BANDS.into_iter().find(|next| *next > from).unwrap_or(100);
    format!("{from}–{next}¢")
}

fn parts(
    title: &str,
    first: &str,
    explanation: &str,
    withheld: Option<&str>,
    parts: Option<&[(String, &RecordView)]>,
) -> Markup {
    let sizes = parts.into_iter().flatten().map(|(_, record)| record.profit_usdc.abs());
    let largest = sizes.fold(0.0, f64::max);
    html! {
        div class="parts" {
            h2 { (title) span class="sub" { (explanation) } }
            (withheld_note(std::iter::once(withheld)))
            @match parts {
                None => {},
                Some([]) => (note("No event has settled yet.")),
                Some(parts) => section class="wide-table" tabindex="0" aria-label=(title) {
                    table class="mini breakdown" {
                        caption class="sr" { (title) }
                        thead {
                            tr {
                                th class="l" scope="col" { (first) }
                                @for label in ["Events", "Win rate", "Edge per $1", "Return", "Profit"] { th scope="col" { (label) } }
                                td aria-hidden="true" {}
                            }
                        }
                        tbody {
                            @for (label, record) in parts {
                                tr {
                                    th class="l" scope="row" { (label) }
                                    td { (count(record.events)) }
                                    td { (rate(record.win_rate.as_ref())) }
                                    td { (edge(record.edge.as_ref())) }
                                    td { (percent(record.roi)) }
                                    td { (profit(Some(record.profit_usdc))) }
                                    td class="c" { (bar(record.profit_usdc, largest)) }
                                }
                            }
                        }
                    }
                },
            }
        }
    }
}

/// A bar to the right of the middle for a profit, to the left for a loss.
fn bar(profit: f64, largest: f64) -> Markup {
    let width = if largest > 0.0 { profit.abs() / largest * 50.0 } else { 0.0 };
    let (class, x) = if profit < 0.0 { ("loss", 50.0 - width) } else { ("gain", 50.0) };
    html! {
        svg class="pnlbar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
            rect class=(class) x=(format!("{x:.2}")) width=(format!("{width:.2}")) height="6" {}
            rect class="axis" x="49.5" width="1" height="6" {}
        }
    }
}
