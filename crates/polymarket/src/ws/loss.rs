//! Why a connection ended, or was not made.

use std::time::Duration;

use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// Why a connection ended, or was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LossCause {
    /// No network, no such host, no TLS.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// The host did not answer the handshake in time.
    #[error("did not answer the handshake in time")]
    HandshakeTimeout,
    /// The host answered the handshake with something else than a socket.
    #[error("refused the handshake with status {status}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// How long the host asked us to stay away, uncapped.
        retry_after: Option<Duration>,
    },
    /// The host closed the connection. Codes seen: 1001 it stops, 1013 we read too slowly, 4003 it drains.
    #[error("was closed by the host (code {code:?}): {reason}")]
    Closed {
        /// The code, where one was given.
        code: Option<u16>,
        /// The host's words, cut to 200 characters; often empty.
        reason: String,
    },
    /// The connection broke off without a closing frame (what APIs of browsers call 1006), or brought
    /// bytes that are no WebSocket.
    #[error("broke off: {0}")]
    Broken(String),
    /// A message exceeds the size cap.
    #[error("sent a message above the size cap")]
    TooLarge,
    /// A `PING` was not answered in time.
    #[error("did not answer a ping")]
    NoPong,
    /// Nothing at all arrived for too long.
    #[error("fell silent")]
    Silent,
    /// Answers to `PING` arrived, but nothing else for too long.
    #[error("sent no data for too long")]
    NoData,
    /// The host took nothing from us for too long.
    #[error("does not take what is sent to it")]
    Stuck,
    /// The queue of events is full: who reads it is too slow. What came was not left out silently.
    #[error("brought more than its reader took")]
    Overrun,
    /// The caller asked for a new connection.
    #[error("is made anew on request")]
    Requested,
    /// Nothing is left to watch on it.
    #[error("is no longer needed")]
    Unneeded,
}

impl LossCause {
    /// The bounded name used in metric labels.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::HandshakeTimeout => "handshake_timeout",
            Self::Refused { .. } => "refused",
            Self::Closed { .. } => "closed",
            Self::Broken(_) => "broken",
            Self::TooLarge => "too_large",
            Self::NoPong => "no_pong",
            Self::Silent => "silent",
            Self::NoData => "no_data",
            Self::Stuck => "stuck",
            Self::Overrun => "overrun",
            Self::Requested => "requested",
            Self::Unneeded => "unneeded",
        }
    }

    /// Whether the host does not want us here now, so that coming back soon would make it worse.
    pub(super) fn is_rejection(&self) -> bool {
        match self {
            Self::Refused { status, .. } => matches!(status, 401 | 403 | 429),
            // 1008 is the standard's "policy violation", 4008 upstream's own.
            Self::Closed { code, .. } => matches!(code, Some(1_008 | 4_008)),
            _ => false,
        }
    }

    /// How long the host asked us to stay away.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    pub(super) fn of_close(frame: Option<CloseFrame>) -> Self {
        let reason = frame.as_ref().map(|frame| frame.reason.chars().take(200).collect());
        let code = frame.map(|frame| frame.code.into());
        Self::Closed { code, reason: reason.unwrap_or_default() }
    }

    pub(super) fn of_error(error: &Error) -> Self {
        match error {
            Error::Capacity(_) => Self::TooLarge,
            other => Self::Broken(other.to_string()),
        }
    }
}
