//! Keeps one connection: makes it, watches it, tells what it brings, and makes it again.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::{SinkExt, StreamExt};
use metrics::{counter, gauge};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tokio_util::sync::CancellationToken;

use super::dial::Dial;
use super::pace::{Backoff, Gate};
use super::subject::Subject;
use super::watchdog::{Alarm, Sign, Watchdog};
use super::{ConnectionOptions, LossCause};

/// How long a host has to take our closing frame when we stop.
const FAREWELL: Duration = Duration::from_secs(1);

/// Frames above this many bytes are read on a thread for such work: reading them takes about 7 ns a byte,
/// and half a millisecond is as long as a task may keep a worker.
const LARGE_FRAME_BYTES: usize = 64 * 1024;

/// Why the supervisor goes on.
#[derive(Debug)]
enum End {
    /// The connection is over; another one follows.
    Lost(LossCause),
    /// Told to stop, or nobody reads the events any more.
    Stop,
}

impl From<LossCause> for End {
    fn from(cause: LossCause) -> Self {
        Self::Lost(cause)
    }
}

/// Keeps one connection.
pub(super) struct Supervisor<D, S: Subject> {
    dial: Arc<D>,
    subject: S,
    options: ConnectionOptions,
    gate: Arc<Gate>,
    backoff: Backoff,
    events: mpsc::Sender<S::Event>,
}

impl<D: Dial, S: Subject> Supervisor<D, S> {
    pub(super) fn new(
        dial: Arc<D>,
        subject: S,
        options: ConnectionOptions,
        gate: Arc<Gate>,
        events: mpsc::Sender<S::Event>,
    ) -> Self {
        let backoff = Backoff::new(&options, subject.number() as u64);
        Self { dial, subject, options, gate, backoff, events }
    }

    /// Runs until stopped, or until nobody reads the events any more.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        while self.keep_one(&stop).await.is_some() {}
    }

    /// One connection from before its beginning to after its end. `None` when it was the last.
    async fn keep_one(&mut self, stop: &CancellationToken) -> Option<()> {
        stop.run_until_cancelled(self.subject.wanted()).await?;
        let slot = self.gate.reserve(Instant::now());
        stop.run_until_cancelled(sleep_until(slot)).await?;
        let made = stop.run_until_cancelled(self.make()).await?;
        let clock = self.options.clock.clone();
        let (pause, event) = match made {
            Ok(None) => return Some(()),
            Err(cause) => {
                self.note_loss(&cause);
                let pause = self.backoff.pause(Duration::ZERO, &cause);
                (pause, self.subject.unreachable(cause, pause, clock.now()))
            }
            Ok(Some(connection)) => {
                let began = Instant::now();
                gauge!("cascadian_channel_connections", "channel" => S::CHANNEL).increment(1);
                let end = self.hold(connection, stop).await;
                gauge!("cascadian_channel_connections", "channel" => S::CHANNEL).decrement(1);
                let End::Lost(cause) = end else { return None };
                self.note_loss(&cause);
                let pause = self.backoff.pause(began.elapsed(), &cause);
                (pause, self.subject.lost(cause, clock.now()))
            }
        };
        self.tell(event, stop).await?;
        stop.run_until_cancelled(sleep(pause)).await
    }

    /// A connection on which the greeting was sent; `None` when it is not wanted any more.
    async fn make(&mut self) -> Result<Option<Connection<D::Stream>>, LossCause> {
        let dialled = timeout(self.options.connect_within, self.dial.dial()).await;
        let socket = dialled.map_err(|_| LossCause::HandshakeTimeout)??;
        let Some(greeting) = self.subject.greet() else { return Ok(None) };
        let mut connection = Connection::new(socket, &self.options);
        connection.say(greeting.into()).await?;
        Ok(Some(connection))
    }

    /// Reads a connection to its end.
    async fn hold(
        &mut self,
        mut connection: Connection<D::Stream>,
        stop: &CancellationToken,
    ) -> End {
        enum Turn {
            Changed,
            Frame(Option<Result<Message, Error>>),
            Alarm,
        }
        let connected = self.subject.connected(self.options.clock.now());
        if self.tell(connected, stop).await.is_none() {
            return End::Stop;
        }
        loop {
            // Nothing is sent in here: a branch that loses is dropped where it stands.
            let turn = tokio::select! {
                // What has arrived is read before its absence is noticed.
                biased;
                () = stop.cancelled() => {
                    connection.close().await;
                    return End::Stop;
                }
                () = self.subject.changed() => Turn::Changed,
                frame = connection.socket.next() => Turn::Frame(frame),
                () = sleep_until(connection.watchdog.due()) => Turn::Alarm,
            };
            let done = match turn {
                Turn::Changed => self.amend(&mut connection).await,
                Turn::Frame(frame) => self.take(frame, &mut connection).await,
                Turn::Alarm => connection.look().await.map_err(End::Lost),
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    async fn amend(&mut self, connection: &mut Connection<D::Stream>) -> Result<(), End> {
        let amendment = self.subject.amend(self.options.clock.now())?;
        for text in amendment.say {
            connection.say(text.into()).await?;
        }
        amendment.tell.into_iter().try_for_each(|event| self.try_tell(event))
    }

    async fn take(
        &mut self,
        frame: Option<Result<Message, Error>>,
        connection: &mut Connection<D::Stream>,
    ) -> Result<(), End> {
        let (at, now) = (self.options.clock.now(), Instant::now());
        let message = match frame {
            None => return Err(LossCause::Broken("the stream ended".to_owned()).into()),
            Some(Err(error)) => return Err(LossCause::of_error(&error).into()),
            Some(Ok(message)) => message,
        };
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(bytes) => match Utf8Bytes::try_from(bytes.clone()) {
                Ok(text) => text,
                Err(_) => String::from_utf8_lossy(&bytes).into_owned().into(),
            },
            Message::Close(frame) => return Err(LossCause::of_close(frame).into()),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {
                connection.watchdog.heard(Sign::Other, now);
                return Ok(());
            }
        };
        if is_pong(&text) {
            connection.watchdog.heard(Sign::Pong, now);
        } else {
            connection.watchdog.heard(Sign::Data, now);
            self.read(text, at).await?;
        }
        // A flood of messages must not put off the pings.
        if connection.watchdog.ping(now) {
            connection.say(PING).await?;
        }
        Ok(())
    }

    async fn read(&mut self, text: Utf8Bytes, at: DateTime<Utc>) -> Result<(), End> {
        let decoded = if text.len() <= LARGE_FRAME_BYTES {
            S::decode(&text)
        } else {
            let reading = tokio::task::spawn_blocking(move || S::decode(&text)).await;
            reading.map_err(|error| LossCause::Broken(format!("while reading: {error}")))?
        };
        for message in &decoded.messages {
            let kind = S::kind(message);
            counter!("cascadian_channel_messages_total", "channel" => S::CHANNEL, "kind" => kind)
                .increment(1);
        }
        for issue in &decoded.issues {
            tracing::debug!(
                channel = S::CHANNEL,
                field = issue.field,
                reason = %issue.reason,
                "a field could not be read"
            );
        }
        counter!("cascadian_channel_field_issues_total", "channel" => S::CHANNEL)
            .increment(decoded.issues.len() as u64);
        match self.subject.received(decoded.messages, at) {
            Some(event) => self.try_tell(event),
            None => Ok(()),
        }
    }

    /// Puts an event into the queue, or ends the connection because there is no room: the loss is then told
    /// when there is, and what was missed comes again with the next connection.
    fn try_tell(&self, event: S::Event) -> Result<(), End> {
        self.events.try_send(event).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => End::Lost(LossCause::Overrun),
            mpsc::error::TrySendError::Closed(_) => End::Stop,
        })
    }

    /// Puts an event into the queue, when there is room. `None` when all is over.
    async fn tell(&self, event: S::Event, stop: &CancellationToken) -> Option<()> {
        stop.run_until_cancelled(self.events.send(event)).await?.ok()
    }

    fn note_loss(&self, cause: &LossCause) {
        counter!("cascadian_channel_losses_total",
            "channel" => S::CHANNEL, "cause" => cause.name())
        .increment(1);
        let number = self.subject.number();
        match cause {
            LossCause::Unneeded => {
                tracing::debug!(channel = S::CHANNEL, number, "a connection is no longer needed");
            }
            cause => {
                tracing::info!(channel = S::CHANNEL, number, %cause, "a connection is lost");
            }
        }
    }
}

const PING: Utf8Bytes = Utf8Bytes::from_static("PING");

/// One source saw RTDS answer with an empty frame.
fn is_pong(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.eq_ignore_ascii_case("PONG")
}

struct Connection<S> {
    socket: WebSocketStream<S>,
    watchdog: Watchdog,
    send_within: Duration,
}

impl<S> Connection<S>
where
    WebSocketStream<S>: SinkExt<Message, Error = Error> + Unpin,
{
    fn new(socket: WebSocketStream<S>, options: &ConnectionOptions) -> Self {
        let watchdog = Watchdog::new(options.clone(), Instant::now());
        Self { socket, watchdog, send_within: options.send_within }
    }

    async fn say(&mut self, text: Utf8Bytes) -> Result<(), LossCause> {
        match timeout(self.send_within, self.socket.send(Message::Text(text))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(LossCause::of_error(&error)),
            Err(_) => Err(LossCause::Stuck),
        }
    }

    /// Does what the watchdog wants.
    async fn look(&mut self) -> Result<(), LossCause> {
        match self.watchdog.look(Instant::now()) {
            None => Ok(()),
            Some(Alarm::Ping) => self.say(PING).await,
            Some(Alarm::Dead(cause)) => Err(cause),
        }
    }

    async fn close(&mut self) {
        // Whoever does not take it learns it from the end of the connection.
        let _ = timeout(FAREWELL, SinkExt::close(&mut self.socket)).await;
    }
}
