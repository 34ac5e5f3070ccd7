//! Sorting and cutting a listing into pages.
//!
//! A cursor names the last row shown by its sort figures and id, so paging stays correct while rows
//! change: nothing is remembered between requests.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::sync::Arc;

use super::filter::Listing;
use super::params::Params;
use super::problem::Problem;
use crate::catalogue::{ColumnId, Event, Facts, Market, column};

pub(super) const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;
const MAX_OFFSET: usize = 2000;

/// A cursor to the first page. Gamma never sends one; the cursor-loop fault does.
pub(crate) const CURSOR_TO_START: &str = "start";

/// A row that can be listed.
pub(crate) trait Listed {
    fn facts(&self) -> &Facts;
}

impl Listed for Event {
    fn facts(&self) -> &Facts {
        &self.facts
    }
}

impl Listed for Market {
    fn facts(&self) -> &Facts {
        &self.facts
    }
}

/// `order` and `ascending`. Unknown figures come last in both directions; equal rows are in id
/// order.
#[derive(Debug, Default)]
pub(crate) struct Order {
    columns: Vec<ColumnId>,
    descending: bool,
}

impl Order {
    pub(crate) fn read(params: &Params) -> Result<Self, Problem> {
        let names = params.list("order").unwrap_or_default();
        let columns = names.into_iter().map(|name| column(name).ok_or_else(Problem::wrong_order));
        let mut columns: Vec<ColumnId> = columns.collect::<Result<_, _>>()?;
        let descending = params.flag("ascending")? == Some(false);
        if columns.is_empty() && descending {
            columns.extend(column("id"));
        }
        Ok(Self { columns, descending })
    }

    /// Whether rows are wanted exactly as the catalogue keeps them.
    fn is_by_id(&self) -> bool {
        self.columns.is_empty()
    }

    fn position(&self, facts: &Facts) -> Position {
        let figures = self.columns.iter().map(|&column| facts.figures.get(column)).collect();
        Position { figures, number: facts.number }
    }

    fn compare(&self, left: &Position, right: &Position) -> Ordering {
        for (left, right) in left.figures.iter().zip(&right.figures) {
            let ordering = match (left, right) {
                (Some(left), Some(right)) if self.descending => right.total_cmp(left),
                (Some(left), Some(right)) => left.total_cmp(right),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => Ordering::Equal,
            };
            if ordering != Ordering::Equal {
                return ordering;
            }
        }
        left.number.cmp(&right.number)
    }
}

/// Where a row stands in an order.
#[derive(Clone, Debug, PartialEq)]
struct Position {
    figures: Vec<Option<f64>>,
    number: u64,
}

impl Position {
    fn cursor(&self) -> String {
        let mut text = format!("{:x}", self.number);
        for figure in &self.figures {
            // Writing to a string cannot fail.
            let _ = match figure {
                Some(figure) => write!(text, "-{:x}", figure.to_bits()),
                None => write!(text, "-n"),
            };
        }
        text
    }

    fn read(cursor: &str, columns: usize) -> Option<Self> {
        let mut parts = cursor.split('-');
        let number = u64::from_str_radix(parts.next()?, 16).ok()?;
        let figures = parts
            .map(|part| match part {
                "n" => Some(None),
                bits => u64::from_str_radix(bits, 16).ok().map(|bits| Some(f64::from_bits(bits))),
            })
            .collect::<Option<Vec<_>>>()?;
        (figures.len() == columns).then_some(Self { figures, number })
    }
}

/// Which part of a listing is wanted.
#[derive(Debug)]
pub(crate) struct PageRequest {
    order: Order,
    limit: usize,
    offset: usize,
    after: Option<Position>,
}

impl PageRequest {
    pub(crate) fn read(params: &Params, listing: Listing) -> Result<Self, Problem> {
        let order = Order::read(params)?;
        let limit = params.count("limit")?;
        match listing {
            Listing::Keyset => {
                if params.one("offset").is_some() {
                    let error = "offset is not supported on keyset endpoints, use after_cursor";
                    return Err(Problem::Invalid(error.to_owned()));
                }
                let limit = limit.unwrap_or(DEFAULT_LIMIT);
                if !(1..=MAX_LIMIT).contains(&limit) {
                    return Err(Problem::Invalid(format!(
                        "limit must be between 1 and {MAX_LIMIT}"
                    )));
                }
                let after = match params.one("after_cursor") {
                    None | Some(CURSOR_TO_START) => None,
                    Some(cursor) => Some(
                        Position::read(cursor, order.columns.len())
                            .ok_or_else(|| Problem::Invalid("invalid after_cursor".to_owned()))?,
                    ),
                };
                Ok(Self { order, limit, offset: 0, after })
            }
            Listing::Offset | Listing::Body => {
                let offset = params.count("offset")?.unwrap_or(0);
                if offset > MAX_OFFSET {
                    let error = "offset too large, use /markets/keyset";
                    return Err(Problem::Invalid(error.to_owned()));
                }
                let limit = limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
                Ok(Self { order, limit, offset, after: None })
            }
        }
    }

    /// The rows of this page, and the cursor of the next one when there is one.
    pub(crate) fn cut<'c, R: Listed>(
        &self,
        rows: &'c [Arc<R>],
        accepts: impl Fn(&R) -> bool,
    ) -> (Vec<&'c Arc<R>>, Option<String>) {
        let mut page: Vec<&Arc<R>> = if self.order.is_by_id() {
            let seen = self
                .after
                .as_ref()
                .map_or(0, |after| rows.partition_point(|row| row.facts().number <= after.number));
            let unseen = rows.get(seen..).unwrap_or_default().iter();
            unseen.filter(|row| accepts(row)).skip(self.offset).take(self.limit + 1).collect()
        } else {
            self.cut_sorted(rows, accepts)
        };
        let more = page.len() > self.limit;
        page.truncate(self.limit);
        let next = page.last().filter(|_| more);
        let next = next.map(|last| self.order.position(last.facts()).cursor());
        (page, next)
    }

    fn cut_sorted<'c, R: Listed>(
        &self,
        rows: &'c [Arc<R>],
        accepts: impl Fn(&R) -> bool,
    ) -> Vec<&'c Arc<R>> {
        let mut wanted: Vec<(Position, &Arc<R>)> = rows
            .iter()
            .filter(|row| accepts(row))
            .map(|row| (self.order.position(row.facts()), row))
            .filter(|(position, _)| {
                let after = self.after.as_ref();
                after.is_none_or(|after| self.order.compare(position, after) == Ordering::Greater)
            })
            .collect();
        wanted.sort_by(|(left, _), (right, _)| self.order.compare(left, right));
        wanted.into_iter().skip(self.offset).take(self.limit + 1).map(|(_, row)| row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_the_trip() {
        let position = Position { figures: vec![Some(-0.25), None], number: 42 };
        assert_eq!(Position::read(&position.cursor(), 2), Some(position.clone()));
        assert_eq!(Position::read(&position.cursor(), 1), None);
        assert_eq!(Position::read("not a cursor", 0), None);
    }
}
