//! The queries of the hot paths use indexes: none of them reads a whole table of the catalogue.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use chrono::Utc;
use sqlx::{Connection, PgConnection};
use store::testing::TestDatabase;
use store::{catalogue, events, markets};
use support::{event, market};

const ROWS: u32 = 3_000;

/// A database whose tables are too large for a sequential scan to be the cheapest plan.
async fn filled() -> TestDatabase {
    let database = TestDatabase::create().await;
    let mut connection = database.service().acquire().await.unwrap().detach();
    catalogue::prepare_history(&mut connection, Utc::now()).await.unwrap();
    let markets: Vec<_> = (0..ROWS).map(|id| market(&id.to_string())).collect();
    let events: Vec<_> = (0..ROWS).map(|id| event(&format!("e{id}"))).collect();
    catalogue::apply(&mut connection, None, Utc::now(), &events, &markets).await.unwrap();
    let mut owner = database.owner().await.unwrap();
    sqlx::query("ANALYZE").execute(&mut owner).await.unwrap();
    database
}

/// A connection whose statistics begin here.
async fn fresh(database: &TestDatabase) -> PgConnection {
    database.service().acquire().await.unwrap().detach()
}

async fn assert_no_table_was_read_whole(connection: &mut PgConnection, what: &str) {
    let read: Vec<(String, i64)> = sqlx::query_as(
        "SELECT relname::text, seq_scan FROM pg_stat_xact_user_tables
         WHERE relname IN ('markets', 'events', 'market_analytics') AND seq_scan > 0",
    )
    .fetch_all(connection)
    .await
    .unwrap();
    assert!(read.is_empty(), "{what} reads whole tables: {read:?}");
}

#[tokio::test]
async fn one_row_is_found_by_its_key() {
    let database = filled().await;
    let mut connection = fresh(&database).await;
    let mut tx = connection.begin().await.unwrap();
    markets::details(&mut *tx, &"7".parse().unwrap()).await.unwrap();
    events::details(&mut *tx, &"e7".parse().unwrap()).await.unwrap();
    assert_no_table_was_read_whole(&mut tx, "a page of one market").await;
}

#[tokio::test]
async fn an_unchanged_page_is_compared_by_key() {
    let database = filled().await;
    let mut connection = fresh(&database).await;
    let mut tx = connection.begin().await.unwrap();
    let markets: Vec<_> = (0..300).map(|id| market(&id.to_string())).collect();
    let events: Vec<_> = (0..100).map(|id| event(&format!("e{id}"))).collect();
    let applied = catalogue::apply(&mut tx, None, Utc::now(), &events, &markets).await.unwrap();
    assert_eq!(applied.unchanged, 300);
    assert_no_table_was_read_whole(&mut tx, "a page that has not changed").await;
}

#[tokio::test]
async fn what_changed_is_found_by_revision() {
    let database = filled().await;
    let all = catalogue::changed_since(database.service(), 0).await.unwrap();
    // The same joins as the loader's: what was read is small only if the revision's index is used.
    let plan: Vec<String> = sqlx::query_scalar(
        "EXPLAIN SELECT m.market_id FROM markets m LEFT JOIN market_analytics a ON a.market_id = m.market_id
         WHERE revision > $1 ORDER BY m.market_id",
    )
    .bind(all.revision)
    .fetch_all(database.service())
    .await
    .unwrap();
    let plan = plan.join("\n");
    assert!(plan.contains("markets_revision") && !plan.contains("Seq Scan"), "{plan}");
}
