//! Faults of the trading hosts: books, feeds, caches, sockets and resolutions.

#[expect(dead_code, unreachable_pub, clippy::panic, reason = "of the client some is used here")]
#[path = "sockets/client.rs"]
mod client;
mod support;

use chrono::TimeDelta;
use client::{Book, Client, handshake, text};
use lab::{Enforcement, Fault, FaultKind, Lab};
use reqwest::StatusCode;
use serde_json::{Value, json};
use support::{Running, small_world};

async fn start() -> Running {
    Running::start(Lab::world(small_world(1))).await
}

fn inject(running: &Running, fault: Fault) {
    running.lab.inject(fault).expect("a valid fault");
}

fn advance(running: &Running, by: TimeDelta) {
    running.lab.with_world(|world| world.advance(world.now() + by));
}

/// Both tokens of the market with the highest volume of a day.
async fn busiest(running: &Running) -> [String; 2] {
    let rows = running.json("/gamma/markets?order=volume24hr&ascending=false&limit=1").await;
    serde_json::from_str(text(&rows[0], "clobTokenIds")).expect("two tokens")
}

async fn rows(running: &Running, path: &str) -> Vec<Value> {
    let page = running.json(path).await;
    page.get("data").unwrap_or(&page).as_array().expect("rows").clone()
}

#[tokio::test]
async fn ghost_books_are_shown_while_prices_are_right() {
    let running = start().await;
    let [token, _] = busiest(&running).await;
    let (book, price) =
        (format!("/clob/book?token_id={token}"), format!("/clob/price?side=BUY&token_id={token}"));
    let (true_book, true_price) = (running.json(&book).await, running.json(&price).await);
    inject(&running, Fault::on("/clob/book", FaultKind::GhostBook));
    let ghost = running.json(&book).await;
    let prices = |side: &str| -> Vec<String> {
        let levels = ghost[side].as_array().unwrap().iter();
        levels.map(|level| level["price"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (prices("bids"), prices("asks")),
        (vec!["0.01".to_owned()], vec!["0.99".to_owned()])
    );
    assert_ne!(ghost["hash"], true_book["hash"]);
    assert_eq!(running.json(&price).await, true_price);
    let request = running.client().post(running.url("/clob/books"));
    let books: Value =
        request.json(&json!([{ "token_id": token }])).send().await.unwrap().json().await.unwrap();
    assert_eq!(books[0]["bids"], ghost["bids"]);
    running.lab.faults().clear();
    assert_eq!(running.json(&book).await, true_book);
    running.stop().await;
}

#[tokio::test]
async fn a_page_is_served_again() {
    let running = start().await;
    inject(&running, Fault::on("/data/v2/trades", FaultKind::RepeatedPage).after(1).times(1));
    let first = running.json("/data/v2/trades?limit=10").await;
    let cursor = first["pagination"]["next_cursor"].as_str().unwrap();
    let second = format!("/data/v2/trades?limit=10&cursor={cursor}");
    assert_eq!(running.json(&second).await, first);
    assert_ne!(running.json(&second).await["data"], first["data"], "once is enough");
    running.stop().await;
}

#[tokio::test]
async fn offsets_wrap_around() {
    let running = start().await;
    let first = running.json("/gamma/markets?limit=10").await;
    let third = running.json("/gamma/markets?limit=10&offset=20").await;
    assert_ne!(first, third);
    inject(&running, Fault::on("/gamma/markets", FaultKind::WrapAroundOffset { rows: 20 }));
    assert_eq!(running.json("/gamma/markets?limit=10&offset=20").await, first);
    assert_eq!(running.json("/gamma/markets?limit=10&offset=5000").await, first, "past the cap");

    let trades = running.json("/data/trades?limit=10&offset=7").await;
    inject(&running, Fault::on("/data", FaultKind::WrapAroundOffset { rows: 500 }));
    assert_eq!(running.json("/data/trades?limit=10&offset=9007").await, trades);
    running.stop().await;
}

#[tokio::test]
async fn only_takers_are_shown() {
    let running = start().await;
    let path = |taker_only: bool| format!("/data/v2/trades?limit=100&taker_only={taker_only}");
    let (takers, everybody) =
        (rows(&running, &path(true)).await, rows(&running, &path(false)).await);
    assert_ne!(takers, everybody);
    inject(&running, Fault::on("/data", FaultKind::TakerOnlyFeed));
    assert_eq!(rows(&running, &path(false)).await, takers);
    let first_version = |asked: bool| format!("/data/trades?limit=50&takerOnly={asked}");
    let [takers, everybody] = [true, false].map(first_version);
    assert_eq!(rows(&running, &everybody).await, rows(&running, &takers).await);
    running.stop().await;
}

#[tokio::test]
async fn an_old_page_comes_out_of_the_cache() {
    let running = start().await;
    let path = "/data/v2/trades?limit=50";
    let first = running.get(path).await;
    let trace_id = first.headers()["x-trace-id"].clone();
    let first = first.text().await.unwrap();
    advance(&running, TimeDelta::minutes(30));
    inject(&running, Fault::on("/data/v2/trades", FaultKind::StaleCdnPage).times(1));
    let stale = running.get(path).await;
    assert_eq!(stale.headers()["x-trace-id"], trace_id);
    assert_eq!(stale.text().await.unwrap(), first);
    let fresh = running.get(path).await;
    assert_ne!(fresh.headers()["x-trace-id"], trace_id);
    assert_ne!(fresh.text().await.unwrap(), first);
    running.stop().await;
}

#[tokio::test]
async fn schemas_of_every_host_drift() {
    let running = start().await;
    let [token, _] = busiest(&running).await;
    let book = format!("/clob/book?token_id={token}");
    inject(&running, Fault::on("/", FaultKind::NewKey));
    assert!(running.json(&book).await["marketMoodRing"].is_object());
    assert!(running.json("/gamma/tags/1").await["marketMoodRing"].is_object());
    for path in ["/data/v2/trades?limit=5", "/clob/markets", "/gamma/tags?limit=5"] {
        let rows = rows(&running, path).await;
        assert!(!rows.is_empty(), "{path}");
        assert!(rows.iter().all(|row| row["marketMoodRing"].is_object()), "{path}");
    }
    running.lab.faults().clear();

    let (true_book, true_trades) =
        (running.json(&book).await, rows(&running, "/data/v2/trades?limit=5").await);
    inject(&running, Fault::on("/", FaultKind::ChangedType));
    let spoilt = running.json(&book).await;
    assert!(true_book["timestamp"].is_string() && spoilt["timestamp"].is_number());
    assert!(true_book["bids"][0]["price"].is_string() && spoilt["bids"][0]["price"].is_number());
    assert_eq!(spoilt["asset_id"], true_book["asset_id"]);
    for (before, after) in true_trades.iter().zip(&rows(&running, "/data/v2/trades?limit=5").await)
    {
        assert!(before["price"].is_number() && after["price"].is_string());
        assert_eq!(before["token_id"], after["token_id"]);
    }
    running.stop().await;
}

#[tokio::test]
async fn storms_and_bans_hit_every_host() {
    let running = start().await;
    let paths = ["/gamma/tags", "/clob/time", "/data/v2/status"];
    let storm = FaultKind::TooManyRequests { retry_after_s: 3 };
    for (kind, status) in
        [(storm, StatusCode::TOO_MANY_REQUESTS), (FaultKind::HtmlForbidden, StatusCode::FORBIDDEN)]
    {
        inject(&running, Fault::on("/", kind).times(6));
        for path in paths.into_iter().chain(paths) {
            let struck = running.get(path).await;
            assert_eq!(struck.status(), status, "{path}");
            assert!(struck.text().await.unwrap().contains("1015"));
        }
        for path in paths {
            assert_eq!(running.get(path).await.status(), StatusCode::OK, "{path}");
        }
    }
    running.stop().await;
}

#[tokio::test]
async fn a_late_trade_shows_up_below_rows_that_were_there_before() {
    let running = start().await;
    // Another limit each time, so that the cache has nothing to say.
    let hashes = |rows: Vec<Value>| -> Vec<String> {
        rows.iter().map(|row| text(row, "transaction_hash").to_owned()).collect()
    };
    let all = hashes(rows(&running, "/data/v2/trades?limit=200").await);
    inject(&running, Fault::on("/data", FaultKind::LateTrade { by_s: 31_536_000 }));
    let punctual = hashes(rows(&running, "/data/v2/trades?limit=200").await);
    let late: Vec<_> = all.iter().filter(|hash| !punctual.contains(hash)).collect();
    assert!((20..90).contains(&late.len()), "{} of 200 are late", late.len());
    assert!(late.iter().all(|hash| hash.ends_with(['0', '4', '8', 'c'])));
    running.lab.faults().clear();
    inject(&running, Fault::on("/data", FaultKind::LateTrade { by_s: 1 }));
    advance(&running, TimeDelta::seconds(301));
    let now = hashes(rows(&running, "/data/v2/trades?limit=1000").await);
    assert!(late.iter().all(|hash| now.contains(hash)), "what was late is there");
    running.stop().await;
}

#[tokio::test]
async fn combos_are_among_the_trades() {
    let running = start().await;
    inject(&running, Fault::on("/data/v2", FaultKind::ComboRows));
    let rows = rows(&running, "/data/v2/trades?limit=10").await;
    let is_combo = |row: &&Value| text(row, "condition_id").len() == 64;
    let combos: Vec<_> = rows.iter().filter(is_combo).collect();
    assert_eq!((rows.len(), combos.len()), (11, 1));
    assert_eq!((text(combos[0], "slug"), text(combos[0], "outcome")), ("", ""));
    assert_eq!(combos[0]["outcome_index"], 999);
    running.stop().await;
}

#[tokio::test]
async fn fills_come_twice() {
    let running = start().await;
    let path = "/data/v2/trades?limit=10&taker_only=false";
    let once = rows(&running, path).await;
    inject(&running, Fault::on("/data/v2", FaultKind::DuplicatedFills));
    let twice = rows(&running, path).await;
    assert_eq!(twice.len(), 12);
    assert_eq!((&twice[0], &twice[1], &twice[2]), (&once[0], &once[0], &once[1]));
    assert_eq!((&twice[6], &twice[7]), (&once[5], &once[5]));
    running.stop().await;
}

/// Displayed prices of resolved markets by id.
async fn verdicts(running: &Running) -> Vec<(String, String)> {
    let rows = running.enumerate("markets", "&closed=true").await;
    let verdict = |row: &Value| (text(row, "id").to_owned(), text(row, "outcomePrices").to_owned());
    rows.iter().map(verdict).collect()
}

#[tokio::test]
async fn a_resolution_flips() {
    let running = start().await;
    running.lab.limits().set(Enforcement::Off).expect("no factor");
    let flip = json!({ "kind": "resolution_flip" });
    let request = || running.client().post(running.url("/lab/faults")).json(&flip).send();
    // Markets are redeemed some minutes after they are resolved: soon one is not yet.
    let mut before = verdicts(&running).await;
    for _ in 0..300 {
        match request().await.unwrap().status() {
            StatusCode::CREATED => break,
            status => assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY),
        }
        advance(&running, TimeDelta::seconds(30));
        before = verdicts(&running).await;
    }
    let after = verdicts(&running).await;
    let changed: Vec<_> =
        before.iter().zip(&after).filter(|(before, after)| before != after).collect();
    assert!((1..=2).contains(&changed.len()), "{changed:?}");
    for ((id, before), (same, after)) in changed {
        assert_eq!(id, same);
        let swapped = [r#"["1", "0"]"#, r#"["0", "1"]"#];
        assert!(swapped.contains(&after.as_str()) && after != before, "{before} → {after}");
    }
    assert_eq!(running.json("/lab/faults").await[0]["strikes"], 1);
    let audit = running.lab.with_world(|world| world.audit()).expect("a world");
    assert_eq!(audit, Ok(()));
    running.stop().await;
}

#[tokio::test]
async fn kinds_are_refused_where_they_cannot_strike() {
    let running = start().await;
    for wrong in [
        json!({ "kind": "ghost_book", "path_prefix": "/gamma" }),
        json!({ "kind": "frozen_but_pong" }),
        json!({ "kind": { "wrap_around_offset": { "rows": 0 } }, "path_prefix": "/data" }),
    ] {
        let request = running.client().post(running.url("/lab/faults")).json(&wrong);
        let refused = request.send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    assert!(running.lab.faults().inject(Fault::on("/", FaultKind::ResolutionFlip)).is_err());
    running.stop().await;
}

#[tokio::test]
async fn a_frozen_socket_still_answers() {
    let running = start().await;
    let tokens = busiest(&running).await;
    let mut frozen = Client::watch(&running, handshake(&tokens)).await;
    assert_eq!(frozen.messages().await.len(), 2, "the books");
    inject(&running, Fault::on("/ws", FaultKind::FrozenButPong).times(1));
    advance(&running, TimeDelta::hours(2));
    assert_eq!(frozen.caught_up().await, Vec::<String>::new());
    let mut alive = Client::watch(&running, handshake(&tokens)).await;
    assert_eq!(alive.messages().await.len(), 2);
    advance(&running, TimeDelta::hours(2));
    assert!(!alive.messages().await.is_empty());
    assert_eq!(frozen.caught_up().await, Vec::<String>::new(), "it does not wake up");
    running.stop().await;
}

/// Lets time pass until `count` changes of levels have come, and makes them in `kept`.
async fn follow(
    running: &Running,
    client: &mut Client,
    (token, kept): (&str, &mut Book),
    count: usize,
) {
    let mut deltas = 0;
    while deltas < count {
        advance(running, TimeDelta::minutes(5));
        for message in client.messages().await {
            let Value::Array(changes) = &message["price_changes"] else { continue };
            deltas += 1;
            for change in changes.iter().filter(|change| change["asset_id"] == token) {
                let [side, price, size] = ["side", "price", "size"].map(|name| text(change, name));
                kept.set(side, price, size);
            }
        }
    }
}

#[tokio::test]
async fn a_dropped_delta_leaves_a_wrong_book() {
    let running = start().await;
    let tokens = busiest(&running).await;
    let token = tokens[0].as_str();
    let path = format!("/clob/book?token_id={token}");
    let mut client = Client::watch(&running, handshake(&tokens)).await;
    let books = client.messages().await;
    let mut kept = Book::read(books.iter().find(|book| book["asset_id"] == token).unwrap());
    follow(&running, &mut client, (token, &mut kept), 40).await;
    assert_eq!(kept, Book::read(&running.json(&path).await), "every delta came");

    inject(&running, Fault::on("/ws", FaultKind::DroppedDelta).every(2));
    follow(&running, &mut client, (token, &mut kept), 40).await;
    assert_ne!(kept, Book::read(&running.json(&path).await), "every other delta came");
    let struck = running.lab.faults().active()[0].clone();
    assert!(struck.strikes >= 39 && struck.strikes == struck.requests.div_ceil(2), "{struck:?}");
    running.stop().await;
}

#[tokio::test]
async fn messages_of_sockets_drift_and_handshakes_are_refused() {
    let running = start().await;
    let tokens = busiest(&running).await;
    inject(&running, Fault::on("/ws", FaultKind::NewKey));
    let mut client = Client::watch(&running, handshake(&tokens)).await;
    let books = client.messages().await;
    assert!(books.len() == 2 && books.iter().all(|book| book["marketMoodRing"].is_object()));
    running.lab.faults().clear();
    inject(&running, Fault::on("/ws", FaultKind::HtmlForbidden).times(1));
    let url = running.url("/ws/ws/market").replace("http://", "ws://");
    let refused = tokio_tungstenite::connect_async(&url).await.unwrap_err();
    assert!(refused.to_string().contains("403"), "{refused}");
    tokio_tungstenite::connect_async(&url).await.expect("once is enough");
    running.stop().await;
}
