//! `GET /api/polymarket/wallet/{address}/metrics`: how a wallet trades.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::Address;
use ingest::wallets::figures::{VERSION, WalletFigures};
use serde::{Deserialize, Serialize};
use store::wallets::metrics;
use utoipa::ToSchema;

use crate::{
    api::wallet::{asked::AskedWallet, reply::WalletReply},
    http::{
        error::{ApiError, Failure},
        extract::{NoParameters, Query},
        state::AppState,
    },
    view::wallet::WalletMetricsView,
};

/// The figures of a wallet's last import; `None` before it, and where they were computed by other definitions, after
/// which the next import computes them anew.
pub(crate) async fn figures(
    app: &AppState,
    address: &Address,
) -> Result<Option<(DateTime<Utc>, WalletFigures)>, ApiError> {
    let kept = metrics::get(app.database().public(), address).await?;
    let Some(kept) = kept.filter(|kept| kept.version == VERSION) else { return Ok(None) };
    let figures = serde_json::from_value(kept.metrics).map_err(ApiError::internal)?;
    Ok(Some((kept.as_of, figures)))
}

/// How a wallet trades.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WalletMetricsAnswer {
    /// The figures; null before the first import.
    pub metrics: Option<WalletMetricsView>,
}

/// How a wallet trades, with its events named.
pub(crate) async fn load(
    app: &AppState,
    asked: &AskedWallet,
) -> Result<Option<WalletMetricsView>, ApiError> {
    let figures = figures(app, &asked.address).await?;
    let mut markets = asked.markets(app);
    Ok(figures.map(|(as_of, figures)| WalletMetricsView::of(&figures, as_of, &mut markets)))
}

// The macro below takes names without parameters.
type MetricsReply = WalletReply<WalletMetricsAnswer>;

/// Show how a wallet trades
///
/// Its record with intervals, calibration, course, concentration: over settled events, netted over all their markets.
/// A figure that the history does not support is null and says why.
#[utoipa::path(
    get, path = "/api/polymarket/wallet/{address}/metrics", tag = "wallets", operation_id = "get_wallet_metrics",
    params(("address" = String, Path, description = "Address in any case, user name, or address of a profile page")),
    responses(
        (status = 200, description = "The figures", body = MetricsReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_wallet_metrics(
    State(app): State<AppState>,
    Query(NoParameters): Query<NoParameters>,
    asked: AskedWallet,
) -> Result<Response, ApiError> {
    let metrics = load(&app, &asked).await?;
    Ok(WalletReply::respond(WalletMetricsAnswer { metrics }, asked.metadata()))
}
