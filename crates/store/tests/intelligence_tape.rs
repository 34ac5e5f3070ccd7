//! What follows from the tape: flows by owner and class, trades noted once, evidence that is added to and never changed.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use chrono::{DateTime, TimeDelta, Utc};
use domain::tape::Trade;
use domain::{Address, MarketId, Price, Shares, Side, TransactionHash};
use rust_decimal::{Decimal, dec};
use serde_json::json;
use sqlx::PgConnection;
use store::catalogue;
use store::intelligence::classes::{self, WalletClass};
use store::intelligence::evidence::{self, InformedEvidence, Layer};
use store::intelligence::notable::{self, NotableTrade};
use store::intelligence::{flows, standing};
use store::testing::TestDatabase;
use store::trades::{self, HeardTrade, TapeSource};
use support::{event, market};

fn at(second: i64) -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(second)
}

fn wallet(number: u8) -> Address {
    Address::from_bytes([number; 20])
}

/// A database with one market of two tokens, and a connection that may write.
async fn opened() -> (TestDatabase, PgConnection) {
    let database = TestDatabase::create().await;
    let mut connection = database.service().acquire().await.unwrap().detach();
    catalogue::prepare_history(&mut connection, at(0)).await.unwrap();
    catalogue::apply(&mut connection, None, at(0), &[event("e1")], &[market("7")]).await.unwrap();
    let tokens =
        "UPDATE markets SET condition_id = '0x' || repeat('7', 64), token_ids = ARRAY['70', '71']";
    sqlx::raw_sql(tokens).execute(&mut connection).await.unwrap();
    (database, connection)
}

/// A trade of a wallet: outcome, side, cents, shares, second.
fn trade(who: u8, outcome: usize, side: Side, cents: i64, shares: u64, second: i64) -> HeardTrade {
    let number = u8::try_from(second % 251).unwrap();
    let trade = Trade {
        market_id: MarketId::parse("7").unwrap(),
        condition_id: format!("0x{}", "7".repeat(64)).parse().unwrap(),
        token_id: format!("7{outcome}").parse().unwrap(),
        outcome_index: outcome,
        side,
        price: Price::new(Decimal::new(cents, 2)).unwrap(),
        shares: Shares::from_micro(shares * 1_000_000),
        traded_at: at(second),
        transaction_hash: Some(TransactionHash::from_bytes([number; 32])),
        wallet: Some(wallet(who)),
    };
    HeardTrade { trade, name: None }
}

async fn hear(connection: &mut PgConnection, heard: &[HeardTrade]) {
    trades::record(connection, TapeSource::Record, heard, at(10_000)).await.unwrap();
}

async fn make(
    database: &TestDatabase,
    connection: &mut PgConnection,
) -> Vec<(String, Decimal, Decimal, i32, i32)> {
    let touched = flows::touched(database.service(), 100).await.unwrap();
    flows::replace(connection, &touched, &[]).await.unwrap();
    let id = MarketId::parse("7").unwrap();
    let made = flows::of_market(database.public(), &id, at(-86_400)).await.unwrap();
    made.into_iter()
        .map(|flow| (flow.class, flow.bought_usdc, flow.sold_usdc, flow.trades, flow.wallets))
        .collect()
}

#[tokio::test]
async fn who_buys_one_outcome_sells_the_other_and_wallets_of_one_owner_are_one() {
    let (database, mut writer) = opened().await;
    let heard = [
        trade(1, 0, Side::Buy, 60, 1_000, 1),
        trade(2, 1, Side::Sell, 40, 500, 2),
        trade(3, 1, Side::Buy, 30, 100, 3),
        trade(4, 0, Side::Buy, 50, 200, 4),
        trade(5, 0, Side::Sell, 50, 200, 5),
        // A redemption that looks like a trade.
        trade(1, 0, Side::Sell, 100, 1_000, 6),
    ];
    hear(&mut writer, &heard).await;
    let other = |bought, sold, trades, wallets| ("other".to_owned(), bought, sold, trades, wallets);
    let apart = other(dec!(900), dec!(130), 5, 5);
    assert_eq!(make(&database, &mut writer).await, [apart]);

    let owner = "INSERT INTO owner_clusters (wallet_address, cluster_id, as_of, log_likelihood, evidence)
        SELECT decode(repeat(hex, 20), 'hex'), '00000000-0000-0000-0000-000000000001', now(), 9, '[]'
        FROM unnest(ARRAY['04', '05']) AS hex";
    sqlx::raw_sql(owner).execute(&mut writer).await.unwrap();
    let whale = WalletClass {
        wallet: wallet(1),
        as_of: at(0),
        class: "whale".to_owned(),
        is_certain: true,
    };
    classes::set(&mut writer, &[whale]).await.unwrap();
    // What a late trade touches is made anew as a whole.
    hear(&mut writer, &[trade(3, 0, Side::Sell, 70, 10, 7)]).await;
    let whale = ("whale".to_owned(), dec!(600), dec!(0), 1, 1);
    let expected = [other(dec!(200), dec!(37), 5, 3), whale];
    assert_eq!(make(&database, &mut writer).await, expected);
    assert_eq!(flows::touched(database.service(), 100).await.unwrap(), []);
    let known = standing::of(database.public(), &[wallet(1), wallet(4), wallet(9)]).await.unwrap();
    assert_eq!(known[&wallet(1)].class.as_deref(), Some("whale"));
    assert!(known[&wallet(4)].cluster.is_some() && !known.contains_key(&wallet(9)));
    assert_eq!(
        standing::wallets_of_owner(database.public(), &wallet(5)).await.unwrap(),
        [wallet(4), wallet(5)]
    );
}

#[tokio::test]
async fn an_hour_that_is_touched_while_it_is_made_is_made_again() {
    let (database, mut writer) = opened().await;
    hear(&mut writer, &[trade(1, 0, Side::Buy, 60, 100, 1)]).await;
    let touched = flows::touched(database.service(), 100).await.unwrap();
    hear(&mut writer, &[trade(2, 0, Side::Buy, 60, 100, 2)]).await;
    flows::replace(&mut writer, &touched, &[]).await.unwrap();
    let left = flows::touched(database.service(), 100).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].hour, at(0));
    assert_eq!(
        make(&database, &mut writer).await,
        [("other".to_owned(), dec!(120), dec!(0), 2, 2)]
    );
    // What was recorded before anybody made flows is found on the tape.
    sqlx::raw_sql("DELETE FROM market_flows").execute(&mut writer).await.unwrap();
    assert_eq!(flows::touch_since(database.service(), at(-10)).await.unwrap(), 1);
    assert_eq!(make(&database, &mut writer).await.len(), 1);
}

#[tokio::test]
async fn a_trade_is_noted_once_with_what_was_known_then() {
    let (database, mut writer) = opened().await;
    hear(&mut writer, &[trade(1, 0, Side::Buy, 60, 1_000, 1), trade(2, 0, Side::Buy, 60, 10, 2)])
        .await;
    let touched = flows::touched(database.service(), 100).await.unwrap();
    let candidates =
        async || notable::candidates(database.service(), &touched, &[dec!(500)]).await.unwrap();
    let found = candidates().await;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].usdc, found[0].event_key.as_str()), (dec!(600), "e1"));
    let noted = |size_z| NotableTrade {
        trade: found[0].clone(),
        size_z,
        volume_share: None,
        depth_share: Some(0.5),
        is_large: None,
    };
    assert_eq!(flows::replace(&mut writer, &touched, &[noted(Some(4.0))]).await.unwrap(), 1);
    assert_eq!(flows::replace(&mut writer, &touched, &[noted(None)]).await.unwrap(), 0);
    let id = MarketId::parse("7").unwrap();
    assert_eq!(
        notable::of_market(database.public(), &id, at(0)).await.unwrap(),
        [noted(Some(4.0))]
    );
    assert!(candidates().await.is_empty());
    let sizes = notable::sizes(database.public(), &id, at(0), at(2)).await.unwrap();
    assert_eq!(sizes, [(at(1), dec!(600))], "strictly before");
}

#[tokio::test]
async fn what_was_said_of_a_wallet_stays_said() {
    let (database, mut writer) = opened().await;
    let said = |second, finding: Result<f64, String>| InformedEvidence {
        layer: Layer::Pair,
        as_of: at(second),
        version: 1,
        finding,
        wallet: Some(wallet(1)),
        market_id: Some(MarketId::parse("7").unwrap()),
        ingredients: json!({ "s1_size": 3.5 }),
        evidence: json!([]),
    };
    let record = async |writer: &mut PgConnection, one: InformedEvidence| {
        evidence::record(writer, &[one]).await.unwrap()
    };
    assert_eq!(record(&mut writer, said(1, Ok(3.0))).await, 1);
    assert_eq!(record(&mut writer, said(2, Ok(3.0))).await, 0, "nothing new");
    assert_eq!(record(&mut writer, said(3, Ok(2.0))).await, 1);
    let strongest = evidence::strongest(database.public(), Layer::Pair, 10).await.unwrap();
    assert_eq!(strongest, [said(3, Ok(2.0))]);
    let id = MarketId::parse("7").unwrap();
    let history = evidence::history(database.public(), Layer::Pair, &id, &wallet(1)).await.unwrap();
    assert_eq!(history, [said(3, Ok(2.0)), said(1, Ok(3.0))]);
    let market = InformedEvidence {
        layer: Layer::Leakage,
        wallet: None,
        finding: Err("no_news_time".to_owned()),
        ..said(1, Ok(0.0))
    };
    assert_eq!(record(&mut writer, market.clone()).await, 1);
    assert_eq!(evidence::strongest(database.public(), Layer::Leakage, 10).await.unwrap(), [market]);
    let denied =
        sqlx::raw_sql("UPDATE informed_evidence SET strength = 9").execute(&mut writer).await;
    assert!(denied.unwrap_err().to_string().contains("permission denied"));
}
