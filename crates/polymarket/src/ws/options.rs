//! How connections behave.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

/// Tells the time of day, for the receipt of messages.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// A clock that `read` tells.
    pub fn new(read: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// The system's clock.
    pub fn system() -> Self {
        Self::new(Utc::now)
    }

    /// The time of day.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// How one connection is made, watched and made again. What is not here is the channel's own.
#[derive(Debug, Clone)]
pub struct ConnectionOptions {
    /// Longest wait for a connection with its handshake.
    pub connect_within: Duration,
    /// Longest time the host may take to accept a message of ours.
    pub send_within: Duration,
    /// From one `PING` to the next.
    pub ping_every: Duration,
    /// A `PING` unanswered for so long ends the connection.
    pub pong_within: Duration,
    /// Nothing at all for so long, not even a `PONG`, ends the connection.
    pub silence: Duration,
    /// Nothing but `PONG` for so long ends the connection; `None` where that is normal.
    pub data_silence: Option<Duration>,
    /// Least time from one attempt to connect to the next, over all connections of a channel.
    pub stagger: Duration,
    /// First step of the backoff between attempts; it doubles from there, and the pause is uniform between
    /// nothing and the step ("full jitter").
    pub backoff_base: Duration,
    /// Longest step of the backoff, and the longest pause a `Retry-After` can impose.
    pub backoff_cap: Duration,
    /// A connection that lived so long starts the backoff from its first step. As long as the longest step,
    /// so that a host that accepts everybody and then drops them is left alone like one that refuses.
    pub settled_after: Duration,
    /// Messages above this many bytes end the connection.
    pub max_message_bytes: usize,
    /// Seed of the jitter; `None` for one from the system.
    pub seed: Option<u64>,
    /// Tells when a message was received.
    pub clock: Clock,
    /// Whether the proxy settings of the environment apply.
    pub use_system_proxy: bool,
}

impl Default for ConnectionOptions {
    fn default() -> Self {
        Self {
            connect_within: Duration::from_secs(10),
            send_within: Duration::from_secs(10),
            ping_every: Duration::from_secs(10),
            pong_within: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            data_silence: None,
            stagger: Duration::from_millis(250),
            backoff_base: Duration::from_secs(1),
            backoff_cap: Duration::from_mins(1),
            settled_after: Duration::from_mins(1),
            max_message_bytes: 32 * 1024 * 1024,
            seed: None,
            clock: Clock::system(),
            use_system_proxy: true,
        }
    }
}
