//! Minute and hour bars, what is recorded of a market, and what is not.
//!
//! Minutes with trades follow from the tape and are made anew whenever it changes; minutes without come from
//! the quotes at their end; upstream's price history fills what was before either.

use chrono::{DateTime, TimeDelta, Utc};
use domain::MarketId;
use domain::bars::{Bar, BarSource};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgExecutor, Row};

use crate::StoreError;
use crate::column::{amount, column};

/// The best prices of a market's outcome 0 at the end of a minute.
#[derive(Debug, Clone, PartialEq)]
pub struct Quote {
    /// The market.
    pub market_id: MarketId,
    /// Best bid; `None` when nobody bids.
    pub bid: Option<Decimal>,
    /// Best ask; `None` when nobody asks.
    pub ask: Option<Decimal>,
    /// The midpoint, where it is a price people would show: both sides, at most 0.10 apart.
    pub mid: Option<Decimal>,
}

/// A time in which a market's quotes were not recorded.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RecordingGap {
    /// When it began.
    pub from_at: DateTime<Utc>,
    /// When it ended.
    pub to_at: DateTime<Utc>,
    /// Why.
    pub cause: String,
}

/// What is recorded of a market.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Recording {
    /// Since when its quotes are; `None` when they never were.
    pub recorded_since: Option<DateTime<Utc>>,
    /// Until when they were.
    pub recorded_until: Option<DateTime<Utc>>,
    /// When upstream's price history was asked for.
    pub backfilled_at: Option<DateTime<Utc>>,
}

/// Which bars to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// `prices_1m`.
    Minute,
    /// `prices_1h`, whose last one may still be growing.
    Hour,
}

/// Makes the bars of minutes and hours anew from the tape. `market_ids` and `minutes` are aligned.
pub(crate) async fn rebuild(
    connection: &mut PgConnection,
    market_ids: &[&str],
    minutes: &[DateTime<Utc>],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if market_ids.is_empty() {
        return Ok(());
    }
    forget_emptied(connection, market_ids, minutes).await?;
    // Within a second upstream knows no order; by hash and number it is at least always the same.
    sqlx::query(
        "WITH touched AS (
             SELECT DISTINCT market_id, minute FROM unnest($1::text[], $2::timestamptz[]) AS t (market_id, minute)
         )
         INSERT INTO prices_1m (market_id, minute, open, high, low, close, volume_usdc, volume_shares, trades,
                                source, resolution_s, observed_at)
         SELECT market_id, minute, (array_agg(price ORDER BY traded_at, transaction_hash, wallet_address, ordinal))[1],
                max(price), min(price),
                (array_agg(price ORDER BY traded_at DESC, transaction_hash DESC, wallet_address DESC, ordinal DESC))[1],
                sum(usdc), sum(shares), count(*), 'trades', 60, $3
         FROM (SELECT t.market_id, t.minute, x.traded_at, x.transaction_hash, x.wallet_address, x.ordinal, x.usdc,
                      x.shares, CASE x.outcome_index WHEN 0 THEN x.price ELSE 1 - x.price END AS price
               FROM touched t JOIN trades x
                 ON x.market_id = t.market_id AND x.traded_at >= t.minute
                    AND x.traded_at < t.minute + interval '1 minute' AND x.outcome_index < 2
                    -- Redemptions that look like trades.
                    AND x.price > 0 AND x.price < 1) AS canonical
         GROUP BY market_id, minute
         ON CONFLICT (market_id, minute) DO UPDATE SET
             open = EXCLUDED.open, high = EXCLUDED.high, low = EXCLUDED.low, close = EXCLUDED.close,
             volume_usdc = EXCLUDED.volume_usdc, volume_shares = EXCLUDED.volume_shares, trades = EXCLUDED.trades,
             source = 'trades', resolution_s = 60, observed_at = EXCLUDED.observed_at",
    )
    .bind(market_ids)
    .bind(minutes)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    rebuild_hours(connection, market_ids, minutes, now).await
}

/// Takes away bars of trades whose trades turned out to be of another minute.
async fn forget_emptied(
    connection: &mut PgConnection,
    market_ids: &[&str],
    minutes: &[DateTime<Utc>],
) -> Result<(), StoreError> {
    sqlx::query(
        "WITH emptied AS (
             DELETE FROM prices_1m p
             USING unnest($1::text[], $2::timestamptz[]) AS t (market_id, minute)
             WHERE p.market_id = t.market_id AND p.minute = t.minute AND p.source = 'trades'
               AND NOT EXISTS (SELECT FROM trades x WHERE x.market_id = t.market_id
                               AND x.traded_at >= t.minute AND x.traded_at < t.minute + interval '1 minute')
             RETURNING p.market_id, date_trunc('hour', p.minute, 'UTC') AS hour
         )
         -- Made anew from the minutes that are left, if any are.
         DELETE FROM prices_1h h USING emptied e WHERE h.market_id = e.market_id AND h.hour = e.hour",
    )
    .bind(market_ids)
    .bind(minutes)
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes the hours that hold these minutes anew from their minutes.
async fn rebuild_hours(
    connection: &mut PgConnection,
    market_ids: &[&str],
    minutes: &[DateTime<Utc>],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "WITH touched AS (
             SELECT DISTINCT market_id, date_trunc('hour', minute, 'UTC') AS hour
             FROM unnest($1::text[], $2::timestamptz[]) AS t (market_id, minute)
         )
         INSERT INTO prices_1h (market_id, hour, open, high, low, close, volume_usdc, volume_shares, trades, bid, ask,
                                source, resolution_s, observed_at)
         SELECT t.market_id, t.hour, (array_agg(open ORDER BY minute))[1], max(high), min(low),
                (array_agg(close ORDER BY minute DESC))[1], sum(volume_usdc), sum(volume_shares), sum(trades),
                (array_agg(bid ORDER BY minute DESC))[1], (array_agg(ask ORDER BY minute DESC))[1],
                CASE WHEN bool_or(source = 'trades') THEN 'trades' WHEN bool_or(source = 'quotes') THEN 'quotes'
                     ELSE 'history' END,
                CASE WHEN bool_and(source = 'history') THEN greatest(3600, max(resolution_s)) ELSE 3600 END, $3
         FROM touched t JOIN prices_1m p
           ON p.market_id = t.market_id AND p.minute >= t.hour AND p.minute < t.hour + interval '1 hour'
         GROUP BY t.market_id, t.hour
         ON CONFLICT (market_id, hour) DO UPDATE SET
             open = EXCLUDED.open, high = EXCLUDED.high, low = EXCLUDED.low, close = EXCLUDED.close,
             volume_usdc = EXCLUDED.volume_usdc, volume_shares = EXCLUDED.volume_shares, trades = EXCLUDED.trades,
             bid = EXCLUDED.bid, ask = EXCLUDED.ask, source = EXCLUDED.source,
             resolution_s = EXCLUDED.resolution_s, observed_at = EXCLUDED.observed_at",
    )
    .bind(market_ids)
    .bind(minutes)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes the quotes at the end of `minute`, in one transaction with the recordings they extend.
///
/// A market whose quotes were recorded before, but not in the minute before this one, gets a gap with `cause`.
pub async fn record_quotes(
    connection: &mut PgConnection,
    minute: DateTime<Utc>,
    quotes: &[Quote],
    now: DateTime<Utc>,
    cause: &str,
) -> Result<(), StoreError> {
    if quotes.is_empty() {
        return Ok(());
    }
    let market_ids: Vec<&str> = quotes.iter().map(|quote| quote.market_id.as_str()).collect();
    let bids: Vec<_> = quotes.iter().map(|quote| quote.bid).collect();
    let asks: Vec<_> = quotes.iter().map(|quote| quote.ask).collect();
    let mids: Vec<_> = quotes.iter().map(|quote| quote.mid).collect();
    let mut tx = sqlx::Connection::begin(connection).await?;
    // A minute with trades, or one without a midpoint, only learns its best prices.
    sqlx::query(
        "WITH quotes AS (
             SELECT * FROM unnest($1::text[], $2::numeric[], $3::numeric[], $4::numeric[]) AS q (market_id, bid, ask, mid)
         ), inserted AS (
             INSERT INTO prices_1m (market_id, minute, open, high, low, close, volume_usdc, volume_shares, trades,
                                    bid, ask, source, resolution_s, observed_at)
             SELECT market_id, $5, mid, mid, mid, mid, 0, 0, 0, bid, ask, 'quotes', 60, $6
             FROM quotes WHERE mid IS NOT NULL
             ON CONFLICT (market_id, minute) DO UPDATE SET
                 bid = EXCLUDED.bid, ask = EXCLUDED.ask, observed_at = EXCLUDED.observed_at
         )
         UPDATE prices_1m p SET bid = q.bid, ask = q.ask
         FROM quotes q WHERE q.mid IS NULL AND p.market_id = q.market_id AND p.minute = $5",
    )
    .bind(&market_ids)
    .bind(&bids)
    .bind(&asks)
    .bind(&mids)
    .bind(minute)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    // Minutes come in their order, so an hour grows at its end.
    sqlx::query(
        "INSERT INTO prices_1h (market_id, hour, open, high, low, close, volume_usdc, volume_shares, trades, bid, ask,
                                source, resolution_s, observed_at)
         SELECT market_id, date_trunc('hour', minute, 'UTC'), open, high, low, close, volume_usdc, volume_shares,
                trades, bid, ask, source, 3600, observed_at
         FROM prices_1m WHERE minute = $2 AND market_id = ANY($1)
         ON CONFLICT (market_id, hour) DO UPDATE SET
             high = greatest(prices_1h.high, EXCLUDED.high), low = least(prices_1h.low, EXCLUDED.low),
             close = EXCLUDED.close, bid = EXCLUDED.bid, ask = EXCLUDED.ask,
             source = CASE prices_1h.source WHEN 'history' THEN EXCLUDED.source ELSE prices_1h.source END,
             resolution_s = 3600, observed_at = EXCLUDED.observed_at",
    )
    .bind(&market_ids)
    .bind(minute)
    .execute(&mut *tx)
    .await?;
    extend_recordings(&mut tx, &market_ids, minute, cause).await?;
    tx.commit().await?;
    Ok(())
}

/// Notes that the quotes of these markets were recorded for `minute`, and the gap before it where there is one.
async fn extend_recordings(
    connection: &mut PgConnection,
    market_ids: &[&str],
    minute: DateTime<Utc>,
    cause: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO recording_gaps (market_id, from_at, to_at, cause)
         SELECT market_id, recorded_until, $2, $3 FROM market_recordings
         WHERE market_id = ANY($1) AND recorded_until < $2
         ON CONFLICT (market_id, from_at) DO NOTHING",
    )
    .bind(market_ids)
    .bind(minute)
    .bind(cause)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO market_recordings (market_id, recorded_since, recorded_until)
         SELECT market_id, $2, $3 FROM unnest($1::text[]) AS m (market_id)
         ON CONFLICT (market_id) DO UPDATE SET
             recorded_since = least(market_recordings.recorded_since, EXCLUDED.recorded_since),
             recorded_until = greatest(market_recordings.recorded_until, EXCLUDED.recorded_until)",
    )
    .bind(market_ids)
    .bind(minute)
    .bind(minute + TimeDelta::minutes(1))
    .execute(connection)
    .await?;
    Ok(())
}

/// Fills minutes that have no bar with points of upstream's price history, `resolution_s` apart. What was
/// recorded is never overwritten.
pub async fn backfill(
    connection: &mut PgConnection,
    market_id: &MarketId,
    points: &[(DateTime<Utc>, Decimal, i32)],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let minutes: Vec<_> = points.iter().map(|&(at, ..)| at).collect();
    let prices: Vec<_> = points.iter().map(|&(_, price, _)| price).collect();
    let resolutions: Vec<_> = points.iter().map(|&(.., resolution_s)| resolution_s).collect();
    let mut tx = sqlx::Connection::begin(connection).await?;
    let written: Vec<DateTime<Utc>> = sqlx::query_scalar(
        "INSERT INTO prices_1m (market_id, minute, open, high, low, close, source, resolution_s, observed_at)
         SELECT DISTINCT ON (date_trunc('minute', at)) $1, date_trunc('minute', at), price, price, price, price,
                'history', resolution_s, $5
         FROM unnest($2::timestamptz[], $3::numeric[], $4::integer[]) AS p (at, price, resolution_s)
         ORDER BY date_trunc('minute', at), resolution_s, at DESC
         ON CONFLICT (market_id, minute) DO NOTHING
         RETURNING minute",
    )
    .bind(market_id.as_str())
    .bind(&minutes)
    .bind(&prices)
    .bind(&resolutions)
    .bind(now)
    .fetch_all(&mut *tx)
    .await?;
    let market_ids = vec![market_id.as_str(); written.len()];
    rebuild_hours(&mut tx, &market_ids, &written, now).await?;
    let sql = "INSERT INTO market_recordings (market_id, backfilled_at) VALUES ($1, $2)
               ON CONFLICT (market_id) DO UPDATE SET backfilled_at = EXCLUDED.backfilled_at";
    sqlx::query(sql)
        .bind(market_id.as_str())
        .bind(now)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(written.len() as u64)
}

/// Bars of a market that begin in `[from, to)`, in their order; at most 50,000.
pub async fn bars(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    grain: Grain,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Bar>, StoreError> {
    let sql = match grain {
        Grain::Minute => {
            "SELECT minute AS at, open, high, low, close, volume_usdc, volume_shares, trades, bid, ask, source,
                    resolution_s
             FROM prices_1m WHERE market_id = $1 AND minute >= $2 AND minute < $3 ORDER BY minute LIMIT 50000"
        }
        Grain::Hour => {
            "SELECT hour AS at, open, high, low, close, volume_usdc, volume_shares, trades, bid, ask, source,
                    resolution_s
             FROM prices_1h WHERE market_id = $1 AND hour >= $2 AND hour < $3 ORDER BY hour LIMIT 50000"
        }
    };
    let rows = sqlx::query(sql).bind(market_id.as_str()).bind(from).bind(to).fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<Bar, StoreError> {
    todo!("{row:?}")
}

/// What is recorded of a market; `None` when nothing is.
pub async fn recording(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
) -> Result<Option<Recording>, StoreError> {
    let sql = "SELECT recorded_since, recorded_until, backfilled_at FROM market_recordings WHERE market_id = $1";
    Ok(sqlx::query_as(sql).bind(market_id.as_str()).fetch_optional(executor).await?)
}

/// The gaps of a market's recording that touch `[from, to)`, in their order.
pub async fn gaps(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<RecordingGap>, StoreError> {
    let sql = "SELECT from_at, to_at, cause FROM recording_gaps
               WHERE market_id = $1 AND to_at > $2 AND from_at < $3 ORDER BY from_at LIMIT 1000";
    Ok(sqlx::query_as(sql)
        .bind(market_id.as_str())
        .bind(from)
        .bind(to)
        .fetch_all(executor)
        .await?)
}
