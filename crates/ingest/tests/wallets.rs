//! Wallets of the lab, imported over HTTP: what we make of their history is what the exchange has in its books.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use domain::{Address, ConditionId};
use ingest::wallets::figures::WalletFigures;
use ingest::wallets::{WalletClients, WalletOptions, WalletService};
use polymarket::gamma::GammaClient;
use polymarket::user_pnl::UserPnlClient;
use rust_decimal::Decimal;
use serde_json::Value;
use store::wallets::activity::StoredActivity;
use store::wallets::imports::{self, Priority};
use store::wallets::positions::Position;
use store::wallets::{self, activity, metrics, positions};
use support::exchange::Exchange;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Starts importers on an exchange.
fn importers(exchange: &Exchange) -> DropGuard {
    let clients = WalletClients {
        data: exchange.data(),
        gamma: GammaClient::new(exchange.upstream.clone()),
        user_pnl: UserPnlClient::new(exchange.upstream.clone()),
    };
    let options = WalletOptions { clock: exchange.clock(), ..WalletOptions::default() };
    let service = WalletService::new(exchange.database.database().clone(), clients, options);
    let stop = CancellationToken::new();
    tokio::spawn(service.run(stop.clone()));
    stop.drop_guard()
}

/// Has wallets imported, and waits until they are.
async fn import(exchange: &Exchange, wallets: &[Address]) {
    let pool = exchange.database.service();
    imports::want(pool, wallets, Priority::Asked, exchange.now(), true).await.unwrap();
    let deadline = Instant::now() + Duration::from_mins(10);
    loop {
        let held = wallets::get_all(pool, wallets).await.unwrap();
        let left = wallets.len() - held.iter().filter(|wallet| wallet.history.is_some()).count();
        if left == 0 {
            break;
        }
        assert!(Instant::now() < deadline, "{left} wallets are not imported");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn people(exchange: &Exchange) -> Vec<Address> {
    let told = exchange.told("truth/wallets").await;
    let all = told.as_array().unwrap();
    all.iter().map(|one| Address::parse(one["address"].as_str().unwrap()).unwrap()).collect()
}

/// What the exchange has in its books, by market and outcome.
type Holdings<'a> = BTreeMap<(ConditionId, u8), &'a Value>;

fn holdings(account: &Value) -> Holdings<'_> {
    let held = account["holdings"].as_array().unwrap().iter().filter(|one| one["bought"] != 0);
    held.map(|one| {
        let condition = ConditionId::parse(one["condition_id"].as_str().unwrap()).unwrap();
        ((condition, u8::try_from(one["outcome"].as_u64().unwrap()).unwrap()), one)
    })
    .collect()
}

fn micro(of: Decimal) -> i64 {
    i64::try_from((of * Decimal::from(1_000_000)).normalize()).unwrap()
}

/// Fills of an order, mostly.
const FILLS: i64 = 3;

/// How far ours and the exchange's books of one wallet are apart.
#[derive(Debug, Default)]
struct Comparison {
    figures: u32,
    differing: Vec<String>,
}

/// Holds a wallet's positions against the exchange's books. A row of activity tells a whole order in one price, while
/// the exchange rounds each of its fills, so that a cost may be off by some millionths for each row of its market. Where No were
/// converted, upstream does not say which of what happened in the same second came first: there the sum counts.
fn compare(ours: &[Position], truth: &Holdings<'_>, rows: &[StoredActivity]) -> Comparison {
    let mut by_market: BTreeMap<&ConditionId, i64> = BTreeMap::new();
    for condition in rows.iter().filter_map(|row| row.activity.condition_id.as_ref()) {
        *by_market.entry(condition).or_default() += 1;
    }
    let has_converted = rows.iter().any(|row| row.activity.kind == "conversion");
    let mut found = Comparison::default();
    let (mut made, mut truly_made) = (0, 0);
    for position in ours {
        let truth = truth[&(position.condition_id.clone(), position.outcome_index)];
        // What a conversion gave has no row of its own.
        let slack = FILLS * by_market.get(&position.condition_id).copied().unwrap_or_default();
        let booked = &position.booked;
        let figures = [
            ("shares", booked.shares, 0),
            ("bought", booked.bought_shares, 0),
            ("fees", booked.fees_usdc, slack),
            ("cost", booked.cost_usdc, slack),
            ("realized", booked.realized_usdc, slack),
        ];
        for (name, figure, slack) in figures {
            found.figures += 1;
            let (ours, truth) = (figure.map(micro), truth[name].as_i64().unwrap());
            let is_same = ours.is_some_and(|ours| (ours - truth).abs() <= slack);
            let is_moved = has_converted && ["cost", "realized"].contains(&name);
            if !is_same && !is_moved {
                let token = &position.token_id;
                found.differing.push(format!("{token} {name}: {ours:?}, truly {truth}"));
            }
            let sign = if name == "cost" { -1 } else { 1 };
            if ["cost", "realized"].contains(&name) {
                made += sign * ours.unwrap_or_default();
                truly_made += sign * truth;
            }
        }
    }
    if (made - truly_made).abs() > FILLS * i64::try_from(rows.len()).unwrap() {
        found.differing.push(format!("realized less cost: {made}, truly {truly_made}"));
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wallets_books_are_those_of_the_exchange() {
    let exchange = Exchange::open(11, 1.0).await;
    let _importers = importers(&exchange);
    let people = people(&exchange).await;
    import(&exchange, &people).await;
    let pool = exchange.database.service();
    let (mut full, mut figures) = (0, 0);
    for wallet in &people {
        let history = wallets::get(pool, wallet).await.unwrap().unwrap().history.unwrap();
        let rows = activity::history(pool, wallet).await.unwrap();
        assert_eq!(history.activity_count, rows.len() as u64);
        let mut ours = positions::open(pool, wallet).await.unwrap();
        ours.extend(positions::closed(pool, wallet, 100_000, 0).await.unwrap());
        if history.completeness != "full" {
            // Upstream names one market of a conversion; which others were given cannot always be known.
            let reasons = &history.reasons;
            assert!(reasons.contains(&"unknown_conversion".to_owned()), "{wallet}: {reasons:?}");
            let doubted = ours.iter().filter(|position| !position.doubts.is_empty());
            assert!(doubted.clone().count() > 0 && doubted.count() < ours.len());
            continue;
        }
        full += 1;
        let account = exchange.told(&format!("truth/wallets/{wallet}/account")).await;
        let truth = holdings(&account);
        assert_eq!(ours.len(), truth.len(), "{wallet}");
        let compared = compare(&ours, &truth, &rows);
        assert_eq!(compared.differing, Vec::<String>::new(), "{wallet}");
        figures += compared.figures;

        let kept = metrics::get(pool, wallet).await.unwrap().unwrap();
        assert_eq!(kept.version, ingest::wallets::figures::VERSION);
        let kept: WalletFigures = serde_json::from_value(kept.metrics).unwrap();
        let remainder = kept.totals.identity_remainder;
        assert!(remainder.is_none_or(|rest| rest.abs() < 1e-9), "{wallet}: {remainder:?}");
    }
    println!(
        "{} wallets, {full} of them known from their first day, {figures} figures",
        people.len()
    );
    assert!(full * 10 > people.len() * 9, "{full} of {}", people.len());
}
