//! What may be said on the market channel, and what is answered.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Client, custom_handshake, handshake, text};
use crate::support::{Running, recorded};
use crate::{after, busiest_tokens, start};
use lab::Lab;

#[tokio::test]
async fn pings_are_answered_and_subscriptions_are_not() {
    let running = start(1, 1.0).await;
    let tokens = busiest_tokens(&running, 1).await;
    let mut client = Client::connect(&running, "/ws/ws/market").await;
    assert_eq!(client.caught_up().await, Vec::<String>::new(), "before the handshake");
    let unknown = ["71321045679252212594626385532706912750332728571942532289631379312455583992563"];
    client.say(&json!({ "assets_ids": unknown, "type": "market" }).to_string()).await;
    assert_eq!(client.caught_up().await, Vec::<String>::new(), "unknown tokens are passed over");
    let more = json!({ "operation": "subscribe", "assets_ids": tokens });
    client.say(&more.to_string()).await;
    let dump: Vec<Value> = client.messages().await.into();
    assert_eq!(dump.len(), 2);
    client.say(&more.to_string()).await;
    assert_eq!(client.caught_up().await, Vec::<String>::new(), "they are known already");
    running.stop().await;
}

#[tokio::test]
async fn what_is_not_understood_is_refused() {
    let running = start(1, 1.0).await;
    let tokens = busiest_tokens(&running, 1).await;
    let mut client = Client::watch(&running, handshake(&tokens)).await;
    assert_eq!(client.caught_up().await.len(), 1, "the dump");
    let second = handshake(&tokens).to_string();
    for wrong in ["ping", "{}", r#"{"operation":"explain","assets_ids":[]}"#, &second] {
        client.say(wrong).await;
        assert_eq!(client.caught_up().await, ["INVALID OPERATION"], "{wrong}");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_dump_may_be_declined() {
    let running = start(5, 20.0).await;
    let tokens = busiest_tokens(&running, 10).await;
    let mut handshake = handshake(&tokens);
    handshake["initial_dump"] = json!(false);
    handshake["level"] = json!(2);
    let mut client = Client::watch(&running, handshake).await;
    assert_eq!(client.caught_up().await, Vec::<String>::new());
    let messages = after(&running, TimeDelta::minutes(30), &mut client).await;
    assert!(messages.iter().any(|message| message["event_type"] == "price_change"));
    running.stop().await;
}

#[tokio::test]
async fn nothing_comes_of_tokens_given_up() {
    let running = start(5, 20.0).await;
    let tokens = busiest_tokens(&running, 10).await;
    let (kept, given_up) = tokens.split_at(10);
    let mut client = Client::watch(&running, custom_handshake(&tokens)).await;
    client.messages().await;
    client.say(&json!({ "operation": "unsubscribe", "assets_ids": given_up }).to_string()).await;
    assert_eq!(client.caught_up().await, Vec::<String>::new(), "not acknowledged");
    let messages = after(&running, TimeDelta::minutes(30), &mut client).await;
    let tokens_of = |message: &Value| -> Vec<String> {
        match message["price_changes"].as_array() {
            Some(changes) => {
                changes.iter().map(|change| text(change, "asset_id").to_owned()).collect()
            }
            None => message["asset_id"].as_str().map(str::to_owned).into_iter().collect(),
        }
    };
    let told: Vec<String> = messages.iter().flat_map(tokens_of).collect();
    assert!(told.iter().any(|token| kept.contains(token)));
    assert!(!told.iter().any(|token| given_up.contains(token)), "both tokens of a market are gone");
    running.stop().await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off_and_the_world_goes_on() {
    let running = start(6, 60.0).await;
    let tokens = busiest_tokens(&running, 60).await;
    let mut idle = Client::watch(&running, custom_handshake(&tokens)).await;
    let mut reader = Client::watch(&running, custom_handshake(&tokens)).await;
    idle.messages().await;
    // Several times what the server keeps for a client and what the two ends of a connection buffer.
    let mut unread = 0;
    while unread < 40_000_000 {
        running.lab.with_world(|world| world.advance(world.now() + TimeDelta::seconds(20)));
        unread += reader.caught_up().await.iter().map(String::len).sum::<usize>();
    }
    // A client has two seconds to take the code; one that reads later finds the connection gone.
    if let Some(closed) = idle.cut_off().await {
        assert_eq!(closed, (1013, "slow consumer: send buffer full".to_owned()));
    }
    reader.caught_up().await;
    running.stop().await;
}

#[tokio::test]
async fn connections_are_closed_when_the_lab_stops() {
    let running = start(1, 1.0).await;
    let mut client = Client::watch(&running, handshake(&[])).await;
    client.caught_up().await;
    running.stop().await;
    assert_eq!(client.closing().await.0, 1001);
}

#[tokio::test]
async fn recordings_have_no_sockets() {
    let Some(catalogue) = recorded("gamma-2024") else { return };
    let running = Running::start(Lab::replay(catalogue)).await;
    for path in ["/ws/ws/market", "/rtds"] {
        let request = running.client().get(running.url(path));
        let request = request
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        let body: Value = response.json().await.expect("a body");
        assert_eq!(body, json!({ "error": "not recorded" }));
    }
    running.stop().await;
}
