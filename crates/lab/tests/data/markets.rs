//! What `/v2` says of markets: holders, open interest, volume, tokens, prices.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::present;
use crate::{CUT, assert_near, conditions, data, number, rows, start, text, walk};

const DAY_S: i64 = 86_400;

#[tokio::test]
async fn holders_of_both_kinds_page_to_the_end() {
    let lab = start(71).await;
    for condition in conditions(&lab, false, 5).await {
        let gross = holders(&lab, &format!("condition={condition}&include_pnl=true")).await;
        let netted = holders(&lab, &format!("condition={condition}")).await;
        let paged = holders(&lab, &format!("condition={condition}&limit=3")).await;
        assert_eq!(netted, paged);
        for (token, rows) in &gross {
            let amounts: Vec<f64> = rows.iter().map(|row| number(row, "amount")).collect();
            assert!(amounts.is_sorted_by(|more, less| more >= less));
            for row in rows {
                assert_eq!(row["token_id"], **token);
                let unrealized = number(row, "current_value") - number(row, "entry_cost_usdc");
                assert_near(number(row, "unrealized_pnl"), unrealized, CUT);
                let total = number(row, "realized_pnl") + number(row, "unrealized_pnl");
                assert_near(number(row, "total_pnl"), total, CUT);
            }
        }
        // Netting takes the same off both sides.
        let sums = |groups: &BTreeMap<String, Vec<Value>>| {
            let sum = |rows: &Vec<Value>| rows.iter().map(|row| number(row, "amount")).sum::<f64>();
            groups.values().map(sum).collect::<Vec<f64>>()
        };
        let ([a, b], [c, d]) =
            (sums(&gross)[..].try_into().unwrap(), sums(&netted)[..].try_into().unwrap());
        let [a, b, c, d]: [f64; 4] = [a, b, c, d];
        assert_near(a - b, c - d, 1e-3);
        assert!(c <= a);
        for row in netted.values().flatten() {
            assert!(row.get("avg_price").is_none(), "only on request");
            let hidden = row["display_username_public"] == false;
            assert_eq!(hidden, text(row, "name").is_empty());
        }
        // What is held is worth the open interest.
        let held: f64 = gross.values().flatten().map(|row| number(row, "current_value")).sum();
        let interest = data(&lab, &format!("/oi?condition={condition}")).await;
        assert_eq!(interest[0]["condition_id"], *condition);
        assert_near(number(&interest[0], "value"), held, CUT * 200.0);
        let least = holders(&lab, &format!("condition={condition}&min_balance=50")).await;
        assert!(least.values().flatten().all(|row| number(row, "amount") >= 50.0));
    }
    lab.stop().await;
}

/// The holders of every page, by token.
async fn holders(lab: &crate::Running, query: &str) -> BTreeMap<String, Vec<Value>> {
    let mut groups: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let page = lab.json(&format!("/data/v2/holders?{query}{cursor}")).await;
        for group in rows(&page["data"]) {
            assert!(!rows(&group["holders"]).is_empty(), "a token without more leaves");
            let all = groups.entry(text(group, "token_id")).or_default();
            all.extend_from_slice(rows(&group["holders"]));
        }
        match page["pagination"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return groups,
        }
    }
}

#[tokio::test]
async fn interest_and_volume_add_up() {
    let lab = start(72).await;
    // Placeholders are in no listing of markets, but in their events.
    let events = lab.enumerate("events", "").await;
    let markets = events.iter().flat_map(|event| rows(&event["markets"]));
    let ids: Vec<String> = markets.map(|market| text(market, "conditionId")).collect();
    let mut sum = 0.0;
    for some in ids.chunks(20) {
        let interests = data(&lab, &format!("/oi?condition={}", some.join(","))).await;
        assert_eq!(rows(&interests).len(), some.len());
        sum += rows(&interests).iter().map(|row| number(row, "value")).sum::<f64>();
    }
    let global = data(&lab, "/oi").await;
    assert_eq!(global[0]["condition_id"], "GLOBAL");
    assert_near(number(&global[0], "value"), sum, 0.01);

    let page = lab.json("/gamma/events/keyset?limit=5&order=volume&ascending=false").await;
    for event in rows(&page["events"]) {
        let id = text(event, "id");
        let volume = data(&lab, &format!("/live-volume?event_id={id},x")).await;
        let conditions = rows(&volume["conditions"]);
        assert_eq!(conditions.len(), rows(&event["markets"]).len());
        let volumes: Vec<f64> = conditions.iter().map(|row| number(row, "taker_volume")).collect();
        assert!(volumes.is_sorted_by(|more, less| more >= less));
        assert_near(number(&volume, "taker_volume_total"), volumes.iter().sum(), 1e-3);
        let path = format!("/trades?limit=1000&event_id={id}&filter_amount=0.000001");
        let traded: f64 = walk(&lab, &path).await.iter().map(|row| number(row, "size")).sum();
        assert_near(number(&volume, "taker_volume_total"), traded, 1e-3);
    }
    let nothing = data(&lab, "/live-volume?event_id=7").await;
    assert_eq!(nothing, serde_json::json!({ "taker_volume_total": 0.0, "conditions": [] }));
    lab.stop().await;
}

#[tokio::test]
async fn tokens_say_what_they_paid() {
    let lab = start(73).await;
    for closed in [true, false] {
        let page = lab
            .json(&format!("/gamma/markets/keyset?limit=20&closed={closed}&order=volumeNum"))
            .await;
        for market in rows(&page["markets"]) {
            let id = text(market, "conditionId");
            let tokens = data(&lab, &format!("/tokens?condition={id}")).await;
            let ids: Vec<String> = serde_json::from_str(&text(market, "clobTokenIds")).unwrap();
            let prices: Vec<String> = serde_json::from_str(&text(market, "outcomePrices")).unwrap();
            assert_eq!(rows(&tokens).len(), 2);
            for (index, token) in rows(&tokens).iter().enumerate() {
                assert_eq!(text(token, "token_id"), ids[index]);
                assert_eq!(text(token, "opposite_token_id"), ids[1 - index]);
                assert_eq!(token["outcome_index"], index);
                assert_eq!(
                    (&token["resolved"], &token["closed"]),
                    (&closed.into(), &closed.into())
                );
                assert_eq!(token["neg_risk"], market["negRisk"]);
                if closed {
                    let paid: f64 = prices[index].parse().unwrap();
                    assert_eq!(number(token, "final_price"), paid);
                } else {
                    assert!(token["final_price"].is_null());
                }
            }
        }
    }
    lab.stop().await;
}

#[tokio::test]
async fn histories_page_and_end_as_they_should() {
    let lab = start(74).await;
    let now_s = present().timestamp();
    for closed in [false, true] {
        let page = lab
            .json(&format!(
                "/gamma/markets/keyset?limit=10&closed={closed}&order=volumeNum&ascending=false"
            ))
            .await;
        for market in rows(&page["markets"]) {
            let tokens: Vec<String> = serde_json::from_str(&text(market, "clobTokenIds")).unwrap();
            let prices: Vec<String> = serde_json::from_str(&text(market, "outcomePrices")).unwrap();
            let start_s = now_s - 14 * DAY_S;
            for (token, price) in tokens.iter().zip(&prices) {
                let path = format!(
                    "/prices-history?token_id={token}&start={start_s}&end={}&bucket_seconds=3600",
                    now_s + 1
                );
                let whole = walk(&lab, &path).await;
                let parts = walk(&lab, &format!("{path}&limit=50")).await;
                assert_eq!(whole, parts, "{path}");
                let Some(last) = whole.last() else { continue };
                assert_eq!(last["resolution_seconds"], 0);
                assert_eq!(number(last, "price"), price.parse::<f64>().unwrap(), "{market}");
                let times: Vec<i64> =
                    whole.iter().map(|p| p["timestamp"].as_i64().unwrap()).collect();
                assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
                assert!(times[0] > start_s - 3_600);
                for point in &whole {
                    let width = point["resolution_seconds"].as_i64().unwrap();
                    assert!(width == 0 || point["timestamp"].as_i64().unwrap() % width == 0);
                }
                let complement = format!(
                    "/prices-history?token_id={}&as_of={}",
                    tokens.iter().find(|other| *other != token).unwrap(),
                    now_s
                );
                let seen = data(&lab, &complement).await;
                assert_eq!(rows(&seen).len(), 1);
                assert_near(number(&seen[0], "price") + number(last, "price"), 1.0, 1e-9);
            }
        }
    }
    lab.stop().await;
}

#[tokio::test]
async fn every_preset_answers() {
    let lab = start(75).await;
    let page = lab.json("/gamma/markets/keyset?limit=1&closed=false&order=volumeNum").await;
    let tokens: Vec<String> =
        serde_json::from_str(&text(&page["markets"][0], "clobTokenIds")).unwrap();
    for (preset, width) in [
        ("max", 43_200),
        ("all", 43_200),
        ("1m", 1_800),
        ("1w", 300),
        ("1d", 60),
        ("6h", 60),
        ("1h", 60),
    ] {
        let path = format!("/prices-history?token_id={}&interval={preset}", tokens[0]);
        let points = data(&lab, &path).await;
        let first = &rows(&points)[0];
        assert_eq!(first["resolution_seconds"], width, "{preset}");
        assert_eq!(rows(&points).last().unwrap()["resolution_seconds"], 0);
    }
    // A walk may go on in another form of the window.
    let path = format!("/data/v2/prices-history?token_id={}&interval=1h&limit=5", tokens[0]);
    let page = lab.json(&path).await;
    let cursor = text(&page["pagination"], "next_cursor");
    let start_s = present().timestamp() - DAY_S;
    let path = format!("/prices-history?token_id={}&start={start_s}&cursor={cursor}", tokens[0]);
    let rest = walk_from(&lab, &path, 5).await;
    assert_eq!(rest[0]["resolution_seconds"], 60, "the width stays");
    assert!(data(&lab, "/prices-history?token_id=7&interval=1h").await == Value::Array(vec![]));
    lab.stop().await;
}

/// One page that begins behind `seen` rows.
async fn walk_from(lab: &crate::Running, path: &str, seen: u64) -> Vec<Value> {
    let page = lab.json(&format!("/data/v2{path}")).await;
    assert_eq!(
        (&page["pagination"]["offset"], &page["pagination"]["limit"]),
        (&seen.into(), &5.into())
    );
    rows(&page["data"]).to_vec()
}
