//! Figures that may be withheld, and why, in the script's words.

use maud::{Markup, html};

use crate::{
    pages::format::{UNKNOWN, flow, money_exact, words},
    view::wallet::{IntervalView, Told, ToldList, ToldNumber},
};

/// A figure as the API tells it.
pub(super) trait Figure {
    type Value;
    fn value(&self) -> Option<&Self::Value>;
    fn withheld(&self) -> Option<&str>;
    /// What it is not below, although it is withheld.
    fn at_least(&self) -> Option<&Self::Value> {
        None
    }
}

impl Figure for ToldNumber {
    type Value = f64;

    fn value(&self) -> Option<&f64> {
        self.value.as_ref()
    }

    fn withheld(&self) -> Option<&str> {
        self.withheld.as_deref()
    }

    fn at_least(&self) -> Option<&f64> {
        self.at_least.as_ref()
    }
}

impl<T> Figure for Told<T> {
    type Value = T;

    fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    fn withheld(&self) -> Option<&str> {
        self.withheld.as_deref()
    }
}

impl<T> Figure for ToldList<T> {
    type Value = Vec<T>;

    fn value(&self) -> Option<&Vec<T>> {
        self.value.as_ref()
    }

    fn withheld(&self) -> Option<&str> {
        self.withheld.as_deref()
    }
}

/// A figure, or that it is withheld, with the reason on hover, or a dash where it is not defined.
pub(super) fn told<F: Figure>(figure: &F, show: impl FnOnce(&F::Value) -> Markup) -> Markup {
    html! {
        @match (figure.value(), figure.withheld()) {
            (_, Some(reason)) if figure.at_least().is_some() => {
                span title={ "Not less: " (why_withheld(reason)) ", and counts as nothing" } {
                    "≥ " @if let Some(least) = figure.at_least() { (show(least)) }
                }
            }
            (_, Some(reason)) => span class="mut" title={ "Withheld: " (why_withheld(reason)) } { "withheld" },
            (Some(value), None) => (show(value)),
            (None, None) => (dash()),
        }
    }
}

/// An unknown figure.
pub(super) fn dash() -> Markup {
    html! { span class="mut" { (UNKNOWN) } }
}

/// A profit with its sign and colour, the exact amount on hover.
pub(in crate::pages) fn profit(usdc: Option<f64>) -> Markup {
    let class = match usdc {
        Some(usdc) if usdc > 0.0 => "up",
        Some(usdc) if usdc < 0.0 => "down",
        _ => "mut",
    };
    let title = usdc.map(|_| money_exact(usdc));
    html! { span class=(class) title=[title] { (flow(usdc)) } }
}

/// Says above figures that some of them are withheld, and why.
pub(super) fn withheld_note<'a>(reasons: impl Iterator<Item = Option<&'a str>>) -> Markup {
    let mut different: Vec<&str> = Vec::new();
    for reason in reasons.flatten() {
        if !different.contains(&reason) {
            different.push(reason);
        }
    }
    let sentences: Vec<String> = different.iter().map(|reason| why_withheld(reason)).collect();
    html! {
        @if !sentences.is_empty() {
            p class="pstale" { "Withheld: " (sentences.join("; ")) "." }
        }
    }
}

/// A rate with its interval, in percent: `61% [52, 70]`.
pub(super) fn rate(one: Option<&IntervalView>) -> String {
    let Some(one) = one else { return UNKNOWN.to_owned() };
    format!("{}{}", crate::pages::format::percent(Some(one.value)), ends(one, 0))
}

/// What a dollar came to more than was paid, with its interval, in cents: `+2.1¢ [−0.4, 4.6]`.
pub(super) fn edge(one: Option<&IntervalView>) -> Markup {
    let Some(one) = one else { return dash() };
    let class = match (one.low, one.high) {
        (Some(low), Some(_)) if low > 0.0 => Some("up"),
        (Some(_), Some(high)) if high < 0.0 => Some("down"),
        _ => None,
    };
    let value = crate::pages::format::signed(Some(one.value * 100.0), 1);
    html! { span class=[class] { (value) "¢" (ends(one, 1)) } }
}

fn ends(one: &IntervalView, digits: usize) -> String {
    let Some((low, high)) = one.low.zip(one.high) else { return String::new() };
    let fixed = |value: f64| crate::pages::format::fixed(Some(value * 100.0), digits);
    format!(" [{}, {}]", fixed(low), fixed(high))
}

/// Why a figure is withheld, as the rest of a sentence.
pub(super) fn why_withheld(reason: &str) -> String {
    match reason {
        "gap" => "the history misses something, or contradicts itself",
        "capped" => "only a part of the history is held",
        "transfer_cost" => {
            "shares came from or went to another wallet, and nobody knows what they cost"
        }
        "conversion_cost" => "nobody knows which shares a conversion gave",
        "no_mark" => "something that is held has no price",
        "no_fee" => "the source does not tell the fee from the price",
        "no_close_time" => "a resolved market does not say when it was",
        "not_imported" => "the history is not imported yet",
        other => return words(other),
    }
    .to_owned()
}

/// What makes a position doubtful, as a sentence without its end.
pub(super) fn doubt(name: &str) -> String {
    match name {
        "oversold" => "more was sold or merged than the history shows was held",
        "redemption" => "a redemption paid what the shares held cannot pay",
        "transfer_in" => "shares came from another wallet",
        "transfer_out" => "shares went to another wallet",
        "overconverted" => "more was converted than the history shows was held",
        "unknown_conversion" => "a conversion of which nobody knows what was given",
        "unreadable" => "an entry that cannot be booked",
        "size_differs" => "Polymarket reports another number of shares",
        "bought_differs" => "Polymarket reports another number of shares ever bought",
        "not_in_history" => "Polymarket reports this position, and the history does not have it",
        "cash_differs" => "the wallet's cash is not what the history leaves",
        "unknown_fee" => "a fee that the source does not tell from the price",
        other => return words(other),
    }
    .to_owned()
}

/// Why a history is not full: `activity_capped`, or what makes its books doubtful.
pub(super) fn shortfall(reason: &str) -> String {
    if reason == "too_large" {
        return "it is too large to be imported whole".to_owned();
    }
    match reason.rsplit_once('_') {
        Some((list, "capped")) => format!("Polymarket stops listing {} at its limit", words(list)),
        Some((list, "broken")) => format!("the list of {} broke off", words(list)),
        Some((list, "unreadable")) => format!("rows of {} could not be read", words(list)),
        _ => doubt(reason),
    }
}

/// Why our number and the venue's differ.
pub(super) fn class_words(class: &str) -> String {
    match class {
        "none" => "They agree within the tolerance.",
        "gap" => "The history misses something, so ours is withheld.",
        "transfer" => {
            "Shares came from or went to other wallets, which Polymarket counts differently."
        }
        "mark_timing" => {
            "The difference is in what open positions are worth: another price at another moment."
        }
        "method" => {
            "One of them has the fees in it and the other has not, or they realise profits by different methods."
        }
        "neg_risk" => "Conversions, whose cost Polymarket allots differently.",
        "unclassified" => {
            "Nothing in the records explains this difference. This wallet is not ranked."
        }
        other => return words(other),
    }
    .to_owned()
}

/// The name of a measure that both tell.
pub(super) fn measure_words(measure: &str) -> String {
    match measure {
        "positions" => "Profit of positions, before fees",
        "realized" | "realised" => "Realised, before fees",
        "after_fees" => "Profit of positions, after fees",
        "economic" => "After fees, with rewards and rebates",
        "settled" => "Realised after fees, with rewards and rebates",
        other => return words(other),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_withheld_figure_is_never_shown_as_a_number() {
        let shown = told(&ToldNumber::withheld("capped"), |_| html! { "0" }).into_string();
        assert!(shown.contains("withheld") && !shown.contains('0'), "{shown}");
        let undefined = told(&ToldNumber::known(None), |_| html! { "0" }).into_string();
        assert!(undefined.contains(UNKNOWN), "{undefined}");
        let known = told(&ToldNumber::known(Some(0.0)), |_| html! { "0" }).into_string();
        assert_eq!(known, "0");
    }

    #[test]
    fn intervals_stand_beside_their_rates() {
        let one = IntervalView { value: 0.61, low: Some(0.52), high: Some(0.7), n: 132 };
        assert_eq!(rate(Some(&one)), "61% [52, 70]");
        assert_eq!(rate(None), UNKNOWN);
        let of_nine = IntervalView { value: 0.021, low: Some(-0.004), high: Some(0.046), n: 9 };
        assert!(edge(Some(&of_nine)).into_string().contains("+2.1¢ [−0.4, 4.6]"));
    }

    #[test]
    fn shortfalls_name_the_list_that_is_short() {
        assert_eq!(shortfall("activity_capped"), "Polymarket stops listing activity at its limit");
        assert_eq!(shortfall("size_differs"), "Polymarket reports another number of shares");
    }
}
