//! The sockets, over real WebSockets: the CLOB's market channel and RTDS.

#![expect(clippy::panic, reason = "panics are how helpers of tests fail")]

mod books;
#[expect(unreachable_pub, reason = "another test shares it")]
mod client;
mod clock;
mod custom;
mod faults;
mod protocol;
mod rtds;
#[path = "../support/mod.rs"]
mod support;

use std::collections::VecDeque;

use chrono::TimeDelta;
use client::Client;
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

/// Moves the world on and returns what `client` hears of it.
async fn after(running: &Running, passed: TimeDelta, client: &mut Client) -> VecDeque<Value> {
    running.lab.with_world(|world| world.advance(world.now() + passed));
    client.messages().await
}

/// Tokens of the `markets` busiest markets that take orders, both of each.
async fn busiest_tokens(running: &Running, markets: usize) -> Vec<String> {
    let rows = running.json("/gamma/markets?order=volume24hr&ascending=false&limit=100").await;
    let rows = rows.as_array().expect("rows");
    let open = rows.iter().filter(|row| row["acceptingOrders"] == true);
    let tokens: Vec<String> = open.take(markets).flat_map(tokens_of).collect();
    assert_eq!(tokens.len(), 2 * markets);
    tokens
}

/// The tokens of a Gamma row.
fn tokens_of(market: &Value) -> [String; 2] {
    let list = market["clobTokenIds"].as_str().expect("a list in a string");
    serde_json::from_str(list).expect("two tokens")
}
