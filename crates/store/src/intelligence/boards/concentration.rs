//! How concentrated markets' holdings are.

use chrono::{DateTime, Utc};
use domain::MarketId;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, Postgres, QueryBuilder};

use super::since;
use crate::StoreError;
use crate::column::{column, parsed};

/// How concentrated an outcome's holdings were when they were looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredConcentration {
    /// When.
    pub observed_at: DateTime<Utc>,
    /// The market.
    pub market_id: MarketId,
    /// The outcome.
    pub outcome_index: u8,
    /// Holders named.
    pub holders: u32,
    /// The sum of their squared parts.
    pub hhi: f64,
    /// 1/HHI.
    pub effective_holders: f64,
    /// Part of the largest.
    pub top_share: f64,
    /// Whether only the largest are named.
    pub is_top_only: bool,
    /// The largest: address, shares, part.
    pub top: serde_json::Value,
}

/// By what markets are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConcentrationOrder {
    /// The most concentrated first.
    #[default]
    Hhi,
    /// The largest holder's part, the largest first.
    TopShare,
    /// The fewest effective holders first.
    EffectiveHolders,
}

impl ConcentrationOrder {
    /// Every order.
    pub const ALL: [Self; 3] = [Self::Hhi, Self::TopShare, Self::EffectiveHolders];

    /// The word in the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Hhi => "hhi",
            Self::TopShare => "top_share",
            Self::EffectiveHolders => "effective_holders",
        }
    }

    /// What it looks at, so that the first come first in descending order.
    fn expression(self) -> &'static str {
        match self {
            Self::Hhi => "hhi",
            Self::TopShare => "top_share",
            Self::EffectiveHolders => "(-effective_holders)",
        }
    }

    /// The same of a row.
    pub fn key(self, row: &StoredConcentration) -> f64 {
        match self {
            Self::Hhi => row.hhi,
            Self::TopShare => row.top_share,
            Self::EffectiveHolders => -row.effective_holders,
        }
    }
}

/// Which readings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConcentrationFilter {
    /// Made since.
    pub since: Option<DateTime<Utc>>,
    /// Of these markets; `None` all.
    pub market_ids: Option<Vec<String>>,
    /// Of this outcome.
    pub outcome_index: Option<i16>,
    /// In which order.
    pub order: ConcentrationOrder,
    /// Those that come after this one.
    pub after: Option<ConcentrationPlace>,
}

/// A place in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConcentrationPlace {
    /// What the order looks at.
    #[serde(with = "super::exact")]
    pub key: f64,
    /// The market there.
    pub market_id: MarketId,
    /// Its outcome.
    pub outcome_index: u8,
}

/// The last reading of each market.
pub async fn list(
    executor: impl PgExecutor<'_>,
    filter: &ConcentrationFilter,
    limit: u32,
) -> Result<Vec<StoredConcentration>, StoreError> {
    let key = filter.order.expression();
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT observed_at, market_id, outcome_index, holders, hhi, effective_holders, top_share, is_top_only, top
         FROM market_concentrations WHERE TRUE",
    );
    since(&mut sql, "observed_at", filter.since);
    if let Some(market_ids) = &filter.market_ids {
        sql.push(" AND market_id = ANY(").push_bind(market_ids.clone()).push(")");
    }
    if let Some(outcome_index) = filter.outcome_index {
        sql.push(" AND outcome_index = ").push_bind(outcome_index);
    }
    if let Some(after) = &filter.after {
        sql.push(format_args!(" AND {key} <= ")).push_bind(after.key);
        sql.push(format_args!(" AND ({key} < ")).push_bind(after.key);
        sql.push(" OR (market_id, outcome_index) > (");
        sql.push_bind(after.market_id.as_str().to_owned()).push(", ");
        sql.push_bind(i16::from(after.outcome_index)).push("))");
    }
    sql.push(format_args!(" ORDER BY {key} DESC, market_id, outcome_index LIMIT "));
    sql.push_bind(i64::from(limit));
    let rows = sql.build().fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

/// Whether any market was ever looked at.
pub async fn any(executor: impl PgExecutor<'_>) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT FROM market_concentrations)";
    Ok(sqlx::query_scalar(sql).fetch_one(executor).await?)
}

fn decode(row: &PgRow) -> Result<StoredConcentration, StoreError> {
    let outcome: i16 = column(row, "outcome_index")?;
    let holders: i32 = column(row, "holders")?;
    Ok(StoredConcentration {
        observed_at: column(row, "observed_at")?,
        market_id: parsed(column(row, "market_id")?)?,
        outcome_index: u8::try_from(outcome).map_err(StoreError::other)?,
        holders: u32::try_from(holders).map_err(StoreError::other)?,
        hhi: column(row, "hhi")?,
        effective_holders: column(row, "effective_holders")?,
        top_share: column(row, "top_share")?,
        is_top_only: column(row, "is_top_only")?,
        top: column(row, "top")?,
    })
}
