//! Syncs of the catalogue from a lab over real HTTP into a real database.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::path::Path;
use std::process::Command;

use chrono::{TimeDelta, Utc};
use ingest::{ClosedScope, IngestService};
use lab::{Fault, FaultKind, Lab, Replay, World, WorldOptions};
use serde_json::{Map, Value};
use store::catalogue;
use store::sync_logs::{self, SyncKind, SyncState, SyncTrigger};
use store::testing::eventually;
use support::{Bench, client, recorded};
use tokio_util::sync::CancellationToken;

const EVENTS: &str = "/gamma/events/keyset";

fn small_world() -> Lab {
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    Lab::world(World::generate(&WorldOptions::new(11, now).scale(0.01).markets(1_400)))
}

/// What a script that shares no code with this one makes of the recording.
fn expected(dir: &Path) -> Map<String, Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/check_recorded.py");
    let output = Command::new("python3").arg(script).arg(dir).output().expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the script prints a JSON object")
}

#[tokio::test]
async fn a_recorded_year_lands_completely_and_only_once() {
    let Some(dir) = recorded("gamma-2024") else { return };
    let bench = Bench::new(Lab::replay(Replay::load(&dir).unwrap())).await;
    let expected = expected(&dir);
    let ended = bench.sync(SyncKind::Full, ClosedScope::All).await;
    assert_eq!((ended.status, ended.error), (SyncState::Success, None));

    let markets: i64 = expected["markets"].as_i64().unwrap();
    assert_eq!(ended.counts.inserted, markets);
    assert_eq!(bench.count("SELECT count(*) FROM markets").await, markets);
    let conditions = "SELECT count(DISTINCT condition_id) FROM markets";
    assert_eq!(bench.count(conditions).await, expected["condition_ids"].as_i64().unwrap());
    let by_category: Vec<(String, i64)> = sqlx::query_as(
        "SELECT coalesce(category, 'unknown'), count(*) FROM markets GROUP BY 1 ORDER BY 1",
    )
    .fetch_all(bench.database.service())
    .await
    .unwrap();
    let by_category: Map<String, Value> =
        by_category.into_iter().map(|(category, count)| (category, count.into())).collect();
    assert_eq!(Value::Object(by_category), expected["by_category"]);
    let volume: String = sqlx::query_scalar("SELECT sum(volume_total)::text FROM markets")
        .fetch_one(bench.database.service())
        .await
        .unwrap();
    assert_eq!(volume, expected["volume_total"].as_str().unwrap());

    let before = catalogue::changed_since(bench.database.service(), 0).await.unwrap().revision;
    let again = bench.sync(SyncKind::Full, ClosedScope::All).await;
    assert_eq!(again.status, SyncState::Success);
    assert_eq!((again.counts.inserted, again.counts.updated), (0, 0));
    assert_eq!(again.counts.unchanged, again.counts.markets_seen);
    let after = catalogue::changed_since(bench.database.service(), 0).await.unwrap().revision;
    assert_eq!(after, before, "no row was written");
    assert_eq!(bench.count("SELECT count(*) FROM market_history").await, 0);
}

#[tokio::test]
async fn two_lanes_share_the_work() {
    let bench = Bench::new(small_world()).await;
    let ended = bench.sync(SyncKind::Full, ClosedScope::None).await;
    assert_eq!((ended.status, ended.error), (SyncState::Success, None));
    let events = bench.count("SELECT count(*) FROM events").await;
    let pages = i64::try_from(bench.lab.requests()[EVENTS]).unwrap();
    // Each lane fetches one page to see that it has met the other.
    assert!(pages <= events / 100 + 4, "{pages} pages for {events} events");
}

#[tokio::test]
async fn what_moves_is_updated_and_what_closes_is_followed() {
    let bench = Bench::new(small_world()).await;
    bench.sync(SyncKind::Full, ClosedScope::None).await;
    let open = "SELECT count(*) FROM markets WHERE NOT closed";
    let before = bench.count(open).await;
    bench.lab.with_world(|world| world.advance(world.now() + TimeDelta::hours(6))).unwrap();
    let ended = bench.sync(SyncKind::Full, ClosedScope::None).await;
    assert_eq!((ended.status, ended.error), (SyncState::Success, None));
    assert!(ended.counts.updated > 100, "{:?}", ended.counts);
    assert!(bench.count("SELECT count(*) FROM market_history").await > 100);
    let closed = "SELECT count(*) FROM market_history WHERE changes->'closed'->>'to' = 'true'";
    assert!(bench.count(closed).await > 0, "of {before} open markets some closed within six hours");
    let resolved = "SELECT count(*) FROM markets WHERE status = 'resolved'
                    AND market_id IN (SELECT market_id FROM market_history)";
    assert!(bench.count(resolved).await > 0);
    assert_eq!(bench.count("SELECT count(*) FROM market_absences").await, 0);
}

#[tokio::test]
async fn the_hot_set_is_refreshed_by_itself() {
    let bench = Bench::new(small_world()).await;
    bench.sync(SyncKind::Full, ClosedScope::None).await;
    let categories = "SELECT count(*) FROM markets WHERE category IS NULL";
    let unknown = bench.count(categories).await;
    bench.lab.with_world(|world| world.advance(world.now() + TimeDelta::minutes(5))).unwrap();
    let ended = bench.sync(SyncKind::Hot, ClosedScope::None).await;
    assert_eq!((ended.status, ended.error), (SyncState::Success, None));
    assert!(ended.counts.updated > 0);
    let all = bench.count("SELECT count(*) FROM markets").await;
    assert!(ended.counts.markets_seen < all / 2, "{} of {all} are hot", ended.counts.markets_seen);
    assert_eq!(bench.count(categories).await, unknown, "rows without tags keep their category");
}

#[tokio::test]
async fn half_a_page_of_garbage_costs_half_a_page() {
    let bench = Bench::new(small_world()).await;
    bench.lab.faults().inject(Fault::on(EVENTS, FaultKind::HalfGarbage).times(1)).unwrap();
    let ended = bench.sync(SyncKind::Full, ClosedScope::None).await;
    assert_eq!(ended.status, SyncState::Partial);
    assert!(ended.counts.quarantined >= 40, "{:?}", ended.counts);
    assert!(ended.counts.inserted > 100);
    let kept = "SELECT count(*) FROM quarantine WHERE raw <> '' AND reason <> ''";
    assert!(bench.count(kept).await > 0);

    let healed = bench.sync(SyncKind::Full, ClosedScope::None).await;
    assert_eq!((healed.status, healed.error), (SyncState::Success, None));
    let whole = Bench::new(small_world()).await;
    whole.sync(SyncKind::Full, ClosedScope::None).await;
    let all = "SELECT count(*) FROM markets";
    assert_eq!(
        bench.count(all).await,
        whole.count(all).await,
        "the rows behind the garbage have landed"
    );
}

#[tokio::test]
async fn faults_that_pass_are_not_noticed() {
    for kind in [
        FaultKind::TooManyRequests { retry_after_s: 1 },
        FaultKind::ServerError,
        FaultKind::HtmlOk,
        FaultKind::HtmlForbidden,
        FaultKind::TruncatedBody,
        FaultKind::EmptyBody,
        FaultKind::NullBody,
    ] {
        let bench = Bench::new(small_world()).await;
        bench.lab.faults().inject(Fault::on(EVENTS, kind.clone()).times(2).every(2)).unwrap();
        let ended = bench.sync(SyncKind::Full, ClosedScope::None).await;
        assert_eq!((ended.status, ended.error), (SyncState::Success, None), "{kind:?}");
    }
}

#[tokio::test]
async fn an_upstream_that_is_away_costs_nothing_that_is_held() {
    let bench = Bench::new(small_world()).await;
    bench.sync(SyncKind::Full, ClosedScope::None).await;
    let held = bench.count("SELECT count(*) FROM markets WHERE delisted_at IS NULL").await;
    bench.lab.faults().inject(Fault::on("/gamma", FaultKind::ServerError)).unwrap();
    for _ in 0..3 {
        let ended = bench.sync(SyncKind::Full, ClosedScope::None).await;
        assert_eq!(ended.status, SyncState::Failed);
        assert!(ended.error.unwrap().contains("500"));
    }
    let left = bench.count("SELECT count(*) FROM markets WHERE delisted_at IS NULL").await;
    assert_eq!(left, held);
    assert_eq!(bench.count("SELECT count(*) FROM market_absences").await, 0);
}

#[tokio::test]
async fn a_cursor_that_leads_nowhere_ends_the_crawl() {
    for kind in [FaultKind::CursorLoop, FaultKind::IgnoresCursor] {
        let bench = Bench::new(small_world()).await;
        bench.lab.faults().inject(Fault::on(EVENTS, kind.clone())).unwrap();
        let ended = bench.sync(SyncKind::Full, ClosedScope::None).await;
        assert_eq!(ended.status, SyncState::Partial, "{kind:?}");
        assert_eq!(
            bench.count("SELECT count(*) FROM market_absences").await,
            0,
            "nothing was swept"
        );
    }
}

#[tokio::test]
async fn the_service_syncs_by_itself_and_on_request() {
    let bench = Bench::new(small_world()).await;
    let cancel = CancellationToken::new();
    let service = IngestService::new(
        bench.client.clone(),
        (*bench.database).clone(),
        ingest::IngestOptions::default(),
    );
    let running = tokio::spawn(service.run(cancel.clone()));
    let pool = bench.database.service();
    let finished = async || sync_logs::last_synced(pool).await.unwrap();
    eventually("the first sync", || async { finished().await.is_some() }).await;
    let first = finished().await;
    let asked = sync_logs::request(pool, SyncKind::Full, SyncTrigger::Manual, None).await.unwrap();
    eventually("the sync that was asked for", || async { finished().await > first }).await;
    let log = sync_logs::get(pool, asked.sync.sync_id).await.unwrap();
    assert_eq!((log.status, log.trigger), (SyncState::Success, SyncTrigger::Manual));

    cancel.cancel();
    running.await.unwrap();
    let lock = store::lock::IngestLock::try_acquire(&bench.database, store::lock::Work::Catalogue)
        .await
        .unwrap();
    assert!(lock.is_some(), "the lock is given back");
}

#[tokio::test]
async fn a_refused_connection_is_a_failed_sync() {
    let mut bench = Bench::new(small_world()).await;
    bench.client = client("http://127.0.0.1:1");
    let ended = bench.sync(SyncKind::Full, ClosedScope::None).await;
    assert_eq!(ended.status, SyncState::Failed);
    assert!(ended.finished_at.unwrap() <= Utc::now());
}

#[tokio::test]
async fn simulated_and_recorded_data_never_meet() {
    let Some(dir) = recorded("gamma-2026") else { return };
    let mut bench = Bench::new(small_world()).await;
    bench.sync(SyncKind::Full, ClosedScope::None).await;
    let held = bench.count("SELECT count(*) FROM markets").await;
    let other = Bench::new(Lab::replay(Replay::load(&dir).unwrap())).await;
    bench.client = other.client.clone();
    let ended = bench.sync(SyncKind::Full, ClosedScope::None).await;
    assert_eq!(ended.status, SyncState::Failed);
    assert!(ended.error.unwrap().contains("use another --data-dir"));
    assert_eq!(bench.count("SELECT count(*) FROM markets").await, held);
}
