//! Query parameters as Gamma takes them: lists repeat or come comma-separated, unknown names are
//! ignored.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::problem::Problem;
use crate::json::parse_instant;

/// The decoded query string, or the filters of a JSON body.
#[derive(Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The filters of a JSON body, which are called as the parameters are, in camel case:
    /// `clobTokenIds` for `clob_token_ids`. `null` is as good as absent.
    pub(crate) fn from_body(body: &Map<String, Value>) -> Self {
        let mut pairs = Vec::new();
        for (key, value) in body {
            let name = if key == "includeTags" { "include_tag".to_owned() } else { snake(key) };
            let values = match value {
                Value::Array(values) => values.as_slice(),
                value => std::slice::from_ref(value),
            };
            let texts = values.iter().filter_map(|value| match value {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                value => Some(value.to_string()),
            });
            pairs.extend(texts.map(|text| (name.clone(), text)));
        }
        Self(pairs)
    }

    /// The first value of `name` that is not empty.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Every value of `name`, repeated or comma-separated. `None` when it is absent.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<&str>> {
        let values: Vec<&str> = self
            .0
            .iter()
            .filter(|(key, _)| key == name)
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .collect();
        (!values.is_empty()).then_some(values)
    }

    /// Every value of `name`, whatever the order.
    pub(crate) fn set(&self, name: &str) -> Option<HashSet<String>> {
        self.list(name).map(|values| values.into_iter().map(str::to_owned).collect())
    }

    /// Every value of a list of numeric ids.
    pub(crate) fn numbers(&self, name: &str) -> Result<Option<Vec<u64>>, Problem> {
        let Some(values) = self.list(name) else { return Ok(None) };
        values
            .into_iter()
            .map(|value| value.parse().map_err(|_| invalid(name, "an integer", value)))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    pub(crate) fn count(&self, name: &str) -> Result<Option<usize>, Problem> {
        self.parsed(name, "a non-negative integer", |value| value.parse().ok())
    }

    pub(crate) fn whole(&self, name: &str) -> Result<Option<i64>, Problem> {
        self.parsed(name, "an integer", |value| value.parse().ok())
    }

    pub(crate) fn figure(&self, name: &str) -> Result<Option<f64>, Problem> {
        self.parsed(name, "a number", |value| value.parse().ok().filter(|x: &f64| x.is_finite()))
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        self.parsed(name, "true or false", |value| value.parse().ok())
    }

    /// An instant as Unix milliseconds.
    pub(crate) fn instant_ms(&self, name: &str) -> Result<Option<i64>, Problem> {
        let read = |value: &str| parse_instant(value).map(|at| at.timestamp_millis());
        self.parsed(name, "a date-time", read)
    }

    /// The day of a date or an instant, as `YYYY-MM-DD`.
    pub(crate) fn day(&self, name: &str) -> Result<Option<String>, Problem> {
        let read = |value: &str| parse_instant(value).map(|at| at.format("%Y-%m-%d").to_string());
        self.parsed(name, "a date", read)
    }

    fn parsed<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.one(name) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| invalid(name, expected, value))
    }
}

fn invalid(name: &str, expected: &str, value: &str) -> Problem {
    Problem::Invalid(format!("{name}: expected {expected}, got {value:?}"))
}

/// `clob_token_ids` of `clobTokenIds`.
fn snake(camel: &str) -> String {
    let mut snake = String::with_capacity(camel.len() + 4);
    for letter in camel.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_reads_as_a_query() {
        let body = serde_json::json!({
            "id": [1, 2], "clobTokenIds": ["7"], "closed": null, "volumeNumMin": 1.5, "includeTags": true
        });
        let params = Params::from_body(body.as_object().unwrap());
        assert_eq!(params.numbers("id").unwrap(), Some(vec![1, 2]));
        assert_eq!(params.list("clob_token_ids"), Some(vec!["7"]));
        assert_eq!(params.flag("closed").unwrap(), None);
        assert_eq!(params.figure("volume_num_min").unwrap(), Some(1.5));
        assert_eq!(params.flag("include_tag").unwrap(), Some(true));
    }
}
