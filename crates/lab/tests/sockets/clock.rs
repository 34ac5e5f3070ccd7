//! The lab's clock.

use chrono::{DateTime, TimeDelta, Utc};
use lab::{Lab, World, WorldOptions};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Client, handshake, text};
use crate::support::{Running, present};
use crate::{busiest_tokens, start};

async fn set(running: &Running, wanted: Value) -> (StatusCode, Value) {
    let request = running.client().post(running.url("/lab/clock")).json(&wanted);
    let response = request.send().await.expect("an answer");
    (response.status(), response.json().await.expect("a body"))
}

#[tokio::test]
async fn a_stepped_world_goes_where_it_is_told() {
    let running = start(1, 2.0).await;
    let clock = running.json("/lab/clock").await;
    assert_eq!(clock, json!({ "now": present(), "mode": "stepped", "activity": 2.0 }));
    let (status, clock) = set(&running, json!({ "advance_ms": 1_500 })).await;
    assert_eq!((status, &clock["now"]), (StatusCode::OK, &json!("2026-11-23T00:00:01.500Z")));
    let (status, clock) = set(&running, json!({ "to": "2026-11-23T03:00:00+01:00" })).await;
    assert_eq!((status, &clock["now"]), (StatusCode::OK, &json!("2026-11-23T02:00:00Z")));
    for wrong in [
        json!({ "to": "2026-11-23T01:00:00Z" }),
        json!({ "advance_ms": -5 }),
        json!({ "advance_ms": 5, "to": "2026-11-24T00:00:00Z" }),
        json!({}),
    ] {
        let (status, body) = set(&running, wrong.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert_ne!(text(&body, "error"), "");
    }
    assert_eq!(running.json("/lab/clock").await["now"], "2026-11-23T02:00:00Z");
    running.stop().await;
}

#[tokio::test]
async fn the_answer_comes_after_the_news() {
    let running = start(2, 1.0).await;
    let tokens = busiest_tokens(&running, 20).await;
    let mut client = Client::watch(&running, handshake(&tokens)).await;
    client.messages().await;
    // Long enough to be lived in several parts.
    let (status, clock) = set(&running, json!({ "advance_ms": 150_000 })).await;
    assert_eq!(status, StatusCode::OK);
    let now: DateTime<Utc> = text(&clock, "now").parse().expect("a time");
    let messages = client.messages().await;
    let times = messages.iter().map(|message| text(message, "timestamp").parse().expect("ms"));
    let times: Vec<i64> = times.collect();
    assert!(times.is_sorted(), "in the order it happened");
    let last = times.last().and_then(|&ms| DateTime::from_timestamp_millis(ms)).expect("news");
    assert!(last <= now && last > now - TimeDelta::minutes(1), "{last} for {now}");
    running.stop().await;
}

#[tokio::test]
async fn a_live_world_moves_by_itself_and_only_so() {
    let options = WorldOptions::new(3, Utc::now()).scale(0.02).markets(200).activity(2_000.0);
    let running = Running::start(Lab::world_live(World::generate(&options))).await;
    assert_eq!(running.json("/lab/clock").await["mode"], "live");
    let (status, body) = set(&running, json!({ "advance_ms": 1_000 })).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_ne!(text(&body, "error"), "");
    let tokens = busiest_tokens(&running, 60).await;
    let mut client = Client::watch(&running, handshake(&tokens)).await;
    client.messages().await;
    let moved: Value = serde_json::from_str(&client.hear_text().await).expect("JSON");
    assert!(["price_change", "last_trade_price"].contains(&text(&moved, "event_type")));
    running.stop().await;
}
