//! The schema: forward-only migrations, applied as the owner under an advisory lock.

use std::borrow::Cow;
use std::collections::HashMap;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Connection, PgConnection};

use crate::connect::Database;
use crate::error::StoreError;

/// The migrations of this binary, in order. Their ledger lives outside `public`, so that every
/// table there is one of the product.
static MIGRATOR: Migrator = Migrator {
    table_name: Cow::Borrowed("cascadian.migrations"),
    create_schemas: Cow::Borrowed(&[Cow::Borrowed("cascadian")]),
    ..sqlx::migrate!("./migrations")
};

/// The ledger's name where a parameter takes it.
const LEDGER: &str = "cascadian.migrations";

/// A migration of this binary that the database has not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingMigration {
    /// The number its file name starts with.
    pub version: i64,
    /// The rest of the file name.
    pub description: String,
}

/// Why the schema cannot be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The database was migrated by a newer binary.
    #[error(
        "the database's schema is at version {found}, but this program knows only up to {known}: \
         use a newer release of cascadian"
    )]
    SchemaTooNew {
        /// The newest version in the database.
        found: i64,
        /// The newest version of this binary.
        known: i64,
    },

    /// A migration that was applied is not among, or differs from, those of this binary.
    #[error(
        "migration {version} in the database is not the one of this program: the database belongs \
         to another build. Use that build or another database"
    )]
    Diverged {
        /// The migration.
        version: i64,
    },

    /// A migration failed, and left nothing behind.
    #[error("migration {version} failed: {source}")]
    Failed {
        /// The migration.
        version: i64,
        /// What the server said.
        source: StoreError,
    },

    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What [`run`] would apply, in order. Changes nothing.
pub async fn plan(database: &Database) -> Result<Vec<PendingMigration>, MigrationError> {
    let mut connection = database.owner().await?;
    let pending = pending(&MIGRATOR, &mut connection).await?;
    connection.close().await.map_err(StoreError::from)?;
    Ok(pending)
}

/// Applies every pending migration, each in a transaction of its own, and returns those that were
/// pending when this began. Another process that migrates at the same time is waited for.
pub async fn run(database: &Database) -> Result<Vec<PendingMigration>, MigrationError> {
    run_set(&MIGRATOR, database).await
}

async fn run_set(
    migrator: &Migrator,
    database: &Database,
) -> Result<Vec<PendingMigration>, MigrationError> {
    let mut connection = database.owner().await?;
    let pending = pending(migrator, &mut connection).await?;
    if !pending.is_empty() {
        migrator
            .run_direct(None, &mut connection, false)
            .await
            .map_err(|error| describe(error, migrator))?;
    }
    connection.close().await.map_err(StoreError::from)?;
    Ok(pending)
}

/// Compares the ledger with the migrations of this binary.
async fn pending(
    migrator: &Migrator,
    connection: &mut PgConnection,
) -> Result<Vec<PendingMigration>, MigrationError> {
    let applied = applied(connection).await?;
    let known = newest(migrator);
    if let Some(found) = applied.keys().copied().filter(|version| *version > known).max() {
        return Err(MigrationError::SchemaTooNew { found, known });
    }
    let differs = |version: &i64, checksum: &[u8]| {
        migrator.iter().all(|own| own.version != *version || *own.checksum != *checksum)
    };
    let diverged = applied.iter().filter(|(version, checksum)| differs(version, checksum));
    if let Some((&version, _)) = diverged.min_by_key(|(version, _)| **version) {
        return Err(MigrationError::Diverged { version });
    }
    Ok(migrator
        .iter()
        .filter(|migration| !applied.contains_key(&migration.version))
        .map(|migration| PendingMigration {
            version: migration.version,
            description: migration.description.to_string(),
        })
        .collect())
}

/// Checksums of the applied migrations by version; none before the first migration.
async fn applied(connection: &mut PgConnection) -> Result<HashMap<i64, Vec<u8>>, StoreError> {
    let exists: bool = sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL")
        .bind(LEDGER)
        .fetch_one(&mut *connection)
        .await?;
    if !exists {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT version, checksum FROM cascadian.migrations ORDER BY version")
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().collect())
}

fn newest(migrator: &Migrator) -> i64 {
    migrator.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// The ledger may have changed between the plan and the run, so sqlx's own checks count too.
fn describe(error: MigrateError, migrator: &Migrator) -> MigrationError {
    match error {
        MigrateError::VersionMissing(found) if found > newest(migrator) => {
            MigrationError::SchemaTooNew { found, known: newest(migrator) }
        }
        MigrateError::VersionMissing(version) | MigrateError::VersionMismatch(version) => {
            MigrationError::Diverged { version }
        }
        MigrateError::ExecuteMigration(error, version) => {
            MigrationError::Failed { version, source: error.into() }
        }
        MigrateError::Execute(error) => MigrationError::Store(error.into()),
        other => MigrationError::Store(StoreError::other(other)),
    }
}
