//! Everything a wallet did, each row once however often it is read.

use std::collections::{HashMap, HashSet};
use std::fmt::{Display, Write as _};

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId, Price, Shares, TokenId, TransactionHash, Usdc};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;
use xxhash_rust::xxh3::xxh3_128;

use crate::StoreError;
use crate::column::{amount, column, parsed};
use crate::months;

/// Which way shares or money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Shares were bought.
    Buy,
    /// Shares were sold.
    Sell,
    /// Something came in.
    In,
    /// Something went out.
    Out,
}

impl Direction {
    /// The word in the database and the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
            Self::In => "in",
            Self::Out => "out",
        }
    }

    fn of(slug: &str) -> Result<Self, StoreError> {
        match slug {
            "buy" => Ok(Self::Buy),
            "sell" => Ok(Self::Sell),
            "in" => Ok(Self::In),
            "out" => Ok(Self::Out),
            other => Err(StoreError::other(format!("no direction is called {other:?}"))),
        }
    }
}

/// Something a wallet did, as upstream reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// When, to the second.
    pub happened_at: DateTime<Utc>,
    /// Upstream's word in lower case, also one that nobody knows.
    pub kind: String,
    /// The transaction; others' activity may be in it.
    pub transaction_hash: Option<TransactionHash>,
    /// The market.
    pub condition_id: Option<ConditionId>,
    /// The token.
    pub token_id: Option<TokenId>,
    /// Index of its outcome, where upstream says it.
    pub outcome_index: Option<u8>,
    /// Which way.
    pub direction: Option<Direction>,
    /// Whether its order rested, where that is known.
    pub is_maker: Option<bool>,
    /// Dollars a share, without fees.
    pub price: Option<Price>,
    /// Shares, or sets of them.
    pub shares: Option<Shares>,
    /// Dollars that moved: with the fee on purchases, without it on sales.
    pub usdc: Option<Usdc>,
    /// Of a combo, which is no market.
    pub is_combo: bool,
}

impl Activity {
    /// What tells it from others of its wallet, but for rows that are alike. Nothing that upstream fills in later is
    /// part of it.
    fn key(&self, to: &mut String) {
        fn part(to: &mut String, value: Option<&dyn Display>) {
            if let Some(value) = value {
                // Writing to a string cannot fail.
                let _ = write!(to, "{value}");
            }
            to.push(' ');
        }
        to.clear();
        part(to, Some(&self.happened_at.timestamp()));
        part(to, Some(&self.kind));
        part(to, self.transaction_hash.as_ref().map(|hash| hash as &dyn Display));
        // A token says its market.
        match &self.token_id {
            Some(token) => part(to, Some(token)),
            None => part(to, self.condition_id.as_ref().map(|id| id as &dyn Display)),
        }
        part(to, self.direction.map(Direction::slug).as_ref().map(|slug| slug as &dyn Display));
        part(to, self.price.as_ref().map(|price| price as &dyn Display));
        part(to, self.shares.as_ref().map(|shares| shares as &dyn Display));
        // Of what has shares, dollars follow; what a page rounds them to must not make another row of it.
        let usdc = self.usdc.as_ref().filter(|_| self.shares.is_none());
        part(to, usdc.map(|usdc| usdc as &dyn Display));
    }
}

/// A row with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredActivity {
    /// The same for as long as upstream says the same.
    pub id: Uuid,
    /// Which of several that are alike, from 0.
    pub ordinal: i16,
    /// What happened.
    pub activity: Activity,
}

/// A place in a wallet's activity: everything after it is older.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivityPlace {
    /// Second of the row before.
    pub happened_at: DateTime<Utc>,
    /// Its id.
    pub id: Uuid,
}

/// Which activity to read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ActivityFilter {
    /// Only these kinds; all where empty.
    pub kinds: Vec<String>,
    /// Only of this market.
    pub condition_id: Option<ConditionId>,
    /// Only this way.
    pub direction: Option<Direction>,
    /// Only from this many dollars on.
    pub min_usdc: Option<Decimal>,
    /// At or after.
    pub since: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
    /// Only what comes after this place.
    pub after: Option<ActivityPlace>,
}

/// Writes the rows of one reading that are not held yet; how many they are. Nothing is taken away, so that half a
/// reading does no harm.
///
/// Equal rows of one reading are different things; equal rows of two readings are the same ones told twice: of each
/// kind as many are kept as the reading with most of them has. Equal rows must therefore be in one reading, which they
/// are when no second is cut in two. One process at a time writes for a wallet.
pub async fn record(
    connection: &mut PgConnection,
    wallet: &Address,
    reading: &[Activity],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let times = || reading.iter().map(|row| row.happened_at);
    let (Some(first), Some(last)) = (times().min(), times().max()) else { return Ok(0) };
    let sql =
        "SELECT id FROM wallet_trades WHERE wallet_address = $1 AND happened_at BETWEEN $2 AND $3";
    let held: Vec<Uuid> = sqlx::query_scalar(sql)
        .bind(wallet.to_bytes().to_vec())
        .bind(first)
        .bind(last)
        .fetch_all(&mut *connection)
        .await?;
    let held: HashSet<Uuid> = held.into_iter().collect();
    let new: Vec<Numbered<'_>> =
        identified(reading)?.into_iter().filter(|(id, _, _)| !held.contains(id)).collect();
    if new.is_empty() {
        return Ok(0);
    }
    months::prepare(connection, "wallet_trades", new.iter().map(|row| row.2.happened_at).collect())
        .await?;
    copy(connection, wallet, &new, now).await
}

/// A row to write, with its id and its number among those alike.
type Numbered<'a> = (Uuid, i16, &'a Activity);

/// Each row with its id and its number among those alike.
fn identified(reading: &[Activity]) -> Result<Vec<Numbered<'_>>, StoreError> {
    let mut seen: HashMap<u128, i16> = HashMap::with_capacity(reading.len());
    let mut key = String::new();
    let mut rows = Vec::with_capacity(reading.len());
    for activity in reading {
        activity.key(&mut key);
        let alike = seen.entry(xxh3_128(key.as_bytes())).or_default();
        let ordinal = *alike;
        *alike = alike.checked_add(1).ok_or_else(|| StoreError::other(TooManyAlike))?;
        let _ = write!(key, "{ordinal}");
        rows.push((Uuid::from_u128(xxh3_128(key.as_bytes())), ordinal, activity));
    }
    Ok(rows)
}

/// More rows alike than can be numbered.
#[derive(Debug, thiserror::Error)]
#[error("more than 32,767 rows of activity are alike")]
struct TooManyAlike;

/// Size of a part sent to the server at once.
const PART: usize = 1 << 20;

async fn copy(
    connection: &mut PgConnection,
    wallet: &Address,
    rows: &[Numbered<'_>],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut into = connection
        .copy_in_raw(
            "COPY wallet_trades (wallet_address, observed_at, happened_at, id, ordinal, kind, is_combo, transaction_hash,
                                 condition_id, token_id, outcome_index, side, is_maker, price, shares, usdc)
             FROM STDIN",
        )
        .await?;
    // The same for every row.
    let head = format!("\\\\x{}\t{}", wallet.as_str().trim_start_matches("0x"), now.to_rfc3339());
    let mut text = String::with_capacity(PART + 1024);
    for row in rows {
        line(&mut text, &head, row);
        if text.len() >= PART {
            into.send(text.as_bytes()).await?;
            text.clear();
        }
    }
    into.send(text.as_bytes()).await?;
    Ok(into.finish().await?)
}

/// One row in the text format of COPY.
fn line(text: &mut String, head: &str, (id, ordinal, activity): &Numbered<'_>) {
    fn field(text: &mut String, value: Option<impl Display>) {
        let _ = match value {
            Some(value) => write!(text, "\t{value}"),
            None => write!(text, "\t\\N"),
        };
    }
    let Activity { happened_at, kind, is_combo, outcome_index, direction, is_maker, .. } = activity;
    let _ =
        write!(text, "{head}\t{}\t{id}\t{ordinal}\t{}", happened_at.to_rfc3339(), escaped(kind));
    field(text, Some(is_combo));
    let hash =
        activity.transaction_hash.as_ref().map(|hash| hash.as_str().trim_start_matches("0x"));
    field(text, hash.map(|digits| format!("\\\\x{digits}")));
    field(text, activity.condition_id.as_ref());
    field(text, activity.token_id.as_ref());
    field(text, outcome_index.as_ref());
    field(text, direction.map(Direction::slug));
    field(text, is_maker.as_ref());
    field(text, activity.price);
    field(text, activity.shares);
    field(text, activity.usdc);
    text.push('\n');
}

/// Text in which COPY finds neither the end of a field nor an escape. Only a kind is free text.
fn escaped(kind: &str) -> String {
    kind.chars().filter(|c| !c.is_control() && *c != '\\').collect()
}

const COLUMNS: &str =
    "happened_at, id, ordinal, kind, transaction_hash, condition_id, token_id, outcome_index, side,
    is_maker, price, shares, usdc, is_combo";

fn decode(row: &PgRow) -> Result<StoredActivity, StoreError> {
    let id_of = |name| column::<Option<&str>>(row, name);
    let hash: Option<&[u8]> = column(row, "transaction_hash")?;
    let hash = hash.map(TryInto::try_into).transpose().map_err(StoreError::other)?;
    let outcome: Option<i16> = column(row, "outcome_index")?;
    Ok(StoredActivity {
        id: column(row, "id")?,
        ordinal: column(row, "ordinal")?,
        activity: Activity {
            happened_at: column(row, "happened_at")?,
            kind: column(row, "kind")?,
            transaction_hash: hash.map(TransactionHash::from_bytes),
            condition_id: id_of("condition_id")?.map(parsed).transpose()?,
            token_id: id_of("token_id")?.map(parsed).transpose()?,
            outcome_index: outcome.map(u8::try_from).transpose().map_err(StoreError::other)?,
            direction: id_of("side")?.map(Direction::of).transpose()?,
            is_maker: column(row, "is_maker")?,
            price: amount(column::<Option<Decimal>>(row, "price")?)?,
            shares: amount(column::<Option<Decimal>>(row, "shares")?)?,
            usdc: amount(column::<Option<Decimal>>(row, "usdc")?)?,
            is_combo: column(row, "is_combo")?,
        },
    })
}

/// A page of a wallet's activity, the newest first.
pub async fn page(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
    filter: &ActivityFilter,
    limit: u32,
) -> Result<Vec<StoredActivity>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM wallet_trades
         WHERE wallet_address = $1
           AND (cardinality($2::text[]) = 0 OR kind = ANY($2))
           AND ($3::text IS NULL OR condition_id = $3)
           AND ($4::text IS NULL OR side = $4)
           AND ($5::numeric IS NULL OR usdc >= $5)
           AND ($6::timestamptz IS NULL OR happened_at >= $6)
           AND ($7::timestamptz IS NULL OR happened_at < $7)
           AND ($8::timestamptz IS NULL OR (happened_at, id) < ($8, $9))
           -- Said once more, so that months and index are left out that cannot hold any.
           AND ($8::timestamptz IS NULL OR happened_at <= $8)
         ORDER BY happened_at DESC, id DESC LIMIT $10"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(wallet.to_bytes().to_vec())
        .bind(&filter.kinds)
        .bind(filter.condition_id.as_ref().map(ConditionId::as_str))
        .bind(filter.direction.map(Direction::slug))
        .bind(filter.min_usdc)
        .bind(filter.since)
        .bind(filter.until)
        .bind(filter.after.map(|place| place.happened_at))
        .bind(filter.after.map(|place| place.id))
        .bind(i64::from(limit))
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

/// All that is held of a wallet, the oldest first.
pub async fn history(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
) -> Result<Vec<StoredActivity>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM wallet_trades WHERE wallet_address = $1 ORDER BY happened_at, id"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(wallet.to_bytes().to_vec())
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}
