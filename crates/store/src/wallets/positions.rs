//! What a wallet holds and held, as our ledger and as upstream has it.

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId, TokenId};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgExecutor, QueryBuilder};

use super::{address, rows_of};
use crate::StoreError;
use crate::column::{column, parsed};

/// What our ledger says of a token. Dollars are without fees, which stand apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromRow)]
pub struct Booked {
    /// Shares held.
    pub shares: Option<Decimal>,
    /// Average cost a share: of those held, or of the last ones held.
    pub avg_price: Option<Decimal>,
    /// What the shares held cost, on average.
    pub cost_usdc: Option<Decimal>,
    /// What they cost, first in first out.
    pub fifo_cost_usdc: Option<Decimal>,
    /// Proceeds less cost of what is not held any more, on average.
    pub realized_usdc: Option<Decimal>,
    /// The same, first in first out.
    pub fifo_realized_usdc: Option<Decimal>,
    /// Fees paid.
    pub fees_usdc: Option<Decimal>,
    /// Shares that ever came in at a known cost.
    pub bought_shares: Option<Decimal>,
    /// That cost.
    pub bought_usdc: Option<Decimal>,
    /// Shares that went for known proceeds.
    pub sold_shares: Option<Decimal>,
    /// Those proceeds.
    pub sold_usdc: Option<Decimal>,
    /// Money that moved without our knowing for what.
    pub unexplained_usdc: Option<Decimal>,
    /// When the wallet first touched the token.
    pub first_at: Option<DateTime<Utc>>,
    /// When it last did.
    pub last_at: Option<DateTime<Utc>>,
}

/// What upstream reports of a token. All of it is cut to four decimals.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow)]
pub struct Reported {
    /// Shares held.
    pub venue_shares: Option<Decimal>,
    /// Average cost a share, without fees.
    pub venue_avg_price: Option<Decimal>,
    /// What the shares held cost, without fees.
    pub venue_cost_usdc: Option<Decimal>,
    /// Fees of buying them, or of the lifetime once closed.
    pub venue_fees_usdc: Option<Decimal>,
    /// Shares ever bought.
    pub venue_bought_shares: Option<Decimal>,
    /// Dollars a share now.
    pub venue_price: Option<Decimal>,
    /// What the shares are worth.
    pub venue_value_usdc: Option<Decimal>,
    /// Made with what is not held any more.
    pub venue_realized_usdc: Option<Decimal>,
    /// Above cost of what is held.
    pub venue_unrealized_usdc: Option<Decimal>,
    /// Both.
    pub venue_total_usdc: Option<Decimal>,
    /// Upstream's word for how it stands.
    pub venue_status: Option<String>,
    /// When upstream was asked; `None` where it does not list the position.
    pub venue_observed_at: Option<DateTime<Utc>>,
}

/// How a position ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromRow)]
pub struct Closed {
    /// When the last share went, or the market was resolved with shares still there.
    pub closed_at: Option<DateTime<Utc>>,
    /// Dollars a share that the resolution pays; `None` where it was left before one.
    pub payout: Option<Decimal>,
    /// Shares that the resolution settled and nobody has redeemed.
    pub unredeemed_shares: Option<Decimal>,
    /// What those were settled for, less their cost.
    pub settled_usdc: Option<Decimal>,
}

/// A token that a wallet holds or held.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// The token.
    pub token_id: TokenId,
    /// Its market.
    pub condition_id: ConditionId,
    /// Which outcome of it.
    pub outcome_index: u8,
    /// Until when our ledger has been kept.
    pub as_of: DateTime<Utc>,
    /// What our ledger says; nothing where the history does not explain what upstream reports.
    pub booked: Booked,
    /// What is doubtful about it, by name.
    pub doubts: Vec<String>,
    /// What upstream says.
    pub reported: Reported,
    /// How it ended; `None` while it is open.
    pub closed: Option<Closed>,
}

const COLUMNS: &str = "wallet_address, token_id, condition_id, outcome_index, as_of, shares, avg_price, cost_usdc,
    fifo_cost_usdc, realized_usdc, fifo_realized_usdc, fees_usdc, bought_shares, bought_usdc, sold_shares, sold_usdc,
    unexplained_usdc, first_at, last_at, doubts, venue_shares, venue_avg_price, venue_cost_usdc, venue_fees_usdc,
    venue_bought_shares, venue_price, venue_value_usdc, venue_realized_usdc, venue_unrealized_usdc, venue_total_usdc,
    venue_status, venue_observed_at";
const CLOSED_COLUMNS: &str = "closed_at, payout, unredeemed_shares, settled_usdc";

fn decode(row: &PgRow, closed: Option<Closed>) -> Result<Position, StoreError> {
    let outcome: i16 = column(row, "outcome_index")?;
    Ok(Position {
        token_id: parsed(column(row, "token_id")?)?,
        condition_id: parsed(column(row, "condition_id")?)?,
        outcome_index: u8::try_from(outcome).map_err(StoreError::other)?,
        as_of: column(row, "as_of")?,
        booked: Booked::from_row(row)?,
        doubts: column(row, "doubts")?,
        reported: Reported::from_row(row)?,
        closed,
    })
}

/// Puts an import's positions in the place of the ones before: all of them, in the caller's transaction.
pub async fn replace(
    connection: &mut PgConnection,
    wallet: &Address,
    positions: &[Position],
) -> Result<(), StoreError> {
    for table in ["wallet_positions", "wallet_closed_positions"] {
        let sql = format!("DELETE FROM {table} WHERE wallet_address = $1");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(wallet.to_bytes().to_vec())
            .execute(&mut *connection)
            .await?;
    }
    let (closed, open): (Vec<_>, Vec<_>) =
        positions.iter().partition(|position| position.closed.is_some());
    // Below the 65,535 parameters of a statement.
    for part in open.chunks(1_500) {
        let sql = format!("INSERT INTO wallet_positions ({COLUMNS}) ");
        insert(sql, wallet, part).build().execute(&mut *connection).await?;
    }
    for part in closed.chunks(1_500) {
        let sql = format!("INSERT INTO wallet_closed_positions ({COLUMNS}, {CLOSED_COLUMNS}) ");
        insert(sql, wallet, part).build().execute(&mut *connection).await?;
    }
    Ok(())
}

fn insert<'a>(
    sql: String,
    wallet: &'a Address,
    positions: &'a [&'a Position],
) -> QueryBuilder<sqlx::Postgres> {
    let mut sql = QueryBuilder::new(sql);
    sql.push_values(positions, |mut row, position| {
        let Position { booked, reported, .. } = position;
        row.push_bind(wallet.to_bytes().to_vec())
            .push_bind(position.token_id.as_str().to_owned())
            .push_bind(position.condition_id.as_str().to_owned())
            .push_bind(i16::from(position.outcome_index))
            .push_bind(position.as_of)
            .push_bind(booked.shares)
            .push_bind(booked.avg_price)
            .push_bind(booked.cost_usdc)
            .push_bind(booked.fifo_cost_usdc)
            .push_bind(booked.realized_usdc)
            .push_bind(booked.fifo_realized_usdc)
            .push_bind(booked.fees_usdc)
            .push_bind(booked.bought_shares)
            .push_bind(booked.bought_usdc)
            .push_bind(booked.sold_shares)
            .push_bind(booked.sold_usdc)
            .push_bind(booked.unexplained_usdc)
            .push_bind(booked.first_at)
            .push_bind(booked.last_at)
            .push_bind(position.doubts.clone())
            .push_bind(reported.venue_shares)
            .push_bind(reported.venue_avg_price)
            .push_bind(reported.venue_cost_usdc)
            .push_bind(reported.venue_fees_usdc)
            .push_bind(reported.venue_bought_shares)
            .push_bind(reported.venue_price)
            .push_bind(reported.venue_value_usdc)
            .push_bind(reported.venue_realized_usdc)
            .push_bind(reported.venue_unrealized_usdc)
            .push_bind(reported.venue_total_usdc)
            .push_bind(reported.venue_status.clone())
            .push_bind(reported.venue_observed_at);
        if let Some(closed) = position.closed {
            row.push_bind(closed.closed_at)
                .push_bind(closed.payout)
                .push_bind(closed.unredeemed_shares)
                .push_bind(closed.settled_usdc);
        }
    });
    sql
}

/// What a wallet holds, the dearest first.
pub async fn open(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
) -> Result<Vec<Position>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM wallet_positions WHERE wallet_address = $1 ORDER BY cost_usdc DESC NULLS LAST, token_id"
    );
    rows_of(executor, sqlx::AssertSqlSafe(sql), wallet, |row| decode(row, None)).await
}

/// A page of what it held, the last closed first.
pub async fn closed(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
    limit: u32,
    offset: u32,
) -> Result<Vec<Position>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS}, {CLOSED_COLUMNS} FROM wallet_closed_positions WHERE wallet_address = $1
         ORDER BY closed_at DESC NULLS LAST, token_id LIMIT $2 OFFSET $3"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(wallet.to_bytes().to_vec())
        .bind(i64::from(limit))
        .bind(i64::from(offset))
        .fetch_all(executor)
        .await?;
    rows.iter().map(|row| decode(row, Some(Closed::from_row(row)?))).collect()
}

/// How many it held.
pub async fn closed_count(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
) -> Result<u64, StoreError> {
    let sql = "SELECT count(*) FROM wallet_closed_positions WHERE wallet_address = $1";
    let count: i64 =
        sqlx::query_scalar(sql).bind(wallet.to_bytes().to_vec()).fetch_one(executor).await?;
    u64::try_from(count).map_err(StoreError::other)
}

/// What all positions of a wallet come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Sums {
    /// What resolutions pay for shares that nobody has redeemed, in dollars.
    pub redeemable_usdc: Option<Decimal>,
    /// The most that the shares held of one token cost.
    pub largest_cost_usdc: Option<Decimal>,
    /// What upstream says the shares are worth; `None` where it lists nothing.
    pub venue_value_usdc: Option<Decimal>,
    /// What it says was realised, before fees.
    pub venue_realized_usdc: Option<Decimal>,
    /// What it says is not realised yet.
    pub venue_unrealized_usdc: Option<Decimal>,
    /// Both, as it sums them.
    pub venue_total_usdc: Option<Decimal>,
    /// When it was asked.
    pub venue_observed_at: Option<DateTime<Utc>>,
}

impl Sums {
    /// The most that the shares held of one token cost, in dollars.
    pub fn largest_cost(&self) -> Option<f64> {
        self.largest_cost_usdc?.to_f64()
    }
}

/// What a wallet's positions come to, open and closed.
pub async fn sums(executor: impl PgExecutor<'_>, wallet: &Address) -> Result<Sums, StoreError> {
    const VENUE: &str =
        "venue_value_usdc, venue_realized_usdc, venue_unrealized_usdc, venue_total_usdc,
                         venue_observed_at";
    let sql = format!(
        "SELECT sum(redeemable_usdc) AS redeemable_usdc, max(held_cost_usdc) AS largest_cost_usdc,
                sum(venue_value_usdc) AS venue_value_usdc, sum(venue_realized_usdc) AS venue_realized_usdc,
                sum(venue_unrealized_usdc) AS venue_unrealized_usdc, sum(venue_total_usdc) AS venue_total_usdc,
                max(venue_observed_at) AS venue_observed_at
         FROM (SELECT NULL::numeric AS redeemable_usdc, cost_usdc AS held_cost_usdc, {VENUE}
               FROM wallet_positions WHERE wallet_address = $1
               UNION ALL
               SELECT unredeemed_shares * payout, NULL::numeric, {VENUE}
               FROM wallet_closed_positions WHERE wallet_address = $1) AS held"
    );
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(wallet.to_bytes().to_vec())
        .fetch_one(executor)
        .await?)
}

/// What imported wallets hold of a market, the largest first: who, which outcome, how many shares.
pub async fn of_market(
    executor: impl PgExecutor<'_>,
    condition_id: &ConditionId,
    limit: u32,
) -> Result<Vec<(Address, Position)>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM wallet_positions WHERE condition_id = $1
         ORDER BY shares DESC NULLS LAST, wallet_address, token_id LIMIT $2"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(condition_id.as_str())
        .bind(i64::from(limit))
        .fetch_all(executor)
        .await?;
    rows.iter().map(|row| Ok((address(row, "wallet_address")?, decode(row, None)?))).collect()
}
