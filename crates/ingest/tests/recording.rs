//! The recorder against the lab: what is recorded is what happened, each trade once, whatever the sources do.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use chrono::TimeDelta;
use domain::analytics::Window;
use domain::tape::Trade;
use lab::{Fault, FaultKind};
use store::lock::{IngestLock, Work};
use store::testing::eventually;
use store::{bars, resolutions, tape, windows};
use support::books::{Followed, stream_only};
use support::exchange::{Exchange, market_id};
use support::record::{FEED, Recorder, amiss, an_hour_ago, bars_are_true, live_on, recorded_once};
use support::truth;
use tokio::sync::mpsc;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_trade_is_recorded_once_and_makes_its_bar() {
    let exchange = Exchange::open(31, 40.0).await;
    let since = an_hour_ago(&exchange);
    let recorder = Recorder::start(&exchange);
    live_on(&exchange, 16).await;
    // Markets that opened meanwhile are known now, and their trades with them.
    exchange.sync().await;
    let trades = recorded_once(&exchange, since).await;
    assert!(trades > 500, "{trades} trades");
    assert!(bars_are_true(&exchange, since).await > 100);
    recorder.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_feed_does_no_trade_is_lost_or_doubled() {
    for (kind, every) in [
        (FaultKind::LateTrade { by_s: 300 }, 1),
        (FaultKind::DuplicatedFills, 1),
        (FaultKind::RepeatedPage, 3),
        (FaultKind::IgnoresCursor, 2),
        (FaultKind::StaleCdnPage, 2),
        (FaultKind::ComboRows, 1),
        (FaultKind::TakerOnlyFeed, 1),
        (FaultKind::TooManyRequests { retry_after_s: 0 }, 2),
        (FaultKind::HtmlOk, 3),
    ] {
        let exchange = Exchange::open(32, 40.0).await;
        let since = an_hour_ago(&exchange);
        let path = if kind == FaultKind::StaleCdnPage { "/data/v2" } else { "/data" };
        exchange.inject(Fault::on(path, kind.clone()).every(every));
        let recorder = Recorder::start(&exchange);
        live_on(&exchange, 8).await;
        assert!(exchange.strikes() > 0, "{kind:?}");
        let amiss = amiss(&exchange, since).await;
        assert!(amiss.doubled.is_empty() && amiss.changed.is_empty(), "{kind:?}: {amiss:?}");
        exchange.lab.faults().clear();
        live_on(&exchange, 2).await;
        recorded_once(&exchange, since).await;
        bars_are_true(&exchange, since).await;
        recorder.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorder_takes_up_where_another_one_ended() {
    let exchange = Exchange::open(33, 40.0).await;
    let since = an_hour_ago(&exchange);
    let first = Recorder::start(&exchange);
    live_on(&exchange, 3).await;
    let database = exchange.database.database();
    assert!(IngestLock::try_acquire(database, Work::Recording).await.unwrap().is_none());

    // A second one waits for its turn, and takes it as soon as the first is gone.
    let second = Recorder::start(&exchange);
    live_on(&exchange, 1).await;
    first.stop().await;
    exchange.advance(TimeDelta::minutes(25)).await;
    recorded_once(&exchange, since).await;
    assert!(IngestLock::try_acquire(database, Work::Recording).await.unwrap().is_none());
    bars_are_true(&exchange, since).await;
    second.stop().await;
    let lock = IngestLock::try_acquire(database, Work::Recording).await.unwrap();
    assert!(lock.is_some(), "the lock is given back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn minutes_in_which_nobody_recorded_are_a_gap() {
    let exchange = Exchange::open(34, 40.0).await;
    let mut followed = Followed::start(&exchange, stream_only());
    followed.all_agree().await;
    let begin = exchange.now();
    for _ in 0..2 {
        let announced = mpsc::channel(1).1;
        let recorder = Recorder::start_with(&exchange, followed.books.clone(), announced);
        let until = "SELECT coalesce(extract(epoch FROM max(recorded_until))::bigint, 0) FROM market_recordings";
        let before = exchange.count(until).await;
        // Quotes are those at the end of a minute, which must not pass unseen.
        eventually("quotes", || async {
            exchange.advance(TimeDelta::seconds(5)).await;
            exchange.count(until).await > before
        })
        .await;
        recorder.stop().await;
        exchange.advance(TimeDelta::minutes(5)).await;
    }
    let mut gaps = 0;
    for live in followed.books.all() {
        let id = &live.market.market_id;
        let pool = exchange.database.service();
        let of = bars::gaps(pool, id, begin, exchange.now()).await.unwrap();
        gaps += of.len();
        assert!(of.iter().all(|gap| gap.to_at - gap.from_at >= TimeDelta::minutes(5)), "{of:?}");
    }
    assert!(gaps > 10, "{gaps} gaps");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resolutions_are_kept_and_so_are_their_corrections() {
    let exchange = Exchange::open(35, 10.0).await;
    let mut followed = Followed::start(&exchange, stream_only());
    followed.all_agree().await;
    let announced = followed.resolved.take().unwrap();
    let recorder = Recorder::start_with(&exchange, followed.books.clone(), announced);
    let resolved =
        "SELECT count(DISTINCT market_id) FROM market_resolutions WHERE payouts IS NOT NULL";
    for _ in 0..40 {
        exchange.advance(TimeDelta::minutes(10)).await;
        if exchange.count(resolved).await > 0 {
            break;
        }
    }
    eventually("a resolution", || async { exchange.count(resolved).await > 0 }).await;
    // The catalogue says so too; even then somebody looks again.
    exchange.sync().await;
    let before = exchange.count("SELECT count(*) FROM market_resolutions").await;
    exchange.inject(Fault::on("/", FaultKind::ResolutionFlip));
    // What was told before is told from a cache for five minutes.
    exchange.advance(TimeDelta::minutes(6)).await;
    let corrected =
        "SELECT count(*) FROM (SELECT market_id FROM market_resolutions WHERE payouts IS NOT NULL
                     GROUP BY market_id HAVING count(DISTINCT payouts) > 1) AS corrected";
    eventually("the correction", || async { exchange.count(corrected).await > 0 }).await;
    let flipped: String = sqlx::query_scalar(
        "SELECT market_id FROM market_resolutions WHERE payouts IS NOT NULL
         GROUP BY market_id HAVING count(DISTINCT payouts) > 1 LIMIT 1",
    )
    .fetch_one(exchange.database.service())
    .await
    .unwrap();
    let states = resolutions::of_market(exchange.database.service(), &market_id(&flipped)).await;
    let payouts: Vec<_> =
        states.unwrap().into_iter().filter_map(|observed| observed.state.payouts).collect();
    assert_eq!(payouts.len(), 2, "{payouts:?}");
    assert_ne!(payouts[0], payouts[1]);
    assert!(exchange.count("SELECT count(*) FROM market_resolutions").await > before);
    recorder.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn windows_count_what_happened() {
    let exchange = Exchange::open(36, 40.0).await;
    let recorder = Recorder::start(&exchange);
    live_on(&exchange, 4).await;
    let now = exchange.now();
    recorded_once(&exchange, now - TimeDelta::hours(1)).await;
    let pool = exchange.database.service();
    let counted = async || -> Vec<windows::MarketWindow> {
        let hour = windows::of(pool, Window::Hour).await.unwrap();
        hour.filter(|hour| hour.as_of == now).map(|hour| hour.markets).unwrap_or_default()
    };
    eventually("windows", || async { !counted().await.is_empty() }).await;
    let windows_before = exchange.requests(FEED);
    eventually("another count", || async { exchange.requests(FEED) > windows_before + 20 }).await;
    let counted = counted().await;
    assert!(counted.len() > 10, "{} markets traded", counted.len());
    let truth = truth::trades(&exchange, now - TimeDelta::hours(1)).await;
    for one in counted {
        let of = truth.iter().filter(|trade| trade.market_id == one.market_id);
        let of: Vec<&Trade> =
            of.filter(|trade| trade.traded_at > now - Window::Hour.length()).collect();
        assert_eq!(usize::try_from(one.trades).unwrap(), of.len(), "{one:?}");
    }
    assert!(tape::progress(pool).await.unwrap().is_some());
    recorder.stop().await;
}
