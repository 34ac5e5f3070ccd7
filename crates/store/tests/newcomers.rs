//! Markets that became known after others' trades were read.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConditionId, Market, MarketId, Price, TokenId};
use rust_decimal::dec;
use sqlx::PgConnection;
use store::bars::{self, Grain, HistoryDetail};
use store::tape::{self, TapeProgress};
use store::testing::TestDatabase;
use store::{catalogue, newcomers};
use support::{event, market};

/// A market whose tokens can be traded.
fn tradable(number: u64) -> Market {
    let mut market = market(&number.to_string());
    market.condition_id = ConditionId::parse(&format!("0x{number:064x}")).ok();
    for (index, outcome) in (0..).zip(&mut market.outcomes) {
        outcome.token_id = TokenId::parse(&(number * 10 + index).to_string()).ok();
    }
    market
}

fn id(number: u64) -> MarketId {
    MarketId::parse(&number.to_string()).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn tape() -> TapeProgress {
    let complete_from = at("2026-11-22T12:00:00Z");
    TapeProgress { complete_from, complete_to: at("2026-11-23T12:00:00Z") }
}

async fn learn(connection: &mut PgConnection, number: u64, now: DateTime<Utc>) {
    let (events, markets) = ([event("e1")], [tradable(number)]);
    catalogue::prepare_history(connection, now).await.unwrap();
    catalogue::apply(connection, None, now, &events, &markets).await.unwrap();
}

/// A database that knew market 7 when the tape was read, and learned of market 8 since.
async fn with_newcomer() -> (TestDatabase, PgConnection) {
    let database = TestDatabase::create().await;
    let mut connection = database.service().acquire().await.unwrap().detach();
    learn(&mut connection, 7, at("2026-11-23T11:00:00Z")).await;
    let newest = newcomers::newest(&mut connection).await.unwrap();
    assert_eq!(newest, Some(at("2026-11-23T11:00:00Z")));
    tape::set_progress(&mut connection, tape(), newest, tape().complete_to).await.unwrap();
    learn(&mut connection, 8, at("2026-11-23T11:30:00Z")).await;
    (database, connection)
}

async fn due(connection: &mut PgConnection) -> Vec<MarketId> {
    let due = newcomers::due(connection, tape(), 10).await.unwrap();
    due.into_iter().map(|market| market.market_id).collect()
}

async fn progress_of(connection: &mut PgConnection, number: u64) -> Option<TapeProgress> {
    tape::progress_of(connection, &id(number)).await.unwrap()
}

#[tokio::test]
async fn a_newcomer_is_unknown_until_its_own_trades_are_read() {
    let (_database, mut connection) = with_newcomer().await;
    assert_eq!(due(&mut connection).await, [id(8)]);
    assert_eq!(progress_of(&mut connection, 7).await, Some(tape()));
    assert_eq!(progress_of(&mut connection, 8).await, None);
    // Nobody can say that nothing was traded at this price.
    let point = (at("2026-11-23T10:00:00Z"), Price::new(dec!(0.4)).unwrap());
    for number in [7, 8] {
        let (detail, now) = (HistoryDetail::Coarse, tape().complete_to);
        bars::backfill(&mut connection, &id(number), vec![point], detail, now).await.unwrap();
        let (from, to) = (tape().complete_from, tape().complete_to);
        let bars = bars::of_market(&mut connection, &id(number), Grain::Minute, from, to).await;
        assert_eq!(bars.unwrap()[0].volume.is_some(), number == 7);
    }
    newcomers::settle(&mut connection, &id(8), None, Utc::now()).await.unwrap();
    assert_eq!(due(&mut connection).await, []);
    assert_eq!(progress_of(&mut connection, 8).await, Some(tape()));
}

#[tokio::test]
async fn trades_that_cannot_be_had_are_a_gap() {
    let (_database, mut connection) = with_newcomer().await;
    let missing = (tape().complete_from, at("2026-11-23T11:45:00Z"));
    newcomers::settle(&mut connection, &id(8), Some(missing), Utc::now()).await.unwrap();
    assert_eq!(due(&mut connection).await, []);
    let progress = progress_of(&mut connection, 8).await.unwrap();
    assert_eq!(progress, TapeProgress { complete_from: missing.1, ..tape() });
    let gaps = bars::gaps(&mut connection, &id(8), missing.0, tape().complete_to).await.unwrap();
    let gap = &gaps[0];
    assert_eq!(
        (gap.from_at, gap.to_at, gap.cause.as_str()),
        (missing.0, missing.1, "trades not read")
    );
    assert_eq!(bars::gaps(&mut connection, &id(7), missing.0, missing.1).await.unwrap(), []);
}

#[tokio::test]
async fn markets_known_for_long_are_not_looked_at_again() {
    let (_database, mut connection) = with_newcomer().await;
    newcomers::settle(&mut connection, &id(8), None, Utc::now()).await.unwrap();
    newcomers::forget_settled(&mut connection).await.unwrap();
    // One whose transaction took long, and one that came after all of them.
    learn(&mut connection, 9, at("2026-11-23T11:25:00Z")).await;
    learn(&mut connection, 10, at("2026-11-23T12:00:00Z")).await;
    assert_eq!(due(&mut connection).await, [id(9), id(10)]);
    newcomers::forget_settled(&mut connection).await.unwrap();
    assert_eq!(due(&mut connection).await, [id(10)]);
    assert_eq!(progress_of(&mut connection, 9).await, Some(tape()));
    let held = tape::progress(&mut connection).await.unwrap();
    let later = TapeProgress { complete_to: tape().complete_to + TimeDelta::minutes(1), ..tape() };
    tape::set_progress(&mut connection, later, None, later.complete_to).await.unwrap();
    assert_eq!((held, due(&mut connection).await), (Some(tape()), vec![id(10)]));
}
