//! Books, and what is derived from them.

use std::collections::{BTreeMap, BTreeSet};

use lab::{Fault, FaultKind, Lab, Replay};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use crate::support::{Running, present};
use crate::{asked, levels, markets, post, post_text, running, token_ids, trading_tokens, units};

#[tokio::test]
async fn every_route_tells_the_same_of_every_book() {
    let running = running(1).await;
    let tokens = trading_tokens(&running).await;
    assert!(tokens.len() > 100, "{} tokens trade", tokens.len());
    let (mut two_sided, mut traded) = (0, 0);
    for chunk in tokens.chunks(500) {
        let body = asked(chunk);
        let books = post(&running, "/clob/books", &body).await;
        let middles = post(&running, "/clob/midpoints", &body).await;
        let spreads = post(&running, "/clob/spreads", &body).await;
        let lasts = post(&running, "/clob/last-trades-prices", &body).await;
        let side = |side| -> Value {
            chunk.iter().map(|token| json!({ "token_id": token, "side": side })).collect()
        };
        let bids = post(&running, "/clob/prices", &side("BUY")).await;
        let asks = post(&running, "/clob/prices", &side("SELL")).await;
        let books = books.as_array().unwrap();
        assert_eq!(books.len(), chunk.len());
        for book in books {
            let token = book["asset_id"].as_str().unwrap();
            let (wanted, offered) = (levels(book, "bids"), levels(book, "asks"));
            assert!(wanted.is_sorted_by(|a, b| a.0 < b.0), "{book}");
            assert!(offered.is_sorted_by(|a, b| a.0 > b.0), "{book}");
            assert!(wanted.iter().chain(&offered).all(|level| level.1 > 0), "{book}");
            let bid = wanted.last().map_or(0, |level| level.0);
            let ask = offered.last().map_or(10_000, |level| level.0);
            assert!(bid < ask, "{book}");
            assert_eq!(units(&bids[token]["BUY"], 4), bid, "{book}");
            assert_eq!(units(&asks[token]["SELL"], 4), ask, "{book}");
            assert_eq!(units(&spreads[token], 4), ask - bid, "{book}");
            assert_eq!(units(&middles[token], 5), (bid + ask) * 5, "{book}");
            two_sided += usize::from(!wanted.is_empty() && !offered.is_empty());
        }
        traded += lasts.as_array().unwrap().len();
    }
    assert!(two_sided > 100, "agents quote, {two_sided} books have two sides");
    assert!(traded > 50, "{traded} tokens were traded");
    running.stop().await;
}

#[tokio::test]
async fn asking_for_one_and_for_many_is_the_same() {
    let running = running(1).await;
    let tokens = trading_tokens(&running).await;
    let some: Vec<String> = tokens.iter().step_by(tokens.len() / 12).cloned().collect();
    let body = asked(&some);
    let books = post(&running, "/clob/books", &body).await;
    let ids: Vec<&str> =
        books.as_array().unwrap().iter().map(|book| book["asset_id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted(), "not in the order of the request");
    let middles = post(&running, "/clob/midpoints", &body).await;
    let spreads = post(&running, "/clob/spreads", &body).await;
    let lasts = post(&running, "/clob/last-trades-prices", &body).await;
    let sellers = post(&running, "/clob/prices", &body).await;
    for (token, book) in ids.iter().zip(books.as_array().unwrap()) {
        let one = async |route: &str| running.json(&format!("/clob/{route}token_id={token}")).await;
        assert_eq!(&one("book?").await, book);
        assert_eq!(one("midpoint?").await, json!({ "mid": middles[token] }));
        assert_eq!(one("spread?").await, json!({ "spread": spreads[token] }));
        assert_eq!(one("price?side=sell&").await["price"], sellers[token]["SELL"]);
        assert_eq!(sellers[token].as_object().unwrap().len(), 1, "sellers unless a side is named");
        let last = one("last-trade-price?").await;
        let listed = lasts.as_array().unwrap().iter().find(|row| row["token_id"] == *token);
        match listed {
            Some(row) => assert_eq!((&last["price"], &last["side"]), (&row["price"], &row["side"])),
            None => assert_eq!(last, json!({ "price": "0.5", "side": "" })),
        }
        let tick = one("tick-size?").await;
        assert_eq!(tick["minimum_tick_size"].to_string(), book["tick_size"].as_str().unwrap());
        assert_eq!(one("neg-risk?").await, json!({ "neg_risk": book["neg_risk"] }));
        assert_eq!(running.json(&format!("/clob/tick-size/{token}")).await, tick);
    }
    let none = post(&running, "/clob/books", &json!([])).await;
    assert_eq!(none, json!([]));
    running.stop().await;
}

#[tokio::test]
async fn the_books_of_a_market_mirror_each_other() {
    let running = running(2).await;
    let tokens = trading_tokens(&running).await;
    let books = post(&running, "/clob/books", &asked(&tokens[..400.min(tokens.len())])).await;
    let by_token: BTreeMap<&str, &Value> = books
        .as_array()
        .unwrap()
        .iter()
        .map(|book| (book["asset_id"].as_str().unwrap(), book))
        .collect();
    let flipped = |levels: Vec<(i64, i64)>| -> Vec<(i64, i64)> {
        levels.into_iter().map(|(price, size)| (10_000 - price, size)).collect()
    };
    let mut quoted = 0;
    for pair in tokens[..by_token.len()].chunks(2) {
        let [first, second] = [by_token[pair[0].as_str()], by_token[pair[1].as_str()]];
        assert_eq!(levels(first, "asks"), flipped(levels(second, "bids")));
        assert_eq!(levels(first, "bids"), flipped(levels(second, "asks")));
        for same in ["market", "timestamp", "last_trade_price", "tick_size", "neg_risk"] {
            assert_eq!(first[same], second[same], "{same}");
        }
        quoted += usize::from(first["asks"] != json!([]));
    }
    assert!(quoted > 0);
    running.stop().await;
}

#[tokio::test]
async fn a_book_carries_the_hash_that_clients_compute() {
    let running = running(1).await;
    let mut hashes = BTreeSet::new();
    let tokens = trading_tokens(&running).await;
    for token in tokens.iter().take(20) {
        let text = running.get(&format!("/clob/book?token_id={token}")).await.text().await.unwrap();
        let (before, after) = text.split_once(r#""hash":""#).unwrap();
        let (hash, rest) = after.split_once('"').unwrap();
        let preimage = format!(r#"{before}"hash":""{rest}"#);
        let expected = Sha1::digest(preimage.as_bytes());
        let expected: Vec<String> = expected.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, expected.concat(), "{text:.300}");
        let changed_ms: i64 = serde_json::from_str::<Value>(&text).unwrap()["timestamp"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        assert!(changed_ms <= present().timestamp_millis(), "the book's time, not the request's");
        hashes.insert(hash.to_owned());
    }
    assert_eq!(hashes.len(), 20);
    running.stop().await;
}

#[tokio::test]
async fn resolved_markets_have_no_book_and_a_winner() {
    let running = running(3).await;
    let markets = markets(&running).await;
    let closed: Vec<&Value> = markets.iter().filter(|market| market["closed"] == true).collect();
    assert!(closed.len() > 10, "{} closed", closed.len());
    for market in &closed {
        let [first, second] = [&market["tokens"][0], &market["tokens"][1]];
        let paid = (first["price"].as_f64().unwrap(), second["price"].as_f64().unwrap());
        let won = (first["winner"] == true, second["winner"] == true);
        let split = market["is_50_50_outcome"] == true;
        match (won, split) {
            ((true, false), false) => assert_eq!(paid, (1.0, 0.0)),
            ((false, true), false) => assert_eq!(paid, (0.0, 1.0)),
            ((false, false), true) => assert_eq!(paid, (0.5, 0.5)),
            other => panic!("{other:?}: {market}"),
        }
        assert_eq!(market["accepting_orders"], false);
        assert_eq!(market["rewards"], json!({ "rates": null, "min_size": 0, "max_spread": 0 }));
    }
    let [token, other] = token_ids(closed[0]);
    for route in ["book?", "price?side=BUY&", "midpoint?", "spread?", "last-trade-price?"] {
        let (status, error) = running.problem(&format!("/clob/{route}token_id={token}")).await;
        assert_eq!(
            (status, error.as_str()),
            (404, "No orderbook exists for the requested token id")
        );
    }
    running.json(&format!("/clob/tick-size?token_id={token}")).await;
    let open = trading_tokens(&running).await;
    let body = asked(&[token.to_owned(), open[0].clone(), other.to_owned(), "7".to_owned()]);
    for route in ["books", "midpoints", "spreads", "prices"] {
        let told = post(&running, &format!("/clob/{route}"), &body).await;
        let count = told.as_array().map_or_else(|| told.as_object().unwrap().len(), Vec::len);
        assert_eq!(count, 1, "{route}: what has no book is skipped");
    }
    running.stop().await;
}

#[tokio::test]
async fn wrong_requests_are_refused_as_upstream_does() {
    let running = running(1).await;
    let token = &trading_tokens(&running).await[0];
    let no_book = "No orderbook exists for the requested token id";
    let refused = [
        ("book".to_owned(), 400, "Invalid token id"),
        ("book?token_id=".to_owned(), 400, "Invalid token id"),
        ("book?token_id=0".to_owned(), 404, no_book),
        ("midpoint?token_id=not-a-token".to_owned(), 404, no_book),
        (format!("price?token_id={token}"), 400, "Invalid side"),
        (format!("price?token_id={token}&side=BOTH"), 400, "Invalid side"),
        ("tick-size?token_id=1".to_owned(), 404, "market not found"),
        ("neg-risk".to_owned(), 400, "Invalid token id"),
        ("fee-rate?token_id=1".to_owned(), 404, "fee rate not found for market"),
        ("markets/0x00".to_owned(), 404, "market not found"),
        ("clob-markets/0x00".to_owned(), 404, "market not found"),
        ("markets-by-token/1".to_owned(), 404, "market not found"),
        (
            "markets?next_cursor=LTE=".to_owned(),
            400,
            "next item should be greater than or equal to 0",
        ),
        ("markets?next_cursor=zzz".to_owned(), 400, "invalid next_cursor"),
        ("no-such-route".to_owned(), 404, "not found"),
    ];
    for (path, status, error) in refused {
        assert_eq!(
            running.problem(&format!("/clob/{path}")).await,
            (status, error.to_owned()),
            "{path}"
        );
    }
    for route in ["books", "prices", "midpoints", "spreads", "last-trades-prices"] {
        let plural = format!("/clob/{route}?token_ids={token}");
        assert_eq!(running.problem(&plural).await, (400, "Invalid payload".to_owned()), "{route}");
        let path = format!("/clob/{route}");
        let (status, text) = post_text(&running, &path, &json!({ "token_id": token })).await;
        assert_eq!((status.as_u16(), text.as_str()), (400, r#"{"error":"Invalid payload"}"#));
        let many = asked(&vec![token.clone(); 501]);
        let (status, text) = post_text(&running, &path, &many).await;
        assert_eq!(
            (status.as_u16(), text.as_str()),
            (400, r#"{"error":"Payload exceeds the limit"}"#)
        );
    }
    running.stop().await;
}

#[tokio::test]
async fn the_host_tells_its_time_and_version() {
    let running = running(1).await;
    let text = async |path| running.get(path).await.text().await.unwrap();
    assert_eq!(text("/clob/time").await, present().timestamp().to_string());
    assert_eq!(text("/clob/ok").await, r#""OK""#);
    assert_eq!(text("/clob/version").await, r#"{"version":2}"#);
    assert_eq!(running.lab.requests()["/clob/ok"], 1);
    running.stop().await;
}

#[tokio::test]
async fn ghosts_haunt_books_and_not_prices() {
    let running = running(1).await;
    let token = &trading_tokens(&running).await[0];
    let path = format!("/clob/book?token_id={token}");
    let (real, bid) = (running.json(&path).await, format!("/clob/price?token_id={token}&side=BUY"));
    let price = running.json(&bid).await;
    let ghost = Fault::on("/clob/book", FaultKind::GhostBook);
    running.lab.faults().inject(ghost).unwrap();
    let haunted = running.json(&path).await;
    assert_eq!(levels(&haunted, "bids"), [(100, 1_000_000_000)]);
    assert_eq!(levels(&haunted, "asks"), [(9_900, 1_000_000_000)]);
    let both = post(&running, "/clob/books", &asked(std::slice::from_ref(token))).await;
    assert_eq!(both, json!([haunted]));
    assert_eq!(running.json(&bid).await, price);
    running.lab.faults().clear();
    assert_eq!(running.json(&path).await, real);
    running.stop().await;
}

#[tokio::test]
async fn recordings_hold_nothing_of_this_host() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("tags.json"),
        r#"[{"id":"2","label":"Politics","slug":"politics"}]"#,
    )
    .unwrap();
    let running = Running::start(Lab::replay(Replay::load(dir.path()).unwrap())).await;
    for path in ["/clob/book?token_id=1", "/clob/markets", "/clob/time"] {
        assert_eq!(running.problem(path).await, (404, "not recorded".to_owned()), "{path}");
    }
    running.stop().await;
}
