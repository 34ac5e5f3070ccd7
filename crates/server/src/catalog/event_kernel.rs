//! Screening events.

use std::time::Instant;

use domain::{EventScreen, EventSortColumn, Sort};
use xxhash_rust::xxh3::xxh3_64;

use super::bitmap::Bitmap;
use super::columns::category_code;
use super::cursor::BadCursor;
use super::facets;
use super::kernel::{Facet, Filtered, any_of};
use super::matching::Matches;
use super::order::{Order, SortKey, SortValues};
use super::page::{Page, ScreenPage};
use super::snapshot::Snapshot;
use crate::view::{EventRow, Facets};

impl Snapshot {
    /// The page of an event screen's result. A screen with a text and no order puts the best match
    /// first.
    pub fn screen_events(
        &self,
        screen: &EventScreen,
        page: &Page,
        want_facets: bool,
    ) -> Result<ScreenPage<EventRow>, BadCursor> {
        let started = Instant::now();
        let matches = screen.search.as_deref().map(|text| self.match_events(text));
        let filtered = self.filter_events(screen, matches.as_ref());
        let mask = filtered.all();
        let selection = self.event_order(screen, matches.as_ref()).select(&mask, page)?;
        Ok(ScreenPage {
            rows: self.event_rows(&selection.slots),
            total: mask.count(),
            next_cursor: selection.next_cursor,
            facets: want_facets.then(|| self.event_facets(screen, &filtered)),
            duration: started.elapsed(),
        })
    }

    fn filter_events(&self, screen: &EventScreen, matches: Option<&Matches>) -> Filtered {
        let columns = &self.events.columns;
        let len = columns.len();
        let mut base = columns.held.clone();
        if let Some(matches) = matches {
            base.and(&matches.mask);
        }
        let mut facets = Vec::new();
        if !screen.categories.is_empty() {
            let chosen = screen.categories.iter().map(|c| &columns.categories[category_code(*c)]);
            facets.push((Facet::Category, any_of(len, chosen)));
        }
        if let Some(closed) = screen.closed {
            facets.push((
                Facet::Status,
                if closed { columns.closed.clone() } else { self.open_events() },
            ));
        }
        if !screen.tags.is_empty() {
            let wanted: Vec<_> = screen.tags.iter().map(|slug| self.tags.number(slug)).collect();
            let mut tagged = Bitmap::full(len);
            tagged.retain(&self.tags.events_with(&wanted, len), |has_all| has_all);
            facets.push((Facet::Tags, tagged));
        }
        Filtered { base, facets }
    }

    fn open_events(&self) -> Bitmap {
        let mut open = self.events.columns.held.clone();
        open.and_not(&self.events.columns.closed);
        open
    }

    fn event_facets(&self, screen: &EventScreen, filtered: &Filtered) -> Facets {
        let columns = &self.events.columns;
        let mask = filtered.without(Facet::Category);
        let category = facets::categories(&columns.categories, &mask, &screen.categories);
        let mask = filtered.without(Facet::Status);
        let status = [("open", &self.open_events(), false), ("closed", &columns.closed, true)];
        let status = status.map(|(slug, rows, closed)| {
            facets::count((slug, slug), rows, &mask, screen.closed == Some(closed))
        });
        let mut in_event = vec![0; columns.len()];
        filtered.without(Facet::Tags).iter().for_each(|slot| in_event[slot] = 1);
        Facets {
            category,
            status: status.to_vec(),
            closes: Vec::new(),
            traits: Vec::new(),
            tags: facets::tags(&self.tags, &in_event, &screen.tags),
        }
    }

    fn event_order<'a>(&'a self, screen: &EventScreen, matches: Option<&'a Matches>) -> Order<'a> {
        let mut keys = Vec::new();
        let mut name = vec!["events".to_owned()];
        if let Some(matches) = matches
            && screen.sort.is_empty()
        {
            keys.push(SortKey { values: SortValues::Scores(&matches.scores), descending: true });
            let text = screen.search.as_deref().unwrap_or_default();
            name.push(format!("relevance:{:016x}", xxh3_64(text.as_bytes())));
        }
        let by_volume = [Sort { column: EventSortColumn::Volume24h, descending: true }];
        let asked = if screen.sort.is_empty() { &by_volume[..] } else { &screen.sort };
        for sort in asked {
            let values = self.events.columns.sortable(sort.column);
            let values =
                values.map_or(SortValues::Titles(&self.events.titles), SortValues::Numbers);
            keys.push(SortKey { values, descending: sort.descending });
            let direction = if sort.descending { "-" } else { "" };
            name.push(format!("{direction}{}", sort.column.slug()));
        }
        Order { name: name.join(","), keys, ids: &self.events.columns.ids }
    }
}
