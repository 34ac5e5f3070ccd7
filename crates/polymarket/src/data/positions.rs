//! Positions: what a wallet has of a token, or had.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{Address, ConditionId, EventId, Price, TokenId, Usdc};
use rust_decimal::{Decimal, dec};

use super::DataClient;
use super::envelope::{DataPage, PageRead};
use super::first_version::{self, FirstPlace};
use super::scope::{Within, check_limit, named_conditions, with_cursor, with_wallet};
use super::trades::outcome_index;
use super::walk::Listing;
use super::words::{PositionStatus, word};
use crate::fields::Fields;
use crate::quarantine::RowKind;
use crate::rows::Row;
use crate::{Host, Request, UpstreamError, UpstreamErrorKind};

/// Most rows a page can have.
const MAX_LIMIT: u16 = 1_000;

/// Whose positions, or in what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PositionsOf {
    /// Those of a wallet.
    Wallet {
        /// Whose.
        wallet: Address,
        /// In which markets.
        within: Within,
    },
    /// Everybody's in one market.
    Market(ConditionId),
}

/// Which positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PositionFilter {
    /// All that are held, those of resolved markets included. With [`Self::Closed`] these are all there
    /// are; a holding below a tenth of a share is in both lists, and the open row is the one that counts.
    Open,
    /// Those held of resolved markets, winners first. What lost is among them, at a price of 0.
    Redeemable,
    /// Those held that are worthless. Of a wallet only.
    RedeemableLost,
    /// Those held of both outcomes of an unresolved market.
    Mergeable,
    /// Those no longer held.
    Closed,
}

impl PositionFilter {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Redeemable => "REDEEMABLE",
            Self::RedeemableLost => "REDEEMABLE_LOST",
            Self::Mergeable => "MERGEABLE",
            Self::Closed => "CLOSED",
        }
    }
}

/// What positions are sorted by. Prices move while a walk goes on: by [`Self::Tokens`], and by
/// [`Self::RealizedPnl`] for closed positions, hardly a row changes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PositionSort {
    /// What they are worth.
    CurrentValue,
    /// What a share is worth.
    Price,
    /// Shares held.
    Tokens,
    /// What is held above its cost.
    UnrealizedPnl,
    /// What was made with shares sold or redeemed.
    RealizedPnl,
    /// Both.
    TotalPnl,
    /// When they last changed.
    Timestamp,
}

impl PositionSort {
    fn name(self) -> &'static str {
        match self {
            Self::CurrentValue => "CURRENT_VALUE",
            Self::Price => "PRICE",
            Self::Tokens => "TOKENS",
            Self::UnrealizedPnl => "UNREALIZED_PNL",
            Self::RealizedPnl => "REALIZED_PNL",
            Self::TotalPnl => "TOTAL_PNL",
            Self::Timestamp => "TIMESTAMP",
        }
    }
}

/// What to list from `/v2/positions`. Upstream leaves dust out unless told otherwise: here a millionth of
/// a share, the smallest amount there is, is always asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PositionsQuery {
    /// Whose, or in what.
    pub of: PositionsOf,
    /// Which.
    pub filter: PositionFilter,
    /// Also those that upstream has put away, worthless ones for the most part. Goes without saying for
    /// closed positions.
    pub include_archived: bool,
    /// Changed at or after. Positions of which upstream does not know when they changed are in no stretch
    /// of time.
    pub since: Option<DateTime<Utc>>,
    /// Changed at or before.
    pub until: Option<DateTime<Utc>>,
    /// The order.
    pub sort: PositionSort,
    /// The smallest first.
    pub ascending: bool,
    /// The page after this cursor; the first page where `None`.
    pub cursor: Option<String>,
    /// Rows per page, 1 to 1,000; version 1 has its own.
    pub limit: u16,
}

impl PositionsQuery {
    /// Positions of a wallet in all its markets, in the order that changes least while they are walked.
    pub fn of_wallet(wallet: Address, filter: PositionFilter) -> Self {
        Self::new(PositionsOf::Wallet { wallet, within: Within::Everything }, filter)
    }

    /// Everybody's positions in a market, in the same order.
    pub fn of_market(condition_id: ConditionId, filter: PositionFilter) -> Self {
        Self::new(PositionsOf::Market(condition_id), filter)
    }

    fn new(of: PositionsOf, filter: PositionFilter) -> Self {
        let sort = match filter {
            PositionFilter::Closed => PositionSort::RealizedPnl,
            _ => PositionSort::Tokens,
        };
        Self {
            of,
            filter,
            include_archived: true,
            since: None,
            until: None,
            sort,
            ascending: false,
            cursor: None,
            limit: MAX_LIMIT,
        }
    }

    fn second_version(&self) -> Result<Request, UpstreamError> {
        const SMALLEST: Decimal = dec!(0.000001);
        let request = Request::new(Host::Data, "/v2/positions", ["v2", "positions"]);
        let mut request = check_limit(request, self.limit, MAX_LIMIT)?;
        request = match &self.of {
            PositionsOf::Wallet { wallet, within } => {
                within.narrow(with_wallet(request, "user", wallet)?, "condition", "event_id")?
            }
            PositionsOf::Market(_) if self.filter == PositionFilter::RedeemableLost => {
                let detail = "lost positions are listed by wallet only".to_owned();
                return Err(request.error(UpstreamErrorKind::InvalidRequest(detail)));
            }
            PositionsOf::Market(id) => {
                named_conditions(request, "condition", std::slice::from_ref(id))?
            }
        };
        request = request.with("status", &self.filter.name());
        if self.filter != PositionFilter::Closed {
            request = request.with("include_archived", &self.include_archived);
        }
        request = request.with("filter_type", &"TOKENS").with("filter_amount", &SMALLEST);
        for (name, bound) in [("start", self.since), ("end", self.until)] {
            if let Some(at) = bound {
                request = request.with(name, &at.timestamp().max(1));
            }
        }
        let direction = if self.ascending { "ASC" } else { "DESC" };
        request = request.with("sort_by", &self.sort.name()).with("sort_direction", &direction);
        Ok(with_cursor(request, self.cursor.as_deref()))
    }

    fn first_place(&self) -> Option<FirstPlace> {
        FirstPlace::of(self.cursor.as_deref())
    }

    fn wanted(&self) -> Wanted {
        match &self.of {
            PositionsOf::Wallet { wallet, within } => {
                Wanted { wallet: Some(wallet.clone()), conditions: within.conditions() }
            }
            PositionsOf::Market(id) => {
                Wanted { wallet: None, conditions: Some(HashSet::from([id.clone()])) }
            }
        }
    }
}

impl Listing for PositionsQuery {
    type Row = PositionRow;

    fn request(&self) -> Result<Request, UpstreamError> {
        match self.first_place() {
            Some(place) => first_version::positions::request(self, &place),
            None => self.second_version(),
        }
    }

    async fn page(&self, client: &DataClient) -> Result<DataPage<PositionRow>, UpstreamError> {
        let wanted = self.wanted();
        if let Some(place) = self.first_place() {
            return first_version::positions::page(client, self, place, wanted).await;
        }
        let read = move |body: &[u8]| PageRead::of_rows(body, |row| wanted.takes(row));
        client.page(&self.second_version()?, read).await
    }

    fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    fn go_to(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }

    fn first_of_v1(&self) -> Option<String> {
        first_version::positions::can_answer(self).then(FirstPlace::beginning)
    }
}

/// What was asked for, so that rows of a server that ignores the filter are told apart.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    wallet: Option<Address>,
    conditions: Option<HashSet<ConditionId>>,
}

impl Wanted {
    pub(super) fn takes(&self, row: &PositionRow) -> bool {
        let of_market = |ids: &HashSet<ConditionId>| {
            row.condition_id.as_ref().is_some_and(|id| ids.contains(id))
        };
        self.conditions.as_ref().is_none_or(of_market)
            && self.wallet.as_ref().is_none_or(|wallet| *wallet == row.wallet)
    }
}

/// A token in a wallet, and what was made with it.
///
/// Prices are averages by cost, and fees are in none of the figures but [`Self::entry_fees`] and
/// [`Self::total_cost`]. Amounts are cut, not rounded, to four decimals. Within 2·10⁻⁴
/// (polymarket-api.md 2.6):
///
/// * `entry_cost = shares × avg_price`, of a closed position 0,
/// * `total_cost = entry_cost + entry_fees`,
/// * `current_value = shares × current_price`,
/// * `unrealized = current_value − entry_cost`,
/// * `total = realized + unrealized`.
///
/// `avg_price` is cut too: where the cost matters, take it from `entry_cost`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PositionRow {
    /// Whose.
    pub wallet: Address,
    /// The token.
    pub token_id: TokenId,
    /// The market.
    pub condition_id: Option<ConditionId>,
    /// Shares held, six decimals. Version 1 does not say it of closed positions.
    pub shares: Option<Decimal>,
    /// Dollars a share paid for what is held; of a closed position, for what was. Below 0 where a conversion
    /// paid more than what it took had cost.
    pub avg_price: Option<Decimal>,
    /// Dollars paid for the shares held.
    pub entry_cost: Option<Usdc>,
    /// Dollars of fees paid with it; of a closed position over its whole life.
    pub entry_fees: Option<Usdc>,
    /// Both.
    pub total_cost: Option<Usdc>,
    /// Dollars a share now, or paid out.
    pub current_price: Option<Price>,
    /// Dollars that the shares held are worth.
    pub current_value: Option<Usdc>,
    /// Shares ever bought.
    pub bought_shares: Option<Decimal>,
    /// Dollars made with shares sold or redeemed.
    pub realized: Option<Usdc>,
    /// Dollars that the shares held are worth above their cost.
    pub unrealized: Option<Usdc>,
    /// Both.
    pub total: Option<Usdc>,
    /// `unrealized` in percent of `entry_cost`; 0 of a closed position.
    pub percent_unrealized: Option<Decimal>,
    /// Of a closed position `realized` in percent of what was paid. Of an open one a figure that upstream
    /// keeps for old clients: what is held now above what all shares ever bought cost.
    pub percent_realized: Option<Decimal>,
    /// Where it is in its life.
    pub status: Option<PositionStatus>,
    /// Whether the market is resolved and shares are held. Says nothing about having won.
    pub redeemable: Option<bool>,
    /// Whether the wallet has shares of both outcomes. Stays true on some closed positions.
    pub mergeable: Option<bool>,
    /// Whether the market is one of a neg-risk group.
    pub neg_risk: Option<bool>,
    /// Whether upstream has put it away.
    pub archived: Option<bool>,
    /// The market's question.
    pub title: Option<String>,
    /// The market's name in URLs.
    pub slug: Option<String>,
    /// Address of the market's picture.
    pub icon: Option<String>,
    /// The event.
    pub event_id: Option<EventId>,
    /// The event's name in URLs.
    pub event_slug: Option<String>,
    /// Label of the outcome.
    pub outcome: Option<String>,
    /// Index of the outcome, where upstream knows it.
    pub outcome_index: Option<u8>,
    /// Label of the other outcome.
    pub opposite_outcome: Option<String>,
    /// Token of the other outcome.
    pub opposite_token_id: Option<TokenId>,
    /// The day on which the market is expected to end.
    pub ends_on: Option<NaiveDate>,
    /// When the position last changed.
    pub last_event_at: Option<DateTime<Utc>>,
    /// When its first shares came.
    pub first_entry_at: Option<DateTime<Utc>>,
    /// Name the wallet's owner chose.
    pub name: Option<String>,
    /// Address of the owner's picture.
    pub profile_image: Option<String>,
    /// Whether upstream has verified the owner.
    pub verified: Option<bool>,
}

impl PositionRow {
    /// Reads a row that may not say how many shares are held.
    pub(super) fn decode_any(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        Ok(Self {
            wallet: fields.id("proxy_wallet", Address::parse).ok_or("proxy_wallet")?,
            token_id: fields.id("token_id", TokenId::parse).ok_or("token_id")?,
            condition_id: fields.id("condition_id", ConditionId::parse),
            shares: fields.amount("current_size"),
            avg_price: fields.average_price("avg_price"),
            entry_cost: fields.usdc("entry_cost_usdc"),
            entry_fees: fields.usdc("entry_fees_usdc"),
            total_cost: fields.usdc("total_cost_usdc"),
            current_price: fields.price("current_price"),
            current_value: fields.usdc("current_value"),
            bought_shares: fields.amount("total_size"),
            realized: fields.usdc("realized_pnl"),
            unrealized: fields.usdc("unrealized_pnl"),
            total: fields.usdc("total_pnl"),
            percent_unrealized: fields.quantity("percent_pnl"),
            percent_realized: fields.quantity("percent_realized_pnl"),
            status: word(fields, "status"),
            redeemable: fields.flag("redeemable"),
            mergeable: fields.flag("mergeable"),
            neg_risk: fields.flag("negative_risk"),
            archived: fields.flag("archived"),
            title: fields.text("title"),
            slug: fields.text("slug"),
            icon: fields.text("icon"),
            event_id: event_id(fields),
            event_slug: fields.text("event_slug"),
            outcome: fields.text("outcome"),
            outcome_index: outcome_index(fields),
            opposite_outcome: fields.text("opposite_outcome"),
            opposite_token_id: fields.id("opposite_token_id", TokenId::parse),
            ends_on: fields.instant("end_date").map(|at| at.date_naive()),
            last_event_at: fields.instant("last_event_at"),
            first_entry_at: fields.instant("first_entry_at"),
            name: fields.text("name"),
            profile_image: fields.text("profile_image"),
            verified: fields.flag("verified"),
        })
    }
}

impl Row for PositionRow {
    const KIND: RowKind = RowKind::Position;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        let row = Self::decode_any(fields)?;
        if row.shares.is_some() { Ok(row) } else { Err("current_size") }
    }

    fn key(&self) -> String {
        format!("{} {}", self.wallet, self.token_id)
    }
}

/// The id of an event; 0 is none.
pub(super) fn event_id(fields: &mut Fields<'_>) -> Option<EventId> {
    fields.id("event_id", EventId::parse).filter(|id| id.as_str() != "0")
}
