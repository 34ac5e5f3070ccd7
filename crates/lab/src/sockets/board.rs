//! Who wants to know what, and what each is told.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;

use super::activity::{Activity, Subscription};
use super::bulletin::Bulletin;
use super::frame::{self, Frame, Print};
use super::outbox::Outbox;
use super::sheet::Sheet;
use crate::exchange::{LevelChange, MarketIx, Millis, Outcome, Pips, mirrored};
use crate::noise::Noise;

/// A connection, in the order of coming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ReaderId(pub(super) u64);

impl ReaderId {
    /// What RTDS messages call the connection: 13 bytes in base 64, as upstream has.
    fn name(self) -> String {
        let noise = Noise::of(self.0);
        let words = [noise.bits().to_be_bytes(), noise.with(1).bits().to_be_bytes()].concat();
        URL_SAFE.encode(&words[..13])
    }
}

/// A connection and what it wants besides tokens.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) outbox: Outbox,
    /// Wants the market channel's custom features.
    pub(super) custom: bool,
    /// Wants of RTDS.
    pub(super) subscriptions: Vec<Subscription>,
    /// What its RTDS messages call the connection.
    pub(super) name: String,
}

/// A market that somebody watches.
#[derive(Debug)]
struct Watched {
    sheet: Sheet,
    /// Shares were traded since the last burst of level changes: books follow it.
    traded: bool,
    /// Which tokens each reader watches.
    watchers: BTreeMap<ReaderId, [bool; 2]>,
}

/// A wish to watch tokens, with the books as they were when it was made.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) reader: ReaderId,
    pub(super) tokens: Vec<(MarketIx, Outcome)>,
    pub(super) sheets: Vec<(MarketIx, Sheet)>,
    /// Whether to send the books.
    pub(super) dump: bool,
}

/// What is to be sent, by reader.
#[derive(Debug, Default)]
pub(super) struct Post(BTreeMap<ReaderId, Vec<Frame>>);

impl Post {
    fn add(&mut self, reader: ReaderId, frame: Frame) {
        self.0.entry(reader).or_default().push(frame);
    }
}

/// Everybody who listens.
#[derive(Debug, Default)]
pub(super) struct Board {
    last_reader: u64,
    readers: BTreeMap<ReaderId, Reader>,
    watched: BTreeMap<MarketIx, Watched>,
}

impl Board {
    /// Adds a reader who wants nothing yet.
    pub(super) fn join(&mut self, outbox: Outbox) -> ReaderId {
        self.last_reader += 1;
        let id = ReaderId(self.last_reader);
        let (custom, subscriptions, name) = (false, Vec::new(), id.name());
        self.readers.insert(id, Reader { outbox, custom, subscriptions, name });
        id
    }

    /// Forgets a reader. False when it was forgotten before.
    pub(super) fn leave(&mut self, reader: ReaderId) -> bool {
        self.watched.retain(|_, watched| {
            watched.watchers.remove(&reader);
            !watched.watchers.is_empty()
        });
        self.readers.remove(&reader).is_some()
    }

    pub(super) fn reader_mut(&mut self, reader: ReaderId) -> Option<&mut Reader> {
        self.readers.get_mut(&reader)
    }

    /// Whether every reader would take more.
    pub(super) fn has_room(&self) -> bool {
        self.readers.values().all(|reader| reader.outbox.has_room())
    }

    /// Begins to watch. Only tokens that the reader did not watch yet are sent.
    pub(super) fn watch(&mut self, watch: Watch, post: &mut Post) {
        let Watch { reader, tokens, sheets, dump } = watch;
        if !self.readers.contains_key(&reader) {
            return;
        }
        for (market, sheet) in sheets {
            match self.watched.entry(market) {
                Entry::Occupied(mut watched) => watched.get_mut().sheet = sheet,
                Entry::Vacant(place) => {
                    place.insert(Watched { sheet, traded: false, watchers: BTreeMap::new() });
                }
            }
        }
        let mut snapshots = Vec::new();
        for (market, outcome) in tokens {
            let Some(watched) = self.watched.get_mut(&market) else { continue };
            let tokens = watched.watchers.entry(reader).or_default();
            let is_new = !std::mem::replace(&mut tokens[outcome.index()], true);
            if is_new && dump && watched.sheet.has_book {
                snapshots.push(watched.sheet.snapshot(outcome));
            }
        }
        if !snapshots.is_empty() {
            post.add(reader, frame::dump(&snapshots));
        }
    }

    /// Stops watching.
    pub(super) fn unwatch(&mut self, reader: ReaderId, tokens: &[(MarketIx, Outcome)]) {
        for &(market, outcome) in tokens {
            let Some(watched) = self.watched.get_mut(&market) else { continue };
            let Some(tokens) = watched.watchers.get_mut(&reader) else { continue };
            tokens[outcome.index()] = false;
            if *tokens == [false, false] {
                watched.watchers.remove(&reader);
            }
            if watched.watchers.is_empty() {
                self.watched.remove(&market);
            }
        }
    }

    /// Tells everybody concerned.
    pub(super) fn tell(&mut self, bulletin: Bulletin, post: &mut Post) {
        match bulletin {
            Bulletin::Opened(frame) => {
                for (&reader, _) in self.readers.iter().filter(|(_, reader)| reader.custom) {
                    post.add(reader, frame.clone());
                }
            }
            Bulletin::Levels { at_ms, market, changes } => {
                self.tell_levels(at_ms, market, &changes, post);
            }
            Bulletin::Traded { market, print, activity } => {
                self.tell_activity(&activity, post);
                self.tell_trade(market, &print, post);
            }
            Bulletin::Tick { at_ms, market, old, new } => {
                self.tell_tick(at_ms, market, (old, new), post);
            }
            Bulletin::Resolved { market, frame } => {
                let Some(watched) = self.watched.get(&market) else { return };
                for &reader in watched.watchers.keys() {
                    if wants_custom(&self.readers, reader) {
                        post.add(reader, frame.clone());
                    }
                }
            }
        }
    }

    fn tell_levels(
        &mut self,
        at_ms: Millis,
        market: MarketIx,
        changes: &[LevelChange],
        post: &mut Post,
    ) {
        let Some(watched) = self.watched.get_mut(&market) else { return };
        let sheet = &mut watched.sheet;
        let before = sheet.top(Outcome::First);
        sheet.apply(at_ms, changes);
        let snapshots = Outcome::BOTH.map(|outcome| sheet.snapshot(outcome));
        let hashes = snapshots.each_ref().map(|snapshot| snapshot.row().hash);
        for &change in changes {
            let frame = frame::price_change(sheet, &hashes, change);
            for &reader in watched.watchers.keys() {
                post.add(reader, frame.clone());
            }
        }
        if std::mem::take(&mut watched.traded) {
            for outcome in Outcome::BOTH {
                let index = outcome.index();
                let book = || frame::book(&snapshots[index], &hashes[index]);
                watched.tell(outcome, |_| true, book, post);
            }
        }
        if watched.sheet.top(Outcome::First) != before {
            for outcome in Outcome::BOTH {
                let best = || frame::best_bid_ask(&watched.sheet, outcome);
                watched.tell(outcome, |reader| wants_custom(&self.readers, reader), best, post);
            }
        }
    }

    fn tell_trade(&mut self, market: MarketIx, print: &Print, post: &mut Post) {
        let Some(watched) = self.watched.get_mut(&market) else { return };
        watched.sheet.last = Some(mirrored(print.outcome, print.price));
        watched.traded = true;
        let frame = || frame::last_trade_price(&watched.sheet.card, print);
        watched.tell(print.outcome, |_| true, frame, post);
    }

    fn tell_tick(
        &mut self,
        at_ms: Millis,
        market: MarketIx,
        (old, new): (Pips, Pips),
        post: &mut Post,
    ) {
        let Some(watched) = self.watched.get_mut(&market) else { return };
        watched.sheet.tick = new;
        for outcome in Outcome::BOTH {
            let card = &watched.sheet.card;
            let frame = || frame::tick_size_change(card, outcome, at_ms, (old, new));
            watched.tell(outcome, |_| true, frame, post);
        }
    }

    fn tell_activity(&self, activity: &Activity, post: &mut Post) {
        for (&id, reader) in &self.readers {
            if reader.subscriptions.iter().any(|subscription| subscription.wants(activity)) {
                post.add(id, activity.message(&reader.name));
            }
        }
    }

    /// Hands everything out. Returns the readers that are gone or too slow.
    pub(super) fn send(&mut self, post: Post) -> Vec<ReaderId> {
        let refused = post.0.into_iter().filter_map(|(id, frames)| {
            let reader = self.readers.get(&id)?;
            (!reader.outbox.push(frames)).then_some(id)
        });
        refused.collect()
    }
}

impl Watched {
    /// Sends the readers of a token what `frame` makes, which is called when there is one at most.
    fn tell(
        &self,
        outcome: Outcome,
        wants: impl Fn(ReaderId) -> bool,
        frame: impl FnOnce() -> Frame,
        post: &mut Post,
    ) {
        let readers = self.watchers.iter().filter(|(_, tokens)| tokens[outcome.index()]);
        let mut readers = readers.map(|(&reader, _)| reader).filter(|&reader| wants(reader));
        let Some(first) = readers.next() else { return };
        let frame = frame();
        for reader in readers {
            post.add(reader, frame.clone());
        }
        post.add(first, frame);
    }
}

fn wants_custom(readers: &BTreeMap<ReaderId, Reader>, reader: ReaderId) -> bool {
    readers.get(&reader).is_some_and(|reader| reader.custom)
}
