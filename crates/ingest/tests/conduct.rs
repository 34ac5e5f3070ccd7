//! Programs and wallets of one owner in the lab, found from its tape and from histories, beside what they are.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use domain::Address;
use ingest::intelligence::clusters::find_owners;
use store::intelligence::scores::{self, Verdict};
use store::intelligence::traits;
use store::trades::{self, HeardTrade, TapeSource};
use support::exchange::Exchange;
use support::truth;
use support::wallets::{Importers, import};

/// Trades written at once.
const AT_ONCE: usize = 10_000;

/// What a wallet is, and whose.
struct True {
    kind: String,
    group: Option<u64>,
}

async fn everybody(exchange: &Exchange) -> BTreeMap<Address, True> {
    let told = exchange.told("truth/wallets").await;
    let all = told.as_array().unwrap().iter().map(|one| {
        let address = Address::parse(one["address"].as_str().unwrap()).unwrap();
        let kind = one["kind"].as_str().unwrap().to_owned();
        (address, True { kind, group: one["group"].as_u64() })
    });
    all.collect()
}

/// The tape of the last thirty days.
async fn record_tape(exchange: &Exchange) {
    let traded = truth::trades(exchange, exchange.now() - TimeDelta::days(30)).await;
    let heard: Vec<HeardTrade> =
        traded.into_iter().map(|trade| HeardTrade { trade, name: None }).collect();
    let mut connection = exchange.database.service().acquire().await.unwrap();
    for part in heard.chunks(AT_ONCE) {
        trades::record(&mut connection, TapeSource::Record, part, exchange.now()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_and_wallets_of_one_owner_are_found_and_nobody_else() {
    let options = Exchange::options(41).scale(0.06).markets(300).fills(16_000);
    let exchange = Exchange::of_world(&options).await;
    exchange.sync().await;
    record_tape(&exchange).await;
    let truth = everybody(&exchange).await;
    let _importers = Importers::start(&exchange);
    import(&exchange, &truth.keys().cloned().collect::<Vec<_>>(), true).await;
    programs_are_told_from_people(&exchange, &truth).await;
    owners_are_joined(&exchange, &truth).await;
}

/// Programs by what they do, and nobody who is none.
async fn programs_are_told_from_people(exchange: &Exchange, truth: &BTreeMap<Address, True>) {
    let mut judged: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (wallet, what) in truth {
        let score =
            scores::current(exchange.database.service(), "bot", wallet).await.unwrap().unwrap();
        if score.verdict != Verdict::Scored {
            continue;
        }
        let is_likely = score.interval.is_some_and(|(low, _)| low >= 70.0);
        let counts = judged.entry(&what.kind).or_default();
        *counts = (counts.0 + usize::from(is_likely), counts.1 + 1);
    }
    // In a small world makers have few fills a day: not each can be told.
    for (kind, fewest) in [("maker", 1), ("arbitrageur", usize::MAX), ("copy_bot", usize::MAX)] {
        let (found, all) = judged.remove(kind).unwrap_or_default();
        assert!(all > 0 && found >= fewest.min(all), "{found} of {all} {kind}");
    }
    let (found, all) = judged.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert!(all > 50 && found == 0, "{judged:?}");
}

/// Those who act together, and nobody who does not.
async fn owners_are_joined(exchange: &Exchange, truth: &BTreeMap<Address, True>) {
    let found = find_owners(exchange.database.database(), exchange.now()).await.unwrap();
    let mut clusters: BTreeMap<_, BTreeSet<&Address>> = BTreeMap::new();
    for one in &found {
        clusters.entry(one.cluster_id).or_default().insert(&one.wallet);
    }
    let mut joined: BTreeMap<&str, usize> = BTreeMap::new();
    for wallets in clusters.values() {
        let owners: BTreeSet<_> =
            wallets.iter().map(|wallet| (&truth[*wallet].kind, truth[*wallet].group)).collect();
        assert_eq!(owners.len(), 1, "{owners:?} are joined");
        let (kind, group) = owners.into_iter().next().unwrap();
        assert!(group.is_some(), "a {kind} belongs to nobody");
        *joined.entry(kind).or_default() += wallets.len();
    }
    for kind in ["sybil", "washer"] {
        let all = truth.values().filter(|what| what.kind == kind).count();
        let count = joined.get(kind).copied().unwrap_or_default();
        assert!(2 * count > all, "{count} of {all} {kind} wallets are joined");
    }
    let programs = traits::not_people(exchange.database.service()).await.unwrap();
    assert!(found.iter().all(|one| !programs.contains(&one.wallet)));
}
