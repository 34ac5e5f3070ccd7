//! How numbers and instants look in a terminal. Unknown is an em dash, never a zero.

use chrono::{DateTime, Utc};

use crate::view::wallet::ToldNumber;

/// What stands for the unknown.
pub(super) const UNKNOWN: &str = "—";

/// Dollars to the cent: `-1,204.50`.
pub(super) fn dollars(usdc: f64) -> String {
    let text = format!("{:.2}", usdc.abs());
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    // What rounds to nothing has no sign.
    let sign = if usdc < 0.0 && text != "0.00" { "-" } else { "" };
    format!("{sign}{}.{cents}", grouped(whole))
}

/// Dollars where they are known.
pub(super) fn maybe_dollars(usdc: Option<f64>) -> String {
    usdc.map_or_else(|| UNKNOWN.to_owned(), dollars)
}

/// Dollars, or why there are none.
pub(super) fn told_dollars(told: &ToldNumber) -> String {
    match (told.value, &told.withheld) {
        (Some(usdc), _) => dollars(usdc),
        (None, Some(reason)) => match told.at_least {
            Some(least) => format!("at least {} ({reason})", dollars(least)),
            None => format!("{UNKNOWN} ({reason})"),
        },
        (None, None) => UNKNOWN.to_owned(),
    }
}

/// A share of a dollar in cents: `44.5`.
pub(super) fn cents(price: Option<f64>) -> String {
    price.map_or_else(|| UNKNOWN.to_owned(), |price| format!("{:.1}", price * 100.0))
}

/// Shares: `1,204.5`.
pub(super) fn shares(shares: Option<f64>) -> String {
    let Some(shares) = shares else { return UNKNOWN.to_owned() };
    let text = format!("{shares:.2}");
    let (whole, part) = text.split_once('.').unwrap_or((&text, "00"));
    format!("{}.{part}", grouped(whole))
}

/// A part of one in percent: `54.8 %`.
pub(super) fn percent(part: f64) -> String {
    format!("{:.1} %", part * 100.0)
}

/// A count: `1,204`.
pub(super) fn count(count: u64) -> String {
    grouped(&count.to_string())
}

/// An instant to the minute, in UTC.
pub(super) fn instant(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| UNKNOWN.to_owned(), |at| at.format("%Y-%m-%d %H:%M UTC").to_string())
}

/// A day, in UTC.
pub(super) fn day(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| UNKNOWN.to_owned(), |at| at.format("%Y-%m-%d").to_string())
}

/// Somebody's words, cut, without what a terminal would obey.
pub(super) fn words(text: &str, most: usize) -> String {
    let plain = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut cut: String = plain.take(most + 1).collect();
    if cut.chars().count() > most {
        cut.pop();
        cut.pop();
        cut.push('…');
    }
    cut
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    let length = digits.trim_start_matches('-').len();
    let (sign, digits) = digits.split_at(digits.len() - length);
    text.push_str(sign);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (length - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_separators_and_no_false_sign() {
        let all = [0.0, -0.001, 1_234_567.891, -1_204.5, 999.0].map(dollars);
        assert_eq!(all, ["0.00", "0.00", "1,234,567.89", "-1,204.50", "999.00"]);
        assert_eq!(shares(Some(-12_000.0)), "-12,000.00");
    }

    #[test]
    fn the_withheld_says_why_and_is_no_zero() {
        assert_eq!(told_dollars(&ToldNumber::withheld("capped")), "— (capped)");
        let least = ToldNumber::withheld("no_mark").at_least(Some(-1_250.5));
        assert_eq!(told_dollars(&least), "at least -1,250.50 (no_mark)");
        assert_eq!(told_dollars(&ToldNumber::known(Some(2.0)).at_least(Some(1.0))), "2.00");
        assert_eq!(told_dollars(&ToldNumber::known(None)), "—");
        assert_eq!(maybe_dollars(None), "—");
    }

    #[test]
    fn what_others_wrote_commands_no_terminal() {
        assert_eq!(words("a\u{1b}[31mb\n", 20), "a [31mb ");
        assert_eq!(words("abcdef", 4), "abc…");
        assert_eq!(words("abcd", 4), "abcd");
    }
}
