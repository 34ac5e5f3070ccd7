//! What RTDS says of trades, and reading it.

use chrono::{DateTime, Utc};
use domain::{ConditionId, Price, Side, TokenId};
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use crate::fields::{FieldIssue, Fields};
use crate::lenient::{self, Unreadable};
use crate::ws::reading::{Notes, id, kept, needed, price, shares, side, split};
use crate::ws::{Decoded, Unknown, Unusable};

/// One message.
#[derive(Debug, Clone, PartialEq)]
pub enum ActivityMessage {
    /// A taker's order that traded.
    Trade(Box<ActivityTrade>),
    /// A kind we do not know.
    Unknown(Unknown),
    /// A trade that cannot be used.
    Unusable(Unusable<()>),
}

impl ActivityMessage {
    /// The bounded name used in metric labels.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Trade(_) => "trade",
            Self::Unknown(_) => "unknown",
            Self::Unusable(_) => "unusable",
        }
    }
}

/// A taker's order that traded. RTDS tells it once, however many makers it met.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityTrade {
    /// The market's condition; a combination of several where [`Self::is_combo`].
    pub condition: ConditionId,
    /// What was traded.
    pub token: TokenId,
    /// What the taker did.
    pub side: Side,
    /// Dollars a share, the average over all makers met.
    pub price: Price,
    /// How many shares, with at most six decimals.
    pub shares: Decimal,
    /// The taker's wallet: `0x` and 40 hexadecimal digits, lower case.
    pub wallet: Option<String>,
    /// What the outcome is called.
    pub outcome: Option<String>,
    /// Its place among the market's outcomes. Upstream says 999 where it does not know.
    pub outcome_index: Option<u32>,
    /// When, to the second.
    pub traded_at: Option<DateTime<Utc>>,
    /// When it was told, to the millisecond.
    pub told_at: Option<DateTime<Utc>>,
    /// The transaction. Several trades may share it.
    pub transaction_hash: Option<String>,
    /// The market's address on the site.
    pub slug: Option<String>,
    /// The event's address on the site.
    pub event_slug: Option<String>,
    /// The market's question.
    pub title: Option<String>,
    /// What the taker calls itself.
    pub name: Option<String>,
    /// What upstream calls the taker.
    pub pseudonym: Option<String>,
}

impl ActivityTrade {
    /// Whether a combination of markets was traded, which is no market: its condition has 62 digits.
    pub fn is_combo(&self) -> bool {
        self.condition.as_str().len() < 66
    }
}

/// Reads a frame: an object, or an array of objects. Whatever it holds, nothing fails; what cannot be used
/// is among the messages.
pub fn decode(frame: &str) -> Decoded<ActivityMessage> {
    let mut notes = Notes::default();
    let messages = match split(frame) {
        Ok(parts) => parts.into_iter().map(|part| message(part, &mut notes)).collect(),
        Err(_) => vec![unusable(None, None, frame)],
    };
    Decoded { messages, issues: notes.0 }
}

fn unusable(kind: Option<String>, issue: Option<FieldIssue>, raw: &str) -> ActivityMessage {
    ActivityMessage::Unusable(Unusable { kind, concerns: (), issue, raw: kept(raw) })
}

fn message(raw: &RawValue, notes: &mut Notes) -> ActivityMessage {
    let Ok(mut envelope) = Fields::parse(raw) else { return unusable(None, None, raw.get()) };
    let kind = envelope.text("type");
    let is_trade = matches!(kind.as_deref(), Some("orders_matched" | "trades"));
    if !is_trade || envelope.text("topic").is_some_and(|topic| topic != "activity") {
        return ActivityMessage::Unknown(Unknown { kind, raw: kept(raw.get()) });
    }
    let told_at = envelope.instant("timestamp");
    let payload = envelope.raw("payload").and_then(|payload| Fields::parse(payload).ok());
    notes.0.extend(envelope.finish().1);
    let Some(payload) = payload else {
        let issue = FieldIssue { field: "payload", reason: Unreadable::Missing };
        return unusable(kind, Some(issue), raw.get());
    };
    match trade(payload, told_at, notes) {
        Ok(trade) => ActivityMessage::Trade(Box::new(trade)),
        Err(issue) => unusable(kind, Some(issue), raw.get()),
    }
}

fn trade(
    mut fields: Fields,
    told_at: Option<DateTime<Utc>>,
    notes: &mut Notes,
) -> Result<ActivityTrade, FieldIssue> {
    let trade = ActivityTrade {
        condition: needed("conditionId", fields.raw("conditionId"), |raw| {
            id(raw, ConditionId::parse)
        })?,
        token: needed("asset", fields.raw("asset"), |raw| id(raw, TokenId::parse))?,
        side: needed("side", fields.raw("side"), side)?,
        price: needed("price", fields.raw("price"), price)?,
        shares: needed("size", fields.raw("size"), shares)?,
        wallet: fields.id("proxyWallet", wallet),
        outcome: fields.text("outcome"),
        outcome_index: notes.maybe("outcomeIndex", fields.raw("outcomeIndex"), outcome_index),
        traded_at: fields.instant("timestamp"),
        told_at,
        transaction_hash: fields.text("transactionHash"),
        slug: fields.text("slug"),
        event_slug: fields.text("eventSlug"),
        title: fields.text("title"),
        name: fields.text("name"),
        pseudonym: fields.text("pseudonym"),
    };
    notes.0.extend(fields.finish().1);
    Ok(trade)
}

fn wallet(text: &str) -> Result<String, Unreadable> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or_default();
    if digits.len() == 40 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        Ok(format!("0x{}", digits.to_ascii_lowercase()))
    } else {
        Err(Unreadable::NotAnId)
    }
}

fn outcome_index(raw: &str) -> Result<Option<u32>, Unreadable> {
    let Some(number) = lenient::decimal(raw)? else { return Ok(None) };
    let index = u32::try_from(number).map_err(|_| Unreadable::OutOfRange)?;
    Ok((index != 999).then_some(index))
}
