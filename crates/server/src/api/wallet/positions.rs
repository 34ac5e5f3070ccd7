//! `GET /api/polymarket/wallet/{address}/positions`: what a wallet holds.

use axum::{extract::State, response::Response};
use store::wallets::positions;

use crate::{
    api::wallet::{asked::AskedWallet, reply::WalletListReply},
    http::{
        error::{ApiError, Failure},
        extract::{NoParameters, Query},
        state::AppState,
    },
    view::wallet::PositionView,
};

/// What a wallet holds, marked now.
pub(crate) async fn load(
    app: &AppState,
    asked: &AskedWallet,
) -> Result<Vec<PositionView>, ApiError> {
    let held = positions::open(app.database().public(), &asked.address).await?;
    let mut markets = asked.markets(app);
    Ok(held
        .iter()
        .map(|position| PositionView::of(position, asked.completeness(), &mut markets))
        .collect())
}

// The macro below takes names without parameters.
type PositionsReply = WalletListReply<PositionView>;

/// List what a wallet holds
///
/// All tokens of markets that were not resolved when it was last imported, the dearest first, each marked at what
/// somebody offers now: by our ledger, beside what the venue reports.
#[utoipa::path(
    get, path = "/api/polymarket/wallet/{address}/positions", tag = "wallets",
    operation_id = "list_wallet_positions",
    params(("address" = String, Path, description = "Address in any case, user name, or address of a profile page")),
    responses(
        (status = 200, description = "The positions", body = PositionsReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_wallet_positions(
    State(app): State<AppState>,
    Query(NoParameters): Query<NoParameters>,
    asked: AskedWallet,
) -> Result<Response, ApiError> {
    let rows = load(&app, &asked).await?;
    let total = asked.completeness().map(|_| rows.len() as u64);
    Ok(WalletListReply::respond(rows, asked.list_metadata(total)))
}
