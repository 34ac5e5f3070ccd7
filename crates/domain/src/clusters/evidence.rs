//! What speaks for two wallets having one owner, and what speaks against it.

use std::collections::{BTreeMap, BTreeSet};

use super::WalletIx;
use super::{coincidence, sizes};
use crate::evidence::EvidenceId;
use crate::ledger::{EventIx, MarketIx, MicroShares, MicroUsdc};

/// If two wallets have one owner, the chance that the second enters an event in the second in which the first did.
/// A choice, not a measurement: rings in the literature trade together far more often, legitimate owners of several
/// wallets less.
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
pub(super) const CAP: f64 = 6.0;

/// Two wallets, the lower number first.
pub(super) type Pair = (WalletIx, WalletIx);

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
    /// What was paid for them.
    pub usdc: MicroUsdc,
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
    /// Events in which the one was without the other: speaks against.
    Apart,
}

impl Kind {
    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::SameSecond => "same_second",
            Self::OddSize => "odd_size",
            Self::Funder => "funder",
            Self::Apart => "apart",
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
    /// ln of how much likelier it is if they have one owner; below 0 of [`Kind::Apart`] alone.
    pub llr: f64,
    /// The records.
    pub records: Vec<EvidenceId>,
}

/// All fills of a wallet in a market, a direction and a second: an order, whatever it was filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) market: MarketIx,
    pub(super) at_s: i64,
    pub(super) toward: u8,
    pub(super) wallet: WalletIx,
    pub(super) event: EventIx,
    /// The lowest of its records.
    pub(super) id: EvidenceId,
    pub(super) shares: MicroShares,
    pub(super) usdc: MicroUsdc,
}

/// All evidence in a list of fills, by pair. The order of the list does not matter.
///
/// **Same second.** Once an event, because legs of one event say the same: the strongest counts. That anybody else
/// falls into a second by accident is as likely as trades of others around it are frequent. So the ratio is
/// `ln(0.05 / 2r)` with r the entries a second in the market within 5 s, 30 s, 5 min and 30 min of it, the highest of
/// them and at least one an hour; twice, because the chain has a block about every two seconds. Entries of the very
/// second are not counted, or those who act together would hide each other. News, and whoever is copied, make the
/// seconds after them busy.
///
/// **Led.** Nothing of it counts where a third wallet, which is never there in the same second, came before at most a
/// minute earlier on half of the occasions, and on two: both follow it, whoever they are.
///
/// **Apart.** `ln(1 − 0.05)` for every event that the less active of both entered without the other: whoever is
/// everywhere meets everybody.
///
/// **Odd sizes.** Of wallets that met in a second: an order of a sum, or a number of shares, of `d` digits that both
/// used, and a part f ≤ 1 % of all wallets: `ln(0.1 / max(f, n·10^(1 − d)))` with n the odd orders of the one that has
/// more. Once for each size.
///
/// Pieces are at most 6.
pub fn links(fills: &[Activity]) -> Vec<Link> {
    let entries = entries(fills);
    let together = coincidence::together(&entries);
    let mut links = coincidence::apart(&entries, &together);
    links.extend(sizes::shared(&entries, &together));
    links.extend(together.into_values().flat_map(BTreeMap::into_values).map(|met| met.link));
    links.sort_by(|one, other| {
        (one.pair, one.kind, &one.records).cmp(&(other.pair, other.kind, &other.records))
    });
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

/// Fills as orders, by market and time.
fn entries(fills: &[Activity]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = fills
        .iter()
        .map(|fill| Entry {
            market: fill.market,
            at_s: fill.at_s,
            toward: fill.toward,
            wallet: fill.wallet,
            event: fill.event,
            id: fill.id,
            shares: fill.shares,
            usdc: fill.usdc,
        })
        .collect();
    let order = |entry: &Entry| (entry.market, entry.at_s, entry.toward, entry.wallet);
    entries.sort_unstable_by_key(|entry| (order(entry), entry.id));
    entries.dedup_by(|part, whole| {
        let is_part = order(part) == order(whole);
        if is_part {
            whole.shares += part.shares;
            whole.usdc += part.usdc;
        }
        is_part
    });
    entries
}

pub(super) fn pairs(group: &BTreeSet<WalletIx>) -> impl Iterator<Item = Pair> {
    let after = |one: WalletIx| group.iter().copied().filter(move |other| *other > one);
    group.iter().copied().flat_map(move |one| after(one).map(move |other| (one, other)))
}
