//! What can go wrong, and where.

use serde::{Deserialize, Serialize};

/// What goes wrong. In JSON a kind without settings is its name (`"server_error"`), one with
/// settings an object (`{"too_many_requests": {"retry_after_s": 2}}`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultKind {
    /// 429 with `Retry-After`.
    TooManyRequests {
        /// Value of `Retry-After`, in seconds.
        retry_after_s: u32,
    },
    /// 500 with a JSON error.
    ServerError,
    /// 200 whose body is Cloudflare's challenge page.
    HtmlOk,
    /// 403 with Cloudflare's "error code: 1015" page: rate limited, said in HTML.
    HtmlForbidden,
    /// The connection is cut after half of the announced length.
    TruncatedBody,
    /// The body trickles.
    SlowBody {
        /// Bytes sent at a time.
        chunk_bytes: u32,
        /// Pause between two chunks, in milliseconds.
        pause_ms: u32,
    },
    /// Half of the body arrives, then nothing more; the connection stays open.
    StalledBody,
    /// The request is taken and never answered.
    HungConnection,
    /// 200 with no body.
    EmptyBody,
    /// 200 with the body `null`.
    NullBody,
    /// `next_cursor` of a Gamma list leads back to the first page.
    CursorLoop,
    /// The cursor is ignored: every page is the first one.
    IgnoresCursor,
    /// The page before is served again instead of the one asked for.
    RepeatedPage,
    /// `offset` counts modulo `rows`: past the end the first rows come again.
    WrapAroundOffset {
        /// Where the offset starts anew.
        rows: u32,
    },
    /// A row of [`bad_rows`](crate::bad_rows()) in the middle of a Gamma page.
    BadRow {
        /// Its name.
        row: String,
    },
    /// Every second row of a Gamma page is replaced by a value that is not a row.
    HalfGarbage,
    /// Every row, or every message of a socket, has a member nobody has seen before.
    NewKey,
    /// Numbers where strings were and strings where numbers were, in every row or message.
    ChangedType,
    /// Books of the CLOB are a bid at 0.01 and an ask at 0.99, while prices are right.
    GhostBook,
    /// Data's trades are the takers' rows only, whatever is asked for.
    TakerOnlyFeed,
    /// Of four transactions one shows up in Data's feeds only `by_s` seconds later, below rows that
    /// were there before it.
    LateTrade {
        /// How late, in seconds of the world.
        by_s: u32,
    },
    /// A row of a combo in the middle of a page of Data's feeds: 62-digit condition, empty slug and
    /// outcome.
    ComboRows,
    /// Every fifth row of Data's feeds comes twice, byte for byte.
    DuplicatedFills,
    /// An answer of Data v2 that was given before comes again, however old.
    StaleCdnPage,
    /// A socket goes silent but answers `PING`, from some message on and for ever.
    FrozenButPong,
    /// A `price_change` of the market channel is never sent.
    DroppedDelta,
    /// The books that a subscription begins with are sent after the next `price_change`, as they were
    /// before it.
    DeltaFirst,
    /// A socket breaks off instead of sending a message, without a closing frame: clients see 1006.
    CutSocket,
    /// A socket is closed instead of sending a message.
    ClosedSocket {
        /// The closing frame's code, such as 4003.
        code: u16,
    },
    /// The market resolved last that nobody has redeemed turns out the other way. Acts on the world,
    /// once, when it is injected.
    ResolutionFlip,
}

/// When a fault may strike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// A request that is answered over HTTP.
    Request,
    /// A request for a socket.
    Handshake,
    /// The books that a subscription begins with.
    Dump,
    /// A `price_change`.
    Delta,
    /// Another message of a socket that carries data.
    Message,
}

/// The hosts that a kind strikes, as prefixes of their paths.
const ANYWHERE: &[&str] = &["/"];
const GAMMA: &[&str] = &["/gamma"];
const BOOKS: &[&str] = &["/clob/book", "/clob/books"];
const DATA: &[&str] = &["/data"];
const DATA_V2: &[&str] = &["/data/v2"];
const SOCKETS: &[&str] = &["/ws", "/rtds"];
const MARKET_CHANNEL: &[&str] = &["/ws"];

impl FaultKind {
    pub(crate) const fn strikes_on(&self, occasion: Occasion) -> bool {
        match self {
            Self::TooManyRequests { .. }
            | Self::ServerError
            | Self::HtmlOk
            | Self::HtmlForbidden
            | Self::TruncatedBody
            | Self::SlowBody { .. }
            | Self::StalledBody
            | Self::HungConnection
            | Self::EmptyBody
            | Self::NullBody => matches!(occasion, Occasion::Request | Occasion::Handshake),
            Self::CursorLoop
            | Self::IgnoresCursor
            | Self::RepeatedPage
            | Self::WrapAroundOffset { .. }
            | Self::BadRow { .. }
            | Self::HalfGarbage
            | Self::GhostBook
            | Self::TakerOnlyFeed
            | Self::LateTrade { .. }
            | Self::ComboRows
            | Self::DuplicatedFills
            | Self::StaleCdnPage => matches!(occasion, Occasion::Request),
            Self::NewKey | Self::ChangedType => !matches!(occasion, Occasion::Handshake),
            Self::FrozenButPong | Self::CutSocket | Self::ClosedSocket { .. } => {
                matches!(occasion, Occasion::Dump | Occasion::Delta | Occasion::Message)
            }
            Self::DroppedDelta => matches!(occasion, Occasion::Delta),
            Self::DeltaFirst => matches!(occasion, Occasion::Dump),
            Self::ResolutionFlip => false,
        }
    }

    /// Prefixes of the paths where it can strike.
    pub(crate) const fn haunts(&self) -> &'static [&'static str] {
        match self {
            Self::CursorLoop | Self::BadRow { .. } | Self::HalfGarbage => GAMMA,
            Self::GhostBook => BOOKS,
            Self::TakerOnlyFeed
            | Self::LateTrade { .. }
            | Self::ComboRows
            | Self::DuplicatedFills => DATA,
            Self::StaleCdnPage => DATA_V2,
            Self::FrozenButPong | Self::CutSocket | Self::ClosedSocket { .. } => SOCKETS,
            Self::DroppedDelta | Self::DeltaFirst => MARKET_CHANNEL,
            _ => ANYWHERE,
        }
    }

    /// Whether it can strike at a path that starts with `path_prefix`.
    pub(crate) fn haunts_under(&self, path_prefix: &str) -> bool {
        let meets =
            |haunt: &&str| path_prefix.starts_with(*haunt) || haunt.starts_with(path_prefix);
        self.haunts().iter().any(meets)
    }
}

/// Whether a closing frame may have this code: the others are for clients to say that there was none.
pub(super) const fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_keep_to_their_places() {
        assert!(FaultKind::GhostBook.haunts_under("/clob"));
        assert!(FaultKind::GhostBook.haunts_under("/clob/books"));
        assert!(!FaultKind::GhostBook.haunts_under("/gamma"));
        assert!(FaultKind::FrozenButPong.haunts_under("/"));
        assert!(FaultKind::FrozenButPong.haunts_under("/ws/ws/market"));
        assert!(!FaultKind::DroppedDelta.haunts_under("/rtds"));
        assert!(!FaultKind::DeltaFirst.strikes_on(Occasion::Delta));
        assert!(FaultKind::NewKey.haunts_under("/clob/price"));
        assert!(FaultKind::NewKey.strikes_on(Occasion::Message));
        assert!(!FaultKind::NewKey.strikes_on(Occasion::Handshake));
        assert!(FaultKind::HtmlForbidden.strikes_on(Occasion::Handshake));
    }
}
