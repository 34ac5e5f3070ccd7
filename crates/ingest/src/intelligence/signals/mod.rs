//! What is published about where markets go, and what became of it.
//!
//! What is strong enough, `domain::signals` decides. Here it is looked for, written down once, and settled by what was
//! recorded. One thing is said of a market, in one direction, until it is settled: who looks again finds the same, and
//! says nothing.

mod accumulation;
mod consensus;
mod flips;
mod scene;
mod settle;
mod sizes;
mod trends;

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Side;
use domain::evidence::Ingredient;
use domain::signals::{Horizon, Signal};
use serde_json::{Map, Value, json};
use store::StoreError;
use store::intelligence::signals;
use uuid::Uuid;

use super::service::{Job, JobError, Sources};

/// What is looked at over hours is looked at once in so many times.
const RARELY: u32 = 5;

/// Looks for signals, publishes and settles them.
#[derive(Debug, Default)]
pub struct SignalsJob {
    times: u32,
}

impl Job for SignalsJob {
    const NAME: &'static str = "signals";

    fn every(sources: &Sources) -> Duration {
        sources.options.signals_every
    }

    async fn run(&mut self, sources: &Sources) -> Result<(), JobError> {
        let now = sources.now();
        settle::settle(sources, now).await?;
        let mut found = consensus::find(sources, now).await?;
        found.extend(flips::find(sources, now).await?);
        found.extend(sizes::find(sources, now).await?);
        if self.times.is_multiple_of(RARELY) {
            found.extend(trends::find(sources, now).await?);
        }
        self.times = self.times.wrapping_add(1);
        publish(sources, found, now).await?;
        accumulation::publish(sources, now).await?;
        Ok(())
    }
}

/// A signal with the records it rests on.
#[derive(Debug)]
struct Found {
    signal: Signal,
    /// Records by kind and id.
    evidence: Vec<Value>,
}

/// A record by kind and id.
fn record(kind: &str, id: &impl ToString) -> Value {
    json!({ "kind": kind, "id": id.to_string() })
}

/// Publishes what is not said already; how many.
async fn publish(
    sources: &Sources,
    found: Vec<Found>,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    if found.is_empty() {
        return Ok(0);
    }
    let database = sources.database.service();
    let markets: HashSet<&str> = found.iter().map(|one| one.signal.market_id.as_str()).collect();
    let markets: Vec<&str> = markets.into_iter().collect();
    let mut said: HashSet<(String, String, Option<Side>)> =
        signals::open_of(database, &markets).await?.into_iter().collect();
    let mut connection = database.acquire().await.map_err(StoreError::from)?;
    let mut published = 0;
    for one in &found {
        let Signal { kind, market_id, side, .. } = &one.signal;
        if !said.insert((kind.slug().to_owned(), market_id.to_string(), *side)) {
            continue;
        }
        if signals::publish(&mut connection, &written(one, now)).await? {
            published += 1;
            metrics::counter!("cascadian_signals_published_total", "kind" => kind.slug())
                .increment(1);
        }
    }
    Ok(published)
}

/// A signal as it is kept.
fn written(found: &Found, now: DateTime<Utc>) -> signals::Signal {
    let signal = &found.signal;
    let market = signal.market_id.as_str();
    let event_key = signal.event_id.as_ref().map_or_else(|| market.to_owned(), ToString::to_string);
    signals::Signal {
        id: Uuid::now_v7(),
        published_at: now,
        as_of: signal.as_of,
        due_at: signal.horizon.due(signal.as_of),
        version: i16::try_from(signal.version).unwrap_or(i16::MAX),
        n: signal.n,
        side: signal.side,
        strength: 100.0 * signal.strength.get(),
        price: signal.price,
        cost: signal.cost,
        kind: signal.kind.slug().to_owned(),
        basis: signal.basis.slug().to_owned(),
        market_id: signal.market_id.clone(),
        event_key,
        subject: subject(signal),
        ingredients: ingredients(&signal.ingredients),
        evidence: found.evidence.iter().cloned().collect(),
    }
}

/// What the same thing seen twice has in common: kind, market, direction, and the hour or day it is settled by. That it
/// is not said anew while it is open is looked up before; this keeps two processes from saying it at one moment.
fn subject(signal: &Signal) -> String {
    let side = match signal.side {
        Some(Side::Buy) => "for",
        Some(Side::Sell) => "against",
        None => "none",
    };
    let is_short =
        matches!(signal.horizon, Horizon::After(length) if length <= TimeDelta::hours(1));
    let bucket = signal.as_of.format(if is_short { "%Y-%m-%dT%H" } else { "%Y-%m-%d" });
    format!("{}:{}:{side}:{bucket}", signal.kind.slug(), signal.market_id)
}

fn ingredients(all: &[Ingredient]) -> Value {
    let named: Map<String, Value> =
        all.iter().map(|one| (one.name.to_owned(), json!(one.value))).collect();
    Value::Object(named)
}
