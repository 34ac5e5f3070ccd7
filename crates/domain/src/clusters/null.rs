//! How many pairs the threshold joins where nobody belongs together.

use std::collections::{BTreeMap, BTreeSet};

use super::WalletIx;
use super::coincidence::CROWD;
use super::evidence::{Activity, Link, links};
use super::union::{clusters, sums};
use crate::ledger::MarketIx;
use crate::stats::Dice;

/// So many wallets in a market and hour are enough to exchange among: as many as can meet in a second.
const ENOUGH: usize = CROWD;

/// Joined pairs of wallets in the records, and in records whose wallets were exchanged at random.
#[derive(Debug, Clone, PartialEq)]
pub struct Null {
    /// Exchanges made.
    pub runs: usize,
    /// Pairs in one cluster in the records.
    pub observed: usize,
    /// Pairs after an exchange, on average: as many of the observed ones may be accidents.
    pub expected: f64,
    /// (1 + runs with at least as many pairs) / (1 + runs).
    pub p: f64,
    /// The largest evidence of any pair in each run, in order.
    maxima: Vec<f64>,
}

impl Null {
    /// The p-value of a pair with so much evidence, over all pairs at once: (1 + runs in which any pair had as
    /// much) / (1 + runs), by the maximum (Westfall and Young 1993). Nothing is to be corrected any more.
    pub fn p_of(&self, evidence: f64) -> f64 {
        let below = self.maxima.partition_point(|maximum| *maximum < evidence);
        (1 + self.runs - below) as f64 / (1 + self.runs) as f64
    }
}

/// Exchanges the wallets of the fills within each market and hour, so that every wallet trades as often, in the
/// same markets and hours, and every second and size stays; only who was there in the same second is chance. Markets
/// with fewer wallets in an hour than can meet in a second are one there: who traded in which of them is chance as
/// well. Behaviour alone: funders are not exchanged.
pub fn null(fills: &[Activity], threshold: f64, runs: usize, seed: u64) -> Null {
    let count = |found: &[Link]| -> usize {
        let pairs = |wallets: usize| wallets * (wallets - 1) / 2;
        clusters(found, threshold).iter().map(|cluster| pairs(cluster.wallets.len())).sum()
    };
    let observed = count(&links(fills));
    let mut dice = Dice::new(seed, 0);
    let groups = groups(fills);
    let mut shuffled = in_order(fills);
    let (mut sum, mut as_many) = (0, 0);
    let mut maxima = Vec::with_capacity(runs);
    for _ in 0..runs {
        for group in &groups {
            exchange(&mut shuffled, group, &mut dice);
        }
        let found = links(&shuffled);
        maxima.push(sums(&found).into_iter().map(|(_, sum)| sum).fold(0.0, f64::max));
        let pairs = count(&found);
        sum += pairs;
        as_many += usize::from(pairs >= observed);
    }
    maxima.sort_by(f64::total_cmp);
    Null {
        runs,
        observed,
        expected: sum as f64 / runs.max(1) as f64,
        p: (1 + as_many) as f64 / (1 + runs) as f64,
        maxima,
    }
}

/// In an order that does not depend on the one they came in, so that a seed says everything.
fn in_order(fills: &[Activity]) -> Vec<Activity> {
    let mut fills = fills.to_vec();
    fills.sort_by_key(|fill| (fill.at_s, fill.market, fill.wallet, fill.id));
    fills
}

/// Places of fills, by entry.
type Places = BTreeMap<(i64, WalletIx), Vec<usize>>;

/// Places of entries (fills of a wallet in a market and second are one) by market and hour, and of all markets where
/// fewer than [`ENOUGH`] wallets were in it by hour alone. With nobody to exchange with, whoever was there together
/// would be there together after every exchange.
fn groups(fills: &[Activity]) -> Vec<Vec<Vec<usize>>> {
    let mut hours: BTreeMap<(MarketIx, i64), Places> = BTreeMap::new();
    for (place, fill) in in_order(fills).iter().enumerate() {
        let hour = hours.entry((fill.market, fill.at_s.div_euclid(3_600))).or_default();
        hour.entry((fill.at_s, fill.wallet)).or_default().push(place);
    }
    let mut groups = Vec::new();
    let mut quiet: BTreeMap<i64, Vec<Vec<usize>>> = BTreeMap::new();
    for ((_, hour), entries) in hours {
        let wallets: BTreeSet<WalletIx> = entries.keys().map(|(_, wallet)| *wallet).collect();
        if wallets.len() < ENOUGH {
            quiet.entry(hour).or_default().extend(entries.into_values());
        } else {
            groups.push(entries.into_values().collect());
        }
    }
    groups.extend(quiet.into_values());
    groups
}

/// Gives the entries of a group to its wallets anew, as many to each as it had.
fn exchange(fills: &mut [Activity], group: &[Vec<usize>], dice: &mut Dice) {
    let wallet_at = |fills: &[Activity], entry: &Vec<usize>| {
        entry.first().and_then(|place| fills.get(*place)).map(|fill| fill.wallet)
    };
    let mut wallets: Vec<WalletIx> =
        group.iter().filter_map(|entry| wallet_at(fills, entry)).collect();
    if wallets.iter().collect::<BTreeSet<_>>().len() < 2 {
        return;
    }
    dice.shuffle(&mut wallets);
    for (entry, wallet) in group.iter().zip(wallets) {
        for place in entry {
            if let Some(fill) = fills.get_mut(*place) {
                fill.wallet = wallet;
            }
        }
    }
}
