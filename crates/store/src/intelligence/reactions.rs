//! Who is followed by a wallet, on the public tape.

use chrono::{DateTime, Utc};
use domain::Address;
use domain::conduct::{BEYOND, Reaction, WITHIN_S};
use sqlx::{PgExecutor, Row as _};

use crate::StoreError;

/// How a wallet's newest orders since an instant, at most so many, stand to those of the one other wallet that it
/// followed most: for the same token and side, within [`WITHIN_S`] before and after. What came in the same second came
/// neither before nor after. Without any other nothing was followed.
pub async fn of(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
    since: DateTime<Utc>,
    most: u32,
) -> Result<Reaction, StoreError> {
    let row = sqlx::query(
        "WITH own AS (
             SELECT DISTINCT traded_at, market_id, outcome_index, is_buy FROM trades
             WHERE wallet_address = $1 AND traded_at >= $2
             ORDER BY traded_at DESC LIMIT $3),
         other AS (
             SELECT near.wallet_address, count(*) FILTER (WHERE near.is_before) AS followed,
                    count(*) FILTER (WHERE NOT near.is_before) AS preceded
             FROM own CROSS JOIN LATERAL (
                 SELECT DISTINCT t.wallet_address, t.traded_at < own.traded_at AS is_before FROM trades t
                 WHERE t.market_id = own.market_id AND t.traded_at >= $2
                   AND t.traded_at BETWEEN own.traded_at - make_interval(secs => $4)
                                       AND own.traded_at + make_interval(secs => $4)
                   AND t.traded_at <> own.traded_at AND t.outcome_index = own.outcome_index AND t.is_buy = own.is_buy
                   AND length(t.wallet_address) = 20 AND t.wallet_address <> $1) AS near
             GROUP BY near.wallet_address)
         SELECT (SELECT count(*) FROM own) AS orders, coalesce(most.followed, 0) AS followed,
                coalesce(most.preceded, 0) AS preceded
         FROM (VALUES (1)) AS one
              LEFT JOIN (SELECT * FROM other
                         ORDER BY followed - preceded - $5 * sqrt(followed + preceded) DESC, wallet_address
                         LIMIT 1) AS most ON true",
    )
    .bind(wallet.to_bytes().to_vec())
    .bind(since)
    .bind(i64::from(most))
    .bind(WITHIN_S as f64)
    .bind(BEYOND)
    .fetch_one(executor)
    .await?;
    let count = |name| -> Result<usize, StoreError> {
        let count: i64 = row.try_get(name)?;
        usize::try_from(count).map_err(StoreError::other)
    };
    Ok(Reaction {
        orders: count("orders")?,
        followed: count("followed")?,
        preceded: count("preceded")?,
    })
}
