//! Upstream identifiers. All of them are text: token ids have up to 78 digits, condition ids 62 or 64
//! hexadecimal ones, and no integer type holds either.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Text that is not a valid identifier of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind}: {text:?}")]
pub struct InvalidId {
    /// Which identifier was expected, for example "condition id".
    pub kind: &'static str,
    /// The text, cut to 80 characters.
    pub text: String,
}

impl InvalidId {
    fn new(kind: &'static str, text: &str) -> Self {
        Self { kind, text: text.chars().take(80).collect() }
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Parses and normalises the text.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let parse: fn(&str) -> Option<String> = $parse;
                parse(text).map(|id| Self(id.into_boxed_str())).ok_or_else(|| InvalidId::new($kind, text))
            }

            /// The identifier as text, in its normal form.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

/// Gamma's row ids are decimal text today. Letters, `_` and `-` are let through because nothing here
/// depends on them being numbers.
fn gamma_id(text: &str) -> Option<String> {
    let text = text.trim();
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (!text.is_empty() && text.len() <= 64 && text.chars().all(legal)).then(|| text.to_owned())
}

/// `0x` and 64 hexadecimal digits, or 62 for protocol-v2 "structural" conditions; lower case. A missing
/// `0x` is added.
fn condition_id(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    let legal = matches!(digits.len(), 62 | 64) && digits.chars().all(|c| c.is_ascii_hexdigit());
    legal.then(|| format!("0x{}", digits.to_ascii_lowercase()))
}

/// An unsigned 256-bit integer in decimal.
fn token_id(text: &str) -> Option<String> {
    let text = text.trim();
    let legal = !text.is_empty() && text.len() <= 78 && text.chars().all(|c| c.is_ascii_digit());
    legal.then(|| text.to_owned())
}

/// `0x` and so many hexadecimal digits, lower case.
fn hexadecimal(text: &str, digits: usize) -> Option<String> {
    let text = text.trim();
    let found = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    let legal = found.len() == digits && found.chars().all(|c| c.is_ascii_hexdigit());
    legal.then(|| format!("0x{}", found.to_ascii_lowercase()))
}

text_id!(
    /// Gamma's id of a market, for example `253573`. Known to Gamma only.
    MarketId,
    "market id",
    gamma_id
);
text_id!(
    /// Gamma's id of an event, for example `903176`.
    EventId,
    "event id",
    gamma_id
);
text_id!(
    /// The on-chain id of a condition: what CLOB and Data API call a market.
    ConditionId,
    "condition id",
    condition_id
);
text_id!(
    /// The id of one outcome's token (`asset`, `asset_id`): an unsigned 256-bit integer in decimal.
    TokenId,
    "token id",
    token_id
);
text_id!(
    /// A wallet's address on the chain: `0x` and 40 hexadecimal digits. Data is keyed by the proxy or
    /// deposit wallet, not by the key that signs for it.
    Address,
    "address",
    |text| hexadecimal(text, 40)
);
text_id!(
    /// A transaction's hash: `0x` and 64 hexadecimal digits. One transaction settles many fills.
    TransactionHash,
    "transaction hash",
    |text| hexadecimal(text, 64)
);

impl Address {
    /// The address as the chain has it.
    pub fn to_bytes(&self) -> [u8; 20] {
        bytes(&self.0)
    }

    /// The other way round.
    pub fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(text(&bytes))
    }
}

impl TransactionHash {
    /// The hash as the chain has it.
    pub fn to_bytes(&self) -> [u8; 32] {
        bytes(&self.0)
    }

    /// The other way round.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(text(&bytes))
    }
}

/// The bytes of `0x` and two hexadecimal digits for each, which the text is known to be.
fn bytes<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    let digit = |place: usize| {
        let value = text.as_bytes().get(place).and_then(|&digit| char::from(digit).to_digit(16));
        value.and_then(|value| u8::try_from(value).ok()).unwrap_or_default()
    };
    std::array::from_fn(|place| digit(2 + 2 * place) << 4 | digit(3 + 2 * place))
}

fn text(bytes: &[u8]) -> Box<str> {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    let digits = bytes.iter().flat_map(|&byte| [digit(byte >> 4), digit(byte & 0xf)]);
    "0x".chars().chain(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn condition_ids_are_normalised() {
        let hex = "A835f053e4ff50c67b1a1147ec79ad159da93a6a846671bf7a049c59d81e4dc8";
        let id = ConditionId::parse(hex).unwrap();
        assert_eq!(id.as_str(), format!("0x{}", hex.to_lowercase()));
        assert!(
            ConditionId::parse(hex.get(2..).unwrap()).is_ok(),
            "62 digits: a structural condition"
        );
        for bad in ["", "0x", "0x12", "zz", hex.get(1..).unwrap()] {
            assert!(ConditionId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn token_ids_keep_every_digit() {
        let id = "113455412898223493406434720659255305355706540735659514130870783750203315422783";
        assert_eq!(TokenId::parse(id).unwrap().as_str(), id);
        assert!(TokenId::parse("1e18").is_err());
        assert!(TokenId::parse("-1").is_err());
    }

    #[test]
    fn addresses_and_hashes_are_their_bytes() {
        let text = "0x4d97dcd97ec945f40cf65f87097ace5ea0476045";
        let address = Address::parse(text).unwrap();
        assert_eq!(address.to_bytes()[..3], [0x4d, 0x97, 0xdc]);
        assert_eq!(address.to_bytes()[19], 0x45);
        assert_eq!(Address::from_bytes(address.to_bytes()), address);
        let hash = TransactionHash::parse(&format!("0x{}", "0f".repeat(32))).unwrap();
        assert_eq!(hash.to_bytes(), [0x0f; 32]);
        assert_eq!(TransactionHash::from_bytes([0x0f; 32]), hash);
    }

    #[test]
    fn addresses_and_hashes_have_their_length_and_their_prefix() {
        let address = "0x4D97DCd97eC945f40cF65F87097ACe5EA0476045";
        assert_eq!(Address::parse(address).unwrap().as_str(), address.to_lowercase());
        let hash = format!("0x{}", "Ab".repeat(32));
        assert_eq!(TransactionHash::parse(&hash).unwrap().as_str(), hash.to_lowercase());
        assert!(TransactionHash::parse(address).is_err());
        for bad in ["", "0x", &hash, address.trim_start_matches("0x"), "0xg"] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn gamma_ids_refuse_what_could_not_be_a_path_segment() {
        assert!(MarketId::parse("253573").is_ok());
        for bad in ["", " ", "a/b", "a b", "é", &"1".repeat(65)] {
            assert!(MarketId::parse(bad).is_err(), "{bad}");
        }
    }
}
