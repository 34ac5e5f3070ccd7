//! Paths, filters, sorting, limits and errors of Gamma, over HTTP.

mod support;

use std::collections::BTreeSet;

use lab::Lab;
use serde_json::Value;
use support::{Running, ids, small_world};

async fn running(seed: u64) -> Running {
    Running::start(Lab::world(small_world(seed))).await
}

fn figure(row: &Value, key: &str) -> Option<f64> {
    row[key].as_f64().or_else(|| row[key].as_str().and_then(|text| text.parse().ok()))
}

#[tokio::test]
async fn paging_shows_every_row_once_in_any_order() {
    let running = running(1).await;
    let plain = running.enumerate("markets", "").await;
    let all: BTreeSet<_> = ids(&plain).into_iter().collect();
    assert_eq!(all.len(), plain.len());
    for query in [
        "&order=volumeNum&ascending=false",
        "&order=volume24hr",
        "&order=oneDayPriceChange,endDate",
        "&ascending=false",
    ] {
        let rows = running.enumerate("markets", query).await;
        let seen: BTreeSet<_> = ids(&rows).into_iter().collect();
        assert_eq!(rows.len(), plain.len(), "{query}");
        assert_eq!(seen, all, "{query}");
    }
    running.stop().await;
}

#[tokio::test]
async fn order_sorts_with_unknown_last() {
    let running = running(1).await;
    for (query, descending) in
        [("&order=volume24hr&ascending=false", true), ("&order=volume24hr", false)]
    {
        let rows = running.enumerate("markets", query).await;
        let figures: Vec<_> = rows.iter().map(|row| figure(row, "volume24hr")).collect();
        let known: Vec<f64> = figures.iter().flatten().copied().collect();
        assert!(known.is_sorted_by(|a, b| if descending { a >= b } else { a <= b }), "{query}");
        let first_unknown = figures.iter().position(Option::is_none).unwrap_or(figures.len());
        assert_eq!(first_unknown, known.len(), "{query}");
    }
    running.stop().await;
}

#[tokio::test]
async fn the_last_page_has_no_cursor() {
    let running = running(1).await;
    let page = running.json("/gamma/events/keyset?limit=100&tag_slug=no-such-tag").await;
    let schema = "https://gamma-api.polymarket.com/schemas/EventsKeysetListResponse.json";
    assert_eq!(page, serde_json::json!({ "$schema": schema, "events": [] }));
    let page = running.json("/gamma/markets/keyset").await;
    assert_eq!(page["markets"].as_array().map(Vec::len), Some(20));
    assert!(page["next_cursor"].is_string());
    running.stop().await;
}

#[tokio::test]
async fn a_wrongly_named_cursor_loops() {
    let running = running(1).await;
    let first = running.json("/gamma/markets/keyset?limit=5").await;
    let next = first["next_cursor"].as_str().unwrap();
    let wrong = running.json(&format!("/gamma/markets/keyset?limit=5&cursor={next}")).await;
    assert_eq!(first, wrong, "unknown parameters are ignored");
    running.stop().await;
}

#[tokio::test]
async fn markets_are_found_by_every_id() {
    let running = running(2).await;
    let rows = running.enumerate("markets", "").await;
    let (one, two) = (&rows[3], &rows[4]);
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let tokens: Vec<String> = serde_json::from_str(&text(one, "clobTokenIds")).unwrap();
    let queries = [
        format!("id={}&id={}", text(one, "id"), text(two, "id")),
        format!("id={},{}", text(one, "id"), text(two, "id")),
        format!("slug={}&slug={}", text(one, "slug"), text(two, "slug")),
        format!("condition_ids={},{}", text(one, "conditionId"), text(two, "conditionId")),
        format!(
            "question_ids={}&question_ids={}",
            text(one, "questionID"),
            text(two, "questionID")
        ),
    ];
    for query in queries {
        let page = running.json(&format!("/gamma/markets/keyset?{query}")).await;
        assert_eq!(page["markets"], serde_json::json!([one, two]), "{query}");
    }
    let page = running.json(&format!("/gamma/markets?clob_token_ids={}", tokens[1])).await;
    assert_eq!(page, serde_json::json!([one]));
    let mut by_id = running.json(&format!("/gamma/markets/{}", text(one, "id"))).await;
    let schema = by_id.as_object_mut().unwrap().remove("$schema");
    assert_eq!(schema, Some("https://gamma-api.polymarket.com/schemas/Market.json".into()));
    assert_eq!(&by_id, one);
    let by_slug =
        running.json(&format!("/gamma/markets/slug/{}?include_tag=true", text(one, "slug"))).await;
    assert_eq!(
        by_slug["tags"],
        running.json(&format!("/gamma/markets/{}/tags", text(one, "id"))).await
    );
    running.stop().await;
}

#[tokio::test]
async fn closed_rows_must_be_asked_for() {
    let running = running(2).await;
    let open = running.enumerate("markets", "").await;
    let closed = running.enumerate("markets", "&closed=true").await;
    assert!(open.iter().all(|row| row["closed"] == false) && !open.is_empty());
    assert!(closed.iter().all(|row| row["closed"] == true) && !closed.is_empty());
    let id = closed[0]["id"].as_str().unwrap();
    let unasked = running.json(&format!("/gamma/markets/keyset?id={id}")).await;
    assert_eq!(unasked["markets"], serde_json::json!([]), "naming an id does not lift the default");
    let both = running.enumerate("events", "").await;
    let flags: BTreeSet<_> = both.iter().map(|event| event["closed"].as_bool()).collect();
    assert_eq!(flags.len(), 2, "events are listed whether open or closed");
    running.stop().await;
}

#[tokio::test]
async fn ranges_and_tags_filter() {
    let running = running(2).await;
    let all = running.enumerate("markets", "").await;
    let expect = |wanted: &dyn Fn(&Value) -> bool| all.iter().filter(|row| wanted(row)).count();
    let volume = |row: &Value| {
        figure(row, "volumeNum").is_some_and(|volume| (1_000.0..=50_000.0).contains(&volume))
    };
    let rows = running.enumerate("markets", "&volume_num_min=1000&volume_num_max=50000").await;
    assert_eq!(rows.len(), expect(&volume));
    let liquid =
        |row: &Value| figure(row, "liquidityNum").is_some_and(|liquidity| liquidity >= 10_000.0);
    assert_eq!(
        running.enumerate("markets", "&liquidity_num_min=10000").await.len(),
        expect(&liquid)
    );
    let late = |row: &Value| row["endDate"].as_str().is_some_and(|end| end >= "2027-01-01");
    assert_eq!(running.enumerate("markets", "&end_date_min=2027-01-01").await.len(), expect(&late));

    let tag = running.json("/gamma/tags/slug/politics").await;
    assert_eq!(tag["id"], "2");
    let events = running.enumerate("events", "&tag_slug=politics").await;
    assert!(!events.is_empty());
    assert_eq!(events, running.enumerate("events", "&tag_id=2").await);
    let others = running.enumerate("events", "&exclude_tag_id=2").await;
    assert_eq!(events.len() + others.len(), running.enumerate("events", "").await.len());
    let tagged = running.enumerate("markets", "&tag_id=2&include_tag=true").await;
    assert!(
        tagged.iter().all(|row| row["tags"].as_array().unwrap().iter().any(|tag| tag["id"] == "2"))
    );
    let open_markets = |event: &Value| {
        event["markets"].as_array().unwrap().iter().filter(|m| m["closed"] == false).count()
    };
    assert_eq!(tagged.len(), events.iter().map(open_markets).sum::<usize>());
    let featured = running.enumerate("events", "&featured=true").await;
    assert!(featured.iter().all(|event| event["featured"] == true));
    running.stop().await;
}

#[tokio::test]
async fn legacy_listing_is_capped() {
    let running = running(1).await;
    let page = running.json("/gamma/events?limit=500").await;
    assert_eq!(page.as_array().map(Vec::len), Some(100));
    let second = running.json("/gamma/events?limit=50&offset=50").await;
    assert_eq!(second.as_array().unwrap()[..], page.as_array().unwrap()[50..]);
    running.json("/gamma/events?offset=2000").await;
    let (status, error) = running.problem("/gamma/events?offset=2001").await;
    assert_eq!((status, error.as_str()), (422, "offset too large, use /markets/keyset"));
    running.stop().await;
}

#[tokio::test]
async fn wrong_requests_are_refused_as_upstream_does() {
    let running = running(1).await;
    let refused = [
        ("/gamma/markets/keyset?limit=101", 422),
        ("/gamma/markets/keyset?limit=0", 422),
        ("/gamma/markets/keyset?limit=many", 422),
        ("/gamma/events/keyset?offset=20", 422),
        ("/gamma/markets/keyset?order=volume_num", 422),
        ("/gamma/markets/keyset?after_cursor=zzz", 422),
        ("/gamma/markets/keyset?tag_id=politics", 422),
        ("/gamma/markets/keyset?closed=perhaps", 422),
        ("/gamma/markets/keyset?volume_num_min=lots", 422),
        ("/gamma/markets/keyset?end_date_min=soon", 422),
        ("/gamma/events/keyset?order=competitive", 500),
        ("/gamma/markets/abc", 422),
        ("/gamma/markets/1", 404),
        ("/gamma/events/1", 404),
        ("/gamma/events/slug/no-such-event", 404),
        ("/gamma/tags/999999999", 404),
        ("/gamma/nothing", 404),
    ];
    for (path, expected) in refused {
        let (status, error) = running.problem(path).await;
        assert_eq!(status, expected, "{path}: {error}");
        assert!(!error.is_empty(), "{path}");
    }
    let body = running.get("/gamma/markets/1").await.text().await.unwrap();
    assert_eq!(body, r#"{"error":"id not found","type":"not found error"}"#);
    running.stop().await;
}

#[tokio::test]
async fn the_lab_says_what_it_is() {
    let running = running(11).await;
    let response = running.get("/gamma/status").await;
    let label = response.headers()["x-cascadian-lab"].to_str().unwrap();
    assert!(label.starts_with("world; seed=11; "), "{label}");
    assert_eq!(response.text().await.unwrap(), "OK");
    running.json("/gamma/events/keyset").await;
    let about = running.json("/lab").await;
    assert_eq!(
        (&about["kind"], &about["seed"], &about["simulated"]),
        (&"world".into(), &11.into(), &true.into())
    );
    assert_eq!(about["requests"]["/gamma/events/keyset"], 1);
    assert_eq!(running.lab.requests().get("/gamma/status"), Some(&1));
    assert_eq!(running.json("/lab/clock").await["now"], "2026-11-23T00:00:00Z");
    running.stop().await;
}
