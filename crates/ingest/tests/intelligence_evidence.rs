//! Wallets that buy as the lab's insiders do, among many that do not, on a tape of sixty days: they stand higher than those
//! who are like them.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::stats::Dice;
use domain::tape::Trade;
use domain::{Address, Price, Shares, Side, TransactionHash};
use rust_decimal::Decimal;
use store::intelligence::evidence::{self, InformedEvidence, Layer};
use store::streaming::{self, TradedMarket};
use store::testing::eventually;
use store::trades::{self, HeardTrade, TapeSource};
use support::exchange::Exchange;
use support::jobs::Jobs;

/// Wallets that trade for no reason, and purchases of each.
const CROWD: u16 = 60;
const HABIT: u32 = 12;
/// Wallets that know something.
const PLANTED: u16 = 15;

fn address(number: u16) -> Address {
    let mut bytes = [0; 20];
    bytes[..2].copy_from_slice(&number.to_be_bytes());
    Address::from_bytes(bytes)
}

/// Buys a token for about so many dollars.
fn purchase(
    (who, market, outcome): (u16, &TradedMarket, usize),
    (cents, usdc): (i64, f64),
    at: DateTime<Utc>,
    number: usize,
) -> HeardTrade {
    let price = Decimal::new(cents, 2);
    let shares = (Decimal::try_from(usdc).unwrap() / price).round_dp(6);
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&number.to_be_bytes());
    let trade = Trade {
        market_id: market.market_id.clone(),
        condition_id: market.condition_id.clone(),
        token_id: market.tokens[outcome].clone(),
        outcome_index: outcome,
        side: Side::Buy,
        price: Price::new(price).unwrap(),
        shares: Shares::new(shares).unwrap(),
        traded_at: DateTime::from_timestamp(at.timestamp(), 0).unwrap(),
        transaction_hash: Some(TransactionHash::from_bytes(hash)),
        wallet: Some(address(who)),
    };
    HeardTrade { trade, name: None }
}

/// The crowd's purchases over sixty days, some dollars at any price on either side; and insiders', several in hours, all
/// on one side that is cheap, from when there is something to compare with.
fn tape(markets: &[TradedMarket], now: DateTime<Utc>) -> Vec<HeardTrade> {
    let mut dice = Dice::new(75, 0);
    let mut heard = Vec::new();
    let span = 60.0 * 24.0 * 60.0;
    let ago =
        |minutes: f64| now - TimeDelta::from_std(Duration::from_secs_f64(minutes * 60.0)).unwrap();
    for who in 0..CROWD {
        for _ in 0..HABIT {
            let market = &markets[dice.below(markets.len())];
            let began = 60.0 + dice.unit() * (span - 120.0);
            for part in 0..3 {
                let outcome = dice.below(2);
                let cents = 5 + i64::try_from(dice.below(90)).unwrap();
                let usdc = 150.0 + 400.0 * dice.unit();
                let at = ago(began - f64::from(part));
                heard.push(purchase((who, market, outcome), (cents, usdc), at, heard.len()));
            }
        }
    }
    for who in CROWD..CROWD + PLANTED {
        let market = &markets[dice.below(markets.len())];
        let (outcome, began) = (dice.below(2), 600.0 + dice.unit() * span / 3.0);
        let stake = 400.0 * (0.8 * dice.normal()).exp().max(0.8);
        for part in 0..5 {
            let cents = 10 + i64::try_from(dice.below(15)).unwrap();
            let usdc = stake * (0.5 * dice.normal()).exp();
            let at = ago(began - 60.0 * f64::from(part));
            heard.push(purchase((who, market, outcome), (cents, usdc), at, heard.len()));
        }
    }
    heard.sort_by_key(|one| one.trade.traded_at);
    heard
}

fn is_planted(row: &InformedEvidence) -> bool {
    let wallet = row.wallet.as_ref().unwrap();
    (CROWD..CROWD + PLANTED).any(|who| address(who) == *wallet)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_buys_ahead_of_news_stands_higher_than_those_who_are_like_them() {
    let exchange = Exchange::open(75, 1.0).await;
    let pool = exchange.database.service();
    let open = "UPDATE markets SET category = 'politics', end_date = $1 WHERE NOT closed";
    let deadline = exchange.now() + TimeDelta::days(90);
    sqlx::query(open).bind(deadline).execute(pool).await.unwrap();
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT min(market_id) FROM markets WHERE NOT closed AND accepting_orders AND event_id IS NOT NULL
         GROUP BY event_id ORDER BY 1",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    // One of each event: what an owner does on an event is one thing.
    let markets = streaming::by_ids(pool, &ids).await.unwrap();
    assert!(markets.len() >= 30, "{} events", markets.len());
    let heard = tape(&markets, exchange.now());
    let mut connection = pool.acquire().await.unwrap();
    for part in heard.chunks(500) {
        trades::record(&mut connection, TapeSource::Record, part, exchange.now()).await.unwrap();
    }
    let back = TimeDelta::days(61);
    let start = || {
        Jobs::start_with(&exchange, ingest::live::LiveBooks::default(), |options| {
            ingest::intelligence::IntelligenceOptions { evidence_back: back, ..options }
        })
    };
    let running = start();
    let done = "SELECT count(*) FROM intelligence_progress WHERE job = 'pairs'";
    eventually("pairs", || async { exchange.count(done).await == 1 }).await;
    running.stop().await;

    let rows = evidence::strongest(exchange.database.public(), Layer::Pair, 100_000).await.unwrap();
    let found: HashSet<&Address> =
        rows.iter().filter(|row| is_planted(row)).filter_map(|row| row.wallet.as_ref()).collect();
    let strength = |row: &InformedEvidence| row.finding.clone().unwrap();
    let mean = |rows: Vec<f64>| rows.iter().sum::<f64>() / rows.len() as f64;
    let theirs = mean(rows.iter().filter(|row| is_planted(row)).map(strength).collect());
    let others = mean(rows.iter().filter(|row| !is_planted(row)).map(strength).collect());
    let pairs = usize::from(CROWD) * HABIT as usize + usize::from(PLANTED);
    println!(
        "{} rows of about {pairs} pairs; {} of {PLANTED} planted wallets; strength {theirs:.2}, others {others:.2}; by chance {:.3}",
        rows.len(),
        found.len(),
        f64::from(PLANTED) / pairs as f64
    );
    for first in [5, 10, 15, 30] {
        let hits = rows.iter().take(first).filter(|row| is_planted(row)).count();
        println!(
            "first {first}: precision {:.2}, recall {:.2}",
            hits as f64 / first as f64,
            hits as f64 / f64::from(PLANTED)
        );
    }
    assert!(theirs > others, "{theirs} is not above {others}");
    let hits = rows.iter().take(15).filter(|row| is_planted(row)).count();
    assert!(hits >= 5, "{hits} of the first 15, where one in fifty is planted");
    for row in &rows {
        let table = row.ingredients["table"].as_array().unwrap();
        assert_eq!(table.len(), 8, "one row a signal");
        assert!(table.iter().any(|signal| signal["present"] == true), "{row:?}");
        assert!(row.ingredients["n"].is_u64() && row.as_of <= exchange.now());
    }
    let controls = |row: &&InformedEvidence| {
        row.ingredients["table"].as_array().unwrap().iter().any(|signal| signal["matched"] != 0)
    };
    assert!(
        rows.iter().filter(controls).count() > rows.len() / 2,
        "matched controls stand beside most"
    );

    // A process that begins anew says nothing of what was looked at before.
    let said = exchange.count("SELECT count(*) FROM informed_evidence").await;
    let again = start();
    let mark =
        "SELECT extract(epoch FROM until)::bigint FROM intelligence_progress WHERE job = 'pairs'";
    let before = exchange.count(mark).await;
    exchange.advance(TimeDelta::seconds(2)).await;
    eventually("another time", || async { exchange.count(mark).await > before }).await;
    again.stop().await;
    assert_eq!(exchange.count("SELECT count(*) FROM informed_evidence").await, said);
}
