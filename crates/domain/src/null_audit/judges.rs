//! What scores claim of wallets, by their settled bets alone.

use crate::insiders::history::{self, is_high_surprise};
use crate::scores::ScoreKind;
use crate::stats::multiplicity::benjamini_hochberg;
use crate::stats::tilt::variance_by_likelihood;
use crate::stats::{Posterior, PriceNull, PriceTest, Score, Trial};

/// The level of a single test.
pub(super) const LEVEL: f64 = 0.05;
/// The false discovery rate up to which smart money is named.
const NAMED: f64 = 0.1;

/// An event that a wallet bet on: what its first purchase said of it, and how it came out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// The chance of it if nobody has skill: the price with the fee, recalibrated where prices are known to be off.
    pub chance: f64,
    /// Whether it came true.
    pub came_true: bool,
}

/// What is claimed of a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The test of this wallet alone says so, at nominal 5 %.
    pub is_flagged: bool,
    /// So it does after correction for all that were tested; `None` where there is no such claim.
    pub is_named: Option<bool>,
}

/// Something that makes claims about wallets.
pub trait Judge {
    /// What it claims of each wallet of a register, in their order; `None` where there is too little to say.
    fn judge(&self, register: &[Vec<Seen>]) -> Vec<Option<Claim>>;
}

/// Smart money: the exact test against prices.
#[derive(Debug, Clone, Copy, Default)]
pub struct Skill;

/// Reputation: that a wallet is better than prices with a chance of 95 %.
#[derive(Debug, Clone, Copy, Default)]
pub struct Record;

/// The account's history: the exact test on what was bought as a long shot.
#[derive(Debug, Clone, Copy, Default)]
pub struct LongShots;

impl Judge for Skill {
    fn judge(&self, register: &[Vec<Seen>]) -> Vec<Option<Claim>> {
        let fewest = ScoreKind::Smart.fewest();
        claims(register.iter().map(|seen| test(seen, fewest)).collect(), NAMED)
    }
}

impl Judge for LongShots {
    fn judge(&self, register: &[Vec<Seen>]) -> Vec<Option<Claim>> {
        let tests = register.iter().map(|seen| {
            let long: Vec<Seen> =
                seen.iter().copied().filter(|one| is_high_surprise(one.chance)).collect();
            test(&long, history::FEWEST_EVENTS)
        });
        claims(tests.collect(), history::RATE)
    }
}

impl Judge for Record {
    fn judge(&self, register: &[Vec<Seen>]) -> Vec<Option<Claim>> {
        let fewest = ScoreKind::Reputation.fewest();
        let tests: Vec<Option<PriceTest>> =
            register.iter().map(|seen| test(seen, fewest)).collect();
        let scores: Vec<Score> = tests.iter().flatten().map(PriceTest::score).collect();
        let variance = variance_by_likelihood(&scores).unwrap_or(0.0);
        let claim = |test: PriceTest| Claim {
            is_flagged: Posterior::of(test.score(), variance).positive >= 1.0 - LEVEL,
            is_named: None,
        };
        tests.into_iter().map(|test| test.map(claim)).collect()
    }
}

/// The exact test; `None` of fewer events.
pub(super) fn test(seen: &[Seen], fewest: usize) -> Option<PriceTest> {
    let trials = seen.iter().filter_map(|one| Trial::single(one.chance, one.came_true));
    let trials: Vec<Trial> = trials.collect();
    PriceNull::of(&trials).test().filter(|test| test.events >= fewest)
}

fn claims(tests: Vec<Option<PriceTest>>, rate: f64) -> Vec<Option<Claim>> {
    let p_values: Vec<f64> = tests.iter().flatten().map(|test| test.upper).collect();
    let mut adjusted = benjamini_hochberg(&p_values).into_iter();
    let mut claim = |test: PriceTest| Claim {
        is_flagged: test.upper < LEVEL,
        is_named: adjusted.next().map(|adjusted| adjusted <= rate),
    };
    tests.into_iter().map(|test| test.map(&mut claim)).collect()
}
