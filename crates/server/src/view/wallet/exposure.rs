//! What a wallet can still win and lose.

use ingest::wallets::figures::ExposureFigures;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::market::{KnownMarkets, WalletMarket};

/// What is held of an event that is not over. Of neg-risk markets at most one pays Yes, possibly one that is not held;
/// other markets are independent. Null is unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExposureView {
    /// One market of it that is held; its `event` names the event.
    pub market: WalletMarket,
    /// Tokens held.
    pub positions: usize,
    /// What they cost, without fees.
    pub cost_usdc: Option<f64>,
    /// What somebody offered for them when the books were kept.
    pub value_usdc: Option<f64>,
    /// What they pay at least.
    pub worst_payoff_usdc: f64,
    /// At most.
    pub best_payoff_usdc: f64,
    /// The least less the cost.
    pub worst_profit_usdc: Option<f64>,
    /// The most less the cost.
    pub best_profit_usdc: Option<f64>,
    /// The market whose Yes is worst for the wallet; null where that is none.
    pub worst_winner: Option<WalletMarket>,
}

impl ExposureView {
    /// Of figures as kept.
    pub fn of(kept: &ExposureFigures, markets: &mut KnownMarkets<'_>) -> Self {
        Self {
            market: markets.of_condition(&kept.condition_id),
            positions: kept.positions,
            cost_usdc: kept.cost_usdc,
            value_usdc: kept.value_usdc,
            worst_payoff_usdc: kept.worst_payoff_usdc,
            best_payoff_usdc: kept.best_payoff_usdc,
            worst_profit_usdc: kept.worst_profit_usdc,
            best_profit_usdc: kept.best_profit_usdc,
            worst_winner: kept.worst_winner.as_deref().map(|id| markets.of_condition(id)),
        }
    }
}
