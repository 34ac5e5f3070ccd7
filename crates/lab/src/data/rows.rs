//! What rows of all feeds say of a wallet, a market and a transaction.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::exchange::{MarketIx, Outcome, WalletIx};
use crate::noise::Noise;
use crate::world::{Market, World, profile};

use super::params::Scope;

/// Stands for an outcome that could not be named.
pub(crate) const UNLABELLED: u32 = 999;

/// One transaction in so many is served before the catalogue's words for it have arrived.
const UNENRICHED_ONE_IN: u64 = 8;

/// What a market without an end has for one.
const NO_END: &str = "1970-01-01";

/// The owner of a wallet.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    pub(crate) proxy_wallet: String,
    pub(crate) name: String,
    pub(crate) pseudonym: String,
    pub(crate) bio: String,
    pub(crate) x_username: String,
    pub(crate) verified: bool,
    pub(crate) displays_name: bool,
}

impl Owner {
    pub(crate) fn of(world: &World, wallet: WalletIx) -> Self {
        let person = world.person(wallet);
        Self {
            proxy_wallet: person.address.clone(),
            name: profile::shown_name(person),
            pseudonym: person.pseudonym.clone(),
            bio: person.bio.clone(),
            x_username: person.x_username.clone(),
            verified: person.verified,
            displays_name: person.displays_name,
        }
    }

    /// Without the name that the owner does not want shown.
    pub(crate) fn displayed(self) -> Self {
        if self.displays_name { self } else { Self { name: String::new(), ..self } }
    }
}

/// A market by its words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Label {
    pub(crate) condition_id: String,
    pub(crate) title: String,
    pub(crate) slug: String,
    pub(crate) event_slug: String,
}

impl Label {
    pub(crate) fn of(world: &World, market: MarketIx) -> Self {
        let (event, market) = world.market(market);
        Self {
            condition_id: market.condition_id.clone(),
            title: market.draft.question.clone(),
            slug: market.slug.clone(),
            event_slug: event.slug.clone(),
        }
    }
}

/// A token by its words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Token {
    pub(crate) id: String,
    pub(crate) outcome: String,
    pub(crate) outcome_index: u32,
}

impl Token {
    pub(crate) fn of(market: &Market, outcome: Outcome) -> Self {
        Self {
            id: market.token_ids[outcome.index()].clone(),
            outcome: market.draft.outcomes[outcome.index()].clone(),
            outcome_index: index_of(outcome),
        }
    }

    /// Of a row that is about no outcome in particular.
    pub(crate) fn none() -> Self {
        Self { outcome_index: UNLABELLED, ..Self::default() }
    }
}

/// 0 or 1.
pub(crate) const fn index_of(outcome: Outcome) -> u32 {
    match outcome {
        Outcome::First => 0,
        Outcome::Second => 1,
    }
}

/// Whether the rows of a transaction are served without event and with the outcome's index unnamed,
/// as upstream serves rows that are not enriched yet. Which ones depends on the transaction alone.
pub(crate) fn is_unenriched(transaction: u32) -> bool {
    let draw = Noise::of(u64::from(transaction)).with(u64::from(UNLABELLED));
    draw.bits().is_multiple_of(UNENRICHED_ONE_IN)
}

/// The day a market is announced to end. The catch-all of an open field has no end of its own.
pub(crate) fn end_date(market: &Market) -> Option<String> {
    (!market.draft.is_other).then(|| moment(market.scheduled_s).format("%Y-%m-%d").to_string())
}

/// The same as v2 spells it.
pub(crate) fn end_date_or_sentinel(market: &Market) -> String {
    end_date(market).unwrap_or_else(|| NO_END.to_owned())
}

/// `2026-09-09T21:19:19Z`.
pub(crate) fn iso(at_s: i64) -> String {
    moment(at_s).to_rfc3339_opts(SecondsFormat::Secs, true)
}

pub(crate) fn moment(at_s: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(at_s, 0).unwrap_or_default()
}

/// The markets of a scope that the world has, in the order they were named; `None` for all of them.
pub(crate) fn markets_in(world: &World, scope: &Scope) -> Option<Vec<MarketIx>> {
    match scope {
        Scope::Everything => None,
        Scope::Conditions(ids) => {
            Some(ids.iter().filter_map(|id| world.by_condition(id)).collect())
        }
        Scope::Events(numbers) => {
            let events = numbers.iter().filter_map(|&number| world.event_by_number(number));
            Some(events.flat_map(|event| event.markets.iter().map(|market| market.ix)).collect())
        }
    }
}
