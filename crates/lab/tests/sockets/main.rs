//! The sockets, over real WebSockets: the CLOB's market channel and RTDS.

#![expect(clippy::panic, reason = "panics are how helpers of tests fail")]

mod books;
mod client;
mod clock;
mod custom;
mod protocol;
mod rtds;
#[path = "../support/mod.rs"]
mod support;

use lab::{Lab, World, WorldOptions};
use serde_json::Value;
use support::{Running, present};

/// A small world, as busy as `activity` says.
fn world(seed: u64, activity: f64) -> World {
    let options = WorldOptions::new(seed, present()).scale(0.02).markets(200).activity(activity);
    World::generate(&options)
}

/// A world that stands still until it is stepped, being served.
async fn start(seed: u64, activity: f64) -> Running {
    Running::start(Lab::world(world(seed, activity))).await
}

/// Tokens of the `markets` busiest open markets, both of each.
async fn busiest_tokens(running: &Running, markets: usize) -> Vec<String> {
    let path = format!("/gamma/markets?order=volume24hr&ascending=false&limit={markets}");
    let rows = running.json(&path).await;
    let rows = rows.as_array().expect("rows");
    assert_eq!(rows.len(), markets);
    rows.iter().flat_map(tokens_of).collect()
}

/// The tokens of a Gamma row.
fn tokens_of(market: &Value) -> [String; 2] {
    let list = market["clobTokenIds"].as_str().expect("a list in a string");
    serde_json::from_str(list).expect("two tokens")
}
