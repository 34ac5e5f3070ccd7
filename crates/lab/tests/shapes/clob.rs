//! Bodies of the order book host.

use serde_json::Value;

use crate::Bodies;
use crate::recordings::Recordings;
use crate::sample::{Sample, without};

/// How many markets are asked for one by one.
const SOME: usize = 25;

pub async fn bodies(sample: &Sample, recordings: &Recordings) -> Vec<Bodies> {
    let mut all = markets(sample, recordings).await;
    all.push(Bodies::new(
        "clob /book",
        vec![recordings.body("one-market-2026-10/book.json")],
        sample.each("/clob/book?token_id={}", sample.tokens().take(SOME)).await,
    ));
    all.push(Bodies::new(
        "clob /markets-by-token",
        vec![recordings.body("one-market-2026-10/markets_by_token.json")],
        sample.each("/clob/markets-by-token/{}", sample.tokens().take(SOME)).await,
    ));
    all.push(Bodies::new(
        "clob /prices-history",
        recorded_histories(recordings),
        histories(sample).await,
    ));
    all
}

/// Pages of markets, and the markets of all the pages that have them in the same form.
async fn markets(sample: &Sample, recordings: &Recordings) -> Vec<Bodies> {
    let (mut recorded, mut lab) = (Listing::default(), Listing::default());
    for list in ["markets", "sampling-markets"] {
        recorded.add(recordings.body(&format!("clob-2026/{list}.json.gz")));
        lab.walk(sample, list).await;
    }
    recorded.rows.push(recordings.body("one-market-2026-10/market.json"));
    lab.rows.extend(sample.each("/clob/markets/{}", sample.conditions().take(SOME)).await);
    let rows = Bodies::new("clob market", recorded.take_rows(), lab.take_rows());

    recorded.add(recordings.body("clob-2026/simplified-markets.json.gz"));
    for list in ["simplified-markets", "sampling-simplified-markets"] {
        lab.walk(sample, list).await;
    }
    let simplified = Bodies::new("clob simplified market", recorded.take_rows(), lab.take_rows());
    vec![rows, simplified, Bodies::new("clob page of markets", recorded.pages, lab.pages)]
}

/// Pages, and the rows that were on them.
#[derive(Default)]
struct Listing {
    pages: Vec<Value>,
    rows: Vec<Value>,
}

impl Listing {
    fn add(&mut self, page: Value) {
        let (page, rows) = without(page, "data");
        self.pages.push(page);
        self.rows.extend(crate::sample::array(rows));
    }

    /// Adds every page of a listing of the lab.
    async fn walk(&mut self, sample: &Sample, list: &str) {
        let mut cursor = String::new();
        while cursor != "LTE=" {
            self.add(sample.json(&format!("/clob/{list}?next_cursor={cursor}")).await);
            cursor = crate::sample::text(&self.pages[self.pages.len() - 1], "next_cursor");
        }
    }

    fn take_rows(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.rows)
    }
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
    for query in
        ["interval=1h", "interval=1d", "interval=1w&fidelity=5", "interval=max&fidelity=60"]
    {
        let path = format!("/clob/prices-history?market={{}}&{query}");
        bodies.extend(sample.each(&path, sample.tokens().take(3)).await);
    }
    bodies
}
