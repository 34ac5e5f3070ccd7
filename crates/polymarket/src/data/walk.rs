//! Walking a listing by its cursors to the end, and never in a circle.

use std::collections::HashSet;
use std::future::Future;

use chrono::{DateTime, Utc};

use super::DataClient;
use super::envelope::{DataPage, DataVersion, PageRead};
use crate::history::PricePoint;
use crate::quarantine::RejectReason;
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

/// In which order a listing tells what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeOrder {
    /// The newest first.
    NewestFirst,
    /// The oldest first.
    OldestFirst,
}

/// A query whose answer comes in pages.
pub trait Listing: Send + Sync {
    /// What a page lists.
    type Row: Send + 'static;

    /// The request for the page that the query stands at.
    fn request(&self) -> Result<Request, UpstreamError>;

    /// The page that the query stands at.
    fn page(
        &self,
        client: &DataClient,
    ) -> impl Future<Output = Result<DataPage<Self::Row>, UpstreamError>> + Send;

    /// Where the query stands; `None` at the first page.
    fn cursor(&self) -> Option<&str>;

    /// Makes the query stand at the page after `cursor`.
    fn go_to(&mut self, cursor: String);

    /// When what a row tells happened; `None` for listings that are in no order of time.
    fn moment(row: &Self::Row) -> Option<DateTime<Utc>> {
        let _ = row;
        None
    }

    /// The order of those moments; `None` for listings that are in none.
    fn order(&self) -> Option<TimeOrder> {
        None
    }

    /// The cursor of the first page of version 1; `None` where that version cannot answer the query.
    fn first_of_v1(&self) -> Option<String> {
        None
    }
}

/// How a walk ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WalkEnd {
    /// Upstream has said that there is no more. Whether every row of it could be used is in the
    /// [`WalkTally`].
    Complete,
    /// There is more, or may be, and upstream does not give it: rows without a cursor to the next page,
    /// or the cap of a list of version 1.
    CappedAt {
        /// Rows received until then, usable or not.
        rows: u64,
        /// What happened then is the last that was told; `None` for listings without times.
        reached: Option<DateTime<Utc>>,
    },
    /// What came does not fit together: whatever follows is unknown.
    Broken(WalkBreak),
}

impl WalkEnd {
    /// Whether upstream has told everything it has.
    pub fn is_complete(&self) -> bool {
        *self == Self::Complete
    }
}

/// What ended a walk before its time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WalkBreak {
    /// Pages repeat, or come out of their order.
    #[error("paging does not advance: {0}")]
    Loop(String),
    /// A page without rows that says that there are more.
    #[error("an empty page says that there are more rows")]
    EmptyButMore,
    /// A page that holds nothing that was asked for.
    #[error("a page holds nothing that was asked for: the filter is ignored")]
    FilterIgnored,
    /// A request failed for good.
    #[error(transparent)]
    Failed(UpstreamError),
}

/// What a walk has brought so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WalkTally {
    /// Pages.
    pub pages: u64,
    /// Rows that can be used.
    pub rows: u64,
    /// Rows of what was asked for that cannot be used: each is a gap.
    pub unusable_rows: u64,
    /// Rows of what was not asked for.
    pub unasked_rows: u64,
    /// When the earliest of the rows happened.
    pub oldest: Option<DateTime<Utc>>,
    /// When the latest did.
    pub newest: Option<DateTime<Utc>>,
}

impl WalkTally {
    fn count<Q: Listing>(&mut self, page: &DataPage<Q::Row>) {
        let unasked = |row: &&crate::RejectedRow| row.reason == RejectReason::NotRequested;
        let unasked = page.rows.rejected.iter().filter(unasked).count() as u64;
        self.pages += 1;
        self.rows += page.rows.rows.len() as u64;
        self.unasked_rows += unasked;
        self.unusable_rows += page.rows.rejected.len() as u64 - unasked;
        for moment in page.rows.rows.iter().filter_map(Q::moment) {
            self.oldest = Some(self.oldest.map_or(moment, |oldest| oldest.min(moment)));
            self.newest = self.newest.max(Some(moment));
        }
    }

    fn raw_rows(&self) -> u64 {
        self.rows + self.unusable_rows + self.unasked_rows
    }
}

/// All that a walk brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Walked<T> {
    /// The rows of all pages, in their order.
    pub rows: Rows<T>,
    /// How the walk ended.
    pub end: WalkEnd,
    /// How much it was.
    pub tally: WalkTally,
    /// Who told it; `None` where nobody did.
    pub version: Option<DataVersion>,
}

impl<T> Walked<T> {
    /// Whether nothing is missing: upstream has told everything, and every row can be used.
    pub fn is_whole(&self) -> bool {
        self.end.is_complete() && self.tally.unusable_rows == 0
    }
}

/// A walk over the pages of a listing. Begins at the query's cursor, so a walk can be resumed with the
/// same query.
///
/// It ends after the last page, and with [`UpstreamErrorKind::PagingLoop`] when a page begins as an
/// earlier one did or with a row on the wrong side in time of the page before it, or when a cursor comes
/// a second time. Lists of version 1 repeat themselves past their cap: there that is the cap. How it
/// ended is told by [`Self::end`].
#[derive(Debug)]
pub struct Walk<Q> {
    client: DataClient,
    query: Q,
    guard: LoopGuard,
    falls_back: bool,
    began_at: Option<DateTime<Utc>>,
    version: Option<DataVersion>,
    tally: WalkTally,
    end: Option<WalkEnd>,
}

impl<Q: Listing> Walk<Q> {
    /// A walk that has not begun.
    pub fn new(client: DataClient, query: Q) -> Self {
        let mut guard = LoopGuard::default();
        guard.cursors.extend(query.cursor().map(str::to_owned));
        Self {
            client,
            query,
            guard,
            falls_back: false,
            began_at: None,
            version: None,
            tally: WalkTally::default(),
            end: None,
        }
    }

    /// The same; where version 2 has no such route (404) at the first page, version 1 is walked instead,
    /// if it can answer the query. [`Self::version`] says which it was.
    pub fn with_fallback(client: DataClient, query: Q) -> Self {
        Self { falls_back: true, ..Self::new(client, query) }
    }

    /// The cursor of the page that [`Self::next_page`] will fetch; to be kept for resuming.
    pub fn cursor(&self) -> Option<&str> {
        self.query.cursor()
    }

    /// Which version told the last page; `None` before the first.
    pub fn version(&self) -> Option<DataVersion> {
        self.version
    }

    /// What it has brought so far.
    pub fn tally(&self) -> &WalkTally {
        &self.tally
    }

    /// How it ended; `None` while it can go on.
    pub fn end(&self) -> Option<&WalkEnd> {
        self.end.as_ref()
    }

    /// The next page; `None` after the last. After a failed request the same page can be tried again;
    /// after a loop the walk is over.
    pub async fn next_page(&mut self) -> Result<Option<DataPage<Q::Row>>, UpstreamError> {
        if self.end.is_some() {
            return Ok(None);
        }
        let page = match self.fetch().await {
            Ok(page) => page,
            Err(error) if self.is_past_the_cap(&error) => {
                self.end = Some(self.capped());
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        if let Err(detail) = self.look_at(&page) {
            if page.version == DataVersion::V1 {
                self.end = Some(self.capped());
                return Ok(None);
            }
            return Err(self.end_in_loop(detail));
        }
        self.version = Some(page.version);
        self.tally.count::<Q>(&page);
        self.end = self.end_after(&page);
        if let (None, Some(cursor)) = (&self.end, &page.next_cursor) {
            self.query.go_to(cursor.clone());
        }
        Ok(Some(page))
    }

    /// All pages that are left. What came before a request failed is not lost: the walk is then broken
    /// by [`WalkBreak::Failed`].
    pub async fn to_the_end(mut self) -> Walked<Q::Row> {
        let mut rows = Rows::default();
        let failed = loop {
            match self.next_page().await {
                Ok(Some(page)) => rows.append(page.rows),
                Ok(None) => break None,
                Err(error) => break Some(WalkEnd::Broken(WalkBreak::Failed(error))),
            }
        };
        // A walk that ended says how; one that failed has not ended, unless in a loop.
        let end = self.end.or(failed).unwrap_or(WalkEnd::Complete);
        Walked { rows, end, tally: self.tally, version: self.version }
    }

    async fn fetch(&mut self) -> Result<DataPage<Q::Row>, UpstreamError> {
        let fetched = self.query.page(&self.client).await;
        let is_missing = |error: &UpstreamError| error.kind == UpstreamErrorKind::NotFound;
        let may_fall_back = self.falls_back && self.query.cursor().is_none();
        if may_fall_back
            && fetched.as_ref().is_err_and(is_missing)
            && let Some(cursor) = self.query.first_of_v1()
        {
            self.query.go_to(cursor);
            return self.query.page(&self.client).await;
        }
        fetched
    }

    /// Version 1 refuses some lists past their cap.
    fn is_past_the_cap(&self, error: &UpstreamError) -> bool {
        self.version == Some(DataVersion::V1) && error.status == Some(400)
    }

    fn look_at(&mut self, page: &DataPage<Q::Row>) -> Result<(), String> {
        let begins_at = page.rows.rows.first().and_then(Q::moment);
        if let (Some(begins_at), Some(before)) = (begins_at, self.began_at) {
            // Without it a server that ignores cursors, and has new rows each time, would never be found
            // out.
            match self.query.order() {
                Some(TimeOrder::NewestFirst) if begins_at > before => {
                    return Err("a page begins with a newer row than the one before".to_owned());
                }
                Some(TimeOrder::OldestFirst) if begins_at < before => {
                    return Err("a page begins with an older row than the one before".to_owned());
                }
                _ => {}
            }
        }
        self.began_at = begins_at.or(self.began_at);
        self.guard.admit(page.first_key.as_deref(), page.next_cursor.as_deref())
    }

    /// What a page says of the end; `None` where there is a next one.
    fn end_after(&self, page: &DataPage<Q::Row>) -> Option<WalkEnd> {
        let rows = &page.rows;
        if rows.raw_rows == 0 {
            let broken = WalkEnd::Broken(WalkBreak::EmptyButMore);
            return Some(if page.promises_more { broken } else { WalkEnd::Complete });
        }
        let unasked = |row: &crate::RejectedRow| row.reason == RejectReason::NotRequested;
        if rows.rows.is_empty() && rows.rejected.iter().all(unasked) {
            return Some(WalkEnd::Broken(WalkBreak::FilterIgnored));
        }
        match &page.next_cursor {
            Some(_) => None,
            None if page.has_more => Some(self.capped()),
            None => Some(WalkEnd::Complete),
        }
    }

    fn capped(&self) -> WalkEnd {
        let reached = match self.query.order() {
            None => None,
            Some(TimeOrder::NewestFirst) => self.tally.oldest,
            Some(TimeOrder::OldestFirst) => self.tally.newest,
        };
        WalkEnd::CappedAt { rows: self.tally.raw_rows(), reached }
    }

    fn end_in_loop(&mut self, detail: String) -> UpstreamError {
        self.end = Some(WalkEnd::Broken(WalkBreak::Loop(detail.clone())));
        match self.query.request() {
            Ok(request) => request.error(UpstreamErrorKind::PagingLoop(detail)),
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
