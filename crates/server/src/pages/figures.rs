//! Pieces that several pages draw markets with.

use chrono::{DateTime, Utc};
use domain::{Category, MarketStatus};
use maud::{Markup, html};

use super::format::{
    UNKNOWN, cents, change, count, flow, money, money_exact, percent, until, utc, words,
};
use crate::view::{MarketRow, ResolutionView};

/// The mark of a category.
pub(super) fn category_mark(category: Option<Category>, is_big: bool) -> Markup {
    let size = if is_big { "ic big" } else { "ic" };
    html! { span class={ (size) " cat-" (category_slug(category)) } {} }
}

/// The slug that stands for a category in URLs and classes.
pub(super) fn category_slug(category: Option<Category>) -> &'static str {
    category.map_or("unknown", Category::slug)
}

/// The name of a category.
pub(super) fn category_label(category: Option<Category>) -> &'static str {
    category.map_or("No category", Category::label)
}

/// A change of price with its direction.
pub(super) fn change_figure(difference: Option<f64>) -> Markup {
    let (text, class) = change(difference);
    html! { span class=(class) { (text) } }
}

/// Dollars in short; the exact amount on hover.
pub(super) fn money_figure(amount: Option<f64>) -> Markup {
    html! {
        @if amount.is_some() { span title=(money_exact(amount)) { (money(amount)) } }
        @else { span class="mut" { (UNKNOWN) } }
    }
}

/// What takers did on balance, in dollars; the exact amount on hover. It is a direction and no profit: it has the
/// colours of outcomes.
pub(super) fn flow_figure(amount: Option<f64>) -> Markup {
    let class = match amount {
        Some(amount) if amount > 0.0 => "yes",
        Some(amount) if amount < 0.0 => "no",
        _ => "mut",
    };
    let title = amount.map(|_| money_exact(amount));
    html! { span class=(class) title=[title] { (flow(amount)) } }
}

/// A share in percent.
pub(super) fn share_figure(share: Option<f64>) -> Markup {
    html! { span class=[share.is_none().then_some("mut")] { (percent(share)) } }
}

/// A whole number.
pub(super) fn count_figure(number: Option<f64>) -> Markup {
    // Counts of the tape are whole numbers of 32 bits.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "see above")]
    let text = number.map_or_else(|| UNKNOWN.to_owned(), |number| count(number as usize));
    html! { span class=[number.is_none().then_some("mut")] { (text) } }
}

/// The colour of an outcome: what it is, not how it fares.
pub(super) fn outcome_class(index: usize) -> Option<&'static str> {
    ["yes", "no"].get(index).copied()
}

/// The outcome that won.
pub(super) fn resolved(resolution: &ResolutionView) -> Markup {
    html! {
        @match resolution.outcome_index {
            None => b title="split payout" { "split" },
            Some(index) => b class=[outcome_class(index)] {
                (resolution.outcome.as_deref().unwrap_or("resolved"))
            },
        }
    }
}

/// The price of outcome 0 with its bar, or the outcome where there is one.
pub(super) fn price(market: &MarketRow) -> Markup {
    let label = market.outcomes.first().filter(|label| *label != "Yes");
    html! {
        span class="pr" {
            @if let Some(resolution) = &market.resolution {
                (resolved(resolution))
            } @else {
                @if let Some(label) = label { small title=(label) { (label) } }
                @if let Some(price) = market.price {
                    svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" {
                        rect width=(format!("{:.2}", price.clamp(0.0, 1.0) * 100.0)) height="4" {}
                    }
                    b { (cents(market.price, market.tick_size)) }
                } @else {
                    b class="mut" { (UNKNOWN) }
                }
            }
        }
    }
}

/// Ask less bid. A market that takes no more orders has no spread: what upstream says of it is from an empty book.
pub(super) fn spread(market: &MarketRow) -> Markup {
    let known = market.spread.filter(|_| market.status != MarketStatus::Resolved);
    html! { (cents(known, market.tick_size)) }
}

/// When a market closes, or what has come of it.
pub(super) fn closes(market: &MarketRow, now: DateTime<Utc>) -> Markup {
    let scheduled = market.end_date.map(|end| format!("scheduled {}", utc(end)));
    let title = scheduled.as_deref();
    html! {
        @if market.status == MarketStatus::Resolved { span class="mut" title=[title] { "resolved" } }
        @else if market.awaiting_resolution { span class="warn" title=[title] { "awaiting" } }
        @else if market.status == MarketStatus::Closed { span class="mut" title=[title] { "closed" } }
        @else { (scheduled_end(market.end_date, now)) }
    }
}

/// The scheduled end, which upstream may move.
pub(super) fn scheduled_end(end: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Markup {
    html! {
        @match end {
            Some(end) => time datetime=(end.to_rfc3339()) title={ "scheduled " (utc(end)) } { (until(end, now)) },
            None => span class="mut" { (UNKNOWN) },
        }
    }
}

/// One figure of a page's header.
pub(super) fn figure(label: &str, value: &Markup) -> Markup {
    html! { div { dt { (label) } dd { (value) } } }
}

/// One line of a table of facts.
pub(super) fn fact(label: &str, value: &Markup) -> Markup {
    html! { div { dt { (label) } dd { (value) } } }
}

/// An identifier in full.
pub(super) fn identifier(value: Option<&str>) -> Markup {
    html! {
        @match value.filter(|value| !value.is_empty()) {
            Some(value) => span class="id" { span class="mono" title=(value) { (value) } },
            None => span class="mut" { (UNKNOWN) },
        }
    }
}

/// An instant in UTC.
pub(super) fn instant(at: Option<DateTime<Utc>>) -> Markup {
    html! {
        @match at {
            Some(at) => time datetime=(at.to_rfc3339()) { (utc(at)) },
            None => span class="mut" { (UNKNOWN) },
        }
    }
}

/// Upstream's text in paragraphs, with its addresses as links.
pub(super) fn prose(text: &str) -> Markup {
    let text = text.replace("\r\n", "\n");
    let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    html! {
        div class="prose" {
            @for paragraph in paragraphs {
                p {
                    @for (index, word) in paragraph.split(' ').enumerate() {
                        @if index > 0 { " " }
                        (linked(word))
                    }
                }
            }
        }
    }
}

fn linked(word: &str) -> Markup {
    let start = word.find("https://").or_else(|| word.find("http://"));
    let Some((before, address)) = start.and_then(|start| word.split_at_checked(start)) else {
        return html! { (word) };
    };
    let end =
        address.find(|c: char| c.is_whitespace() || "<>\"')]".contains(c)).unwrap_or(address.len());
    let (address, rest) = address.split_at_checked(end).unwrap_or((address, ""));
    let trimmed = address.trim_end_matches(['.', ',', ';', ':']);
    let punctuation = address.strip_prefix(trimmed).unwrap_or_default();
    html! { (before) (external(trimmed, trimmed)) (punctuation) (rest) }
}

/// A link that leaves the terminal.
pub(super) fn external(href: &str, text: &str) -> Markup {
    html! { a class="link" href=(href) rel="noopener noreferrer nofollow" { (text) } }
}

/// Links to the lists that have a tag.
pub(super) fn tags(path: &str, tags: &[String]) -> Markup {
    html! {
        span class="tags" {
            @for tag in tags {
                a class="tag" href={ (path) "?status=all&tag=" (tag) } { (words(tag)) }
                " "
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_texts_become_links_and_nothing_else_does() {
        let text = "See (https://a.example/x?y=1).\n\nOr <b>javascript:alert(1)</b> http://b.example, then.";
        let html = prose(text).into_string();
        assert!(html.contains(r#"href="https://a.example/x?y=1""#), "{html}");
        assert!(html.contains(r#"href="http://b.example""#), "{html}");
        assert!(html.contains("&lt;b&gt;javascript:"), "{html}");
        assert_eq!(html.matches("<p>").count(), 2);
        assert_eq!(html.matches("<a ").count(), 2);
    }
}
