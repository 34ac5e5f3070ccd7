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
    /// The market whose outcomes its sides are about.
    pub condition_id: ConditionId,
    /// Exposure before it, toward the market's first outcome (below 0 against it).
    pub before: Decimal,
    /// Exposure after it.
    pub after: Decimal,
    /// The largest before it.
    pub peak: Decimal,
    /// Whether the history it was seen in is whole; `None` where that was not written down.
    pub is_whole: Option<bool>,
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
    /// Of this market.
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
}

impl FlipPlace {
    /// The place after a flip.
    pub fn of(flip: &StoredFlip) -> Self {
        Self { at: flip.at, wallet: flip.wallet.clone(), event_key: flip.event_key.clone() }
    }
}

/// Reversals, the newest first.
pub async fn list(
    executor: impl PgExecutor<'_>,
    filter: &FlipsFilter,
    limit: u32,
) -> Result<Vec<StoredFlip>, StoreError> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT f.at, f.wallet_address, f.event_key, f.condition_id, f.before_usdc, f.after_usdc, f.peak_usdc,
                (to_jsonb(f) ->> 'is_whole')::boolean AS is_whole, f.evidence
         FROM wallet_flips f WHERE TRUE",
    );
    since(&mut sql, "f.at", filter.since);
    filter.dollars.narrow(&mut sql, "abs(f.peak_usdc)");
    is(&mut sql, "f.event_key", filter.event_key.as_deref());
    is(&mut sql, "f.condition_id", filter.condition_id.as_ref().map(ConditionId::as_str));
    filter.who.narrow(&mut sql, "f.wallet_address");
    if let Some(is_for_first) = filter.is_for_first {
        sql.push(if is_for_first { " AND f.after_usdc > 0" } else { " AND f.after_usdc < 0" });
    }
    if let Some(after) = &filter.after {
        sql.push(" AND f.at <= ").push_bind(after.at);
        sql.push(" AND (f.at, f.wallet_address, f.event_key) < (");
        let mut place = sql.separated(", ");
        place.push_bind(after.at);
        place.push_bind(after.wallet.to_bytes().to_vec());
        place.push_bind(after.event_key.clone());
        sql.push(")");
    }
    sql.push(" ORDER BY f.at DESC, f.wallet_address DESC, f.event_key DESC LIMIT ");
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
        before: column(row, "before_usdc")?,
        after: column(row, "after_usdc")?,
        peak: column(row, "peak_usdc")?,
        is_whole: column(row, "is_whole")?,
        evidence: column(row, "evidence")?,
    })
}
