//! `/prices-history` and `/batch-prices-history`.

mod plan;
mod sampling;

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::{Pairs, Problem, ask, param};
use crate::decimal::PriceNumber;
use crate::server::App;
use crate::world::World;
use plan::{Filters, Plan};
use sampling::{Sample, sample};

/// Tokens of one batch.
const MAX_BATCH: usize = 20;

/// A point as on the wire.
#[derive(Serialize)]
struct PointRow {
    t: i64,
    p: PriceNumber,
}

impl From<Sample> for PointRow {
    fn from(sample: Sample) -> Self {
        Self { t: sample.at_s, p: PriceNumber(sample.price) }
    }
}

#[derive(Serialize)]
struct HistoryRow<T> {
    history: T,
}

/// The history of a token. Where the others say `token_id` this route says `market`. A token that
/// nobody knows has an empty history.
pub(super) async fn one(
    State(app): State<App>,
    Query(pairs): Query<Pairs>,
) -> Result<Response, Problem> {
    let filters = Filters {
        interval: param(&pairs, "interval").map(str::to_owned),
        start_ts: number(&pairs, "startTs")?,
        end_ts: number(&pairs, "endTs")?,
        fidelity: number(&pairs, "fidelity")?,
    };
    let plan = Plan::read(&filters)?;
    let token_id =
        param(&pairs, "market").ok_or_else(|| Problem::filters("'market' is required"))?.to_owned();
    let samples = ask(&app, move |world| Ok(samples(world, &token_id, plan))).await?;
    let history = points(samples.unwrap_or_default());
    Ok(Json(HistoryRow { history }).into_response())
}

#[derive(Deserialize)]
struct Batch {
    markets: Vec<String>,
    #[serde(flatten)]
    filters: Filters,
}

/// The histories of several tokens. Those that nobody knows are left out.
pub(super) async fn batch(
    State(app): State<App>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = body.map_err(|_| Problem::TooMuch)?;
    let batch: Batch = serde_json::from_slice(&body).map_err(|_| Problem::Payload)?;
    if batch.markets.len() > MAX_BATCH {
        return Err(Problem::filters(format!("maximum of {MAX_BATCH} 'markets' exceeded")));
    }
    let plan = Plan::read(&batch.filters)?;
    let histories: BTreeMap<String, Vec<Sample>> = ask(&app, move |world| {
        let known = batch.markets.into_iter();
        Ok(known.filter_map(|id| samples(world, &id, plan).map(|them| (id, them))).collect())
    })
    .await?;
    let history: BTreeMap<String, Vec<PointRow>> =
        histories.into_iter().map(|(id, samples)| (id, points(samples))).collect();
    Ok(Json(HistoryRow { history }).into_response())
}

/// `None` for a token that nobody knows.
fn samples(world: &World, token_id: &str, plan: Plan) -> Option<Vec<Sample>> {
    let (market, outcome) = world.by_token(token_id)?;
    let listing = world.exchange().listing(market);
    let now_s = world.now_ms().div_euclid(1_000);
    let window = plan.window(listing, now_s);
    Some(window.map_or_else(Vec::new, |window| sample(listing, outcome, window, now_s)))
}

fn points(samples: Vec<Sample>) -> Vec<PointRow> {
    samples.into_iter().map(PointRow::from).collect()
}

fn number(pairs: &Pairs, name: &str) -> Result<Option<i64>, Problem> {
    let Some(text) = param(pairs, name) else { return Ok(None) };
    let wrong = |_| Problem::filters(format!("'{name}' must be an integer"));
    text.parse().map(Some).map_err(wrong)
}
