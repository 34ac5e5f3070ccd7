//! What goes wrong upstream ends a walk as what it is, and is never taken for the end of the data.

use domain::Address;
use lab::FaultKind;
use polymarket::data::{
    ActivityQuery, ActivityWalk, PositionFilter, PositionsQuery, PositionsWalk, TradesQuery,
    TradesWalk, WalkBreak, WalkEnd,
};

use crate::service::{Service, whole};

fn activity(service: &Service, wallet: &Address) -> ActivityWalk {
    let query = ActivityQuery { limit: 20, ..ActivityQuery::of(wallet.clone()) };
    ActivityWalk::new(service.data(), query)
}

/// A wallet with several pages of everything.
async fn busy_wallet(service: &Service) -> Address {
    for wallet in service.traders(30).await {
        let walked = activity(service, &wallet).to_the_end().await;
        if walked.tally.rows > 100 {
            return wallet;
        }
    }
    panic!("nobody is busy")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_that_come_again_are_noticed() {
    let service = Service::start(521, 0.02).await;
    let wallet = busy_wallet(&service).await;
    for kind in [FaultKind::IgnoresCursor, FaultKind::RepeatedPage] {
        service.inject("/data/v2", kind.clone());
        let walked = activity(&service, &wallet).to_the_end().await;
        assert!(matches!(walked.end, WalkEnd::Broken(WalkBreak::Loop(_))), "{kind:?}");
        assert_eq!(walked.rows.rows.len(), 20, "what came once is kept");
        let query = PositionsQuery::of_wallet(wallet.clone(), PositionFilter::Open);
        let query = PositionsQuery { limit: 3, ..query };
        let walked = PositionsWalk::new(service.data(), query).to_the_end().await;
        assert!(matches!(walked.end, WalkEnd::Broken(WalkBreak::Loop(_))), "{kind:?}");
        service.lab.faults().clear();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn storms_and_spoilt_bodies_cost_nothing() {
    let service = Service::start(522, 0.02).await;
    let wallet = busy_wallet(&service).await;
    let calm = whole(activity(&service, &wallet).to_the_end().await);
    for kind in [
        FaultKind::TooManyRequests { retry_after_s: 1 },
        FaultKind::ServerError,
        FaultKind::HtmlOk,
        FaultKind::EmptyBody,
        FaultKind::NullBody,
        FaultKind::TruncatedBody,
    ] {
        let fault = lab::Fault::on("/data/v2/activity", kind.clone()).every(4).times(3);
        service.lab.faults().inject(fault).unwrap();
        let walked = activity(&service, &wallet).to_the_end().await;
        assert_eq!(whole(walked), calm, "{kind:?}");
        service.lab.faults().clear();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_rows_are_told_apart() {
    let service = Service::start(523, 0.02).await;
    let wallet = busy_wallet(&service).await;
    let calm = whole(activity(&service, &wallet).to_the_end().await);
    service.inject("/data/v2/activity", FaultKind::ComboRows);
    let walked = activity(&service, &wallet).to_the_end().await;
    let (combos, rest): (Vec<_>, Vec<_>) =
        walked.rows.rows.into_iter().partition(|row| row.is_combo);
    assert!(!combos.is_empty() && rest == calm, "{} combos", combos.len());
    service.lab.faults().clear();
    service.inject("/data/v2/activity", FaultKind::NewKey);
    let walked = activity(&service, &wallet).to_the_end().await;
    assert_eq!((walked.rows.unknown_keys.len(), walked.rows.rows == calm), (1, true));
    service.lab.faults().clear();
    service.inject("/data/v2/activity", FaultKind::ChangedType);
    let walked = activity(&service, &wallet).to_the_end().await;
    assert!(walked.is_whole() && walked.rows.rows == calm, "{:?}", walked.rows.issues);
    service.lab.faults().clear();
    service.inject("/data/v2/activity", FaultKind::DuplicatedFills);
    let walked = activity(&service, &wallet).to_the_end().await;
    assert!(walked.rows.rows.len() > calm.len(), "counted as they come");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offset_that_begins_anew_is_a_cap() {
    let service = Service::start(524, 0.1).await;
    let first = service.first_version().await;
    let walk = TradesWalk::with_fallback(first.clone(), TradesQuery::default());
    service.inject("/data", FaultKind::WrapAroundOffset { rows: 1_500 });
    let walked = walk.to_the_end().await;
    let WalkEnd::CappedAt { rows, reached: Some(_) } = walked.end else {
        panic!("{:?}", walked.end)
    };
    assert_eq!(rows, 1_500);
    service.lab.faults().clear();
    // The cap itself: the lab has more trades than version 1 lists.
    let walk = TradesWalk::with_fallback(
        first,
        TradesQuery { taker_only: false, ..TradesQuery::default() },
    );
    let walked = walk.to_the_end().await;
    let WalkEnd::CappedAt { rows, .. } = walked.end else { panic!("{:?}", walked.end) };
    assert_eq!(rows, 10_500);
}
