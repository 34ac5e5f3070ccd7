//! Activity: everything a wallet did.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId, Side, TokenId, TransactionHash, Usdc};
use rust_decimal::Decimal;

use super::DataClient;
use super::envelope::{DataPage, PageRead};
use super::first_version::{self, FirstPlace};
use super::scope::{Within, check_limit, is_structural, with_cursor, with_history, with_wallet};
use super::trades::outcome_index;
use super::walk::{Listing, TimeOrder};
use super::words::{ActivitySide, ActivityType, word};
use crate::fields::Fields;
use crate::quarantine::RowKind;
use crate::rows::Row;
use crate::{Host, Request, UpstreamError, UpstreamErrorKind};

/// Most rows a page can have.
const MAX_LIMIT: u16 = 1_000;

/// What kinds of acts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ActivityTypes {
    /// Everything upstream has, kinds not known here included, except tips: those it lists only when they
    /// are named, and to name some is to leave out what is not named. So all there is takes two walks,
    /// this one and one of `Only([Tip])`.
    #[default]
    AllButTips,
    /// These. Upstream refuses names it does not know.
    Only(Vec<ActivityType>),
}

/// What to list from `/v2/activity`. Deposits and withdrawals, which upstream leaves out unless told
/// otherwise, are always asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityQuery {
    /// Whose.
    pub wallet: Address,
    /// What kinds.
    pub types: ActivityTypes,
    /// In which markets; acts without a market are in none.
    pub within: Within,
    /// Only purchases or only sales: trades.
    pub side: Option<Side>,
    /// At or after; from the very first where `None`.
    pub since: Option<DateTime<Utc>>,
    /// At or before.
    pub until: Option<DateTime<Utc>>,
    /// Which end comes first. From the oldest on, nothing that happens meanwhile moves what is still to
    /// come.
    pub order: TimeOrder,
    /// The page after this cursor; the first page where `None`.
    pub cursor: Option<String>,
    /// Rows per page, 1 to 1,000; version 1 has its own.
    pub limit: u16,
}

impl ActivityQuery {
    /// Everything a wallet did but tips, from its first day on.
    pub fn of(wallet: Address) -> Self {
        Self {
            wallet,
            types: ActivityTypes::AllButTips,
            within: Within::Everything,
            side: None,
            since: None,
            until: None,
            order: TimeOrder::OldestFirst,
            cursor: None,
            limit: MAX_LIMIT,
        }
    }

    /// The names of the kinds as upstream takes them; `None` for its default.
    pub(super) fn type_names(&self, request: &Request) -> Result<Option<String>, UpstreamError> {
        match &self.types {
            ActivityTypes::AllButTips => Ok(None),
            ActivityTypes::Only(types) if types.is_empty() => {
                let detail = "no type of activity is named".to_owned();
                Err(request.error(UpstreamErrorKind::InvalidRequest(detail)))
            }
            ActivityTypes::Only(types) => {
                let names: Vec<&str> = types.iter().map(ActivityType::as_str).collect();
                Ok(Some(names.join(",")))
            }
        }
    }

    pub(super) fn direction(&self) -> &'static str {
        match self.order {
            TimeOrder::OldestFirst => "ASC",
            TimeOrder::NewestFirst => "DESC",
        }
    }

    fn second_version(&self) -> Result<Request, UpstreamError> {
        let request = Request::new(Host::Data, "/v2/activity", ["v2", "activity"]);
        let request = check_limit(request, self.limit, MAX_LIMIT)?;
        let request = with_wallet(request, "user", &self.wallet)?;
        let mut request = self.within.narrow(request, "condition", "event_id")?;
        if let Some(types) = self.type_names(&request)? {
            request = request.with("type", &types);
        }
        if let Some(side) = self.side {
            request = request.with("side", &side.slug().to_ascii_uppercase());
        }
        request = with_history(request, self.since, self.until)
            .with("sort_direction", &self.direction())
            .with("exclude_deposits_withdrawals", &false);
        Ok(with_cursor(request, self.cursor.as_deref()))
    }

    fn first_place(&self) -> Option<FirstPlace> {
        FirstPlace::of(self.cursor.as_deref())
    }

    fn wanted(&self) -> Wanted {
        let types = match &self.types {
            ActivityTypes::AllButTips => None,
            ActivityTypes::Only(types) => Some(types.iter().cloned().collect()),
        };
        let (wallet, conditions) = (self.wallet.clone(), self.within.conditions());
        Wanted { wallet, types, conditions, side: self.side }
    }
}

impl Listing for ActivityQuery {
    type Row = ActivityRow;

    fn request(&self) -> Result<Request, UpstreamError> {
        match self.first_place() {
            Some(place) => first_version::activity::request(self, &place),
            None => self.second_version(),
        }
    }

    async fn page(&self, client: &DataClient) -> Result<DataPage<ActivityRow>, UpstreamError> {
        let wanted = self.wanted();
        if let Some(place) = self.first_place() {
            return first_version::activity::page(client, self, place, wanted).await;
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

    fn moment(row: &ActivityRow) -> Option<DateTime<Utc>> {
        Some(row.happened_at)
    }

    fn order(&self) -> Option<TimeOrder> {
        Some(self.order)
    }

    fn first_of_v1(&self) -> Option<String> {
        Some(FirstPlace::beginning())
    }
}

/// What was asked for, so that rows of a server that ignores the filter are told apart.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    wallet: Address,
    types: Option<HashSet<ActivityType>>,
    conditions: Option<HashSet<ConditionId>>,
    side: Option<Side>,
}

impl Wanted {
    pub(super) fn takes(&self, row: &ActivityRow) -> bool {
        let of_market = |ids: &HashSet<ConditionId>| {
            row.condition_id.as_ref().is_some_and(|id| ids.contains(id))
        };
        self.wallet == row.wallet
            && self.types.as_ref().is_none_or(|types| types.contains(&row.kind))
            && self.conditions.as_ref().is_none_or(of_market)
            && self.side.is_none_or(|side| row.trade_side() == Some(side))
    }
}

/// Something a wallet did.
///
/// As with trades there is no id: what tells acts apart is [`Self::key`], and equal rows may be different
/// acts of one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityRow {
    /// Who did it.
    pub wallet: Address,
    /// What; a kind that is not known here is kept as text.
    pub kind: ActivityType,
    /// When, to the second.
    pub happened_at: DateTime<Utc>,
    /// The transaction; it may hold other acts, and others' too.
    pub transaction_hash: Option<TransactionHash>,
    /// The market. Payments and deposits have none.
    pub condition_id: Option<ConditionId>,
    /// The token, of trades. What is split, merged, redeemed or converted is more than one token.
    pub token_id: Option<TokenId>,
    /// Which way it went: always known of trades.
    pub side: Option<ActivitySide>,
    /// How much, six decimals: shares of a trade or a redemption, pairs of shares of a split or a merge,
    /// dollars where only dollars moved. Always known of trades.
    pub size: Option<Decimal>,
    /// Dollars that moved. Of a trade, taker's fees are in it: what was paid with a purchase, what was
    /// left of a sale (polymarket-api.md 2.7). So it does not divide to a price. A redemption that lost
    /// has 0.
    pub usdc: Option<Usdc>,
    /// Dollars a share without fees, of trades; always known there. 0 to 1 with all the digits upstream
    /// tells, because what a purchase's dollars exceed price × size by is its fee.
    pub price: Option<Decimal>,
    /// Whether it is about a combo (a parlay), which is no market. To be kept apart.
    pub is_combo: bool,
    /// Label of the outcome.
    pub outcome: Option<String>,
    /// Index of the outcome; `None` where upstream has not looked it up, and where there is none.
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

impl ActivityRow {
    /// Whether it bought or sold; `None` of what is no trade.
    pub fn trade_side(&self) -> Option<Side> {
        match self.side {
            Some(ActivitySide::Buy) => Some(Side::Buy),
            Some(ActivitySide::Sell) => Some(Side::Sell),
            _ => None,
        }
    }

    /// Transaction, wallet, kind, market, token, side, price, size, dollars and second, as text: all there
    /// is to tell one act from another.
    pub fn key(&self) -> String {
        let transaction = self.transaction_hash.as_ref().map_or("", TransactionHash::as_str);
        let market = self.condition_id.as_ref().map_or("", ConditionId::as_str);
        let token = self.token_id.as_ref().map_or("", TokenId::as_str);
        let side = self.side.as_ref().map_or("", ActivitySide::as_str);
        let (wallet, kind, second) =
            (&self.wallet, self.kind.as_str(), self.happened_at.timestamp());
        let price = self.price.map(|price| price.to_string()).unwrap_or_default();
        let size = self.size.map(|size| size.to_string()).unwrap_or_default();
        let usdc = self.usdc.map(|usdc| usdc.to_string()).unwrap_or_default();
        format!(
            "{transaction} {wallet} {kind} {market} {token} {side} {price} {size} {usdc} {second}"
        )
    }

    /// The field without which the row says nothing, where it lacks one.
    fn lacks(&self) -> Option<&'static str> {
        if self.kind != ActivityType::Trade {
            return (self.size.is_none() && self.usdc.is_none()).then_some("size");
        }
        // A missing side must not be taken for a purchase.
        let needed = [
            ("side", self.trade_side().is_some()),
            ("token_id", self.token_id.is_some()),
            ("size", self.size.is_some()),
            ("price", self.price.is_some()),
        ];
        needed.into_iter().find(|(_, is_there)| !is_there).map(|(field, _)| field)
    }
}

impl Row for ActivityRow {
    const KIND: RowKind = RowKind::Activity;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        let kind: ActivityType = word(fields, "type").ok_or("type")?;
        let is_trade = kind == ActivityType::Trade;
        let condition_id = fields.id("condition_id", ConditionId::parse);
        let slug = fields.text("slug");
        let is_structural = condition_id.as_ref().is_some_and(is_structural);
        let is_combo = fields.flag("is_combo").unwrap_or(is_trade && slug.is_none());
        // Upstream writes 0 where there is no price.
        let price = fields.exact_price("price").filter(|price| is_trade || !price.is_zero());
        let row = Self {
            wallet: fields.id("proxy_wallet", Address::parse).ok_or("proxy_wallet")?,
            kind,
            happened_at: fields.instant("timestamp").ok_or("timestamp")?,
            transaction_hash: fields.id("transaction_hash", TransactionHash::parse),
            condition_id,
            token_id: fields.id("token_id", TokenId::parse),
            side: word(fields, "side"),
            size: fields.amount("size"),
            usdc: fields.usdc("usdc_size"),
            price,
            is_combo: is_combo || is_structural,
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
        };
        row.lacks().map_or(Ok(row), Err)
    }

    fn key(&self) -> String {
        self.key()
    }
}
