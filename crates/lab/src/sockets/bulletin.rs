//! News of the exchange together with what the sockets have to say about them. Digested while the
//! world is locked, because later it is further on; what takes long is left for after.

use super::activity::Activity;
use super::frame::{Frame, Print};
use super::lifecycle;
use crate::exchange::{LevelChange, MarketIx, Match, MatchIx, Millis, News, PIPS, Pips};
use crate::world::World;

/// A piece of news, ready to be told.
#[derive(Debug)]
pub(super) enum Bulletin {
    /// A market was listed.
    Opened(Frame),
    /// Levels changed.
    Levels { at_ms: Millis, market: MarketIx, changes: Vec<LevelChange> },
    /// Shares were traded.
    Traded { market: MarketIx, print: Print, activity: Box<Activity> },
    /// The smallest price step changed.
    Tick { at_ms: Millis, market: MarketIx, old: Pips, new: Pips },
    /// A market was decided.
    Resolved { market: MarketIx, frame: Frame },
}

/// What `news` mean, in their order.
pub(super) fn digest(world: &World, news: Vec<News>) -> Vec<Bulletin> {
    // A market that opened and changed its tick within one bundle opened with the old one.
    let opening_tick = |market: MarketIx| {
        let changed = news.iter().find_map(|item| match *item {
            News::Tick { market: of, old, .. } if of == market => Some(old),
            _ => None,
        });
        changed.unwrap_or_else(|| world.exchange().listing(market).terms.tick)
    };
    let opened = |item: &News| match *item {
        News::Opened { at_ms, market } => {
            Some(lifecycle::new_market(world, market, at_ms, opening_tick(market)))
        }
        _ => None,
    };
    let openings: Vec<Option<Frame>> = news.iter().map(opened).collect();
    let told = news.into_iter().zip(openings).filter_map(|(item, opening)| match item {
        News::Opened { .. } => opening.map(Bulletin::Opened),
        News::Levels { at_ms, market, changes, .. } => {
            Some(Bulletin::Levels { at_ms, market, changes })
        }
        News::Matched { market, matched, .. } => Some(traded(world, market, matched)),
        News::Tick { at_ms, market, old, new } => Some(Bulletin::Tick { at_ms, market, old, new }),
        News::Resolved { at_ms, market } => {
            let frame = lifecycle::market_resolved(world, market, at_ms);
            Some(Bulletin::Resolved { market, frame })
        }
    });
    told.collect()
}

fn traded(world: &World, market: MarketIx, ix: MatchIx) -> Bulletin {
    let tape = world.exchange().tape();
    let matched: &Match = tape.get(ix);
    let &Match { at_ms, outcome, side, shares, .. } = matched;
    // The last level it reached, as a price of the taker's token.
    let reached = tape
        .fills_of(ix)
        .last()
        .map_or(0, |fill| if fill.outcome == outcome { fill.price } else { PIPS - fill.price });
    let transaction_hash = world.transaction_hash(matched.transaction);
    let activity = Box::new(Activity::of(world, matched, &transaction_hash));
    let print = Print { at_ms, outcome, side, price: reached, shares, transaction_hash };
    Bulletin::Traded { market, print, activity }
}
