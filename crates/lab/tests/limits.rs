//! Rate limits and the cache in front of Data v2, over HTTP.

mod support;

use chrono::TimeDelta;
use lab::{Enforcement, Lab};
use reqwest::StatusCode;
use serde_json::{Value, json};
use support::{Running, small_world};

const STATUS: &str = "/gamma/status";
const TRADES: &str = "/data/v2/trades?limit=20";

/// A lab that lets one request in a hundred documented ones through.
async fn strict() -> Running {
    let lab = Lab::world(small_world(1));
    lab.limits().set(Enforcement::Factor(0.01)).expect("a positive factor");
    Running::start(lab).await
}

async fn bucket(running: &Running, name: &str) -> Value {
    let report = running.json("/lab/limits").await;
    let rows = report["buckets"].as_array().expect("buckets");
    rows.iter().find(|row| row["bucket"] == name).expect("a bucket").clone()
}

async fn set(running: &Running, enforcement: Value) -> StatusCode {
    let request = running.client().post(running.url("/lab/limits")).json(&enforcement);
    request.send().await.expect("an answer").status()
}

#[tokio::test]
async fn limits_are_as_documented() {
    let running = Running::start(Lab::world(small_world(1))).await;
    assert_eq!(running.json("/lab/limits").await["enforcement"], json!({ "factor": 1.0 }));
    for _ in 0..3 {
        running.json("/gamma/markets?limit=1").await;
    }
    let markets = bucket(&running, "gamma /markets").await;
    assert_eq!((&markets["limit"], &markets["in_window"]), (&json!(300), &json!(3)));
    assert_eq!(bucket(&running, "gamma").await["passed"], 3);
    assert_eq!(bucket(&running, "all hosts").await["limit"], 15_000);
    assert_eq!(bucket(&running, "clob /books").await["in_window"], 0);
    running.stop().await;
}

#[tokio::test]
async fn one_too_many_waits_and_the_next_is_refused() {
    let running = strict().await;
    assert_eq!(running.get(STATUS).await.status(), StatusCode::OK);
    let waiting = tokio::spawn(running.client().get(running.url(STATUS)).send());
    while bucket(&running, "gamma /status").await["waiting"] == 0 {
        tokio::task::yield_now().await;
    }
    let refused = running.get(STATUS).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let retry_after_s: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=20).contains(&retry_after_s), "{retry_after_s}");
    assert_eq!(refused.json::<Value>().await.unwrap()["error"], "rate limit exceeded");
    // Others go on meanwhile.
    assert_eq!(running.get("/gamma/tags?limit=1").await.status(), StatusCode::OK);
    assert!(!waiting.is_finished());

    assert_eq!(set(&running, json!("off")).await, StatusCode::OK);
    assert_eq!(waiting.await.unwrap().unwrap().status(), StatusCode::OK);
    let status = bucket(&running, "gamma /status").await;
    let counts = ["passed", "delayed", "refused"].map(|name| status[name].as_u64().unwrap());
    assert_eq!(counts, [2, 1, 1]);
    assert!(status["limit"].is_null());
    running.stop().await;
}

#[tokio::test]
async fn refusals_are_worded_as_the_host_words_them_or_as_cloudflare_does() {
    let running = strict().await;
    // Ten of the host's 1,000 pass, one waits.
    let path = "/data/v2/leaderboard?limit=1";
    for _ in 0..10 {
        assert_eq!(running.get(path).await.status(), StatusCode::OK);
    }
    let waiting = tokio::spawn(running.client().get(running.url(path)).send());
    while bucket(&running, "data").await["waiting"] == 0 {
        tokio::task::yield_now().await;
    }
    for number in 1..=8 {
        let refused = running.get(path).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers().contains_key("retry-after"));
        let body = refused.text().await.unwrap();
        if number == 8 {
            assert!(body.starts_with("<!DOCTYPE html>") && body.contains("error code: 1015"));
        } else {
            let body: Value = serde_json::from_str(&body).unwrap();
            assert_eq!((&body["code"], &body["retryable"]), (&json!("rate_limited"), &json!(true)));
            assert_eq!(body["trace_id"].as_str().unwrap().len(), 32);
        }
    }
    running.lab.limits().set(Enforcement::Off).unwrap();
    waiting.await.unwrap().unwrap();
    running.stop().await;
}

#[tokio::test]
async fn stopping_does_not_wait_for_those_who_wait() {
    let running = strict().await;
    running.get(STATUS).await;
    let waiting = tokio::spawn(running.client().get(running.url(STATUS)).send());
    while bucket(&running, "gamma /status").await["waiting"] == 0 {
        tokio::task::yield_now().await;
    }
    running.stop().await;
    waiting.await.unwrap().ok();
}

#[tokio::test]
async fn factors_are_set_over_http() {
    let running = Running::start(Lab::world(small_world(1))).await;
    assert_eq!(set(&running, json!({ "factor": 0.5 })).await, StatusCode::OK);
    assert_eq!(running.lab.limits().enforcement(), Enforcement::Factor(0.5));
    assert_eq!(bucket(&running, "gamma /markets").await["limit"], 150);
    for wrong in [json!({ "factor": 0 }), json!({ "factor": -1 }), json!("on"), json!(1)] {
        assert_eq!(set(&running, wrong).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(running.lab.limits().enforcement(), Enforcement::Factor(0.5));
    running.stop().await;
}

/// Body and trace id of a 200.
async fn traced(running: &Running, path: &str) -> (String, String) {
    let response = running.get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let trace_id = response.headers()["x-trace-id"].to_str().expect("digits").to_owned();
    (response.text().await.expect("a body"), trace_id)
}

fn advance(running: &Running, by: TimeDelta) {
    running.lab.with_world(|world| world.advance(world.now() + by));
}

#[tokio::test]
async fn the_same_address_has_the_same_answer_until_its_time_is_over() {
    let running = Running::start(Lab::world(small_world(1))).await;
    let response = running.get(TRADES).await;
    let rule = response.headers()["cache-control"].to_str().unwrap();
    assert!(rule.contains("max-age=300"), "{rule}");
    let first = traced(&running, TRADES).await;
    advance(&running, TimeDelta::seconds(299));
    assert_eq!(traced(&running, TRADES).await, first);
    // Another address of the same thing is not cached yet.
    let bypass = traced(&running, "/data/v2/trades?limit=19").await;
    assert_ne!(bypass.1, first.1);
    advance(&running, TimeDelta::seconds(1));
    let later = traced(&running, TRADES).await;
    assert_ne!(later.1, first.1);
    assert_ne!(later.0, first.0, "the world went on trading");
    running.stop().await;
}

#[tokio::test]
async fn errors_and_what_is_not_cached_are_answered_anew() {
    let running = Running::start(Lab::world(small_world(1))).await;
    for path in ["/data/v2/leaderboard?limit=5", "/data/v2/status"] {
        let [first, second] = [traced(&running, path).await, traced(&running, path).await];
        assert_ne!(first.1, second.1, "{path}");
    }
    let refused = "/data/v2/trades?limit=100000";
    let trace_id = |response: &reqwest::Response| response.headers()["x-trace-id"].clone();
    let first = running.get(refused).await;
    assert_eq!(first.status(), StatusCode::BAD_REQUEST);
    assert_ne!(trace_id(&first), trace_id(&running.get(refused).await));
    running.stop().await;
}
