//! `GET /api/polymarket/wallet/{address}/profile`: who a wallet is.

use axum::{extract::State, response::Response};
use store::wallets::positions;

use crate::{
    api::wallet::{asked::AskedWallet, metrics, reply::WalletReply},
    http::{
        error::{ApiError, Failure},
        extract::{NoParameters, Query},
        state::AppState,
    },
    view::wallet::{Facts, WalletProfile},
};

/// Who a wallet is, from what is held.
pub(crate) async fn load(app: &AppState, asked: &AskedWallet) -> Result<WalletProfile, ApiError> {
    let mut facts = Facts::default();
    if asked.completeness().is_some() {
        let figures = metrics::figures(app, &asked.address).await?;
        let sums = positions::sums(app.database().public(), &asked.address).await?;
        let known = figures.as_ref().map(|(_, figures)| figures);
        facts = Facts {
            events: known.and_then(|all| Some(all.all_time.known()?.events)),
            maker_share: known.and_then(|all| *all.maker_share.known()?),
            // Of a history with a hole another one may be larger.
            largest_cost: sums.largest_cost().filter(|_| asked.completeness() == Some("full")),
        };
    }
    let (held, import) = (asked.held.as_ref(), asked.import.clone());
    Ok(WalletProfile::of(&asked.address, held, import, facts))
}

// The macro below takes names without parameters.
type ProfileReply = WalletReply<WalletProfile>;

/// Show who a wallet is
///
/// And how much of its history is held. A wallet that was never imported is asked for and answered at once:
/// `import.state` tells the one nobody had heard of (`unknown`) from the one that never did anything (`empty`).
#[utoipa::path(
    get, path = "/api/polymarket/wallet/{address}/profile", tag = "wallets", operation_id = "get_wallet_profile",
    params(("address" = String, Path, description = "Address in any case, user name, or address of a profile page")),
    responses(
        (status = 200, description = "Who it is", body = ProfileReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_wallet_profile(
    State(app): State<AppState>,
    Query(NoParameters): Query<NoParameters>,
    asked: AskedWallet,
) -> Result<Response, ApiError> {
    let profile = load(&app, &asked).await?;
    Ok(WalletReply::respond(profile, asked.metadata()))
}
