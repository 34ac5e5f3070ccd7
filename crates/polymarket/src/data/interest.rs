//! Open interest.

use domain::{ConditionId, Usdc};
use serde::de::Error as _;

use super::envelope::Envelope;
use crate::fields::Fields;
use crate::quarantine::RowKind;
use crate::rows::Row;

/// The id that stands for all markets.
const ALL: &str = "GLOBAL";

/// What all shares of a market are worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInterest {
    /// The market.
    pub condition_id: ConditionId,
    /// Dollars, at what upstream shows for each outcome.
    pub value: Usdc,
}

impl Row for OpenInterest {
    const KIND: RowKind = RowKind::OpenInterest;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        Ok(Self {
            condition_id: fields.id("condition_id", ConditionId::parse).ok_or("condition_id")?,
            value: fields.usdc("value").ok_or("value")?,
        })
    }

    fn key(&self) -> String {
        self.condition_id.to_string()
    }
}

/// Reads the one row of all markets.
pub(super) fn read_total(body: &[u8]) -> Result<Usdc, serde_json::Error> {
    let text = String::from_utf8_lossy(body);
    let rows = Envelope::parse(&text)?.rows()?;
    let total = rows.into_iter().find_map(|row| {
        let mut fields = Fields::parse(row).ok()?;
        fields.id_text("condition_id").filter(|id| id == ALL)?;
        fields.usdc("value")
    });
    total.ok_or_else(|| serde_json::Error::custom("no usable total"))
}
