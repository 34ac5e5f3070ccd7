//! What statements use, as the server counts it.

use std::fmt::Debug;

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::StoreError;
use store::testing::TestDatabase;

/// How often an index and its parts were used.
async fn uses(connection: &mut PgConnection, index: &str) -> i64 {
    sqlx::query_scalar(
        "SELECT coalesce(sum(s.idx_scan), 0)::bigint FROM pg_stat_user_indexes s
         WHERE s.indexrelid = $1::regclass
            OR s.indexrelid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = $1::regclass)",
    )
    .bind(index)
    .fetch_one(connection)
    .await
    .unwrap()
}

/// How often tables were read whole. Those that never have more than some rows do not count.
async fn whole_readings(connection: &mut PgConnection) -> Vec<(String, i64)> {
    let sql = "SELECT relname::text, seq_scan FROM pg_stat_user_tables
               WHERE relname NOT IN ('counted_windows', 'tape_progress', 'catalogue_origin', 'open_signals') ORDER BY relname";
    sqlx::query_as(sql).fetch_all(connection).await.unwrap()
}

/// As pages and the API run statements: planned for their parameters, and after some times for any.
pub(crate) const PUBLIC: &[&str] = &["force_custom_plan", "force_generic_plan"];
/// As ingest runs them: planned for their parameters each time.
pub(crate) const SERVICE: &[&str] = &["force_custom_plan"];

/// Runs a statement in ways to plan it and sees that it used an index, and read no table whole.
pub(crate) async fn uses_index<T: Debug>(
    database: &TestDatabase,
    modes: &[&str],
    index: &str,
    mut statement: impl AsyncFnMut(&mut PgConnection) -> Result<T, StoreError>,
) {
    let mut connection = database.service().acquire().await.unwrap().detach();
    sqlx::raw_sql("SET stats_fetch_consistency = none").execute(&mut connection).await.unwrap();
    for mode in modes {
        let set = AssertSqlSafe(format!("SET plan_cache_mode = {mode}"));
        sqlx::raw_sql(set).execute(&mut connection).await.unwrap();
        let flush = "SELECT pg_stat_force_next_flush()";
        sqlx::raw_sql(flush).execute(&mut connection).await.unwrap();
        let (used, read) =
            (uses(&mut connection, index).await, whole_readings(&mut connection).await);
        statement(&mut connection).await.unwrap();
        sqlx::raw_sql(flush).execute(&mut connection).await.unwrap();
        assert!(uses(&mut connection, index).await > used, "{mode}: {index} is not used");
        let reads = whole_readings(&mut connection).await;
        let whole: Vec<_> = reads.iter().filter(|now| !read.contains(now)).collect();
        assert!(whole.is_empty(), "{mode}: tables are read whole: {whole:?}");
    }
    connection.close().await.unwrap();
}
