//! The one table of error codes. From it come the HTTP status, the public message, the reference in
//! `docs/errors.md`, and the enumerations of OpenAPI and TypeScript.

use serde::{Deserialize, Serialize};

/// One parameter or field that was refused, with what would be accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvalidField {
    /// Name as the caller wrote it.
    pub field: String,
    /// What is wrong and what would be right, in lower case and without a full stop.
    pub message: String,
    /// The refused value, cut to 80 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl InvalidField {
    /// A refusal of `value` in `field`.
    pub fn new(field: &str, value: &str, message: impl Into<String>) -> Self {
        let value = Some(value.chars().take(80).collect());
        Self { field: field.to_owned(), message: message.into(), value }
    }
}

macro_rules! error_codes {
    ($($variant:ident, $code:literal, $status:literal, $retryable:literal, $message:literal, $remedy:literal;)+) => {
        /// What went wrong, as programs read it. Codes are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode {
            $(
                #[doc = $message]
                #[serde(rename = $code)]
                $variant,
            )+
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// HTTP status.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }

            /// Whether the same request may succeed later.
            pub fn is_retryable(self) -> bool {
                match self { $(Self::$variant => $retryable),+ }
            }

            /// What people read.
            pub fn message(self) -> &'static str {
                match self { $(Self::$variant => $message),+ }
            }

            /// What the caller can do about it.
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy),+ }
            }
        }
    };
}

error_codes! {
    InvalidQuery, "invalid_query", 400, false,
        "The request has parameters that cannot be used.",
        "`details.fields` names each one with what is accepted.";
    InvalidBody, "invalid_body", 400, false,
        "The request body cannot be used.",
        "`details.fields` names what is wrong.";
    NotAuthenticated, "not_authenticated", 401, false,
        "This needs a token.",
        "Send `Authorization: Bearer <token>`.";
    NotAllowed, "not_allowed", 403, false,
        "This is not allowed.",
        "The message says what would be; `POST /api/polymarket/sync` needs the admin token, or a request from this machine where none is configured.";
    RouteNotFound, "route_not_found", 404, false,
        "There is nothing at this address.",
        "`/openapi.json` lists every address.";
    MarketNotFound, "market_not_found", 404, false,
        "No market has this id, condition id or slug.",
        "Search for it with `/api/polymarket/markets?q=…&status=all`. Older closed markets are held only when `--sync-closed` asks for them.";
    EventNotFound, "event_not_found", 404, false,
        "No event has this id or slug.",
        "Search for it with `/api/polymarket/events?q=…&status=all`.";
    BookNotFound, "book_not_found", 404, false,
        "This market has no order book.",
        "Closed markets, and those that were never deployed, have none. `/api/polymarket/ohlc/{id}` has their past prices.";
    WalletNotFound, "wallet_not_found", 404, false,
        "No wallet goes by this name.",
        "Give the wallet's address: `0x` and 40 hexadecimal digits, as its profile page shows it. Every address has an answer; names are looked up in what is held and at Polymarket.";
    ProtocolContract, "protocol_contract", 400, false,
        "This is a contract of the exchange and nobody's wallet.",
        "`details.contract` names it. It holds and moves everybody's shares; ask for the wallet that traded with it.";
    SignalNotFound, "signal_not_found", 404, false,
        "No signal has this id.",
        "`/api/signals` lists every signal that was ever published.";
    ScoreNotFound, "score_not_found", 404, false,
        "There is no such score.",
        "`/api/scores` lists them, and so does `details.known`.";
    MethodNotAllowed, "method_not_allowed", 405, false,
        "This address does not take this method.",
        "The `Allow` header lists the methods it takes.";
    BodyTooLarge, "body_too_large", 413, false,
        "The request body is too large.",
        "Send less than the limit in `details.limit_bytes`.";
    RateLimited, "rate_limited", 429, true,
        "Too many requests.",
        "Wait as long as `Retry-After` says.";
    Internal, "internal", 500, false,
        "Something broke on the server.",
        "Quote `details.request_id`; the server's log has the cause under it.";
    DatabaseUnavailable, "database_unavailable", 503, true,
        "The database does not answer.",
        "Retry after `Retry-After` seconds; the server reconnects by itself.";
    NotReady, "not_ready", 503, true,
        "The server has not loaded its catalogue yet.",
        "Retry after `Retry-After` seconds.";
    UpstreamUnavailable, "upstream_unavailable", 503, true,
        "Polymarket does not answer, and nothing is held that could be shown instead.",
        "Retry after `Retry-After` seconds.";
    Timeout, "timeout", 504, true,
        "The request took longer than its deadline.",
        "Retry, or ask for less.";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_distinct_and_serialise_as_themselves() {
        let codes: HashSet<_> = ErrorCode::ALL.iter().map(|code| code.code()).collect();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.code());
            assert!((400..600).contains(&code.status()));
        }
    }
}
