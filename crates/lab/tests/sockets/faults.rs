//! What goes wrong on sockets, but for the faults that other hosts have, too.

use chrono::TimeDelta;
use lab::{Fault, FaultKind};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::error::ProtocolError;

use crate::client::{Book, Client, Kept, handshake, text};
use crate::support::Running;
use crate::{after, busiest_tokens, start};

fn inject(running: &Running, fault: Fault) {
    running.lab.inject(fault).expect("a valid fault");
}

#[tokio::test]
async fn a_delta_may_come_before_its_book() {
    let running = start(2, 20.0).await;
    let tokens = busiest_tokens(&running, 1).await;
    inject(&running, Fault::on("/ws", FaultKind::DeltaFirst).times(1));
    let mut client = Client::watch(&running, handshake(&tokens)).await;
    assert_eq!(client.caught_up().await, Vec::<String>::new());
    let mut kept = Kept::default();
    while kept.books.is_empty() {
        let messages = after(&running, TimeDelta::minutes(5), &mut client).await;
        let Some(first) =
            messages.iter().find(|message| message["event_type"] != "last_trade_price")
        else {
            continue;
        };
        assert_eq!(text(first, "event_type"), "price_change");
        let told_ms = |message| text(message, "timestamp").parse::<i64>().expect("ms");
        let dumped = messages.iter().find(|message| message.get("last_trade_price").is_some());
        assert!(told_ms(dumped.expect("the book")) < told_ms(first), "the book is the older one");
        // The change that came too soon counts all the same.
        for message in messages.iter().filter(|message| message["event_type"] == "book").take(2) {
            kept.apply(message, &tokens);
        }
        for message in messages.iter().filter(|message| message["event_type"] == "price_change") {
            kept.apply(message, &tokens);
        }
    }
    for token in &tokens {
        let shown = running.json(&format!("/clob/book?token_id={token}")).await;
        assert_eq!(kept.books[token], Book::read(&shown));
    }
    running.stop().await;
}

#[tokio::test]
async fn a_socket_is_cut_without_a_word() {
    let running = start(2, 20.0).await;
    let tokens = busiest_tokens(&running, 20).await;
    let mut client = Client::watch(&running, handshake(&tokens)).await;
    client.messages().await;
    inject(&running, Fault::on("/ws/ws/market", FaultKind::CutSocket).after(3).times(1));
    running.lab.with_world(|world| world.advance(world.now() + TimeDelta::minutes(30)));
    let (heard, error) = client.until_broken().await;
    assert_eq!(heard, 3);
    assert!(
        matches!(error, Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)),
        "{error:?}"
    );
    running.stop().await;
}

#[tokio::test]
async fn a_socket_is_closed_with_a_code() {
    let running = start(2, 1.0).await;
    let tokens = busiest_tokens(&running, 2).await;
    inject(&running, Fault::on("/", FaultKind::ClosedSocket { code: 4_003 }).times(1));
    let mut client = Client::watch(&running, handshake(&tokens)).await;
    assert_eq!(client.closing().await, (4_003, String::new()));
    let mut again = Client::watch(&running, handshake(&tokens)).await;
    assert_eq!(again.messages().await.len(), 4, "only once");
    for code in [0, 999, 1_005, 1_006, 1_015, 5_000] {
        let fault = Fault::on("/ws", FaultKind::ClosedSocket { code });
        assert!(running.lab.inject(fault).is_err(), "{code}");
    }
    running.stop().await;
}
