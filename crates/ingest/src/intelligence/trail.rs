//! What rested in order books lately, so that a trade can be measured by what was there before it.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use domain::book::BookState;
use domain::{MarketId, Usdc};
use store::intelligence::notable::Candidate;

use crate::live::{LiveBook, LiveBooks};

/// Cents around the mid within which it counts.
const CENTS: u16 = 2;
/// How long it is kept: the record tells of trades minutes after they were made.
const KEPT: TimeDelta = TimeDelta::minutes(15);
/// What is older than this at a trade says nothing of it.
const TOLERANCE: TimeDelta = TimeDelta::minutes(1);

/// Dollars that rested within two cents of the mid, by outcome and side.
#[derive(Debug, Clone, Copy)]
struct Rested {
    at: DateTime<Utc>,
    /// Of each outcome: asks, which a purchase takes, and bids, which a sale takes.
    asks: [Option<Usdc>; 2],
    bids: [Option<Usdc>; 2],
}

impl Rested {
    fn of(live: &LiveBook, now: DateTime<Utc>) -> Self {
        let (first, second) =
            (live.book.depth_within(CENTS), live.book.mirrored().depth_within(CENTS));
        Self {
            at: now,
            asks: [first.map(|depth| depth.ask), second.map(|depth| depth.ask)],
            bids: [first.map(|depth| depth.bid), second.map(|depth| depth.bid)],
        }
    }
}

/// What rested in the books this process follows, over some minutes.
#[derive(Debug, Default)]
pub(super) struct DepthTrail(HashMap<MarketId, VecDeque<Rested>>);

impl DepthTrail {
    /// Notes what rests now, in the books that may be believed.
    pub(super) fn note(&mut self, books: &LiveBooks, now: DateTime<Utc>) {
        for live in books.all() {
            if live.state == BookState::Live && !live.is_ghost {
                let trail = self.0.entry(live.market.market_id.clone()).or_default();
                trail.push_back(Rested::of(&live, now));
            }
        }
        self.0.retain(|_, trail| {
            while trail.front().is_some_and(|rested| now - rested.at > KEPT) {
                trail.pop_front();
            }
            !trail.is_empty()
        });
    }

    /// What rested on the side that a trade took, the last time that was noted before it; `None` where that is more than
    /// a minute, or never.
    pub(super) fn before(&self, trade: &Candidate) -> Option<Usdc> {
        let trail = self.0.get(&trade.market_id)?;
        let end = trail.partition_point(|rested| rested.at < trade.traded_at);
        let rested = trail.get(end.checked_sub(1)?)?;
        if trade.traded_at - rested.at > TOLERANCE {
            return None;
        }
        let sides = if trade.is_buy { &rested.asks } else { &rested.bids };
        sides.get(usize::try_from(trade.outcome_index).ok()?).copied().flatten()
    }
}
