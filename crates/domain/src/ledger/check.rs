//! What the venue reports, held against what the entries leave. Nothing else finds rows that are missing
//! from the middle of a history.

use std::collections::HashSet;

use super::amount::{MicroShares, MicroUsdc};
use super::completeness::Doubt;
use super::fold::Ledger;
use super::markets::{Markets, Slot};

/// A position as the venue reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportedPosition {
    /// The token.
    pub slot: Slot,
    /// Shares held.
    pub shares: MicroShares,
    /// Shares ever acquired (`total_size`, `totalBought`), where it says so.
    pub bought: Option<MicroShares>,
}

/// A list of positions as the venue reports it.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The positions.
    pub positions: &'a [ReportedPosition],
    /// How far amounts may differ: the venue cuts them to four decimals, which is 100 millionths.
    pub tolerance: MicroShares,
    /// Nothing of any status is missing and no dust was filtered out, so that a position that is not
    /// listed is not held.
    pub is_complete: bool,
}

impl Ledger {
    /// Doubts every position whose shares are not those reported. What agreed before and differs now is
    /// doubted; what was doubted stays so until all is folded anew.
    pub fn check_positions(&mut self, markets: &Markets, report: &Report<'_>) {
        let mut listed = HashSet::with_capacity(report.positions.len());
        for reported in report.positions {
            listed.insert(reported.slot);
            self.check_position(markets, reported, report.tolerance);
        }
        if !report.is_complete {
            return;
        }
        for holding in &mut self.holdings {
            if !listed.contains(&holding.slot) && holding.held() > report.tolerance {
                holding.doubts.add(Doubt::SizeDiffers);
            }
        }
    }

    fn check_position(
        &mut self,
        markets: &Markets,
        reported: &ReportedPosition,
        tolerance: MicroShares,
    ) {
        let is_known = self.find(reported.slot).is_some_and(|holding| holding.first_at.is_some());
        let is_empty = reported.shares <= tolerance && reported.bought.unwrap_or(0) <= tolerance;
        if !is_known && is_empty {
            return;
        }
        let Some(holding) = self.holding(markets, reported.slot) else {
            self.doubts.add(Doubt::NotInHistory);
            return;
        };
        if !is_known {
            holding.doubts.add(Doubt::NotInHistory);
        }
        if (holding.held() - reported.shares).abs() > tolerance {
            holding.doubts.add(Doubt::SizeDiffers);
        }
        if reported.bought.is_some_and(|bought| (holding.bought - bought).abs() > tolerance) {
            holding.doubts.add(Doubt::BoughtDiffers);
        }
    }

    /// Doubts the ledger where the wallet's cash is not what its entries leave. Only where they tell every
    /// deposit and withdrawal.
    pub fn check_cash(&mut self, reported: MicroUsdc, tolerance: MicroUsdc) {
        if (self.cash().balance() - reported).abs() > tolerance {
            self.doubts.add(Doubt::CashDiffers);
        }
    }
}
