//! Wallets of the lab, scored: what is kept beside their books, who comes out on top, and what changes with a verdict.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::collections::BTreeMap;
use std::slice::from_ref;

use chrono::TimeDelta;
use domain::Address;
use ingest::intelligence::scoring::{Scorer, score_all};
use rust_decimal::Decimal;
use sqlx::AssertSqlSafe;
use store::intelligence::scores::{self, Verdict, WalletScore};
use store::intelligence::{bets, classes, flips};
use support::exchange::Exchange;
use support::wallets::{Importers, import, people, rows};

const KINDS: [&str; 5] = ["smart_money", "reputation", "whale", "maker", "bot"];

async fn current(exchange: &Exchange, kind: &str, wallet: &Address) -> WalletScore {
    scores::current(exchange.database.service(), kind, wallet).await.unwrap().unwrap()
}

async fn count(exchange: &Exchange, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    let one = sqlx::query_scalar(AssertSqlSafe(sql));
    one.fetch_one(exchange.database.service()).await.unwrap()
}

/// What the lab says that wallets are.
async fn truth(exchange: &Exchange) -> BTreeMap<Address, String> {
    let told = exchange.told("truth/wallets").await;
    let all = told.as_array().unwrap().iter().map(|one| {
        let address = Address::parse(one["address"].as_str().unwrap()).unwrap();
        (address, one["kind"].as_str().unwrap().to_owned())
    });
    all.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn wallets_are_scored_by_their_books_and_by_all_others() {
    let options = Exchange::options(41).scale(0.06).markets(1_200).fills(100_000);
    let exchange = Exchange::of_world(&options).await;
    exchange.sync().await;
    let _importers = Importers::start(&exchange);
    let people = people(&exchange).await;
    import(&exchange, &people, true).await;
    what_books_leave(&exchange, &people).await;
    let population = score_all(exchange.database.database(), exchange.now()).await.unwrap();
    assert!(population.register > 50, "{} wallets are tested", population.register);
    let truth = truth(&exchange).await;
    makers_are_out_and_the_skilled_above_the_others(&exchange, &truth).await;
    who_holds_much_is_a_whale_before_a_trade_is_measured(&exchange, &truth).await;
    reputations_are_of_whole_books(&exchange, &people).await;
    what_was_learned_is_told(&exchange, population.register).await;
    one_by_one_is_all_at_once(&exchange, &people).await;
    a_corrected_verdict_is_a_new_score_beside_the_old(&exchange, &people).await;
}

/// An import leaves bets, turns, traits, and how much the wallet is like a maker or a program.
async fn what_books_leave(exchange: &Exchange, people: &[Address]) {
    let everybody = i64::try_from(people.len()).unwrap();
    assert!(count(exchange, "wallet_bets").await > 1_000);
    assert_eq!(count(exchange, "wallet_traits").await, everybody);
    let likeness = "current_wallet_scores WHERE kind IN ('maker', 'bot')";
    assert_eq!(count(exchange, likeness).await, 2 * everybody);
    let nobody = "current_wallet_scores WHERE kind NOT IN ('maker', 'bot')";
    assert_eq!(count(exchange, nobody).await, 0, "without all wallets nobody can be judged");

    let mut turned = 0;
    for wallet in people {
        let found = flips::of_wallet(exchange.database.public(), wallet).await.unwrap();
        let rows = if found.is_empty() { Vec::new() } else { rows(exchange, wallet).await };
        for flip in found {
            turned += 1;
            assert!(flip.from.is_some() && flip.from != flip.to, "{flip:?}");
            assert!(flip.change >= 0.5 && flip.after_usdc * Decimal::from(20) >= flip.peak_usdc);
            let last = flip.evidence.as_array().unwrap().last().unwrap().as_str().unwrap();
            let row = rows.iter().find(|row| row.id.to_string() == last).unwrap();
            assert_eq!(row.activity.happened_at, flip.at, "the act that did it is the last named");
        }
    }
    assert!(turned > 50, "{turned} turns");
}

async fn makers_are_out_and_the_skilled_above_the_others(
    exchange: &Exchange,
    truth: &BTreeMap<Address, String>,
) {
    let mut by_kind: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut tested = 0;
    for (wallet, kind) in truth {
        let score = current(exchange, "smart_money", wallet).await;
        if kind == "maker" {
            let excluded = (Verdict::Excluded, Some("maker_like".to_owned()));
            assert_eq!((score.verdict, score.reason.clone()), excluded);
            assert!(current(exchange, "maker", wallet).await.value > Some(90.0));
            let class = classes::of(exchange.database.public(), from_ref(wallet)).await.unwrap();
            assert_eq!(class[0].class, "maker_like");
        }
        if score.verdict == Verdict::TooFew {
            assert!(score.n < 10);
        }
        if let Some(value) = score.value {
            tested += 1;
            assert!(score.n >= 10, "{score:?}");
            by_kind.entry(kind).or_default().push(value);
        }
    }
    let mean = |kind: &str| by_kind[kind].iter().sum::<f64>() / by_kind[kind].len() as f64;
    assert!(tested > 50, "{tested} are scored");
    assert!(mean("skilled") > 3.0 * mean("noise"), "{by_kind:?}");
    assert!(!by_kind.contains_key("maker"));
}

/// No trade was measured here: what wallets hold is all there is, and it tells whales from others.
async fn who_holds_much_is_a_whale_before_a_trade_is_measured(
    exchange: &Exchange,
    truth: &BTreeMap<Address, String>,
) {
    assert_eq!(count(exchange, "notable_trades").await, 0);
    assert!(count(exchange, "position_sizes").await > 500);
    let mut by_kind: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (wallet, kind) in truth {
        let score = current(exchange, "whale", wallet).await;
        let Some(value) = score.value else { continue };
        let events = |name: &str| score.ingredients[name].as_f64().unwrap();
        assert!(score.n >= 3 && events("events_by_trade") == 0.0, "{score:?}");
        let all = events("events_by_position") + events("events_by_stake");
        assert_eq!(all.to_bits(), f64::from(score.n).to_bits());
        let evidence = score.evidence.as_array().unwrap();
        assert_eq!(evidence.is_empty(), events("events_by_position") == 0.0, "{score:?}");
        assert!(evidence.iter().all(|one| one["kind"] == "market"));
        by_kind.entry(kind).or_default().push(value);
    }
    let mean = |kind: &str| by_kind[kind].iter().sum::<f64>() / by_kind[kind].len() as f64;
    assert!(mean("whale") > 30.0 && mean("whale") > 5.0 * mean("noise"), "{by_kind:?}");
}

/// Whoever has a whole history, agrees with the venue and has ten events has a reputation; of the others it is said why not.
async fn reputations_are_of_whole_books(exchange: &Exchange, people: &[Address]) {
    let mut said: BTreeMap<(&str, Option<String>), u32> = BTreeMap::new();
    for wallet in people {
        let score = current(exchange, "reputation", wallet).await;
        *said.entry((score.verdict.slug(), score.reason)).or_default() += 1;
    }
    let scored = said.get(&("scored", None)).copied().unwrap_or_default();
    assert!(scored > 60, "{said:?}");
}

async fn what_was_learned_is_told(exchange: &Exchange, tested: usize) {
    for kind in KINDS {
        let run = scores::last_run(exchange.database.public(), kind).await.unwrap().unwrap();
        assert_eq!(run.as_of, exchange.now());
        let all: u32 = run.counts.iter().sum();
        assert_eq!(i64::from(all), count(exchange, "wallet_traits").await, "{kind}");
    }
    let run = scores::last_run(exchange.database.public(), "smart_money").await.unwrap().unwrap();
    assert_eq!(run.population["register"], tested);
    assert!(run.population["tau2"].as_f64().is_some() && run.population["pi0"].as_f64().is_some());
    assert_eq!(count(exchange, "score_register").await, i64::try_from(tested).unwrap());
}

async fn one_by_one_is_all_at_once(exchange: &Exchange, people: &[Address]) {
    exchange.advance(TimeDelta::milliseconds(1)).await;
    let before = count(exchange, "wallet_scores").await;
    let scorer = Scorer::new(exchange.database.database().clone());
    for wallet in people {
        assert!(scorer.rescore(wallet, exchange.now()).await.unwrap());
    }
    assert_eq!(
        count(exchange, "wallet_scores").await,
        before,
        "whoever was scored anew is the same"
    );
    let nobody = Address::from_bytes([0xee; 20]);
    assert!(!scorer.rescore(&nobody, exchange.now()).await.unwrap());
}

async fn a_corrected_verdict_is_a_new_score_beside_the_old(
    exchange: &Exchange,
    people: &[Address],
) {
    let public = exchange.database.public();
    let mut scored = None;
    for wallet in people {
        if current(exchange, "smart_money", wallet).await.verdict == Verdict::Scored {
            scored = Some(wallet);
            break;
        }
    }
    let wallet = scored.unwrap();
    let old = current(exchange, "smart_money", wallet).await;
    let before = bets::of_wallet(public, wallet).await.unwrap();
    let bet = before.last().unwrap();
    let pays = |outcome: u8| i32::from((bet.outcome_index == outcome) != bet.came_true);
    exchange.advance(TimeDelta::minutes(1)).await;
    sqlx::query(
        "INSERT INTO market_resolutions (market_id, observed_at, status, payouts)
         SELECT market_id, $2, 'resolved', ARRAY[$3, $4]::numeric[] FROM markets WHERE condition_id = $1",
    )
    .bind(bet.condition_id.as_str())
    .bind(exchange.now())
    .bind(pays(0))
    .bind(pays(1))
    .execute(exchange.database.service())
    .await
    .unwrap();
    import(exchange, from_ref(wallet), false).await;

    let after = bets::of_wallet(public, wallet).await.unwrap();
    let corrected = after.iter().find(|other| other.event_key == bet.event_key).unwrap();
    assert_eq!(corrected.came_true, !bet.came_true);
    assert_eq!(after.len(), before.len());
    let new = current(exchange, "smart_money", wallet).await;
    assert_ne!(new.ingredients["p"], old.ingredients["p"]);
    let all = scores::history(public, "smart_money", wallet).await.unwrap();
    assert_eq!(all[..2], [new, old], "what was said stays beside it");
}

/// Twenty thousand wallets with forty bets each over two years, of 40,000 events.
const MANY: &str = "
    CREATE TEMP TABLE who AS
        SELECT n, decode(lpad(to_hex(n), 40, '0'), 'hex') AS address FROM generate_series(1, 20000) AS n;
    INSERT INTO wallets (address, found_at, found_by, imported_at, completeness, is_empty, first_active_at)
        SELECT address, now(), 'tape', now(), 'full', false, '2024-12-01' FROM who;
    INSERT INTO wallet_traits (wallet_address, written_at, is_maker_like, is_bot_like, is_whale, is_reconciled, active_months)
        SELECT address, '2026-11-22', n % 50 = 0, false, n % 40 = 0, true, 0.5 FROM who;
    INSERT INTO wallet_bets (opened_at, closed_at, horizon_s, price, outcome_index, came_true, wallet_address,
                             condition_id, event_key, category, stake_usdc)
        SELECT at, at + interval '3 days', 300000, price, 0, random() < price, address,
               '0x' || lpad(to_hex(event), 64, '0'), event::text, (ARRAY['politics', 'sports', 'crypto'])[event % 3 + 1], 25
        FROM (SELECT address, (n * 7919 + k * 997) % 40000 AS event, 0.05 + 0.9 * random() AS price,
                     '2024-12-01'::timestamptz + ((n * 7919 + k * 997) % 40000) * interval '25 minutes' AS at
              FROM who, generate_series(1, 40) AS k) AS bet
        ON CONFLICT DO NOTHING;
";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, for a release build on a machine with nothing else to do"]
async fn a_wallet_is_scored_anew_within_five_milliseconds_among_twenty_thousand() {
    let database = store::testing::TestDatabase::create().await;
    let mut owner = database.owner().await.unwrap();
    sqlx::raw_sql("SET ROLE service_role").execute(&mut owner).await.unwrap();
    sqlx::raw_sql(MANY).execute(&mut owner).await.unwrap();
    sqlx::raw_sql("RESET ROLE").execute(&mut owner).await.unwrap();
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut owner).await.unwrap();
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    for _ in 0..2 {
        let began = std::time::Instant::now();
        let found = score_all(database.database(), now).await.unwrap();
        println!("all at once: {:.2?}, {} tested", began.elapsed(), found.register);
    }
    let scorer = Scorer::new(database.database().clone());
    let mut took = Vec::new();
    for number in 1..=500u32 {
        let mut bytes = [0; 20];
        bytes[16..].copy_from_slice(&(number * 31).to_be_bytes());
        let began = std::time::Instant::now();
        let later = now + TimeDelta::seconds(i64::from(number));
        assert!(scorer.rescore(&Address::from_bytes(bytes), later).await.unwrap());
        took.push(began.elapsed());
    }
    took.sort();
    let (middle, most) = (took[took.len() / 2], took[took.len() * 99 / 100]);
    println!("one: {middle:.2?} in the middle, {most:.2?} of ninety-nine in a hundred");
    assert!(middle < std::time::Duration::from_millis(5) || cfg!(debug_assertions), "{middle:?}");
}
