//! One JSON object of upstream, read field by field.

use std::borrow::{Borrow, Cow};
use std::collections::HashMap;
use std::fmt;

use chrono::{DateTime, Utc};
use domain::{Price, PriceChange, Usdc};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::lenient::{self, Unreadable};

/// A field that could not be used and is therefore unknown in the decoded row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldIssue {
    /// Upstream's name of the field.
    pub field: &'static str,
    /// Why.
    pub reason: Unreadable,
}

/// The members of one object that have not been read yet, and the issues with those that have.
///
/// Every reading method takes the field out; what is left in the end has no place in our types. A field
/// that is absent, null, or nothing in upstream's ways is `None` and no issue.
#[derive(Debug)]
pub struct Fields<'a> {
    members: HashMap<Key<'a>, &'a RawValue>,
    issues: Vec<FieldIssue>,
}

impl<'a> Fields<'a> {
    /// Splits an object into its members. Fails on anything else. Of a repeated member the last counts.
    pub fn parse(raw: &'a RawValue) -> Result<Self, serde_json::Error> {
        let members = Members::deserialize(raw)?;
        Ok(Self { members: members.0, issues: Vec::new() })
    }

    /// Names and raw values of the members not read yet.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.members.iter().map(|(key, raw)| (key.0.as_ref(), raw.get()))
    }

    /// Takes a member out as it is.
    pub fn raw(&mut self, field: &str) -> Option<&'a RawValue> {
        self.members.remove(field)
    }

    /// Takes members out that nobody wants.
    pub fn discard(&mut self, fields: &[&str]) {
        for field in fields {
            self.members.remove(*field);
        }
    }

    /// Gives members the names that another version of an API has for them. One that is there under its
    /// new name already stays as it is.
    pub(crate) fn rename(&mut self, names: &[(&str, &'static str)]) {
        for (old, new) in names {
            if let Some(raw) = self.members.remove(*old) {
                self.members.entry(Key(Cow::Borrowed(new))).or_insert(raw);
            }
        }
    }

    /// Notes an issue.
    pub fn note(&mut self, field: &'static str, reason: Unreadable) {
        self.issues.push(FieldIssue { field, reason });
    }

    /// Reads a member in a way of the caller's.
    pub(crate) fn read<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&'a str) -> Result<Option<T>, Unreadable>,
    ) -> Option<T> {
        let raw = self.raw(field)?;
        read(raw.get()).unwrap_or_else(|reason| {
            self.note(field, reason);
            None
        })
    }

    /// Text that is not blank, without NUL characters.
    pub fn text(&mut self, field: &'static str) -> Option<String> {
        let text = self.read(field, lenient::text)?.into_owned();
        if !text.contains('\0') {
            return Some(text);
        }
        self.note(field, Unreadable::NulCharacters);
        Some(text.replace('\0', "")).filter(|text| !text.trim().is_empty())
    }

    /// An identifier as text. See [`lenient::id_text`].
    pub fn id_text(&mut self, field: &'static str) -> Option<String> {
        self.read(field, lenient::id_text).map(|id| without_nul(id.into_owned()))
    }

    /// An identifier of a game. See [`lenient::game_id`].
    pub fn game_id(&mut self, field: &'static str) -> Option<String> {
        self.read(field, |raw| {
            let id = lenient::game_id(raw)?;
            let storable = |id: &Cow<str>| id.len() <= 100 && !id.contains('\0');
            id.map(|id| if storable(&id) { Ok(id.into_owned()) } else { Err(Unreadable::NotAnId) })
                .transpose()
        })
    }

    /// An identifier that `parse` checks.
    pub fn id<T, E>(
        &mut self,
        field: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.read(field, |raw| {
            let id = lenient::id_text(raw)?;
            id.map(|id| parse(&id).map_err(|_| Unreadable::NotAnId)).transpose()
        })
    }

    /// A flag.
    pub fn flag(&mut self, field: &'static str) -> Option<bool> {
        self.read(field, lenient::flag)
    }

    /// An instant.
    pub fn instant(&mut self, field: &'static str) -> Option<DateTime<Utc>> {
        self.read(field, lenient::instant)
    }

    /// A list of raw values.
    pub fn list(&mut self, field: &'static str) -> Option<Vec<Box<RawValue>>> {
        self.read(field, lenient::list)
    }

    /// A price from 0 to 1.
    pub fn price(&mut self, field: &'static str) -> Option<Price> {
        self.bounded(field, Price::new)
    }

    /// A price from 0 to 1 that is not rounded.
    pub fn exact_price(&mut self, field: &'static str) -> Option<Decimal> {
        self.bounded(field, |price| {
            let is_within = (Decimal::ZERO..=Decimal::ONE).contains(&price);
            is_within.then_some(price).ok_or(Unreadable::OutOfRange)
        })
    }

    /// What a share cost on average: 1 at most, and below 0 where a conversion paid more than what was
    /// given for it had cost.
    pub fn average_price(&mut self, field: &'static str) -> Option<Decimal> {
        self.bounded(field, |price| {
            (price <= Decimal::ONE).then_some(price).ok_or(Unreadable::OutOfRange)
        })
    }

    /// A difference of prices from −1 to 1.
    pub fn price_change(&mut self, field: &'static str) -> Option<PriceChange> {
        self.bounded(field, PriceChange::new)
    }

    /// Dollars.
    pub fn usdc(&mut self, field: &'static str) -> Option<Usdc> {
        self.bounded(field, Usdc::new)
    }

    /// Dollars that upstream sends as text in one field, with all digits, and as a number in another.
    pub fn usdc_in_either(&mut self, text: &'static str, number: &'static str) -> Option<Usdc> {
        let from_text = self.usdc(text);
        let from_number = self.usdc(number);
        from_text.or(from_number)
    }

    /// A plain number in the range of a ratio, 0 to 1 with eight decimals.
    pub fn ratio(&mut self, field: &'static str) -> Option<Decimal> {
        self.price(field).map(Price::decimal)
    }

    /// A plain number in the range of amounts, with six decimals.
    pub fn quantity(&mut self, field: &'static str) -> Option<Decimal> {
        self.usdc(field).map(Usdc::decimal)
    }

    fn bounded<T, E>(
        &mut self,
        field: &'static str,
        check: impl FnOnce(Decimal) -> Result<T, E>,
    ) -> Option<T> {
        self.read(field, |raw| {
            let number = lenient::decimal(raw)?;
            number.map(|number| check(number).map_err(|_| Unreadable::OutOfRange)).transpose()
        })
    }

    /// A plain number of at least zero with six decimals: shares.
    pub fn amount(&mut self, field: &'static str) -> Option<Decimal> {
        self.bounded(field, |number| match Usdc::new(number) {
            Ok(amount) if amount.decimal() >= Decimal::ZERO => Ok(amount.decimal()),
            _ => Err(Unreadable::OutOfRange),
        })
    }

    /// A whole number of at least zero that a database can keep, from a number or from text.
    pub fn count(&mut self, field: &'static str) -> Option<u64> {
        self.bounded(field, |number| {
            let whole = number.is_integer().then(|| i64::try_from(number).ok()).flatten();
            whole.and_then(|whole| u64::try_from(whole).ok()).ok_or(Unreadable::OutOfRange)
        })
    }

    /// The members of an object within this one; `None` where there is none.
    pub fn object(&mut self, field: &'static str) -> Option<Fields<'a>> {
        let raw = self.raw(field).filter(|raw| raw.get() != "null")?;
        let members = Fields::parse(raw);
        members.map_err(|_| self.note(field, Unreadable::NotAnObject)).ok()
    }

    /// Takes over the issues of an object within this one.
    pub(crate) fn adopt_issues(&mut self, inner: Fields<'_>) {
        self.issues.extend(inner.issues);
    }

    /// The issues alone, where what has not been read is of no use.
    pub fn into_issues(self) -> Vec<FieldIssue> {
        self.issues
    }

    /// The members nobody has read, verbatim except for NUL characters, and the issues.
    pub fn finish(self) -> (Map<String, Value>, Vec<FieldIssue>) {
        let extra = self.members.into_iter().filter(|(_, raw)| raw.get() != "null");
        let extra = extra.map(|(key, raw)| (without_nul(key.0.into_owned()), verbatim(raw)));
        (extra.collect(), self.issues)
    }
}

/// The value as it is; the raw text where no JSON value can hold it (a number like `1e999`).
pub fn verbatim(raw: &RawValue) -> Value {
    let mut value =
        serde_json::from_str(raw.get()).unwrap_or_else(|_| Value::String(raw.get().to_owned()));
    if raw.get().contains("\\u0000") {
        drop_nul(&mut value);
    }
    value
}

fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

fn drop_nul(value: &mut Value) {
    match value {
        Value::String(text) => *text = without_nul(std::mem::take(text)),
        Value::Array(items) => items.iter_mut().for_each(drop_nul),
        Value::Object(members) => {
            let cleaned = std::mem::take(members).into_iter().map(|(key, mut value)| {
                drop_nul(&mut value);
                (without_nul(key), value)
            });
            *members = cleaned.collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A member's name, borrowed unless it holds escapes.
#[derive(Debug, PartialEq, Eq, Hash, Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl Borrow<str> for Key<'_> {
    fn borrow(&self) -> &str {
        &self.0
    }
}

struct Members<'a>(HashMap<Key<'a>, &'a RawValue>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = HashMap<Key<'de>, &'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = HashMap::with_capacity(128);
                while let Some((key, value)) = map.next_entry::<Key, &RawValue>()? {
                    members.insert(key, value);
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(Object).map(Members)
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    #[test]
    fn what_is_read_is_gone_and_the_rest_is_kept() {
        let row = raw(r#"{"a":"1.50","b":null,"c":{"d":[1]},"huge":1e999,"a\u0062":true}"#);
        let mut fields = Fields::parse(&row).unwrap();
        assert_eq!(fields.usdc("a").map(Usdc::decimal), Some(dec!(1.5)));
        assert_eq!(fields.usdc("a"), None);
        assert_eq!(fields.text("b"), None);
        assert_eq!(fields.flag("ab"), Some(true));
        let (extra, issues) = fields.finish();
        assert_eq!(Value::Object(extra), serde_json::json!({"c": {"d": [1]}, "huge": "1e999"}));
        assert!(issues.is_empty());
    }

    #[test]
    fn text_wins_over_a_rounded_number() {
        let row = raw(r#"{"volume":"10.123456","volumeNum":10.12,"l":"1e30","lNum":3}"#);
        let mut fields = Fields::parse(&row).unwrap();
        let volume = fields.usdc_in_either("volume", "volumeNum").unwrap();
        assert_eq!(volume.decimal(), dec!(10.123456));
        assert_eq!(fields.usdc_in_either("l", "lNum").unwrap().decimal(), dec!(3));
        let issue = FieldIssue { field: "l", reason: Unreadable::OutOfRange };
        assert_eq!(fields.finish().1, [issue]);
    }

    #[test]
    fn nul_characters_never_reach_the_database() {
        let row = raw(r#"{"title":"a\u0000b","x":{"k\u0000":["\u0000y"]}}"#);
        let mut fields = Fields::parse(&row).unwrap();
        assert_eq!(fields.text("title").as_deref(), Some("ab"));
        let (extra, issues) = fields.finish();
        assert_eq!(issues.len(), 1);
        assert_eq!(Value::Object(extra), serde_json::json!({"x": {"k": ["y"]}}));
    }

    #[test]
    fn only_objects_have_fields() {
        for other in ["[]", "5", "\"x\"", "null", "{\"\\ud800\":1}"] {
            assert!(Fields::parse(&raw(other)).is_err(), "{other}");
        }
    }
}
