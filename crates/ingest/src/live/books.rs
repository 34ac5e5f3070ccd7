//! The order books that are streamed, for everybody in this process.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use domain::book::{Book, BookMeta, BookSource, BookState, BookUpdate, Keeper, Top};
use domain::{ConditionId, MarketId, Price, TokenId};
use store::streaming::TradedMarket;
use tokio::sync::Notify;

use super::canary::Held;

/// A market's book of outcome 0, as it stands.
#[derive(Debug, Clone)]
pub struct LiveBook {
    /// The market.
    pub market: TradedMarket,
    /// The book of outcome 0; the other outcome's is its mirror.
    pub book: Book,
    /// Whether it may be believed.
    pub state: BookState,
    /// Whether nothing is even doubted ([`Keeper::is_sure`]).
    pub is_sure: bool,
    /// Where its last snapshot came from.
    pub source: Option<BookSource>,
    /// What upstream said beside the levels.
    pub meta: BookMeta,
    /// Upstream's time of the last message applied, in milliseconds.
    pub as_of_ms: Option<i64>,
    /// When that message was received.
    pub received_at: Option<DateTime<Utc>>,
    /// The book upstream serves is not this token's: `/price` says otherwise.
    pub is_ghost: bool,
}

/// The books of a process. Clones refer to the same ones.
#[derive(Debug, Clone, Default)]
pub struct LiveBooks(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// Somebody began or ceased to watch.
    watched: Notify,
    /// Some book changed.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    followed: HashMap<TokenId, Followed>,
    tokens: HashMap<MarketId, TokenId>,
    /// The token of outcome 0 of the market whose outcome 1 a token is.
    opposites: HashMap<TokenId, TokenId>,
    watchers: HashMap<Arc<str>, usize>,
    changed: BTreeSet<MarketId>,
}

#[derive(Debug)]
struct Followed {
    market: TradedMarket,
    keeper: Keeper,
    is_ghost: bool,
}

impl LiveBooks {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The book of a market; `None` when it is not followed.
    pub fn book(&self, market_id: &MarketId) -> Option<LiveBook> {
        let state = self.state();
        let followed = state.followed.get(state.tokens.get(market_id)?)?;
        Some(followed.view())
    }

    /// Whether the book of a market may be believed now.
    pub fn is_live(&self, market_id: &MarketId) -> bool {
        let state = self.state();
        let followed = state.tokens.get(market_id).and_then(|token| state.followed.get(token));
        followed.is_some_and(|one| one.keeper.state() == BookState::Live && !one.is_ghost)
    }

    /// The best prices of every market that is followed as they were at the end of a minute, of those books that are
    /// sure of it ([`Keeper::top_at`]).
    pub fn tops_at(&self, end: DateTime<Utc>) -> Vec<(MarketId, Top)> {
        let state = self.state();
        let sure = state.followed.values().filter(|one| !one.is_seen_as_ghost());
        let tops = sure.filter_map(|one| {
            let top = one.keeper.top_at(end.timestamp_millis())?;
            Some((one.market.market_id.clone(), top))
        });
        tops.collect()
    }

    /// The books of every market that is followed.
    pub fn all(&self) -> Vec<LiveBook> {
        self.state().followed.values().map(Followed::view).collect()
    }

    /// Counts as watching the markets until the value returned is dropped.
    pub fn watch(&self, market_ids: impl IntoIterator<Item = Arc<str>>) -> Watching {
        let market_ids: Vec<_> = market_ids.into_iter().collect();
        let mut state = self.state();
        for id in &market_ids {
            *state.watchers.entry(Arc::clone(id)).or_default() += 1;
        }
        drop(state);
        self.0.watched.notify_one();
        Watching { books: self.clone(), market_ids }
    }

    /// The markets somebody watches now.
    pub fn watched(&self) -> HashSet<Arc<str>> {
        self.state().watchers.keys().cloned().collect()
    }

    /// Whether somebody watches a market now.
    pub fn is_watched(&self, market_id: &str) -> bool {
        self.state().watchers.contains_key(market_id)
    }

    /// Waits until the set of watched markets has changed.
    pub(super) async fn watched_changed(&self) {
        self.0.watched.notified().await;
    }

    /// Waits until some books have changed, and takes their markets. For one consumer.
    pub async fn changed(&self) -> Vec<MarketId> {
        loop {
            let changed = std::mem::take(&mut self.state().changed);
            if !changed.is_empty() {
                return changed.into_iter().collect();
            }
            self.0.changed.notified().await;
        }
    }

    /// Follows exactly these markets: others are forgotten, new ones begin unknown. Tells the tokens to stream.
    pub(super) fn follow(&self, markets: Vec<TradedMarket>) -> HashSet<TokenId> {
        let mut state = self.state();
        let wanted: HashMap<TokenId, TradedMarket> =
            markets.into_iter().map(|market| (market.tokens[0].clone(), market)).collect();
        state.followed.retain(|token, _| wanted.contains_key(token));
        for (token, market) in &wanted {
            state.followed.entry(token.clone()).or_insert_with(|| Followed {
                market: market.clone(),
                keeper: Keeper::new(),
                is_ghost: false,
            });
        }
        state.opposites = wanted
            .values()
            .map(|market| (market.tokens[1].clone(), market.tokens[0].clone()))
            .collect();
        state.tokens = wanted
            .iter()
            .map(|(token, market)| (market.market_id.clone(), token.clone()))
            .collect();
        wanted.into_keys().collect()
    }

    /// Lets a token's keeper take something in; `None` when the token is not followed.
    pub(super) fn update<T>(
        &self,
        token: &TokenId,
        take: impl FnOnce(&mut Keeper) -> T,
    ) -> Option<T> {
        let mut state = self.state();
        let followed = state.followed.get_mut(token)?;
        let taken = take(&mut followed.keeper);
        let market_id = followed.market.market_id.clone();
        let is_first = state.changed.is_empty();
        state.changed.insert(market_id);
        drop(state);
        if is_first {
            self.0.changed.notify_one();
        }
        Some(taken)
    }

    /// Notes a trade of either token of a market.
    pub(super) fn traded(&self, token: &TokenId, price: Price) {
        let opposite = self.state().opposites.get(token).cloned();
        match opposite {
            Some(first) => self.update(&first, |keeper| keeper.traded(price.complement())),
            None => self.update(token, |keeper| keeper.traded(price)),
        };
    }

    /// Lets every keeper look at the time; the tokens that need a snapshot.
    pub(super) fn check(&self, now: DateTime<Utc>) -> Vec<TokenId> {
        let mut state = self.state();
        let State { followed, changed, .. } = &mut *state;
        let mut due = Vec::new();
        for (token, Followed { market, keeper, .. }) in followed {
            if let Some(BookUpdate::NeedsResync { .. }) = keeper.check(now) {
                due.push(token.clone());
                changed.insert(market.market_id.clone());
            }
        }
        let has_changed = !changed.is_empty();
        drop(state);
        if has_changed {
            self.0.changed.notify_one();
        }
        due
    }

    /// The tokens whose book looks like the one upstream serves in the place of some.
    pub(super) fn suspected_ghosts(&self) -> Vec<TokenId> {
        let state = self.state();
        let suspects =
            state.followed.iter().filter(|(_, followed)| followed.keeper.suspected_ghost());
        suspects.map(|(token, _)| token.clone()).collect()
    }

    /// Notes whether a book that looked like a ghost is one.
    pub(super) fn convict(&self, token: &TokenId, is_ghost: bool) {
        let mut state = self.state();
        let State { followed, changed, .. } = &mut *state;
        if let Some(followed) = followed.get_mut(token)
            && followed.is_ghost != is_ghost
        {
            followed.is_ghost = is_ghost;
            changed.insert(followed.market.market_id.clone());
            drop(state);
            self.0.changed.notify_one();
        }
    }

    /// The token whose book is kept of the market with this condition.
    pub(super) fn token_of_condition(&self, condition_id: &ConditionId) -> Option<TokenId> {
        let state = self.state();
        let mut followed = state.followed.iter();
        // Rare enough for looking at all of them.
        followed
            .find(|(_, followed)| followed.market.condition_id == *condition_id)
            .map(|(token, _)| token.clone())
    }

    /// The tokens that are followed.
    pub(super) fn tokens(&self) -> Vec<TokenId> {
        self.state().followed.keys().cloned().collect()
    }

    /// The tops of those of these books that are live.
    pub(super) fn held(&self, tokens: &[TokenId]) -> Vec<Held> {
        let state = self.state();
        let held = tokens.iter().filter_map(|token| {
            let keeper = &state.followed.get(token)?.keeper;
            let as_of_ms = keeper.as_of_ms().filter(|_| keeper.state() == BookState::Live)?;
            let top = (keeper.book().best_bid(), keeper.book().best_ask());
            Some(Held { token: token.clone(), top, as_of_ms })
        });
        held.collect()
    }
}

impl Followed {
    fn is_seen_as_ghost(&self) -> bool {
        self.is_ghost && self.keeper.suspected_ghost()
    }

    fn view(&self) -> LiveBook {
        LiveBook::of(self.market.clone(), &self.keeper, self.is_ghost)
    }
}

impl LiveBook {
    /// What a keeper holds. `is_ghost`: its book was found not to be the token's.
    pub fn of(market: TradedMarket, keeper: &Keeper, is_ghost: bool) -> Self {
        Self {
            market,
            book: keeper.book().clone(),
            state: keeper.state(),
            is_sure: keeper.is_sure(),
            source: keeper.source(),
            meta: keeper.meta().clone(),
            as_of_ms: keeper.as_of_ms(),
            received_at: keeper.received_at(),
            is_ghost: is_ghost && keeper.suspected_ghost(),
        }
    }
}

/// Keeps markets watched for as long as it lives.
#[derive(Debug)]
pub struct Watching {
    books: LiveBooks,
    market_ids: Vec<Arc<str>>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut state = self.books.state();
        for id in &self.market_ids {
            if let Some(count) = state.watchers.get_mut(id) {
                *count -= 1;
                if *count == 0 {
                    state.watchers.remove(id);
                }
            }
        }
        drop(state);
        self.books.0.watched.notify_one();
    }
}
