//! Who has one owner, by a tape that a test makes up; and where smart money stands, said of wallets whose record a test
//! makes up, in a market of the lab.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, ConditionId, Side, TokenId};
use ingest::intelligence::IntelligenceOptions;
use ingest::intelligence::clusters::find_owners;
use ingest::intelligence::consensus::find_consensus;
use ingest::live::LiveBooks;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use store::intelligence::bets::{self, WalletBet};
use store::intelligence::classes::{self, WalletClass};
use store::intelligence::clusters::{self, OwnedWallet};
use store::intelligence::consensus::MarketConsensus;
use store::intelligence::scores::{self, Verdict, WalletScore};
use store::intelligence::signals::{self, SignalFilter};
use store::testing::{TestDatabase, eventually};
use store::wallets::positions::{self, Booked, Position, Reported};
use support::exchange::Exchange;
use support::jobs::Jobs;
use support::looks::look;
use uuid::Uuid;

/// A market that takes orders, with its price and depth.
struct Place {
    condition_id: ConditionId,
    tokens: Vec<String>,
    middle: f64,
}

impl Place {
    async fn of(exchange: &Exchange) -> Self {
        let (condition, tokens, bid, ask): (String, Vec<String>, Decimal, Decimal) = sqlx::query_as(
            "SELECT condition_id, token_ids, best_bid, best_ask FROM markets
             WHERE NOT closed AND delisted_at IS NULL AND NOT neg_risk AND liquidity > 100 AND best_bid > 0.3
               AND best_ask < 0.7 ORDER BY market_id LIMIT 1",
        )
        .fetch_one(exchange.database.service())
        .await
        .unwrap();
        let middle = f64::midpoint(bid.try_into().unwrap(), ask.try_into().unwrap());
        Self { condition_id: ConditionId::parse(&condition).unwrap(), tokens, middle }
    }
}

fn wallet(number: u8) -> Address {
    Address::from_bytes([number; 20])
}

/// A wallet that holds 10,000 shares of an outcome, bought at 40 cents.
async fn holds(exchange: &Exchange, place: &Place, who: u8, outcome: u8) {
    let mut writer = exchange.database.service().acquire().await.unwrap().detach();
    let position = Position {
        token_id: TokenId::parse(&place.tokens[usize::from(outcome)]).unwrap(),
        condition_id: place.condition_id.clone(),
        outcome_index: outcome,
        as_of: exchange.now(),
        booked: Booked {
            shares: Some(Decimal::from(10_000)),
            avg_price: Some(Decimal::new(40, 2)),
            ..Booked::default()
        },
        doubts: Vec::new(),
        reported: Reported::default(),
        closed: None,
    };
    positions::replace(&mut writer, &wallet(who), &[position]).await.unwrap();
}

/// What is known of a wallet: its class, and the score that made it so.
async fn is(exchange: &Exchange, who: u8, class: &str, tilt: Option<f64>) {
    let now = exchange.now();
    let mut writer = exchange.database.service().acquire().await.unwrap().detach();
    let class =
        WalletClass { wallet: wallet(who), as_of: now, class: class.to_owned(), is_certain: true };
    classes::set(&mut writer, &[class]).await.unwrap();
    let Some(tilt) = tilt else { return };
    let ingredients = json!({ "tilt_all": tilt, "tilt_low": tilt - 0.1, "tilt_high": tilt + 0.1 });
    let score = WalletScore {
        wallet: wallet(who),
        as_of: now,
        version: 1,
        n: 100,
        verdict: Verdict::Scored,
        reason: None,
        value: Some(60.0),
        interval: None,
        ingredients,
        evidence: json!([]),
    };
    scores::record(&mut writer, "smart_money", &[score]).await.unwrap();
}

async fn said(exchange: &Exchange) -> Option<MarketConsensus> {
    let database = exchange.database.database();
    let all = find_consensus(database, exchange.now()).await.unwrap();
    let kept = store::intelligence::consensus::all(exchange.database.public()).await.unwrap();
    assert_eq!(kept, all, "what is said is kept");
    assert!(all.len() <= 1);
    all.into_iter().next()
}

fn number(said: &MarketConsensus, name: &str) -> Option<f64> {
    said.ingredients[name].as_f64()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_record_has_a_voice_and_an_owner_has_one() {
    let exchange = Exchange::open(51, 1.0).await;
    let place = Place::of(&exchange).await;
    assert_eq!(said(&exchange).await, None, "nobody has a record");

    for who in [1, 2] {
        holds(&exchange, &place, who, 0).await;
        is(&exchange, who, "smart", Some(0.6)).await;
    }
    let two = said(&exchange).await.unwrap();
    assert_eq!(
        (two.imbalance, two.ingredients["why_none"].as_str()),
        (None, Some("too_few_voices"))
    );
    assert!((two.voices - 2.0).abs() < 1e-9);

    for who in [3, 4] {
        holds(&exchange, &place, who, 0).await;
        is(&exchange, who, "smart", Some(0.6)).await;
    }
    let four = said(&exchange).await.unwrap();
    assert_eq!((four.imbalance, four.interval), (Some(100.0), Some((100.0, 100.0))));
    assert!((four.voices - 4.0).abs() < 1e-9 && (four.price.unwrap() - place.middle).abs() < 1e-9);
    assert_eq!((four.paid, &four.ingredients["why_none"]), (Some(0.4), &Value::Null));
    // Their prices were 0.6 too low in log-odds: 40 cents were worth 54.9.
    let far = &four.ingredients["divergence"];
    let chance = 1.0 / (1.0 + 1.5 * (-0.6f64).exp());
    assert!((far["chance"].as_f64().unwrap() - chance).abs() < 1e-3, "{far}");
    let from_price = far["from_price"].as_f64().unwrap();
    assert!((from_price - (chance - place.middle)).abs() < 1e-3, "{far}");
    assert!(far["low"].as_f64() < Some(from_price) && far["high"].as_f64() > Some(from_price));

    // Makers and programs have none, and those who were tested and not found count nothing.
    for (who, class) in [(5, "maker_like"), (6, "bot_like")] {
        holds(&exchange, &place, who, 1).await;
        is(&exchange, who, class, Some(0.6)).await;
    }
    holds(&exchange, &place, 7, 1).await;
    is(&exchange, 7, "other", Some(0.6)).await;
    let same = said(&exchange).await.unwrap();
    assert_eq!((same.imbalance, same.voices), (four.imbalance, four.voices));
    assert_eq!(number(&same, "untested"), Some(0.0));

    // Nobody tested this one: it might be anything.
    holds(&exchange, &place, 8, 1).await;
    is(&exchange, 8, "whale", None).await;
    let wide = said(&exchange).await.unwrap();
    assert_eq!((wide.imbalance, number(&wide, "untested")), (Some(100.0), Some(1.0)));
    assert!(wide.interval.unwrap().0 < 90.0, "{wide:?}");

    two_of_one_owner(&exchange).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn smart_money_far_from_the_price_is_said_once_and_near_it_is_not() {
    let exchange = Exchange::open(52, 1.0).await;
    let place = Place::of(&exchange).await;
    let divergences = || async {
        let filter =
            SignalFilter { kind: Some("divergence".to_owned()), ..SignalFilter::default() };
        signals::list(exchange.database.service(), &filter, 100).await.unwrap()
    };
    let (_, mids) = look(&exchange).await;
    let running = Jobs::start_with(&exchange, LiveBooks::default(), |options| {
        IntelligenceOptions { consensus_every: Duration::from_millis(50), ..options }
    });
    // Four who hold outcome 0 and whose record says that it is worth what it costs.
    for who in 1..=4 {
        holds(&exchange, &place, who, 0).await;
        is(&exchange, who, "smart", Some(0.0)).await;
    }
    let asked = "SELECT count(*) FROM market_consensus WHERE voices > 3.9";
    eventually("their stance", || async { exchange.count(asked).await == 1 }).await;
    assert_eq!(divergences().await, [], "they are where the price is");
    // The same whose record says that they bought too cheaply by far.
    for who in 1..=4 {
        is(&exchange, who, "smart", Some(1.5)).await;
    }
    eventually("a divergence", || async { !divergences().await.is_empty() }).await;
    running.stop().await;
    let told = divergences().await;
    assert_eq!(told.len(), 1, "{told:?}");
    let (signal, result) = &told[0];
    assert_eq!((signal.side, result.is_none()), (Some(Side::Buy), true));
    let mid = mids[signal.market_id.as_str()];
    assert!((signal.price.unwrap() - mid).abs() < 1e-9);
    let [chance, from_price] =
        ["chance", "from_price"].map(|name| signal.ingredients[name].as_f64().unwrap());
    assert!((chance - mid - from_price).abs() < 1e-3, "{signal:?}");
    assert!(signal.ingredients["from_price_low"].as_f64().unwrap() > signal.cost.unwrap());
    assert_eq!(signal.due_at, None, "the payout tells who was right");
}

/// Two of the four seem to have one owner, and two always say the same.
async fn two_of_one_owner(exchange: &Exchange) {
    let mut writer = exchange.database.service().acquire().await.unwrap().detach();
    let past = |who: u8, market: u8| WalletBet {
        wallet: wallet(who),
        event_key: format!("past{market}"),
        condition_id: ConditionId::parse(&format!("0x{market:064x}")).unwrap(),
        outcome_index: 0,
        category: None,
        opened_at: day(exchange, -9),
        closed_at: day(exchange, -8),
        horizon_s: None,
        price: 0.5,
        came_true: true,
        stake_usdc: Decimal::TEN,
    };
    for who in [3, 4] {
        bets::replace(&mut writer, &wallet(who), &[past(who, 1), past(who, 2)]).await.unwrap();
    }
    let copied = said(exchange).await.unwrap();
    assert!(copied.voices < 3.0, "two that say the same are one: {copied:?}");
    for who in [3, 4] {
        bets::replace(&mut writer, &wallet(who), &[past(who, who)]).await.unwrap();
    }
    assert!(said(exchange).await.unwrap().voices > 3.0);
    let owned = [1, 2].map(|who| OwnedWallet {
        wallet: wallet(who),
        cluster_id: Uuid::from_u128(1),
        as_of: exchange.now(),
        log_likelihood: 12.0,
        evidence: json!({}),
    });
    clusters::replace(&mut writer, &owned).await.unwrap();
    let one = said(exchange).await.unwrap();
    assert_eq!(number(&one, "owners"), Some(3.0));
    assert!(one.voices <= 3.0 + 1e-9, "{one:?}");
}

fn day(exchange: &Exchange, number: i64) -> DateTime<Utc> {
    exchange.now() + TimeDelta::days(number)
}

/// Wallets 1 to 200 that trade in forty markets whenever they like, and wallets 201 to 203, which in twelve markets that
/// hardly anybody trades buy the same in the same second.
const TAPE: &str = "
    SELECT setseed(0.5);
    SELECT ensure_month_partition('trades'::regclass, i)
    FROM unnest(ARRAY['2026-10-15', '2026-11-15']::timestamptz[]) AS i;
    CREATE TEMP TABLE tape AS
        SELECT 1 + (n * 37) % 200 AS who, 'm' || n % 40 AS market, n % 2 AS outcome,
               '2026-10-26'::timestamptz + floor(random() * 2400000) * interval '1 second' AS at,
               100 * (1 + n % 7) AS shares
        FROM generate_series(1, 8000) AS n;
    INSERT INTO tape
        SELECT who, 'q' || k, 0, '2026-11-01T10:00:07Z'::timestamptz + k * interval '20 hours', 50 + k * 10
        FROM generate_series(201, 203) AS who, generate_series(1, 12) AS k;
    INSERT INTO tape
        SELECT 1 + k * 16 + n, 'q' || k, 0, '2026-11-01T10:00:00Z'::timestamptz + k * interval '20 hours' + n * interval '5 minutes', 100
        FROM generate_series(1, 12) AS k, generate_series(1, 5) AS n;
    INSERT INTO trades (traded_at, observed_at, ordinal, outcome_index, is_buy, confirmed, market_id,
                        transaction_hash, wallet_address, price, shares)
        SELECT at, at, 0, outcome, true, true, market, sha256((who || market || at || shares)::bytea),
               decode(lpad(to_hex(who), 40, '0'), 'hex'), 0.5, shares
        FROM tape ON CONFLICT DO NOTHING;
";

#[tokio::test]
async fn wallets_that_act_in_the_same_seconds_have_one_owner_and_others_have_not() {
    let database = TestDatabase::create().await;
    let mut owner = database.owner().await.unwrap();
    sqlx::raw_sql("SET ROLE service_role").execute(&mut owner).await.unwrap();
    let now: DateTime<Utc> = "2026-11-23T12:00:00Z".parse().unwrap();
    assert_eq!(find_owners(database.database(), now).await.unwrap(), [], "of an empty tape");
    sqlx::raw_sql(TAPE).execute(&mut owner).await.unwrap();
    let found = find_owners(database.database(), now).await.unwrap();
    let numbered = |number: u32| Address::parse(&format!("0x{number:040x}")).unwrap();
    let wallets: Vec<Address> = found.iter().map(|one| one.wallet.clone()).collect();
    assert_eq!(wallets, [201, 202, 203].map(numbered));
    assert!(found.iter().all(|one| one.cluster_id == found[0].cluster_id));
    let evidence = &found[0].evidence;
    assert_eq!(evidence["pairs"].as_array().unwrap().len(), 2);
    assert_eq!(evidence["pairs"][0]["links"][0]["kind"], "same_second");
    let transaction = evidence["pairs"][0]["links"][0]["transactions"][0].as_str().unwrap();
    assert_eq!(transaction.len(), 34);
    let tape = &evidence["tape"];
    assert!(tape["null_expected_pairs"].as_f64() < Some(0.5), "{tape}");
    assert!(tape["p"].as_f64() <= Some(0.05), "{tape}");
    assert_eq!(clusters::all(database.public()).await.unwrap(), found);

    // A program is there in any second, and belongs to nobody.
    for who in 201..=203 {
        let sql = "INSERT INTO wallet_traits (wallet_address, written_at, is_bot_like) VALUES ($1, now(), true)";
        let wallet = numbered(who).to_bytes().to_vec();
        sqlx::query(sql).bind(wallet).execute(&mut owner).await.unwrap();
    }
    assert_eq!(find_owners(database.database(), now).await.unwrap(), []);
    assert_eq!(clusters::all(database.public()).await.unwrap(), []);
}
