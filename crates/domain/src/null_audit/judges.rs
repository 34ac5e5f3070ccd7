//! What scores claim of wallets, by their settled bets alone.

use chrono::{DateTime, TimeDelta};

use crate::insiders::history::{self, is_high_surprise};
use crate::scores::{Baseline, Population, Registered, SettledBet, Tested};
use crate::stats::multiplicity::benjamini_hochberg;
use crate::stats::{PriceNull, PriceTest, Trial};

/// The level of a single test.
pub(super) const LEVEL: f64 = 0.05;

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

/// Smart money: the exact test against prices, as scores are made with it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Skill;

/// Reputation: that a wallet is better than prices with a chance of 95 %, as its score has it.
#[derive(Debug, Clone, Copy, Default)]
pub struct GoodRecord;

/// The account's history: the exact test on what was bought as a long shot.
#[derive(Debug, Clone, Copy, Default)]
pub struct LongShots;

impl Judge for Skill {
    fn judge(&self, register: &[Vec<Seen>]) -> Vec<Option<Claim>> {
        let (tested, population) = learned(register);
        let claim = |tested: &Tested| {
            Some(Claim {
                is_flagged: tested.registered()?.p < LEVEL,
                is_named: population.is_discovery(tested),
            })
        };
        tested.iter().map(claim).collect()
    }
}

impl Judge for GoodRecord {
    fn judge(&self, register: &[Vec<Seen>]) -> Vec<Option<Claim>> {
        let (tested, population) = learned(register);
        let claim = |tested: &Tested| {
            tested.registered()?;
            let is_flagged = population.posteriors(tested).0.positive >= 1.0 - LEVEL;
            Some(Claim { is_flagged, is_named: None })
        };
        tested.iter().map(claim).collect()
    }
}

impl Judge for LongShots {
    fn judge(&self, register: &[Vec<Seen>]) -> Vec<Option<Claim>> {
        let tests = register.iter().map(|seen| {
            let long: Vec<Seen> =
                seen.iter().copied().filter(|one| is_high_surprise(one.chance)).collect();
            test(&long, history::FEWEST_EVENTS)
        });
        let tests: Vec<Option<PriceTest>> = tests.collect();
        let p_values: Vec<f64> = tests.iter().flatten().map(|test| test.p).collect();
        let mut adjusted = benjamini_hochberg(&p_values).into_iter();
        let mut claim = |test: PriceTest| Claim {
            is_flagged: test.p < LEVEL,
            is_named: adjusted.next().map(|adjusted| adjusted <= history::RATE),
        };
        tests.into_iter().map(|test| test.map(&mut claim)).collect()
    }
}

/// What the scores' own way makes of a register whose chances are known: nothing is recalibrated again.
fn learned(register: &[Vec<Seen>]) -> (Vec<Tested>, Population) {
    let (opened_at, closed_at) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH);
    let as_of = closed_at + TimeDelta::seconds(1);
    let tested = register.iter().map(|seen| {
        let bets = seen.iter().map(|one| SettledBet {
            kind: (None, None),
            price: one.chance,
            came_true: one.came_true,
            opened_at,
            closed_at,
        });
        Tested::of(&bets.collect::<Vec<_>>(), &Baseline::default(), as_of)
    });
    let tested: Vec<Tested> = tested.collect();
    let registered: Vec<Registered> = tested.iter().filter_map(Tested::registered).collect();
    let population = Population::of(Baseline::default(), &registered, 0, as_of);
    (tested, population)
}

/// The exact test; `None` of fewer events.
pub(super) fn test(seen: &[Seen], fewest: usize) -> Option<PriceTest> {
    let trials = seen.iter().filter_map(|one| Trial::single(one.chance, one.came_true));
    let trials: Vec<Trial> = trials.collect();
    PriceNull::of(&trials).test().filter(|test| test.events >= fewest)
}
