//! Tokens: which outcome of which market they are of, and what they paid.

use domain::{ConditionId, EventId, Price, TokenId};

use super::positions::event_id;
use super::words::{TokenModule, word};
use crate::fields::Fields;
use crate::lenient::Unreadable;
use crate::quarantine::RowKind;
use crate::rows::Row;

/// A token of a market.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// The token.
    pub token_id: TokenId,
    /// The market.
    pub condition_id: ConditionId,
    /// The market's condition in protocol version 2, where it has one.
    pub structural_condition_id: Option<ConditionId>,
    /// The contract it belongs to.
    pub module: Option<TokenModule>,
    /// Index of the outcome.
    pub outcome_index: Option<u8>,
    /// Its place among the market's tokens on the order book; tokens of other modules have none.
    pub clob_index: Option<u8>,
    /// Label of the outcome.
    pub outcome: Option<String>,
    /// Token of the other outcome, of the same module.
    pub opposite_token_id: Option<TokenId>,
    /// Whether the market is resolved.
    pub resolved: Option<bool>,
    /// Dollars a share paid; `None` until the market is resolved.
    pub final_price: Option<Price>,
    /// The market's question.
    pub title: Option<String>,
    /// The market's name in URLs.
    pub market_slug: Option<String>,
    /// Whether the market is closed.
    pub closed: Option<bool>,
    /// Whether the market is one of a neg-risk group.
    pub neg_risk: Option<bool>,
    /// The group, lower case.
    pub neg_risk_market_id: Option<String>,
    /// Its place in the group.
    pub question_index: Option<u64>,
    /// The event.
    pub event_id: Option<EventId>,
    /// The event's name in URLs.
    pub event_slug: Option<String>,
}

impl Row for TokenRow {
    const KIND: RowKind = RowKind::Token;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        Ok(Self {
            token_id: fields.id("token_id", TokenId::parse).ok_or("token_id")?,
            condition_id: fields.id("condition_id", ConditionId::parse).ok_or("condition_id")?,
            structural_condition_id: fields.id("structural_condition_id", ConditionId::parse),
            module: word(fields, "module"),
            outcome_index: index(fields, "outcome_index"),
            clob_index: index(fields, "clob_index"),
            outcome: fields.text("outcome"),
            opposite_token_id: fields.id("opposite_token_id", TokenId::parse),
            resolved: fields.flag("resolved"),
            final_price: fields.price("final_price"),
            title: fields.text("title"),
            market_slug: fields.text("market_slug"),
            closed: fields.flag("closed"),
            neg_risk: fields.flag("neg_risk"),
            neg_risk_market_id: fields.text("neg_risk_market_id").map(|id| id.to_ascii_lowercase()),
            question_index: fields.count("question_index"),
            event_id: event_id(fields),
            event_slug: fields.text("event_slug"),
        })
    }

    fn key(&self) -> String {
        self.token_id.to_string()
    }
}

/// The index of an outcome; 999 is none.
pub(super) fn index(fields: &mut Fields<'_>, field: &'static str) -> Option<u8> {
    /// Upstream writes this where it has not looked the outcome up yet.
    const UNKNOWN: u64 = 999;
    let index = fields.count(field).filter(|&index| index != UNKNOWN)?;
    u8::try_from(index).map_err(|_| fields.note(field, Unreadable::OutOfRange)).ok()
}
