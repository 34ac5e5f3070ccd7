//! What is known of markets at the moment something is said of them, and what became of them afterwards.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, ConditionId, EventId, FeeSchedule, MarketId, Price};
use rust_decimal::Decimal;
use sqlx::PgExecutor;
use sqlx::postgres::PgRow;

use crate::StoreError;
use crate::column::{amount, column, parsed};
use crate::wallets::address;

/// How old a recorded quote may be that stands for the present.
const FRESH: TimeDelta = TimeDelta::minutes(5);

/// An open market as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketScene {
    /// The market.
    pub market_id: MarketId,
    /// Its condition.
    pub condition_id: ConditionId,
    /// Its event, where it has one.
    pub event_id: Option<EventId>,
    /// What takers pay; `None` unknown.
    pub fee: Option<FeeSchedule>,
    /// The best bid and ask for outcome 0 that were recorded last, within five minutes.
    pub quote: Option<(Price, Price)>,
}

/// Those of some markets that are open and have two outcomes.
pub async fn of(
    executor: impl PgExecutor<'_>,
    markets: &[&str],
    now: DateTime<Utc>,
) -> Result<Vec<MarketScene>, StoreError> {
    let rows = sqlx::query(
        "SELECT m.market_id, m.condition_id, m.event_id, m.fee_rate, m.fee_exponent, q.bid, q.ask
         FROM markets m LEFT JOIN LATERAL (
             SELECT bid, ask FROM prices_1m p WHERE p.market_id = m.market_id AND p.minute > $2 AND p.minute <= $3
             ORDER BY minute DESC LIMIT 1) AS q ON true
         WHERE m.market_id = ANY($1) AND NOT m.closed AND m.delisted_at IS NULL AND m.condition_id IS NOT NULL
           AND cardinality(m.token_ids) = 2",
    )
    .bind(markets)
    .bind(now - FRESH)
    .bind(now)
    .fetch_all(executor)
    .await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<MarketScene, StoreError> {
    let event: Option<&str> = column(row, "event_id")?;
    let (rate, exponent): (Option<Decimal>, Option<Decimal>) =
        (column(row, "fee_rate")?, column(row, "fee_exponent")?);
    let fee = match rate {
        Some(rate) if rate.is_zero() => Some(FeeSchedule::FREE),
        rate => rate.zip(exponent).and_then(|(rate, exponent)| FeeSchedule::new(rate, exponent)),
    };
    let bid: Option<Price> = amount(column::<Option<Decimal>>(row, "bid")?)?;
    let ask: Option<Price> = amount(column::<Option<Decimal>>(row, "ask")?)?;
    Ok(MarketScene {
        market_id: parsed(column(row, "market_id")?)?,
        condition_id: parsed(column(row, "condition_id")?)?,
        event_id: event.map(parsed).transpose()?,
        fee,
        quote: bid.zip(ask),
    })
}

/// The minutes of some markets since an instant with the prices at their ends, by market and time; no points of
/// upstream's own history, which are not prices of minutes.
pub async fn closes(
    executor: impl PgExecutor<'_>,
    markets: &[&str],
    since: DateTime<Utc>,
) -> Result<Vec<(String, DateTime<Utc>, Price)>, StoreError> {
    let rows: Vec<(String, DateTime<Utc>, Decimal)> = sqlx::query_as(
        "SELECT p.market_id, p.minute + interval '1 minute', p.close
         FROM unnest($1::text[]) AS n (market_id) JOIN prices_1m p ON p.market_id = n.market_id
         WHERE p.minute >= $2 AND p.source <> 'history' ORDER BY p.market_id, p.minute",
    )
    .bind(markets)
    .bind(since)
    .fetch_all(executor)
    .await?;
    let price = |close: Decimal| Price::new(close).map_err(StoreError::other);
    rows.into_iter().map(|(market, at, close)| Ok((market, at, price(close)?))).collect()
}

/// The whole hours of some markets since an instant in which something was traded, with the dollars, by market and time.
pub async fn hourly_volumes(
    executor: impl PgExecutor<'_>,
    markets: &[&str],
    since: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<(String, DateTime<Utc>, f64)>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT p.market_id, p.hour, p.volume_usdc::double precision
         FROM unnest($1::text[]) AS n (market_id) JOIN prices_1h p ON p.market_id = n.market_id
         WHERE p.hour >= $2 AND p.hour < $3 AND p.volume_usdc > 0 ORDER BY p.market_id, p.hour",
    )
    .bind(markets)
    .bind(since)
    .bind(until)
    .fetch_all(executor)
    .await?)
}

/// Whoever put something together in a market in small trades.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Gatherer {
    /// The market.
    pub market_id: MarketId,
    /// A wallet of the owner's.
    pub wallet: Address,
}

/// Owners of whom a trade was heard after `heard_since`, who have since `since` traded for at least `least` dollars in a
/// market by trades of less than `small` dollars each; each with one wallet.
pub async fn gatherers(
    executor: impl PgExecutor<'_>,
    heard_since: DateTime<Utc>,
    since: DateTime<Utc>,
    small: Decimal,
    least: Decimal,
) -> Result<Vec<Gatherer>, StoreError> {
    let rows = sqlx::query(
        "WITH heard AS (
             SELECT DISTINCT market_id, wallet_address FROM trades WHERE observed_at > $1 AND wallet_address <> ''
         ), owners AS (
             SELECT DISTINCT h.market_id, coalesce(own.wallets, ARRAY[h.wallet_address]) AS wallets
             FROM heard h LEFT JOIN LATERAL (
                 SELECT array_agg(other.wallet_address ORDER BY other.wallet_address) AS wallets
                 FROM owner_clusters mine JOIN owner_clusters other USING (cluster_id)
                 WHERE mine.wallet_address = h.wallet_address) AS own ON true
         )
         SELECT o.market_id, o.wallets[1] AS wallet_address FROM owners o CROSS JOIN LATERAL (
             SELECT sum(usdc_of(t.price, t.shares)) AS usdc FROM unnest(o.wallets) AS w (wallet_address)
             JOIN trades t ON t.wallet_address = w.wallet_address AND t.market_id = o.market_id AND t.traded_at > $2
             WHERE usdc_of(t.price, t.shares) < $3 AND t.price > 0 AND t.price < 1) AS small
         WHERE small.usdc >= $4 ORDER BY 1, 2",
    )
    .bind(heard_since)
    .bind(since)
    .bind(small)
    .bind(least)
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Gatherer {
                market_id: parsed(column(row, "market_id")?)?,
                wallet: address(row, "wallet_address")?,
            })
        })
        .collect()
}

/// The price of outcome 0 that was recorded nearest to an instant, halfway between bid and ask at the end of a minute,
/// and when that was; `None` where there is none within so long.
pub async fn mid_nearest(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
    instant: DateTime<Utc>,
    within: TimeDelta,
) -> Result<Option<(DateTime<Utc>, f64)>, StoreError> {
    let minute = TimeDelta::minutes(1);
    Ok(sqlx::query_as(
        "SELECT minute + interval '1 minute', ((bid + ask) / 2)::double precision FROM prices_1m
         WHERE market_id = $1 AND minute BETWEEN $3 AND $4 AND bid IS NOT NULL AND ask IS NOT NULL
         ORDER BY abs(extract(epoch FROM minute + interval '1 minute' - $2)), minute LIMIT 1",
    )
    .bind(market_id.as_str())
    .bind(instant)
    .bind(instant - within - minute)
    .bind(instant + within - minute)
    .fetch_optional(executor)
    .await?)
}

/// What a share of outcome 0 of a resolved market paid, and when that was known: by the oracle's word, else by the
/// catalogue, which shows payouts as prices.
pub async fn payout(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
) -> Result<Option<(DateTime<Utc>, f64)>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT at, paid::double precision FROM (
             (SELECT min(observed_at) OVER () AS at, payouts[1] AS paid, observed_at AS told_at, 0 AS source
              FROM market_resolutions WHERE market_id = $1 AND payouts IS NOT NULL AND status = 'resolved'
              ORDER BY observed_at DESC LIMIT 1)
             UNION ALL
             SELECT closed_at, outcome_prices[1], closed_at, 1 FROM markets
             WHERE market_id = $1 AND status = 'resolved' AND closed_at IS NOT NULL AND outcome_prices[1] IS NOT NULL
         ) AS told ORDER BY source LIMIT 1",
    )
    .bind(market_id.as_str())
    .fetch_optional(executor)
    .await?)
}
