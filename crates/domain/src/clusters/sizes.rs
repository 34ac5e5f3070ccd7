//! Sizes that nobody chooses by rounding, used by two wallets.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::WalletIx;
use super::coincidence::Together;
use super::evidence::{CAP, Entry, Kind, Link, Pair, RARE_SIZE, SHARED_SIZE};
use crate::evidence::EvidenceId;
use crate::ledger::{MicroShares, MicroUsdc};

/// Digits before the trailing zeros from which on a number is odd.
const ODD_DIGITS: u32 = 4;
/// Sums are as exact as this, in millionths: they are a price with eight places times shares.
const SUM_STEP: MicroUsdc = 100;

/// A size as somebody may have set it: at a market one buys for a sum and sells a number of shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Size {
    Shares(MicroShares),
    Sum(MicroUsdc),
}

impl Size {
    fn digits(self) -> u32 {
        match self {
            Self::Shares(number) | Self::Sum(number) => digits(number),
        }
    }
}

/// Whether a number of millionths is odd: at least four digits before the zeros at its end, so that nobody chooses it
/// by rounding. 1,250 shares are not, 1,253.7 are.
pub fn odd_size(millionths: i64) -> bool {
    digits(millionths) >= ODD_DIGITS
}

/// Digits before the trailing zeros.
fn digits(mut number: i64) -> u32 {
    while number > 0 && number % 10 == 0 {
        number /= 10;
    }
    number.max(0).checked_ilog10().map_or(0, |log| log + 1)
}

/// What an order's size may be known by. A round sum makes odd shares, and round shares an odd sum: so both have to be
/// odd.
fn sizes(entry: &Entry) -> [Option<Size>; 2] {
    let sum = (entry.usdc + SUM_STEP / 2) / SUM_STEP * SUM_STEP;
    let is_odd = odd_size(entry.shares) && odd_size(sum);
    [Size::Shares(entry.shares), Size::Sum(sum)].map(|size| is_odd.then_some(size))
}

/// Odd sizes that wallets which met have in common. `entries` by market and time.
pub(super) fn shared(entries: &[Entry], together: &Together) -> Vec<Link> {
    let mut own: BTreeMap<WalletIx, BTreeMap<Size, EvidenceId>> = BTreeMap::new();
    for (one, other) in together.keys() {
        own.entry(*one).or_default();
        own.entry(*other).or_default();
    }
    let mut orders: HashMap<WalletIx, usize> = HashMap::new();
    for entry in entries {
        let Some(own) = own.get_mut(&entry.wallet) else { continue };
        let sizes = sizes(entry);
        if sizes.iter().any(Option::is_some) {
            *orders.entry(entry.wallet).or_default() += 1;
        }
        for size in sizes.into_iter().flatten() {
            let record = own.entry(size).or_insert(entry.id);
            *record = entry.id.min(*record);
        }
    }
    let users = users(entries, &own);
    let mut links = Vec::new();
    for pair in together.keys().copied() {
        let count = |wallet| orders.get(&wallet).copied().unwrap_or(0);
        let chances = count(pair.0).max(count(pair.1));
        links.extend(of_pair(pair, &own, chances, &users));
    }
    links
}

/// Which part of all wallets used each size of those that met.
fn users(
    entries: &[Entry],
    own: &BTreeMap<WalletIx, BTreeMap<Size, EvidenceId>>,
) -> HashMap<Size, f64> {
    let mut users: HashMap<Size, HashSet<WalletIx>> =
        own.values().flat_map(BTreeMap::keys).map(|size| (*size, HashSet::new())).collect();
    let mut wallets = HashSet::new();
    for entry in entries {
        wallets.insert(entry.wallet);
        for size in sizes(entry).into_iter().flatten() {
            if let Some(users) = users.get_mut(&size) {
                users.insert(entry.wallet);
            }
        }
    }
    let all = wallets.len().max(1) as f64;
    users.into_iter().map(|(size, users)| (size, users.len() as f64 / all)).collect()
}

/// The sizes that two wallets share; an order that agrees in its sum and in its shares counts once.
fn of_pair(
    pair: Pair,
    own: &BTreeMap<WalletIx, BTreeMap<Size, EvidenceId>>,
    chances: usize,
    users: &HashMap<Size, f64>,
) -> Vec<Link> {
    let (Some(one), Some(other)) = (own.get(&pair.0), own.get(&pair.1)) else { return Vec::new() };
    let mut seen: BTreeSet<EvidenceId> = BTreeSet::new();
    let mut links = Vec::new();
    for (size, record) in one {
        let Some(others) = other.get(size) else { continue };
        let part = users.get(size).copied().unwrap_or(1.0);
        let digits = i32::try_from(size.digits()).unwrap_or(i32::MAX);
        let by_chance = part.max(chances as f64 * 10f64.powi(1 - digits));
        let llr = (SHARED_SIZE / by_chance).ln().min(CAP);
        if part <= RARE_SIZE && llr > 0.0 && seen.insert(*record) {
            links.push(Link { pair, kind: Kind::OddSize, llr, records: vec![*record, *others] });
        }
    }
    links
}
