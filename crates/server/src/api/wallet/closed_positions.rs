//! `GET /api/polymarket/wallet/{address}/closed-positions`: what a wallet held.

use axum::{extract::State, response::Response};
use domain::QueryReader;
use store::wallets::positions;
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use crate::{
    api::{
        parameters::{integer, parameter},
        wallet::{asked::AskedWallet, reply::WalletListReply},
    },
    http::{
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::wallet::ClosedPositionView,
};

const MAX_LIMIT: u32 = 1_000;
const DEFAULT_LIMIT: u32 = 100;
/// Beyond any wallet there is.
const MAX_OFFSET: u32 = 10_000_000;

/// Which part of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedPositionsQuery {
    pub(crate) limit: u32,
    pub(crate) offset: u32,
}

impl FromQuery for ClosedPositionsQuery {
    fn read(query: &mut QueryReader) -> Self {
        Self {
            limit: query.within("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT),
            offset: query.within("offset", 0, MAX_OFFSET).unwrap_or(0),
        }
    }
}

impl IntoParams for ClosedPositionsQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let limit = integer(1, Some(MAX_LIMIT as usize)).default(Some(DEFAULT_LIMIT.into()));
        let offset = integer(0, Some(MAX_OFFSET as usize)).default(Some(0.into()));
        vec![
            parameter("limit", "The most rows to answer with.", limit),
            parameter("offset", "Rows to skip.", offset),
        ]
    }
}

/// A page of what a wallet held, and how many rows there are in all.
pub(crate) async fn load(
    app: &AppState,
    asked: &AskedWallet,
    query: ClosedPositionsQuery,
) -> Result<(Vec<ClosedPositionView>, u64), ApiError> {
    let (public, address) = (app.database().public(), &asked.address);
    let (held, total) = tokio::try_join!(
        positions::closed(public, address, query.limit, query.offset),
        positions::closed_count(public, address),
    )?;
    let mut markets = asked.markets(app);
    let rows = held
        .iter()
        .map(|position| ClosedPositionView::of(position, asked.completeness(), &mut markets));
    Ok((rows.collect(), total))
}

// The macro below takes names without parameters.
type ClosedPositionsReply = WalletListReply<ClosedPositionView>;

/// List what a wallet held
///
/// Tokens that were sold, merged or redeemed, and those that a resolution has settled, redeemed or not: a loser that
/// nobody redeems is a loss. The last closed first.
#[utoipa::path(
    get, path = "/api/polymarket/wallet/{address}/closed-positions", tag = "wallets",
    operation_id = "list_wallet_closed_positions",
    params(
        ("address" = String, Path, description = "Address in any case, user name, or address of a profile page"),
        ClosedPositionsQuery,
    ),
    responses(
        (status = 200, description = "The positions", body = ClosedPositionsReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_wallet_closed_positions(
    State(app): State<AppState>,
    Query(query): Query<ClosedPositionsQuery>,
    asked: AskedWallet,
) -> Result<Response, ApiError> {
    let (rows, total) = load(&app, &asked, query).await?;
    let total = asked.completeness().map(|_| total);
    Ok(WalletListReply::respond(rows, asked.list_metadata(total)))
}
