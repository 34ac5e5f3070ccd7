//! Scores from 0 to 100: what they are made of, how sure they are, and when there is none.
//!
//! Each has a definition with a version, ingredients that are shown, and an interval where it can have one.
//! "Too few events to say" is the usual answer, not an error. Formulas: `docs/scores.md`.

mod assess;
mod baseline;
mod budget;
mod definitions;
mod likeness;
mod population;
#[cfg(test)]
mod population_tests;
mod reputation;
mod smart;
#[cfg(test)]
mod tests;
mod whale;

pub use assess::{Assessment, Record, assess};
pub use baseline::{Baseline, FEWEST_RESOLVED, Fit, Kind, SettledBet};
pub use budget::Budget;
pub use definitions::Definition;
pub use likeness::{bot, maker};
pub use population::{FALSE_DISCOVERY_RATE, Population, RECENT_DAYS, Registered, Tested};
pub use reputation::{HALF_LIFE_DAYS, RECORD_EVENTS, Reputation, reputation};
pub use smart::{EDGE_SCALE, Posterior, RECENT_WEIGHT, Smart, smart};
pub use whale::{EventSize, LEAST_MEASURED, SizeBasis, whale};

use chrono::{DateTime, Utc};

use crate::conduct;
use crate::evidence::{Basis, EvidenceId, Ingredient, Span};
use crate::ledger::Reason;

/// Which score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScoreKind {
    /// How large, for the markets it is in.
    Whale,
    /// How much edge, on what evidence.
    Smart,
    /// How long a record, and how good.
    Reputation,
    /// How much like somebody who quotes both sides.
    Maker,
    /// How much like a program.
    Bot,
}

impl ScoreKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Whale, Self::Smart, Self::Reputation, Self::Maker, Self::Bot];

    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Whale => "whale",
            Self::Smart => "smart_money",
            Self::Reputation => "reputation",
            Self::Maker => "maker",
            Self::Bot => "bot",
        }
    }

    /// The kind with a name; `None` where there is none.
    pub fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// Of its definition. Any change of a formula or a constant is another version; scores of two versions are
    /// never compared.
    pub fn version(self) -> u32 {
        match self {
            Self::Whale | Self::Smart | Self::Reputation => 2,
            Self::Maker | Self::Bot => conduct::VERSION,
        }
    }

    /// Observations below which nothing is said: events, of [`Self::Maker`] and [`Self::Bot`] fills.
    pub fn fewest(self) -> usize {
        match self {
            Self::Whale => 3,
            Self::Smart | Self::Reputation => 10,
            Self::Maker | Self::Bot => conduct::FEWEST_FILLS,
        }
    }
}

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// The score.
    Scored(f64),
    /// Too few to say: so many, of so many that are needed.
    TooFew {
        /// Events there are; fills, of [`ScoreKind::Maker`] and [`ScoreKind::Bot`].
        events: usize,
        /// As many as are needed.
        needed: usize,
    },
    /// The history does not support one.
    Withheld(Reason),
    /// Something that it is made of is unknown, by the name of the ingredient.
    Unknown(&'static str),
    /// Makers and programs are not ranked with people.
    Excluded(&'static str),
}

impl Verdict {
    /// The score, where there is one.
    pub fn value(self) -> Option<f64> {
        match self {
            Self::Scored(value) => Some(value),
            _ => None,
        }
    }
}

/// A score as it is kept: a row, never changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Which.
    pub kind: ScoreKind,
    /// Of the definition.
    pub version: u32,
    /// When it could be known.
    pub as_of: DateTime<Utc>,
    /// What is said.
    pub verdict: Verdict,
    /// From the least to the most it may be; `None` where nothing is said.
    pub span: Option<Span>,
    /// Events it is made of; fills, of [`ScoreKind::Maker`] and [`ScoreKind::Bot`].
    pub events: usize,
    /// What went into it.
    pub ingredients: Vec<Ingredient>,
    /// The records.
    pub evidence: Vec<EvidenceId>,
    /// What they were read from.
    pub basis: Basis,
}

/// What every score is made with.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// When.
    pub as_of: DateTime<Utc>,
    /// What was read.
    pub basis: Basis,
    /// The records to name.
    pub evidence: Vec<EvidenceId>,
}

impl Context {
    fn score(
        self,
        kind: ScoreKind,
        (verdict, span): (Verdict, Option<Span>),
        events: usize,
        ingredients: Vec<Ingredient>,
    ) -> Score {
        let clamp = |value: f64| value.clamp(0.0, 100.0);
        let verdict = match verdict {
            Verdict::Scored(value) if value.is_finite() => Verdict::Scored(clamp(value)),
            Verdict::Scored(_) => Verdict::Unknown("score"),
            other => other,
        };
        let span = span.filter(|span| verdict.value().is_some() && span.width().is_finite());
        Score {
            kind,
            version: kind.version(),
            as_of: self.as_of,
            verdict,
            span: span.map(|span| Span { low: clamp(span.low), high: clamp(span.high) }),
            events,
            ingredients,
            evidence: self.evidence,
            basis: self.basis,
        }
    }
}
