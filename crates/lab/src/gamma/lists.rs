//! Lists short enough to be sorted by what their rows say.

use std::cmp::Ordering;

use axum::body::Bytes;

use super::params::Params;
use super::problem::Problem;
use crate::json::Members;

/// How much of a list one request shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) default: usize,
    /// More is cut to this.
    pub(super) max: usize,
    /// More is refused.
    pub(super) max_offset: Option<usize>,
}

impl Limits {
    /// `offset` and `limit`.
    pub(super) fn read(self, params: &Params) -> Result<(usize, usize), Problem> {
        let limit = params.count("limit")?.unwrap_or(self.default).min(self.max);
        let offset = params.count("offset")?.unwrap_or(0);
        if self.max_offset.is_some_and(|max| offset > max) {
            return Err(Problem::Invalid("offset too large".to_owned()));
        }
        Ok((offset, limit))
    }
}

/// What a member sorts by. Unknown comes last in both directions.
#[derive(Debug, PartialEq)]
enum Key {
    Number(f64),
    Text(String),
    Unknown,
}

impl Key {
    fn of(members: &Members<'_>, column: &str) -> Self {
        if let Some(number) = members.number(column) {
            return Self::Number(number);
        }
        if let Some(at_ms) = members.instant_ms(column) {
            return Self::Number(at_ms as f64);
        }
        members.text(column).map_or(Self::Unknown, |text| Self::Text(text.to_lowercase()))
    }

    fn compare(&self, other: &Self, descending: bool) -> Ordering {
        let ordering = match (self, other) {
            (Self::Number(left), Self::Number(right)) => left.total_cmp(right),
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
            (Self::Unknown, Self::Unknown) => return Ordering::Equal,
            (Self::Unknown, _) => return Ordering::Greater,
            (_, Self::Unknown) => return Ordering::Less,
        };
        if descending { ordering.reverse() } else { ordering }
    }
}

/// The page of `rows` that `limit`, `offset`, `order` and `ascending` ask for. Without `order` the
/// rows stay as they come.
pub(super) fn page(
    mut rows: Vec<Bytes>,
    params: &Params,
    columns: &[&str],
    limits: Limits,
) -> Result<Vec<Bytes>, Problem> {
    let (offset, limit) = limits.read(params)?;
    let order = params.list("order").unwrap_or_default();
    if !order.iter().all(|column| columns.contains(column)) {
        return Err(Problem::wrong_order());
    }
    let descending = params.flag("ascending")? == Some(false);
    if order.is_empty() {
        if descending {
            rows.reverse();
        }
    } else {
        rows = sorted(rows, &order, descending);
    }
    Ok(rows.into_iter().skip(offset).take(limit).collect())
}

fn sorted(rows: Vec<Bytes>, order: &[&str], descending: bool) -> Vec<Bytes> {
    let mut keyed: Vec<(Vec<Key>, Bytes)> = rows
        .into_iter()
        .map(|row| {
            let members = std::str::from_utf8(&row).ok().and_then(|text| Members::parse(text).ok());
            let keys = order.iter().map(|column| {
                members.as_ref().map_or(Key::Unknown, |members| Key::of(members, column))
            });
            (keys.collect(), row.clone())
        })
        .collect();
    keyed.sort_by(|(left, _), (right, _)| {
        let pairs = left.iter().zip(right);
        let orderings = pairs.map(|(left, right)| left.compare(right, descending));
        orderings.fold(Ordering::Equal, Ordering::then)
    });
    keyed.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_members_come_last_in_both_directions() {
        let rows: Vec<Bytes> = [r#"{"id":1}"#, r#"{"id":2,"n":"5"}"#, r#"{"id":3,"n":2}"#]
            .map(|row| Bytes::from_static(row.as_bytes()))
            .to_vec();
        let ids = |ascending: &str| -> Vec<String> {
            let pairs = [("order", "n"), ("ascending", ascending)];
            let pairs = pairs.map(|(key, value)| (key.to_owned(), value.to_owned()));
            let limits = Limits { default: 20, max: 100, max_offset: None };
            let rows = page(rows.clone(), &Params::new(pairs.to_vec()), &["n"], limits).unwrap();
            let id = |row: &Bytes| {
                Members::parse(std::str::from_utf8(row).unwrap()).unwrap().text("id").unwrap()
            };
            rows.iter().map(id).collect()
        };
        assert_eq!(ids("true"), ["3", "2", "1"]);
        assert_eq!(ids("false"), ["2", "3", "1"]);
    }
}
