//! One connection: what the client says comes out, what the desk says goes in.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use futures_util::SinkExt;
use tokio_util::sync::CancellationToken;

use super::board::ReaderId;
use super::frame::{Frame, FrameKind};
use super::outbox::Inbox;
use crate::faults::{FrameFate, Occasion};
use crate::server::{App, Lab};

/// How long a client has to take a closing frame.
const FAREWELL: Duration = Duration::from_secs(2);

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// The client left, or the line broke, or is to look so.
    Gone,
    /// With a code and a reason.
    Closed(u16, &'static str),
}

/// As upstream words it.
const TOO_SLOW: Ending = Ending::Closed(close_code::AGAIN, "slow consumer: send buffer full");

/// A connection; the desk knows of it until it is dropped.
pub(super) struct Session {
    pub(super) lab: Lab,
    pub(super) reader: ReaderId,
    /// Where faults look for it.
    path: &'static str,
    /// A fault silenced it, but for answers to `PING`.
    frozen: bool,
    /// What a fault holds back until the next `price_change`.
    held: Vec<Utf8Bytes>,
    socket: WebSocket,
    inbox: Inbox,
    shutdown: CancellationToken,
}

impl Session {
    pub(super) fn start(app: App, path: &'static str, socket: WebSocket) -> Self {
        let App { lab, shutdown, .. } = app;
        let (reader, inbox) = lab.desk().join();
        let held = Vec::new();
        Self { lab, reader, path, frozen: false, held, socket, inbox, shutdown }
    }

    /// What the client says next; what the desk has goes out meanwhile. `None` when it is over.
    pub(super) async fn heard(&mut self) -> Option<Utf8Bytes> {
        let too_slow = self.inbox.too_slow();
        let ending = loop {
            tokio::select! {
                // What happened before the client spoke is told before it is answered.
                biased;
                () = self.shutdown.cancelled() => break Ending::Closed(close_code::AWAY, ""),
                () = too_slow.cancelled() => break TOO_SLOW,
                frames = self.inbox.next() => match frames {
                    Some(frames) => {
                        if let Err(ending) = self.forward(frames).await {
                            break ending;
                        }
                    }
                    None => break TOO_SLOW,
                },
                message = self.socket.recv() => match message {
                    Some(Ok(Message::Text(text))) => return Some(text),
                    // Answered by the protocol, or without a meaning upstream.
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_))) => {}
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break Ending::Gone,
                },
            }
        };
        self.end(ending).await;
        None
    }

    /// Sends a text at once.
    pub(super) async fn say(&mut self, kind: FrameKind, text: &'static str) -> Option<()> {
        let frames = vec![Frame { kind, text: Utf8Bytes::from_static(text) }];
        self.inbox.add(&frames);
        match self.forward(frames).await {
            Ok(()) => Some(()),
            Err(ending) => {
                self.end(ending).await;
                None
            }
        }
    }

    /// Sends frames, unless the client becomes too slow meanwhile.
    async fn forward(&mut self, frames: Vec<Frame>) -> Result<(), Ending> {
        let (too_slow, shutdown) = (self.inbox.too_slow(), self.shutdown.clone());
        let sending = async {
            for frame in frames {
                let length = frame.text.len();
                for text in self.told(frame)? {
                    self.socket.feed(Message::Text(text)).await.map_err(|_| Ending::Gone)?;
                }
                self.inbox.sent(length);
            }
            self.socket.flush().await.map_err(|_| Ending::Gone)?;
            self.lab.desk().note_read();
            Ok(())
        };
        tokio::select! {
            sent = sending => sent,
            () = too_slow.cancelled() => Err(TOO_SLOW),
            () = shutdown.cancelled() => Err(Ending::Closed(close_code::AWAY, "")),
        }
    }

    /// What is sent when it is a frame's turn, after what befalls it.
    fn told(&mut self, frame: Frame) -> Result<Vec<Utf8Bytes>, Ending> {
        let Frame { kind, text } = frame;
        let occasion = match kind {
            FrameKind::Pong => return Ok(vec![text]),
            _ if self.frozen => return Ok(Vec::new()),
            FrameKind::Dump => Occasion::Dump,
            FrameKind::PriceChange => Occasion::Delta,
            FrameKind::Data => Occasion::Message,
        };
        let mut told = Vec::new();
        match self.lab.faults().befall(self.path, occasion, &text) {
            FrameFate::Sent => told.push(text),
            FrameFate::Changed(text) => told.push(text.into()),
            FrameFate::Lost => {}
            FrameFate::Held => self.held.push(text),
            FrameFate::Frozen => self.frozen = true,
            FrameFate::Cut => return Err(Ending::Gone),
            FrameFate::Closed(code) => return Err(Ending::Closed(code, "")),
        }
        if kind == FrameKind::PriceChange {
            told.append(&mut self.held);
        }
        Ok(told)
    }

    async fn end(&mut self, ending: Ending) {
        let farewell = async {
            match ending {
                // Sends what was said before, such as the answer to the client's closing frame.
                Ending::Gone => self.socket.flush().await,
                Ending::Closed(code, reason) => {
                    let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
                    self.socket.send(Message::Close(Some(frame))).await
                }
            }
        };
        // Whoever does not take it learns it from the end of the connection.
        let _ = tokio::time::timeout(FAREWELL, farewell).await;
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.lab.desk().leave(self.reader);
    }
}
