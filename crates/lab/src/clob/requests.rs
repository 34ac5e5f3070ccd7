//! Bodies of the routes that answer for many tokens at once.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use serde::Deserialize;

use super::Problem;
use super::quote;
use crate::exchange::Side;

/// Tokens of one request.
const MAX_TOKENS: usize = 500;

/// A token that is asked about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct TokenRequest {
    pub(super) token_id: String,
    /// Only `/prices` looks at it.
    #[serde(default)]
    side: Option<String>,
}

impl TokenRequest {
    /// Sellers when no side is named: so the venue does, without saying.
    pub(super) fn side(&self) -> Result<Side, Problem> {
        match self.side.as_deref() {
            None | Some("") => Ok(Side::Sell),
            Some(name) => quote::side(name).ok_or(Problem::NoSide),
        }
    }
}

/// The tokens of a body, by id: answers do not keep the order of the request.
pub(super) fn tokens(body: Result<Bytes, BytesRejection>) -> Result<Vec<TokenRequest>, Problem> {
    let body = body.map_err(|_| Problem::TooMuch)?;
    let mut tokens: Vec<TokenRequest> =
        serde_json::from_slice(&body).map_err(|_| Problem::Payload)?;
    if tokens.len() > MAX_TOKENS {
        return Err(Problem::TooMuch);
    }
    tokens.sort_by(|a, b| a.token_id.cmp(&b.token_id));
    Ok(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Vec<TokenRequest>, Problem> {
        tokens(Ok(Bytes::copy_from_slice(body.as_bytes())))
    }

    #[test]
    fn bodies_are_lists_of_tokens() {
        let tokens = read(r#"[{"token_id":"9","side":"buy"},{"token_id":"1"}]"#).unwrap();
        assert_eq!(tokens.iter().map(|it| it.token_id.as_str()).collect::<Vec<_>>(), ["1", "9"]);
        assert_eq!(tokens[0].side(), Ok(Side::Sell));
        assert_eq!(tokens[1].side(), Ok(Side::Buy));
        assert_eq!(read("[]"), Ok(Vec::new()));
        for wrong in ["", "{}", r#"["1"]"#, r#"[{"side":"BUY"}]"#, r#"{"token_id":"1"}"#] {
            assert_eq!(read(wrong), Err(Problem::Payload), "{wrong}");
        }
        let neither = read(r#"[{"token_id":"1","side":"BOTH"}]"#).unwrap();
        assert_eq!(neither[0].side(), Err(Problem::NoSide));
    }

    #[test]
    fn five_hundred_tokens_are_answered_at_once() {
        let body = |count| format!("[{}]", vec![r#"{"token_id":"1"}"#; count].join(","));
        assert_eq!(read(&body(500)).map(|tokens| tokens.len()), Ok(500));
        assert_eq!(read(&body(501)), Err(Problem::TooMuch));
    }
}
