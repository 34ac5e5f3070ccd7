//! `/api/whale/…`, `/api/insiders/…`, `/api/signals`, `/api/scores`: intelligence. Every list says what it waits for
//! while nothing is there.

pub(crate) mod asked;
pub(crate) mod board;
pub mod concentration;
pub(crate) mod context;
pub(crate) mod csv;
pub mod flips;
pub mod flows;
pub mod insiders;
pub mod market;
pub mod positions;
pub mod scoreboard;
pub mod scores;
pub mod signals;
pub mod trades;
pub mod wallet;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::state::AppState;

/// Every route of intelligence.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(trades::list_whale_trades))
        .routes(routes!(trades::export_whale_trades))
        .routes(routes!(positions::list_whale_positions))
        .routes(routes!(positions::export_whale_positions))
        .routes(routes!(flows::get_whale_flows))
        .routes(routes!(flips::list_whale_flips))
        .routes(routes!(flips::export_whale_flips))
        .routes(routes!(concentration::list_whale_concentration))
        .routes(routes!(concentration::export_whale_concentration))
        .routes(routes!(scoreboard::get_whale_scoreboard))
        .routes(routes!(scoreboard::export_whale_scoreboard))
        .routes(routes!(insiders::list_informed_markets))
        .routes(routes!(insiders::list_informed_wallets))
        .routes(routes!(signals::list_signals))
        .routes(routes!(signals::export_signals))
        .routes(routes!(signals::get_signal))
        .routes(routes!(scores::list_scores))
        .routes(routes!(scores::get_score_audit))
        .routes(routes!(market::get_market_intelligence))
        .routes(routes!(wallet::get_wallet_scores))
}
