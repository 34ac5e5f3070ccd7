//! `GET /api/polymarket/wallet/{address}/exposure`: what a wallet can still win and lose.

use axum::{extract::State, response::Response};

use crate::{
    api::wallet::{asked::AskedWallet, metrics, reply::WalletListReply},
    http::{
        error::{ApiError, Failure},
        extract::{NoParameters, Query},
        state::AppState,
    },
    view::wallet::ExposureView,
};

/// What a wallet can still win and lose, by event, as of its last import.
pub(crate) async fn load(
    app: &AppState,
    asked: &AskedWallet,
) -> Result<Vec<ExposureView>, ApiError> {
    let Some((_, figures)) = metrics::figures(app, &asked.address).await? else {
        return Ok(Vec::new());
    };
    let mut markets = asked.markets(app);
    Ok(figures.exposures.iter().map(|one| ExposureView::of(one, &mut markets)).collect())
}

// The macro below takes names without parameters.
type ExposureReply = WalletListReply<ExposureView>;

/// List what a wallet can still win and lose
///
/// By event, over all outcomes it can have, as of the last import.
#[utoipa::path(
    get, path = "/api/polymarket/wallet/{address}/exposure", tag = "wallets", operation_id = "list_wallet_exposure",
    params(("address" = String, Path, description = "Address in any case, user name, or address of a profile page")),
    responses(
        (status = 200, description = "By event", body = ExposureReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_wallet_exposure(
    State(app): State<AppState>,
    Query(NoParameters): Query<NoParameters>,
    asked: AskedWallet,
) -> Result<Response, ApiError> {
    let rows = load(&app, &asked).await?;
    let total = asked.completeness().map(|_| rows.len() as u64);
    Ok(WalletListReply::respond(rows, asked.list_metadata(total)))
}
