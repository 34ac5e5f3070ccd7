//! Who pushed the price: bought against sold dollars of outcome 0 by window, and what the series says.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use crate::{
    pages::{
        figures::change_figure,
        format::{UNKNOWN, ago, decimal, money, money_exact, percent, signed, yearly_return},
        panels::{mini_fact, note},
    },
    view::{AnalyticsView, MarketDetail, WindowView},
};

/// The panel.
pub(super) fn panel(market: &MarketDetail, now: DateTime<Utc>) -> Markup {
    let label = market.row.outcomes.first().map_or("the first outcome", String::as_str);
    html! {
        section class="card flow" aria-label="Bias by window" {
            h2 {
                "Bias by window"
                span class="sub" {
                    "takers, in terms of " (label)
                    @if let Some(analytics) = &market.analytics { " · " (ago(analytics.as_of, now)) }
                }
            }
            @match &market.analytics {
                None => (note("The records of this market cannot be read now: the database does not answer. What was traded in each window is unknown until then.")),
                Some(analytics) => {
                    (windows(&analytics.windows))
                    @if analytics.windows.iter().any(|window| window.trades.is_none()) {
                        p class="sub" { "— where the tape of trades does not reach back that far." }
                    }
                    (series(analytics))
                },
            }
        }
    }
}

fn windows(windows: &[WindowView]) -> Markup {
    html! {
        table class="mini" {
            caption class="sr" { "Bought and sold dollars by window" }
            thead {
                tr {
                    th class="l" scope="col" { "Last" }
                    th scope="col" { "Trades" }
                    th class="f2" scope="col" title="Distinct wallets that bought and that sold, where known" { "Buyers / sellers" }
                    th scope="col" { "Bought" }
                    th class="c" scope="col" title="Sold to the left, bought to the right" { "Balance" }
                    th scope="col" { "Sold" }
                    th scope="col" { "Change" }
                }
            }
            tbody {
                @for window in windows {
                    tr {
                        th class="l" scope="row" { (window.window) }
                        td { (number(window.trades)) }
                        td class="f2" { (number(window.buyers)) " / " (number(window.sellers)) }
                        td title=(money_exact(window.buy_usdc)) { (money(window.buy_usdc)) }
                        td class="c" { (lean(window.buy_share)) }
                        td title=(money_exact(window.sell_usdc)) { (money(window.sell_usdc)) }
                        td { (change_figure(window.change)) }
                    }
                }
            }
        }
    }
}

fn number(value: Option<u32>) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), |value| super::super::format::count(value as usize))
}

/// A bar from the middle: to the right in the first outcome's colour when more was bought, else to the left.
fn lean(share: Option<f64>) -> Markup {
    let Some(share) = share else { return html! { span class="mut" { (UNKNOWN) } } };
    let half = (share - 0.5) * 100.0;
    let (class, x) = if half >= 0.0 { ("y", 50.0) } else { ("n", 50.0 + half) };
    html! {
        svg class="lean" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" {
            title { (percent(Some(share))) " bought" }
            rect class=(class) x=(format!("{x:.1}")) width=(format!("{:.1}", half.abs())) height="6" {}
            rect class="axis" x="49.5" width="1" height="6" {}
        }
    }
}

fn series(analytics: &AnalyticsView) -> Markup {
    html! {
        dl class="mini-facts wide" {
            (mini_fact(
                "Momentum",
                Some("Slope of the log-odds over the last day, per day, with its standard error; less than two of them is no trend"),
                &html! {
                    @match &analytics.momentum {
                        None => span class="mut" { "too few bars" },
                        Some(momentum) => {
                            (signed(Some(momentum.slope_per_day), 2)) " ± " (decimal(Some(momentum.standard_error), 2)) " "
                            small class="mut" { "log-odds a day, n " (momentum.n) }
                        },
                    }
                },
            ))
            (mini_fact(
                "Volatility",
                Some("Realised, of log-odds, per square root of a day"),
                &html! { (decimal(analytics.volatility, 2)) },
            ))
            (mini_fact(
                "Opinion changes, 24 h",
                Some("Crossings of 50¢ in 24 hours that stayed beyond it by more than two cents"),
                &html! { (number(analytics.opinion_changes_24h)) },
            ))
            (mini_fact(
                "Return a year",
                Some("Of the favourite, bought at the ask and held to the end, if it wins"),
                &html! { (yearly_return(analytics.annualised_return)) },
            ))
        }
    }
}
