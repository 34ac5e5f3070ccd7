//! Walking a keyset listing to its end, and never in a circle.

use std::collections::HashSet;

use super::{EventsQuery, GammaClient, MarketsQuery, Page};
use crate::{UpstreamError, UpstreamErrorKind};

/// The listing to walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CrawlQuery {
    /// Events with their markets.
    Events(EventsQuery),
    /// Markets.
    Markets(MarketsQuery),
}

impl CrawlQuery {
    fn cursor(&mut self) -> &mut Option<String> {
        match self {
            Self::Events(query) => &mut query.after_cursor,
            Self::Markets(query) => &mut query.after_cursor,
        }
    }

    fn request_error(&self, kind: UpstreamErrorKind) -> UpstreamError {
        let request = match self {
            Self::Events(query) => query.request(),
            Self::Markets(query) => query.request(),
        };
        match request {
            Ok(request) => request.error(kind),
            Err(error) => error,
        }
    }
}

/// A walk over a keyset listing. Begins at the query's `after_cursor`, so a walk can be resumed.
///
/// A server that ignores the cursor sends the first page for ever; the walk ends with
/// [`UpstreamErrorKind::PagingLoop`] when the first id of a page, or a cursor, comes a second time.
#[derive(Debug)]
pub struct KeysetCrawl {
    client: GammaClient,
    query: CrawlQuery,
    first_ids: HashSet<String>,
    cursors: HashSet<String>,
    is_over: bool,
}

impl KeysetCrawl {
    /// A walk that has not begun.
    pub fn new(client: GammaClient, query: CrawlQuery) -> Self {
        let mut crawl = Self {
            client,
            query,
            first_ids: HashSet::new(),
            cursors: HashSet::new(),
            is_over: false,
        };
        crawl.cursors.extend(crawl.cursor().map(str::to_owned));
        crawl
    }

    /// The cursor of the page that [`Self::next_page`] will fetch; to be kept for resuming.
    pub fn cursor(&self) -> Option<&str> {
        match &self.query {
            CrawlQuery::Events(query) => query.after_cursor.as_deref(),
            CrawlQuery::Markets(query) => query.after_cursor.as_deref(),
        }
    }

    /// The next page; `None` after the last. After a failed request the same page can be tried again;
    /// after a loop the walk is over.
    pub async fn next_page(&mut self) -> Result<Option<Page>, UpstreamError> {
        if self.is_over {
            return Ok(None);
        }
        let page = match &self.query {
            CrawlQuery::Events(query) => self.client.events_keyset(query).await?,
            CrawlQuery::Markets(query) => self.client.markets_keyset(query).await?,
        };
        if let Some(id) = &page.first_id
            && !self.first_ids.insert(id.clone())
        {
            return Err(self.end_in_loop(format!("a second page begins with id {id}")));
        }
        match &page.next_cursor {
            None => self.is_over = true,
            Some(cursor) if !self.cursors.insert(cursor.clone()) => {
                return Err(self.end_in_loop("a cursor came a second time".to_owned()));
            }
            Some(cursor) => *self.query.cursor() = Some(cursor.clone()),
        }
        Ok(Some(page))
    }

    fn end_in_loop(&mut self, detail: String) -> UpstreamError {
        self.is_over = true;
        self.query.request_error(UpstreamErrorKind::PagingLoop(detail))
    }
}
