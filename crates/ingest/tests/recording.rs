//! The recorder against the lab: what is recorded is what happened, each trade once, whatever the sources do.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use chrono::TimeDelta;
use domain::MarketId;
use domain::analytics::{MarketRecords, Window, analyse};
use domain::bars::Interval;
use domain::tape::Trade;
use lab::{Fault, FaultKind};
use store::lock::{IngestLock, Work};
use store::testing::eventually;
use store::{bars, resolutions, tape, windows};
use support::books::{Followed, stream_only};
use support::exchange::{Exchange, market_id};
use support::record::{
    FEED, Recorder, amiss, an_hour_ago, bars_are_true, bars_of, live_on, readings, recorded_once,
};
use support::truth;
use tokio::sync::mpsc;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_trade_is_recorded_once_and_makes_its_bar() {
    let exchange = Exchange::open(31, 300.0).await;
    let since = an_hour_ago(&exchange);
    let recorder = Recorder::start(&exchange);
    live_on(&exchange, 12).await;
    // Markets that opened meanwhile are known now, and their trades with them.
    exchange.sync().await;
    let trades = recorded_once(&exchange, since).await;
    assert!(trades > 500, "{trades} trades");
    assert!(bars_are_true(&exchange, since).await > 100);
    recorder.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_feed_does_no_trade_is_lost_or_doubled() {
    let exchange = Exchange::open(32, 100.0).await;
    let since = an_hour_ago(&exchange);
    let recorder = Recorder::start(&exchange);
    let data = |kind| Fault::on("/data", kind);
    for faults in [
        vec![data(FaultKind::LateTrade { by_s: 300 })],
        vec![data(FaultKind::DuplicatedFills)],
        vec![Fault::on("/data/v2", FaultKind::StaleCdnPage).every(2)],
        vec![data(FaultKind::ComboRows).every(2), data(FaultKind::TakerOnlyFeed)],
        vec![
            data(FaultKind::TooManyRequests { retry_after_s: 0 }).every(2),
            data(FaultKind::HtmlOk).every(3),
        ],
    ] {
        for fault in &faults {
            exchange.inject(fault.clone());
        }
        live_on(&exchange, 5).await;
        assert!(exchange.strikes() > 0, "{faults:?}");
        let amiss = amiss(&exchange, since).await;
        assert!(amiss.doubled.is_empty() && amiss.changed.is_empty(), "{faults:?}: {amiss:?}");
        exchange.lab.faults().clear();
        exchange.advance(TimeDelta::seconds(10)).await;
        recorded_once(&exchange, since).await;
    }
    assert!(bars_are_true(&exchange, since).await > 100);
    recorder.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_that_come_again_are_not_the_end_of_the_tape() {
    let exchange = Exchange::open(37, 40.0).await;
    // Some thousand trades, on several pages.
    let since = exchange.now() - TimeDelta::days(20);
    exchange.inject(Fault::on(FEED, FaultKind::IgnoresCursor).after(1).every(2).times(6));
    exchange.inject(Fault::on(FEED, FaultKind::RepeatedPage).after(1).every(2).times(6));
    let recorder = Recorder::start_back(&exchange, TimeDelta::days(20));
    let trades = recorded_once(&exchange, since + TimeDelta::minutes(1)).await;
    assert!(trades > 2_000, "{trades} trades");
    assert_eq!(exchange.strikes(), 12);
    recorder.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_market_that_becomes_known_late_has_its_whole_tape() {
    let exchange = Exchange::open(38, 100.0).await;
    let since = an_hour_ago(&exchange);
    let traded = truth::trades(&exchange, since).await;
    let of = |trades: &[Trade], id: &MarketId| {
        trades.iter().filter(|trade| trade.market_id == *id).count()
    };
    let late = traded.iter().map(|trade| &trade.market_id);
    let late = late.max_by_key(|id| of(&traded, id)).unwrap().clone();
    let pool = exchange.database.service();
    let forget = sqlx::query("DELETE FROM markets WHERE market_id = $1").bind(late.as_str());
    forget.execute(pool).await.unwrap();
    let recorder = Recorder::start(&exchange);
    for _ in 0..3 {
        readings(&exchange, 2).await;
        exchange.advance(TimeDelta::minutes(10)).await;
    }
    // All others' trades of that time are known by now.
    recorded_once(&exchange, since).await;
    assert_eq!(of(&truth::recorded(&exchange, since).await, &late), 0);

    exchange.sync().await;
    recorded_once(&exchange, since).await;
    assert!(of(&truth::recorded(&exchange, since).await, &late) > of(&traded, &late));
    assert!(bars_are_true(&exchange, since).await > 0);
    let own = async || tape::progress_of(pool, &late).await.unwrap();
    eventually("the end of its reading", || async { own().await.is_some() }).await;
    let all = tape::progress(pool).await.unwrap().unwrap();
    assert_eq!(own().await.unwrap().complete_from, all.complete_from);
    recorder.stop().await;
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
        readings(&exchange, 2).await;
        // Quotes are those at the very end of a minute.
        let end = Interval::Minute.bucket(exchange.now()) + TimeDelta::minutes(1);
        exchange.advance(end - exchange.now()).await;
        eventually("quotes", || async { exchange.count(until).await > before }).await;
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
    // Counted once more after all was recorded.
    let forget = sqlx::query("DELETE FROM market_windows").execute(pool);
    forget.await.unwrap();
    eventually("another count", || async { !counted().await.is_empty() }).await;
    let counted = counted().await;
    assert!(counted.len() > 10, "{} markets traded", counted.len());
    let since = now - TimeDelta::hours(2);
    let truth = truth::trades(&exchange, since).await;
    let bars = bars_of(&truth);
    for one in counted {
        let of = truth.iter().filter(|trade| trade.market_id == one.market_id);
        let prints: Vec<_> = of.filter_map(|trade| trade.print(0)).collect();
        let records = MarketRecords {
            prints: &prints,
            recorded_since: Some(since),
            opened_at: None,
            bars: &bars[&one.market_id],
            book: None,
            fee: None,
            closes_at: None,
        };
        let windows = analyse(&records, now).windows;
        let told = windows.into_iter().find(|of| of.window == Window::Hour).unwrap();
        let activity = told.activity.unwrap();
        let number = |count: i32| u32::try_from(count).unwrap();
        assert_eq!(
            (number(one.trades), number(one.buyers), number(one.sellers)),
            (activity.trades, activity.buyers, activity.sellers),
            "{one:?}"
        );
        let dollars = (activity.buy_usdc.decimal(), activity.sell_usdc.decimal());
        assert_eq!((one.buy_usdc.normalize(), one.sell_usdc.normalize()), dollars, "{one:?}");
        assert_eq!(one.change, told.change.map(domain::PriceChange::decimal), "{one:?}");
    }
    assert!(tape::progress(pool).await.unwrap().is_some());
    recorder.stop().await;
}
