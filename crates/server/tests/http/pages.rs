//! The pages, as a browser without a script meets them.

use reqwest::Method;
use serde_json::Value;
use server::catalog::{CatalogHandle, Snapshot};
use store::testing::TestDatabase;

use crate::support::{TestServer, settings};

/// The boot JSON of a page.
fn boot(page: &str) -> Value {
    let (_, rest) = page.split_once(r#"<script type="application/json" id="boot">"#).unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

#[tokio::test]
async fn the_screener_shows_filters_sorts_and_pages_without_a_script() {
    let server = TestServer::start().await;
    let root = server.get("/").await;
    assert_eq!(
        (root.status().as_u16(), &root.headers()["location"]),
        (303, &"/markets".parse().unwrap())
    );

    let (status, page) = server.page("/markets?limit=5&price_min=0.1&volume_24h_max=").await;
    assert_eq!(status, 200);
    assert!(page.starts_with("<!DOCTYPE html>"));
    for expected in [
        r#"<a class="mk" href="/markets/market-119">"#,
        r#"aria-sort="descending""#,
        r#"rel="next" href="/markets?limit=5&amp;price_min=0.1&amp;offset=5""#,
        r#"name="price_min" value="0.1""#,
        r#"name="category" value="politics""#,
        r#"href="/markets?limit=5&amp;price_min=0.1&amp;category=politics""#,
        r#"href="/api/polymarket/markets.csv?price_min=0.1""#,
        r#"<link rel="canonical""#,
        r#"property="og:title""#,
        r#"<meta name="description" content=""#,
    ] {
        assert!(page.contains(expected), "{expected} is missing in\n{page}");
    }
    assert!(!page.contains("style="), "the content security policy refuses style attributes");
    let (_, next) = server.page("/markets?limit=5&price_min=0.1&offset=5").await;
    assert!(next.contains(r#"rel="prev" href="/markets?limit=5&amp;price_min=0.1""#), "{next}");
    assert!(next.contains("6–10 of 18"), "{next}");
}

#[tokio::test]
async fn a_page_carries_the_apis_answer() {
    let server = TestServer::start().await;
    let pages = [
        (
            "/markets?sort=price&limit=3",
            "markets",
            "/api/polymarket/markets?sort=price&limit=3&facets=true",
        ),
        ("/markets/market-102", "market", "/api/polymarket/markets/102"),
        ("/events?status=all", "events", "/api/polymarket/events?status=all&facets=true"),
        ("/events/election", "event", "/api/polymarket/events/100"),
        ("/categories", "categories", "/api/polymarket/categories"),
    ];
    for (path, route, request) in pages {
        let (status, page) = server.page(path).await;
        assert_eq!(status, 200, "{path}");
        let boot = boot(&page);
        assert_eq!(boot["route"], route);
        assert_eq!(boot["reply"]["success"], true);
        assert_eq!(boot["reply"], server.json(request).await, "{path}");
        assert_eq!(boot["app"]["interval_s"], 300);
        assert_eq!(boot["app"]["simulated"], false);
    }
}

#[tokio::test]
async fn what_upstream_wrote_cannot_become_markup() {
    let server = TestServer::start().await;
    for path in [
        "/markets",
        "/markets/market-100",
        "/events/election",
        "/markets?q=%3Cscript%3Ealert(2)",
        "/markets/market-102?size=%3Cscript%3Ealert(3)",
        "/events/election?range=%3Cscript%3Ealert(4)",
    ] {
        let (_, page) = server.page(path).await;
        assert!(!page.contains("<script>alert"), "{path}");
        assert!(page.contains("&lt;script&gt;alert"), "{path}");
    }
    let (_, page) = server.page("/markets/market-102").await;
    assert!(page.contains("Rules with &lt;b&gt;markup&lt;/b&gt;"));
    assert!(page.contains(r#"<a class="link" href="https://rules.example/x""#), "{page}");
}

#[tokio::test]
async fn a_filter_that_cannot_be_used_is_explained_beside_the_form() {
    let server = TestServer::start().await;
    for (path, field) in [
        ("/markets?price_min=lots&q=rain", "price_min"),
        ("/markets?nonsense=1", "nonsense"),
        ("/markets?cols=colour", "cols"),
        ("/markets?cursor=x", "cursor"),
        ("/events?status=resolved", "status"),
    ] {
        let (status, page) = server.page(path).await;
        assert_eq!(status, 400, "{path}");
        assert!(page.contains(&format!(r#"id="error-{field}""#)), "{path}\n{page}");
        assert!(page.contains("<form"), "{path}");
    }
    let (_, page) = server.page("/markets?price_min=lots&q=rain").await;
    assert!(
        page.contains(r#"value="lots" aria-invalid="true" aria-describedby="error-price_min""#),
        "{page}"
    );
    assert!(page.contains(r#"name="q" value="rain""#), "what was typed stays");
}

#[tokio::test]
async fn a_screen_that_finds_nothing_says_what_to_relax() {
    let server = TestServer::start().await;
    let (status, page) = server.page("/markets?category=weather&price_min=0.5").await;
    assert_eq!(status, 200);
    assert!(page.contains("No market matches"));
    assert!(page.contains(r#"href="/markets?category=weather""#), "{page}");
    assert!(page.contains(r#"href="/markets?price_min=0.5""#), "{page}");
}

#[tokio::test]
async fn missing_things_are_pages_for_people_and_envelopes_for_programs() {
    let server = TestServer::start().await;
    for path in ["/markets/nope", "/events/nope", "/nope"] {
        let (status, page) = server.page(path).await;
        assert_eq!(status, 404, "{path}");
        assert!(page.contains(r#"<input type="search" name="q""#), "{path}");
        assert!(page.contains("noindex"), "{path}");
        let program: Value = server.json(path).await;
        assert_eq!(program["success"], false, "{path}");
    }
    let request = server.request(Method::GET, "/api/nope").header("accept", "text/html");
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(body["error"]["code"], "route_not_found", "below /api it is always JSON");
}

#[tokio::test]
async fn the_reference_lists_every_endpoint_and_error() {
    let server = TestServer::start().await;
    let (status, page) = server.page("/docs").await;
    assert_eq!(status, 200);
    let document = server.json("/openapi.json").await;
    for path in document["paths"].as_object().unwrap().keys() {
        assert!(page.contains(path.as_str()), "{path}");
    }
    for code in domain::ErrorCode::ALL {
        assert!(page.contains(code.code()));
    }
}

#[tokio::test]
async fn a_simulated_world_says_so_everywhere() {
    let server = {
        let origin = domain::Origin::Simulation("world; seed=7".to_owned());
        TestServer::start_as(&origin, settings()).await
    };
    for path in ["/markets", "/markets/market-102", "/events", "/events/election", "/docs", "/nope"]
    {
        let (_, page) = server.page(path).await;
        assert!(page.contains("simulated world"), "{path}");
        assert!(!page.contains("https://polymarket.com"), "{path}");
    }
    assert_eq!(server.json("/api/polymarket/markets").await["metadata"]["simulated"], true);
}

#[tokio::test]
async fn an_empty_catalogue_is_called_empty_and_an_unloaded_one_not_ready() {
    let database = TestDatabase::create().await;
    let empty = CatalogHandle::new(Snapshot::build(vec![], vec![], 0, chrono::Utc::now()));
    let server = TestServer::over(database.database().clone(), empty, settings()).await;
    let (status, page) = server.page("/markets").await;
    assert_eq!(status, 200);
    assert!(page.contains("No markets yet: no sync has begun."), "{page}");
    let reply = server.json("/api/polymarket/markets").await;
    assert_eq!(reply["metadata"]["completeness"], "empty");

    let unloaded = CatalogHandle::default();
    let server = TestServer::over(database.database().clone(), unloaded, settings()).await;
    let response = server.get("/api/polymarket/markets").await;
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"]["code"], "not_ready");
    assert_eq!(server.json("/readyz").await["catalogue"], false);
    let (status, page) = server.page("/markets").await;
    assert_eq!(status, 503);
    assert!(page.contains("The terminal is starting"), "{page}");
}
