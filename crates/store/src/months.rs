//! The months that large tables are divided into.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Utc};
use sqlx::PgExecutor;

use crate::StoreError;

/// Makes sure that rows of these instants have a place in a table.
///
/// To make a month the whole table is locked against everybody. In a transaction that has read or written there
/// before, that can end in two waiting for each other: whoever does much in one transaction has the months made before
/// it begins.
pub(crate) async fn prepare(
    executor: impl PgExecutor<'_>,
    table: &str,
    instants: Vec<DateTime<Utc>>,
) -> Result<(), StoreError> {
    // One instant of each month.
    let months: BTreeMap<(i32, u32), DateTime<Utc>> =
        instants.into_iter().map(|instant| ((instant.year(), instant.month()), instant)).collect();
    sqlx::query("SELECT ensure_month_partition($1::regclass, instant) FROM unnest($2::timestamptz[]) AS instant")
        .bind(table)
        .bind(months.into_values().collect::<Vec<_>>())
        .execute(executor)
        .await?;
    Ok(())
}

/// A table whose rows may be given up when they are old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aging {
    /// `trades`.
    Trades,
    /// `prices_1m`.
    MinuteBars,
    /// `prices_1h`.
    HourBars,
}

impl Aging {
    fn table(self) -> &'static str {
        match self {
            Self::Trades => "trades",
            Self::MinuteBars => "prices_1m",
            Self::HourBars => "prices_1h",
        }
    }
}

/// Gives up the months of a table that ended at or before an instant; how many they were.
pub async fn drop_before(
    executor: impl PgExecutor<'_>,
    table: Aging,
    instant: DateTime<Utc>,
) -> Result<u32, StoreError> {
    let dropped: i32 = sqlx::query_scalar("SELECT drop_month_partitions($1::regclass, $2)")
        .bind(table.table())
        .bind(instant)
        .fetch_one(executor)
        .await?;
    u32::try_from(dropped).map_err(StoreError::other)
}
