//! What is kept of wallets for their scores: flips, traits, classes, owners, sizes, models, and where smart money stands.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

use chrono::{DateTime, TimeDelta, Utc};
use domain::conduct::Reaction;
use domain::{Address, ConditionId, MarketId};
use rust_decimal::{Decimal, dec};
use serde_json::json;
use sqlx::{AssertSqlSafe, PgConnection};
use store::intelligence::classes::{self, WalletClass};
use store::intelligence::clusters::{self, OwnedWallet};
use store::intelligence::consensus::{self, MarketConsensus};
use store::intelligence::flips::{self, Toward, WalletFlip};
use store::intelligence::scores::{self, Verdict, WalletScore};
use store::intelligence::traits::{self, WalletTraits};
use store::intelligence::{models, reactions, register, sizes};
use store::testing::TestDatabase;
use store::wallets::{self, FoundBy, History};
use uuid::Uuid;

fn at(hour: i64) -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hour)
}

fn wallet(number: u8) -> Address {
    Address::from_bytes([number; 20])
}

fn condition(number: u8) -> ConditionId {
    ConditionId::parse(&format!("0x{number:064x}")).unwrap()
}

async fn writer(database: &TestDatabase) -> PgConnection {
    database.service().acquire().await.unwrap().detach()
}

fn flip(who: u8, hour: i64) -> WalletFlip {
    WalletFlip {
        wallet: wallet(who),
        at: at(hour),
        event_key: "e1".to_owned(),
        condition_id: condition(3),
        from: Some(Toward { condition_id: condition(3), outcome_index: 0 }),
        to: None,
        before_usdc: Decimal::new(12_500_000, 6),
        after_usdc: Decimal::new(4_000_001, 6),
        peak_usdc: Decimal::new(15_000_000, 6),
        change: 1.25,
        is_whole: hour > 1,
        evidence: json!(["a", "b"]),
    }
}

#[tokio::test]
async fn flips_are_replaced_with_the_books() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    flips::replace(&mut writer, &wallet(1), &[flip(1, 1), flip(1, 2)]).await.unwrap();
    flips::replace(&mut writer, &wallet(2), &[flip(2, 3)]).await.unwrap();
    let held = async |who| flips::of_wallet(database.public(), &wallet(who)).await.unwrap();
    assert_eq!(held(1).await, [flip(1, 2), flip(1, 1)], "the newest first");
    flips::replace(&mut writer, &wallet(1), &[]).await.unwrap();
    assert_eq!((held(1).await, held(2).await), (vec![], vec![flip(2, 3)]));
}

fn known_traits(who: u8, hour: i64) -> WalletTraits {
    WalletTraits {
        wallet: wallet(who),
        written_at: at(hour),
        is_maker_like: Some(who == 2),
        is_bot_like: None,
        is_whale: Some(true),
        is_reconciled: None,
        active_months: Some(0.75),
    }
}

async fn imported(writer: &mut PgConnection, who: u8, completeness: &str) {
    wallets::found(&mut *writer, &[wallet(who)], FoundBy::Tape, at(0)).await.unwrap();
    let history = History {
        imported_at: at(0),
        completeness: completeness.to_owned(),
        reasons: Vec::new(),
        since: (who == 3).then(|| at(-100)),
        until: Some(at(0)),
        activity_count: 7,
        first_active_at: Some(at(-90)),
        last_active_at: Some(at(-1)),
        is_empty: false,
    };
    wallets::set_history(writer, &wallet(who), &history).await.unwrap();
}

#[tokio::test]
async fn traits_are_told_with_the_history_and_the_owner() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    for (who, completeness) in [(1, "full"), (2, "full"), (3, "capped")] {
        imported(&mut writer, who, completeness).await;
        traits::set(&mut writer, &known_traits(who, i64::from(who))).await.unwrap();
    }
    // Never imported: nothing is known of it.
    traits::set(&mut writer, &known_traits(9, 0)).await.unwrap();
    clusters::replace(&mut writer, &[owned(1, 5, 3.0), owned(3, 5, 3.0)]).await.unwrap();

    let asked: Vec<Address> = [3, 9, 1].map(wallet).to_vec();
    let told = traits::of(database.public(), &asked).await.unwrap();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].traits, known_traits(1, 1));
    assert_eq!((told[0].completeness.as_str(), told[0].history_since), ("full", None));
    assert_eq!(told[0].first_active_at, Some(at(-90)));
    assert_eq!(told[0].owner, Some((Uuid::from_u128(5), 2)));
    assert_eq!((told[1].completeness.as_str(), told[1].history_since), ("capped", Some(at(-100))));

    let public = database.public();
    assert_eq!(traits::not_people(public).await.unwrap(), [wallet(2)]);
    let mut out = traits::not_tested(public).await.unwrap();
    out.sort();
    assert_eq!(out, [wallet(2), wallet(3)], "a maker, and one without a whole history");
    assert!(traits::any_since(public, at(3)).await.unwrap());
    assert!(!traits::any_since(public, at(4)).await.unwrap());
    let first = traits::addresses_after(public, None, 2).await.unwrap();
    assert_eq!(first, [wallet(1), wallet(2)]);
    let rest = traits::addresses_after(public, first.last(), 9).await.unwrap();
    assert_eq!(rest, [wallet(3), wallet(9)]);
}

#[tokio::test]
async fn a_class_changes_when_it_is_another_and_was_not_found_later() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let class = |hour, class: &str| WalletClass {
        wallet: wallet(1),
        as_of: at(hour),
        class: class.to_owned(),
        is_certain: true,
    };
    let mut set = async |one: WalletClass| {
        classes::set(&mut writer, std::slice::from_ref(&one)).await.unwrap()
    };
    assert_eq!(set(class(1, "whale")).await, 1);
    assert_eq!(set(class(2, "whale")).await, 0);
    assert_eq!(set(class(3, "smart")).await, 1);
    assert_eq!(set(class(2, "other")).await, 0, "what rests on less");
    let held = classes::of(database.public(), &[wallet(1), wallet(2)]).await.unwrap();
    assert_eq!(held, [class(3, "smart")]);
}

fn owned(who: u8, cluster: u128, evidence: f64) -> OwnedWallet {
    OwnedWallet {
        wallet: wallet(who),
        cluster_id: Uuid::from_u128(cluster),
        as_of: at(0),
        log_likelihood: evidence,
        evidence: json!({ "pairs": [] }),
    }
}

#[tokio::test]
async fn owners_are_replaced_and_what_is_the_same_stays_as_old_as_it_is() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let first = [owned(1, 5, 9.0), owned(2, 5, 9.0), owned(3, 6, 8.0), owned(4, 6, 8.0)];
    clusters::replace(&mut writer, &first).await.unwrap();
    assert_eq!(clusters::all(database.public()).await.unwrap(), first);
    let later = |one: OwnedWallet| OwnedWallet { as_of: at(5), ..one };
    let second = [later(owned(1, 5, 9.0)), later(owned(2, 5, 10.0))];
    clusters::replace(&mut writer, &second).await.unwrap();
    let held = clusters::all(database.public()).await.unwrap();
    assert_eq!(held, [first[0].clone(), second[1].clone()]);
    clusters::replace(&mut writer, &[]).await.unwrap();
    assert_eq!(clusters::all(database.public()).await.unwrap(), []);
}

#[tokio::test]
async fn the_tape_is_passed_on_the_newest_first_and_no_more_than_was_asked_for() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    sqlx::query("SELECT ensure_month_partition('trades'::regclass, $1)")
        .bind(at(0))
        .execute(&mut writer)
        .await
        .unwrap();
    for (who, hour, buys, outcome) in
        [(1u8, 1, true, 0), (2, 2, false, 0), (3, 3, true, 1), (0, 4, true, 0)]
    {
        let address = if who == 0 { Vec::new() } else { wallet(who).to_bytes().to_vec() };
        sqlx::query(
            "INSERT INTO trades (traded_at, observed_at, ordinal, outcome_index, is_buy, confirmed, market_id,
                                 transaction_hash, wallet_address, price, shares)
             VALUES ($1, $1, 0, $2, $3, true, 'm1', $4, $5, 0.5, 12.5)",
        )
        .bind(at(hour))
        .bind(outcome)
        .bind(buys)
        .bind(vec![who; 32])
        .bind(address)
        .execute(&mut writer)
        .await
        .unwrap();
    }
    let read = async |since, most| {
        let mut all = Vec::new();
        let take = |entry: clusters::Entry| {
            assert_eq!((entry.shares, entry.usdc), (dec!(12.5), dec!(6.25)));
            all.push((entry.wallet, entry.toward, entry.record));
        };
        clusters::each_entry(database.service(), since, most, take).await.unwrap();
        all
    };
    let record = |who: u8| u128::from_be_bytes([who; 16]);
    let expected =
        [(wallet(3), 1, record(3)), (wallet(2), 1, record(2)), (wallet(1), 0, record(1))];
    assert_eq!(read(at(0), 10).await, expected, "a nameless taker is nobody");
    assert_eq!(read(at(2), 10).await, expected[..2]);
    assert_eq!(read(at(0), 1).await, expected[..1]);
}

/// Puts a trade on the tape: who, in which market, how many seconds after the beginning, toward which outcome.
async fn trade(writer: &mut PgConnection, who: u8, market: &str, second: i64, outcome: i16) {
    let mut hash = vec![who; 32];
    hash[..8].copy_from_slice(&second.to_be_bytes());
    sqlx::query(
        "INSERT INTO trades (traded_at, observed_at, ordinal, outcome_index, is_buy, confirmed, market_id,
                             transaction_hash, wallet_address, price, shares)
         VALUES ($1, $1, 0, $2, true, true, $3, $4, $5, 0.5, 12.5)",
    )
    .bind(at(0) + TimeDelta::seconds(second))
    .bind(outcome)
    .bind(market)
    .bind(hash)
    .bind(wallet(who).to_bytes().to_vec())
    .execute(writer)
    .await
    .unwrap();
}

#[tokio::test]
async fn whoever_is_followed_most_is_who_came_before_and_not_after() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let none = Reaction { orders: 0, followed: 0, preceded: 0 };
    let of = async |who, most| {
        reactions::of(database.service(), &wallet(who), at(0), most).await.unwrap()
    };
    assert_eq!(of(2, 100).await, none, "of an empty tape");
    sqlx::query("SELECT ensure_month_partition('trades'::regclass, $1)")
        .bind(at(0))
        .execute(&mut writer)
        .await
        .unwrap();
    for number in 0..30 {
        let (market, second) = (format!("m{}", number % 7), number * 1_000);
        // The second follows the first; the third is as often before it as after.
        trade(&mut writer, 1, &market, second, 0).await;
        trade(&mut writer, 2, &market, second + 3, 0).await;
        trade(&mut writer, 3, &market, second + if number % 2 == 0 { 1 } else { 6 }, 0).await;
        // Elsewhere, for the other outcome, in the same second, or too late.
        trade(&mut writer, 4, "elsewhere", second + 2, 0).await;
        trade(&mut writer, 5, &market, second + 2, 1).await;
        trade(&mut writer, 6, &market, second + 3, 0).await;
        trade(&mut writer, 7, &market, second + 17, 0).await;
    }
    assert_eq!(of(2, 100).await, Reaction { orders: 30, followed: 30, preceded: 0 });
    assert_eq!(of(2, 10).await, Reaction { orders: 10, followed: 10, preceded: 0 }, "the newest");
    let leader = of(1, 100).await;
    assert_eq!((leader.orders, leader.followed), (30, 0), "{leader:?}");
    assert_eq!(of(4, 100).await, Reaction { orders: 30, ..none });
    assert_eq!(of(7, 100).await, Reaction { orders: 30, ..none }, "eleven seconds after");
}

#[tokio::test]
async fn the_largest_trade_of_an_event_counts() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    assert_eq!(sizes::measured_since(database.public()).await.unwrap(), None);
    for (number, hour, event, usdc) in [(1u8, 5, "e1", 900), (2, 6, "e1", 1_100), (3, 7, "e2", 700)]
    {
        let sql = format!(
            "INSERT INTO notable_trades (traded_at, observed_at, ordinal, outcome_index, is_buy, usdc, price, shares,
                 size_z, volume_share, depth_share, is_large, wallet_address, transaction_hash, market_id, event_key,
                 category, wallet_class)
             VALUES ($1, $1, 0, 0, true, {usdc}, 0.5, {usdc} * 2, {usdc} / 100.0, NULL, 0.1, true, $2, $3, 'm', '{event}',
                     NULL, 'other')"
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(at(hour))
            .bind(wallet(1).to_bytes().to_vec())
            .bind(vec![number; 32])
            .execute(&mut writer)
            .await
            .unwrap();
    }
    assert_eq!(sizes::measured_since(database.public()).await.unwrap(), Some(at(5)));
    let told = async |since| {
        let told = sizes::largest(database.public(), &[wallet(1), wallet(2)], since).await.unwrap();
        told.into_iter().map(|one| (one.event_key, one.size_z.unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(told(at(0)).await, [("e1".to_owned(), 11.0), ("e2".to_owned(), 7.0)]);
    assert_eq!(told(at(7)).await, [("e2".to_owned(), 7.0)]);
}

#[tokio::test]
async fn a_model_is_read_only_by_its_version_and_nobody_leaves_the_register() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let public = database.public();
    assert_eq!(models::as_of(public, "smart_money", 1).await.unwrap(), None);
    for hour in [1, 2] {
        models::set(&mut writer, "smart_money", at(hour), 1, &json!({ "n": hour })).await.unwrap();
    }
    assert_eq!(models::as_of(public, "smart_money", 1).await.unwrap(), Some(at(2)));
    assert_eq!(models::as_of(public, "smart_money", 2).await.unwrap(), None);
    let held = models::get(public, "smart_money", 1).await.unwrap();
    assert_eq!(held, Some((at(2), json!({ "n": 2 }))));

    register::add(&mut writer, &[wallet(1), wallet(2)], at(1)).await.unwrap();
    register::add(&mut writer, &[wallet(2), wallet(3)], at(2)).await.unwrap();
    let mut all = register::all(public).await.unwrap();
    all.sort();
    assert_eq!(all, [1, 2, 3].map(wallet));
    let gone = sqlx::query("DELETE FROM score_register").execute(&mut writer).await;
    assert!(gone.is_err());
}

fn stands(market: &str, imbalance: Option<f64>) -> MarketConsensus {
    MarketConsensus {
        market_id: MarketId::parse(market).unwrap(),
        as_of: at(1),
        version: 1,
        imbalance,
        interval: imbalance.map(|value| (value - 5.0, value + 5.0)),
        voices: 3.5,
        paid: Some(0.4),
        price: Some(0.45),
        ingredients: json!({ "toward": 1.5 }),
    }
}

#[tokio::test]
async fn where_smart_money_stands_is_said_anew_as_a_whole() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let all = [stands("1", Some(60.0)), stands("2", None)];
    consensus::replace(&mut writer, &all).await.unwrap();
    assert_eq!(consensus::all(database.public()).await.unwrap(), all);
    let again = [stands("2", Some(-80.0))];
    consensus::replace(&mut writer, &again).await.unwrap();
    assert_eq!(consensus::all(database.public()).await.unwrap(), again);
    let of = async |market: &str| {
        let id = MarketId::parse(market).unwrap();
        consensus::of_market(database.public(), &id).await.unwrap()
    };
    assert_eq!((of("1").await, of("2").await), (None, Some(again[0].clone())));
    // Nobody of a record holds anything, and nothing of this database is a market.
    assert_eq!(consensus::markets_of_the_smart(database.public(), 9).await.unwrap(), []);
    assert_eq!(consensus::holdings(database.public(), &[condition(1)]).await.unwrap(), []);
}

#[tokio::test]
async fn scores_that_rest_on_less_are_left_out_and_several_kinds_are_written_at_once() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let score = |hour, value| WalletScore {
        wallet: wallet(1),
        as_of: at(hour),
        version: 1,
        n: 12,
        verdict: Verdict::Scored,
        reason: None,
        value: Some(value),
        interval: None,
        ingredients: json!({}),
        evidence: json!([]),
    };
    let (old, new) = (score(1, 10.0), score(2, 20.0));
    scores::make_room(database.service(), at(1)).await.unwrap();
    let changed =
        scores::record_all(&mut writer, &[("whale", &new), ("maker", &old)]).await.unwrap();
    assert_eq!(changed, 2);
    assert_eq!(scores::record_all(&mut writer, &[("whale", &old)]).await.unwrap(), 0);
    let current = scores::current(database.public(), "whale", &wallet(1)).await.unwrap();
    assert_eq!(current, Some(new.clone()));
    assert_eq!(scores::history(database.public(), "whale", &wallet(1)).await.unwrap(), [new]);
    assert_eq!(scores::counts(database.public(), "whale").await.unwrap(), [1, 0, 0, 0]);
}
