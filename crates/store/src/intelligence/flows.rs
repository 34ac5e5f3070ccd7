//! Whose money went where: what takers of each class did in a market within an hour.
//!
//! Flows follow from the tape and from nothing else. Whoever writes the tape notes the hours it touched in the same
//! transaction (`touch`), and [`replace`] makes those hours anew as a whole, so that it does not matter how often, in
//! which order and how late trades are told.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::MarketId;
use domain::bars::Interval;
use domain::whales::Class;
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{Connection, PgConnection, PgExecutor};

use super::notable::{self, NotableTrade};
use crate::StoreError;
use crate::bars::Place;
use crate::column::{column, parsed};

/// What owners of a class did in a market within an hour.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// The market.
    pub market_id: MarketId,
    /// Its beginning.
    pub hour: DateTime<Utc>,
    /// Name of the class.
    pub class: String,
    /// What owners bought that on balance bought outcome 0 or sold outcome 1: dollars before fees.
    pub bought_usdc: Decimal,
    /// The same of those that did the opposite.
    pub sold_usdc: Decimal,
    /// Takers' trades.
    pub trades: i32,
    /// Owners with a trade, as far as their wallets are known.
    pub wallets: i32,
}

/// An hour of a market whose flows are to be made anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchedHour {
    /// The market.
    pub market_id: MarketId,
    /// Its beginning.
    pub hour: DateTime<Utc>,
    /// How often it was touched by now.
    times: i64,
}

/// Notes the hours of these minutes.
pub(crate) async fn touch(
    connection: &mut PgConnection,
    minutes: &BTreeSet<Place>,
) -> Result<(), StoreError> {
    // In one order, as everybody locks them.
    let hours: BTreeSet<(&str, DateTime<Utc>)> = minutes
        .iter()
        .map(|(market, minute)| (market.as_str(), Interval::Hour.bucket(*minute)))
        .collect();
    let (markets, hours): (Vec<&str>, Vec<DateTime<Utc>>) = hours.into_iter().unzip();
    sqlx::query(
        "INSERT INTO touched_hours AS held (market_id, hour, times)
         SELECT market_id, hour, 1 FROM unnest($1::text[], $2::timestamptz[]) AS n (market_id, hour)
         ON CONFLICT (market_id, hour) DO UPDATE SET times = held.times + 1",
    )
    .bind(markets)
    .bind(hours)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes every hour since an instant of which the tape has a trade: what was recorded before flows were made.
pub async fn touch_since(
    executor: impl PgExecutor<'_>,
    since: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let written = sqlx::query(
        "INSERT INTO touched_hours (market_id, hour, times)
         SELECT market_id, hour, 1 FROM (
             SELECT DISTINCT market_id, date_trunc('hour', traded_at, 'UTC') AS hour FROM trades WHERE traded_at >= $1
         ) AS traded ORDER BY market_id, hour
         ON CONFLICT DO NOTHING",
    )
    .bind(since)
    .execute(executor)
    .await?;
    Ok(written.rows_affected())
}

/// Hours to make anew, in the order of markets and time.
pub async fn touched(
    executor: impl PgExecutor<'_>,
    limit: u32,
) -> Result<Vec<TouchedHour>, StoreError> {
    let sql = "SELECT market_id, hour, times FROM touched_hours ORDER BY market_id, hour LIMIT $1";
    let rows = sqlx::query(sql).bind(i64::from(limit)).fetch_all(executor).await?;
    let decode = |row: &PgRow| {
        Ok(TouchedHour {
            market_id: parsed(column(row, "market_id")?)?,
            hour: column(row, "hour")?,
            times: column(row, "times")?,
        })
    };
    rows.iter().map(decode).collect()
}

/// Makes the flows of these hours anew and notes the trades that were notable in them, all of it or nothing. How many
/// trades were not noted before.
///
/// An hour that was touched again since it was read stays to be done once more.
pub async fn replace(
    connection: &mut PgConnection,
    hours: &[TouchedHour],
    notable: &[NotableTrade],
) -> Result<u64, StoreError> {
    let mut tx = connection.begin().await?;
    let markets: Vec<&str> = hours.iter().map(|touched| touched.market_id.as_str()).collect();
    let begins: Vec<DateTime<Utc>> = hours.iter().map(|touched| touched.hour).collect();
    sqlx::query(
        "DELETE FROM market_flows f USING unnest($1::text[], $2::timestamptz[]) AS n (market_id, hour)
         WHERE f.market_id = n.market_id AND f.hour = n.hour",
    )
    .bind(&markets)
    .bind(&begins)
    .execute(&mut *tx)
    .await?;
    make(&mut tx, &markets, &begins).await?;
    let noted = notable::record(&mut tx, notable).await?;
    // Not waiting for a recorder that touches one of them at this moment, as it may wait for this.
    sqlx::query(
        "DELETE FROM touched_hours t USING (
             SELECT h.market_id, h.hour FROM unnest($1::text[], $2::timestamptz[], $3::bigint[]) AS n (market_id, hour, times)
             JOIN touched_hours h ON h.market_id = n.market_id AND h.hour = n.hour AND h.times = n.times
             FOR UPDATE OF h SKIP LOCKED) AS done
         WHERE t.market_id = done.market_id AND t.hour = done.hour",
    )
    .bind(&markets)
    .bind(&begins)
    .bind(hours.iter().map(|touched| touched.times).collect::<Vec<_>>())
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(noted)
}

async fn make(
    connection: &mut PgConnection,
    markets: &[&str],
    begins: &[DateTime<Utc>],
) -> Result<(), StoreError> {
    let classes: Vec<&str> = Class::ALL.into_iter().map(Class::slug).collect();
    sqlx::query(
        "WITH fills AS (
             SELECT n.market_id, n.hour, usdc_of(t.price, t.shares) AS usdc,
                    t.is_buy = (t.outcome_index = 0) AS is_toward,
                    t.wallet_address <> '' AS is_named,
                    -- Of nobody known it is not known either that two are the same.
                    CASE WHEN t.wallet_address = '' THEN t.tableoid::text || t.ctid::text
                         ELSE coalesce(o.cluster_id::text, encode(t.wallet_address, 'hex')) END AS owner,
                    -- By the order in which classes are decided; who is not known is of the last.
                    coalesce(array_position($3::text[], c.class), cardinality($3::text[])) AS class
             FROM unnest($1::text[], $2::timestamptz[]) AS n (market_id, hour)
             JOIN trades t ON t.market_id = n.market_id AND t.traded_at >= n.hour
                              AND t.traded_at < n.hour + interval '1 hour'
             LEFT JOIN wallet_classes c ON c.wallet_address = t.wallet_address
             LEFT JOIN owner_clusters o ON o.wallet_address = t.wallet_address
             -- The months to look into; no redemptions that look like trades (domain::tape).
             WHERE t.traded_at >= $4 AND t.traded_at < $5 AND t.outcome_index < 2 AND t.price > 0 AND t.price < 1
         ), owners AS (
             SELECT market_id, hour, min(class) AS class, bool_or(is_named) AS is_named, count(*) AS trades,
                    sum(CASE WHEN is_toward THEN usdc ELSE -usdc END) AS net
             FROM fills GROUP BY market_id, hour, owner
         )
         INSERT INTO market_flows (market_id, hour, wallet_class, bought_usdc, sold_usdc, trades, wallets)
         SELECT market_id, hour, ($3::text[])[class], sum(greatest(net, 0)), sum(greatest(-net, 0)), sum(trades),
                count(*) FILTER (WHERE is_named)
         FROM owners GROUP BY market_id, hour, class",
    )
    .bind(markets)
    .bind(begins)
    .bind(classes)
    .bind(begins.iter().min())
    .bind(begins.iter().max().map(|last| *last + TimeDelta::hours(1)))
    .execute(connection)
    .await?;
    Ok(())
}

/// The flows of a market since an instant, by hour and class.
pub async fn of_market(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    since: DateTime<Utc>,
) -> Result<Vec<Flow>, StoreError> {
    let sql = "SELECT market_id, hour, wallet_class, bought_usdc, sold_usdc, trades, wallets FROM market_flows
               WHERE market_id = $1 AND hour >= $2 ORDER BY hour, wallet_class";
    let rows = sqlx::query(sql).bind(market_id.as_str()).bind(since).fetch_all(executor).await?;
    let decode = |row: &PgRow| {
        Ok(Flow {
            market_id: parsed(column(row, "market_id")?)?,
            hour: column(row, "hour")?,
            class: column(row, "wallet_class")?,
            bought_usdc: column(row, "bought_usdc")?,
            sold_usdc: column(row, "sold_usdc")?,
            trades: column(row, "trades")?,
            wallets: column(row, "wallets")?,
        })
    };
    rows.iter().map(decode).collect()
}
