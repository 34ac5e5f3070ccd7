//! Reading single values the way upstream writes them.
//!
//! Functions take the raw text of one JSON value and give `Ok(None)` where upstream says "nothing" in
//! one of its ways, and [`Unreadable`] where it says something that cannot be used. Raw text, because a
//! number then keeps every digit and a number beyond any type stays one value's problem.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use serde_json::value::RawValue;

/// Why a value was not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unreadable {
    /// No number.
    NotANumber,
    /// A number, date or length outside what the field can hold.
    OutOfRange,
    /// No date in any known format.
    NotADate,
    /// Neither an array nor a string that holds one.
    NotAList,
    /// Not an object with members.
    NotAnObject,
    /// Neither true nor false.
    NotAFlag,
    /// No identifier of the kind.
    NotAnId,
    /// No text, or text with broken escapes.
    NotText,
    /// A word that is not among the known ones.
    UnknownWord,
    /// A list whose length differs from that of the outcomes.
    LengthDiffers,
    /// Not there, although it always is.
    Missing,
    /// Text with NUL characters, which no database keeps; they were dropped.
    NulCharacters,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "not a number",
            Self::OutOfRange => "out of range",
            Self::NotADate => "not a date",
            Self::NotAList => "not a list",
            Self::NotAnObject => "not an object",
            Self::NotAFlag => "neither true nor false",
            Self::NotAnId => "not an id",
            Self::NotText => "not text",
            Self::UnknownWord => "unknown word",
            Self::LengthDiffers => "length differs from the outcomes",
            Self::Missing => "missing",
            Self::NulCharacters => "holds NUL characters",
        })
    }
}

/// One JSON value, looked at but not into.
#[derive(Debug, Clone, PartialEq)]
enum Scalar<'a> {
    Null,
    Flag(bool),
    /// Digits as sent.
    Number(&'a str),
    Text(Cow<'a, str>),
    /// An array or an object.
    Nested,
}

fn scalar(raw: &str) -> Result<Scalar<'_>, Unreadable> {
    Ok(match raw.as_bytes().first() {
        Some(b'n') | None => Scalar::Null,
        Some(b't') => Scalar::Flag(true),
        Some(b'f') => Scalar::Flag(false),
        Some(b'"') => Scalar::Text(unescape(raw)?),
        Some(b'[' | b'{') => Scalar::Nested,
        Some(_) => Scalar::Number(raw),
    })
}

fn unescape(raw: &str) -> Result<Cow<'_, str>, Unreadable> {
    let inner = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(plain) if !plain.contains('\\') => Ok(Cow::Borrowed(plain)),
        _ => serde_json::from_str(raw).map(Cow::Owned).map_err(|_| Unreadable::NotText),
    }
}

/// Text; empty or blank text is nothing. Numbers and flags count as the text they are written with.
pub fn text(raw: &str) -> Result<Option<Cow<'_, str>>, Unreadable> {
    match scalar(raw)? {
        Scalar::Null => Ok(None),
        Scalar::Text(text) if text.trim().is_empty() => Ok(None),
        Scalar::Text(text) => Ok(Some(text)),
        Scalar::Number(_) | Scalar::Flag(_) => Ok(Some(Cow::Borrowed(raw))),
        Scalar::Nested => Err(Unreadable::NotText),
    }
}

/// An identifier: text without spaces around it, or a whole number; `""` and `-1` are nothing.
pub fn id_text(raw: &str) -> Result<Option<Cow<'_, str>>, Unreadable> {
    let id = match scalar(raw)? {
        Scalar::Null => return Ok(None),
        Scalar::Text(text) => text,
        Scalar::Number(digits) if digits.bytes().all(|b| b.is_ascii_digit() || b == b'-') => {
            Cow::Borrowed(digits)
        }
        Scalar::Number(_) | Scalar::Flag(_) | Scalar::Nested => return Err(Unreadable::NotAnId),
    };
    let trimmed = id.trim();
    match trimmed {
        "" | "-1" => Ok(None),
        _ if trimmed.len() == id.len() => Ok(Some(id)),
        _ => Ok(Some(Cow::Owned(trimmed.to_owned()))),
    }
}

/// A game's id: like [`id_text`], and numbers beyond 2^53 are sentinels.
pub fn game_id(raw: &str) -> Result<Option<Cow<'_, str>>, Unreadable> {
    const LARGEST_EXACT: u64 = 1 << 53;
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    Ok(id_text(raw)?.filter(|id| {
        !is_number(id) || id.parse::<u64>().is_ok_and(|number| number <= LARGEST_EXACT)
    }))
}

/// A decimal number, from a number or from text. `""` and `null` are nothing; `NaN`, infinities and
/// numbers beyond ±7.9·10^28 are unreadable. Digits beyond the 28th are rounded.
pub fn decimal(raw: &str) -> Result<Option<Decimal>, Unreadable> {
    match scalar(raw)? {
        Scalar::Null => Ok(None),
        Scalar::Number(digits) => parse_decimal(digits).map(Some),
        Scalar::Text(text) if text.trim().is_empty() => Ok(None),
        Scalar::Text(text) => parse_decimal(text.trim()).map(Some),
        Scalar::Flag(_) | Scalar::Nested => Err(Unreadable::NotANumber),
    }
}

fn parse_decimal(text: &str) -> Result<Decimal, Unreadable> {
    // Only digits, sign, point and exponent: the library also takes underscores.
    let legal = |b: u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E');
    if !text.bytes().all(legal) {
        return Err(Unreadable::NotANumber);
    }
    // Checked first, because it tells malformed from unrepresentable text.
    let double: f64 = text.parse().map_err(|_| Unreadable::NotANumber)?;
    if double.abs() >= 7.9e28 {
        return Err(Unreadable::OutOfRange);
    }
    Decimal::from_str(text)
        .or_else(|_| Decimal::from_scientific(text))
        .ok()
        // More digits or a smaller exponent than the exact parsers take.
        .or_else(|| Decimal::from_f64(double))
        .ok_or(Unreadable::OutOfRange)
}

/// A flag: `true`, `"true"`, `1`, `"1"` and their opposites; `""` and `null` are nothing.
pub fn flag(raw: &str) -> Result<Option<bool>, Unreadable> {
    let word = match scalar(raw)? {
        Scalar::Null => return Ok(None),
        Scalar::Flag(flag) => return Ok(Some(flag)),
        Scalar::Number(digits) => Cow::Borrowed(digits),
        Scalar::Text(text) => text,
        Scalar::Nested => return Err(Unreadable::NotAFlag),
    };
    match word.trim().to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "true" | "1" | "yes" => Ok(Some(true)),
        "false" | "0" | "no" => Ok(Some(false)),
        _ => Err(Unreadable::NotAFlag),
    }
}

/// An instant. Known formats: ISO 8601 with a zone (`2026-09-09T14:25:04.123456Z`), the database's
/// (`2026-09-09 14:25:04+00`), either without a zone (UTC is meant), a date alone (midnight UTC), and
/// milliseconds or seconds since 1970 as number or text. `""`, `null` and anything on 1970-01-01 are
/// nothing. Years from 1971 to 9999 are in range.
pub fn instant(raw: &str) -> Result<Option<DateTime<Utc>>, Unreadable> {
    let instant = match scalar(raw)? {
        Scalar::Null => return Ok(None),
        Scalar::Number(digits) => since_1970(digits)?,
        Scalar::Text(text) if text.trim().is_empty() => return Ok(None),
        Scalar::Text(text) => parse_instant(text.trim())?,
        Scalar::Flag(_) | Scalar::Nested => return Err(Unreadable::NotADate),
    };
    if instant.date_naive() == NaiveDate::default() {
        return Ok(None);
    }
    if (1971..=9999).contains(&instant.year()) {
        Ok(Some(instant))
    } else {
        Err(Unreadable::OutOfRange)
    }
}

fn parse_instant(text: &str) -> Result<DateTime<Utc>, Unreadable> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.with_timezone(&Utc));
    }
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Ok(date.and_time(NaiveTime::MIN).and_utc());
    }
    for zoned in ["%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f%#z"] {
        if let Ok(instant) = DateTime::parse_from_str(text, zoned) {
            return Ok(instant.with_timezone(&Utc));
        }
    }
    for local in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"] {
        if let Ok(instant) = NaiveDateTime::parse_from_str(text, local) {
            return Ok(instant.and_utc());
        }
    }
    since_1970(text)
}

/// Seconds or milliseconds: seconds reach this size in the year 5138, milliseconds had it in 1973.
fn since_1970(digits: &str) -> Result<DateTime<Utc>, Unreadable> {
    const FIRST_MILLISECONDS: i64 = 100_000_000_000;
    let whole = digits.split_once('.').map_or(digits, |(whole, _)| whole);
    let number: i64 = whole.parse().map_err(|_| Unreadable::NotADate)?;
    let instant = if number.unsigned_abs() >= FIRST_MILLISECONDS.unsigned_abs() {
        DateTime::from_timestamp_millis(number)
    } else {
        DateTime::from_timestamp(number, 0)
    };
    instant.ok_or(Unreadable::OutOfRange)
}

/// A list: an array, or text that holds one (`"[\"Yes\", \"No\"]"`). `""` and `null` are nothing.
/// Elements come as raw text, for the other functions of this module.
pub fn list(raw: &str) -> Result<Option<Vec<Box<RawValue>>>, Unreadable> {
    let parse = |json: &str| serde_json::from_str(json).map_err(|_| Unreadable::NotAList);
    match scalar(raw)? {
        Scalar::Null => Ok(None),
        Scalar::Text(text) if text.trim().is_empty() => Ok(None),
        Scalar::Text(text) => parse(&text),
        Scalar::Nested => parse(raw),
        Scalar::Flag(_) | Scalar::Number(_) => Err(Unreadable::NotAList),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn numbers_come_in_many_spellings() {
        for (raw, expected) in [
            (r#""""#, Ok(None)),
            ("null", Ok(None)),
            ("5", Ok(Some(dec!(5)))),
            ("0.5", Ok(Some(dec!(0.5)))),
            (r#""6227014.742918""#, Ok(Some(dec!(6227014.742918)))),
            (r#""1e-7""#, Ok(Some(dec!(0.0000001)))),
            ("9e-6", Ok(Some(dec!(0.000009)))),
            ("1E3", Ok(Some(dec!(1000)))),
            (r#"" 7 ""#, Ok(Some(dec!(7)))),
            ("1e-400", Ok(Some(dec!(0)))),
            ("-0", Ok(Some(dec!(0)))),
            (r#""NaN""#, Err(Unreadable::NotANumber)),
            (r#""Infinity""#, Err(Unreadable::NotANumber)),
            (r#""1_000""#, Err(Unreadable::NotANumber)),
            (r#""1,000""#, Err(Unreadable::NotANumber)),
            (r#""1e30""#, Err(Unreadable::OutOfRange)),
            ("1e999", Err(Unreadable::OutOfRange)),
            ("true", Err(Unreadable::NotANumber)),
            ("[1]", Err(Unreadable::NotANumber)),
        ] {
            assert_eq!(decimal(raw), expected, "{raw}");
        }
        let long = decimal("0.4934567890123456789012345678901234567890").unwrap().unwrap();
        assert_eq!(long.round_dp(20), dec!(0.49345678901234567890));
    }

    #[test]
    fn dates_come_in_five_formats() {
        let expected = "2026-09-09T14:25:04Z".parse::<DateTime<Utc>>().unwrap();
        for raw in [
            r#""2026-09-09T14:25:04Z""#,
            r#""2026-09-09T16:25:04+02:00""#,
            r#""2026-09-09 14:25:04+00""#,
            r#""2026-09-09 14:25:04""#,
            r#""1788963904000""#,
            "1788963904000",
            "1788963904",
        ] {
            assert_eq!(instant(raw), Ok(Some(expected)), "{raw}");
        }
        let micros = instant(r#""2026-09-09T14:25:04.123456Z""#).unwrap().unwrap();
        assert_eq!(micros.timestamp_subsec_micros(), 123_456);
        let day = instant(r#""2026-09-09""#).unwrap().unwrap();
        assert_eq!(day.to_rfc3339(), "2026-09-09T00:00:00+00:00");
        for nothing in [r#""""#, "null", "0", r#""0""#, r#""1970-01-01T00:00:00Z""#] {
            assert_eq!(instant(nothing), Ok(None), "{nothing}");
        }
        for (raw, error) in [
            (r#""soon""#, Unreadable::NotADate),
            ("true", Unreadable::NotADate),
            ("{}", Unreadable::NotADate),
            (r#""0001-01-01T00:00:00Z""#, Unreadable::OutOfRange),
            ("1e30", Unreadable::NotADate),
            ("9223372036854775807", Unreadable::OutOfRange),
        ] {
            assert_eq!(instant(raw), Err(error), "{raw}");
        }
    }

    #[test]
    fn lists_are_arrays_or_text_that_holds_one() {
        let texts = |raw: &str| {
            list(raw).map(|found| {
                found.map(|items| {
                    items.iter().map(|i| text(i.get()).unwrap().unwrap().into_owned()).collect()
                })
            })
        };
        let yes_no: Vec<String> = vec!["Yes".to_owned(), "No".to_owned()];
        assert_eq!(texts(r#"["Yes", "No"]"#), Ok(Some(yes_no.clone())));
        assert_eq!(texts(r#""[\"Yes\", \"No\"]""#), Ok(Some(yes_no)));
        assert_eq!(texts(r#""[]""#), Ok(Some(Vec::new())));
        for nothing in ["null", r#""""#, r#""null""#] {
            assert_eq!(texts(nothing), Ok(None));
        }
        for garbage in [r#""[1,""#, "5", "{}", r#""Yes""#, r#""{}""#] {
            assert_eq!(texts(garbage), Err(Unreadable::NotAList), "{garbage}");
        }
    }

    #[test]
    fn ids_are_text_or_numbers_and_sentinels_are_nothing() {
        let id = |raw| id_text(raw).map(|id| id.map(Cow::into_owned));
        assert_eq!(id(r#""253573""#), Ok(Some("253573".to_owned())));
        assert_eq!(id("253573"), Ok(Some("253573".to_owned())));
        for nothing in [r#""""#, "null", "-1", r#""-1""#] {
            assert_eq!(id(nothing), Ok(None));
        }
        for bad in ["1.5", "1e5", "true", "[]"] {
            assert_eq!(id(bad), Err(Unreadable::NotAnId));
        }
        let game = |raw| game_id(raw).map(|id| id.map(Cow::into_owned));
        assert_eq!(game("1324191"), Ok(Some("1324191".to_owned())));
        assert_eq!(game(r#""0xcbf5""#), Ok(Some("0xcbf5".to_owned())));
        assert_eq!(game("9223372036854775807"), Ok(None));
        assert_eq!(game("18446744073709551616000"), Ok(None));
    }

    #[test]
    fn flags_have_a_few_spellings() {
        for yes in ["true", "1", r#""True""#] {
            assert_eq!(flag(yes), Ok(Some(true)));
        }
        for no in ["false", "0", r#""false""#] {
            assert_eq!(flag(no), Ok(Some(false)));
        }
        assert_eq!(flag(r#""""#), Ok(None));
        assert_eq!(flag("2"), Err(Unreadable::NotAFlag));
    }

    proptest! {
        #[test]
        fn nothing_panics(words in "[\"\\\\\\[\\]{}0-9eE+.:TZ \u{e9}-]{0,40}") {
            let _ = (text(&words), id_text(&words), game_id(&words), decimal(&words));
            let _ = (flag(&words), instant(&words), list(&words));
            let quoted = serde_json::to_string(&words).unwrap();
            let _ = (text(&quoted), id_text(&quoted), game_id(&quoted), decimal(&quoted));
            let _ = (flag(&quoted), instant(&quoted), list(&quoted));
        }

        #[test]
        fn numbers_survive_as_number_and_as_text(mantissa in any::<i64>(), scale in 0u32..18) {
            let expected = Decimal::new(mantissa, scale);
            prop_assert_eq!(decimal(&expected.to_string()), Ok(Some(expected)));
            prop_assert_eq!(decimal(&format!("\"{expected}\"")), Ok(Some(expected)));
        }
    }
}
