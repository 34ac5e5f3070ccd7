//! Cursors: where a walk is, signed so that nobody makes them up. Base64url of
//! `{"data":{"type":…,"params":{…}},"sig":…}`, as recorded.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::problem::Problem;
use crate::noise::Noise;

/// Known to the lab alone; a checksum, not cryptography.
const KEY: Noise = Noise::of(0x6375_7273_6f72);

#[derive(Serialize, Deserialize)]
struct Token<P> {
    data: Data<P>,
    sig: String,
}

#[derive(Serialize, Deserialize)]
struct Data<P> {
    #[serde(rename = "type")]
    kind: String,
    params: P,
}

/// A cursor of the route `kind`.
pub(crate) fn sign<P: Serialize>(kind: &str, params: P) -> Result<String, Problem> {
    let data = Data { kind: kind.to_owned(), params };
    let sig = signature(&data)?;
    let token = serde_json::to_vec(&Token { data, sig }).map_err(|_| Problem::internal())?;
    Ok(URL_SAFE_NO_PAD.encode(token))
}

/// What a cursor of the route `kind` says.
pub(crate) fn read<P: Serialize + DeserializeOwned>(kind: &str, text: &str) -> Result<P, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
    let token: Token<P> = serde_json::from_slice(&bytes).map_err(|_| invalid())?;
    if token.data.kind != kind || signature(&token.data)? != token.sig {
        return Err(invalid());
    }
    Ok(token.data.params)
}

/// 400: not a cursor of this route, or not one for these parameters.
pub(crate) fn invalid() -> Problem {
    Problem::invalid("cursor", "invalid cursor")
}

fn signature<P: Serialize>(data: &Data<P>) -> Result<String, Problem> {
    let text = serde_json::to_vec(data).map_err(|_| Problem::internal())?;
    let sum = text.iter().fold(KEY, |sum, &byte| sum.with(u64::from(byte)));
    Ok(format!("{:016x}{:016x}", sum.bits(), sum.with(1).bits()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Params {
        l: usize,
        ts: i64,
    }

    #[test]
    fn a_cursor_is_read_by_its_own_route_only() {
        let cursor = sign("trades", Params { l: 2, ts: 5 }).unwrap();
        assert_eq!(read::<Params>("trades", &cursor).unwrap(), Params { l: 2, ts: 5 });
        assert_eq!(read::<Params>("activity", &cursor), Err(invalid()));
        assert_eq!(read::<Params>("trades", "garbage"), Err(invalid()));
    }

    #[test]
    fn a_changed_cursor_is_refused() {
        let cursor = sign("trades", Params { l: 2, ts: 5 }).unwrap();
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(&cursor).unwrap()).unwrap();
        let forged = URL_SAFE_NO_PAD.encode(text.replace("\"l\":2", "\"l\":3"));
        assert_ne!(forged, cursor);
        assert_eq!(read::<Params>("trades", &forged), Err(invalid()));
    }
}
