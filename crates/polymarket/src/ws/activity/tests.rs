//! The activity channel: its messages, and its connection against a host in memory.

use std::time::Duration;

use rust_decimal::dec;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::*;
use crate::fields::FieldIssue;
use crate::lenient::Unreadable;
use crate::ws::testing::{host, next, repeatable};
use domain::Side;

const SECOND: Duration = Duration::from_secs(1);

fn payload() -> Value {
    json!({
        "asset": "71321045679252212594626385532706912750332728571942532289631379312455583992563",
        "bio": "", "conditionId": format!("0x{}", "ab".repeat(32)), "eventSlug": "an-event",
        "icon": "", "name": "", "outcome": "Yes", "outcomeIndex": 0, "price": 0.457_142_857,
        "profileImage": "", "proxyWallet": format!("0x{}", "Cd".repeat(20)),
        "pseudonym": "Quiet-Otter", "side": "BUY", "size": 35.5, "slug": "a-market",
        "timestamp": 1_795_392_000, "title": "A market?", "transactionHash": "0x12",
    })
}

fn told(payload: &Value) -> Value {
    json!({
        "connection_id": "x", "topic": "activity", "type": "orders_matched",
        "timestamp": 1_795_392_000_123_u64, "payload": payload,
    })
}

fn trade(payload: &Value) -> ActivityTrade {
    let decoded = decode(&told(payload).to_string());
    match decoded.messages.as_slice() {
        [ActivityMessage::Trade(trade)] => ActivityTrade::clone(trade),
        other => panic!("not a trade: {other:?}"),
    }
}

#[test]
fn a_trade_has_a_wallet_and_the_price_paid() {
    let trade = trade(&payload());
    assert_eq!(trade.wallet.as_deref(), Some(&*format!("0x{}", "cd".repeat(20))));
    assert_eq!((trade.side, trade.price.decimal()), (Side::Buy, dec!(0.45714286)));
    assert_eq!((trade.shares, trade.outcome_index), (dec!(35.5), Some(0)));
    assert_eq!(trade.traded_at.unwrap().timestamp(), 1_795_392_000);
    assert_eq!(trade.told_at.unwrap().timestamp_millis(), 1_795_392_000_123);
    assert_eq!((trade.name.as_deref(), trade.pseudonym.as_deref()), (None, Some("Quiet-Otter")));
    assert!(!trade.is_combo());
}

#[test]
fn numbers_may_be_text_and_sentinels_are_nothing() {
    let mut odd = payload();
    odd["price"] = json!("0.5");
    odd["size"] = json!("9e-6");
    odd["timestamp"] = json!("1795392000");
    odd["outcomeIndex"] = json!("999");
    odd["proxyWallet"] = json!("nobody");
    odd["conditionId"] = json!(format!("0x{}", "ab".repeat(31)));
    odd["slug"] = json!("");
    odd["new"] = json!({});
    let trade = trade(&odd);
    assert_eq!((trade.price.decimal(), trade.shares), (dec!(0.5), dec!(0.000009)));
    assert_eq!(
        (trade.outcome_index, trade.wallet.as_ref(), trade.slug.as_ref()),
        (None, None, None)
    );
    assert!(trade.is_combo());
    let issues = decode(&told(&odd).to_string()).issues;
    assert_eq!(issues, [FieldIssue { field: "proxyWallet", reason: Unreadable::NotAnId }]);
}

#[test]
fn what_cannot_be_used_is_told_and_spoils_nothing_else() {
    let mut bad = payload();
    bad["price"] = json!("69");
    let frame = json!([
        told(&bad),
        { "topic": "crypto_prices", "type": "update", "payload": {} },
        { "topic": "activity", "type": "orders_matched" },
        7,
        told(&payload()),
    ]);
    let kinds: Vec<_> =
        decode(&frame.to_string()).messages.iter().map(ActivityMessage::kind).collect();
    assert_eq!(kinds, ["unusable", "unknown", "unusable", "unusable", "trade"]);
    assert_eq!(decode("Too many subscriptions").messages[0].kind(), "unusable");
}

fn start() -> (crate::ws::testing::Host, mpsc::Receiver<ActivityEvent>, CancellationToken) {
    let options = ActivityOptions::default();
    let connection = repeatable(options.connection);
    let (dial, host) = host(&connection);
    let (sender, events) = mpsc::channel(options.queue);
    let options = ActivityOptions { connection, queue: options.queue };
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    tokio::spawn(async move { keep(Arc::new(dial), options, sender, &stop).await });
    (host, events, cancel)
}

#[tokio::test(start_paused = true)]
async fn a_feed_that_only_answers_pings_is_made_anew() {
    let (mut host, mut events, cancel) = start();
    let mut peer = host.accept().await;
    let asked = peer.hear().await;
    let subscription = json!([{ "topic": "activity", "type": "orders_matched" }]);
    assert_eq!((&asked["action"], &asked["subscriptions"]), (&json!("subscribe"), &subscription));
    assert!(matches!(next(&mut events).await, ActivityEvent::Connected { .. }));
    let (text, at) = peer.hear_at().await;
    assert_eq!((text.as_str(), at - peer.at), ("PING", 5 * SECOND));
    peer.say("").await;
    peer.say(told(&payload()).to_string()).await;
    let event = next(&mut events).await;
    let ActivityEvent::Received { messages, .. } = event else { panic!("{event:?}") };
    assert_eq!(messages[0].kind(), "trade");
    let last_data = Instant::now();
    tokio::spawn(peer.answer_pings());
    let event = next(&mut events).await;
    assert!(matches!(event, ActivityEvent::Lost { cause: LossCause::NoData, .. }), "{event:?}");
    assert_eq!(last_data.elapsed(), 15 * SECOND);
    let again = host.accept().await;
    assert!(matches!(next(&mut events).await, ActivityEvent::Connected { .. }));
    cancel.cancel();
    again.ending().await;
    assert_eq!(events.recv().await, None);
}
