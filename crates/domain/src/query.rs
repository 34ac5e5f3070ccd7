//! Reading a query string (or the same pairs from a command line) into typed values, collecting every
//! mistake rather than stopping at the first.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use chrono::{DateTime, Utc};

use crate::InvalidField;

/// The pairs of a query, taken out one parameter at a time. What is left at the end is unknown.
#[derive(Debug)]
pub struct QueryReader {
    pairs: BTreeMap<String, Vec<String>>,
    known: Vec<&'static str>,
    invalid: Vec<InvalidField>,
}

impl QueryReader {
    /// Collects decoded pairs. Pairs with an empty value count as absent, as HTML forms send them.
    pub fn new<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut map: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, value) in pairs {
            let value: String = value.into();
            let values = map.entry(key.into()).or_default();
            if !value.trim().is_empty() {
                values.push(value.trim().to_owned());
            }
        }
        Self { pairs: map, known: Vec::new(), invalid: Vec::new() }
    }

    /// The text of a parameter that may be given once.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        let mut values = self.take(name);
        if values.len() > 1 {
            let given = values.join(", ");
            self.refuse(name, &given, "is given more than once");
        }
        values.pop()
    }

    /// The items of a parameter that takes a comma-separated list, a repetition, or both.
    pub fn list(&mut self, name: &'static str) -> Vec<String> {
        let values = self.take(name);
        let items = values.iter().flat_map(|value| value.split(',')).map(str::trim);
        items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    /// A parsed parameter; `expected` finishes the sentence "must be …".
    pub fn parse<T: FromStr>(&mut self, name: &'static str, expected: &str) -> Option<T> {
        let text = self.text(name)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.refuse(name, &text, format!("must be {expected}"));
        }
        parsed
    }

    /// A parsed parameter within `min..=max`.
    pub fn within<T>(&mut self, name: &'static str, min: T, max: T) -> Option<T>
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let text = self.text(name)?;
        match text.parse() {
            // Written so that NaN, which compares with nothing, is refused.
            Ok(value) if value >= min && value <= max => Some(value),
            _ => {
                self.refuse(name, &text, format!("must be a number from {min} to {max}"));
                None
            }
        }
    }

    /// An instant: RFC 3339, or a day, which begins at midnight UTC.
    pub fn instant(&mut self, name: &'static str) -> Option<DateTime<Utc>> {
        let text = self.text(name)?;
        // A form's date field sends a bare day.
        let day = format!("{text}T00:00:00Z");
        let parsed =
            DateTime::parse_from_rfc3339(&text).or_else(|_| DateTime::parse_from_rfc3339(&day));
        if parsed.is_err() {
            self.refuse(name, &text, "must be an instant such as 2026-11-03T00:00:00Z, or a day");
        }
        parsed.ok().map(|instant| instant.with_timezone(&Utc))
    }

    /// The items of a list, each one of the words `parse` accepts; `expected` lists them.
    pub fn words<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let items = self.list(name);
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            match parse(&item) {
                Some(value) => values.push(value),
                None => self.refuse(name, &item, format!("must be one of {expected}")),
            }
        }
        values
    }

    /// Records a refusal.
    pub fn refuse(&mut self, name: &str, value: &str, message: impl Into<String>) {
        self.invalid.push(InvalidField::new(name, value, message));
    }

    /// Ends the reading: every refusal so far, and every parameter nobody asked for.
    pub fn finish(mut self) -> Result<(), Vec<InvalidField>> {
        self.known.sort_unstable();
        for (name, values) in std::mem::take(&mut self.pairs) {
            let message = format!("is not a parameter here; there are {}", self.known.join(", "));
            self.refuse(&name, &values.join(", "), message);
        }
        if self.invalid.is_empty() { Ok(()) } else { Err(self.invalid) }
    }

    fn take(&mut self, name: &'static str) -> Vec<String> {
        self.known.push(name);
        self.pairs.remove(name).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_reported() {
        let mut query = QueryReader::new([
            ("limit", "5000"),
            ("offset", "x"),
            ("catgory", "sports"),
            ("status", "open"),
            ("status", "closed"),
            ("price_min", "NaN"),
        ]);
        assert_eq!(query.within("limit", 1, 1000), None);
        assert_eq!(query.parse::<u32>("offset", "a whole number"), None);
        assert_eq!(query.within("price_min", 0.0, 1.0), None);
        query.text("status");
        let fields: Vec<_> = query.finish().unwrap_err().into_iter().map(|f| f.field).collect();
        assert_eq!(fields, ["limit", "offset", "price_min", "status", "catgory"]);
    }

    #[test]
    fn empty_values_are_absent_and_lists_may_repeat() {
        let mut query = QueryReader::new([("q", " "), ("tag", "a,b"), ("tag", "c,")]);
        assert_eq!(query.text("q"), None);
        assert_eq!(query.list("tag"), ["a", "b", "c"]);
        assert_eq!(query.finish(), Ok(()));
    }
}
