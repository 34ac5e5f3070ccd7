//! The two sides of a trade.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What an order wants. Resting orders to buy are bids, resting orders to sell are asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// To buy.
    Buy,
    /// To sell.
    Sell,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Buy, Self::Sell];

    /// The side it trades with.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// The stable lower-case name used in URLs and the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        }
    }
}

/// Text that is neither buy nor sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither buy nor sell")]
pub struct UnknownSide;

impl FromStr for Side {
    type Err = UnknownSide;
    fn from_str(text: &str) -> Result<Self, UnknownSide> {
        Self::ALL.into_iter().find(|side| side.slug().eq_ignore_ascii_case(text)).ok_or(UnknownSide)
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}
