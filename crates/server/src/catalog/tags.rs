//! Tags, and which event has which.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use domain::Event;

use super::lists::Lists;
use super::lookup::slot_number;

#[derive(Debug, Clone)]
struct Name {
    slug: Arc<str>,
    label: Arc<str>,
    /// When the label was seen; the latest is kept.
    seen: DateTime<Utc>,
}

/// Every tag by number, and the tags of each event slot.
#[derive(Debug, Clone, Default)]
pub(super) struct Tags {
    names: Vec<Name>,
    numbers: HashMap<Arc<str>, u32>,
    of_events: Lists,
}

impl Tags {
    /// How many tags there are.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// How many event slots have a list of tags.
    pub(super) fn events(&self) -> usize {
        self.of_events.len()
    }

    pub(super) fn slug(&self, tag: u32) -> &str {
        &self.names[tag as usize].slug
    }

    pub(super) fn label(&self, tag: u32) -> &str {
        &self.names[tag as usize].label
    }

    /// The tag with that slug.
    pub(super) fn number(&self, slug: &str) -> Option<u32> {
        self.numbers.get(slug).copied()
    }

    /// The tags of an event, in upstream's order.
    pub(super) fn of_event(&self, slot: usize) -> &[u32] {
        self.of_events.get(slot)
    }

    /// Whether each event has every one of the tags; `None` stands for a tag nobody has.
    pub(super) fn events_with(&self, wanted: &[Option<u32>], events: usize) -> Vec<bool> {
        let has_all = |slot| {
            let tags = self.of_event(slot);
            wanted.iter().all(|tag| tag.is_some_and(|tag| tags.contains(&tag)))
        };
        (0..events).map(has_all).collect()
    }

    /// Numbers the tags of an event.
    pub(super) fn learn(&mut self, event: &Event, seen: DateTime<Utc>) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(event.tags.len());
        for tag in &event.tags {
            let number = self.number(&tag.slug).unwrap_or_else(|| {
                let slug: Arc<str> = tag.slug.as_str().into();
                let number = slot_number(self.names.len());
                self.numbers.insert(Arc::clone(&slug), number);
                self.names.push(Name { slug, label: tag.label.as_str().into(), seen });
                number
            });
            let name = &mut self.names[number as usize];
            if name.seen < seen {
                *name =
                    Name { slug: Arc::clone(&name.slug), label: tag.label.as_str().into(), seen };
            }
            // A tag that came twice counts once.
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        numbers
    }

    /// Replaces the tags of some events.
    pub(super) fn assign(&mut self, changed: &HashMap<usize, Vec<u32>>, events: usize) {
        let same = (0..events).all(|slot| {
            changed.get(&slot).is_none_or(|tags| tags.as_slice() == self.of_event(slot))
        });
        if same && self.of_events.len() == events {
            return;
        }
        let held = &self.of_events;
        let tags = |slot: usize| changed.get(&slot).map_or(held.get(slot), Vec::as_slice);
        let pairs = (0..events)
            .flat_map(|slot| tags(slot).iter().map(move |tag| (slot_number(slot), *tag)));
        self.of_events = Lists::from_pairs(events, pairs);
    }
}
