//! Reversals of wallets' sides.

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, Postgres, QueryBuilder};

use super::{Dollars, WalletFilter, is, since};
use crate::StoreError;
use crate::column::{column, parsed};
use crate::intelligence::flips::{Toward, toward};
use crate::wallets::address;

/// A reversal.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredFlip {
    /// When.
    pub at: DateTime<Utc>,
    /// Whose.
    pub wallet: Address,
    /// In which event (or market without one).
    pub event_key: String,
    /// The market of the act that did it.
    pub condition_id: ConditionId,
    /// What it was for; `None` where that has no name.
    pub from: Option<Toward>,
    /// What it is for.
    pub to: Option<Toward>,
    /// Dollars that depended on the answer before it began to turn.
    pub before: Decimal,
    /// That depend on it after.
    pub after: Decimal,
    /// The most that did since the last turn.
    pub peak: Decimal,
    /// The change along the peak, as a part of it.
    pub change: f64,
    /// Whether everything the wallet did on the question was seen.
    pub is_whole: bool,
    /// Activity that made it.
    pub evidence: serde_json::Value,
}

/// Which flips.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FlipsFilter {
    /// Whose.
    pub who: WalletFilter,
    /// Since.
    pub since: Option<DateTime<Utc>>,
    /// By the largest exposure before.
    pub dollars: Dollars,
    /// Of this event (or market without one).
    pub event_key: Option<String>,
    /// By an act in this market, or from or to a side of it.
    pub condition_id: Option<ConditionId>,
    /// To this side: for the first outcome or against it.
    pub is_for_first: Option<bool>,
    /// Those that come after this one.
    pub after: Option<FlipPlace>,
}

/// A place in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlipPlace {
    /// When the flip there was.
    pub at: DateTime<Utc>,
    /// Whose it was.
    pub wallet: Address,
    /// In which event.
    pub event_key: String,
    /// By an act in which market.
    pub condition_id: ConditionId,
}

impl FlipPlace {
    /// The place after a flip.
    pub fn of(flip: &StoredFlip) -> Self {
        Self {
            at: flip.at,
            wallet: flip.wallet.clone(),
            event_key: flip.event_key.clone(),
            condition_id: flip.condition_id.clone(),
        }
    }
}

/// Reversals, the newest first.
pub async fn list(
    executor: impl PgExecutor<'_>,
    filter: &FlipsFilter,
    limit: u32,
) -> Result<Vec<StoredFlip>, StoreError> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT f.at, f.wallet_address, f.event_key, f.condition_id, f.from_condition_id, f.from_outcome,
                f.to_condition_id, f.to_outcome, f.before_usdc, f.after_usdc, f.peak_usdc, f.change, f.is_whole,
                f.evidence
         FROM wallet_flips f WHERE TRUE",
    );
    since(&mut sql, "f.at", filter.since);
    filter.dollars.narrow(&mut sql, "f.peak_usdc");
    is(&mut sql, "f.event_key", filter.event_key.as_deref());
    if let Some(condition_id) = &filter.condition_id {
        sql.push(" AND ").push_bind(condition_id.as_str().to_owned());
        sql.push(" IN (f.condition_id, f.from_condition_id, f.to_condition_id)");
    }
    filter.who.narrow(&mut sql, "f.wallet_address");
    if let Some(is_for_first) = filter.is_for_first {
        sql.push(if is_for_first { " AND f.to_outcome = 0" } else { " AND f.to_outcome = 1" });
    }
    if let Some(after) = &filter.after {
        sql.push(" AND f.at <= ").push_bind(after.at);
        sql.push(" AND (f.at, f.wallet_address, f.event_key, f.condition_id) < (");
        let mut place = sql.separated(", ");
        place.push_bind(after.at);
        place.push_bind(after.wallet.to_bytes().to_vec());
        place.push_bind(after.event_key.clone());
        place.push_bind(after.condition_id.as_str().to_owned());
        sql.push(")");
    }
    sql.push(
        " ORDER BY f.at DESC, f.wallet_address DESC, f.event_key DESC, f.condition_id DESC LIMIT ",
    );
    sql.push_bind(i64::from(limit));
    let rows = sql.build().fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

/// Whether any was ever seen.
pub async fn any(executor: impl PgExecutor<'_>) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT FROM wallet_flips)").fetch_one(executor).await?)
}

fn decode(row: &PgRow) -> Result<StoredFlip, StoreError> {
    Ok(StoredFlip {
        at: column(row, "at")?,
        wallet: address(row, "wallet_address")?,
        event_key: column(row, "event_key")?,
        condition_id: parsed(column(row, "condition_id")?)?,
        from: toward(row, "from_condition_id", "from_outcome")?,
        to: toward(row, "to_condition_id", "to_outcome")?,
        before: column(row, "before_usdc")?,
        after: column(row, "after_usdc")?,
        peak: column(row, "peak_usdc")?,
        change: column(row, "change")?,
        is_whole: column(row, "is_whole")?,
        evidence: column(row, "evidence")?,
    })
}
