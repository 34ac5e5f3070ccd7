//! What a ledger must know of the markets in it: how many outcomes they have, which belong to one
//! event, and what they paid.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::amount::{MICRO, MicroUsdc, micro_price};
use crate::{Category, ConditionId, EventId, Price};

/// A market, by its place in [`Markets`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MarketIx(u32);

impl MarketIx {
    /// For tables by market, which are dense.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    pub(super) fn number(self) -> u32 {
        self.0
    }
}

/// One outcome's token: what is bought and sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// The market.
    pub market: MarketIx,
    /// The outcome's place in the market, found by the token. Feeds say 999 where they do not know.
    pub outcome: u8,
}

/// The unit of observation: an event with all its markets, or a market whose event is not known.
/// Markets of an event answer one question, so what a wallet did in them is one observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventIx(u32);

impl EventIx {
    /// For tables by event, which are dense.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What the shares of a resolved market pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payouts(Box<[MicroUsdc]>);

impl Payouts {
    /// In the order of the outcomes; `None` unless they sum to a dollar, give or take a millionth an
    /// outcome.
    pub fn new(payouts: &[Price]) -> Option<Self> {
        let micro: Box<[MicroUsdc]> = payouts.iter().map(|price| micro_price(*price)).collect();
        let missing = MICRO - micro.iter().sum::<i64>();
        let slack = i64::try_from(micro.len()).ok()?;
        (micro.len() >= 2 && (0..slack).contains(&missing)).then_some(Self(micro))
    }

    /// All to one of two outcomes.
    pub fn winner(outcome: u8) -> Self {
        let pays = |index: u8| if index == outcome { MICRO } else { 0 };
        Self(Box::new([pays(0), pays(1)]))
    }

    /// Half each: cancelled, or undecided.
    pub fn halves() -> Self {
        Self(Box::new([MICRO / 2, MICRO / 2]))
    }

    /// Millionths of a dollar a share of this outcome.
    pub fn of(&self, outcome: u8) -> MicroUsdc {
        self.0.get(usize::from(outcome)).copied().unwrap_or(0)
    }
}

/// What is known of a market.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// The market.
    pub condition_id: ConditionId,
    /// Its event; `None` unknown, and then the market is an event of its own.
    pub event_id: Option<EventId>,
    /// Two, but for legacy markets.
    pub outcomes: u8,
    /// It and the other neg-risk markets of its event exclude each other.
    pub neg_risk: bool,
    /// Of the event.
    pub category: Option<Category>,
    /// When it could first be traded; `None` unknown.
    pub listed_at: Option<DateTime<Utc>>,
    /// When it is announced to end, which it often does not; `None` where nothing is announced.
    pub scheduled_end: Option<DateTime<Utc>>,
    /// The final payouts; `None` while it is not resolved, or not known to be.
    pub payouts: Option<Payouts>,
    /// When it was resolved: the real close, not the announced end.
    pub resolved_at: Option<DateTime<Utc>>,
}

impl Terms {
    /// A market with two outcomes, of which nothing else is known.
    pub fn unknown(condition_id: ConditionId) -> Self {
        Self {
            condition_id,
            event_id: None,
            outcomes: 2,
            neg_risk: false,
            category: None,
            listed_at: None,
            scheduled_end: None,
            payouts: None,
            resolved_at: None,
        }
    }
}

/// The markets of one ledger or of many, numbered in the order in which they were named.
#[derive(Debug, Clone, Default)]
pub struct Markets {
    terms: Vec<Terms>,
    event_of: Vec<EventIx>,
    places: HashMap<ConditionId, MarketIx>,
    events: HashMap<EventId, EventIx>,
    event_count: u32,
    exhaustive: HashSet<EventIx>,
}

impl Markets {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a market, or replaces what is known of it. Its number stays; ledgers folded before see the
    /// new payouts when they are next valued.
    pub fn set(&mut self, terms: Terms) -> MarketIx {
        if let Some(&market) = self.places.get(&terms.condition_id) {
            // A market that had no event keeps the one made for it unless there is a real one now.
            if terms.event_id.is_some() {
                self.event_of[market.index()] = self.intern(terms.event_id.as_ref());
            }
            self.terms[market.index()] = terms;
            return market;
        }
        let event = self.intern(terms.event_id.as_ref());
        let market = MarketIx(u32::try_from(self.terms.len()).unwrap_or(u32::MAX));
        self.places.insert(terms.condition_id.clone(), market);
        self.terms.push(terms);
        self.event_of.push(event);
        market
    }

    /// The number of a market; one that was not named before is added, with nothing known.
    pub fn of(&mut self, condition_id: &ConditionId) -> MarketIx {
        match self.places.get(condition_id) {
            Some(&market) => market,
            None => self.set(Terms::unknown(condition_id.clone())),
        }
    }

    /// The number of a market named before.
    pub fn find(&self, condition_id: &ConditionId) -> Option<MarketIx> {
        self.places.get(condition_id).copied()
    }

    /// What is known of a market.
    pub fn terms(&self, market: MarketIx) -> &Terms {
        &self.terms[market.index()]
    }

    /// The event it belongs to.
    pub fn event_of(&self, market: MarketIx) -> EventIx {
        self.event_of[market.index()]
    }

    /// The number of an event some market named.
    pub fn find_event(&self, event_id: &EventId) -> Option<EventIx> {
        self.events.get(event_id).copied()
    }

    /// Every market with what is known of it.
    pub fn iter(&self) -> impl Iterator<Item = (MarketIx, &Terms)> {
        (0..).map(MarketIx).zip(&self.terms)
    }

    /// How many markets there are.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Numbers of events are below this.
    pub fn event_count(&self) -> usize {
        self.event_count as usize
    }

    /// Says that one of the neg-risk markets of this event that stand here will pay its first outcome:
    /// none is missing, and nobody else can win.
    pub fn set_exhaustive(&mut self, event: EventIx) {
        self.exhaustive.insert(event);
    }

    /// Whether [`Self::set_exhaustive`] was said of the event.
    pub fn is_exhaustive(&self, event: EventIx) -> bool {
        self.exhaustive.contains(&event)
    }

    fn intern(&mut self, event_id: Option<&EventId>) -> EventIx {
        if let Some(&event) = event_id.and_then(|event_id| self.events.get(event_id)) {
            return event;
        }
        let event = EventIx(self.event_count);
        self.event_count += 1;
        if let Some(event_id) = event_id {
            self.events.insert(event_id.clone(), event);
        }
        event
    }
}
