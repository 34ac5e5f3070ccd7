//! How large what wallets hold is for its markets: measured with the books, of each event the largest.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Address;
use rust_decimal::dec;
use sqlx::{AssertSqlSafe, PgConnection};
use store::catalogue;
use store::intelligence::sizes::{self, LargestPosition};
use store::testing::TestDatabase;
use support::{event, market};

fn at(hour: i64) -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hour)
}

fn wallet() -> Address {
    Address::from_bytes([1; 20])
}

/// Markets 1 and 2 are of one event, 3 of none and 4 is closed: each trades $10,000 a day, of which $20,000 rest.
async fn filled() -> (TestDatabase, PgConnection) {
    let database = TestDatabase::create().await;
    let mut writer = database.service().acquire().await.unwrap().detach();
    catalogue::prepare_history(&mut writer, at(0)).await.unwrap();
    let markets: Vec<_> = (1..=4u32).map(|id| market(&id.to_string())).collect();
    catalogue::apply(&mut writer, None, at(0), &[event("e1")], &markets).await.unwrap();
    let sql = "UPDATE markets SET condition_id = '0x' || lpad(market_id, 64, '0'), volume_24h = 10000, liquidity = 20000,
                   event_id = CASE WHEN market_id = '3' THEN NULL ELSE 'e' || (market_id::integer / 3) END,
                   closed = market_id = '4'";
    sqlx::raw_sql(sql).execute(&mut writer).await.unwrap();
    (database, writer)
}

/// Of outcome `outcome` of a market: shares, what they cost, and all that was ever bought of it.
async fn hold(writer: &mut PgConnection, market: u8, outcome: u8, held: [u32; 3]) {
    let [shares, cost, bought] = held;
    let sql = format!(
        "INSERT INTO wallet_positions (wallet_address, token_id, condition_id, outcome_index, as_of, shares, cost_usdc,
                                       bought_usdc)
         VALUES ($1, '{market}{outcome}', '0x' || lpad('{market}', 64, '0'), {outcome}, $2, {shares}, {cost}, {bought})"
    );
    let insert = sqlx::query(AssertSqlSafe(sql)).bind(wallet().to_bytes().to_vec()).bind(at(0));
    insert.execute(writer).await.unwrap();
}

async fn measured(
    database: &TestDatabase,
    writer: &mut PgConnection,
    hour: i64,
) -> Vec<LargestPosition> {
    sizes::measure_positions(writer, &wallet(), at(hour)).await.unwrap();
    sizes::positions(database.public(), &[wallet()], at(-1)).await.unwrap()
}

#[tokio::test]
async fn of_each_event_the_largest_position_beyond_complete_sets_counts() {
    let (database, mut writer) = filled().await;
    hold(&mut writer, 1, 0, [1_000, 600, 700]).await;
    // Of 5,000 shares 2,000 are complete sets: 3,000 of them are a stance, which cost 1,200.
    hold(&mut writer, 2, 0, [5_000, 2_000, 2_000]).await;
    hold(&mut writer, 2, 1, [2_000, 1_100, 1_100]).await;
    hold(&mut writer, 3, 1, [100, 40, 40]).await;
    hold(&mut writer, 4, 0, [90_000, 80_000, 80_000]).await;
    let found = measured(&database, &mut writer, 0).await;
    let told: Vec<_> =
        found.iter().map(|one| (one.event_key.as_str(), one.usdc, one.stake_usdc)).collect();
    assert_eq!(told, [("3", dec!(40), Some(dec!(40))), ("e0", dec!(1200), Some(dec!(3800)))]);
    assert_eq!((found[1].volume_share, found[1].liquidity_share), (Some(0.12), Some(0.06)));
    assert_eq!(found[1].condition_id.as_str(), format!("0x{:064}", 2));
}

#[tokio::test]
async fn what_is_unknown_is_not_measured_and_what_was_larger_stays() {
    let (database, mut writer) = filled().await;
    hold(&mut writer, 1, 0, [1_000, 900, 900]).await;
    let cleared = "UPDATE markets SET volume_24h = 0, liquidity = NULL";
    sqlx::raw_sql(cleared).execute(&mut writer).await.unwrap();
    let unknown = measured(&database, &mut writer, 0).await;
    assert_eq!((unknown[0].volume_share, unknown[0].liquidity_share), (None, None));

    let told = "UPDATE markets SET volume_24h = 9000, liquidity = 9000";
    sqlx::raw_sql(told).execute(&mut writer).await.unwrap();
    let known = measured(&database, &mut writer, 1).await;
    assert_eq!((known[0].volume_share, known[0].liquidity_share), (Some(0.1), Some(0.1)));

    let thinner = "UPDATE markets SET volume_24h = 90, liquidity = 90";
    sqlx::raw_sql(thinner).execute(&mut writer).await.unwrap();
    assert_eq!(measured(&database, &mut writer, 2).await, known, "the position did not grow");

    let smaller = "UPDATE wallet_positions SET cost_usdc = 100, bought_usdc = NULL";
    sqlx::raw_sql(smaller).execute(&mut writer).await.unwrap();
    let left = measured(&database, &mut writer, 3).await;
    assert_eq!(left, [LargestPosition { stake_usdc: None, ..known[0].clone() }]);
    assert!(
        sizes::positions(database.public(), &[wallet()], at(2)).await.unwrap().is_empty(),
        "it was as large at the first hour"
    );
}
