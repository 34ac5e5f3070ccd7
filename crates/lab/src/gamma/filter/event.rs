//! The conditions of `/events` listings.

use std::collections::HashSet;

use super::{Common, TagFilter, named};
use crate::catalogue::{Catalogue, Event, EventTraits};
use crate::gamma::params::Params;
use crate::gamma::problem::Problem;

const FIGURE_RANGES: [(&str, &str); 2] = [("liquidity", "liquidity"), ("volume", "volume")];
const DATE_RANGES: [(&str, &str); 1] = [("start_time", "startTime")];

/// The condition of an `/events` listing.
#[derive(Debug)]
pub(crate) struct EventFilter {
    common: Common,
    tags: TagFilter,
    series: Option<Vec<u64>>,
    recurrence: Option<HashSet<String>>,
    live: Option<bool>,
    ended: Option<bool>,
    game_ids: Option<HashSet<String>>,
    /// `YYYY-MM-DD`.
    event_date: Option<String>,
    event_weeks: Option<HashSet<String>>,
    parents: Option<Vec<u64>>,
    creators: Option<HashSet<String>>,
    /// In lower case.
    title_search: Option<String>,
}

impl EventFilter {
    /// Without `closed`, open and closed events are both listed.
    pub(crate) fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            common: Common::read(params, &FIGURE_RANGES, &DATE_RANGES)?,
            tags: TagFilter::read(params)?,
            series: params.numbers("series_id")?,
            recurrence: params.set("recurrence"),
            live: params.flag("live")?,
            ended: params.flag("ended")?,
            game_ids: params.set("game_id"),
            event_date: params.day("event_date")?,
            event_weeks: params.set("event_week"),
            parents: params.numbers("parent_event_id")?,
            creators: params.set("created_by"),
            title_search: params.one("title_search").map(str::to_lowercase),
        })
    }

    /// The same, with related tags where they were asked for.
    #[must_use]
    pub(crate) fn widened(mut self, catalogue: &Catalogue) -> Self {
        self.tags = self.tags.widened(catalogue);
        self
    }

    pub(crate) fn accepts(&self, event: &Event) -> bool {
        self.common.accepts(&event.facts)
            && self.accepts_traits(&event.traits)
            && self
                .series
                .as_ref()
                .is_none_or(|wanted| wanted.iter().any(|&series| event.is_in_series(series)))
            && (self.tags.is_empty() || self.tags.accepts(event))
    }

    fn accepts_traits(&self, traits: &EventTraits) -> bool {
        let is = |wanted: Option<bool>, held: bool| wanted.is_none_or(|wanted| wanted == held);
        is(self.live, traits.live)
            && is(self.ended, traits.ended)
            && named(self.game_ids.as_ref(), &traits.game_id)
            && self.event_date.as_ref().is_none_or(|wanted| *wanted == traits.event_date)
            && self.event_weeks.as_ref().is_none_or(|wanted| {
                traits.event_week.is_some_and(|week| wanted.contains(&week.to_string()))
            })
            && self.parents.as_ref().is_none_or(|wanted| {
                traits.parent_event.is_some_and(|parent| wanted.contains(&parent))
            })
            && named(self.creators.as_ref(), &traits.created_by)
            && self.recurrence.as_ref().is_none_or(|wanted| {
                traits.recurrences.iter().any(|recurrence| wanted.contains(recurrence))
            })
            && self.title_search.as_ref().is_none_or(|text| traits.title().contains(text))
    }
}
