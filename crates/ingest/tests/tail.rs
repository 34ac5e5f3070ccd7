//! The markets whose books nobody streams, against the lab: they are quoted in the minutes in which they were looked
//! at, and in no other.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::bars::{Interval, WIDEST_QUOTED_SPREAD};
use domain::book::Pips;
use domain::{Price, TokenId};
use ingest::live::{LiveBooks, LiveOptions, snapshot_of_rest};
use lab::{Fault, FaultKind};
use store::streaming;
use store::testing::eventually;
use support::books::{Followed, stream_only};
use support::exchange::Exchange;
use support::record::Recorder;

const ROUND: Duration = Duration::from_millis(50);

type Quotes = BTreeMap<String, (Price, Price)>;

/// The best prices of the exchange's open markets, as far as their middle passes for a price.
async fn true_quotes(exchange: &Exchange) -> Quotes {
    let markets = streaming::open_after(exchange.database.service(), None, 1_000).await.unwrap();
    let tokens: Vec<TokenId> = markets.iter().map(|market| market.tokens[0].clone()).collect();
    let books = exchange.clob().books(&tokens).await.unwrap();
    let quotes = books.rows.into_iter().filter_map(|raw| {
        let market = markets.iter().find(|market| market.tokens[0] == raw.token_id)?;
        let book = snapshot_of_rest(raw)?.book;
        let (bid, ask) = (book.best_bid().map(Pips::price)?, book.best_ask().map(Pips::price)?);
        let is_near = ask.decimal() - bid.decimal() <= WIDEST_QUOTED_SPREAD;
        is_near.then(|| (market.market_id.to_string(), (bid, ask)))
    });
    quotes.collect()
}

/// The quotes that are held of a minute.
async fn held(exchange: &Exchange, minute: DateTime<Utc>) -> Quotes {
    let rows: Vec<(String, rust_decimal::Decimal, rust_decimal::Decimal)> = sqlx::query_as(
        "SELECT market_id, bid, ask FROM prices_1m WHERE minute = $1 AND ask - bid <= 0.1",
    )
    .bind(minute)
    .fetch_all(exchange.database.service())
    .await
    .unwrap();
    let price = |decimal| Price::new(decimal).unwrap();
    rows.into_iter().map(|(market, bid, ask)| (market, (price(bid), price(ask)))).collect()
}

/// Of which minutes quotes are held.
async fn quoted_minutes(exchange: &Exchange) -> BTreeSet<DateTime<Utc>> {
    let minutes: Vec<DateTime<Utc>> = sqlx::query_scalar(
        "SELECT DISTINCT minute FROM prices_1m WHERE bid IS NOT NULL OR ask IS NOT NULL",
    )
    .fetch_all(exchange.database.service())
    .await
    .unwrap();
    minutes.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_market_nobody_streams_is_quoted_when_it_is_looked_at() {
    let exchange = Exchange::open(41, 100.0).await;
    exchange.inject(Fault::on("/clob/prices", FaultKind::ServerError).every(3).times(6));
    let recorder = Recorder::start_looking(&exchange, LiveBooks::default(), ROUND);
    let first = true_quotes(&exchange).await;
    assert!(first.len() > 20, "{} markets are quoted", first.len());
    let minute = Interval::Minute.bucket(exchange.now());
    eventually("a round", || async { held(&exchange, minute).await == first }).await;

    exchange.advance(TimeDelta::minutes(7)).await;
    let later = Interval::Minute.bucket(exchange.now());
    let second = true_quotes(&exchange).await;
    let changed: Quotes = second
        .iter()
        .filter(|(market, quote)| first.get(*market) != Some(*quote))
        .map(|(market, quote)| (market.clone(), *quote))
        .collect();
    assert!(!changed.is_empty() && changed.len() < second.len());
    // What stayed as it was is not written again.
    eventually("another round", || async { held(&exchange, later).await == changed }).await;
    assert_eq!(held(&exchange, minute).await, first);
    // Other minutes are not claimed, and nothing is a gap: nobody recorded.
    assert_eq!(quoted_minutes(&exchange).await, BTreeSet::from([minute, later]));
    assert_eq!(exchange.count("SELECT count(*) FROM recording_gaps").await, 0);
    let recorded = "SELECT count(*) FROM market_recordings WHERE recorded_since IS NOT NULL";
    assert_eq!(exchange.count(recorded).await, 0);
    recorder.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_market_whose_book_is_live_is_not_looked_at() {
    let exchange = Exchange::open(42, 40.0).await;
    let mut followed = Followed::start(&exchange, LiveOptions { busiest: 10, ..stream_only() });
    followed.all_agree().await;
    let streamed: BTreeSet<String> =
        followed.books.all().iter().map(|live| live.market.market_id.to_string()).collect();
    assert_eq!(streamed.len(), 10);
    let recorder = Recorder::start_looking(&exchange, followed.books.clone(), ROUND);
    let mut expected = true_quotes(&exchange).await;
    let before = expected.len();
    expected.retain(|market, _| !streamed.contains(market));
    assert!(expected.len() < before);
    let minute = Interval::Minute.bucket(exchange.now());
    eventually("a round", || async { held(&exchange, minute).await == expected }).await;
    recorder.stop().await;
}
