//! The tape and its bars: each trade once, whoever tells it and how often.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::bars::{Bar, BarSource, Interval, MinuteQuote, aggregate, minute_bars};
use domain::tape::Trade;
use domain::{
    Address, ConditionId, Market, MarketId, Price, Shares, Side, TokenId, TransactionHash,
};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use store::bars::{self, Grain, HistoryDetail, Quote};
use store::months::{self, Aging};
use store::tape::{self, TapeFilter, TapePlace};
use store::testing::TestDatabase;
use store::trades::{self, HeardTrade, TapeSource};
use support::{event, market};

/// A market whose tokens are traded.
fn traded() -> Market {
    let mut market = market("7");
    market.condition_id = ConditionId::parse(&format!("0x{:064x}", 7)).ok();
    for (index, outcome) in market.outcomes.iter_mut().enumerate() {
        outcome.token_id = TokenId::parse(&(70 + index).to_string()).ok();
    }
    market
}

/// A database with one market, and a connection to write through.
async fn with_market() -> (TestDatabase, PgConnection) {
    let database = TestDatabase::create().await;
    let mut connection = database.service().acquire().await.unwrap().detach();
    let now = Utc::now();
    store::catalogue::prepare_history(&mut connection, now).await.unwrap();
    store::catalogue::apply(&mut connection, None, now, &[event("e1")], &[traded()]).await.unwrap();
    (database, connection)
}

fn noon() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn market_id() -> MarketId {
    MarketId::parse("7").unwrap()
}

/// A trade `second` after noon, in cents and whole shares.
fn trade(second: i64, outcome_index: usize, side: Side, cents: i64, shares: u32) -> HeardTrade {
    let row = traded();
    let trade = Trade {
        market_id: row.market_id,
        condition_id: row.condition_id.unwrap(),
        token_id: row.outcomes[outcome_index].token_id.clone().unwrap(),
        outcome_index,
        side,
        price: Price::new(Decimal::new(cents, 2)).unwrap(),
        shares: Shares::new(Decimal::from(shares)).unwrap(),
        traded_at: noon() + TimeDelta::seconds(second),
        transaction_hash: TransactionHash::parse(&format!("0x{second:064x}")).ok(),
        wallet: Address::parse(&format!("0x{shares:040x}")).ok(),
    };
    HeardTrade { trade, name: Some("Somebody".to_owned()) }
}

/// As the activity socket tells it: a few seconds off, the price with more digits.
fn heard(heard: &HeardTrade) -> HeardTrade {
    let mut heard = heard.clone();
    heard.trade.traded_at -= TimeDelta::seconds(3);
    heard.trade.price = Price::new(heard.trade.price.decimal() + Decimal::new(1, 8)).unwrap();
    heard
}

async fn record(
    connection: &mut PgConnection,
    source: TapeSource,
    reading: &[HeardTrade],
) -> (usize, usize) {
    let recorded = trades::record(connection, source, reading, Utc::now()).await.unwrap();
    (recorded.inserted, recorded.confirmed)
}

async fn minutes(connection: &mut PgConnection) -> Vec<Bar> {
    let (from, to) = (noon() - TimeDelta::days(40), noon() + TimeDelta::days(1));
    bars::of_market(connection, &market_id(), Grain::Minute, from, to).await.unwrap()
}

async fn hours(connection: &mut PgConnection) -> Vec<Bar> {
    let (from, to) = (noon() - TimeDelta::days(40), noon() + TimeDelta::days(1));
    bars::of_market(connection, &market_id(), Grain::Hour, from, to).await.unwrap()
}

/// The bars of trades as the domain makes them.
fn bars_of(trades: &[HeardTrade], quotes: &[MinuteQuote]) -> Vec<Bar> {
    let prints = trades.iter().filter_map(|heard| heard.trade.print(0));
    minute_bars(prints.collect(), quotes.to_vec())
}

/// A little of everything: both outcomes, both sides, several minutes and hours.
fn some_trades() -> Vec<HeardTrade> {
    (0..200_i64)
        .map(|n| {
            let side = if n % 3 == 0 { Side::Sell } else { Side::Buy };
            let (outcome, cents) = (usize::from(n % 5 == 0), 20 + (n * 37) % 60);
            trade(n * 97, outcome, side, cents, 1 + u32::try_from(n % 11).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn each_trade_is_kept_once_however_often_it_is_told() {
    let (_database, mut connection) = with_market().await;
    let all = some_trades();
    let early: Vec<_> = all.iter().step_by(2).map(heard).collect();
    assert_eq!(record(&mut connection, TapeSource::Activity, &early).await, (100, 0));
    assert_eq!(record(&mut connection, TapeSource::Activity, &early).await, (0, 0));
    assert_eq!(record(&mut connection, TapeSource::Record, &all[..150]).await, (75, 75));
    assert_eq!(record(&mut connection, TapeSource::Record, &all).await, (25, 25));
    assert_eq!(record(&mut connection, TapeSource::Activity, &early).await, (0, 0));
    // What is held is what the record told, to the second and the digit.
    let since = noon() - TimeDelta::hours(1);
    let held = tape::of_market_since(&mut connection, &market_id(), since).await.unwrap();
    let held: Vec<Trade> = held.into_iter().map(|stored| stored.trade).collect();
    assert_eq!(held, all.iter().map(|heard| heard.trade.clone()).collect::<Vec<_>>());
    assert_eq!(minutes(&mut connection).await, bars_of(&all, &[]));
    assert_eq!(hours(&mut connection).await, aggregate(&bars_of(&all, &[]), Interval::Hour));
}

#[tokio::test]
async fn rows_alike_are_several_in_one_reading_and_the_same_in_two() {
    let (_database, mut connection) = with_market().await;
    let one = trade(5, 0, Side::Buy, 40, 10);
    let twice = [one.clone(), one.clone()];
    assert_eq!(record(&mut connection, TapeSource::Activity, &[heard(&one)]).await, (1, 0));
    assert_eq!(record(&mut connection, TapeSource::Record, &twice).await, (1, 1));
    assert_eq!(record(&mut connection, TapeSource::Record, &twice).await, (0, 0));
    assert_eq!(minutes(&mut connection).await[0].volume.unwrap().trades, 2);
}

#[tokio::test]
async fn a_trade_of_another_minute_leaves_the_one_it_was_thought_to_be_in() {
    let (_database, mut connection) = with_market().await;
    let one = trade(1, 0, Side::Buy, 40, 10);
    record(&mut connection, TapeSource::Activity, &[heard(&one)]).await;
    assert_eq!(minutes(&mut connection).await[0].at, noon() - TimeDelta::minutes(1));
    record(&mut connection, TapeSource::Record, std::slice::from_ref(&one)).await;
    assert_eq!(minutes(&mut connection).await, bars_of(&[one], &[]));
    assert_eq!(hours(&mut connection).await.len(), 1, "and its hour");
}

#[tokio::test]
async fn quotes_and_trades_make_the_same_bars_in_any_order() {
    let price = |cents| Price::new(Decimal::new(cents, 2)).ok();
    let all = some_trades();
    for quotes_first in [true, false] {
        let (_database, mut connection) = with_market().await;
        if !quotes_first {
            record(&mut connection, TapeSource::Record, &all).await;
        }
        let mut quotes = Vec::new();
        for n in 0..90 {
            let minute = noon() + TimeDelta::minutes(n);
            // Now and then too far apart for a price, or nobody bids.
            let bid = if n % 7 == 0 { None } else { price(30 + n % 5) };
            let ask = price(if n % 4 == 0 { 70 } else { 38 });
            let quote = Quote { market_id: market_id(), bid, ask };
            bars::record_quotes(&mut connection, minute, &[quote], Utc::now(), "x").await.unwrap();
            quotes.push(MinuteQuote { minute, bid, ask });
        }
        if quotes_first {
            record(&mut connection, TapeSource::Record, &all).await;
        }
        let mut expected = bars_of(&all, &quotes);
        if quotes_first {
            // Quotes too far apart leave nothing, so a trade that comes later finds none.
            let lone = |bar: &Bar| {
                let quote = quotes.iter().find(|quote| quote.minute == bar.at);
                bar.source == BarSource::Trades
                    && quote.is_some_and(|quote| bars_of(&[], &[*quote]).is_empty())
            };
            for bar in expected.iter_mut().filter(|bar| lone(bar)) {
                (bar.bid, bar.ask) = (None, None);
            }
        }
        assert_eq!(minutes(&mut connection).await, expected);
        assert_eq!(hours(&mut connection).await, aggregate(&expected, Interval::Hour));
    }
}

#[tokio::test]
async fn what_was_not_recorded_is_a_gap() {
    let (_database, mut connection) = with_market().await;
    let quote = || Quote { market_id: market_id(), bid: None, ask: None };
    for minute in [0, 1, 5, 6] {
        let minute = noon() + TimeDelta::minutes(minute);
        bars::record_quotes(&mut connection, minute, &[quote()], Utc::now(), "not running")
            .await
            .unwrap();
    }
    let (from, to) = (noon() - TimeDelta::hours(1), noon() + TimeDelta::hours(1));
    let gaps = bars::gaps(&mut connection, &market_id(), from, to).await.unwrap();
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].from_at, noon() + TimeDelta::minutes(2));
    assert_eq!(gaps[0].to_at, noon() + TimeDelta::minutes(5));
    assert_eq!(gaps[0].cause, "not running");
    let recording = bars::recording(&mut connection, &market_id()).await.unwrap().unwrap();
    assert_eq!(recording.recorded_since, Some(noon()));
    assert_eq!(recording.recorded_until, Some(noon() + TimeDelta::minutes(7)));
}

#[tokio::test]
async fn history_fills_only_what_is_empty() {
    let (_database, mut connection) = with_market().await;
    let one = trade(600, 0, Side::Buy, 40, 10);
    record(&mut connection, TapeSource::Record, std::slice::from_ref(&one)).await;
    let points: Vec<_> = (-60..60)
        .map(|n| (noon() + TimeDelta::minutes(n), Price::new(Decimal::new(500 + n, 3)).unwrap()))
        .collect();
    let new = bars::backfill(
        &mut connection,
        &market_id(),
        points.clone(),
        HistoryDetail::Fine,
        Utc::now(),
    )
    .await;
    assert_eq!(new.unwrap(), 119);
    let again =
        bars::backfill(&mut connection, &market_id(), points, HistoryDetail::Coarse, Utc::now())
            .await;
    assert_eq!(again.unwrap(), 0);
    let held = minutes(&mut connection).await;
    assert_eq!(held.len(), 120);
    assert_eq!(held[70], bars_of(&[one], &[])[0]);
    assert!(
        held.iter().filter(|bar| bar.source == BarSource::History).all(|bar| bar.volume.is_none())
    );
    let hours = hours(&mut connection).await;
    assert_eq!(hours.len(), 2);
    assert_eq!(hours[1].volume, None, "a part of it is unknown");
}

#[tokio::test]
async fn the_tape_is_read_by_pages_without_repeating_or_losing() {
    let (_database, mut connection) = with_market().await;
    let all = some_trades();
    record(&mut connection, TapeSource::Record, &all).await;
    let mut read = Vec::new();
    let mut filter = TapeFilter::default();
    loop {
        let page = tape::of_market(&mut connection, &market_id(), &filter, 17).await.unwrap();
        let Some(last) = page.last() else { break };
        filter.after = Some(TapePlace::of(last));
        read.extend(page.into_iter().map(|stored| stored.trade));
    }
    read.reverse();
    assert_eq!(read, all.iter().map(|heard| heard.trade.clone()).collect::<Vec<_>>());
    let filter = TapeFilter {
        side: Some(Side::Sell),
        outcome_index: Some(1),
        min_usdc: Some(Decimal::TWO),
        after: None,
    };
    let some = tape::of_market(&mut connection, &market_id(), &filter, 1_000).await.unwrap();
    let wanted = all.iter().filter(|heard| {
        let trade = &heard.trade;
        trade.side == Side::Sell
            && trade.outcome_index == 1
            && trade.usdc().decimal() >= Decimal::TWO
    });
    assert_eq!(some.len(), wanted.count());
    assert!(!some.is_empty());
}

#[tokio::test]
async fn dollars_are_rounded_by_the_database_as_by_the_domain() {
    let database = TestDatabase::create().await;
    // Halves of a millionth above even and odd millionths, and what lies about them.
    let prices = ["0", "0.5", "0.155", "0.00000001", "0.33333333", "0.99999999", "1"];
    let shares =
        ["0.000001", "0.000003", "10.0001", "10.0003", "7.123456", "99999999999999.999999"];
    for price in prices.map(|text| Price::new(text.parse().unwrap()).unwrap()) {
        for shares in shares.map(|text| Shares::new(text.parse().unwrap()).unwrap()) {
            let usdc: Decimal = sqlx::query_scalar("SELECT usdc_of($1, $2)")
                .bind(price.decimal())
                .bind(shares.decimal())
                .fetch_one(database.service())
                .await
                .unwrap();
            assert_eq!(usdc.normalize(), shares.at(price).decimal(), "{price} x {shares}");
        }
    }
}

#[tokio::test]
async fn what_nobody_knows_of_a_trade_stays_unknown() {
    let (_database, mut connection) = with_market().await;
    let mut one = trade(1, 0, Side::Buy, 40, 10);
    (one.trade.transaction_hash, one.trade.wallet) = (None, None);
    record(&mut connection, TapeSource::Record, std::slice::from_ref(&one)).await;
    let since = noon() - TimeDelta::hours(1);
    let held = tape::of_market_since(&mut connection, &market_id(), since).await.unwrap();
    assert_eq!(held[0].trade, one.trade);
}

#[tokio::test]
async fn months_that_are_over_can_be_given_up() {
    let (database, mut connection) = with_market().await;
    let mut old = trade(1, 0, Side::Buy, 40, 10);
    old.trade.traded_at = "2026-08-31T23:59:59Z".parse().unwrap();
    let new = trade(2, 0, Side::Buy, 40, 10);
    record(&mut connection, TapeSource::Record, &[old, new]).await;
    let dropped = |instant: &'static str| {
        let instant: DateTime<Utc> = instant.parse().unwrap();
        let service = database.service();
        async move { months::drop_before(service, Aging::Trades, instant).await.unwrap() }
    };
    assert_eq!(dropped("2026-08-31T23:59:59Z").await, 0);
    assert_eq!(dropped("2026-11-01T00:00:00Z").await, 1);
    let since = noon() - TimeDelta::days(365);
    let held = tape::of_market_since(&mut connection, &market_id(), since).await.unwrap();
    let seconds: BTreeSet<_> = held.iter().map(|stored| stored.trade.traded_at).collect();
    assert_eq!(seconds, BTreeSet::from([noon() + TimeDelta::seconds(2)]));
}
