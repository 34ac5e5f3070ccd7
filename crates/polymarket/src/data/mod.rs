//! The Data API, version 2: trades, wallets, holders, boards, open interest, resolutions and price history.
//!
//! What a wallet did, has and made is listed whole by a [`Walk`], which says how it ended: whether nothing
//! is missing, where upstream stopped, or what broke. Where version 2 has no such route, version 1 can be
//! asked for positions, activity, trades and value: [`Walk::with_fallback`].
//!
//! A cache stands between us and this host. Trades and open interest may be five minutes old, holders
//! two (polymarket-api.md 1.8), and a first page older than the second. Every answer comes with its
//! [`Delivery`]: the same trace id twice means one answer twice. How far the host itself is behind the
//! chain is in [`DataClient::status`].

mod activity;
mod boards;
mod envelope;
mod first_version;
mod holders;
mod interest;
mod pnl;
mod positions;
mod prices;
mod resolutions;
mod scope;
mod status;
mod tokens;
mod trades;
mod walk;
mod wallet;
mod words;

use std::collections::HashSet;
use std::sync::Arc;

use domain::{ConditionId, Origin, TokenId, Usdc};
use serde_json::value::RawValue;

pub use activity::{ActivityQuery, ActivityRow, ActivityTypes};
pub use boards::{
    BoardPeriod, LeaderRow, LeaderStanding, LeaderboardQuery, LeaderboardSort, WinnerRow,
    WinnersQuery,
};
pub use envelope::{DataPage, DataVersion, Served};
pub use holders::{HolderEconomics, HolderRow};
pub use interest::OpenInterest;
pub use pnl::{PnlFidelity, PnlInterval, PnlPoint, UserPnl};
pub use positions::{PositionFilter, PositionRow, PositionSort, PositionsOf, PositionsQuery};
pub use prices::{BucketWidth, PricesQuery};
pub use resolutions::{ResolutionRow, ResolutionScope};
pub use scope::Within;
pub use status::{DataStatus, Mechanism, StreamLag};
pub use tokens::TokenRow;
pub use trades::{TradeFloor, TradeRow, TradeScope, TradesQuery};
pub use walk::{Listing, TimeOrder, Walk, WalkBreak, WalkEnd, WalkTally, Walked};
pub use wallet::{PortfolioValue, UserStats, UserVolume};
pub use words::{
    ActivitySide, ActivityType, MarketType, PositionStatus, Reporter, ResolutionSource,
    ResolutionStatus, SettlementBasis, TokenModule, WinKind,
};

use crate::history::PricePoint;
use crate::quarantine::RowKind;
use crate::rows::{Row, Rows};
use crate::{Answer, Delivery, Host, Request, Upstream, UpstreamError};
use envelope::{Envelope, PageRead};
use scope::{with_conditions, with_events};

/// A walk over trades from the newest back.
pub type TradesWalk = Walk<TradesQuery>;
/// A walk over positions.
pub type PositionsWalk = Walk<PositionsQuery>;
/// A walk over what a wallet did.
pub type ActivityWalk = Walk<ActivityQuery>;
/// A walk over the leaderboard, the best first.
pub type LeaderboardWalk = Walk<LeaderboardQuery>;
/// A walk over the largest wins, the largest first.
pub type WinnersWalk = Walk<WinnersQuery>;

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
        query.page(self).await
    }

    /// One page of positions (`/v2/positions`). [`PositionsWalk`] goes on to the next ones.
    pub async fn positions(
        &self,
        query: &PositionsQuery,
    ) -> Result<DataPage<PositionRow>, UpstreamError> {
        query.page(self).await
    }

    /// One page of what a wallet did (`/v2/activity`). [`ActivityWalk`] goes on to the next ones.
    pub async fn activity(
        &self,
        query: &ActivityQuery,
    ) -> Result<DataPage<ActivityRow>, UpstreamError> {
        query.page(self).await
    }

    /// One page of the leaderboard (`/v2/leaderboard`). [`LeaderboardWalk`] goes on to the next ones.
    pub async fn leaderboard(
        &self,
        query: &LeaderboardQuery,
    ) -> Result<DataPage<LeaderRow>, UpstreamError> {
        query.page(self).await
    }

    /// One page of the largest wins (`/v2/biggest-winners`). [`WinnersWalk`] goes on to the next ones.
    pub async fn biggest_winners(
        &self,
        query: &WinnersQuery,
    ) -> Result<DataPage<WinnerRow>, UpstreamError> {
        query.page(self).await
    }

    /// The tokens of markets (`/v2/tokens`), at most 20 markets. A market may have two tokens an outcome,
    /// one of each [`TokenModule`]. Markets nobody knows are absent.
    pub async fn tokens(
        &self,
        condition_ids: &[ConditionId],
    ) -> Result<Answer<Rows<TokenRow>>, UpstreamError> {
        let request = Request::new(Host::Data, "/v2/tokens", ["v2", "tokens"]);
        let request = with_conditions(request, condition_ids)?;
        let wanted: HashSet<ConditionId> = condition_ids.iter().cloned().collect();
        self.list(&request, move |row: &TokenRow| wanted.contains(&row.condition_id)).await
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
        Ok(DataPage::new(answer, DataVersion::V2))
    }

    /// The one row of an answer; `None` where upstream knows nothing of what was asked for.
    async fn single<T, W>(
        &self,
        request: &Request,
        wanted: W,
    ) -> Result<Answer<Option<T>>, UpstreamError>
    where
        T: Row + Send + 'static,
        W: Fn(&T) -> bool + Clone + Send + 'static,
    {
        let read = move |body: &[u8]| envelope::read_single(body, &wanted);
        let answer = self.upstream.answer(request, read).await?;
        answer.value.report(T::KIND, request.route());
        let Answer { value: mut rows, delivery } = answer;
        Ok(Answer { value: rows.rows.pop(), delivery })
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
    if let Ok(page) = PageRead::<PositionRow>::of_rows(body, |_| true) {
        all(page.rows.raw_rows, page.rows.rows.len(), page.rows.rejected.len());
    }
    if let Ok(page) = PageRead::<ActivityRow>::of_rows(body, |_| true) {
        all(page.rows.raw_rows, page.rows.rows.len(), page.rows.rejected.len());
    }
    if let Ok(page) = PageRead::<LeaderRow>::of_rows(body, |_| true) {
        all(page.rows.raw_rows, page.rows.rows.len(), page.rows.rejected.len());
    }
    if let Ok(page) = PageRead::<WinnerRow>::of_rows(body, |_| true) {
        all(page.rows.raw_rows, page.rows.rows.len(), page.rows.rejected.len());
    }
    if let Ok(page) = PageRead::<TokenRow>::of_rows(body, |_| true) {
        all(page.rows.raw_rows, page.rows.rows.len(), page.rows.rejected.len());
    }
    first_version::read_for_tests(body);
    let _ = envelope::read_single::<UserStats>(body, |_| true);
    let _ = envelope::read_single::<UserPnl>(body, |_| true);
    let _ = envelope::read_single::<LeaderStanding>(body, |_| true);
    if let Ok(page) = holders::read(body) {
        all(page.rows.raw_rows, page.rows.rows.len(), page.rows.rejected.len());
    }
    if let Ok(page) = PageRead::of_points(body) {
        all(page.rows.raw_rows, page.rows.rows.len(), page.rows.rejected.len());
    }
    let _ = (interest::read_total(body), status::read(body));
}
