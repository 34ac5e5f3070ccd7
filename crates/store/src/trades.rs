//! The tape: takers' trades as two sources tell them, each once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Shares;
use domain::bars::Interval;
use domain::tape::{self, Trade, TradeKey};
use rust_decimal::Decimal;
use sqlx::{Connection, PgConnection, QueryBuilder};

use crate::StoreError;
use crate::column::{amount, column, parsed};
use crate::notify::notify;
use crate::{bars, months};

/// Channel on which a committed batch of trades announces itself.
pub const TAPE_CHANNEL: &str = "tape_changed";

/// How far apart two sources may say that one transaction happened.
const DRIFT: TimeDelta = TimeDelta::hours(1);

/// A trade as one of the sources told it.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardTrade {
    /// What was traded.
    pub trade: Trade,
    /// As the wallet called itself.
    pub name: Option<String>,
}

/// Who told a batch of trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TapeSource {
    /// The activity socket: at once, and not always.
    Activity,
    /// The Data API: the record, minutes later.
    Record,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Trades not held before.
    pub inserted: usize,
    /// Trades held as heard, which the record has told since.
    pub confirmed: usize,
}

/// As the key of the table has it: empty where unknown.
fn wallet_of(trade: &Trade) -> &str {
    trade.wallet.as_ref().map_or("", |wallet| wallet.as_str())
}

/// As the key of the table has it: empty where unknown.
fn hash_of(trade: &Trade) -> &str {
    trade.transaction_hash.as_ref().map_or("", |hash| hash.as_str())
}

/// A row of the table, as far as a new reading is compared with it.
#[derive(Debug, Clone)]
struct Held {
    market_id: String,
    traded_at: DateTime<Utc>,
    ordinal: i32,
    confirmed: bool,
}

/// Writes the trades of one reading that are not held yet, confirms those that are, and makes the bars they
/// belong to anew: all of it or nothing.
///
/// Equal rows of one reading are different trades; equal rows of two readings are the same ones told twice, so
/// of each kind as many are kept as the reading with most of them has (polymarket-api.md, pitfall 6). The caller
/// must not cut a transaction in two, and only one process at a time may write.
pub async fn record(
    connection: &mut PgConnection,
    source: TapeSource,
    reading: &[HeardTrade],
    now: DateTime<Utc>,
) -> Result<Recorded, StoreError> {
    if reading.is_empty() {
        return Ok(Recorded::default());
    }
    let mut tx = connection.begin().await?;
    let mut held = held(&mut tx, reading).await?;
    let mut new = Vec::new();
    let mut confirmed = Vec::new();
    let mut touched = BTreeSet::new();
    let places = tape::ordinals(reading.iter().map(|heard| &heard.trade));
    for (heard, place) in reading.iter().zip(places) {
        let rows = held.entry(heard.trade.key()).or_default();
        match rows.get_mut(usize::try_from(place).map_err(StoreError::other)?) {
            None => {
                touched.insert(minute_of(&heard.trade));
                let ordinal = i32::try_from(place).map_err(StoreError::other)?;
                new.push((heard, ordinal));
                rows.push(Held {
                    market_id: heard.trade.market_id.to_string(),
                    traded_at: heard.trade.traded_at,
                    ordinal,
                    confirmed: source == TapeSource::Record,
                });
            }
            Some(row) if source == TapeSource::Record && !row.confirmed => {
                touched.insert((row.market_id.clone(), Interval::Minute.bucket(row.traded_at)));
                touched.insert(minute_of(&heard.trade));
                confirmed.push((heard, row.clone()));
                row.confirmed = true;
            }
            Some(_) => {}
        }
    }
    let instants = reading.iter().map(|heard| heard.trade.traded_at).collect();
    months::prepare(&mut tx, "trades", instants).await?;
    let recorded = Recorded { inserted: new.len(), confirmed: confirmed.len() };
    confirm(&mut tx, &confirmed).await?;
    insert(&mut tx, &new, source == TapeSource::Record, now).await?;
    bars::rebuild(&mut tx, &touched, &BTreeMap::new(), now).await?;
    if recorded.inserted > 0 {
        notify(&mut *tx, TAPE_CHANNEL, &now.timestamp_micros().to_string()).await?;
    }
    tx.commit().await?;
    Ok(recorded)
}

fn minute_of(trade: &Trade) -> bars::Place {
    (trade.market_id.to_string(), Interval::Minute.bucket(trade.traded_at))
}

/// What is held of the transactions of a reading, by key and in the order of the ordinals.
async fn held(
    connection: &mut PgConnection,
    reading: &[HeardTrade],
) -> Result<HashMap<TradeKey, Vec<Held>>, StoreError> {
    let hashes: BTreeSet<&str> = reading.iter().map(|heard| hash_of(&heard.trade)).collect();
    let hashes: Vec<_> = hashes.into_iter().collect();
    let times = || reading.iter().map(|heard| heard.trade.traded_at);
    let rows = sqlx::query(
        "SELECT transaction_hash, wallet_address, token_id, side, shares, market_id, traded_at, ordinal, confirmed
         FROM trades WHERE transaction_hash = ANY($1) AND traded_at BETWEEN $2 AND $3
         ORDER BY ordinal",
    )
    .bind(hashes)
    // The months to look into.
    .bind(times().min().map(|at| at - DRIFT))
    .bind(times().max().map(|at| at + DRIFT))
    .fetch_all(connection)
    .await?;
    let mut held: HashMap<TradeKey, Vec<Held>> = HashMap::new();
    for row in &rows {
        let shares: Option<Shares> = amount(column::<Option<Decimal>>(row, "shares")?)?;
        let key = TradeKey {
            transaction_hash: known(column(row, "transaction_hash")?)?,
            wallet: known(column(row, "wallet_address")?)?,
            token_id: parsed(column(row, "token_id")?)?,
            side: parsed(column(row, "side")?)?,
            shares: shares.unwrap_or(Shares::ZERO),
        };
        held.entry(key).or_default().push(Held {
            market_id: column(row, "market_id")?,
            traded_at: column(row, "traded_at")?,
            ordinal: column(row, "ordinal")?,
            confirmed: column(row, "confirmed")?,
        });
    }
    Ok(held)
}

/// The other way round than [`wallet_of`] and [`hash_of`].
fn known<T>(text: &str) -> Result<Option<T>, StoreError>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    if text.is_empty() { Ok(None) } else { parsed(text).map(Some) }
}

/// Puts the record's second and price in the place of the socket's.
async fn confirm(
    connection: &mut PgConnection,
    confirmed: &[(&HeardTrade, Held)],
) -> Result<(), StoreError> {
    if confirmed.is_empty() {
        return Ok(());
    }
    let trades = || confirmed.iter().map(|(heard, _)| &heard.trade);
    let rows = || confirmed.iter().map(|(_, row)| row);
    sqlx::query(
        "UPDATE trades t SET traded_at = n.new_at, price = n.price, usdc = n.usdc, name = coalesce(n.name, t.name),
                             confirmed = true
         FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[],
                     $8::integer[], $9::timestamptz[], $10::numeric[], $11::numeric[], $12::text[])
              AS n (market_id, old_at, hash, wallet, token_id, side, shares, ordinal, new_at, price, usdc, name)
         WHERE t.market_id = n.market_id AND t.traded_at = n.old_at AND t.transaction_hash = n.hash
           AND t.wallet_address = n.wallet AND t.token_id = n.token_id AND t.side = n.side AND t.shares = n.shares
           AND t.ordinal = n.ordinal",
    )
    .bind(rows().map(|row| row.market_id.as_str()).collect::<Vec<_>>())
    .bind(rows().map(|row| row.traded_at).collect::<Vec<_>>())
    .bind(trades().map(hash_of).collect::<Vec<_>>())
    .bind(trades().map(wallet_of).collect::<Vec<_>>())
    .bind(trades().map(|trade| trade.token_id.as_str()).collect::<Vec<_>>())
    .bind(trades().map(|trade| trade.side.slug()).collect::<Vec<_>>())
    .bind(trades().map(|trade| trade.shares.decimal()).collect::<Vec<_>>())
    .bind(rows().map(|row| row.ordinal).collect::<Vec<_>>())
    .bind(trades().map(|trade| trade.traded_at).collect::<Vec<_>>())
    .bind(trades().map(|trade| trade.price.decimal()).collect::<Vec<_>>())
    .bind(trades().map(|trade| trade.usdc().decimal()).collect::<Vec<_>>())
    .bind(confirmed.iter().map(|(heard, _)| heard.name.as_deref()).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert(
    connection: &mut PgConnection,
    new: &[(&HeardTrade, i32)],
    confirmed: bool,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // Far below the 65,535 parameters of a statement.
    for part in new.chunks(2_000) {
        let mut sql = QueryBuilder::new(
            "INSERT INTO trades (market_id, traded_at, transaction_hash, wallet_address, token_id, outcome_index,
                                 side, price, shares, usdc, ordinal, name, confirmed, observed_at) ",
        );
        sql.push_values(part, |mut row, (heard, ordinal)| {
            let trade = &heard.trade;
            row.push_bind(trade.market_id.as_str())
                .push_bind(trade.traded_at)
                .push_bind(hash_of(trade))
                .push_bind(wallet_of(trade))
                .push_bind(trade.token_id.as_str())
                .push_bind(i16::try_from(trade.outcome_index).unwrap_or(i16::MAX))
                .push_bind(trade.side.slug())
                .push_bind(trade.price.decimal())
                .push_bind(trade.shares.decimal())
                .push_bind(trade.usdc().decimal())
                .push_bind(*ordinal)
                .push_bind(&heard.name)
                .push_bind(confirmed)
                .push_bind(now);
        });
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}
