//! What a wallet stands to win and to lose, by event.

use maud::{Markup, html};

use super::{positions::event_name, told::profit};
use crate::{
    pages::{
        format::{count, money, money_exact},
        panels::{Panel, missing, note},
    },
    view::wallet::ExposureView,
};

const SHOWN: usize = 12;

/// The panel.
pub(super) fn panel(exposures: &Panel<Vec<ExposureView>>) -> Markup {
    html! {
        section class="card exposure" aria-label="Exposure by event" {
            h2 { "Exposure by event" span class="sub" { "worst and best case, before fees" } }
            @match exposures {
                Err(why) => (missing("The exposure", *why)),
                Ok(all) if all.is_empty() => (note("Nothing is held of an event that is not over.")),
                Ok(all) => (list(all)),
            }
        }
    }
}

fn list(all: &[ExposureView]) -> Markup {
    let ends = all.iter().flat_map(|one| [one.worst_profit_usdc, one.best_profit_usdc]);
    let reach = ends.flatten().map(f64::abs).fold(0.0, f64::max);
    html! {
        @for one in all.iter().take(SHOWN) { (event(one, reach)) }
        @if all.len() > SHOWN { p class="sub" { "And " (count(all.len() - SHOWN)) " with less money in them." } }
    }
}

fn event(one: &ExposureView, reach: f64) -> Markup {
    let ends = one.worst_profit_usdc.zip(one.best_profit_usdc).filter(|_| reach > 0.0);
    let winner = one.worst_winner.as_ref();
    html! {
        div class="expo" {
            h3 { (event_name(&one.market)) }
            @if let Some((worst, best)) = ends { (bar(worst / reach, best / reach)) }
            p class="ends" {
                span title={ "Pays at least " (money_exact(Some(one.worst_payoff_usdc))) } {
                    @match one.worst_profit_usdc {
                        Some(_) => (profit(one.worst_profit_usdc)),
                        None => span class="mut" { "cost unknown" },
                    }
                    @if let Some(winner) = winner {
                        span class="mut" {
                            " if " (winner.title.as_deref().or(winner.condition_id.as_deref()).unwrap_or("one that is not known"))
                        }
                    }
                }
                span title={ "Pays at most " (money_exact(Some(one.best_payoff_usdc))) } {
                    @match one.best_profit_usdc {
                        Some(_) => (profit(one.best_profit_usdc)),
                        None => (money(Some(one.best_payoff_usdc))),
                    }
                }
            }
            p class="sub" {
                (count(one.positions)) @if one.positions == 1 { " position" } @else { " positions" }
                ", cost " (money(one.cost_usdc)) ", worth " (money(one.value_usdc))
            }
        }
    }
}

/// From the worst case to the best, −1 to 1 on a scale that all events share.
fn bar(worst: f64, best: f64) -> Markup {
    let x = |part: f64| 50.0 + part * 50.0;
    let rect = |class: &str, from: f64, to: f64| {
        html! { rect class=(class) x=(format!("{:.2}", x(from))) width=(format!("{:.2}", x(to) - x(from))) height="6" {} }
    };
    html! {
        svg class="reach" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
            (rect("loss", worst.min(0.0), best.min(0.0)))
            (rect("gain", worst.max(0.0), best.max(0.0)))
            rect class="axis" x="49.75" width="0.5" height="6" {}
        }
    }
}
