//! The books of a live service beside those of the exchange.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use domain::TokenId;
use domain::book::{Book, BookCause, BookState};
use ingest::live::{LiveBook, LiveBooks, LiveOptions, LiveService, snapshot_of_rest};
use polymarket::ws::ConnectionOptions;
use polymarket::ws::market::MarketOptions;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::exchange::{Exchange, quick};

/// Longer than anything takes; who waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A live service that follows an exchange.
pub(crate) struct Followed<'a> {
    exchange: &'a Exchange,
    pub(crate) books: LiveBooks,
    pub(crate) resolved: Option<mpsc::Receiver<TokenId>>,
    /// Why books were not live, as far as anybody looked.
    pub(crate) causes: HashMap<BookCause, usize>,
    /// The longest that a wrong book was shown as live while the exchange stood still.
    pub(crate) longest_wrong: Duration,
    _stop: DropGuard,
    _running: JoinHandle<()>,
}

/// Options under which nothing but the stream's own messages reveals anything.
pub(crate) fn stream_only() -> LiveOptions {
    LiveOptions {
        busiest: 100,
        choose_every: Duration::from_hours(1),
        canary_every: Duration::from_hours(1),
        refetch_every: Duration::from_hours(1),
        channel: MarketOptions {
            connection: quick(ConnectionOptions::default()),
            tokens_per_shard: 50,
            // Minutes of a busy world are told at once.
            queue: 1_000_000,
            ..MarketOptions::default()
        },
    }
}

/// A difference between a book that is shown as live and the exchange's.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) token: TokenId,
    pub(crate) shown: LiveBook,
    pub(crate) exchange: Book,
}

impl<'a> Followed<'a> {
    pub(crate) fn start(exchange: &'a Exchange, options: LiveOptions) -> Self {
        let database = exchange.database.database().clone();
        let made = LiveService::new(database, exchange.clob(), &exchange.endpoints, options);
        let (service, resolved) = made.unwrap();
        let books = service.books();
        let stop = CancellationToken::new();
        let running = tokio::spawn(service.run(stop.clone()));
        Self {
            exchange,
            books,
            resolved: Some(resolved),
            causes: HashMap::new(),
            longest_wrong: Duration::ZERO,
            _stop: stop.drop_guard(),
            _running: running,
        }
    }

    /// Where what is shown as live is not what the exchange has; and how many are not shown as live although the
    /// exchange has a book.
    pub(crate) async fn compare(&mut self) -> (Vec<Difference>, usize) {
        let tokens: Vec<TokenId> =
            self.books.all().into_iter().map(|live| live.market.tokens[0].clone()).collect();
        let told = self.exchange.clob().books(&tokens).await.unwrap();
        let told = told.rows.into_iter().filter_map(|raw| {
            let token = raw.token_id.clone();
            Some((token, snapshot_of_rest(raw)?.book))
        });
        let mut exchange: HashMap<TokenId, Book> = told.collect();
        let (mut different, mut dark) = (Vec::new(), 0);
        for shown in self.books.all() {
            let token = shown.market.tokens[0].clone();
            if let Some(cause) = shown.state.cause() {
                *self.causes.entry(cause).or_default() += 1;
            }
            let is_open = exchange.contains_key(&token);
            // A market that takes no orders any more has none.
            let book = exchange.remove(&token).unwrap_or_default();
            if shown.state != BookState::Live || shown.is_ghost {
                dark += usize::from(is_open);
            } else if shown.book != book {
                different.push(Difference { token, shown, exchange: book });
            }
        }
        (different, dark)
    }

    /// Waits until no book that is shown as live differs from the exchange's, which stands still meanwhile.
    pub(crate) async fn none_is_wrong(&mut self, within: Duration) {
        let begin = Instant::now();
        loop {
            let (different, _) = self.compare().await;
            if different.is_empty() {
                break;
            }
            let wrong_for = begin.elapsed();
            assert!(wrong_for < within, "wrong for {wrong_for:?}: {:?}", different[0]);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.longest_wrong = self.longest_wrong.max(begin.elapsed());
    }

    /// Waits until every book of an open market is shown as live and is the exchange's. Tells how many there are.
    pub(crate) async fn all_agree(&mut self) -> usize {
        let begin = Instant::now();
        loop {
            let (different, dark) = self.compare().await;
            let count = self.books.all().len();
            if different.is_empty() && dark == 0 && count > 0 {
                return count;
            }
            assert!(
                begin.elapsed() < PATIENCE,
                "{} wrong, {dark} not live of {count}: {:?}; {:?}",
                different.len(),
                different.first(),
                self.causes
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
