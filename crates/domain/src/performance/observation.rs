//! What a wallet did in one event: the unit of all that is counted.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use crate::Category;
use crate::ledger::{EventIx, Markets, MicroUsdc, Position};

/// An event that is over for a wallet: nothing of it is held but shares of resolved markets. Its markets
/// are netted to one observation, because they answer one question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settled {
    /// The event.
    pub event: EventIx,
    /// Profit after fees, in millionths of a dollar.
    pub profit: MicroUsdc,
    /// What was put in, fees included.
    pub invested: MicroUsdc,
    /// When the last of its positions ended; `None` where a resolved market does not say when.
    pub closed_at: Option<DateTime<Utc>>,
    /// Of the event.
    pub category: Option<Category>,
}

impl Settled {
    /// Made on what was put in; `None` where nothing was.
    pub fn roi(&self) -> Option<f64> {
        (self.invested > 0).then(|| self.profit as f64 / self.invested as f64)
    }
}

/// What can be observed of a wallet's events.
#[derive(Debug, Default)]
pub(crate) struct Observations<'a> {
    /// Events that are over, by when they ended; those that do not say when come last.
    pub(crate) settled: Vec<(Settled, Vec<&'a Position>)>,
    /// Events that would be over but for shares that came from or went to other wallets.
    pub(crate) withheld: usize,
}

impl<'a> Observations<'a> {
    pub(crate) fn of(positions: &'a [Position], markets: &Markets) -> Self {
        let mut by_event: Vec<&Position> = positions.iter().collect();
        by_event.sort_by_key(|position| position.event);
        let mut observations = Self::default();
        for group in by_event.chunk_by(|one, other| one.event == other.event) {
            if group.iter().all(|position| position.is_settled()) {
                match settled(group, markets) {
                    // Worthless shares that somebody sent are no observation.
                    Some(Settled { profit: 0, invested: 0, .. }) => {}
                    Some(settled) => observations.settled.push((settled, group.to_vec())),
                    None => observations.withheld += 1,
                }
            }
        }
        observations.settled.sort_by(|(one, _), (other, _)| by_close(one, other));
        observations
    }

    /// Whether every event says when it ended.
    pub(crate) fn are_dated(&self) -> bool {
        self.settled.iter().all(|(settled, _)| settled.closed_at.is_some())
    }
}

fn by_close(one: &Settled, other: &Settled) -> Ordering {
    let key = |settled: &Settled| (settled.closed_at.is_none(), settled.closed_at, settled.event);
    key(one).cmp(&key(other))
}

/// `None` where one of the positions has no profit.
fn settled(group: &[&Position], markets: &Markets) -> Option<Settled> {
    let first = group.first()?;
    let mut settled = Settled {
        event: first.event,
        profit: 0,
        invested: 0,
        closed_at: first.closed_at,
        category: markets.terms(first.slot.market).category,
    };
    for position in group {
        settled.profit += position.net.known()?;
        settled.invested += position.invested();
        let both = settled.closed_at.zip(position.closed_at);
        settled.closed_at = both.map(|(one, other)| one.max(other));
    }
    Some(settled)
}
