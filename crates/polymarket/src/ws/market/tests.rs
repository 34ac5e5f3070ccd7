//! The market channel against a host in memory, with time that the tests let pass.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use super::*;
use crate::ws::testing::{Host, Peer, dawn, host, next, repeatable};

const SECOND: Duration = Duration::from_secs(1);

fn token(number: usize) -> TokenId {
    TokenId::parse(&number.to_string()).unwrap()
}

fn tokens(numbers: impl IntoIterator<Item = usize>) -> Vec<TokenId> {
    numbers.into_iter().map(token).collect()
}

fn ids(tokens: &Value) -> Vec<usize> {
    let ids = tokens["assets_ids"].as_array().expect("a list").iter();
    let mut ids: Vec<usize> = ids.map(|id| id.as_str().unwrap().parse().unwrap()).collect();
    ids.sort_unstable();
    ids
}

fn book(token: usize) -> String {
    json!({
        "event_type": "book", "asset_id": token.to_string(), "market": "0x", "timestamp": "1",
        "bids": [{ "price": "0.4", "size": "10" }], "asks": [],
    })
    .to_string()
}

/// A channel that runs against a host in memory.
struct Running {
    host: Host,
    handle: MarketHandle,
    events: mpsc::Receiver<MarketEvent>,
    cancel: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    fn start(options: MarketOptions) -> Self {
        let connection = repeatable(options.connection);
        let (dial, host) = host(&connection);
        let (parts, handle, events) = Parts::new(MarketOptions { connection, ..options });
        let cancel = CancellationToken::new();
        let task = tokio::spawn(parts.run(Arc::new(dial), cancel.clone()));
        Self { host, handle, events, cancel, task }
    }

    async fn next(&mut self) -> MarketEvent {
        next(&mut self.events).await
    }

    /// The next connection with what it asks for first, once its `Connected` was told.
    async fn connected(&mut self) -> (Peer, Vec<usize>) {
        let mut peer = self.host.accept().await;
        let greeting = peer.hear().await;
        assert_eq!(greeting["type"], "market");
        assert_eq!(greeting["custom_feature_enabled"], true);
        let event = self.next().await;
        assert!(matches!(event, MarketEvent::Connected { .. }), "{event:?}");
        (peer, ids(&greeting))
    }

    async fn lost(&mut self) -> (ShardId, Vec<TokenId>, LossCause) {
        match self.next().await {
            MarketEvent::Lost { shard, tokens, cause, .. } => (shard, tokens, cause),
            other => panic!("not a loss: {other:?}"),
        }
    }

    /// In how long the connection is tried again, when the next event is that it could not be made.
    async fn unreachable(&mut self) -> Duration {
        match self.next().await {
            MarketEvent::Unreachable { retry_in, .. } => retry_in,
            other => panic!("not unreachable: {other:?}"),
        }
    }

    /// Tokens of the books of the next frame.
    async fn books(&mut self) -> Vec<TokenId> {
        let event = self.next().await;
        let MarketEvent::Received { messages, .. } = event else { panic!("{event:?}") };
        let tokens = messages.into_iter().map(|message| match message {
            MarketMessage::Book(book) => book.token,
            other => panic!("not a book: {other:?}"),
        });
        tokens.collect()
    }
}

fn small(tokens_per_shard: usize, most_shards: usize) -> MarketOptions {
    MarketOptions { tokens_per_shard, most_shards, ..MarketOptions::default() }
}

#[tokio::test(start_paused = true)]
async fn a_ping_without_an_answer_ends_the_connection_after_twenty_seconds() {
    let mut running = Running::start(MarketOptions::default());
    running.handle.set_tokens(tokens([1, 2]));
    let (mut peer, asked) = running.connected().await;
    assert_eq!(asked, [1, 2]);
    let (text, at) = peer.hear_at().await;
    assert_eq!((text.as_str(), at - peer.at), ("PING", 10 * SECOND));
    // Data is no answer.
    peer.say(book(1)).await;
    running.books().await;
    assert_eq!(running.lost().await, (ShardId(0), tokens([1, 2]), LossCause::NoPong));
    assert_eq!(peer.at.elapsed(), 20 * SECOND);
    let (again, asked) = running.connected().await;
    assert_eq!(asked, [1, 2], "everything is asked for again");
    assert!(again.at - peer.at <= 21 * SECOND, "the first step of the backoff");
}

#[tokio::test(start_paused = true)]
async fn a_quiet_market_is_no_reason_to_reconnect_and_freezes_are_the_caller_s_to_find() {
    let mut running = Running::start(small(2, 2));
    running.handle.set_tokens(tokens(1..=3));
    let (frozen, _) = running.connected().await;
    let (other, _) = running.connected().await;
    tokio::spawn(frozen.answer_pings());
    tokio::spawn(other.answer_pings());
    tokio::time::sleep(Duration::from_hours(2)).await;
    assert!(running.events.is_empty());
    assert_eq!(running.handle.shard_of(&token(1)), Some(ShardId(0)));
    running.handle.reconnect(ShardId(0));
    assert_eq!(running.lost().await, (ShardId(0), tokens([1, 2]), LossCause::Requested));
    assert_eq!(running.connected().await.1, [1, 2], "the other one goes on");
    assert!(running.host.is_left_alone());
}

#[tokio::test(start_paused = true)]
async fn silence_ends_a_connection_that_is_not_pinged() {
    let connection = ConnectionOptions { ping_every: 100 * SECOND, ..ConnectionOptions::default() };
    let mut running = Running::start(MarketOptions { connection, ..MarketOptions::default() });
    running.handle.set_tokens(tokens([1]));
    let (mut peer, _) = running.connected().await;
    tokio::time::sleep(20 * SECOND).await;
    peer.send(Message::Ping("x".into())).await;
    assert_eq!(running.lost().await.2, LossCause::Silent);
    assert_eq!(peer.at.elapsed(), 50 * SECOND, "a ping of the protocol is a sign of life");
}

#[tokio::test(start_paused = true)]
async fn a_cut_and_a_closing_are_told_and_the_tokens_asked_for_again() {
    let mut running = Running::start(MarketOptions::default());
    running.handle.set_tokens(tokens([1, 2]));
    let (peer, _) = running.connected().await;
    peer.cut();
    let (_, stale, cause) = running.lost().await;
    assert_eq!(stale, tokens([1, 2]));
    assert!(matches!(cause, LossCause::Broken(_)), "{cause:?}");
    for code in [1_001, 1_013, 4_003] {
        let (mut peer, asked) = running.connected().await;
        assert_eq!(asked, [1, 2]);
        peer.close(code, "draining").await;
        let reason = "draining".to_owned();
        assert_eq!(running.lost().await.2, LossCause::Closed { code: Some(code), reason });
    }
    let (mut peer, _) = running.connected().await;
    peer.say(format!("[{},{}]", book(1), book(2))).await;
    assert_eq!(running.books().await, tokens([1, 2]));
}

#[tokio::test(start_paused = true)]
async fn attempts_are_staggered_over_all_shards() {
    let mut running = Running::start(MarketOptions::default());
    let start = Instant::now();
    assert!(running.handle.set_tokens(tokens(0..1_900)).is_empty());
    let mut sizes = Vec::new();
    let mut peers = Vec::new();
    for place in 0..10 {
        let (peer, asked) = running.connected().await;
        assert_eq!(peer.at - start, place * Duration::from_millis(250));
        sizes.push(asked.len());
        peers.push(peer);
    }
    sizes.sort_unstable();
    assert_eq!(sizes, [100, 200, 200, 200, 200, 200, 200, 200, 200, 200]);
    // All are lost at once; none comes within a quarter of a second of another.
    let lost_at = Instant::now();
    drop(peers);
    let mut attempts = Vec::new();
    for _ in 0..10 {
        attempts.push(running.host.refuse(LossCause::HandshakeTimeout).await);
    }
    let gaps = attempts.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(gaps.min() >= Some(Duration::from_millis(250)));
    assert!(attempts[0] - lost_at <= SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_down_is_tried_less_and_less() {
    let mut running = Running::start(MarketOptions::default());
    running.handle.set_tokens(tokens([1]));
    // Timers are as exact as a millisecond.
    let exact = Duration::from_millis(1);
    let mut before = None;
    for failures in 0..12 {
        let at = running.host.refuse(LossCause::HandshakeTimeout).await;
        if let Some((last, pause)) = before {
            let pause = Ord::max(pause, Duration::from_millis(250));
            assert!((pause..=pause + exact).contains(&(at - last)), "{pause:?}, {:?}", at - last);
        }
        let retry_in = running.unreachable().await;
        assert!(retry_in <= 60 * SECOND && retry_in <= SECOND * 2_u32.pow(failures));
        before = Some((at, retry_in));
    }
    // It accepts and drops everybody: no reason to come back sooner.
    let mut longest = Duration::ZERO;
    for _ in 0..20 {
        let (peer, _) = running.connected().await;
        let lost_at = Instant::now();
        peer.cut();
        running.lost().await;
        let at = running.host.refuse(LossCause::HandshakeTimeout).await;
        longest = longest.max(at - lost_at);
        running.unreachable().await;
    }
    assert!(longest > 30 * SECOND, "{longest:?}");
    // One that lasts is another matter.
    let (peer, _) = running.connected().await;
    let answering = tokio::spawn(peer.answer_pings());
    tokio::time::sleep(61 * SECOND).await;
    answering.abort();
    running.lost().await;
    let lost_at = Instant::now();
    assert!(running.connected().await.0.at - lost_at <= SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_without_an_answer_is_given_up() {
    let mut running = Running::start(MarketOptions::default());
    running.handle.set_tokens(tokens([1]));
    let start = Instant::now();
    let hung = running.host.hang().await;
    let event = running.next().await;
    let MarketEvent::Unreachable { cause, shard, at, .. } = event else { panic!("{event:?}") };
    assert_eq!((cause, shard), (LossCause::HandshakeTimeout, ShardId(0)));
    assert_eq!(start.elapsed(), 10 * SECOND);
    assert_eq!(at, dawn() + TimeDelta::seconds(10));
    drop(hung);
    running.connected().await;
}

#[tokio::test(start_paused = true)]
async fn tokens_come_and_go_by_difference_and_other_shards_hear_nothing() {
    let mut running = Running::start(small(3, 2));
    running.handle.set_tokens(tokens(1..=5));
    let (mut first, _) = running.connected().await;
    let (mut second, asked) = running.connected().await;
    assert_eq!(asked, [4, 5]);

    running.handle.set_tokens(tokens([1, 3, 4, 5, 6]));
    let (gone, came) = (first.hear().await, first.hear().await);
    assert_eq!((&gone["operation"], ids(&gone)), (&json!("unsubscribe"), vec![2]));
    assert_eq!((&came["operation"], ids(&came)), (&json!("subscribe"), vec![6]));
    let (shard, at) = (ShardId(0), dawn() + TimeDelta::milliseconds(250));
    let tokens_gone = MarketEvent::Unsubscribed { shard, tokens: tokens([2]), at };
    assert_eq!(running.next().await, tokens_gone);
    assert_eq!(running.next().await, MarketEvent::Subscribed { shard, tokens: tokens([6]), at });
    // What was given up may still be on its way, and is not told.
    first.say(book(2)).await;
    first.say(format!("[{},{}]", book(2), book(6))).await;
    assert_eq!(running.books().await, tokens([6]));

    // Given up and wanted again is another subscription, even when it happens at once.
    running.handle.set_tokens(tokens([1, 3, 4, 5]));
    running.handle.set_tokens(tokens([1, 3, 4, 5, 6]));
    let (gone, came) = (first.hear().await, first.hear().await);
    assert_eq!((ids(&gone), ids(&came)), (vec![6], vec![6]));

    // The second shard was left in peace all the time: the first it hears is a ping.
    assert_eq!(second.hear_at().await.0, "PING");
}

#[tokio::test(start_paused = true)]
async fn a_shard_without_tokens_has_no_connection() {
    let mut running = Running::start(small(2, 3));
    tokio::time::sleep(60 * SECOND).await;
    assert!(running.host.is_left_alone());
    running.handle.set_tokens(tokens([1, 2, 3]));
    running.connected().await.0.cut();
    running.lost().await;
    let (peer, _) = running.connected().await;
    running.handle.set_tokens([]);
    assert_eq!(running.lost().await.2, LossCause::Unneeded);
    peer.ending().await;
    tokio::time::sleep(60 * SECOND).await;
    assert!(running.host.is_left_alone() && running.events.is_empty());
    running.handle.set_tokens(tokens([9]));
    assert_eq!(running.connected().await.1, [9]);
}

#[tokio::test(start_paused = true)]
async fn too_many_tokens_are_refused_and_the_first_ones_watched() {
    let mut running = Running::start(small(2, 2));
    assert_eq!(running.handle.set_tokens(tokens(1..=6)), tokens([5, 6]));
    let (_first, one) = running.connected().await;
    let (_second, two) = running.connected().await;
    assert_eq!([one, two].concat(), [1, 2, 3, 4]);
    assert_eq!(running.handle.shard_of(&token(5)), None);
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_loses_the_connection_and_not_a_message() {
    let mut running = Running::start(MarketOptions { queue: 4, ..MarketOptions::default() });
    running.handle.set_tokens(tokens([1]));
    let (mut peer, _) = running.connected().await;
    for _ in 0..10 {
        peer.say(book(1)).await;
    }
    assert_eq!(peer.ending().await, None, "we left");
    tokio::time::sleep(60 * SECOND).await;
    assert!(running.host.is_left_alone(), "the loss has to be told first");
    for _ in 0..4 {
        assert_eq!(running.books().await, tokens([1]));
    }
    assert_eq!(running.lost().await, (ShardId(0), tokens([1]), LossCause::Overrun));
    let (mut peer, asked) = running.connected().await;
    assert_eq!(asked, [1]);
    peer.say(book(1)).await;
    assert_eq!(running.books().await, tokens([1]));
}

#[tokio::test(start_paused = true)]
async fn bad_messages_are_passed_on_and_the_connection_goes_on() {
    let mut running = Running::start(MarketOptions::default());
    running.handle.set_tokens(tokens([1]));
    let (mut peer, _) = running.connected().await;
    let bad = [
        "INVALID OPERATION",
        "<html>",
        "{",
        "[{},5,null]",
        r#"{"event_type":"book","asset_id":"1","bids":[{"price":"much"}],"asks":[]}"#,
        "\u{0}",
    ];
    for text in bad {
        peer.say(text).await;
        let event = running.next().await;
        let MarketEvent::Received { messages, .. } = event else { panic!("{event:?}") };
        let is_told = |message: &MarketMessage| {
            matches!(message, MarketMessage::Unusable(_) | MarketMessage::Unknown(_))
        };
        assert!(messages.iter().all(is_told), "{messages:?}");
    }
    peer.send(Message::Binary(vec![0xff, 0x00].into())).await;
    assert!(matches!(running.next().await, MarketEvent::Received { .. }));
    peer.send(Message::Binary(book(1).into_bytes().into())).await;
    assert_eq!(running.books().await, tokens([1]), "text is text");
    for nothing in ["[]", "", " ", "PONG", "pong"] {
        peer.say(nothing).await;
    }
    peer.say(book(1)).await;
    assert_eq!(running.books().await, tokens([1]));
}

#[tokio::test(start_paused = true)]
async fn a_frame_of_five_megabytes_is_read_and_one_above_the_cap_ends_the_connection() {
    let connection =
        ConnectionOptions { max_message_bytes: 6_000_000, ..ConnectionOptions::default() };
    let mut running = Running::start(MarketOptions { connection, ..MarketOptions::default() });
    running.handle.set_tokens(tokens([1]));
    let (mut peer, _) = running.connected().await;
    let one = book(1);
    let large = vec![one.as_str(); 5_000_000 / one.len() + 1].join(",");
    peer.say(format!("[{large}]")).await;
    assert_eq!(running.books().await.len(), 5_000_000 / one.len() + 1);
    peer.say(format!("[{large},{large}]")).await;
    assert_eq!(running.lost().await.2, LossCause::TooLarge);
}

#[tokio::test(start_paused = true)]
async fn messages_carry_the_time_of_their_receipt() {
    let mut running = Running::start(MarketOptions::default());
    running.handle.set_tokens(tokens([1]));
    let (mut peer, _) = running.connected().await;
    tokio::time::sleep(7 * SECOND).await;
    peer.say(book(1)).await;
    let event = running.next().await;
    let MarketEvent::Received { received_at, .. } = event else { panic!("{event:?}") };
    assert_eq!(received_at, dawn() + TimeDelta::seconds(7));
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_is_stopped_says_goodbye_and_ends_its_queue() {
    let mut running = Running::start(small(1, 2));
    running.handle.set_tokens(tokens([1, 2]));
    let (first, _) = running.connected().await;
    let (second, _) = running.connected().await;
    running.cancel.cancel();
    let (one, other) = tokio::join!(first.ending(), second.ending());
    assert_eq!((one, other), (Some(1_005), Some(1_005)));
    assert_eq!(running.events.recv().await, None);
    running.task.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_nobody_reads_ends() {
    let mut running = Running::start(small(1, 2));
    running.handle.set_tokens(tokens([1]));
    let (peer, _) = running.connected().await;
    drop(running.events);
    peer.ending().await;
    running.task.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_handle_may_be_dropped_and_the_tokens_stay() {
    let mut running = Running::start(MarketOptions::default());
    running.handle.set_tokens(tokens([1]));
    let (peer, _) = running.connected().await;
    running.handle = Parts::new(MarketOptions::default()).1;
    tokio::time::sleep(SECOND).await;
    peer.cut();
    running.lost().await;
    assert_eq!(running.connected().await.1, [1]);
}
