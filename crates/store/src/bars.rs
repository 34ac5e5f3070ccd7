//! Minute and hour bars, what is recorded of a market, and what is not.
//!
//! Bars follow from what is held: minutes from the tape and the quotes at their ends, hours from minutes, all by
//! [`domain::bars`]. They are made anew whenever something they follow from changes. Upstream's price history fills
//! minutes of which nothing is held.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::bars::{self, Bar, BarSource, BarVolume, Interval, MinuteQuote};
use domain::{MarketId, Price, Shares, Usdc};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Connection, FromRow, PgConnection, PgExecutor};

use crate::StoreError;
use crate::column::{amount, column};
use crate::{months, tape};

/// A market and a minute, or an hour.
pub(crate) type Place = (String, DateTime<Utc>);

/// The best prices of a market's outcome 0: at the end of a minute, or when it was looked at within one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The market.
    pub market_id: MarketId,
    /// Best bid; `None` when nobody bids.
    pub bid: Option<Price>,
    /// Best ask; `None` when nobody asks.
    pub ask: Option<Price>,
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
    /// When upstream's price history was read, as fine as there is.
    pub detailed_at: Option<DateTime<Utc>>,
}

/// A table of bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// By the minute.
    Minute,
    /// By the hour. The last one may still be growing.
    Hour,
}

impl Grain {
    /// The finest one of which bars of this length can be made.
    pub fn of(interval: Interval) -> Self {
        if interval < Interval::Hour { Self::Minute } else { Self::Hour }
    }

    fn table(self) -> (&'static str, &'static str) {
        match self {
            Self::Minute => ("prices_1m", "minute"),
            Self::Hour => ("prices_1h", "hour"),
        }
    }
}

const COLUMNS: &str =
    "open, high, low, close, volume_usdc, volume_shares, trades, bid, ask, source";

/// Makes the bars of these minutes, and of the hours they are in, anew. `quotes` are the best prices at the ends of
/// some of them; of the others those that are held count.
pub(crate) async fn rebuild(
    connection: &mut PgConnection,
    minutes: &BTreeSet<Place>,
    quotes: &BTreeMap<Place, MinuteQuote>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if minutes.is_empty() {
        return Ok(());
    }
    let mut held = held_quotes(connection, minutes).await?;
    held.extend(quotes.clone());
    let prints = tape::of_minutes(connection, minutes).await?;
    let mut by_market: BTreeMap<&str, Vec<Bar>> = BTreeMap::new();
    let markets: BTreeSet<&str> = minutes.iter().map(|(market, _)| market.as_str()).collect();
    for market in markets {
        let of_market = prints.get(market).map(Vec::as_slice).unwrap_or_default();
        let ordinal = |ordinal: i32| u32::try_from(ordinal).unwrap_or(u32::MAX);
        let prints =
            of_market.iter().filter_map(|stored| stored.trade.print(ordinal(stored.ordinal)));
        let quotes = held.iter().filter(|((of, _), _)| of == market).map(|(_, quote)| *quote);
        by_market.insert(market, bars::minute_bars(prints.collect(), quotes.collect()));
    }
    replace(connection, Grain::Minute, minutes, &by_market, now).await?;
    rebuild_hours(connection, minutes, now).await
}

/// Makes the hours anew in which these minutes are.
async fn rebuild_hours(
    connection: &mut PgConnection,
    minutes: &BTreeSet<Place>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let hours: BTreeSet<Place> = minutes
        .iter()
        .map(|(market, minute)| (market.clone(), Interval::Hour.bucket(*minute)))
        .collect();
    let (ids, begins) = unzipped(&hours);
    let sql = format!(
        "SELECT p.market_id, p.minute AS at, {COLUMNS}
         FROM unnest($1::text[], $2::timestamptz[]) AS t (market_id, hour)
         JOIN prices_1m p ON p.market_id = t.market_id AND p.minute >= t.hour
                             AND p.minute < t.hour + interval '1 hour'
         ORDER BY p.market_id, p.minute"
    );
    let rows =
        sqlx::query(AssertSqlSafe(sql)).bind(ids).bind(begins).fetch_all(&mut *connection).await?;
    let mut by_market: BTreeMap<&str, Vec<Bar>> = BTreeMap::new();
    for row in &rows {
        by_market.entry(column(row, "market_id")?).or_default().push(decode(row)?);
    }
    for bars in by_market.values_mut() {
        *bars = bars::aggregate(bars, Interval::Hour);
    }
    replace(connection, Grain::Hour, &hours, &by_market, now).await
}

/// The best prices that are held of minutes, from streams only: history has none.
async fn held_quotes(
    connection: &mut PgConnection,
    minutes: &BTreeSet<Place>,
) -> Result<BTreeMap<Place, MinuteQuote>, StoreError> {
    let (ids, begins) = unzipped(minutes);
    let rows = sqlx::query(
        "SELECT market_id, minute, bid, ask FROM prices_1m
         JOIN unnest($1::text[], $2::timestamptz[]) AS t (market_id, minute) USING (market_id, minute)
         WHERE bid IS NOT NULL OR ask IS NOT NULL",
    )
    .bind(ids)
    .bind(begins)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let minute = column(row, "minute")?;
            let price = |name| amount(column::<Option<Decimal>>(row, name)?);
            let quote = MinuteQuote { minute, bid: price("bid")?, ask: price("ask")? };
            Ok(((column(row, "market_id")?, minute), quote))
        })
        .collect()
}

/// Puts bars in the places named; places without one are emptied, unless history is all that is known of them.
async fn replace(
    connection: &mut PgConnection,
    grain: Grain,
    places: &BTreeSet<Place>,
    bars: &BTreeMap<&str, Vec<Bar>>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (table, begin) = grain.table();
    let new: Vec<(&str, &Bar)> =
        bars.iter().flat_map(|(market, bars)| bars.iter().map(|bar| (*market, bar))).collect();
    let filled: BTreeSet<(&str, DateTime<Utc>)> =
        new.iter().map(|(market, bar)| (*market, bar.at)).collect();
    let emptied: BTreeSet<Place> = places
        .iter()
        .filter(|(market, at)| !filled.contains(&(market.as_str(), *at)))
        .cloned()
        .collect();
    if !emptied.is_empty() {
        let (ids, begins) = unzipped(&emptied);
        let sql = format!(
            "DELETE FROM {table} b USING unnest($1::text[], $2::timestamptz[]) AS t (market_id, at)
             WHERE b.market_id = t.market_id AND b.{begin} = t.at AND b.source <> 'history'"
        );
        sqlx::query(AssertSqlSafe(sql)).bind(ids).bind(begins).execute(&mut *connection).await?;
    }
    if new.is_empty() {
        return Ok(());
    }
    months::prepare(&mut *connection, table, new.iter().map(|(_, bar)| bar.at).collect()).await?;
    let sql = format!(
        "INSERT INTO {table} AS b (market_id, {begin}, {COLUMNS}, observed_at)
         SELECT *, $13 FROM unnest($1::text[], $2::timestamptz[], $3::numeric[], $4::numeric[], $5::numeric[],
                                   $6::numeric[], $7::numeric[], $8::numeric[], $9::integer[], $10::numeric[],
                                   $11::numeric[], $12::text[])
         ON CONFLICT (market_id, {begin}) DO UPDATE SET
             open = EXCLUDED.open, high = EXCLUDED.high, low = EXCLUDED.low, close = EXCLUDED.close,
             volume_usdc = EXCLUDED.volume_usdc, volume_shares = EXCLUDED.volume_shares, trades = EXCLUDED.trades,
             bid = EXCLUDED.bid, ask = EXCLUDED.ask, source = EXCLUDED.source, observed_at = EXCLUDED.observed_at"
    );
    let prices = |read: fn(&Bar) -> Price| -> Vec<Decimal> {
        new.iter().map(|(_, bar)| read(bar).decimal()).collect()
    };
    let quotes = |read: fn(&Bar) -> Option<Price>| -> Vec<Option<Decimal>> {
        new.iter().map(|(_, bar)| read(bar).map(Price::decimal)).collect()
    };
    let volumes = |read: fn(&BarVolume) -> Decimal| -> Vec<Option<Decimal>> {
        new.iter().map(|(_, bar)| bar.volume.as_ref().map(read)).collect()
    };
    let trades: Vec<Option<i32>> = new
        .iter()
        .map(|(_, bar)| bar.volume.and_then(|volume| i32::try_from(volume.trades).ok()))
        .collect();
    sqlx::query(AssertSqlSafe(sql))
        .bind(new.iter().map(|(market, _)| *market).collect::<Vec<_>>())
        .bind(new.iter().map(|(_, bar)| bar.at).collect::<Vec<_>>())
        .bind(prices(|bar| bar.open))
        .bind(prices(|bar| bar.high))
        .bind(prices(|bar| bar.low))
        .bind(prices(|bar| bar.close))
        .bind(volumes(|volume| volume.usdc.decimal()))
        .bind(volumes(|volume| volume.shares.decimal()))
        .bind(trades)
        .bind(quotes(|bar| bar.bid))
        .bind(quotes(|bar| bar.ask))
        .bind(new.iter().map(|(_, bar)| bar.source.slug()).collect::<Vec<_>>())
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

fn unzipped(places: &BTreeSet<Place>) -> (Vec<&str>, Vec<DateTime<Utc>>) {
    places.iter().map(|(market, at)| (market.as_str(), *at)).unzip()
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
    let mut tx = connection.begin().await?;
    write_quotes(&mut tx, minute, quotes, now).await?;
    let market_ids: Vec<&str> = quotes.iter().map(|quote| quote.market_id.as_str()).collect();
    extend_recordings(&mut tx, &market_ids, minute, cause).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes quotes of markets that were looked at once within `minute`. Nothing is said of any other minute: what is
/// only looked at is not recorded, so that nothing is extended, and no gap begins or ends.
pub async fn record_looks(
    connection: &mut PgConnection,
    minute: DateTime<Utc>,
    quotes: &[Quote],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut tx = connection.begin().await?;
    write_quotes(&mut tx, minute, quotes, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes the bars of a minute anew with these quotes.
async fn write_quotes(
    connection: &mut PgConnection,
    minute: DateTime<Utc>,
    quotes: &[Quote],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let told: BTreeMap<Place, MinuteQuote> = quotes
        .iter()
        .map(|quote| {
            let place = (quote.market_id.to_string(), minute);
            (place, MinuteQuote { minute, bid: quote.bid, ask: quote.ask })
        })
        .collect();
    rebuild(connection, &told.keys().cloned().collect(), &told, now).await
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
        "INSERT INTO market_recordings AS r (market_id, recorded_since, recorded_until)
         SELECT market_id, $2, $3 FROM unnest($1::text[]) AS m (market_id)
         ON CONFLICT (market_id) DO UPDATE SET
             recorded_since = least(r.recorded_since, EXCLUDED.recorded_since),
             recorded_until = greatest(r.recorded_until, EXCLUDED.recorded_until)",
    )
    .bind(market_ids)
    .bind(minute)
    .bind(minute + TimeDelta::minutes(1))
    .execute(connection)
    .await?;
    Ok(())
}

/// How fine a price history is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryDetail {
    /// By the hour: enough for a line.
    Coarse,
    /// By the minute, as far as upstream keeps it.
    Fine,
}

/// Fills minutes that have no bar with points of upstream's price history of outcome 0. What was recorded is never
/// overwritten. Where the tape is complete, nothing was traded in them; elsewhere their volume is unknown. Tells how
/// many bars are new.
pub async fn backfill(
    connection: &mut PgConnection,
    market_id: &MarketId,
    points: Vec<(DateTime<Utc>, Price)>,
    detail: HistoryDetail,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let mut tx = connection.begin().await?;
    let history = bars::history_bars(points, Interval::Minute);
    let held: Vec<DateTime<Utc>> = sqlx::query_scalar(
        "SELECT minute FROM prices_1m WHERE market_id = $1 AND minute = ANY($2)",
    )
    .bind(market_id.as_str())
    .bind(history.iter().map(|bar| bar.at).collect::<Vec<_>>())
    .fetch_all(&mut *tx)
    .await?;
    let held: BTreeSet<DateTime<Utc>> = held.into_iter().collect();
    let progress = tape::progress_of(&mut *tx, market_id).await?;
    let is_covered = |bar: &Bar| {
        let end = bar.at + Interval::Minute.length();
        progress.is_some_and(|tape| tape.complete_from <= bar.at && end <= tape.complete_to)
    };
    let new: Vec<Bar> = history
        .into_iter()
        .filter(|bar| !held.contains(&bar.at))
        .map(|bar| Bar { volume: is_covered(&bar).then_some(BarVolume::NONE), ..bar })
        .collect();
    let count = new.len();
    let minutes: BTreeSet<Place> = new.iter().map(|bar| (market_id.to_string(), bar.at)).collect();
    let bars = BTreeMap::from([(market_id.as_str(), new)]);
    replace(&mut tx, Grain::Minute, &minutes, &bars, now).await?;
    rebuild_hours(&mut tx, &minutes, now).await?;
    let fine = (detail == HistoryDetail::Fine).then_some(now);
    sqlx::query(
        "INSERT INTO market_recordings AS r (market_id, backfilled_at, detailed_at) VALUES ($1, $2, $3)
         ON CONFLICT (market_id) DO UPDATE SET
             backfilled_at = EXCLUDED.backfilled_at, detailed_at = coalesce(EXCLUDED.detailed_at, r.detailed_at)",
    )
    .bind(market_id.as_str())
    .bind(now)
    .bind(fine)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(count)
}

/// Bars of a market that begin in `[from, to)`, in their order; at most 50,000.
pub async fn of_market(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    grain: Grain,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Bar>, StoreError> {
    let (table, begin) = grain.table();
    let sql = format!(
        "SELECT {begin} AS at, {COLUMNS} FROM {table}
         WHERE market_id = $1 AND {begin} >= $2 AND {begin} < $3 ORDER BY {begin} LIMIT 50000"
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(market_id.as_str()).bind(from).bind(to);
    query.fetch_all(executor).await?.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<Bar, StoreError> {
    let price = |name| Price::new(column(row, name)?).map_err(StoreError::other);
    let quote = |name| amount(column::<Option<Decimal>>(row, name)?);
    let usdc: Option<Usdc> = amount(column::<Option<Decimal>>(row, "volume_usdc")?)?;
    let shares: Option<Shares> = amount(column::<Option<Decimal>>(row, "volume_shares")?)?;
    let trades: Option<i32> = column(row, "trades")?;
    let source: &str = column(row, "source")?;
    let source = BarSource::ALL.into_iter().find(|known| known.slug() == source);
    Ok(Bar {
        at: column(row, "at")?,
        open: price("open")?,
        high: price("high")?,
        low: price("low")?,
        close: price("close")?,
        volume: usdc.zip(shares).zip(trades).and_then(|((usdc, shares), trades)| {
            Some(BarVolume { usdc, shares, trades: u32::try_from(trades).ok()? })
        }),
        bid: quote("bid")?,
        ask: quote("ask")?,
        source: source.ok_or_else(|| StoreError::other("a bar of no known source"))?,
    })
}

/// What is recorded of a market; `None` when nothing is.
pub async fn recording(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
) -> Result<Option<Recording>, StoreError> {
    let sql = "SELECT recorded_since, recorded_until, detailed_at FROM market_recordings WHERE market_id = $1";
    Ok(sqlx::query_as(sql).bind(market_id.as_str()).fetch_optional(executor).await?)
}

/// The gaps of a market's recording that touch `[from, to)`, in their order; at most 1,000.
pub async fn gaps(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<RecordingGap>, StoreError> {
    let sql = "SELECT from_at, to_at, cause FROM recording_gaps
               WHERE market_id = $1 AND to_at > $2 AND from_at < $3 ORDER BY from_at LIMIT 1000";
    let query = sqlx::query_as(sql).bind(market_id.as_str()).bind(from).bind(to);
    Ok(query.fetch_all(executor).await?)
}
