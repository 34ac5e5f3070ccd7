//! Boards: who made or traded most, and the largest wins.

use domain::{Address, ConditionId, EventId, TokenId, Usdc};
use rust_decimal::Decimal;

use chrono::{DateTime, Utc};

use super::DataClient;
use super::envelope::{DataPage, PageRead};
use super::positions::event_id;
use super::scope::{check_limit, with_cursor};
use super::walk::Listing;
use super::words::{WinKind, word};
use crate::fields::Fields;
use crate::quarantine::RowKind;
use crate::rows::Row;
use crate::{Host, Request, UpstreamError, UpstreamErrorKind};

/// Most rows a page can have.
const MAX_LIMIT: u16 = 1_000;

/// Over which time a board counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BoardPeriod {
    /// The last day.
    Day,
    /// The last week.
    Week,
    /// The last month.
    Month,
    /// All time.
    All,
}

impl BoardPeriod {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::All => "all",
        }
    }
}

/// What the leaderboard is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeaderboardSort {
    /// What was made.
    Pnl,
    /// Shares traded.
    Volume,
}

impl LeaderboardSort {
    fn name(self) -> &'static str {
        match self {
            Self::Pnl => "PNL",
            Self::Volume => "VOLUME",
        }
    }
}

/// What to list from `/v2/leaderboard`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaderboardQuery {
    /// Over which time.
    pub period: BoardPeriod,
    /// Of one category (`politics`, `esports`, `combos`); of all where `None`. A word that upstream does
    /// not know has an empty board.
    pub category: Option<String>,
    /// The order, the best first.
    pub sort: LeaderboardSort,
    /// The page after this cursor; the first page where `None`.
    pub cursor: Option<String>,
    /// Rows per page, 1 to 1,000.
    pub limit: u16,
}

impl LeaderboardQuery {
    /// The board of all categories.
    pub fn new(period: BoardPeriod, sort: LeaderboardSort) -> Self {
        Self { period, category: None, sort, cursor: None, limit: MAX_LIMIT }
    }
}

impl Listing for LeaderboardQuery {
    type Row = LeaderRow;

    fn request(&self) -> Result<Request, UpstreamError> {
        let request = Request::new(Host::Data, "/v2/leaderboard", ["v2", "leaderboard"]);
        let request = check_limit(request, self.limit, MAX_LIMIT)?
            .with("time_period", &self.period.name())
            .with("sort_by", &self.sort.name());
        let request = with_category(request, self.category.as_deref())?;
        Ok(with_cursor(request, self.cursor.as_deref()))
    }

    async fn page(&self, client: &DataClient) -> Result<DataPage<LeaderRow>, UpstreamError> {
        client.page(&self.request()?, |body: &[u8]| PageRead::of_rows(body, |_| true)).await
    }

    fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    fn go_to(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// What to list from `/v2/biggest-winners`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WinnersQuery {
    /// Resolved in which time.
    pub period: BoardPeriod,
    /// Of one category; of all where `None`. Combos are in `combos` alone.
    pub category: Option<String>,
    /// The page after this cursor; the first page where `None`.
    pub cursor: Option<String>,
    /// Rows per page, 1 to 1,000.
    pub limit: u16,
}

impl WinnersQuery {
    /// The wins of all categories.
    pub fn new(period: BoardPeriod) -> Self {
        Self { period, category: None, cursor: None, limit: MAX_LIMIT }
    }
}

impl Listing for WinnersQuery {
    type Row = WinnerRow;

    fn request(&self) -> Result<Request, UpstreamError> {
        let request = Request::new(Host::Data, "/v2/biggest-winners", ["v2", "biggest-winners"]);
        let request =
            check_limit(request, self.limit, MAX_LIMIT)?.with("time_period", &self.period.name());
        let request = with_category(request, self.category.as_deref())?;
        Ok(with_cursor(request, self.cursor.as_deref()))
    }

    async fn page(&self, client: &DataClient) -> Result<DataPage<WinnerRow>, UpstreamError> {
        client.page(&self.request()?, |body: &[u8]| PageRead::of_rows(body, |_| true)).await
    }

    fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    fn go_to(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// Names a category. Upstream takes an empty one for none.
pub(super) fn with_category(
    request: Request,
    category: Option<&str>,
) -> Result<Request, UpstreamError> {
    match category.map(str::trim) {
        None => Ok(request),
        Some("") => {
            let detail = "the category is empty".to_owned();
            Err(request.error(UpstreamErrorKind::InvalidRequest(detail)))
        }
        Some(category) => Ok(request.with("category", &category)),
    }
}

/// A wallet on the leaderboard.
///
/// What was made is, over a day, a week or a month, the change of what the wallet is worth less what was
/// paid in; over all time only what was realised. It is none of the other figures that upstream has for a
/// wallet (polymarket-api.md 2.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaderRow {
    /// Its rank from 1; equal wallets share one.
    pub rank: u64,
    /// The wallet.
    pub wallet: Address,
    /// Dollars made.
    pub pnl: Option<Usdc>,
    /// Shares traded: not dollars.
    pub volume_shares: Option<Decimal>,
    /// Name the wallet's owner chose.
    pub name: Option<String>,
    /// Address of the owner's picture.
    pub profile_image: Option<String>,
    /// The owner's name on X.
    pub x_username: Option<String>,
    /// Whether upstream has verified the owner.
    pub verified: Option<bool>,
}

impl Row for LeaderRow {
    const KIND: RowKind = RowKind::Leader;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        Ok(Self {
            rank: fields.count("rank").ok_or("rank")?,
            wallet: fields.id("user_id", Address::parse).ok_or("user_id")?,
            pnl: fields.usdc("pnl"),
            volume_shares: fields.amount("volume"),
            name: fields.text("user_name"),
            profile_image: fields.text("profile_image"),
            x_username: fields.text("x_username"),
            verified: fields.flag("verified"),
        })
    }

    fn key(&self) -> String {
        self.wallet.to_string()
    }
}

/// A wallet's place on both boards of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaderStanding {
    /// The wallet.
    pub wallet: Address,
    /// Dollars made, as on the board.
    pub pnl: Option<Usdc>,
    /// Shares traded: not dollars.
    pub volume_shares: Option<Decimal>,
    /// Rank by what was made; `None` where it has none.
    pub rank_by_pnl: Option<u64>,
    /// Rank by shares traded; `None` where it has none.
    pub rank_by_volume: Option<u64>,
    /// Name the wallet's owner chose.
    pub name: Option<String>,
    /// Address of the owner's picture.
    pub profile_image: Option<String>,
    /// The owner's name on X.
    pub x_username: Option<String>,
    /// Whether upstream has verified the owner.
    pub verified: Option<bool>,
}

impl Row for LeaderStanding {
    const KIND: RowKind = RowKind::Leader;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        Ok(Self {
            wallet: fields.id("user_id", Address::parse).ok_or("user_id")?,
            pnl: fields.usdc("pnl"),
            volume_shares: fields.amount("volume"),
            rank_by_pnl: fields.count("rank_pnl"),
            rank_by_volume: fields.count("rank_volume"),
            name: fields.text("user_name"),
            profile_image: fields.text("profile_image"),
            x_username: fields.text("x_username"),
            verified: fields.flag("verified"),
        })
    }

    fn key(&self) -> String {
        self.wallet.to_string()
    }
}

/// Shares that paid far more than they had cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WinnerRow {
    /// Its rank from 1.
    pub rank: u64,
    /// What was won with.
    pub kind: WinKind,
    /// Who won.
    pub wallet: Address,
    /// Dollars won: `final_value − initial_value`.
    pub pnl: Option<Usdc>,
    /// Dollars the shares had cost.
    pub initial_value: Option<Usdc>,
    /// Dollars they paid.
    pub final_value: Option<Usdc>,
    /// When it was resolved.
    pub resolved_at: Option<DateTime<Utc>>,
    /// The market, or the combo's structural condition.
    pub condition_id: Option<ConditionId>,
    /// The token; upstream calls it a position.
    pub token_id: Option<TokenId>,
    /// The event. Combos have none.
    pub event_id: Option<EventId>,
    /// The event's name in URLs.
    pub event_slug: Option<String>,
    /// The event's title; of a combo what it is made of.
    pub event_title: Option<String>,
    /// Name the wallet's owner chose.
    pub name: Option<String>,
    /// Address of the owner's picture.
    pub profile_image: Option<String>,
}

impl Row for WinnerRow {
    const KIND: RowKind = RowKind::Winner;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        Ok(Self {
            rank: fields.count("win_rank").ok_or("win_rank")?,
            kind: word(fields, "kind").ok_or("kind")?,
            wallet: fields.id("user_id", Address::parse).ok_or("user_id")?,
            pnl: fields.usdc("pnl"),
            initial_value: fields.usdc("initial_value"),
            final_value: fields.usdc("final_value"),
            resolved_at: fields.instant("resolved_at"),
            condition_id: fields.id("condition_id", ConditionId::parse),
            token_id: fields.id("position_id", TokenId::parse),
            event_id: event_id(fields),
            event_slug: fields.text("event_slug"),
            event_title: fields.text("event_title"),
            name: fields.text("user_name"),
            profile_image: fields.text("profile_image"),
        })
    }

    fn key(&self) -> String {
        let token = self.token_id.as_ref().map_or("", TokenId::as_str);
        format!("{} {} {token}", self.rank, self.wallet)
    }
}
