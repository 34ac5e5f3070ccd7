//! A world being served, and what in it is worth asking for.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use lab::Lab;
use serde_json::Value;

use crate::data::with_status;
use crate::support::{Running, small_world};

/// How often the world is moved on until a resolution is under way.
const STEPS: usize = 500;

/// A lab with a world that has traded, and some of what is in it.
pub struct Sample {
    pub running: Running,
    /// Open markets, the busiest first.
    pub markets: Vec<Traded>,
    /// Condition ids of markets that were resolved.
    pub resolved: Vec<String>,
    /// Condition ids of markets whose resolution has been proposed.
    pub pending: Vec<String>,
    /// Wallets, the one that traded last first.
    pub wallets: Vec<String>,
}

/// An open market.
pub struct Traded {
    pub condition: String,
    pub tokens: [String; 2],
    pub event: String,
    /// When it is to end, as Gamma writes it.
    pub ends: String,
    /// How far the price is from where the smallest price step becomes a tenth.
    pub from_finer_step: f64,
}

impl Sample {
    pub async fn start() -> Self {
        let running = Running::start(Lab::world(small_world(24))).await;
        until_disputed(&running).await;
        let mut open = running.enumerate("markets", "&closed=false").await;
        let volume = |market: &Value| market["volumeNum"].as_f64().unwrap_or(0.0);
        open.sort_by(|one, other| volume(other).total_cmp(&volume(one)));
        let closed = running.enumerate("markets", "&closed=true").await;
        let trades = running.json("/data/v2/trades?limit=1000&taker_only=false").await;
        let mut known = BTreeSet::new();
        let wallets = rows(&trades, "data")
            .iter()
            .map(|trade| text(trade, "proxy_wallet"))
            .filter(|wallet| known.insert(wallet.clone()))
            .collect();
        Self {
            markets: open.iter().map(Traded::of).collect(),
            resolved: with_status(&closed, &["resolved"]),
            pending: with_status(&open, &["proposed", "disputed"]),
            wallets,
            running,
        }
    }

    pub async fn json(&self, path: &str) -> Value {
        self.running.json(path).await
    }

    /// The answers to `path` with each of `values` put in for `{}`.
    pub async fn each<'a>(
        &self,
        path: &str,
        values: impl IntoIterator<Item = &'a String>,
    ) -> Vec<Value> {
        let mut bodies = Vec::new();
        for value in values {
            bodies.push(self.json(&path.replace("{}", value)).await);
        }
        bodies
    }

    /// The first outcomes of the busiest markets.
    pub fn tokens(&self) -> impl Iterator<Item = &String> {
        self.markets.iter().map(|market| &market.tokens[0])
    }

    pub fn conditions(&self) -> impl Iterator<Item = &String> {
        self.markets.iter().map(|market| &market.condition)
    }

    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// Lets time pass until a resolution is disputed.
async fn until_disputed(running: &Running) {
    let disputed = "/gamma/markets/keyset?closed=false&uma_resolution_status=disputed&limit=1";
    for _ in 0..STEPS {
        if !rows(&running.json(disputed).await, "markets").is_empty() {
            return;
        }
        running.lab.with_world(|world| world.advance(world.now() + TimeDelta::hours(1)));
    }
    panic!("no resolution was disputed within {STEPS} hours")
}

impl Traded {
    fn of(market: &Value) -> Self {
        let tokens: Vec<String> =
            serde_json::from_str(&text(market, "clobTokenIds")).expect("ids of outcomes");
        Self {
            condition: text(market, "conditionId"),
            tokens: tokens.try_into().expect("two outcomes"),
            event: text(&market["events"][0], "id"),
            ends: text(market, "endDate"),
            from_finer_step: from_finer_step(market),
        }
    }
}

/// Steps become finer above 0.96 and below 0.04, and stay so.
fn from_finer_step(market: &Value) -> f64 {
    if market["orderPriceMinTickSize"].as_f64() != Some(0.01) {
        return f64::INFINITY;
    }
    let price = market["bestBid"].as_f64().unwrap_or(0.5);
    (price - 0.04).abs().min((price - 0.96).abs())
}

pub fn rows<'a>(body: &'a Value, name: &str) -> &'a [Value] {
    body[name].as_array().unwrap_or_else(|| panic!("no {name} in {body:.300}"))
}

pub fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_else(|| panic!("no {name} in {row:.300}")).to_owned()
}

pub fn array(body: Value) -> Vec<Value> {
    match body {
        Value::Array(rows) => rows,
        other => panic!("no array: {other:.300}"),
    }
}

/// An object without one of its members, and that member, or null.
pub fn without(mut body: Value, name: &str) -> (Value, Value) {
    let member = body.as_object_mut().and_then(|members| members.remove(name));
    (body, member.unwrap_or_default())
}
