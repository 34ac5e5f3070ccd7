//! `GET /api/polymarket/markets/{id}/intelligence`: what intelligence says of one market.

use axum::{extract::State, response::Response};
use chrono::TimeDelta;
use domain::MarketId;
use store::intelligence::boards::{
    concentration::{self, ConcentrationFilter},
    flows::{self, FlowsFilter},
    insiders, markets,
    signals::{self, BoardSignals},
};

use super::{board::Listed, concentration::ConcentrationSelection, context::Context};
use crate::{
    api::{market, reply::Reply},
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{NoParameters, Path, Query},
        state::AppState,
    },
    view::intelligence::{
        ClassNet, Gate, LeakageView, MarketConsensus, MarketInformed, MarketIntelligence,
        MarketNetFlows, MarketWash, Signal, number,
    },
};

/// Signals shown with a market.
const SIGNALS: u32 = 10;

/// What is said of a market.
pub(crate) async fn load(
    context: &Context,
    market_id: &str,
) -> Result<MarketIntelligence, ApiError> {
    let id = MarketId::parse(market_id).map_err(ApiError::internal)?;
    let pool = context.app.database().public();
    let since = context.now - TimeDelta::days(1);
    let only = Some(vec![market_id.to_owned()]);
    let readings = ConcentrationFilter { market_ids: only.clone(), ..Default::default() };
    let day = FlowsFilter { since: Some(since), class: None, market_ids: only };
    let recent = BoardSignals { market_id: Some(id.clone()), ..Default::default() };
    let ids = [market_id];
    let (consensus, readings, flows, notable, wash, informed, leakages, told) = tokio::try_join!(
        markets::consensus(pool, &id),
        concentration::list(pool, &readings, 8),
        flows::by_market(pool, &day, rust_decimal::Decimal::ZERO, 1),
        markets::notable(pool, &id, since),
        markets::wash(pool, &id),
        insiders::markets(pool, None, Some(&id)),
        insiders::leakages(pool, &ids),
        signals::list(pool, &recent, SIGNALS),
    )?;
    let holders: Vec<_> = readings.iter().flat_map(ConcentrationSelection::wallets).collect();
    let people = context.people(&holders).await?;
    let gate = Gate::of(context.category(market_id));
    let shown = consensus.as_ref().and_then(MarketConsensus::of);
    let why_none = match (&consensus, &shown) {
        (_, Some(_)) => None,
        (Some(row), None) => Some(MarketConsensus::why_none(row)),
        (None, None) => {
            Some("No wallet whose record speaks for it is known to hold it.".to_owned())
        }
    };
    let mut names = context.markets();
    let mut concentration: Vec<_> = readings
        .iter()
        .map(|reading| ConcentrationSelection::view(reading, &people, &mut names))
        .collect();
    concentration.sort_by_key(|row| row.market.outcome_index);
    let net = |flow: &flows::ClassFlow| ClassNet {
        class: flow.class.clone(),
        net_usdc: number(flow.bought - flow.sold),
    };
    Ok(MarketIntelligence {
        consensus: shown,
        why_none,
        concentration,
        flows: MarketNetFlows { h24: flows.iter().map(|(_, flow)| net(flow)).collect() },
        notable,
        wash: wash.as_ref().map(MarketWash::of),
        informed: MarketInformed {
            pairs: informed.first().map_or(0, |row| row.pairs),
            gate: gate.state.to_owned(),
            gate_reason: gate.reason.map(str::to_owned),
            leakage: LeakageView::of(leakages.first()),
        },
        signals: told.iter().map(|told| Signal::of(told, &mut names)).collect(),
    })
}

type MarketIntelligenceReply = Reply<MarketIntelligence>;

/// Show what intelligence says of a market
///
/// Where those stand whose record speaks for them, in how few hands it is, who bought it today, what looks like trade
/// with oneself, evidence of informed trading, and the signals on it.
#[utoipa::path(
    get, path = "/api/polymarket/markets/{id}/intelligence", tag = "intelligence",
    operation_id = "get_market_intelligence",
    params(("id" = String, Path, description = "Market id, condition id or slug")),
    responses(
        (status = 200, description = "What is said of it", body = MarketIntelligenceReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_market_intelligence(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Query(NoParameters): Query<NoParameters>,
) -> Result<Response, ApiError> {
    let context = Context::load(&app).await?;
    let row = market::find(&context.snapshot, &id)?;
    let said = load(&context, &row.market_id).await?;
    Ok(context.reply(said).respond(CachePolicy::NoStore))
}
