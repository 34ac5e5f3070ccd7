//! Price history of the CLOB, over HTTP.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::running;
use crate::support::{Running, present};

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;

fn now_s() -> i64 {
    present().timestamp()
}

/// Token pairs of markets that are `closed` or not.
async fn pairs(running: &Running, closed: bool) -> Vec<[String; 2]> {
    let page = running.json("/clob/markets").await;
    let rows = page["data"].as_array().unwrap().iter().filter(|row| row["closed"] == closed);
    let id =
        |row: &Value, index: usize| row["tokens"][index]["token_id"].as_str().unwrap().to_owned();
    rows.map(|row| [id(row, 0), id(row, 1)]).collect()
}

/// The tokens of the open market with the longest past.
async fn oldest_open(running: &Running) -> [String; 2] {
    pairs(running, false).await.swap_remove(0)
}

async fn history(running: &Running, token: &str, query: &str) -> Vec<(i64, f64)> {
    let path = format!("/clob/prices-history?market={token}&{query}");
    points(&running.json(&path).await["history"])
}

fn points(history: &Value) -> Vec<(i64, f64)> {
    let points = history.as_array().unwrap().iter();
    points.map(|point| (point["t"].as_i64().unwrap(), point["p"].as_f64().unwrap())).collect()
}

#[tokio::test]
async fn intervals_end_now_and_have_a_point_a_bucket() {
    let running = running(1).await;
    let [token, _] = oldest_open(&running).await;
    for (interval, fidelity, span_s) in [
        ("1h", 1, HOUR_S),
        ("6h", 1, 6 * HOUR_S),
        ("1d", 1, DAY_S),
        ("1w", 5, 7 * DAY_S),
        ("1m", 10, 31 * DAY_S),
        ("max", 10, 31 * DAY_S),
        ("all", 10, 31 * DAY_S),
    ] {
        let query = format!("interval={interval}&fidelity={fidelity}");
        let points = history(&running, &token, &query).await;
        let (newest, rest) = points.split_last().unwrap();
        let full = usize::try_from(span_s / (60 * fidelity)).unwrap();
        assert!(
            rest.len() <= full && rest.len() + full / 100 + 2 >= full,
            "{query}: {}",
            rest.len()
        );
        assert!(rest.is_sorted_by(|a, b| a.0 < b.0), "{query}");
        let buckets: BTreeSet<i64> =
            rest.iter().map(|point| point.0.div_euclid(60 * fidelity)).collect();
        assert_eq!(buckets.len(), rest.len(), "{query}: a point a bucket");
        assert!(
            rest.iter().all(|point| (15..60).contains(&(point.0 % 60))),
            "{query}: not aligned"
        );
        assert!(points[0].0 >= now_s() - span_s, "{query}");
        assert!((now_s() - 180..=now_s()).contains(&newest.0), "{query}: {newest:?}");
        assert!(points.iter().all(|point| (0.0..=1.0).contains(&point.1)), "{query}");
    }
    running.stop().await;
}

#[tokio::test]
async fn the_outcomes_of_a_market_add_up_to_one() {
    let running = running(1).await;
    let [first, second] = oldest_open(&running).await;
    let first = history(&running, &first, "interval=1w&fidelity=60").await;
    let second = history(&running, &second, "interval=1w&fidelity=60").await;
    assert!(first.len() > 160);
    for (a, b) in first.iter().zip(&second) {
        assert_eq!(a.0, b.0);
        assert!((a.1 + b.1 - 1.0).abs() < 1e-9, "{a:?} {b:?}");
    }
    let prices: BTreeSet<String> = first.iter().map(|point| point.1.to_string()).collect();
    assert!(prices.len() > 5, "the price moves");
    running.stop().await;
}

#[tokio::test]
async fn history_keeps_what_was_displayed() {
    let running = running(2).await;
    let page = running.json("/clob/markets").await;
    let rows = page["data"].as_array().unwrap().iter();
    let shown: Vec<(String, f64)> = rows
        .filter(|row| row["closed"] == false)
        .map(|row| &row["tokens"][0])
        .map(|it| (it["token_id"].as_str().unwrap().to_owned(), it["price"].as_f64().unwrap()))
        .collect();
    // Minutes later what is displayed now is in the past of every market.
    let later = present() + TimeDelta::minutes(3);
    running.lab.with_world(|world| world.advance(later)).unwrap();
    let mut agreeing = 0;
    for (token, price) in &shown {
        let points = history(&running, token, "interval=1h").await;
        let before = points.iter().rev().find(|point| point.0 <= now_s());
        let after = points.iter().find(|point| point.0 > now_s()).expect("a point a minute");
        let known = [before.map(|point| point.1), Some(after.1)];
        agreeing += usize::from(known.contains(&Some(*price)));
    }
    // Where a price changed twice around the moment it is between two samples.
    assert!(agreeing * 10 > shown.len() * 9, "{agreeing} of {}", shown.len());
    running.stop().await;
}

#[tokio::test]
async fn windows_are_bounded_and_the_present_is_appended() {
    let running = running(1).await;
    let [token, _] = oldest_open(&running).await;
    let (from_s, to_s) = (now_s() - 15 * DAY_S, now_s());
    let window = |from_s, to_s| format!("startTs={from_s}&endTs={to_s}&fidelity=1");
    let minutes = history(&running, &token, &window(from_s, to_s)).await;
    assert!((21_570..=21_601).contains(&minutes.len()), "{}", minutes.len());

    let (from_s, to_s) = (now_s() - 5 * DAY_S, now_s() - 3 * DAY_S);
    let past =
        history(&running, &token, &format!("startTs={from_s}&endTs={to_s}&fidelity=60")).await;
    let (present, inside) = past.split_last().unwrap();
    assert!(inside.iter().all(|point| (from_s..=to_s).contains(&point.0)));
    assert_eq!(inside.len(), 48);
    assert!(present.0 > now_s() - 180, "a point from now, though the window is past");
    let fine = history(&running, &token, &window(from_s, to_s)).await;
    assert!(inside.iter().all(|point| fine.contains(point)), "coarse points are among the fine");

    let open_end = history(&running, &token, &format!("startTs={from_s}&fidelity=60")).await;
    assert!(open_end.len() > 110 && open_end.starts_with(inside));
    running.stop().await;
}

#[tokio::test]
async fn the_past_of_resolved_markets_is_coarse_or_windowed() {
    let running = running(3).await;
    let mut windowed = 0;
    for [token, _] in pairs(&running, true).await.into_iter().take(30) {
        assert_eq!(history(&running, &token, "interval=max").await, []);
        assert_eq!(history(&running, &token, "interval=max&fidelity=719").await, []);
        let coarse = history(&running, &token, "interval=max&fidelity=720").await;
        let Some(&(last_s, _)) = coarse.last() else { continue };
        assert!(last_s < now_s());
        let query = format!("startTs={}&endTs={}&fidelity=1", last_s - DAY_S, last_s + DAY_S);
        let fine = history(&running, &token, &query).await;
        assert!(fine.contains(coarse.last().unwrap()));
        assert!(fine.last().unwrap().0 < last_s + DAY_S, "nothing is appended after the end");
        assert!(fine.iter().all(|point| point.1 > 0.0 && point.1 < 1.0), "no terminal tick");
        windowed += 1;
    }
    assert!(windowed > 5, "{windowed}");
    running.stop().await;
}

#[tokio::test]
async fn a_batch_is_what_one_by_one_is() {
    let running = running(1).await;
    let tokens: Vec<String> =
        pairs(&running, false).await.into_iter().flatten().step_by(7).take(20).collect();
    let (start_ts, end_ts) = (now_s() - DAY_S, now_s());
    let post = |body: Value| {
        let request = running.client().post(running.url("/clob/batch-prices-history"));
        let response = request.body(body.to_string()).send();
        async move {
            let response = response.await.unwrap();
            (response.status().as_u16(), response.json::<Value>().await.unwrap())
        }
    };
    let window =
        json!({ "markets": tokens, "start_ts": start_ts, "end_ts": end_ts, "fidelity": 30 });
    let (status, batch) = post(window).await;
    assert_eq!((status, batch["history"].as_object().unwrap().len()), (200, 20));
    for token in &tokens {
        let query = format!("startTs={start_ts}&endTs={end_ts}&fidelity=30");
        assert_eq!(points(&batch["history"][token]), history(&running, token, &query).await);
    }
    let (status, day) = post(json!({ "markets": [tokens[0], "7"], "interval": "1d" })).await;
    assert_eq!(
        (status, day["history"].as_object().unwrap().len()),
        (200, 1),
        "unknown are left out"
    );
    let many = vec!["7"; 21];
    let (status, error) = post(json!({ "markets": many, "interval": "1d" })).await;
    assert_eq!(
        (status, &error["error"]),
        (400, &json!("invalid filters: maximum of 20 'markets' exceeded"))
    );
    let (status, error) = post(json!({ "interval": "1d" })).await;
    assert_eq!((status, &error["error"]), (400, &json!("Invalid payload")));
    let (status, _) = post(json!({ "markets": tokens, "interval": "1m", "fidelity": 1 })).await;
    assert_eq!(status, 400);
    running.stop().await;
}

#[tokio::test]
async fn wrong_requests_are_refused_as_upstream_does() {
    let running = running(1).await;
    let [token, _] = oldest_open(&running).await;
    let refused = [
        ("interval=1m", "minimum 'fidelity' for '1m' range is 10"),
        ("interval=1w&fidelity=1", "minimum 'fidelity' for '1w' range is 5"),
        ("startTs=1790000000&endTs=1791382400", "'startTs' and 'endTs' interval is too long"),
        (
            "startTs=1790000000000&endTs=1790000600000000",
            "'startTs' and 'endTs' interval is too long",
        ),
        ("endTs=1790000000", "'startTs' is required with 'endTs'"),
        ("interval=2d", "'interval' is not a known range"),
        ("startTs=soon", "'startTs' must be an integer"),
        ("", "'interval' or 'startTs' is required"),
    ];
    for (query, sentence) in refused {
        let path = format!("/clob/prices-history?market={token}&{query}");
        let expected = (400, format!("invalid filters: {sentence}"));
        assert_eq!(running.problem(&path).await, expected, "{query}");
    }
    let nobody = running.json("/clob/prices-history?market=7&interval=1d").await;
    assert_eq!(nobody, json!({ "history": [] }));
    running.stop().await;
}
