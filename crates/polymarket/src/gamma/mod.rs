//! Gamma, the catalogue: events, markets, tags, people.
//!
//! Gamma lags the order book by seconds to minutes: its prices are for overview, not for quotes.

mod crawl;
mod drift;
mod event;
mod keys;
mod market;
mod page;
mod profile;
mod query;

use std::collections::HashSet;
use std::sync::Arc;

use domain::{EventId, MarketId, Origin, Tag};
use serde_json::value::RawValue;

pub use crawl::{CrawlQuery, KeysetCrawl};
pub use drift::Drift;
pub use page::Page;
#[cfg(test)]
pub(crate) use profile::read_hits;
pub use profile::{ProfileHits, ProfileSearch, PublicProfile, WalletOwner};
pub use query::{EventOrder, EventsQuery, MarketOrder, MarketsQuery};

pub use crate::quarantine::{IssueCount, RejectReason, RejectedRow, RowKind};
use crate::{Host, Request, Upstream, UpstreamError, UpstreamErrorKind};
use page::Wanted;

/// Longer URL names are not kept: no database index takes them, and no real one comes near.
const MAX_SLUG_BYTES: usize = 500;

/// Which event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKey {
    /// By Gamma's id.
    Id(EventId),
    /// By its name in URLs. Not unique over time.
    Slug(String),
}

/// The client of Gamma. Cheap to clone; clones share connections and limits.
#[derive(Debug, Clone)]
pub struct GammaClient {
    upstream: Arc<Upstream>,
}

impl GammaClient {
    /// A client that sends through `upstream`.
    pub fn new(upstream: Arc<Upstream>) -> Self {
        Self { upstream }
    }

    /// What the last answer came from; `None` before the first.
    pub fn origin(&self) -> Option<Origin> {
        self.upstream.origin()
    }

    /// One page of events with their markets (`/events/keyset`).
    pub async fn events_keyset(&self, query: &EventsQuery) -> Result<Page, UpstreamError> {
        let request = query.request()?;
        self.page(&request, Page::of_events).await
    }

    /// One page of markets (`/markets/keyset`), with abridged events. Rows that `ids` or `condition_ids`
    /// did not ask for are dropped and reported: a server that ignores the filter must not poison data.
    ///
    /// Upstream lists open markets only, unless `closed` is `Some(true)`, and does so for ids too.
    pub async fn markets_keyset(&self, query: &MarketsQuery) -> Result<Page, UpstreamError> {
        let request = query.request()?;
        let wanted = Wanted {
            market_ids: query.ids.iter().cloned().collect(),
            condition_ids: query.condition_ids.iter().cloned().collect(),
            ..Wanted::default()
        };
        self.page(&request, move |body| Page::of_markets(body, &wanted)).await
    }

    /// One market by id (`/markets/{id}`), as a page of at most one row; `None` where there is none.
    pub async fn market(&self, id: &MarketId) -> Result<Option<Page>, UpstreamError> {
        let request = Request::new(Host::Gamma, "/markets/{id}", ["markets", id.as_str()])
            .with("include_tag", &true);
        let wanted = Wanted { market_ids: HashSet::from([id.clone()]), ..Wanted::default() };
        let read =
            move |body: &[u8]| Page::of_rows(body, |page, rows| page.add_markets(rows, &wanted));
        found(self.page(&request, read).await)
    }

    /// One event with its markets (`/events/{id}` or `/events/slug/{slug}`), as a page of at most one
    /// event; `None` where there is none.
    pub async fn event(&self, key: &EventKey) -> Result<Option<Page>, UpstreamError> {
        let (request, wanted) = match key {
            EventKey::Id(id) => (
                Request::new(Host::Gamma, "/events/{id}", ["events", id.as_str()]),
                Wanted { event_id: Some(id.clone()), ..Wanted::default() },
            ),
            EventKey::Slug(slug) => (
                Request::new(Host::Gamma, "/events/slug/{slug}", ["events", "slug", slug]),
                Wanted { event_slug: Some(slug.clone()), ..Wanted::default() },
            ),
        };
        let read =
            move |body: &[u8]| Page::of_rows(body, |page, rows| page.add_events(rows, &wanted));
        found(self.page(&request, read).await)
    }

    /// Every tag (`/tags`, page by page). Rows without a slug are left out.
    pub async fn tags(&self) -> Result<Vec<Tag>, UpstreamError> {
        const LIMIT: usize = 100;
        let mut tags: Vec<Tag> = Vec::new();
        let mut known_slugs = HashSet::new();
        let mut offset = 0;
        loop {
            let request = Request::new(Host::Gamma, "/tags", ["tags"])
                .with("limit", &LIMIT)
                .with("offset", &offset);
            let (raw_rows, page) = self.upstream.get(&request, read_tags).await?;
            let before = tags.len();
            tags.extend(page.into_iter().filter(|tag| known_slugs.insert(tag.slug.clone())));
            if raw_rows < LIMIT {
                return Ok(tags);
            }
            if tags.len() == before {
                let detail = format!("offset {offset} brought nothing new");
                return Err(request.error(UpstreamErrorKind::PagingLoop(detail)));
            }
            offset += raw_rows;
        }
    }

    async fn page<R>(&self, request: &Request, read: R) -> Result<Page, UpstreamError>
    where
        R: Fn(&[u8]) -> Result<Page, serde_json::Error> + Clone + Send + 'static,
    {
        let page = self.upstream.get(request, read).await?;
        page.record_metrics();
        if !page.rejected.is_empty() || !page.drift.is_empty() {
            tracing::debug!(
                upstream.route = request.route(),
                rows = page.raw_rows,
                quarantined = page.rejected.len(),
                drift = ?page.drift,
                "The page has rows that cannot be used, or differs from what upstream used to send"
            );
        }
        Ok(page)
    }
}

/// Number of rows received, and the tags that can be used.
fn read_tags(body: &[u8]) -> Result<(usize, Vec<Tag>), serde_json::Error> {
    let text = String::from_utf8_lossy(body);
    let rows: Vec<&RawValue> = serde_json::from_str(&text)?;
    Ok((rows.len(), rows.iter().filter_map(|row| event::decode_tag(row)).collect()))
}

fn found(page: Result<Page, UpstreamError>) -> Result<Option<Page>, UpstreamError> {
    match page {
        Ok(page) => Ok(Some(page)),
        Err(error) if error.kind == UpstreamErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
