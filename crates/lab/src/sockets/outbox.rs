//! What waits to be sent on a connection. Filling it never waits; a client that takes nothing out is
//! cut off when too much has piled up, as upstream does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio_util::sync::CancellationToken;

use super::frame::Frame;

/// A client that has so many bytes unread when more comes is too slow. One step of the world may bring
/// more than that at once; it is not counted against the client before the next.
pub(super) const MOST_UNREAD_BYTES: usize = 8 * 1024 * 1024;

#[derive(Debug, Default)]
struct Backlog {
    bytes: AtomicUsize,
    too_slow: CancellationToken,
}

impl Backlog {
    fn add(&self, frames: &[Frame]) {
        let bytes = frames.iter().map(|frame| frame.text.len()).sum();
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// The end that is filled.
#[derive(Debug)]
pub(super) struct Outbox {
    sender: UnboundedSender<Vec<Frame>>,
    backlog: Arc<Backlog>,
}

/// The connection's end.
#[derive(Debug)]
pub(super) struct Inbox {
    receiver: UnboundedReceiver<Vec<Frame>>,
    backlog: Arc<Backlog>,
}

pub(super) fn channel() -> (Outbox, Inbox) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let backlog = Arc::new(Backlog::default());
    (Outbox { sender, backlog: Arc::clone(&backlog) }, Inbox { receiver, backlog })
}

impl Outbox {
    /// Adds frames. False when the connection is gone or too slow, and then for ever.
    pub(super) fn push(&self, frames: Vec<Frame>) -> bool {
        if !self.has_room() {
            self.backlog.too_slow.cancel();
            return false;
        }
        self.backlog.add(&frames);
        self.sender.send(frames).is_ok()
    }

    /// Whether more would be taken.
    pub(super) fn has_room(&self) -> bool {
        self.backlog.bytes.load(Ordering::Relaxed) <= MOST_UNREAD_BYTES
    }
}

impl Inbox {
    /// The next frames; `None` when nobody fills it any more.
    pub(super) async fn next(&mut self) -> Option<Vec<Frame>> {
        self.receiver.recv().await
    }

    /// Frames that are there already.
    #[cfg(test)]
    pub(super) fn ready(&mut self) -> Option<Vec<Frame>> {
        self.receiver.try_recv().ok()
    }

    /// Counts frames that the connection itself adds.
    pub(super) fn add(&self, frames: &[Frame]) {
        self.backlog.add(frames);
    }

    /// Notes that `sent` bytes have left.
    pub(super) fn sent(&self, sent: usize) {
        self.backlog.bytes.fetch_sub(sent, Ordering::Relaxed);
    }

    /// Ends when the client is too slow.
    pub(super) fn too_slow(&self) -> CancellationToken {
        self.backlog.too_slow.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sockets::frame::FrameKind;

    fn frames(length: usize) -> Vec<Frame> {
        vec![Frame::new(FrameKind::Data, "x".repeat(length))]
    }

    #[tokio::test]
    async fn who_reads_nothing_is_cut_off_and_who_reads_is_not() {
        let (outbox, mut inbox) = channel();
        assert!(outbox.push(frames(3 * MOST_UNREAD_BYTES)), "one step may be large");
        assert!(!outbox.has_room());
        inbox.next().await.unwrap();
        inbox.sent(3 * MOST_UNREAD_BYTES);
        assert!(outbox.push(frames(MOST_UNREAD_BYTES)));
        assert!(outbox.push(frames(1)), "exactly full is not too full");
        assert!(!inbox.too_slow().is_cancelled());
        assert!(!outbox.push(frames(1)));
        assert!(inbox.too_slow().is_cancelled());
    }
}
