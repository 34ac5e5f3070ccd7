//! One market row.

use domain::{
    Category, ConditionId, EventId, Market, MarketId, Outcome, Price, TokenId, UmaStatus,
};
use rust_decimal::Decimal;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Drift;
use super::event::{Unusable, category_of, decode_slug, decode_tags, require_flag};
use crate::fields::{FieldIssue, Fields};
use crate::lenient::{self, Unreadable};
use crate::quarantine::{RejectReason, RowKind};

/// Members not worth keeping: they change without meaning, repeat what is mapped, or serve upstream's
/// own site. The `…Clob` figures are the totals less the long-ended AMM's, which are kept.
const NOISE: &[&str] = &[
    "$schema",
    "categoryMailchimpTag",
    "disqusThread",
    "icon",
    "iconOptimized",
    "imageOptimized",
    "liquidityClob",
    "mailchimpTag",
    "pagerDutyNotificationEnabled",
    "readyForCron",
    "requiresTranslation",
    "sentDiscord",
    "twitterCardImage",
    "twitterCardLastRefreshed",
    "twitterCardLastValidated",
    "twitterCardLocation",
    "updatedBy",
    "volume1moClob",
    "volume1wkClob",
    "volume1yrClob",
    "volume24hrClob",
    "volumeClob",
];

/// What a market has from the event it came with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parent {
    pub(crate) event_id: Option<EventId>,
    pub(crate) category: Option<Category>,
}

/// Decodes one market. Only an id and a question are essential.
pub(crate) fn decode_market(
    mut fields: Fields<'_>,
    parent: &Parent,
    drift: &mut Drift,
) -> Result<(Market, Vec<FieldIssue>), Unusable> {
    let Some(market_id) = fields.id("id", MarketId::parse) else {
        return Err(Unusable { id: None, field: "id", reason: RejectReason::NoId });
    };
    let Some(title) = fields.text("question").or_else(|| fields.text("title")) else {
        let id = Some(market_id.to_string());
        return Err(Unusable { id, field: "question", reason: RejectReason::NoTitle });
    };
    let outcomes = decode_outcomes(&mut fields);
    let tags = decode_tags(&mut fields);
    let own_category = category_of(&mut fields, &tags);
    let (fee_rate, fee_exponent, fee_schedule) = decode_fees(&mut fields);
    let (uma_status, unknown_status) = decode_uma_status(&mut fields);
    let picture = fields.text("image").or_else(|| fields.text("icon"));
    let mut market = Market {
        slug: decode_slug(&mut fields, market_id.as_str()),
        market_id,
        condition_id: fields.id("conditionId", ConditionId::parse),
        question_id: fields.text("questionID").map(|id| id.to_ascii_lowercase()),
        event_id: parent.event_id.clone(),
        title,
        group_title: fields.text("groupItemTitle"),
        description: fields.text("description"),
        resolution_source: fields.text("resolutionSource"),
        category: parent.category.or(own_category),
        image: picture,
        outcomes,
        best_bid: fields.price("bestBid"),
        best_ask: fields.price("bestAsk"),
        spread: fields.price("spread"),
        last_trade_price: fields.price("lastTradePrice"),
        change_1h: fields.price_change("oneHourPriceChange"),
        change_24h: fields.price_change("oneDayPriceChange"),
        change_7d: fields.price_change("oneWeekPriceChange"),
        change_30d: fields.price_change("oneMonthPriceChange"),
        volume_24h: fields.usdc("volume24hr"),
        volume_7d: fields.usdc("volume1wk"),
        volume_30d: fields.usdc("volume1mo"),
        volume_1y: fields.usdc("volume1yr"),
        volume_total: fields.usdc_in_either("volume", "volumeNum"),
        liquidity: fields.usdc_in_either("liquidity", "liquidityNum"),
        competitive: fields.ratio("competitive"),
        active: fields.flag("active").unwrap_or(false),
        closed: require_flag(&mut fields, "closed"),
        archived: fields.flag("archived").unwrap_or(false),
        accepting_orders: fields.flag("acceptingOrders").unwrap_or(false),
        new: fields.flag("new").unwrap_or(false),
        uma_status,
        neg_risk: fields.flag("negRisk").unwrap_or(false),
        neg_risk_other: fields.flag("negRiskOther").unwrap_or(false),
        neg_risk_market_id: fields.text("negRiskMarketID").map(|id| id.to_ascii_lowercase()),
        fee_rate,
        fee_exponent,
        fee_type: fields.text("feeType"),
        rewards_min_size: fields.quantity("rewardsMinSize"),
        rewards_max_spread: fields.quantity("rewardsMaxSpread"),
        tick_size: fields.ratio("orderPriceMinTickSize"),
        min_order_size: fields.quantity("orderMinSize"),
        game_id: fields.game_id("gameId"),
        sports_market_type: fields.text("sportsMarketType"),
        line: fields.quantity("line"),
        game_start_at: fields.instant("gameStartTime"),
        start_date: fields.instant("startDate"),
        end_date: fields.instant("endDate"),
        closed_at: fields.instant("closedTime"),
        created_at: fields.instant("createdAt"),
        upstream_updated_at: fields.instant("updatedAt"),
        extra: Map::new(),
    };
    fields.discard(NOISE);
    let (extra, issues) = fields.finish();
    market.extra = extra;
    if let Some(word) = unknown_status {
        drift.note_word(RowKind::Market, "umaResolutionStatus", &word);
        market.extra.insert("umaResolutionStatus".to_owned(), Value::String(word));
    }
    if let Some(schedule) = fee_schedule {
        market.extra.insert("feeSchedule".to_owned(), schedule);
    }
    Ok((market, issues))
}

/// Labels, with prices and tokens where their lists align with them.
fn decode_outcomes(fields: &mut Fields<'_>) -> Vec<Outcome> {
    let labels = fields.list("outcomes").unwrap_or_default();
    let prices = aligned(fields, "outcomePrices", labels.len());
    let tokens = aligned(fields, "clobTokenIds", labels.len());
    let mut outcomes = Vec::with_capacity(labels.len());
    for (index, label) in labels.iter().enumerate() {
        let label = read_element(fields, "outcomes", Some(label), |raw| {
            Ok(lenient::text(raw)?.map(|text| text.replace('\0', "")))
        });
        let price =
            read_element(fields, "outcomePrices", prices.get(index).map(AsRef::as_ref), |raw| {
                let price = lenient::decimal(raw)?;
                price.map(|price| Price::new(price).map_err(|_| Unreadable::OutOfRange)).transpose()
            });
        let token_id =
            read_element(fields, "clobTokenIds", tokens.get(index).map(AsRef::as_ref), |raw| {
                let id = lenient::id_text(raw)?;
                id.map(|id| TokenId::parse(&id).map_err(|_| Unreadable::NotAnId)).transpose()
            });
        outcomes.push(Outcome { label: label.unwrap_or_default(), price, token_id });
    }
    outcomes
}

/// A list that belongs to the outcomes one by one; nothing of it can be used if its length differs.
fn aligned(fields: &mut Fields<'_>, field: &'static str, length: usize) -> Vec<Box<RawValue>> {
    match fields.list(field) {
        Some(items) if items.len() == length => items,
        Some(_) => {
            fields.note(field, Unreadable::LengthDiffers);
            Vec::new()
        }
        None => Vec::new(),
    }
}

fn read_element<T>(
    fields: &mut Fields<'_>,
    field: &'static str,
    element: Option<&RawValue>,
    read: impl FnOnce(&str) -> Result<Option<T>, Unreadable>,
) -> Option<T> {
    read(element?.get()).unwrap_or_else(|reason| {
        fields.note(field, reason);
        None
    })
}

/// Rate and exponent of the taker fee, and the schedule as sent.
///
/// Fees that are switched off are zero; without a schedule they are unknown.
fn decode_fees(fields: &mut Fields<'_>) -> (Option<Decimal>, Option<Decimal>, Option<Value>) {
    let enabled = fields.flag("feesEnabled");
    let raw = fields.raw("feeSchedule").filter(|raw| raw.get() != "null");
    let schedule = raw.map(crate::fields::verbatim);
    if enabled == Some(false) {
        return (Some(Decimal::ZERO), None, schedule);
    }
    let Some(raw) = raw else {
        // Fees are on, or nothing is said of them: the rate is not known, and zero would be a claim.
        return (None, None, None);
    };
    let Ok(mut members) = Fields::parse(raw) else {
        fields.note("feeSchedule", Unreadable::NotANumber);
        return (None, None, schedule);
    };
    let rate = members.ratio("rate");
    let exponent = members.quantity("exponent");
    for issue in members.finish().1 {
        fields.note("feeSchedule", issue.reason);
    }
    (rate, exponent, schedule)
}

/// Where the oracle stands: the row's word, else the last one of its history. An unknown word comes
/// second.
fn decode_uma_status(fields: &mut Fields<'_>) -> (Option<UmaStatus>, Option<String>) {
    let history = fields
        .iter()
        .find(|(key, _)| *key == "umaResolutionStatuses")
        .and_then(|(_, raw)| lenient::list(raw).ok().flatten())
        .unwrap_or_default();
    let last =
        || lenient::text(history.last()?.get()).ok().flatten().map(|word| word.replace('\0', ""));
    let Some(word) = fields.text("umaResolutionStatus").or_else(last) else {
        return (None, None);
    };
    if let Ok(status) = word.parse() {
        return (Some(status), None);
    }
    fields.note("umaResolutionStatus", Unreadable::UnknownWord);
    (None, Some(word))
}
