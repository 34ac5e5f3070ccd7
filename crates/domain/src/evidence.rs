//! What a finding rests on: its source, its records, the numbers that went into it.

use serde::{Deserialize, Serialize};

/// Which source a finding was made from, and so how much of it can be known. From the one that says least
/// to the one that says most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The public tape: each fill once, as its taker's side tells it. Who rested is not named.
    Feed,
    /// The public activity of single wallets: all their fills, of which the other side is not named.
    Activity,
    /// The exchange's own events: maker, taker and direction of every fill.
    Chain,
}

impl Basis {
    /// Every basis.
    pub const ALL: [Self; 3] = [Self::Feed, Self::Activity, Self::Chain];

    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Activity => "activity",
            Self::Chain => "chain",
        }
    }

    /// Whether both parties of a fill are named.
    pub fn names_counterparties(self) -> bool {
        self == Self::Chain
    }

    /// Whether all of a wallet's fills are seen, those in which its order rested included.
    pub fn sees_resting_fills(self) -> bool {
        self != Self::Feed
    }

    /// What a finding from both rests on: the one that says less.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }
}

/// A record that a finding rests on: a row of a wallet's activity, or a trade of the tape. Opaque here; the
/// store makes it and finds the row by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EvidenceId(pub u128);

/// A number that went into a score or a signal, by the name under which the documentation explains it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ingredient {
    /// Its name in `docs/scores.md`.
    pub name: &'static str,
    /// `None` unknown.
    pub value: Option<f64>,
}

impl Ingredient {
    /// A number under its name; what is not finite is unknown.
    pub fn new(name: &'static str, value: impl Into<Option<f64>>) -> Self {
        Self { name, value: value.into().filter(|value| value.is_finite()) }
    }
}

/// From the least to the most that a number can be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// The least.
    pub low: f64,
    /// The most.
    pub high: f64,
}

impl Span {
    /// Between two numbers, whichever is less.
    pub fn between(one: f64, other: f64) -> Self {
        Self { low: one.min(other), high: one.max(other) }
    }

    /// Of one number.
    pub fn at(value: f64) -> Self {
        Self { low: value, high: value }
    }

    /// How far apart the ends are.
    pub fn width(self) -> f64 {
        self.high - self.low
    }

    /// Whether a number is within, the ends included.
    pub fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rests_on_two_sources_knows_what_the_poorer_does() {
        for one in Basis::ALL {
            assert_eq!(one.and(Basis::Feed), Basis::Feed);
            assert_eq!(one.and(Basis::Chain), one);
        }
        assert!(!Basis::Activity.names_counterparties());
        assert!(Basis::Activity.sees_resting_fills() && !Basis::Feed.sees_resting_fills());
    }

    #[test]
    fn a_number_that_is_none_is_unknown() {
        assert_eq!(Ingredient::new("x", f64::NAN).value, None);
        assert_eq!(Ingredient::new("x", f64::INFINITY).value, None);
        assert_eq!(Ingredient::new("x", 1.0).value, Some(1.0));
        assert_eq!(Ingredient::new("x", None).value, None);
    }
}
