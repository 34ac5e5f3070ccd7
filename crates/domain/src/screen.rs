//! A screen: which markets a person wants to see, and in which order. The same value stands behind a
//! URL, a command line, an export, and later an alert.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::{Category, InvalidField, MarketStatus, query::QueryReader};

/// The longest search text, in characters.
pub const MAX_SEARCH_CHARS: usize = 200;
/// The most columns a screen sorts by.
pub const MAX_SORTS: usize = 4;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// Every value, in the order pages list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in URLs.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The words people read.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// Reads the word used in URLs.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.slug() == word)
            }

            /// The words, separated by commas, for an error message or a help text.
            pub fn expected() -> String {
                Self::ALL.iter().map(|value| value.slug()).collect::<Vec<_>>().join(", ")
            }
        }
    };
}

words!(
    /// How soon an open market is due. Closed markets have none.
    Closes {
        /// End date within 24 hours.
        Day = "day", "within a day";
        /// One to seven days away.
        Week = "week", "1–7 days";
        /// One to four weeks away.
        Month = "month", "1–4 weeks";
        /// More than four weeks away.
        Later = "later", "later";
        /// End date passed, still open.
        Awaiting = "awaiting", "awaiting resolution";
        /// No end date.
        Unknown = "unknown", "no end date";
    }
);

impl Closes {
    /// The bucket of an open market with this end date.
    pub fn of(end_date: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let Some(end) = end_date else { return Self::Unknown };
        let hours = (end - now).num_seconds() as f64 / 3600.0;
        match hours {
            h if h < 0.0 => Self::Awaiting,
            h if h <= 24.0 => Self::Day,
            h if h <= 24.0 * 7.0 => Self::Week,
            h if h <= 24.0 * 28.0 => Self::Month,
            _ => Self::Later,
        }
    }
}

words!(
    /// A yes-or-no property of a market.
    Trait {
        /// One of several markets that exclude each other.
        NegRisk = "neg_risk", "neg-risk group";
        /// Takers are known to pay nothing.
        FeeFree = "fee_free", "fee-free";
        /// Earns liquidity rewards.
        Rewards = "rewards", "reward band";
        /// The exchange takes orders.
        AcceptingOrders = "accepting_orders", "accepting orders";
        /// Marked new by upstream.
        New = "new", "new";
    }
);

words!(
    /// A column that can be sorted by.
    SortColumn {
        /// Dollars over a day.
        Volume24h = "volume_24h", "volume 24h";
        /// Dollars over a week.
        Volume7d = "volume_7d", "volume 7d";
        /// Dollars over a month.
        Volume30d = "volume_30d", "volume 30d";
        /// Dollars over its life.
        VolumeTotal = "volume_total", "total volume";
        /// Dollars near the mid.
        Liquidity = "liquidity", "liquidity";
        /// Displayed price of outcome 0.
        Price = "price", "price";
        /// Ask less bid.
        Spread = "spread", "spread";
        /// Change of price over an hour.
        Change1h = "change_1h", "change 1h";
        /// Over a day.
        Change24h = "change_24h", "change 24h";
        /// Over a week.
        Change7d = "change_7d", "change 7d";
        /// Over a month.
        Change30d = "change_30d", "change 30d";
        /// End date.
        EndDate = "end_date", "closes";
        /// When upstream created it.
        CreatedAt = "created_at", "created";
        /// The question, alphabetically.
        Title = "title", "title";
        /// Nearness of the price to one half.
        Competitive = "competitive", "competitive";
        /// How well the text matches; needs a search text.
        Relevance = "relevance", "relevance";
    }
);

words!(
    /// A column of events that can be sorted by.
    EventSortColumn {
        /// Dollars over a day.
        Volume24h = "volume_24h", "volume 24h";
        /// Dollars over its life.
        VolumeTotal = "volume_total", "total volume";
        /// Dollars near the mid.
        Liquidity = "liquidity", "liquidity";
        /// End date.
        EndDate = "end_date", "closes";
        /// How many markets it has.
        MarketCount = "market_count", "markets";
        /// The title, alphabetically.
        Title = "title", "title";
        /// When upstream created it.
        CreatedAt = "created_at", "created";
    }
);

words!(
    /// A column that can be bounded.
    RangeColumn {
        /// Displayed price of outcome 0, 0 to 1.
        Price = "price", "price";
        /// Dollars over a day.
        Volume24h = "volume_24h", "volume 24h";
        /// Dollars over its life.
        VolumeTotal = "volume_total", "total volume";
        /// Dollars near the mid.
        Liquidity = "liquidity", "liquidity";
        /// Ask less bid, 0 to 1.
        Spread = "spread", "spread";
        /// Change of price over an hour, −1 to 1.
        Change1h = "change_1h", "change 1h";
        /// Over a day.
        Change24h = "change_24h", "change 24h";
        /// Over a week.
        Change7d = "change_7d", "change 7d";
    }
);

impl RangeColumn {
    fn bounds(self) -> (f64, f64) {
        match self {
            Self::Price | Self::Spread => (0.0, 1.0),
            Self::Change1h | Self::Change24h | Self::Change7d => (-1.0, 1.0),
            Self::Volume24h | Self::VolumeTotal | Self::Liquidity => (0.0, 1e14),
        }
    }

    /// Names of the parameters that bound the column from below and above.
    pub fn parameters(self) -> (&'static str, &'static str) {
        match self {
            Self::Price => ("price_min", "price_max"),
            Self::Volume24h => ("volume_24h_min", "volume_24h_max"),
            Self::VolumeTotal => ("volume_total_min", "volume_total_max"),
            Self::Liquidity => ("liquidity_min", "liquidity_max"),
            Self::Spread => ("spread_min", "spread_max"),
            Self::Change1h => ("change_1h_min", "change_1h_max"),
            Self::Change24h => ("change_24h_min", "change_24h_max"),
            Self::Change7d => ("change_7d_min", "change_7d_max"),
        }
    }
}

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
        let ends_after = read_instant(query, "ends_after");
        let ends_before = read_instant(query, "ends_before");
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

fn join<'a>(items: impl Iterator<Item = &'a str>) -> Option<String> {
    let joined = items.collect::<Vec<_>>().join(",");
    (!joined.is_empty()).then_some(joined)
}

fn sort_word(column: &str, descending: bool) -> String {
    if descending { format!("-{column}") } else { column.to_owned() }
}

fn read_search(query: &mut QueryReader) -> Option<String> {
    let text = query.text("q")?;
    if text.chars().count() > MAX_SEARCH_CHARS {
        query.refuse("q", &text, format!("must have at most {MAX_SEARCH_CHARS} characters"));
        return None;
    }
    Some(text)
}

fn read_categories(query: &mut QueryReader) -> Vec<Option<Category>> {
    let slugs: Vec<_> = Category::ALL.iter().map(|category| category.slug()).collect();
    query.words("category", &format!("{}, unknown", slugs.join(", ")), |word| {
        if word == "unknown" { Some(None) } else { word.parse().ok().map(Some) }
    })
}

/// `closed=true` without a status must not meet the default status, which would leave nothing.
fn read_status(query: &mut QueryReader, closed: Option<bool>) -> Option<MarketStatus> {
    let default = if closed.is_some() { None } else { Some(MarketStatus::Open) };
    match query.text("status").as_deref() {
        None => default,
        Some("all") => None,
        Some(word) => {
            let found = MarketStatus::ALL.into_iter().find(|status| status.slug() == word);
            if found.is_none() {
                query.refuse("status", word, "must be one of open, closed, resolved, all");
            }
            found
        }
    }
}

fn read_flag(query: &mut QueryReader, name: &'static str) -> Option<bool> {
    query.parse(name, "true or false")
}

fn read_instant(query: &mut QueryReader, name: &'static str) -> Option<DateTime<Utc>> {
    let text = query.text(name)?;
    // A form's date field sends a bare day, which is taken to begin at midnight UTC.
    let day = format!("{text}T00:00:00Z");
    let parsed =
        DateTime::parse_from_rfc3339(&text).or_else(|_| DateTime::parse_from_rfc3339(&day));
    if parsed.is_err() {
        query.refuse(name, &text, "must be an instant such as 2026-11-03T00:00:00Z, or a day");
    }
    parsed.ok().map(|instant| instant.with_timezone(&Utc))
}

fn read_range(query: &mut QueryReader, column: RangeColumn) -> Option<Range> {
    let (low, high) = column.bounds();
    let (min_name, max_name) = column.parameters();
    let mut min = query.within(min_name, low, high);
    let mut max = query.within(max_name, low, high);
    if column == RangeColumn::Volume24h {
        // The source document's names for the same bounds.
        min = query.within("volume_min", low, high).or(min);
        max = query.within("volume_max", low, high).or(max);
    }
    if let (Some(least), Some(most)) = (min, max)
        && least > most
    {
        query.refuse(min_name, &least.to_string(), format!("must not exceed {max_name}"));
    }
    (min.is_some() || max.is_some()).then_some(Range { column, min, max })
}

fn read_sort<C: Copy + PartialEq>(
    query: &mut QueryReader,
    parse: impl Fn(&str) -> Option<C>,
    expected: &str,
) -> Vec<Sort<C>> {
    let expected = format!("{expected}; a leading - sorts largest first");
    let sort = query.words("sort", &expected, |word| {
        let (word, descending) = word.strip_prefix('-').map_or((word, false), |rest| (rest, true));
        parse(word).map(|column| Sort { column, descending })
    });
    let repeated =
        sort.iter().enumerate().any(|(i, s)| sort[..i].iter().any(|t| t.column == s.column));
    if repeated {
        query.refuse("sort", "", "must not name a column twice");
    }
    if sort.len() > MAX_SORTS {
        query.refuse("sort", "", format!("must have at most {MAX_SORTS} columns"));
    }
    sort
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Vec<String> {
        let invalid = Screen::from_pairs(pairs.iter().copied()).unwrap_err();
        invalid.into_iter().map(|invalid| invalid.field).collect()
    }

    #[test]
    fn nothing_asked_is_the_default() {
        assert_eq!(Screen::from_pairs([("", ""); 0]).unwrap(), Screen::default());
        assert_eq!(Screen::default().to_pairs(), []);
    }

    #[test]
    fn every_bad_parameter_is_named() {
        let bad = [("category", "sport"), ("price_max", "52"), ("status", "live"), ("sort", "vol")];
        assert_eq!(fields(&bad), ["category", "status", "price_max", "sort"]);
        assert_eq!(fields(&[("price_min", "0.9"), ("price_max", "0.1")]), ["price_min"]);
        assert_eq!(fields(&[("sort", "relevance")]), ["sort"]);
        assert_eq!(fields(&[("sort", "price,-price")]), ["sort"]);
        assert_eq!(fields(&[("ends_after", "tomorrow")]), ["ends_after"]);
        assert_eq!(fields(&[("q", &"x".repeat(201))]), ["q"]);
        assert_eq!(fields(&[("utm_source", "x")]), ["utm_source"]);
    }

    #[test]
    fn the_source_documents_query_is_understood() {
        let pairs = [("category", "Sports"), ("volume_min", "10000"), ("active", "true")];
        let screen = Screen::from_pairs(pairs).unwrap();
        assert_eq!(screen.categories, [Some(Category::Sports)]);
        let volume = Range { column: RangeColumn::Volume24h, min: Some(10_000.0), max: None };
        assert_eq!(screen.ranges, [volume]);
        assert_eq!(screen.active, Some(true));
    }

    #[test]
    fn the_closed_flag_alone_asks_for_closed_markets() {
        let screen = Screen::from_pairs([("closed", "true")]).unwrap();
        assert_eq!((screen.status, screen.closed), (None, Some(true)));
    }

    fn subset<T: Clone + std::fmt::Debug + 'static>(
        all: &[T],
    ) -> impl Strategy<Value = Vec<T>> + use<T> {
        prop::sample::subsequence(all.to_vec(), 0..=all.len())
    }

    prop_compose! {
        fn screens()(
            search in prop::option::of("[a-z]{1,12}( [a-z]{1,6})?"),
            categories in subset(&Category::ALL.map(Some)),
            tags in prop::collection::vec("[a-z]{1,8}(-[a-z]{1,4})?", 0..3),
            status in prop::option::of(prop::sample::select(MarketStatus::ALL.to_vec())),
            active in any::<Option<bool>>(),
            columns in subset(RangeColumn::ALL),
            min in 0u32..50, max in 50u32..=100,
            closes in subset(Closes::ALL),
            traits in subset(Trait::ALL),
            mut sort in prop::sample::subsequence(SortColumn::ALL.to_vec(), 0..=MAX_SORTS),
            descending in any::<bool>(),
            seconds in prop::option::of(0i64..4_000_000_000),
        ) -> Screen {
            if search.is_none() {
                sort.retain(|column| *column != SortColumn::Relevance);
            }
            Screen {
                search, categories, tags, status, active, closes, traits,
                closed: None,
                ranges: columns.into_iter().map(|column| Range {
                    column, min: Some(f64::from(min) / 100.0), max: Some(f64::from(max) / 100.0),
                }).collect(),
                ends_after: seconds.and_then(|s| DateTime::from_timestamp(s, 0)),
                ends_before: None,
                sort: sort.into_iter().map(|column| Sort { column, descending }).collect(),
            }
        }
    }

    proptest! {
        #[test]
        fn a_screen_survives_its_url(screen in screens()) {
            prop_assert_eq!(Screen::from_pairs(screen.to_pairs()).unwrap(), screen);
        }

        #[test]
        fn any_text_is_read_or_refused(name in "[a-z_]{1,12}", value in ".{0,40}") {
            // The point is that nothing panics.
            let _ = Screen::from_pairs([(name, value)]);
        }
    }
}
