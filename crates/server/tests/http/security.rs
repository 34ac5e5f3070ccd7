//! Who may do what, and what browsers are told.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::Value;

use crate::support::{TestServer, with_token};

const SYNC: &str = "/api/polymarket/sync";

async fn post(server: &TestServer, headers: &[(&str, &str)]) -> (u16, String) {
    let mut request = server.request(Method::POST, SYNC);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    let word = body["error"]["code"].as_str().or(body["data"]["status"].as_str()).unwrap();
    (status, word.to_owned())
}

#[tokio::test]
async fn without_a_token_only_this_machine_starts_a_sync() {
    let server = TestServer::start().await;
    let (queued, refused) = ((202, "queued".to_owned()), (403, "not_allowed".to_owned()));
    assert_eq!(post(&server, &[("x-forwarded-for", "1.2.3.4")]).await, refused);
    assert_eq!(post(&server, &[("forwarded", "for=1.2.3.4")]).await, refused);
    assert_eq!(post(&server, &[("origin", "https://evil.example")]).await, refused);
    assert_eq!(post(&server, &[("sec-fetch-site", "cross-site")]).await, refused);
    assert_eq!(server.json(SYNC).await["data"]["running"], Value::Null, "nothing was started");
    assert_eq!(post(&server, &[]).await, queued);
    assert_eq!(post(&server, &[("sec-fetch-site", "same-origin")]).await, queued);
    let overview = server.json(SYNC).await;
    assert_eq!(overview["data"]["running"]["trigger"], "manual");
    assert_eq!(overview["data"]["recent"].as_array().unwrap().len(), 1, "asked twice, queued once");
    assert_eq!(overview["metadata"]["generation"], server.app.catalog().current().generation());
}

#[tokio::test]
async fn with_a_token_whoever_has_it_starts_a_sync() {
    let server = TestServer::start_with(with_token).await;
    let response = server.request(Method::POST, SYNC).send().await.unwrap();
    assert_eq!(response.status(), 401);
    assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    assert_eq!(
        post(&server, &[("authorization", "Bearer wrong")]).await,
        (403, "not_allowed".to_owned())
    );
    assert_eq!(post(&server, &[("authorization", "Basic open-sesame")]).await.0, 401);
    let right = ("authorization", "Bearer open-sesame");
    assert_eq!(
        post(&server, &[right, ("x-forwarded-for", "1.2.3.4")]).await,
        (202, "queued".to_owned())
    );
}

#[tokio::test]
async fn a_foreign_name_is_refused_except_to_probes() {
    let server = TestServer::start_with(|settings| {
        settings.public_url = Some("https://terminal.example".parse().unwrap());
    })
    .await;
    let with_host = async |path: &str, host: &str| {
        let request = server.request(Method::GET, path).header("host", host);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(with_host("/markets", "rebound.example").await, 403);
    assert_eq!(with_host("/api/polymarket/markets", "rebound.example:80").await, 403);
    assert_eq!(with_host("/healthz", "cascadian:8080").await, 200);
    assert_eq!(with_host("/markets", "localhost:8080").await, 200);
    assert_eq!(with_host("/markets", "terminal.example").await, 200);
    let response = server.get("/markets").await;
    assert!(response.headers().contains_key("strict-transport-security"));
    let page = response.text().await.unwrap();
    assert!(page.contains(r#"<link rel="canonical" href="https://terminal.example/markets">"#));
}

#[tokio::test]
async fn every_answer_confines_the_browser() {
    let server = TestServer::start().await;
    let mut nonces = HashSet::new();
    for path in [
        "/markets",
        "/markets/market-102",
        "/events",
        "/events/election",
        "/docs",
        "/nope",
        "/markets?x=1",
    ] {
        let request = server.request(Method::GET, path).header("accept", "text/html");
        let response = request.send().await.unwrap();
        let headers = response.headers().clone();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin", "{path}");
        assert!(
            headers.contains_key("referrer-policy") && headers.contains_key("permissions-policy")
        );
        let (_, rest) = policy.split_once("script-src 'self' 'nonce-").unwrap();
        let (nonce, _) = rest.split_once('\'').unwrap();
        let page = response.text().await.unwrap();
        assert!(page.contains(&format!(r#"<script nonce="{nonce}">"#)), "{path}");
        let inline = page.matches("<script").count() - page.matches("<script nonce=").count();
        let inert = page.matches(r#"<script type="application/json""#).count()
            + page.matches(r#"<script type="module" src="/assets/"#).count();
        assert_eq!(inline, inert, "{path}: no script without a nonce or an address");
        assert!(!page.contains(" style=") && !page.contains(" onclick="), "{path}");
        assert!(nonces.insert(nonce.to_owned()), "{path}: a nonce is used once");
    }
    let api = server.get("/api/polymarket/markets").await;
    let policy = api.headers()["content-security-policy"].to_str().unwrap();
    assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'");
}

#[tokio::test]
async fn clients_of_other_machines_are_slowed_down() {
    let server = TestServer::start().await;
    let mut refused = None;
    // A burst of 200 is allowed, and some more while the loop runs.
    for _ in 0..2000 {
        let request =
            server.request(Method::GET, "/healthz").header("x-forwarded-for", "203.0.113.9");
        let response = request.send().await.unwrap();
        if response.status() == 429 {
            refused = Some(response);
            break;
        }
    }
    let refused = refused.expect("never refused");
    assert!(refused.headers().contains_key("retry-after"));
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["error"]["code"], "rate_limited");
    assert_eq!(server.get("/healthz").await.status(), 200, "this machine is exempt");
}
