//! What speaks for two wallets having one owner.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::WalletIx;
use crate::evidence::EvidenceId;
use crate::ledger::{EventIx, MarketIx, MicroShares};

/// If two wallets have one owner, the chance that the second enters in the second in which the first did. A
/// choice, not a measurement: rings in the literature trade together far more often, legitimate owners of
/// several wallets less.
pub const SHARED_ENTRY: f64 = 0.05;
/// The chance that it then uses the same odd size.
pub const SHARED_SIZE: f64 = 0.1;
/// The chance that it then has the same first funder.
pub const SHARED_FUNDER: f64 = 0.5;
/// Sizes that more than this part of the wallets used tell nothing.
pub const RARE_SIZE: f64 = 0.01;
/// Wallets from which on a funder is an exchange, a bridge or a relayer. One is known that serves 601.
pub const INFRASTRUCTURE_WALLETS: usize = 50;

/// One piece of evidence says at most this: e⁶ is 403 to 1.
const CAP: f64 = 6.0;
/// Wallets in one second beyond which it is a crowd, and says nothing of any two of them.
const CROWD: usize = 12;

/// A fill, as far as owners are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// The record.
    pub id: EvidenceId,
    /// Who.
    pub wallet: WalletIx,
    /// The event.
    pub event: EventIx,
    /// The market.
    pub market: MarketIx,
    /// Which of its outcomes was gone towards: bought, or the other one sold.
    pub toward: u8,
    /// Seconds of the epoch.
    pub at_s: i64,
    /// Shares.
    pub shares: MicroShares,
}

/// What kind of evidence it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// In the same market, toward the same outcome, in the same second.
    SameSecond,
    /// The same size, which hardly anybody else uses.
    OddSize,
    /// Their first money came from the same address.
    Funder,
}

impl Kind {
    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::SameSecond => "same_second",
            Self::OddSize => "odd_size",
            Self::Funder => "funder",
        }
    }
}

/// A piece of evidence about two wallets, the lower number first.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// The wallets.
    pub pair: (WalletIx, WalletIx),
    /// The kind.
    pub kind: Kind,
    /// ln of how much likelier it is if they have one owner; above 0.
    pub llr: f64,
    /// The records.
    pub records: Vec<EvidenceId>,
}

/// All evidence in a list of fills, by pair. The order of the list does not matter.
///
/// **Same second.** Once an event, because legs of one event say the same: the strongest counts. With n fills
/// by other wallets in the market in that hour, the chance that a wallet of that hour falls into the second by
/// accident is taken as n/3600, so the ratio is `ln(0.05·3600/n)`, weighted by `1/ln(w)` with w the wallets that
/// ever traded the market: news makes crowds where many look.
///
/// **Odd sizes.** A size with at least four digits before its trailing zeros, used by both, and by a part f ≤
/// 1 % of all wallets: `ln(0.1/f)`. Once for each size.
///
/// Both at most 6.
pub fn links(fills: &[Activity]) -> Vec<Link> {
    let mut links = same_second(fills);
    links.extend(odd_sizes(fills));
    links.sort_by_key(|link| (link.pair, link.kind));
    links
}

/// Evidence from first funders, where a source of them is at hand: `ln(0.5/f)` with f the part of the wallets
/// that the funder has, at most 6. Funders of more than [`INFRASTRUCTURE_WALLETS`] tell nothing. `wallets` in
/// all. `F` names funders.
pub fn funder_links<F: Ord + Copy>(funders: &[(WalletIx, F)], wallets: usize) -> Vec<Link> {
    let mut funded: BTreeMap<F, BTreeSet<WalletIx>> = BTreeMap::new();
    for (wallet, funder) in funders {
        funded.entry(*funder).or_default().insert(*wallet);
    }
    let told = funded.values().filter(|group| group.len() <= INFRASTRUCTURE_WALLETS);
    let mut links = Vec::new();
    for group in told {
        let part = group.len() as f64 / wallets.max(group.len()) as f64;
        let llr = (SHARED_FUNDER / part).ln().min(CAP);
        if llr > 0.0 {
            let found = pairs(group).map(|pair| Link {
                pair,
                kind: Kind::Funder,
                llr,
                records: Vec::new(),
            });
            links.extend(found);
        }
    }
    links
}

/// Whether a size is odd: at least four digits before the zeros at its end, so that nobody chooses it by
/// rounding. 1,250 shares are not, 1,253.7 are.
pub fn odd_size(shares: MicroShares) -> bool {
    let mut digits = shares;
    while digits > 0 && digits % 10 == 0 {
        digits /= 10;
    }
    digits >= 1_000
}

fn pairs(group: &BTreeSet<WalletIx>) -> impl Iterator<Item = (WalletIx, WalletIx)> {
    let after = |one: WalletIx| group.iter().copied().filter(move |other| *other > one);
    group.iter().copied().flat_map(move |one| after(one).map(move |other| (one, other)))
}

fn same_second(fills: &[Activity]) -> Vec<Link> {
    let mut traders: HashMap<MarketIx, BTreeSet<WalletIx>> = HashMap::new();
    let mut hours: HashMap<(MarketIx, i64), usize> = HashMap::new();
    let mut seconds: BTreeMap<(MarketIx, u8, i64), BTreeMap<WalletIx, EvidenceId>> =
        BTreeMap::new();
    let mut counted: BTreeMap<(MarketIx, i64), BTreeSet<WalletIx>> = BTreeMap::new();
    let mut events: HashMap<MarketIx, EventIx> = HashMap::new();
    for fill in fills {
        traders.entry(fill.market).or_default().insert(fill.wallet);
        events.insert(fill.market, fill.event);
        // Several fills of an order are one entry.
        if counted.entry((fill.market, fill.at_s)).or_default().insert(fill.wallet) {
            *hours.entry((fill.market, fill.at_s.div_euclid(3_600))).or_default() += 1;
        }
        let entry = seconds.entry((fill.market, fill.toward, fill.at_s)).or_default();
        let record = entry.entry(fill.wallet).or_insert(fill.id);
        *record = fill.id.min(*record);
    }
    let mut strongest: BTreeMap<((WalletIx, WalletIx), EventIx), Link> = BTreeMap::new();
    for ((market, _, at_s), together) in &seconds {
        if together.len() < 2 || together.len() > CROWD {
            continue;
        }
        let others = hours.get(&(*market, at_s.div_euclid(3_600))).map_or(0, |count| count - 1);
        let popularity = traders.get(market).map_or(2, BTreeSet::len) as f64;
        let ratio = (SHARED_ENTRY * 3_600.0 / others.max(1) as f64).ln();
        let llr = (ratio / popularity.ln().max(1.0)).min(CAP);
        let Some(event) = events.get(market).copied().filter(|_| llr > 0.0) else { continue };
        for pair in pairs(&together.keys().copied().collect()) {
            let record = |wallet| together.get(&wallet).copied();
            let records = [record(pair.0), record(pair.1)].into_iter().flatten().collect();
            let link = Link { pair, kind: Kind::SameSecond, llr, records };
            match strongest.entry((pair, event)) {
                std::collections::btree_map::Entry::Occupied(mut held) => {
                    if llr > held.get().llr {
                        held.insert(link);
                    }
                }
                std::collections::btree_map::Entry::Vacant(free) => {
                    free.insert(link);
                }
            }
        }
    }
    strongest.into_values().collect()
}

fn odd_sizes(fills: &[Activity]) -> Vec<Link> {
    let mut users: BTreeMap<MicroShares, BTreeMap<WalletIx, EvidenceId>> = BTreeMap::new();
    let mut wallets = BTreeSet::new();
    for fill in fills {
        wallets.insert(fill.wallet);
        if odd_size(fill.shares) {
            let by_wallet = users.entry(fill.shares).or_default();
            let record = by_wallet.entry(fill.wallet).or_insert(fill.id);
            *record = fill.id.min(*record);
        }
    }
    let mut links = Vec::new();
    for by_wallet in users.values().filter(|by_wallet| by_wallet.len() >= 2) {
        let part = by_wallet.len() as f64 / wallets.len() as f64;
        if part > RARE_SIZE {
            continue;
        }
        let llr = (SHARED_SIZE / part).ln().min(CAP);
        for pair in pairs(&by_wallet.keys().copied().collect()) {
            let record = |wallet| by_wallet.get(&wallet).copied();
            let records = [record(pair.0), record(pair.1)].into_iter().flatten().collect();
            links.push(Link { pair, kind: Kind::OddSize, llr, records });
        }
    }
    links
}
