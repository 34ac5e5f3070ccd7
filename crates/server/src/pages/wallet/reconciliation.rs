//! Our numbers beside the venue's, and why they differ.

use maud::{Markup, html};

use super::told::{class_words, measure_words, told, why_withheld};
use crate::{
    pages::{
        format::{UNKNOWN, money_exact, utc, words},
        panels::{Panel, missing, note},
    },
    view::wallet::{PnlView, ReconciliationView},
};

/// The panel.
pub(super) fn panel(pnl: &Panel<PnlView>) -> Markup {
    html! {
        section class="card reconciliation" aria-label="Reconciliation" {
            h2 { "Ours beside Polymarket's" span class="sub" { "the same measure" } }
            @match pnl {
                Err(why) => (missing("The reconciliation", *why)),
                Ok(pnl) if pnl.reconciliation.is_empty() => (note("Polymarket has not told a number of its own yet.")),
                Ok(pnl) => @for row in &pnl.reconciliation { (one(row)) },
            }
        }
    }
}

fn one(row: &ReconciliationView) -> Markup {
    let withheld = row.ours.withheld.as_deref();
    let agrees = row.class == "none" && withheld.is_none();
    let exact = |usdc: &f64| html! { (money_exact(Some(*usdc))) };
    let tag = match withheld {
        Some(_) => "withheld".to_owned(),
        None if agrees => "agrees".to_owned(),
        None => words(&row.class),
    };
    html! {
        div class="recon" {
            h3 { (measure_words(&row.measure)) span class=(if agrees { "tag" } else { "tag warn" }) { (tag) } }
            dl class="kv tight" {
                div { dt { "Ours" } dd { (told(&row.ours, exact)) } }
                div {
                    dt { "Polymarket's" }
                    dd { (money_exact(Some(row.venue))) }
                }
                @if withheld.is_none() {
                    div {
                        dt { "Residual" }
                        dd { (told(&row.residual, exact)) span class="mut" { " within ±" (money_exact(Some(row.tolerance))) } }
                    }
                }
            }
            p class="sub" {
                @match withheld {
                    Some(reason) => { "Ours is withheld: " (why_withheld(reason)) ". " },
                    None if agrees => {},
                    None => { (class_words(&row.class)) " " },
                }
                "Asked " (row.venue_as_of.map_or_else(|| UNKNOWN.to_owned(), utc)) "."
            }
        }
    }
}
