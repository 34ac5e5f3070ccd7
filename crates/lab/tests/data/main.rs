//! The Data API of the lab over real HTTP: what its rows add up to, how far its pages go, and what
//! it refuses.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::float_cmp,
    reason = "tests fail by panicking, and compare numbers that have to be the very same"
)]

#[path = "../support/mod.rs"]
mod support;

mod boards;
mod errors;
mod feeds;
mod first_version;
mod markets;
mod resolutions;
mod wallets;

use std::collections::BTreeSet;

use lab::{Enforcement, Lab};
use serde_json::Value;
use support::{Running, small_world};

/// Displayed amounts are cut to four decimals: sums of them may be off by so much.
const CUT: f64 = 2e-4;

/// A lab with a world that stands still, as fast as it can.
async fn start(seed: u64) -> Running {
    let lab = Lab::world(small_world(seed));
    lab.limits().set(Enforcement::Off).unwrap();
    Running::start(lab).await
}

/// The `data` of an answer of v2.
async fn data(lab: &Running, path: &str) -> Value {
    lab.json(&format!("/data/v2{path}")).await["data"].take()
}

/// The rows of every page of v2. `path` has a query.
async fn walk(lab: &Running, path: &str) -> Vec<Value> {
    let mut rows: Vec<Value> = Vec::new();
    let mut cursor = String::new();
    loop {
        let mut page = lab.json(&format!("/data/v2{path}{cursor}")).await;
        let pagination = page["pagination"].take();
        assert_eq!(pagination["offset"], rows.len(), "{path}");
        let Value::Array(found) = page["data"].take() else { panic!("no rows: {path}") };
        assert!(found.len() as u64 <= pagination["limit"].as_u64().unwrap());
        rows.extend(found);
        let next = pagination["next_cursor"].as_str();
        assert_eq!(pagination["has_more"], next.is_some(), "{path}");
        match next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

/// The wallets that traded last.
async fn traders(lab: &Running, count: usize) -> Vec<String> {
    let trades = data(lab, "/trades?limit=1000&taker_only=false").await;
    let mut known = BTreeSet::new();
    let wallets = trades.as_array().unwrap().iter().map(|trade| text(trade, "proxy_wallet"));
    wallets.filter(|wallet| known.insert(wallet.clone())).take(count).collect()
}

/// Condition ids of the busiest markets, open or closed.
async fn conditions(lab: &Running, closed: bool, count: usize) -> Vec<String> {
    let page = lab
        .json(&format!(
            "/gamma/markets/keyset?limit={count}&closed={closed}&order=volumeNum&ascending=false"
        ))
        .await;
    page["markets"].as_array().unwrap().iter().map(|row| text(row, "conditionId")).collect()
}

fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_else(|| panic!("no {name} in {row}")).to_owned()
}

fn number(row: &Value, name: &str) -> f64 {
    row[name].as_f64().unwrap_or_else(|| panic!("no {name} in {row}"))
}

fn rows(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[track_caller]
fn assert_near(left: f64, right: f64, tolerance: f64) {
    assert!((left - right).abs() <= tolerance, "{left} is not {right}");
}
