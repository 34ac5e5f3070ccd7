//! What those whose record speaks for them hold in a market (`domain::signals`).

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId, EventId, MarketId};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::StoreError;
use crate::column::{column, parsed};
use crate::notify::notify;
use crate::wallets::address;

/// Where smart money stands on a market.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketConsensus {
    /// The market.
    pub market_id: MarketId,
    /// When.
    pub as_of: DateTime<Utc>,
    /// Of the definition.
    pub version: i16,
    /// −100 all on outcome 1 to 100 all on outcome 0; `None`: too few voices to say, or nothing to weigh them by.
    pub imbalance: Option<f64>,
    /// From the least to the most it may be.
    pub interval: Option<(f64, f64)>,
    /// So many equal and independent voices.
    pub voices: f64,
    /// What they paid on average for outcome 0.
    pub paid: Option<f64>,
    /// What it costs now.
    pub price: Option<f64>,
    /// What it was made from, by name.
    pub ingredients: Value,
}

/// Channel on which it is announced that all of them were written anew; the payload is how many there are.
pub const CONSENSUS_CHANNEL: &str = "consensus_changed";

/// Writes all of them in the place of the ones before, and announces it with the end of the transaction.
pub async fn replace(
    connection: &mut PgConnection,
    all: &[MarketConsensus],
) -> Result<(), StoreError> {
    let markets: Vec<&str> = all.iter().map(|one| one.market_id.as_str()).collect();
    sqlx::query("DELETE FROM market_consensus WHERE market_id <> ALL($1)")
        .bind(&markets)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO market_consensus (market_id, as_of, version, imbalance, low, high, voices, paid, price, ingredients)
         SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::smallint[], $4::double precision[],
                              $5::double precision[], $6::double precision[], $7::double precision[],
                              $8::double precision[], $9::double precision[], $10::jsonb[])
         ON CONFLICT (market_id) DO UPDATE
         SET as_of = EXCLUDED.as_of, version = EXCLUDED.version, imbalance = EXCLUDED.imbalance, low = EXCLUDED.low,
             high = EXCLUDED.high, voices = EXCLUDED.voices, paid = EXCLUDED.paid, price = EXCLUDED.price,
             ingredients = EXCLUDED.ingredients",
    )
    .bind(&markets)
    .bind(all.iter().map(|one| one.as_of).collect::<Vec<_>>())
    .bind(all.iter().map(|one| one.version).collect::<Vec<_>>())
    .bind(all.iter().map(|one| one.imbalance).collect::<Vec<_>>())
    .bind(all.iter().map(|one| one.interval.map(|ends| ends.0)).collect::<Vec<_>>())
    .bind(all.iter().map(|one| one.interval.map(|ends| ends.1)).collect::<Vec<_>>())
    .bind(all.iter().map(|one| one.voices).collect::<Vec<_>>())
    .bind(all.iter().map(|one| one.paid).collect::<Vec<_>>())
    .bind(all.iter().map(|one| one.price).collect::<Vec<_>>())
    .bind(all.iter().map(|one| &one.ingredients).collect::<Vec<_>>())
    .execute(&mut *connection)
    .await?;
    notify(connection, CONSENSUS_CHANNEL, &all.len().to_string()).await
}

const COLUMNS: &str =
    "market_id, as_of, version, imbalance, low, high, voices, paid, price, ingredients";

/// Of one market; `None` where nobody whose record speaks for them holds anything.
pub async fn of_market(
    executor: impl PgExecutor<'_>,
    market_id: &MarketId,
) -> Result<Option<MarketConsensus>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM market_consensus WHERE market_id = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(market_id.as_str())
        .fetch_optional(executor)
        .await?;
    row.as_ref().map(decode).transpose()
}

/// Of all markets, by market.
pub async fn all(executor: impl PgExecutor<'_>) -> Result<Vec<MarketConsensus>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM market_consensus ORDER BY market_id");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<MarketConsensus, StoreError> {
    let (low, high): (Option<f64>, Option<f64>) = (column(row, "low")?, column(row, "high")?);
    Ok(MarketConsensus {
        market_id: parsed(column(row, "market_id")?)?,
        as_of: column(row, "as_of")?,
        version: column(row, "version")?,
        imbalance: column(row, "imbalance")?,
        interval: low.zip(high),
        voices: column(row, "voices")?,
        paid: column(row, "paid")?,
        price: column(row, "price")?,
        ingredients: column(row, "ingredients")?,
    })
}

/// An open market in which somebody of a record holds something.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldMarket {
    /// The market.
    pub market_id: MarketId,
    /// Its condition.
    pub condition_id: ConditionId,
    /// Its event, where it is one of the event's markets of which one pays.
    pub group: Option<EventId>,
    /// Dollars that rest in its book.
    pub liquidity: Option<Decimal>,
    /// What is offered for a share of outcome 0.
    pub best_bid: Option<Decimal>,
    /// What one is offered for.
    pub best_ask: Option<Decimal>,
}

/// Open markets with two outcomes in which wallets of class `smart` hold shares, those that most of them hold first.
pub async fn markets_of_the_smart(
    executor: impl PgExecutor<'_>,
    most: u32,
) -> Result<Vec<HeldMarket>, StoreError> {
    let rows = sqlx::query(
        "SELECT m.market_id, m.condition_id, CASE WHEN m.neg_risk THEN m.event_id END AS event_id, m.liquidity,
                m.best_bid, m.best_ask
         FROM (SELECT p.condition_id, count(DISTINCT p.wallet_address) AS wallets
               FROM wallet_classes c JOIN wallet_positions p ON p.wallet_address = c.wallet_address
               WHERE c.class = 'smart' AND p.shares > 0 GROUP BY p.condition_id) AS held
              JOIN markets m ON m.condition_id = held.condition_id
         WHERE NOT m.closed AND m.delisted_at IS NULL AND cardinality(m.token_ids) = 2
         ORDER BY held.wallets DESC, m.market_id LIMIT $1",
    )
    .bind(i64::from(most))
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| {
            let event: Option<&str> = column(row, "event_id")?;
            Ok(HeldMarket {
                market_id: parsed(column(row, "market_id")?)?,
                condition_id: parsed(column(row, "condition_id")?)?,
                group: event.map(parsed).transpose()?,
                liquidity: column(row, "liquidity")?,
                best_bid: column(row, "best_bid")?,
                best_ask: column(row, "best_ask")?,
            })
        })
        .collect()
}

/// What an imported wallet holds of a market, and what is known of the wallet.
#[derive(Debug, Clone, PartialEq)]
pub struct Holding {
    /// Who.
    pub wallet: Address,
    /// Of which market.
    pub condition_id: ConditionId,
    /// Which outcome.
    pub outcome_index: u8,
    /// How many shares.
    pub shares: Decimal,
    /// What they cost on average, without fees.
    pub average_price: Option<Decimal>,
    /// The wallet's class, where it has one.
    pub class: Option<String>,
    /// The verdict of its smart money score, and what that was made from.
    pub score: Option<(String, Value)>,
    /// The cluster of its owner.
    pub cluster: Option<Uuid>,
}

/// What imported wallets hold of some markets, by wallet.
pub async fn holdings(
    executor: impl PgExecutor<'_>,
    conditions: &[ConditionId],
) -> Result<Vec<Holding>, StoreError> {
    let ids: Vec<&str> = conditions.iter().map(ConditionId::as_str).collect();
    let rows = sqlx::query(
        "SELECT p.wallet_address, p.condition_id, p.outcome_index, p.shares, p.avg_price, c.class, s.verdict,
                s.ingredients, o.cluster_id
         FROM wallet_positions p
              LEFT JOIN wallet_classes c ON c.wallet_address = p.wallet_address
              LEFT JOIN current_wallet_scores s ON s.wallet_address = p.wallet_address AND s.kind = 'smart_money'
              LEFT JOIN owner_clusters o ON o.wallet_address = p.wallet_address
         WHERE p.condition_id = ANY($1) AND p.shares > 0 AND p.outcome_index < 2
         ORDER BY p.wallet_address, p.condition_id, p.outcome_index",
    )
    .bind(ids)
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| {
            let (verdict, ingredients): (Option<String>, Option<Value>) =
                (column(row, "verdict")?, column(row, "ingredients")?);
            let outcome: i16 = column(row, "outcome_index")?;
            Ok(Holding {
                wallet: address(row, "wallet_address")?,
                condition_id: parsed(column(row, "condition_id")?)?,
                outcome_index: u8::try_from(outcome).map_err(StoreError::other)?,
                shares: column(row, "shares")?,
                average_price: column(row, "avg_price")?,
                class: column(row, "class")?,
                score: verdict.zip(ingredients),
                cluster: column(row, "cluster_id")?,
            })
        })
        .collect()
}
