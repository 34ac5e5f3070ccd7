//! Flows and large trades of the lab, over HTTP: they are what the tape is, however often, late and interrupted they are
//! made.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::bars::Interval;
use domain::stats::Robust;
use domain::tape::Trade;
use domain::{Address, MarketId, Side};
use lab::{Fault, FaultKind};
use rust_decimal::{Decimal, dec};
use store::intelligence::{flows, notable};
use support::exchange::Exchange;
use support::jobs::{Jobs, flows_are_made};
use support::record::{Recorder, live_on, recorded_once};
use support::{jobs, truth};

type Place = (MarketId, DateTime<Utc>);

/// What takers did by market and hour, from what happened: bought, sold, trades, wallets.
fn expected(trades: &[Trade]) -> BTreeMap<Place, (Decimal, Decimal, i32, i32)> {
    let mut owners: BTreeMap<Place, BTreeMap<&Address, (Decimal, i32)>> = BTreeMap::new();
    for trade in trades {
        let place = (trade.market_id.clone(), Interval::Hour.bucket(trade.traded_at));
        let owner =
            owners.entry(place).or_default().entry(trade.wallet.as_ref().unwrap()).or_default();
        let is_toward_first = (trade.side == Side::Buy) == (trade.outcome_index == 0);
        let usdc = trade.usdc().decimal();
        owner.0 += if is_toward_first { usdc } else { -usdc };
        owner.1 += 1;
    }
    let add = |owners: BTreeMap<&Address, (Decimal, i32)>| {
        let sum =
            |sign: Decimal| owners.values().map(|(net, _)| (net * sign).max(Decimal::ZERO)).sum();
        let trades = owners.values().map(|(_, trades)| trades).sum();
        (
            sum(Decimal::ONE),
            sum(Decimal::NEGATIVE_ONE),
            trades,
            i32::try_from(owners.len()).unwrap(),
        )
    };
    owners.into_iter().map(|(place, owners)| (place, add(owners))).collect()
}

/// Holds flows against what happened; how many there are.
async fn are_true(exchange: &Exchange, since: DateTime<Utc>) -> usize {
    let expected = expected(&truth::trades(exchange, since).await);
    let markets: BTreeSet<&MarketId> = expected.keys().map(|(market, _)| market).collect();
    let mut made = BTreeMap::new();
    for market in markets {
        for flow in flows::of_market(exchange.database.public(), market, since).await.unwrap() {
            assert_eq!(flow.class, "other", "nobody is known");
            let told = (flow.bought_usdc, flow.sold_usdc, flow.trades, flow.wallets);
            assert_eq!(made.insert((flow.market_id, flow.hour), told), None);
        }
    }
    assert_eq!(made, expected);
    made.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn flows_are_those_of_the_tape_also_when_it_is_told_late() {
    let exchange = Exchange::open(61, 20.0).await;
    let since = Interval::Hour.bucket(exchange.now()) - TimeDelta::hours(2);
    let recorder = Recorder::start_back(&exchange, exchange.now() - since);
    let running = Jobs::start(&exchange);
    recorded_once(&exchange, since).await;
    flows_are_made(&exchange).await;
    let before = are_true(&exchange, since).await;

    // Some of it shows up later than what happened after it.
    exchange.inject(Fault::on("/data", FaultKind::LateTrade { by_s: 300 }));
    live_on(&exchange, 12).await;
    assert!(exchange.strikes() > 0);
    exchange.lab.faults().clear();
    exchange.advance(TimeDelta::minutes(6)).await;
    recorded_once(&exchange, since).await;
    flows_are_made(&exchange).await;
    let after = are_true(&exchange, since).await;
    assert!(after > before);
    running.stop().await;
    recorder.stop().await;

    let (made, noted) = (jobs::flows(&exchange).await, jobs::notable(&exchange).await);
    let forget =
        "DELETE FROM market_flows; DELETE FROM intelligence_progress; DELETE FROM touched_hours";
    sqlx::raw_sql(forget).execute(exchange.database.service()).await.unwrap();
    let again = Jobs::start(&exchange);
    flows_are_made(&exchange).await;
    assert_eq!(jobs::flows(&exchange).await, made, "as from scratch");
    assert_eq!(jobs::notable(&exchange).await, noted, "noted once");
    again.stop().await;
    println!("{after} hours of markets, {} large trades", noted.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_killed_while_it_made_flows_is_made_by_the_next() {
    let exchange = Exchange::open(62, 20.0).await;
    let since = Interval::Hour.bucket(exchange.now()) - TimeDelta::hours(24);
    let recorder = Recorder::start_back(&exchange, exchange.now() - since);
    recorded_once(&exchange, since).await;
    recorder.stop().await;
    let first = Jobs::start(&exchange);
    let some = "SELECT count(*) FROM touched_hours";
    store::testing::eventually("a beginning", || async { exchange.count(some).await > 0 }).await;
    first.kill().await;
    let next = Jobs::start(&exchange);
    flows_are_made(&exchange).await;
    let count = are_true(&exchange, since).await;
    next.stop().await;
    println!("{count} hours of markets");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_trade_is_measured_by_what_came_strictly_before_it() {
    let exchange = Exchange::open(63, 20.0).await;
    let since = jobs::yesterday(&exchange);
    let recorder = Recorder::start_back(&exchange, exchange.now() - since);
    recorded_once(&exchange, since).await;
    let running = Jobs::start(&exchange);
    flows_are_made(&exchange).await;
    let before = jobs::notable(&exchange).await;
    live_on(&exchange, 10).await;
    exchange.advance(TimeDelta::minutes(6)).await;
    recorded_once(&exchange, since).await;
    flows_are_made(&exchange).await;
    let after = jobs::notable(&exchange).await;
    assert!(before.iter().all(|row| after.contains(row)), "what came later changed a row");

    let trades = truth::trades(&exchange, since).await;
    let mut by_market: BTreeMap<MarketId, Vec<&Trade>> = BTreeMap::new();
    for trade in &trades {
        by_market.entry(trade.market_id.clone()).or_default().push(trade);
    }
    let (mut measured, mut large, mut noted) = (0, 0, 0);
    for (market, trades) in &by_market {
        let rows = notable::of_market(exchange.database.public(), market, since).await.unwrap();
        noted += rows.len();
        let from_500 = trades.iter().filter(|trade| trade.usdc().decimal() >= dec!(500)).count();
        assert_eq!(rows.iter().filter(|row| row.trade.usdc >= dec!(500)).count(), from_500);
        for row in rows {
            assert!(row.trade.usdc >= dec!(500) || row.is_large == Some(true));
            large += u32::from(row.is_large == Some(true));
            let at = row.trade.traded_at;
            let day = at.date_naive();
            let prior =
                trades.iter().filter(|one| one.traded_at < at && one.traded_at.date_naive() == day);
            let sizes: Vec<f64> = prior.map(|one| one.usdc().to_f64().ln()).collect();
            let usdc = f64::try_from(row.trade.usdc).unwrap();
            let z = Robust::of(&sizes).filter(|of| of.count >= 20).and_then(|of| of.z(usdc.ln()));
            assert_eq!(row.size_z.is_some(), z.is_some(), "of {} trades", sizes.len());
            assert!(row.size_z.zip(z).is_none_or(|(ours, z)| (ours - z).abs() < 1e-9));
            let window = trades
                .iter()
                .filter(|one| one.traded_at < at && one.traded_at >= at - TimeDelta::hours(24));
            let volume: f64 = window.map(|one| one.usdc().to_f64()).sum();
            // Nothing from before `since` was read.
            let is_known = at - TimeDelta::hours(24) >= since && volume > 0.0;
            if let Some(share) = row.volume_share {
                assert!(is_known && (share - usdc / volume).abs() < 1e-9);
                measured += 1;
            }
            assert_eq!(row.depth_share, None, "no book was known");
        }
    }
    assert!(measured > 10 && large > 0, "{measured} of {noted} measured, {large} large");
    let asked = "SELECT count(DISTINCT n.wallet_address) FROM notable_trades n
        WHERE NOT EXISTS (SELECT FROM wallet_imports w WHERE w.wallet_address = n.wallet_address AND w.priority = 1)";
    assert_eq!(exchange.count(asked).await, 0, "their wallets are to be imported");
    running.stop().await;
    recorder.stop().await;
    println!("{noted} noted, {measured} with their volume, {large} large");
}
