//! Which of several hypotheses is true, told by evidence.

use super::gauss;
use crate::noise::Noise;

const TRUTH: u64 = 1;

/// Log-weights of hypotheses that exclude each other and leave no other, one of which is true.
///
/// Evidence of strength `s²` adds `s²·[this is the true one] + s·ξ` to each log-weight, with `ξ`
/// standard normal. That is the log-likelihood of normal observations, up to a constant that all
/// weights share: the weights are exact posterior odds. Of two hypotheses the log-odds diffuse with
/// variance `2s²` and drift by `s²` towards the truth.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    log_weights: Vec<f64>,
    truth: usize,
}

impl Filter {
    /// Draws the truth by the `weights`, which need not sum to 1.
    pub(super) fn draw(weights: &[f64], noise: Noise) -> Self {
        let sum: f64 = weights.iter().sum();
        let mut left = gauss::open_unit(noise.with(TRUTH)) * sum;
        let mut truth = 0;
        for (index, &weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            truth = index;
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
        Self { log_weights: weights.iter().map(|weight| weight.ln()).collect(), truth }
    }

    /// The true hypothesis.
    pub(super) fn truth(&self) -> usize {
        self.truth
    }

    /// Takes in evidence that moves the log-odds of two hypotheses with variance `information`.
    pub(super) fn learn(&mut self, information: f64, noise: Noise) {
        if information <= 0.0 {
            return;
        }
        let strength = information / 2.0;
        let scale = strength.sqrt();
        for (hypothesis, log_weight) in (0_u64..).zip(&mut self.log_weights) {
            *log_weight += scale * gauss::draw(noise.with(hypothesis));
        }
        self.log_weights[self.truth] += strength;
    }

    /// Posterior chances, where `likelihood` tells how well each hypothesis explains what else is
    /// known. They sum to 1.
    pub(super) fn chances(&self, likelihood: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut chances: Vec<f64> = (0..self.log_weights.len()).map(likelihood).collect();
        let possible = self.log_weights.iter().zip(&chances).filter(|(_, likely)| **likely > 0.0);
        let highest = possible.fold(f64::NEG_INFINITY, |highest, (weight, _)| weight.max(highest));
        let mut sum = 0.0;
        for (chance, log_weight) in chances.iter_mut().zip(&self.log_weights) {
            // An impossible one may weigh any amount; nought times infinity would be no number.
            *chance *= (log_weight - highest).exp().min(f64::MAX);
            sum += *chance;
        }
        for chance in &mut chances {
            *chance /= sum;
        }
        chances
    }
}
