//! Bodies of the order book host.

use serde_json::Value;

use crate::Bodies;
use crate::recordings::Recordings;
use crate::sample::{Sample, rows};

/// How many markets are asked for one by one.
const SOME: usize = 25;

pub async fn bodies(sample: &Sample, recordings: &Recordings) -> Vec<Bodies> {
    let conditions: Vec<_> = sample.conditions().take(SOME).collect();
    let pages = |file: &str| vec![recordings.body(&format!("clob-2026/{file}.json.gz"))];
    vec![
        Bodies::new("clob /book", vec![recordings.body("one-market-2026-10/book.json")], sample.each("/clob/book?token_id={}", sample.tokens().take(SOME)).await),
        Bodies::new("clob /markets/{id}", vec![recordings.body("one-market-2026-10/market.json")], sample.each("/clob/markets/{}", conditions.iter().copied()).await),
        Bodies::new("clob /markets", pages("markets"), every_page(sample, "markets").await),
        Bodies::new("clob /sampling-markets", pages("sampling-markets"), every_page(sample, "sampling-markets").await),
        Bodies::new("clob /simplified-markets", pages("simplified-markets"), every_page(sample, "simplified-markets").await),
        Bodies::new("clob /markets-by-token", vec![recordings.body("one-market-2026-10/markets_by_token.json")], sample.each("/clob/markets-by-token/{}", sample.tokens().take(SOME)).await),
        Bodies::new("clob /prices-history", recorded_histories(recordings), histories(sample).await),
    ]
}

/// Every page of a listing of the lab.
async fn every_page(sample: &Sample, list: &str) -> Vec<Value> {
    let mut pages = Vec::new();
    let mut cursor = String::new();
    while cursor != "LTE=" {
        let page = sample.json(&format!("/clob/{list}?next_cursor={cursor}")).await;
        assert!(!rows(&page, "data").is_empty(), "{list}: an empty page after {cursor}");
        cursor = crate::sample::text(&page, "next_cursor");
        pages.push(page);
    }
    pages
}

fn recorded_histories(recordings: &Recordings) -> Vec<Value> {
    let mut histories: Vec<_> = ["1h", "1d", "1w-f5", "1m-f10", "max"]
        .iter()
        .map(|name| recordings.body(&format!("clob-2026/prices-history-{name}.json.gz")))
        .collect();
    histories.push(recordings.body("one-market-2026-10/prices_history.json"));
    histories
}

async fn histories(sample: &Sample) -> Vec<Value> {
    let mut bodies = Vec::new();
    for query in ["interval=1h", "interval=1d", "interval=1w&fidelity=5", "interval=max&fidelity=60"] {
        let path = format!("/clob/prices-history?market={{}}&{query}");
        bodies.extend(sample.each(&path, sample.tokens().take(3)).await);
    }
    bodies
}
