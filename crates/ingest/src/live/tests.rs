//! What becomes of books when something is told that nobody can read.

use chrono::{DateTime, TimeDelta, Utc};
use domain::book::{Book, BookCause, BookMeta, BookSource, BookState, Keeper};
use domain::{ConditionId, MarketId, TokenId};
use polymarket::clob::ClobClient;
use polymarket::ws::market::{MarketChannel, MarketEvent, ShardId, decode};
use polymarket::{Endpoints, Limits, Upstream, UpstreamOptions};
use std::sync::Arc;
use store::streaming::TradedMarket;
use store::testing::TestDatabase;
use tokio::sync::mpsc;

use super::choose::Chooser;
use super::work::Work;
use super::{LiveBooks, LiveOptions};

const SHARD: ShardId = ShardId(0);

fn token(number: u32) -> TokenId {
    TokenId::parse(&number.to_string()).unwrap()
}

/// A market whose first token has this number.
fn market(number: u32) -> TradedMarket {
    TradedMarket {
        market_id: MarketId::parse(&number.to_string()).unwrap(),
        condition_id: ConditionId::parse(&format!("{number:064}")).unwrap(),
        tokens: [token(number), token(number + 1)],
    }
}

/// The work of a service that has two live books on one connection, of tokens 10 and 20.
struct Scene {
    work: Work,
    books: LiveBooks,
    now: DateTime<Utc>,
    _database: TestDatabase,
}

impl Scene {
    async fn set() -> Self {
        let database = TestDatabase::create().await;
        let (http, ws) = ("http://127.0.0.1:1", "ws://127.0.0.1:1");
        let endpoints = Endpoints::new(http, http, http, ws, ws).unwrap();
        let channel = LiveOptions::default().channel;
        let (_, handle, _) = MarketChannel::new(&endpoints, channel).unwrap();
        let limits = Arc::new(Limits::unlimited());
        let upstream = Upstream::new(endpoints, UpstreamOptions::default(), limits).unwrap();
        let books = LiveBooks::default();
        let chooser = Chooser::new(books.clone(), database.database().clone(), 0);
        let clob = ClobClient::new(Arc::new(upstream));
        let mut work = Work::new(chooser, books.clone(), clob, handle, mpsc::channel(1).0);
        let now = DateTime::from_timestamp(1_795_392_000, 0).unwrap();
        let tokens: Vec<TokenId> = books.follow(vec![market(10), market(20)]).into_iter().collect();
        work.take(MarketEvent::Connected { shard: SHARD, tokens: tokens.clone(), at: now });
        for token in &tokens {
            let live = |keeper: &mut Keeper| {
                let (source, meta) = (BookSource::Stream, BookMeta::default());
                keeper.snapshot(Book::default(), 1_000, now, source, meta)
            };
            books.update(token, live).unwrap();
        }
        Self { work, books, now, _database: database }
    }

    fn hear(&mut self, text: &str) {
        let messages = decode(text).messages;
        assert_eq!(messages.len(), 1, "{messages:?}");
        self.work.take(MarketEvent::Received { shard: SHARD, messages, received_at: self.now });
    }

    /// The first tokens of markets whose book is not live, and those of which one is asked for in a second.
    fn doubted(&self) -> (Vec<TokenId>, Vec<TokenId>) {
        let unreadable = BookState::Gap { cause: BookCause::Unreadable };
        let dark = self.books.all().into_iter().filter(|live| live.state == unreadable);
        let mut dark: Vec<TokenId> = dark.map(|live| live.market.tokens[0].clone()).collect();
        dark.sort();
        assert_eq!(self.books.check(self.now), [], "too soon");
        let mut due = self.books.check(self.now + TimeDelta::seconds(1));
        due.sort();
        (dark, due)
    }
}

#[tokio::test]
async fn a_book_of_which_something_unreadable_was_said_is_asked_for() {
    let mut scene = Scene::set().await;
    scene.hear(r#"{"event_type":"book","asset_id":"10","bids":"?","asks":[],"timestamp":"1001"}"#);
    assert_eq!(scene.doubted(), (vec![token(10)], vec![token(10)]));
}

#[tokio::test]
async fn what_says_not_even_of_whom_it_is_makes_every_book_of_its_connection_due() {
    let mut scene = Scene::set().await;
    scene.hear(r#"{"event_type":"book","bids":"?"}"#);
    let both = vec![token(10), token(20)];
    assert_eq!(scene.doubted(), (both.clone(), both));
}

#[tokio::test]
async fn an_unreadable_trade_changes_no_book() {
    let mut scene = Scene::set().await;
    scene.hear(r#"{"event_type":"last_trade_price","asset_id":"10"}"#);
    assert_eq!(scene.doubted(), (vec![], vec![]));
}
