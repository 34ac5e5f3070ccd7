//! A wallet that did a hundred thousand things.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, ConditionId, Shares, TokenId, TransactionHash, Usdc};
use ingest::wallets::figures::{Told, WalletFigures};
use rust_decimal::Decimal;
use serde_json::Value;
use store::wallets::{
    self, FoundBy, History,
    activity::{self, Activity, Direction},
    metrics,
    positions::{self, Booked, Closed, Position},
};

use super::{Bench, rows};

const ROWS: u32 = 100_000;
const OPEN: u32 = 400;
const CLOSED: u32 = 3_000;
const SETTLED: usize = 2_000;

fn token(number: u32) -> TokenId {
    TokenId::parse(&format!("{}", 10_u128.pow(30) + u128::from(number))).unwrap()
}

fn condition(number: u32) -> ConditionId {
    ConditionId::parse(&format!("0x{:064x}", u128::from(number) + (1 << 100))).unwrap()
}

/// Four of five are trades. Of each ten, two are of one second.
fn activity_of(row: u32, began: DateTime<Utc>) -> Activity {
    let market = row % (OPEN + CLOSED);
    let is_trade = !row.is_multiple_of(5);
    let mut hash = [0; 32];
    hash[..4].copy_from_slice(&row.to_be_bytes());
    let second = row - u32::from(row % 10 == 9);
    Activity {
        happened_at: began + TimeDelta::seconds(i64::from(second) * 100),
        kind: if is_trade { "trade" } else { "merge" }.to_owned(),
        transaction_hash: Some(TransactionHash::from_bytes(hash)),
        condition_id: Some(condition(market)),
        token_id: is_trade.then(|| token(market)),
        outcome_index: is_trade.then_some(0),
        direction: is_trade.then_some(Direction::Buy),
        is_maker: is_trade.then_some(row.is_multiple_of(2)),
        price: is_trade.then(|| Decimal::new(40, 2)),
        shares: Some(Shares::new(Decimal::from(10)).unwrap()),
        usdc: Some(Usdc::new(Decimal::from(4)).unwrap()),
        is_combo: false,
    }
}

fn position_of(number: u32, as_of: DateTime<Utc>) -> Position {
    let is_closed = number >= OPEN;
    let amount = |micro: i64| Some(Decimal::new(micro, 6));
    let closed_at = as_of - TimeDelta::minutes(i64::from(number));
    Position {
        token_id: token(number),
        condition_id: condition(number),
        outcome_index: 0,
        as_of,
        booked: Booked {
            shares: amount(if is_closed { 0 } else { 10_000_000 }),
            avg_price: Some(Decimal::new(4, 1)),
            cost_usdc: amount(if is_closed { 0 } else { 4_000_000 }),
            fifo_cost_usdc: amount(if is_closed { 0 } else { 4_000_000 }),
            realized_usdc: amount(i64::from(number)),
            fifo_realized_usdc: amount(i64::from(number)),
            fees_usdc: amount(0),
            bought_shares: amount(10_000_000),
            first_at: Some(closed_at - TimeDelta::days(1)),
            last_at: Some(closed_at),
            ..Booked::default()
        },
        doubts: Vec::new(),
        reported: positions::Reported::default(),
        closed: is_closed.then(|| Closed { closed_at: Some(closed_at), ..Closed::default() }),
    }
}

/// Writes what an import of such a wallet leaves. `figures`: of another wallet, to be made as many.
async fn write(bench: &Bench, wallet: &Address, figures: WalletFigures, now: DateTime<Utc>) {
    let began = now - TimeDelta::seconds(i64::from(ROWS) * 100);
    let pool = bench.database.service();
    wallets::found(pool, std::slice::from_ref(wallet), FoundBy::Tape, now).await.unwrap();
    let all: Vec<Activity> = (0..ROWS).map(|row| activity_of(row, began)).collect();
    for part in all.chunks(20_000) {
        let mut tx = pool.begin().await.unwrap();
        activity::record(&mut tx, wallet, part, now).await.unwrap();
        tx.commit().await.unwrap();
    }
    let held: Vec<Position> = (0..OPEN + CLOSED).map(|one| position_of(one, now)).collect();
    let mut figures = figures;
    let Told::Known(settled) = &mut figures.settled else { panic!("nothing is settled") };
    *settled = settled.iter().cloned().cycle().take(SETTLED).collect();
    let figures = metrics::WalletMetrics {
        as_of: now,
        version: ingest::wallets::figures::VERSION,
        metrics: serde_json::to_value(figures).unwrap(),
    };
    let history = History {
        imported_at: now,
        completeness: "full".to_owned(),
        reasons: Vec::new(),
        since: None,
        until: Some(now),
        activity_count: ROWS.into(),
        first_active_at: Some(began),
        last_active_at: Some(now),
        is_empty: false,
    };
    let mut tx = pool.begin().await.unwrap();
    positions::replace(&mut tx, wallet, &held).await.unwrap();
    metrics::set(&mut tx, wallet, &figures).await.unwrap();
    wallets::set_history(&mut tx, wallet, &history).await.unwrap();
    tx.commit().await.unwrap();
}

/// Figures of a wallet of the world whose history is whole.
async fn some_figures(bench: &Bench) -> WalletFigures {
    let wallets = bench.busiest(8).await;
    bench.import(&wallets).await;
    for wallet in &wallets {
        let kept = metrics::get(bench.database.service(), wallet).await.unwrap().unwrap();
        let figures: WalletFigures = serde_json::from_value(kept.metrics).unwrap();
        if figures.settled.known().is_some_and(|settled| !settled.is_empty()) {
            return figures;
        }
    }
    panic!("nobody's history is whole");
}

/// The cells of a column, without its header. No cell of this wallet has a comma in it.
fn column(text: &str, number: usize) -> Vec<&str> {
    text.lines().skip(1).map(|line| line.split(',').nth(number).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_rows_are_paged_and_exported_whole() {
    let bench = Bench::start().await;
    let figures = {
        let _importers = bench.importers();
        some_figures(&bench).await
    };
    let wallet = Address::from_bytes([0x77; 20]);
    let address = wallet.as_str();
    write(&bench, &wallet, figures, Utc::now()).await;

    let profile = bench.wallet(address, "profile").await["data"].clone();
    assert_eq!(profile["history"]["activity_count"], ROWS);
    let open = bench.wallet(address, "positions").await;
    assert_eq!((rows(&open).len(), &open["metadata"]["total"]), (OPEN as usize, &OPEN.into()));
    let last = format!("closed-positions?limit=1000&offset={}", CLOSED - 10);
    let closed = bench.wallet(address, &last).await;
    assert_eq!((rows(&closed).len(), &closed["metadata"]["total"]), (10, &CLOSED.into()));
    let metrics = bench.wallet(address, "metrics").await["data"]["metrics"].clone();
    assert_eq!(metrics["settled"]["value"].as_array().unwrap().len(), SETTLED);
    let total = bench.wallet(address, "pnl").await["data"]["totals"]["total"].clone();
    // Something the other wallet held may have had no price that minute.
    assert!(total["value"].is_number() || total["at_least"].is_number(), "{total}");
    assert_eq!(bench.wallet(address, "exposure").await["success"], true);

    let file = async |name: &str| {
        let path = format!("/api/polymarket/wallet/{address}/{name}.csv");
        bench.server.get(&path).await.text().await.unwrap()
    };
    let text = file("activity").await;
    let all = column(&text, 15);
    assert_eq!(all.len(), ROWS as usize);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len(), "each row once");
    assert_eq!(column(&file("trades").await, 15).len(), ROWS as usize / 5 * 4);
    assert_eq!(column(&file("positions").await, 7).len(), OPEN as usize);
    let closed = file("closed-positions").await;
    assert_eq!(column(&closed, 7).into_iter().collect::<HashSet<_>>().len(), CLOSED as usize);

    // Two pages from the newest on, and two from the middle on.
    for skipped in [0, all.len() / 2] {
        let place: DateTime<Utc> = column(&text, 0)[skipped].parse().unwrap();
        let until = (place + TimeDelta::seconds(1)).to_rfc3339().replace('+', "%2B");
        let first = format!("activity?limit=1000&until={until}");
        let page = bench.wallet(address, &first).await;
        let next = page["metadata"]["next_cursor"].as_str().unwrap();
        let second = bench.wallet(address, &format!("{first}&cursor={next}")).await;
        let told = rows(&page).iter().chain(rows(&second)).map(|row| row["id"].as_str().unwrap());
        let from = all.iter().position(|id| *id == rows(&page)[0]["id"]).unwrap();
        assert!(from.abs_diff(skipped) < 2);
        assert!(told.eq(all[from..].iter().copied().take(2_000)), "from row {from} on");
    }

    // The last page by time, and a market of which it did little.
    let first = profile["history"]["first_active_at"].as_str().unwrap();
    let until = first.parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(950);
    let until = until.to_rfc3339().replace('+', "%2B");
    let early = bench.wallet(address, &format!("activity?limit=1000&until={until}")).await;
    assert_eq!(rows(&early).len(), 10);
    let market = condition(7);
    let of_market = bench.wallet(address, &format!("trades?limit=1000&market={market}")).await;
    let expected = (0..ROWS).filter(|row| row % (OPEN + CLOSED) == 7 && row % 5 != 0).count();
    assert_eq!(rows(&of_market).len(), expected);
    assert!(rows(&of_market).iter().all(|row| row["price"] == 0.4));
    assert_eq!(rows(&of_market)[0]["market"]["title"], Value::Null, "not in the catalogue");
}
