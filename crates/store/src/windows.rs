//! What the tape says of markets by window of time: the columns of the screener.

use chrono::{DateTime, Utc};
use domain::MarketId;
use domain::analytics::Window;
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{Connection, PgConnection, PgExecutor};

use crate::StoreError;
use crate::column::{column, parsed};
use crate::notify::notify;

/// Channel on which windows that were counted anew announce themselves.
pub const WINDOWS_CHANNEL: &str = "windows_changed";

/// What takers did in a market within a window, in terms of outcome 0.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketWindow {
    /// The market.
    pub market_id: MarketId,
    /// Takers' trades.
    pub trades: i32,
    /// Wallets that bought outcome 0 or sold outcome 1.
    pub buyers: i32,
    /// Wallets that did the opposite.
    pub sellers: i32,
    /// Dollars of the first, before fees.
    pub buy_usdc: Decimal,
    /// Dollars of the second.
    pub sell_usdc: Decimal,
    /// The first less the second of wallets that are known to be whales; `None` where nobody was classed yet.
    pub whale_usdc: Option<Decimal>,
    /// The same of smart money.
    pub smart_usdc: Option<Decimal>,
    /// The price at the end less the one at the beginning; `None` where either is not recorded, or is
    /// older than [`Window::tolerance`] allows.
    pub change: Option<Decimal>,
}

/// A window of time that ended at an instant, as the tape has it.
#[derive(Debug, Clone, PartialEq)]
pub struct CountedWindow {
    /// Which.
    pub window: Window,
    /// When it ended.
    pub as_of: DateTime<Utc>,
    /// What happened in each market that traded; nothing did in the others.
    pub markets: Vec<MarketWindow>,
}

/// Counts a window anew for every market, ending at `now`, as [`domain::analytics`] does for one. Markets without
/// trades in it have no row.
pub async fn recount(
    connection: &mut PgConnection,
    window: Window,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut tx = connection.begin().await?;
    let written = sqlx::query(
        "WITH classed AS (SELECT (SELECT wallet_address FROM wallet_classes ORDER BY 1 LIMIT 1) IS NOT NULL AS any),
         counted AS (
             SELECT market_id, count(*)::integer AS trades,
                    count(DISTINCT wallet_address) FILTER (WHERE bought)::integer AS buyers,
                    count(DISTINCT wallet_address) FILTER (WHERE NOT bought)::integer AS sellers,
                    coalesce(sum(usdc) FILTER (WHERE bought), 0) AS buy_usdc,
                    coalesce(sum(usdc) FILTER (WHERE NOT bought), 0) AS sell_usdc,
                    coalesce(sum(CASE WHEN bought THEN usdc ELSE -usdc END) FILTER (WHERE class = 'whale'), 0)
                        AS whale_usdc,
                    coalesce(sum(CASE WHEN bought THEN usdc ELSE -usdc END) FILTER (WHERE class = 'smart'), 0)
                        AS smart_usdc
             FROM (SELECT market_id, wallet_address, usdc_of(price, shares) AS usdc,
                          is_buy = (outcome_index = 0) AS bought, class
                   FROM trades LEFT JOIN wallet_classes USING (wallet_address) WHERE traded_at > $2 AND traded_at <= $3 AND outcome_index < 2
                     -- Redemptions that look like trades (domain::tape).
                     AND price > 0 AND price < 1) AS canonical
             GROUP BY market_id
         )
         INSERT INTO market_windows (market_id, time_window, as_of, trades, buyers, sellers, buy_usdc, sell_usdc, whale_usdc,
                                     smart_usdc, change)
         SELECT c.market_id, $1, $3, trades, buyers, sellers, buy_usdc, sell_usdc,
                CASE WHEN classed.any THEN whale_usdc END, CASE WHEN classed.any THEN smart_usdc END,
                late.close - early.close
         FROM counted c CROSS JOIN classed
         LEFT JOIN LATERAL (SELECT close FROM prices_1m p WHERE p.market_id = c.market_id
                              AND p.minute <= $3 - interval '1 minute' AND p.minute >= $3 - $4 - interval '1 minute'
                            ORDER BY minute DESC LIMIT 1) AS late ON true
         LEFT JOIN LATERAL (SELECT close FROM prices_1m p WHERE p.market_id = c.market_id
                              AND p.minute <= $2 - interval '1 minute' AND p.minute >= $2 - $4 - interval '1 minute'
                            ORDER BY minute DESC LIMIT 1) AS early ON true
         ON CONFLICT (market_id, time_window) DO UPDATE SET
             as_of = EXCLUDED.as_of, trades = EXCLUDED.trades, buyers = EXCLUDED.buyers, sellers = EXCLUDED.sellers,
             buy_usdc = EXCLUDED.buy_usdc, sell_usdc = EXCLUDED.sell_usdc, whale_usdc = EXCLUDED.whale_usdc,
             smart_usdc = EXCLUDED.smart_usdc, change = EXCLUDED.change",
    )
    .bind(window.slug())
    .bind(now - window.length())
    .bind(now)
    .bind(window.tolerance())
    .execute(&mut *tx)
    .await?
    .rows_affected();
    sqlx::query("DELETE FROM market_windows WHERE time_window = $1 AND as_of < $2")
        .bind(window.slug())
        .bind(now)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO counted_windows (time_window, as_of) VALUES ($1, $2)
         ON CONFLICT (time_window) DO UPDATE SET as_of = EXCLUDED.as_of",
    )
    .bind(window.slug())
    .bind(now)
    .execute(&mut *tx)
    .await?;
    notify(&mut *tx, WINDOWS_CHANNEL, window.slug()).await?;
    tx.commit().await?;
    Ok(written)
}

/// Forgets what was counted of a window: the tape does not cover it.
pub async fn forget(connection: &mut PgConnection, window: Window) -> Result<(), StoreError> {
    let mut tx = connection.begin().await?;
    sqlx::query("DELETE FROM market_windows WHERE time_window = $1")
        .bind(window.slug())
        .execute(&mut *tx)
        .await?;
    let was_counted = sqlx::query("DELETE FROM counted_windows WHERE time_window = $1")
        .bind(window.slug())
        .execute(&mut *tx)
        .await?;
    if was_counted.rows_affected() > 0 {
        notify(&mut *tx, WINDOWS_CHANNEL, window.slug()).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The windows that are counted, each with the end of its last count. The others are unknown.
pub async fn counted(
    executor: impl PgExecutor<'_>,
) -> Result<Vec<(Window, DateTime<Utc>)>, StoreError> {
    let rows =
        sqlx::query("SELECT time_window, as_of FROM counted_windows ORDER BY time_window LIMIT 10")
            .fetch_all(executor)
            .await?;
    let decode = |row: &PgRow| Ok((parsed(column(row, "time_window")?)?, column(row, "as_of")?));
    rows.iter().map(decode).collect()
}

/// The last count of a window: one row for each market that traded in it. `None` where it is unknown.
pub async fn of(
    executor: impl PgExecutor<'_>,
    window: Window,
) -> Result<Option<CountedWindow>, StoreError> {
    // One statement, so that the rows are those of that count.
    let rows = sqlx::query(
        "SELECT c.time_window, c.as_of, w.market_id, w.trades, w.buyers, w.sellers, w.buy_usdc, w.sell_usdc, w.whale_usdc,
                w.smart_usdc, w.change
         FROM counted_windows c LEFT JOIN market_windows w ON w.time_window = c.time_window AND w.as_of = c.as_of
         WHERE c.time_window = $1",
    )
    .bind(window.slug())
    .fetch_all(executor)
    .await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let as_of = column(first, "as_of")?;
    let mut markets = Vec::with_capacity(rows.len());
    for row in &rows {
        if column::<Option<String>>(row, "market_id")?.is_some() {
            markets.push(decode(row)?);
        }
    }
    Ok(Some(CountedWindow { window, as_of, markets }))
}

fn decode(row: &PgRow) -> Result<MarketWindow, StoreError> {
    Ok(MarketWindow {
        market_id: parsed(column(row, "market_id")?)?,
        trades: column(row, "trades")?,
        buyers: column(row, "buyers")?,
        sellers: column(row, "sellers")?,
        buy_usdc: column(row, "buy_usdc")?,
        sell_usdc: column(row, "sell_usdc")?,
        whale_usdc: column(row, "whale_usdc")?,
        smart_usdc: column(row, "smart_usdc")?,
        change: column(row, "change")?,
    })
}
