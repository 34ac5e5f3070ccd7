//! What the JSON API answers and refuses.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{MARKETS, TestServer};

fn ids(reply: &Value) -> Vec<String> {
    let rows = reply["data"].as_array().unwrap();
    rows.iter().map(|row| row["market_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_list_says_what_it_is_a_part_of() {
    let server = TestServer::start().await;
    let response = server.get("/api/polymarket/markets?limit=5&facets=true").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert!(response.headers()["server-timing"].to_str().unwrap().starts_with("screen;dur="));
    let reply: Value = response.json().await.unwrap();
    assert_eq!(reply["success"], true);
    assert_eq!(ids(&reply), ["119", "118", "117", "116", "115"], "open markets by volume");
    let metadata = &reply["metadata"];
    assert_eq!(metadata["total"], 20);
    assert_eq!((&metadata["page"], &metadata["limit"]), (&1.into(), &5.into()));
    assert_eq!(metadata["source"], "gamma");
    assert_eq!((&metadata["stale"], &metadata["last_synced"]), (&true.into(), &Value::Null));
    assert_eq!(metadata["completeness"], "partial", "no sync has finished");
    assert_eq!(metadata["simulated"], false);
    assert!(
        metadata["facets"]["status"]
            .as_array()
            .unwrap()
            .iter()
            .any(|facet| { facet["value"] == "resolved" && facet["count"] == 1 })
    );
    let row = &reply["data"][0];
    assert_eq!(row["event"]["slug"], "election");
    assert_eq!(row["category"], "politics");
    assert_eq!(row["price"], 0.95);
}

#[tokio::test]
async fn every_bad_parameter_is_named_with_what_would_be_right() {
    let server = TestServer::start().await;
    for path in ["markets", "markets.csv", "events"] {
        let response =
            server.get(&format!("/api/polymarket/{path}?category=sport&nonsense=1")).await;
        assert_eq!(response.status(), 400, "{path}");
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["success"], false);
        assert_eq!(body["error"]["code"], "invalid_query");
        assert_eq!(body["error"]["details"]["request_id"], id);
        let fields = body["error"]["details"]["fields"].as_array().unwrap();
        let names: Vec<_> = fields.iter().map(|field| field["field"].as_str().unwrap()).collect();
        assert_eq!(names, ["category", "nonsense"], "{path}");
        assert_eq!(fields[0]["value"], "sport");
        assert!(fields[0]["message"].as_str().unwrap().contains("politics"));
    }
    let refused = [
        ("markets?limit=0", "limit"),
        ("markets?limit=5000", "limit"),
        ("markets?offset=-1", "offset"),
        ("markets?price_min=2", "price_min"),
        ("markets?sort=-vol", "sort"),
        ("markets?facets=maybe", "facets"),
        ("markets?cursor=nonsense", "cursor"),
        ("markets?limit=5&limit=6", "limit"),
        ("markets.csv?limit=5", "limit"),
        ("markets/119?verbose=1", "verbose"),
        ("events?status=resolved", "status"),
        ("events/related", "market"),
        ("events/related?market=119&event=100", "market"),
        ("events/related?market=119&limit=51", "limit"),
        ("search?q=a&limit=x", "limit"),
        ("sync?x=1", "x"),
    ];
    for (query, field) in refused {
        let body = server.json(&format!("/api/polymarket/{query}")).await;
        assert_eq!(body["error"]["code"], "invalid_query", "{query}");
        assert_eq!(body["error"]["details"]["fields"][0]["field"], field, "{query}");
    }
}

#[tokio::test]
async fn cursors_and_offsets_enumerate_everything_once() {
    let server = TestServer::start().await;
    let base = "/api/polymarket/markets?status=all&limit=7&sort=volume_24h";
    let mut seen = Vec::new();
    let mut next = base.to_owned();
    loop {
        let reply = server.json(&next).await;
        seen.extend(ids(&reply));
        let Some(cursor) = reply["metadata"]["next_cursor"].as_str() else { break };
        next = format!("{base}&cursor={cursor}");
    }
    assert_eq!(seen.len(), MARKETS);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), MARKETS);
    let mut by_offset = Vec::new();
    for offset in (0..MARKETS).step_by(7) {
        by_offset.extend(ids(&server.json(&format!("{base}&offset={offset}")).await));
    }
    assert_eq!(by_offset, seen);
}

#[tokio::test]
async fn a_market_is_found_by_id_and_by_slug_with_its_rules() {
    let server = TestServer::start().await;
    for key in ["102", "market-102"] {
        let reply = server.json(&format!("/api/polymarket/markets/{key}")).await;
        assert_eq!(reply["data"]["market_id"], "102");
        assert!(reply["data"]["description"].as_str().unwrap().contains("https://rules.example"));
        assert_eq!(reply["data"]["question_id"], "0xabc");
        assert_eq!(reply["data"]["siblings_total"], 20, "the market itself is counted");
        assert_eq!(reply["metadata"]["completeness"], "partial", "no sync has finished");
        assert_eq!(reply["metadata"]["total"], Value::Null, "one thing has no pages");
    }
    let resolved = server.json("/api/polymarket/markets/200").await;
    assert_eq!(resolved["data"]["status"], "resolved");
    assert_eq!(resolved["data"]["resolution"]["outcome"], "Yes");
}

#[tokio::test]
async fn an_event_has_all_its_markets() {
    let server = TestServer::start().await;
    for key in ["200", "match-day"] {
        let reply = server.json(&format!("/api/polymarket/events/{key}")).await;
        assert_eq!(reply["data"]["slug"], "match-day");
        assert_eq!(reply["data"]["description"], "About match-day.");
        assert_eq!(reply["data"]["markets"].as_array().unwrap().len(), 5);
    }
    let open = server.json("/api/polymarket/events").await;
    assert_eq!(open["metadata"]["total"], 1);
    let all = server.json("/api/polymarket/events?status=all&sort=title").await;
    assert_eq!(all["data"][0]["slug"], "match-day");
}

#[tokio::test]
async fn what_does_not_exist_is_404_with_a_code_of_its_own() {
    let server = TestServer::start().await;
    for (path, code) in [
        ("/api/polymarket/markets/nope", "market_not_found"),
        ("/api/polymarket/events/nope", "event_not_found"),
        ("/api/polymarket/events/related?market=nope", "market_not_found"),
        ("/api/polymarket/events/related?event=nope", "event_not_found"),
        ("/api/nope", "route_not_found"),
        ("/nope", "route_not_found"),
        ("/assets/nope.js", "route_not_found"),
    ] {
        let response = server.get(path).await;
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], code, "{path}");
    }
}

#[tokio::test]
async fn the_palette_finds_markets_and_events() {
    let server = TestServer::start().await;
    let reply = server.json("/api/polymarket/search?q=candidate&limit=3").await;
    assert_eq!(reply["data"]["markets"].as_array().unwrap().len(), 3);
    let reply = server.json("/api/polymarket/search?q=election").await;
    assert_eq!(reply["data"]["events"][0]["slug"], "election");
    let reply = server.json("/api/polymarket/search").await;
    assert_eq!(reply["data"]["markets"], Value::Array(vec![]));
}

#[tokio::test]
async fn probes_and_metrics_answer() {
    let server = TestServer::start().await;
    assert_eq!(server.get("/healthz").await.text().await.unwrap(), "ok\n");
    let ready = server.json("/readyz").await;
    assert_eq!(ready, serde_json::json!({"ready": true, "catalogue": true, "database": true}));
    server.get("/api/polymarket/markets/119").await;
    let metrics = server.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("cascadian_catalogue_markets 25"), "{metrics}");
    let route = "cascadian_http_requests_total{route=\"/api/polymarket/markets/{id}\"";
    assert!(metrics.contains(route), "{metrics}");
    assert!(metrics.contains("cascadian_http_request_duration_seconds_bucket"), "{metrics}");
    assert!(!metrics.contains("market-"), "no path becomes a label");
}
