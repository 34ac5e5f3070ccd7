//! Evidence from before the tape: the histories of wallets that were imported tell of it, each purchase once.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::stats::Dice;
use domain::tape::Trade;
use domain::{Address, Price, Shares, Side, TransactionHash, Usdc};
use rust_decimal::Decimal;
use store::intelligence::evidence::{self, InformedEvidence, Layer};
use store::streaming::{self, TradedMarket};
use store::testing::eventually;
use store::trades::{self, HeardTrade, TapeSource};
use store::wallets::activity::{self, Activity, Direction};
use store::wallets::{self, FoundBy, History};
use support::exchange::Exchange;
use support::jobs::Jobs;

/// Wallets that trade for no reason, and events of each.
const CROWD: u16 = 60;
const HABIT: usize = 12;
/// Wallets that know something.
const PLANTED: u16 = 12;

fn address(number: u16) -> Address {
    let mut bytes = [0; 20];
    bytes[..2].copy_from_slice(&number.to_be_bytes());
    Address::from_bytes(bytes)
}

/// Something that somebody bought.
#[derive(Clone)]
struct Bought<'a> {
    market: &'a TradedMarket,
    outcome: usize,
    cents: i64,
    usdc: i64,
    at: DateTime<Utc>,
    number: usize,
}

impl Bought<'_> {
    fn price(&self) -> Decimal {
        Decimal::new(self.cents, 2)
    }

    fn shares(&self) -> Shares {
        Shares::new((Decimal::from(self.usdc) / self.price()).round_dp(6)).unwrap()
    }

    fn hash(&self) -> TransactionHash {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&self.number.to_be_bytes());
        TransactionHash::from_bytes(hash)
    }

    /// As the wallet's activity tells it. Which outcome a token is upstream leaves out at times.
    fn told_by_wallet(&self) -> Activity {
        Activity {
            happened_at: self.at,
            kind: "trade".to_owned(),
            transaction_hash: Some(self.hash()),
            condition_id: Some(self.market.condition_id.clone()),
            token_id: Some(self.market.tokens[self.outcome].clone()),
            outcome_index: None,
            direction: Some(Direction::Buy),
            is_maker: Some(false),
            price: Some(self.price()),
            shares: Some(self.shares()),
            usdc: Some(Usdc::new(Decimal::from(self.usdc + 1)).unwrap()),
            is_combo: false,
        }
    }

    /// As the tape tells it.
    fn told_by_tape(&self, who: &Address) -> HeardTrade {
        let trade = Trade {
            market_id: self.market.market_id.clone(),
            condition_id: self.market.condition_id.clone(),
            token_id: self.market.tokens[self.outcome].clone(),
            outcome_index: self.outcome,
            side: Side::Buy,
            price: Price::new(self.price()).unwrap(),
            shares: self.shares(),
            traded_at: self.at,
            transaction_hash: Some(self.hash()),
            wallet: Some(who.clone()),
        };
        HeardTrade { trade, name: None }
    }
}

/// Writes a wallet's history, as an import does; `since` is where it begins, unless with the first day.
async fn import(
    exchange: &Exchange,
    who: &Address,
    bought: &[Bought<'_>],
    since: Option<DateTime<Utc>>,
) {
    let (pool, now) = (exchange.database.service(), exchange.now());
    let rows: Vec<Activity> = bought.iter().map(Bought::told_by_wallet).collect();
    wallets::found(pool, std::slice::from_ref(who), FoundBy::Asked, now).await.unwrap();
    activity::make_room(pool, &rows).await.unwrap();
    let mut tx = pool.begin().await.unwrap();
    activity::record(&mut tx, who, &rows, now).await.unwrap();
    let history = History {
        imported_at: now,
        completeness: if since.is_some() { "capped" } else { "full" }.to_owned(),
        reasons: Vec::new(),
        since,
        until: Some(now),
        activity_count: rows.len() as u64,
        first_active_at: bought.iter().map(|one| one.at).min(),
        last_active_at: bought.iter().map(|one| one.at).max(),
        is_empty: false,
    };
    wallets::set_history(&mut tx, who, &history).await.unwrap();
    tx.commit().await.unwrap();
}

async fn on_tape(exchange: &Exchange, who: &Address, bought: &[Bought<'_>]) {
    let heard: Vec<HeardTrade> = bought.iter().map(|one| one.told_by_tape(who)).collect();
    let mut connection = exchange.database.service().acquire().await.unwrap();
    trades::record(&mut connection, TapeSource::Record, &heard, exchange.now()).await.unwrap();
}

/// One market of each event that is open, about something that somebody may know.
async fn markets(exchange: &Exchange) -> Vec<TradedMarket> {
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
    let markets = streaming::by_ids(pool, &ids).await.unwrap();
    assert!(markets.len() >= 30, "{} events", markets.len());
    markets
}

/// What everybody bought before the tape: the crowd on either side of many events, and each that knows something on one
/// side of its first one.
fn histories(markets: &[TradedMarket], now: DateTime<Utc>) -> Vec<(Address, Vec<Bought<'_>>)> {
    let mut dice = Dice::new(76, 0);
    let mut number = 0;
    let mut bought = |market, outcome, cents, usdc, at| {
        number += 1;
        Bought { market, outcome, cents, usdc, at, number }
    };
    let cents = |dice: &mut Dice| 5 + i64::try_from(dice.below(90)).unwrap();
    // Forty days ago, or up to so many days before.
    let ago = |dice: &mut Dice, days: usize| {
        TimeDelta::minutes(40 * 1_440 + i64::try_from(dice.below(days * 1_440)).unwrap())
    };
    let mut all = Vec::new();
    for who in 0..CROWD {
        let mut theirs = Vec::new();
        for _ in 0..HABIT {
            let market = &markets[dice.below(markets.len())];
            let at = now - ago(&mut dice, 130);
            for part in 0..3 {
                let usdc = 150 + i64::try_from(dice.below(400)).unwrap();
                let at = at + TimeDelta::minutes(part);
                theirs.push(bought(market, dice.below(2), cents(&mut dice), usdc, at));
            }
        }
        all.push((address(who), theirs));
    }
    for who in CROWD..CROWD + PLANTED {
        let (market, outcome) = (&markets[dice.below(markets.len())], dice.below(2));
        let at = now - ago(&mut dice, 60);
        let price = cents(&mut dice);
        let theirs = (0..4).map(|part| {
            let usdc = 250 + i64::try_from(dice.below(400)).unwrap();
            bought(market, outcome, price, usdc, at + TimeDelta::hours(part))
        });
        all.push((address(who), theirs.collect()));
    }
    all
}

async fn said(exchange: &Exchange) -> Vec<InformedEvidence> {
    evidence::strongest(exchange.database.public(), Layer::Pair, 100_000).await.unwrap()
}

async fn of(exchange: &Exchange, who: &Address) -> Vec<InformedEvidence> {
    said(exchange).await.into_iter().filter(|row| row.wallet.as_ref() == Some(who)).collect()
}

/// Lets the job look once more.
async fn look_again(exchange: &Exchange) {
    let mark =
        "SELECT extract(epoch FROM until)::bigint FROM intelligence_progress WHERE job = 'pairs'";
    exchange.advance(TimeDelta::seconds(2)).await;
    let now = exchange.now().timestamp();
    eventually("a look", || async { exchange.count(mark).await >= now }).await;
}

async fn has_begun(exchange: &Exchange) {
    let done = "SELECT count(*) FROM intelligence_progress WHERE job = 'pairs'";
    eventually("pairs", || async { exchange.count(done).await == 1 }).await;
}

fn is_present(row: &InformedEvidence, signal: &str) -> Option<bool> {
    let table = row.ingredients["table"].as_array().unwrap();
    table.iter().find(|line| line["signal"] == signal).unwrap()["present"].as_bool()
}

#[tokio::test(flavor = "multi_thread")]
async fn histories_tell_of_what_was_bought_before_the_tape() {
    let exchange = Exchange::open(76, 1.0).await;
    let markets = markets(&exchange).await;
    let all = histories(&markets, exchange.now());
    for (who, bought) in &all {
        import(&exchange, who, bought, None).await;
    }
    // Of half a history nothing is said.
    let (half, theirs) = (address(900), &all.last().unwrap().1);
    import(&exchange, &half, theirs, Some(exchange.now() - TimeDelta::days(120))).await;
    let running = Jobs::start(&exchange);
    has_begun(&exchange).await;

    let rows = said(&exchange).await;
    assert_eq!(of(&exchange, &half).await, []);
    let is_planted = |row: &&InformedEvidence| {
        let wallet = row.wallet.as_ref().unwrap();
        (CROWD..CROWD + PLANTED).any(|who| address(who) == *wallet)
    };
    let found: HashSet<_> =
        rows.iter().filter(is_planted).filter_map(|row| row.wallet.clone()).collect();
    assert_eq!(found.len(), usize::from(PLANTED), "each of them is spoken of");
    let hits = rows.iter().take(usize::from(PLANTED)).filter(is_planted).count();
    println!("{hits} of the first {PLANTED} of {} rows are planted", rows.len());
    assert!(hits >= usize::from(PLANTED) / 2, "{hits} of the first {PLANTED} of {}", rows.len());
    for row in &rows {
        assert_eq!(row.ingredients["basis"], "activity");
        assert!(row.as_of < exchange.now() - TimeDelta::days(30), "when it was bought");
    }
    let one = rows.iter().find(is_planted).unwrap();
    assert_eq!(is_present(one, "direction"), Some(true), "a token tells which outcome it is");
    assert_eq!(is_present(one, "made_for"), Some(true));

    // Somebody is imported while it runs: the reading of his own history is enough.
    let late = address(901);
    let told: Vec<Bought<'_>> = theirs
        .iter()
        .map(|one| Bought { number: one.number + 100_000, usdc: 5_000, ..one.clone() })
        .collect();
    import(&exchange, &late, &told, None).await;
    look_again(&exchange).await;
    let row = of(&exchange, &late).await;
    assert_eq!(row.len(), 1);
    assert!((row[0].ingredients["usdc"].as_f64().unwrap() - 20_000.0).abs() < 0.01);

    // A process that begins anew says nothing of what was looked at before, an hour after the last import.
    exchange.advance(TimeDelta::hours(2)).await;
    look_again(&exchange).await;
    running.stop().await;
    let before = exchange.count("SELECT count(*) FROM informed_evidence").await;
    let running = Jobs::start(&exchange);
    look_again(&exchange).await;
    running.stop().await;
    assert_eq!(exchange.count("SELECT count(*) FROM informed_evidence").await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_both_sources_tell_counts_once() {
    let exchange = Exchange::open(76, 1.0).await;
    let markets = markets(&exchange).await;
    let all = histories(&markets, exchange.now());
    for (who, bought) in &all {
        import(&exchange, who, bought, None).await;
    }
    // Somebody bought on both sides of where the tape begins, and the history tells of both.
    let (both, begins) = (address(902), exchange.now() - TimeDelta::days(30));
    let bought = |days: i64, number| Bought {
        market: &markets[0],
        outcome: 0,
        cents: 20,
        usdc: 30_000,
        at: begins + TimeDelta::days(days),
        number,
    };
    let told = [bought(-2, 500_001), bought(2, 500_002)];
    import(&exchange, &both, &told, None).await;
    on_tape(&exchange, &both, &told[1..]).await;
    // And somebody is new on the tape, whom nobody has imported; others are there to compare with.
    for (place, (who, bought)) in all.iter().enumerate().take(40) {
        let again = Bought {
            at: begins + TimeDelta::minutes(i64::try_from(place).unwrap()),
            number: 600_000 + place,
            usdc: 600 + i64::try_from(place).unwrap(),
            ..bought[0].clone()
        };
        on_tape(&exchange, who, &[again]).await;
    }
    let (new, seen) = (address(903), [bought(5, 500_003)]);
    on_tape(&exchange, &new, &seen).await;
    let running = Jobs::start(&exchange);
    has_begun(&exchange).await;
    let dollars = |rows: &[InformedEvidence]| rows[0].ingredients["usdc"].as_f64().unwrap();
    let rows = of(&exchange, &both).await;
    assert_eq!(rows.len(), 1, "one event");
    assert!((dollars(&rows) - 60_000.0).abs() < 0.01, "{}", dollars(&rows));
    assert_eq!(rows[0].ingredients["basis"], "feed", "of both what says less");
    let rows = of(&exchange, &new).await;
    assert_eq!((rows.len(), is_present(&rows[0], "made_for")), (1, None), "its age is not known");

    // Its import tells how old it is, and of nothing twice.
    let early = Bought { at: begins - TimeDelta::days(1), number: 500_004, ..seen[0].clone() };
    import(&exchange, &new, &[early, seen[0].clone()], None).await;
    look_again(&exchange).await;
    running.stop().await;
    let rows = of(&exchange, &new).await;
    assert!((dollars(&rows) - 60_000.0).abs() < 0.01, "{}", dollars(&rows));
    assert_eq!(is_present(&rows[0], "made_for"), Some(true));
    let kept =
        evidence::history(exchange.database.public(), Layer::Pair, &markets[0].market_id, &new);
    assert_eq!(kept.await.unwrap().len(), 2, "what was said before stays");
}
