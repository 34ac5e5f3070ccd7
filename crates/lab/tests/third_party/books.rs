//! The market channel: books kept from its messages are the books that REST shows.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::StreamExt;
use marcasite::Decimal;
use marcasite::clob::{OrderBookSummary, Side, TokenId};
use marcasite::ws::{BookEvent, MarketChannel, MarketEvent, MarketSubscription, PriceChangeEvent};
use tokio::time::timeout;

use crate::Session;

/// How long the lab may take to tell what it did.
const PATIENCE: Duration = Duration::from_secs(20);

/// A book kept by a client: size by price, for bids and asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Kept {
    bids: BTreeMap<Decimal, Decimal>,
    asks: BTreeMap<Decimal, Decimal>,
}

impl Kept {
    fn of_event(book: &BookEvent) -> Self {
        Self {
            bids: book.bids.iter().map(|level| (level.price, level.size)).collect(),
            asks: book.asks.iter().map(|level| (level.price, level.size)).collect(),
        }
    }

    fn of_rest(book: &OrderBookSummary) -> Self {
        Self {
            bids: book.bids.iter().map(|level| (level.price, level.size)).collect(),
            asks: book.asks.iter().map(|level| (level.price, level.size)).collect(),
        }
    }

    fn set(&mut self, side: &Side, price: Decimal, size: Decimal) {
        let levels = if *side == Side::Buy { &mut self.bids } else { &mut self.asks };
        if size.is_zero() {
            levels.remove(&price);
        } else {
            levels.insert(price, size);
        }
    }

    fn best(&self) -> (Option<Decimal>, Option<Decimal>) {
        (self.bids.keys().next_back().copied(), self.asks.keys().next().copied())
    }
}

#[derive(Default)]
struct Books {
    kept: BTreeMap<TokenId, Kept>,
    changes: usize,
    trades: usize,
}

impl Books {
    fn apply(&mut self, event: MarketEvent) {
        match event {
            MarketEvent::Book(book) => {
                self.kept.insert(book.asset_id.clone(), Kept::of_event(&book));
            }
            MarketEvent::PriceChange(change) => self.change(&change),
            MarketEvent::LastTradePrice(_) => self.trades += 1,
            MarketEvent::Unknown(value) => panic!("a message that no client knows: {value}"),
            _ => {}
        }
    }

    fn change(&mut self, event: &PriceChangeEvent) {
        for change in &event.price_changes {
            // Changes come for both outcomes; only those that were asked for are kept.
            let Some(book) = self.kept.get_mut(&change.asset_id) else { continue };
            book.set(&change.side, change.price, change.size);
            self.changes += 1;
        }
    }
}

async fn next(channel: &mut MarketChannel) -> MarketEvent {
    let event = timeout(PATIENCE, channel.next()).await.expect("a message in time");
    event.expect("an open channel").expect("a message that decodes")
}

async fn rest_books(session: &Session, tokens: &[TokenId]) -> BTreeMap<TokenId, Kept> {
    let mut books = BTreeMap::new();
    for token in tokens {
        let book = session.polymarket.clob().get_order_book(token).await.unwrap();
        books.insert(token.clone(), Kept::of_rest(&book));
    }
    books
}

/// The first outcomes of the busiest open markets.
async fn busy_tokens(session: &Session, count: u32) -> Vec<TokenId> {
    let busiest = session.polymarket.gamma().list_markets_keyset().order("volumeNum");
    let page = busiest.ascending(false).closed(false).limit(count).send().await.unwrap();
    page.into_items()
        .into_iter()
        .map(|market| market.clob_token_ids.unwrap().swap_remove(0))
        .collect()
}

async fn channel(session: &Session, tokens: &[TokenId]) -> MarketChannel {
    let url = session.running.url("/ws/ws/market").replace("http://", "ws://");
    let subscription = MarketSubscription::new(tokens).custom_feature_enabled(true);
    MarketChannel::builder().url(url).connect(subscription).await.unwrap()
}

#[tokio::test]
async fn a_book_kept_from_the_channel_is_the_book_that_rest_shows() {
    let session = Session::start(41).await;
    let tokens = busy_tokens(&session, 40).await;
    let mut channel = channel(&session, &tokens).await;
    let mut books = Books::default();
    while books.kept.len() < tokens.len() {
        books.apply(next(&mut channel).await);
    }
    assert_eq!(books.kept, rest_books(&session, &tokens).await);
    assert!(books.kept.values().any(|book| book.best().0.is_some() && book.best().1.is_some()));

    while books.changes == 0 || books.trades == 0 {
        session.running.lab.with_world(|world| world.advance(world.now() + TimeDelta::minutes(2)));
        let shown = rest_books(&session, &tokens).await;
        while books.kept != shown {
            books.apply(next(&mut channel).await);
        }
    }
    channel.close();
    session.running.stop().await;
}
