//! Which wallets may have one owner.
//!
//! Evidence is a log likelihood ratio: how much likelier it is if two wallets have one owner than if they do
//! not. What adds up beyond a threshold joins them, and one moment never does. One owner of many wallets is nothing forbidden, and
//! nothing here says so: a cluster is who is counted once. Formulas: `docs/scores.md`.

mod coincidence;
mod evidence;
mod null;
mod sizes;
#[cfg(test)]
mod tests;
mod union;

use std::collections::HashMap;

pub use evidence::{
    Activity, INFRASTRUCTURE_WALLETS, Kind, Link, RARE_SIZE, SHARED_ENTRY, SHARED_FUNDER,
    SHARED_SIZE, funder_links, links,
};
pub use null::{Null, null};
pub use sizes::odd_size;
pub use union::{Cluster, POSTERIOR, clusters, threshold};

use crate::Address;

/// A wallet, by its place in [`Owners`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WalletIx(pub u32);

/// Whoever counts once: a cluster of wallets, or a wallet by itself. The number of its first wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnerIx(pub u32);

/// Wallets by number, and the owner of each.
#[derive(Debug, Clone, Default)]
pub struct Owners {
    numbers: HashMap<Address, WalletIx>,
    addresses: Vec<Address>,
    owned_by: Vec<OwnerIx>,
}

impl Owners {
    /// Nobody yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of a wallet; one that was not named before is added as its own owner.
    pub fn wallet(&mut self, address: &Address) -> WalletIx {
        if let Some(wallet) = self.numbers.get(address) {
            return *wallet;
        }
        let number = u32::try_from(self.addresses.len()).unwrap_or(u32::MAX);
        self.numbers.insert(address.clone(), WalletIx(number));
        self.addresses.push(address.clone());
        self.owned_by.push(OwnerIx(number));
        WalletIx(number)
    }

    /// The number of a wallet named before.
    pub fn find(&self, address: &Address) -> Option<WalletIx> {
        self.numbers.get(address).copied()
    }

    /// The wallet with a number; `None` where there is none.
    pub fn address(&self, wallet: WalletIx) -> Option<&Address> {
        self.addresses.get(wallet.0 as usize)
    }

    /// Who owns a wallet; itself, as far as is known.
    pub fn owner(&self, wallet: WalletIx) -> OwnerIx {
        self.owned_by.get(wallet.0 as usize).copied().unwrap_or(OwnerIx(wallet.0))
    }

    /// Takes over clusters, in place of all before. Returns the owners that are not what they were: what is
    /// kept by owner is to be made anew for these.
    pub fn set(&mut self, clusters: &[Cluster]) -> Vec<OwnerIx> {
        let before = self.owned_by.clone();
        for (owner, number) in self.owned_by.iter_mut().zip(0..) {
            *owner = OwnerIx(number);
        }
        for cluster in clusters {
            for wallet in &cluster.wallets {
                if let Some(owner) = self.owned_by.get_mut(wallet.0 as usize) {
                    *owner = cluster.owner;
                }
            }
        }
        let moved = before.iter().zip(&self.owned_by).filter(|(before, now)| before != now);
        let mut changed: Vec<OwnerIx> = moved.flat_map(|(before, now)| [*before, *now]).collect();
        changed.sort_unstable();
        changed.dedup();
        changed
    }

    /// How many wallets.
    pub fn len(&self) -> usize {
        self.addresses.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty()
    }
}
