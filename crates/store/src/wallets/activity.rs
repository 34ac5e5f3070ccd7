//! Everything a wallet did, each row once however often it is read.

use std::collections::HashMap;
use std::fmt::{Display, Write as _};

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId, Shares, TokenId, TransactionHash, Usdc};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;
use xxhash_rust::xxh3::xxh3_128;

use super::rows_of;
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
    /// Dollars a share, without fees: 0 to 1, with all the digits upstream tells.
    pub price: Option<Decimal>,
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

/// Makes room for rows, so that the transaction that writes them need not.
pub async fn make_room(
    executor: impl PgExecutor<'_>,
    reading: &[Activity],
) -> Result<(), StoreError> {
    let instants = reading.iter().map(|row| row.happened_at).collect();
    months::prepare(executor, "wallet_trades", instants).await
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
    let sql = "SELECT id, is_maker IS NOT NULL FROM wallet_trades
               WHERE wallet_address = $1 AND happened_at BETWEEN $2 AND $3";
    let held: Vec<(Uuid, bool)> = sqlx::query_as(sql)
        .bind(wallet.to_bytes().to_vec())
        .bind(first)
        .bind(last)
        .fetch_all(&mut *connection)
        .await?;
    let held: HashMap<Uuid, bool> = held.into_iter().collect();
    let (mut new, mut parts) = (Vec::new(), Vec::new());
    for row in identified(reading)? {
        match held.get(&row.0) {
            None => new.push(row),
            // Which part the wallet had is told by another list, which may have failed then.
            Some(false) if row.2.is_maker.is_some() => parts.push(row),
            Some(_) => {}
        }
    }
    fill_parts(connection, wallet, &parts).await?;
    if new.is_empty() {
        return Ok(0);
    }
    months::prepare(
        &mut *connection,
        "wallet_trades",
        new.iter().map(|row| row.2.happened_at).collect(),
    )
    .await?;
    insert(connection, wallet, &new, now).await
}

async fn fill_parts(
    connection: &mut PgConnection,
    wallet: &Address,
    rows: &[Numbered<'_>],
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "UPDATE wallet_trades t SET is_maker = n.is_maker
         FROM unnest($2::timestamptz[], $3::uuid[], $4::boolean[]) AS n (happened_at, id, is_maker)
         WHERE t.wallet_address = $1 AND t.happened_at = n.happened_at AND t.id = n.id",
    )
    .bind(wallet.to_bytes().to_vec())
    .bind(rows.iter().map(|row| row.2.happened_at).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.2.is_maker).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes back that trades since an instant were a maker's: the list of the takers' has turned out not to be whole.
pub async fn forget_makers(
    connection: &mut PgConnection,
    wallet: &Address,
    since: Option<DateTime<Utc>>,
) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "UPDATE wallet_trades SET is_maker = NULL
         WHERE wallet_address = $1 AND is_maker AND happened_at >= coalesce($2, '-infinity')",
    )
    .bind(wallet.to_bytes().to_vec())
    .bind(since)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
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

/// The ids by which the rows of a reading are kept, in its order; what is said of alike rows at [`record`] holds here.
pub fn ids(reading: &[Activity]) -> Result<Vec<Uuid>, StoreError> {
    Ok(identified(reading)?.into_iter().map(|row| row.0).collect())
}

/// Gives up rows that upstream does not tell any more; how many there were.
pub async fn forget(
    connection: &mut PgConnection,
    wallet: &Address,
    rows: &[StoredActivity],
) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "DELETE FROM wallet_trades t USING unnest($2::timestamptz[], $3::uuid[]) AS n (happened_at, id)
         WHERE t.wallet_address = $1 AND t.happened_at = n.happened_at AND t.id = n.id",
    )
    .bind(wallet.to_bytes().to_vec())
    .bind(rows.iter().map(|row| row.activity.happened_at).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.id).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// More rows alike than can be numbered.
#[derive(Debug, thiserror::Error)]
#[error("more than 32,767 rows of activity are alike")]
struct TooManyAlike;

/// Rows sent at once. COPY would be a little faster, but `PostgreSQL` refuses it where row-level security holds.
const PART: usize = 20_000;

async fn insert(
    connection: &mut PgConnection,
    wallet: &Address,
    rows: &[Numbered<'_>],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut written = 0;
    for part in rows.chunks(PART) {
        let all = || part.iter().map(|row| row.2);
        let hash = |row: &Activity| row.transaction_hash.as_ref().map(TransactionHash::to_bytes);
        let done = sqlx::query(
            "INSERT INTO wallet_trades (wallet_address, observed_at, happened_at, id, ordinal, kind, is_combo,
                                        transaction_hash, condition_id, token_id, outcome_index, side, is_maker, price,
                                        shares, usdc)
             SELECT $1, $2, n.* FROM unnest($3::timestamptz[], $4::uuid[], $5::smallint[], $6::text[], $7::boolean[],
                                            $8::bytea[], $9::text[], $10::text[], $11::smallint[], $12::text[],
                                            $13::boolean[], $14::numeric[], $15::numeric[], $16::numeric[]) AS n",
        )
        .bind(wallet.to_bytes().to_vec())
        .bind(now)
        .bind(all().map(|row| row.happened_at).collect::<Vec<_>>())
        .bind(part.iter().map(|row| row.0).collect::<Vec<_>>())
        .bind(part.iter().map(|row| row.1).collect::<Vec<_>>())
        .bind(all().map(|row| row.kind.as_str()).collect::<Vec<_>>())
        .bind(all().map(|row| row.is_combo).collect::<Vec<_>>())
        .bind(all().map(hash).collect::<Vec<_>>())
        .bind(all().map(|row| row.condition_id.as_ref().map(ConditionId::as_str)).collect::<Vec<_>>())
        .bind(all().map(|row| row.token_id.as_ref().map(TokenId::as_str)).collect::<Vec<_>>())
        .bind(all().map(|row| row.outcome_index.map(i16::from)).collect::<Vec<_>>())
        .bind(all().map(|row| row.direction.map(Direction::slug)).collect::<Vec<_>>())
        .bind(all().map(|row| row.is_maker).collect::<Vec<_>>())
        .bind(all().map(|row| row.price).collect::<Vec<_>>())
        .bind(all().map(|row| row.shares.map(Shares::decimal)).collect::<Vec<_>>())
        .bind(all().map(|row| row.usdc.map(Usdc::decimal)).collect::<Vec<_>>())
        .execute(&mut *connection)
        .await?;
        written += done.rows_affected();
    }
    Ok(written)
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
            price: column(row, "price")?,
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
           -- Bounds without a condition, so that a plan made before they are known goes by months and index too.
           AND happened_at >= coalesce($6::timestamptz, '-infinity')
           AND happened_at < coalesce($7::timestamptz, 'infinity')
           AND happened_at <= coalesce($8::timestamptz, 'infinity')
           AND (happened_at, id) < (coalesce($8, 'infinity'), coalesce($9, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
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
    rows_of(executor, sqlx::AssertSqlSafe(sql), wallet, decode).await
}
