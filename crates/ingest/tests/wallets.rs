//! Wallets of the lab, imported over HTTP: what we make of their history is what the exchange has in its books.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::slice::from_ref;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, ConditionId, Shares, TokenId, TransactionHash, Usdc};
use ingest::ClosedScope;
use lab::{Fault, FaultKind};
use rust_decimal::Decimal;
use store::sync_logs::SyncKind;
use store::testing::eventually;
use store::wallets::activity::{self, Activity, Direction};
use store::wallets::{self, FoundBy, History, wanted};
use support::exchange::Exchange;
use support::record::Recorder;
use support::wallets::{
    Importers, are_true, busiest, figures, history, import, is_withheld, kept_positions, people,
    rows, settled,
};

/// Holds every wallet's books against the exchange's.
async fn all_are_true(exchange: &Exchange, people: &[Address]) -> (usize, u32) {
    let (mut full, mut compared) = (0, 0);
    for wallet in people {
        let held = history(exchange, wallet).await.unwrap();
        assert_eq!(held.activity_count, rows(exchange, wallet).await.len() as u64);
        if held.completeness == "full" {
            full += 1;
            compared += are_true(exchange, wallet).await;
            continue;
        }
        if held.completeness == "capped" {
            // Larger than what is read of a wallet: it is told, and so is why.
            assert!(held.reasons.contains(&"too_large".to_owned()), "{wallet}: {held:?}");
            is_withheld(exchange, wallet, "capped").await;
            continue;
        }
        // Upstream names one market of a conversion; which others were given cannot always be proved.
        assert!(held.reasons.contains(&"unknown_conversion".to_owned()), "{wallet}: {held:?}");
        let ours = kept_positions(exchange, wallet).await;
        let doubted = ours.iter().filter(|position| !position.doubts.is_empty()).count();
        assert!(doubted > 0 && doubted < ours.len());
    }
    assert!(full * 100 > people.len() * 99, "{full} of {}", people.len());
    (full, compared)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wallets_books_are_those_of_the_exchange() {
    let exchange = Exchange::open(11, 1.0).await;
    let _importers = Importers::start(&exchange);
    let people = people(&exchange).await;
    import(&exchange, &people, true).await;
    let (full, compared) = all_are_true(&exchange, &people).await;
    println!("{} wallets, {full} known from their first day, {compared} figures", people.len());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a world of the standard size takes minutes"]
async fn every_wallets_books_of_a_large_world_are_those_of_the_exchange() {
    let began = Instant::now();
    let exchange = Exchange::of_world(&Exchange::options(7)).await;
    exchange.sync().await;
    println!("world and catalogue: {:.0?}", began.elapsed());
    let _importers = Importers::start(&exchange);
    let people = people(&exchange).await;
    let began = Instant::now();
    for some in people.chunks(100) {
        import(&exchange, some, true).await;
    }
    let imported = began.elapsed();
    let (full, compared) = all_are_true(&exchange, &people).await;
    let all = exchange.count("SELECT count(*) FROM wallet_trades").await;
    println!(
        "{} wallets with {all} rows imported in {imported:.0?}, {full} known from their first day, \
         {compared} figures compared",
        people.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_news_added_to_what_is_held_are_the_whole() {
    let exchange = Exchange::open(12, 40.0).await;
    let _importers = Importers::start(&exchange);
    let people: Vec<_> = busiest(&exchange).await.into_iter().map(|(who, _)| who).take(8).collect();
    import(&exchange, &people, true).await;
    let mut before = Vec::new();
    for wallet in &people {
        before.push(rows(&exchange, wallet).await);
    }
    // Some of it shows up in the feeds later than what happened after it.
    exchange.inject(Fault::on("/data", FaultKind::LateTrade { by_s: 300 }));
    for _ in 0..3 {
        exchange.advance(TimeDelta::minutes(7)).await;
        exchange.sync().await;
        import(&exchange, &people, false).await;
    }
    exchange.lab.faults().clear();
    exchange.advance(TimeDelta::minutes(14)).await;
    exchange.sync().await;
    let read = exchange.requests("/data/v2/activity");
    import(&exchange, &people, false).await;
    let read = exchange.requests("/data/v2/activity") - read;
    // The last page, and one that says that it was; of tips and of the rest.
    assert!(read <= 4 * people.len() as u64, "the news only: {read} requests");

    let mut grown = 0;
    for (wallet, before) in people.iter().zip(&before) {
        let news = rows(&exchange, wallet).await;
        grown += news.len() - before.len();
        are_true(&exchange, wallet).await;
        let (ours, told) =
            (kept_positions(&exchange, wallet).await, figures(&exchange, wallet).await);
        import(&exchange, from_ref(wallet), true).await;
        assert_eq!(rows(&exchange, wallet).await, news, "{wallet}");
        assert_eq!(kept_positions(&exchange, wallet).await, ours, "{wallet}");
        assert_eq!(figures(&exchange, wallet).await, told, "{wallet}");
    }
    assert!(grown > 20, "{grown} rows are new");
}

#[tokio::test(flavor = "multi_thread")]
async fn markets_of_a_history_are_fetched_and_then_its_books_know_what_they_paid() {
    let exchange = Exchange::open_knowing(13, 1.0, ClosedScope::None).await;
    let _importers = Importers::start(&exchange);
    let people = people(&exchange).await;
    import(&exchange, &people, true).await;
    let pool = exchange.database.service();
    let wanted = wanted::due(pool, exchange.now(), 10_000).await.unwrap();
    assert!(wanted.len() > 5, "{} markets are wanted", wanted.len());
    let mut unknown = 0;
    for wallet in &people {
        let of_wanted = kept_positions(&exchange, wallet).await.into_iter();
        let of_wanted = of_wanted.filter(|position| wanted.contains(&position.condition_id));
        for position in of_wanted {
            unknown += 1;
            let closed = position.closed.unwrap_or_default();
            assert_eq!((closed.payout, closed.settled_usdc), (None, None), "nobody has told it");
        }
    }
    assert!(unknown > 5, "{unknown} positions");

    exchange.sync_as(SyncKind::Hot, ClosedScope::None).await;
    assert_eq!(exchange.count("SELECT count(*) FROM wanted_markets").await, 0);
    exchange.advance(TimeDelta::minutes(2)).await;
    exchange.sync_as(SyncKind::Full, ClosedScope::None).await;
    settled(&exchange, &people).await;
    let untold =
        "SELECT count(*) FROM wallet_closed_positions p JOIN markets m USING (condition_id)
        WHERE m.status = 'resolved' AND p.payout IS NULL";
    assert_eq!(exchange.count(untold).await, 0);
    // Prices have moved since the others were imported.
    import(&exchange, &people, false).await;
    all_are_true(&exchange, &people).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_that_nobody_knows_is_known_to_be_empty() {
    let exchange = Exchange::open(14, 1.0).await;
    let _importers = Importers::start(&exchange);
    let nobody = Address::from_bytes([0xee; 20]);
    assert_eq!(history(&exchange, &nobody).await, None);
    import(&exchange, from_ref(&nobody), true).await;
    let held = history(&exchange, &nobody).await.unwrap();
    assert!(held.is_empty);
    assert_eq!((held.completeness.as_str(), held.activity_count), ("full", 0));
    assert_eq!(held.first_active_at, None);
    // It made nothing, and no part of nothing is a rate.
    let told = figures(&exchange, &nobody).await;
    assert_eq!(told.totals.total.known(), Some(&0.0));
    assert_eq!(told.totals.roi.known(), Some(&None));
    assert_eq!(told.all_time.known().unwrap().win_rate, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn books_follow_a_resolution_and_its_correction() {
    let exchange = Exchange::open(35, 10.0).await;
    let _importers = Importers::start(&exchange);
    let people = people(&exchange).await;
    import(&exchange, &people, true).await;
    let recorder = Recorder::start(&exchange);
    let told = "SELECT count(DISTINCT market_id) FROM market_resolutions WHERE payouts IS NOT NULL";
    for _ in 0..40 {
        exchange.advance(TimeDelta::minutes(10)).await;
        if exchange.count(told).await > 0 {
            break;
        }
    }
    eventually("a resolution", || async { exchange.count(told).await > 0 }).await;
    // Of the markets of which the oracle was heard, the positions that are kept at another payout.
    let behind = "SELECT count(*) FROM wallet_closed_positions p JOIN markets USING (condition_id)
        JOIN LATERAL (SELECT payouts FROM market_resolutions r WHERE r.market_id = markets.market_id
                      ORDER BY observed_at DESC LIMIT 1) AS last ON last.payouts IS NOT NULL
        WHERE p.payout IS DISTINCT FROM last.payouts[p.outcome_index + 1] AND p.unredeemed_shares IS NOT NULL";
    let open = "SELECT count(*) FROM wallet_positions p JOIN markets USING (condition_id)
        JOIN market_resolutions r USING (market_id) WHERE r.payouts IS NOT NULL AND p.shares > 0";
    eventually("books that know it", || async {
        exchange.count(behind).await == 0 && exchange.count(open).await == 0
    })
    .await;

    exchange.sync().await;
    let untold = "SELECT count(*) FROM markets WHERE status = 'resolved'
        AND closed_at > (SELECT max(observed_at) FROM market_resolutions) - interval '1 day'
        AND market_id NOT IN (SELECT market_id FROM market_resolutions WHERE payouts IS NOT NULL)";
    eventually("all of a day", || async { exchange.count(untold).await == 0 }).await;
    // Those too that came to it since.
    import(&exchange, &people, false).await;
    exchange.inject(Fault::on("/", FaultKind::ResolutionFlip));
    exchange.advance(TimeDelta::minutes(6)).await;
    let corrected = "SELECT count(*) FROM (
        SELECT market_id FROM market_resolutions WHERE payouts IS NOT NULL
        GROUP BY market_id HAVING count(DISTINCT payouts) > 1) AS corrected";
    eventually("the correction", || async { exchange.count(corrected).await > 0 }).await;
    let concerned =
        "SELECT count(*) FROM wallet_closed_positions p JOIN markets USING (condition_id)
        WHERE unredeemed_shares > 0 AND market_id IN (
            SELECT market_id FROM market_resolutions WHERE payouts IS NOT NULL
            GROUP BY market_id HAVING count(DISTINCT payouts) > 1)";
    assert!(exchange.count(concerned).await > 0, "somebody holds a share of it");
    eventually("books that are corrected", || async { exchange.count(behind).await == 0 }).await;
    recorder.stop().await;
}

/// Rows of the large wallet.
const MANY: usize = 100_000;

/// Purchases and sales in 10,000 markets over 300 days, after which nothing is held.
fn much_activity(now: DateTime<Utc>) -> Vec<Activity> {
    let began = now - TimeDelta::days(300);
    let row = |number: usize| {
        let (round, market) = (number / 20_000, (number / 2) % 10_000);
        let shares = Shares::new(Decimal::from(10 + market % 90)).unwrap();
        let is_sale = number % 2 == 1;
        let price = Decimal::new(
            i64::try_from(200 + (market + round + usize::from(is_sale)) % 600).unwrap(),
            3,
        );
        Activity {
            happened_at: began + TimeDelta::seconds(i64::try_from(number * 258).unwrap()),
            kind: "trade".to_owned(),
            transaction_hash: Some(TransactionHash::from_bytes(
                [u8::try_from(number % 251).unwrap(); 32],
            )),
            condition_id: Some(ConditionId::parse(&format!("0x{market:064x}")).unwrap()),
            token_id: Some(
                TokenId::parse(&format!("{}", 10u128.pow(37) + market as u128)).unwrap(),
            ),
            outcome_index: Some(0),
            direction: Some(if is_sale { Direction::Sell } else { Direction::Buy }),
            is_maker: Some(false),
            price: Some(price),
            shares: Some(shares),
            usdc: Some(Usdc::new(shares.decimal() * price).unwrap()),
            is_combo: false,
        }
    };
    (0..MANY).map(row).collect()
}

/// The most memory this process has had, in megabytes.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1_024
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, for a release build on a machine with nothing else to do"]
async fn a_wallet_of_100_000_rows_is_refreshed_within_three_seconds() {
    let exchange = Exchange::open(15, 1.0).await;
    let wallet = Address::from_bytes([0xaa; 20]);
    let pool = exchange.database.service();
    let rows = much_activity(exchange.now());
    wallets::found(pool, from_ref(&wallet), FoundBy::Asked, exchange.now()).await.unwrap();
    let began = Instant::now();
    let mut tx = pool.begin().await.unwrap();
    for part in rows.chunks(20_000) {
        activity::record(&mut tx, &wallet, part, exchange.now()).await.unwrap();
    }
    let held = History {
        imported_at: exchange.now(),
        completeness: "full".to_owned(),
        reasons: Vec::new(),
        since: None,
        until: Some(exchange.now()),
        activity_count: MANY as u64,
        first_active_at: rows.first().map(|row| row.happened_at),
        last_active_at: rows.last().map(|row| row.happened_at),
        is_empty: false,
    };
    wallets::set_history(&mut tx, &wallet, &held).await.unwrap();
    tx.commit().await.unwrap();
    println!("{MANY} rows written in {:.2?}", began.elapsed());
    let bytes = "SELECT sum(pg_total_relation_size(inhrelid))::bigint FROM pg_inherits
                 WHERE inhparent = 'wallet_trades'::regclass";
    println!(
        "{} bytes a row with indexes",
        exchange.count(bytes).await / i64::try_from(MANY).unwrap()
    );
    drop(rows);
    let _importers = Importers::start(&exchange);
    // They are at work, and hear what is asked.
    import(&exchange, &[Address::from_bytes([0xbb; 20])], true).await;
    let before = peak_mb();
    for _ in 0..3 {
        let began = Instant::now();
        import(&exchange, from_ref(&wallet), false).await;
        let took = began.elapsed();
        let told = figures(&exchange, &wallet).await;
        assert!(told.totals.total.known().is_some(), "{:?}", history(&exchange, &wallet).await);
        println!(
            "from ask to figures {took:.2?}, peak memory {before} MB before, {} MB after",
            peak_mb()
        );
        assert!(took < Duration::from_secs(3) || cfg!(debug_assertions), "{took:?}");
    }
}
