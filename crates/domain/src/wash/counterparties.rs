//! Owners that trade among each other only, after Sirolly, Ma, Kanoria and Sethi (SSRN 5714122), as far as
//! secondary readings describe them.

use std::collections::{BTreeMap, BTreeSet};

use super::patterns::{Counted, Fill};
use crate::clusters::OwnerIx;
use crate::evidence::Basis;
use crate::ledger::MicroShares;

/// How often scores are handed on.
pub const ROUNDS: usize = 3;

/// From this score on an owner is in a closed cluster.
const CLOSED: f64 = 0.9;

/// An owner's score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RingScore {
    /// The owner.
    pub owner: OwnerIx,
    /// Its propensity to open and close: 1 − |net| / gross of its own fills.
    pub own: f64,
    /// After [`ROUNDS`] rounds in which each takes the mean of its counterparties' scores by volume, and
    /// never more than its own: a maker faces many who end up with something, so its score falls; the members
    /// of a closed ring face each other.
    pub score: f64,
}

/// What is found about closed clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct Closure {
    /// By owner.
    pub scores: Vec<RingScore>,
    /// Owners of a score of 0.9 or more that traded with each other, in parts that did not.
    pub clusters: Vec<Vec<OwnerIx>>,
}

/// Scores owners by whom they trade with. `None` unless the source names both parties of every fill: rings cannot
/// be seen in a feed that names one.
pub fn closed_clusters(fills: &[&Fill], basis: Basis) -> Option<Closure> {
    if !basis.names_counterparties() || fills.iter().any(|fill| fill.other.is_none()) {
        return None;
    }
    let mut net: BTreeMap<OwnerIx, (MicroShares, MicroShares)> = BTreeMap::new();
    let mut volume: BTreeMap<OwnerIx, BTreeMap<OwnerIx, MicroShares>> = BTreeMap::new();
    for fill in fills {
        let Some(other) = fill.other else { continue };
        let signed = if fill.toward_first { fill.shares } else { -fill.shares };
        for (owner, against, signed) in [(fill.owner, other, signed), (other, fill.owner, -signed)]
        {
            let sum = net.entry(owner).or_default();
            sum.0 += signed;
            sum.1 += fill.shares;
            *volume.entry(owner).or_default().entry(against).or_default() += fill.shares;
        }
    }
    let own = |owner: &OwnerIx| {
        net.get(owner).map_or(0.0, |(net, gross)| 1.0 - net.abs() as f64 / (*gross).max(1) as f64)
    };
    let mut scores: BTreeMap<OwnerIx, f64> = net.keys().map(|owner| (*owner, own(owner))).collect();
    for _ in 0..ROUNDS {
        scores = volume
            .iter()
            .map(|(owner, against)| {
                let all: MicroShares = against.values().sum();
                let sum: f64 = against
                    .iter()
                    .map(|(other, shares)| {
                        scores.get(other).copied().unwrap_or(0.0) * *shares as f64
                    })
                    .sum();
                (*owner, own(owner).min(sum / all.max(1) as f64))
            })
            .collect();
    }
    let clusters = components(&scores, &volume);
    let scores =
        scores.into_iter().map(|(owner, score)| RingScore { owner, own: own(&owner), score });
    Some(Closure { scores: scores.collect(), clusters })
}

/// Owners of high scores that are connected by trades with each other.
fn components(
    scores: &BTreeMap<OwnerIx, f64>,
    volume: &BTreeMap<OwnerIx, BTreeMap<OwnerIx, MicroShares>>,
) -> Vec<Vec<OwnerIx>> {
    let closed = |owner: &OwnerIx| scores.get(owner).is_some_and(|score| *score >= CLOSED);
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for owner in scores.keys().filter(|owner| closed(owner)) {
        let (mut next, mut part) = (vec![*owner], Vec::new());
        while let Some(at) = next.pop() {
            if seen.insert(at) {
                part.push(at);
                let against = volume.get(&at).into_iter().flat_map(BTreeMap::keys);
                next.extend(against.filter(|other| closed(other)));
            }
        }
        if !part.is_empty() {
            part.sort_unstable();
            found.push(part);
        }
    }
    found
}

/// Fills between members of one closed cluster; `None` where counterparties are not known.
pub fn ring_volume<'a>(fills: &[&'a Fill], basis: Basis) -> Option<Vec<Counted<'a>>> {
    let closure = closed_clusters(fills, basis)?;
    let mut member: BTreeMap<OwnerIx, usize> = BTreeMap::new();
    for (number, cluster) in closure.clusters.iter().enumerate() {
        member.extend(cluster.iter().map(|owner| (*owner, number)));
    }
    let cluster_of = |owner: Option<OwnerIx>| owner.and_then(|owner| member.get(&owner));
    let is_within = |fill: &Fill| {
        let (one, other) = (cluster_of(Some(fill.owner)), cluster_of(fill.other));
        one.is_some() && one == other
    };
    let within = fills.iter().copied().filter(|fill| is_within(fill));
    Some(within.map(|fill| (fill, fill.shares)).collect())
}
