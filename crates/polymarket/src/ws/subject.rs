//! What connections of different channels have of their own.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Decoded, LossCause};

/// What follows from a change of what is wanted.
#[derive(Debug)]
pub(super) struct Amendment<E> {
    /// To be sent, in this order.
    pub(super) say: Vec<String>,
    /// To be told, in this order, when it was sent.
    pub(super) tell: Vec<E>,
}

/// What is said and heard on one connection.
pub(super) trait Subject: Send + 'static {
    /// The channel's name in metrics and logs.
    const CHANNEL: &'static str;
    /// A decoded message.
    type Message: Send + 'static;
    /// What the reader of the channel is told.
    type Event: Send + 'static;

    /// Tells connections of a channel apart.
    fn number(&self) -> usize;

    /// Waits until a connection is wanted.
    fn wanted(&mut self) -> impl Future<Output = ()> + Send;

    /// What to say first on a new connection; `None` when none is wanted any more.
    fn greet(&mut self) -> Option<String>;

    /// Waits until something else is wanted than the last greeting or amendment said. Nothing is lost when
    /// it is not waited for to the end.
    fn changed(&mut self) -> impl Future<Output = ()> + Send;

    /// Takes the change.
    fn amend(&mut self, at: DateTime<Utc>) -> Result<Amendment<Self::Event>, LossCause>;

    /// Reads a frame.
    fn decode(text: &str) -> Decoded<Self::Message>;

    /// What a message is called in metrics; bounded.
    fn kind(message: &Self::Message) -> &'static str;

    /// The event that the connection was made.
    fn connected(&self, at: DateTime<Utc>) -> Self::Event;

    /// The event that a frame came, unless nothing in it was asked for.
    fn received(&self, messages: Vec<Self::Message>, at: DateTime<Utc>) -> Option<Self::Event>;

    /// The event that the connection was lost.
    fn lost(&self, cause: LossCause, at: DateTime<Utc>) -> Self::Event;

    /// The event that no connection could be made, and when that is tried again.
    fn unreachable(&self, cause: LossCause, retry_in: Duration, at: DateTime<Utc>) -> Self::Event;
}
