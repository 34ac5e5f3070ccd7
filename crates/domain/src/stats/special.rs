//! Distributions by name. The functions below them are those of `statrs`; `tests/reference_statistics.rs`
//! holds them against those of `SciPy`.

use std::f64::consts::SQRT_2;

use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::{beta, erf};

/// The 97.5 % quantile of the normal distribution: two-sided 95 %.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// Φ(x): the chance that a standard normal number is below `x`, with all its digits in the lower tail.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * erf::erfc(-x / SQRT_2)
}

/// Φ⁻¹: what a standard normal number stays below with `probability`; infinite at 0 and 1.
pub fn normal_quantile(probability: f64) -> f64 {
    -SQRT_2 * erf::erfc_inv(2.0 * probability)
}

/// What Student's t with so many degrees of freedom stays below with `probability`; `None` without a degree
/// of freedom, or where `probability` is not between 0 and 1.
pub fn student_quantile(probability: f64, degrees: f64) -> Option<f64> {
    let is_between = probability > 0.0 && probability < 1.0;
    let student = StudentsT::new(0.0, 1.0, degrees).ok().filter(|_| is_between)?;
    Some(student.inverse_cdf(probability))
}

/// The chance that a Beta(a, b) number is below `x`; `None` unless a and b are positive and `x` within 0
/// and 1.
pub fn beta_cdf(x: f64, a: f64, b: f64) -> Option<f64> {
    beta::checked_beta_reg(a, b, x).ok()
}

/// P(X ≥ hits) of a binomial count of `n` trials, through the incomplete beta function; `None` where there
/// are more hits than trials, or `chance` is not within 0 and 1.
pub fn binomial_upper(hits: usize, n: usize, chance: f64) -> Option<f64> {
    if hits > n || !(0.0..=1.0).contains(&chance) {
        return None;
    }
    if hits == 0 {
        return Some(1.0);
    }
    beta_cdf(chance, hits as f64, (n - hits) as f64 + 1.0)
}

/// ln(p / (1 − p)); infinite at 0 and 1.
pub fn logit(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}

/// 1 / (1 + e⁻ˣ), the inverse of [`logit`].
pub fn expit(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
