//! What is held of wallets that their scores are made of.

use chrono::{DateTime, TimeDelta, Utc};
use domain::Address;
use store::intelligence::bets::{self, WalletBet};
use store::intelligence::sizes::{self, LargestPosition, LargestTrade};
use store::intelligence::traits::{self, KnownWallet};
use store::{PgConnection, StoreError};

/// Sizes of what was longer ago say nothing of how large somebody is.
const SIZES_FOR: TimeDelta = TimeDelta::days(365);

/// Everything that a wallet's scores are made of, but for what is learned from all wallets.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The wallet, and what its books say.
    pub wallet: KnownWallet,
    /// Its settled bets.
    pub bets: Vec<WalletBet>,
    /// Its largest measured trade of each event.
    pub largest: Vec<LargestTrade>,
    /// Its largest measured position of each event.
    pub held: Vec<LargestPosition>,
    /// When the first trade of anybody was measured; `None` before any was.
    pub measured_since: Option<DateTime<Utc>>,
}

/// What is held of some wallets, in the order of their addresses; those that were never imported are left out.
pub async fn known(
    connection: &mut PgConnection,
    wallets: &[Address],
) -> Result<Vec<Known>, StoreError> {
    let found = traits::of(&mut *connection, wallets).await?;
    let mut bets = bets::of_wallets(&mut *connection, wallets).await?.into_iter().peekable();
    let measured_since = sizes::measured_since(&mut *connection).await?;
    let since = found.iter().map(|one| one.traits.written_at).max().map(|last| last - SIZES_FOR);
    let (mut largest, mut held) = (Vec::new(), Vec::new());
    if let Some(since) = since {
        held = sizes::positions(&mut *connection, wallets, since).await?;
        if measured_since.is_some() {
            largest = sizes::largest(&mut *connection, wallets, since).await?;
        }
    }
    let (mut largest, mut held) = (largest.into_iter().peekable(), held.into_iter().peekable());
    let known = found.into_iter().map(|wallet| {
        let address = wallet.traits.wallet.clone();
        // All are in the order of addresses; those of wallets that are not among these are passed over.
        while bets.next_if(|bet| bet.wallet < address).is_some() {}
        while largest.next_if(|trade| trade.wallet < address).is_some() {}
        while held.next_if(|position| position.wallet < address).is_some() {}
        Known {
            bets: std::iter::from_fn(|| bets.next_if(|bet| bet.wallet == address)).collect(),
            largest: std::iter::from_fn(|| largest.next_if(|trade| trade.wallet == address))
                .collect(),
            held: std::iter::from_fn(|| held.next_if(|one| one.wallet == address)).collect(),
            measured_since,
            wallet,
        }
    });
    Ok(known.collect())
}
