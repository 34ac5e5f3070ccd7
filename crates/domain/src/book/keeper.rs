//! Keeps one token's book from a feed without sequence numbers, and says whether it may be believed.
//!
//! The feed can lose, repeat and delay messages, and freeze while its connection lives. So a book is
//! shown as live only between a snapshot and the first doubt; what arrives meanwhile is kept, and replayed
//! on the next snapshot that it reaches back to.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Announced, Book, BookCause, BookMeta, BookSource, BookState, BookUpdate, LevelChange, Pips,
};
use crate::Price;

/// Keeps one token's book.
///
/// * `at_ms` is upstream's time of a message, in milliseconds; only compared with other such times.
/// * `received` is the caller's clock; only compared with itself. The two clocks may be of two worlds.
#[derive(Debug, Clone)]
pub struct Keeper {
    book: Book,
    state: BookState,
    source: Option<BookSource>,
    meta: BookMeta,
    as_of_ms: Option<i64>,
    received_at: Option<DateTime<Utc>>,
    waiting: Waiting,
    mismatch: Option<Mismatch>,
    crossed_since: Option<DateTime<Utc>>,
    only_old_since: Option<DateTime<Utc>>,
    /// When something came last that nobody could read.
    doubted_at: Option<DateTime<Utc>>,
    /// When to ask (again) for a snapshot.
    resync_due: Option<DateTime<Utc>>,
    turn: Option<Turn>,
}

/// The best bid and ask; `None` is an empty side.
pub type Top = (Option<Pips>, Option<Pips>);

/// The last change into another minute of upstream's: between the two messages the best prices were these.
#[derive(Debug, Clone, Copy)]
struct Turn {
    from_ms: i64,
    until_ms: i64,
    top: Top,
}

/// A minute in milliseconds.
const MINUTE_MS: i64 = 60_000;

#[derive(Debug, Clone, Copy)]
struct Mismatch {
    at_ms: i64,
    since: DateTime<Utc>,
}

/// Changes that wait for a snapshot.
#[derive(Debug, Clone, Default)]
struct Waiting {
    deltas: VecDeque<Delta>,
    /// No change after this time is missing, but those dropped.
    complete_from_ms: Option<i64>,
    /// The latest of those dropped for want of room.
    dropped_until_ms: Option<i64>,
}

#[derive(Debug, Clone)]
struct Delta {
    changes: Box<[LevelChange]>,
    announced: Announced,
    at_ms: i64,
}

impl Default for Keeper {
    fn default() -> Self {
        Self::new()
    }
}

impl Keeper {
    /// How long announced and own best prices may differ.
    pub const MISMATCH_LIMIT: TimeDelta = TimeDelta::seconds(2);
    /// How long a book may be crossed or locked.
    pub const CROSSED_LIMIT: TimeDelta = TimeDelta::seconds(1);
    /// How long nothing but messages older than the book may arrive.
    pub const ONLY_OLD_LIMIT: TimeDelta = TimeDelta::seconds(2);
    /// How long to wait for a snapshot before asking (again).
    pub const RESYNC_RETRY: TimeDelta = TimeDelta::seconds(5);
    /// How long after a message that nobody can read what is fetched may still be as it was before it.
    pub const DOUBT_SETTLE: TimeDelta = TimeDelta::seconds(1);
    /// Messages kept for a snapshot; beyond them the oldest go.
    pub const MAX_WAITING: usize = 512;

    /// A token nothing was heard of.
    pub fn new() -> Self {
        Self {
            book: Book::default(),
            state: BookState::Unknown,
            source: None,
            meta: BookMeta::default(),
            as_of_ms: None,
            received_at: None,
            waiting: Waiting::default(),
            mismatch: None,
            crossed_since: None,
            only_old_since: None,
            doubted_at: None,
            resync_due: None,
            turn: None,
        }
    }

    /// The book; empty while [`BookState::Unknown`]. Read it together with [`Self::state`].
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Whether the book may be believed.
    pub fn state(&self) -> BookState {
        self.state
    }

    /// Whether the book may be believed and nothing is even doubted that may yet prove right.
    pub fn is_sure(&self) -> bool {
        self.state == BookState::Live
            && self.mismatch.is_none()
            && self.crossed_since.is_none()
            && self.only_old_since.is_none()
    }

    /// The best prices as they were at the end of a minute of upstream's, after all that is dated before it and before
    /// all that is dated then or later, whatever has come since; `None` where that is not sure, and where the book has
    /// turned into yet another minute.
    pub fn top_at(&self, end_ms: i64) -> Option<Top> {
        if !self.is_sure() {
            return None;
        }
        match self.turn {
            Some(turn) if turn.from_ms < end_ms && end_ms <= turn.until_ms => Some(turn.top),
            _ => self.as_of_ms.filter(|as_of| *as_of < end_ms).map(|_| self.top()),
        }
    }

    /// Where the last snapshot came from.
    pub fn source(&self) -> Option<BookSource> {
        self.source
    }

    /// What upstream last said beside the levels.
    pub fn meta(&self) -> &BookMeta {
        &self.meta
    }

    /// Upstream's time of the last message applied, in milliseconds.
    pub fn as_of_ms(&self) -> Option<i64> {
        self.as_of_ms
    }

    /// When that message was received.
    pub fn received_at(&self) -> Option<DateTime<Utc>> {
        self.received_at
    }

    /// Looks like the book upstream serves instead of some tokens' own; see [`Book::suspected_ghost`].
    pub fn suspected_ghost(&self) -> bool {
        self.book.suspected_ghost()
    }

    /// A whole book.
    ///
    /// One from the stream replaces everything and makes the token live, unless a live book is already
    /// newer. One from a request never replaces what is newer, and makes the token live only if the
    /// changes that wait reach back to it: otherwise those between them were never seen.
    ///
    /// What is fetched and [`Book::suspected_ghost`] is for the caller to check before it comes here.
    pub fn snapshot(
        &mut self,
        book: Book,
        at_ms: i64,
        received: DateTime<Utc>,
        source: BookSource,
        meta: BookMeta,
    ) -> BookUpdate {
        // What was unreadable may have changed the book, and a request be answered from just before it.
        let is_settling = |since| received - since < Self::DOUBT_SETTLE;
        if source == BookSource::Rest && self.doubted_at.is_some_and(is_settling) {
            return BookUpdate::IgnoredOld;
        }
        // After a lost connection the new one tells its own story from its own beginning.
        let may_go_back = source == BookSource::Stream && self.state != BookState::Live;
        if !may_go_back && self.as_of_ms.is_some_and(|as_of| at_ms < as_of) {
            // Counted among the old only if it is of the stream: requests are answered from caches.
            if source == BookSource::Stream {
                self.only_old_since.get_or_insert(received);
            }
            return BookUpdate::IgnoredOld;
        }
        let before = self.top();
        let as_of_before = self.as_of_ms.filter(|_| self.state == BookState::Live);
        self.book = book;
        // A book that was live and is confirmed was the same between.
        match as_of_before.filter(|_| self.top() == before) {
            Some(from_ms) => self.note_turn(from_ms, at_ms, before),
            None => self.turn = None,
        }
        self.as_of_ms = Some(at_ms);
        self.received_at = Some(received);
        self.source = Some(source);
        self.take_meta(meta);
        self.mismatch = None;
        self.crossed_since = None;
        self.only_old_since = None;

        let follows = match source {
            BookSource::Stream => true,
            BookSource::Rest => self.state == BookState::Live || self.waiting.reaches(at_ms),
        };
        if !follows {
            return self.keep_apart(before);
        }
        self.state = BookState::Live;
        self.doubted_at = None;
        self.resync_due = None;
        let announced = self.replay(source, at_ms);
        self.judged(announced, before, received)
    }

    /// Changed levels, with the best prices upstream announces for after them: those of the message's
    /// last change of this token. Without levels it is only such an announcement.
    pub fn delta(
        &mut self,
        changes: &[LevelChange],
        announced: Announced,
        at_ms: i64,
        received: DateTime<Utc>,
    ) -> BookUpdate {
        if self.state != BookState::Live {
            self.resync_due.get_or_insert(received + Self::RESYNC_RETRY);
            self.waiting.push(Delta { changes: changes.into(), announced, at_ms });
            return BookUpdate::Buffered;
        }
        if self.as_of_ms.is_some_and(|as_of| at_ms < as_of) {
            let since = *self.only_old_since.get_or_insert(received);
            if received - since <= Self::ONLY_OLD_LIMIT {
                return BookUpdate::IgnoredOld;
            }
            self.as_of_ms = None;
            let update = self.fall_into_gap(BookCause::ClockWentBack, received);
            self.waiting.push(Delta { changes: changes.into(), announced, at_ms });
            return update;
        }
        let before = self.top();
        self.apply(changes, at_ms);
        self.received_at = Some(received);
        self.only_old_since = None;
        self.judged(announced, before, received)
    }

    /// The connection that carried the token was lost, or the token was unsubscribed.
    pub fn disconnected(&mut self, _received: DateTime<Utc>) {
        self.waiting = Waiting::default();
        self.mismatch = None;
        self.crossed_since = None;
        self.only_old_since = None;
        self.doubted_at = None;
        self.resync_due = None;
        self.turn = None;
        if self.state != BookState::Unknown {
            self.state = BookState::Stale { cause: BookCause::Disconnected };
        }
    }

    /// Something was said of the token on a connection that lives, and nobody can read it. A snapshot is due as soon
    /// as it must show what that was: [`Self::check`] asks for it.
    pub fn doubt(&mut self, received: DateTime<Utc>) {
        // Everything heard so far is in such a snapshot, and all that is heard from here on waits for it.
        let heard_until = self.waiting.deltas.back().map(|delta| delta.at_ms).max(self.as_of_ms);
        if self.state != BookState::Unknown {
            self.fall_into_gap(BookCause::Unreadable, received);
        }
        self.waiting = Waiting {
            complete_from_ms: Some(heard_until.unwrap_or(i64::MIN)),
            ..Waiting::default()
        };
        self.doubted_at = Some(received);
        self.resync_due = Some(received + Self::DOUBT_SETTLE);
    }

    /// The price step became another one. The levels stay: upstream says which of them go.
    pub fn tick_changed(&mut self, tick: Pips) {
        self.meta.tick = Some(tick);
    }

    /// The token traded at this price.
    pub fn traded(&mut self, price: Price) {
        self.meta.last_trade = Some(price);
    }

    /// To be called about once a second: [`BookUpdate::NeedsResync`] where a doubt has lasted too long, or
    /// where a snapshot asked for has not come.
    pub fn check(&mut self, now: DateTime<Utc>) -> Option<BookUpdate> {
        if self.state == BookState::Live {
            let cause = self.lasting_doubt(now)?;
            return Some(self.fall_into_gap(cause, now));
        }
        if self.resync_due.is_none_or(|due| now < due) {
            return None;
        }
        self.resync_due = Some(now + Self::RESYNC_RETRY);
        let cause = match self.state {
            BookState::Gap { cause } => cause,
            _ => BookCause::NoSnapshot,
        };
        Some(BookUpdate::NeedsResync { cause })
    }

    fn top(&self) -> Top {
        (self.book.best_bid(), self.book.best_ask())
    }

    fn note_turn(&mut self, from_ms: i64, until_ms: i64, top: Top) {
        if from_ms.div_euclid(MINUTE_MS) < until_ms.div_euclid(MINUTE_MS) {
            self.turn = Some(Turn { from_ms, until_ms, top });
        }
    }

    fn apply(&mut self, changes: &[LevelChange], at_ms: i64) {
        if let Some(from_ms) = self.as_of_ms {
            self.note_turn(from_ms, at_ms, self.top());
        }
        for change in changes {
            self.book.set(change.side, change.price, change.size);
        }
        self.as_of_ms = Some(at_ms);
        self.meta.hash = None;
    }

    /// A snapshot that no stream is known to continue.
    fn keep_apart(&mut self, before: Top) -> BookUpdate {
        match self.state {
            BookState::Gap { .. } => {
                let cause = BookCause::MissedDeltas;
                self.state = BookState::Gap { cause };
                BookUpdate::NeedsResync { cause }
            }
            BookState::Unknown | BookState::Live => {
                self.state = BookState::Stale { cause: BookCause::NotStreamed };
                BookUpdate::Applied { top_changed: before != self.top() }
            }
            BookState::Stale { .. } => BookUpdate::Applied { top_changed: before != self.top() },
        }
    }

    /// Applies what waited and is not yet in the snapshot; the last announcement among it.
    fn replay(&mut self, source: BookSource, snapshot_ms: i64) -> Announced {
        let mut announced = Announced::default();
        for delta in std::mem::take(&mut self.waiting).deltas {
            let as_of = self.as_of_ms.unwrap_or(snapshot_ms);
            let is_newer = match source {
                // What the stream sent before its snapshot and dated the same is within it.
                BookSource::Stream => delta.at_ms > snapshot_ms,
                // A request may have been answered between two changes of one millisecond. Applying
                // one twice does no harm, because sizes are totals; missing one does.
                BookSource::Rest => delta.at_ms >= snapshot_ms,
            };
            if is_newer && delta.at_ms >= as_of {
                self.apply(&delta.changes, delta.at_ms);
                announced = delta.announced;
            }
        }
        announced
    }

    /// Looks for doubts about a book that was just changed.
    fn judged(&mut self, announced: Announced, before: Top, received: DateTime<Utc>) -> BookUpdate {
        if self.book.is_crossed() {
            self.crossed_since.get_or_insert(received);
        } else {
            self.crossed_since = None;
        }
        let at_ms = self.as_of_ms.unwrap_or(i64::MIN);
        match announced.agrees_with(&self.book) {
            None => {}
            Some(true) => self.mismatch = None,
            Some(false) => match self.mismatch {
                // Messages of one millisecond are steps of one change, and all announce its end.
                Some(first) if at_ms > first.at_ms => {
                    return self.fall_into_gap(BookCause::TopMismatch, received);
                }
                Some(_) => {}
                None => self.mismatch = Some(Mismatch { at_ms, since: received }),
            },
        }
        match self.lasting_doubt(received) {
            Some(cause) => self.fall_into_gap(cause, received),
            None => BookUpdate::Applied { top_changed: before != self.top() },
        }
    }

    fn lasting_doubt(&self, now: DateTime<Utc>) -> Option<BookCause> {
        if self.mismatch.is_some_and(|mismatch| now - mismatch.since > Self::MISMATCH_LIMIT) {
            return Some(BookCause::TopMismatch);
        }
        if self.crossed_since.is_some_and(|since| now - since > Self::CROSSED_LIMIT) {
            return Some(BookCause::Crossed);
        }
        None
    }

    fn fall_into_gap(&mut self, cause: BookCause, received: DateTime<Utc>) -> BookUpdate {
        self.state = BookState::Gap { cause };
        self.turn = None;
        self.mismatch = None;
        self.crossed_since = None;
        self.only_old_since = None;
        // The stream goes on: whatever comes from here waits, and none of it will be missing.
        self.waiting = Waiting { complete_from_ms: self.as_of_ms, ..Waiting::default() };
        self.resync_due = Some(received + Self::RESYNC_RETRY);
        BookUpdate::NeedsResync { cause }
    }

    /// What a snapshot does not say stays as it was said before, but for the hash.
    fn take_meta(&mut self, meta: BookMeta) {
        self.meta = BookMeta {
            tick: meta.tick.or(self.meta.tick),
            last_trade: meta.last_trade.or(self.meta.last_trade),
            min_order: meta.min_order.or(self.meta.min_order),
            neg_risk: meta.neg_risk.or(self.meta.neg_risk),
            hash: meta.hash,
        };
    }
}

impl Waiting {
    fn push(&mut self, delta: Delta) {
        self.complete_from_ms.get_or_insert(delta.at_ms);
        if self.deltas.len() == Keeper::MAX_WAITING
            && let Some(oldest) = self.deltas.pop_front()
        {
            self.dropped_until_ms = self.dropped_until_ms.max(Some(oldest.at_ms));
        }
        self.deltas.push_back(delta);
    }

    /// Whether a snapshot of this time and what waits leave nothing out between them.
    fn reaches(&self, snapshot_ms: i64) -> bool {
        self.complete_from_ms.is_some_and(|from| from <= snapshot_ms)
            && self.dropped_until_ms.is_none_or(|dropped| dropped < snapshot_ms)
    }
}
