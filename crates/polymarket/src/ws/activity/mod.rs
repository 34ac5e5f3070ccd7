//! The trades of the whole exchange as RTDS tells them, with the wallets that took them.
//!
//! The only push feed that names wallets, and a best-effort one: it has no replay and no numbers, tells the
//! taker only, and is known to fall silent while it goes on answering `PING`. It is an accelerator; what is
//! to be complete is read from the Data API. A connection without data is made anew.

mod message;

use std::fmt;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use message::{ActivityMessage, ActivityTrade, decode};

use super::dial::{Dial, WebDial};
use super::pace::Gate;
use super::subject::{Amendment, Subject};
use super::supervisor::Supervisor;
use super::{ChannelSetUpError, ConnectionOptions, Decoded, LossCause};
use crate::Endpoints;

/// How the activity channel behaves. The defaults suit the public host.
#[derive(Debug, Clone)]
pub struct ActivityOptions {
    /// How the connection behaves.
    pub connection: ConnectionOptions,
    /// Events, of a frame each, that wait for their reader; without room the connection ends.
    pub queue: usize,
}

impl Default for ActivityOptions {
    /// RTDS wants a `PING` every 5 s. The exchange has dozens of trades a second: 15 s without one are a
    /// dead feed.
    fn default() -> Self {
        let connection = ConnectionOptions {
            ping_every: Duration::from_secs(5),
            data_silence: Some(Duration::from_secs(15)),
            ..ConnectionOptions::default()
        };
        Self { connection, queue: 8_192 }
    }
}

/// What happened on the activity channel, in its order.
#[derive(Debug, Clone, PartialEq)]
pub enum ActivityEvent {
    /// The connection was made, and the trades were asked for.
    Connected {
        /// When.
        at: DateTime<Utc>,
    },
    /// A frame came.
    Received {
        /// Its messages, in their order; at least one.
        messages: Vec<ActivityMessage>,
        /// When it was received here.
        received_at: DateTime<Utc>,
    },
    /// The connection is over: trades from now to the next `Connected` are not told. Another one follows.
    Lost {
        /// Why.
        cause: LossCause,
        /// When.
        at: DateTime<Utc>,
    },
    /// The connection could not be made. It is tried again.
    Unreachable {
        /// Why.
        cause: LossCause,
        /// After how long.
        retry_in: Duration,
        /// When.
        at: DateTime<Utc>,
    },
}

/// The service that keeps the connection. See the [module](self).
pub struct ActivityChannel {
    dial: WebDial,
    options: ActivityOptions,
    events: mpsc::Sender<ActivityEvent>,
}

impl fmt::Debug for ActivityChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActivityChannel").finish_non_exhaustive()
    }
}

impl ActivityChannel {
    /// Prepares the service. It connects when it runs.
    pub fn new(
        endpoints: &Endpoints,
        options: ActivityOptions,
    ) -> Result<(Self, mpsc::Receiver<ActivityEvent>), ChannelSetUpError> {
        let dial = WebDial::new(endpoints.rtds().clone(), &options.connection)?;
        let (events, receiver) = mpsc::channel(options.queue.max(1));
        Ok((Self { dial, options, events }, receiver))
    }

    /// Runs until cancelled, or until nobody reads the events any more; then the queue ends.
    pub async fn run(self, cancel: CancellationToken) {
        keep(Arc::new(self.dial), self.options, self.events, &cancel).await;
    }
}

async fn keep(
    dial: Arc<impl Dial>,
    options: ActivityOptions,
    events: mpsc::Sender<ActivityEvent>,
    cancel: &CancellationToken,
) {
    let stop = cancel.child_token();
    let gate = Arc::new(Gate::new(options.connection.stagger));
    let supervisor = Supervisor::new(dial, Activity, options.connection, gate, events.clone());
    let mut running = std::pin::pin!(supervisor.run(stop.clone()));
    tokio::select! {
        () = &mut running => return,
        () = events.closed() => stop.cancel(),
    }
    running.await;
}

/// The one connection.
#[derive(Debug)]
struct Activity;

impl Subject for Activity {
    const CHANNEL: &'static str = "activity";
    type Message = ActivityMessage;
    type Event = ActivityEvent;

    fn number(&self) -> usize {
        0
    }

    async fn wanted(&mut self) {}

    /// A single subscription without filters: one that is not understood spoils its batch silently, and
    /// filters are compared as text. `trades` has been silent since March 2026.
    fn greet(&mut self) -> Option<String> {
        const GREETING: &str = r#"{"action":"subscribe","subscriptions":[{"topic":"activity","type":"orders_matched"}]}"#;
        Some(GREETING.to_owned())
    }

    async fn changed(&mut self) {
        pending::<()>().await;
    }

    fn amend(&mut self, _at: DateTime<Utc>) -> Result<Amendment<ActivityEvent>, LossCause> {
        Ok(Amendment { say: Vec::new(), tell: Vec::new() })
    }

    fn decode(text: &str) -> Decoded<ActivityMessage> {
        decode(text)
    }

    fn kind(message: &ActivityMessage) -> &'static str {
        message.kind()
    }

    fn connected(&self, at: DateTime<Utc>) -> ActivityEvent {
        ActivityEvent::Connected { at }
    }

    fn received(
        &self,
        messages: Vec<ActivityMessage>,
        received_at: DateTime<Utc>,
    ) -> Option<ActivityEvent> {
        (!messages.is_empty()).then_some(ActivityEvent::Received { messages, received_at })
    }

    fn lost(&self, cause: LossCause, at: DateTime<Utc>) -> ActivityEvent {
        ActivityEvent::Lost { cause, at }
    }

    fn unreachable(
        &self,
        cause: LossCause,
        retry_in: Duration,
        at: DateTime<Utc>,
    ) -> ActivityEvent {
        ActivityEvent::Unreachable { cause, retry_in, at }
    }
}

#[cfg(test)]
mod tests;
