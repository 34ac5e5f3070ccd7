//! The client of the Data API: what it asks, how it pages.

use std::time::Duration;

use chrono::DateTime;
use domain::{Address, Side};
use domain::{ConditionId, EventId, TokenId};
use polymarket::data::{
    BucketWidth, DataClient, PricesQuery, ResolutionScope, TradeFloor, TradeScope, TradesQuery,
    TradesWalk,
};
use polymarket::{Delivery, HistoryRange, RejectReason, TimeWindow, UpstreamErrorKind as Kind};
use rust_decimal::dec;
use serde_json::{Value, json as value};

use crate::fake::{Fake, json, reply, with_header};

const WALLET: &str = "0x379a410a36c101e3b8dfb6c90d1176eb0def4b1a";
const NOTHING: &str = r#"{"data":[],"pagination":{"limit":2,"offset":0,"has_more":false}}"#;

fn client(fake: &Fake) -> DataClient {
    DataClient::new(fake.upstream())
}

fn condition(digit: &str) -> ConditionId {
    ConditionId::parse(&digit.repeat(64)).unwrap()
}

/// A trade at this second.
pub(crate) fn trade(second: i64) -> Value {
    value!({
        "proxy_wallet": WALLET, "side": "BUY", "token_id": "1", "condition_id": condition("a"),
        "size": 22.84, "price": 0.52, "timestamp": second, "title": "Will it?", "slug": "will-it",
        "icon": "", "event_slug": "", "outcome": "Yes", "outcome_index": 0, "name": "somebody",
        "pseudonym": "Scary-Barrel", "bio": "", "profile_image": "", "profile_image_optimized": "",
        "transaction_hash": format!("0x{second:064x}"),
    })
}

fn page(rows: &[Value], has_more: bool, cursor: Option<&str>) -> String {
    let pagination = value!({
        "limit": 3, "offset": 0, "has_more": has_more, "next_cursor": cursor,
    });
    value!({"data": rows, "pagination": pagination}).to_string()
}

/// Three trades that go back from this second.
fn trades_from(second: i64) -> Vec<Value> {
    (0..3).map(|ago| trade(second - ago)).collect()
}

fn walk(fake: &Fake) -> TradesWalk {
    TradesWalk::new(client(fake), TradesQuery::default())
}

const NOON: i64 = 1_790_000_000;

#[tokio::test]
async fn nothing_that_upstream_has_a_default_for_is_left_to_it() {
    let fake = Fake::says(NOTHING).await;
    let client = client(&fake);
    let at = |second| DateTime::from_timestamp(second, 0);
    let wallet = |since, until| TradeScope::Wallet {
        wallet: Address::parse(&WALLET.to_uppercase().replace("0X", "0x")).unwrap(),
        since,
        until,
    };
    let floor = "taker_only=true&filter_type=TOKENS&filter_amount=0.000001";
    let (a, b) = (condition("a"), condition("b"));
    let cases = [
        (TradesQuery::default(), format!("limit=1000&{floor}")),
        (
            TradesQuery {
                scope: TradeScope::Markets(vec![b.clone(), a.clone(), b.clone()]),
                cursor: Some("a+b=".to_owned()),
                limit: 99,
                ..TradesQuery::default()
            },
            format!("limit=99&condition={a}%2C{b}&{floor}&cursor=a%2Bb%3D"),
        ),
        (
            TradesQuery {
                scope: TradeScope::Events(vec![EventId::parse("30829").unwrap()]),
                taker_only: false,
                side: Some(Side::Sell),
                floor: TradeFloor::Usdc(dec!(500)),
                ..TradesQuery::default()
            },
            "limit=1000&event_id=30829&taker_only=false&side=SELL&filter_type=CASH&filter_amount=500"
                .to_owned(),
        ),
        (
            TradesQuery { scope: wallet(None, None), ..TradesQuery::default() },
            format!("limit=1000&user={WALLET}&start=1&{floor}"),
        ),
        (
            TradesQuery {
                scope: wallet(at(NOON), at(NOON + 60)),
                floor: TradeFloor::Shares(dec!(0)),
                ..TradesQuery::default()
            },
            format!("limit=1000&user={WALLET}&start=1790000000&end=1790000060&{floor}"),
        ),
    ];
    for (query, expected) in cases {
        assert!(client.trades(&query).await.unwrap().rows.rows.is_empty());
        assert_eq!(fake.lines().last().unwrap(), &format!("GET /v2/trades?{expected}"));
    }
}

#[tokio::test]
async fn what_upstream_would_refuse_is_not_asked() {
    let fake = Fake::says(NOTHING).await;
    let client = client(&fake);
    let query = |scope, limit| TradesQuery { scope, limit, ..TradesQuery::default() };
    let many = |count: usize| (0..count).map(|n| condition_number(n + 1)).collect::<Vec<_>>();
    let combo = ConditionId::parse(&"3".repeat(62)).unwrap();
    let event = EventId::parse("the-event").unwrap();
    for bad in [
        query(TradeScope::Exchange, 0),
        query(TradeScope::Exchange, 1_001),
        query(TradeScope::Markets(Vec::new()), 10),
        query(TradeScope::Markets(many(21)), 10),
        query(TradeScope::Markets(vec![combo.clone()]), 10),
        query(TradeScope::Events(vec![event.clone()]), 10),
    ] {
        let error = client.trades(&bad).await.unwrap_err();
        assert!(matches!(error.kind, Kind::InvalidRequest(_)), "{bad:?}: {error}");
    }
    assert!(client.holders(&combo, 10).await.is_err());
    assert!(client.holders(&condition("a"), 1_001).await.is_err());
    assert!(client.holders_with_economics(&condition("a"), 101).await.is_err());
    assert!(client.open_interest(&[]).await.is_err());
    assert!(client.resolutions(&ResolutionScope::Markets(many(21))).await.is_err());
    assert!(client.resolutions(&ResolutionScope::Events(vec![event])).await.is_err());
    assert_eq!(fake.asked().len(), 0);
    assert!(client.resolutions(&ResolutionScope::Markets(many(20))).await.is_ok());
}

fn condition_number(number: usize) -> ConditionId {
    ConditionId::parse(&format!("{number:064x}")).unwrap()
}

#[tokio::test]
async fn a_walk_follows_cursors_and_says_again_what_it_wants() {
    let fake = Fake::serve(|_, asked| {
        let body = if asked.target.contains("cursor=c2") {
            page(&trades_from(NOON - 6), false, None)
        } else if asked.target.contains("cursor=c1") {
            page(&trades_from(NOON - 3), true, Some("c2"))
        } else {
            page(&trades_from(NOON), true, Some("c1"))
        };
        json(body)
    })
    .await;
    let mut walk = walk(&fake);
    let mut seconds = Vec::new();
    while let Some(page) = walk.next_page().await.unwrap() {
        assert!(page.rows.rejected.is_empty() && page.rows.issues.is_empty(), "{page:?}");
        seconds.extend(page.rows.rows.iter().map(|row| NOON - row.traded_at.timestamp()));
    }
    assert_eq!(seconds, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert!(walk.next_page().await.unwrap().is_none(), "stays over");
    let lines = fake.lines();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1], format!("{}&cursor=c1", lines[0]), "identical filters");
    assert_eq!(walk.cursor(), Some("c2"), "of the last page");
}

#[tokio::test]
async fn a_walk_can_be_resumed_and_a_failed_page_tried_again() {
    let fake = Fake::serve(|number, _| match number {
        0 => reply(400, r#"{"error":"no","code":"invalid_request","retryable":false}"#),
        _ => json(page(&trades_from(NOON), false, None)),
    })
    .await;
    let query = TradesQuery { cursor: Some("c7".to_owned()), ..TradesQuery::default() };
    let mut walk = TradesWalk::new(client(&fake), query);
    assert!(matches!(walk.next_page().await.unwrap_err().kind, Kind::Refused { .. }));
    assert_eq!(walk.cursor(), Some("c7"));
    assert_eq!(walk.next_page().await.unwrap().unwrap().rows.rows.len(), 3);
    assert!(fake.lines().iter().all(|line| line.ends_with("&cursor=c7")), "{:?}", fake.lines());
}

#[tokio::test]
async fn a_walk_never_goes_in_a_circle() {
    let ignores_cursor =
        Fake::serve(|number, _| json(page(&trades_from(NOON), true, Some(&format!("c{number}")))))
            .await;
    let repeats_cursor = Fake::serve(|number, _| {
        let back = i64::try_from(number).unwrap() * 3;
        json(page(&trades_from(NOON - back), true, Some("same")))
    })
    .await;
    // The first page again, with a new trade at its top each time.
    let ignores_cursor_while_people_trade = Fake::serve(|number, _| {
        let later = i64::try_from(number).unwrap();
        json(page(&trades_from(NOON + later), true, Some(&format!("c{number}"))))
    })
    .await;
    let repeats_bad_row = Fake::serve(|number, _| {
        json(page(&[value!({"side": "?"})], true, Some(&format!("c{number}"))))
    })
    .await;
    for fake in [ignores_cursor, repeats_cursor, ignores_cursor_while_people_trade, repeats_bad_row]
    {
        let mut walk = walk(&fake);
        assert!(walk.next_page().await.unwrap().is_some());
        let error = walk.next_page().await.unwrap_err();
        assert!(matches!(error.kind, Kind::PagingLoop(_)), "{error}");
        assert_eq!(error.path, "/v2/trades");
        assert!(walk.next_page().await.unwrap().is_none());
        assert_eq!(fake.asked().len(), 2);
    }
}

#[tokio::test]
async fn a_page_without_rows_is_the_end_whatever_it_says() {
    for last in [
        page(&[], true, Some("c2")),
        r#"{"data":null,"pagination":{"has_more":true,"next_cursor":"c2"}}"#.to_owned(),
        r#"{"data":[]}"#.to_owned(),
    ] {
        let fake = Fake::serve(move |number, _| match number {
            0 => json(page(&trades_from(NOON), true, Some("c1"))),
            _ => json(last.clone()),
        })
        .await;
        let mut walk = walk(&fake);
        assert!(walk.next_page().await.unwrap().unwrap().has_more);
        let empty = walk.next_page().await.unwrap().unwrap();
        assert_eq!((empty.rows.raw_rows, empty.has_more, empty.next_cursor), (0, false, None));
        assert!(walk.next_page().await.unwrap().is_none());
        assert_eq!(fake.asked().len(), 2);
    }
}

#[tokio::test]
async fn a_page_of_nothing_usable_is_not_the_end() {
    let fake = Fake::serve(|number, _| match number {
        0 => json(page(&[value!({"side": "?"}), Value::Null], true, Some("c1"))),
        _ => json(page(&trades_from(NOON), false, None)),
    })
    .await;
    let mut walk = walk(&fake);
    let first = walk.next_page().await.unwrap().unwrap();
    assert_eq!((first.rows.rows.len(), first.rows.rejected.len()), (0, 2));
    assert_eq!(walk.next_page().await.unwrap().unwrap().rows.rows.len(), 3);
}

#[tokio::test]
async fn rows_that_are_cut_off_without_a_cursor_are_said_to_be() {
    let fake = Fake::says(page(&trades_from(NOON), true, None)).await;
    let page = client(&fake).trades(&TradesQuery::default()).await.unwrap();
    assert_eq!((page.has_more, page.next_cursor), (true, None));
    let ended = Fake::says(
        value!({
            "data": trades_from(NOON), "pagination": {"has_more": false, "next_cursor": "stale"},
        })
        .to_string(),
    )
    .await;
    let page = client(&ended).trades(&TradesQuery::default()).await.unwrap();
    assert_eq!((page.has_more, page.next_cursor), (false, None), "has_more is exact");
}

#[tokio::test]
async fn a_cached_page_is_known_by_its_trace_id_and_age() {
    let fake = Fake::serve(|number, _| {
        let body = json(page(&trades_from(NOON), false, None));
        let age = ["0", "251", "5"][number.min(2)];
        let trace = ["t1", "t1", "t2"][number.min(2)];
        with_header(with_header(body, "x-trace-id", trace), "age", age)
    })
    .await;
    let client = client(&fake);
    let mut deliveries = Vec::new();
    for _ in 0..3 {
        deliveries.push(client.trades(&TradesQuery::default()).await.unwrap().delivery);
    }
    assert_eq!(deliveries[0].trace_id, deliveries[1].trace_id, "one answer twice");
    assert_ne!(deliveries[1].trace_id, deliveries[2].trace_id);
    assert_eq!(deliveries[1].age, Some(Duration::from_secs(251)));
}

#[tokio::test]
async fn rows_nobody_asked_for_are_quarantined() {
    let mut rows = trades_from(NOON);
    rows[1]["side"] = value!("SELL");
    rows[2]["condition_id"] = value!(condition("b"));
    let fake = Fake::says(page(&rows, false, None)).await;
    let other = Address::parse(&format!("0x{}", "1".repeat(40))).unwrap();
    let query = |scope, side| TradesQuery { scope, side, ..TradesQuery::default() };
    let wallet = |wallet| TradeScope::Wallet { wallet, since: None, until: None };
    for (query, taken) in [
        (query(TradeScope::Exchange, None), 3),
        (query(TradeScope::Exchange, Some(Side::Buy)), 2),
        (query(TradeScope::Markets(vec![condition("a")]), None), 2),
        (query(TradeScope::Markets(vec![condition("a")]), Some(Side::Sell)), 1),
        (query(TradeScope::Markets(vec![condition("c")]), None), 0),
        (query(wallet(Address::parse(WALLET).unwrap()), None), 3),
        (query(wallet(other), None), 0),
    ] {
        let page = client(&fake).trades(&query).await.unwrap();
        assert_eq!(
            (page.rows.rows.len(), page.rows.rejected.len()),
            (taken, 3 - taken),
            "{query:?}"
        );
        assert!(page.rows.rejected.iter().all(|row| row.reason == RejectReason::NotRequested));
    }
}

#[tokio::test]
async fn refusals_carry_the_hosts_words_and_storms_pass() {
    let fake = Fake::serve(|number, _| match number {
        0 => with_header(
            reply(429, r#"{"error":"slow down","code":"rate_limited","retryable":true}"#),
            "retry-after",
            "1",
        ),
        1 => reply(503, r#"{"error":"later","code":"dependency_unavailable","retryable":true}"#),
        _ => json(NOTHING),
    })
    .await;
    assert!(client(&fake).trades(&TradesQuery::default()).await.is_ok());
    assert_eq!(fake.asked().len(), 3);

    let words = r#"{"error":"cursor does not fit the filters","code":"invalid_request","retryable":false,"trace_id":"5f"}"#;
    let fake = Fake::serve(move |_, _| reply(400, words)).await;
    let error = client(&fake).trades(&TradesQuery::default()).await.unwrap_err();
    assert!(error.to_string().contains("cursor does not fit"), "{error}");
    assert_eq!((fake.asked().len(), error.status), (1, Some(400)));
}

#[tokio::test]
async fn another_shape_is_an_error_and_never_no_data() {
    for body in ["[]", "{}", r#"{"data":{}}"#, r#"{"data":"none"}"#, r#"{"rows":[]}"#] {
        let fake = Fake::says(body).await;
        let client = client(&fake);
        let error = client.trades(&TradesQuery::default()).await.unwrap_err();
        assert!(matches!(error.kind, Kind::Malformed(_)), "{body}");
        assert!(client.holders(&condition("a"), 10).await.is_err(), "{body}");
        assert!(client.open_interest(&[condition("a")]).await.is_err(), "{body}");
        assert!(client.open_interest_of_all().await.is_err(), "{body}");
    }
    let fake = Fake::says(r#"{"data":null}"#).await;
    assert!(client(&fake).status().await.is_err());
}

fn points(range: std::ops::Range<i64>) -> Vec<Value> {
    let point = |minute: i64| value!({"timestamp": NOON + minute * 60, "price": 0.34, "resolution_seconds": 60});
    range.map(point).collect()
}

#[tokio::test]
async fn a_price_history_is_fetched_to_its_end_with_its_window_restated() {
    let fake = Fake::serve(|_, asked| {
        let body = if asked.target.contains("cursor=c1") {
            let mut rest = points(4..6);
            rest[0]["resolution_seconds"] = value!("60");
            rest.push(value!({"timestamp": NOON + 355, "price": 0.4, "resolution_seconds": 0}));
            page(&rest, false, None)
        } else {
            page(&points(0..4), true, Some("c1"))
        };
        with_header(json(body), "x-trace-id", "of-the-page")
    })
    .await;
    let at = |second| DateTime::from_timestamp(second, 0).unwrap();
    let window = TimeWindow::new(at(NOON), at(NOON + 360)).unwrap();
    let query = PricesQuery::window(window).in_buckets(BucketWidth::MINUTE);
    let token = TokenId::parse("7").unwrap();
    let answer = client(&fake).prices_history(&token, query).await.unwrap();
    assert_eq!((answer.value.rows.len(), answer.value.raw_rows), (7, 7));
    let widths: Vec<_> = answer.value.rows.iter().map(|point| point.bucket_seconds).collect();
    assert_eq!(widths[..6], [Some(60); 6]);
    assert_eq!(widths[6], None, "of that very instant");
    assert_eq!(answer.delivery, Delivery { trace_id: Some("of-the-page".to_owned()), age: None });
    let first = "GET /v2/prices-history?token_id=7&start=1790000000&end=1790000360\
        &bucket_seconds=60&limit=10000";
    assert_eq!(fake.lines(), [first.to_owned(), format!("{first}&cursor=c1")]);
}

#[tokio::test]
async fn a_price_history_never_goes_in_a_circle() {
    let fake =
        Fake::serve(|number, _| json(page(&points(0..4), true, Some(&format!("c{number}"))))).await;
    let token = TokenId::parse("7").unwrap();
    let query = PricesQuery::last(HistoryRange::Month);
    let error = client(&fake).prices_history(&token, query).await.unwrap_err();
    assert!(matches!(error.kind, Kind::PagingLoop(_)), "{error}");
    assert_eq!(error.path, "/v2/prices-history");
    assert_eq!(fake.asked().len(), 2);
    assert_eq!(
        fake.lines()[1],
        "GET /v2/prices-history?token_id=7&interval=1m&limit=10000&cursor=c0"
    );
}

#[tokio::test]
async fn a_price_as_of_an_instant_is_one_point() {
    let fake = Fake::says(page(&points(0..1), false, None)).await;
    let token = TokenId::parse("7").unwrap();
    let query = PricesQuery::as_of(DateTime::from_timestamp(NOON + 30, 0).unwrap()).unwrap();
    let answer = client(&fake).prices_history(&token, query).await.unwrap();
    assert_eq!(answer.value.rows.len(), 1);
    assert_eq!(fake.lines(), ["GET /v2/prices-history?token_id=7&as_of=1790000030&limit=10000"]);
}

#[tokio::test]
async fn holders_interest_and_resolutions_are_asked_for_by_id() {
    let fake = Fake::says(NOTHING).await;
    let client = client(&fake);
    let (a, b) = (condition("a"), condition("b"));
    client.holders(&a, 1_000).await.unwrap();
    client.holders_with_economics(&a, 100).await.unwrap();
    client.open_interest(&[a.clone(), b.clone()]).await.unwrap();
    client.resolutions(&ResolutionScope::Markets(vec![b.clone(), a.clone()])).await.unwrap();
    let events = ["7", "8"].map(|id| EventId::parse(id).unwrap()).to_vec();
    client.resolutions(&ResolutionScope::Events(events)).await.unwrap();
    let expected = [
        format!("GET /v2/holders?condition={a}&limit=1000"),
        format!("GET /v2/holders?condition={a}&limit=100&include_pnl=true"),
        format!("GET /v2/oi?condition={a}%2C{b}"),
        format!("GET /v2/resolutions?condition={a}%2C{b}"),
        "GET /v2/resolutions?event_id=7%2C8".to_owned(),
    ];
    assert_eq!(fake.lines(), expected);
}
