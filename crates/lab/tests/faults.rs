//! Every fault does over HTTP what its name says.

mod support;

use std::time::Duration;

use lab::{Fault, FaultKind, Lab, bad_rows};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use support::{Running, small_world};

const MARKETS: &str = "/gamma/markets/keyset";
const EVENTS: &str = "/gamma/events/keyset";

async fn struck_by(kind: FaultKind) -> Running {
    let running = Running::start(Lab::world(small_world(1))).await;
    running.lab.faults().inject(Fault::on("/gamma", kind)).expect("a valid fault");
    running
}

#[tokio::test]
async fn refusals() {
    let running = struck_by(FaultKind::TooManyRequests { retry_after_s: 7 }).await;
    let response = running.get(MARKETS).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["retry-after"], "7");
    running.stop().await;

    let running = struck_by(FaultKind::ServerError).await;
    assert_eq!(running.problem(MARKETS).await, (500, "internal server error".to_owned()));
    running.stop().await;
}

#[tokio::test]
async fn pages_of_html() {
    for (kind, status, words) in [
        (FaultKind::HtmlOk, StatusCode::OK, "Just a moment"),
        (FaultKind::HtmlForbidden, StatusCode::FORBIDDEN, "1015"),
    ] {
        let running = struck_by(kind).await;
        let response = running.get(EVENTS).await;
        assert_eq!(response.status(), status);
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
        assert!(response.text().await.unwrap().contains(words));
        running.stop().await;
    }
}

#[tokio::test]
async fn bodies_that_say_nothing() {
    for (kind, body) in [(FaultKind::EmptyBody, ""), (FaultKind::NullBody, "null")] {
        let running = struck_by(kind).await;
        let response = running.get(EVENTS).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.text().await.unwrap(), body);
        running.stop().await;
    }
}

#[tokio::test]
async fn a_truncated_body_breaks_off() {
    let running = struck_by(FaultKind::TruncatedBody).await;
    let response = running.get(EVENTS).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.content_length().unwrap() > 1_000);
    assert!(response.text().await.is_err(), "the connection is cut before the end");
    running.stop().await;
}

#[tokio::test]
async fn bodies_and_answers_that_do_not_come() {
    let impatient =
        Client::builder().no_proxy().timeout(Duration::from_millis(300)).build().unwrap();
    let slow = FaultKind::SlowBody { chunk_bytes: 16, pause_ms: 100 };
    for kind in [slow, FaultKind::StalledBody, FaultKind::HungConnection] {
        let running = struck_by(kind.clone()).await;
        let answer = match impatient.get(running.url(EVENTS)).send().await {
            Ok(response) => response.bytes().await.map(|_| ()),
            Err(error) => Err(error),
        };
        assert!(answer.unwrap_err().is_timeout(), "{kind:?}");
        // Stopping does not wait for what hangs.
        running.stop().await;
    }
}

#[tokio::test]
async fn a_slow_body_arrives_whole() {
    let running = struck_by(FaultKind::SlowBody { chunk_bytes: 4_096, pause_ms: 1 }).await;
    let slow = running.json("/gamma/events/keyset?limit=2").await;
    running.lab.faults().clear();
    assert_eq!(slow, running.json("/gamma/events/keyset?limit=2").await);
    running.stop().await;
}

#[tokio::test]
async fn cursors_that_go_nowhere() {
    for kind in [FaultKind::CursorLoop, FaultKind::IgnoresCursor] {
        let running = struck_by(kind.clone()).await;
        let first = running.json("/gamma/events/keyset?limit=3").await;
        let next = first["next_cursor"].as_str().unwrap();
        let second =
            running.json(&format!("/gamma/events/keyset?limit=3&after_cursor={next}")).await;
        assert_eq!(first["events"], second["events"], "{kind:?}");
        running.stop().await;
    }
}

#[tokio::test]
async fn every_bad_row_reaches_the_page() {
    let running = Running::start(Lab::world(small_world(1))).await;
    for (path, list) in [(MARKETS, "markets"), (EVENTS, "events")] {
        for bad in bad_rows() {
            let kind = FaultKind::BadRow { row: bad.name.to_owned() };
            running.lab.faults().inject(Fault::on(path, kind).times(1)).unwrap();
            let page = running.json(&format!("{path}?limit=10")).await;
            let rows = page[list].as_array().unwrap();
            assert_eq!(rows.len(), 11, "{}", bad.name);
            let row: Value = serde_json::from_str(&bad.json).unwrap();
            let held = rows.iter().flat_map(|candidate| {
                let nested = |key: &str| candidate[key].as_array().cloned().unwrap_or_default();
                [vec![candidate.clone()], nested("markets"), nested("events")].concat()
            });
            assert!(
                held.into_iter().any(|candidate| candidate == row),
                "{} is not in {path}",
                bad.name
            );
            running.lab.faults().clear();
        }
    }
    running.stop().await;
}

#[tokio::test]
async fn pages_half_of_garbage() {
    let running = struck_by(FaultKind::HalfGarbage).await;
    let page = running.json("/gamma/events/keyset?limit=10").await;
    let rows = page["events"].as_array().unwrap();
    let good = rows.iter().filter(|row| row["markets"].is_array()).count();
    assert_eq!((rows.len(), good), (10, 5));
    running.stop().await;
}

#[tokio::test]
async fn schemas_drift() {
    let running = struck_by(FaultKind::NewKey).await;
    let page = running.json("/gamma/markets?limit=5").await;
    assert!(page.as_array().unwrap().iter().all(|row| row.get("marketMoodRing").is_some()));
    running.lab.faults().clear();
    let before = running.json("/gamma/markets?limit=5").await;
    running.lab.faults().inject(Fault::on("/gamma", FaultKind::ChangedType)).unwrap();
    let after = running.json("/gamma/markets?limit=5").await;
    for (before, after) in before.as_array().unwrap().iter().zip(after.as_array().unwrap()) {
        assert!(before["volume"].is_string() && after["volume"].is_number());
        assert!(before["volumeNum"].is_number() && after["volumeNum"].is_string());
    }
    running.stop().await;
}

#[tokio::test]
async fn faults_are_switched_over_http() {
    let running = Running::start(Lab::world(small_world(1))).await;
    let url = running.url("/lab/faults");
    let fault = json!({ "path_prefix": "/gamma/events", "kind": "server_error", "times": 1 });
    let made = running.client().post(&url).json(&fault).send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    assert_eq!(running.get(MARKETS).await.status(), StatusCode::OK);
    assert_eq!(running.get(EVENTS).await.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(running.get(EVENTS).await.status(), StatusCode::OK);
    let active = running.json("/lab/faults").await;
    assert_eq!((&active[0]["requests"], &active[0]["strikes"]), (&json!(2), &json!(1)));

    let wrong = json!({ "kind": "server_error", "every": 0 });
    let refused = running.client().post(&url).json(&wrong).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let unknown = json!({ "kind": "gremlins" });
    let refused = running.client().post(&url).json(&unknown).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);

    let cleared = running.client().delete(&url).send().await.unwrap();
    assert_eq!(cleared.status(), StatusCode::NO_CONTENT);
    assert_eq!(running.json("/lab/faults").await, json!([]));
    assert_eq!(
        running.json("/lab/bad-rows").await.as_array().map(Vec::len),
        Some(bad_rows().len())
    );
    running.stop().await;
}
