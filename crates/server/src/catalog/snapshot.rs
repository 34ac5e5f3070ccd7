//! One state of the catalogue.

use std::{cmp::Reverse, fmt, sync::Arc};

use chrono::{DateTime, Utc};
use domain::analytics::Window;
use domain::{Category, ConditionId, EventScreen, MarketId, MarketStatus, Screen, TokenId};
use serde::{Deserialize, Serialize};
use store::{
    events::StoredEvent, intelligence::boards::markets::Stance, markets::StoredMarket,
    windows::CountedWindow,
};

use super::beside::Beside;
use super::columns::{MarketColumns, category_at};
use super::events::EventColumns;
use super::lists::Lists;
use super::lookup::{KeyIndex, KeyKind, id_key};
use super::page::{Page, Row};
use super::patch::Patch;
use super::smart_money::Stances;
use super::tags::Tags;
use super::text::TextIndex;
use super::titles::Titles;
use crate::view::{EventRow, FoundEvent, FoundMarket, MarketRow, SearchResults};

/// Markets, by slot.
#[derive(Clone, Default)]
pub(super) struct Markets {
    pub(super) columns: MarketColumns,
    /// [`MarketRow`]s as JSON.
    pub(super) rows: Vec<Arc<[u8]>>,
    pub(super) titles: Arc<Titles>,
    pub(super) text: TextIndex,
}

/// Events, by slot.
#[derive(Clone, Default)]
pub(super) struct Events {
    pub(super) columns: EventColumns,
    /// [`EventRow`]s as JSON; empty for an event that only markets speak of.
    pub(super) rows: Vec<Arc<[u8]>>,
    pub(super) titles: Arc<Titles>,
    pub(super) text: TextIndex,
}

/// One state of the catalogue: every market and event, ready to be screened, looked up and sent.
#[derive(Clone)]
pub struct Snapshot {
    pub(super) generation: i64,
    pub(super) as_of: DateTime<Utc>,
    /// Shared by the snapshots between two changes of the catalogue: what is known beside it changes more often.
    pub(super) markets: Arc<Markets>,
    pub(super) events: Arc<Events>,
    pub(super) beside: Arc<Beside>,
    /// The market slots of each event slot.
    pub(super) members: Arc<Lists>,
    pub(super) tags: Arc<Tags>,
    pub(super) keys: Arc<KeyIndex>,
}

impl Snapshot {
    /// The catalogue before anything was loaded: generation 0.
    pub fn empty() -> Self {
        Self {
            generation: 0,
            as_of: DateTime::UNIX_EPOCH,
            markets: Arc::default(),
            events: Arc::default(),
            beside: Arc::default(),
            members: Arc::default(),
            tags: Arc::default(),
            keys: Arc::default(),
        }
    }

    /// A catalogue of these markets and events. `generation` is the largest revision in the database,
    /// `now` decides which markets await their resolution.
    pub fn build(
        mut markets: Vec<StoredMarket>,
        events: Vec<StoredEvent>,
        generation: i64,
        now: DateTime<Utc>,
    ) -> Self {
        // Markets of one event lie together, which is how they are read.
        markets.sort_by_cached_key(|stored| {
            let event = stored.market.event_id.as_ref().map(|id| id_key(id.as_str()));
            (event, id_key(stored.market.market_id.as_str()))
        });
        Self::empty().patch(markets, events, generation, now)
    }

    /// This catalogue with some markets and events added or replaced. What did not change is shared.
    /// Rows whose end date has passed since [`Snapshot::as_of`] are written anew too.
    #[must_use]
    pub fn patch(
        &self,
        markets: Vec<StoredMarket>,
        events: Vec<StoredEvent>,
        generation: i64,
        now: DateTime<Utc>,
    ) -> Self {
        let mut patch = Patch::new(self.clone(), generation, now);
        for stored in events {
            patch.take_event(&stored);
        }
        for stored in markets {
            patch.take_market(&stored);
        }
        patch.finish()
    }

    /// This catalogue with what the tape says of a window; `None`: the tape does not cover it. Everything else
    /// is shared.
    #[must_use]
    pub fn with_window(&self, window: Window, count: Option<&CountedWindow>) -> Self {
        let mut next = self.clone();
        let beside = Arc::make_mut(&mut next.beside);
        beside.windows.put(window, count, self.market_count(), |id| self.market_with_id(id));
        next
    }

    /// This catalogue with where smart money stands, as it was found when it was asked at `as_of`. Everything else is
    /// shared.
    #[must_use]
    pub fn with_stances(&self, as_of: Option<DateTime<Utc>>, found: &[Stance]) -> Self {
        let mut next = self.clone();
        let slot_of = |id: &MarketId| self.market_with_id(id.as_str());
        let stances = Stances::new(as_of, found, self.market_count(), slot_of);
        Arc::make_mut(&mut next.beside).stances = stances;
        next
    }

    /// When it was asked where smart money stands; `None` where it stands nowhere.
    pub fn stances_as_of(&self) -> Option<DateTime<Utc>> {
        self.beside.stances.as_of()
    }

    /// When the last count of a window ended; `None` while the window is unknown.
    pub fn window_as_of(&self, window: Window) -> Option<DateTime<Utc>> {
        self.beside.windows.as_of(window)
    }

    /// Names the counts of the windows, and the stances, that this snapshot holds. Together with [`Snapshot::generation`] it
    /// identifies what the snapshot answers, on every node alike.
    pub fn windows_version(&self) -> u64 {
        self.beside.version()
    }

    /// The largest revision in the catalogue: equal on every node that holds the same.
    pub fn generation(&self) -> i64 {
        self.generation
    }

    /// When the snapshot was made.
    pub fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// How many markets it holds, whatever their status.
    pub fn market_count(&self) -> usize {
        self.markets.columns.len()
    }

    /// How many markets of a status it holds; of any for `None`.
    pub fn count_of(&self, status: Option<MarketStatus>) -> usize {
        status.map_or_else(
            || self.market_count(),
            |status| self.markets.columns.statuses[status as usize].count(),
        )
    }

    /// How many events it holds, whatever their status.
    pub fn event_count(&self) -> usize {
        self.events.columns.held.count()
    }

    /// Nothing has been loaded yet.
    pub fn is_empty(&self) -> bool {
        self.market_count() == 0 && self.event_count() == 0
    }

    /// The market with that market id, else condition id, else token id, else slug. A slug is not unique
    /// over time: an open market goes first, then the newest.
    pub fn market(&self, key: &str) -> Option<Row<MarketRow>> {
        self.market_slot(key).map(|slot| self.market_row(slot))
    }

    /// The event with that event id, else slug: an open event goes first, then the newest.
    pub fn event(&self, key: &str) -> Option<Row<EventRow>> {
        self.event_slot(key).map(|slot| Row::new(Arc::clone(&self.events.rows[slot])))
    }

    /// Every market of the event with that event id or slug: open ones first, then by price of outcome 0.
    pub fn event_markets(&self, key: &str) -> Vec<Row<MarketRow>> {
        let slot = self.event_slot(key);
        let members =
            slot.map(|slot| ranked_members(&self.markets.columns, self.members.get(slot)));
        members.unwrap_or_default().into_iter().map(|slot| self.market_row(slot)).collect()
    }

    /// The best matches for a text, at most `limit` markets and `limit` events, whatever their status.
    pub fn search(&self, text: &str, limit: usize) -> SearchResults {
        let text = Some(text.to_owned());
        let page = Page::first(limit);
        let markets = Screen { search: text.clone(), status: None, ..Screen::default() };
        let events = EventScreen { search: text, closed: None, ..EventScreen::default() };
        let markets = self.screen(&markets, &page, false, self.as_of);
        let events = self.screen_events(&events, &page, false);
        // Only cursors are refused, and rows of our own writing are read back.
        let markets = markets.ok().and_then(|page| page.read().ok()).unwrap_or_default();
        let events = events.ok().and_then(|page| page.read().ok()).unwrap_or_default();
        let found_market = |row: MarketRow| FoundMarket {
            market_id: row.market_id,
            slug: row.slug,
            title: row.title,
            event_title: row.event.map(|event| event.title),
            price: row.price,
            status: row.status,
        };
        let found_event = |row: EventRow| FoundEvent {
            event_id: row.event_id,
            slug: row.slug,
            title: row.title,
            market_count: row.market_count,
        };
        SearchResults {
            markets: markets.into_iter().map(found_market).collect(),
            events: events.into_iter().map(found_event).collect(),
        }
    }

    pub(super) fn market_row(&self, slot: usize) -> Row<MarketRow> {
        Row::of_market(Arc::clone(&self.markets.rows[slot]), Arc::clone(&self.beside), slot)
    }

    pub(super) fn market_rows(&self, slots: &[u32]) -> Vec<Row<MarketRow>> {
        slots.iter().map(|slot| self.market_row(*slot as usize)).collect()
    }

    pub(super) fn event_rows(&self, slots: &[u32]) -> Vec<Row<EventRow>> {
        let rows = slots.iter().map(|slot| Arc::clone(&self.events.rows[*slot as usize]));
        rows.map(Row::new).collect()
    }

    /// See [`Snapshot::market`].
    pub(super) fn market_slot(&self, key: &str) -> Option<usize> {
        let condition = ConditionId::parse(key).ok();
        let token = TokenId::parse(key).ok();
        self.market_with_id(key)
            .or_else(|| {
                let key = condition.as_ref()?.as_str();
                self.market_named(KeyKind::Condition, key, |n| {
                    n.condition_id.as_deref() == Some(key)
                })
            })
            .or_else(|| {
                let key = token.as_ref()?.as_str();
                self.market_named(KeyKind::Token, key, |n| n.token_ids.iter().any(|id| id == key))
            })
            .or_else(|| self.market_named(KeyKind::MarketSlug, key, |names| names.slug == key))
    }

    /// The category of the market with that market id; `None` where either is unknown.
    pub fn category_of(&self, market_id: &str) -> Option<Category> {
        let slot = self.market_with_id(market_id)?;
        let code = self.markets.columns.categories.iter().position(|of| of.get(slot))?;
        category_at(code)
    }

    /// Whether the market with that market id is known and trading in it has not ended.
    pub fn is_open(&self, market_id: &str) -> bool {
        self.market_with_id(market_id).is_some_and(|slot| self.markets.columns.open().get(slot))
    }

    pub(super) fn market_with_id(&self, id: &str) -> Option<usize> {
        let ids = &self.markets.columns.ids;
        let key = id_key(id);
        self.keys.candidates(KeyKind::MarketId, id).find(|slot| ids[*slot] == key)
    }

    pub(super) fn event_with_id(&self, id: &str) -> Option<usize> {
        let ids = &self.events.columns.ids;
        let key = id_key(id);
        self.keys.candidates(KeyKind::EventId, id).find(|slot| ids[*slot] == key)
    }

    /// See [`Snapshot::event`].
    pub(super) fn event_slot(&self, key: &str) -> Option<usize> {
        let columns = &self.events.columns;
        let with_id = self.event_with_id(key).filter(|slot| columns.held.get(*slot));
        with_id.or_else(|| {
            let named = self.keys.candidates(KeyKind::EventSlug, key).filter(|slot| {
                let names: Option<SlugOnly> = read(&self.events.rows[*slot]);
                names.is_some_and(|names| names.slug == key)
            });
            named.max_by_key(|slot| {
                (!columns.closed.get(*slot), newest(columns.created_at[*slot]), columns.ids[*slot])
            })
        })
    }

    fn market_named(
        &self,
        kind: KeyKind,
        key: &str,
        has_name: impl Fn(&MarketNames) -> bool,
    ) -> Option<usize> {
        let columns = &self.markets.columns;
        let named = self
            .keys
            .candidates(kind, key)
            .filter(|slot| read(&self.markets.rows[*slot]).is_some_and(|names| has_name(&names)));
        named.max_by_key(|slot| {
            let open = columns.statuses[MarketStatus::Open as usize].get(*slot);
            (open, newest(columns.created_at[*slot]), columns.ids[*slot])
        })
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("generation", &self.generation)
            .field("as_of", &self.as_of)
            .field("markets", &self.market_count())
            .field("events", &self.event_count())
            .finish_non_exhaustive()
    }
}

/// What a market is looked up by, read from its row.
#[derive(Deserialize)]
struct MarketNames {
    condition_id: Option<String>,
    slug: String,
    token_ids: Vec<String>,
}

#[derive(Deserialize)]
struct SlugOnly {
    slug: String,
}

/// Microseconds since 1970 as something that has an order; unknown comes before everything.
fn newest(created_at: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "made from an i64; NaN is told apart")]
    let micros = created_at as i64;
    if created_at.is_nan() { i64::MIN } else { micros }
}

/// The listed market slots of an event, open ones first, then by price of outcome 0, unknown ones last.
pub(super) fn ranked_members(columns: &MarketColumns, members: &[u32]) -> Vec<usize> {
    let members = members.iter().map(|slot| *slot as usize);
    let mut ranked: Vec<usize> = members.filter(|slot| columns.listed.get(*slot)).collect();
    // Prices lie between 0 and 1.
    let price = |slot: usize| if columns.price[slot].is_nan() { -1.0 } else { columns.price[slot] };
    ranked.sort_by(|a, b| {
        let open = |slot: usize| Reverse(columns.open().get(slot));
        open(*a)
            .cmp(&open(*b))
            .then_with(|| price(*b).total_cmp(&price(*a)))
            .then_with(|| columns.ids[*a].cmp(&columns.ids[*b]))
    });
    ranked
}

/// A row of our own writing, or the part of it that `T` names. `None` only for the empty row of an event
/// that is not held.
pub(super) fn read<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    serde_json::from_slice(json).ok()
}

/// A row as it is kept and sent.
pub(super) fn write<T: Serialize>(row: &T) -> Arc<[u8]> {
    // Writing to memory what has no maps cannot fail.
    serde_json::to_vec(row).unwrap_or_default().into()
}
