//! LISTEN and NOTIFY: telling other processes that something changed.

use std::time::Duration;

use futures_util::Stream;
use sqlx::postgres::PgListener;
use sqlx::{PgExecutor, PgPool};

use crate::connect::Database;
use crate::error::StoreError;

/// Silence after which the connection is tested, so that a peer that vanished without a word (a
/// dropped network path) is noticed.
const PROBE_AFTER: Duration = Duration::from_secs(30);

/// How long such a test may take.
const PROBE_DEADLINE: Duration = Duration::from_secs(5);

/// Delay before the first repeated attempt to reconnect; doubles up to [`LONGEST_BACKOFF`].
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
const LONGEST_BACKOFF: Duration = Duration::from_secs(5);

/// What a [`Listener`] reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Somebody called [`notify`] on a followed channel, and that transaction committed.
    Message {
        /// The channel.
        channel: String,
        /// The text given to [`notify`].
        payload: String,
    },
    /// The connection was lost and is back. Messages may have been missed: read the state again.
    Reconnected,
}

/// Follows channels for as long as it lives, across restarts of the server.
#[derive(Debug)]
pub struct Listener {
    pool: PgPool,
    channels: Vec<&'static str>,
    connection: Option<PgListener>,
}

impl Listener {
    /// Subscribes. What is notified after this returns is not missed, so read the state after it.
    pub async fn connect(
        database: &Database,
        channels: &[&'static str],
    ) -> Result<Self, StoreError> {
        let mut listener =
            Self { pool: database.listener_pool(), channels: channels.to_vec(), connection: None };
        listener.connection = Some(listener.subscribe().await?);
        Ok(listener)
    }

    /// Waits for the next notice; never ends by itself. Cancel safe.
    pub async fn next(&mut self) -> Notice {
        if let Some(connection) = &mut self.connection {
            match receive(connection).await {
                Ok(notice) => return notice,
                Err(error) => {
                    tracing::warn!(%error, "lost the connection that follows notifications");
                    self.connection = None;
                }
            }
        }
        self.connection = Some(self.reconnect().await);
        Notice::Reconnected
    }

    /// The notices as an endless stream.
    pub fn into_stream(self) -> impl Stream<Item = Notice> + Send {
        futures_util::stream::unfold(self, |mut listener| async {
            let notice = listener.next().await;
            Some((notice, listener))
        })
    }

    async fn subscribe(&self) -> Result<PgListener, StoreError> {
        let mut connection = PgListener::connect_with(&self.pool).await?;
        // A lost connection shall be seen here, not mended silently inside.
        connection.eager_reconnect(false);
        connection.listen_all(self.channels.iter().copied()).await?;
        Ok(connection)
    }

    async fn reconnect(&self) -> PgListener {
        let mut backoff = FIRST_BACKOFF;
        loop {
            match self.subscribe().await {
                Ok(connection) => return connection,
                Err(error) => {
                    tracing::debug!(%error, "cannot follow notifications yet");
                    tokio::time::sleep(backoff).await;
                    backoff = (backoff * 2).min(LONGEST_BACKOFF);
                }
            }
        }
    }
}

/// The next message, or the reason why the connection is of no more use.
async fn receive(connection: &mut PgListener) -> Result<Notice, sqlx::Error> {
    loop {
        match tokio::time::timeout(PROBE_AFTER, connection.try_recv()).await {
            Ok(Ok(Some(message))) => {
                return Ok(Notice::Message {
                    channel: message.channel().to_owned(),
                    payload: message.payload().to_owned(),
                });
            }
            Ok(Ok(None)) => return Err(sqlx::Error::Io(std::io::ErrorKind::UnexpectedEof.into())),
            Ok(Err(error)) => return Err(error),
            Err(_silence) => {
                let probe = sqlx::query("SELECT 1").execute(&mut *connection);
                tokio::time::timeout(PROBE_DEADLINE, probe)
                    .await
                    .map_err(|_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))??;
            }
        }
    }
}

/// Tells every [`Listener`] of the channel, once the surrounding transaction commits.
///
/// The payload must be shorter than 8000 bytes: send a key, not the data.
pub async fn notify(
    executor: impl PgExecutor<'_>,
    channel: &str,
    payload: &str,
) -> Result<(), StoreError> {
    sqlx::query("SELECT pg_notify($1, $2)").bind(channel).bind(payload).execute(executor).await?;
    Ok(())
}
