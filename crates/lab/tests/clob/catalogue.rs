//! The catalogue of the order book host.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::{Value, json};

use crate::support::recorded_dir;
use crate::{markets, running, token_ids};

#[tokio::test]
async fn the_catalogue_agrees_with_gamma() {
    let running = running(2).await;
    let mut gamma = running.enumerate("markets", "").await;
    gamma.extend(running.enumerate("markets", "&closed=true").await);
    let rows = markets(&running).await;
    // Gamma lists no placeholders, but shows one that is named.
    let listed: BTreeSet<String> =
        gamma.iter().map(|row| row["slug"].as_str().unwrap().to_owned()).collect();
    for row in rows.iter().filter(|row| !listed.contains(row["market_slug"].as_str().unwrap())) {
        let slug = row["market_slug"].as_str().unwrap();
        let placeholder = running.json(&format!("/gamma/markets/slug/{slug}")).await;
        assert_eq!(placeholder["active"], false, "{slug}");
        gamma.push(placeholder);
    }
    let gamma: BTreeMap<&str, &Value> =
        gamma.iter().map(|row| (row["conditionId"].as_str().unwrap(), row)).collect();
    assert_eq!(rows.len(), gamma.len());
    let (mut rewarded, mut games, mut grouped) = (0, 0, 0);
    for row in &rows {
        let condition_id = row["condition_id"].as_str().unwrap();
        let other = gamma[condition_id];
        let pairs = [
            ("question", "question"),
            ("description", "description"),
            ("market_slug", "slug"),
            ("question_id", "questionID"),
            ("end_date_iso", "endDate"),
            ("closed", "closed"),
            ("accepting_orders", "acceptingOrders"),
            ("minimum_order_size", "orderMinSize"),
            ("minimum_tick_size", "orderPriceMinTickSize"),
            ("neg_risk", "negRisk"),
        ];
        for (here, there) in pairs {
            assert_eq!(row[here], other[there], "{here} of {condition_id}");
        }
        let list = |member: &str| -> Value {
            serde_json::from_str(other[member].as_str().unwrap()).unwrap()
        };
        assert_eq!(json!(token_ids(row)), list("clobTokenIds"));
        assert_eq!(
            json!([row["tokens"][0]["outcome"], row["tokens"][1]["outcome"]]),
            list("outcomes")
        );
        let prices = [0, 1].map(|index| row["tokens"][index]["price"].to_string());
        assert_eq!(json!(prices), list("outcomePrices"));
        let group = other["negRiskMarketID"].as_str().unwrap_or_default();
        assert_eq!(row["neg_risk_market_id"], group);
        let rate = &row["rewards"]["rates"][0]["rewards_daily_rate"];
        assert_eq!(rate, &other["clobRewards"][0]["rewardsDailyRate"], "{condition_id}");
        let asset = &row["rewards"]["rates"][0]["asset_address"];
        assert_eq!(asset, &other["clobRewards"][0]["assetAddress"]);
        assert_eq!(row["rewards"]["min_size"], other["rewardsMinSize"]);
        rewarded += usize::from(!rate.is_null());
        games += usize::from(!row["game_start_time"].is_null());
        grouped += usize::from(!group.is_empty());

        let compact = running.json(&format!("/clob/clob-markets/{condition_id}")).await;
        assert_eq!(compact["mts"], row["minimum_tick_size"]);
        assert_eq!(compact["gst"], row["game_start_time"]);
        assert_eq!(compact["nr"] == true, row["neg_risk"] == true);
        assert_eq!(compact["fd"]["r"], other["feeSchedule"]["rate"]);
        assert_eq!(compact["tbf"].as_u64().unwrap_or(0), row["taker_base_fee"]);
        assert_eq!(compact["r"]["mi"], if rate.is_null() { Value::Null } else { json!(50) });
    }
    assert!(rewarded > 0 && games > 0 && grouped > 0, "{rewarded} {games} {grouped}");
    running.stop().await;
}

#[tokio::test]
async fn markets_are_found_by_condition_and_by_token() {
    let running = running(2).await;
    let rows = markets(&running).await;
    let mut first_is_primary = BTreeSet::new();
    for row in rows.iter().step_by(9) {
        let condition_id = row["condition_id"].as_str().unwrap();
        assert_eq!(&running.json(&format!("/clob/markets/{condition_id}")).await, row);
        let tokens = token_ids(row);
        let found = running.json(&format!("/clob/markets-by-token/{}", tokens[1])).await;
        assert_eq!(found, running.json(&format!("/clob/markets-by-token/{}", tokens[0])).await);
        assert_eq!(found["condition_id"], row["condition_id"]);
        let named =
            ["primary_token_id", "secondary_token_id"].map(|name| found[name].as_str().unwrap());
        assert_eq!(BTreeSet::from(named), BTreeSet::from(tokens));
        first_is_primary.insert(named[0] == tokens[0]);
        let fee = running.json(&format!("/clob/fee-rate?token_id={}", tokens[0])).await;
        assert_eq!(fee["base_fee"], row["taker_base_fee"]);
    }
    assert_eq!(first_is_primary.len(), 2, "the primary token is either");
    running.stop().await;
}

#[tokio::test]
async fn lists_are_cut_by_cursors() {
    let running = running(2).await;
    let all = markets(&running).await;
    // base64 of 150
    let later = running.json("/clob/markets?next_cursor=MTUw").await;
    assert_eq!(later["data"].as_array().unwrap()[..], all[150..]);
    assert_eq!((&later["limit"], &later["count"]), (&json!(1_000), &json!(all.len() - 150)));
    let beyond = running.get("/clob/markets?next_cursor=OTk5OTk=").await.text().await.unwrap();
    assert_eq!(beyond, r#"{"data":[],"next_cursor":"LTE=","limit":1000,"count":0}"#);

    let condition_ids = |rows: &[Value]| -> Vec<Value> {
        rows.iter().map(|row| row["condition_id"].clone()).collect()
    };
    let simplified = running.json("/clob/simplified-markets?next_cursor=MA==").await;
    assert_eq!(condition_ids(simplified["data"].as_array().unwrap()), condition_ids(&all));
    let sampled: Vec<Value> = all
        .into_iter()
        .filter(|row| row["accepting_orders"] == true && !row["rewards"]["rates"].is_null())
        .collect();
    assert!(!sampled.is_empty());
    let sampling = running.json("/clob/sampling-markets?next_cursor=").await;
    assert_eq!(sampling["data"].as_array().unwrap(), &sampled);
    let both = running.json("/clob/sampling-simplified-markets").await;
    assert_eq!(condition_ids(both["data"].as_array().unwrap()), condition_ids(&sampled));
    for (row, long) in both["data"].as_array().unwrap().iter().zip(&sampled) {
        for (key, value) in row.as_object().unwrap() {
            assert_eq!(value, &long[key], "{key}");
        }
    }
    running.stop().await;
}

/// Member names of an object in the order they come.
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Vec<String>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, IgnoredAny)) = map.next_entry()? {
                    keys.push(key);
                }
                Ok(keys)
            }
        }

        deserializer.deserialize_map(InOrder).map(Keys)
    }
}

fn keys(text: &str) -> Vec<String> {
    serde_json::from_str::<Keys>(text).unwrap().0
}

#[tokio::test]
async fn members_come_in_the_recorded_order() {
    let recorded = recorded_dir().join("one-market-2026-10");
    if !recorded.is_dir() {
        eprintln!("SKIPPED: no recorded data at {}", recorded.display());
        return;
    }
    let running = running(1).await;
    let rows = markets(&running).await;
    let market = rows.iter().find(|row| row["accepting_orders"] == true).unwrap();
    let (condition_id, [token, _]) = (market["condition_id"].as_str().unwrap(), token_ids(market));
    let paths = [
        ("book.json", format!("/clob/book?token_id={token}")),
        ("market.json", format!("/clob/markets/{condition_id}")),
        ("markets_by_token.json", format!("/clob/markets-by-token/{token}")),
        ("prices_history.json", format!("/clob/prices-history?market={token}&interval=1d")),
    ];
    for (file, path) in paths {
        let expected = std::fs::read_to_string(recorded.join(file)).unwrap();
        let told = running.get(&path).await.text().await.unwrap();
        assert_eq!(keys(&told), keys(&expected), "{path}");
    }
    let compact = running.get(&format!("/clob/clob-markets/{condition_id}")).await;
    let documented = [
        "gst", "r", "t", "c", "sd", "mos", "mts", "mbf", "tbf", "ao", "nr", "cbos", "aot", "ibce",
        "fd", "v",
    ];
    let told = keys(&compact.text().await.unwrap());
    let places: Vec<_> =
        told.iter().map(|key| documented.iter().position(|it| it == key)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{told:?}");
    running.stop().await;
}
