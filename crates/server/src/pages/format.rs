//! How numbers and times look; the front end's `lib/format.ts` follows the same rules. Unknown is an em
//! dash, never a zero.

use chrono::{DateTime, TimeDelta, Utc};

/// What stands for the unknown.
pub(super) const UNKNOWN: &str = "—";

/// A price (0 to 1) in cents: `44.5¢`, with two decimals where the tick is finer than a tenth of a cent.
pub(super) fn cents(price: Option<f64>, tick_size: Option<f64>) -> String {
    let Some(price) = price else { return UNKNOWN.to_owned() };
    let decimals = if tick_size.is_some_and(|tick| tick < 0.001) { 2 } else { 1 };
    let smallest = 0.1_f64.powi(decimals);
    let digits = usize::try_from(decimals).unwrap_or(1);
    let value = price * 100.0;
    if value > 0.0 && value < smallest / 2.0 {
        format!("<{smallest:.digits$}¢")
    } else if value < 100.0 && value > 100.0 - smallest / 2.0 {
        format!(">{:.digits$}¢", 100.0 - smallest)
    } else {
        format!("{value:.digits$}¢")
    }
}

/// A change of price as text and the class that colours it: `▲ 10.0 pp`.
pub(super) fn change(difference: Option<f64>) -> (String, &'static str) {
    let Some(difference) = difference else { return (UNKNOWN.to_owned(), "mut") };
    let points = format!("{:.1}", (difference * 100.0).abs());
    if points == "0.0" {
        ("0.0 pp".to_owned(), "mut")
    } else if difference > 0.0 {
        (format!("▲ {points} pp"), "up")
    } else {
        (format!("▼ {points} pp"), "down")
    }
}

/// USDC to three significant digits: `$512`, `$76.8k`, `$1.24M`.
pub(super) fn money(amount: Option<f64>) -> String {
    let Some(amount) = amount else { return UNKNOWN.to_owned() };
    let sign = if amount < 0.0 { "−" } else { "" };
    let size = amount.abs();
    if size == 0.0 {
        return "$0".to_owned();
    }
    if size < 0.01 {
        return format!("{sign}<$0.01");
    }
    if size < 1.0 {
        return format!("{sign}${size:.2}");
    }
    let scales = [(1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "B")];
    let shown = scales.into_iter().find_map(|(unit, suffix)| {
        let scaled = size / unit;
        let digits = match scaled {
            _ if suffix.is_empty() => 0,
            scaled if scaled >= 100.0 => 0,
            scaled if scaled >= 10.0 => 1,
            _ => 2,
        };
        let text = format!("{scaled:.digits$}");
        // What rounds up to a thousand belongs to the next scale.
        let fits = text.parse().is_ok_and(|rounded: f64| rounded < 1000.0);
        (fits || suffix == "B").then(|| format!("{text}{suffix}"))
    });
    format!("{sign}${}", shown.unwrap_or_default())
}

/// USDC to the cent, for details and tooltips: `$157,704.21`.
pub(super) fn money_exact(amount: Option<f64>) -> String {
    let Some(amount) = amount else { return UNKNOWN.to_owned() };
    // What rounds to nothing has no sign.
    let amount = if amount.abs() < 0.005 { 0.0 } else { amount };
    let text = format!("{:.2}", amount.abs());
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let sign = if amount < 0.0 { "−" } else { "" };
    format!("{sign}${}.{cents}", thousands(whole))
}

/// A count with separators: `17,204`.
pub(super) fn count(count: usize) -> String {
    thousands(&count.to_string())
}

/// USDC with a direction: `+$512`, `−$76.8k`; nothing in either is `$0`.
pub(super) fn flow(amount: Option<f64>) -> String {
    let sign = if amount.is_some_and(|amount| amount > 0.0) { "+" } else { "" };
    format!("{sign}{}", money(amount))
}

fn thousands(digits: &str) -> String {
    let groups: Vec<String> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    groups.join(",")
}

/// A length of time by its largest unit: `45 s`, `12 min`, `18 h`, `24 d`.
pub(super) fn duration(time: TimeDelta) -> String {
    let seconds = time.num_seconds().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", thousands(&(seconds / 86_400).to_string())),
    }
}

/// How long ago: `2 min ago`.
pub(super) fn ago(then: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let age = now - then;
    if age < TimeDelta::seconds(5) {
        "just now".to_owned()
    } else {
        format!("{} ago", duration(age))
    }
}

/// How long until, or how long since.
pub(super) fn until(then: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if then >= now { duration(then - now) } else { format!("{} ago", duration(now - then)) }
}

/// An instant to the minute: `2026-03-03 21:00 UTC`.
pub(super) fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// A slug as words: `neg_risk` → `neg risk`.
pub(super) fn words(slug: &str) -> String {
    slug.replace(['_', '-'], " ")
}

/// A plain number with at most `digits` decimals.
pub(super) fn decimal(value: Option<f64>, digits: i32) -> String {
    let Some(value) = value else { return UNKNOWN.to_owned() };
    let factor = 10_f64.powi(digits);
    // Adding zero takes the sign off a negative one.
    ((value * factor).round() / factor + 0.0).to_string().replace('-', "−")
}

/// Shares to a whole number from 10 up, else with at most two decimals: `4,845`, `7.25`.
pub(super) fn shares(value: f64) -> String {
    if value > 0.0 && value < 0.01 {
        "<0.01".to_owned()
    } else if value >= 10.0 {
        thousands(&format!("{value:.0}"))
    } else {
        decimal(Some(value), 2)
    }
}

/// A part of a whole (0 to 1) in percent, with a decimal below ten: `61%`, `4.2%`, `3.0%`.
pub(super) fn percent(part: Option<f64>) -> String {
    let Some(part) = part else { return UNKNOWN.to_owned() };
    let value = part * 100.0;
    if value > 0.0 && value < 0.05 {
        return "<0.1%".to_owned();
    }
    let digits = usize::from(value != 0.0 && value.abs() < 9.95);
    format!("{}%", fixed(Some(value), digits))
}

/// What rounds to ten times.
const TENFOLD: f64 = 9.995;

/// A part of something that it may well exceed: in percent, and from tenfold on how many times it is: `61%`, `224×`.
pub(super) fn ratio(part: Option<f64>) -> String {
    match part {
        Some(part) if part >= TENFOLD => format!("{}×", thousands(&format!("{part:.0}"))),
        _ => percent(part),
    }
}

/// A return on what was paid, in percent; what is beyond tenfold says no more than that: `>1,000%`.
pub(super) fn yearly_return(part: Option<f64>) -> String {
    if part.is_some_and(|part| part > 10.0) { ">1,000%".to_owned() } else { percent(part) }
}

/// A plain number with exactly so many decimals, for columns and pairs that are compared.
pub(super) fn fixed(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), |value| format!("{value:.digits$}").replace('-', "−"))
}

/// A number with its sign: `+0.42`, `−1.3`, `0`.
pub(super) fn signed(value: Option<f64>, digits: i32) -> String {
    let text = decimal(value, digits);
    let is_positive = value.is_some_and(|value| value > 0.0) && text != "0";
    if is_positive { format!("+{text}") } else { text }
}

/// An address or hash by its ends: `0x2005…75ea`.
pub(super) fn short_hash(text: &str) -> String {
    let ends = text.len().checked_sub(4).filter(|_| text.len() > 12);
    match ends.and_then(|end| Some((text.get(..6)?, text.get(end..)?))) {
        Some((head, tail)) => format!("{head}…{tail}"),
        None => text.to_owned(),
    }
}

/// The time of day: `14:32:08`.
pub(super) fn clock(at: DateTime<Utc>) -> String {
    at.format("%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_have_a_direction_and_shares_are_percents() {
        assert_eq!(flow(Some(512.0)), "+$512");
        assert_eq!(flow(Some(-76_800.0)), "−$76.8k");
        assert_eq!(flow(Some(0.0)), "$0");
        assert_eq!(flow(None), "—");
        assert_eq!(percent(Some(0.6151)), "62%");
        assert_eq!(percent(Some(0.0418)), "4.2%");
        assert_eq!(percent(Some(0.0)), "0%");
        assert_eq!(percent(Some(0.03)), "3.0%");
        assert_eq!(percent(Some(0.0996)), "10%");
        assert_eq!(yearly_return(Some(724.88)), ">1,000%");
        assert_eq!(yearly_return(Some(9.99)), "999%");
        assert_eq!(yearly_return(None), "—");
        assert_eq!(percent(None), "—");
    }

    #[test]
    fn prices_show_what_their_tick_allows() {
        assert_eq!(cents(Some(0.445), None), "44.5¢");
        assert_eq!(cents(Some(0.4455), Some(0.0001)), "44.55¢");
        assert_eq!(cents(Some(0.0001), Some(0.001)), "<0.1¢");
        assert_eq!(cents(Some(0.9999), Some(0.001)), ">99.9¢");
        assert_eq!(cents(Some(0.0), None), "0.0¢");
        assert_eq!(cents(Some(1.0), None), "100.0¢");
        assert_eq!(cents(None, None), "—");
    }

    #[test]
    fn money_has_three_significant_digits() {
        let table = [
            (0.0, "$0"),
            (0.001, "<$0.01"),
            (0.5, "$0.50"),
            (512.4, "$512"),
            (999.6, "$1.00k"),
            (76_800.0, "$76.8k"),
            (999_900.0, "$1.00M"),
            (1_240_000.0, "$1.24M"),
            (2.5e12, "$2500B"),
            (-512.0, "−$512"),
        ];
        for (amount, expected) in table {
            assert_eq!(money(Some(amount)), expected);
        }
        assert_eq!(money_exact(Some(157_704.21)), "$157,704.21");
        assert_eq!(money_exact(Some(-1_234_567.0)), "−$1,234,567.00");
        assert_eq!(count(17_204), "17,204");
    }

    #[test]
    fn parts_shares_and_signs_follow_the_script() {
        assert_eq!(shares(4_845.4), "4,845");
        assert_eq!(shares(7.251), "7.25");
        assert_eq!(shares(0.001), "<0.01");
        assert_eq!(percent(Some(0.614)), "61%");
        assert_eq!(percent(Some(0.0421)), "4.2%");
        assert_eq!(percent(Some(0.0001)), "<0.1%");
        assert_eq!(percent(None), "—");
        assert_eq!(signed(Some(0.423), 2), "+0.42");
        assert_eq!(signed(Some(-1.3), 2), "−1.3");
        assert_eq!(signed(Some(0.001), 2), "0");
        assert_eq!(short_hash("0x2005aaaaaaaa75ea"), "0x2005…75ea");
        assert_eq!(short_hash("0x2005"), "0x2005");
    }

    #[test]
    fn changes_have_a_direction() {
        assert_eq!(change(Some(0.1)), ("▲ 10.0 pp".to_owned(), "up"));
        assert_eq!(change(Some(-0.0123)), ("▼ 1.2 pp".to_owned(), "down"));
        assert_eq!(change(Some(-0.0001)), ("0.0 pp".to_owned(), "mut"));
        assert_eq!(change(None), ("—".to_owned(), "mut"));
    }

    #[test]
    fn times_are_told_by_their_largest_unit() {
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(ago(now - TimeDelta::seconds(3), now), "just now");
        assert_eq!(ago(now - TimeDelta::minutes(2), now), "2 min ago");
        assert_eq!(until(now + TimeDelta::hours(47), now), "47 h");
        assert_eq!(until(now + TimeDelta::days(24), now), "24 d");
        assert_eq!(until(now - TimeDelta::days(3), now), "3 d ago");
        assert_eq!(utc(now), "1970-01-01 00:00 UTC");
    }

    #[test]
    fn what_exceeds_its_whole_tenfold_is_so_many_times_it() {
        let told = [Some(0.61), Some(1.6), Some(9.99), Some(9.999), Some(1789.66), None].map(ratio);
        assert_eq!(told, ["61%", "160%", "999%", "10×", "1,790×", UNKNOWN]);
    }
}
