//! HTTP itself: codings, validators, methods, limits.

use std::io::Read as _;

use reqwest::Method;
use serde_json::Value;

use crate::support::TestServer;

const LIST: &str = "/api/polymarket/markets?facets=true";

#[tokio::test]
async fn a_list_is_compressed_as_the_caller_likes() {
    let server = TestServer::start().await;
    let plain = server.get(LIST).await;
    assert!(plain.headers().get("content-encoding").is_none());
    let plain = plain.bytes().await.unwrap();
    for (accept, expected) in [("gzip, br, zstd", "zstd"), ("gzip, br", "gzip")] {
        // Twice: made, and kept.
        for _ in 0..2 {
            let request = server.request(Method::GET, LIST).header("accept-encoding", accept);
            let response = request.send().await.unwrap();
            assert_eq!(response.headers()["content-encoding"], expected);
            assert_eq!(response.headers()["vary"], "accept-encoding");
            assert!(response.headers().contains_key("server-timing"));
            let body = response.bytes().await.unwrap();
            assert!(body.len() < plain.len() / 3);
            let mut text = Vec::new();
            if expected == "zstd" {
                text = zstd::bulk::decompress(&body, plain.len() * 2).unwrap();
            } else {
                flate2::read::GzDecoder::new(&body[..]).read_to_end(&mut text).unwrap();
            }
            assert_eq!(text, plain);
        }
    }
    let page = server.request(Method::GET, "/markets").header("accept-encoding", "zstd");
    assert_eq!(page.send().await.unwrap().headers()["content-encoding"], "zstd");
}

#[tokio::test]
async fn an_unchanged_answer_is_304() {
    let server = TestServer::start().await;
    for path in [LIST, "/api/polymarket/events", "/api/polymarket/markets/119", "/openapi.json"] {
        let first = server.get(path).await;
        let etag = first.headers()["etag"].clone();
        assert!(first.headers()["cache-control"].to_str().unwrap().starts_with("public"), "{path}");
        let request = server.request(Method::GET, path).header("if-none-match", &etag);
        let second = request.send().await.unwrap();
        assert_eq!(second.status(), 304, "{path}");
        assert_eq!(second.headers()["etag"], etag);
        assert!(second.bytes().await.unwrap().is_empty());
    }
    let equivalent = server.get("/api/polymarket/markets?limit=100&facets=true&status=open").await;
    let etag = server.get(LIST).await.headers()["etag"].clone();
    assert_eq!(equivalent.headers()["etag"], etag, "the same question in other words");
    let other = server.get("/api/polymarket/markets?limit=99").await;
    assert_ne!(other.headers()["etag"], etag);
}

#[tokio::test]
async fn a_new_generation_has_another_tag() {
    let server = TestServer::start().await;
    let before = server.get(LIST).await.headers()["etag"].clone();
    let current = server.app.catalog().current();
    let next = current.patch(Vec::new(), Vec::new(), current.generation() + 1, chrono::Utc::now());
    server.app.catalog().replace(next, 0);
    let request = server.request(Method::GET, LIST).header("if-none-match", before);
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let server = TestServer::start().await;
    for path in [LIST, "/markets", "/healthz", "/api/polymarket/markets.csv"] {
        let response = server.request(Method::HEAD, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert!(response.bytes().await.unwrap().is_empty(), "{path}");
    }
}

#[tokio::test]
async fn a_method_that_is_not_taken_is_405_and_says_which_are() {
    let server = TestServer::start().await;
    for (path, allowed) in
        [(LIST, "GET,HEAD"), ("/api/polymarket/sync", "GET,HEAD,POST"), ("/markets", "GET,HEAD")]
    {
        let response = server.request(Method::DELETE, path).send().await.unwrap();
        assert_eq!(response.status(), 405, "{path}");
        let mut allow: Vec<_> = response.headers()["allow"].to_str().unwrap().split(',').collect();
        allow.sort_unstable();
        assert_eq!(allow.join(","), allowed, "{path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], "method_not_allowed", "{path}");
    }
}

#[tokio::test]
async fn a_large_body_is_refused() {
    let server = TestServer::start().await;
    let request = server.request(Method::POST, "/api/polymarket/sync").body(vec![0; 65 << 10]);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 413);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"]["code"], "body_too_large");
    assert_eq!(body["error"]["details"]["limit_bytes"], 65_536);
}

#[tokio::test]
async fn a_request_keeps_the_id_it_came_with_if_that_is_harmless() {
    let server = TestServer::start().await;
    let with = async |id: &str| {
        let request = server.request(Method::GET, "/healthz").header("x-request-id", id);
        request.send().await.unwrap().headers()["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(with("trace-1").await, "trace-1");
    assert_ne!(with("a b").await, "a b");
    assert_eq!(with("a b").await.len(), 36);
}

#[tokio::test]
async fn the_front_end_is_served_compressed_and_for_ever() {
    let server = TestServer::start().await;
    let (_, page) = server.page("/markets").await;
    let Some((_, rest)) = page.split_once(r#"<script type="module" src=""#) else {
        println!("SKIPPED: the front end is not built");
        return;
    };
    let (script, _) = rest.split_once('"').unwrap();
    let (_, rest) = page.split_once(r#"<link rel="stylesheet" href=""#).unwrap();
    let (style, _) = rest.split_once('"').unwrap();
    for (path, kind) in
        [(script, "text/javascript; charset=utf-8"), (style, "text/css; charset=utf-8")]
    {
        let plain = server.get(path).await;
        assert_eq!(plain.status(), 200, "{path}");
        assert_eq!(plain.headers()["content-type"], kind);
        assert_eq!(plain.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert!(plain.headers().get("content-encoding").is_none());
        let etag = plain.headers()["etag"].clone();
        let plain = plain.bytes().await.unwrap();
        let request = server.request(Method::GET, path).header("accept-encoding", "gzip");
        let packed = request.send().await.unwrap();
        assert_eq!(packed.headers()["content-encoding"], "gzip", "{path}");
        let mut text = Vec::new();
        let packed = packed.bytes().await.unwrap();
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut text).unwrap();
        assert_eq!(text, plain, "{path}");
        let request = server.request(Method::GET, path).header("if-none-match", etag);
        assert_eq!(request.send().await.unwrap().status(), 304, "{path}");
    }
}
