//! `/v2/resolutions` at every stage of a market's life.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::support::present;
use crate::{data, rows, start, text};

/// Every market with its resolution.
async fn resolutions(lab: &crate::Running) -> Vec<(Value, Value)> {
    let mut markets = lab.enumerate("markets", "&closed=true").await;
    markets.extend(lab.enumerate("markets", "&closed=false").await);
    let mut all = Vec::new();
    for some in markets.chunks(20) {
        let ids: Vec<String> = some.iter().map(|market| text(market, "conditionId")).collect();
        let found = data(lab, &format!("/resolutions?condition={}", ids.join(","))).await;
        let order: Vec<String> = rows(&found).iter().map(|row| text(row, "condition_id")).collect();
        assert!(order.is_sorted());
        let by_id: BTreeMap<String, &Value> =
            rows(&found).iter().map(|row| (text(row, "condition_id"), row)).collect();
        all.extend(some.iter().zip(&ids).map(|(market, id)| (market.clone(), by_id[id].clone())));
    }
    all
}

#[tokio::test]
async fn every_market_is_at_the_stage_that_gamma_says() {
    let lab = start(81).await;
    let mut stages: BTreeMap<String, usize> = BTreeMap::new();
    for (market, resolution) in resolutions(&lab).await {
        let status = text(&resolution, "status");
        let expected: &[&str] = match market["umaResolutionStatus"].as_str() {
            Some("resolved") => &["resolved"],
            Some("proposed") => &["proposed"],
            Some("disputed") => &["challenged", "disputed"],
            _ if market["closed"] == true => &["resolved"],
            _ => &["posed", "active"],
        };
        assert!(expected.contains(&status.as_str()), "{status} of {market}");
        if status == "resolved" {
            assert_resolved(&market, &resolution);
        } else {
            assert!(resolution.get("payouts").is_none());
        }
        if let Some(time) = resolution["expected_settlement_time"].as_str() {
            let time: DateTime<Utc> = time.parse().unwrap();
            assert!(time > present(), "an estimate of the past");
            assert!(resolution["settlement_time_basis"].is_string());
        }
        *stages.entry(status).or_default() += 1;
    }
    for stage in ["resolved", "posed", "active"] {
        assert!(stages.contains_key(stage), "no {stage} among {stages:?}");
    }
    lab.stop().await;
}

fn assert_resolved(market: &Value, resolution: &Value) {
    let prices: Vec<String> = serde_json::from_str(&text(market, "outcomePrices")).unwrap();
    let payouts: Vec<f64> =
        rows(&resolution["payouts"]).iter().map(|p| p.as_f64().unwrap() / 1e6).collect();
    let prices: Vec<f64> = prices.iter().map(|price| price.parse().unwrap()).collect();
    assert_eq!(payouts, prices);
    let source = text(resolution, "resolution_source");
    assert!(["reported", "derived"].contains(&source.as_str()));
    if source == "derived" {
        assert!(market["negRisk"] == true && payouts[0] == 0.0);
    }
    assert_eq!(resolution["resolved_at"], resolution["last_update_timestamp"]);
    assert!(resolution["resolved_block"].as_i64().unwrap() > 0);
}

#[tokio::test]
async fn proposals_and_disputes_are_seen_as_the_world_goes_on() {
    let lab = start(82).await;
    let mut stages: BTreeMap<String, Value> = BTreeMap::new();
    for hours in 0..48 {
        let now = present() + chrono::TimeDelta::hours(6 * hours);
        lab.lab.with_world(|world| world.advance(now));
        for status in ["proposed", "disputed"] {
            let path = format!("/gamma/markets/keyset?limit=100&uma_resolution_status={status}");
            let page = lab.json(&path).await;
            for market in rows(&page["markets"]) {
                let path = format!("/resolutions?condition={}", text(market, "conditionId"));
                let row = data(&lab, &path).await[0].take();
                stages.entry(text(&row, "status")).or_insert(row);
            }
        }
        if stages.contains_key("proposed") && stages.contains_key("disputed") {
            break;
        }
    }
    let proposed = &stages["proposed"];
    assert_eq!((&proposed["was_disputed"], &proposed["price"]), (&false.into(), &"69".into()));
    assert_ne!(proposed["proposed_price"], "69");
    assert!(text(proposed, "last_update_timestamp").parse::<i64>().is_ok());
    let disputed = &stages["disputed"];
    assert_eq!(disputed["was_disputed"], true);
    assert_ne!(disputed["reproposed_price"], "69");
    // The same question by its own id has no condition.
    let question = text(disputed, "question_id");
    let by_question = data(&lab, &format!("/resolutions?question_id={question}")).await;
    assert_eq!(rows(&by_question).len(), 1);
    assert!(by_question[0].get("condition_id").is_none());
    assert_eq!(by_question[0]["proposed_price"], disputed["proposed_price"]);
    lab.stop().await;
}
