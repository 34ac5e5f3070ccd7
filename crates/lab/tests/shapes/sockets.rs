//! Messages of the market channel.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::pin::pin;

use futures_util::{FutureExt, SinkExt, StreamExt};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::Bodies;
use crate::recordings::Recordings;
use crate::sample::{Sample, Traded};

/// Recordings of the market channel that are whole messages.
const RECORDED: [&str; 10] = [
    "ws_market_best_bid_ask_msg",
    "ws_market_book_burst",
    "ws_market_book_integrity",
    "ws_market_book_msg",
    "ws_market_last_trade_msg",
    "ws_market_new_market_msg",
    "ws_market_price_change_crossing_burst",
    "ws_market_price_change_msg",
    "ws_market_resolved_msg",
    "ws_market_tick_size_msg",
];

/// What each kind of message is called here.
const NAMES: [(&str, &str); 7] = [
    ("book", "ws book"),
    ("price_change", "ws price_change"),
    ("last_trade_price", "ws last_trade_price"),
    ("tick_size_change", "ws tick_size_change"),
    ("best_bid_ask", "ws best_bid_ask"),
    ("new_market", "ws new_market"),
    ("market_resolved", "ws market_resolved"),
];

/// How often the world is moved on before every kind of message has to have come.
const STEPS: usize = 200;

/// How many markets of a sort are watched.
const WATCHED: usize = 5;

/// Messages of a kind that are kept; a busy world sends millions.
const ENOUGH: usize = 400;

/// Messages by their kind.
#[derive(Default)]
struct Messages(BTreeMap<String, Vec<Value>>);

impl Messages {
    /// Takes every message out of `value`, however deep.
    fn gather(&mut self, value: Value) {
        match value {
            Value::Array(values) => values.into_iter().for_each(|value| self.gather(value)),
            Value::Object(members) => match members.get("event_type").and_then(Value::as_str) {
                Some(kind) => {
                    let kind = kind.to_owned();
                    let alike = self.0.entry(kind).or_default();
                    if alike.len() < ENOUGH {
                        alike.push(Value::Object(members));
                    }
                }
                None => members.into_values().for_each(|value| self.gather(value)),
            },
            _ => {}
        }
    }

    /// Whether `text` is of a kind of which there are enough.
    fn has_enough_like(&self, text: &str) -> bool {
        let kind = |kind: &str| text.contains(&format!("\"event_type\":\"{kind}\""));
        self.0.iter().any(|(name, alike)| alike.len() >= ENOUGH && kind(name))
    }

    fn take(&mut self, kind: &str) -> Vec<Value> {
        self.0.remove(kind).unwrap_or_default()
    }
}

pub async fn bodies(sample: &Sample, recordings: &Recordings) -> Vec<Bodies> {
    let mut recorded = Messages::default();
    for file in RECORDED {
        recorded.gather(recordings.body(&format!("ws/{file}.json")));
    }
    let mut lab = heard(sample).await;
    NAMES.map(|(kind, name)| Bodies::new(name, recorded.take(kind), lab.take(kind))).into()
}

/// Listens while the world moves on, until messages of every kind have come.
async fn heard(sample: &Sample) -> Messages {
    let url = sample.running.url("/ws/ws/market").replace("http://", "ws://");
    let (mut socket, _) = connect_async(url).await.expect("a socket");
    let tokens: Vec<_> = watched(sample).into_iter().flat_map(|market| &market.tokens).collect();
    let subscription =
        json!({"type": "market", "assets_ids": tokens, "custom_feature_enabled": true});
    socket.send(Message::text(subscription.to_string())).await.expect("sent");
    let mut messages = Messages::default();
    for _ in 0..STEPS {
        // Whoever listens is waited for, so the socket is read meanwhile. What is told at last comes
        // before the answer to a ping.
        let told = pin!(step(sample));
        let mut told = told.fuse();
        loop {
            tokio::select! {
                () = &mut told => socket.send(Message::text("PING")).await.expect("sent"),
                message = socket.next() => match message.expect("an open socket").expect("a frame") {
                    Message::Text(pong) if pong.as_str() == "PONG" => break,
                    Message::Text(text) if !messages.has_enough_like(&text) => {
                        messages.gather(serde_json::from_str(&text).expect("JSON"));
                    }
                    _ => {}
                },
            }
        }
        if NAMES.iter().all(|(kind, _)| messages.0.contains_key(*kind)) {
            break;
        }
    }
    messages
}

/// Busy markets, those that end first, and those whose price steps are about to change.
fn watched(sample: &Sample) -> Vec<&Traded> {
    let sorted = |key: &dyn Fn(&&Traded, &&Traded) -> Ordering| {
        let mut markets: Vec<_> = sample.markets.iter().collect();
        markets.sort_by(key);
        markets.truncate(WATCHED);
        markets
    };
    let mut watched: Vec<_> = sample.markets.iter().take(WATCHED).collect();
    watched.extend(sorted(&|one, other| one.ends.cmp(&other.ends)));
    watched.extend(sorted(&|one, other| one.from_finer_step.total_cmp(&other.from_finer_step)));
    watched
}

/// Lets half an hour pass; those who listen have then been told what happened.
async fn step(sample: &Sample) {
    let clock = sample.running.client().post(sample.running.url("/lab/clock"));
    let answer = clock.json(&json!({"advance_ms": 1_800_000})).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
}
