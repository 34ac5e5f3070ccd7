//! From evidence to clusters.

use std::collections::BTreeMap;

use super::evidence::{Kind, Link};
use super::{OwnerIx, WalletIx};

/// The chance of one owner from which two wallets are joined.
pub const POSTERIOR: f64 = 0.95;

/// Kinds of behaviour that stand alone only up to this: a pair is not joined by odd sizes alone, however
/// many, because programs that copy each other share them all.
const ALONE: f64 = 6.0;

/// Events in which two wallets met before what they did says anything: one moment may have a cause nobody sees.
const OCCASIONS: usize = 2;

/// Wallets that may have one owner.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// The lowest number among them.
    pub owner: OwnerIx,
    /// At least two, in order.
    pub wallets: Vec<WalletIx>,
    /// The least evidence that holds the cluster together: without the links of this sum it would fall
    /// apart.
    pub weakest: f64,
    /// The pairs that were joined, with the sum of their evidence and what it is made of.
    pub links: Vec<(f64, Vec<Link>)>,
}

/// The sum of evidence at which two of so many wallets have one owner with a chance of `posterior`, if each
/// wallet has one other of the same owner among them: ln(wallets) + ln(posterior / (1 − posterior)).
pub fn threshold(wallets: usize, posterior: f64) -> f64 {
    (wallets.max(2) as f64).ln() + (posterior / (1.0 - posterior)).ln()
}

/// Joins all pairs whose evidence adds up to the threshold, and whoever is joined with one of them. Neither
/// the order of the links nor that of a pair matters.
pub fn clusters(links: &[Link], threshold: f64) -> Vec<Cluster> {
    let mut joined = joined(links, threshold);
    // The strongest first: the one that joins two parts is then the weakest that is needed.
    joined.sort_by(|one, other| other.sum.total_cmp(&one.sum).then(one.pair.cmp(&other.pair)));
    let mut parents: BTreeMap<WalletIx, WalletIx> = BTreeMap::new();
    let mut weakest: BTreeMap<WalletIx, f64> = BTreeMap::new();
    for pair in &joined {
        let (one, other) = (root(&mut parents, pair.pair.0), root(&mut parents, pair.pair.1));
        if one != other {
            let (low, high) = (one.min(other), one.max(other));
            parents.insert(high, low);
            weakest.insert(low, pair.sum);
        }
    }
    let mut found: BTreeMap<WalletIx, Cluster> = BTreeMap::new();
    for wallet in parents.keys().copied().collect::<Vec<_>>() {
        let first = root(&mut parents, wallet);
        let cluster = found.entry(first).or_insert_with(|| Cluster {
            owner: OwnerIx(first.0),
            wallets: Vec::new(),
            weakest: weakest.get(&first).copied().unwrap_or(threshold),
            links: Vec::new(),
        });
        cluster.wallets.push(wallet);
    }
    for pair in joined {
        let first = root(&mut parents, pair.pair.0);
        if let Some(cluster) = found.get_mut(&first) {
            cluster.links.push((pair.sum, pair.links));
        }
    }
    found.into_values().filter(|cluster| cluster.wallets.len() >= 2).collect()
}

/// The evidence of every pair, in order of the pairs.
pub(super) fn sums(links: &[Link]) -> Vec<((WalletIx, WalletIx), f64)> {
    let all = joined(links, f64::NEG_INFINITY);
    all.into_iter().map(|pair| (pair.pair, pair.sum)).collect()
}

/// A pair whose evidence is enough.
struct Joined {
    pair: (WalletIx, WalletIx),
    sum: f64,
    links: Vec<Link>,
}

fn joined(links: &[Link], threshold: f64) -> Vec<Joined> {
    let mut by_pair: BTreeMap<(WalletIx, WalletIx), Vec<Link>> = BTreeMap::new();
    for link in links {
        let pair = (link.pair.0.min(link.pair.1), link.pair.0.max(link.pair.1));
        by_pair.entry(pair).or_default().push(Link { pair, ..link.clone() });
    }
    let mut joined = Vec::new();
    for (pair, mut links) in by_pair {
        links.sort_by(|one, other| {
            (one.kind, &one.records)
                .cmp(&(other.kind, &other.records))
                .then(one.llr.total_cmp(&other.llr))
        });
        let sum = sum(&links);
        if sum >= threshold && is_repeated(&links) {
            joined.push(Joined { pair, sum, links });
        }
    }
    joined
}

/// Whether there is more than one occasion, or a record that is none of behaviour.
fn is_repeated(links: &[Link]) -> bool {
    let count = |kind| links.iter().filter(|link| link.kind == kind).count();
    count(Kind::SameSecond) >= OCCASIONS || count(Kind::Funder) > 0
}

/// Evidence of all links, of odd sizes no more than [`ALONE`].
fn sum(links: &[Link]) -> f64 {
    let of = |kind| links.iter().filter(move |link| link.kind == kind).map(|link| link.llr);
    let sizes: f64 = of(Kind::OddSize).sum();
    let others = [Kind::SameSecond, Kind::Funder, Kind::Apart];
    others.into_iter().flat_map(of).sum::<f64>() + sizes.min(ALONE)
}

fn root(parents: &mut BTreeMap<WalletIx, WalletIx>, wallet: WalletIx) -> WalletIx {
    let mut at = wallet;
    loop {
        let next = *parents.entry(at).or_insert(at);
        if next == at {
            break;
        }
        at = next;
    }
    parents.insert(wallet, at);
    at
}
