//! The client of the CLOB.

use chrono::DateTime;
use domain::{ConditionId, Price, TokenId};
use polymarket::clob::{BookSide, ClobClient, Fidelity, HistoryQuery};
use polymarket::{HistoryRange, RejectReason, TimeWindow, UpstreamErrorKind as Kind};
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json as value};

use crate::fake::{Fake, json, reply};

const NO_BOOK: &str = r#"{"error":"No orderbook exists for the requested token id"}"#;
const CONDITION: &str = "0x0f49db97f71c68b1e42a6d16e3de93d85dbf7d4148e3f018eb79e88554be9f75";

fn token(id: &str) -> TokenId {
    TokenId::parse(id).unwrap()
}

fn client(fake: &Fake) -> ClobClient {
    ClobClient::new(fake.upstream())
}

fn price(text: &str) -> Price {
    Price::new(text.parse::<Decimal>().unwrap()).unwrap()
}

/// A book as on the wire: the best levels last.
fn book(token_id: &str) -> Value {
    value!({
        "market": CONDITION, "asset_id": token_id, "timestamp": "1792173951815", "hash": "eae1",
        "bids": [{"price": "0.14", "size": "3383"}, {"price": "0.154", "size": "555.09"}],
        "asks": [{"price": "0.175", "size": "100"}, {"price": "0.155", "size": "1113.08"}],
        "min_order_size": "5", "tick_size": "0.001", "neg_risk": true, "last_trade_price": "0.154",
    })
}

fn changed(field: &str, new: Value) -> Value {
    let mut book = book("1");
    book[field] = new;
    book
}

#[tokio::test]
async fn a_book_is_sorted_whatever_order_it_came_in() {
    let shuffled = value!([
        {"price": "0.154", "size": "555.09"}, {"price": "0.13", "size": "0"},
        {"price": "0.14", "size": "3383"}
    ]);
    for body in [book("1"), changed("bids", shuffled)] {
        let fake = Fake::says(body.to_string()).await;
        let book = client(&fake).book(&token("1")).await.unwrap().unwrap();
        assert_eq!(fake.lines(), ["GET /book?token_id=1"]);
        let bids: Vec<_> = book.bids.iter().map(|level| level.price.to_string()).collect();
        assert_eq!(bids, ["0.154", "0.14"], "what holds nothing is no level");
        let asks: Vec<_> = book.asks.iter().map(|level| level.shares).collect();
        assert_eq!(asks, [dec!(1113.08), dec!(100)]);
        assert_eq!(book.timestamp_ms, Some(1_792_173_951_815));
        assert_eq!(book.condition_id, Some(ConditionId::parse(CONDITION).unwrap()));
        assert_eq!((book.tick_size, book.min_order_size), (Some(price("0.001")), Some(dec!(5))));
        assert_eq!((book.neg_risk, book.hash.as_deref()), (Some(true), Some("eae1")));
    }
}

#[tokio::test]
async fn a_token_without_a_book_has_none() {
    let fake = Fake::serve(|_, _| reply(404, NO_BOOK)).await;
    assert_eq!(client(&fake).book(&token("1")).await, Ok(None));
    assert_eq!(client(&fake).price(&token("1"), BookSide::Bid).await, Ok(None));
    let condition = ConditionId::parse(CONDITION).unwrap();
    assert_eq!(client(&fake).market(&condition).await, Ok(None));
    assert_eq!(client(&fake).market_of_token(&token("1")).await, Ok(None));
}

#[tokio::test]
async fn empty_sides_are_empty_and_unknown_figures_are_none() {
    let mut bare = book("1");
    for (field, empty) in [
        ("bids", value!([])),
        ("asks", Value::Null),
        ("timestamp", value!("")),
        ("last_trade_price", value!("")),
        ("tick_size", value!("")),
        ("hash", value!("")),
        ("market", value!("")),
    ] {
        bare[field] = empty;
    }
    let fake = Fake::says(bare.to_string()).await;
    let book = client(&fake).book(&token("1")).await.unwrap().unwrap();
    assert!(book.bids.is_empty() && book.asks.is_empty());
    assert_eq!((book.timestamp_ms, book.last_trade_price, book.tick_size), (None, None, None));
    assert_eq!((book.hash, book.condition_id), (None, None));
}

#[tokio::test]
async fn a_book_that_cannot_be_read_whole_is_never_a_smaller_book() {
    let level = |price: Value, size: Value| value!([{"price": price, "size": size}]);
    let bad_books = [
        changed("bids", level(value!(""), value!("5"))),
        changed("bids", level(value!("0.5"), value!(""))),
        changed("bids", level(value!("1.5"), value!("5"))),
        changed("asks", level(value!("0.5"), value!("-5"))),
        changed("asks", value!([["0.5", "5"]])),
        changed("asks", value!({"0.5": "5"})),
        changed("asks", value!([{"price": "0.5", "size": "5"}, {"price": "0.50", "size": "6"}])),
        changed("asset_id", value!("")),
        changed("asset_id", value!("2")),
        value!([book("1")]),
    ];
    for bad in bad_books {
        let fake = Fake::says(bad.to_string()).await;
        let error = client(&fake).book(&token("1")).await.unwrap_err();
        assert!(matches!(error.kind, Kind::Malformed(_)), "{bad}: {error}");

        // In a list it costs nobody else.
        let list = Fake::says(value!([book("3"), bad, book("4")]).to_string()).await;
        let asked = [token("1"), token("3"), token("4")];
        let books = client(&list).books(&asked).await.unwrap();
        let ids: Vec<_> = books.rows.iter().map(|book| book.token_id.as_str()).collect();
        assert_eq!((ids, books.rejected.len(), books.raw_rows), (vec!["3", "4"], 1, 3));
        assert!(books.rejected[0].path.starts_with("books[1]"), "{:?}", books.rejected);
    }
}

#[tokio::test]
async fn books_are_asked_for_by_the_hundred_in_json_bodies() {
    let fake = Fake::serve(|_, asked| {
        let tokens: Vec<Value> = serde_json::from_str(&asked.body).unwrap();
        // One in ten is unknown, which upstream passes over in silence.
        let known = tokens.iter().map(|it| it["token_id"].as_str().unwrap());
        let books: Vec<_> = known.filter(|id| !id.ends_with('7')).map(book).collect();
        json(Value::from(books).to_string())
    })
    .await;
    let ids: Vec<_> = (1..=230).map(|id| token(&id.to_string())).collect();
    let books = client(&fake).books(&ids).await.unwrap();
    assert_eq!((books.rows.len(), books.rejected.len()), (207, 0));
    let asked = fake.asked();
    assert_eq!(fake.lines(), ["POST /books"; 3]);
    assert!(asked.iter().all(|it| it.content_type.as_deref() == Some("application/json")));
    let counts: Vec<_> = asked.iter().map(|it| it.body.matches("token_id").count()).collect();
    assert_eq!(counts, [100, 100, 30]);
    assert!(asked[2].body.starts_with(r#"[{"token_id":"201"}"#), "{}", asked[2].body);
    assert_eq!(client(&fake).books(&[]).await.unwrap().raw_rows, 0);
    assert_eq!(fake.asked().len(), 3, "nothing is asked for nothing");
}

#[tokio::test]
async fn a_post_is_sent_again_with_its_body_after_a_transient_failure() {
    let fake = Fake::serve(|number, _| match number {
        0 => reply(503, "{}"),
        1 => reply(425, ""),
        _ => json("[]"),
    })
    .await;
    assert_eq!(client(&fake).books(&[token("1")]).await.unwrap().rows, []);
    let bodies: Vec<_> = fake.asked().into_iter().map(|it| it.body).collect();
    assert_eq!(bodies, [r#"[{"token_id":"1"}]"#; 3]);

    let refuses = Fake::serve(|_, _| reply(400, r#"{"error":"Payload exceeds the limit"}"#)).await;
    let error = client(&refuses).books(&[token("1")]).await.unwrap_err();
    assert!(error.to_string().contains("Payload exceeds the limit"), "{error}");
    assert_eq!(refuses.asked().len(), 1);
}

#[tokio::test]
async fn books_nobody_asked_for_are_quarantined() {
    let fake = Fake::says(value!([book("1"), book("2")]).to_string()).await;
    let books = client(&fake).books(&[token("2")]).await.unwrap();
    assert_eq!(books.rows.len(), 1);
    assert_eq!(books.rejected[0].reason, RejectReason::NotRequested);
    assert_eq!(books.rejected[0].id.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_price_names_the_side_of_the_resting_orders() {
    let fake = Fake::serve(|_, asked| {
        json(if asked.target.contains("side=BUY") {
            r#"{"price":"0.52"}"#
        } else {
            r#"{"price":0.53}"#
        })
    })
    .await;
    let client = client(&fake);
    assert_eq!(client.price(&token("1"), BookSide::Bid).await, Ok(Some(price("0.52"))));
    assert_eq!(client.price(&token("1"), BookSide::Ask).await, Ok(Some(price("0.53"))));
    assert_eq!(fake.lines(), ["GET /price?token_id=1&side=BUY", "GET /price?token_id=1&side=SELL"]);
}

#[tokio::test]
async fn nobody_on_a_side_is_no_price() {
    for (body, side) in [(r#"{"price":"0"}"#, BookSide::Bid), (r#"{"price":"1"}"#, BookSide::Ask)] {
        let fake = Fake::says(body).await;
        assert_eq!(client(&fake).price(&token("1"), side).await, Ok(None));
    }
    for bad in [r#"{"price":""}"#, r#"{"price":"1.5"}"#, "{}", "[]"] {
        let fake = Fake::says(bad).await;
        let error = client(&fake).price(&token("1"), BookSide::Bid).await.unwrap_err();
        assert!(matches!(error.kind, Kind::Malformed(_)), "{bad}");
    }
}

#[tokio::test]
async fn midpoints_are_read_one_by_one() {
    let fake = Fake::says(r#"{"1":"0.52","2":"","3":"0.155","9":"0.5","x":"0.5"}"#).await;
    let asked = [token("1"), token("2"), token("3"), token("4")];
    let middles = client(&fake).midpoints(&asked).await.unwrap();
    let prices: Vec<_> =
        middles.rows.iter().map(|it| (it.token_id.as_str(), it.price.to_string())).collect();
    assert_eq!(prices, [("1", "0.52".to_owned()), ("3", "0.155".to_owned())]);
    let mut reasons: Vec<_> =
        middles.rejected.iter().map(|it| (it.id.clone().unwrap(), it.reason.clone())).collect();
    reasons.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [
        ("2", RejectReason::Lacks("price")),
        ("9", RejectReason::NotRequested),
        ("x", RejectReason::NoId),
    ];
    assert_eq!(reasons, expected.map(|(id, reason)| (id.to_owned(), reason)));
    assert_eq!(fake.lines(), ["POST /midpoints"]);
}

#[tokio::test]
async fn best_prices_are_read_one_by_one_and_nobody_is_no_price() {
    let told = value!({
        "1": {"BUY": "0.51", "SELL": "0.53"}, "2": {"BUY": "0", "SELL": "1"}, "3": {"SELL": 0.4},
        "4": {"BUY": "?", "SELL": "0.5"}, "5": {}, "6": 5, "9": {"BUY": "0.5"}, "x": {"BUY": "0.5"}
    });
    let fake = Fake::says(told.to_string()).await;
    let asked = ["1", "2", "3", "4", "5", "6", "7"].map(token);
    let best = client(&fake).prices(&asked).await.unwrap();
    let text = |price: Option<domain::Price>| price.map(|price| price.to_string());
    let rows: Vec<_> =
        best.rows.iter().map(|it| (it.token_id.as_str(), text(it.bid), text(it.ask))).collect();
    let some = |text: &str| Some(text.to_owned());
    let expected = [("1", some("0.51"), some("0.53")), ("2", None, None), ("3", None, some("0.4"))];
    assert_eq!(rows, expected);
    let mut reasons: Vec<_> =
        best.rejected.iter().map(|it| (it.id.clone().unwrap(), it.reason.clone())).collect();
    reasons.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [
        ("4", RejectReason::Lacks("BUY")),
        ("5", RejectReason::Lacks("price")),
        ("6", RejectReason::NotAnObject),
        ("9", RejectReason::NotRequested),
        ("x", RejectReason::NoId),
    ];
    assert_eq!(reasons, expected.map(|(id, reason)| (id.to_owned(), reason)));
    assert_eq!(fake.lines(), ["POST /prices"]);
}

fn window() -> TimeWindow {
    let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
    TimeWindow::new(at(1_791_914_757), at(1_792_173_957)).unwrap()
}

#[tokio::test]
async fn histories_are_asked_for_as_upstream_allows() {
    let fake = Fake::says(r#"{"history":[]}"#).await;
    let client = client(&fake);
    for query in [
        HistoryQuery::last(HistoryRange::Month),
        HistoryQuery::last(HistoryRange::Max),
        HistoryQuery::latest_of_open(),
        HistoryQuery::last_every(HistoryRange::Day, Fidelity::HOUR).unwrap(),
        HistoryQuery::window(window(), Fidelity::MINUTE),
    ] {
        assert!(client.prices_history(&token("1"), query).await.unwrap().rows.is_empty());
    }
    let expected = [
        "GET /prices-history?market=1&interval=1m&fidelity=10",
        "GET /prices-history?market=1&interval=max&fidelity=720",
        "GET /prices-history?market=1&interval=max&fidelity=10",
        "GET /prices-history?market=1&interval=1d&fidelity=60",
        "GET /prices-history?market=1&startTs=1791914757&endTs=1792173957&fidelity=1",
    ];
    assert_eq!(fake.lines(), expected);
}

#[tokio::test]
async fn points_are_read_one_by_one_and_put_in_order() {
    let points = value!({"history": [
        {"t": 1_770_480_378, "p": 0.225}, {"t": 1_770_480_320, "p": "0.23"}, {"t": 0, "p": 0.5},
        {"t": 1_770_480_378, "p": 0.235}, {"t": 1_770_480_400}, {"p": 0.3}, 5,
        {"t": 1_770_480_500, "p": 1.5}
    ]});
    let fake = Fake::says(points.to_string()).await;
    let query = HistoryQuery::last(HistoryRange::Hour);
    let rows = client(&fake).prices_history(&token("1"), query).await.unwrap();
    let seen: Vec<_> =
        rows.rows.iter().map(|point| (point.at.timestamp(), point.price.to_string())).collect();
    let expected = [(1_770_480_320, "0.23".to_owned()), (1_770_480_378, "0.235".to_owned())];
    assert_eq!(seen, expected);
    assert_eq!((rows.raw_rows, rows.rejected.len()), (8, 5));
}

#[tokio::test]
async fn the_newest_point_that_upstream_appends_is_not_part_of_an_older_window() {
    let points = value!([
        {"t": window().start_s(), "p": 0.1}, {"t": window().end_s(), "p": 0.2},
        {"t": window().end_s() + 900, "p": 0.3}
    ]);
    let single = Fake::says(value!({ "history": points }).to_string()).await;
    let query = HistoryQuery::window(window(), Fidelity::MINUTE);
    let rows = client(&single).prices_history(&token("1"), query).await.unwrap();
    assert_eq!((rows.rows.len(), rows.rejected.len(), rows.raw_rows), (2, 0, 3));
    let batch = Fake::says(value!({"history": {"1": points}}).to_string()).await;
    let rows = client(&batch).batch_prices_history(&[token("1")], query).await.unwrap();
    assert_eq!(rows[&token("1")].rows.len(), 2);
    let range = HistoryQuery::last(HistoryRange::Day);
    let rows = client(&single).prices_history(&token("1"), range).await.unwrap();
    assert_eq!(rows.rows.len(), 3);
}

#[tokio::test]
async fn histories_of_many_tokens_come_by_the_twenty() {
    let fake = Fake::serve(|_, asked| {
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        let known = body["markets"].as_array().unwrap().iter().map(|id| id.as_str().unwrap());
        let mut histories = serde_json::Map::new();
        for id in known.filter(|id| *id != "13") {
            histories.insert(id.to_owned(), value!([{"t": 1_792_000_000, "p": 0.5}]));
        }
        histories.insert("99".to_owned(), value!([]));
        json(value!({ "history": histories }).to_string())
    })
    .await;
    let ids: Vec<_> = (1..=45).map(|id| token(&id.to_string())).collect();
    let query = HistoryQuery::window(window(), Fidelity::minutes(5));
    let histories = client(&fake).batch_prices_history(&ids, query).await.unwrap();
    assert_eq!(histories.len(), 44, "nobody knows 13, nobody asked for 99");
    assert!(histories.values().all(|rows| rows.rows.len() == 1));
    assert_eq!(fake.lines(), ["POST /batch-prices-history"; 3]);
    let last: Value = serde_json::from_str(&fake.asked()[2].body).unwrap();
    let expected = value!({
        "markets": ["41", "42", "43", "44", "45"], "fidelity": 5,
        "start_ts": 1_791_914_757, "end_ts": 1_792_173_957,
    });
    assert_eq!(last, expected);

    let nothing = Fake::says(r#"{"history":null}"#).await;
    let query = HistoryQuery::last(HistoryRange::Week);
    assert!(client(&nothing).batch_prices_history(&ids[..1], query).await.unwrap().is_empty());
    assert!(nothing.asked()[0].body.contains(r#""interval":"1w""#));
}

#[tokio::test]
async fn the_clock_is_a_bare_number() {
    let fake = Fake::says("1795420799").await;
    assert_eq!(client(&fake).time().await.unwrap().timestamp(), 1_795_420_799);
    for bad in ["{}", "\"soon\"", "0"] {
        let error = client(&Fake::says(bad).await).time().await.unwrap_err();
        assert!(matches!(error.kind, Kind::Malformed(_)), "{bad}");
    }
}

#[tokio::test]
async fn another_market_than_the_one_asked_for_is_an_error() {
    let other = format!("0x{}", "ab".repeat(32));
    let fake = Fake::says(value!({"condition_id": other, "tokens": []}).to_string()).await;
    let condition = ConditionId::parse(CONDITION).unwrap();
    let error = client(&fake).market(&condition).await.unwrap_err();
    assert!(error.to_string().contains("not asked for"), "{error}");
    assert_eq!(fake.lines(), [format!("GET /markets/{CONDITION}")]);

    let row = value!({"condition_id": other, "primary_token_id": "1", "secondary_token_id": "2"});
    let fake = Fake::says(row.to_string()).await;
    assert_eq!(
        client(&fake).market_of_token(&token("2")).await.unwrap().unwrap().condition_id.as_str(),
        other
    );
    assert!(client(&fake).market_of_token(&token("3")).await.is_err());
}
