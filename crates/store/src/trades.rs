//! The tape: takers' trades as two sources tell them, each once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use domain::bars::Interval;
use domain::tape::{self, Trade};
use domain::{Address, Side, TransactionHash};
use rust_decimal::Decimal;
use sqlx::{Connection, PgConnection, QueryBuilder};

use crate::StoreError;
use crate::column::column;
use crate::intelligence::flows;
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

/// A wallet as the key of the table has it: empty where unknown.
pub(crate) fn wallet_bytes(wallet: Option<&Address>) -> Vec<u8> {
    wallet.map_or_else(Vec::new, |wallet| wallet.to_bytes().to_vec())
}

/// A transaction as the key of the table has it: empty where unknown.
pub(crate) fn hash_bytes(hash: Option<&TransactionHash>) -> Vec<u8> {
    hash.map_or_else(Vec::new, |hash| hash.to_bytes().to_vec())
}

/// What the table tells trades by, but for their second and their number: [`tape::TradeKey`], with the token as a
/// market's outcome.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    hash: Vec<u8>,
    wallet: Vec<u8>,
    market_id: String,
    outcome_index: i16,
    is_buy: bool,
    shares: Decimal,
}

impl Key {
    fn of(trade: &Trade) -> Self {
        Self {
            hash: hash_bytes(trade.transaction_hash.as_ref()),
            wallet: wallet_bytes(trade.wallet.as_ref()),
            market_id: trade.market_id.to_string(),
            outcome_index: outcome_of(trade),
            is_buy: trade.side == Side::Buy,
            shares: trade.shares.decimal(),
        }
    }
}

fn outcome_of(trade: &Trade) -> i16 {
    i16::try_from(trade.outcome_index).unwrap_or(i16::MAX)
}

/// A row of the table, as far as a new reading is compared with it.
#[derive(Debug, Clone)]
struct Held {
    traded_at: DateTime<Utc>,
    ordinal: i16,
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
        let rows = held.entry(Key::of(&heard.trade)).or_default();
        match rows.get_mut(usize::try_from(place).map_err(StoreError::other)?) {
            None => {
                touched.insert(minute_of(&heard.trade));
                let ordinal = i16::try_from(place).map_err(StoreError::other)?;
                new.push((heard, ordinal));
                rows.push(Held {
                    traded_at: heard.trade.traded_at,
                    ordinal,
                    confirmed: source == TapeSource::Record,
                });
            }
            Some(row) if source == TapeSource::Record && !row.confirmed => {
                let market_id = heard.trade.market_id.to_string();
                touched.insert((market_id, Interval::Minute.bucket(row.traded_at)));
                touched.insert(minute_of(&heard.trade));
                confirmed.push((heard, row.clone()));
                row.confirmed = true;
            }
            Some(_) => {}
        }
    }
    let instants = reading.iter().map(|heard| heard.trade.traded_at).collect();
    months::prepare(&mut *tx, "trades", instants).await?;
    let recorded = Recorded { inserted: new.len(), confirmed: confirmed.len() };
    confirm(&mut tx, &confirmed).await?;
    insert(&mut tx, &new, source == TapeSource::Record, now).await?;
    bars::rebuild(&mut tx, &touched, &BTreeMap::new(), now).await?;
    flows::touch(&mut tx, &touched).await?;
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
) -> Result<HashMap<Key, Vec<Held>>, StoreError> {
    let hashes: BTreeSet<Vec<u8>> =
        reading.iter().map(|heard| hash_bytes(heard.trade.transaction_hash.as_ref())).collect();
    let hashes: Vec<_> = hashes.into_iter().collect();
    let times = || reading.iter().map(|heard| heard.trade.traded_at);
    let rows = sqlx::query(
        "SELECT transaction_hash, wallet_address, market_id, outcome_index, is_buy, shares, traded_at, ordinal,
                confirmed
         FROM trades WHERE transaction_hash = ANY($1) AND traded_at BETWEEN $2 AND $3
         ORDER BY ordinal",
    )
    .bind(hashes)
    // The months to look into.
    .bind(times().min().map(|at| at - DRIFT))
    .bind(times().max().map(|at| at + DRIFT))
    .fetch_all(connection)
    .await?;
    let mut held: HashMap<Key, Vec<Held>> = HashMap::new();
    for row in &rows {
        let key = Key {
            hash: column(row, "transaction_hash")?,
            wallet: column(row, "wallet_address")?,
            market_id: column(row, "market_id")?,
            outcome_index: column(row, "outcome_index")?,
            is_buy: column(row, "is_buy")?,
            // Equal numbers are equal, and have equal hashes, however many zeros they end with.
            shares: column(row, "shares")?,
        };
        held.entry(key).or_default().push(Held {
            traded_at: column(row, "traded_at")?,
            ordinal: column(row, "ordinal")?,
            confirmed: column(row, "confirmed")?,
        });
    }
    Ok(held)
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
    let keys: Vec<Key> = trades().map(Key::of).collect();
    sqlx::query(
        "UPDATE trades t SET traded_at = n.new_at, price = n.price, name = coalesce(n.name, t.name), confirmed = true
         FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::smallint[], $5::boolean[], $6::numeric[],
                     $7::smallint[], $8::timestamptz[], $9::timestamptz[], $10::numeric[], $11::text[])
              AS n (hash, wallet, market_id, outcome_index, is_buy, shares, ordinal, old_at, new_at, price, name)
         WHERE t.transaction_hash = n.hash AND t.wallet_address = n.wallet AND t.market_id = n.market_id
           AND t.outcome_index = n.outcome_index AND t.is_buy = n.is_buy AND t.shares = n.shares
           AND t.ordinal = n.ordinal AND t.traded_at = n.old_at",
    )
    .bind(keys.iter().map(|key| key.hash.as_slice()).collect::<Vec<_>>())
    .bind(keys.iter().map(|key| key.wallet.as_slice()).collect::<Vec<_>>())
    .bind(keys.iter().map(|key| key.market_id.as_str()).collect::<Vec<_>>())
    .bind(keys.iter().map(|key| key.outcome_index).collect::<Vec<_>>())
    .bind(keys.iter().map(|key| key.is_buy).collect::<Vec<_>>())
    .bind(keys.iter().map(|key| key.shares).collect::<Vec<_>>())
    .bind(rows().map(|row| row.ordinal).collect::<Vec<_>>())
    .bind(rows().map(|row| row.traded_at).collect::<Vec<_>>())
    .bind(trades().map(|trade| trade.traded_at).collect::<Vec<_>>())
    .bind(trades().map(|trade| trade.price.decimal()).collect::<Vec<_>>())
    .bind(confirmed.iter().map(|(heard, _)| heard.name.as_deref()).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert(
    connection: &mut PgConnection,
    new: &[(&HeardTrade, i16)],
    confirmed: bool,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // Far below the 65,535 parameters of a statement.
    for part in new.chunks(2_000) {
        let mut sql = QueryBuilder::new(
            "INSERT INTO trades (market_id, traded_at, transaction_hash, wallet_address, outcome_index, is_buy, price,
                                 shares, ordinal, name, confirmed, observed_at) ",
        );
        sql.push_values(part, |mut row, (heard, ordinal)| {
            let trade = &heard.trade;
            row.push_bind(trade.market_id.as_str())
                .push_bind(trade.traded_at)
                .push_bind(hash_bytes(trade.transaction_hash.as_ref()))
                .push_bind(wallet_bytes(trade.wallet.as_ref()))
                .push_bind(outcome_of(trade))
                .push_bind(trade.side == Side::Buy)
                .push_bind(trade.price.decimal())
                .push_bind(trade.shares.decimal())
                .push_bind(*ordinal)
                .push_bind(&heard.name)
                .push_bind(confirmed)
                .push_bind(now);
        });
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}
