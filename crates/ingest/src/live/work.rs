//! What keeping books takes: choosing what to follow, listening, and mending what is in doubt.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::TokenId;
use metrics::{counter, gauge};
use polymarket::clob::ClobClient;
use polymarket::ws::market::{MarketEvent, MarketHandle, ShardId};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tokio_util::sync::CancellationToken;

use super::canary::{self, Missed};
use super::choose::Chooser;
use super::fetch::Fetched;
use super::{LiveBooks, LiveOptions};

/// Watchers come and go; the choice waits so long for more of them.
const SETTLE: Duration = Duration::from_millis(200);

/// What the service is at.
pub(super) struct Work {
    chooser: Chooser,
    pub(super) books: LiveBooks,
    pub(super) clob: ClobClient,
    handle: MarketHandle,
    pub(super) resolved: mpsc::Sender<TokenId>,
    /// Tokens whose book is to be fetched.
    pub(super) due: BTreeSet<TokenId>,
    /// Tokens whose books were found to be, or not to be, ghosts since all were fetched last.
    examined: HashSet<TokenId>,
    pub(super) fetches: JoinSet<Fetched>,
    canaries: JoinSet<Option<Missed>>,
    /// How often canaries were sent.
    rounds: usize,
    /// The tokens of the connections there are.
    pub(super) shards: HashMap<ShardId, Vec<TokenId>>,
    /// When they told something last.
    heard_at: HashMap<ShardId, Instant>,
}

impl Work {
    /// Nothing done yet.
    pub(super) fn new(
        chooser: Chooser,
        books: LiveBooks,
        clob: ClobClient,
        handle: MarketHandle,
        resolved: mpsc::Sender<TokenId>,
    ) -> Self {
        Self {
            chooser,
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
        }
    }

    /// Works until cancelled, or until nobody tells anything any more.
    pub(super) async fn run(
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

    pub(super) fn take(&mut self, event: MarketEvent) {
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

fn ticks(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
