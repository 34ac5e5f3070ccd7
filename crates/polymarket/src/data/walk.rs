//! Walking a listing by its cursors to the end, and never in a circle.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::DataClient;
use super::envelope::{DataPage, PageRead};
use super::trades::{TradeRow, TradesQuery};
use crate::history::PricePoint;
use crate::rows::Rows;
use crate::{Request, UpstreamError, UpstreamErrorKind};

/// Notices a listing that does not advance: a page that begins as an earlier one did, or a cursor that
/// comes a second time.
#[derive(Debug, Default)]
struct LoopGuard {
    first_keys: HashSet<String>,
    cursors: HashSet<String>,
}

impl LoopGuard {
    /// Takes a page in; says what is wrong with it where something is.
    fn admit(&mut self, first_key: Option<&str>, cursor: Option<&str>) -> Result<(), String> {
        if let Some(key) = first_key
            && !self.first_keys.insert(key.to_owned())
        {
            let key: String = key.chars().take(120).collect();
            return Err(format!("a second page begins with {key}"));
        }
        match cursor {
            Some(cursor) if !self.cursors.insert(cursor.to_owned()) => {
                Err("a cursor came a second time".to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// A walk over trades from the newest back. Begins at the query's cursor, so a walk can be resumed with
/// the same query.
///
/// It ends after the last page, and with [`UpstreamErrorKind::PagingLoop`] when a page begins as an
/// earlier one did or with a newer trade than the one before it, or when a cursor comes a second time.
#[derive(Debug)]
pub struct TradesWalk {
    client: DataClient,
    query: TradesQuery,
    guard: LoopGuard,
    began_at: Option<DateTime<Utc>>,
    is_over: bool,
}

impl TradesWalk {
    /// A walk that has not begun.
    pub fn new(client: DataClient, query: TradesQuery) -> Self {
        let mut guard = LoopGuard::default();
        guard.cursors.extend(query.cursor.clone());
        Self { client, query, guard, began_at: None, is_over: false }
    }

    /// The cursor of the page that [`Self::next_page`] will fetch; to be kept for resuming.
    pub fn cursor(&self) -> Option<&str> {
        self.query.cursor.as_deref()
    }

    /// The next page; `None` after the last. After a failed request the same page can be tried again;
    /// after a loop the walk is over.
    pub async fn next_page(&mut self) -> Result<Option<DataPage<TradeRow>>, UpstreamError> {
        if self.is_over {
            return Ok(None);
        }
        let page = self.client.trades(&self.query).await?;
        let begins_at = page.rows.rows.first().map(|row| row.traded_at);
        // Without it a server that ignores cursors, and has new trades each time, would never be found out.
        if begins_at.is_some() && self.began_at.is_some() && begins_at > self.began_at {
            return Err(self.end_in_loop("a page begins with a newer trade than the one before"));
        }
        self.began_at = begins_at.or(self.began_at);
        if let Err(detail) =
            self.guard.admit(page.first_key.as_deref(), page.next_cursor.as_deref())
        {
            return Err(self.end_in_loop(&detail));
        }
        match &page.next_cursor {
            None => self.is_over = true,
            Some(cursor) => self.query.cursor = Some(cursor.clone()),
        }
        Ok(Some(page))
    }

    fn end_in_loop(&mut self, detail: &str) -> UpstreamError {
        self.is_over = true;
        match self.query.request() {
            Ok(request) => request.error(UpstreamErrorKind::PagingLoop(detail.to_owned())),
            Err(error) => error,
        }
    }
}

/// A walk over the pages of a price history. Every page restates the window, as upstream wants it.
#[derive(Debug)]
pub(super) struct PricesWalk {
    first: Request,
    cursor: Option<String>,
    guard: LoopGuard,
    is_over: bool,
}

impl PricesWalk {
    pub(super) fn new(first: Request) -> Self {
        Self { first, cursor: None, guard: LoopGuard::default(), is_over: false }
    }

    /// The request for the next page; `None` after the last.
    pub(super) fn request(&self) -> Option<Request> {
        let first = || self.first.clone();
        (!self.is_over).then(|| match &self.cursor {
            None => first(),
            Some(cursor) => first().with("cursor", cursor),
        })
    }

    /// Takes the page in and gives its points.
    pub(super) fn take(
        &mut self,
        page: PageRead<PricePoint>,
    ) -> Result<Rows<PricePoint>, UpstreamError> {
        self.guard
            .admit(page.first_key.as_deref(), page.next_cursor.as_deref())
            .map_err(|detail| self.first.error(UpstreamErrorKind::PagingLoop(detail)))?;
        self.is_over = page.next_cursor.is_none();
        self.cursor = page.next_cursor;
        Ok(page.rows)
    }
}
