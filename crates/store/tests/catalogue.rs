//! Writing the catalogue: changed rows only, their history, the sweep, and the queue of syncs.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use chrono::{DateTime, Duration, Utc};
use domain::{Market, MarketId};
use sqlx::{Connection, PgConnection};
use store::catalogue::{self, Applied};
use store::lock::{IngestLock, Work};
use store::notify::{Listener, Notice};
use store::sync_logs::{self, Outcome, SyncCounts, SyncKind, SyncState, SyncTrigger};
use store::testing::TestDatabase;
use store::{history, markets, quarantine, sweep};
use support::{event, market, outcome, usdc};

fn at(minute: i64) -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minute)
}

async fn writer(database: &TestDatabase) -> PgConnection {
    let mut connection = database.service().acquire().await.unwrap().detach();
    catalogue::prepare_history(&mut connection, at(0)).await.unwrap();
    connection
}

async fn apply(connection: &mut PgConnection, minute: i64, rows: &[Market]) -> Applied {
    catalogue::apply(connection, None, at(minute), &[event("e1")], rows).await.unwrap()
}

#[tokio::test]
async fn what_is_written_is_read_back() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let mut row = market("1");
    row.condition_id = Some(format!("0x{}", "ab".repeat(32)).parse().unwrap());
    row.outcomes[0].token_id = Some("7".repeat(77).parse().unwrap());
    row.outcomes[1].price = None;
    row.extra.insert("umaBond".to_owned(), "500".into());
    let applied = apply(&mut writer, 0, std::slice::from_ref(&row)).await;
    assert_eq!((applied.inserted, applied.updated, applied.events_changed), (1, 0, 1));

    let read = catalogue::changed_since(database.public(), 0).await.unwrap();
    assert_eq!(read.revision, applied.revision.unwrap());
    let [stored] = read.markets.as_slice() else {
        panic!("one market, not {}", read.markets.len())
    };
    // The long texts stay in the database.
    let expected = Market { description: None, extra: serde_json::Map::new(), ..row };
    assert_eq!(stored.market, expected);
    assert_eq!(stored.observed_at, at(0));
    let details = markets::details(database.public(), &"1".parse().unwrap()).await.unwrap();
    assert_eq!(details.description.as_deref(), Some("It resolves to yes if it does."));
    let later = catalogue::changed_since(database.public(), read.revision).await.unwrap();
    assert!(later.markets.is_empty() && later.events.is_empty());
}

#[tokio::test]
async fn an_unchanged_batch_writes_nothing() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let rows = [market("1"), market("2")];
    apply(&mut writer, 0, &rows).await;
    let mut tx = writer.begin().await.unwrap();
    let applied = catalogue::apply(&mut tx, None, at(5), &[event("e1")], &rows).await.unwrap();
    // A transaction gets an id when it first writes.
    let wrote = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL";
    assert!(!sqlx::query_scalar::<_, bool>(wrote).fetch_one(&mut *tx).await.unwrap());
    assert_eq!(applied, Applied { unchanged: 2, ..Applied::default() });
}

#[tokio::test]
async fn every_change_can_be_undone_to_any_instant() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let mut row = market("1");
    apply(&mut writer, 0, std::slice::from_ref(&row)).await;
    row.outcomes = vec![outcome("Yes", "0.7"), outcome("No", "0.3")];
    row.volume_24h = Some(usdc("2000"));
    apply(&mut writer, 10, std::slice::from_ref(&row)).await;
    row.description = Some("The rules were clarified.".to_owned());
    row.closed = true;
    apply(&mut writer, 20, std::slice::from_ref(&row)).await;

    let id: MarketId = "1".parse().unwrap();
    let as_of =
        async |minute| history::market_as_of(database.public(), &id, at(minute)).await.unwrap();
    assert_eq!(as_of(-1).await, None, "not known yet");
    for (minute, price, volume, closed) in [
        (0, 0.5, 1234.5, false),
        (9, 0.5, 1234.5, false),
        (10, 0.7, 2000.0, false),
        (25, 0.7, 2000.0, true),
    ] {
        let state = as_of(minute).await.unwrap();
        assert_eq!(state["current_price"].as_f64(), Some(price), "minute {minute}");
        assert_eq!(state["volume_24h"].as_f64(), Some(volume), "minute {minute}");
        assert_eq!(state["closed"], closed, "minute {minute}");
    }
    assert_eq!(as_of(15).await.unwrap()["description"], "It resolves to yes if it does.");
    assert_eq!(as_of(20).await.unwrap()["description"], "The rules were clarified.");
}

#[tokio::test]
async fn a_row_without_tags_takes_its_events_category() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    apply(&mut writer, 0, &[market("1")]).await;
    // The hot set brings rows without their event's tags.
    let untagged = |id| Market { category: None, ..market(id) };
    let rows = [untagged("1"), untagged("2")];
    let applied = catalogue::apply(&mut writer, None, at(1), &[], &rows).await.unwrap();
    assert_eq!((applied.inserted, applied.unchanged), (1, 1));
    let read = catalogue::changed_since(database.public(), 0).await.unwrap();
    assert!(read.markets.iter().all(|row| row.market.category == Some(domain::Category::Crypto)));
}

#[tokio::test]
async fn text_that_postgresql_cannot_hold_does_not_cost_the_batch() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let odd = Market { title: "odd\0title \\u0000".to_owned(), ..market("1") };
    let applied = apply(&mut writer, 0, &[odd, market("2")]).await;
    assert_eq!(applied.inserted, 2);
    let read = catalogue::changed_since(database.public(), 0).await.unwrap();
    assert_eq!(read.markets[0].market.title, "oddtitle \\u0000");
}

#[tokio::test]
async fn a_batch_is_announced_once_it_can_be_read() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let mut listener = Listener::connect(&database, &[catalogue::CATALOGUE_CHANNEL]).await.unwrap();
    let revision = apply(&mut writer, 0, &[market("1")]).await.revision.unwrap();
    let Notice::Message { payload, .. } = listener.next().await else { panic!("reconnected") };
    assert_eq!(payload, revision.to_string());
}

#[tokio::test]
async fn markets_absent_twice_are_delisted_and_come_back() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let rows = [market("1"), market("2")];
    apply(&mut writer, 0, &rows).await;
    let gone: MarketId = "2".parse().unwrap();
    let absent = std::slice::from_ref(&gone);
    assert_eq!(sweep::record_absences(&mut writer, None, at(5), absent).await.unwrap(), 0);
    // Seen in between: the count begins anew.
    assert_eq!(sweep::record_absences(&mut writer, None, at(10), &[]).await.unwrap(), 0);
    assert_eq!(sweep::record_absences(&mut writer, None, at(15), absent).await.unwrap(), 0);
    assert_eq!(sweep::record_absences(&mut writer, None, at(20), absent).await.unwrap(), 1);
    assert_eq!(markets::open_ids(database.service()).await.unwrap(), ["1".parse().unwrap()]);

    let applied = apply(&mut writer, 25, &rows).await;
    assert_eq!(
        (applied.updated, applied.unchanged),
        (1, 1),
        "listed again though nothing else changed"
    );
    assert_eq!(markets::open_ids(database.service()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_same_bad_row_is_kept_once() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let bad = quarantine::Rejected {
        kind: "market",
        upstream_id: Some("9".to_owned()),
        reason: "the row has neither question nor title".to_owned(),
        path: "markets[3]".to_owned(),
        raw: "{\"id\":\"9\",\"question\":\"\0\"}".to_owned(),
    };
    for minute in [0, 5] {
        let rows = std::slice::from_ref(&bad);
        quarantine::keep(&mut writer, None, at(minute), rows).await.unwrap();
    }
    let kept = quarantine::recent(database.service(), 10).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (kept[0].occurrences, kept[0].first_seen_at, kept[0].last_seen_at),
        (2, at(0), at(5))
    );
}

#[tokio::test]
async fn a_second_request_finds_the_first() {
    let database = TestDatabase::create().await;
    let pool = database.service();
    let ask = || sync_logs::request(pool, SyncKind::Full, SyncTrigger::Manual, None);
    let (first, second) = tokio::join!(ask(), ask());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.sync.sync_id, second.sync.sync_id);
    assert_ne!(first.already_active, second.already_active);
    let hot = sync_logs::request(pool, SyncKind::Hot, SyncTrigger::Schedule, None).await.unwrap();
    assert!(!hot.already_active, "the kinds do not wait for each other");

    let id = first.sync.sync_id;
    let running = sync_logs::start(pool, id, "none", at(0)).await.unwrap();
    assert_eq!(
        (running.status, running.closed_scope.as_deref()),
        (SyncState::Running, Some("none"))
    );
    assert_eq!(ask().await.unwrap().sync.sync_id, id);
    let counts = SyncCounts { pages: 3, markets_seen: 250, ..SyncCounts::default() };
    let error = Some("one row is in quarantine");
    let outcome = Outcome { status: SyncState::Partial, complete: true, error };
    let ended = sync_logs::finish(pool, id, &counts, &outcome, at(2)).await.unwrap();
    assert_eq!((ended.counts, ended.finished_at), (counts, Some(at(2))));
    assert_eq!(sync_logs::last_synced(database.public()).await.unwrap(), Some(at(2)));
    assert!(sync_logs::has_covered(database.public(), "none").await.unwrap());
    assert!(!ask().await.unwrap().already_active);
}

#[tokio::test]
async fn one_process_at_a_time_holds_the_lock() {
    let database = TestDatabase::create().await;
    let mut held = IngestLock::try_acquire(&database, Work::Catalogue).await.unwrap().unwrap();
    assert!(IngestLock::try_acquire(&database, Work::Catalogue).await.unwrap().is_none());
    let pool = database.service();
    let asked =
        sync_logs::request(pool, SyncKind::Full, SyncTrigger::Cli, Some("all")).await.unwrap();
    sync_logs::start(pool, asked.sync.sync_id, "none", at(0)).await.unwrap();

    // The holder is killed: its connection ends without a word.
    let pid: i32 =
        sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(held.connection()).await.unwrap();
    let mut owner = database.owner().await.unwrap();
    sqlx::query("SELECT pg_terminate_backend($1)").bind(pid).execute(&mut owner).await.unwrap();
    store::testing::eventually("the lock is free", || async {
        IngestLock::try_acquire(&database, Work::Catalogue).await.is_ok_and(|lock| lock.is_some())
    })
    .await;
    assert_eq!(sync_logs::fail_interrupted(pool, at(1)).await.unwrap(), 1);
    let log = sync_logs::get(pool, asked.sync.sync_id).await.unwrap();
    assert_eq!((log.status, log.closed_scope.as_deref()), (SyncState::Failed, Some("all")));
    // The killed holder cannot write any more.
    assert!(catalogue::apply(held.connection(), None, at(2), &[], &[market("1")]).await.is_err());
}
