//! What it all came to, over time and by who says so.

use chrono::{DateTime, Utc};
use domain::Address;
use rust_decimal::Decimal;
use sqlx::{FromRow, PgConnection, PgExecutor};

use crate::{StoreError, months};

/// Who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PnlSource {
    /// Our own books.
    Ledger,
    /// The Data API, net of fees.
    Venue,
    /// What the profile page draws.
    Site,
}

impl PnlSource {
    /// The word in the database and the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Venue => "venue",
            Self::Site => "site",
        }
    }
}

/// Everything made up to an instant, in dollars; `None` is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct PnlPoint {
    /// The instant.
    pub at: DateTime<Utc>,
    /// When we learned it.
    pub observed_at: DateTime<Utc>,
    /// With what is not held any more.
    pub realized_usdc: Option<Decimal>,
    /// With what is held.
    pub unrealized_usdc: Option<Decimal>,
    /// Fees paid, which the source takes off its total or not.
    pub fees_usdc: Option<Decimal>,
    /// Rewards, rebates and the like.
    pub income_usdc: Option<Decimal>,
    /// What the source calls its total.
    pub total_usdc: Option<Decimal>,
}

/// Makes room for points, so that the transaction that writes them need not.
pub async fn make_room(
    executor: impl PgExecutor<'_>,
    points: &[PnlPoint],
) -> Result<(), StoreError> {
    let instants = points.iter().map(|point| point.at).collect();
    months::prepare(executor, "wallet_pnl_snapshots", instants).await
}

/// Writes points that differ from what is held of the same instants.
pub async fn record(
    connection: &mut PgConnection,
    wallet: &Address,
    source: PnlSource,
    points: &[PnlPoint],
) -> Result<u64, StoreError> {
    make_room(&mut *connection, points).await?;
    let column = |of: fn(&PnlPoint) -> Option<Decimal>| points.iter().map(of).collect::<Vec<_>>();
    let written = sqlx::query(
        "INSERT INTO wallet_pnl_snapshots AS held (wallet_address, source, at, observed_at, realized_usdc,
                                                   unrealized_usdc, fees_usdc, income_usdc, total_usdc)
         SELECT $1, $2, n.* FROM unnest($3::timestamptz[], $4::timestamptz[], $5::numeric[], $6::numeric[],
                                        $7::numeric[], $8::numeric[], $9::numeric[]) AS n
         ON CONFLICT (wallet_address, source, at) DO UPDATE
         SET observed_at = EXCLUDED.observed_at, realized_usdc = EXCLUDED.realized_usdc,
             unrealized_usdc = EXCLUDED.unrealized_usdc, fees_usdc = EXCLUDED.fees_usdc,
             income_usdc = EXCLUDED.income_usdc, total_usdc = EXCLUDED.total_usdc
         WHERE (held.realized_usdc, held.unrealized_usdc, held.fees_usdc, held.income_usdc, held.total_usdc)
               IS DISTINCT FROM (EXCLUDED.realized_usdc, EXCLUDED.unrealized_usdc, EXCLUDED.fees_usdc,
                                 EXCLUDED.income_usdc, EXCLUDED.total_usdc)",
    )
    .bind(wallet.to_bytes().to_vec())
    .bind(source.slug())
    .bind(points.iter().map(|point| point.at).collect::<Vec<_>>())
    .bind(points.iter().map(|point| point.observed_at).collect::<Vec<_>>())
    .bind(column(|point| point.realized_usdc))
    .bind(column(|point| point.unrealized_usdc))
    .bind(column(|point| point.fees_usdc))
    .bind(column(|point| point.income_usdc))
    .bind(column(|point| point.total_usdc))
    .execute(connection)
    .await?;
    Ok(written.rows_affected())
}

/// Takes the points of a source away: before a history that was imported anew is written in their place.
pub async fn clear(
    connection: &mut PgConnection,
    wallet: &Address,
    source: PnlSource,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM wallet_pnl_snapshots WHERE wallet_address = $1 AND source = $2")
        .bind(wallet.to_bytes().to_vec())
        .bind(source.slug())
        .execute(connection)
        .await?;
    Ok(())
}

/// The points of a source since an instant, the oldest first.
pub async fn series(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
    source: PnlSource,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<PnlPoint>, StoreError> {
    let sql = "SELECT at, observed_at, realized_usdc, unrealized_usdc, fees_usdc, income_usdc, total_usdc
               FROM wallet_pnl_snapshots
               WHERE wallet_address = $1 AND source = $2 AND at >= coalesce($3, '-infinity') ORDER BY at";
    Ok(sqlx::query_as(sql)
        .bind(wallet.to_bytes().to_vec())
        .bind(source.slug())
        .bind(since)
        .fetch_all(executor)
        .await?)
}

/// The newest point of a source.
pub async fn last(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
    source: PnlSource,
) -> Result<Option<PnlPoint>, StoreError> {
    let sql = "SELECT at, observed_at, realized_usdc, unrealized_usdc, fees_usdc, income_usdc, total_usdc
               FROM wallet_pnl_snapshots WHERE wallet_address = $1 AND source = $2 ORDER BY at DESC LIMIT 1";
    Ok(sqlx::query_as(sql)
        .bind(wallet.to_bytes().to_vec())
        .bind(source.slug())
        .fetch_optional(executor)
        .await?)
}
