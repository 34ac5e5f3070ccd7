//! News of the exchange with what the sockets have to say about them. Written while the world is
//! locked, because later the world is further on; everything that takes long comes after.

use serde::Serialize;

use super::activity::Activity;
use super::frame::{Frame, Print};
use super::lifecycle;
use crate::exchange::{LevelChange, MarketIx, Match, Millis, News, Pips, mirrored};
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
    let tick_at_opening = |market: MarketIx, news: &[News]| {
        let changed = news.iter().find_map(|item| match *item {
            News::Tick { market: of, old, .. } if of == market => Some(old),
            _ => None,
        });
        changed.unwrap_or_else(|| world.exchange().listing(market).terms.tick)
    };
    
    todo!()
}
