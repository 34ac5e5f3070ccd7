//! Sharpe's ratio of bets that pay all or nothing, and how far it can be believed.
//!
//! Bailey and López de Prado, *The Sharpe ratio efficient frontier* (2012) and *The deflated Sharpe ratio*
//! (2014). Ratios are per bet, not per year.

use std::f64::consts::E;

use super::special::{normal_cdf, normal_quantile};

/// Euler's constant γ.
const EULER: f64 = 0.577_215_664_901_532_9;

/// The moments of one return.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Returns {
    /// Mean over standard deviation.
    pub sharpe: f64,
    /// Third standardised moment; 0 of the normal distribution.
    pub skewness: f64,
    /// Fourth standardised moment; 3 of the normal distribution.
    pub kurtosis: f64,
}

impl Returns {
    /// Of a share that costs `cost`, fee included, and pays one with the chance `chance`, else nothing:
    /// R = y/c − 1, so SR = (q − c)/√(q(1 − q)), and skewness and kurtosis are those of y. `None` unless the
    /// chance is between 0 and 1 and the cost above 0.
    pub fn of_binary(chance: f64, cost: f64) -> Option<Self> {
        let variance = chance * (1.0 - chance);
        (variance > 0.0 && cost > 0.0).then(|| Self {
            sharpe: (chance - cost) / variance.sqrt(),
            skewness: (1.0 - 2.0 * chance) / variance.sqrt(),
            kurtosis: (1.0 - 3.0 * variance) / variance,
        })
    }

    /// Of returns as they came, with moments of the population; `None` of fewer than two, or where all are
    /// the same.
    pub fn observed(returns: &[f64]) -> Option<Self> {
        let count = returns.len() as f64;
        let mean = returns.iter().sum::<f64>() / count;
        let moment =
            |power: i32| returns.iter().map(|one| (one - mean).powi(power)).sum::<f64>() / count;
        let deviation = moment(2).sqrt();
        (returns.len() > 1 && deviation > 0.0).then(|| Self {
            sharpe: mean / deviation,
            skewness: moment(3) / deviation.powi(3),
            kurtosis: moment(4) / deviation.powi(4),
        })
    }

    /// 1 − γ₃·SR + (γ₄ − 1)/4·SR²: the variance of an estimate of SR, times the count (Mertens 2002). `None`
    /// where moments contradict each other and it is not positive.
    fn spread(&self) -> Option<f64> {
        let spread = 1.0 - self.skewness * self.sharpe
            + (self.kurtosis - 1.0) / 4.0 * self.sharpe * self.sharpe;
        (spread > 0.0).then_some(spread)
    }

    /// PSR: the chance that the true ratio is above `benchmark`, of `count` returns. `None` of fewer than two.
    pub fn probability_above(&self, benchmark: f64, count: usize) -> Option<f64> {
        let degrees = count.checked_sub(1).filter(|degrees| *degrees > 0)? as f64;
        let distance = (self.sharpe - benchmark) * degrees.sqrt() / self.spread()?.sqrt();
        Some(normal_cdf(distance))
    }

    /// `MinTRL`: so many returns of this kind make PSR reach `confidence` (0.95). `None` where the ratio is not
    /// above the benchmark: no number of returns does.
    pub fn least_count(&self, benchmark: f64, confidence: f64) -> Option<f64> {
        let is_between = confidence > 0.0 && confidence < 1.0;
        if self.sharpe <= benchmark || !is_between {
            return None;
        }
        let reach = normal_quantile(confidence) / (self.sharpe - benchmark);
        Some(1.0 + self.spread()? * reach * reach)
    }

    /// DSR: PSR against the best that so many trials without skill would show ([`expected_best`]). `None`
    /// as there.
    pub fn deflated(&self, count: usize, trials: usize, variance: f64) -> Option<f64> {
        self.probability_above(expected_best(trials, variance)?, count)
    }
}

/// The ratio that the best of `trials` is expected to show without skill, where ratios of trials have
/// `variance`: √V·((1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e))). N counts *all* trials, those that were
/// dropped too. 0 of a single trial; `None` of none, or where the variance is negative.
pub fn expected_best(trials: usize, variance: f64) -> Option<f64> {
    if trials == 0 || variance.is_nan() || variance < 0.0 {
        return None;
    }
    if trials == 1 {
        return Some(0.0);
    }
    let count = trials as f64;
    // Φ⁻¹(1 − x) = −Φ⁻¹(x), which keeps its digits.
    let tail = |part: f64| -normal_quantile(part);
    Some(variance.sqrt() * ((1.0 - EULER) * tail(1.0 / count) + EULER * tail(1.0 / (count * E))))
}
