//! Where news of the world become messages. They are collected while the world is locked, which takes
//! no longer than noting them down, and written and handed out when it is not.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::activity::Subscription;
use super::board::{Board, Post, ReaderId, Watch};
use super::bulletin::{Bulletin, digest};
use super::outbox::{self, Inbox};
use super::sheet::{Card, Sheet};
use crate::exchange::{MarketIx, Outcome};
use crate::world::World;

/// A token's place in the exchange.
pub(super) type Token = (MarketIx, Outcome);

/// How long a clock that is being stepped waits for clients to read.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug)]
enum Item {
    News(Vec<Bulletin>),
    Watch(Watch),
}

/// Takes news in and gives messages out. Whoever has the world locked may lock `items`, and whoever
/// has the board locked too, but nobody locks the world or the board while holding `items`.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    /// What has happened, in order.
    items: Mutex<VecDeque<Item>>,
    board: Mutex<Board>,
    readers: AtomicUsize,
    /// Somebody has read something.
    read: Notify,
}

impl Desk {
    /// Notes down what happened in the world since the last call. True when there is something to
    /// [`Desk::deliver`].
    pub(crate) fn collect(&self, world: &mut World) -> bool {
        let news = world.exchange_mut().take_news();
        if news.is_empty() || self.readers.load(Ordering::Relaxed) == 0 {
            return false;
        }
        let bulletins = digest(world, news);
        lock(&self.items).push_back(Item::News(bulletins));
        true
    }

    /// Tells everybody what was noted down. When it returns, all that was noted before the call is on
    /// its way, by this call or by another.
    pub(crate) fn deliver(&self) {
        let mut board = lock(&self.board);
        let mut post = Post::default();
        while let Some(item) = self.next_item() {
            match item {
                Item::News(bulletins) => {
                    for bulletin in bulletins {
                        board.tell(bulletin, &mut post);
                    }
                }
                Item::Watch(watch) => board.watch(watch, &mut post),
            }
        }
        for reader in board.send(post) {
            self.forget(&mut board, reader);
        }
    }

    fn next_item(&self) -> Option<Item> {
        lock(&self.items).pop_front()
    }

    /// Waits until every client has read enough to be sent more, or for some seconds.
    pub(crate) async fn wait_for_readers(&self) {
        let everybody_has_room = async {
            loop {
                let read = self.read.notified();
                if lock(&self.board).has_room() {
                    return;
                }
                read.await;
            }
        };
        // Who does not read at all is cut off by the next news.
        let _ = tokio::time::timeout(PATIENCE, everybody_has_room).await;
    }

    /// Notes that a client has read something.
    pub(super) fn note_read(&self) {
        self.read.notify_waiters();
    }

    /// Adds a connection.
    pub(super) fn join(&self) -> (ReaderId, Inbox) {
        let (outbox, inbox) = outbox::channel();
        self.readers.fetch_add(1, Ordering::Relaxed);
        (lock(&self.board).join(outbox), inbox)
    }

    /// Forgets a connection.
    pub(super) fn leave(&self, reader: ReaderId) {
        self.forget(&mut lock(&self.board), reader);
        // Nobody has to wait for it any more.
        self.note_read();
    }

    fn forget(&self, board: &mut Board, reader: ReaderId) {
        if board.leave(reader) {
            self.readers.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Notes down that `reader` watches `tokens` from now on. To be called with the world locked and
    /// its news collected, so that what follows goes on from the books of this moment.
    pub(super) fn request_watch(
        &self,
        world: &World,
        reader: ReaderId,
        tokens: Vec<Token>,
        dump: bool,
    ) {
        let markets: BTreeSet<MarketIx> = tokens.iter().map(|&(market, _)| market).collect();
        let sheet = |ix: MarketIx| {
            let (_, market) = world.market(ix);
            let (condition_id, token_ids) = (market.condition_id.clone(), market.token_ids.clone());
            (ix, Sheet::of(Card { condition_id, token_ids }, world.exchange().listing(ix)))
        };
        let sheets = markets.into_iter().map(sheet).collect();
        lock(&self.items).push_back(Item::Watch(Watch { reader, tokens, sheets, dump }));
    }

    pub(super) fn unwatch(&self, reader: ReaderId, tokens: &[Token]) {
        lock(&self.board).unwatch(reader, tokens);
    }

    /// Switches the market channel's custom features of a connection.
    pub(super) fn set_custom(&self, reader: ReaderId, custom: bool) {
        if let Some(reader) = lock(&self.board).reader_mut(reader) {
            reader.custom = custom;
        }
    }

    /// Changes the RTDS subscriptions of a connection.
    pub(super) fn resubscribe(
        &self,
        reader: ReaderId,
        change: impl FnOnce(&mut Vec<Subscription>),
    ) {
        if let Some(reader) = lock(&self.board).reader_mut(reader) {
            change(&mut reader.subscriptions);
        }
    }
}

/// Both stay usable after a panic elsewhere: what is in them is changed piece by piece.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
