//! Holders of the tokens of a market.

use domain::{ConditionId, Price, TokenId, Usdc};
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::envelope::{Envelope, PageRead};
use super::scope::{check_limit, with_conditions};
use super::trades::outcome_index;
use crate::fields::Fields;
use crate::quarantine::{RejectReason, RowKind};
use crate::rows::{Row, Rows};
use crate::{Host, Request, UpstreamError};
use domain::Address;

/// What a holder made with a token. Prices are averages by cost, fees are in none of the figures, and
/// all are cut to four decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HolderEconomics {
    /// Dollars a share paid for the shares held; below 0 where a conversion paid more than it took.
    pub avg_price: Option<Decimal>,
    /// Dollars paid for the shares held.
    pub entry_cost: Option<Usdc>,
    /// Dollars a share now.
    pub current_price: Option<Price>,
    /// Dollars they are worth now.
    pub current_value: Option<Usdc>,
    /// Dollars made with shares sold or redeemed.
    pub realized: Option<Usdc>,
    /// Dollars the shares held are worth above their cost.
    pub unrealized: Option<Usdc>,
    /// Both.
    pub total: Option<Usdc>,
}

/// A wallet that holds a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderRow {
    /// The token.
    pub token_id: TokenId,
    /// Who holds it.
    pub wallet: Address,
    /// How many shares, six decimals.
    pub shares: Decimal,
    /// Index of the outcome, where upstream knows it.
    pub outcome_index: Option<u8>,
    /// Name the wallet's owner chose.
    pub name: Option<String>,
    /// Name upstream gave.
    pub pseudonym: Option<String>,
    /// Whether the owner wants the chosen name shown.
    pub shows_name: Option<bool>,
    /// What the owner says of himself.
    pub bio: Option<String>,
    /// Address of the owner's picture.
    pub profile_image: Option<String>,
    /// The same, smaller.
    pub profile_image_optimized: Option<String>,
    /// Whether upstream has verified the owner.
    pub verified: Option<bool>,
    /// What the holder made, where that was asked for.
    pub economics: Option<HolderEconomics>,
}

impl HolderRow {
    fn decode_of(fields: &mut Fields<'_>, group: Option<&TokenId>) -> Result<Self, &'static str> {
        let own = fields.id("token_id", TokenId::parse);
        let token_id = group.cloned().or(own).ok_or("token_id")?;
        let economics = HolderEconomics {
            avg_price: fields.average_price("avg_price"),
            entry_cost: fields.usdc("entry_cost_usdc"),
            current_price: fields.price("current_price"),
            current_value: fields.usdc("current_value"),
            realized: fields.usdc("realized_pnl"),
            unrealized: fields.usdc("unrealized_pnl"),
            total: fields.usdc("total_pnl"),
        };
        let nothing = HolderEconomics {
            avg_price: None,
            entry_cost: None,
            current_price: None,
            current_value: None,
            realized: None,
            unrealized: None,
            total: None,
        };
        Ok(Self {
            token_id,
            wallet: fields.id("proxy_wallet", Address::parse).ok_or("proxy_wallet")?,
            shares: fields.amount("amount").ok_or("amount")?,
            outcome_index: outcome_index(fields),
            name: fields.text("name"),
            pseudonym: fields.text("pseudonym"),
            shows_name: fields.flag("display_username_public"),
            bio: fields.text("bio"),
            profile_image: fields.text("profile_image"),
            profile_image_optimized: fields.text("profile_image_optimized"),
            verified: fields.flag("verified"),
            economics: Some(economics).filter(|found| *found != nothing),
        })
    }
}

impl Row for HolderRow {
    const KIND: RowKind = RowKind::Holder;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        Self::decode_of(fields, None)
    }

    fn key(&self) -> String {
        format!("{} {}", self.token_id, self.wallet)
    }
}

pub(super) fn request(
    condition_id: &ConditionId,
    limit: u16,
    most: u16,
) -> Result<Request, UpstreamError> {
    let request = Request::new(Host::Data, "/v2/holders", ["v2", "holders"]);
    let request = with_conditions(request, std::slice::from_ref(condition_id))?;
    check_limit(request, limit, most)
}

/// Reads groups of holders, one a token.
pub(super) fn read(body: &[u8]) -> Result<PageRead<HolderRow>, serde_json::Error> {
    let text = String::from_utf8_lossy(body);
    let envelope = Envelope::parse(&text)?;
    let mut holders = Rows::default();
    for (index, group) in envelope.rows()?.into_iter().enumerate() {
        add_group(&mut holders, group, &format!("data[{index}]"));
    }
    let first_key = holders.rows.first().map(Row::key);
    let page = envelope.page(holders, first_key);
    Ok(PageRead { next_cursor: None, ..page })
}

fn add_group(holders: &mut Rows<HolderRow>, group: &RawValue, path: &str) {
    let mut spoilt = |reason, path| {
        holders.raw_rows += 1;
        holders.reject(RowKind::Holder, None, reason, path, group);
    };
    let Ok(mut fields) = Fields::parse(group) else {
        return spoilt(RejectReason::NotAnObject, path.to_owned());
    };
    let token_id = fields.id("token_id", TokenId::parse);
    let Some(rows) = fields.list("holders") else {
        return spoilt(RejectReason::Lacks("holders"), format!("{path}.holders"));
    };
    for (index, row) in rows.iter().enumerate() {
        holders.raw_rows += 1;
        let path = format!("{path}.holders[{index}]");
        let decode = |fields: &mut Fields<'_>| HolderRow::decode_of(fields, token_id.as_ref());
        HolderRow::decode_into(holders, row, &path, decode, &|_| true);
    }
}
