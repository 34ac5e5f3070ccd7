//! What happens in markets, on its way to everybody who watches.
//!
//! A happening is written once, as the bytes of a server-sent event, and shared by all subscribers. The last few
//! thousand trades, resolutions and signals are kept, so that a subscriber that was away for a moment gets what it missed.
//! Prices and books are states: the newest one says it all.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use serde::Serialize;
use tokio::sync::broadcast;

/// Trades, resolutions and signals kept for those who come back.
const KEPT: usize = 8_192;

/// Happenings a subscriber may be behind before it has missed some.
const BEHIND: usize = 4_096;

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LiveKind {
    /// A market's displayed or best prices, or how far they can be believed, changed.
    Price,
    /// Its order book changed.
    Book,
    /// A taker traded.
    Trade,
    /// The oracle said something.
    Resolution,
    /// A signal was published.
    Signal,
    /// A signal was settled.
    SignalResult,
}

impl LiveKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Price, Self::Book, Self::Trade, Self::Resolution, Self::Signal, Self::SignalResult];

    /// Whether one that was missed has to be told later.
    fn is_kept(self) -> bool {
        !matches!(self, Self::Price | Self::Book)
    }

    /// Whether it can be followed in all markets at once.
    pub fn is_of_all_markets(self) -> bool {
        matches!(self, Self::Signal | Self::SignalResult)
    }

    /// Its name as an event, and as a value of `kinds`.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Book => "book",
            Self::Trade => "trade",
            Self::Resolution => "resolution",
            Self::Signal => "signal",
            Self::SignalResult => "signal_result",
        }
    }
}

/// One thing that happened.
#[derive(Debug)]
pub struct Happening {
    /// Its number in this process's feed, from 1.
    pub number: u64,
    /// Of what kind.
    pub kind: LiveKind,
    /// In which market.
    pub market_id: Arc<str>,
    /// A whole server-sent event.
    pub frame: Bytes,
}

/// A place in a feed, as the id of a server-sent event: `<feed>-<number>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedPlace {
    feed: u32,
    number: u64,
}

impl FeedPlace {
    /// Somewhere in a feed that nobody has.
    pub const UNKNOWN: Self = Self { feed: 0, number: u64::MAX };

    /// Reads an id; `None` when it is none.
    pub fn parse(id: &str) -> Option<Self> {
        let (feed, number) = id.split_once('-')?;
        Some(Self { feed: u32::from_str_radix(feed, 16).ok()?, number: number.parse().ok()? })
    }
}

/// A subscription, and what happened between the place asked for and its beginning.
#[derive(Debug)]
pub struct Subscription {
    /// What was missed, in its order.
    pub missed: Vec<Arc<Happening>>,
    /// More was missed than is kept, or the place is of another process: the subscriber must read the state anew.
    pub is_broken: bool,
    /// The id of the newest happening before this subscription.
    pub place: String,
    /// What happens from now on.
    pub next: broadcast::Receiver<Arc<Happening>>,
}

/// The happenings of this process. Clones refer to the same feed.
#[derive(Debug, Clone)]
pub struct LiveFeed {
    /// Tells this process's numbers from another's.
    feed: u32,
    kept: Arc<Mutex<Kept>>,
    sender: broadcast::Sender<Arc<Happening>>,
}

#[derive(Debug, Default)]
struct Kept {
    newest: u64,
    /// The newest of those that were kept once.
    forgotten: u64,
    happenings: VecDeque<Arc<Happening>>,
}

impl Default for LiveFeed {
    fn default() -> Self {
        Self { feed: rand::random(), kept: Arc::default(), sender: broadcast::Sender::new(BEHIND) }
    }
}

impl LiveFeed {
    /// Tells everybody. `body` is the event's data.
    pub fn publish(&self, kind: LiveKind, market_id: &Arc<str>, body: &impl Serialize) {
        let Ok(data) = serde_json::to_string(body) else {
            tracing::error!(kind = kind.slug(), "a happening cannot be written");
            return;
        };
        // Numbered, kept and sent under one lock, so that a subscriber can miss nothing in between.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.newest += 1;
        let number = kept.newest;
        let name = kind.slug();
        let frame = format!("id: {}\nevent: {name}\ndata: {data}\n\n", self.id(number)).into();
        let happening =
            Arc::new(Happening { number, kind, market_id: Arc::clone(market_id), frame });
        if kind.is_kept() {
            if kept.happenings.len() == KEPT
                && let Some(oldest) = kept.happenings.pop_front()
            {
                kept.forgotten = oldest.number;
            }
            kept.happenings.push_back(Arc::clone(&happening));
        }
        // Nobody may be listening.
        drop(self.sender.send(happening));
    }

    /// Everything from now on, and what happened since `place`.
    pub fn subscribe(&self, place: Option<FeedPlace>) -> Subscription {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let next = self.sender.subscribe();
        let (missed, is_broken) = match place {
            None => (Vec::new(), false),
            Some(FeedPlace { feed, number })
                if feed == self.feed && (kept.forgotten..=kept.newest).contains(&number) =>
            {
                let later = kept.happenings.iter().filter(|happening| happening.number > number);
                (later.cloned().collect(), false)
            }
            Some(_) => (Vec::new(), true),
        };
        Subscription { missed, is_broken, place: self.id(kept.newest), next }
    }

    fn id(&self, number: u64) -> String {
        format!("{:08x}-{number}", self.feed)
    }
}

/// A state as an event that has no place in any feed.
pub(crate) fn state_frame(kind: LiveKind, body: &impl Serialize) -> Option<Bytes> {
    let data = serde_json::to_string(body).ok()?;
    Some(format!("event: {}\ndata: {data}\n\n", kind.slug()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(subscription: &Subscription) -> Vec<u64> {
        subscription.missed.iter().map(|happening| happening.number).collect()
    }

    #[test]
    fn what_was_missed_is_told_again() {
        let feed = LiveFeed::default();
        let market: Arc<str> = "1".into();
        for price in 0..5 {
            feed.publish(LiveKind::Trade, &market, &price);
        }
        let place = |number| FeedPlace::parse(&feed.id(number));
        assert_eq!(numbers(&feed.subscribe(place(3))), [4, 5]);
        assert_eq!(numbers(&feed.subscribe(place(5))), [0; 0]);
        assert!(!feed.subscribe(place(5)).is_broken);
        assert!(feed.subscribe(place(6)).is_broken, "of the future");
        assert!(feed.subscribe(FeedPlace::parse("0-3")).is_broken || feed.feed == 0);
        let frame = &feed.subscribe(place(4)).missed[0].frame;
        assert_eq!(
            std::str::from_utf8(frame).unwrap(),
            format!("id: {:08x}-5\nevent: trade\ndata: 4\n\n", feed.feed)
        );
    }

    #[test]
    fn what_is_too_long_ago_cannot_be_told() {
        let feed = LiveFeed::default();
        for _ in 0..=KEPT {
            feed.publish(LiveKind::Trade, &"1".into(), &());
        }
        assert!(feed.subscribe(FeedPlace::parse(&feed.id(0))).is_broken);
        let all = feed.subscribe(FeedPlace::parse(&feed.id(1)));
        assert!(!all.is_broken);
        assert_eq!(all.missed.len(), KEPT);
    }

    #[test]
    fn states_are_not_told_again() {
        let feed = LiveFeed::default();
        feed.publish(LiveKind::Book, &"1".into(), &());
        feed.publish(LiveKind::Trade, &"1".into(), &());
        feed.publish(LiveKind::Price, &"1".into(), &());
        assert_eq!(numbers(&feed.subscribe(FeedPlace::parse(&feed.id(0)))), [2]);
    }

    #[test]
    fn ids_of_other_kinds_are_told_apart() {
        for id in ["", "17", "x-1", "1-x", "1"] {
            assert_eq!(FeedPlace::parse(id), None, "{id}");
        }
    }
}
