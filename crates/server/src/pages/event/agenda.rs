//! When the markets of an event are scheduled to close.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::MarketStatus;
use maud::{Markup, html};

use crate::{
    pages::{
        figures::closes,
        format::{cents, count, utc},
        short_table::by_price,
    },
    view::MarketRow,
};

const SHOWN_DATES: usize = 12;
const SHOWN_MARKETS: usize = 4;

/// The panel.
pub(super) fn panel(markets: &[MarketRow], now: DateTime<Utc>) -> Markup {
    let dates = agenda(markets);
    html! {
        section class="card agenda" aria-label="Agenda of closes" {
            h2 { "Closes " span class="sub" { "as scheduled" } }
            @if dates.is_empty() {
                p class="mut" { "No market of this event is open." }
            } @else {
                ol class="timeline" { @for (at, own) in dates.iter().take(SHOWN_DATES) { (row(*at, own, now)) } }
            }
            @if dates.len() > SHOWN_DATES {
                p class="sub" { "And " (count(dates.len() - SHOWN_DATES)) " later dates." }
            }
        }
    }
}

/// Open markets by their scheduled end, the next one first, those without a date last.
fn agenda(markets: &[MarketRow]) -> Vec<(Option<DateTime<Utc>>, Vec<MarketRow>)> {
    let mut dates: BTreeMap<(bool, Option<DateTime<Utc>>), Vec<MarketRow>> = BTreeMap::new();
    for market in markets.iter().filter(|market| market.status == MarketStatus::Open) {
        let key = (market.end_date.is_none(), market.end_date);
        dates.entry(key).or_default().push(market.clone());
    }
    dates.into_iter().map(|((_, at), own)| (at, by_price(own))).collect()
}

fn row(at: Option<DateTime<Utc>>, own: &[MarketRow], now: DateTime<Utc>) -> Markup {
    let is_awaiting = own.iter().any(|market| market.awaiting_resolution);
    html! {
        li data-tone=(if is_awaiting { "warn" } else { "ahead" }) {
            @match at {
                Some(at) => {
                    b { time datetime=(at.to_rfc3339()) { (utc(at)) } }
                    span class="mut" { " " @if let Some(market) = own.first() { (closes(market, now)) } }
                },
                None => b { "No date given" },
            }
            ul {
                @for market in own.iter().take(SHOWN_MARKETS) {
                    li {
                        a href={ "/markets/" (market.slug) } {
                            (market.group_title.as_deref().filter(|name| !name.is_empty()).unwrap_or(&market.title))
                        }
                        span { (cents(market.price, market.tick_size)) }
                    }
                }
            }
            @if own.len() > SHOWN_MARKETS { p class="mut" { "and " (count(own.len() - SHOWN_MARKETS)) " more" } }
        }
    }
}
