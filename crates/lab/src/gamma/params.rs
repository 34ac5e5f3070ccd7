//! Query parameters as Gamma takes them: lists repeat or come comma-separated, unknown names are
//! ignored.

use super::problem::Problem;
use crate::json::parse_instant;

/// The decoded query string.
#[derive(Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn new(pairs: Vec<(String, String)>) -> Self {
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
