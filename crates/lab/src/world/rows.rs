//! The world's rows as Gamma serves them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;

use super::event::{Event, Rows};
use super::{World, category, comments, wire};
use crate::catalogue::{self, Catalogue, Tag};
use crate::exchange::Millis;
use crate::json::Members;

/// How far the rows may be behind.
const LAG_MS: Millis = 1_000;

impl World {
    /// The rows as of [`World::now`], or of less than a second before: Gamma is always a little behind.
    /// Only events that moved since the last call are written anew.
    pub(crate) fn catalogue(&mut self) -> Arc<Catalogue> {
        if let Some((served_ms, catalogue)) = &self.served
            && self.now_ms - *served_ms < LAG_MS
        {
            return Arc::clone(catalogue);
        }
        let catalogue = Arc::new(self.write_rows());
        self.served = Some((self.now_ms, Arc::clone(&catalogue)));
        catalogue
    }

    fn write_rows(&self) -> Catalogue {
        let mut events = BTreeMap::new();
        let mut markets = BTreeMap::new();
        for event in &self.events {
            let Some(rows) = self.rows_of(event) else { continue };
            events.insert(event.number, Arc::clone(&rows.event));
            markets.extend(
                rows.markets.iter().map(|market| (market.facts.number, Arc::clone(market))),
            );
        }
        let tags = wire::tags().unwrap_or_default();
        let tags = tags.iter().filter_map(|tag| Tag::read(tag).ok());
        let tags = tags.map(|tag| (tag.number, Arc::new(tag))).collect();
        Catalogue::new(events, markets, tags, wire::sports(), Vec::new())
            .with_teams(wire::teams())
            .with_series_totals()
    }

    /// The rows of an event, written if it moved since they were.
    fn rows_of<'e>(&self, event: &'e Event) -> Option<&'e Rows> {
        if let Some(rows) = event.rows.get() {
            return Some(rows);
        }
        match self.write_event(event) {
            Ok(rows) => Some(event.rows.get_or_init(|| rows)),
            Err(error) => {
                tracing::error!(event.id = event.number, %error, "A generated event cannot be written.");
                None
            }
        }
    }

    fn write_event(&self, event: &Event) -> Result<Rows, catalogue::NotARow> {
        let slim: Bytes = wire::event(self, event)?.into();
        let mut row =
            catalogue::Event::read(&slim, &Members::parse(&String::from_utf8_lossy(&slim))?)?;
        row.tags = Some(wire::event_tags(event)?.into());
        let tags = event.draft.tags.iter().filter_map(|slug| category::tag_info(slug));
        row.tag_numbers = tags.clone().map(|tag| tag.id).collect();
        row.tag_slugs = tags.map(|tag| tag.slug.to_owned()).collect();
        let mut markets = Vec::with_capacity(event.markets.len());
        for market in &event.markets {
            let body: Bytes = wire::market(self, event, market)?.into();
            let mut row =
                catalogue::Market::read(&body, &Members::parse(&String::from_utf8_lossy(&body))?)?;
            row.event_number = Some(event.number);
            markets.push(Arc::new(row));
        }
        row.market_numbers = event.markets.iter().map(|market| market.number).collect();
        if let Some(series) = wire::series(event)? {
            row.enter_series(&series.into(), comments::count(self, event));
        }
        Ok(Rows { event: Arc::new(row), markets })
    }
}
