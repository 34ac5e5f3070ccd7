//! What a row takes on disk, for the figures in docs/operations.md:
//! `cargo test -p store --test sizes -- --ignored --nocapture`.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]
#![expect(clippy::print_stdout, reason = "the figures are what is wanted")]

mod support;

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use domain::analytics::Window;
use domain::tape::Trade;
use domain::{Address, ConditionId, Market, Price, Shares, Side, TokenId, TransactionHash};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use store::bars::{self, Quote};
use store::testing::TestDatabase;
use store::trades::{self, HeardTrade, TapeSource};
use store::windows;
use support::{event, market};

const MARKETS: u64 = 1_000;
const TRADES: u64 = 60_000;
const MINUTES: i64 = 60;

/// Numbers that look random and are the same each time (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

/// A market with ids as long as upstream's.
fn traded(number: u64) -> Market {
    let mut market = market(&(2_500_000 + number).to_string());
    market.condition_id = ConditionId::parse(&format!("0x{:064x}", number * 7 + 1)).ok();
    for (index, outcome) in market.outcomes.iter_mut().enumerate() {
        let token = format!("{:077}", u128::from(number) * 2 + index as u128 + 10_u128.pow(38));
        outcome.token_id = TokenId::parse(&token).ok();
    }
    market
}

fn trade(numbers: &mut Numbers, markets: &[Market], at: DateTime<Utc>) -> HeardTrade {
    let market = &markets[usize::try_from(numbers.below(MARKETS)).unwrap()];
    let outcome_index = usize::try_from(numbers.below(2)).unwrap();
    let wallet = numbers.below(20_000);
    let hash = format!("0x{:016x}{:016x}{:032x}", numbers.next(), numbers.next(), numbers.next());
    // Half of the orders are of whole cents' worth, half are what was left.
    let micro = if numbers.below(2) == 0 {
        (5 + numbers.below(500)) * 1_000_000
    } else {
        1_000_000 + numbers.below(500_000_000)
    };
    let trade = Trade {
        market_id: market.market_id.clone(),
        condition_id: market.condition_id.clone().unwrap(),
        token_id: market.outcomes[outcome_index].token_id.clone().unwrap(),
        outcome_index,
        side: if numbers.below(3) == 0 { Side::Sell } else { Side::Buy },
        price: Price::new(Decimal::new(i64::try_from(1 + numbers.below(999)).unwrap(), 3)).unwrap(),
        shares: Shares::from_micro(micro),
        traded_at: at,
        transaction_hash: TransactionHash::parse(&hash).ok(),
        wallet: Address::parse(&format!("0x{:08x}{wallet:032x}", wallet * 40_503)).ok(),
    };
    let name = (!wallet.is_multiple_of(3)).then(|| format!("Some-Wallet-{wallet}"));
    HeardTrade { trade, name }
}

async fn filled(markets: &[Market]) -> (TestDatabase, PgConnection) {
    let database = TestDatabase::create().await;
    let mut connection = database.service().acquire().await.unwrap().detach();
    let now = Utc::now();
    store::catalogue::prepare_history(&mut connection, now).await.unwrap();
    store::catalogue::apply(&mut connection, None, now, &[event("e1")], markets).await.unwrap();
    (database, connection)
}

/// Tells what the partitions of a table take, and each of their indexes, by the row.
async fn tell(database: &TestDatabase, table: &str) {
    let mut owner = database.owner().await.unwrap();
    sqlx::query("VACUUM ANALYZE").execute(&mut owner).await.unwrap();
    let parts: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT c.relname::text, pg_relation_size(c.oid), 0::bigint
         FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::regclass
         UNION ALL
         SELECT x.relname::text, pg_relation_size(x.oid), 1
         FROM pg_inherits i JOIN pg_index n ON n.indrelid = i.inhrelid JOIN pg_class x ON x.oid = n.indexrelid
         WHERE i.inhparent = $1::regclass",
    )
    .bind(table)
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let rows: i64 =
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(&mut owner)
            .await
            .unwrap();
    let total: i64 = parts.iter().map(|(_, bytes, _)| bytes).sum();
    println!("{table}: {rows} rows, {} bytes each", total / rows);
    for (name, bytes, _) in parts {
        println!("  {name}: {}", bytes / rows);
    }
}

#[tokio::test]
#[ignore = "measures, and asserts nothing"]
async fn a_trade_that_is_heard_and_then_confirmed() {
    let markets: Vec<Market> = (0..MARKETS).map(traded).collect();
    let (database, mut connection) = filled(&markets).await;
    let mut numbers = Numbers(1);
    let begin: DateTime<Utc> = "2026-11-10T00:00:00Z".parse().unwrap();
    // Twenty trades a second, of which nine in ten are heard; each is confirmed minutes later.
    let all: Vec<HeardTrade> = (0..TRADES)
        .map(|n| {
            trade(
                &mut numbers,
                &markets,
                begin + TimeDelta::seconds(i64::try_from(n / 20).unwrap()),
            )
        })
        .collect();
    for (minute, of_minute) in all.chunks(1_200).enumerate() {
        for batch in of_minute.chunks(20) {
            let heard: Vec<HeardTrade> = batch.iter().skip(2).cloned().collect();
            let now = heard[0].trade.traded_at + TimeDelta::milliseconds(300);
            trades::record(&mut connection, TapeSource::Activity, &heard, now).await.unwrap();
        }
        let told: Vec<HeardTrade> = of_minute
            .iter()
            .map(|heard| {
                let mut told = heard.clone();
                told.trade.traded_at += TimeDelta::seconds(2);
                told
            })
            .collect();
        let now = told[0].trade.traded_at + TimeDelta::minutes(1);
        trades::record(&mut connection, TapeSource::Record, &told, now).await.unwrap();
        // As often as autovacuum would.
        if minute % 10 == 9 {
            let mut owner = database.owner().await.unwrap();
            sqlx::query("VACUUM ANALYZE trades").execute(&mut owner).await.unwrap();
        }
    }
    tell(&database, "trades").await;
    let began = Instant::now();
    let end = all.last().unwrap().trade.traded_at + TimeDelta::minutes(1);
    windows::recount(&mut connection, Window::Day, end).await.unwrap();
    println!("a count of them all: {:?}", began.elapsed());
}

#[tokio::test]
#[ignore = "measures, and asserts nothing"]
async fn a_minute_of_quotes() {
    let markets: Vec<Market> = (0..MARKETS).map(traded).collect();
    let (database, mut connection) = filled(&markets).await;
    let mut numbers = Numbers(2);
    let begin: DateTime<Utc> = "2026-11-10T00:00:00Z".parse().unwrap();
    for minute in 0..MINUTES {
        let quotes: Vec<Quote> = markets
            .iter()
            .map(|market| {
                let bid = i64::try_from(1 + numbers.below(900)).unwrap();
                let price = |mills| Price::new(Decimal::new(mills, 3)).ok();
                let market_id = market.market_id.clone();
                Quote { market_id, bid: price(bid), ask: price(bid + 7) }
            })
            .collect();
        let minute = begin + TimeDelta::minutes(minute);
        let now = minute + TimeDelta::minutes(1);
        bars::record_quotes(&mut connection, minute, &quotes, now, "test").await.unwrap();
    }
    tell(&database, "prices_1m").await;
    tell(&database, "prices_1h").await;
}
