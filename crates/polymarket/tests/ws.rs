//! The channels over real sockets, against hosts that misbehave in the ways upstream has been reported to.
//! How long things take is tested beside the code, with time in the tests' hands; here intervals are short.

#![expect(clippy::unwrap_used, reason = "a broken set-up should end the test where it is")]
#![expect(clippy::panic, reason = "panics are how helpers of tests fail")]

use std::net::SocketAddr;
use std::time::Duration;

use domain::TokenId;
use futures_util::{SinkExt, StreamExt};
use polymarket::Endpoints;
use polymarket::ws::activity::{ActivityChannel, ActivityEvent, ActivityMessage, ActivityOptions};
use polymarket::ws::market::{
    MarketChannel, MarketEvent, MarketHandle, MarketMessage, MarketOptions, ShardId,
};
use polymarket::ws::{ConnectionOptions, LossCause};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Message, protocol::frame::coding::CloseCode};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Far longer than anything takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(30);

const SHORT: Duration = Duration::from_millis(1);

struct Host {
    listener: TcpListener,
    address: SocketAddr,
}

impl Host {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self { listener, address }
    }

    async fn stream(&self) -> TcpStream {
        timeout(PATIENCE, self.listener.accept()).await.expect("a connection").unwrap().0
    }

    /// The next connection, with the WebSocket handshake done.
    async fn accept(&self) -> Peer {
        let mut asked = None;
        #[expect(clippy::result_large_err, reason = "the library's own signature")]
        let note = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
            let agent = request.headers()["user-agent"].to_str().unwrap().to_owned();
            asked = Some((request.uri().to_string(), agent));
            Ok(response)
        };
        let socket = accept_hdr_async(self.stream().await, note).await.unwrap();
        let (path, agent) = asked.unwrap();
        Peer { socket, path, agent }
    }

    /// Answers the next handshake with some other answer.
    async fn refuse(&self, answer: &str) {
        let mut stream = self.stream().await;
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
    }

    fn endpoints(&self) -> Endpoints {
        let base = |path: &str| format!("ws://{}/{path}", self.address);
        let none = "http://127.0.0.1:1";
        Endpoints::new(none, none, none, &base("ws"), &base("rtds")).unwrap()
    }
}

struct Peer {
    socket: WebSocketStream<TcpStream>,
    path: String,
    agent: String,
}

impl Peer {
    async fn hear_text(&mut self) -> String {
        let frame = timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
        match frame.expect("an open connection").expect("a frame") {
            Message::Text(text) => text.to_string(),
            other => panic!("not a text: {other:?}"),
        }
    }

    /// Tokens of the next message that is no `PING`.
    async fn asked(&mut self) -> Vec<String> {
        loop {
            match self.hear_text().await.as_str() {
                "PING" => {}
                text => {
                    let message: Value = serde_json::from_str(text).unwrap();
                    return serde_json::from_value(message["assets_ids"].clone()).unwrap();
                }
            }
        }
    }

    async fn say(&mut self, text: impl Into<String>) {
        self.socket.send(Message::text(text.into())).await.unwrap();
    }
}

fn quick(connection: ConnectionOptions) -> ConnectionOptions {
    ConnectionOptions {
        stagger: SHORT,
        backoff_base: SHORT,
        seed: Some(1),
        use_system_proxy: false,
        ..connection
    }
}

struct Watching {
    handle: MarketHandle,
    events: mpsc::Receiver<MarketEvent>,
    _stop: DropGuard,
}

fn watch(host: &Host, tokens: &[&str], options: MarketOptions) -> Watching {
    watch_at(&host.endpoints(), tokens, options)
}

fn watch_at(endpoints: &Endpoints, tokens: &[&str], options: MarketOptions) -> Watching {
    let options = MarketOptions { connection: quick(options.connection), ..options };
    let (channel, handle, events) = MarketChannel::new(endpoints, options).unwrap();
    let stop = CancellationToken::new();
    tokio::spawn(channel.run(stop.clone()));
    assert!(handle.set_tokens(tokens.iter().map(|token| token.parse().unwrap())).is_empty());
    Watching { handle, events, _stop: stop.drop_guard() }
}

impl Watching {
    async fn next(&mut self) -> MarketEvent {
        timeout(PATIENCE, self.events.recv()).await.expect("an event in time").expect("an event")
    }

    async fn connected(&mut self) -> Vec<TokenId> {
        match self.next().await {
            MarketEvent::Connected { tokens, .. } => tokens,
            other => panic!("not connected: {other:?}"),
        }
    }

    async fn lost(&mut self) -> LossCause {
        match self.next().await {
            MarketEvent::Lost { cause, .. } | MarketEvent::Unreachable { cause, .. } => cause,
            other => panic!("not lost: {other:?}"),
        }
    }

    async fn received(&mut self) -> Vec<MarketMessage> {
        match self.next().await {
            MarketEvent::Received { messages, .. } => messages,
            other => panic!("no messages: {other:?}"),
        }
    }
}

fn book(token: &str) -> String {
    json!({ "event_type": "book", "asset_id": token, "bids": [], "asks": [] }).to_string()
}

#[tokio::test]
async fn the_handshake_is_upstream_s_and_books_follow() {
    let host = Host::start().await;
    let mut watching = watch(&host, &["12", "34"], MarketOptions::default());
    let mut peer = host.accept().await;
    assert_eq!(peer.path, "/ws/ws/market", "below the base address");
    assert!(peer.agent.starts_with("cascadian/"));
    let greeting: Value = serde_json::from_str(&peer.hear_text().await).unwrap();
    let expected =
        json!({ "assets_ids": ["12", "34"], "type": "market", "custom_feature_enabled": true });
    assert_eq!(greeting, expected);
    assert_eq!(watching.connected().await.len(), 2);
    peer.say(format!("[{},{}]", book("12"), book("34"))).await;
    assert_eq!(watching.received().await.len(), 2);
}

#[tokio::test]
async fn a_connection_that_breaks_or_is_closed_is_made_anew_with_all_its_tokens() {
    let host = Host::start().await;
    let mut watching = watch(&host, &["1", "2"], MarketOptions::default());
    let mut peer = host.accept().await;
    assert_eq!(peer.asked().await, ["1", "2"]);
    watching.connected().await;
    drop(peer);
    let cause = watching.lost().await;
    assert!(matches!(cause, LossCause::Broken(_)), "what browsers call 1006: {cause:?}");
    let mut peer = host.accept().await;
    assert_eq!(peer.asked().await, ["1", "2"]);
    watching.connected().await;
    let frame = CloseFrame { code: CloseCode::from(4_003), reason: "draining".into() };
    peer.socket.send(Message::Close(Some(frame))).await.unwrap();
    let closed = LossCause::Closed { code: Some(4_003), reason: "draining".to_owned() };
    assert_eq!(watching.lost().await, closed);
    let mut peer = host.accept().await;
    assert_eq!(peer.asked().await, ["1", "2"]);
    watching.connected().await;
    peer.say(book("2")).await;
    assert_eq!(watching.received().await.len(), 1);
}

#[tokio::test]
async fn five_megabytes_and_garbage_are_read_and_the_connection_goes_on() {
    let host = Host::start().await;
    let mut watching = watch(&host, &["1"], MarketOptions::default());
    let mut peer = host.accept().await;
    peer.asked().await;
    watching.connected().await;
    let one = book("1");
    let books = 5_000_000 / one.len();
    let frame = format!("[{}]", vec![one.as_str(); books].join(","));
    peer.say(frame.clone()).await;
    assert_eq!(watching.received().await.len(), books);
    peer.say(frame.replace('}', "")).await;
    let [MarketMessage::Unusable(unusable)] = &watching.received().await[..] else { panic!() };
    assert!(unusable.raw.len() <= 16 * 1024);
    peer.say(one).await;
    assert_eq!(watching.received().await[0].kind(), "book");
}

#[tokio::test]
async fn a_connection_that_does_not_answer_pings_is_made_anew() {
    let host = Host::start().await;
    let connection = ConnectionOptions {
        ping_every: Duration::from_millis(20),
        pong_within: Duration::from_millis(20),
        ..ConnectionOptions::default()
    };
    let options = MarketOptions { connection, ..MarketOptions::default() };
    let mut watching = watch(&host, &["1"], options);
    let mut peer = host.accept().await;
    peer.asked().await;
    watching.connected().await;
    assert_eq!(peer.hear_text().await, "PING");
    assert_eq!(watching.lost().await, LossCause::NoPong);
    assert_eq!(host.accept().await.asked().await, ["1"]);
}

#[tokio::test]
async fn one_that_is_frozen_but_answers_is_left_until_the_caller_finds_out() {
    let host = Host::start().await;
    let connection =
        ConnectionOptions { ping_every: Duration::from_millis(5), ..ConnectionOptions::default() };
    let options = MarketOptions { connection, ..MarketOptions::default() };
    let mut watching = watch(&host, &["1"], options);
    let mut peer = host.accept().await;
    peer.asked().await;
    watching.connected().await;
    for _ in 0..20 {
        assert_eq!(peer.hear_text().await, "PING");
        peer.say("PONG").await;
    }
    assert!(watching.events.is_empty());
    let shard = watching.handle.shard_of(&"1".parse().unwrap()).unwrap();
    watching.handle.reconnect(shard);
    assert_eq!(watching.lost().await, LossCause::Requested);
    assert_eq!(host.accept().await.asked().await, ["1"]);
}

#[tokio::test]
async fn a_host_that_refuses_is_tried_again() {
    let host = Host::start().await;
    let mut watching = watch(&host, &["1"], MarketOptions::default());
    let limited = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n";
    let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>";
    let moved = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    let forged = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                  sec-websocket-accept: AAAA\r\n\r\n";
    let no_http = "220 mail.example\r\n";
    for (answer, status) in [(page, Some(200)), (moved, Some(302)), (forged, None), (no_http, None)]
    {
        host.refuse(answer).await;
        let cause = watching.lost().await;
        match status {
            Some(status) => assert_eq!(cause, LossCause::Refused { status, retry_after: None }),
            None => assert!(matches!(cause, LossCause::Unreachable(_)), "{cause:?}"),
        }
    }
    assert_eq!(host.accept().await.asked().await, ["1"]);
    watching.connected().await;
    watching.lost().await;
    // The last, because who is told to slow down does.
    host.refuse(limited).await;
    let refused = LossCause::Refused { status: 429, retry_after: Some(Duration::ZERO) };
    assert_eq!(watching.lost().await, refused);
}

#[tokio::test]
async fn nobody_there_and_no_tls_are_told_apart_from_silence() {
    let host = Host::start().await;
    let secure = format!("wss://{}", host.address);
    let address = host.address;
    let none = "http://127.0.0.1:1";
    let endpoints = Endpoints::new(none, none, none, &secure, &secure).unwrap();
    let mut watching = watch_at(&endpoints, &["1"], MarketOptions::default());
    // What it sends is a TLS greeting.
    assert_eq!(host.stream().await.read_u8().await.unwrap(), 0x16);
    assert!(matches!(watching.lost().await, LossCause::Unreachable(_)));
    drop(host);
    let LossCause::Unreachable(words) = watching.lost().await else { panic!() };
    assert!(!words.contains(&address.to_string()) || words.contains("refused"), "{words}");
}

#[tokio::test]
async fn tokens_are_spread_over_connections_and_one_s_end_is_not_the_others_() {
    let host = Host::start().await;
    let options = MarketOptions { tokens_per_shard: 2, most_shards: 3, ..MarketOptions::default() };
    let mut watching = watch(&host, &["1", "2", "3", "4", "5"], options);
    let mut peers = Vec::new();
    for _ in 0..3 {
        let mut peer = host.accept().await;
        peers.push((peer.asked().await, peer));
        watching.connected().await;
    }
    peers.sort_by(|one, other| one.0.cmp(&other.0));
    let asked: Vec<_> = peers.iter().map(|(asked, _)| asked.join(" ")).collect();
    assert_eq!(asked, ["1 2", "3 4", "5"]);
    drop(peers.remove(1));
    let event = watching.next().await;
    let MarketEvent::Lost { shard, tokens, .. } = event else { panic!("{event:?}") };
    assert_eq!((shard, tokens.len()), (ShardId(1), 2));
    let mut again = host.accept().await;
    assert_eq!(again.asked().await, ["3", "4"]);
    watching.connected().await;
    for (asked, peer) in &mut peers {
        peer.say(book(&asked[0])).await;
        assert_eq!(watching.received().await.len(), 1);
    }
}

#[tokio::test]
async fn a_reader_that_stops_reading_is_told_what_it_missed() {
    let host = Host::start().await;
    let mut watching = watch(&host, &["1"], MarketOptions { queue: 2, ..MarketOptions::default() });
    let mut peer = host.accept().await;
    peer.asked().await;
    for _ in 0..4 {
        // Fails once we have left.
        let _ = peer.socket.send(Message::text(book("1"))).await;
    }
    // The second message finds the queue full: it holds two events, and `Connected` is one.
    let gone = timeout(PATIENCE, peer.socket.next()).await.expect("an end");
    assert!(!matches!(gone, Some(Ok(Message::Text(_)))));
    watching.connected().await;
    watching.received().await;
    assert_eq!(watching.lost().await, LossCause::Overrun);
    assert_eq!(host.accept().await.asked().await, ["1"]);
}

#[tokio::test]
async fn trades_come_from_rtds_at_its_own_address() {
    let host = Host::start().await;
    let defaults = ActivityOptions::default();
    let options = ActivityOptions { connection: quick(defaults.connection), ..defaults };
    let (channel, mut events) = ActivityChannel::new(&host.endpoints(), options).unwrap();
    let stop = CancellationToken::new();
    tokio::spawn(channel.run(stop.clone()));
    let mut peer = host.accept().await;
    assert_eq!(peer.path, "/rtds");
    assert!(peer.hear_text().await.contains("orders_matched"));
    let payload = json!({
        "asset": "12", "conditionId": format!("0x{}", "ab".repeat(32)), "price": 0.5, "size": 10,
        "side": "SELL", "proxyWallet": format!("0x{}", "ab".repeat(20)),
    });
    let told = json!({ "topic": "activity", "type": "orders_matched", "payload": payload });
    peer.say(told.to_string()).await;
    drop(peer);
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(timeout(PATIENCE, events.recv()).await.unwrap().unwrap());
    }
    let [
        ActivityEvent::Connected { .. },
        ActivityEvent::Received { messages, .. },
        ActivityEvent::Lost { cause: LossCause::Broken(_), .. },
    ] = heard.as_slice()
    else {
        panic!("{heard:?}")
    };
    assert!(
        matches!(messages.as_slice(), [ActivityMessage::Trade(trade)] if trade.wallet.is_some())
    );
    stop.cancel();
    while timeout(PATIENCE, events.recv()).await.unwrap().is_some() {}
}
