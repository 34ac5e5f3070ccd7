//! The CLOB's market channel: books, changes of books, trades, new markets and resolutions.
//!
//! Upstream numbers nothing and acknowledges nothing, and large connections are known to fall silent while
//! they go on answering `PING`. So tokens are spread over several connections, each is watched, and a
//! caller that finds a book wrong (by comparing one with REST now and then) can have its connection made
//! anew. What a token's book is has to be told from the events alone:
//!
//! * [`MarketEvent::Connected`] and [`MarketEvent::Subscribed`]: a book is to follow for each of these
//!   tokens, changes may come before it, and what was heard of them earlier is of another subscription;
//! * [`MarketEvent::Received`]: books and changes, complete and in order since then;
//! * [`MarketEvent::Lost`]: from now on the books of these tokens are stale.

mod decode;
mod message;
mod plan;
mod shard;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::TokenId;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use decode::decode;
pub use message::{
    BestPrices, BookChanges, BookSnapshot, Concerned, EventMention, LastTrade, Level, LevelChange,
    MarketMessage, MarketResolved, NewMarket, TickSizeChange,
};

use self::plan::Plan;
use self::shard::{Orders, Shard};
use super::dial::{Dial, WebDial};
use super::pace::Gate;
use super::supervisor::Supervisor;
use super::{ChannelSetUpError, ConnectionOptions, LossCause};
use crate::Endpoints;

/// How the market channel behaves. The defaults suit the public host.
#[derive(Debug, Clone)]
pub struct MarketOptions {
    /// How each connection behaves.
    pub connection: ConnectionOptions,
    /// Most tokens on one connection.
    pub tokens_per_shard: usize,
    /// Most connections.
    pub most_shards: usize,
    /// Events, of a frame each, that wait for their reader; a connection whose event finds no room ends.
    pub queue: usize,
}

impl Default for MarketOptions {
    fn default() -> Self {
        Self {
            connection: ConnectionOptions::default(),
            tokens_per_shard: 200,
            most_shards: 10,
            queue: 8_192,
        }
    }
}

/// A place for a connection and its tokens, from 0 to `most_shards - 1`. It outlives its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShardId(pub usize);

impl fmt::Display for ShardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// What happened on the market channel. Events of one shard come in their order.
#[derive(Debug, Clone, PartialEq)]
pub enum MarketEvent {
    /// A connection was made, and these tokens were asked for.
    Connected {
        /// Which.
        shard: ShardId,
        /// All of the shard's.
        tokens: Vec<TokenId>,
        /// When.
        at: DateTime<Utc>,
    },
    /// These tokens were asked for on a connection that goes on.
    Subscribed {
        /// Which.
        shard: ShardId,
        /// The new ones.
        tokens: Vec<TokenId>,
        /// When.
        at: DateTime<Utc>,
    },
    /// These tokens were given up on a connection that goes on; nothing about them follows.
    Unsubscribed {
        /// Which.
        shard: ShardId,
        /// Those given up.
        tokens: Vec<TokenId>,
        /// When.
        at: DateTime<Utc>,
    },
    /// A frame came.
    Received {
        /// Where.
        shard: ShardId,
        /// Its messages about tokens of the shard, in their order; at least one.
        messages: Vec<MarketMessage>,
        /// When it was received here.
        received_at: DateTime<Utc>,
    },
    /// A connection is over. Another one follows, unless nothing is left to watch.
    Lost {
        /// Which.
        shard: ShardId,
        /// Whose books are stale now: all of the shard's.
        tokens: Vec<TokenId>,
        /// Why.
        cause: LossCause,
        /// When.
        at: DateTime<Utc>,
    },
    /// A connection could not be made. It is tried again.
    Unreachable {
        /// Which.
        shard: ShardId,
        /// Why.
        cause: LossCause,
        /// After how long.
        retry_in: Duration,
        /// When.
        at: DateTime<Utc>,
    },
}

/// The service that keeps the connections. See the [module](self).
pub struct MarketChannel {
    dial: WebDial,
    parts: Parts,
}

impl fmt::Debug for MarketChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MarketChannel").finish_non_exhaustive()
    }
}

impl MarketChannel {
    /// Prepares the service. It connects when it runs and there are tokens to watch.
    pub fn new(
        endpoints: &Endpoints,
        options: MarketOptions,
    ) -> Result<(Self, MarketHandle, mpsc::Receiver<MarketEvent>), ChannelSetUpError> {
        let dial = WebDial::new(endpoints.market_channel(), &options.connection)?;
        let (parts, handle, events) = Parts::new(options);
        Ok((Self { dial, parts }, handle, events))
    }

    /// Runs until cancelled, or until nobody reads the events any more; then the queue ends.
    pub async fn run(self, cancel: CancellationToken) {
        self.parts.run(Arc::new(self.dial), cancel).await;
    }
}

/// The service without its way to connect.
struct Parts {
    options: MarketOptions,
    orders: Vec<watch::Receiver<Orders>>,
    events: mpsc::Sender<MarketEvent>,
}

impl Parts {
    fn new(options: MarketOptions) -> (Self, MarketHandle, mpsc::Receiver<MarketEvent>) {
        let (events, receiver) = mpsc::channel(options.queue.max(1));
        let channels = (0..options.most_shards.max(1)).map(|_| watch::channel(Orders::default()));
        let (shards, orders): (Vec<_>, Vec<_>) = channels.unzip();
        let plan = Plan::new(shards.len(), options.tokens_per_shard.max(1));
        let handle = MarketHandle(Arc::new(Control { plan: Mutex::new(plan), shards }));
        (Self { options, orders, events }, handle, receiver)
    }

    async fn run(self, dial: Arc<impl Dial>, cancel: CancellationToken) {
        let stop = cancel.child_token();
        let gate = Arc::new(Gate::new(self.options.connection.stagger));
        let mut shards = JoinSet::new();
        for (number, orders) in self.orders.into_iter().enumerate() {
            let shard = Shard::new(ShardId(number), orders);
            let connection = self.options.connection.clone();
            let (dial, gate, events) = (dial.clone(), gate.clone(), self.events.clone());
            let supervisor = Supervisor::new(dial, shard, connection, gate, events);
            shards.spawn(supervisor.run(stop.clone()));
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.events.closed() => {}
            // Shards end for these two reasons. One that broke would leave its tokens in the dark.
            ended = shards.join_next() => {
                if let Some(Err(error)) = ended {
                    tracing::error!(%error, "a connection's task broke, the market channel ends");
                }
            }
        }
        stop.cancel();
        while shards.join_next().await.is_some() {}
    }
}

/// Says what the market channel is to watch. Clones are the same channel.
#[derive(Debug, Clone)]
pub struct MarketHandle(Arc<Control>);

#[derive(Debug)]
struct Control {
    plan: Mutex<Plan>,
    shards: Vec<watch::Sender<Orders>>,
}

impl MarketHandle {
    /// Watches exactly these tokens from now on, the most important first: those for which there is no
    /// room are returned, and not watched. Tokens watched before stay on their connections, which are told
    /// the differences only. A market's two tokens are best named one after the other.
    pub fn set_tokens(&self, tokens: impl IntoIterator<Item = TokenId>) -> Vec<TokenId> {
        // Held while the shards are told, so that two callers cannot tell them in two orders.
        let mut plan = self.0.plan.lock().unwrap_or_else(PoisonError::into_inner);
        let (without_room, touched) = plan.set(tokens);
        for shard in touched {
            if let Some(orders) = self.0.shards.get(shard) {
                orders.send_modify(|orders| orders.tokens = plan.tokens(shard));
            }
        }
        without_room
    }

    /// Ends a shard's connection, so that it is made anew with fresh books: for a caller who found that it
    /// tells less than it should. Of a shard without a connection nothing is lost. Asked again and again,
    /// it backs off as after any loss.
    pub fn reconnect(&self, shard: ShardId) {
        if let Some(orders) = self.0.shards.get(shard.0) {
            orders.send_modify(|orders| orders.reconnects += 1);
        }
    }

    /// Where a token is watched.
    pub fn shard_of(&self, token: &TokenId) -> Option<ShardId> {
        let plan = self.0.plan.lock().unwrap_or_else(PoisonError::into_inner);
        plan.shard_of(token).map(ShardId)
    }
}

#[cfg(test)]
mod tests;
