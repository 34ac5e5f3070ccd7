//! `GET /api/cron/refresh-wallets`: has followed and listed wallets imported now.

use axum::{
    extract::{Request, State},
    response::Response,
};
use chrono::Utc;
use serde::{Deserialize, Serialize};
use store::wallets::imports;
use utoipa::ToSchema;

use crate::{
    api::{
        reply::{ItemMetadata, Reply},
        sync::authorise,
    },
    http::{
        cache::CachePolicy,
        client::Client,
        error::{ApiError, Failure},
        extract::{NoParameters, Query},
        state::AppState,
    },
};

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WalletsRefresh {
    /// Imports that were not due and are now. Those that were due already, or are under way, are not counted.
    pub hastened: u64,
}

// The macro below takes names without parameters.
type RefreshReply = Reply<WalletsRefresh>;

/// Refresh wallets
///
/// Makes the imports of all wallets that are followed, or on one of the venue's boards, due now. They are refreshed by
/// themselves too; this is for schedulers. Needs the admin token where one is configured; without one it is taken from
/// this machine only.
#[utoipa::path(
    get, path = "/api/cron/refresh-wallets", tag = "wallets", operation_id = "refresh_wallets",
    security((), ("admin_token" = [])),
    responses(
        (status = 200, description = "How many", body = RefreshReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn refresh_wallets(
    State(app): State<AppState>,
    Query(NoParameters): Query<NoParameters>,
    request: Request,
) -> Result<Response, ApiError> {
    let client = Client::of(request.extensions(), request.headers());
    authorise(&app, client, request.headers(), "wallets are refreshed")?;
    let now = Utc::now();
    let hastened = imports::hasten(app.database().service(), now).await?;
    let metadata = ItemMetadata::of(&app, &app.catalog().current(), now);
    Ok(Reply::new(WalletsRefresh { hastened }, metadata).respond(CachePolicy::NoStore))
}
