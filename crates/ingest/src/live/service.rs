//! Keeps the books: chooses what to follow, takes in what the market channel says, and mends what is in doubt.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::TokenId;
use domain::book::{Announced, Book, BookMeta, BookSource, BookUpdate, LevelChange, Pips};
use metrics::{counter, gauge};
use polymarket::Endpoints;
use polymarket::UpstreamError;
use polymarket::clob::{ClobClient, RawBook};
use polymarket::ws::market::{
    BookChanges, Concerned, MarketChannel, MarketEvent, MarketHandle, MarketMessage, MarketOptions,
    ShardId,
};
use polymarket::ws::{self, ChannelSetUpError};
use store::streaming::{self, TradedMarket};
use store::{Database, StoreError};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tokio_util::sync::CancellationToken;

use super::LiveBooks;
use super::canary::{self, Missed};
use super::convert::{BookSnapshot, is_ghost, level, micro_shares, snapshot_of_rest};

/// What is followed, and how carefully.
#[derive(Debug, Clone)]
pub struct LiveOptions {
    /// Markets followed because they trade most, at most; those somebody watches come first.
    pub busiest: u32,
    /// How often the choice is made anew.
    pub choose_every: Duration,
    /// How often some books of each connection are compared with a request.
    pub canary_every: Duration,
    /// How often every book is fetched.
    pub refetch_every: Duration,
    /// How the connections behave.
    pub channel: MarketOptions,
}

impl Default for LiveOptions {
    fn default() -> Self {
        Self {
            busiest: 1_000,
            choose_every: Duration::from_secs(30),
            canary_every: Duration::from_mins(1),
            refetch_every: Duration::from_mins(5),
            channel: MarketOptions::default(),
        }
    }
}

/// Books of one request.
const BATCH: usize = 100;
/// Requests for books at once.
const AT_ONCE: usize = 2;
/// Watchers come and go; the choice waits so long for more of them.
const SETTLE: Duration = Duration::from_millis(200);

/// Keeps the books of a process.
#[derive(Debug)]
pub struct LiveService {
    books: LiveBooks,
    database: Database,
    clob: ClobClient,
    options: LiveOptions,
    channel: MarketChannel,
    handle: MarketHandle,
    events: mpsc::Receiver<MarketEvent>,
    resolved: mpsc::Sender<TokenId>,
}

impl LiveService {
    /// Prepares the service. The receiver tells a token of each market that was announced as resolved.
    pub fn new(
        database: Database,
        clob: ClobClient,
        endpoints: &Endpoints,
        options: LiveOptions,
    ) -> Result<(Self, mpsc::Receiver<TokenId>), ChannelSetUpError> {
        let (channel, handle, events) = MarketChannel::new(endpoints, options.channel.clone())?;
        let (resolved, announcements) = mpsc::channel(1_000);
        let books = LiveBooks::default();
        let service = Self { books, database, clob, options, channel, handle, events, resolved };
        Ok((service, announcements))
    }

    /// The books.
    pub fn books(&self) -> LiveBooks {
        self.books.clone()
    }

    /// Runs until cancelled.
    pub async fn run(self, cancel: CancellationToken) {
        let Self { books, database, clob, options, channel, handle, events, resolved } = self;
        let mut work = Work {
            chooser: Chooser { books: books.clone(), database, busiest: options.busiest },
            books,
            clob,
            handle,
            resolved,
            due: BTreeSet::new(),
            examined: HashSet::new(),
            fetches: JoinSet::new(),
            canaries: JoinSet::new(),
            rounds: 0,
            shards: HashMap::new(),
            heard_at: HashMap::new(),
        };
        let connections = channel.run(cancel.clone());
        tokio::join!(connections, work.run(events, &options, &cancel));
    }
}

/// Decides which markets are followed.
#[derive(Debug)]
struct Chooser {
    books: LiveBooks,
    database: Database,
    busiest: u32,
}

impl Chooser {
    /// Those somebody watches, then those that trade most.
    async fn choose(&self) -> Result<Vec<TradedMarket>, StoreError> {
        let service = self.database.service();
        let watched = self.books.watched();
        let ids: Vec<&str> = watched.iter().map(|id| &**id).collect();
        let mut chosen = streaming::by_ids(service, &ids).await?;
        let known: HashSet<_> = chosen.iter().map(|market| market.market_id.clone()).collect();
        let busiest = streaming::busiest(service, self.busiest).await?;
        chosen.extend(busiest.into_iter().filter(|market| !known.contains(&market.market_id)));
        Ok(chosen)
    }
}

/// What the service is at.
struct Work {
    chooser: Chooser,
    books: LiveBooks,
    clob: ClobClient,
    handle: MarketHandle,
    resolved: mpsc::Sender<TokenId>,
    /// Tokens whose book is to be fetched.
    due: BTreeSet<TokenId>,
    /// Tokens whose books were found to be, or not to be, ghosts since all were fetched last.
    examined: HashSet<TokenId>,
    fetches: JoinSet<Fetched>,
    canaries: JoinSet<Option<Missed>>,
    /// How often canaries were sent.
    rounds: usize,
    /// The tokens of the connections there are.
    shards: HashMap<ShardId, Vec<TokenId>>,
    /// When they told something last.
    heard_at: HashMap<ShardId, Instant>,
}

struct Fetched {
    asked: Vec<TokenId>,
    answer: Result<Vec<(TokenId, BookSnapshot)>, UpstreamError>,
}

impl Work {
    async fn run(
        &mut self,
        mut events: mpsc::Receiver<MarketEvent>,
        options: &LiveOptions,
        cancel: &CancellationToken,
    ) {
        let mut choose = ticks(options.choose_every);
        let mut check = ticks(Duration::from_secs(1));
        let mut canary = ticks(options.canary_every);
        let mut refetch = ticks(options.refetch_every);
        let books = self.books.clone();
        let mut choose_at = None;
        loop {
            let chosen_soon = async {
                match choose_at {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // What is said goes first: everything else can wait, a full queue cannot.
                biased;
                () = cancel.cancelled() => return,
                event = events.recv() => match event {
                    Some(event) => self.take(event),
                    None => return,
                },
                Some(fetched) = self.fetches.join_next(), if !self.fetches.is_empty() => {
                    if let Ok(fetched) = fetched { self.take_fetched(fetched) }
                }
                Some(compared) = self.canaries.join_next(), if !self.canaries.is_empty() => {
                    if let Ok(Some(missed)) = compared { self.take_missed(missed) }
                }
                _ = check.tick() => self.check(),
                _ = canary.tick() => self.send_canaries(),
                _ = refetch.tick() => {
                    self.examined.clear();
                    self.due.extend(self.books.tokens());
                }
                _ = choose.tick() => self.choose().await,
                () = chosen_soon => {
                    choose_at = None;
                    self.choose().await;
                }
                () = books.watched_changed() => {
                    choose_at.get_or_insert(Instant::now() + SETTLE);
                }
            }
            self.fetch_due();
        }
    }

    /// What the passing of time alone makes due: doubts that lasted, and books that look like ghosts.
    fn check(&mut self) {
        self.due.extend(self.books.check(Utc::now()));
        for token in self.books.suspected_ghosts() {
            if self.examined.insert(token.clone()) {
                self.due.insert(token);
            }
        }
    }

    /// Follows what is worth it now. What was followed stays so while the database is away.
    async fn choose(&mut self) {
        match self.chooser.choose().await {
            Ok(markets) => {
                // Of both tokens: books are kept of the first, but trades are told on the one that was traded.
                let order = markets.iter().flat_map(|market| market.tokens.iter().cloned());
                let left_out = self.handle.set_tokens(order);
                let left_out: HashSet<TokenId> = left_out.into_iter().collect();
                let followed = markets.into_iter().filter(|m| !left_out.contains(&m.tokens[0]));
                let tokens = self.books.follow(followed.collect());
                gauge!("cascadian_live_markets").set(tokens.len() as f64);
            }
            Err(error) => tracing::warn!(%error, "what to follow cannot be chosen anew"),
        }
    }

    fn take(&mut self, event: MarketEvent) {
        match event {
            MarketEvent::Connected { shard, tokens, at } => {
                self.forget(&tokens, at);
                self.shards.insert(shard, tokens);
            }
            MarketEvent::Subscribed { shard, tokens, at } => {
                self.forget(&tokens, at);
                self.shards.entry(shard).or_default().extend(tokens);
            }
            MarketEvent::Unsubscribed { shard, tokens, at } => {
                self.forget(&tokens, at);
                let gone: HashSet<TokenId> = tokens.into_iter().collect();
                if let Some(tokens) = self.shards.get_mut(&shard) {
                    tokens.retain(|token| !gone.contains(token));
                }
            }
            MarketEvent::Lost { shard, tokens, cause, at } => {
                tracing::info!(shard = shard.0, %cause, tokens = tokens.len(), "a connection is over");
                self.forget(&tokens, at);
                self.shards.remove(&shard);
            }
            MarketEvent::Unreachable { shard, cause, retry_in, .. } => {
                tracing::warn!(shard = shard.0, %cause, retry_in_ms = retry_in.as_millis(), "no connection");
            }
            MarketEvent::Received { shard, messages, received_at } => {
                self.heard_at.insert(shard, Instant::now());
                for message in messages {
                    self.take_message(shard, message, received_at);
                }
            }
        }
    }

    /// What was heard of these tokens before belongs to another subscription.
    fn forget(&mut self, tokens: &[TokenId], at: DateTime<Utc>) {
        for token in tokens {
            self.books.update(token, |keeper| keeper.disconnected(at));
        }
    }

    fn take_message(&mut self, shard: ShardId, message: MarketMessage, received_at: DateTime<Utc>) {
        match message {
            MarketMessage::Book(snapshot) => self.take_book(&snapshot, received_at),
            MarketMessage::Changes(changes) => self.take_changes(&changes, received_at),
            MarketMessage::Trade(trade) => self.books.traded(&trade.token, trade.price),
            MarketMessage::TickSize(change) => {
                if let Some(tick) = Pips::of(change.new) {
                    self.books.update(&change.token, |keeper| keeper.tick_changed(tick));
                }
            }
            MarketMessage::BestPrices(best) => {
                let announced = Announced {
                    bid: best.bid.and_then(Pips::of),
                    ask: best.ask.and_then(Pips::of),
                };
                if let Some(at) = best.at {
                    self.take_delta(
                        &best.token,
                        &[],
                        announced,
                        at.timestamp_millis(),
                        received_at,
                    );
                }
            }
            MarketMessage::Resolved(resolved) => {
                // A full queue only means that the oracle is asked later.
                for token in resolved.tokens.into_iter().take(1) {
                    drop(self.resolved.try_send(token));
                }
            }
            MarketMessage::Unusable(unusable) => {
                counter!("cascadian_live_unusable_messages_total").increment(1);
                if may_change_books(unusable.kind.as_deref()) {
                    self.doubt_concerned(shard, unusable.concerns, received_at);
                }
            }
            MarketMessage::NewMarket(_) | MarketMessage::Unknown(_) => {}
        }
    }

    fn take_book(&mut self, snapshot: &ws::market::BookSnapshot, received_at: DateTime<Utc>) {
        let levels = |levels: &[ws::market::Level]| -> Option<Vec<_>> {
            levels.iter().map(|one| level(one.price, one.shares)).collect()
        };
        let book = levels(&snapshot.bids)
            .zip(levels(&snapshot.asks))
            .map(|(bids, asks)| Book::of(bids, asks));
        let Some((book, at)) = book.zip(snapshot.at) else {
            return self.doubt(&snapshot.token, received_at);
        };
        let meta = BookMeta {
            tick: snapshot.tick_size.and_then(Pips::of),
            last_trade: snapshot.last_trade_price,
            min_order: snapshot.min_order_shares.and_then(|size| domain::Shares::new(size).ok()),
            neg_risk: snapshot.neg_risk,
            hash: snapshot.hash.clone().map(String::into_boxed_str),
        };
        let at_ms = at.timestamp_millis();
        let update = self.books.update(&snapshot.token, |keeper| {
            keeper.snapshot(book, at_ms, received_at, BookSource::Stream, meta)
        });
        self.heed(&snapshot.token, update);
    }

    fn take_changes(&mut self, message: &BookChanges, received_at: DateTime<Utc>) {
        let mut by_token: HashMap<&TokenId, (Vec<LevelChange>, Announced)> = HashMap::new();
        let mut doubted = Vec::new();
        for change in &message.changes {
            let (Some(price), Some(size)) = (Pips::of(change.price), micro_shares(change.shares))
            else {
                doubted.push(&change.token);
                continue;
            };
            let (changes, announced) = by_token.entry(&change.token).or_default();
            changes.push(LevelChange { side: change.side, price, size });
            *announced = Announced {
                bid: change.best_bid.and_then(Pips::of),
                ask: change.best_ask.and_then(Pips::of),
            };
        }
        for (token, (changes, announced)) in by_token {
            match message.at {
                Some(at) if !doubted.contains(&token) => {
                    let at_ms = at.timestamp_millis();
                    self.take_delta(token, &changes, announced, at_ms, received_at);
                }
                _ => self.doubt(token, received_at),
            }
        }
    }

    fn take_delta(
        &mut self,
        token: &TokenId,
        changes: &[LevelChange],
        announced: Announced,
        at_ms: i64,
        received_at: DateTime<Utc>,
    ) {
        let update =
            self.books.update(token, |keeper| keeper.delta(changes, announced, at_ms, received_at));
        self.heed(token, update);
    }

    fn heed(&mut self, token: &TokenId, update: Option<BookUpdate>) {
        if let Some(BookUpdate::NeedsResync { cause }) = update {
            counter!("cascadian_live_resyncs_total", "cause" => cause.slug()).increment(1);
            self.due.insert(token.clone());
        }
    }

    /// What cannot be used was about these; where it does not say, about anything the connection carries.
    fn doubt_concerned(
        &mut self,
        shard: ShardId,
        concerned: Concerned,
        received_at: DateTime<Utc>,
    ) {
        let of_market = concerned.condition.and_then(|id| self.books.token_of_condition(&id));
        match (concerned.token, of_market) {
            (Some(token), _) | (None, Some(token)) => self.doubt(&token, received_at),
            (None, None) => {
                for token in self.shards.get(&shard).cloned().unwrap_or_default() {
                    self.doubt(&token, received_at);
                }
            }
        }
    }

    /// Something was said of a token that cannot be used: its book is what it was, until it is fetched.
    fn doubt(&mut self, token: &TokenId, received_at: DateTime<Utc>) {
        if self.books.update(token, |keeper| keeper.disconnected(received_at)).is_some() {
            self.due.insert(token.clone());
        }
    }

    /// Asks for books that are due, as many as may be asked for at once.
    fn fetch_due(&mut self) {
        while self.fetches.len() < AT_ONCE && !self.due.is_empty() {
            let mut asked = Vec::new();
            while asked.len() < BATCH
                && let Some(token) = self.due.pop_first()
            {
                asked.push(token);
            }
            let (clob, books) = (self.clob.clone(), self.books.clone());
            self.fetches.spawn(async move {
                let answer = match clob.books(&asked).await {
                    Ok(answer) => Ok(without_ghosts(&clob, &books, answer.rows).await),
                    Err(error) => Err(error),
                };
                Fetched { asked, answer }
            });
        }
    }

    fn take_fetched(&mut self, fetched: Fetched) {
        match fetched.answer {
            Ok(rows) => {
                let now = Utc::now();
                for (token, snapshot) in rows {
                    self.books.update(&token, |keeper| {
                        let BookSnapshot { book, at_ms, meta } = snapshot;
                        keeper.snapshot(book, at_ms, now, BookSource::Rest, meta)
                    });
                }
            }
            // Keepers that still need one ask again.
            Err(error) => {
                tracing::warn!(%error, books = fetched.asked.len(), "books cannot be fetched");
            }
        }
    }

    /// Compares some live books of each connection with a request, others each time.
    fn send_canaries(&mut self) {
        self.rounds += 1;
        for (&shard, tokens) in &self.shards {
            let live = self.books.held(tokens);
            let turn = self.rounds * canary::AT_ONCE % live.len().max(1);
            let in_turn = live.iter().cycle().skip(turn).take(canary::AT_ONCE.min(live.len()));
            let tokens: Vec<TokenId> = in_turn.map(|held| held.token.clone()).collect();
            if !tokens.is_empty() {
                let (clob, books) = (self.clob.clone(), self.books.clone());
                self.canaries.spawn(canary::compare(clob, books, shard, tokens));
            }
        }
    }

    fn take_missed(&mut self, missed: Missed) {
        let shard = missed.shard;
        if missed.is_of_connection(self.heard_at.get(&shard).copied()) {
            tracing::warn!(
                shard = shard.0,
                "a connection tells less than it should; it is made anew"
            );
            counter!("cascadian_live_canary_failures_total").increment(1);
            self.handle.reconnect(shard);
        } else {
            self.due.extend(missed.tokens);
        }
    }
}

/// The books that are those of their tokens. One that looks like the book upstream serves in the place of some is
/// compared with `/price` first: a right book must not give way to a ghost. Books held that are ghosts are noted.
async fn without_ghosts(
    clob: &ClobClient,
    books: &LiveBooks,
    fetched: Vec<RawBook>,
) -> Vec<(TokenId, BookSnapshot)> {
    let mut sound = Vec::with_capacity(fetched.len());
    for raw in fetched {
        let token = raw.token_id.clone();
        let Some(snapshot) = snapshot_of_rest(raw) else { continue };
        if snapshot.book.suspected_ghost() {
            match is_ghost(clob, &token, &snapshot.book).await {
                Ok(verdict) => {
                    books.convict(&token, verdict);
                    if verdict {
                        counter!("cascadian_live_ghost_books_total").increment(1);
                        continue;
                    }
                }
                // Nobody can say: what is held stays, and is asked for again.
                Err(_) => continue,
            }
        }
        sound.push((token, snapshot));
    }
    sound
}

/// Whether a message of this kind, or of none, would have changed a book.
fn may_change_books(kind: Option<&str>) -> bool {
    !matches!(kind, Some("last_trade_price" | "new_market" | "market_resolved"))
}

fn ticks(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
