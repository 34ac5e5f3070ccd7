//! How the client behaves before hosts that misbehave, over loopback.

#![expect(clippy::unwrap_used, reason = "a broken set-up should end the test where it is")]

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Response, Uri};
use domain::{ConditionId, EventId, MarketId};
use futures_util::stream::{self, StreamExt};
use polymarket::gamma::{
    CrawlQuery, EventKey, EventsQuery, GammaClient, KeysetCrawl, MarketsQuery, RejectReason,
};
use polymarket::{
    Endpoints, Limits, Upstream, UpstreamError, UpstreamErrorKind as Kind, UpstreamOptions,
};
use tokio::net::TcpListener;

const EMPTY_PAGE: &str = r#"{"events":[]}"#;

type Reply = Response<Body>;

fn reply(status: u16, content_type: &str, body: impl Into<Body>) -> Reply {
    Response::builder()
        .status(status)
        .header("content-type", content_type)
        .body(body.into())
        .unwrap()
}

fn json(body: impl Into<Body>) -> Reply {
    reply(200, "application/json", body)
}

fn with_retry_after(mut reply: Reply, value: &'static str) -> Reply {
    reply.headers_mut().insert("retry-after", value.parse().unwrap());
    reply
}

/// A host that answers request number n with `script(n, address)`.
struct Fake {
    base: String,
    requests: Arc<Mutex<Vec<Uri>>>,
}

impl Fake {
    async fn serve(script: impl Fn(usize, &Uri) -> Reply + Send + Sync + 'static) -> Self {
        let requests = Arc::new(Mutex::new(Vec::<Uri>::new()));
        let (seen, script) = (requests.clone(), Arc::new(script));
        let app = Router::new().fallback(move |uri: Uri| {
            let number = {
                let mut seen = seen.lock().unwrap();
                seen.push(uri.clone());
                seen.len() - 1
            };
            let script = script.clone();
            async move { script(number, &uri) }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/gamma", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base, requests }
    }

    fn requests(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    fn uris(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(ToString::to_string).collect()
    }
}

fn options() -> UpstreamOptions {
    UpstreamOptions {
        deadline: Duration::from_secs(5),
        backoff_base: Duration::from_millis(1),
        backoff_cap: Duration::from_millis(5),
        retry_after_cap: Duration::from_millis(80),
        block_cool_down: Duration::from_millis(120),
        use_system_proxy: false,
        ..UpstreamOptions::default()
    }
}

fn client_with(base: &str, options: UpstreamOptions) -> GammaClient {
    let endpoints =
        Endpoints::new(base, base, base, "ws://127.0.0.1:1", "ws://127.0.0.1:1").unwrap();
    let upstream = Upstream::new(endpoints, options, Arc::new(Limits::unlimited())).unwrap();
    GammaClient::new(Arc::new(upstream))
}

async fn ask(base: &str) -> Result<usize, UpstreamError> {
    ask_with(base, options()).await
}

async fn ask_with(base: &str, options: UpstreamOptions) -> Result<usize, UpstreamError> {
    let page = client_with(base, options).events_keyset(&EventsQuery::default()).await;
    page.map(|page| page.raw_rows)
}

#[tokio::test]
async fn requests_go_below_the_prefix_with_their_parameters() {
    let fake = Fake::serve(|_, _| json(EMPTY_PAGE)).await;
    let query = EventsQuery {
        closed: Some(false),
        after_cursor: Some("a+b/c=".to_owned()),
        ..EventsQuery::default()
    };
    client_with(&fake.base, options()).events_keyset(&query).await.unwrap();
    assert_eq!(
        fake.uris(),
        ["/gamma/events/keyset?limit=100&closed=false&after_cursor=a%2Bb%2Fc%3D"]
    );
}

#[tokio::test]
async fn transient_failures_are_retried() {
    for status in [500, 502, 503, 425, 429] {
        let fake = Fake::serve(move |number, _| match number {
            0 | 1 => reply(status, "application/json", "{}"),
            _ => json(EMPTY_PAGE),
        })
        .await;
        assert_eq!(ask(&fake.base).await, Ok(0), "{status}");
        assert_eq!(fake.requests(), 3);
    }
}

#[tokio::test]
async fn attempts_end() {
    let fake = Fake::serve(|_, _| reply(500, "text/plain", "no")).await;
    let error = ask(&fake.base).await.unwrap_err();
    assert_eq!((error.kind, error.status), (Kind::ServerError(500), Some(500)));
    assert_eq!(error.path, "/events/keyset");
    assert_eq!(fake.requests(), 4);
}

#[tokio::test]
async fn a_retry_budget_spares_a_dead_host() {
    let fake = Fake::serve(|_, _| reply(500, "text/plain", "no")).await;
    let client = client_with(&fake.base, UpstreamOptions { retry_reserve: 3, ..options() });
    for _ in 0..20 {
        assert!(client.events_keyset(&EventsQuery::default()).await.is_err());
    }
    // 20 requests, 3 retries in reserve, and a fifth of a retry earned with each request.
    assert!((20..=27).contains(&fake.requests()), "{}", fake.requests());
}

#[tokio::test]
async fn retry_after_is_obeyed_up_to_the_cap_and_reported_uncapped() {
    let fake = Fake::serve(|number, _| match number {
        0 => with_retry_after(reply(429, "application/json", "{}"), "3600"),
        _ => json(EMPTY_PAGE),
    })
    .await;
    let started = Instant::now();
    assert_eq!(ask(&fake.base).await, Ok(0));
    assert!(started.elapsed() >= Duration::from_millis(80), "waited");

    let fake =
        Fake::serve(|_, _| with_retry_after(reply(429, "application/json", "{}"), "3600")).await;
    let once = UpstreamOptions { max_attempts: 1, ..options() };
    let error = ask_with(&fake.base, once).await.unwrap_err();
    assert_eq!(error.kind, Kind::RateLimited);
    assert_eq!(error.retry_after, Some(Duration::from_hours(1)));
}

#[tokio::test]
async fn a_blocked_address_leaves_the_host_alone() {
    let pages = [
        (403, "text/html; charset=UTF-8", "<html>Attention Required!</html>"),
        (403, "text/plain", "<!DOCTYPE html>"),
        (429, "text/plain", "error code: 1015"),
        (200, "text/plain", "error code: 1015"),
    ];
    for (status, kind, body) in pages {
        let fake = Fake::serve(move |number, _| match number {
            0 => reply(status, kind, body),
            _ => json(EMPTY_PAGE),
        })
        .await;
        let started = Instant::now();
        assert_eq!(ask(&fake.base).await, Ok(0));
        assert!(started.elapsed() >= Duration::from_millis(120), "{status} {body}");
    }
}

#[tokio::test]
async fn pages_and_nothing_are_errors_and_never_no_data() {
    for (content_type, body, kind) in [
        ("text/html", "{}", Kind::Html),
        ("application/json", " <html></html>", Kind::Html),
        ("application/json", "null", Kind::Null),
        ("application/json", "", Kind::Empty),
    ] {
        let fake = Fake::serve(move |_, _| reply(200, content_type, body)).await;
        let error = ask(&fake.base).await.unwrap_err();
        assert_eq!((error.kind, error.status), (kind, Some(200)));
        assert_eq!(fake.requests(), 4, "such answers pass, so the request is repeated");
    }
    let fake = Fake::serve(|_, _| json("[]")).await;
    assert!(matches!(ask(&fake.base).await.unwrap_err().kind, Kind::Malformed(_)));
}

#[tokio::test]
async fn a_refusal_carries_the_hosts_words_and_is_not_repeated() {
    let fake = Fake::serve(|_, _| reply(422, "application/json", r#"{"error":"bad limit"}"#)).await;
    let error = ask(&fake.base).await.unwrap_err();
    assert!(
        error.to_string().contains("422") && error.to_string().contains("bad limit"),
        "{error}"
    );
    assert_eq!(fake.requests(), 1);
}

#[tokio::test]
async fn bodies_that_end_early_are_retried() {
    let aborted = || {
        let broken = std::io::Error::other("gone");
        let chunks = [Ok(Bytes::from_static(b"{\"events\":[")), Err(broken)];
        json(Body::from_stream(stream::iter(chunks)))
    };
    let fake = Fake::serve(move |number, _| match number {
        0 => aborted(),
        1 => json("{\"events\":["),
        _ => json(EMPTY_PAGE),
    })
    .await;
    assert_eq!(ask(&fake.base).await, Ok(0));
    assert_eq!(fake.requests(), 3);
}

#[tokio::test]
async fn oversized_bodies_are_refused_while_they_arrive() {
    let fake = Fake::serve(|_, _| {
        let endless =
            stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 512])));
        json(Body::from_stream(endless))
    })
    .await;
    let error = ask_with(&fake.base, UpstreamOptions { max_body_bytes: 4096, ..options() }).await;
    assert_eq!(error.unwrap_err().kind, Kind::TooLarge { limit_bytes: 4096 });
    assert_eq!(fake.requests(), 1);
}

#[tokio::test]
async fn the_deadline_covers_the_head_and_the_body() {
    let hasty =
        || UpstreamOptions { deadline: Duration::from_millis(100), max_attempts: 2, ..options() };
    // Connections to it are accepted by the system, and nobody answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", silent.local_addr().unwrap());
    assert_eq!(ask_with(&base, hasty()).await.unwrap_err().kind, Kind::Timeout);

    let fake = Fake::serve(|_, _| {
        let beginning = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{"))]);
        json(Body::from_stream(beginning.chain(stream::once(pending()))))
    })
    .await;
    assert_eq!(ask_with(&fake.base, hasty()).await.unwrap_err().kind, Kind::Timeout);
    assert_eq!(fake.requests(), 2, "retried once");
}

#[tokio::test]
async fn a_refused_connection_is_reported_without_the_query() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let query = EventsQuery { after_cursor: Some("secret".to_owned()), ..EventsQuery::default() };
    let error = client_with(&base, options()).events_keyset(&query).await.unwrap_err();
    assert!(matches!(error.kind, Kind::Unreachable(_)), "{error:?}");
    assert!(!format!("{error:?}").contains("secret"));
}

fn page_from(first: usize, cursor: Option<&str>) -> String {
    let rows: Vec<_> = (first..first + 3)
        .map(|id| format!(r#"{{"id":"{id}","title":"Event {id}","closed":false}}"#))
        .collect();
    let cursor = cursor.map_or(String::new(), |cursor| format!(r#","next_cursor":"{cursor}""#));
    format!(r#"{{"events":[{}]{cursor}}}"#, rows.join(","))
}

fn crawl(base: &str) -> KeysetCrawl {
    KeysetCrawl::new(client_with(base, options()), CrawlQuery::Events(EventsQuery::default()))
}

#[tokio::test]
async fn a_crawl_follows_cursors_to_the_end() {
    let fake = Fake::serve(|_, uri| {
        let query = uri.query().unwrap_or_default();
        let body = if query.contains("after_cursor=c2") {
            page_from(6, None)
        } else if query.contains("after_cursor=c1") {
            page_from(3, Some("c2"))
        } else {
            page_from(0, Some("c1"))
        };
        json(body)
    })
    .await;
    let mut crawl = crawl(&fake.base);
    let mut ids = Vec::new();
    while let Some(page) = crawl.next_page().await.unwrap() {
        ids.extend(page.row_ids);
    }
    assert_eq!(ids, ["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
    assert_eq!(fake.requests(), 3);
    assert!(crawl.next_page().await.unwrap().is_none(), "stays over");
}

#[tokio::test]
async fn a_crawl_ends_when_the_server_goes_in_circles() {
    let ignores_cursor =
        Fake::serve(|number, _| json(page_from(0, Some(&format!("c{number}"))))).await;
    let repeats_cursor = Fake::serve(|number, _| json(page_from(number * 3, Some("same")))).await;
    for fake in [ignores_cursor, repeats_cursor] {
        let mut crawl = crawl(&fake.base);
        assert!(crawl.next_page().await.unwrap().is_some());
        let error = crawl.next_page().await.unwrap_err();
        assert!(matches!(error.kind, Kind::PagingLoop(_)), "{error}");
        assert!(crawl.next_page().await.unwrap().is_none());
        assert_eq!(fake.requests(), 2);
    }
}

#[tokio::test]
async fn rows_nobody_asked_for_are_dropped_and_reported() {
    // The famous first row of a server that ignores its filter.
    let row = format!(
        r#"{{"id":"12","question":"Will Joe Biden get Coronavirus?","conditionId":"0x{}","closed":true}}"#,
        "e3".repeat(32)
    );
    let body = format!(r#"{{"markets":[{row}]}}"#);
    let single = row.clone();
    let fake = Fake::serve(move |_, uri| {
        if uri.path().ends_with("keyset") { json(body.clone()) } else { json(single.clone()) }
    })
    .await;
    let client = client_with(&fake.base, options());
    let wanted = ConditionId::parse(&"ab".repeat(32)).unwrap();
    let query = MarketsQuery { condition_ids: vec![wanted], ..MarketsQuery::default() };
    let page = client.markets_keyset(&query).await.unwrap();
    assert!(page.markets.is_empty());
    assert_eq!(page.rejected[0].reason, RejectReason::NotRequested);
    assert_eq!(page.rejected[0].id.as_deref(), Some("12"));

    let asked = |id: &str| MarketId::parse(id).unwrap();
    let query = MarketsQuery { ids: vec![asked("12"), asked("13")], ..MarketsQuery::default() };
    assert_eq!(client.markets_keyset(&query).await.unwrap().markets.len(), 1);
    let page = client.market(&asked("13")).await.unwrap().unwrap();
    assert!(page.markets.is_empty() && page.rejected.len() == 1);
    let page = client.market(&asked("12")).await.unwrap().unwrap();
    assert_eq!(page.markets.len(), 1);
    assert!(fake.uris().iter().any(|uri| uri.contains("id=12&id=13")));
}

#[tokio::test]
async fn what_does_not_exist_is_none() {
    let fake = Fake::serve(|_, _| {
        reply(404, "application/json", r#"{"type":"not found error","error":"id not found"}"#)
    })
    .await;
    let client = client_with(&fake.base, options());
    assert_eq!(client.market(&MarketId::parse("1").unwrap()).await, Ok(None));
    let key = EventKey::Id(EventId::parse("1").unwrap());
    assert_eq!(client.event(&key).await, Ok(None));
    assert_eq!(client.event(&EventKey::Slug("a/b".to_owned())).await, Ok(None));
    assert_eq!(fake.uris()[2], "/gamma/events/slug/a%2Fb");
}

#[tokio::test]
async fn tags_are_paged_to_the_end_and_never_for_ever() {
    let tags = |range: std::ops::Range<usize>| {
        let rows: Vec<_> =
            range.map(|id| format!(r#"{{"id":"{id}","slug":"t{id}","label":"T{id}"}}"#)).collect();
        format!("[{}]", rows.join(","))
    };
    let fake = Fake::serve(move |_, uri| {
        let second = uri.query().unwrap_or_default().contains("offset=100");
        json(tags(if second { 100..130 } else { 0..100 }))
    })
    .await;
    let found = client_with(&fake.base, options()).tags().await.unwrap();
    assert_eq!(found.len(), 130);
    assert_eq!((found[129].slug.as_str(), found[129].label.as_str()), ("t129", "T129"));

    let fake = Fake::serve(move |_, _| json(tags(0..100))).await;
    let error = client_with(&fake.base, options()).tags().await.unwrap_err();
    assert!(matches!(error.kind, Kind::PagingLoop(_)));
}
