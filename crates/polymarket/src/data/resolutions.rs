//! How far a market's resolution is, and what it pays.

use chrono::{DateTime, Utc};
use domain::{ConditionId, EventId, Price};
use rust_decimal::{Decimal, dec};

use super::words::{
    MarketType, Reporter, ResolutionSource, ResolutionStatus, SettlementBasis, word,
};
use crate::fields::Fields;
use crate::lenient::{self, Unreadable};
use crate::quarantine::RowKind;
use crate::rows::Row;
use domain::TransactionHash;

/// What the oracle writes for a price that nobody has named.
const UNSET: Decimal = dec!(69);
/// The oracle's prices are in parts of 10^18.
const ORACLE_UNIT: Decimal = dec!(1_000_000_000_000_000_000);
/// What a share pays at most, in millionths of a dollar.
const FULL_PAYOUT: u32 = 1_000_000;

/// Of which markets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolutionScope {
    /// These, at most 20.
    Markets(Vec<ConditionId>),
    /// Those of these events, at most 20.
    Events(Vec<EventId>),
}

/// The resolution of a market. Rows have different fields: what the oracle knows of a question, or what
/// the contracts know of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolutionRow {
    /// The market.
    pub condition_id: Option<ConditionId>,
    /// The oracle's question, lower case.
    pub question_id: Option<String>,
    /// How far it is.
    pub status: ResolutionStatus,
    /// What a share of each outcome pays, in millionths of a dollar, in the order of the outcomes'
    /// indices: `[1000000, 0]`, or `[500000, 500000]` for half and half. `None` until that is known;
    /// read as a whole or not at all.
    pub payouts_micro: Option<Vec<u32>>,
    /// What was proposed for the first outcome, dollars a share. `None` where nothing was, and where
    /// the oracle was told that it is too early to say.
    pub proposed_price: Option<Price>,
    /// What was proposed after a dispute.
    pub reproposed_price: Option<Price>,
    /// What the oracle settled on.
    pub settled_price: Option<Price>,
    /// Whether it was ever disputed.
    pub was_disputed: Option<bool>,
    /// Whether it ever was arbitrated.
    pub was_arbitrated: Option<bool>,
    /// Whether a proposal is looked at for longer than usual.
    pub extended_review: Option<bool>,
    /// Whether the rules were updated after the question was put.
    pub rules_updated: Option<bool>,
    /// Whether somebody reported the outcome.
    pub source: Option<ResolutionSource>,
    /// Who did.
    pub reporter: Option<Reporter>,
    /// How the market is built.
    pub market_type: Option<MarketType>,
    /// When it should be settled: an estimate.
    pub expected_settlement_at: Option<DateTime<Utc>>,
    /// On what the estimate rests.
    pub settlement_basis: Option<SettlementBasis>,
    /// When it last changed.
    pub updated_at: Option<DateTime<Utc>>,
    /// When it was resolved.
    pub resolved_at: Option<DateTime<Utc>>,
    /// The block in which it was.
    pub resolved_block: Option<u64>,
    /// The transaction of the last change.
    pub transaction_hash: Option<TransactionHash>,
    /// Place of its event in the block.
    pub log_index: Option<u64>,
}

impl ResolutionRow {
    /// What a share of the outcome with this index pays, in dollars.
    pub fn payout(&self, outcome_index: usize) -> Option<Price> {
        let micro = self.payouts_micro.as_ref()?.get(outcome_index)?;
        Price::new(Decimal::from(*micro) / Decimal::from(FULL_PAYOUT)).ok()
    }
}

impl Row for ResolutionRow {
    const KIND: RowKind = RowKind::Resolution;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        let condition_id = fields.id("condition_id", ConditionId::parse);
        let question_id = fields.text("question_id").map(|id| id.to_ascii_lowercase());
        if condition_id.is_none() && question_id.is_none() {
            return Err("condition_id");
        }
        Ok(Self {
            condition_id,
            question_id,
            status: word(fields, "status").ok_or("status")?,
            payouts_micro: payouts(fields),
            proposed_price: oracle_price(fields, "proposed_price"),
            reproposed_price: oracle_price(fields, "reproposed_price"),
            settled_price: oracle_price(fields, "price"),
            was_disputed: fields.flag("was_disputed"),
            was_arbitrated: fields.flag("was_arbitrated"),
            extended_review: fields.flag("extended_review"),
            rules_updated: fields.flag("new_version_q"),
            source: word(fields, "resolution_source"),
            reporter: word(fields, "reporter"),
            market_type: word(fields, "market_type"),
            expected_settlement_at: fields.instant("expected_settlement_time"),
            settlement_basis: word(fields, "settlement_time_basis"),
            updated_at: fields.instant("last_update_timestamp"),
            resolved_at: fields.instant("resolved_at"),
            resolved_block: fields.count("resolved_block"),
            transaction_hash: fields.id("transaction_hash", TransactionHash::parse),
            log_index: fields.count("log_index"),
        })
    }

    fn key(&self) -> String {
        let condition_id = self.condition_id.as_ref().map(ConditionId::as_str);
        condition_id.or(self.question_id.as_deref()).unwrap_or_default().to_owned()
    }
}

/// The payouts, where every one is between nothing and a dollar. An empty list says nothing.
fn payouts(fields: &mut Fields<'_>) -> Option<Vec<u32>> {
    let list = fields.list("payouts").filter(|list| !list.is_empty())?;
    let read = |raw: &str| {
        let number = lenient::decimal(raw).ok()??;
        let whole = number.is_integer().then(|| u32::try_from(number).ok()).flatten();
        whole.filter(|&micro| micro <= FULL_PAYOUT)
    };
    let payouts: Option<Vec<u32>> = list.iter().map(|raw| read(raw.get())).collect();
    if payouts.is_none() {
        fields.note("payouts", Unreadable::OutOfRange);
    }
    payouts
}

fn oracle_price(fields: &mut Fields<'_>, field: &'static str) -> Option<Price> {
    fields.read(field, |raw| {
        let number = lenient::decimal(raw)?.filter(|number| *number != UNSET);
        let price = number.map(|number| Price::new(number / ORACLE_UNIT));
        price.transpose().map_err(|_| Unreadable::OutOfRange)
    })
}
