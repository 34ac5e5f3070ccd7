//! Books: as dumped, as kept from changes, as told after trades.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::client::{Book, Client, Kept, handshake, text};
use crate::{after, busiest_tokens, start};

#[tokio::test]
async fn the_dump_is_what_rest_shows() {
    let running = start(1, 1.0).await;
    let tokens = busiest_tokens(&running, 20).await;
    let mut client = Client::watch(&running, handshake(&tokens)).await;
    let dump: Value = serde_json::from_str(&client.hear_text().await).expect("JSON");
    let books = dump.as_array().expect("one array of all books");
    assert_eq!(books.len(), tokens.len());
    for (book, token) in books.iter().zip(&tokens) {
        assert_eq!(text(book, "asset_id"), token, "in the order they were asked for");
        assert_eq!(text(book, "event_type"), "book");
        let shown = running.json(&format!("/clob/book?token_id={token}")).await;
        for member in
            ["market", "bids", "asks", "timestamp", "hash", "tick_size", "last_trade_price"]
        {
            assert_eq!(book[member], shown[member], "{member} of {token}");
        }
    }
    running.stop().await;
}

#[tokio::test]
async fn books_kept_from_changes_are_the_exchange_s_own() {
    let running = start(2, 20.0).await;
    let tokens = busiest_tokens(&running, 60).await;
    let mut client = Client::watch(&running, handshake(&tokens)).await;
    let mut kept = Kept::default();
    for _ in 0..40 {
        let messages = after(&running, TimeDelta::seconds(45), &mut client).await;
        for (message, next) in messages.iter().zip(messages.iter().skip(1).chain([&Value::Null])) {
            kept.apply(message, &tokens);
            // All messages of a burst tell the best prices after it.
            let is_change = message["event_type"] == "price_change";
            let goes_on = next["event_type"] == "price_change"
                && next["market"] == message["market"]
                && next["timestamp"] == message["timestamp"];
            if is_change && !goes_on {
                kept.check_best(message);
            }
        }
    }
    assert!(kept.changes > 2_000, "{} changes", kept.changes);
    assert!(kept.snapshots > 50, "{} books after trades", kept.snapshots);
    let (mut open, mut same_time) = (0, 0);
    for token in &tokens {
        let response = running.get(&format!("/clob/book?token_id={token}")).await;
        if response.status() == 404 {
            let left = kept.books.get(token).cloned().unwrap_or_default();
            assert_eq!(left, Book::default(), "no book is shown, so none is left");
            continue;
        }
        let shown: Value = response.json().await.expect("a book");
        assert_eq!(kept.books[token], Book::read(&shown), "{token}");
        let (hash, at) = &kept.hashes[token];
        if at == text(&shown, "timestamp") {
            assert_eq!(hash, text(&shown, "hash"), "{token}");
            same_time += 1;
        }
        open += 1;
    }
    assert!(open > 80 && same_time > 40, "{open} books are left, {same_time} hashes");
    running.stop().await;
}

#[tokio::test]
async fn tokens_added_later_go_on_from_their_own_dump() {
    let running = start(3, 20.0).await;
    let tokens = busiest_tokens(&running, 12).await;
    let (first, later) = tokens.split_at(8);
    let mut client = Client::watch(&running, handshake(first)).await;
    let mut kept = Kept::default();
    let step = TimeDelta::minutes(2);
    running.lab.with_world(|world| world.advance(world.now() + step));
    // Asked for while what happened to the others is still unread.
    client.say(&json!({ "operation": "subscribe", "assets_ids": tokens }).to_string()).await;
    for message in client.messages().await {
        kept.apply(&message, &tokens);
    }
    assert_eq!(kept.books.len(), tokens.len());
    running.lab.with_world(|world| world.advance(world.now() + step));
    for message in client.messages().await {
        kept.apply(&message, &tokens);
    }
    for token in later {
        let shown = running.json(&format!("/clob/book?token_id={token}")).await;
        assert_eq!(kept.books[token], Book::read(&shown), "{token}");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_trade_is_told_then_its_levels_then_the_books() {
    let running = start(4, 20.0).await;
    let tokens = busiest_tokens(&running, 20).await;
    let mut client = Client::watch(&running, handshake(&tokens)).await;
    client.messages().await;
    let messages = after(&running, TimeDelta::minutes(20), &mut client).await;
    let mut trades = 0;
    for (place, trade) in messages.iter().enumerate() {
        if trade["event_type"] != "last_trade_price" {
            continue;
        }
        trades += 1;
        assert!(["BUY", "SELL"].contains(&text(trade, "side")));
        assert_eq!(text(trade, "transaction_hash").len(), 66);
        let after = messages.iter().skip(place + 1);
        let mut of_market = after.filter(|message| message["market"] == trade["market"]);
        let kinds = |message: &&Value| text(message, "event_type").to_owned();
        // Several orders may have traded in one burst.
        let next = of_market.by_ref().find(|message| kinds(message) != "last_trade_price");
        assert_eq!(next.map(|message| kinds(&message)), Some("price_change".to_owned()));
        let books: Vec<&Value> =
            of_market.skip_while(|message| kinds(message) == "price_change").take(2).collect();
        assert_eq!(books.len(), 2, "one of each token");
        for book in books {
            assert_eq!(text(book, "event_type"), "book");
            assert_eq!(book["timestamp"], trade["timestamp"]);
            assert_eq!(book.get("tick_size").or(book.get("last_trade_price")), None);
        }
    }
    assert!(trades > 20, "{trades} trades");
    running.stop().await;
}
