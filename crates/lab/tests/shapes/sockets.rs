//! Messages of the market channel.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::Bodies;
use crate::recordings::Recordings;
use crate::sample::Sample;

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

/// Messages of a kind that are kept; a busy world sends millions.
const ENOUGH: usize = 400;

/// No message for so long: the step has been told.
const QUIET: Duration = Duration::from_millis(300);

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
    let tokens: Vec<_> = sample.markets.iter().flat_map(|market| &market.tokens).collect();
    let subscription =
        json!({"type": "market", "assets_ids": tokens, "custom_feature_enabled": true});
    socket.send(Message::text(subscription.to_string())).await.expect("sent");
    let mut messages = Messages::default();
    for _ in 0..STEPS {
        while let Ok(Some(message)) = timeout(QUIET, socket.next()).await {
            if let Message::Text(text) = message.expect("a frame") {
                messages.gather(serde_json::from_str(&text).expect("JSON"));
            }
        }
        if NAMES.iter().all(|(kind, _)| messages.0.contains_key(*kind)) {
            break;
        }
        let lab = &sample.running.lab;
        lab.with_world(|world| world.advance(world.now() + TimeDelta::minutes(30)));
    }
    messages
}
