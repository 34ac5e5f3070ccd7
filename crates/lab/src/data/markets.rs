//! Routes about markets as a whole: open interest, volume, tokens.

use std::cmp::Reverse;

use axum::extract::State;
use serde::Serialize;

use super::number::units;
use super::paging::Envelope;
use super::params::Params;
use super::problem::Problem;
use super::rows::Token;
use super::{Answer, ask, cached};
use crate::exchange::{Exchange, Listing, MICRO, MarketIx, Outcome, Shares, Usdc, value};
use crate::server::App;
use crate::world::{Event, Market, World};

const OI_CACHED_S: u32 = 300;

/// Stands for all markets.
pub(crate) const GLOBAL: &str = "GLOBAL";

/// What all shares of a market are worth.
pub(crate) fn open_interest(listing: &Listing) -> Usdc {
    let worth = |outcome: Outcome| value(listing.supply[outcome.index()], listing.shown(outcome));
    Outcome::BOTH.into_iter().map(worth).sum()
}

/// Condition ids with open interest, in the order they were named, or [`GLOBAL`].
pub(crate) fn open_interests(world: &World, conditions: Option<&[String]>) -> Vec<(String, Usdc)> {
    let exchange = world.exchange();
    let Some(conditions) = conditions else {
        let all = exchange.listings().iter().map(open_interest).sum();
        return vec![(GLOBAL.to_owned(), all)];
    };
    let known = conditions.iter().filter_map(|id| Some((id, world.by_condition(id)?)));
    known.map(|(id, market)| (id.clone(), open_interest(exchange.listing(market)))).collect()
}

#[derive(Serialize)]
struct OpenInterest {
    condition_id: String,
    value: f64,
}

pub(crate) async fn oi(State(app): State<App>, params: Params) -> Answer {
    let data = ask(&app, move |world| {
        let interests = open_interests(world, params.conditions()?.as_deref());
        let row = |(condition_id, usdc)| OpenInterest { condition_id, value: units(usdc) };
        Ok(interests.into_iter().map(row).collect::<Vec<_>>())
    });
    Ok(cached(OI_CACHED_S, Envelope { data: data.await? }))
}

#[derive(Serialize)]
struct LiveVolume {
    taker_volume_total: f64,
    conditions: Vec<ConditionVolume>,
}

#[derive(Serialize)]
struct ConditionVolume {
    condition_id: String,
    taker_volume: f64,
}

/// Shares that takers traded, by market of an event, the busiest first.
pub(crate) fn taker_volumes<'w>(
    exchange: &Exchange,
    events: impl IntoIterator<Item = &'w Event>,
) -> Vec<(&'w str, Shares)> {
    let markets = events.into_iter().flat_map(|event| &event.markets);
    let volume =
        |market: &Market| exchange.listing(market.ix).series.last().map_or(0, |point| point.shares);
    let mut volumes: Vec<_> =
        markets.map(|market| (market.condition_id.as_str(), volume(market))).collect();
    volumes.sort_by_key(|&(condition_id, volume)| (Reverse(volume), condition_id));
    volumes
}

pub(crate) async fn live_volume(State(app): State<App>, params: Params) -> Answer {
    let data = ask(&app, move |world| {
        let numbers = event_numbers(&params)?;
        let events = numbers.iter().filter_map(|&number| world.event_by_number(number));
        let volumes = taker_volumes(world.exchange(), events);
        let total: Shares = volumes.iter().map(|(_, shares)| shares).sum();
        let row = |(condition_id, shares): (&str, Shares)| ConditionVolume {
            condition_id: condition_id.to_owned(),
            taker_volume: units(shares),
        };
        Ok(LiveVolume {
            taker_volume_total: units(total),
            conditions: volumes.into_iter().map(row).collect(),
        })
    });
    Ok(cached(0, Envelope { data: data.await? }))
}

/// Ids of events; those that are no numbers do not count, unless none is.
fn event_numbers(params: &Params) -> Result<Vec<u64>, Problem> {
    let name = if params.text("event_id").is_some() { "event_id" } else { "id" };
    let ids = params.list(name)?.ok_or_else(|| Problem::missing("event_id"))?;
    let mut numbers: Vec<u64> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    if numbers.is_empty() {
        return Err(Problem::invalid("event_id", "no valid event id"));
    }
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// An outcome of a market. The lab's markets have one module each, so there is one row an outcome.
#[derive(Serialize)]
struct TokenRow {
    token_id: String,
    condition_id: String,
    structural_condition_id: Option<String>,
    module: &'static str,
    outcome_index: u32,
    clob_index: Option<u32>,
    outcome: String,
    opposite_token_id: String,
    resolved: bool,
    final_price: Option<f64>,
    title: String,
    market_slug: String,
    closed: bool,
    neg_risk: bool,
    neg_risk_market_id: Option<String>,
    question_index: Option<usize>,
    event_id: u64,
    event_slug: String,
}

impl TokenRow {
    fn new(world: &World, ix: MarketIx, outcome: Outcome) -> Self {
        let (event, market) = world.market(ix);
        let listing = world.exchange().listing(ix);
        let Token { id: token_id, outcome: label, outcome_index } = Token::of(market, outcome);
        let payout = listing.payouts.map(|payouts| payouts[outcome.index()]);
        let place = event.markets.iter().position(|other| other.ix == ix);
        Self {
            token_id,
            condition_id: market.condition_id.clone(),
            structural_condition_id: None,
            module: "v1_ctf",
            outcome_index,
            clob_index: Some(outcome_index),
            outcome: label,
            opposite_token_id: market.token_ids[outcome.opposite().index()].clone(),
            resolved: payout.is_some(),
            final_price: payout.map(|payout| payout as f64 / MICRO as f64),
            title: market.draft.question.clone(),
            market_slug: market.slug.clone(),
            closed: payout.is_some(),
            neg_risk: event.group.is_some(),
            neg_risk_market_id: event.neg_risk_ids(market).map(|(group, _)| group),
            question_index: place.filter(|_| event.group.is_some()),
            event_id: event.number,
            event_slug: event.slug.clone(),
        }
    }
}

pub(crate) async fn tokens(State(app): State<App>, params: Params) -> Answer {
    let data = ask(&app, move |world| {
        let conditions = params.conditions()?.ok_or_else(|| Problem::missing("condition"))?;
        let markets = conditions.iter().filter_map(|id| world.by_condition(id));
        let rows = markets
            .flat_map(|market| Outcome::BOTH.map(|outcome| TokenRow::new(world, market, outcome)));
        Ok(rows.collect::<Vec<_>>())
    });
    Ok(cached(0, Envelope { data: data.await? }))
}
