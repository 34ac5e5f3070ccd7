//! What the CLOB knows of a market.

use chrono::{DateTime, Utc};
use domain::{ConditionId, Price, TokenId};
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use crate::fields::Fields;
use crate::lenient::{self, Unreadable};
use crate::quarantine::RowKind;
use crate::rows::{Row, Rows};

/// Members not worth keeping: Gamma has them too, or they say nothing any more. Fees are read from the
/// schedule that Gamma has; the base fees here are relics.
const NOISE: &[&str] = &[
    "description",
    "fpmm",
    "icon",
    "image",
    "maker_base_fee",
    "notifications_enabled",
    "taker_base_fee",
];

/// One outcome of a market.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClobOutcome {
    /// Its token; `None` on markets that were never deployed.
    pub token_id: Option<TokenId>,
    /// Its label.
    pub label: Option<String>,
    /// What upstream shows for it, dollars a share; 1 or 0 once it has won or lost.
    pub price: Option<Price>,
    /// Whether it has won. Both have not while the market is open, or resolved half and half.
    pub winner: Option<bool>,
}

/// A market as the CLOB describes it. Flags are `None` in lists that leave them out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClobMarket {
    /// Its id.
    pub condition_id: ConditionId,
    /// The oracle's id of the question, lower case.
    pub question_id: Option<String>,
    /// The question.
    pub question: Option<String>,
    /// Name in URLs.
    pub slug: Option<String>,
    /// Its outcomes, in the order of their indices.
    pub outcomes: Vec<ClobOutcome>,
    /// Whether orders are accepted now.
    pub accepting_orders: Option<bool>,
    /// Since when.
    pub accepting_orders_since: Option<DateTime<Utc>>,
    /// Whether there is an order book.
    pub enable_order_book: Option<bool>,
    /// True for nearly everything, also for closed markets.
    pub active: Option<bool>,
    /// The terminal flag.
    pub closed: Option<bool>,
    /// Whether it is hidden.
    pub archived: Option<bool>,
    /// Shares of the smallest order.
    pub min_order_size: Option<Decimal>,
    /// Distance between two prices, in dollars.
    pub tick_size: Option<Price>,
    /// Expected end; open markets past it are normal.
    pub end_date: Option<DateTime<Utc>>,
    /// When the game begins.
    pub game_start_at: Option<DateTime<Utc>>,
    /// Seconds by which marketable orders are delayed.
    pub seconds_delay: Option<u64>,
    /// Whether it belongs to a neg-risk event.
    pub neg_risk: Option<bool>,
    /// Id of the neg-risk group, lower case.
    pub neg_risk_market_id: Option<String>,
    /// Whether it resolved half and half.
    pub is_50_50: Option<bool>,
    /// Shares an order must have to earn rewards.
    pub rewards_min_size: Option<Decimal>,
    /// Cents from the middle within which orders earn rewards.
    pub rewards_max_spread: Option<Decimal>,
    /// Labels of its tags.
    pub tags: Vec<String>,
}

impl ClobMarket {
    /// Decodes a page of the CLOB's catalogue (`/markets`, `/simplified-markets`, …). Markets that were
    /// never deployed have an empty condition id and are quarantined.
    pub fn of_catalogue(body: &[u8]) -> Result<Rows<Self>, serde_json::Error> {
        #[derive(serde::Deserialize)]
        struct Catalogue<'a> {
            #[serde(borrow)]
            data: Vec<&'a RawValue>,
        }
        let text = String::from_utf8_lossy(body);
        let catalogue: Catalogue<'_> = serde_json::from_str(&text)?;
        Ok(Self::decode_all(&catalogue.data, "data", |_| true))
    }
}

impl Row for ClobMarket {
    const KIND: RowKind = RowKind::ClobMarket;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        let condition_id = fields.id("condition_id", ConditionId::parse).ok_or("condition_id")?;
        let rows = fields.list("tokens").unwrap_or_default();
        let mut outcomes = Vec::with_capacity(rows.len());
        for row in &rows {
            // Later outcomes must keep their places, so one that cannot be read spoils them all.
            let Ok(mut token) = Fields::parse(row) else {
                fields.note("tokens", Unreadable::NotAnObject);
                outcomes.clear();
                break;
            };
            outcomes.push(ClobOutcome {
                token_id: token.id("token_id", TokenId::parse),
                label: token.text("outcome"),
                price: token.price("price"),
                winner: token.flag("winner"),
            });
            for issue in token.into_issues() {
                fields.note("tokens", issue.reason);
            }
        }
        let rewards = fields.object("rewards");
        let (rewards_min_size, rewards_max_spread) = rewards.map_or((None, None), |mut rewards| {
            (rewards.amount("min_size"), rewards.amount("max_spread"))
        });
        let tags = fields.list("tags").unwrap_or_default();
        let tag = |raw: &RawValue| Some(lenient::text(raw.get()).ok()??.into_owned());
        let lower = |id: String| id.to_ascii_lowercase();
        fields.discard(NOISE);
        fields.discard(&["neg_risk_request_id", "version"]);
        Ok(Self {
            condition_id,
            question_id: fields.text("question_id").map(lower),
            question: fields.text("question"),
            slug: fields.text("market_slug"),
            outcomes,
            accepting_orders: fields.flag("accepting_orders"),
            accepting_orders_since: fields.instant("accepting_order_timestamp"),
            enable_order_book: fields.flag("enable_order_book"),
            active: fields.flag("active"),
            closed: fields.flag("closed"),
            archived: fields.flag("archived"),
            min_order_size: fields.amount("minimum_order_size"),
            tick_size: fields.price("minimum_tick_size"),
            end_date: fields.instant("end_date_iso"),
            game_start_at: fields.instant("game_start_time"),
            seconds_delay: fields.count("seconds_delay"),
            neg_risk: fields.flag("neg_risk"),
            neg_risk_market_id: fields.text("neg_risk_market_id").map(lower),
            is_50_50: fields.flag("is_50_50_outcome"),
            rewards_min_size,
            rewards_max_spread,
            tags: tags.iter().filter_map(|raw| tag(raw)).collect(),
        })
    }

    fn key(&self) -> String {
        self.condition_id.to_string()
    }
}

/// The market that a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenMarket {
    /// The market.
    pub condition_id: ConditionId,
    /// Its tokens. Which is the first outcome's is not said: upstream may call either the primary one.
    pub token_ids: [TokenId; 2],
}

impl Row for TokenMarket {
    const KIND: RowKind = RowKind::ClobMarket;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        let mut token = |field: &'static str| fields.id(field, TokenId::parse).ok_or(field);
        let token_ids = [token("primary_token_id")?, token("secondary_token_id")?];
        let condition_id = fields.id("condition_id", ConditionId::parse).ok_or("condition_id")?;
        Ok(Self { condition_id, token_ids })
    }

    fn key(&self) -> String {
        self.condition_id.to_string()
    }
}
