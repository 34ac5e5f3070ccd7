//! Bets, scores and signals: what was claimed can be added to and never changed.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, ConditionId, MarketId, Side};
use rust_decimal::Decimal;
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use store::intelligence::bets::{self, WalletBet};
use store::intelligence::scores::{self, BoardPlace, ScoreRun, Verdict, WalletScore};
use store::intelligence::signals::{self, End, Signal, SignalFilter, SignalResult};
use store::intelligence::{note_read, read_until};
use store::testing::TestDatabase;
use uuid::Uuid;

fn at(hour: i64) -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hour)
}

fn wallet(number: u8) -> Address {
    Address::from_bytes([number; 20])
}

async fn writer(database: &TestDatabase) -> PgConnection {
    database.service().acquire().await.unwrap().detach()
}

fn bet(who: u8, event: u8, closed: i64) -> WalletBet {
    WalletBet {
        wallet: wallet(who),
        event_key: format!("e{event}"),
        condition_id: ConditionId::parse(&format!("0x{event:064x}")).unwrap(),
        outcome_index: event % 2,
        category: (event > 1).then(|| "sports".to_owned()),
        opened_at: at(closed - 10),
        closed_at: at(closed),
        horizon_s: (event > 1).then_some(36_000),
        price: 0.61,
        came_true: event > 1,
        stake_usdc: Decimal::new(1_234_567, 6),
    }
}

#[tokio::test]
async fn bets_are_replaced_as_a_whole_and_read_as_of_an_instant() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    bets::replace(&mut writer, &wallet(1), &[bet(1, 1, 5), bet(1, 2, 3)]).await.unwrap();
    bets::replace(&mut writer, &wallet(2), &[bet(2, 1, 5)]).await.unwrap();
    let held = bets::of_wallet(database.public(), &wallet(1)).await.unwrap();
    assert_eq!(held, [bet(1, 2, 3), bet(1, 1, 5)]);
    let known = async |instant| bets::settled_before(database.public(), instant).await.unwrap();
    assert_eq!(known(at(6)).await, [bet(1, 2, 3), bet(1, 1, 5), bet(2, 1, 5)]);
    assert_eq!(
        known(at(5)).await,
        [bet(1, 2, 3)],
        "what is settled at that instant was not known before it"
    );

    bets::replace(&mut writer, &wallet(1), &[bet(1, 3, 4)]).await.unwrap();
    assert_eq!(bets::of_wallet(database.public(), &wallet(1)).await.unwrap(), [bet(1, 3, 4)]);
    bets::replace(&mut writer, &wallet(1), &[]).await.unwrap();
    assert_eq!(known(at(6)).await, [bet(2, 1, 5)]);
}

fn score(who: u8, hour: i64, value: f64) -> WalletScore {
    WalletScore {
        wallet: wallet(who),
        as_of: at(hour),
        version: 1,
        n: 40,
        verdict: Verdict::Scored,
        reason: None,
        value: Some(value),
        interval: Some((value - 10.0, value + 10.0)),
        ingredients: json!({ "theta": 0.25 }),
        evidence: json!(["e1", "e2"]),
    }
}

fn unscored(who: u8, hour: i64, verdict: Verdict, reason: Option<&str>) -> WalletScore {
    let reason = reason.map(str::to_owned);
    WalletScore { verdict, reason, value: None, interval: None, ..score(who, hour, 0.0) }
}

#[tokio::test]
async fn a_score_that_changed_is_a_new_row_and_one_that_did_not_is_none() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let record = async |writer: &mut PgConnection, all: &[WalletScore]| {
        scores::record(writer, "smart_money", all).await.unwrap()
    };
    assert_eq!(record(&mut writer, &[score(1, 0, 70.0), score(2, 0, 60.0)]).await, 2);
    assert_eq!(record(&mut writer, &[score(1, 1, 70.0), score(2, 1, 50.0)]).await, 1);
    let gone = unscored(2, 800, Verdict::Withheld, Some("gap"));
    assert_eq!(record(&mut writer, std::slice::from_ref(&gone)).await, 1);

    let history =
        async |who| scores::history(database.public(), "smart_money", &wallet(who)).await.unwrap();
    assert_eq!(history(1).await, [score(1, 0, 70.0)]);
    assert_eq!(history(2).await, [gone.clone(), score(2, 1, 50.0), score(2, 0, 60.0)]);
    let current = async |kind: &str, who| {
        scores::current(database.public(), kind, &wallet(who)).await.unwrap()
    };
    assert_eq!(current("smart_money", 2).await, Some(gone));
    assert_eq!(current("smart_money", 1).await, Some(score(1, 0, 70.0)), "as of when it was found");
    assert_eq!(current("whale", 1).await, None);
    let checked: DateTime<Utc> = sqlx::query_scalar(
        "SELECT checked_at FROM current_wallet_scores WHERE wallet_address = $1",
    )
    .bind(wallet(1).to_bytes().to_vec())
    .fetch_one(&mut writer)
    .await
    .unwrap();
    assert_eq!(checked, at(1));
}

#[tokio::test]
async fn a_board_has_the_scored_in_order_and_goes_on_where_it_ended() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let mut all: Vec<_> = [90.0, 70.0, 70.0, 70.0, 20.0]
        .into_iter()
        .zip(1..)
        .map(|(value, who)| score(who, 0, value))
        .collect();
    all.push(unscored(9, 0, Verdict::TooFew, None));
    scores::record(&mut writer, "whale", &all).await.unwrap();
    let board = async |least, after: Option<BoardPlace>, limit| {
        scores::board(database.public(), "whale", least, after.as_ref(), limit).await.unwrap()
    };
    assert_eq!(board(0.0, None, 10).await, all[..5]);
    assert_eq!(board(70.0, None, 10).await, all[..4]);
    let place = BoardPlace { value: 70.0, wallet: wallet(3) };
    assert_eq!(board(0.0, Some(place), 2).await, all[3..5]);
    let run =
        ScoreRun { as_of: at(0), version: 1, counts: [5, 1, 0, 0], population: json!({ "m": 6 }) };
    scores::record_run(&mut writer, "whale", &run).await.unwrap();
    let earlier = ScoreRun { as_of: at(-1), counts: [1, 0, 0, 0], ..run.clone() };
    scores::record_run(&mut writer, "whale", &earlier).await.unwrap();
    assert_eq!(scores::last_run(database.public(), "whale").await.unwrap(), Some(run));
    assert_eq!(scores::last_run(database.public(), "smart_money").await.unwrap(), None);
}

fn signal(number: u128, hour: i64, market: &str) -> Signal {
    Signal {
        id: Uuid::from_u128(number),
        published_at: at(hour),
        as_of: at(hour),
        due_at: Some(at(hour + 24)),
        version: 1,
        n: 7.5,
        side: Some(Side::Sell),
        strength: 64.5,
        price: Some(0.42),
        cost: Some(0.01),
        kind: "smart_divergence".to_owned(),
        basis: "activity".to_owned(),
        event_key: "7".to_owned(),
        market_id: MarketId::parse(market).unwrap(),
        subject: format!("smart_divergence {market} {number}"),
        ingredients: json!({ "imbalance": -81.0 }),
        evidence: json!(["a"]),
    }
}

fn won(hour: i64) -> SignalResult {
    SignalResult {
        settled_at: at(hour),
        end: End::Settled { is_push: false, exit_price: 0.0, gain: 0.42, net: Some(0.41) },
    }
}

#[tokio::test]
async fn a_signal_is_published_once_and_settled_once() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let first = signal(1, 0, "100");
    assert!(signals::publish(&mut writer, &first).await.unwrap());
    let again = Signal { id: Uuid::from_u128(2), strength: 90.0, ..first.clone() };
    assert!(!signals::publish(&mut writer, &again).await.unwrap());
    let nothing = SignalResult { settled_at: at(30), end: End::Void("no_price".to_owned()) };
    assert!(signals::settle(&mut writer, first.id, &won(24)).await.unwrap());
    assert!(!signals::settle(&mut writer, first.id, &nothing).await.unwrap());
    let told = signals::get(database.public(), first.id).await.unwrap();
    assert_eq!(told, Some((first.clone(), Some(won(24)))));
    assert_eq!(signals::get(database.public(), again.id).await.unwrap(), None);
}

#[tokio::test]
async fn signals_are_listed_by_what_is_asked_for() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let all = [
        signal(1, 0, "100"),
        signal(2, 0, "200"),
        Signal { strength: 10.0, ..signal(3, 1, "100") },
    ];
    for one in &all {
        signals::publish(&mut writer, one).await.unwrap();
    }
    signals::settle(&mut writer, all[1].id, &won(3)).await.unwrap();
    let list = async |filter: SignalFilter| {
        let found = signals::list(database.public(), &filter, 10).await.unwrap();
        found.into_iter().map(|(signal, _)| signal.id.as_u128()).collect::<Vec<_>>()
    };
    let any = SignalFilter::default;
    assert_eq!(list(any()).await, [3, 1, 2]);
    assert_eq!(
        list(SignalFilter { market_id: Some(all[0].market_id.clone()), ..any() }).await,
        [3, 1]
    );
    assert_eq!(list(SignalFilter { settled: Some(true), ..any() }).await, [2]);
    assert_eq!(list(SignalFilter { settled: Some(false), ..any() }).await, [3, 1]);
    assert_eq!(list(SignalFilter { least: Some(64.5), ..any() }).await, [1, 2]);
    assert_eq!(list(SignalFilter { since: Some(at(1)), ..any() }).await, [3]);
    assert_eq!(list(SignalFilter { kind: Some("flip".to_owned()), ..any() }).await, [0u128; 0]);
    assert_eq!(list(SignalFilter { after: Some((at(0), all[0].id)), ..any() }).await, [2]);
}

#[tokio::test]
async fn nobody_can_change_what_was_claimed() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    scores::record(&mut writer, "whale", &[score(1, 0, 70.0)]).await.unwrap();
    signals::publish(&mut writer, &signal(1, 0, "100")).await.unwrap();
    signals::settle(&mut writer, Uuid::from_u128(1), &won(24)).await.unwrap();
    for (table, column) in [
        ("wallet_scores", "value = 99"),
        ("score_runs", "version = 2"),
        ("signals", "strength = 99"),
        ("signal_results", "gain = 9"),
        ("score_audits", "is_within = true"),
        ("informed_evidence", "version = 2"),
        ("score_register", "tested_at = now()"),
    ] {
        for change in [format!("UPDATE {table} SET {column}"), format!("DELETE FROM {table}")] {
            let error = writer.execute(AssertSqlSafe(change.clone())).await.unwrap_err();
            let code = error
                .as_database_error()
                .and_then(|error| error.code().map(std::borrow::Cow::into_owned));
            assert_eq!(code.as_deref(), Some("42501"), "{change}: {error}");
        }
    }
}

#[tokio::test]
async fn how_far_a_job_has_read_never_goes_back() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    assert_eq!(read_until(database.service(), "flows").await.unwrap(), None);
    note_read(&mut writer, "flows", at(2)).await.unwrap();
    note_read(&mut writer, "flows", at(1)).await.unwrap();
    assert_eq!(read_until(database.service(), "flows").await.unwrap(), Some(at(2)));
}
