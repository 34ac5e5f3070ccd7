//! Making the next snapshot from the one before.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::Category;
use serde::Deserialize;
use store::{events::StoredEvent, markets::StoredMarket};

use super::bitmap::Bitmap;
use super::columns::{NO_EVENT, category_at, category_code, instant};
use super::lists::Lists;
use super::lookup::{KeyIndex, KeyKind, id_key, slot_number};
use super::snapshot::{Snapshot, ranked_members, read, write};
use super::words::fold;
use crate::view::{EventRef, EventRow, MarketRow, TopMarket};

/// Markets an event's row shows.
const TOP_MARKETS: usize = 3;

/// A snapshot being made. First every event is taken, then every market, then it is finished.
pub(super) struct Patch {
    next: Snapshot,
    before: DateTime<Utc>,
    new_markets: HashMap<u64, usize>,
    new_events: HashMap<u64, usize>,
    keys: Vec<(u64, u32)>,
    market_texts: BTreeMap<usize, String>,
    event_texts: BTreeMap<usize, String>,
    event_tags: HashMap<usize, Vec<u32>>,
    /// Rows of the events taken, without what is counted from their markets.
    event_rows: HashMap<usize, EventRow>,
    /// What markets show of their events, read once.
    shown: HashMap<usize, Option<ShownEvent>>,
    /// Markets whose event shows differently now.
    stale_markets: BTreeSet<usize>,
    written_markets: BTreeSet<usize>,
    /// Events whose markets have changed.
    stale_events: BTreeSet<usize>,
    /// Some market has come to an event, or left it.
    regrouped: bool,
}

/// The part of an event that its markets' rows show.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct ShownEvent {
    event_id: String,
    slug: String,
    title: String,
    category: Option<Category>,
    tags: Vec<String>,
}

impl ShownEvent {
    fn of(row: &EventRow) -> Self {
        Self {
            event_id: row.event_id.clone(),
            slug: row.slug.clone(),
            title: row.title.clone(),
            category: row.category,
            tags: row.tags.clone(),
        }
    }
}

impl Patch {
    pub(super) fn new(mut base: Snapshot, generation: i64, now: DateTime<Utc>) -> Self {
        let before = std::mem::replace(&mut base.as_of, now);
        base.generation = generation;
        Self {
            next: base,
            before,
            new_markets: HashMap::new(),
            new_events: HashMap::new(),
            keys: Vec::new(),
            market_texts: BTreeMap::new(),
            event_texts: BTreeMap::new(),
            event_tags: HashMap::new(),
            event_rows: HashMap::new(),
            shown: HashMap::new(),
            stale_markets: BTreeSet::new(),
            written_markets: BTreeSet::new(),
            stale_events: BTreeSet::new(),
            regrouped: false,
        }
    }

    /// Adds or replaces an event.
    pub(super) fn take_event(&mut self, stored: &StoredEvent) {
        let event = &stored.event;
        let slot = self.event_slot(event.event_id.as_str());
        let row = EventRow::new(event, stored.observed_at);
        let shown = ShownEvent::of(&row);
        if read(&self.next.events.rows[slot]).as_ref() != Some(&shown) {
            let members = self.next.members.get(slot);
            self.stale_markets.extend(members.iter().map(|market| *market as usize));
        }
        self.shown.insert(slot, Some(shown));
        self.add_key(KeyKind::EventSlug, &event.slug, slot);
        let tags =
            event.tags.iter().flat_map(|tag| [tag.slug.as_str(), " ", tag.label.as_str(), " "]);
        let text = format!("{}\n{}", fold(&event.title), fold(&tags.collect::<String>()));
        if self.next.events.titles.differs(slot, &text) {
            self.event_texts.insert(slot, text);
        }
        let tags = Arc::make_mut(&mut self.next.tags).learn(event, stored.observed_at);
        self.event_tags.insert(slot, tags);
        Arc::make_mut(&mut self.next.events).columns.created_at[slot] = instant(event.created_at);
        self.event_rows.insert(slot, row);
        self.stale_events.insert(slot);
    }

    /// Adds or replaces a market.
    pub(super) fn take_market(&mut self, stored: &StoredMarket) {
        let market = &stored.market;
        let slot = self.market_slot(market.market_id.as_str());
        let event = market.event_id.as_ref().map(|id| self.event_slot(id.as_str()));
        let event_number = event.map_or(NO_EVENT, slot_number);
        let columns = &mut Arc::make_mut(&mut self.next.markets).columns;
        let held_event = std::mem::replace(&mut columns.event_slots[slot], event_number);
        columns.own_categories[slot] =
            u8::try_from(category_code(market.category)).unwrap_or(u8::MAX);
        if held_event != event_number {
            self.regrouped = true;
            if held_event != NO_EVENT {
                self.stale_events.insert(held_event as usize);
            }
        }
        columns.listed.set(slot, stored.delisted_at.is_none());
        self.add_key(KeyKind::MarketSlug, &market.slug, slot);
        if let Some(id) = &market.condition_id {
            self.add_key(KeyKind::Condition, id.as_str(), slot);
        }
        for token in market.outcomes.iter().filter_map(|outcome| outcome.token_id.as_ref()) {
            self.add_key(KeyKind::Token, token.as_str(), slot);
        }
        let group = market.group_title.as_deref().unwrap_or_default();
        let text = format!("{}\n{}", fold(&market.title), fold(group));
        if self.next.markets.titles.differs(slot, &text) {
            self.market_texts.insert(slot, text);
        } else {
            // The same market may come twice, at last with its old text.
            self.market_texts.remove(&slot);
        }
        self.write_market(slot, MarketRow::new(market, stored.observed_at, self.next.as_of));
    }

    /// The snapshot, once everything was taken.
    pub(super) fn finish(mut self) -> Snapshot {
        self.collect_newly_due();
        for slot in std::mem::take(&mut self.stale_markets) {
            if !self.written_markets.contains(&slot)
                && let Some(row) = read(&self.next.markets.rows[slot])
            {
                self.write_market(slot, row);
            }
        }
        let event_count = self.next.events.columns.len();
        if self.regrouped || self.next.members.len() != event_count {
            let event_slots = &self.next.markets.columns.event_slots;
            let pairs = event_slots.iter().zip(0..).filter(|(event, _)| **event != NO_EVENT);
            let pairs = pairs.map(|(event, market)| (*event, market));
            self.next.members = Arc::new(Lists::from_pairs(event_count, pairs));
        }
        for slot in std::mem::take(&mut self.stale_events) {
            self.write_event(slot);
        }
        if !self.event_tags.is_empty() || self.next.tags.events() != event_count {
            Arc::make_mut(&mut self.next.tags).assign(&self.event_tags, event_count);
        }
        if !self.keys.is_empty() {
            Arc::make_mut(&mut self.next.keys).extend(self.keys);
        }
        let markets = Arc::make_mut(&mut self.next.markets);
        update_text(&mut markets.titles, &mut markets.text, self.market_texts);
        let events = Arc::make_mut(&mut self.next.events);
        update_text(&mut events.titles, &mut events.text, self.event_texts);
        if !self.new_markets.is_empty() {
            let new = &self.new_markets;
            Arc::make_mut(&mut self.next.beside).welcome(|key| new.get(&key).copied());
        }
        self.next
    }

    /// Open markets whose end date lies between the last snapshot and this one begin to await their
    /// resolution; if the clock was set back, they stop.
    fn collect_newly_due(&mut self) {
        let micros = |at: DateTime<Utc>| at.timestamp_micros() as f64;
        let (before, now) = (micros(self.before), micros(self.next.as_of));
        let columns = &self.next.markets.columns;
        let mut due: Bitmap = columns.open().clone();
        due.retain(&columns.end_date, |end| (end < before) != (end < now));
        self.stale_markets.extend(due.iter());
    }

    /// Completes a market's row by its event and puts it in place.
    fn write_market(&mut self, slot: usize, mut row: MarketRow) {
        let columns = &self.next.markets.columns;
        let event = columns.event_slots[slot];
        let own_category = category_at(usize::from(columns.own_categories[slot]));
        let shown = (event != NO_EVENT).then(|| self.shown_event(event as usize)).flatten();
        row.category = shown.and_then(|event| event.category).or(own_category);
        row.tags = shown.map(|event| event.tags.clone()).unwrap_or_default();
        row.event = shown.map(|event| EventRef {
            event_id: event.event_id.clone(),
            slug: event.slug.clone(),
            title: event.title.clone(),
        });
        let now = self.next.as_of;
        row.awaiting_resolution = !row.closed && row.end_date.is_some_and(|end| end < now);
        let markets = Arc::make_mut(&mut self.next.markets);
        markets.columns.set(slot, &row);
        markets.rows[slot] = write(&row);
        self.written_markets.insert(slot);
        if event != NO_EVENT {
            self.stale_events.insert(event as usize);
        }
    }

    /// Completes an event's row by its markets and puts it in place.
    fn write_event(&mut self, slot: usize) {
        let taken = self.event_rows.remove(&slot);
        let Some(mut row) = taken.or_else(|| read(&self.next.events.rows[slot])) else {
            return;
        };
        let markets = &self.next.markets;
        let members = ranked_members(&markets.columns, self.next.members.get(slot));
        let open = |slot: &&usize| markets.columns.open().get(**slot);
        row.market_count = members.len();
        row.open_market_count = members.iter().filter(open).count();
        let top = members.iter().take(TOP_MARKETS);
        row.top_markets = top.filter_map(|slot| read::<TopMarket>(&markets.rows[*slot])).collect();
        let events = Arc::make_mut(&mut self.next.events);
        events.columns.set(slot, &row);
        events.rows[slot] = write(&row);
    }

    fn shown_event(&mut self, slot: usize) -> Option<&ShownEvent> {
        let rows = &self.next.events.rows;
        self.shown.entry(slot).or_insert_with(|| read(&rows[slot])).as_ref()
    }

    fn market_slot(&mut self, id: &str) -> usize {
        let key = id_key(id);
        let held = self.new_markets.get(&key).copied();
        held.or_else(|| self.next.market_with_id(id)).unwrap_or_else(|| {
            let markets = Arc::make_mut(&mut self.next.markets);
            let slot = markets.columns.add(key);
            markets.rows.push(Arc::default());
            self.new_markets.insert(key, slot);
            self.add_key(KeyKind::MarketId, id, slot);
            slot
        })
    }

    fn event_slot(&mut self, id: &str) -> usize {
        let key = id_key(id);
        let held = self.new_events.get(&key).copied();
        held.or_else(|| self.next.event_with_id(id)).unwrap_or_else(|| {
            let events = Arc::make_mut(&mut self.next.events);
            let slot = events.columns.add(key);
            events.rows.push(Arc::default());
            self.new_events.insert(key, slot);
            self.add_key(KeyKind::EventId, id, slot);
            slot
        })
    }

    fn add_key(&mut self, kind: KeyKind, key: &str, slot: usize) {
        let entry = KeyIndex::entry(kind, key, slot);
        if !self.next.keys.contains(entry) {
            self.keys.push(entry);
        }
    }
}

fn update_text(
    titles: &mut Arc<super::titles::Titles>,
    text: &mut super::text::TextIndex,
    changed: BTreeMap<usize, String>,
) {
    if changed.is_empty() {
        return;
    }
    let slots: Vec<usize> = changed.keys().copied().collect();
    Arc::make_mut(titles).update(changed);
    text.update(titles.texts(), slots.into_iter());
}
