//! Identifiers of the chain, and the sides of a trade, by the names and methods that `domain` has for
//! them from its commit "The order book of a token" on. Once that is merged this file goes, and what
//! imports from it imports from `domain`.

use std::{fmt, str::FromStr};

/// Text that is not what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}")]
pub struct Invalid(&'static str);

/// `0x` and so many hexadecimal digits, lower case.
fn hexadecimal(text: &str, digits: usize) -> Option<Box<str>> {
    let text = text.trim();
    let found = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    let legal = found.len() == digits && found.chars().all(|c| c.is_ascii_hexdigit());
    legal.then(|| format!("0x{}", found.to_ascii_lowercase()).into_boxed_str())
}

macro_rules! hexadecimal_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $digits:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Box<str>);

        impl $name {
            /// Parses and normalises the text.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                hexadecimal(text, $digits).map(Self).ok_or(Invalid($kind))
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
    };
}

hexadecimal_id!(
    /// A wallet's address: `0x` and 40 hexadecimal digits. Data is keyed by the proxy or deposit wallet,
    /// not by the key that signs for it.
    Address,
    "address",
    40
);
hexadecimal_id!(
    /// A transaction's hash: `0x` and 64 hexadecimal digits. One transaction settles many fills.
    TransactionHash,
    "transaction hash",
    64
);

/// What an order wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// To buy.
    Buy,
    /// To sell.
    Sell,
}

impl Side {
    /// The stable lower-case name used in URLs and the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        }
    }
}

impl FromStr for Side {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        [Self::Buy, Self::Sell]
            .into_iter()
            .find(|side| side.slug().eq_ignore_ascii_case(text))
            .ok_or(Invalid("side"))
    }
}
