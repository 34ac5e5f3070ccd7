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

/// A market that has been traded.
pub struct Traded {
    pub condition: String,
    pub tokens: [String; 2],
    pub event: String,
}

impl Sample {
    pub async fn start() -> Self {
        let running = Running::start(Lab::world(small_world(11))).await;
        let pending = pending(&running).await;
        let busiest = "&closed=false&order=volumeNum&ascending=false";
        let page = running.json(&format!("/gamma/markets/keyset?limit=100{busiest}")).await;
        let closed = running.enumerate("markets", "&closed=true").await;
        let trades = running.json("/data/v2/trades?limit=1000&taker_only=false").await;
        let mut known = BTreeSet::new();
        let wallets = rows(&trades, "data")
            .iter()
            .map(|trade| text(trade, "proxy_wallet"))
            .filter(|wallet| known.insert(wallet.clone()))
            .collect();
        Self {
            markets: rows(&page, "markets").iter().map(Traded::of).collect(),
            resolved: with_status(&closed, &["resolved"]),
            pending,
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

/// Markets whose resolution is under way, disputed ones among them; time passes until there are.
async fn pending(running: &Running) -> Vec<String> {
    for _ in 0..STEPS {
        let disputed = "/gamma/markets/keyset?closed=false&uma_resolution_status=disputed&limit=1";
        if !rows(&running.json(disputed).await, "markets").is_empty() {
            let open = running.enumerate("markets", "&closed=false").await;
            return with_status(&open, &["proposed", "disputed"]);
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
        }
    }
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
