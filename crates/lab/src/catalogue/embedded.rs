//! Series, teams and leagues. Gamma serves them under their own paths, and embeds them in events;
//! the catalogue takes them from there.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;

use super::rows::{Event, number, updated_ms};
use crate::json::{self, Members};

/// A row embedded in an event.
#[derive(Clone, Debug)]
pub(crate) struct Embed {
    pub(crate) number: u64,
    pub(crate) body: Bytes,
    updated_ms: i64,
}

impl Embed {
    /// The row in `raw`, a part of `body`; `None` when it is not an object with an id.
    pub(super) fn read(body: &Bytes, raw: &str) -> Option<Self> {
        let members = Members::parse(raw).ok()?;
        Some(Self {
            number: number(&members)?,
            body: body.slice_ref(raw.as_bytes()),
            updated_ms: updated_ms(&members),
        })
    }

    /// The rows in the array `key`.
    pub(super) fn all(body: &Bytes, members: &Members<'_>, key: &str) -> Vec<Self> {
        let elements = members.elements(key).into_iter();
        elements.filter_map(|raw| Self::read(body, raw.get())).collect()
    }

    pub(super) fn members(&self) -> Option<Members<'_>> {
        parse(&self.body)
    }
}

fn parse(body: &Bytes) -> Option<Members<'_>> {
    Members::parse(std::str::from_utf8(body).ok()?).ok()
}

/// A series with its events.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) number: u64,
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) closed: bool,
    pub(crate) recurrence: String,
    /// Without `events`.
    pub(crate) body: Bytes,
    /// In the order of their numbers.
    pub(crate) event_numbers: Vec<u64>,
}

/// What the events of a catalogue embed.
#[derive(Debug, Default)]
pub(crate) struct Embedded {
    pub(crate) series: BTreeMap<u64, Series>,
    /// Without `ordering`, which belongs to the game.
    pub(crate) teams: BTreeMap<u64, Bytes>,
    /// Leagues, in the order of their numbers.
    pub(crate) sports: Vec<Bytes>,
}

impl Embedded {
    /// Of rows that differ between events, the later `updatedAt` wins, on a tie the one of the
    /// newer event.
    pub(super) fn gather(events: &[Arc<Event>]) -> Self {
        let mut series: BTreeMap<u64, (&Embed, Vec<u64>)> = BTreeMap::new();
        let mut teams: BTreeMap<u64, &Embed> = BTreeMap::new();
        let mut sports: BTreeMap<u64, &Embed> = BTreeMap::new();
        for event in events {
            for embed in &event.series {
                let (held, members) =
                    series.entry(embed.number).or_insert_with(|| (embed, Vec::new()));
                *held = later(held, embed);
                members.push(event.facts.number);
            }
            for embed in &event.teams {
                let held = teams.entry(embed.number).or_insert(embed);
                *held = later(held, embed);
            }
            if let Some(embed) = &event.sport {
                let held = sports.entry(embed.number).or_insert(embed);
                *held = later(held, embed);
            }
        }
        let series = series.into_iter().filter_map(|(number, (embed, event_numbers))| {
            Some((number, Series::read(embed, event_numbers)?))
        });
        let teams = teams.into_iter().filter_map(|(number, embed)| {
            Some((number, embed.members()?.without(&["ordering"]).into()))
        });
        Self {
            series: series.collect(),
            teams: teams.collect(),
            sports: sports.into_values().map(|embed| embed.body.clone()).collect(),
        }
    }

    /// Gives every series what its events add up to: `volume`, `volume24hr`, `liquidity` and
    /// `commentCount`.
    pub(super) fn sum_series<'e>(&mut self, event: impl Fn(u64) -> Option<&'e Arc<Event>>) {
        for series in self.series.values_mut() {
            let events: Vec<_> = series.event_numbers.iter().filter_map(|&it| event(it)).collect();
            let totals = ["volume", "volume24hr", "liquidity"].map(|name| {
                let figures = events.iter().filter_map(|event| event.facts.figures.named(name));
                // The sum of nothing is -0.
                (name, (figures.sum::<f64>() * 1e6).round() / 1e6 + 0.0)
            });
            let totals = totals.map(|(name, total)| (name, total.to_string()));
            let comments: usize = events.iter().map(|event| event.comments_in_series).sum();
            let comments = comments.to_string();
            let totals = totals.iter().map(|(name, total)| (*name, total.as_bytes()));
            let totals = totals.chain([("commentCount", comments.as_bytes())]);
            let mut body = series.body.to_vec();
            json::append_members(&mut body, totals);
            series.body = body.into();
        }
    }
}

fn later<'e>(held: &'e Embed, other: &'e Embed) -> &'e Embed {
    if other.updated_ms >= held.updated_ms { other } else { held }
}

impl Series {
    /// Its own members.
    pub(crate) fn members(&self) -> Option<Members<'_>> {
        parse(&self.body)
    }

    fn read(embed: &Embed, event_numbers: Vec<u64>) -> Option<Self> {
        let members = embed.members()?;
        Some(Self {
            number: embed.number,
            slug: members.text("slug").unwrap_or_default(),
            title: members.text("title").unwrap_or_default(),
            closed: members.flag("closed").unwrap_or(false),
            recurrence: members.text("recurrence").unwrap_or_default(),
            body: embed.body.clone(),
            event_numbers,
        })
    }
}
