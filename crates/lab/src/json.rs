//! Reading JSON without re-writing it: objects as ordered (key, raw text) pairs, so that what the
//! lab serves is byte for byte what was recorded.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// One JSON object: its members in the order they came, values as raw text.
#[derive(Debug)]
pub(crate) struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(96);
                while let Some((Key(key), value)) = map.next_entry()? {
                    members.push((key, value));
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(InOrder).map(Members)
    }
}

/// A member name, borrowed unless it holds escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Members<'a> {
    /// Reads `text`, which must be one JSON object.
    pub(crate) fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.raw(key).is_some()
    }

    /// Raw JSON text of a member; the first one when a key is repeated.
    pub(crate) fn raw(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.get())
    }

    /// A string member, or a number member as its digits.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        let raw = self.raw(key)?;
        if raw.starts_with('"') {
            serde_json::from_str(raw).ok()
        } else if raw.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            Some(raw.to_owned())
        } else {
            None
        }
    }

    /// A number, or a string holding one. Finite only.
    pub(crate) fn number(&self, key: &str) -> Option<f64> {
        let raw = self.raw(key)?.trim_matches('"');
        raw.parse().ok().filter(|number: &f64| number.is_finite())
    }

    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        self.raw(key)?.parse().ok()
    }

    /// An instant in any of Gamma's spellings, as Unix milliseconds.
    pub(crate) fn instant_ms(&self, key: &str) -> Option<i64> {
        parse_instant(self.raw(key)?.trim_matches('"')).map(|at| at.timestamp_millis())
    }

    /// Elements of an array member; none when it is missing or not an array.
    pub(crate) fn elements(&self, key: &str) -> Vec<&'a RawValue> {
        self.raw(key).and_then(|raw| serde_json::from_str(raw).ok()).unwrap_or_default()
    }

    /// A list of strings, given as an array or as a string holding the JSON of one.
    pub(crate) fn texts(&self, key: &str) -> Vec<String> {
        let Some(raw) = self.raw(key) else { return Vec::new() };
        if raw.starts_with('"') {
            let inner: Option<String> = serde_json::from_str(raw).ok();
            inner.and_then(|inner| serde_json::from_str(&inner).ok()).unwrap_or_default()
        } else {
            serde_json::from_str(raw).unwrap_or_default()
        }
    }

    /// An object of the members called `kept`, verbatim and in that order, as far as they are there.
    pub(crate) fn only(&self, kept: &[&str]) -> Vec<u8> {
        let members = kept.iter().filter_map(|&key| Some((key, self.raw(key)?.as_bytes())));
        let mut out = b"{}".to_vec();
        append_members(&mut out, members);
        out
    }

    /// Names and raw JSON text of the members, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.get()))
    }

    /// The same object with other values, each (name, raw JSON), for members that are there.
    pub(crate) fn replacing(&self, values: &[(&str, &str)]) -> Vec<u8> {
        let members = self.iter().map(|(name, old)| {
            let new = values.iter().find(|(replaced, _)| *replaced == name);
            (name, new.map_or(old, |(_, value)| value).as_bytes())
        });
        let mut out = b"{}".to_vec();
        append_members(&mut out, members);
        out
    }

    /// The same object without `dropped`, members verbatim and in order.
    pub(crate) fn without(&self, dropped: &[&str]) -> Vec<u8> {
        let kept = || self.0.iter().filter(|(key, _)| !dropped.contains(&key.as_ref()));
        let size: usize = kept().map(|(key, value)| key.len() + value.get().len() + 4).sum();
        let mut out = Vec::with_capacity(size + 2);
        out.push(b'{');
        for (index, (key, value)) in kept().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(quoted(key).as_bytes());
            out.push(b':');
            out.extend_from_slice(value.get().as_bytes());
        }
        out.push(b'}');
        out
    }
}

/// `text` as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Gamma's spellings of an instant: RFC 3339, `2026-01-23 20:56:36+00`, date only.
pub(crate) fn parse_instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    if let Ok(at) = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z") {
        return Some(at.to_utc());
    }
    if let Ok(at) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f") {
        return Some(at.and_utc());
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(day.and_hms_opt(0, 0, 0)?.and_utc())
}

/// Adds members to the JSON object in `object`: each is (name, raw JSON).
pub(crate) fn append_members<'a>(
    object: &mut Vec<u8>,
    members: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) {
    let closing = object.pop();
    debug_assert_eq!(closing, Some(b'}'), "members are added to an object");
    for (name, value) in members {
        if object.last() != Some(&b'{') {
            object.push(b',');
        }
        object.extend_from_slice(quoted(name).as_bytes());
        object.push(b':');
        object.extend_from_slice(value);
    }
    object.push(b'}');
}

/// `[a,b,c]` of raw JSON values.
pub(crate) fn array<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = vec![b'['];
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(value);
    }
    out.push(b']');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_order_and_spelling() {
        let text = r#"{"b" : 1.50, "a":"x\u00e9","gone":[1], "c":{ "k": null }}"#;
        let members = Members::parse(text).unwrap();
        let kept = members.without(&["gone"]);
        let expected = r#"{"b":1.50,"a":"x\u00e9","c":{ "k": null }}"#;
        assert_eq!(String::from_utf8(kept).unwrap(), expected);
        let replaced = members.replacing(&[("gone", "2"), ("absent", "3")]);
        let expected = r#"{"b":1.50,"a":"x\u00e9","gone":2,"c":{ "k": null }}"#;
        assert_eq!(String::from_utf8(replaced).unwrap(), expected);
        assert_eq!(members.only(&["c", "none", "b"]), br#"{"c":{ "k": null },"b":1.50}"#);
        assert_eq!(members.number("b"), Some(1.5));
        assert_eq!(members.text("a").as_deref(), Some("xé"));
    }

    #[test]
    fn lists_come_as_arrays_or_as_strings() {
        let members = Members::parse(r#"{"x":"[\"1\", \"2\"]","y":["1","2"],"z":"junk"}"#).unwrap();
        assert_eq!(members.texts("x"), ["1", "2"]);
        assert_eq!(members.texts("y"), ["1", "2"]);
        assert!(members.texts("z").is_empty());
    }

    #[test]
    fn instants_in_every_spelling() {
        for text in ["2026-01-23T20:56:36Z", "2026-01-23 20:56:36+00", "2026-01-23T20:56:36"] {
            let at = parse_instant(text).unwrap_or_else(|| panic!("{text} is not read"));
            assert_eq!(at.timestamp(), 1_769_201_796);
        }
        assert_eq!(parse_instant("2026-01-23").unwrap().timestamp(), 1_769_126_400);
        assert!(parse_instant("").is_none());
    }

    #[test]
    fn members_are_added_to_full_and_empty_objects() {
        let mut full = br#"{"a":1}"#.to_vec();
        append_members(&mut full, [("b", b"[2]".as_slice())]);
        assert_eq!(full, br#"{"a":1,"b":[2]}"#);
        let mut empty = b"{}".to_vec();
        append_members(&mut empty, [("b", b"2".as_slice()), ("c", b"3".as_slice())]);
        assert_eq!(empty, br#"{"b":2,"c":3}"#);
    }
}
