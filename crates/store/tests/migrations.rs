//! Migrations: repeatable, safe to run at the same time, and never backwards.

use std::str::FromStr;

use sqlx::Executor;
use store::migrate::{self, MigrationError};
use store::testing::{TestDatabase, fresh_data_dir};
use store::{Cluster, ClusterOptions, Database, DatabaseSource, DatabaseUrl, StoreError};

#[tokio::test]
async fn migrating_twice_does_nothing_the_second_time() {
    let database = TestDatabase::create_empty().await;
    let planned = migrate::plan(&database).await.unwrap();
    assert_eq!(planned.first().map(|migration| migration.version), Some(1));
    assert_eq!(migrate::run(&database).await.unwrap(), planned);
    assert_eq!(migrate::plan(&database).await.unwrap(), []);
    assert_eq!(migrate::run(&database).await.unwrap(), []);
}

#[tokio::test]
async fn two_that_migrate_at_once_both_succeed() {
    let database = TestDatabase::create_empty().await;
    let (first, second) = tokio::join!(migrate::run(&database), migrate::run(&database));
    first.unwrap();
    second.unwrap();
    assert_eq!(migrate::plan(&database).await.unwrap(), []);
}

#[tokio::test]
async fn a_schema_newer_than_the_program_is_refused() {
    let database = TestDatabase::create().await;
    let mut owner = database.owner().await.unwrap();
    owner
        .execute(
            "INSERT INTO cascadian.migrations \
             (version, description, success, checksum, execution_time) \
             VALUES (900000, 'from the future', true, '', 0)",
        )
        .await
        .unwrap();
    for result in [migrate::run(&database).await, migrate::plan(&database).await] {
        let error = result.unwrap_err();
        assert!(matches!(error, MigrationError::SchemaTooNew { found: 900_000, .. }), "{error}");
        assert!(error.to_string().contains("newer release"), "{error}");
    }
}

#[tokio::test]
async fn a_migration_that_was_changed_after_its_release_is_refused() {
    let database = TestDatabase::create().await;
    let mut owner = database.owner().await.unwrap();
    owner
        .execute("UPDATE cascadian.migrations SET checksum = '\\x00' WHERE version = 1")
        .await
        .unwrap();
    let error = migrate::run(&database).await.unwrap_err();
    assert!(matches!(error, MigrationError::Diverged { version: 1 }), "{error}");
}

/// On a server that others run too: reached by an address, with roles that no migration has
/// created yet, and several databases migrating at the same moment.
#[tokio::test]
async fn databases_of_one_server_may_create_the_shared_roles_at_once() {
    let data_dir = fresh_data_dir();
    let options = ClusterOptions { data_dir: data_dir.clone(), durable: false };
    let cluster = Cluster::start(&options).unwrap();
    let private = Database::open(DatabaseSource::Private(cluster.clone())).await.unwrap();
    let mut owner = private.owner().await.unwrap();
    let mut databases = Vec::new();
    for (name, create) in [
        ("first", "CREATE DATABASE first"),
        ("second", "CREATE DATABASE second"),
        ("third", "CREATE DATABASE third"),
        ("fourth", "CREATE DATABASE fourth"),
    ] {
        owner.execute(create).await.unwrap();
        let socket = cluster.socket_dir().to_str().unwrap();
        let url = format!("postgres://cascadian_owner@localhost/{name}?host={socket}");
        let source = DatabaseSource::Url(DatabaseUrl::from_str(&url).unwrap());
        databases.push(Database::open(source).await.unwrap());
    }
    let [first, second, third, fourth] = databases.as_slice() else { unreachable!() };
    let results = tokio::join!(
        migrate::run(first),
        migrate::run(second),
        migrate::run(third),
        migrate::run(fourth),
    );
    results.0.unwrap();
    results.1.unwrap();
    results.2.unwrap();
    results.3.unwrap();
    for database in &databases {
        let role: String = sqlx::query_scalar("SELECT current_user::text")
            .fetch_one(database.service())
            .await
            .unwrap();
        assert_eq!(role, "service_role");
    }
    cluster.stop();
    std::fs::remove_dir_all(data_dir).unwrap();
}

#[test]
fn an_address_shows_no_password_and_a_bad_one_is_not_repeated() {
    let url = "postgres://somebody:hunter2@db.example:5433/markets";
    let shown = format!("{:?}", DatabaseUrl::from_str(url).unwrap());
    assert!(shown.contains("db.example") && !shown.contains("hunter2"), "{shown}");
    for bad in ["mysql://a:hunter2@b/c", "postgres://a:hunter2@b:port/c"] {
        let error = DatabaseUrl::from_str(bad).unwrap_err().to_string();
        assert!(error.contains("postgres://") && !error.contains("hunter2"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_the_error_keeps_the_password() {
    // A port that was free a moment ago, so nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("postgres://somebody:hunter2@{free}/markets");
    let source = DatabaseSource::Url(DatabaseUrl::from_str(&url).unwrap());
    let error = Database::open(source).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("hunter2"));
}
