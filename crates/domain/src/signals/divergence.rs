//! How far smart money is from the price.

use std::collections::BTreeSet;

use super::consensus::FEWEST_VOICES;
use crate::clusters::OwnerIx;
use crate::evidence::Span;

/// An owner with an edge who holds something of the market.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Holder {
    /// Who.
    pub owner: OwnerIx,
    /// The vote, as in [`super::consensus()`]: above 0.
    pub vote: f64,
    /// Whether for outcome 0.
    pub toward_first: bool,
    /// The price of outcome 0 at which it was entered, mean by shares.
    pub entered: f64,
    /// The posterior tilt θ: how far, in log-odds, prices that this owner paid were too low.
    pub tilt: f64,
    /// Its 95 % interval.
    pub tilt_span: Span,
}

/// What the holders' past says of the prices they paid, against the price now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Divergence {
    /// Their chance of outcome 0: the mean by votes of σ(logit(entered) ± θ).
    pub chance: f64,
    /// The same less the price; in dollars a share.
    pub from_price: f64,
    /// With every θ at the lower end for outcome 0, and at the upper one.
    pub span: Span,
    /// Owners.
    pub holders: usize,
}

/// The divergence; `None` without a price within 0 and 1, with fewer than [`FEWEST_VOICES`] holders, or with one
/// whose entry is not between 0 and 1. Who is named twice counts as the mean of both by votes.
pub fn divergence(holders: &[Holder], price: Option<f64>) -> Option<Divergence> {
    let price = price.filter(|price| (0.0..=1.0).contains(price))?;
    let mut holders: Vec<&Holder> = holders.iter().filter(|holder| holder.vote > 0.0).collect();
    holders.sort_by(|one, other| {
        (one.owner, one.entered.to_bits()).cmp(&(other.owner, other.entered.to_bits()))
    });
    let mut owners: BTreeSet<OwnerIx> = BTreeSet::new();
    let (mut votes, mut chance, mut low, mut high) = (0.0, 0.0, 0.0, 0.0);
    for holder in holders {
        if !(holder.entered > 0.0 && holder.entered < 1.0) {
            return None;
        }
        owners.insert(holder.owner);
        let sign = if holder.toward_first { 1.0 } else { -1.0 };
        let at = |tilt: f64| tilted(holder.entered, sign * tilt) * holder.vote;
        let ends = Span::between(at(holder.tilt_span.low), at(holder.tilt_span.high));
        votes += holder.vote;
        chance += at(holder.tilt);
        low += ends.low;
        high += ends.high;
    }
    if (owners.len() as f64) < FEWEST_VOICES {
        return None;
    }
    let (chance, low, high) = (chance / votes, low / votes, high / votes);
    Some(Divergence {
        chance,
        from_price: chance - price,
        span: Span { low: low - price, high: high - price },
        holders: owners.len(),
    })
}

/// σ(logit(p) + θ).
fn tilted(price: f64, tilt: f64) -> f64 {
    1.0 / (1.0 + (1.0 - price) / price * (-tilt).exp())
}
