//! Row-level security, read from the catalogue so that tables of later migrations are covered.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use sqlx::{AssertSqlSafe, Executor, PgConnection, Row};
use store::StoreError;
use store::testing::{TestDatabase, eventually};
use uuid::Uuid;

/// Tables of `public`: ordinary and partitioned, which includes every partition.
const TABLES: &str = "
    SELECT relname::text AS name,
           relrowsecurity AS enabled,
           relforcerowsecurity AS forced,
           pg_get_userbyid(relowner)::text AS owner,
           (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid) AS policies,
           EXISTS (
               SELECT FROM pg_policy
               WHERE polrelid = pg_class.oid
                 AND polcmd = '*'
                 AND 'service_role'::regrole = ANY (polroles)
           ) AS service_policy
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    ORDER BY relname";

async fn table_names(connection: &mut PgConnection) -> Vec<String> {
    connection.fetch_all(TABLES).await.unwrap().iter().map(|row| row.get("name")).collect()
}

#[tokio::test]
async fn every_table_is_owned_by_the_owner_and_forces_row_level_security() {
    let database = TestDatabase::create().await;
    let mut owner = database.owner().await.unwrap();
    let mut offences = Vec::new();
    for table in owner.fetch_all(TABLES).await.unwrap() {
        let name: String = table.get("name");
        let mut require = |holds: bool, rule: &str| {
            if !holds {
                offences.push(format!("{name}: {rule}"));
            }
        };
        require(table.get("enabled"), "row-level security is not enabled");
        require(table.get("forced"), "row-level security is not forced");
        require(table.get::<i64, _>("policies") > 0, "has no policy");
        require(table.get("service_policy"), "has no policy FOR ALL TO service_role");
        require(table.get::<String, _>("owner") == "cascadian_owner", "has another owner");
    }
    assert!(offences.is_empty(), "{offences:#?}");
}

#[tokio::test]
async fn nobody_anonymous_may_change_any_table() {
    let database = TestDatabase::create().await;
    let mut owner = database.owner().await.unwrap();
    for name in table_names(&mut owner).await {
        for right in ["INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"] {
            let granted: bool =
                sqlx::query_scalar("SELECT has_table_privilege('anon', $1::regclass, $2)")
                    .bind(format!("public.\"{name}\""))
                    .bind(right)
                    .fetch_one(&mut owner)
                    .await
                    .unwrap();
            assert!(!granted, "anon has {right} on {name}");
        }
        // The catalogue is one thing, what the server does another.
        let delete = AssertSqlSafe(format!("DELETE FROM public.\"{name}\""));
        let error = database.public().execute(delete).await.unwrap_err();
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        assert_eq!(code.as_deref(), Some("42501"), "{name}: {error}");
    }
}

#[tokio::test]
async fn the_application_login_has_no_rights_of_its_own() {
    let database = TestDatabase::create().await;
    let mut connection = database.service().acquire().await.unwrap();
    connection.execute("RESET ROLE").await.unwrap();
    let user: String =
        sqlx::query_scalar("SELECT current_user::text").fetch_one(&mut *connection).await.unwrap();
    assert_eq!(user, "cascadian_app");
    let mut owner = database.owner().await.unwrap();
    for name in table_names(&mut owner).await {
        let select = AssertSqlSafe(format!("SELECT FROM public.\"{name}\""));
        assert!(connection.execute(select).await.is_err(), "{name}");
    }
    // A connection that was tampered with does not go back to the pool.
    drop(connection.detach());
}

#[tokio::test]
async fn the_migration_ledger_is_closed_to_everybody_but_the_owner() {
    let database = TestDatabase::create().await;
    for pool in [database.service(), database.public()] {
        assert!(pool.execute("SELECT FROM cascadian.migrations").await.is_err());
    }
}

async fn who(connection: &mut PgConnection) -> (String, Option<Uuid>) {
    sqlx::query_as("SELECT current_user::text, auth.uid()").fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn a_user_transaction_is_that_user_and_leaves_no_trace_on_the_pool() {
    let database = TestDatabase::create().await;
    let user = Uuid::from_u128(7);
    let backend = "SELECT pg_backend_pid()";

    let mut dropped = database.as_user(user).await.unwrap();
    assert_eq!(who(&mut dropped).await, ("authenticated".to_owned(), Some(user)));
    let pid: i32 = sqlx::query_scalar(backend).fetch_one(&mut *dropped).await.unwrap();
    drop(dropped);
    // A dropped connection finds its way back by itself.
    eventually("the connection is back", async || database.public().num_idle() == 1).await;

    let mut connection = database.public().acquire().await.unwrap();
    let same: i32 = sqlx::query_scalar(backend).fetch_one(&mut *connection).await.unwrap();
    assert_eq!(same, pid, "the test is about the same connection");
    assert_eq!(who(&mut connection).await, ("anon".to_owned(), None));
    drop(connection);

    let mut committed = database.as_user(user).await.unwrap();
    assert_eq!(who(&mut committed).await.1, Some(user));
    committed.commit().await.unwrap();
    let mut connection = database.public().acquire().await.unwrap();
    assert_eq!(who(&mut connection).await, ("anon".to_owned(), None));
}

#[tokio::test]
async fn a_policy_on_auth_uid_keeps_users_apart() {
    let database = TestDatabase::create().await;
    let mut owner = database.owner().await.unwrap();
    owner
        .execute(
            "CREATE TABLE notes (user_id uuid NOT NULL, body text NOT NULL);
             ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
             ALTER TABLE notes FORCE ROW LEVEL SECURITY;
             GRANT INSERT ON notes TO authenticated;
             CREATE POLICY notes_own ON notes TO authenticated
                 USING ((SELECT auth.uid()) = user_id)
                 WITH CHECK ((SELECT auth.uid()) = user_id);",
        )
        .await
        .unwrap();
    let (ann, bob) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let insert = "INSERT INTO notes (user_id, body) VALUES ($1, 'mine')";
    let mut tx = database.as_user(ann).await.unwrap();
    sqlx::query(insert).bind(ann).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();

    let count = "SELECT count(*) FROM notes";
    let mut tx = database.as_user(bob).await.unwrap();
    let seen: i64 = sqlx::query_scalar(count).fetch_one(&mut *tx).await.unwrap();
    assert_eq!(seen, 0, "another user's row is invisible");
    let error = sqlx::query(insert).bind(ann).execute(&mut *tx).await.unwrap_err();
    assert!(matches!(StoreError::from(error), StoreError::Other(_)));
    drop(tx);
    let seen: i64 = sqlx::query_scalar(count).fetch_one(database.public()).await.unwrap();
    assert_eq!(seen, 0, "nor does anybody anonymous see it");
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended_as_unavailable() {
    let database = TestDatabase::create().await;
    let mut connection = database.public().acquire().await.unwrap();
    let limits: (String, String, String) = sqlx::query_as(
        "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),
                current_setting('idle_in_transaction_session_timeout')",
    )
    .fetch_one(&mut *connection)
    .await
    .unwrap();
    assert_eq!(limits, ("5s".to_owned(), "2s".to_owned(), "10s".to_owned()));
    connection.execute("SET statement_timeout = '20ms'").await.unwrap();
    let error = connection.execute("SELECT pg_sleep(10)").await.unwrap_err();
    assert!(matches!(StoreError::from(error), StoreError::Unavailable(_)));
    drop(connection.detach());
}
