//! Unusual volume, unusual sizes, and trends.

use crate::Side;
use crate::analytics::Momentum;
use crate::stats::Robust;

/// Deviations from which on volume or a size is an anomaly: with a MAD for scale, 3.5 is 2.4 standard deviations
/// of a normal distribution, and trades are far from normal. A choice, which the audit of nulls prices.
pub const ANOMALY_Z: f64 = 3.5;
/// Standard errors from which on a trend is one: 1 % by chance, both directions together.
pub const MOMENTUM_T: f64 = 2.576;

/// How unusual something is within its market and day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anomaly {
    /// (ln x − median) / MAD.
    pub z: f64,
    /// Whether it is at least [`ANOMALY_Z`].
    pub is_anomaly: bool,
    /// Values that the median is of.
    pub n: usize,
}

/// Fewest values that a median may be of.
const FEWEST: usize = 20;

/// How unusual `dollars` are: a trade's among the trades of the market-day, or the volume of minutes among its
/// equal stretches, by centre and width of ln(dollars). `None` of nothing, of fewer than 20 values, and where more
/// than half of them are the same.
pub fn anomaly(dollars: f64, usual: &Robust) -> Option<Anomaly> {
    if usual.count < FEWEST || dollars <= 0.0 {
        return None;
    }
    let z = usual.z(dollars.ln())?;
    Some(Anomaly { z, is_anomaly: z >= ANOMALY_Z, n: usual.count })
}

/// Where a trend goes, and by how many standard errors; `None` without one that is beyond [`MOMENTUM_T`].
pub fn trend(momentum: &Momentum) -> Option<(Side, f64)> {
    let t = momentum.slope_per_day / momentum.standard_error;
    let side = if t > 0.0 { Side::Buy } else { Side::Sell };
    (t.is_finite() && t.abs() >= MOMENTUM_T).then_some((side, t.abs()))
}
