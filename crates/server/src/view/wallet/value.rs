//! What a wallet's shares are worth.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::wallets::positions::Sums;
use utoipa::ToSchema;

use super::position::{PositionView, number, to_millionths};

/// What a wallet's shares are worth now, by our books at what somebody offers for them, beside the venue's number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ValueView {
    /// Shares of open markets at their best bids, and winning shares that nobody has redeemed; null is unknown.
    pub value_usdc: Option<f64>,
    /// Why it is: `gap` or `capped` (the history does not say what is held), `no_mark` (nobody offers anything for a
    /// token held), `not_imported` (there is no history yet).
    pub withheld: Option<String>,
    /// The oldest mark in it; null without any.
    pub value_as_of: Option<DateTime<Utc>>,
    /// Tokens of open markets that are held.
    pub open_positions: usize,
    /// Of those, tokens without a mark.
    pub unmarked_positions: usize,
    /// The part that is paid for winning shares once they are redeemed.
    pub redeemable_usdc: Option<f64>,
    /// Dollars that are not in shares. Not known: deposits and withdrawals are not all told.
    pub cash_usdc: Option<f64>,
    /// What the venue says all positions are worth, at its own marks; null where it lists none.
    pub venue_value_usdc: Option<f64>,
    /// When it was asked.
    pub venue_as_of: Option<DateTime<Utc>>,
}

impl ValueView {
    /// Of open positions marked now and the sums of all. `reason`: why the history does not say what is held.
    pub fn of(open: &[PositionView], sums: &Sums, reason: Option<&str>) -> Self {
        let held = |one: &&PositionView| one.shares.is_none_or(|shares| shares != 0.0);
        let open: Vec<&PositionView> = open.iter().filter(held).collect();
        let values: Option<Vec<f64>> = open.iter().map(|one| one.value_usdc).collect();
        let unmarked_positions = open.iter().filter(|one| one.value_usdc.is_none()).count();
        let redeemable = number(sums.redeemable_usdc);
        let withheld = reason.or((unmarked_positions > 0).then_some("no_mark"));
        let value = values.map(|values| {
            to_millionths(values.iter().sum::<f64>() + redeemable.unwrap_or_default())
        });
        Self {
            value_usdc: value.filter(|_| withheld.is_none()),
            withheld: withheld.map(str::to_owned),
            value_as_of: open.iter().filter_map(|one| one.mark_as_of).min(),
            open_positions: open.len(),
            unmarked_positions,
            redeemable_usdc: redeemable,
            cash_usdc: None,
            venue_value_usdc: number(sums.venue_value_usdc),
            venue_as_of: sums.venue_observed_at,
        }
    }
}
