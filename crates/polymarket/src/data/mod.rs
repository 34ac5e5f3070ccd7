//! The Data API, version 2: trades, holders, open interest, resolutions and price history.
//!
//! A cache stands between us and this host. Trades and open interest may be five minutes old, holders
//! two (polymarket-api.md 1.8), and a first page older than the second. Every answer comes with its
//! [`Delivery`]: the same trace id twice means one answer twice. How far the host itself is behind the
//! chain is in [`DataClient::status`].

mod envelope;
mod holders;
mod interest;
mod prices;
mod resolutions;
mod status;
mod trades;
mod walk;
mod words;

use std::collections::HashSet;
use std::sync::Arc;

use domain::{ConditionId, EventId, Origin, TokenId, Usdc};
use serde_json::value::RawValue;

pub use envelope::DataPage;
pub use holders::{HolderEconomics, HolderRow};
pub use interest::OpenInterest;
pub use prices::{BucketWidth, PricesQuery};
pub use resolutions::{ResolutionRow, ResolutionScope};
pub use status::{DataStatus, Mechanism, StreamLag};
pub use trades::{TradeFloor, TradeRow, TradeScope, TradesQuery};
pub use walk::TradesWalk;
pub use words::{MarketType, Reporter, ResolutionSource, ResolutionStatus, SettlementBasis};

use crate::history::PricePoint;
use crate::quarantine::RowKind;
use crate::rows::{Row, Rows};
use crate::{Answer, Delivery, Host, Request, Upstream, UpstreamError, UpstreamErrorKind};
use envelope::{Envelope, PageRead};

/// Most ids a request can name.
const MAX_IDS: usize = 20;

/// The client of the Data API. Cheap to clone; clones share connections and limits.
#[derive(Debug, Clone)]
pub struct DataClient {
    upstream: Arc<Upstream>,
}

impl DataClient {
    /// Most holders of a token that are shown at once.
    pub const MAX_HOLDERS: u16 = 1_000;
    /// The same with what they made.
    pub const MAX_HOLDERS_WITH_ECONOMICS: u16 = 100;

    /// A client that sends through `upstream`.
    pub fn new(upstream: Arc<Upstream>) -> Self {
        Self { upstream }
    }

    /// What the last answer came from; `None` before the first.
    pub fn origin(&self) -> Option<Origin> {
        self.upstream.origin()
    }

    /// One page of trades, the newest first (`/v2/trades`). [`TradesWalk`] goes on to the next ones.
    /// Rows that the query did not ask for are quarantined.
    pub async fn trades(&self, query: &TradesQuery) -> Result<DataPage<TradeRow>, UpstreamError> {
        let request = query.request()?;
        let wanted = query.wanted();
        let read = move |body: &[u8]| PageRead::of_rows(body, |row| wanted.takes(row));
        self.page(&request, read).await
    }

    /// The largest holders of each token of a market (`/v2/holders`), `limit` of each (1 to
    /// [`Self::MAX_HOLDERS`]), the largest first. A wallet with shares of both outcomes counts for what
    /// one exceeds the other by.
    ///
    /// `has_more` says whether there are others; there is no next page, as a larger limit is the way.
    pub async fn holders(
        &self,
        condition_id: &ConditionId,
        limit: u16,
    ) -> Result<DataPage<HolderRow>, UpstreamError> {
        let request = holders::request(condition_id, limit, Self::MAX_HOLDERS)?;
        self.page(&request, holders::read).await
    }

    /// The same with what each holder made, at most [`Self::MAX_HOLDERS_WITH_ECONOMICS`] of a token.
    /// Here each side counts by itself.
    pub async fn holders_with_economics(
        &self,
        condition_id: &ConditionId,
        limit: u16,
    ) -> Result<DataPage<HolderRow>, UpstreamError> {
        let request = holders::request(condition_id, limit, Self::MAX_HOLDERS_WITH_ECONOMICS)?;
        self.page(&request.with("include_pnl", &true), holders::read).await
    }

    /// The open interest of markets (`/v2/oi`), at most 20. Markets nobody knows are absent.
    pub async fn open_interest(
        &self,
        condition_ids: &[ConditionId],
    ) -> Result<Answer<Rows<OpenInterest>>, UpstreamError> {
        let request = Request::new(Host::Data, "/v2/oi", ["v2", "oi"]);
        let request = with_conditions(request, condition_ids)?;
        let wanted: HashSet<ConditionId> = condition_ids.iter().cloned().collect();
        self.list(&request, move |row: &OpenInterest| wanted.contains(&row.condition_id)).await
    }

    /// The open interest of the whole exchange, in dollars (`/v2/oi`).
    pub async fn open_interest_of_all(&self) -> Result<Answer<Usdc>, UpstreamError> {
        let request = Request::new(Host::Data, "/v2/oi", ["v2", "oi"]);
        self.upstream.answer(&request, interest::read_total).await
    }

    /// How far the resolutions of markets are (`/v2/resolutions`). Markets of which nothing is known are
    /// absent.
    pub async fn resolutions(
        &self,
        scope: &ResolutionScope,
    ) -> Result<Answer<Rows<ResolutionRow>>, UpstreamError> {
        let request = Request::new(Host::Data, "/v2/resolutions", ["v2", "resolutions"]);
        let (request, conditions) = match scope {
            ResolutionScope::Markets(ids) => (with_conditions(request, ids)?, Some(ids)),
            ResolutionScope::Events(ids) => (with_events(request, ids)?, None),
        };
        let wanted: Option<HashSet<ConditionId>> =
            conditions.map(|ids| ids.iter().cloned().collect());
        let takes = move |row: &ResolutionRow| {
            let of_these = |ids: &HashSet<ConditionId>| {
                row.condition_id.as_ref().is_some_and(|id| ids.contains(id))
            };
            wanted.as_ref().is_none_or(of_these)
        };
        self.list(&request, takes).await
    }

    /// What upstream showed for a token over time (`/v2/prices-history`), the oldest first: buckets as
    /// far as they are kept (a minute for 7 days, five for 60, thirty for 90, three hours for ever), the
    /// exact last price, and on a resolved market the payout. All pages of the window, with the delivery
    /// of the first.
    pub async fn prices_history(
        &self,
        token_id: &TokenId,
        query: PricesQuery,
    ) -> Result<Answer<Rows<PricePoint>>, UpstreamError> {
        let mut walk = walk::PricesWalk::new(query.request(token_id));
        let mut points = Rows::default();
        let mut delivery: Option<Delivery> = None;
        while let Some(request) = walk.request() {
            let page = self.upstream.answer(&request, PageRead::of_points).await?;
            delivery.get_or_insert(page.delivery);
            points.append(walk.take(page.value)?);
        }
        points.put_in_order();
        points.report(RowKind::PricePoint, "/v2/prices-history");
        Ok(Answer { value: points, delivery: delivery.unwrap_or_default() })
    }

    /// How fresh the host's data is (`/v2/status`). Not cached.
    pub async fn status(&self) -> Result<DataStatus, UpstreamError> {
        let request = Request::new(Host::Data, "/v2/status", ["v2", "status"]);
        self.upstream.get(&request, status::read).await
    }

    async fn page<T, R>(&self, request: &Request, read: R) -> Result<DataPage<T>, UpstreamError>
    where
        T: Row + Send + 'static,
        R: Fn(&[u8]) -> Result<PageRead<T>, serde_json::Error> + Clone + Send + 'static,
    {
        let answer = self.upstream.answer(request, read).await?;
        answer.value.rows.report(T::KIND, request.route());
        Ok(DataPage::new(answer))
    }

    /// Rows that come all at once.
    async fn list<T, W>(
        &self,
        request: &Request,
        wanted: W,
    ) -> Result<Answer<Rows<T>>, UpstreamError>
    where
        T: Row + Send + 'static,
        W: Fn(&T) -> bool + Clone + Send + 'static,
    {
        let read = move |body: &[u8]| {
            let text = String::from_utf8_lossy(body);
            let rows: Vec<&RawValue> = Envelope::parse(&text)?.rows()?;
            Ok(T::decode_all(&rows, "data", &wanted))
        };
        let answer = self.upstream.answer(request, read).await?;
        answer.value.report(T::KIND, request.route());
        Ok(answer)
    }
}

/// Names markets. Upstream takes up to 20, and none that is a combo.
fn with_conditions(request: Request, ids: &[ConditionId]) -> Result<Request, UpstreamError> {
    if let Some(combo) = ids.iter().find(|id| is_structural(id)) {
        let detail = format!("{combo} is a combo's, which has no market");
        return Err(request.error(UpstreamErrorKind::InvalidRequest(detail)));
    }
    let ids: Vec<&str> = ids.iter().map(ConditionId::as_str).collect();
    with_ids(request, "condition", ids)
}

/// Names events. Upstream takes up to 20, by number.
fn with_events(request: Request, ids: &[EventId]) -> Result<Request, UpstreamError> {
    let is_number = |id: &&EventId| id.as_str().bytes().all(|b| b.is_ascii_digit());
    if let Some(id) = ids.iter().find(|id| !is_number(id)) {
        let detail = format!("the event id {id} is not a number");
        return Err(request.error(UpstreamErrorKind::InvalidRequest(detail)));
    }
    let ids: Vec<&str> = ids.iter().map(EventId::as_str).collect();
    with_ids(request, "event_id", ids)
}

fn with_ids(
    request: Request,
    name: &'static str,
    mut ids: Vec<&str>,
) -> Result<Request, UpstreamError> {
    ids.sort_unstable();
    ids.dedup();
    if (1..=MAX_IDS).contains(&ids.len()) {
        return Ok(request.with(name, &ids.join(",")));
    }
    let detail = format!("{name} must name 1 to {MAX_IDS} ids, not {}", ids.len());
    Err(request.error(UpstreamErrorKind::InvalidRequest(detail)))
}

fn check_limit(request: Request, limit: u16, most: u16) -> Result<Request, UpstreamError> {
    if (1..=most).contains(&limit) {
        return Ok(request.with("limit", &limit));
    }
    let detail = format!("limit must be between 1 and {most}, not {limit}");
    Err(request.error(UpstreamErrorKind::InvalidRequest(detail)))
}

/// Whether a condition is one of protocol version 2: 62 digits instead of 64. Combos have such ids.
fn is_structural(id: &ConditionId) -> bool {
    id.as_str().len() == "0x".len() + 62
}

/// Every decoder of this host reads the body.
#[cfg(test)]
pub(crate) fn read_for_tests(body: &[u8]) {
    let all = |raw: usize, used: usize, rejected: usize| assert_eq!(raw, used + rejected);
    if let Ok(page) = PageRead::<TradeRow>::of_rows(body, |_| true) {
        all(page.rows.raw_rows, page.rows.rows.len(), page.rows.rejected.len());
        assert!(page.has_more || page.next_cursor.is_none());
    }
    if let Ok(page) = PageRead::<ResolutionRow>::of_rows(body, |_| true) {
        all(page.rows.raw_rows, page.rows.rows.len(), page.rows.rejected.len());
    }
    if let Ok(page) = holders::read(body) {
        all(page.rows.raw_rows, page.rows.rows.len(), page.rows.rejected.len());
    }
    if let Ok(page) = PageRead::of_points(body) {
        all(page.rows.raw_rows, page.rows.rows.len(), page.rows.rejected.len());
    }
    let _ = (interest::read_total(body), status::read(body));
}
