//! Connections in memory, so that tests can let time pass: nothing waits for a network, hence time moves
//! on only when everybody has done what was to be done.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, Role};
use tokio_tungstenite::{WebSocketStream, tungstenite};

use super::dial::{Dial, frames};
use super::{Clock, ConnectionOptions, LossCause};

/// More virtual time than anything takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_hours(1);

/// Far more than a frame; both ends of a connection take it without being read.
const BUFFER: usize = 16 << 20;

/// What a host does with who wants to connect.
type Answer = Result<(), LossCause>;

/// Connects to a [`Host`] of the same test.
pub(super) struct FakeDial {
    options: ConnectionOptions,
    calls: mpsc::UnboundedSender<Call>,
}

pub(super) struct Call {
    stream: DuplexStream,
    answer: tokio::sync::oneshot::Sender<Answer>,
}

/// The other end.
pub(super) struct Host {
    calls: mpsc::UnboundedReceiver<Call>,
}

pub(super) fn host(options: &ConnectionOptions) -> (FakeDial, Host) {
    let (sender, calls) = mpsc::unbounded_channel();
    (FakeDial { options: options.clone(), calls: sender }, Host { calls })
}

impl Dial for FakeDial {
    type Stream = DuplexStream;

    async fn dial(&self) -> Result<WebSocketStream<DuplexStream>, LossCause> {
        let (ours, stream) = duplex(BUFFER);
        let (answer, answered) = tokio::sync::oneshot::channel();
        self.calls.send(Call { stream, answer }).expect("a host");
        answered.await.expect("an answer")?;
        let config = Some(frames(&self.options));
        Ok(WebSocketStream::from_raw_socket(ours, Role::Client, config).await)
    }
}

impl Host {
    /// The next connection, and when it was made.
    pub(super) async fn accept(&mut self) -> Peer {
        let call = timeout(PATIENCE, self.calls.recv()).await.expect("a connection").expect("one");
        call.answer.send(Ok(())).expect("somebody waits");
        let socket = WebSocketStream::from_raw_socket(call.stream, Role::Server, None).await;
        Peer { socket, at: Instant::now() }
    }

    /// Refuses the next connection. Returns when it was tried.
    pub(super) async fn refuse(&mut self, cause: LossCause) -> Instant {
        let call = timeout(PATIENCE, self.calls.recv()).await.expect("a connection").expect("one");
        call.answer.send(Err(cause)).expect("somebody waits");
        Instant::now()
    }

    /// Whether nobody has tried to connect since the last that was accepted or refused.
    pub(super) fn is_left_alone(&mut self) -> bool {
        self.calls.try_recv().is_err()
    }

    /// Takes the next connection and answers nothing, not even the handshake, for as long as it is kept.
    pub(super) async fn hang(&mut self) -> Call {
        timeout(PATIENCE, self.calls.recv()).await.expect("a connection").expect("one")
    }
}

/// One connection, as the host sees it.
pub(super) struct Peer {
    socket: WebSocketStream<DuplexStream>,
    /// When it was made.
    pub(super) at: Instant,
}

impl Peer {
    /// The next text, and when it came.
    pub(super) async fn hear_at(&mut self) -> (String, Instant) {
        let frame = timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
        match frame.expect("an open connection").expect("a frame") {
            Message::Text(text) => (text.to_string(), Instant::now()),
            other => panic!("not a text: {other:?}"),
        }
    }

    /// The next text that is no `PING`.
    pub(super) async fn hear(&mut self) -> Value {
        loop {
            match self.hear_at().await.0.as_str() {
                "PING" => {}
                text => return serde_json::from_str(text).expect("JSON"),
            }
        }
    }

    pub(super) async fn say(&mut self, text: impl Into<String>) {
        self.send(Message::text(text.into())).await;
    }

    pub(super) async fn send(&mut self, message: Message) {
        self.socket.send(message).await.expect("sent");
    }

    pub(super) async fn close(&mut self, code: u16, reason: &'static str) {
        let frame = CloseFrame { code: CloseCode::from(code), reason: reason.into() };
        self.send(Message::Close(Some(frame))).await;
    }

    /// Breaks off without a word.
    pub(super) fn cut(self) {
        drop(self);
    }

    /// Answers every `PING` until the connection is over.
    pub(super) async fn answer_pings(mut self) {
        while let Some(Ok(Message::Text(text))) = self.socket.next().await {
            if text.as_str() == "PING" && self.socket.send(Message::text("PONG")).await.is_err() {
                return;
            }
        }
    }

    /// How the connection ends for the host: with a closing frame or without.
    pub(super) async fn ending(mut self) -> Option<u16> {
        loop {
            let frame = timeout(PATIENCE, self.socket.next()).await.expect("an end in time");
            match frame {
                Some(Ok(Message::Close(frame))) => {
                    return Some(frame.map_or(1_005, |frame| frame.code.into()));
                }
                None | Some(Err(tungstenite::Error::Protocol(_) | tungstenite::Error::Io(_))) => {
                    return None;
                }
                Some(_) => {}
            }
        }
    }
}

/// The next event.
pub(super) async fn next<E>(events: &mut mpsc::Receiver<E>) -> E {
    timeout(PATIENCE, events.recv()).await.expect("an event in time").expect("an open queue")
}

/// When the tests' clock begins.
pub(super) fn dawn() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_392_000, 0).expect("a date in 2026")
}

/// The defaults, with a clock that goes with the tests' time and repeatable jitter.
pub(super) fn repeatable(mut options: ConnectionOptions) -> ConnectionOptions {
    let start = Instant::now();
    let clock = Clock::new(move || {
        dawn() + TimeDelta::from_std(start.elapsed()).expect("a test is shorter")
    });
    options.clock = clock;
    options.seed = Some(1);
    options
}
