//! `GET /api/whale/flows`: what takers of each class did.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use domain::{QueryReader, whales::Class};
use rust_decimal::Decimal;
use store::{
    intelligence::boards::flows::{self, FlowsFilter},
    tape,
};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use super::{
    asked::{About, Timeframe, choice, limit_parameter, read_limit, word},
    context::{Context, waiting_for},
};
use crate::{
    api::{parameters::text, reply::Reply},
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::intelligence::{ClassFlow, ClassNet, FlowHour, Flows, MarketFlow, MarketNames, number},
};

/// Which flows.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowsQuery {
    timeframe: Timeframe,
    about: About,
    class: Option<&'static str>,
    least: Decimal,
    limit: u32,
}

impl FromQuery for FlowsQuery {
    fn read(query: &mut QueryReader) -> Self {
        let least: Option<Decimal> = query.parse("min_usdc", "an amount of dollars such as 1000");
        if let Some(negative) = least.filter(Decimal::is_sign_negative) {
            query.refuse("min_usdc", &negative.to_string(), "must be 0 or more");
        }
        Self {
            timeframe: Timeframe::read(query, Timeframe::Day),
            about: About::read(query),
            class: word(query, "class", &Class::ALL.map(|class| (class.slug(), class.slug()))),
            least: least.unwrap_or_default(),
            limit: read_limit(query),
        }
    }
}

impl IntoParams for FlowsQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = vec![Timeframe::parameter(Timeframe::Day)];
        all.extend(About::parameters());
        all.extend([
            choice("class", "Only of takers of this class.", Class::ALL.map(Class::slug), None),
            text("min_usdc", "Only markets with a net flow of so many dollars, either way."),
            limit_parameter(),
        ]);
        all
    }
}

impl FlowsQuery {
    async fn filter(&self, context: &Context) -> Result<FlowsFilter, ApiError> {
        let since = self.timeframe.since(context.now);
        let market_ids = context.market_ids(&self.about)?;
        let market_ids = match self.about.category {
            None => market_ids,
            Some(category) => {
                let all = match market_ids {
                    Some(market_ids) => market_ids,
                    None => flows::markets(context.app.database().public(), since).await?,
                };
                let is_of = |id: &String| context.category(id) == Some(category);
                Some(all.into_iter().filter(is_of).collect())
            }
        };
        Ok(FlowsFilter { since, class: self.class.map(str::to_owned), market_ids })
    }
}

/// What takers did.
async fn load(context: &Context, query: &FlowsQuery) -> Result<Flows, ApiError> {
    let pool = context.app.database().public();
    let filter = query.filter(context).await?;
    let (by_hour, by_market, progress) = tokio::join!(
        flows::by_hour(pool, &filter),
        flows::by_market(pool, &filter, query.least, query.limit),
        tape::progress(pool),
    );
    let (by_hour, by_market, progress) = (by_hour?, by_market?, progress?);
    let has_any = !by_hour.is_empty() || flows::any(pool).await?;
    let is_of_one_market = filter.market_ids.as_ref().is_some_and(|ids| ids.len() == 1);
    let is_empty = by_hour.is_empty();
    let mut hours: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (hour, flow) in by_hour {
        hours.entry(hour).or_default().push(ClassFlow::of(&flow, is_of_one_market));
    }
    Ok(Flows {
        hours: hours.into_iter().map(|(hour, by_class)| FlowHour { hour, by_class }).collect(),
        markets: markets_of(&by_market, &mut context.markets()),
        basis: "feed".to_owned(),
        waiting_for: waiting_for(
            is_empty,
            has_any,
            "No flow has been counted yet. Flows follow from the tape, as it is recorded.",
        ),
        complete_since: progress.map(|progress| progress.complete_from),
    })
}

/// Rows of one market, which follow each other, as one.
fn markets_of(
    rows: &[(domain::MarketId, flows::ClassFlow)],
    markets: &mut MarketNames<'_>,
) -> Vec<MarketFlow> {
    let same = |one: &(domain::MarketId, _), other: &(domain::MarketId, _)| one.0 == other.0;
    let of_market = |rows: &[(domain::MarketId, flows::ClassFlow)]| {
        let sum = |of: fn(&flows::ClassFlow) -> Decimal| -> Decimal {
            rows.iter().map(|(_, flow)| of(flow)).sum()
        };
        let (bought, sold) = (sum(|flow| flow.bought), sum(|flow| flow.sold));
        let net = |flow: &flows::ClassFlow| ClassNet {
            class: flow.class.clone(),
            net_usdc: number(flow.bought - flow.sold),
        };
        MarketFlow {
            market: markets.market(rows[0].0.as_str(), None),
            net_usdc: number(bought - sold),
            bought_usdc: number(bought),
            sold_usdc: number(sold),
            by_class: rows.iter().map(|(_, flow)| net(flow)).collect(),
            trades: rows.iter().map(|(_, flow)| flow.trades).sum(),
        }
    };
    rows.chunk_by(same).map(of_market).collect()
}

/// Flows, as the route answers them.
pub(crate) async fn answer(app: &AppState, query: &FlowsQuery) -> Result<Reply<Flows>, ApiError> {
    let context = Context::load(app).await?;
    let data = load(&context, query).await?;
    Ok(context.reply(data))
}

type FlowsReply = Reply<Flows>;

/// Show flows
///
/// What takers of each class bought and sold, by hour and by market, in terms of each market's first outcome: buying it
/// and selling the other are the same.
#[utoipa::path(
    get, path = "/api/whale/flows", tag = "intelligence", operation_id = "get_whale_flows",
    params(FlowsQuery),
    responses(
        (status = 200, description = "The flows", body = FlowsReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_whale_flows(
    State(app): State<AppState>,
    Query(query): Query<FlowsQuery>,
) -> Result<Response, ApiError> {
    Ok(answer(&app, &query).await?.respond(CachePolicy::NoStore))
}
