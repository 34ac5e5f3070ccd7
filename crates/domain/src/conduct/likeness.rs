//! From features to a probability.

use super::features::Features;
use crate::evidence::{Basis, Span};

/// Of the rules below. A change of any number in them is another version.
pub const VERSION: u32 = 2;

/// Fills below which nothing is said.
pub const FEWEST_FILLS: usize = 50;

/// The probability from which somebody is maker-like or bot-like; below one less it, not.
pub const LIKELY: f64 = 0.7;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// See [`Features::maker_share`].
    MakerShare,
    /// See [`Features::two_sidedness`].
    TwoSidedness,
    /// See [`Features::both_outcomes`].
    BothOutcomes,
    /// See [`Features::sets_to_fills`].
    SetsToFills,
    /// log₁₀ of [`Features::markets`].
    Markets,
    /// See [`Features::profit_to_volume`].
    ProfitToVolume,
    /// log₁₀ of [`Features::fills_per_day`].
    FillsPerDay,
    /// See [`Features::hour_entropy`].
    HourEntropy,
    /// See [`Features::gap_variation`].
    GapVariation,
    /// See [`Features::distinct_sizes`].
    DistinctSizes,
    /// See [`Features::simultaneity`].
    Simultaneity,
    /// See [`Features::reaction`].
    Reaction,
}

impl Feature {
    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::MakerShare => "maker_share",
            Self::TwoSidedness => "two_sidedness",
            Self::BothOutcomes => "both_outcomes",
            Self::SetsToFills => "sets_to_fills",
            Self::Markets => "markets",
            Self::ProfitToVolume => "profit_to_volume",
            Self::FillsPerDay => "fills_per_day",
            Self::HourEntropy => "hour_entropy",
            Self::GapVariation => "gap_variation",
            Self::DistinctSizes => "distinct_sizes",
            Self::Simultaneity => "simultaneity",
            Self::Reaction => "reaction",
        }
    }

    /// From the least to the most that it can be, where anything is known of it.
    fn span(self, features: &Features) -> Option<Span> {
        let value = self.of(features).filter(|value| value.is_finite())?;
        if self != Self::MakerShare {
            return Some(Span::at(value));
        }
        let unsaid = features.maker_unsaid.clamp(0.0, 1.0);
        let low = value * (1.0 - unsaid);
        Some(Span { low, high: low + unsaid })
    }

    fn of(self, features: &Features) -> Option<f64> {
        let log = |value: f64| (value > 0.0).then(|| value.log10());
        match self {
            Self::MakerShare => features.maker_share,
            Self::TwoSidedness => features.two_sidedness,
            Self::BothOutcomes => features.both_outcomes,
            Self::SetsToFills => features.sets_to_fills,
            Self::Markets => log(features.markets as f64),
            Self::ProfitToVolume => features.profit_to_volume,
            Self::FillsPerDay => features.fills_per_day.and_then(log),
            Self::HourEntropy => features.hour_entropy,
            Self::GapVariation => features.gap_variation,
            Self::DistinctSizes => features.distinct_sizes,
            Self::Simultaneity => features.simultaneity,
            Self::Reaction => features.reaction,
        }
    }
}

/// What a feature adds to the log-odds: `least` at `from` and beyond, `most` at `to` and beyond, and in between a
/// straight line. `from` is above `to` where more of it speaks against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// The feature.
    pub feature: Feature,
    /// Where it speaks most against.
    pub from: f64,
    /// Where it speaks most for.
    pub to: f64,
    /// What it adds at `from`, in log-odds; 0 of a sign whose absence says nothing.
    pub least: f64,
    /// What it adds at `to`.
    pub most: f64,
}

impl Term {
    fn adds(&self, value: f64) -> f64 {
        let part = (value - self.from) / (self.to - self.from);
        self.least + (self.most - self.least) * part.clamp(0.0, 1.0)
    }

    /// What it may add where nothing is known of it.
    fn unknown(&self) -> Span {
        match self.feature {
            // The tape of others is no part of a history: until it is there, what is said is said of the history.
            Feature::Reaction => Span::at(0.0),
            _ => Span { low: self.least, high: self.most },
        }
    }
}

/// A published rule: log-odds = intercept + Σ of its terms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Log-odds of somebody whose features all stand in the middle: few are makers, few are programs.
    pub intercept: f64,
    /// The features.
    pub terms: &'static [Term],
}

/// What speaks for and against alike.
const fn term(feature: Feature, from: f64, to: f64, weight: f64) -> Term {
    Term { feature, from, to, least: -weight, most: weight }
}

/// What speaks for, and says nothing where it is absent.
const fn sign(feature: Feature, from: f64, to: f64, weight: f64) -> Term {
    Term { feature, from, to, least: 0.0, most: weight }
}

/// Maker-like: rests rather than comes, trades both sides alike, makes and gives back complete sets, holds
/// both outcomes, is in very many markets, and makes little of a lot of volume.
pub const MAKER_RULE: Rule = Rule {
    intercept: -1.0,
    terms: &[
        term(Feature::MakerShare, 0.3, 0.8, 3.0),
        term(Feature::TwoSidedness, 0.2, 0.8, 1.5),
        term(Feature::SetsToFills, 0.0, 0.2, 1.0),
        term(Feature::BothOutcomes, 0.1, 0.7, 1.0),
        term(Feature::Markets, 2.0, 3.0, 0.75),
        term(Feature::ProfitToVolume, 0.03, 0.005, 0.75),
        term(Feature::HourEntropy, 0.7, 0.95, 0.5),
    ],
};

/// Bot-like: many fills a day, resting, at all hours; in an even rhythm, of ever the same sizes, in very many markets;
/// and what no hand does: orders for several tokens within one second, and orders seconds after another's.
///
/// * The first three weigh 40 : 30 : 25, as Polyanna has it. A hundred fills a day are an order every ten minutes of
///   sixteen waking hours; sixteen even hours have an entropy of ln 16 / ln 24 = 0.87.
/// * An even rhythm begins below 0.58: gaps that are uniform up to the pause vary by 1/√3. `BotEdge` says 0.3.
/// * What no hand does is a sign by itself: 6 is the most that one piece of evidence says anywhere here, 403 to 1.
pub const BOT_RULE: Rule = Rule {
    intercept: -1.0,
    terms: &[
        term(Feature::FillsPerDay, 1.0, 2.0, 1.6),
        term(Feature::MakerShare, 0.3, 0.8, 1.2),
        term(Feature::HourEntropy, 0.87, 0.97, 1.0),
        sign(Feature::GapVariation, 0.58, 0.3, 1.5),
        sign(Feature::DistinctSizes, 0.8, 0.1, 0.75),
        sign(Feature::Markets, 2.0, 3.0, 0.5),
        sign(Feature::Simultaneity, 0.05, 0.3, 6.0),
        sign(Feature::Reaction, 0.1, 0.3, 6.0),
    ],
};

/// A feature that moved the probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// Which.
    pub feature: Feature,
    /// What it is, on the scale of the rule; `None` unknown.
    pub value: Option<f64>,
    /// What it adds to the log-odds; from least to most where it is unknown, or known of a part.
    pub adds: Span,
}

impl Reason {
    /// The middle of what it adds.
    pub fn middle(&self) -> f64 {
        f64::midpoint(self.adds.low, self.adds.high)
    }
}

/// What a rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// At least [`LIKELY`], whatever is unknown.
    Likely,
    /// At most one less [`LIKELY`], whatever is unknown.
    Unlikely,
    /// Between, or the unknown decides.
    Unclear,
    /// Fewer than [`FEWEST_FILLS`] fills.
    TooLittle,
}

impl Verdict {
    /// For [`crate::whales::Traits`]: yes, no, or unknown.
    pub fn known(self) -> Option<bool> {
        match self {
            Self::Likely => Some(true),
            Self::Unlikely => Some(false),
            Self::Unclear | Self::TooLittle => None,
        }
    }

    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::Unlikely => "unlikely",
            Self::Unclear => "unclear",
            Self::TooLittle => "too_little",
        }
    }
}

/// How much somebody trades like a rule says.
#[derive(Debug, Clone, PartialEq)]
pub struct Likeness {
    /// What is said.
    pub verdict: Verdict,
    /// With what is unknown in the middle, 0 to 1; `None` where there is too little to say.
    pub probability: Option<f64>,
    /// With what is unknown at its least and at its most.
    pub span: Option<Span>,
    /// Every feature, what moved it most first.
    pub reasons: Vec<Reason>,
}

/// Both, with what they are made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Conduct {
    /// Of the rules.
    pub version: u32,
    /// By [`MAKER_RULE`].
    pub maker: Likeness,
    /// By [`BOT_RULE`].
    pub bot: Likeness,
    /// Fills it is made of.
    pub fills: usize,
    /// What they were read from; `None` where there are none.
    pub basis: Option<Basis>,
}

/// How somebody trades, by both rules. What is unknown widens the span and may void the verdict; it never
/// turns it round.
pub fn conduct(features: &Features) -> Conduct {
    Conduct {
        version: VERSION,
        maker: MAKER_RULE.likeness(features),
        bot: BOT_RULE.likeness(features),
        fills: features.fills,
        basis: features.basis,
    }
}

impl Rule {
    /// What the rule says.
    pub fn likeness(&self, features: &Features) -> Likeness {
        let mut reasons: Vec<Reason> = self
            .terms
            .iter()
            .map(|term| {
                let known = term.feature.span(features);
                let adds = known.map_or(term.unknown(), |known| {
                    Span::between(term.adds(known.low), term.adds(known.high))
                });
                let value = known.and(term.feature.of(features));
                Reason { feature: term.feature, value, adds }
            })
            .collect();
        let sum = |end: fn(&Span) -> f64| -> f64 {
            self.intercept + reasons.iter().map(|reason| end(&reason.adds)).sum::<f64>()
        };
        let span = Span { low: logistic(sum(|s| s.low)), high: logistic(sum(|s| s.high)) };
        let probability = logistic(sum(|s| f64::midpoint(s.low, s.high)));
        reasons.sort_by(|one, other| {
            let moved = |reason: &Reason| reason.value.map_or(0.0, |_| reason.middle().abs());
            moved(other).total_cmp(&moved(one)).then(one.feature.cmp(&other.feature))
        });
        let verdict = if features.fills < FEWEST_FILLS {
            Verdict::TooLittle
        } else if span.low >= LIKELY {
            Verdict::Likely
        } else if span.high <= 1.0 - LIKELY {
            Verdict::Unlikely
        } else {
            Verdict::Unclear
        };
        let is_said = verdict != Verdict::TooLittle;
        Likeness {
            verdict,
            probability: is_said.then_some(probability),
            span: is_said.then_some(span),
            reasons,
        }
    }
}

fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}
