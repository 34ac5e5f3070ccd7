//! What is known of a book beside its levels: whether to believe it, and what upstream said with it.

use super::{Book, Pips};
use crate::{Price, Shares};

/// Whether a book may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BookState {
    /// No book was ever received.
    Unknown,
    /// The exchange's book, as far as anybody can know.
    Live,
    /// Was right at its time; nothing keeps it so.
    Stale {
        /// Why.
        cause: BookCause,
    },
    /// Wrong somewhere: messages are missing. A snapshot has to be fetched.
    Gap {
        /// How it was noticed.
        cause: BookCause,
    },
}

impl BookState {
    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Live => "live",
            Self::Stale { .. } => "stale",
            Self::Gap { .. } => "gap",
        }
    }

    /// Why it is not to be believed.
    pub fn cause(self) -> Option<BookCause> {
        match self {
            Self::Unknown | Self::Live => None,
            Self::Stale { cause } | Self::Gap { cause } => Some(cause),
        }
    }
}

/// Why a book is not live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BookCause {
    /// The connection that carried it was lost.
    Disconnected,
    /// It was fetched once; no stream has been seen to reach back to it.
    NotStreamed,
    /// Changes arrive, but no book that they would change.
    NoSnapshot,
    /// The best prices upstream announces are not those of this book.
    TopMismatch,
    /// The best bid stayed at or above the best ask.
    Crossed,
    /// Every message is older than the book: one of them must have been dated wrongly.
    ClockWentBack,
    /// More changes waited for a snapshot than are kept.
    MissedDeltas,
    /// Something was said of it that nobody can read.
    Unreadable,
}

impl BookCause {
    /// The stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::NotStreamed => "not_streamed",
            Self::NoSnapshot => "no_snapshot",
            Self::TopMismatch => "top_mismatch",
            Self::Crossed => "crossed",
            Self::ClockWentBack => "clock_went_back",
            Self::MissedDeltas => "missed_deltas",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Where a snapshot came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BookSource {
    /// The market channel: in order with the changes around it.
    Stream,
    /// A request: in no order with them.
    Rest,
}

impl BookSource {
    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::Rest => "rest",
        }
    }
}

/// What comes with a snapshot beside its levels; `None` is not said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BookMeta {
    /// Price step.
    pub tick: Option<Pips>,
    /// Price of the last trade of this token.
    pub last_trade: Option<Price>,
    /// Smallest order.
    pub min_order: Option<Shares>,
    /// One of several markets that exclude each other.
    pub neg_risk: Option<bool>,
    /// Upstream's hash of the snapshot; of no use once a change was applied.
    pub hash: Option<Box<str>>,
}

/// The best prices that upstream announces with a change; `None` is not said. 0 and 1 mean an empty side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Announced {
    /// The best bid.
    pub bid: Option<Pips>,
    /// The best ask.
    pub ask: Option<Pips>,
}

impl Announced {
    /// Whether it says anything, and if so, whether that is true of the book.
    pub(super) fn agrees_with(self, book: &Book) -> Option<bool> {
        let real = |price: Pips| (price != Pips::ZERO && price != Pips::ONE).then_some(price);
        let bid = self.bid.map(|price| real(price) == book.best_bid());
        let ask = self.ask.map(|price| real(price) == book.best_ask());
        match (bid, ask) {
            (None, None) => None,
            (bid, ask) => Some(bid != Some(false) && ask != Some(false)),
        }
    }
}

/// What an input did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookUpdate {
    /// The book is now as upstream said.
    Applied {
        /// The best bid's or the best ask's price is another one.
        top_changed: bool,
    },
    /// Kept until there is a snapshot.
    Buffered,
    /// Older than what is held, and dropped.
    IgnoredOld,
    /// The book is not to be believed until a snapshot is fetched. What came was used all the same.
    NeedsResync {
        /// Why.
        cause: BookCause,
    },
}
