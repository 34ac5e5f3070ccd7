//! The boards of intelligence over a world whose wallets were imported: what the jobs make is what the routes show.

use std::{collections::BTreeSet, time::Duration};

use chrono::{TimeDelta, Utc};
use ingest::{
    intelligence::{
        IntelligenceOptions, Job, Sources, evidence::EvidenceJob, holders::HoldersJob,
        scoring::score_all, tape::TapeJob, wash::WashJob,
    },
    live::LiveBooks,
};
use serde_json::Value;
use store::intelligence::flows;

use super::{Bench, number};

/// What takers among the imported wallets did, as the recorder would have it on the tape.
const TAPE: &str = "
    SELECT ensure_month_partition('trades', month)
    FROM (SELECT DISTINCT date_trunc('month', happened_at, 'UTC') AS month FROM wallet_trades) AS months;
    INSERT INTO trades (traded_at, observed_at, ordinal, outcome_index, is_buy, confirmed, market_id, transaction_hash,
                        wallet_address, price, shares)
        SELECT DISTINCT ON (t.transaction_hash, t.wallet_address, m.market_id, t.outcome_index, t.side, t.shares)
               t.happened_at, now(), 0, t.outcome_index, t.side = 'buy', true, m.market_id, t.transaction_hash,
               t.wallet_address, round(t.price, 8), t.shares
        FROM wallet_trades t JOIN markets m ON m.condition_id = t.condition_id
        WHERE t.kind = 'trade' AND t.is_maker IS NOT TRUE AND t.shares > 0 AND t.transaction_hash IS NOT NULL
          AND t.outcome_index >= 0 AND t.price IS NOT NULL AND t.side IN ('buy', 'sell')
          AND t.happened_at <= now();
";

async fn rows(bench: &Bench, path: &str) -> Vec<Value> {
    let reply = bench.server.json(path).await;
    assert_eq!(reply["success"], true, "{path}: {reply}");
    reply["data"]["rows"].as_array().unwrap_or_else(|| panic!("no rows: {reply}")).clone()
}

async fn work<J: Job + Default>(sources: &Sources) {
    let mut job = J::default();
    job.run(sources).await.unwrap_or_else(|error| panic!("{}: {error}", J::NAME));
}

#[tokio::test]
async fn a_world_fills_the_boards() {
    let bench = Bench::start().await;
    let _importers = bench.importers();
    let people = bench.busiest(30).await;
    bench.import(&people).await;
    let mut owner = bench.database.owner().await.unwrap();
    sqlx::raw_sql("SET ROLE service_role").execute(&mut owner).await.unwrap();
    sqlx::raw_sql(TAPE).execute(&mut owner).await.unwrap();
    let now = Utc::now();
    flows::touch_since(&mut owner, now - TimeDelta::days(400)).await.unwrap();
    let options = IntelligenceOptions {
        markets: 5,
        holders_every: Duration::from_millis(10),
        evidence_back: TimeDelta::days(400),
        ..IntelligenceOptions::default()
    };
    let sources = Sources {
        database: bench.database.database().clone(),
        data: bench.clients.data.clone(),
        books: LiveBooks::default(),
        options,
    };
    score_all(bench.database.database(), now).await.unwrap();
    work::<TapeJob>(&sources).await;
    work::<HoldersJob>(&sources).await;
    work::<WashJob>(&sources).await;
    work::<EvidenceJob>(&sources).await;

    let known: BTreeSet<String> = people.iter().map(ToString::to_string).collect();
    let is_known = |row: &Value| known.contains(row["wallet"]["address"].as_str().unwrap());
    for path in [
        "/api/whale/trades?timeframe=all&endgame=show&makers=show",
        "/api/whale/positions",
        "/api/whale/flips?timeframe=all",
    ] {
        let rows = rows(&bench, path).await;
        assert!(!rows.is_empty(), "{path}");
        assert!(rows.iter().all(is_known), "{path}");
        assert!(rows.iter().all(|row| row["market"]["slug"] != ""), "{path}: known markets");
    }
    let flows = bench.server.json("/api/whale/flows?timeframe=all").await["data"].clone();
    assert!(!flows["hours"].as_array().unwrap().is_empty());
    assert!(!flows["markets"].as_array().unwrap().is_empty());
    let concentration = rows(&bench, "/api/whale/concentration").await;
    assert!(concentration.iter().all(|row| number(&row["hhi"]) > 0.0));
    assert!(!concentration.is_empty());

    // Every imported wallet stands on one of the lists of each score, and on one only.
    for score in ["whale", "smart_money", "reputation", "maker", "bot"] {
        let mut listed = Vec::new();
        for verdict in ["scored", "too_few", "withheld", "excluded"] {
            let path = format!("/api/whale/scoreboard?score={score}&verdict={verdict}&limit=200");
            let rows = rows(&bench, &path).await;
            listed.extend(
                rows.iter().map(|row| row["wallet"]["address"].as_str().unwrap().to_owned()),
            );
        }
        assert_eq!(listed.len(), people.len(), "{score}");
        assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), known, "{score}");
    }

    // A position is told in one way wherever it is told.
    let position = rows(&bench, "/api/whale/positions").await[0].clone();
    let wallet = position["wallet"]["address"].as_str().unwrap();
    let own = bench.wallet(wallet, "positions").await;
    let same = own["data"].as_array().unwrap().iter().find(|one| {
        one["market"]["market_id"] == position["market"]["id"]
            && one["market"]["outcome_index"] == position["market"]["outcome_index"]
    });
    let same = same.unwrap_or_else(|| panic!("{wallet} does not hold it: {own}"));
    assert_eq!(position["shares"], same["shares"], "{same}");
    let scores = bench.wallet(wallet, "scores").await["data"].clone();
    assert_eq!(scores["current"].as_array().map(Vec::len), Some(5));
    assert!(scores["class"].is_string());
}
