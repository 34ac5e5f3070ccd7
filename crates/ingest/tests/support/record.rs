//! A recorder at work, and what it has recorded beside what happened.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::bars::{Bar, BarSource, Interval, aggregate, minute_bars};
use domain::tape::{Trade, ordinals};
use domain::{MarketId, TokenId};
use ingest::live::LiveBooks;
use ingest::record::{RecordingOptions, RecordingService};
use polymarket::ws::activity::ActivityOptions;
use store::bars::{self, Grain};
use store::testing::eventually;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::exchange::{Exchange, quick};
use super::truth::{self, Amiss};

/// The feed of trades.
pub(crate) const FEED: &str = "/data/v2/trades";

/// A recorder that runs until it is stopped.
pub(crate) struct Recorder {
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Recorder {
    /// One that looks at everything all the time.
    pub(crate) fn start(exchange: &Exchange) -> Self {
        Self::start_with(exchange, LiveBooks::default(), mpsc::channel(1).1)
    }

    /// The same with books that are live elsewhere, and announcements of resolutions.
    pub(crate) fn start_with(
        exchange: &Exchange,
        books: LiveBooks,
        announced: mpsc::Receiver<TokenId>,
    ) -> Self {
        Self::start_every(exchange, Duration::from_millis(50), books, announced)
    }

    /// The same that goes so far back at first.
    pub(crate) fn start_back(exchange: &Exchange, tape_back: TimeDelta) -> Self {
        let options =
            RecordingOptions { tape_back, ..options(exchange, Duration::from_millis(50)) };
        Self::run(exchange, options, LiveBooks::default(), mpsc::channel(1).1)
    }

    /// The same that looks at the markets whose books are not live, in rounds so long.
    pub(crate) fn start_looking(exchange: &Exchange, books: LiveBooks, round: Duration) -> Self {
        let tail_every = Some(round);
        let options =
            RecordingOptions { tail_every, ..options(exchange, Duration::from_millis(50)) };
        Self::run(exchange, options, books, mpsc::channel(1).1)
    }

    /// The same that reads the tape so often.
    pub(crate) fn start_every(
        exchange: &Exchange,
        tape_every: Duration,
        books: LiveBooks,
        announced: mpsc::Receiver<TokenId>,
    ) -> Self {
        Self::run(exchange, options(exchange, tape_every), books, announced)
    }

    fn run(
        exchange: &Exchange,
        options: RecordingOptions,
        books: LiveBooks,
        announced: mpsc::Receiver<TokenId>,
    ) -> Self {
        let database = exchange.database.database().clone();
        let endpoints = exchange.endpoints.clone();
        let upstream = exchange.upstream.clone();
        let service =
            RecordingService::new(database, upstream, endpoints, books, options, announced);
        let stop = CancellationToken::new();
        let running = tokio::spawn(service.run(stop.clone()));
        Self { stop, running }
    }

    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.running.await.unwrap();
    }
}

fn options(exchange: &Exchange, tape_every: Duration) -> RecordingOptions {
    let activity = ActivityOptions::default();
    RecordingOptions {
        tape_every,
        tape_back: TimeDelta::hours(2),
        windows_every: Duration::from_millis(200),
        long_windows_every: Duration::from_millis(200),
        tail_every: None,
        oracle_every: Duration::from_millis(200),
        history_every: Duration::from_hours(1),
        history_markets: 0,
        activity: ActivityOptions { connection: quick(activity.connection), ..activity },
        clock: exchange.clock(),
        ..RecordingOptions::default()
    }
}

/// Waits until the feed was read from its beginning so many times more.
pub(crate) async fn readings(exchange: &Exchange, count: u64) {
    let before = exchange.requests(FEED);
    eventually("readings", || async { exchange.requests(FEED) >= before + count }).await;
}

/// Lets minutes pass, in which the feed is read.
pub(crate) async fn live_on(exchange: &Exchange, minutes: u32) {
    for minute in 0..minutes {
        // Not always as long: rows would come in the same places of every page.
        exchange.advance(TimeDelta::seconds(40 + i64::from(minute * 7 % 30))).await;
        readings(exchange, 2).await;
    }
}

pub(crate) async fn amiss(exchange: &Exchange, since: DateTime<Utc>) -> Amiss {
    let truth = truth::trades(exchange, since).await;
    truth::compare(&truth, &truth::recorded(exchange, since).await)
}

/// Waits until what is recorded is what happened, and sees that it stays so. Tells how many trades that is.
pub(crate) async fn recorded_once(exchange: &Exchange, since: DateTime<Utc>) -> usize {
    eventually("the record", || async { amiss(exchange, since).await.lost.is_empty() }).await;
    readings(exchange, 5).await;
    let amiss = amiss(exchange, since).await;
    assert!(amiss.is_nothing(), "{amiss:?}");
    truth::trades(exchange, since).await.len()
}

/// The bars of trades as the domain makes them, by market.
pub(crate) fn bars_of(trades: &[Trade]) -> BTreeMap<MarketId, Vec<Bar>> {
    let mut by_market: BTreeMap<MarketId, Vec<Trade>> = BTreeMap::new();
    for trade in trades {
        by_market.entry(trade.market_id.clone()).or_default().push(trade.clone());
    }
    let bars = |trades: Vec<Trade>| {
        let prints = trades.iter().zip(ordinals(&trades));
        minute_bars(prints.filter_map(|(trade, ordinal)| trade.print(ordinal)).collect(), vec![])
    };
    by_market.into_iter().map(|(market, trades)| (market, bars(trades))).collect()
}

/// Sees that the recorded bars are those of the truth. Tells how many there are.
pub(crate) async fn bars_are_true(exchange: &Exchange, since: DateTime<Utc>) -> usize {
    let expected = bars_of(&truth::trades(exchange, since).await);
    let mut count = 0;
    for (market, expected) in expected {
        let to = exchange.now() + TimeDelta::minutes(1);
        let held = |grain| bars::of_market(exchange.database.service(), &market, grain, since, to);
        let mut minutes = held(Grain::Minute).await.unwrap();
        let hours = held(Grain::Hour).await.unwrap();
        assert_eq!(hours, aggregate(&minutes, Interval::Hour), "hours of {market}");
        minutes.retain(|bar| bar.source == BarSource::Trades);
        for bar in &mut minutes {
            // Of live books, where there are some.
            (bar.bid, bar.ask) = (None, None);
        }
        assert_eq!(minutes, expected, "minutes of {market}");
        count += expected.len();
    }
    count
}

/// The beginning of an hour within what a recorder reads.
pub(crate) fn an_hour_ago(exchange: &Exchange) -> DateTime<Utc> {
    Interval::Hour.bucket(exchange.now()) - TimeDelta::hours(1)
}
