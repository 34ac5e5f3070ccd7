//! What happens in markets, told to whoever watches.

pub mod feed;
mod publish;
mod signals;
pub mod stream;

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use domain::book::{BookSource, BookState, Keeper};
use domain::{ConditionId, ErrorCode, MarketId, TokenId};
use ingest::live::{LiveBook, LiveBooks, Watching};
use moka::future::Cache;
use polymarket::Upstream;
use polymarket::clob::ClobClient;
use store::streaming::TradedMarket;

use crate::http::error::ApiError;
use crate::view::MarketRow;

pub use feed::{FeedPlace, LiveFeed, LiveKind};
pub(crate) use publish::present;
pub use publish::publish;
pub use signals::publish_signals;
pub use stream::Wish;

/// How long a book that was fetched is shown again.
const FETCHED_FOR: Duration = Duration::from_secs(2);
/// How long a fetch may take before the caller is told that there is none.
const FETCH_WITHIN: Duration = Duration::from_secs(2);
/// How long a market is followed after somebody has looked at it.
const FOLLOWED_FOR: Duration = Duration::from_mins(2);
/// Markets followed because somebody has looked at them, at most.
const MOST_GLANCES: u64 = 500;

/// Books, and what happens, as this process knows them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Live {
    books: LiveBooks,
    feed: LiveFeed,
    upstream: Arc<Upstream>,
    clob: ClobClient,
    fetched: Cache<MarketId, Option<LiveBook>>,
    glances: Cache<MarketId, Arc<Watching>>,
}

impl Live {
    /// What is known through `books`, and through requests to `upstream` for what is not held.
    pub fn new(books: LiveBooks, upstream: Arc<Upstream>) -> Self {
        Self {
            books,
            feed: LiveFeed::default(),
            clob: ClobClient::new(upstream.clone()),
            upstream,
            fetched: Cache::builder().max_capacity(1_000).time_to_live(FETCHED_FOR).build(),
            glances: Cache::builder().max_capacity(MOST_GLANCES).time_to_idle(FOLLOWED_FOR).build(),
        }
    }

    /// The books that are streamed.
    pub fn books(&self) -> &LiveBooks {
        &self.books
    }

    /// The upstream hosts, for what is not held at all.
    pub fn upstream(&self) -> &Arc<Upstream> {
        &self.upstream
    }

    /// What happens.
    pub fn feed(&self) -> &LiveFeed {
        &self.feed
    }

    /// Watches markets for as long as the value returned lives.
    pub fn watch<'a>(&self, market_ids: impl Iterator<Item = &'a Arc<str>>) -> Watching {
        self.books.watch(market_ids.cloned())
    }

    /// The book of a market: streamed where it is, else fetched, and followed from now on for a while. `None` where
    /// upstream has none.
    pub async fn book(&self, row: &MarketRow) -> Result<Option<LiveBook>, ApiError> {
        let market = traded(row).map_err(ApiError::internal)?;
        let Some(market) = market else { return Ok(None) };
        let glance = || async { Arc::new(self.books.watch([row.market_id.as_str().into()])) };
        if row.accepting_orders {
            self.glances.get_with_by_ref(&market.market_id, glance()).await;
        }
        let streamed = self.books.book(&market.market_id);
        if let Some(book) = streamed.as_ref().filter(|book| book.state == BookState::Live) {
            return Ok(Some(book.clone()));
        }
        let fetch = self.fetched.try_get_with_by_ref(&market.market_id, self.fetch(market.clone()));
        match tokio::time::timeout(FETCH_WITHIN, fetch).await {
            Ok(Ok(fetched)) => Ok(fetched.or(streamed)),
            Ok(Err(_)) | Err(_) => match streamed.filter(|book| book.state != BookState::Unknown) {
                Some(stale) => Ok(Some(stale)),
                None => Err(ApiError::new(ErrorCode::UpstreamUnavailable)),
            },
        }
    }

    /// The book of a market as far as it is held: streamed, or fetched a moment ago. Upstream is not asked, but the
    /// market is followed from now on for a while, so that whoever asks again finds its book.
    pub async fn held(&self, row: &MarketRow) -> Option<LiveBook> {
        let market = traded(row).ok()??;
        if row.accepting_orders {
            let glance = async { Arc::new(self.books.watch([row.market_id.as_str().into()])) };
            self.glances.get_with_by_ref(&market.market_id, glance).await;
        }
        let streamed = self.books.book(&market.market_id);
        if let Some(book) = streamed.as_ref().filter(|book| book.state == BookState::Live) {
            return Some(book.clone());
        }
        let fetched = self.fetched.get(&market.market_id).await.flatten();
        fetched.or(streamed).filter(|book| book.state != BookState::Unknown)
    }

    async fn fetch(
        &self,
        market: TradedMarket,
    ) -> Result<Option<LiveBook>, polymarket::UpstreamError> {
        let Some(raw) = self.clob.book(&market.tokens[0]).await? else { return Ok(None) };
        let Some(snapshot) = ingest::live::snapshot_of_rest(raw) else { return Ok(None) };
        let mut keeper = Keeper::new();
        keeper.snapshot(snapshot.book, snapshot.at_ms, Utc::now(), BookSource::Rest, snapshot.meta);
        let is_ghost = keeper.suspected_ghost()
            && ingest::live::is_ghost(&self.clob, &market.tokens[0], keeper.book()).await?;
        Ok(Some(LiveBook::of(market, &keeper, is_ghost)))
    }
}

/// The ids a market is traded by; `None` when it has no two tokens.
fn traded(row: &MarketRow) -> Result<Option<TradedMarket>, domain::InvalidId> {
    let Some(condition) = &row.condition_id else { return Ok(None) };
    let [first, second] = row.token_ids.as_slice() else { return Ok(None) };
    if first.is_empty() || second.is_empty() {
        return Ok(None);
    }
    Ok(Some(TradedMarket {
        market_id: MarketId::parse(&row.market_id)?,
        condition_id: ConditionId::parse(condition)?,
        tokens: [TokenId::parse(first)?, TokenId::parse(second)?],
    }))
}
