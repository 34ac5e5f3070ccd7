//! Leadership for work that one process at a time may do.

use sqlx::{Connection, PgConnection};

use crate::{Database, StoreError};

/// Work that one process at a time may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Writing the catalogue.
    Catalogue,
    /// Writing the tape, bars and resolutions.
    Recording,
    /// Making scores, flows and signals of what is recorded.
    Intelligence,
}

impl Work {
    /// Its key among this database's advisory locks.
    fn key(self) -> i64 {
        match self {
            Self::Catalogue => 0x_6361_7363_0001,
            Self::Recording => 0x_6361_7363_0002,
            Self::Intelligence => 0x_6361_7363_0003,
        }
    }
}

/// The right to do some work. It ends with this value, or with the process: the lock belongs to a connection, so
/// a killed holder frees it at once.
#[derive(Debug)]
pub struct IngestLock {
    connection: PgConnection,
}

impl IngestLock {
    /// Takes the lock, or `None` while somebody else holds it.
    pub async fn try_acquire(database: &Database, work: Work) -> Result<Option<Self>, StoreError> {
        let mut connection = database.service_connection().await?;
        let sql = "SELECT pg_try_advisory_lock($1)";
        let held: bool =
            sqlx::query_scalar(sql).bind(work.key()).fetch_one(&mut connection).await?;
        if held {
            return Ok(Some(Self { connection }));
        }
        connection.close().await?;
        Ok(None)
    }

    /// The connection that holds the lock. Writing through it makes sure that a writer who lost the lock,
    /// because its connection broke, cannot write either.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    /// Sees that the lock is still held: an error where its connection is gone.
    pub async fn check(&mut self) -> Result<(), StoreError> {
        Ok(self.connection.ping().await?)
    }

    /// Gives the lock back.
    pub async fn release(self) {
        // Closing frees the lock; a connection that is already gone has freed it.
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "the connection of the ingest lock was gone");
        }
    }
}
