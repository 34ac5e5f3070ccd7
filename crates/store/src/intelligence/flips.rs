//! Reversals of wallets, as their books tell them (`domain::whales`).

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor};

use crate::StoreError;
use crate::column::{column, parsed};
use crate::wallets::{address, rows_of};

/// A token that somebody is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toward {
    /// Its market.
    pub condition_id: ConditionId,
    /// Which outcome of it.
    pub outcome_index: u8,
}

/// A wallet turned round.
#[derive(Debug, Clone, PartialEq)]
pub struct WalletFlip {
    /// Who.
    pub wallet: Address,
    /// When.
    pub at: DateTime<Utc>,
    /// The event's id, or its market's where it has none.
    pub event_key: String,
    /// The market of the act that did it.
    pub condition_id: ConditionId,
    /// What it was for; `None` where that has no name.
    pub from: Option<Toward>,
    /// What it is for.
    pub to: Option<Toward>,
    /// Dollars that depended on the answer before it began to turn.
    pub before_usdc: Decimal,
    /// That depend on it after.
    pub after_usdc: Decimal,
    /// The most that did since the last turn.
    pub peak_usdc: Decimal,
    /// The change along the peak, as a part of it; 2 is a full turn.
    pub change: f64,
    /// Whether everything it did on the question was seen.
    pub is_whole: bool,
    /// Ids of the activity that made it, the last one at the end.
    pub evidence: Value,
}

/// Writes a wallet's flips in the place of the ones before.
pub async fn replace(
    connection: &mut PgConnection,
    wallet: &Address,
    flips: &[WalletFlip],
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM wallet_flips WHERE wallet_address = $1")
        .bind(wallet.to_bytes().to_vec())
        .execute(&mut *connection)
        .await?;
    if flips.is_empty() {
        return Ok(());
    }
    let condition = |side: &Option<Toward>| side.as_ref().map(|one| one.condition_id.to_string());
    let outcome = |side: &Option<Toward>| side.as_ref().map(|one| i16::from(one.outcome_index));
    sqlx::query(
        "INSERT INTO wallet_flips (wallet_address, at, event_key, condition_id, from_condition_id, from_outcome,
                                   to_condition_id, to_outcome, before_usdc, after_usdc, peak_usdc, change, is_whole,
                                   evidence)
         SELECT $1, n.* FROM unnest($2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::text[],
                                    $8::smallint[], $9::numeric[], $10::numeric[], $11::numeric[],
                                    $12::double precision[], $13::boolean[], $14::jsonb[]) AS n
         ON CONFLICT DO NOTHING",
    )
    .bind(wallet.to_bytes().to_vec())
    .bind(flips.iter().map(|flip| flip.at).collect::<Vec<_>>())
    .bind(flips.iter().map(|flip| flip.event_key.as_str()).collect::<Vec<_>>())
    .bind(flips.iter().map(|flip| flip.condition_id.as_str()).collect::<Vec<_>>())
    .bind(flips.iter().map(|flip| condition(&flip.from)).collect::<Vec<_>>())
    .bind(flips.iter().map(|flip| outcome(&flip.from)).collect::<Vec<_>>())
    .bind(flips.iter().map(|flip| condition(&flip.to)).collect::<Vec<_>>())
    .bind(flips.iter().map(|flip| outcome(&flip.to)).collect::<Vec<_>>())
    .bind(flips.iter().map(|flip| flip.before_usdc).collect::<Vec<_>>())
    .bind(flips.iter().map(|flip| flip.after_usdc).collect::<Vec<_>>())
    .bind(flips.iter().map(|flip| flip.peak_usdc).collect::<Vec<_>>())
    .bind(flips.iter().map(|flip| flip.change).collect::<Vec<_>>())
    .bind(flips.iter().map(|flip| flip.is_whole).collect::<Vec<_>>())
    .bind(flips.iter().map(|flip| &flip.evidence).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// A wallet's flips, the newest first.
pub async fn of_wallet(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
) -> Result<Vec<WalletFlip>, StoreError> {
    let sql = "SELECT * FROM wallet_flips WHERE wallet_address = $1 ORDER BY at DESC, condition_id";
    rows_of(executor, sql, wallet, decode).await
}

/// Whole flips since an instant of wallets of some classes, the oldest first; at most 1,000.
pub async fn of_classes_since(
    executor: impl PgExecutor<'_>,
    classes: &[&str],
    since: DateTime<Utc>,
) -> Result<Vec<WalletFlip>, StoreError> {
    let rows = sqlx::query(
        "SELECT f.* FROM wallet_flips f JOIN wallet_classes c ON c.wallet_address = f.wallet_address
         WHERE f.at > $2 AND f.is_whole AND c.class = ANY($1) ORDER BY f.at, f.wallet_address LIMIT 1000",
    )
    .bind(classes)
    .bind(since)
    .fetch_all(executor)
    .await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<WalletFlip, StoreError> {
    Ok(WalletFlip {
        wallet: address(row, "wallet_address")?,
        at: column(row, "at")?,
        event_key: column(row, "event_key")?,
        condition_id: parsed(column(row, "condition_id")?)?,
        from: toward(row, "from_condition_id", "from_outcome")?,
        to: toward(row, "to_condition_id", "to_outcome")?,
        before_usdc: column(row, "before_usdc")?,
        after_usdc: column(row, "after_usdc")?,
        peak_usdc: column(row, "peak_usdc")?,
        change: column(row, "change")?,
        is_whole: column(row, "is_whole")?,
        evidence: column(row, "evidence")?,
    })
}

pub(super) fn toward(
    row: &PgRow,
    condition: &str,
    outcome: &str,
) -> Result<Option<Toward>, StoreError> {
    let (condition, outcome): (Option<&str>, Option<i16>) =
        (column(row, condition)?, column(row, outcome)?);
    let Some((condition, outcome)) = condition.zip(outcome) else { return Ok(None) };
    let outcome_index = u8::try_from(outcome).map_err(StoreError::other)?;
    Ok(Some(Toward { condition_id: parsed(condition)?, outcome_index }))
}
