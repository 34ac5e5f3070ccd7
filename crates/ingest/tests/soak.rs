//! Ten minutes of a busy exchange with everything going wrong in turn.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use domain::book::Keeper;
use ingest::live::LiveOptions;
use lab::{Fault, FaultKind};
use support::books::{Followed, stream_only};
use support::exchange::{Exchange, on_stream};
use support::record::{Recorder, an_hour_ago, bars_are_true, recorded_once};
use tokio::time::interval;

/// How long it takes: ten minutes, or as many seconds as `SOAK_SECONDS` says.
fn length() -> Duration {
    let seconds = std::env::var("SOAK_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    seconds.map_or(Duration::from_mins(10), Duration::from_secs)
}

/// From one pair of faults to the next.
const TURN: Duration = Duration::from_secs(20);
/// Every book is fetched so often.
const REFETCH: Duration = Duration::from_secs(15);

fn stream_faults() -> Vec<Fault> {
    vec![
        on_stream(FaultKind::DroppedDelta).every(7),
        on_stream(FaultKind::FrozenButPong).after(30).times(1),
        on_stream(FaultKind::CutSocket).after(200).every(500),
        on_stream(FaultKind::ClosedSocket { code: 4_003 }).after(200).every(500),
        on_stream(FaultKind::DeltaFirst),
        on_stream(FaultKind::ChangedType).every(2),
        on_stream(FaultKind::NewKey),
        Fault::on("/clob/book", FaultKind::GhostBook).every(2),
        Fault::on("/clob", FaultKind::HtmlOk).every(3),
    ]
}

fn feed_faults() -> Vec<Fault> {
    let data = |kind| Fault::on("/data", kind);
    vec![
        data(FaultKind::LateTrade { by_s: 300 }),
        data(FaultKind::DuplicatedFills),
        data(FaultKind::RepeatedPage).every(3),
        data(FaultKind::IgnoresCursor).every(2),
        Fault::on("/data/v2", FaultKind::StaleCdnPage).every(2),
        data(FaultKind::ComboRows),
        data(FaultKind::TakerOnlyFeed),
        data(FaultKind::TooManyRequests { retry_after_s: 1 }).every(2),
        data(FaultKind::HtmlOk).every(3),
        Fault::on("/rtds", FaultKind::FrozenButPong).after(50).times(1),
        Fault::on("/rtds", FaultKind::CutSocket).every(100),
    ]
}

/// Ten minutes at a hundred times the usual activity, in real time, with a fault of the market channel and one of the
/// feed of trades on at a time:
///
/// ```sh
/// cargo test --release -p ingest --test soak -- --ignored --nocapture
/// ```
#[ignore = "takes ten minutes"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_minutes_of_faults_leave_every_book_and_every_trade_right() {
    let exchange = Exchange::open(41, 100.0).await;
    let since = an_hour_ago(&exchange);
    let options = LiveOptions {
        canary_every: Duration::from_secs(2),
        refetch_every: REFETCH,
        choose_every: Duration::from_secs(30),
        ..stream_only()
    };
    let mut followed = Followed::start(&exchange, options);
    followed.all_agree().await;
    let announced = followed.resolved.take().unwrap();
    let every = Duration::from_secs(2);
    let recorder = Recorder::start_every(&exchange, every, followed.books.clone(), announced);
    let begin = Instant::now();
    let mut seconds = interval(Duration::from_secs(1));
    let (stream_faults, feed_faults) = (stream_faults(), feed_faults());
    let (mut turn, mut strikes, mut wrong_for, mut longest_wrong) = (0, 0, 0_u64, 0);
    while begin.elapsed() < length() {
        seconds.tick().await;
        exchange.advance(TimeDelta::seconds(1)).await;
        let due = usize::try_from(begin.elapsed().as_secs() / TURN.as_secs()).unwrap();
        if due != turn {
            turn = due;
            strikes += exchange.strikes();
            exchange.lab.faults().clear();
            // Every third turn nothing is wrong.
            if turn % 3 != 0 {
                exchange.inject(stream_faults[turn % stream_faults.len()].clone());
                exchange.inject(feed_faults[turn % feed_faults.len()].clone());
            }
            if turn % 6 == 0 {
                exchange.sync().await;
            }
        }
        // Books that are asked for may be ghosts themselves: then there is nothing to compare with.
        if !exchange
            .lab
            .faults()
            .active()
            .iter()
            .any(|one| one.fault.path_prefix.starts_with("/clob"))
        {
            let (different, _) = followed.compare().await;
            wrong_for = if different.is_empty() { 0 } else { wrong_for + 1 };
            longest_wrong = longest_wrong.max(wrong_for);
        }
    }
    exchange.lab.faults().clear();
    exchange.sync().await;
    let limit = REFETCH + Keeper::MISMATCH_LIMIT.to_std().unwrap();
    followed.none_is_wrong(limit).await;
    // Books that became doubtful are live again as soon as something is said of them, or they are fetched.
    for _ in 0..5 {
        exchange.advance(TimeDelta::minutes(1)).await;
    }
    let books = followed.all_agree().await;
    let trades = recorded_once(&exchange, since).await;
    let bars = bars_are_true(&exchange, since).await;
    println!(
        "{strikes} strikes in {turn} turns; {books} books agree; {trades} trades and {bars} bars are those of the \
         truth; a difference of some live book was seen for at most {longest_wrong} looks in a row, one a second; \
         doubts seen: {:?}",
        followed.causes
    );
    recorder.stop().await;
}
