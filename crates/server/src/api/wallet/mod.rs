//! `/api/polymarket/wallet/{address}/…`: one wallet. Every answer says how much of its history is held, and asks for
//! its import where that is needed; none waits for one.

pub mod activity;
mod activity_csv;
pub mod asked;
pub mod closed_positions;
pub mod exposure;
pub mod metrics;
pub mod names;
pub mod pnl;
pub mod positions;
mod positions_csv;
pub mod profile;
pub mod refresh;
pub mod reply;
pub mod search;
pub mod value;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::state::AppState;

/// Every route of wallets.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(profile::get_wallet_profile))
        .routes(routes!(positions::list_wallet_positions))
        .routes(routes!(closed_positions::list_wallet_closed_positions))
        .routes(routes!(positions_csv::export_wallet_positions))
        .routes(routes!(positions_csv::export_wallet_closed_positions))
        .routes(routes!(activity::list_wallet_activity))
        .routes(routes!(activity::list_wallet_trades))
        .routes(routes!(activity_csv::export_wallet_activity))
        .routes(routes!(activity_csv::export_wallet_trades))
        .routes(routes!(value::get_wallet_value))
        .routes(routes!(pnl::get_wallet_pnl))
        .routes(routes!(metrics::get_wallet_metrics))
        .routes(routes!(exposure::list_wallet_exposure))
        .routes(routes!(search::search_wallets))
        .routes(routes!(refresh::refresh_wallets))
}
