//! Estimates with 95 % intervals.

use super::special::{Z_95, student_quantile};

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
        let z2 = Z_95 * Z_95;
        let centre = (value + z2 / (2.0 * count)) / (1.0 + z2 / count);
        let half = Z_95 / (1.0 + z2 / count)
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

/// One observation: weight × value, and the weight. Those of a cluster stand together.
#[derive(Debug, Clone, Copy)]
pub struct Weighted<C> {
    /// What it belongs to; observations of one cluster may say the same thing.
    pub cluster: C,
    /// Weight × value.
    pub sum: f64,
    /// The weight, 0 or more.
    pub weight: f64,
}

impl Clustered {
    /// The weighted mean m = Σ sᵢrᵢ / Σ sᵢ, whose observations in an event may say the same thing:
    /// `Var = G/(G−1) · Σ_g (Σ_{i∈g} sᵢ(rᵢ − m))² / (Σ sᵢ)²` over G clusters (cluster-robust; Liang
    /// and Zeger 1986), with Student's t of G − 1. `None` without weight.
    pub fn mean<C: PartialEq>(observations: &[Weighted<C>]) -> Option<Self> {
        let weight: f64 = observations.iter().map(|one| one.weight).sum();
        if weight <= 0.0 {
            return None;
        }
        let value = observations.iter().map(|one| one.sum).sum::<f64>() / weight;
        let (mut events, mut squares) = (0usize, 0.0);
        for group in observations.chunk_by(|one, other| one.cluster == other.cluster) {
            let rest: f64 = group.iter().map(|one| one.sum - one.weight * value).sum();
            squares += rest * rest;
            events += 1;
        }
        let count = events as f64;
        let interval = student_quantile(0.975, count - 1.0).map(|t| {
            let half = t * (count / (count - 1.0) * squares).sqrt() / weight;
            (value - half, value + half)
        });
        Some(Self { value, interval, events })
    }
}
