//! A screen: which markets a person wants to see, and in which order. The same value stands behind a
//! URL, a command line, an export, and later an alert.

mod parameters;
mod tape;
#[cfg(test)]
mod tests;
mod words;

use chrono::{DateTime, SecondsFormat, Utc};
use parameters::{
    join, read_categories, read_flag, read_range, read_search, read_sort, read_status, sort_word,
};
pub use tape::{TapeColumn, TapeFigure};
pub use words::{Closes, EventSortColumn, RangeColumn, SortColumn, Trait};

use crate::{Category, InvalidField, MarketStatus, query::QueryReader};

/// The longest search text, in characters.
pub const MAX_SEARCH_CHARS: usize = 200;
/// The most columns a screen sorts by.
pub const MAX_SORTS: usize = 4;

/// Bounds on a column, both inclusive. Rows whose value is unknown never lie within.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The column.
    pub column: RangeColumn,
    /// Smallest value wanted.
    pub min: Option<f64>,
    /// Largest value wanted.
    pub max: Option<f64>,
}

/// One column of an order. Unknown values come last in both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort<C = SortColumn> {
    /// The column.
    pub column: C,
    /// Largest first.
    pub descending: bool,
}

/// Which markets, in which order. [`Screen::default`] is every open market by volume over a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Screen {
    /// Words to find in the titles and tags; typing mistakes are forgiven.
    pub search: Option<String>,
    /// Any of these; `None` within stands for the unknown category. Empty: all.
    pub categories: Vec<Option<Category>>,
    /// Slugs of tags, all of which the market's event must have.
    pub tags: Vec<String>,
    /// `None`: whatever the status.
    pub status: Option<MarketStatus>,
    /// Upstream's own flag.
    pub active: Option<bool>,
    /// Upstream's own flag.
    pub closed: Option<bool>,
    /// Bounds, each column at most once.
    pub ranges: Vec<Range>,
    /// End date at or after.
    pub ends_after: Option<DateTime<Utc>>,
    /// End date before.
    pub ends_before: Option<DateTime<Utc>>,
    /// Any of these. Empty: all.
    pub closes: Vec<Closes>,
    /// All of these.
    pub traits: Vec<Trait>,
    /// The order; empty stands for [`Screen::order`]'s default.
    pub sort: Vec<Sort>,
}

impl Default for Screen {
    fn default() -> Self {
        Self {
            search: None,
            categories: Vec::new(),
            tags: Vec::new(),
            status: Some(MarketStatus::Open),
            active: None,
            closed: None,
            ranges: Vec::new(),
            ends_after: None,
            ends_before: None,
            closes: Vec::new(),
            traits: Vec::new(),
            sort: Vec::new(),
        }
    }
}

impl Screen {
    /// Takes a screen's parameters out of a query. Mistakes are recorded in `query`, and the parameter
    /// that has one is left out of the result.
    pub fn read(query: &mut QueryReader) -> Self {
        let search = read_search(query);
        let categories = read_categories(query);
        let tags = query.list("tag");
        let closed = read_flag(query, "closed");
        let status = read_status(query, closed);
        let active = read_flag(query, "active");
        let ranges =
            RangeColumn::ALL.iter().filter_map(|column| read_range(query, *column)).collect();
        let ends_after = query.instant("ends_after");
        let ends_before = query.instant("ends_before");
        let closes = query.words("closes", &Closes::expected(), Closes::parse);
        let traits = query.words("traits", &Trait::expected(), Trait::parse);
        let sort = read_sort(query, SortColumn::parse, &SortColumn::expected());
        if search.is_none() && sort.iter().any(|sort| sort.column == SortColumn::Relevance) {
            query.refuse("sort", "relevance", "needs a search text in q");
        }
        Self {
            search,
            categories,
            tags,
            status,
            active,
            closed,
            ranges,
            ends_after,
            ends_before,
            closes,
            traits,
            sort,
        }
    }

    /// Reads a screen and nothing else.
    pub fn from_pairs<K: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, Vec<InvalidField>> {
        let mut query = QueryReader::new(pairs);
        let screen = Self::read(&mut query);
        query.finish().map(|()| screen)
    }

    /// The screen as parameters, in one canonical order; [`Screen::from_pairs`] reads it back.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        let mut push = |name, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        push("q", self.search.clone());
        push("category", join(self.categories.iter().map(|c| c.map_or("unknown", Category::slug))));
        push("tag", join(self.tags.iter().map(String::as_str)));
        match self.status {
            Some(MarketStatus::Open) => {}
            status => push("status", Some(status.map_or("all", MarketStatus::slug).to_owned())),
        }
        push("active", self.active.map(|flag| flag.to_string()));
        push("closed", self.closed.map(|flag| flag.to_string()));
        for range in &self.ranges {
            let (min, max) = range.column.parameters();
            push(min, range.min.map(|value| value.to_string()));
            push(max, range.max.map(|value| value.to_string()));
        }
        let instant = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        push("ends_after", self.ends_after.map(instant));
        push("ends_before", self.ends_before.map(instant));
        push("closes", join(self.closes.iter().map(|value| value.slug())));
        push("traits", join(self.traits.iter().map(|value| value.slug())));
        let sorts: Vec<String> =
            self.sort.iter().map(|s| sort_word(s.column.slug(), s.descending)).collect();
        push("sort", join(sorts.iter().map(String::as_str)));
        pairs
    }

    /// The order to use: the one asked for, else best match first when searching, else most traded first.
    pub fn order(&self) -> Vec<Sort> {
        if !self.sort.is_empty() {
            return self.sort.clone();
        }
        let volume = Sort { column: SortColumn::Volume24h, descending: true };
        let relevance = Sort { column: SortColumn::Relevance, descending: true };
        if self.search.is_some() { vec![relevance, volume] } else { vec![volume] }
    }
}

/// Which events, in which order. The default is every open event by volume over a day.
#[derive(Debug, Clone, PartialEq)]
pub struct EventScreen {
    /// Words to find in the titles and tags.
    pub search: Option<String>,
    /// Any of these; `None` within stands for the unknown category. Empty: all.
    pub categories: Vec<Option<Category>>,
    /// Slugs of tags, all of which the event must have.
    pub tags: Vec<String>,
    /// `Some(true)`: closed events, `Some(false)`: open ones, `None`: all.
    pub closed: Option<bool>,
    /// The order; empty: volume over a day, largest first.
    pub sort: Vec<Sort<EventSortColumn>>,
}

impl Default for EventScreen {
    fn default() -> Self {
        Self {
            search: None,
            categories: Vec::new(),
            tags: Vec::new(),
            closed: Some(false),
            sort: Vec::new(),
        }
    }
}

impl EventScreen {
    /// Takes the parameters out of a query; see [`Screen::read`].
    pub fn read(query: &mut QueryReader) -> Self {
        let search = read_search(query);
        let categories = read_categories(query);
        let tags = query.list("tag");
        let closed = match query.text("status").as_deref() {
            None | Some("open") => Some(false),
            Some("closed") => Some(true),
            Some("all") => None,
            Some(other) => {
                query.refuse("status", other, "must be one of open, closed, all");
                Some(false)
            }
        };
        let sort = read_sort(query, EventSortColumn::parse, &EventSortColumn::expected());
        Self { search, categories, tags, closed, sort }
    }

    /// The screen as parameters, in one canonical order.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        let mut push = |name, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        push("q", self.search.clone());
        push("category", join(self.categories.iter().map(|c| c.map_or("unknown", Category::slug))));
        push("tag", join(self.tags.iter().map(String::as_str)));
        let status = match self.closed {
            Some(false) => None,
            Some(true) => Some("closed"),
            None => Some("all"),
        };
        push("status", status.map(str::to_owned));
        let sorts: Vec<String> =
            self.sort.iter().map(|s| sort_word(s.column.slug(), s.descending)).collect();
        push("sort", join(sorts.iter().map(String::as_str)));
        pairs
    }
}
