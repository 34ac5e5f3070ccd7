//! Which rows a listing shows.

use std::collections::HashSet;

use super::params::Params;
use super::problem::Problem;
use crate::catalogue::{Catalogue, ColumnId, Event, Facts, Market, column};

/// Most condition ids one request may name.
const MAX_CONDITION_IDS: usize = 100;

/// Range parameters: `<prefix>_min` and `<prefix>_max` on a column.
const MARKET_RANGES: [(&str, &str); 2] =
    [("liquidity_num", "liquidityNum"), ("volume_num", "volumeNum")];
const EVENT_RANGES: [(&str, &str); 2] = [("liquidity", "liquidity"), ("volume", "volume")];
const DATE_RANGES: [(&str, &str); 2] = [("start_date", "startDate"), ("end_date", "endDate")];

/// How the deprecated and the keyset listings differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listing {
    /// `/markets`, `/events`: array, `offset`.
    Offset,
    /// `/markets/keyset`, `/events/keyset`: page with a cursor.
    Keyset,
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
    ranges: Vec<Range>,
}

/// Inclusive bounds; a row whose figure is unknown is outside.
#[derive(Debug)]
struct Range {
    column: ColumnId,
    min: f64,
    max: f64,
}

/// Conditions on the tags of an event, or of the event of a market.
#[derive(Debug)]
struct TagFilter {
    numbers: Vec<u64>,
    all_of: bool,
    slugs: Vec<String>,
    excluded: Vec<u64>,
}

/// The condition of a `/markets` listing.
#[derive(Debug)]
pub(crate) struct MarketFilter {
    common: Common,
    tags: TagFilter,
    condition_ids: Option<HashSet<String>>,
    token_ids: Option<HashSet<String>>,
    question_ids: Option<HashSet<String>>,
}

/// The condition of an `/events` listing.
#[derive(Debug)]
pub(crate) struct EventFilter {
    common: Common,
    tags: TagFilter,
}

impl Common {
    fn read(params: &Params, ranges: &[(&str, &str)]) -> Result<Self, Problem> {
        let slugs = params.list("slug");
        let mut bounds = Vec::new();
        for (prefix, name) in ranges {
            let min = params.figure(&format!("{prefix}_min"))?;
            let max = params.figure(&format!("{prefix}_max"))?;
            bounds.extend(range(name, min, max));
        }
        for (prefix, name) in DATE_RANGES {
            let min = params.instant_ms(&format!("{prefix}_min"))?.map(|at_ms| at_ms as f64);
            let max = params.instant_ms(&format!("{prefix}_max"))?.map(|at_ms| at_ms as f64);
            bounds.extend(range(name, min, max));
        }
        Ok(Self {
            numbers: params.numbers("id")?.map(HashSet::from_iter),
            slugs: slugs.map(|slugs| slugs.into_iter().map(str::to_owned).collect()),
            closed: params.flag("closed")?,
            active: params.flag("active")?,
            archived: params.flag("archived")?,
            featured: params.flag("featured")?,
            ranges: bounds,
        })
    }

    fn accepts(&self, facts: &Facts) -> bool {
        let is = |wanted: Option<bool>, held: bool| wanted.is_none_or(|wanted| wanted == held);
        is(self.closed, facts.closed)
            && is(self.active, facts.active)
            && is(self.archived, facts.archived)
            && is(self.featured, facts.featured)
            && self.numbers.as_ref().is_none_or(|numbers| numbers.contains(&facts.number))
            && self.slugs.as_ref().is_none_or(|slugs| slugs.contains(&facts.slug))
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

impl TagFilter {
    fn read(params: &Params) -> Result<Self, Problem> {
        let slugs = params.list("tag_slug").unwrap_or_default();
        Ok(Self {
            numbers: params.numbers("tag_id")?.unwrap_or_default(),
            all_of: params.one("tag_match") == Some("all"),
            slugs: slugs.into_iter().map(str::to_owned).collect(),
            excluded: params.numbers("exclude_tag_id")?.unwrap_or_default(),
        })
    }

    fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.slugs.is_empty() && self.excluded.is_empty()
    }

    fn accepts(&self, event: &Event) -> bool {
        let tagged = |number: &u64| event.tag_numbers.contains(number);
        let by_number = self.numbers.is_empty()
            || if self.all_of {
                self.numbers.iter().all(tagged)
            } else {
                self.numbers.iter().any(tagged)
            };
        let by_slug =
            self.slugs.is_empty() || self.slugs.iter().any(|slug| event.tag_slugs.contains(slug));
        by_number && by_slug && !self.excluded.iter().any(tagged)
    }
}

impl MarketFilter {
    /// `closed` defaults to false since April 2026, whether or not ids are named. The keyset
    /// listing shows only active, unarchived rows unless ids are named.
    pub(crate) fn read(params: &Params, listing: Listing) -> Result<Self, Problem> {
        let mut common = Common::read(params, &MARKET_RANGES)?;
        common.closed = common.closed.or(Some(false));
        let ids = |name| {
            let ids = params.list(name);
            ids.map(|ids| ids.into_iter().map(str::to_owned).collect::<HashSet<_>>())
        };
        let filter = Self {
            tags: TagFilter::read(params)?,
            condition_ids: ids("condition_ids"),
            token_ids: ids("clob_token_ids"),
            question_ids: ids("question_ids"),
            common,
        };
        if filter.condition_ids.as_ref().is_some_and(|ids| ids.len() > MAX_CONDITION_IDS) {
            let error = format!("condition_ids: at most {MAX_CONDITION_IDS} are allowed");
            return Err(Problem::Invalid(error));
        }
        Ok(match listing {
            Listing::Keyset if !filter.names_rows() => filter.active_only(),
            Listing::Keyset | Listing::Offset => filter,
        })
    }

    fn names_rows(&self) -> bool {
        self.common.numbers.is_some()
            || self.common.slugs.is_some()
            || self.condition_ids.is_some()
            || self.token_ids.is_some()
            || self.question_ids.is_some()
    }

    fn active_only(mut self) -> Self {
        self.common.active = Some(true);
        self.common.archived = Some(false);
        self
    }

    pub(crate) fn accepts(&self, market: &Market, catalogue: &Catalogue) -> bool {
        let named = |ids: &Option<HashSet<String>>, id: &String| {
            ids.as_ref().is_none_or(|ids| ids.contains(id))
        };
        self.common.accepts(&market.facts)
            && named(&self.condition_ids, &market.condition_id)
            && named(&self.question_ids, &market.question_id)
            && self
                .token_ids
                .as_ref()
                .is_none_or(|ids| market.token_ids.iter().any(|token| ids.contains(token)))
            && (self.tags.is_empty()
                || catalogue.event_of(market).is_some_and(|event| self.tags.accepts(event)))
    }
}

impl EventFilter {
    /// Without `closed`, open and closed events are both listed.
    pub(crate) fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self { common: Common::read(params, &EVENT_RANGES)?, tags: TagFilter::read(params)? })
    }

    pub(crate) fn accepts(&self, event: &Event) -> bool {
        self.common.accepts(&event.facts) && (self.tags.is_empty() || self.tags.accepts(event))
    }
}
