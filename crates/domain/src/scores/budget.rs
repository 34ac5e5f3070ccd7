//! The errors that a score may make before it leaves the rankings by itself.

use super::ScoreKind;

/// The most that each error may be, as a part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// Of the wallets that are not what the score is about, those of which it says so at nominal 5 %; of makers and
    /// programs, those said to be likely ones. `None`: there is no such error.
    pub type1: Option<f64>,
    /// Of those that are named after correction for how many were tested, the part that is named wrongly. `None`: it
    /// names nobody.
    pub false_discovery: Option<f64>,
}

impl Budget {
    /// Facts: nothing is claimed that chance could make.
    pub const NONE: Self = Self { type1: None, false_discovery: None };
    /// Of the history of accounts ([`crate::insiders::history`]), whose claims are grave.
    pub const INSIDERS: Self =
        Self { type1: Some(0.05), false_discovery: Some(crate::insiders::history::RATE) };
}

impl ScoreKind {
    /// The errors that it may make.
    pub fn budget(self) -> Budget {
        match self {
            Self::Whale => Budget::NONE,
            Self::Smart => Budget { type1: Some(0.05), false_discovery: Some(0.1) },
            Self::Reputation | Self::Maker | Self::Bot => {
                Budget { type1: Some(0.05), false_discovery: None }
            }
        }
    }
}
