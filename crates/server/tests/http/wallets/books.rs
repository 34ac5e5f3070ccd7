//! What a wallet's books say, against the exchange's.

use std::collections::HashMap;

use serde_json::Value;

use super::{Bench, number, rows};

#[tokio::test(flavor = "multi_thread")]
async fn positions_are_the_exchanges_and_everything_adds_up() {
    let bench = Bench::start().await;
    let _importers = bench.importers();
    let wallets = bench.busiest(4).await;
    bench.import(&wallets).await;
    let mut full = 0;
    for wallet in &wallets {
        let address = wallet.as_str();
        let reply = bench.wallet(address, "positions").await;
        let is_full = reply["metadata"]["history"]["completeness"] == "full";
        full += u32::from(is_full);
        assert_eq!(reply["metadata"]["total"], rows(&reply).len());
        holds_what_the_exchange_says(&bench, address, &reply, is_full).await;

        let mut closed = Vec::new();
        loop {
            let path = format!("closed-positions?limit=7&offset={}", closed.len());
            let page = bench.wallet(address, &path).await;
            closed.extend(rows(&page).iter().cloned());
            if rows(&page).len() < 7 {
                assert_eq!(page["metadata"]["total"], closed.len());
                break;
            }
        }
        let tokens: std::collections::HashSet<_> =
            closed.iter().map(|row| row["market"]["token_id"].to_string()).collect();
        assert_eq!(tokens.len(), closed.len(), "each token once");

        let value = bench.wallet(address, "value").await["data"].clone();
        if value["withheld"] == Value::Null {
            let shares = rows(&reply).iter().map(|row| number(&row["value_usdc"]));
            let sum = shares.sum::<f64>() + value["redeemable_usdc"].as_f64().unwrap_or_default();
            assert!((number(&value["value_usdc"]) - sum).abs() < 1e-5, "{value}, {sum}");
        }
        assert_eq!(value["cash_usdc"], Value::Null);
        figures_add_up(&bench, address, is_full).await;
    }
    assert!(full > 0);
}

async fn holds_what_the_exchange_says(bench: &Bench, address: &str, reply: &Value, is_full: bool) {
    let account = bench.told(&format!("/lab/truth/wallets/{address}/account")).await;
    let truth: HashMap<_, _> = account["holdings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| ((one["condition_id"].to_string(), one["outcome"].to_string()), one))
        .collect();
    for row in rows(reply) {
        let market = &row["market"];
        assert!(market["title"].is_string() && market["event"]["slug"].is_string(), "{market}");
        assert!(market["outcome"].is_string(), "{market}");
        let key = (market["condition_id"].to_string(), market["outcome_index"].to_string());
        if is_full {
            let millionths = (number(&row["shares"]) * 1e6).round();
            assert!((millionths - number(&truth[&key]["shares"])).abs() < 0.5, "{row}");
        }
        if let (Some(shares), Some(price)) = (row["shares"].as_f64(), row["mark_price"].as_f64()) {
            assert!((number(&row["value_usdc"]) - shares * price).abs() < 1e-5, "{row}");
            assert!(row["mark_as_of"].is_string());
        }
        if let Some(total) = row["total_usdc"].as_f64() {
            let parts = number(&row["realized_usdc"]) + number(&row["unrealized_usdc"]);
            assert!((total - parts).abs() < 1e-5, "{row}");
        }
        assert_eq!(row["withheld"].is_null(), row["total_usdc"].is_number(), "{row}");
        if row["venue"]["total_usdc"].is_number() {
            let told = &row["reconciliation"];
            assert_eq!(told["ours"]["value"], row["total_usdc"], "{row}");
            assert_eq!(
                (&told["venue"], &told["measure"]),
                (&row["venue"]["total_usdc"], &"positions".into())
            );
        }
        let theirs = &row["venue"]["shares"];
        let differs = row["differs"].as_array().unwrap().iter().any(|name| name == "shares");
        if let (Some(ours), Some(theirs)) = (row["shares"].as_f64(), theirs.as_f64()) {
            assert_eq!(differs, (ours - theirs).abs() > 1.000_001e-4, "{row}");
        }
    }
}

async fn figures_add_up(bench: &Bench, address: &str, is_full: bool) {
    let pnl = bench.wallet(address, "pnl").await["data"].clone();
    let sources: Vec<_> =
        pnl["series"].as_array().unwrap().iter().map(|one| one["source"].clone()).collect();
    assert_eq!(sources, ["ledger", "venue", "site"]);
    assert_eq!((&pnl["method"], &pnl["source"]), (&"average_cost".into(), &"ledger".into()));
    assert!(pnl["as_of"].is_string());
    for one in pnl["series"].as_array().unwrap() {
        let is_ours = one["source"] == "ledger";
        assert_eq!(one["completeness"].is_string(), is_ours, "the venue does not say");
        assert_eq!(one["as_of"].is_null(), one["points"].as_array().unwrap().is_empty());
    }
    for part in ["positions", "closed-positions", "value", "pnl", "metrics", "exposure"] {
        let books = &bench.wallet(address, part).await["metadata"]["books"];
        assert_eq!(
            (&books["source"], &books["method"]),
            (&pnl["source"], &pnl["method"]),
            "{part}"
        );
        assert_eq!(
            (&books["completeness"], &books["as_of"]),
            (&pnl["completeness"], &pnl["as_of"])
        );
    }
    assert_eq!(pnl["completeness"] == "full", is_full);
    let reconciled = pnl["reconciliation"].as_array().unwrap();
    assert_eq!(reconciled.len(), 5, "{reconciled:?}");
    for one in reconciled {
        let (ours, residual) = (&one["ours"]["value"], &one["residual"]["value"]);
        if let Some(ours) = ours.as_f64() {
            assert!((ours - number(&one["venue"]) - number(residual)).abs() < 1e-5, "{one}");
            let within = number(residual).abs() <= number(&one["tolerance"]);
            assert_eq!(one["class"] == "none", within, "{one}");
        } else {
            assert!(one["ours"]["withheld"].is_string(), "{one}");
            assert_ne!(one["class"], "none");
        }
    }
    if is_full {
        // What was realised is told alike by the totals and by the end of the series, and it is what the venue says.
        let realised = number(&pnl["totals"]["realized"]["value"]);
        let ledger = pnl["series"][0]["points"].as_array().unwrap().last().unwrap();
        assert!((number(&ledger["realized"]) - realised).abs() < 1e-5, "{ledger} {realised}");
        let classes = || reconciled.iter().map(|one| &one["class"]);
        assert!(classes().all(|class| class != "unclassified"), "{reconciled:?}");
    }
    let metrics = bench.wallet(address, "metrics").await["data"]["metrics"].clone();
    assert_eq!(metrics["totals"], pnl["totals"]);
    if is_full {
        let settled = metrics["settled"]["value"].as_array().unwrap();
        assert_eq!(metrics["all_time"]["value"]["events"], settled.len());
        assert!(settled.iter().all(|one| one["market"]["title"].is_string()));
        let by_one = settled.iter().map(|one| number(&one["profit_usdc"])).sum::<f64>();
        let together = number(&metrics["all_time"]["value"]["profit_usdc"]);
        assert!((by_one - together).abs() < 1e-4, "{by_one} {together}");
    }
    let exposure = bench.wallet(address, "exposure").await;
    for one in rows(&exposure) {
        assert!(one["market"]["title"].is_string(), "{one}");
        assert!(number(&one["worst_payoff_usdc"]) <= number(&one["best_payoff_usdc"]), "{one}");
    }
    let last_day = bench.wallet(address, "pnl?range=1d").await["data"].clone();
    let count = |view: &Value| view["series"][1]["points"].as_array().unwrap().len();
    assert!(count(&last_day) <= count(&pnl));
}
