//! Holders, trade with oneself, evidence and signals of the lab, over HTTP and sockets, beside what is true of it.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::bars::Interval;
use domain::book::Pips;
use domain::{Address, MarketId, Side};
use ingest::live::{LiveBooks, snapshot_of_rest};
use serde_json::Value;
use store::intelligence::evidence::{self, Layer};
use store::intelligence::signals::{self, End, SignalFilter};
use store::intelligence::{concentration, wash};
use store::streaming;
use store::testing::eventually;
use support::books::{Followed, stream_only};
use support::exchange::{Exchange, market_id};
use support::jobs::{Jobs, flows_are_made, yesterday};
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

#[tokio::test(flavor = "multi_thread")]
async fn planted_insiders_stand_higher_than_those_who_are_like_them() {
    let options = Exchange::options(73).scale(0.05).markets(400).activity(2.0);
    let exchange = Exchange::of_world(&options).await;
    // Who knows something comes as the world goes on.
    for _ in 0..30 {
        exchange.advance(TimeDelta::hours(12)).await;
    }
    exchange.sync().await;
    let back = TimeDelta::days(60);
    let since = exchange.now() - back;
    let recorder = Recorder::start_back(&exchange, back);
    let tape = "SELECT count(*) FROM tape_progress";
    eventually("the tape", || async { exchange.count(tape).await == 1 }).await;
    recorder.stop().await;
    let running = Jobs::start_with(&exchange, LiveBooks::default(), |options| {
        ingest::intelligence::IntelligenceOptions { evidence_back: back, ..options }
    });
    let done = "SELECT count(*) FROM intelligence_progress WHERE job = 'pairs'";
    eventually("pairs", || async { exchange.count(done).await == 1 }).await;
    running.stop().await;

    let insiders = of_kind(&exchange, "insider").await;
    let traded: Vec<Vec<u8>> = sqlx::query_scalar(
        "SELECT wallet_address FROM trades JOIN markets USING (market_id) WHERE is_buy AND traded_at >= $1
           AND NOT category = ANY('{sports,crypto,weather}')
         GROUP BY wallet_address, event_id HAVING sum(usdc_of(price, shares)) >= 500",
    )
    .bind(since)
    .fetch_all(exchange.database.service())
    .await
    .unwrap();
    println!(
        "{} insiders; trades {} days {}",
        insiders.len(),
        exchange.count("SELECT count(*) FROM trades").await,
        exchange
            .count(
                "SELECT extract(epoch FROM max(traded_at)-min(traded_at))::bigint/86400 FROM trades"
            )
            .await
    );
    let all: Vec<(Vec<u8>, Option<String>, f64, i64)> = sqlx::query_as("SELECT wallet_address, category, sum(usdc_of(price, shares))::float8, count(*) FROM trades JOIN markets USING (market_id) WHERE is_buy GROUP BY 1, 2").fetch_all(exchange.database.service()).await.unwrap();
    for row in all
        .iter()
        .filter(|row| insiders.contains(&Address::from_bytes(row.0.as_slice().try_into().unwrap())))
    {
        println!("{:?} {} {}", row.1, row.2, row.3);
    }
    let is_insider = |wallet: &Address| insiders.contains(wallet);
    let pairs = traded.len();
    let planted = traded
        .iter()
        .filter(|bytes| is_insider(&Address::from_bytes(bytes.as_slice().try_into().unwrap())))
        .count();
    let rows = evidence::strongest(exchange.database.public(), Layer::Pair, 100_000).await.unwrap();
    let (mut theirs, mut others) = (Vec::new(), Vec::new());
    for row in &rows {
        let list = if is_insider(row.wallet.as_ref().unwrap()) { &mut theirs } else { &mut others };
        list.push(row.finding.clone().unwrap());
        let table = row.ingredients["table"].as_array().unwrap();
        assert_eq!(table.len(), 8);
        assert!(table.iter().any(|signal| signal["present"] == true), "{row:?}");
        assert!(row.ingredients["n"].as_u64().is_some());
    }
    let found = theirs.len();
    println!("{planted} of {pairs} pairs are insiders'; {} rows, {found} insiders'", rows.len());
    let base = planted as f64 / pairs as f64;
    for first in [10, 20, 50, 100] {
        let hits =
            rows.iter().take(first).filter(|row| is_insider(row.wallet.as_ref().unwrap())).count();
        println!(
            "first {first}: precision {:.2}, recall {:.2}; by chance {base:.3}",
            hits as f64 / first.min(rows.len()) as f64,
            hits as f64 / planted as f64
        );
    }
    assert!(planted >= 3 && !others.is_empty());
}

/// The middle of each open market's best prices, from the exchange's own books.
async fn true_mids(exchange: &Exchange) -> BTreeMap<String, f64> {
    let markets = streaming::open_after(exchange.database.service(), None, 1_000).await.unwrap();
    let tokens: Vec<_> = markets.iter().map(|market| market.tokens[0].clone()).collect();
    let books = exchange.clob().books(&tokens).await.unwrap();
    let mids = books.rows.into_iter().filter_map(|raw| {
        let market = markets.iter().find(|market| market.tokens[0] == raw.token_id)?;
        let book = snapshot_of_rest(raw)?.book;
        let price = |pips: Pips| f64::try_from(pips.price().decimal()).unwrap();
        Some((
            market.market_id.to_string(),
            (price(book.best_bid()?) + price(book.best_ask()?)) / 2.0,
        ))
    });
    mids.collect()
}

/// Lets a minute end and waits until its quotes are recorded; the true mids of that moment.
async fn minute_ends(exchange: &Exchange) -> (DateTime<Utc>, BTreeMap<String, f64>) {
    let minute = Interval::Minute.bucket(exchange.now());
    let end = minute + TimeDelta::minutes(1);
    exchange.advance(end - exchange.now()).await;
    let held = async || -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM prices_1m WHERE minute = $1 AND bid IS NOT NULL")
            .bind(minute)
            .fetch_one(exchange.database.service())
            .await
            .unwrap()
    };
    let mids = true_mids(exchange).await;
    eventually("quotes of a minute", || async { held().await > 5 }).await;
    (end, mids)
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_are_settled_as_the_exchange_went_on() {
    let exchange = Exchange::open(74, 20.0).await;
    let since = yesterday(&exchange) - TimeDelta::days(1);
    let followed = Followed::start(&exchange, stream_only());
    let books = followed.books.clone();
    let nobody = tokio::sync::mpsc::channel(1).1;
    let first = Recorder::start_back(&exchange, exchange.now() - since);
    recorded_once(&exchange, since).await;
    first.stop().await;
    let recorder = Recorder::start_with(&exchange, books.clone(), nobody);
    let live = || async {
        books.all().iter().filter(|live| books.is_live(&live.market.market_id)).count()
    };
    eventually("books", || async { live().await > 20 }).await;
    let running = Jobs::start_with(&exchange, books.clone(), |options| options);
    flows_are_made(&exchange).await;
    let published = "SELECT count(*) FROM signals WHERE due_at IS NOT NULL";
    for sql in [
        "SELECT count(*) FROM signals",
        "SELECT count(*) FROM prices_1m",
        "SELECT count(*) FROM prices_1h",
        "SELECT max(c) FROM (SELECT count(*) AS c FROM prices_1m WHERE minute > (SELECT max(minute) - interval '1 day' FROM prices_1m) GROUP BY market_id) x",
        "SELECT max(c) FROM (SELECT count(*) AS c FROM prices_1h GROUP BY market_id) x",
        "SELECT count(*) FROM notable_trades WHERE is_large",
        "SELECT count(*) FROM intelligence_progress WHERE job='accumulation'",
    ] {
        println!("{sql}: {}", exchange.count(sql).await);
    }
    eventually("signals", || async { exchange.count(published).await >= 3 }).await;
    let began = exchange.now();

    let pool = exchange.database.service();
    let open = SignalFilter { settled: Some(false), ..SignalFilter::default() };
    // To shortly before the hour is over, and through it; the same with the day.
    let mut mids = Vec::new();
    for end in [TimeDelta::hours(1), TimeDelta::days(1)] {
        while exchange.now() < began + end - TimeDelta::minutes(3) {
            let left = began + end - TimeDelta::minutes(3) - exchange.now();
            exchange.advance(left.min(TimeDelta::minutes(30))).await;
        }
        for _ in 0..9 {
            mids.push(minute_ends(&exchange).await);
        }
    }
    let due = began + TimeDelta::days(1);
    let all_due = || async {
        let open = signals::list(pool, &open, 1_000).await.unwrap();
        open.iter().all(|(signal, _)| signal.due_at.is_none_or(|at| at > due))
    };
    eventually("results", || async { all_due().await }).await;
    running.stop().await;
    recorder.stop().await;

    let settled = SignalFilter { settled: Some(true), ..SignalFilter::default() };
    let settled = signals::list(pool, &settled, 1_000).await.unwrap();
    let (mut won, mut lost, mut void, mut held) = (0, 0, 0, 0);
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for (signal, result) in &settled {
        *kinds.entry(signal.kind.clone()).or_default() += 1;
        let (Some(price), Some(at)) = (signal.price, signal.due_at) else { continue };
        let End::Settled { exit_price, gain, .. } = &result.as_ref().unwrap().end else {
            assert!(signal.kind == "volume" || signal.side.is_some());
            void += 1;
            continue;
        };
        let change = exit_price - price;
        let sign = if signal.side == Some(Side::Buy) { 1.0 } else { -1.0 };
        assert!((gain - sign * change).abs() < 1e-9);
        won += u32::from(*gain > 0.0);
        lost += u32::from(*gain < 0.0);
        let distance = |end: &DateTime<Utc>| (*end - at).abs();
        let nearest = mids
            .iter()
            .filter(|(_, mids)| mids.contains_key(signal.market_id.as_str()))
            .min_by_key(|(end, _)| distance(end));
        if let Some((_, mids)) = nearest.filter(|(end, _)| distance(end) < TimeDelta::seconds(31)) {
            let mid = mids[signal.market_id.as_str()];
            assert!((mid - exit_price).abs() < 1e-6, "{mid} is not {exit_price}: {signal:?}");
            held += 1;
        }
    }
    println!("{won} won, {lost} lost, {void} void, {held} held against the books; {kinds:?}");
    assert!(held > 0 && won + lost > 0);
    // Nobody is told the same twice while it is open.
    let told = "SELECT count(*) FROM (SELECT kind, market_id, side FROM signals s LEFT JOIN signal_results r ON r.signal_id = s.id
        WHERE r.signal_id IS NULL GROUP BY 1, 2, 3 HAVING count(*) > 1) AS twice";
    assert_eq!(exchange.count(told).await, 0);
    let _ = (Duration::ZERO, market_id("1"), Value::Null);
}
