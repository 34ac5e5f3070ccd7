//! Estimates with 95 % intervals.

use crate::ledger::EventIx;

/// The 97.5 % quantile of the normal distribution: two-sided 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// The 97.5 % quantiles of Student's t with 1 to 30 degrees of freedom.
const T: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042,
];

/// A part of a count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proportion {
    /// The part, 0 to 1.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Of how many.
    pub n: usize,
}

impl Proportion {
    /// With Wilson's score interval (1927), which stays within 0 and 1 and is honest for few; `None` of
    /// none.
    pub fn wilson(hits: usize, n: usize) -> Option<Self> {
        if n == 0 || hits > n {
            return None;
        }
        let count = n as f64;
        let value = hits as f64 / count;
        let z2 = Z * Z;
        let centre = (value + z2 / (2.0 * count)) / (1.0 + z2 / count);
        let half = Z / (1.0 + z2 / count)
            * (value * (1.0 - value) / count + z2 / (4.0 * count * count)).sqrt();
        // At the ends the formula gives exactly 0 and 1, but for the last digits.
        let low = if hits == 0 { 0.0 } else { centre - half };
        let high = if hits == n { 1.0 } else { centre + half };
        Some(Self { value, low, high, n })
    }
}

/// A mean whose observations come in clusters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clustered {
    /// The mean.
    pub value: f64,
    /// 95 % interval; `None` of a single cluster.
    pub interval: Option<(f64, f64)>,
    /// How many clusters: events.
    pub events: usize,
}

/// One observation: weight × value, and the weight. Those of an event stand together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weighted {
    pub(crate) event: EventIx,
    pub(crate) sum: f64,
    pub(crate) weight: f64,
}

impl Clustered {
    /// The weighted mean m = Σ sᵢrᵢ / Σ sᵢ, whose observations in an event may say the same thing:
    /// `Var = G/(G−1) · Σ_g (Σ_{i∈g} sᵢ(rᵢ − m))² / (Σ sᵢ)²` over G events (cluster-robust; Liang and
    /// Zeger 1986), with Student's t of G − 1. `None` without weight.
    pub(crate) fn mean(observations: &[Weighted]) -> Option<Self> {
        let weight: f64 = observations.iter().map(|one| one.weight).sum();
        if weight <= 0.0 {
            return None;
        }
        let value = observations.iter().map(|one| one.sum).sum::<f64>() / weight;
        let (mut events, mut squares) = (0usize, 0.0);
        for group in observations.chunk_by(|one, other| one.event == other.event) {
            let rest: f64 = group.iter().map(|one| one.sum - one.weight * value).sum();
            squares += rest * rest;
            events += 1;
        }
        let interval = student(events.saturating_sub(1)).map(|t| {
            let count = events as f64;
            let half = t * (count / (count - 1.0) * squares).sqrt() / weight;
            (value - half, value + half)
        });
        Some(Self { value, interval, events })
    }
}

/// The 97.5 % quantile of Student's t; `None` without a degree of freedom. Beyond the table by the first
/// term of its expansion in 1/df (Abramowitz and Stegun 26.7.5), which is right to a thousandth there.
fn student(degrees: usize) -> Option<f64> {
    let place = degrees.checked_sub(1)?;
    let expanded = Z + (Z * Z * Z + Z) / (4.0 * degrees as f64);
    Some(T.get(place).copied().unwrap_or(expanded))
}
