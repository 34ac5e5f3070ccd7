//! Trades: what may be asked for, and one row.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::{ConditionId, EventId, Price, TokenId};
use rust_decimal::{Decimal, dec};

use super::DataClient;
use super::envelope::{DataPage, PageRead};
use super::first_version::{self, FirstPlace};
use super::scope::{
    check_limit, is_structural, with_conditions, with_cursor, with_events, with_history,
    with_wallet,
};
use super::walk::{Listing, TimeOrder};
use crate::fields::Fields;
use crate::quarantine::RowKind;
use crate::rows::Row;
use crate::{Host, Request, UpstreamError};
use domain::{Address, Side, TransactionHash};

/// Most rows a page can have.
const MAX_LIMIT: u16 = 1_000;

/// Whose trades, or of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TradeScope {
    /// The whole exchange: this month and the last.
    Exchange,
    /// Markets, at most 20: three years back.
    Markets(Vec<ConditionId>),
    /// Events, at most 20: three years back.
    Events(Vec<EventId>),
    /// One wallet. Only here a time can be given.
    Wallet {
        /// Whose.
        wallet: Address,
        /// Traded at or after; from the very first where `None`.
        since: Option<DateTime<Utc>>,
        /// Traded at or before.
        until: Option<DateTime<Utc>>,
    },
}

/// How large a trade must be to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TradeFloor {
    /// Every trade is. Upstream takes 0 for its default of 0.01 shares, so a millionth of a share is
    /// asked for, the smallest amount there is.
    None,
    /// At least so many shares.
    Shares(Decimal),
    /// At least so many dollars.
    Usdc(Decimal),
}

/// What to list from `/v2/trades`. Nothing that upstream has a default for is left to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradesQuery {
    /// Whose, or of what.
    pub scope: TradeScope,
    /// The takers' rows alone, one an order that traded at once; else also one for each resting order
    /// it met, about twice as many rows for the same fills.
    pub taker_only: bool,
    /// Only purchases or only sales by the row's wallet.
    pub side: Option<Side>,
    /// How large.
    pub floor: TradeFloor,
    /// The page after this cursor; the first page where `None`.
    pub cursor: Option<String>,
    /// Rows per page, 1 to 1,000. To vary it is a way round the cache.
    pub limit: u16,
}

impl Default for TradesQuery {
    fn default() -> Self {
        Self {
            scope: TradeScope::Exchange,
            taker_only: true,
            side: None,
            floor: TradeFloor::None,
            cursor: None,
            limit: MAX_LIMIT,
        }
    }
}

impl TradesQuery {
    /// All trades of a wallet, as taker and as maker, however small.
    pub fn of_wallet(wallet: Address) -> Self {
        let scope = TradeScope::Wallet { wallet, since: None, until: None };
        Self { scope, taker_only: false, ..Self::default() }
    }

    /// Unit and amount of the smallest trade wanted.
    pub(super) fn floor(&self) -> (&'static str, Decimal) {
        const SMALLEST: Decimal = dec!(0.000001);
        match self.floor {
            TradeFloor::None => ("TOKENS", SMALLEST),
            TradeFloor::Shares(shares) => ("TOKENS", shares.max(SMALLEST)),
            TradeFloor::Usdc(dollars) => ("CASH", dollars.max(SMALLEST)),
        }
    }

    fn second_version(&self) -> Result<Request, UpstreamError> {
        let mut request = Request::new(Host::Data, "/v2/trades", ["v2", "trades"]);
        request = check_limit(request, self.limit, MAX_LIMIT)?;
        request = match &self.scope {
            TradeScope::Exchange => request,
            TradeScope::Markets(ids) => with_conditions(request, ids)?,
            TradeScope::Events(ids) => with_events(request, ids)?,
            TradeScope::Wallet { wallet, since, until } => {
                with_history(with_wallet(request, "user", wallet)?, *since, *until)
            }
        };
        request = request.with("taker_only", &self.taker_only);
        if let Some(side) = self.side {
            request = request.with("side", &side.slug().to_ascii_uppercase());
        }
        let (kind, amount) = self.floor();
        request = request.with("filter_type", &kind).with("filter_amount", &amount);
        Ok(with_cursor(request, self.cursor.as_deref()))
    }

    fn first_place(&self) -> Option<FirstPlace> {
        FirstPlace::of(self.cursor.as_deref())
    }

    pub(super) fn wanted(&self) -> Wanted {
        let (conditions, wallet) = match &self.scope {
            TradeScope::Markets(ids) => (Some(ids.iter().cloned().collect()), None),
            TradeScope::Wallet { wallet, .. } => (None, Some(wallet.clone())),
            TradeScope::Exchange | TradeScope::Events(_) => (None, None),
        };
        Wanted { conditions, wallet, side: self.side }
    }
}

impl Listing for TradesQuery {
    type Row = TradeRow;

    fn request(&self) -> Result<Request, UpstreamError> {
        match self.first_place() {
            Some(place) => first_version::trades::request(self, &place),
            None => self.second_version(),
        }
    }

    async fn page(&self, client: &DataClient) -> Result<DataPage<TradeRow>, UpstreamError> {
        let wanted = self.wanted();
        if let Some(place) = self.first_place() {
            return first_version::trades::page(client, self, place, wanted).await;
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

    fn moment(row: &TradeRow) -> Option<DateTime<Utc>> {
        Some(row.traded_at)
    }

    fn order(&self) -> Option<TimeOrder> {
        Some(TimeOrder::NewestFirst)
    }

    fn first_of_v1(&self) -> Option<String> {
        Some(FirstPlace::beginning())
    }
}

/// What was asked for, so that rows of a server that ignores the filter are told apart.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    conditions: Option<HashSet<ConditionId>>,
    wallet: Option<Address>,
    side: Option<Side>,
}

impl Wanted {
    pub(super) fn takes(&self, row: &TradeRow) -> bool {
        let of_market = |ids: &HashSet<ConditionId>| {
            row.condition_id.as_ref().is_some_and(|id| ids.contains(id))
        };
        self.conditions.as_ref().is_none_or(of_market)
            && self.wallet.as_ref().is_none_or(|wallet| *wallet == row.wallet)
            && self.side.is_none_or(|side| side == row.side)
    }
}

/// A trade of one wallet.
///
/// There is no id of a fill. What tells trades apart is [`Self::key`], and equal rows may be different
/// fills of one transaction: count them per source and take the greatest count, never the sum
/// (polymarket-api.md 5.2, pitfall 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradeRow {
    /// Who traded.
    pub wallet: Address,
    /// Whether the wallet bought or sold the token.
    pub side: Side,
    /// The token. Market and outcome are to be derived from it.
    pub token_id: TokenId,
    /// The market, or a combo.
    pub condition_id: Option<ConditionId>,
    /// How many shares, six decimals.
    pub shares: Decimal,
    /// Dollars a share, without fees; an average where the order met several prices.
    pub price: Price,
    /// When, to the second.
    pub traded_at: DateTime<Utc>,
    /// The transaction; others' trades may be in it.
    pub transaction_hash: Option<TransactionHash>,
    /// Whether it is a trade of a combo (a parlay), which is no market: a structural condition id, or
    /// no name in URLs. To be kept apart.
    pub is_combo: bool,
    /// Label of the outcome.
    pub outcome: Option<String>,
    /// Index of the outcome; `None` where upstream has not looked it up, which is often.
    pub outcome_index: Option<u8>,
    /// The market's question.
    pub title: Option<String>,
    /// The market's name in URLs.
    pub slug: Option<String>,
    /// The event's name in URLs.
    pub event_slug: Option<String>,
    /// Address of the market's picture.
    pub icon: Option<String>,
    /// Name the wallet's owner chose.
    pub name: Option<String>,
    /// Name upstream gave.
    pub pseudonym: Option<String>,
    /// What the owner says of himself.
    pub bio: Option<String>,
    /// Address of the owner's picture.
    pub profile_image: Option<String>,
    /// The same, smaller.
    pub profile_image_optimized: Option<String>,
}

impl TradeRow {
    /// Transaction, wallet, token, side, price, shares and second, as text: all there is to tell one
    /// trade from another.
    pub fn key(&self) -> String {
        let transaction = self.transaction_hash.as_ref().map_or("", TransactionHash::as_str);
        let Self { wallet, token_id, price, shares, .. } = self;
        let (side, second) = (self.side.slug(), self.traded_at.timestamp());
        format!("{transaction} {wallet} {token_id} {side} {price} {shares} {second}")
    }
}

impl Row for TradeRow {
    const KIND: RowKind = RowKind::Trade;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        let wallet = fields.id("proxy_wallet", Address::parse).ok_or("proxy_wallet")?;
        // A missing side must not be taken for a purchase (polymarket-cli#29).
        let side = fields.id("side", str::parse::<Side>).ok_or("side")?;
        let token_id = fields.id("token_id", TokenId::parse).ok_or("token_id")?;
        let shares = fields.amount("size").ok_or("size")?;
        let price = fields.price("price").ok_or("price")?;
        let traded_at = fields.instant("timestamp").ok_or("timestamp")?;
        let condition_id = fields.id("condition_id", ConditionId::parse);
        let slug = fields.text("slug");
        Ok(Self {
            wallet,
            side,
            token_id,
            shares,
            price,
            traded_at,
            is_combo: slug.is_none() || condition_id.as_ref().is_some_and(is_structural),
            condition_id,
            transaction_hash: fields.id("transaction_hash", TransactionHash::parse),
            outcome: fields.text("outcome"),
            outcome_index: outcome_index(fields),
            title: fields.text("title"),
            slug,
            event_slug: fields.text("event_slug"),
            icon: fields.text("icon"),
            name: fields.text("name"),
            pseudonym: fields.text("pseudonym"),
            bio: fields.text("bio"),
            profile_image: fields.text("profile_image"),
            profile_image_optimized: fields.text("profile_image_optimized"),
        })
    }

    fn key(&self) -> String {
        self.key()
    }
}

/// The index of an outcome; 999 is none.
pub(super) fn outcome_index(fields: &mut Fields<'_>) -> Option<u8> {
    super::tokens::index(fields, "outcome_index")
}
