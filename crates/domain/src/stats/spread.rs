//! How skills are spread over wallets: most have none, a few have some.
//!
//! One normal spread around 0 cannot say both: narrow as it is where few have skill, it takes what those show for luck,
//! and puts whoever has many events before whoever has good ones. Here θ is 0, or normal around 0 with one of several
//! deviations, and how many are of each is found from all wallets by likelihood (adaptive shrinkage; Stephens 2017,
//! "False discovery rates: a new deal", Biostatistics 18). The posterior mean is then drawn to 0 as much as evidence asks,
//! once; multiplied by a chance of having skill it would be drawn twice.

use serde::{Deserialize, Serialize};

use super::special::normal_cdf;
use super::tilt::{Posterior, Score};

/// Deviations of θ beside 0: from what thousands of events could show to what nobody has, each √2 times the one before.
const DEVIATIONS: [f64; 11] = {
    const ROOT: f64 = std::f64::consts::SQRT_2;
    [0.05, 0.05 * ROOT, 0.1, 0.1 * ROOT, 0.2, 0.2 * ROOT, 0.4, 0.4 * ROOT, 0.8, 0.8 * ROOT, 1.6]
};
const PARTS: usize = DEVIATIONS.len() + 1;
/// Steps of the estimate, and the change of a share below which it has arrived.
const STEPS: usize = 300;
const ARRIVED: f64 = 1e-6;
/// Halvings of an interval's ends.
const HALVINGS: usize = 60;

/// The shares of wallets whose θ is 0, and of those whose θ is normal around 0 with each of the deviations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    shares: Vec<f64>,
}

impl Default for Spread {
    /// Nobody has any skill.
    fn default() -> Self {
        Self { shares: vec![1.0] }
    }
}

/// The variances of the parts, that of no skill first.
fn variances() -> [f64; PARTS] {
    let mut all = [0.0; PARTS];
    for (variance, deviation) in all.iter_mut().skip(1).zip(DEVIATIONS) {
        *variance = deviation * deviation;
    }
    all
}

/// How likely a score is in each part, U ~ N(0, I + I²σ²), on what is likeliest.
fn likelihoods(score: Score) -> [f64; PARTS] {
    let logarithms = variances().map(|variance| {
        let grown = score.information.mul_add(variance, 1.0);
        0.5 * (score.excess.powi(2) * variance / grown - grown.ln())
    });
    let most = logarithms.into_iter().fold(f64::NEG_INFINITY, f64::max);
    logarithms.map(|one| (one - most).exp())
}

/// Each multiplied by its share, as parts of one.
fn weighed(likelihoods: &[f64; PARTS], shares: &[f64]) -> [f64; PARTS] {
    let mut parts = [0.0; PARTS];
    for ((part, likelihood), share) in parts.iter_mut().zip(likelihoods).zip(shares) {
        *part = likelihood * share;
    }
    let sum: f64 = parts.iter().sum();
    if sum > 0.0 { parts.map(|part| part / sum) } else { parts }
}

impl Spread {
    /// The likeliest, by expectation and maximisation (Dempster, Laird and Rubin 1977), which for shares has one peak.
    /// `None` without information.
    pub fn by_likelihood(scores: &[Score]) -> Option<Self> {
        let informed = scores.iter().filter(|score| score.information > 0.0);
        let likelihoods: Vec<[f64; PARTS]> = informed.map(|score| likelihoods(*score)).collect();
        if likelihoods.is_empty() {
            return None;
        }
        let mut shares = [1.0 / PARTS as f64; PARTS];
        for _ in 0..STEPS {
            let mut sums = [0.0; PARTS];
            for likelihood in &likelihoods {
                let parts = weighed(likelihood, &shares);
                for (sum, part) in sums.iter_mut().zip(parts) {
                    *sum += part;
                }
            }
            let next = sums.map(|sum| sum / likelihoods.len() as f64);
            let moved = next.iter().zip(shares).map(|(to, from)| (to - from).abs());
            let moved = moved.fold(0.0, f64::max);
            shares = next;
            if moved < ARRIVED {
                break;
            }
        }
        Some(Self { shares: shares.to_vec() })
    }

    /// The share of those who have no skill at all.
    pub fn without(&self) -> f64 {
        self.shares.first().copied().unwrap_or(1.0)
    }

    /// The variance of θ over wallets.
    pub fn variance(&self) -> f64 {
        self.shares.iter().zip(variances()).map(|(share, variance)| share * variance).sum()
    }

    /// What is known of the θ of a wallet. The interval is from where 2.5 % is below to where 2.5 % is above, and ends at
    /// 0 where no skill at all is that likely.
    pub fn posterior(&self, score: Score) -> Posterior {
        let shares = weighed(&likelihoods(score), &self.shares);
        let parts: Vec<(f64, f64, f64)> = shares
            .into_iter()
            .zip(variances())
            .map(|(share, variance)| {
                let grown = score.information.mul_add(variance, 1.0);
                (share, score.excess * variance / grown, (variance / grown).sqrt())
            })
            .collect();
        let mean: f64 = parts.iter().map(|(share, mean, _)| share * mean).sum();
        let square: f64 = parts.iter().map(|(share, m, s)| share * (m * m + s * s)).sum();
        Posterior {
            mean,
            deviation: (square - mean * mean).max(0.0).sqrt(),
            low: quantile(&parts, 0.025),
            high: quantile(&parts, 0.975),
            positive: 1.0 - below(&parts, 0.0),
        }
    }
}

/// The chance of at most so much, of (share, mean, deviation).
fn below(parts: &[(f64, f64, f64)], most: f64) -> f64 {
    let part = |(share, mean, deviation): &(f64, f64, f64)| {
        if *deviation > 0.0 {
            share * normal_cdf((most - mean) / deviation)
        } else {
            share * f64::from(u8::from(*mean <= most))
        }
    };
    parts.iter().map(part).sum::<f64>().clamp(0.0, 1.0)
}

/// Where the chance of at most so much reaches a level.
fn quantile(parts: &[(f64, f64, f64)], level: f64) -> f64 {
    // Just below 0 and at 0 are different where no skill has a chance of its own.
    let nearly = f64::MIN_POSITIVE;
    if below(parts, -nearly) < level && below(parts, 0.0) >= level {
        return 0.0;
    }
    let reach = parts.iter().map(|(_, mean, deviation)| mean.abs() + 9.0 * deviation);
    let reach = reach.fold(0.0, f64::max);
    let (mut low, mut high) = (-reach, reach);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if below(parts, middle) < level {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Dice;

    /// Scores of wallets with so many events at one half, of which one of `every` has a skill.
    fn scores(wallets: usize, every: usize, skill: f64) -> Vec<Score> {
        let mut dice = Dice::new(31, 0);
        let draw = |place: usize| {
            let information = 2.0 + 20.0 * dice.unit();
            let theta = if place.is_multiple_of(every) { skill } else { 0.0 };
            let excess = theta * information + information.sqrt() * dice.normal();
            Score { excess, information }
        };
        (0..wallets).map(draw).collect()
    }

    fn of(shares: [f64; PARTS]) -> Spread {
        Spread { shares: shares.to_vec() }
    }

    #[test]
    fn no_other_shares_are_likelier() {
        let scores = scores(3_000, 10, 0.7);
        let found = Spread::by_likelihood(&scores).unwrap();
        assert!((found.shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        // At the peak of a concave likelihood, what moving a little to any part gains is nowhere above nothing.
        let mut gains = [0.0; PARTS];
        for score in &scores {
            let likelihood = likelihoods(*score);
            let all: f64 = likelihood.iter().zip(&found.shares).map(|(l, share)| l * share).sum();
            for (gain, likelihood) in gains.iter_mut().zip(likelihood) {
                *gain += likelihood / all / scores.len() as f64;
            }
        }
        assert!(gains.iter().all(|gain| *gain < 1.005), "{gains:?} {found:?}");
        // 0.1·0.7²
        assert!((found.variance() - 0.049).abs() < 0.015, "{}", found.variance());
    }

    #[test]
    fn without_skill_nobody_is_said_to_have_any() {
        let scores = scores(3_000, usize::MAX, 0.0);
        let found = Spread::by_likelihood(&scores).unwrap();
        assert!(found.variance() < 0.004, "{found:?}");
        assert!(scores.iter().all(|score| found.posterior(*score).positive < 0.975));
        assert_eq!(Spread::by_likelihood(&[Score::default()]), None);
        let nobody = Spread::default().posterior(scores[0]);
        assert_eq!((nobody.mean, nobody.low, nobody.high, nobody.positive), (0.0, 0.0, 0.0, 0.0));
    }

    #[test]
    fn one_deviation_alone_is_the_normal_model() {
        let mut shares = [0.0; PARTS];
        shares[5] = 1.0;
        let (spread, score) = (of(shares), Score { excess: 3.0, information: 9.0 });
        let (found, normal) = (spread.posterior(score), Posterior::of(score, 0.04));
        for (one, other) in [
            (found.mean, normal.mean),
            (found.deviation, normal.deviation),
            (found.low, normal.low),
            (found.high, normal.high),
            (found.positive, normal.positive),
        ] {
            assert!((one - other).abs() < 1e-6, "{found:?} {normal:?}");
        }
    }

    #[test]
    fn a_posterior_is_what_summing_over_all_skills_says() {
        let mut shares = [0.0; PARTS];
        (shares[0], shares[5], shares[9]) = (0.6, 0.3, 0.1);
        let (spread, score) = (of(shares), Score { excess: 4.0, information: 8.0 });
        let found = spread.posterior(score);
        // The likelihood of θ is e^{Uθ − Iθ²/2}; no skill weighs 1, and the others by the density of their part.
        let (mut sum, mut mean, mut positive) = (0.6, 0.0, 0.0);
        let step = 0.000_5;
        for place in -12_000..12_000 {
            let theta = (f64::from(place) + 0.5) * step;
            let density = |deviation: f64| {
                (-0.5 * (theta / deviation).powi(2)).exp()
                    / (deviation * std::f64::consts::TAU.sqrt())
            };
            let prior = 0.3 * density(0.2) + 0.1 * density(0.8);
            let weight = prior * (4.0 * theta - 4.0 * theta * theta).exp() * step;
            sum += weight;
            mean += weight * theta;
            positive += if theta > 0.0 { weight } else { 0.0 };
        }
        assert!((found.mean - mean / sum).abs() < 1e-6, "{found:?} {}", mean / sum);
        assert!((found.positive - positive / sum).abs() < 1e-6);
        assert!(found.low < 0.0 && found.high > found.mean);
        let mut shares = [0.0; PARTS];
        (shares[0], shares[9]) = (0.97, 0.03);
        let good = of(shares).posterior(Score { excess: 8.0, information: 10.0 });
        assert_eq!(
            good.low.to_bits(),
            0,
            "no skill at all has a chance of more than 2.5 %: {good:?}"
        );
        assert!(good.positive > 0.1 && good.high > 0.5);
    }

    #[test]
    fn a_few_good_events_are_not_behind_many_middling_ones() {
        let spread = Spread::by_likelihood(&scores(3_000, 33, 0.8)).unwrap();
        let mean = |excess, information| spread.posterior(Score { excess, information }).mean;
        // Three deviations of 10 against one and a half of 60.
        assert!(mean(9.5, 10.0) > mean(11.6, 60.0));
        assert!(mean(9.5, 10.0) > 0.0 && mean(-9.5, 10.0) < 0.0);
    }
}
