//! Screening markets: every filter becomes a set of rows, and the answer is their intersection.

use std::time::Instant;

use chrono::{DateTime, Utc};
use domain::screen::Range;
use domain::{Closes, MarketStatus, Screen, SortColumn, Trait};
use xxhash_rust::xxh3::xxh3_64;

use super::bitmap::Bitmap;
use super::columns::{NO_EVENT, category_code, instant};
use super::cursor::BadCursor;
use super::facets;
use super::matching::Matches;
use super::order::{Order, SortKey, SortValues};
use super::page::{Page, Row, ScreenPage};
use super::snapshot::Snapshot;
use crate::view::{Facets, MarketRow};

/// The filters of which facets count the alternatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Facet {
    Category,
    Status,
    Closes,
    Traits,
    Tags,
}

/// The rows that meet the filters without a facet, and those that meet each of the others.
pub(super) struct Filtered {
    pub(super) base: Bitmap,
    pub(super) facets: Vec<(Facet, Bitmap)>,
}

impl Filtered {
    /// Rows that meet every filter.
    pub(super) fn all(&self) -> Bitmap {
        self.intersect(|_| true)
    }

    /// Rows that meet every filter but one.
    pub(super) fn without(&self, facet: Facet) -> Bitmap {
        self.intersect(|other| other != facet)
    }

    fn intersect(&self, wanted: impl Fn(Facet) -> bool) -> Bitmap {
        let mut mask = self.base.clone();
        for (_, rows) in self.facets.iter().filter(|(facet, _)| wanted(*facet)) {
            mask.and(rows);
        }
        mask
    }
}

/// Rows that are in any of the sets.
pub(super) fn any_of<'a>(len: usize, sets: impl IntoIterator<Item = &'a Bitmap>) -> Bitmap {
    let mut any = Bitmap::empty(len);
    sets.into_iter().for_each(|set| any.or(set));
    any
}

impl Snapshot {
    /// The page of a screen's result. With `want_facets`, the result also says what other choices would
    /// leave. `now` decides how soon markets are due.
    pub fn screen(
        &self,
        screen: &Screen,
        page: &Page,
        want_facets: bool,
        now: DateTime<Utc>,
    ) -> Result<ScreenPage<MarketRow>, BadCursor> {
        let started = Instant::now();
        let matches = screen.search.as_deref().map(|text| self.match_markets(text));
        let base = self.meets_plain_filters(screen, matches.as_ref());
        let due = (want_facets || !screen.closes.is_empty())
            .then(|| self.markets.columns.due(&base, now));
        let filtered = self.filter(screen, base, due.as_ref());
        let mask = filtered.all();
        let selection = self.order(screen, matches.as_ref()).select(&mask, page)?;
        let facets = match &due {
            Some(due) if want_facets => Some(self.facets(screen, &filtered, due)),
            _ => None,
        };
        Ok(ScreenPage {
            rows: self.market_rows(&selection.slots),
            total: mask.count(),
            next_cursor: selection.next_cursor,
            facets,
            duration: started.elapsed(),
        })
    }

    /// The whole result of a screen, in order.
    pub fn screen_rows(
        &self,
        screen: &Screen,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = Row<MarketRow>> + use<> {
        let everything = Page::first(self.markets.columns.len());
        let whole = self.screen(screen, &everything, false, now);
        // Only cursors are refused, and here is none.
        whole.map(|page| page.rows).unwrap_or_default().into_iter()
    }

    /// Rows that meet the filters which are no facet.
    fn meets_plain_filters(&self, screen: &Screen, matches: Option<&Matches>) -> Bitmap {
        let columns = &self.markets.columns;
        let mut mask = columns.listed.clone();
        if let Some(matches) = matches {
            mask.and(&matches.mask);
        }
        for (wanted, flags) in
            [(screen.active, &columns.active), (screen.closed.map(|c| !c), columns.open())]
        {
            match wanted {
                Some(true) => mask.and(flags),
                Some(false) => mask.and_not(flags),
                None => {}
            }
        }
        for Range { column, min, max } in &screen.ranges {
            let min = min.unwrap_or(f64::NEG_INFINITY);
            let max = max.unwrap_or(f64::INFINITY);
            let within = |value: f64| value >= min && value <= max;
            if let Some(values) = columns.range(*column) {
                mask.retain(values, within);
            } else if let Some(values) = self.beside.range(*column) {
                mask.retain_rows(|slot| within(values.of(slot)));
            }
        }
        if screen.ends_after.is_some() {
            let bound = instant(screen.ends_after);
            mask.retain(&columns.end_date, |end| end >= bound);
        }
        if screen.ends_before.is_some() {
            let bound = instant(screen.ends_before);
            mask.retain(&columns.end_date, |end| end < bound);
        }
        mask
    }

    fn filter(&self, screen: &Screen, base: Bitmap, due: Option<&[Bitmap; 6]>) -> Filtered {
        let columns = &self.markets.columns;
        let len = columns.len();
        let mut facets = Vec::new();
        if !screen.categories.is_empty() {
            let chosen = screen.categories.iter().map(|c| &columns.categories[category_code(*c)]);
            facets.push((Facet::Category, any_of(len, chosen)));
        }
        if let Some(status) = screen.status {
            facets.push((Facet::Status, columns.statuses[status as usize].clone()));
        }
        if let Some(due) = due
            && !screen.closes.is_empty()
        {
            let chosen = screen.closes.iter().map(|closes| &due[*closes as usize]);
            facets.push((Facet::Closes, any_of(len, chosen)));
        }
        if !screen.traits.is_empty() {
            let mut all = Bitmap::full(len);
            screen.traits.iter().for_each(|t| all.and(&columns.traits[*t as usize]));
            facets.push((Facet::Traits, all));
        }
        if !screen.tags.is_empty() {
            let wanted: Vec<_> = screen.tags.iter().map(|slug| self.tags.number(slug)).collect();
            let events = self.tags.events_with(&wanted, self.events.columns.len());
            let mut tagged = base.clone();
            tagged.retain(&columns.event_slots, |event| {
                events.get(event as usize).is_some_and(|has_all| *has_all)
            });
            facets.push((Facet::Tags, tagged));
        }
        Filtered { base, facets }
    }

    fn facets(&self, screen: &Screen, filtered: &Filtered, due: &[Bitmap; 6]) -> Facets {
        let columns = &self.markets.columns;
        let mask = filtered.without(Facet::Status);
        let statuses = MarketStatus::ALL.iter().zip(&columns.statuses).map(|(status, rows)| {
            facets::count(
                (status.slug(), status.slug()),
                rows,
                &mask,
                screen.status == Some(*status),
            )
        });
        let statuses = statuses.collect();
        let mask = filtered.without(Facet::Closes);
        let closes = Closes::ALL.iter().zip(due).map(|(closes, rows)| {
            let selected = screen.closes.contains(closes);
            facets::count((closes.slug(), closes.label()), rows, &mask, selected)
        });
        let closes = closes.collect();
        let mask = filtered.without(Facet::Traits);
        let traits = Trait::ALL.iter().zip(&columns.traits).map(|(property, rows)| {
            let selected = screen.traits.contains(property);
            facets::count((property.slug(), property.label()), rows, &mask, selected)
        });
        let traits = traits.collect();
        let mask = filtered.without(Facet::Category);
        let category = facets::categories(&columns.categories, &mask, &screen.categories);
        let mut in_event = vec![0; self.events.columns.len()];
        filtered.without(Facet::Tags).iter().for_each(|slot| {
            let event = columns.event_slots[slot];
            if event != NO_EVENT {
                in_event[event as usize] += 1;
            }
        });
        let tags = facets::tags(&self.tags, &in_event, &screen.tags);
        Facets { category, status: statuses, closes, traits, tags }
    }

    fn order<'a>(&'a self, screen: &Screen, matches: Option<&'a Matches>) -> Order<'a> {
        let columns = &self.markets.columns;
        let mut keys = Vec::new();
        let mut name = Vec::new();
        for sort in screen.order() {
            let values = match sort.column {
                SortColumn::Title => SortValues::Titles(&self.markets.titles),
                SortColumn::Relevance => match matches {
                    Some(matches) => SortValues::Scores(&matches.scores),
                    // Without a text every row is as relevant as the next.
                    None => continue,
                },
                column => match (columns.sortable(column), self.beside.sortable(column)) {
                    (Some(values), _) => SortValues::Numbers(values),
                    (None, Some(values)) => SortValues::Placed(values),
                    (None, None) => continue,
                },
            };
            keys.push(SortKey { values, descending: sort.descending });
            name.push(key_name(sort.column.slug(), sort.descending, screen.search.as_deref()));
        }
        Order { name: name.join(","), keys, ids: &columns.ids }
    }
}

/// Names a key in cursors. Scores of different texts do not compare, so the text is part of their name.
fn key_name(column: &str, descending: bool, search: Option<&str>) -> String {
    let direction = if descending { "-" } else { "" };
    let text = search.filter(|_| column == SortColumn::Relevance.slug());
    let text = text.map(|text| format!(":{:016x}", xxh3_64(text.as_bytes())));
    format!("{direction}{column}{}", text.unwrap_or_default())
}
