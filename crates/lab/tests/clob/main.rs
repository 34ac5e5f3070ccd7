//! The order book host over HTTP: books, prices, history and catalogue.

#![expect(clippy::unwrap_used, reason = "panics are how tests fail")]

#[path = "../support/mod.rs"]
mod support;

mod books;
mod catalogue;
mod history;

use lab::Lab;
use reqwest::StatusCode;
use serde_json::{Value, json};
use support::{Running, small_world};

async fn running(seed: u64) -> Running {
    Running::start(Lab::world(small_world(seed))).await
}

/// The text of the answer to a posted body.
async fn post_text(running: &Running, path: &str, body: &Value) -> (StatusCode, String) {
    let request = running.client().post(running.url(path)).body(body.to_string());
    let response = request.send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

/// The JSON of a 200 to a posted body.
async fn post(running: &Running, path: &str, body: &Value) -> Value {
    let (status, text) = post_text(running, path, body).await;
    assert_eq!(status, StatusCode::OK, "{path}: {text:.200}");
    serde_json::from_str(&text).unwrap()
}

async fn markets(running: &Running) -> Vec<Value> {
    let page = running.json("/clob/markets").await;
    assert_eq!(page["next_cursor"], "LTE=", "a small world is one page");
    page["data"].as_array().unwrap().clone()
}

fn token_ids(market: &Value) -> [&str; 2] {
    [0, 1].map(|index| market["tokens"][index]["token_id"].as_str().unwrap())
}

/// Tokens of markets that take orders.
async fn trading_tokens(running: &Running) -> Vec<String> {
    let markets = markets(running).await;
    let open = markets.iter().filter(|market| market["accepting_orders"] == true);
    open.flat_map(token_ids).map(str::to_owned).collect()
}

fn asked(tokens: &[String]) -> Value {
    tokens.iter().map(|token| json!({ "token_id": token })).collect()
}

/// A decimal string in ten-thousandths, or in millionths when `places` is 6.
fn units(text: &Value, places: usize) -> i64 {
    let text = text.as_str().unwrap();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{part:0<places$}").parse().unwrap()
}

fn levels(book: &Value, side: &str) -> Vec<(i64, i64)> {
    let levels = book[side].as_array().unwrap().iter();
    levels.map(|level| (units(&level["price"], 4), units(&level["size"], 6))).collect()
}
