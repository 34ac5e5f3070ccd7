//! The market channel against the lab: books kept from what it tells are the books that the order book
//! host shows, also after a cut and with messages in odd types.

#![expect(clippy::unwrap_used, reason = "a broken set-up should end the test where it is")]
#![expect(clippy::panic, reason = "panics are how helpers of tests fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use domain::{Price, Side, TokenId};
use lab::{Fault, FaultKind, Lab, World, WorldOptions};
use polymarket::gamma::{GammaClient, MarketOrder, MarketsQuery};
use polymarket::ws::activity::{ActivityChannel, ActivityEvent, ActivityMessage, ActivityOptions};
use polymarket::ws::market::{
    BookSnapshot, MarketChannel, MarketEvent, MarketHandle, MarketMessage, MarketOptions, decode,
};
use polymarket::ws::{ConnectionOptions, LossCause};
use polymarket::{Endpoints, Host, Limits, Request, Upstream, UpstreamOptions};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Far longer than anything takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// A lab that is served, stands still until it is told to go on, and is busy then.
struct Bench {
    lab: Lab,
    endpoints: Endpoints,
    upstream: Arc<Upstream>,
    stop: CancellationToken,
    _guard: DropGuard,
}

impl Bench {
    async fn start(seed: u64) -> Self {
        let present = DateTime::from_timestamp(1_795_392_000, 0).unwrap();
        let options = WorldOptions::new(seed, present).scale(0.02).markets(200).activity(20.0);
        let lab = Lab::world(World::generate(&options));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(lab::serve(listener, lab.clone(), stop.clone()));
        let base = |scheme: &str, host: &str| format!("{scheme}://{address}/{host}");
        let endpoints = Endpoints::new(
            &base("http", "gamma"),
            &base("http", "clob"),
            &base("http", "data"),
            &base("ws", "ws"),
            &base("ws", "rtds"),
        )
        .unwrap();
        let options = UpstreamOptions { use_system_proxy: false, ..UpstreamOptions::default() };
        let limits = Arc::new(Limits::unlimited());
        let upstream = Arc::new(Upstream::new(endpoints.clone(), options, limits).unwrap());
        Self { lab, endpoints, upstream, _guard: stop.clone().drop_guard(), stop }
    }

    fn advance(&self, by: TimeDelta) {
        self.lab.with_world(|world| world.advance(world.now() + by));
    }

    /// Both tokens of the busiest markets.
    async fn tokens(&self, markets: usize) -> Vec<TokenId> {
        let query = MarketsQuery {
            order: Some(MarketOrder::Volume24h),
            ascending: false,
            ..MarketsQuery::default()
        };
        let page = GammaClient::new(self.upstream.clone()).markets_keyset(&query).await.unwrap();
        let open = page.markets.into_iter().filter(|market| market.accepting_orders);
        let outcomes = open.take(markets).flat_map(|market| market.outcomes);
        let tokens: Vec<TokenId> = outcomes.filter_map(|outcome| outcome.token_id).collect();
        assert_eq!(tokens.len(), 2 * markets);
        tokens
    }

    /// The book that the order book host shows; empty where the market takes no orders any more.
    async fn shown(&self, token: &TokenId) -> Sides {
        let request = Request::new(Host::Clob, "/book", ["book"]).with("token_id", token);
        let text = |body: &[u8]| Ok(String::from_utf8_lossy(body).into_owned());
        match self.upstream.get(&request, text).await {
            Ok(body) => match decode(&body).messages.pop() {
                Some(MarketMessage::Book(book)) => sides(&book),
                other => panic!("not a book: {other:?}"),
            },
            Err(error) if error.status == Some(404) => Sides::new(),
            Err(error) => panic!("{error}"),
        }
    }

    fn watch(&self, tokens: &[TokenId]) -> Kept {
        let options = MarketOptions {
            connection: quick(ConnectionOptions::default()),
            tokens_per_shard: 20,
            // Minutes of a busy world are told at once, and read between requests.
            queue: 1_000_000,
            ..MarketOptions::default()
        };
        let (channel, handle, events) = MarketChannel::new(&self.endpoints, options).unwrap();
        tokio::spawn(channel.run(self.stop.clone()));
        assert!(handle.set_tokens(tokens.iter().cloned()).is_empty());
        Kept { handle, events, books: BTreeMap::new(), changes: 0, losses: Vec::new() }
    }
}

fn quick(connection: ConnectionOptions) -> ConnectionOptions {
    ConnectionOptions {
        stagger: Duration::from_millis(1),
        backoff_base: Duration::from_millis(1),
        seed: Some(1),
        use_system_proxy: false,
        ..connection
    }
}

/// The levels of both sides.
type Sides = BTreeMap<(Side, Price), String>;

fn sides(book: &BookSnapshot) -> Sides {
    let bids = book.bids.iter().map(|level| ((Side::Buy, level.price), level.shares));
    let asks = book.asks.iter().map(|level| ((Side::Sell, level.price), level.shares));
    bids.chain(asks).map(|(place, shares)| (place, shares.to_string())).collect()
}

/// Books kept from what the channel tells, and from nothing else.
struct Kept {
    handle: MarketHandle,
    events: mpsc::Receiver<MarketEvent>,
    books: BTreeMap<TokenId, Sides>,
    changes: usize,
    losses: Vec<LossCause>,
}

impl Kept {
    async fn event(&mut self) {
        match timeout(PATIENCE, self.events.recv()).await.expect("in time").expect("open") {
            MarketEvent::Connected { .. } | MarketEvent::Subscribed { .. } => {}
            MarketEvent::Unsubscribed { tokens, .. } => {
                self.books.retain(|token, _| !tokens.contains(token));
            }
            MarketEvent::Lost { tokens, cause, .. } => {
                self.books.retain(|token, _| !tokens.contains(token));
                self.losses.push(cause);
            }
            MarketEvent::Received { messages, .. } => {
                for message in messages {
                    self.message(message);
                }
            }
            MarketEvent::Unreachable { cause, .. } => panic!("{cause}"),
        }
    }

    fn message(&mut self, message: MarketMessage) {
        match message {
            MarketMessage::Book(book) => {
                self.books.insert(book.token.clone(), sides(&book));
            }
            MarketMessage::Changes(changes) => {
                for change in changes.changes {
                    // Before its book; the lab tells books at their place, so it will have the change.
                    let Some(book) = self.books.get_mut(&change.token) else { continue };
                    let place = (change.side, change.price);
                    if change.shares.is_zero() {
                        book.remove(&place);
                    } else {
                        book.insert(place, change.shares.to_string());
                    }
                    self.changes += 1;
                }
            }
            MarketMessage::Unusable(bad) => panic!("{bad:?}"),
            MarketMessage::Unknown(unknown) => panic!("{unknown:?}"),
            _ => {}
        }
    }

    /// Reads on until every book is the one shown.
    async fn agree(&mut self, bench: &Bench, tokens: &[TokenId]) {
        let mut open = 0;
        for token in tokens {
            let shown = bench.shown(token).await;
            open += usize::from(!shown.is_empty());
            while self.books.get(token) != Some(&shown) {
                self.event().await;
            }
        }
        assert!(open > tokens.len() / 2, "{open} books are open");
    }
}

#[tokio::test]
async fn books_kept_from_the_channel_are_those_of_the_host() {
    let bench = Bench::start(2).await;
    let tokens = bench.tokens(40).await;
    let mut kept = bench.watch(&tokens);
    kept.agree(&bench, &tokens).await;
    for _ in 0..3 {
        bench.advance(TimeDelta::minutes(3));
        kept.agree(&bench, &tokens).await;
    }
    assert!(kept.changes > 1_000, "{} changes", kept.changes);
    assert_eq!(kept.losses, []);

    // One of the connections breaks off in the middle, another is closed.
    let inject = |kind| {
        bench.lab.inject(Fault::on("/ws", kind).after(7).times(1)).unwrap();
    };
    inject(FaultKind::CutSocket);
    inject(FaultKind::ClosedSocket { code: 4_003 });
    bench.advance(TimeDelta::minutes(5));
    while kept.losses.len() < 2 {
        kept.event().await;
    }
    kept.agree(&bench, &tokens).await;
    let causes: BTreeSet<_> = kept.losses.iter().map(LossCause::name).collect();
    assert_eq!(causes, BTreeSet::from(["broken", "closed"]));

    // Other tokens come and go; the rest goes on.
    let (given_up, left) = tokens.split_at(30);
    kept.handle.set_tokens(left.iter().cloned());
    bench.advance(TimeDelta::minutes(5));
    kept.agree(&bench, left).await;
    kept.handle.set_tokens(tokens.iter().cloned());
    bench.advance(TimeDelta::minutes(5));
    kept.agree(&bench, left).await;
    kept.agree(&bench, given_up).await;
    assert_eq!(kept.losses.len(), 2 + 1, "and the first shard's, which had nothing left");
}

#[tokio::test]
async fn odd_types_and_new_members_change_nothing() {
    let bench = Bench::start(4).await;
    let tokens = bench.tokens(10).await;
    bench.lab.inject(Fault::on("/ws", FaultKind::ChangedType).every(2)).unwrap();
    bench.lab.inject(Fault::on("/ws", FaultKind::NewKey)).unwrap();
    let mut kept = bench.watch(&tokens);
    for _ in 0..3 {
        bench.advance(TimeDelta::minutes(3));
        kept.agree(&bench, &tokens).await;
    }
    assert!(kept.changes > 100, "{} changes", kept.changes);
}

#[tokio::test]
async fn trades_are_told_with_their_wallets() {
    let bench = Bench::start(3).await;
    let defaults = ActivityOptions::default();
    let options = ActivityOptions { connection: quick(defaults.connection), ..defaults };
    let (channel, mut events) = ActivityChannel::new(&bench.endpoints, options).unwrap();
    tokio::spawn(channel.run(bench.stop.clone()));
    // Who subscribes is not told that it has, so the world goes on until enough was heard.
    let mut world = tokio::time::interval(Duration::from_millis(20));
    let mut patience = std::pin::pin!(tokio::time::sleep(PATIENCE));
    let mut wallets = BTreeSet::new();
    while wallets.len() < 20 {
        let event = tokio::select! {
            event = events.recv() => event.expect("open"),
            () = &mut patience => panic!("{} wallets in time", wallets.len()),
            _ = world.tick() => {
                bench.advance(TimeDelta::seconds(30));
                continue;
            }
        };
        let ActivityEvent::Received { messages, .. } = event else {
            assert!(matches!(event, ActivityEvent::Connected { .. }), "{event:?}");
            continue;
        };
        for message in messages {
            let ActivityMessage::Trade(trade) = message else { panic!("{message:?}") };
            assert!(!trade.is_combo() && !trade.shares.is_zero());
            assert!(trade.transaction_hash.is_some() && trade.traded_at.is_some());
            wallets.insert(trade.wallet.clone().expect("a wallet"));
        }
    }
}
