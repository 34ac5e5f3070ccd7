//! A client of the sockets, and books kept from what it hears.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::Running;

/// Far longer than anything takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    pub async fn connect(running: &Running, path: &str) -> Self {
        let url = running.url(path).replace("http://", "ws://");
        let (socket, _) = connect_async(url).await.expect("a socket");
        Self { socket }
    }

    /// On the market channel, with the handshake sent.
    pub async fn watch(running: &Running, handshake: Value) -> Self {
        let mut client = Self::connect(running, "/ws/ws/market").await;
        client.say(&handshake.to_string()).await;
        client
    }

    pub async fn say(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.expect("sent");
    }

    /// The next frame.
    pub async fn hear(&mut self) -> Message {
        let frame = timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
        frame.expect("an open connection").expect("a frame")
    }

    /// The next text, as it is.
    pub async fn hear_text(&mut self) -> String {
        match self.hear().await {
            Message::Text(text) => text.to_string(),
            other => panic!("not a text: {other:?}"),
        }
    }

    /// Everything the server had to say up to now: what was put on its way before a `PING` arrives
    /// comes before the `PONG`.
    pub async fn caught_up(&mut self) -> Vec<String> {
        self.say("PING").await;
        let mut texts = Vec::new();
        loop {
            match self.hear_text().await {
                text if text == "PONG" => return texts,
                text => texts.push(text),
            }
        }
    }

    /// The same as messages, arrays taken apart.
    pub async fn messages(&mut self) -> VecDeque<Value> {
        let texts = self.caught_up().await;
        let values = texts.iter().map(|text| serde_json::from_str(text).expect("JSON"));
        let flat = values.flat_map(|value: Value| match value {
            Value::Array(messages) => messages,
            message => vec![message],
        });
        flat.collect()
    }

    /// How many texts come before the connection breaks, and how it breaks.
    pub async fn until_broken(&mut self) -> (usize, Error) {
        let mut heard = 0;
        loop {
            let frame = timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
            match frame.expect("an error before the end") {
                Ok(Message::Text(_)) => heard += 1,
                Ok(other) => panic!("not a text: {other:?}"),
                Err(error) => return (heard, error),
            }
        }
    }

    /// Reads to the end of the connection: the code and reason with which the server closed it, or `None`
    /// where the server did not wait until those could be read.
    pub async fn cut_off(&mut self) -> Option<(u16, String)> {
        loop {
            match timeout(PATIENCE, self.socket.next()).await.expect("an end in time") {
                Some(Ok(Message::Close(frame))) => {
                    let frame = frame.expect("a code");
                    return Some((frame.code.into(), frame.reason.to_string()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// The code and reason with which the server closes, whatever comes before.
    pub async fn closing(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(frame) = self.hear().await {
                let frame = frame.expect("a code");
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }
}

/// The handshake for `tokens`.
pub fn handshake(tokens: &[String]) -> Value {
    json!({ "assets_ids": tokens, "type": "market" })
}

/// The same with the custom features.
pub fn custom_handshake(tokens: &[String]) -> Value {
    json!({ "assets_ids": tokens, "type": "market", "custom_feature_enabled": true })
}

pub fn text<'a>(message: &'a Value, member: &str) -> &'a str {
    message[member].as_str().unwrap_or_else(|| panic!("no {member} in {message}"))
}

/// A decimal in millionths, read without rounding.
pub fn micros(decimal: &str) -> i64 {
    let (whole, part) = decimal.split_once('.').unwrap_or((decimal, ""));
    assert!(part.len() <= 6, "{decimal}");
    let part = format!("{part:0<6}");
    whole.parse::<i64>().expect("digits") * 1_000_000 + part.parse::<i64>().expect("digits")
}

/// A token's book, price to size in millionths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    pub bids: BTreeMap<i64, i64>,
    pub asks: BTreeMap<i64, i64>,
}

impl Book {
    /// From `bids` and `asks`; the best level must be last.
    pub fn read(message: &Value) -> Self {
        let side = |member: &str| {
            let rows = message[member].as_array().unwrap_or_else(|| panic!("no {member}"));
            let levels =
                rows.iter().map(|row| (micros(text(row, "price")), micros(text(row, "size"))));
            levels.collect::<Vec<_>>()
        };
        let (bids, asks) = (side("bids"), side("asks"));
        assert!(bids.is_sorted_by(|worse, better| worse.0 < better.0), "bids ascend: {bids:?}");
        assert!(asks.is_sorted_by(|worse, better| worse.0 > better.0), "asks descend: {asks:?}");
        Self { bids: bids.into_iter().collect(), asks: asks.into_iter().collect() }
    }

    pub fn set(&mut self, side: &str, price: &str, size: &str) {
        let levels = match side {
            "BUY" => &mut self.bids,
            "SELL" => &mut self.asks,
            side => panic!("a side called {side}"),
        };
        match micros(size) {
            0 => levels.remove(&micros(price)),
            size => levels.insert(micros(price), size),
        };
    }

    /// Best bid and best ask; 0 and 1 where there is none.
    pub fn best(&self) -> (i64, i64) {
        let bid = self.bids.last_key_value().map_or(0, |(&price, _)| price);
        let ask = self.asks.first_key_value().map_or(1_000_000, |(&price, _)| price);
        (bid, ask)
    }
}

/// Books kept from a channel's messages, which are checked on the way.
#[derive(Debug, Default)]
pub struct Kept {
    pub books: BTreeMap<String, Book>,
    /// Hash and time of each token's book as last told.
    pub hashes: BTreeMap<String, (String, String)>,
    /// Levels that were told changed, and books that were told after trades.
    pub changes: usize,
    pub snapshots: usize,
}

impl Kept {
    /// Takes a message in. `watched` are the tokens that were asked for.
    pub fn apply(&mut self, message: &Value, watched: &[String]) {
        match text(message, "event_type") {
            "book" => self.replace(message),
            "price_change" => {
                let changes = message["price_changes"].as_array().expect("changes");
                for change in changes {
                    if watched.iter().any(|token| token == text(change, "asset_id")) {
                        self.change(change, text(message, "timestamp"));
                    }
                }
            }
            _ => {}
        }
    }

    fn replace(&mut self, message: &Value) {
        let token = text(message, "asset_id");
        let told = Book::read(message);
        let stamp = (text(message, "hash").to_owned(), text(message, "timestamp").to_owned());
        if let Some(kept) = self.books.insert(token.to_owned(), told.clone()) {
            assert_eq!(kept, told, "the book told after a trade is the one kept from the changes");
            assert_eq!(self.hashes[token], stamp, "and so are its hash and time");
            self.snapshots += 1;
        }
        self.hashes.insert(token.to_owned(), stamp);
    }

    fn change(&mut self, change: &Value, at: &str) {
        let token = text(change, "asset_id");
        let book = self.books.get_mut(token).expect("a book before its changes");
        book.set(text(change, "side"), text(change, "price"), text(change, "size"));
        self.hashes.insert(token.to_owned(), (text(change, "hash").to_owned(), at.to_owned()));
        self.changes += 1;
    }

    /// Checks the best prices that the last message of a burst tells against the books.
    pub fn check_best(&self, message: &Value) {
        for change in message["price_changes"].as_array().expect("changes") {
            if let Some(book) = self.books.get(text(change, "asset_id")) {
                let told = (micros(text(change, "best_bid")), micros(text(change, "best_ask")));
                assert_eq!(book.best(), told, "{message}");
            }
        }
    }
}
