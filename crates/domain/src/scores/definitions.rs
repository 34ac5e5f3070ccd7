//! What each score is, in words.

use super::ScoreKind;

/// What a score is, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// What it is called.
    pub title: &'static str,
    /// What it says, and what it does not.
    pub text: &'static str,
    /// How it is computed.
    pub formula: &'static str,
    /// Without what there is none.
    pub needs: &'static str,
}

impl ScoreKind {
    /// What it is, for people.
    pub fn definition(self) -> Definition {
        match self {
            Self::Whale => Definition {
                title: "Whale score",
                text: "How large a wallet is for the markets it trades in, by its trades and by what it holds, and in how \
                       many of its events. A single large bet does not make it. Size is a fact; it says nothing of skill.",
                formula: "100·√(S·C): S is the mean over events of 1 − 2^(−t), C the share of events with t ≥ 1, and t the \
                          middle of z/3, volume share/2 % and depth share/5 % of the largest trade or open position of \
                          the event; a position has no z, and its depth is all that rests",
                needs: "three events in which at least two of the three measures are known",
            },
            Self::Smart => Definition {
                title: "Smart money score",
                text: "How much better a wallet's first purchases came out than the prices it paid, and how sure that is \
                       among all wallets that were ever tested. Makers and programs are not ranked.",
                formula: "100·(1 − e^(−θ/0.5)), θ = (θ of all events + 2·θ of recent events)/3 in log-odds, each as \
                          expected given everybody's bets, nothing below 0",
                needs: "ten settled events and a whole history",
            },
            Self::Reputation => Definition {
                title: "Reputation score",
                text: "How long and how good a record is: settled events, the chance that it is better than prices, age, \
                       and months with a trade.",
                formula: "100·(0.5·n/(n + 50)·P(θ > 0) + 0.3·(1 − 2^(−days/365)) + 0.2·active months)",
                needs: "ten settled events and a whole history that agrees with the venue's own number",
            },
            Self::Maker => Definition {
                title: "Maker score",
                text: "How much a wallet trades like somebody who quotes both sides. Public fills do not show quotes, \
                       so this is likeness, not proof.",
                formula: "100·σ(−1 + Σ of what each feature adds), by published weights",
                needs: "fifty fills",
            },
            Self::Bot => Definition {
                title: "Bot score",
                text: "How much a wallet trades like a program: often, resting, at all hours, in an even rhythm, in ever \
                       the same sizes; several orders within one second, or seconds after those of one other wallet. \
                       Likeness, not proof.",
                formula: "100·σ(−1 + Σ of what each feature adds), by published weights",
                needs: "fifty fills",
            },
        }
    }
}
