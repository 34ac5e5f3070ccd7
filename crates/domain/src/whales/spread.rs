//! How few owners hold how much of each outcome.

use std::collections::BTreeMap;

use crate::Concentration;
use crate::clusters::OwnerIx;
use crate::ledger::MicroShares;
use crate::money::Shares;

/// One outcome of a market.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutcomeSpread {
    /// The outcome.
    pub outcome: u8,
    /// How what is held net is spread over owners; `None` where nobody holds any.
    pub concentration: Option<Concentration>,
    /// Shares of complete sets among what was named: held of every outcome by one owner, and no bet.
    pub paired: MicroShares,
    /// Whether the list names everybody. If not, all of it is about those named, and the whole is spread at
    /// least as widely.
    pub is_whole: bool,
}

/// Spreads holdings over owners: an owner's wallets are one, and complete sets are taken out, because who
/// holds both sides bets on neither. `outcomes` of the market; holdings of others are left out.
pub fn spread_by_outcome(
    holdings: impl IntoIterator<Item = (OwnerIx, u8, Shares)>,
    outcomes: u8,
    is_whole: bool,
) -> Vec<OutcomeSpread> {
    let mut by_owner: BTreeMap<OwnerIx, Vec<u64>> = BTreeMap::new();
    for (owner, outcome, shares) in holdings {
        let held = by_owner.entry(owner).or_insert_with(|| vec![0; usize::from(outcomes)]);
        if let Some(held) = held.get_mut(usize::from(outcome)) {
            *held = held.saturating_add(u64::try_from(shares.micro()).unwrap_or(u64::MAX));
        }
    }
    let sets = |held: &Vec<u64>| held.iter().copied().min().unwrap_or(0);
    let paired: u64 = by_owner.values().map(sets).fold(0, u64::saturating_add);
    (0..outcomes)
        .map(|outcome| {
            let net = by_owner.values().filter_map(|held| {
                Some(Shares::from_micro(held.get(usize::from(outcome))? - sets(held)))
            });
            OutcomeSpread {
                outcome,
                concentration: Concentration::of(net),
                paired: MicroShares::try_from(paired).unwrap_or(MicroShares::MAX),
                is_whole,
            }
        })
        .collect()
}
