//! The live service against the lab: what is shown as live is what the exchange has, whatever happens on the way.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::time::Duration;

use chrono::TimeDelta;
use domain::book::{BookCause, BookSource, BookState, Keeper};
use ingest::live::LiveOptions;
use lab::{Fault, FaultKind};
use store::testing::eventually;
use support::books::{Followed, stream_only};
use support::exchange::{Exchange, on_stream};

/// How long a book may be doubtful before it is no longer shown as live, with the second that passes between two
/// looks at the time and as much again for a busy machine.
fn doubt_limit() -> Duration {
    let limits = [Keeper::MISMATCH_LIMIT, Keeper::CROSSED_LIMIT, Keeper::ONLY_OLD_LIMIT];
    limits.into_iter().max().unwrap().to_std().unwrap() + Duration::from_secs(2)
}

/// Lets minutes pass; after each, nothing may be shown as live that is wrong for longer than `within`.
async fn live_on(followed: &mut Followed<'_>, exchange: &Exchange, minutes: u32, within: Duration) {
    for _ in 0..minutes {
        exchange.advance(TimeDelta::minutes(1)).await;
        followed.none_is_wrong(within).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn books_are_those_of_the_exchange() {
    let exchange = Exchange::open(21, 40.0).await;
    let mut followed = Followed::start(&exchange, stream_only());
    assert!(followed.all_agree().await > 50);
    for _ in 0..5 {
        exchange.advance(TimeDelta::minutes(2)).await;
        followed.all_agree().await;
    }
    let of_stream = followed.books.all();
    assert!(of_stream.iter().all(|live| live.source == Some(BookSource::Stream)));
    assert!(of_stream.iter().all(|live| live.state == BookState::Live));
    assert!(followed.causes.is_empty(), "nothing was ever doubted: {:?}", followed.causes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_only_the_words_changes_no_book() {
    let exchange = Exchange::open(22, 40.0).await;
    exchange.inject(on_stream(FaultKind::ChangedType).every(2));
    exchange.inject(on_stream(FaultKind::NewKey));
    let mut followed = Followed::start(&exchange, stream_only());
    for _ in 0..4 {
        exchange.advance(TimeDelta::minutes(2)).await;
        followed.all_agree().await;
    }
    assert!(exchange.strikes() > 1_000, "{} strikes", exchange.strikes());
    assert!(followed.causes.is_empty(), "{:?}", followed.causes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_break_are_made_again_and_their_books_with_them() {
    let exchange = Exchange::open(23, 40.0).await;
    let mut followed = Followed::start(&exchange, stream_only());
    followed.all_agree().await;
    for kind in [FaultKind::CutSocket, FaultKind::ClosedSocket { code: 4_003 }] {
        exchange.inject(on_stream(kind).after(50).every(50).times(4));
        for _ in 0..3 {
            exchange.advance(TimeDelta::minutes(1)).await;
            followed.none_is_wrong(doubt_limit()).await;
        }
        assert_eq!(exchange.strikes(), 4);
        exchange.lab.faults().clear();
        followed.all_agree().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_before_their_book_wait_for_it() {
    let exchange = Exchange::open(24, 40.0).await;
    exchange.inject(on_stream(FaultKind::DeltaFirst));
    let mut followed = Followed::start(&exchange, stream_only());
    eventually("subscriptions", || async { exchange.strikes() > 1 }).await;
    live_on(&mut followed, &exchange, 4, doubt_limit()).await;
    exchange.lab.faults().clear();
    live_on(&mut followed, &exchange, 2, doubt_limit()).await;
    followed.all_agree().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_changes_are_noticed_and_mended() {
    let exchange = Exchange::open(25, 40.0).await;
    let refetch_every = Duration::from_secs(1);
    let options = LiveOptions { refetch_every, ..stream_only() };
    let mut followed = Followed::start(&exchange, options);
    followed.all_agree().await;
    exchange.inject(on_stream(FaultKind::DroppedDelta).every(5));
    // A change of a level deep in the book is announced by nothing: then the next fetch finds it.
    live_on(&mut followed, &exchange, 6, refetch_every + doubt_limit()).await;
    assert!(exchange.strikes() > 100, "{} strikes", exchange.strikes());
    exchange.lab.faults().clear();
    live_on(&mut followed, &exchange, 2, refetch_every + doubt_limit()).await;
    followed.all_agree().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn best_prices_that_are_not_the_books_give_it_away() {
    let exchange = Exchange::open(26, 40.0).await;
    let mut followed = Followed::start(&exchange, stream_only());
    followed.all_agree().await;
    exchange.inject(on_stream(FaultKind::DroppedDelta).every(3));
    for _ in 0..4 {
        exchange.advance(TimeDelta::minutes(1)).await;
        followed.compare().await;
    }
    exchange.lab.faults().clear();
    assert!(followed.causes.contains_key(&BookCause::TopMismatch), "{:?}", followed.causes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_only_answers_pings_is_found_out() {
    let exchange = Exchange::open(27, 40.0).await;
    let canary_every = Duration::from_millis(500);
    let options = LiveOptions { canary_every, ..stream_only() };
    let mut followed = Followed::start(&exchange, options);
    followed.all_agree().await;
    // The first connection that has something to say, and the next one after it.
    exchange.inject(on_stream(FaultKind::FrozenButPong).after(20).every(300).times(2));
    // Two rounds look at all books of a connection, and then give it two seconds.
    let within = 2 * canary_every + Duration::from_secs(2) + doubt_limit();
    live_on(&mut followed, &exchange, 4, within).await;
    assert_eq!(exchange.strikes(), 2);
    exchange.lab.faults().clear();
    live_on(&mut followed, &exchange, 1, within).await;
    followed.all_agree().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ghost_never_takes_the_place_of_a_book() {
    let exchange = Exchange::open(28, 40.0).await;
    let refetch_every = Duration::from_millis(500);
    let options = LiveOptions { refetch_every, ..stream_only() };
    let mut followed = Followed::start(&exchange, options);
    followed.all_agree().await;
    let held: Vec<_> = followed.books.all();
    exchange.inject(Fault::on("/clob/book", FaultKind::GhostBook));
    let asked = exchange.requests("/clob/books");
    eventually("fetches", || async { exchange.requests("/clob/books") > asked + 6 }).await;
    for before in held {
        let after = followed.books.book(&before.market.market_id).unwrap();
        assert_eq!((after.book, after.state, after.is_ghost), (before.book, before.state, false));
    }
    exchange.lab.faults().clear();
    live_on(&mut followed, &exchange, 2, doubt_limit()).await;
    followed.all_agree().await;
}
