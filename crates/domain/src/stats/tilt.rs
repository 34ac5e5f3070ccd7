//! How large a skill is: θ, by which a wallet's chances are better than the prices it paid, on the scale of
//! log-odds: logit q = logit π + θ.
//!
//! Skills of all wallets are taken to be normal around 0 with variance τ², which is estimated from the wallets
//! themselves (empirical Bayes; Efron and Morris 1973). A wallet with few events is drawn to 0, and not to a
//! win rate of one half, which would praise whoever buys favourites.

use super::special::{Z_95, expit, logit, normal_cdf};
use super::trial::Trial;

/// What a set of events says of θ, near θ = 0: the derivative of its log-likelihood and Fisher's information.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Score {
    /// U = Σ(y − π).
    pub excess: f64,
    /// I = Σπ(1 − π).
    pub information: f64,
}

impl Score {
    /// Of events of which older ones count less: each with its weight, 0 to 1. The likelihood of an event is
    /// taken to the power of its weight (Ibrahim and Chen 2000), U = Σw(y − π) and I = Σwπ(1 − π), so that what
    /// is old is evidence of as many events fewer, and intervals grow.
    pub fn discounted<'a>(trials: impl IntoIterator<Item = (&'a Trial, f64)>) -> Self {
        trials.into_iter().fold(Self::default(), |score, (trial, weight)| {
            let weight = weight.clamp(0.0, 1.0);
            let missed = trial.count() as f64 - trial.expected();
            Self {
                excess: missed.mul_add(weight, score.excess),
                information: trial.variance().mul_add(weight, score.information),
            }
        })
    }
}

/// τ² by moments: E\[U²\] = I + I²τ², so Σ(U² − I) / ΣI² over wallets, 0 where that is negative. `None`
/// without information.
pub fn variance_by_moments(scores: &[Score]) -> Option<f64> {
    let weight: f64 = scores.iter().map(|score| score.information.powi(2)).sum();
    let surplus: f64 = scores.iter().map(|score| score.excess.powi(2) - score.information).sum();
    (weight > 0.0).then(|| (surplus / weight).max(0.0))
}

/// τ² by the likelihood of U ~ N(0, I + I²τ²), between 0 and 25, to a relative 1e-6. `None` without
/// information.
pub fn variance_by_likelihood(scores: &[Score]) -> Option<f64> {
    let observed: Vec<(f64, f64)> = scores
        .iter()
        .filter(|score| score.information > 0.0)
        .map(|score| (score.excess / score.information, 1.0 / score.information))
        .collect();
    between_variance(&observed)
}

/// The variance of the means of x ~ N(0, variance + v) over pairs (x, v) with v > 0, by maximum likelihood.
pub(crate) fn between_variance(observed: &[(f64, f64)]) -> Option<f64> {
    const LEAST: f64 = -16.0;
    const STEPS: u32 = 160;
    if observed.is_empty() {
        return None;
    }
    let misfit = |variance: f64| -> f64 {
        observed.iter().map(|(x, v)| (variance + v).ln() + x * x / (variance + v)).sum()
    };
    // A likelihood with several peaks is possible: the best of a grid is bracketed, then narrowed.
    let step = (25.0_f64.ln() - LEAST) / f64::from(STEPS);
    let at = |place: u32| LEAST + step * f64::from(place);
    let best = (0..=STEPS)
        .min_by(|one, other| misfit(at(*one).exp()).total_cmp(&misfit(at(*other).exp())))?;
    let found = narrow(at(best) - step, at(best) + step, |log| misfit(log.exp())).exp();
    Some(if misfit(0.0) <= misfit(found) { 0.0 } else { found })
}

/// Where a function with one dip between `low` and `high` is least: golden section (Kiefer 1953).
fn narrow(mut low: f64, mut high: f64, misfit: impl Fn(f64) -> f64) -> f64 {
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
    let (mut at_left, mut at_right) = (misfit(left), misfit(right));
    while high - low > 1e-7 {
        if at_left < at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - golden * (high - low);
            at_left = misfit(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + golden * (high - low);
            at_right = misfit(right);
        }
    }
    low.midpoint(high)
}

/// What is known of a θ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posterior {
    /// The best guess.
    pub mean: f64,
    /// Its standard deviation.
    pub deviation: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// P(θ > 0); one half where nothing is known.
    pub positive: f64,
}

impl Posterior {
    /// θ̂ = U / (I + 1/τ²) with variance 1 / (I + 1/τ²): normal, by the likelihood's curve at θ = 0. τ² of 0
    /// says that nobody has any skill.
    pub fn of(score: Score, variance: f64) -> Self {
        // Both multiplied by τ², which may be 0.
        let shrunk = score.information.mul_add(variance, 1.0);
        Self::normal(score.excess * variance / shrunk, variance / shrunk)
    }

    /// E\[q\]: the chance of something with the baseline `chance` for a wallet of this skill, over all that is
    /// possible of θ: the mean of 1/(1 + e^{−(logit π + θ)}). `None` unless the chance is between 0 and 1.
    pub fn expected_chance(&self, chance: f64) -> Option<f64> {
        let is_between = chance > 0.0 && chance < 1.0;
        is_between.then(|| {
            // Trapezoids, which for a bell times a smooth function converge faster than any power of the step
            // (Trefethen and Weideman 2014): these are right to nine digits.
            let points = (-32..=32).map(|step| 0.25 * f64::from(step));
            let (sum, weights) = points.fold((0.0, 0.0), |(sum, weights), z| {
                let weight = (-0.5 * z * z).exp();
                let theta = z.mul_add(self.deviation, self.mean);
                (sum + weight * expit(logit(chance) + theta), weights + weight)
            });
            sum / weights
        })
    }

    fn normal(mean: f64, variance: f64) -> Self {
        let deviation = variance.max(0.0).sqrt();
        let positive = if deviation > 0.0 { normal_cdf(mean / deviation) } else { 0.5 };
        let half = Z_95 * deviation;
        Self { mean, deviation, low: mean - half, high: mean + half, positive }
    }
}

/// How skills differ, where a wallet's skill in a category is its skill and a difference: θ + δ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Levels {
    /// τ²: between wallets.
    pub wallets: f64,
    /// ω²: between the categories of one wallet.
    pub categories: f64,
}

impl Levels {
    /// By moments, of the scores by category of each wallet: `E[U_c U_d] = I_c I_d τ²` of two categories and
    /// `E[U_c²] = I_c + I_c²(τ² + ω²)` of one. Neither is below 0; τ² is 0 where no wallet has two
    /// categories. `None` without information.
    pub fn by_moments(wallets: &[Vec<Score>]) -> Option<Self> {
        let all: Vec<Score> = wallets.iter().flatten().copied().collect();
        let together = variance_by_moments(&all)?;
        let (mut shared, mut weight) = (0.0, 0.0);
        for scores in wallets {
            // Σ over pairs of different categories is the square of the sum without the squares.
            let sum = |of: &dyn Fn(&Score) -> f64| {
                let (sum, squares) = scores.iter().fold((0.0, 0.0), |(sum, squares), score| {
                    (sum + of(score), squares + of(score).powi(2))
                });
                sum * sum - squares
            };
            shared += sum(&|score| score.excess);
            weight += sum(&|score| score.information);
        }
        let wallets = if weight > 0.0 { (shared / weight).clamp(0.0, together) } else { 0.0 };
        Some(Self { wallets, categories: together - wallets })
    }

    /// What is known of θ, and of θ + δ for each category in the order given: a category with few
    /// events is drawn to the wallet, the wallet to 0 (the normal model with two levels; Gelman et al. 2013,
    /// 5.4).
    pub fn posteriors(self, categories: &[Score]) -> (Posterior, Vec<Posterior>) {
        let Self { wallets: tau, categories: omega } = self;
        // A category tells of the wallet with variance ω² + 1/I.
        let told = |score: &Score| score.information.mul_add(omega, 1.0);
        let overall = Score {
            excess: categories.iter().map(|score| score.excess / told(score)).sum(),
            information: categories.iter().map(|score| score.information / told(score)).sum(),
        };
        let wallet = Posterior::of(overall, tau);
        let each = categories.iter().map(|score| {
            let pull = 1.0 / told(score);
            let mean = score.excess * omega * pull + wallet.mean * pull;
            Posterior::normal(mean, omega * pull + (wallet.deviation * pull).powi(2))
        });
        (wallet, each.collect())
    }
}
