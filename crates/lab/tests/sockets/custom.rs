//! Messages that only clients with the custom features get, and changes of the tick.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::client::{Client, custom_handshake, handshake, micros, text};
use crate::support::Running;
use crate::{after, busiest_tokens, start, tokens_of};

const CUSTOM: [&str; 3] = ["best_bid_ask", "new_market", "market_resolved"];

fn of_kind<'a>(messages: impl IntoIterator<Item = &'a Value>, kind: &str) -> Vec<&'a Value> {
    messages.into_iter().filter(|message| message["event_type"] == kind).collect()
}

#[tokio::test]
async fn custom_features_have_to_be_asked_for() {
    let running = start(1, 20.0).await;
    let tokens = busiest_tokens(&running, 20).await;
    let mut plain = Client::watch(&running, handshake(&tokens)).await;
    let mut custom = Client::watch(&running, custom_handshake(&tokens)).await;
    plain.messages().await;
    custom.messages().await;
    running.lab.with_world(|world| world.advance(world.now() + TimeDelta::minutes(16)));
    let (plain_got, custom_got) = (plain.messages().await, custom.messages().await);
    let is_custom = |message: &Value| CUSTOM.contains(&text(message, "event_type"));
    assert!(!plain_got.iter().any(is_custom));
    assert!(custom_got.iter().any(is_custom));
    let rest: Vec<&Value> = custom_got.iter().filter(|message| !is_custom(message)).collect();
    assert_eq!(rest, plain_got.iter().collect::<Vec<_>>(), "everything else is the same");
    // Later on the same connection.
    let ask = json!({ "operation": "subscribe", "assets_ids": [], "custom_feature_enabled": true });
    plain.say(&ask.to_string()).await;
    plain.messages().await;
    running.lab.with_world(|world| world.advance(world.now() + TimeDelta::minutes(16)));
    assert!(plain.messages().await.iter().any(is_custom));
    running.stop().await;
}

#[tokio::test]
async fn best_prices_are_told_when_they_change() {
    let running = start(2, 20.0).await;
    let tokens = busiest_tokens(&running, 20).await;
    let mut client = Client::watch(&running, custom_handshake(&tokens)).await;
    let mut best: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut told = 0;
    for _ in 0..4 {
        for message in client.messages().await {
            match text(&message, "event_type") {
                "price_change" => {
                    for change in message["price_changes"].as_array().expect("changes") {
                        let now = (text(change, "best_bid"), text(change, "best_ask"));
                        let now = (now.0.to_owned(), now.1.to_owned());
                        best.insert(text(change, "asset_id").to_owned(), now);
                    }
                }
                "best_bid_ask" => {
                    let (bid, ask) = (text(&message, "best_bid"), text(&message, "best_ask"));
                    assert_eq!(best[text(&message, "asset_id")], (bid.to_owned(), ask.to_owned()));
                    assert_eq!(micros(text(&message, "spread")), micros(ask) - micros(bid));
                    told += 1;
                }
                _ => {}
            }
        }
        running.lab.with_world(|world| world.advance(world.now() + TimeDelta::minutes(2)));
    }
    assert!(told > 50, "{told} changes of best prices");
    running.stop().await;
}

#[tokio::test]
async fn markets_are_announced_to_everybody_and_their_end_to_those_who_watch() {
    let running = start(3, 1.0).await;
    let mut world_wide = Client::watch(&running, custom_handshake(&[])).await;
    world_wide.messages().await;
    let messages = after(&running, TimeDelta::minutes(16), &mut world_wide).await;
    let opened = of_kind(&messages, "new_market");
    assert!(opened.len() > 3, "{} markets", opened.len());
    let window = opened.iter().find(|market| text(market, "question").contains("Up or Down"));
    let window = *window.expect("a window of a quarter of an hour");
    let id = text(window, "id");
    let row = running.json(&format!("/gamma/markets/{id}")).await;
    assert_eq!(window["question"], row["question"]);
    assert_eq!(window["market"], row["conditionId"]);
    assert_eq!(window["condition_id"], row["conditionId"]);
    assert_eq!(window["slug"], row["slug"]);
    assert_eq!(window["description"], row["description"]);
    assert_eq!(window["assets_ids"], json!(tokens_of(&row)));
    assert_eq!(window["clob_token_ids"], window["assets_ids"]);
    assert_eq!(window["event_message"]["id"], row["events"][0]["id"]);
    assert_eq!(window["fee_schedule"]["rate"], "0.07");

    let tokens = tokens_of(&row);
    let mut watcher = Client::watch(&running, custom_handshake(&tokens[..1])).await;
    watcher.messages().await;
    let mut resolved = Vec::new();
    for _ in 0..30 {
        let messages = after(&running, TimeDelta::minutes(5), &mut watcher).await;
        resolved.extend(of_kind(&messages, "market_resolved").into_iter().cloned());
        if !resolved.is_empty() {
            break;
        }
    }
    let [end] = resolved.as_slice() else { panic!("one resolution, not {resolved:?}") };
    assert_eq!(text(end, "id"), id);
    let row = running.json(&format!("/gamma/markets/{id}")).await;
    assert_eq!(row["closed"], true);
    let prices: Vec<String> =
        serde_json::from_str(row["outcomePrices"].as_str().expect("prices")).expect("two");
    let winner = prices.iter().position(|price| price == "1").expect("a winner");
    assert_eq!(text(end, "winning_asset_id"), tokens[winner]);
    assert_eq!(text(end, "winning_outcome"), ["Up", "Down"][winner]);
    // Those who do not watch it hear of openings, not of this.
    let everywhere = world_wide.messages().await;
    assert!(of_kind(&everywhere, "market_resolved").is_empty());
    running.stop().await;
}

/// Tokens of markets with the coarse tick whose outcome is known soon, but not at once.
async fn coarse_and_ending(running: &Running) -> Vec<String> {
    let rows = running.json("/gamma/markets?order=endDate&ascending=true&limit=100").await;
    let rows = rows.as_array().expect("rows").iter();
    let coarse = rows.filter(|row| {
        row["acceptingOrders"] == true
            && row["orderPriceMinTickSize"] == json!(0.01)
            && !text(row, "question").contains("Up or Down")
    });
    coarse.take(30).flat_map(tokens_of).collect()
}

#[tokio::test]
async fn a_finer_tick_is_told_for_both_tokens() {
    let running = start(4, 1.0).await;
    let tokens = coarse_and_ending(&running).await;
    assert!(tokens.len() > 20, "{} tokens", tokens.len());
    let mut client = Client::watch(&running, handshake(&tokens)).await;
    client.messages().await;
    for _ in 0..100 {
        let messages = after(&running, TimeDelta::minutes(30), &mut client).await;
        let changes = of_kind(&messages, "tick_size_change");
        let Some(first) = changes.first() else { continue };
        assert_eq!((text(first, "old_tick_size"), text(first, "new_tick_size")), ("0.01", "0.001"));
        let of_market = changes.iter().filter(|change| change["market"] == first["market"]);
        let of_market: Vec<String> =
            of_market.map(|change| text(change, "asset_id").to_owned()).collect();
        assert_eq!(of_market.len(), 2, "both tokens of {}", first["market"]);
        for token in &of_market {
            let book = running.json(&format!("/clob/book?token_id={token}")).await;
            assert_eq!(book["tick_size"], "0.001");
        }
        running.stop().await;
        return;
    }
    panic!("no tick changed in two days");
}
