//! Which rows a listing shows.

mod event;
mod market;
mod tag;

use std::collections::HashSet;

pub(crate) use event::EventFilter;
pub(crate) use market::MarketFilter;
pub(super) use tag::TagFilter;

use super::params::Params;
use super::problem::Problem;
use crate::catalogue::{ColumnId, Facts, column};

/// Range parameters: `<prefix>_min` and `<prefix>_max` on a column.
type Prefixes = [(&'static str, &'static str)];

/// Ranges in time that events and markets share.
const DATE_RANGES: [(&str, &str); 2] = [("start_date", "startDate"), ("end_date", "endDate")];

/// How the listings differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listing {
    /// `/markets`, `/events`: array, `offset`.
    Offset,
    /// `/markets/keyset`, `/events/keyset`: page with a cursor.
    Keyset,
    /// `POST /markets/information`, `/markets/abridged`: filters in a JSON body.
    Body,
}

/// Conditions on the facts that events and markets share.
#[derive(Debug)]
struct Common {
    numbers: Option<HashSet<u64>>,
    slugs: Option<HashSet<String>>,
    closed: Option<bool>,
    active: Option<bool>,
    archived: Option<bool>,
    featured: Option<bool>,
    cyom: Option<bool>,
    ranges: Vec<Range>,
}

/// Inclusive bounds; a row whose figure is unknown is outside.
#[derive(Debug)]
struct Range {
    column: ColumnId,
    min: f64,
    max: f64,
}

impl Common {
    fn read(params: &Params, figures: &Prefixes, dates: &Prefixes) -> Result<Self, Problem> {
        let mut bounds = Vec::new();
        for (prefix, name) in figures {
            let min = params.figure(&format!("{prefix}_min"))?;
            let max = params.figure(&format!("{prefix}_max"))?;
            bounds.extend(range(name, min, max));
        }
        for (prefix, name) in DATE_RANGES.iter().chain(dates) {
            let min = params.instant_ms(&format!("{prefix}_min"))?.map(|at_ms| at_ms as f64);
            let max = params.instant_ms(&format!("{prefix}_max"))?.map(|at_ms| at_ms as f64);
            bounds.extend(range(name, min, max));
        }
        Ok(Self {
            numbers: params.numbers("id")?.map(HashSet::from_iter),
            slugs: params.set("slug"),
            closed: params.flag("closed")?,
            active: params.flag("active")?,
            archived: params.flag("archived")?,
            featured: params.flag("featured")?,
            cyom: params.flag("cyom")?,
            ranges: bounds,
        })
    }

    fn accepts(&self, facts: &Facts) -> bool {
        let is = |wanted: Option<bool>, held: bool| wanted.is_none_or(|wanted| wanted == held);
        is(self.closed, facts.closed)
            && is(self.active, facts.active)
            && is(self.archived, facts.archived)
            && is(self.featured, facts.featured)
            && is(self.cyom, facts.cyom)
            && self.numbers.as_ref().is_none_or(|numbers| numbers.contains(&facts.number))
            && named(self.slugs.as_ref(), &facts.slug)
            && self.ranges.iter().all(|range| {
                let figure = facts.figures.get(range.column);
                figure.is_some_and(|figure| (range.min..=range.max).contains(&figure))
            })
    }
}

fn range(name: &str, min: Option<f64>, max: Option<f64>) -> Option<Range> {
    if min.is_none() && max.is_none() {
        return None;
    }
    let (min, max) = (min.unwrap_or(f64::NEG_INFINITY), max.unwrap_or(f64::INFINITY));
    column(name).map(|column| Range { column, min, max })
}

/// Whether a name is among those wanted, when some are.
fn named(wanted: Option<&HashSet<String>>, held: &str) -> bool {
    wanted.is_none_or(|wanted| wanted.contains(held))
}
