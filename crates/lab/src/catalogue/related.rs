//! Which tags belong to which. Upstream keeps a table by hand; here a tag is related to a wider one
//! when most of its events carry both.

use std::collections::BTreeMap;

use super::Catalogue;
use super::rows::Event;

/// Which events count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Active,
    Closed,
    All,
}

impl Status {
    fn accepts(self, event: &Event) -> bool {
        match self {
            Self::Active => event.facts.active && !event.facts.closed,
            Self::Closed => event.facts.closed,
            Self::All => true,
        }
    }
}

/// A tag that belongs to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Related {
    pub(crate) number: u64,
    /// From 1; the tag of the most events comes first.
    pub(crate) rank: usize,
    /// Events with the tag that have the wanted status.
    pub(crate) events: usize,
}

impl Catalogue {
    /// Tags related to the tag `wider`. Counts are of events of `status`.
    pub(crate) fn related_tags(&self, wider: u64, status: Status) -> Vec<Related> {
        // By tag: events with it, those that carry `wider` too, and those of `status`.
        let mut counts: BTreeMap<u64, [usize; 3]> = BTreeMap::new();
        let mut widest = 0;
        for event in self.events() {
            let is_wider = event.tag_numbers.contains(&wider);
            widest += usize::from(is_wider);
            for &number in &event.tag_numbers {
                let [all, both, counted] = counts.entry(number).or_default();
                *all += 1;
                *both += usize::from(is_wider);
                *counted += usize::from(status.accepts(event));
            }
        }
        let is_related = |&(&number, &[all, both, _]): &(&u64, &[usize; 3])| {
            number != wider && both > 0 && 2 * both >= all && all < widest
        };
        let mut related: Vec<_> = counts.iter().filter(is_related).collect();
        related.sort_by_key(|&(number, &[_, both, _])| (std::cmp::Reverse(both), *number));
        let ranked = related
            .into_iter()
            .enumerate()
            .map(|(index, (&number, &[.., events]))| Related { number, rank: index + 1, events });
        ranked.collect()
    }
}
