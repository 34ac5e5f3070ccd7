//! What a wallet did.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use store::wallets::activity::{Direction, StoredActivity};
use utoipa::ToSchema;

use super::market::{KnownMarkets, WalletMarket};

/// Something a wallet did: a trade, split, merge, redemption, conversion, reward, rebate, tip, deposit or withdrawal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ActivityView {
    /// Names the row among all of its wallet.
    pub id: String,
    /// When, to the second.
    pub happened_at: DateTime<Utc>,
    /// `trade`, `split`, `merge`, `redeem`, `conversion`, `reward`, `maker_rebate`, `taker_rebate`,
    /// `referral_reward`, `yield`, `tip`, `deposit`, `withdrawal`, or another word of upstream's.
    pub kind: String,
    /// Which way shares or money went: `buy`, `sell`, `in` or `out`.
    pub side: Option<String>,
    /// Whether its order rested (`maker`) or took (`taker`); null where that is not known.
    pub role: Option<String>,
    /// Of which market and outcome; null where it is about none.
    pub market: Option<WalletMarket>,
    /// Dollars a share, without fees.
    pub price: Option<f64>,
    /// Shares, or sets of them.
    pub shares: Option<f64>,
    /// Dollars that moved: with the fee on purchases, without it on sales.
    pub usdc: Option<f64>,
    /// The transaction; others' activity may be in it.
    pub transaction_hash: Option<String>,
    /// Of a combo, which is no market.
    pub is_combo: bool,
}

impl ActivityView {
    /// A row as held.
    pub fn of(stored: &StoredActivity, markets: &mut KnownMarkets<'_>) -> Self {
        let row = &stored.activity;
        let is_of_market = row.condition_id.is_some() || row.token_id.is_some();
        let market = is_of_market.then(|| {
            markets.market(row.condition_id.as_ref(), row.outcome_index, row.token_id.as_ref())
        });
        let role = row.is_maker.map(|is_maker| if is_maker { "maker" } else { "taker" });
        Self {
            id: stored.id.to_string(),
            happened_at: row.happened_at,
            kind: row.kind.clone(),
            side: row.direction.map(|direction: Direction| direction.slug().to_owned()),
            role: role.map(str::to_owned),
            market,
            price: row.price.as_ref().and_then(Decimal::to_f64),
            shares: row.shares.map(domain::Shares::to_f64),
            usdc: row.usdc.map(domain::Usdc::to_f64),
            transaction_hash: row.transaction_hash.as_ref().map(ToString::to_string),
            is_combo: row.is_combo,
        }
    }
}
