//! What a lab serves: events, markets, tags, series, teams and sports as pre-serialised rows with
//! the few fields that filters, sorting and look-ups need.

mod columns;
mod embedded;
mod related;
mod rows;
mod traits;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;

pub(crate) use columns::{ColumnId, Figures, column};
use embedded::Embedded;
pub(crate) use embedded::Series;
pub(crate) use related::{Related, Status};
pub(crate) use rows::{Event, Facts, Market, NotARow, Tag};
pub(crate) use traits::{EventTraits, MarketTraits};

use crate::json;

/// Events, markets, tags and sports ready to be served.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// By event number, ascending.
    events: Vec<Arc<Event>>,
    /// By market number, ascending.
    markets: Vec<Arc<Market>>,
    /// By tag number, ascending.
    tags: Vec<Arc<Tag>>,
    sports: Vec<Bytes>,
    event_by_slug: HashMap<String, usize>,
    market_by_slug: HashMap<String, usize>,
    tag_by_slug: HashMap<String, usize>,
    ignored_files: Vec<PathBuf>,
    /// Of every team, where that is known; otherwise those that games embed are served.
    teams: BTreeMap<u64, Bytes>,
    /// Put together when first asked for.
    embedded: OnceLock<Embedded>,
    sums_series: bool,
}

impl Catalogue {
    /// Puts rows in serving order. Where a slug is shared, the highest number (the newest row) has
    /// it, as upstream.
    pub(crate) fn new(
        events: BTreeMap<u64, Arc<Event>>,
        markets: BTreeMap<u64, Arc<Market>>,
        tags: BTreeMap<u64, Arc<Tag>>,
        sports: Vec<Bytes>,
        ignored_files: Vec<PathBuf>,
    ) -> Self {
        let events: Vec<_> = events.into_values().collect();
        let markets: Vec<_> = markets.into_values().collect();
        let tags: Vec<_> = tags.into_values().collect();
        let by_slug = |slugs: &mut dyn Iterator<Item = &String>| {
            slugs.enumerate().map(|(index, slug)| (slug.clone(), index)).collect()
        };
        Self {
            event_by_slug: by_slug(&mut events.iter().map(|event| &event.facts.slug)),
            market_by_slug: by_slug(&mut markets.iter().map(|market| &market.facts.slug)),
            tag_by_slug: by_slug(&mut tags.iter().map(|tag| &tag.slug)),
            events,
            markets,
            tags,
            sports,
            ignored_files,
            teams: BTreeMap::new(),
            embedded: OnceLock::new(),
            sums_series: false,
        }
    }

    /// Serves these teams, whether they have a game or not.
    #[must_use]
    pub(crate) fn with_teams(mut self, teams: impl IntoIterator<Item = (u64, Bytes)>) -> Self {
        self.teams = teams.into_iter().collect();
        self
    }

    /// Gives series rows the totals of their events. For a catalogue that holds all of them: in a
    /// recording the sums of the recorded few would be wrong.
    #[must_use]
    pub(crate) fn with_series_totals(mut self) -> Self {
        self.sums_series = true;
        self
    }

    /// Distinct events.
    pub fn event_count(&self) -> usize {
        self.events.len()
    }

    /// Distinct markets, nested ones included.
    pub fn market_count(&self) -> usize {
        self.markets.len()
    }

    /// Distinct tags.
    pub fn tag_count(&self) -> usize {
        self.tags.len()
    }

    /// JSON files of the replayed directory that hold something else than Gamma rows and were left
    /// out.
    pub fn ignored_files(&self) -> &[PathBuf] {
        &self.ignored_files
    }

    pub(crate) fn events(&self) -> &[Arc<Event>] {
        &self.events
    }

    pub(crate) fn markets(&self) -> &[Arc<Market>] {
        &self.markets
    }

    pub(crate) fn tags(&self) -> &[Arc<Tag>] {
        &self.tags
    }

    /// Leagues: those recorded by `/sports`, otherwise those that games embed.
    pub(crate) fn sports(&self) -> &[Bytes] {
        if self.sports.is_empty() { &self.embedded().sports } else { &self.sports }
    }

    /// By series number, ascending.
    pub(crate) fn all_series(&self) -> impl Iterator<Item = &Series> {
        self.embedded().series.values()
    }

    pub(crate) fn series(&self, number: u64) -> Option<&Series> {
        self.embedded().series.get(&number)
    }

    /// The newest of the series with that slug.
    pub(crate) fn series_by_slug(&self, slug: &str) -> Option<&Series> {
        self.embedded().series.values().rev().find(|series| series.slug == slug)
    }

    /// By number.
    pub(crate) fn teams(&self) -> &BTreeMap<u64, Bytes> {
        if self.teams.is_empty() { &self.embedded().teams } else { &self.teams }
    }

    fn embedded(&self) -> &Embedded {
        self.embedded.get_or_init(|| {
            let mut embedded = Embedded::gather(&self.events);
            if self.sums_series {
                embedded.sum_series(|number| self.event(number));
            }
            embedded
        })
    }

    pub(crate) fn event(&self, number: u64) -> Option<&Arc<Event>> {
        let index = self.events.binary_search_by_key(&number, |event| event.facts.number).ok()?;
        self.events.get(index)
    }

    pub(crate) fn market(&self, number: u64) -> Option<&Arc<Market>> {
        let index =
            self.markets.binary_search_by_key(&number, |market| market.facts.number).ok()?;
        self.markets.get(index)
    }

    pub(crate) fn tag(&self, number: u64) -> Option<&Arc<Tag>> {
        let index = self.tags.binary_search_by_key(&number, |tag| tag.number).ok()?;
        self.tags.get(index)
    }

    pub(crate) fn event_by_slug(&self, slug: &str) -> Option<&Arc<Event>> {
        self.event_by_slug.get(slug).and_then(|&index| self.events.get(index))
    }

    pub(crate) fn market_by_slug(&self, slug: &str) -> Option<&Arc<Market>> {
        self.market_by_slug.get(slug).and_then(|&index| self.markets.get(index))
    }

    pub(crate) fn tag_by_slug(&self, slug: &str) -> Option<&Arc<Tag>> {
        self.tag_by_slug.get(slug).and_then(|&index| self.tags.get(index))
    }

    /// The event a market belongs to.
    pub(crate) fn event_of(&self, market: &Market) -> Option<&Arc<Event>> {
        self.event(market.event_number?)
    }

    /// An event without its markets and tags, as `/markets` rows and series embed it.
    pub(crate) fn slim_body(&self, event: &Event) -> Bytes {
        // Recorded events name their series themselves.
        if !self.sums_series || event.series.is_empty() {
            return event.slim.clone();
        }
        let series = event.series.iter().filter_map(|embed| self.series(embed.number));
        let series = json::array(series.map(|series| series.body.as_ref()));
        let mut body = event.slim.to_vec();
        json::append_members(&mut body, [("series", series.as_slice())]);
        body.into()
    }

    /// An event as `/events` answers it: its markets nested, without their `events`.
    pub(crate) fn event_body(&self, event: &Event) -> Bytes {
        if let Some(recorded) = &event.recorded {
            return recorded.clone();
        }
        let markets = event.market_numbers.iter().filter_map(|&number| self.market(number));
        self.event_body_with(event, markets.map(|market| market.nested.as_ref()))
    }

    /// An event with some of its markets.
    pub(crate) fn event_body_with<'m>(
        &self,
        event: &Event,
        markets: impl IntoIterator<Item = &'m [u8]>,
    ) -> Bytes {
        let markets = json::array(markets);
        let markets = std::iter::once(("markets", markets.as_slice()));
        let (mut body, tags) = match without_markets(event) {
            Some(recorded) => (recorded, None),
            None => (self.slim_body(event).to_vec(), event.tags.as_ref()),
        };
        let tags = tags.map(|tags| ("tags", tags.as_ref()));
        json::append_members(&mut body, markets.chain(tags));
        body.into()
    }

    /// An event without its markets.
    pub(crate) fn event_body_alone(&self, event: &Event) -> Bytes {
        let body = without_markets(event).unwrap_or_else(|| {
            let mut body = self.slim_body(event).to_vec();
            let tags = event.tags.iter().map(|tags| ("tags", tags.as_ref()));
            json::append_members(&mut body, tags);
            body
        });
        body.into()
    }

    /// A market as `/markets` answers it: with its event in slim form, and the event's tags when
    /// `with_tags`.
    pub(crate) fn market_body(&self, market: &Market, with_tags: bool) -> Bytes {
        let event = self.event_of(market);
        let tags = event.filter(|_| with_tags).and_then(|event| event.tags.as_ref());
        if let (Some(recorded), None) = (&market.recorded, tags) {
            return recorded.clone();
        }
        let (mut body, slim) = match &market.recorded {
            Some(recorded) => (recorded.to_vec(), None),
            None => (
                market.nested.to_vec(),
                event.map(|event| json::array([self.slim_body(event).as_ref()])),
            ),
        };
        let slim = slim.as_ref().map(|slim| ("events", slim.as_slice()));
        let tags = tags.map(|tags| ("tags", tags.as_ref()));
        json::append_members(&mut body, slim.into_iter().chain(tags));
        body.into()
    }
}

/// What was recorded of an event as a whole, less its markets.
fn without_markets(event: &Event) -> Option<Vec<u8>> {
    event.recorded.as_ref()?;
    Some(event.members()?.without(&["markets"]))
}
