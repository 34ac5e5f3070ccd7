//! Wallets: who they are, and how much of their history is held.

pub mod activity;
pub mod holders;
pub mod imports;
pub mod metrics;
pub mod pnl;
pub mod positions;
pub mod terms;
pub mod wanted;

use chrono::{DateTime, Utc};
use domain::Address;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgExecutor, Row, SqlSafeStr};

use crate::StoreError;
use crate::column::column;

/// Where a wallet was first seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundBy {
    /// It traded.
    Tape,
    /// It holds a market's tokens.
    Holders,
    /// It is on one of upstream's boards.
    Leaderboard,
    /// Somebody asked for it.
    Asked,
}

impl FoundBy {
    /// The word in the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Tape => "tape",
            Self::Holders => "holders",
            Self::Leaderboard => "leaderboard",
            Self::Asked => "asked",
        }
    }
}

/// Who a wallet is, as upstream describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow)]
pub struct Identity {
    /// Name its owner chose.
    pub name: Option<String>,
    /// Name upstream gave.
    pub pseudonym: Option<String>,
    /// What the owner says of himself.
    pub bio: Option<String>,
    /// Address of the owner's picture.
    pub profile_image: Option<String>,
    /// Account on X.
    pub x_username: Option<String>,
    /// Whether upstream has verified the owner.
    pub is_verified: Option<bool>,
    /// Since when it is one of upstream's.
    pub joined_at: Option<DateTime<Utc>>,
}

/// How much of a wallet's history is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// When the last import ended.
    pub imported_at: DateTime<Utc>,
    /// `full`, `capped` or `gap` ([`domain`]'s words).
    pub completeness: String,
    /// Why it is no better, by name.
    pub reasons: Vec<String>,
    /// Everything from here on; `None` from the very first.
    pub since: Option<DateTime<Utc>>,
    /// Everything up to here; `None` where that cannot be said.
    pub until: Option<DateTime<Utc>>,
    /// Rows of activity.
    pub activity_count: u64,
    /// The first of them.
    pub first_active_at: Option<DateTime<Utc>>,
    /// The last of them.
    pub last_active_at: Option<DateTime<Utc>>,
    /// Upstream knows nothing that it ever did.
    pub is_empty: bool,
}

/// A wallet as held.
#[derive(Debug, Clone, PartialEq)]
pub struct Wallet {
    /// Its address.
    pub address: Address,
    /// When we first saw it.
    pub found_at: DateTime<Utc>,
    /// Where: tape, holders, leaderboard or asked.
    pub found_by: String,
    /// Who it is.
    pub identity: Identity,
    /// When upstream was asked that; `None` never.
    pub identity_observed_at: Option<DateTime<Utc>>,
    /// What is held of its history; `None` until the first import has ended.
    pub history: Option<History>,
}

const COLUMNS: &str = "address, found_at, found_by, name, pseudonym, bio, profile_image, x_username, is_verified,
    joined_at, identity_observed_at, imported_at, completeness, completeness_reasons, history_since, history_until,
    activity_count, first_active_at, last_active_at, is_empty";

fn decode(row: &PgRow) -> Result<Wallet, StoreError> {
    let imported_at: Option<DateTime<Utc>> = column(row, "imported_at")?;
    let history = match imported_at {
        None => None,
        Some(imported_at) => Some(History {
            imported_at,
            completeness: column(row, "completeness")?,
            reasons: column(row, "completeness_reasons")?,
            since: column(row, "history_since")?,
            until: column(row, "history_until")?,
            activity_count: count(column(row, "activity_count")?)?,
            first_active_at: column(row, "first_active_at")?,
            last_active_at: column(row, "last_active_at")?,
            is_empty: column(row, "is_empty")?,
        }),
    };
    Ok(Wallet {
        address: address(row, "address")?,
        found_at: column(row, "found_at")?,
        found_by: column(row, "found_by")?,
        identity: Identity::from_row(row)?,
        identity_observed_at: column(row, "identity_observed_at")?,
        history,
    })
}

/// An address from its bytes.
pub(crate) fn address(row: &PgRow, name: &str) -> Result<Address, StoreError> {
    let bytes: &[u8] = row.try_get(name)?;
    Ok(Address::from_bytes(bytes.try_into().map_err(StoreError::other)?))
}

fn count(value: Option<i64>) -> Result<u64, StoreError> {
    u64::try_from(value.unwrap_or_default()).map_err(StoreError::other)
}

/// The rows of a query whose one parameter is a wallet.
pub(crate) async fn rows_of<T>(
    executor: impl PgExecutor<'_>,
    sql: impl SqlSafeStr,
    wallet: &Address,
    decode: impl Fn(&PgRow) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let query = sqlx::query(sql).bind(wallet.to_bytes().to_vec());
    query.fetch_all(executor).await?.iter().map(decode).collect()
}

pub(crate) fn bytes<'a>(wallets: impl IntoIterator<Item = &'a Address>) -> Vec<Vec<u8>> {
    wallets.into_iter().map(|wallet| wallet.to_bytes().to_vec()).collect()
}

/// One wallet; `None` where we have never heard of it.
pub async fn get(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
) -> Result<Option<Wallet>, StoreError> {
    Ok(get_all(executor, std::slice::from_ref(wallet)).await?.pop())
}

/// Those of some wallets that we have heard of, in no order.
pub async fn get_all(
    executor: impl PgExecutor<'_>,
    wallets: &[Address],
) -> Result<Vec<Wallet>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM wallets WHERE address = ANY($1)");
    let rows =
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(bytes(wallets)).fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

/// Wallets whose owner chose a name, whatever the case; at most 20, the latest active first. Names are not unique.
pub async fn by_name(executor: impl PgExecutor<'_>, name: &str) -> Result<Vec<Wallet>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM wallets WHERE name IS NOT NULL AND lower(name) = lower($1)
         ORDER BY last_active_at DESC NULLS LAST, address LIMIT 20"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(name).fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

/// Wallets whose name begins so, whatever the case; the latest active first.
pub async fn with_name_beginning(
    executor: impl PgExecutor<'_>,
    beginning: &str,
    limit: u32,
) -> Result<Vec<Wallet>, StoreError> {
    // The operators of the index, which a LIKE with a parameter would not use. They bind as tightly as `||` does.
    let sql = format!(
        "SELECT {COLUMNS} FROM wallets
         WHERE name IS NOT NULL AND lower(name) ~>=~ lower($1) AND lower(name) ~<~ (lower($1) || chr(1114111))
         ORDER BY last_active_at DESC NULLS LAST, address LIMIT $2"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(beginning)
        .bind(i64::from(limit))
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

/// Notes wallets that were seen somewhere; how many are new.
pub async fn found(
    executor: impl PgExecutor<'_>,
    wallets: &[Address],
    by: FoundBy,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let written = sqlx::query(
        "INSERT INTO wallets (address, found_at, found_by)
         SELECT DISTINCT address, $2::timestamptz, $3 FROM unnest($1::bytea[]) AS address
         ON CONFLICT (address) DO NOTHING",
    )
    .bind(bytes(wallets))
    .bind(now)
    .bind(by.slug())
    .execute(executor)
    .await?;
    Ok(written.rows_affected())
}

/// Notes the wallets of the trades that were written from `since` on, with the names they went by; how many are new.
pub async fn found_on_tape(
    executor: impl PgExecutor<'_>,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let written: i64 = sqlx::query_scalar(
        "WITH heard AS (
             SELECT DISTINCT ON (wallet_address) wallet_address, name, traded_at
             FROM trades WHERE observed_at >= $1 AND length(wallet_address) = 20
             ORDER BY wallet_address, traded_at DESC
         ), written AS (
             INSERT INTO wallets (address, found_at, found_by, name)
             SELECT wallet_address, $2, 'tape', name FROM heard
             -- A name is told with each trade; what the profile said is older only where it was asked before.
             ON CONFLICT (address) DO UPDATE SET name = EXCLUDED.name
             WHERE EXCLUDED.name IS NOT NULL AND wallets.name IS DISTINCT FROM EXCLUDED.name
             RETURNING found_at
         )
         SELECT count(*) FROM written WHERE found_at = $2",
    )
    .bind(since)
    .bind(now)
    .fetch_one(executor)
    .await?;
    u64::try_from(written).map_err(StoreError::other)
}

/// When a wallet was last found on the tape: what was traded before has been looked at.
pub async fn last_found_on_tape(
    executor: impl PgExecutor<'_>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let sql = "SELECT max(found_at) FROM wallets WHERE found_by = 'tape'";
    Ok(sqlx::query_scalar(sql).fetch_one(executor).await?)
}

/// Those of some wallets whose history was never imported.
pub async fn not_imported(
    executor: impl PgExecutor<'_>,
    wallets: &[Address],
) -> Result<Vec<Address>, StoreError> {
    let sql = "SELECT address FROM wallets WHERE address = ANY($1) AND imported_at IS NULL";
    let rows = sqlx::query(sql).bind(bytes(wallets)).fetch_all(executor).await?;
    rows.iter().map(|row| address(row, "address")).collect()
}

/// Writes who a wallet is. What upstream does not say does not erase what it said before.
pub async fn identify(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
    identity: &Identity,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE wallets SET name = coalesce($2, name), pseudonym = coalesce($3, pseudonym), bio = coalesce($4, bio),
             profile_image = coalesce($5, profile_image), x_username = coalesce($6, x_username),
             is_verified = coalesce($7, is_verified), joined_at = coalesce($8, joined_at),
             identity_observed_at = $9
         WHERE address = $1",
    )
    .bind(wallet.to_bytes().to_vec())
    .bind(&identity.name)
    .bind(&identity.pseudonym)
    .bind(&identity.bio)
    .bind(&identity.profile_image)
    .bind(&identity.x_username)
    .bind(identity.is_verified)
    .bind(identity.joined_at)
    .bind(now)
    .execute(executor)
    .await?;
    Ok(())
}

/// Writes what an import found the history to be: the last thing it does, so that one that was killed has not ended.
pub async fn set_history(
    connection: &mut PgConnection,
    wallet: &Address,
    history: &History,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE wallets SET imported_at = $2, completeness = $3, completeness_reasons = $4, history_since = $5,
             history_until = $6, activity_count = $7, first_active_at = $8, last_active_at = $9, is_empty = $10
         WHERE address = $1",
    )
    .bind(wallet.to_bytes().to_vec())
    .bind(history.imported_at)
    .bind(&history.completeness)
    .bind(&history.reasons)
    .bind(history.since)
    .bind(history.until)
    .bind(i64::try_from(history.activity_count).map_err(StoreError::other)?)
    .bind(history.first_active_at)
    .bind(history.last_active_at)
    .bind(history.is_empty)
    .execute(connection)
    .await?;
    Ok(())
}
