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
use store::wallets::imports::{self, Priority};
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
fn holdings(account: &Value) -> BTreeMap<(ConditionId, u8), &Value> {
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

#[tokio::test(flavor = "multi_thread")]
async fn every_wallets_books_are_those_of_the_exchange() {
    let exchange = Exchange::open(11, 1.0).await;
    let _importers = importers(&exchange);
    let people = people(&exchange).await;
    import(&exchange, &people).await;
    let pool = exchange.database.service();
    let (mut full, mut compared) = (0, 0);
    let mut differing = Vec::new();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for wallet in &people {
        let held = wallets::get(pool, wallet).await.unwrap().unwrap();
        let history = held.history.unwrap();
        let account = exchange.told(&format!("truth/wallets/{wallet}/account")).await;
        let truth = holdings(&account);
        let mut ours = positions::open(pool, wallet).await.unwrap();
        ours.extend(positions::closed(pool, wallet, 100_000, 0).await.unwrap());
        *seen.entry(format!("{} {:?}", history.completeness, history.reasons)).or_insert(0) += 1;
        if history.completeness != "full" {
            differing.push(format!("{wallet}: {:?}", history.reasons));
            continue;
        }
        full += 1;
        assert_eq!(ours.len(), truth.len(), "{wallet}");
        for position in ours {
            let truth = truth[&(position.condition_id.clone(), position.outcome_index)];
            let booked = &position.booked;
            let found = [
                ("shares", booked.shares),
                ("cost", booked.cost_usdc),
                ("bought", booked.bought_shares),
                ("realized", booked.realized_usdc),
                ("fees", booked.fees_usdc),
            ];
            for (name, found) in found {
                compared += 1;
                let truth = truth[name].as_i64().unwrap();
                let Some(found) = found else {
                    differing.push(format!(
                        "{wallet} {} {name}: withheld, {:?}",
                        position.token_id, position.doubts
                    ));
                    continue;
                };
                let found = micro(found);
                if (found - truth).abs() > 1 {
                    differing
                        .push(format!("{wallet} {} {name}: {found}, {truth}", position.token_id));
                }
            }
        }
        let figures = metrics::get(pool, wallet).await.unwrap().unwrap().metrics;
        let figures: WalletFigures = serde_json::from_value(figures).unwrap();
        let remainder = figures.totals.identity_remainder;
        assert!(
            remainder.is_none_or(|remainder| remainder.abs() < 1e-9),
            "{wallet}: {remainder:?}"
        );
    }
    println!("{seen:#?}");
    println!("{} wallets, {full} of them full, {compared} figures", people.len());
    let rows = activity::history(pool, &people[0]).await.unwrap();
    assert!(!rows.is_empty());
    assert!(differing.is_empty(), "{} differ:\n{}", differing.len(), differing[..].join("\n"));
}
