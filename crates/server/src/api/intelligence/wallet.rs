//! `GET /api/polymarket/wallet/{address}/scores`: what a wallet is scored, and was.

use axum::{extract::State, response::Response};
use store::intelligence::boards::{scores, wallets};

use super::context::Context;
use crate::{
    api::wallet::{asked::AskedWallet, reply::WalletReply},
    http::{
        error::{ApiError, Failure},
        extract::{NoParameters, Query},
        state::AppState,
    },
    view::intelligence::{
        Evidence, OwnerView, PastScore, ScoreName, ScoreRow, WalletScores, number,
    },
};

/// Past scores shown.
const MOST_PAST: u32 = 500;

/// What a wallet is scored, and was.
pub(crate) async fn load(
    app: &AppState,
    wallet: &domain::Address,
) -> Result<WalletScores, ApiError> {
    let context = Context::load(app).await?;
    let pool = app.database().public();
    let only = std::slice::from_ref(wallet);
    let (current, history, cluster, profits, class) = tokio::try_join!(
        scores::current(pool, wallet),
        scores::history(pool, wallet, MOST_PAST),
        wallets::cluster_of(pool, wallet),
        scores::profits(pool, only),
        scores::class_of(pool, wallet),
    )?;
    let members = cluster.as_ref().map(|cluster| cluster.wallets.clone()).unwrap_or_default();
    let people = context.people(members.iter().chain(only)).await?;
    let profit = profits.first().map(|(_, profit)| number(*profit));
    let is_withdrawn = |kind: &str| {
        ScoreName::of_slug(kind).is_some_and(|score| context.standing.withdrawn(score).is_some())
    };
    let rows = current.iter().map(|score| ScoreRow {
        profit_usdc: profit,
        unreconciled: people.face(wallet).and_then(|face| face.disagrees),
        ..ScoreRow::of(score, people.wallet(wallet), is_withdrawn(&score.kind))
    });
    let owner = cluster.filter(|cluster| cluster.wallets.len() > 1).map(|cluster| OwnerView {
        id: cluster.id.to_string(),
        wallets: cluster.wallets.iter().map(|one| people.wallet(one)).collect(),
        log_likelihood: cluster.log_likelihood,
        evidence: Evidence::of_owner(&cluster.evidence),
        as_of: cluster.as_of,
    });
    Ok(WalletScores {
        current: rows.collect(),
        history: history.iter().map(PastScore::from).collect(),
        owner,
        class,
    })
}

type WalletScoresReply = WalletReply<WalletScores>;

/// Show a wallet's scores
///
/// As they stand, with what they were made from; every one it was ever given; and the other wallets that seem to have
/// the same owner. Of a score that is withdrawn no number is told.
#[utoipa::path(
    get, path = "/api/polymarket/wallet/{address}/scores", tag = "wallets", operation_id = "get_wallet_scores",
    params(("address" = String, Path, description = "Address in any case, user name, or address of a profile page")),
    responses(
        (status = 200, description = "The scores", body = WalletScoresReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_wallet_scores(
    State(app): State<AppState>,
    Query(NoParameters): Query<NoParameters>,
    asked: AskedWallet,
) -> Result<Response, ApiError> {
    let scores = load(&app, &asked.address).await?;
    Ok(WalletReply::respond(scores, asked.metadata()))
}
