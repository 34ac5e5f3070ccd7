//! Cursors: where in an order a page ended, by the last row's own values, so that the next page begins
//! behind them whatever has changed in between.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// A cursor of another order, or none of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be next_cursor of a page with the same sort and q; leave it out to start again")]
pub struct BadCursor;

/// A place in an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// Names the order.
    #[serde(rename = "o")]
    pub(super) order: String,
    /// The last row's value in each column of the order.
    #[serde(rename = "k")]
    pub(super) keys: Vec<CursorKey>,
    /// The last row's tie-break.
    #[serde(rename = "i")]
    pub(super) id: u64,
}

/// A value in a column of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum CursorKey {
    Number(u64),
    Title(String),
}

impl Cursor {
    pub(super) fn encode(&self) -> String {
        // Writing to memory what has no maps and no floats cannot fail.
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    pub(super) fn decode(text: &str, order: &str) -> Result<Self, BadCursor> {
        let json = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| BadCursor)?;
        let cursor: Self = serde_json::from_slice(&json).map_err(|_| BadCursor)?;
        if cursor.order == order { Ok(cursor) } else { Err(BadCursor) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_for_its_own_order_only() {
        let keys = vec![CursorKey::Number(u64::MAX), CursorKey::Title("will it — \"rain\"".into())];
        let cursor = Cursor { order: "-price,title".into(), keys, id: 7 };
        let text = cursor.encode();
        assert_eq!(Cursor::decode(&text, "-price,title"), Ok(cursor));
        assert_eq!(Cursor::decode(&text, "price,title"), Err(BadCursor));
        for bad in ["", "?", "AAAA", "eyJvIjoiIn0"] {
            assert_eq!(Cursor::decode(bad, ""), Err(BadCursor), "{bad}");
        }
    }
}
