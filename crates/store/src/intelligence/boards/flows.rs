//! What takers of each class did, by hour and by market, in terms of outcome 0.

use chrono::{DateTime, Utc};
use domain::MarketId;
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, Postgres, QueryBuilder};

use super::since;
use crate::StoreError;
use crate::column::{column, parsed};

/// Which flows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FlowsFilter {
    /// Hours that began since.
    pub since: Option<DateTime<Utc>>,
    /// Of this class.
    pub class: Option<String>,
    /// Of these markets; `None` all.
    pub market_ids: Option<Vec<String>>,
}

impl FlowsFilter {
    fn narrow(&self, sql: &mut QueryBuilder<Postgres>) {
        since(sql, "hour", self.since);
        if let Some(class) = &self.class {
            sql.push(" AND wallet_class = ").push_bind(class.clone());
        }
        if let Some(market_ids) = &self.market_ids {
            sql.push(" AND market_id = ANY(").push_bind(market_ids.clone()).push(")");
        }
    }
}

/// What takers of a class did.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassFlow {
    /// Whose money it is.
    pub class: String,
    /// Dollars of owners that within an hour on balance were for outcome 0.
    pub bought: Decimal,
    /// Dollars of those that were against it.
    pub sold: Decimal,
    /// Trades.
    pub trades: u64,
    /// Owners, added up over markets and hours: who traded in two is counted twice.
    pub wallets: u64,
}

fn decode(row: &PgRow) -> Result<ClassFlow, StoreError> {
    let count = |name| u64::try_from(column::<i64>(row, name)?).map_err(StoreError::other);
    Ok(ClassFlow {
        class: column(row, "wallet_class")?,
        bought: column(row, "bought")?,
        sold: column(row, "sold")?,
        trades: count("trades")?,
        wallets: count("wallets")?,
    })
}

const SUMS: &str = "sum(bought_usdc) AS bought, sum(sold_usdc) AS sold, sum(trades) AS trades, sum(wallets) AS wallets";

/// Flows by hour and class, the oldest hour first.
pub async fn by_hour(
    executor: impl PgExecutor<'_>,
    filter: &FlowsFilter,
) -> Result<Vec<(DateTime<Utc>, ClassFlow)>, StoreError> {
    let mut sql = QueryBuilder::<Postgres>::new("SELECT hour, wallet_class, ");
    sql.push(SUMS).push(" FROM market_flows WHERE TRUE");
    filter.narrow(&mut sql);
    sql.push(" GROUP BY hour, wallet_class ORDER BY hour, wallet_class");
    let rows = sql.build().fetch_all(executor).await?;
    rows.iter().map(|row| Ok((column(row, "hour")?, decode(row)?))).collect()
}

/// Flows by market and class, of the markets with the largest net flow of at least `least` dollars either way; these
/// first.
pub async fn by_market(
    executor: impl PgExecutor<'_>,
    filter: &FlowsFilter,
    least: Decimal,
    limit: u32,
) -> Result<Vec<(MarketId, ClassFlow)>, StoreError> {
    let mut sql = QueryBuilder::<Postgres>::new("WITH flows AS (SELECT market_id, wallet_class, ");
    sql.push(SUMS).push(" FROM market_flows WHERE TRUE");
    filter.narrow(&mut sql);
    sql.push(
        " GROUP BY market_id, wallet_class
          ), markets AS (
              SELECT market_id, abs(sum(bought) - sum(sold)) AS net FROM flows GROUP BY market_id
              HAVING abs(sum(bought) - sum(sold)) >= ",
    );
    sql.push_bind(least).push(" ORDER BY net DESC, market_id LIMIT ").push_bind(i64::from(limit));
    sql.push(
        ") SELECT f.* FROM markets m JOIN flows f ON f.market_id = m.market_id
          ORDER BY m.net DESC, m.market_id, f.wallet_class",
    );
    let rows = sql.build().fetch_all(executor).await?;
    rows.iter().map(|row| Ok((parsed(column(row, "market_id")?)?, decode(row)?))).collect()
}

/// Ids of the markets that anything flowed in.
pub async fn markets(
    executor: impl PgExecutor<'_>,
    instant: Option<DateTime<Utc>>,
) -> Result<Vec<String>, StoreError> {
    let mut sql =
        QueryBuilder::<Postgres>::new("SELECT DISTINCT market_id FROM market_flows WHERE TRUE");
    since(&mut sql, "hour", instant);
    Ok(sql.build_query_scalar().fetch_all(executor).await?)
}

/// Whether any flow has ever been counted.
pub async fn any(executor: impl PgExecutor<'_>) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT FROM market_flows)").fetch_one(executor).await?)
}
