//! Rules that tell whether a wallet is skilled: six that are in use, three variants of ours, and ours.
//!
//! Those of others are read from what they publish; where a detail is missing, the reading is said.

use crate::stats::price_null::PriceNull;
use crate::stats::robust::quantile;
use crate::stats::special::binomial_upper;
use crate::stats::{Claim, Dice, EProcess, PriceTest, Trial};

use super::population::{Population, Settled, Wallet};

/// Events below which nothing is said by ours and by sign-randomisation.
const LEAST_EVENTS: usize = 10;
/// Resamples of a bootstrap.
const RESAMPLES: usize = 400;
/// Draws of signs.
const SIGNS: usize = 999;

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Win rate of at least 80 % over 5 positions.
    WinRate,
    /// Over 20 positions: win rate of at least 70 % and 15 points over everybody's, with a profit, and a
    /// binomial p of at most 0.1 against everybody's win rate.
    AbovePool,
    /// (10 + wins)/(20 + positions) of at least 65 %: Beta(10, 10) around one half.
    BetaShrunk,
    /// Win rate of at least 55 % over 10 positions with a profit, or 5 % made over 5 positions.
    WinRateOrRoi,
    /// Twice as much won as lost, over 5 positions.
    Omega,
    /// Over 25 positions with a win rate above 40 %: a profit at equal stakes without the best three.
    WithoutBest,
    /// Over 30 positions: the 95 % bootstrap interval of the mean of (outcome − price) is above 0, and no event
    /// has 60 % of the stakes.
    BootstrapEdge,
    /// Over 10 events: the profit is among the highest 5 % of those with signs of events drawn anew.
    SignRandomisation,
    /// The test below, with every position taken for an event.
    PriceNullByPosition,
    /// The test below, with the mean price paid in the place of the first.
    PriceNullAtMean,
    /// The test below with the mid-p value.
    PriceNullMid,
    /// Ours: the exact p-value against prices is below 5 %, over 10 events.
    PriceNull,
    /// Ours, for those who look after every event: evidence of 20 was reached at any time, over 10 events.
    Evidence,
}

/// What a rule needs to know of the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scene {
    /// The part of all positions of everybody that came true.
    pub pool_win_rate: f64,
}

impl Scene {
    /// Of a population.
    pub fn of(population: &Population) -> Self {
        let (wins, positions) = population.iter().fold((0, 0), |(wins, positions), wallet| {
            (wins + wallet.wins(), positions + wallet.positions())
        });
        Self { pool_win_rate: wins as f64 / f64::max(positions as f64, 1.0) }
    }
}

impl Rule {
    /// All, those of others first.
    pub const ALL: [Self; 13] = [
        Self::WinRate,
        Self::AbovePool,
        Self::BetaShrunk,
        Self::WinRateOrRoi,
        Self::Omega,
        Self::WithoutBest,
        Self::BootstrapEdge,
        Self::SignRandomisation,
        Self::PriceNullByPosition,
        Self::PriceNullAtMean,
        Self::PriceNullMid,
        Self::PriceNull,
        Self::Evidence,
    ];

    /// What it says, and whose it is.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WinRate => "win ≥ 80 %, n ≥ 5 (Polyloly: \"INSIDER\")",
            Self::AbovePool => {
                "n ≥ 20, win ≥ 70 %, profit, p ≤ 0.1, +15 points over the pool (CrowdIntel, as read)"
            }
            Self::BetaShrunk => "Beta(10, 10)-shrunk win ≥ 65 % (CrowdIntel)",
            Self::WinRateOrRoi => {
                "win ≥ 55 % (n ≥ 10, profit) or ROI ≥ 5 % (n ≥ 5) (WhaleWatch, track record)"
            }
            Self::Omega => "Omega > 2, n ≥ 5 (grade A of an earlier Cascadian)",
            Self::WithoutBest => {
                "ROI without the best 3 > 0, n ≥ 25, win > 40 % (an earlier Cascadian)"
            }
            Self::BootstrapEdge => {
                "bootstrap interval of edge > 0, n ≥ 30, concentration < 60 % (Convexly, before FDR)"
            }
            Self::SignRandomisation => "signs of events randomised, p < 0.05, ≥ 10 events",
            Self::PriceNullByPosition => "price-null test with every position taken for an event",
            Self::PriceNullAtMean => "price-null test against the mean price paid",
            Self::PriceNullMid => "price-null test, mid-p < 0.05, ≥ 10 events",
            Self::PriceNull => "**price-null test, exact p < 0.05, ≥ 10 events (ours)**",
            Self::Evidence => "**e-process ≥ 20 after any event, ≥ 10 events (ours)**",
        }
    }

    /// The stable lower-case name.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::WinRate => "win_rate",
            Self::AbovePool => "above_pool",
            Self::BetaShrunk => "beta_shrunk",
            Self::WinRateOrRoi => "win_rate_or_roi",
            Self::Omega => "omega",
            Self::WithoutBest => "without_best",
            Self::BootstrapEdge => "bootstrap_edge",
            Self::SignRandomisation => "sign_randomisation",
            Self::PriceNullByPosition => "price_null_by_position",
            Self::PriceNullAtMean => "price_null_at_mean",
            Self::PriceNullMid => "price_null_mid",
            Self::PriceNull => "price_null",
            Self::Evidence => "evidence",
        }
    }

    /// Whether it is one of those that the terminal ships.
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::PriceNull | Self::Evidence)
    }

    /// Whether it flags a wallet; `None` where it has too little to say anything.
    pub fn flags(self, wallet: &Wallet, scene: &Scene, dice: &mut Dice) -> Option<bool> {
        let positions = wallet.positions();
        let rate = wallet.win_rate();
        match self {
            Self::WinRate => (positions >= 5).then_some(rate >= 0.8),
            Self::AbovePool => (positions >= 20).then(|| {
                let p = binomial_upper(wallet.wins(), positions, scene.pool_win_rate);
                let is_above = rate >= 0.7 && rate >= scene.pool_win_rate + 0.15;
                is_above && wallet.profit() > 0.0 && p.is_some_and(|p| p <= 0.1)
            }),
            Self::BetaShrunk => Some(beta_shrunk(wallet) >= 0.65),
            Self::WinRateOrRoi => (positions >= 5).then(|| {
                let has_won = positions >= 10 && rate >= 0.55 && wallet.profit() > 0.0;
                has_won || wallet.roi() >= 0.05
            }),
            Self::Omega => (positions >= 5).then(|| wallet.omega() > 2.0),
            Self::WithoutBest => {
                (positions >= 25).then(|| rate > 0.4 && without_best(wallet) > 0.0)
            }
            Self::BootstrapEdge => {
                (positions >= 30).then(|| is_spread(wallet) && is_edge_sure(wallet, dice))
            }
            Self::SignRandomisation => Some(sign_randomisation(wallet, dice)? < 0.05),
            Self::PriceNullByPosition => {
                let trials = wallet.events.iter().filter_map(|event| {
                    let trial = Trial::single(event.price, event.came_true)?;
                    Some(std::iter::repeat_n(trial, event.legs))
                });
                let trials: Vec<Trial> = trials.flatten().collect();
                Some(enough(PriceNull::of(&trials).test()?)?.upper < 0.05)
            }
            Self::PriceNullAtMean => {
                let single = |event: &Settled| Trial::single(event.mean_price(), event.came_true);
                let trials: Vec<Trial> = wallet.events.iter().filter_map(single).collect();
                Some(enough(PriceNull::of(&trials).test()?)?.upper < 0.05)
            }
            Self::PriceNullMid => Some(price_test(wallet)?.upper < 0.05),
            Self::PriceNull => Some(price_test(wallet)?.p < 0.05),
            Self::Evidence => {
                let mut evidence = EProcess::new(Claim::Edge);
                wallet.trials().for_each(|trial| evidence.observe(&trial));
                (wallet.events.len() >= LEAST_EVENTS).then(|| evidence.has_reached(0.05))
            }
        }
    }
}

fn enough(test: PriceTest) -> Option<PriceTest> {
    (test.events >= LEAST_EVENTS).then_some(test)
}

/// The exact test; `None` of fewer events than it takes.
pub(super) fn price_test(wallet: &Wallet) -> Option<PriceTest> {
    let trials: Vec<Trial> = wallet.trials().collect();
    enough(PriceNull::of(&trials).test()?)
}

/// The mean of Beta(10, 10) after wins and losses.
pub(super) fn beta_shrunk(wallet: &Wallet) -> f64 {
    (10.0 + wallet.wins() as f64) / (20.0 + wallet.positions() as f64)
}

fn without_best(wallet: &Wallet) -> f64 {
    let mut gains = wallet.by_position(Settled::gain);
    gains.sort_by(|one, other| other.total_cmp(one));
    gains.iter().skip(3).sum()
}

fn is_spread(wallet: &Wallet) -> bool {
    let largest = wallet.events.iter().map(Settled::staked).fold(0.0, f64::max);
    largest < 0.6 * wallet.staked()
}

/// Whether the lower end of the percentile interval is above 0.
fn is_edge_sure(wallet: &Wallet, dice: &mut Dice) -> bool {
    let edges =
        wallet.by_position(|event| f64::from(u8::from(event.came_true)) - event.mean_price());
    // The interval of a mean that is not above 0 is not either: nothing to draw.
    if edges.iter().sum::<f64>() <= 0.0 {
        return false;
    }
    let mut sums: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let drawn = (0..edges.len()).filter_map(|_| edges.get(dice.below(edges.len())));
            drawn.sum()
        })
        .collect();
    sums.sort_by(f64::total_cmp);
    quantile(&sums, 0.025).is_some_and(|low| low > 0.0)
}

/// The part of draws of signs for the profits of events with which they add up to as much, the observed among
/// them; `None` of fewer events than it takes.
pub(super) fn sign_randomisation(wallet: &Wallet, dice: &mut Dice) -> Option<f64> {
    if wallet.events.len() < LEAST_EVENTS {
        return None;
    }
    let sizes: Vec<f64> = wallet.events.iter().map(|event| event.profit().abs()).collect();
    let observed = wallet.profit();
    let total: f64 = sizes.iter().sum();
    let mut as_high = 1;
    for _ in 0..SIGNS {
        // Twice the sum of those drawn positive, less all, is the sum with signs.
        let mut positive = 0.0;
        for sizes in sizes.chunks(64) {
            let mut bits = dice.bits();
            for size in sizes {
                positive += size * (bits & 1) as f64;
                bits >>= 1;
            }
        }
        as_high += usize::from(2.0 * positive - total >= observed);
    }
    Some(as_high as f64 / (SIGNS + 1) as f64)
}
