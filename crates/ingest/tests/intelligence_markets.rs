//! Holders, trade with oneself and signals of the lab, over HTTP, beside what is true of it.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, MarketId, Side};
use ingest::live::LiveBooks;
use rust_decimal::dec;
use serde_json::json;
use store::intelligence::classes::{self, WalletClass};
use store::intelligence::consensus::{self, MarketConsensus};
use store::intelligence::flips::{self, Toward, WalletFlip};
use store::intelligence::signals::{self, End, Signal, SignalFilter, Told};
use store::intelligence::{concentration, wash};
use store::streaming::{self, TradedMarket};
use store::testing::eventually;
use support::exchange::Exchange;
use support::jobs::Jobs;
use support::looks::look;
use support::record::{Recorder, recorded_once};
use support::wallets::{Importers, import, people};

/// The wallets of a kind, as only the lab knows it.
async fn of_kind(exchange: &Exchange, kind: &str) -> HashSet<Address> {
    let told = exchange.told(&format!("truth/wallets?kind={kind}")).await;
    let rows = told.as_array().unwrap().iter();
    rows.map(|row| row["address"].as_str().unwrap().parse().unwrap()).collect()
}

/// What everybody holds of each market by outcome, as upstream nets it, from the exchange's own books.
async fn holdings(exchange: &Exchange) -> HashMap<String, [Vec<f64>; 2]> {
    let everybody = exchange.told("truth/wallets").await;
    let mut held: HashMap<String, [Vec<f64>; 2]> = HashMap::new();
    for person in everybody.as_array().unwrap() {
        let address = person["address"].as_str().unwrap();
        let account = exchange.told(&format!("truth/wallets/{address}/account")).await;
        let mut own: HashMap<String, [f64; 2]> = HashMap::new();
        for holding in account["holdings"].as_array().unwrap() {
            let condition = holding["condition_id"].as_str().unwrap().to_owned();
            let outcome = usize::try_from(holding["outcome"].as_u64().unwrap()).unwrap();
            own.entry(condition).or_default()[outcome] = holding["shares"].as_f64().unwrap();
        }
        for (condition, [first, second]) in own {
            let sides = held.entry(condition).or_default();
            for (side, net) in sides.iter_mut().zip([first - second, second - first]) {
                if net > 0.0 {
                    side.push(net);
                }
            }
        }
    }
    held
}

#[tokio::test(flavor = "multi_thread")]
async fn concentration_is_that_of_the_exchanges_own_books() {
    let exchange = Exchange::open(71, 1.0).await;
    let markets = 12;
    let running = Jobs::start_with(&exchange, LiveBooks::default(), |options| {
        ingest::intelligence::IntelligenceOptions { markets, ..options }
    });
    let read = "SELECT count(*) FROM holder_readings";
    eventually("readings", || async { exchange.count(read).await == i64::from(markets) }).await;
    let pool = exchange.database.service();
    let busiest = streaming::busiest(pool, markets).await.unwrap();
    let truth = holdings(&exchange).await;
    let is_noted =
        async |id: &MarketId| !concentration::of_market(pool, id).await.unwrap().is_empty();
    let last = &busiest.last().unwrap().market_id;
    eventually("the last", || async { is_noted(last).await }).await;
    running.stop().await;

    let mut compared = 0;
    for market in &busiest {
        let sides = &truth[market.condition_id.as_str()];
        for one in concentration::of_market(pool, &market.market_id).await.unwrap() {
            let held = &sides[usize::from(one.outcome_index)];
            let all: f64 = held.iter().sum();
            let hhi: f64 = held.iter().map(|shares| (shares / all).powi(2)).sum();
            let top = held.iter().fold(0.0f64, |most, shares| most.max(*shares)) / all;
            assert_eq!(one.holders as usize, held.len(), "{market:?}");
            assert!((one.hhi - hhi).abs() < 1e-6 && (one.top_share - top).abs() < 1e-6, "{one:?}");
            assert!((one.effective_holders - 1.0 / hhi).abs() < 1e-3 && !one.is_top_only);
            let named = one.top.as_array().unwrap();
            assert_eq!(named.len(), held.len().min(5));
            assert!((named[0]["share"].as_f64().unwrap() - top).abs() < 1e-6);
            compared += 1;
        }
    }
    assert!(compared >= 20, "{compared} outcomes");
    println!("{compared} outcomes of {} markets", busiest.len());
}

/// Parts of the shares of each market that takers of some wallets traded.
async fn traded_by(exchange: &Exchange, who: &HashSet<Address>) -> HashMap<String, f64> {
    let rows: Vec<(String, Vec<u8>, f64)> = sqlx::query_as(
        "SELECT market_id, wallet_address, sum(shares)::double precision FROM trades GROUP BY 1, 2",
    )
    .fetch_all(exchange.database.service())
    .await
    .unwrap();
    let mut parts: HashMap<String, (f64, f64)> = HashMap::new();
    for (market, wallet, shares) in rows {
        let sums = parts.entry(market).or_default();
        sums.1 += shares;
        if who.contains(&Address::from_bytes(wallet.try_into().unwrap())) {
            sums.0 += shares;
        }
    }
    parts.into_iter().map(|(market, (theirs, all))| (market, theirs / all)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rings_that_wash_are_measured_higher_than_others() {
    let exchange = Exchange::open(72, 5.0).await;
    let since = exchange.now() - TimeDelta::days(7);
    let recorder = Recorder::start_back(&exchange, TimeDelta::days(7));
    recorded_once(&exchange, since).await;
    recorder.stop().await;
    let importers = Importers::start(&exchange);
    let people = people(&exchange).await;
    import(&exchange, &people, true).await;
    importers.stop().await;
    let running = Jobs::start(&exchange);
    let markets = streaming::busiest(exchange.database.service(), 200).await.unwrap();
    let count = i64::try_from(markets.len()).unwrap();
    let measured = "SELECT count(*) FROM market_wash";
    eventually("measures", || async { exchange.count(measured).await == count }).await;
    running.stop().await;

    let washers = of_kind(&exchange, "washer").await;
    let parts = traded_by(&exchange, &washers).await;
    let (mut washed, mut others) = (Vec::new(), Vec::new());
    for market in &markets {
        let found =
            wash::of_market(exchange.database.public(), &market.market_id).await.unwrap().unwrap();
        assert_eq!(found.basis, "activity", "everybody is known");
        let measures = found.measures.as_array().unwrap();
        assert_eq!(measures.len(), 5, "side by side");
        assert!(measures[4]["low"].is_null(), "nobody names counterparties");
        let Some((low, high)) = found.band else { continue };
        assert!((0.0..=1.0).contains(&low) && low <= high && high <= 1.0 + 1e-9);
        let part = parts.get(market.market_id.as_str()).copied().unwrap_or(0.0);
        if part > 0.2 {
            washed.push(high);
        } else if part == 0.0 {
            others.push(high);
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    assert!(
        washed.len() >= 3 && others.len() >= 10,
        "{} washed, {} others",
        washed.len(),
        others.len()
    );
    println!(
        "washed: {} markets, up to {:.3}; others: {} markets, {:.3}",
        washed.len(),
        mean(&washed),
        others.len(),
        mean(&others)
    );
    assert!(mean(&washed) > mean(&others) + 0.1);
}

/// Has somebody of a record turn round in each of some markets, for and against it in turn.
async fn turn_round(exchange: &Exchange, markets: &[TradedMarket]) {
    let mut connection = exchange.database.service().acquire().await.unwrap();
    for (number, market) in (1u8..).zip(markets) {
        let wallet = Address::from_bytes([number; 20]);
        let side =
            |outcome_index| Toward { condition_id: market.condition_id.clone(), outcome_index };
        let turn = WalletFlip {
            wallet: wallet.clone(),
            at: exchange.now(),
            event_key: market.market_id.to_string(),
            condition_id: market.condition_id.clone(),
            from: Some(side(number % 2)),
            to: Some(side(1 - number % 2)),
            before_usdc: dec!(9_000),
            after_usdc: dec!(8_000),
            peak_usdc: dec!(9_000),
            change: 1.9,
            is_whole: number % 10 != 0,
            evidence: json!([uuid::Uuid::from_u128(number.into()).to_string()]),
        };
        flips::replace(&mut connection, &wallet, &[turn]).await.unwrap();
        let whale = WalletClass {
            wallet,
            as_of: exchange.now(),
            class: "whale".to_owned(),
            is_certain: true,
        };
        classes::set(&mut connection, &[whale]).await.unwrap();
    }
}

/// Says of some markets that smart money is all on one side, far from the price.
async fn agree(exchange: &Exchange, markets: &[TradedMarket], mids: &BTreeMap<String, f64>) {
    let all: Vec<MarketConsensus> = (0..)
        .zip(markets)
        .filter_map(|(number, market)| {
            let price = *mids.get(market.market_id.as_str())?;
            let sign = if number % 2 == 0 { 1.0 } else { -1.0 };
            Some(MarketConsensus {
                market_id: market.market_id.clone(),
                as_of: exchange.now(),
                version: 1,
                imbalance: Some(80.0 * sign),
                interval: Some(if number % 2 == 0 { (60.0, 90.0) } else { (-90.0, -60.0) }),
                voices: 4.0,
                paid: None,
                price: Some(price),
                ingredients: json!({ "toward": 1.0, "away": 0.1, "owners": 5, "untested": 0, "basis": "activity" }),
            })
        })
        .collect();
    let mut connection = exchange.database.service().acquire().await.unwrap();
    consensus::replace(&mut connection, &all).await.unwrap();
}

/// Says something of some markets that is settled after an hour, for and against them in turn.
async fn say_for_an_hour(
    exchange: &Exchange,
    markets: &[TradedMarket],
    mids: &BTreeMap<String, f64>,
) {
    let mut connection = exchange.database.service().acquire().await.unwrap();
    for (number, market) in (0u32..).zip(markets) {
        let signal = Signal {
            id: uuid::Uuid::now_v7(),
            published_at: exchange.now(),
            as_of: exchange.now(),
            due_at: Some(exchange.now() + TimeDelta::hours(1)),
            version: 1,
            n: 40.0,
            side: Some(if number % 2 == 0 { Side::Buy } else { Side::Sell }),
            strength: 50.0,
            price: Some(mids[market.market_id.as_str()]),
            cost: Some(0.01),
            kind: "size".to_owned(),
            basis: "feed".to_owned(),
            market_id: market.market_id.clone(),
            event_key: market.market_id.to_string(),
            subject: format!("planted {number}"),
            ingredients: json!({}),
            evidence: json!([]),
        };
        assert!(signals::publish(&mut connection, &signal).await.unwrap());
    }
}

async fn signals_of(exchange: &Exchange, kind: &str, settled: Option<bool>) -> Vec<Told> {
    let filter = SignalFilter { kind: Some(kind.to_owned()), settled, ..SignalFilter::default() };
    signals::list(exchange.database.service(), &filter, 1_000).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_are_said_once_and_settled_as_the_exchange_went_on() {
    let exchange = Exchange::open(35, 10.0).await;
    let recorder = Recorder::start(&exchange);
    let (_, before) = look(&exchange).await;
    let open = streaming::open_after(exchange.database.service(), None, 1_000).await.unwrap();
    let quoted: Vec<TradedMarket> =
        open.into_iter().filter(|market| before.contains_key(market.market_id.as_str())).collect();
    let some = &quoted[..40];
    turn_round(&exchange, some).await;
    agree(&exchange, &quoted, &before).await;
    let running = Jobs::start(&exchange);
    eventually("signals", || async {
        signals_of(&exchange, "flip", None).await.len() == some.len() - some.len() / 10
            && signals_of(&exchange, "smart_money", None).await.len() == quoted.len()
    })
    .await;
    for (signal, _) in signals_of(&exchange, "flip", None).await {
        assert_eq!(signal.due_at, Some(signal.as_of + TimeDelta::days(1)));
        let mid = before[signal.market_id.as_str()];
        assert!((signal.price.unwrap() - mid).abs() < 1e-9 && signal.cost.unwrap() > 0.0);
        assert_eq!((signal.basis.as_str(), signal.n), ("activity", 1.0));
        assert_eq!(signal.evidence.as_array().unwrap().len(), 2);
    }

    let began = exchange.now();
    say_for_an_hour(&exchange, some, &before).await;
    while exchange.now() < began + TimeDelta::minutes(58) {
        exchange
            .advance(TimeDelta::minutes(10).min(began + TimeDelta::minutes(58) - exchange.now()))
            .await;
    }
    let mut mids = Vec::new();
    for _ in 0..8 {
        mids.push(look(&exchange).await);
    }
    eventually("results", || async { signals_of(&exchange, "size", Some(false)).await.is_empty() })
        .await;
    let (mut won, mut lost, mut void, mut held) = (0, 0, 0, 0);
    for (signal, result) in signals_of(&exchange, "size", Some(true)).await {
        let (price, due) = (signal.price.unwrap(), signal.due_at.unwrap());
        let End::Settled { exit_price, gain, net, .. } = result.unwrap().end else {
            void += 1;
            continue;
        };
        let sign = if signal.side == Some(Side::Buy) { 1.0 } else { -1.0 };
        assert!((gain - sign * (exit_price - price)).abs() < 1e-9);
        assert!((net.unwrap() - (gain - signal.cost.unwrap())).abs() < 1e-9);
        won += u32::from(gain > 0.0);
        lost += u32::from(gain < 0.0);
        let distance = |end: &DateTime<Utc>| (*end - due).abs();
        let of_market =
            mids.iter().filter(|(_, mids)| mids.contains_key(signal.market_id.as_str()));
        let Some((_, mids)) = of_market.min_by_key(|(end, _)| distance(end)) else { continue };
        let mid = mids[signal.market_id.as_str()];
        assert!((mid - exit_price).abs() < 1e-6, "{mid} is not {exit_price}: {signal:?}");
        held += 1;
    }
    println!(
        "after an hour: {won} won, {lost} lost, {void} void; {held} held against the exchange's books"
    );
    assert!(won > 0 && lost > 0 && held > some.len() / 2);

    // The others by what the exchange paid.
    for _ in 0..40 {
        exchange.advance(TimeDelta::minutes(10)).await;
        if exchange.count("SELECT count(*) FROM market_resolutions WHERE payouts IS NOT NULL").await
            > 2
        {
            break;
        }
    }
    exchange.sync().await;
    let is_settled =
        || async { !signals_of(&exchange, "smart_money", Some(true)).await.is_empty() };
    eventually("a payout", || async { is_settled().await }).await;
    running.stop().await;
    recorder.stop().await;
    let (mut won, mut lost) = (0, 0);
    for (signal, result) in signals_of(&exchange, "smart_money", Some(true)).await {
        let End::Settled { exit_price, gain, .. } = result.unwrap().end else {
            panic!("{signal:?}")
        };
        let paid = truly_paid(&exchange, &signal.event_key, signal.market_id.as_str()).await;
        assert!((exit_price - paid).abs() < 1e-9, "{exit_price} is not {paid}: {signal:?}");
        won += u32::from(gain > 0.0);
        lost += u32::from(gain < 0.0);
    }
    println!("by payouts: {won} won, {lost} lost");
    // Said once, as long as it is open.
    assert_eq!(signals_of(&exchange, "smart_money", None).await.len(), quoted.len());
}

/// What a share of a market's first outcome pays, as only the lab knows it.
async fn truly_paid(exchange: &Exchange, event: &str, market: &str) -> f64 {
    let told = exchange.told(&format!("truth/events/{event}")).await;
    let markets = told["markets"].as_array().unwrap().iter();
    let found = markets.filter(|one| one["id"].as_str() == Some(market)).collect::<Vec<_>>();
    found[0]["payouts"][0].as_f64().unwrap()
}
