//! What the messages of all channels have in common.

use domain::{Price, Side};
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use crate::fields::FieldIssue;
use crate::lenient::{self, Unreadable};

/// How much of a message that could not be used is kept, in bytes.
const KEPT_BYTES: usize = 16 * 1024;

/// What a frame held: its messages in their order, and the fields that could not be read and are
/// therefore unknown in them.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded<M> {
    /// In the order of the frame.
    pub messages: Vec<M>,
    /// Of all messages.
    pub issues: Vec<FieldIssue>,
}

/// A message of a kind we do not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What it calls itself.
    pub kind: Option<String>,
    /// As sent, cut to 16 KiB.
    pub raw: Box<str>,
}

/// A message, or a part of one, without what it would be needed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable<C> {
    /// What it calls itself.
    pub kind: Option<String>,
    /// Whom it was about, as far as that could be read.
    pub concerns: C,
    /// The first field missed; `None` where it is no JSON object.
    pub issue: Option<FieldIssue>,
    /// As sent, cut to 16 KiB.
    pub raw: Box<str>,
}

/// The beginning of a text.
pub(super) fn kept(raw: &str) -> Box<str> {
    if raw.len() <= KEPT_BYTES {
        return raw.into();
    }
    let end = (0..=KEPT_BYTES).rev().find(|&end| raw.is_char_boundary(end)).unwrap_or(0);
    raw.get(..end).unwrap_or_default().into()
}

/// The messages of a frame, which is one object or an array of them. `Err` where it is neither.
pub(super) fn split(text: &str) -> Result<Vec<&RawValue>, serde_json::Error> {
    if text.trim_start().starts_with('[') {
        serde_json::from_str(text)
    } else {
        serde_json::from_str(text).map(|one| vec![one])
    }
}

/// Reads values, and notes those that cannot be read.
#[derive(Debug, Default)]
pub(super) struct Notes(pub(super) Vec<FieldIssue>);

impl Notes {
    /// A value one can do without.
    pub(super) fn maybe<T>(
        &mut self,
        field: &'static str,
        raw: Option<&RawValue>,
        read: impl FnOnce(&str) -> Result<Option<T>, Unreadable>,
    ) -> Option<T> {
        read(raw?.get()).unwrap_or_else(|reason| {
            self.0.push(FieldIssue { field, reason });
            None
        })
    }
}

/// A value without which the rest is of no use.
pub(super) fn needed<T>(
    field: &'static str,
    raw: Option<&RawValue>,
    read: impl FnOnce(&str) -> Result<Option<T>, Unreadable>,
) -> Result<T, FieldIssue> {
    let missing = FieldIssue { field, reason: Unreadable::Missing };
    let raw = raw.ok_or_else(|| missing.clone())?;
    let value = read(raw.get()).map_err(|reason| FieldIssue { field, reason })?;
    value.ok_or(missing)
}

/// An identifier that `parse` checks.
pub(super) fn id<T, E>(
    raw: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, Unreadable> {
    let id = lenient::id_text(raw)?;
    id.map(|id| parse(&id).map_err(|_| Unreadable::NotAnId)).transpose()
}

/// Text that is not blank.
pub(super) fn text(raw: &str) -> Result<Option<String>, Unreadable> {
    Ok(lenient::text(raw)?.map(std::borrow::Cow::into_owned))
}

/// A price from 0 to 1.
pub(super) fn price(raw: &str) -> Result<Option<Price>, Unreadable> {
    let number = lenient::decimal(raw)?;
    number.map(|number| Price::new(number).map_err(|_| Unreadable::OutOfRange)).transpose()
}

/// A number of shares: 0 to below 10^14, rounded to the six decimals of the chain.
pub(super) fn shares(raw: &str) -> Result<Option<Decimal>, Unreadable> {
    let Some(number) = lenient::decimal(raw)? else { return Ok(None) };
    let rounded = number.round_dp(6).normalize();
    let below = Decimal::from(100_000_000_000_000_u64);
    if rounded.is_sign_negative() && !rounded.is_zero() || rounded >= below {
        return Err(Unreadable::OutOfRange);
    }
    Ok(Some(rounded))
}

/// A side.
pub(super) fn side(raw: &str) -> Result<Option<Side>, Unreadable> {
    match lenient::text(raw)? {
        None => Ok(None),
        Some(word) if word.trim().eq_ignore_ascii_case("BUY") => Ok(Some(Side::Buy)),
        Some(word) if word.trim().eq_ignore_ascii_case("SELL") => Ok(Some(Side::Sell)),
        Some(_) => Err(Unreadable::UnknownWord),
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn shares_are_whole_millionths_and_not_negative() {
        assert_eq!(shares(r#""219.217767""#), Ok(Some(dec!(219.217767))));
        assert_eq!(shares("0.0000004"), Ok(Some(dec!(0))));
        assert_eq!(shares("-0"), Ok(Some(dec!(0))));
        assert_eq!(shares(r#""""#), Ok(None));
        assert_eq!(shares(r#""-1""#), Err(Unreadable::OutOfRange));
        assert_eq!(shares("1e14"), Err(Unreadable::OutOfRange));
        assert_eq!(shares("[1]"), Err(Unreadable::NotANumber));
    }

    #[test]
    fn what_is_kept_ends_at_a_character() {
        let long = "é".repeat(KEPT_BYTES);
        assert_eq!(kept(&long).len(), KEPT_BYTES);
        assert_eq!(kept(&format!("a{long}")).len(), KEPT_BYTES - 1);
        assert_eq!(&*kept("short"), "short");
    }

    #[test]
    fn a_frame_is_one_object_or_several() {
        let texts = |text| split(text).map(|all| all.iter().map(|raw| raw.get()).collect());
        let texts = |text| texts(text).unwrap_or_else(|_: serde_json::Error| vec!["!"]);
        assert_eq!(texts(r#"{"a":1}"#), [r#"{"a":1}"#]);
        assert_eq!(texts(r#" [{"a":1}, 5 ,null]"#), [r#"{"a":1}"#, "5", "null"]);
        assert_eq!(texts("[]"), [] as [&str; 0]);
        for bad in ["", "INVALID OPERATION", "[{", r#"{"a":1}{"b":2}"#] {
            assert_eq!(texts(bad), ["!"], "{bad}");
        }
    }
}
