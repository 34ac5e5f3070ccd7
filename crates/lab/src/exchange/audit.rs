//! The books must balance.

use super::Exchange;
use super::tape::MovementKind;
use super::units::{MICRO, MarketIx, Shares, Usdc};

/// What does not add up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Imbalance {
    /// Cash, fees and collateral together are not what was paid in.
    #[error("{found} USDC micros are accounted for, {paid_in} were paid in")]
    Cash {
        /// Cash of all wallets, fees and collateral.
        found: i64,
        /// Deposits and rewards less withdrawals.
        paid_in: i64,
    },
    /// A wallet owes cash or shares.
    #[error("wallet {wallet} is overdrawn")]
    Overdrawn {
        /// Its number.
        wallet: u32,
    },
    /// The wallets do not hold the shares that exist.
    #[error("{held} micro-shares of outcome {outcome} of market {market} are held, {supply} exist")]
    Shares {
        /// Number of the market.
        market: u32,
        /// 0 or 1.
        outcome: usize,
        /// Held by wallets.
        held: i64,
        /// In existence.
        supply: i64,
    },
    /// The outcomes of an unresolved market do not exist in equal number, conversions considered.
    #[error("market {market} has {first} and {second} micro-shares of its outcomes")]
    Unpaired {
        /// Number of the market.
        market: u32,
        /// Of the first outcome.
        first: i64,
        /// Of the second.
        second: i64,
    },
    /// The collateral is not what the shares may claim.
    #[error("{collateral} USDC micros stand behind claims of {claims}")]
    Collateral {
        /// Held.
        collateral: i64,
        /// May be claimed.
        claims: i64,
    },
}

impl Exchange {
    /// Checks that cash and shares are conserved. Exact, but for the fractions of a millionth that split
    /// payouts round away, which stay in the collateral.
    pub(crate) fn audit(&self) -> Result<(), Imbalance> {
        self.audit_cash()?;
        self.audit_shares()?;
        let claims = self.claims();
        let redemptions =
            self.tape.movements().iter().filter(|moved| moved.kind == MovementKind::Redeem);
        let rounding = 2 * i64::try_from(redemptions.count()).unwrap_or(i64::MAX);
        let excess = self.collateral - claims;
        if !(0..=rounding).contains(&excess) {
            return Err(Imbalance::Collateral { collateral: self.collateral, claims });
        }
        Ok(())
    }

    fn audit_cash(&self) -> Result<(), Imbalance> {
        let mut found = self.fees + self.collateral;
        for wallet in 0..self.accounts.wallet_count() {
            let cash = self.accounts.cash(super::WalletIx::next(wallet));
            if cash < 0 {
                return Err(Imbalance::Overdrawn { wallet: u32::try_from(wallet).unwrap_or(0) });
            }
            found += cash;
        }
        if found == self.paid_in {
            Ok(())
        } else {
            Err(Imbalance::Cash { found, paid_in: self.paid_in })
        }
    }

    fn audit_shares(&self) -> Result<(), Imbalance> {
        for (index, listing) in self.listings.iter().enumerate() {
            let market = MarketIx::next(index);
            let mut held = [0; 2];
            for position in self.accounts.of_market(market) {
                for (sum, holding) in held.iter_mut().zip(&position.holdings) {
                    if holding.shares < 0 {
                        return Err(Imbalance::Overdrawn { wallet: position.wallet.0 });
                    }
                    *sum += holding.shares;
                }
            }
            for outcome in 0..2 {
                let (held, supply) = (held[outcome], listing.supply[outcome]);
                if held != supply {
                    return Err(Imbalance::Shares { market: market.0, outcome, held, supply });
                }
            }
            let [first, second] = listing.supply;
            let converted =
                listing.terms.group.map_or(0, |group| self.groups[group.index()].converted);
            if listing.payouts.is_none() && first != second + converted {
                return Err(Imbalance::Unpaired { market: market.0, first, second });
            }
        }
        Ok(())
    }

    /// What all shares together may claim.
    fn claims(&self) -> Usdc {
        let single = self.listings.iter().filter(|listing| listing.terms.group.is_none());
        let singles: Usdc = single
            .map(|listing| match listing.payouts {
                None => listing.supply[0],
                Some(payouts) => claim(listing.supply, payouts),
            })
            .sum();
        let groups = self.groups.iter().map(|group| {
            let mut decided = false;
            let claims = group.markets.iter().map(|&market| {
                let listing = self.listing(market);
                match listing.payouts {
                    Some(payouts) if payouts[0] > 0 => {
                        decided = true;
                        claim(listing.supply, payouts)
                    }
                    Some(_) | None => listing.supply[1],
                }
            });
            let claims: Usdc = claims.sum();
            // A winner's Yes include those that conversions made.
            if decided { claims } else { claims + group.converted }
        });
        singles + groups.sum::<Usdc>()
    }
}

fn claim(supply: [Shares; 2], payouts: [Usdc; 2]) -> Usdc {
    let due = |index: usize| i128::from(supply[index]) * i128::from(payouts[index]);
    i64::try_from((due(0) + due(1)) / i128::from(MICRO)).unwrap_or(i64::MAX)
}
