//! RTDS: trades with their wallets.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::client::{Client, text};
use crate::start;
use crate::support::Running;

const MEMBERS: [&str; 18] = [
    "asset",
    "bio",
    "conditionId",
    "eventSlug",
    "icon",
    "name",
    "outcome",
    "outcomeIndex",
    "price",
    "profileImage",
    "proxyWallet",
    "pseudonym",
    "side",
    "size",
    "slug",
    "timestamp",
    "title",
    "transactionHash",
];

fn subscribe(subscriptions: &Value) -> String {
    json!({ "action": "subscribe", "subscriptions": subscriptions }).to_string()
}

async fn connect(running: &Running, subscriptions: Value) -> Client {
    let mut client = Client::connect(running, "/rtds").await;
    client.say(&subscribe(&subscriptions)).await;
    assert_eq!(client.caught_up().await, Vec::<String>::new(), "not acknowledged");
    client
}

fn advance(running: &Running) {
    running.lab.with_world(|world| world.advance(world.now() + TimeDelta::minutes(10)));
}

#[tokio::test]
async fn every_taker_is_told_once_with_wallet_and_price_paid() {
    let running = start(1, 50.0).await;
    let mut client =
        connect(&running, json!([{ "topic": "activity", "type": "orders_matched" }])).await;
    advance(&running);
    let messages = client.messages().await;
    assert!(messages.len() > 20, "{} trades", messages.len());
    let mut transactions = BTreeSet::new();
    for message in &messages {
        assert_eq!((text(message, "topic"), text(message, "type")), ("activity", "orders_matched"));
        let payload = &message["payload"];
        let members: Vec<&String> = payload.as_object().expect("an object").keys().collect();
        assert_eq!(members, MEMBERS);
        assert_eq!(
            message["timestamp"].as_i64().map(|ms| ms / 1_000),
            payload["timestamp"].as_i64()
        );
        assert!(transactions.insert(text(payload, "transactionHash").to_owned()), "told twice");
        let price = payload["price"].as_f64().expect("a number");
        assert!(price > 0.0 && price < 1.0 && payload["size"].as_f64().expect("a number") > 0.0);
        let wallet =
            running.json(&format!("/lab/truth/wallets/{}", text(payload, "proxyWallet"))).await;
        assert_eq!(wallet["address"], payload["proxyWallet"]);
    }
    running.stop().await;
}

#[tokio::test]
async fn filters_choose_an_event_or_a_market() {
    let running = start(2, 50.0).await;
    let mut all = connect(&running, json!([{ "topic": "activity", "type": "*" }])).await;
    advance(&running);
    let messages = all.messages().await;
    // Windows of a quarter of an hour are soon over.
    let mut events = messages.iter().map(|message| text(&message["payload"], "eventSlug"));
    let event = events.find(|event| !event.contains("up-or-down")).expect("another event");
    let filters = json!({ "event_slug": event }).to_string();
    let mut one = connect(
        &running,
        json!([{ "topic": "activity", "type": "orders_matched", "filters": filters }]),
    )
    .await;
    let spaced = format!("{{\"event_slug\": \"{event}\"}}");
    let mut none = connect(
        &running,
        json!([{ "topic": "activity", "type": "orders_matched", "filters": spaced }]),
    )
    .await;
    // An event trades now and then.
    for _ in 0..50 {
        advance(&running);
        let wanted: Vec<Value> = all
            .messages()
            .await
            .into_iter()
            .filter(|message| message["payload"]["eventSlug"] == event)
            .map(|message| message["payload"].clone())
            .collect();
        let got: Vec<Value> =
            one.messages().await.iter().map(|message| message["payload"].clone()).collect();
        assert_eq!(got, wanted);
        assert!(none.messages().await.is_empty(), "upstream compares filters as text");
        if !wanted.is_empty() {
            running.stop().await;
            return;
        }
    }
    panic!("{event} did not trade in eight hours");
}

#[tokio::test]
async fn one_bad_subscription_spoils_its_batch_and_trades_are_silent() {
    let running = start(3, 10.0).await;
    let good = json!({ "topic": "activity", "type": "orders_matched" });
    let mut silent = Vec::new();
    for subscriptions in [
        json!([good, { "topic": "weather", "type": "*" }]),
        json!([good, { "topic": "activity", "type": "orders_matched", "filters": {} }]),
        json!([good, { "topic": "activity", "type": "orders_matched", "filters": "event" }]),
        json!([{ "topic": "activity", "type": "trades" }]),
        json!([{ "topic": "comments", "type": "*" }]),
    ] {
        silent.push(connect(&running, subscriptions).await);
    }
    let mut heard =
        connect(&running, json!([good, { "topic": "crypto_prices", "type": "update" }])).await;
    advance(&running);
    for client in &mut silent {
        assert!(client.messages().await.is_empty());
    }
    assert!(!heard.messages().await.is_empty());
    let end = json!({ "action": "unsubscribe", "subscriptions": [good] }).to_string();
    heard.say(&end).await;
    heard.messages().await;
    advance(&running);
    assert!(heard.messages().await.is_empty(), "given up");
    // A spoilt batch leaves the connection as it was.
    silent[0].say(&subscribe(&json!([good]))).await;
    silent[0].messages().await;
    advance(&running);
    assert!(!silent[0].messages().await.is_empty());
    running.stop().await;
}
