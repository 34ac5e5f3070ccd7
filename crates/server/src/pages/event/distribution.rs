//! What the event's markets say together: their prices as they are, and scaled so that they add up to certainty.

use maud::{Markup, html};

use crate::{
    pages::{
        format::{cents, count, fixed, percent, words},
        panels::{mini_fact, note},
    },
    view::{DistributionView, OutcomeChance},
};

/// Outcomes in the panel; all are in the table of markets.
const SHOWN: usize = 16;

/// The panel.
pub(super) fn panel(distribution: Option<&DistributionView>) -> Markup {
    html! {
        section class="card distribution" aria-label="Distribution of outcomes" {
            h2 {
                "Distribution"
                @if let Some(found) = distribution {
                    span class="sub" {
                        @if found.exclusive { "at most one can come true" }
                        @else { "outcomes may come true together" }
                    }
                }
            }
            @match distribution {
                None => (note("Not measured for this event: none of its open markets has a price.")),
                Some(found) if found.outcomes.is_empty() => (note("No outcome has a price.")),
                Some(found) => { (sums(found)) (table(found)) },
            }
            @if let Some(found) = distribution && !found.excluded.is_empty() { (excluded(found)) }
        }
    }
}

fn sums(found: &DistributionView) -> Markup {
    html! {
        dl class="mini-facts wide sums" {
            (mini_fact("Prices add up to", Some("Raw sum: the prices of the first outcome of every market below, as they are"), &html! {
                b { (cents(Some(found.raw_sum), None)) }
                @if found.exclusive { span class="mut" { " " (overround(found.raw_sum)) } }
            }))
            @if found.exclusive {
                (mini_fact(
                    "Buy one of each",
                    Some("One share of every outcome at the best asks, fees included. One of them pays a dollar: what it costs less is a gain, what it costs more a loss."),
                    &dealt(
                        found.buy_all_cost,
                        found.buy_all_cost.map(|cost| 1.0 - cost),
                        "It is not certain that one of these comes true, nobody asks for one of them, or a fee is unknown",
                        ["gains", "loses"],
                    ),
                ))
                (mini_fact(
                    "Sell one of each",
                    Some("One share of every outcome that is bid for, at the best bids, fees taken off. At most one of them has to be paid a dollar: what it brings more is a gain."),
                    &dealt(
                        found.sell_all_value,
                        found.sell_all_value.map(|value| value - 1.0),
                        "Nobody bids for any of these, or a fee is unknown",
                        ["gains at least", "loses at most"],
                    ),
                ))
            }
        }
        p class="sub" {
            @if found.exclusive {
                "At most one of these pays a dollar, so coherent prices add up to no more than 100¢. Coherent: each price over their sum, as if one of these had to come true."
            } @else {
                "Several of these may pay, so their prices need not add up to a dollar."
            }
        }
    }
}

/// What a trade in every outcome costs or brings, and what is left of it. `why` tells why it may be unknown,
/// `verbs` what more and what less than a dollar is.
fn dealt(amount: Option<f64>, gain: Option<f64>, why: &str, [more, less]: [&str; 2]) -> Markup {
    html! {
        (cents(amount, None))
        @match gain {
            None => span class="mut" title=(why) { " unknown" },
            Some(gain) => {
                " " span class=(if gain > 0.0 { "up" } else { "mut" }) {
                    @if gain > 0.0 { (more) } @else { (less) } " " (fixed(Some(gain.abs() * 100.0), 1)) "¢"
                }
            },
        }
    }
}

/// How far a sum is from a dollar.
fn overround(sum: f64) -> String {
    let points = (sum - 1.0) * 100.0;
    let size = fixed(Some(points.abs()), 1);
    if points.abs() < 0.05 {
        "exactly a dollar".to_owned()
    } else if points > 0.0 {
        format!("{size}¢ above a dollar")
    } else {
        format!("{size}¢ below a dollar")
    }
}

fn table(found: &DistributionView) -> Markup {
    let shown = found.outcomes.get(..SHOWN).unwrap_or(&found.outcomes);
    html! {
        table class="mini dist" {
            caption class="sr" { "Outcomes with their price and their coherent probability" }
            thead {
                tr {
                    th class="l" scope="col" { "Outcome" }
                    td class="wide" {}
                    th scope="col" { "Price" }
                    @if found.exclusive { th scope="col" title="The price over the sum of prices, so that all add up to 100%" { "Coherent" } }
                }
            }
            tbody { @for outcome in shown { (row(outcome, found.exclusive)) } }
        }
        @if found.outcomes.len() > shown.len() {
            p class="sub" { "And " (count(found.outcomes.len() - shown.len())) " more, in the table of markets." }
        }
    }
}

fn row(outcome: &OutcomeChance, is_exclusive: bool) -> Markup {
    let width = format!("{:.2}", outcome.price.clamp(0.0, 1.0) * 100.0);
    html! {
        tr {
            td class="l" {
                a class="mk" href={ "/markets/" (outcome.slug) } { span class="t" { (outcome.title) } }
            }
            td class="wide" aria-hidden="true" {
                svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" {
                    rect width=(width) height="4" {}
                }
            }
            td { (cents(Some(outcome.price), None)) }
            @if is_exclusive { td { b { (percent(outcome.coherent)) } } }
        }
    }
}

fn excluded(found: &DistributionView) -> Markup {
    html! {
        details class="bars" {
            summary { (count(found.excluded.len())) " left out" }
            ul class="excluded" {
                @for market in &found.excluded {
                    li {
                        a href={ "/markets/" (market.slug) } { (market.title) } " "
                        span class="mut" { (words(&market.reason)) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::overround;

    #[test]
    fn the_distance_from_a_dollar_is_told_in_cents() {
        assert_eq!(overround(1.042), "4.2¢ above a dollar");
        assert_eq!(overround(0.97), "3.0¢ below a dollar");
        assert_eq!(overround(1.0), "exactly a dollar");
    }
}
