//! Wallets of the lab, scored: what is kept beside their books, and who comes out on top.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::collections::BTreeMap;
use std::slice::from_ref;

use chrono::TimeDelta;
use domain::Address;
use ingest::intelligence::scoring::{Scorer, score_all};
use serde_json::Value;
use sqlx::Row;
use store::intelligence::scores::{self, Verdict, WalletScore};
use store::intelligence::{bets, classes, flips, models};
use support::exchange::Exchange;
use support::wallets::{Importers, import, people};

const KINDS: [&str; 3] = ["smart_money", "reputation", "whale"];

async fn current(exchange: &Exchange, kind: &str, wallet: &Address) -> Option<WalletScore> {
    scores::current(exchange.database.service(), kind, wallet).await.unwrap()
}

/// What the lab says that wallets are.
async fn kinds(exchange: &Exchange) -> BTreeMap<Address, (String, f64)> {
    let told = exchange.told("truth/wallets").await;
    let all = told.as_array().unwrap().iter().map(|one| {
        let address = Address::parse(one["address"].as_str().unwrap()).unwrap();
        (address, (one["kind"].as_str().unwrap().to_owned(), one["skill"].as_f64().unwrap()))
    });
    all.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_leave_bets_turns_and_scores_and_the_skilled_rank_above_the_others() {
    let n =
        |name: &str, or: f64| std::env::var(name).ok().and_then(|x| x.parse().ok()).unwrap_or(or);
    let options = Exchange::options(41)
        .scale(n("SC", 0.02))
        .markets(n("MK", 200.0) as usize)
        .fills(n("FL", 12000.0) as usize);
    let exchange = Exchange::of_world(&options).await;
    exchange.sync().await;
    let _importers = Importers::start(&exchange);
    let people = people(&exchange).await;
    import(&exchange, &people, true).await;
    let pool = exchange.database.service();
    for table in ["wallet_bets", "wallet_flips", "wallet_traits"] {
        let sql = format!("SELECT count(*) FROM {table}");
        let count: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await.unwrap();
        println!("{table}: {count}");
        assert!(count > 0, "{table}");
    }
    let likeness = "SELECT count(*) FROM current_wallet_scores WHERE kind IN ('maker', 'bot')";
    assert_eq!(exchange.count(likeness).await, 2 * i64::try_from(people.len()).unwrap());

    let began = std::time::Instant::now();
    let population = score_all(exchange.database.database(), exchange.now()).await.unwrap();
    println!(
        "{} wallets in {:?}: {} tested, tau2 {:?}, pi0 {:?}, {} discoveries, {} fits",
        people.len(),
        began.elapsed(),
        population.register,
        population.tau2,
        population.pi0,
        population.discoveries,
        population.baseline.fits.len()
    );
    let truth = kinds(&exchange).await;
    for (wallet, (kind, _)) in truth
        .iter()
        .filter(|(_, (kind, _))| kind == "maker" || kind == "copy_bot" || kind == "arbitrageur")
    {
        for of in ["maker", "bot"] {
            let s = current(&exchange, of, wallet).await.unwrap();
            println!(
                "{kind} as {of}: {:?} {:?} {:?} {} {}",
                s.verdict, s.value, s.interval, s.n, s.ingredients
            );
        }
    }
    let mut by_kind: BTreeMap<&str, Vec<(f64, Option<f64>, f64, u32)>> = BTreeMap::new();
    for (wallet, (kind, skill)) in &truth {
        let score = current(&exchange, "smart_money", wallet).await.unwrap();
        let tilt = score.ingredients["tilt_all"].as_f64().unwrap_or(0.0);
        by_kind.entry(kind).or_default().push((*skill, score.value, tilt, score.n));
    }
    for (kind, all) in &by_kind {
        let n = all.len() as f64;
        let scored: Vec<f64> = all.iter().filter_map(|one| one.1).collect();
        println!(
            "{kind:>14}: {} wallets, skill {:.2}, {} scored, mean {:.1}, tilt {:.3}, events {:.0}",
            all.len(),
            all.iter().map(|one| one.0).sum::<f64>() / n,
            scored.len(),
            scored.iter().sum::<f64>() / scored.len() as f64,
            all.iter().map(|one| one.2).sum::<f64>() / n,
            all.iter().map(|one| f64::from(one.3)).sum::<f64>() / n
        );
    }
}
