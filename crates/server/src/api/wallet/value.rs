//! `GET /api/polymarket/wallet/{address}/value`: what a wallet's shares are worth.

use axum::{extract::State, response::Response};
use store::wallets::positions::sums;

use crate::{
    api::wallet::{asked::AskedWallet, positions, reply::WalletReply},
    http::{
        error::{ApiError, Failure},
        extract::{NoParameters, Query},
        state::AppState,
    },
    view::wallet::ValueView,
};

/// What a wallet's shares are worth now.
pub(crate) async fn load(app: &AppState, asked: &AskedWallet) -> Result<ValueView, ApiError> {
    let open = positions::load(app, asked).await?;
    let sums = sums(app.database().public(), &asked.address).await?;
    // Nothing is known of what was never imported, and of a history with a hole not what is held.
    let reason = match asked.completeness() {
        Some("full") => None,
        Some(other) => Some(other),
        None => Some("not_imported"),
    };
    Ok(ValueView::of(&open, &sums, reason))
}

// The macro below takes names without parameters.
type ValueReply = WalletReply<ValueView>;

/// Show what a wallet's shares are worth
///
/// At what somebody offers for them now, beside the venue's number.
#[utoipa::path(
    get, path = "/api/polymarket/wallet/{address}/value", tag = "wallets", operation_id = "get_wallet_value",
    params(("address" = String, Path, description = "Address in any case, user name, or address of a profile page")),
    responses(
        (status = 200, description = "The value", body = ValueReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_wallet_value(
    State(app): State<AppState>,
    Query(NoParameters): Query<NoParameters>,
    asked: AskedWallet,
) -> Result<Response, ApiError> {
    let value = load(&app, &asked).await?;
    Ok(WalletReply::respond(value, asked.metadata()))
}
