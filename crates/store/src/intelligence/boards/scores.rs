//! Wallets by score.

use chrono::{DateTime, Utc};
use domain::Address;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, Postgres, QueryBuilder};

use super::WalletFilter;
use crate::StoreError;
use crate::column::column;
use crate::wallets::{address, bytes, rows_of};

/// A score as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct StandingScore {
    /// Whose.
    pub wallet: Address,
    /// Which, by name.
    pub kind: String,
    /// Up to when what it rests on was known.
    pub as_of: DateTime<Utc>,
    /// When it was last found to be still so.
    pub checked_at: DateTime<Utc>,
    /// Of the definition.
    pub version: i16,
    /// Observations.
    pub n: u32,
    /// `scored`, `too_few`, `withheld` or `excluded`.
    pub verdict: String,
    /// Why it is withheld or excluded, by name.
    pub reason: Option<String>,
    /// 0 to 100.
    pub value: Option<f64>,
    /// The lower end of its interval.
    pub low: Option<f64>,
    /// The upper one.
    pub high: Option<f64>,
    /// What it was made from.
    pub ingredients: serde_json::Value,
    /// Records it rests on.
    pub evidence: serde_json::Value,
}

/// Which scores.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BoardFilter {
    /// Of this kind.
    pub kind: String,
    /// With this verdict.
    pub verdict: String,
    /// Whose.
    pub who: WalletFilter,
    /// Of at least so much; of scored ones only.
    pub least: Option<f64>,
    /// Those that come after this one.
    pub after: Option<BoardPlace>,
}

/// A place on a board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoardPlace {
    /// The score there; `None` on boards of wallets without one.
    #[serde(with = "super::exact::known")]
    pub value: Option<f64>,
    /// The wallet there.
    pub wallet: Address,
    /// The how-manieth that is, from 1.
    pub rank: u32,
}

const COLUMNS: &str = "s.wallet_address, s.kind, s.as_of, s.checked_at, s.version, s.n, s.verdict, s.reason, s.value, s.low,
    s.high, s.ingredients, s.evidence";

/// A board: the highest scores first; wallets without one by address.
pub async fn board(
    executor: impl PgExecutor<'_>,
    filter: &BoardFilter,
    limit: u32,
) -> Result<Vec<StandingScore>, StoreError> {
    let mut sql = QueryBuilder::<Postgres>::new(format!(
        "SELECT {COLUMNS} FROM current_wallet_scores s WHERE s.kind = "
    ));
    sql.push_bind(filter.kind.clone());
    let is_ranked = filter.verdict == "scored";
    if is_ranked {
        // Not a parameter: the index is of these only.
        sql.push(" AND s.verdict = 'scored'");
    } else {
        sql.push(" AND s.verdict = ").push_bind(filter.verdict.clone());
    }
    filter.who.narrow(&mut sql, "s.wallet_address");
    if let Some(least) = filter.least {
        sql.push(" AND s.value >= ").push_bind(least);
    }
    if let Some(after) = &filter.after {
        if let Some(value) = after.value {
            sql.push(" AND s.value <= ").push_bind(value);
            sql.push(" AND (s.value < ").push_bind(value).push(" OR s.wallet_address > ");
        } else {
            sql.push(" AND (s.wallet_address > ");
        }
        sql.push_bind(after.wallet.to_bytes().to_vec()).push(")");
    }
    sql.push(if is_ranked {
        " ORDER BY s.value DESC, s.wallet_address LIMIT "
    } else {
        " ORDER BY s.wallet_address LIMIT "
    });
    sql.push_bind(i64::from(limit));
    let rows = sql.build().fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

/// Every score of a wallet as it stands.
pub async fn current(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
) -> Result<Vec<StandingScore>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM current_wallet_scores s WHERE s.wallet_address = $1 ORDER BY s.kind"
    );
    rows_of(executor, sqlx::AssertSqlSafe(sql), wallet, decode).await
}

/// Every score a wallet was ever given, the newest first; at most `limit`.
pub async fn history(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
    limit: u32,
) -> Result<Vec<StandingScore>, StoreError> {
    let sql = "SELECT wallet_address, kind, as_of, as_of AS checked_at, version, n, verdict, reason, value, low, high,
                      ingredients, evidence
               FROM wallet_scores WHERE wallet_address = $1 ORDER BY as_of DESC, kind LIMIT $2";
    let rows = sqlx::query(sql)
        .bind(wallet.to_bytes().to_vec())
        .bind(i64::from(limit))
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

/// What some wallets made in all by our books, after fees, with what they hold marked; of those of whom it is known.
pub async fn profits(
    executor: impl PgExecutor<'_>,
    wallets: &[Address],
) -> Result<Vec<(Address, Decimal)>, StoreError> {
    let rows = sqlx::query(
        "SELECT a.address, p.total_usdc FROM unnest($1::bytea[]) AS a (address)
         JOIN LATERAL (
             SELECT total_usdc FROM wallet_pnl_snapshots
             WHERE wallet_address = a.address AND source = 'ledger' ORDER BY at DESC LIMIT 1
         ) p ON p.total_usdc IS NOT NULL",
    )
    .bind(bytes(wallets))
    .fetch_all(executor)
    .await?;
    rows.iter().map(|row| Ok((address(row, "address")?, column(row, "total_usdc")?))).collect()
}

/// Whose money a wallet's is; `None` where nobody has said yet.
pub async fn class_of(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT class FROM wallet_classes WHERE wallet_address = $1";
    let query = sqlx::query_scalar(sql).bind(wallet.to_bytes().to_vec());
    Ok(query.fetch_optional(executor).await?)
}

fn decode(row: &PgRow) -> Result<StandingScore, StoreError> {
    Ok(StandingScore {
        wallet: address(row, "wallet_address")?,
        kind: column(row, "kind")?,
        as_of: column(row, "as_of")?,
        checked_at: column(row, "checked_at")?,
        version: column(row, "version")?,
        n: u32::try_from(column::<i32>(row, "n")?).map_err(StoreError::other)?,
        verdict: column(row, "verdict")?,
        reason: column(row, "reason")?,
        value: column(row, "value")?,
        low: column(row, "low")?,
        high: column(row, "high")?,
        ingredients: column(row, "ingredients")?,
        evidence: column(row, "evidence")?,
    })
}
