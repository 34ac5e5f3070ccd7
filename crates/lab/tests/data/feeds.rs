//! `/v2/trades` and `/v2/activity`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{assert_near, conditions, data, number, rows, start, text, traders, walk};

/// Everything, however small.
const ALL: &str = "limit=1000&filter_amount=0.000001";

#[tokio::test]
async fn every_trade_is_seen_once_whatever_the_page_size() {
    let lab = start(51).await;
    let large = walk(&lab, "/trades?limit=1000&taker_only=false").await;
    let small = walk(&lab, "/trades?limit=333&taker_only=false").await;
    assert!(large.len() > 5_000, "{} rows", large.len());
    assert_eq!(large.len(), small.len());
    assert!(large == small, "the same rows in the same order");
    let times: Vec<i64> = large.iter().map(|row| row["timestamp"].as_i64().unwrap()).collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older));
    lab.stop().await;
}

#[tokio::test]
async fn takers_and_makers_trade_the_same_shares_for_the_same_cash() {
    let lab = start(52).await;
    let mut fills = 0;
    let mut makers_met = 0;
    for condition in lab_conditions(&lab).await {
        let takers = walk(&lab, &format!("/trades?{ALL}&condition={condition}")).await;
        let everyone =
            walk(&lab, &format!("/trades?{ALL}&taker_only=false&condition={condition}")).await;
        fills += everyone.len() - takers.len();
        let takers: BTreeMap<String, &Value> =
            takers.iter().map(|row| (text(row, "transaction_hash"), row)).collect();
        let mut met: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        for row in &everyone {
            let taker = takers[&text(row, "transaction_hash")];
            if *row != *taker {
                met.entry(text(row, "transaction_hash")).or_default().push(row);
            }
        }
        for (hash, makers) in met {
            let taker = takers[&hash];
            let shares: f64 = makers.iter().map(|maker| number(maker, "size")).sum();
            assert_near(number(taker, "size"), shares, 1e-6);
            let cash = |maker: &&Value| {
                let same_token = maker["token_id"] == taker["token_id"];
                assert_eq!(same_token, maker["side"] != taker["side"], "{maker} met {taker}");
                let price = number(maker, "price");
                number(maker, "size") * if same_token { price } else { 1.0 - price }
            };
            let cash: f64 = makers.iter().map(cash).sum();
            // Every fill is rounded to the millionth, and the average price to ten decimals.
            let tolerance = 2e-6 * makers.len() as f64 + 1e-9 * shares;
            assert_near(number(taker, "size") * number(taker, "price"), cash, tolerance);
            makers_met += makers.len();
        }
    }
    assert_eq!(makers_met, fills);
    assert_eq!(lab.lab.with_world(|world| world.fill_count()), Some(fills));
    lab.stop().await;
}

/// Every market of the world.
async fn lab_conditions(lab: &crate::Running) -> Vec<String> {
    let mut markets = lab.enumerate("markets", "&closed=true").await;
    markets.extend(lab.enumerate("markets", "&closed=false").await);
    markets.iter().map(|market| text(market, "conditionId")).collect()
}

#[tokio::test]
async fn feeds_are_narrowed_by_market_event_wallet_side_size_and_time() {
    let lab = start(53).await;
    let event = &lab.json("/gamma/events/keyset?limit=1&order=volume&ascending=false").await;
    let event = &event["events"][0];
    let of_event = walk(&lab, &format!("/trades?limit=500&event_id={}", text(event, "id"))).await;
    let conditions: Vec<String> =
        rows(&event["markets"]).iter().map(|market| text(market, "conditionId")).collect();
    assert!(!of_event.is_empty());
    assert!(of_event.iter().all(|row| conditions.contains(&text(row, "condition_id"))));
    let mut count = 0;
    for some in conditions.chunks(20) {
        let path = format!("/trades?limit=500&condition={}", some.join(","));
        count += walk(&lab, &path).await.len();
    }
    assert_eq!(of_event.len(), count);

    let wallet = &traders(&lab, 1).await[0];
    let of_wallet = async |query: String| {
        let path = format!("/trades?limit=1000&taker_only=false&user={wallet}{query}");
        walk(&lab, &path).await
    };
    let all = of_wallet(String::new()).await;
    assert!(all.iter().all(|row| text(row, "proxy_wallet") == *wallet));
    assert_eq!(of_wallet("&start=1".to_owned()).await.len(), all.len());
    let buys = of_wallet("&side=BUY".to_owned()).await;
    let sells = of_wallet("&side=sell".to_owned()).await;
    assert_eq!(buys.len() + sells.len(), all.len());
    assert!(sells.iter().all(|row| row["side"] == "SELL"));
    let large = of_wallet("&filter_type=CASH&filter_amount=20".to_owned()).await;
    // Prices are rounded, so that what cost 20 USDC may look a little less.
    let worth = |row: &Value| number(row, "size") * number(row, "price");
    assert_eq!(large.len(), all.iter().filter(|row| worth(row) >= 20.0 - 1e-6).count());
    let middle = all[all.len() / 2]["timestamp"].as_i64().unwrap();
    let late = of_wallet(format!("&start={middle}")).await;
    let early = of_wallet(format!("&end={}", middle - 1)).await;
    assert_eq!([late, early].concat(), all);
    let market = text(&all[0], "condition_id");
    let in_market = of_wallet(format!("&condition={market}")).await;
    assert_eq!(in_market.len(), all.iter().filter(|row| row["condition_id"] == *market).count());
    lab.stop().await;
}

#[tokio::test]
async fn some_transactions_are_served_before_they_are_labelled() {
    let lab = start(54).await;
    let trades = walk(&lab, "/trades?limit=1000&taker_only=false").await;
    let mut labelled: BTreeMap<String, bool> = BTreeMap::new();
    let mut unlabelled = 0;
    for row in &trades {
        let is_labelled = row["outcome_index"] != 999;
        assert_eq!(is_labelled, !text(row, "event_slug").is_empty());
        assert!(!text(row, "outcome").is_empty(), "the outcome is named all the same");
        let known = labelled.entry(text(row, "transaction_hash")).or_insert(is_labelled);
        assert_eq!(*known, is_labelled, "of a transaction all rows or none");
        unlabelled += usize::from(!is_labelled);
    }
    let share = unlabelled as f64 / trades.len() as f64;
    assert!((0.08..0.18).contains(&share), "{share}");
    lab.stop().await;
}

#[tokio::test]
async fn activity_goes_both_ways_and_knows_its_types() {
    let lab = start(55).await;
    let mut kinds = BTreeSet::new();
    for wallet in traders(&lab, 20).await {
        let of = async |query: &str| {
            let path = format!("/activity?limit=500&user={wallet}&start=1{query}");
            walk(&lab, &path).await
        };
        let everything = of("&exclude_deposits_withdrawals=false").await;
        let mut oldest_first = of("&exclude_deposits_withdrawals=false&sort_direction=ASC").await;
        oldest_first.reverse();
        assert!(everything == oldest_first, "the same rows the other way round");
        let is_deposit =
            |row: &&Value| matches!(row["type"].as_str(), Some("DEPOSIT" | "WITHDRAWAL"));
        let shown = of("").await;
        assert_eq!(shown.len(), everything.len() - everything.iter().filter(is_deposit).count());
        assert!(of("&type=DEPOSIT").await.is_empty(), "hidden unless asked for");
        assert!(!of("&type=DEPOSIT&exclude_deposits_withdrawals=false").await.is_empty());
        let redeems = of("&type=REDEEM,split").await;
        assert!(redeems.iter().all(|row| row["type"] == "REDEEM" || row["type"] == "SPLIT"));
        assert!(of("&type=TIP").await.is_empty());
        for row in &everything {
            assert_sentinels(row);
            kinds.insert(text(row, "type"));
        }
    }
    for kind in ["TRADE", "SPLIT", "REDEEM", "DEPOSIT"] {
        assert!(kinds.contains(kind), "no {kind} among {kinds:?}");
    }
    lab.stop().await;
}

/// What a row of its type does not have.
fn assert_sentinels(row: &Value) {
    let kind = text(row, "type");
    if kind == "TRADE" {
        assert!(number(row, "price") > 0.0 && !text(row, "token_id").is_empty(), "{row}");
        return;
    }
    assert_eq!(
        (number(row, "price"), &row["side"], &row["outcome_index"]),
        (0.0, &"".into(), &999.into())
    );
    assert_eq!((&row["token_id"], &row["outcome"]), (&"".into(), &"".into()), "{row}");
    let of_market = matches!(kind.as_str(), "SPLIT" | "MERGE" | "REDEEM" | "CONVERSION");
    assert_eq!(of_market, !text(row, "condition_id").is_empty(), "{row}");
    assert_eq!(of_market, !text(row, "title").is_empty(), "{row}");
    if !of_market || matches!(kind.as_str(), "SPLIT" | "MERGE") {
        assert_eq!(row["size"], row["usdc_size"], "{row}");
    }
}

#[tokio::test]
async fn cash_of_a_trade_includes_the_fee_of_its_taker() {
    let lab = start(56).await;
    let mut checked = [0, 0];
    for market in lab.enumerate("markets", "&closed=false").await {
        let Some(rate) = market["feeSchedule"]["rate"].as_f64() else { continue };
        let condition = text(&market, "conditionId");
        let everyone =
            data(&lab, &format!("/trades?{ALL}&taker_only=false&condition={condition}")).await;
        let takers = data(&lab, &format!("/trades?{ALL}&condition={condition}")).await;
        let mut parties: BTreeMap<String, usize> = BTreeMap::new();
        for row in rows(&everyone) {
            *parties.entry(text(row, "transaction_hash")).or_default() += 1;
        }
        // Where there is one maker there is one price, and the fee follows from it.
        let single = |row: &&Value| parties.get(&text(row, "transaction_hash")) == Some(&2);
        for taker in rows(&takers).iter().filter(single).take(3) {
            let (size, price) = (number(taker, "size"), number(taker, "price"));
            let second = taker["timestamp"].as_i64().unwrap();
            let path = format!(
                "/activity?type=TRADE&limit=1000&user={}&condition={condition}&start={second}&end={second}",
                text(taker, "proxy_wallet")
            );
            let acts = data(&lab, &path).await;
            let act =
                rows(&acts).iter().find(|act| act["transaction_hash"] == taker["transaction_hash"]);
            let cash = number(act.unwrap(), "usdc_size");
            let fee = size * rate * price * (1.0 - price);
            let buys = taker["side"] == "BUY";
            assert_near(cash, size * price + if buys { fee } else { -fee }, 5e-6);
            checked[usize::from(buys)] += 1;
        }
    }
    assert!(checked.iter().all(|&count| count > 5), "sells and buys: {checked:?}");
    lab.stop().await;
}

#[tokio::test]
async fn what_was_bought_and_not_sold_is_held() {
    let lab = start(57).await;
    let mut checked = 0;
    for wallet in traders(&lab, 25).await {
        let activity = walk(&lab, &format!("/activity?limit=1000&user={wallet}&start=1")).await;
        // Shares by market and token; handing in and conversions do not say of which token.
        let mut held: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
        let mut pairs: BTreeMap<String, f64> = BTreeMap::new();
        let mut unclear = BTreeSet::new();
        for row in &activity {
            let condition = text(row, "condition_id");
            let size = number(row, "size");
            match (text(row, "type").as_str(), row["side"].as_str()) {
                ("TRADE", Some(side)) => {
                    let signed = if side == "BUY" { size } else { -size };
                    let of_market = held.entry(condition).or_default();
                    *of_market.entry(text(row, "token_id")).or_default() += signed;
                }
                ("SPLIT", _) => *pairs.entry(condition).or_default() += size,
                ("MERGE", _) => *pairs.entry(condition).or_default() -= size,
                ("REDEEM", _) => drop(unclear.insert(condition)),
                ("CONVERSION", _) => drop(unclear.insert(text(row, "event_slug"))),
                _ => {}
            }
        }
        let path = format!("/positions?limit=1000&user={wallet}&filter_amount=0");
        for position in walk(&lab, &path).await {
            let condition = text(&position, "condition_id");
            if unclear.contains(&condition) || unclear.contains(&text(&position, "event_slug")) {
                continue;
            }
            let pairs = pairs.get(&condition).copied().unwrap_or(0.0);
            let of_token = held
                .get(&condition)
                .and_then(|of_market| of_market.get(&text(&position, "token_id")).copied());
            let expected = of_token.unwrap_or(0.0) + pairs;
            assert_near(number(&position, "current_size"), expected, 1e-4);
            checked += 1;
        }
    }
    assert!(checked > 100, "{checked} positions");
    lab.stop().await;
}

#[tokio::test]
async fn nobodys_feeds_are_empty() {
    let lab = start(58).await;
    for path in ["/trades?user=nobody", "/activity?user=0x1234", "/positions?user=nobody"] {
        assert!(walk(&lab, path).await.is_empty(), "{path}");
    }
    let unknown = conditions(&lab, false, 1).await[0].replace(char::is_numeric, "0");
    assert!(walk(&lab, &format!("/trades?condition={unknown}")).await.is_empty());
    assert!(walk(&lab, "/trades?event_id=7").await.is_empty());
    lab.stop().await;
}

#[tokio::test]
async fn worlds_of_one_seed_answer_alike() {
    let (left, right) = (start(59).await, start(59).await);
    let wallet = &traders(&left, 1).await[0];
    let condition = &conditions(&left, false, 1).await[0];
    for path in [
        "/trades?limit=1000&taker_only=false".to_owned(),
        "/leaderboard?limit=1000&time_period=month".to_owned(),
        "/biggest-winners?time_period=all".to_owned(),
        format!("/activity?user={wallet}&limit=1000"),
        format!("/positions?user={wallet}&limit=1000"),
        format!("/user-pnl?user={wallet}&interval=max"),
        format!("/holders?condition={condition}"),
        format!("/resolutions?condition={condition}"),
    ] {
        let path = format!("/data/v2{path}");
        let (one, other) = (left.get(&path).await, right.get(&path).await);
        let (one, other) = (one.bytes().await.unwrap(), other.bytes().await.unwrap());
        assert!(one.len() > 200 && one == other, "{path}");
    }
    left.stop().await;
    right.stop().await;
}
