//! `GET /api/polymarket/holders`: who holds a market's tokens.

use std::{sync::Arc, time::Duration};

use axum::{extract::State, response::Response};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Concentration, ConditionId, ErrorCode, MarketId, QueryReader, Shares};
use moka::future::Cache;
use polymarket::{UpstreamError, data::DataClient};
use serde::{Deserialize, Serialize};
use store::{StoreError, wallets::holders};
use utoipa::{
    IntoParams, ToSchema,
    openapi::path::{Parameter, ParameterIn},
};

use crate::{
    api::{
        market,
        parameters::{integer, parameter, text},
        reply::{ItemMetadata, Reply, loaded_snapshot},
    },
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::MarketRow,
};

const MAX_LIMIT: u16 = 500;
/// Holders of each token unless asked otherwise.
pub(crate) const DEFAULT_LIMIT: u16 = ingest::wallets::holders::KEPT;
/// How long an answer is shown again; upstream keeps its own for two minutes.
const KEPT_FOR: Duration = Duration::from_mins(1);
/// A market's holders are noted so often at most, whoever asks for them.
const NOTED_EVERY: TimeDelta = TimeDelta::hours(1);
/// How long upstream may take before the caller is told that it does not answer.
const FETCH_WITHIN: Duration = Duration::from_secs(3);

/// Whose holders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldersQuery {
    market: Option<String>,
    limit: u16,
}

impl FromQuery for HoldersQuery {
    fn read(query: &mut QueryReader) -> Self {
        let market = query.text("market");
        if market.is_none() {
            query.refuse("market", "", "is needed");
        }
        Self { market, limit: query.within("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT) }
    }
}

impl IntoParams for HoldersQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let limit = integer(1, Some(MAX_LIMIT.into())).default(Some(DEFAULT_LIMIT.into()));
        vec![
            text("market", "Market id, condition id or slug. Needed."),
            parameter("limit", "The most holders of each token.", limit),
        ]
    }
}

/// A wallet that holds a token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HolderView {
    /// The wallet.
    pub wallet: String,
    /// As its owner calls it, where that is shown.
    pub name: Option<String>,
    /// Shares it holds.
    pub shares: f64,
    /// What they are worth at the displayed price; null without one.
    pub value_usdc: Option<f64>,
    /// Part of the shares of all holders listed, 0 to 1.
    pub share: f64,
}

/// The holders of one outcome's token. Concentration is among those listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HoldersSide {
    /// Index of the outcome.
    pub outcome: usize,
    /// Its label.
    pub outcome_label: String,
    /// Its token.
    pub token_id: String,
    /// The largest first.
    pub holders: Vec<HolderView>,
    /// Shares of those listed.
    pub shown_shares: f64,
    /// Herfindahl-Hirschman index: the sum of squared shares, 1/n to 1; null without holders.
    pub hhi: Option<f64>,
    /// 1/HHI: so many equal holders would be as concentrated.
    pub effective_holders: Option<f64>,
    /// Part of the largest, 0 to 1.
    pub top_1_share: Option<f64>,
    /// Part of the ten largest, 0 to 1.
    pub top_10_share: Option<f64>,
}

/// Who holds a market's tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HoldersView {
    /// Gamma's id of the market.
    pub market_id: String,
    /// When upstream was asked.
    pub observed_at: DateTime<Utc>,
    /// A wallet with shares of both outcomes counts for what one exceeds the other by.
    pub netted: bool,
    /// By outcome.
    pub sides: Vec<HoldersSide>,
}

/// Answers of a minute.
#[derive(Debug)]
pub struct HoldersCache(Cache<(ConditionId, u16), Arc<Held>>);

impl Default for HoldersCache {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(500).time_to_live(KEPT_FOR).build())
    }
}

#[derive(Debug)]
struct Held {
    rows: Vec<polymarket::data::HolderRow>,
    observed_at: DateTime<Utc>,
}

async fn fetch(
    app: AppState,
    row: MarketRow,
    condition: ConditionId,
    limit: u16,
) -> Result<Arc<Held>, UpstreamError> {
    let data = DataClient::new(app.live().upstream().clone());
    let page = data.holders(&condition, limit).await?;
    let held = Arc::new(Held { rows: page.rows.rows, observed_at: Utc::now() });
    // Of a shorter list it could not be said later who was not on it.
    if limit >= DEFAULT_LIMIT && page.rows.rejected.is_empty() {
        let held = held.clone();
        tokio::spawn(async move {
            if let Err(error) = note(&app, &row, &held).await {
                tracing::warn!(%error, "holders are not noted");
            }
        });
    }
    Ok(held)
}

/// Keeps a reading of a market's holders, and with it that those wallets exist.
async fn note(app: &AppState, row: &MarketRow, held: &Held) -> Result<(), StoreError> {
    let Ok(market_id) = MarketId::parse(&row.market_id) else { return Ok(()) };
    let tokens = row.token_ids.iter().map(String::as_str);
    let holders = ingest::wallets::holders::ranked(&held.rows, tokens);
    let mut connection = app.database().service().acquire().await?;
    let (at, pause) = (held.observed_at, NOTED_EVERY);
    holders::record_now_and_then(&mut connection, &market_id, &holders, at, pause).await?;
    Ok(())
}

/// The holders of a market: asked for once a minute at most.
pub(crate) async fn load(
    app: &AppState,
    row: &MarketRow,
    limit: u16,
) -> Result<HoldersView, ApiError> {
    let unavailable = || ApiError::new(ErrorCode::UpstreamUnavailable);
    let condition = row.condition_id.as_deref().and_then(|id| ConditionId::parse(id).ok());
    let condition = condition.ok_or_else(|| ApiError::new(ErrorCode::BookNotFound))?;
    let key = (condition.clone(), limit);
    let fetched = fetch(app.clone(), row.clone(), condition, limit);
    let held = app.holders().0.try_get_with(key, fetched);
    let held = match tokio::time::timeout(FETCH_WITHIN, held).await {
        Ok(Ok(held)) => held,
        Ok(Err(error)) => return Err(unavailable().because(error)),
        Err(_) => return Err(unavailable()),
    };
    Ok(view_of(row, &held))
}

/// The holders of a market if they were asked for within the last minute; upstream is not asked.
pub(crate) async fn held(app: &AppState, row: &MarketRow, limit: u16) -> Option<HoldersView> {
    let condition = ConditionId::parse(row.condition_id.as_deref()?).ok()?;
    let held = app.holders().0.get(&(condition, limit)).await?;
    Some(view_of(row, &held))
}

fn view_of(row: &MarketRow, held: &Held) -> HoldersView {
    let sides =
        row.token_ids.iter().enumerate().map(|(outcome, token)| side(row, outcome, token, held));
    HoldersView {
        market_id: row.market_id.clone(),
        observed_at: held.observed_at,
        netted: true,
        sides: sides.collect(),
    }
}

fn side(row: &MarketRow, outcome: usize, token: &str, held: &Held) -> HoldersSide {
    let rows = || held.rows.iter().filter(|holder| holder.token_id.as_str() == token);
    let shares = rows().filter_map(|holder| Shares::new(holder.shares).ok());
    let concentration = Concentration::of(shares);
    let total = concentration.map_or(0.0, |all| all.shares.to_f64());
    let price = row.outcome_prices.get(outcome).copied().flatten();
    let holders = rows().filter_map(|holder| {
        let shares = Shares::new(holder.shares).ok()?.to_f64();
        let own_name = holder.name.clone().filter(|_| holder.shows_name != Some(false));
        Some(HolderView {
            wallet: holder.wallet.to_string(),
            name: own_name.or_else(|| holder.pseudonym.clone()),
            shares,
            value_usdc: price.map(|price| price * shares),
            share: if total > 0.0 { shares / total } else { 0.0 },
        })
    });
    HoldersSide {
        outcome,
        outcome_label: row.outcomes.get(outcome).cloned().unwrap_or_default(),
        token_id: token.to_owned(),
        holders: holders.collect(),
        shown_shares: total,
        hhi: concentration.map(|all| all.hhi),
        effective_holders: concentration.map(|all| all.effective_holders),
        top_1_share: concentration.map(|all| all.top_1_share),
        top_10_share: concentration.map(|all| all.top_10_share),
    }
}

// The macro below takes names without parameters.
type HoldersReply = Reply<HoldersView>;

/// Rank holders
///
/// The largest holders of each of a market's tokens, and how concentrated they are.
#[utoipa::path(
    get, path = "/api/polymarket/holders", tag = "markets", operation_id = "list_holders",
    params(HoldersQuery),
    responses(
        (status = 200, description = "The holders", body = HoldersReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_holders(
    State(app): State<AppState>,
    Query(query): Query<HoldersQuery>,
) -> Result<Response, ApiError> {
    let snapshot = loaded_snapshot(&app)?;
    let row = market::find(&snapshot, query.market.as_deref().unwrap_or_default())?;
    let view = load(&app, &row, query.limit).await?;
    let metadata = ItemMetadata::of(&app, &snapshot, Utc::now());
    Ok(Reply::new(view, metadata).respond(CachePolicy::NoStore))
}
