//! What a search asks for.

use std::cmp::Ordering;

use crate::catalogue::{ColumnId, Event, column};
use crate::gamma::params::Params;
use crate::gamma::problem::Problem;

const DEFAULT_LIMIT: usize = 10;
const MAX_LIMIT: usize = 100;
const MAX_PAGE: usize = 100;
const HOUR_MS: i64 = 3_600_000;

/// Values of `sort` and the columns they mean.
const SORTS: [(&str, &str); 7] = [
    ("volume", "volume"),
    ("volume_24hr", "volume24hr"),
    ("liquidity", "liquidity"),
    ("competitive", "competitive"),
    ("closed_time", "closedTime"),
    ("start_date", "startDate"),
    ("end_date", "endDate"),
];

/// `sort` and `ascending`: the largest first unless told otherwise, unknown last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sort {
    column: ColumnId,
    ascending: bool,
}

impl Sort {
    pub(super) fn compare(self, left: &Event, right: &Event) -> Ordering {
        let figure = |event: &Event| event.facts.figures.get(self.column);
        match (figure(left), figure(right)) {
            (Some(left), Some(right)) if self.ascending => left.total_cmp(&right),
            (Some(left), Some(right)) => right.total_cmp(&left),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }
}

/// The parameters of a search. `cache`, `presets` and the like are ignored.
#[derive(Clone, Debug)]
pub(super) struct Query {
    /// In lower case, one space between words.
    pub(super) text: String,
    pub(super) limit: usize,
    /// From 1.
    page: usize,
    closed: Option<bool>,
    tag_slugs: Option<Vec<String>>,
    excluded_tags: Vec<u64>,
    recurrence: Option<String>,
    /// How long ago a market may have been closed to be shown in an open event.
    keep_closed_hours: i64,
    pub(super) sort: Option<Sort>,
    pub(super) with_tags: bool,
    pub(super) with_profiles: bool,
    pub(super) optimized: bool,
}

impl Query {
    pub(super) fn read(params: &Params) -> Result<Self, Problem> {
        let missing = || Problem::Invalid("query parameter q is required".to_owned());
        let text = params.one("q").ok_or_else(missing)?.to_lowercase();
        let page = params.count("page")?.unwrap_or(1);
        if !(1..=MAX_PAGE).contains(&page) {
            return Err(Problem::Invalid(format!("page must be between 1 and {MAX_PAGE}")));
        }
        let closed = match params.one("events_status") {
            None | Some("all") => None,
            Some("active" | "open") => Some(false),
            Some("closed" | "resolved") => Some(true),
            Some(_) => {
                let error = "expected value to be one of \"active, closed, resolved, all\"";
                return Err(Problem::Invalid(error.to_owned()));
            }
        };
        let flag = |name| Ok::<_, Problem>(params.flag(name)?.unwrap_or(false));
        let slugs = params.list("events_tag");
        Ok(Self {
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            limit: params.count("limit_per_type")?.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT),
            page,
            closed,
            tag_slugs: slugs.map(|slugs| slugs.into_iter().map(str::to_owned).collect()),
            excluded_tags: params.numbers("exclude_tag_id")?.unwrap_or_default(),
            recurrence: params.one("recurrence").map(str::to_owned),
            keep_closed_hours: params.whole("keep_closed_markets")?.unwrap_or(0),
            sort: read_sort(params)?,
            with_tags: flag("search_tags")?,
            with_profiles: flag("search_profiles")?,
            optimized: flag("optimized")?,
        })
    }

    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.text.split(' ')
    }

    /// Hits before the page.
    pub(super) fn offset(&self) -> usize {
        (self.page - 1) * self.limit
    }

    /// Whether the event may be shown, whatever its words.
    pub(super) fn accepts(&self, event: &Event) -> bool {
        event.facts.active
            && !event.facts.archived
            && self.closed.is_none_or(|closed| closed == event.facts.closed)
            && self
                .tag_slugs
                .as_ref()
                .is_none_or(|wanted| wanted.iter().any(|slug| event.tag_slugs.contains(slug)))
            && !self.excluded_tags.iter().any(|tag| event.tag_numbers.contains(tag))
            && self
                .recurrence
                .as_ref()
                .is_none_or(|wanted| event.traits.recurrences.contains(wanted))
    }

    /// When open events are searched: markets closed before then are left out of them.
    pub(super) fn closed_since_ms(&self, now_ms: i64) -> Option<i64> {
        let window_ms = self.keep_closed_hours.saturating_mul(HOUR_MS);
        (self.closed == Some(false)).then(|| now_ms.saturating_sub(window_ms))
    }
}

fn read_sort(params: &Params) -> Result<Option<Sort>, Problem> {
    let Some(name) = params.one("sort") else { return Ok(None) };
    let known = SORTS.iter().find(|(known, _)| *known == name);
    let Some(column) = known.and_then(|(_, name)| column(name)) else {
        return Err(Problem::Invalid("sort is not valid".to_owned()));
    };
    Ok(Some(Sort { column, ascending: params.flag("ascending")?.unwrap_or(false) }))
}
