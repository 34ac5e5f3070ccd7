//! The test of skill against draws of the same statistic, one wallet scored anew against all of them, and the ranking over
//! HTTP against a server that has `PostgreSQL` write it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Address;
use domain::scores::{Baseline, SettledBet, Tested};
use domain::stats::{Dice, Trial};
use ingest::intelligence::scoring::{Scorer, score_all};
use serde_json::Value;
use sqlx::{Connection, Executor};
use store::intelligence::bets;
use store::{Database, PgPool};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::findings::{Finding, Target, median, milliseconds};
use crate::http;
use crate::load::{self, Answered, Request};

/// Wallets that are tested, events of each, and draws of the baseline.
const TESTED: u64 = 2_000;
const EVENTS: usize = 200;
const DRAWS: usize = 999;
/// Seconds that testing them may take on one core.
const TEST_S: Target = Target::AtMost(2.0);
/// Wallets in the database; [`TESTED`] of them have [`EVENTS`] events, the others twelve.
const WALLETS: usize = 50_000;
/// Wallets that are scored anew one by one.
const RESCORED: u8 = 100;
/// Milliseconds that one may take, as the median; and an answer with a page of the ranking.
const RESCORE_MS: Target = Target::AtMost(5.0);
const P50_MS: Target = Target::AtMost(5.0);
const PERIOD: Duration = Duration::from_secs(1);
/// All are asked in turn, so that what else the machine does falls on all alike; one round more than is counted.
const ROUNDS: usize = 5;
const PAGE: usize = 50;

pub(crate) async fn compare(database: &Database) -> anyhow::Result<()> {
    test_of_skill()?;
    let now = Utc::now();
    fill(database).await.context("filling")?;
    let began = Instant::now();
    score_all(database, now).await?;
    let all = began.elapsed();
    eprintln!("{WALLETS} wallets scored in {:.1} s", all.as_secs_f64());
    rescoring(database, now, all).await.context("rescoring")?;
    scoreboard(database).await.context("the ranking")
}

fn test_of_skill() -> anyhow::Result<()> {
    let wallets: Vec<Vec<SettledBet>> = (0..TESTED).map(settled_bets).collect();
    let as_of = DateTime::UNIX_EPOCH + TimeDelta::days(1);
    let mut runs = Vec::new();
    for run in 0..=ROUNDS {
        let began = Instant::now();
        let exact: f64 = wallets
            .iter()
            .filter_map(|bets| Tested::of(bets, &Baseline::default(), as_of).registered())
            .map(|one| one.p)
            .sum();
        let ours = began.elapsed().as_secs_f64();
        let began = Instant::now();
        let drawn: f64 = (0..).zip(&wallets).map(|(number, bets)| by_draws(number, bets)).sum();
        let theirs = began.elapsed().as_secs_f64();
        // Both say the same, or the comparison means nothing.
        ensure!((exact - drawn).abs() / (TESTED as f64) < 0.01, "{exact} and {drawn}");
        if run > 0 {
            runs.push((ours, theirs));
        }
    }
    let what = format!("skill test of {TESTED} wallets with {EVENTS} events, one core");
    let (ours, theirs) =
        (median(runs.iter().map(|run| run.0)), median(runs.iter().map(|run| run.1)));
    let figure = format!("{:.3} s", ours);
    let baseline = format!("{DRAWS} draws of each {theirs:.2} s");
    for (value, unit, target) in [(ours, "s", Some(TEST_S)), (ours / theirs, "×", None)] {
        let (what, figure, baseline) = (what.clone(), figure.clone(), baseline.clone());
        Finding { what, figure, baseline, value, unit, target }.print()?;
    }
    Ok(())
}

fn settled_bets(number: u64) -> Vec<SettledBet> {
    let mut dice = Dice::new(1, number);
    let mut bet = || {
        let price = 0.02 + 0.96 * dice.unit();
        SettledBet {
            kind: (None, None),
            price,
            came_true: dice.chance(price),
            opened_at: DateTime::UNIX_EPOCH,
            closed_at: DateTime::UNIX_EPOCH,
        }
    };
    (0..EVENTS).map(|_| bet()).collect()
}

/// The mid-p value by drawing outcomes.
fn by_draws(number: u64, bets: &[SettledBet]) -> f64 {
    let mut dice = Dice::new(2, number);
    let trials: Vec<Trial> =
        bets.iter().filter_map(|bet| Trial::single(bet.price, bet.came_true)).collect();
    let observed: usize = trials.iter().map(Trial::count).sum();
    let above: f64 = (0..DRAWS)
        .map(|_| {
            let drawn: usize = trials.iter().map(|trial| trial.draw(&mut dice)).sum();
            if drawn > observed { 1.0 } else { 0.5 * f64::from(u8::from(drawn == observed)) }
        })
        .sum();
    above / DRAWS as f64
}

/// Wallets that were imported, with bets at prices that are right, on events that they share.
async fn fill(database: &Database) -> anyhow::Result<()> {
    let mut owner = database.owner().await?;
    // The owner is held to the policies too.
    owner.execute("SET ROLE service_role").await?;
    let mut tx = owner.begin().await?;
    tx.execute("SELECT setseed(0.7)").await?;
    let address = "decode(lpad(to_hex(n), 40, '0'), 'hex')";
    for sql in [
        format!(
            "INSERT INTO wallets (address, found_at, found_by, imported_at, completeness, activity_count,
                                  first_active_at, last_active_at, name)
             SELECT {address}, now(), 'tape', now(), 'full', 20, now() - interval '400 days', now(), 'wallet ' || n
             FROM generate_series(1, {WALLETS}) AS n"
        ),
        format!(
            "INSERT INTO wallet_traits (wallet_address, written_at, is_maker_like, is_bot_like, is_whale,
                                        is_reconciled, active_months)
             SELECT {address}, now(), false, false, n % 97 = 0, true, random() FROM generate_series(1, {WALLETS}) AS n"
        ),
        format!(
            "INSERT INTO wallet_bets (wallet_address, event_key, condition_id, outcome_index, category, opened_at,
                                      closed_at, horizon_s, price, came_true, stake_usdc)
             SELECT {address}, e::text, '0x' || lpad(to_hex(e), 64, '0'), 0, 'sports', t, t + interval '1 day', 86400,
                    price, random() < price, 100
             FROM generate_series(1, {WALLETS}) AS n,
                  LATERAL (SELECT (n * 7 + k) % 20000 AS e, 0.02 + 0.96 * random() AS price,
                                  now() - interval '1 day' * (2 + (n * 7 + k) % 390) AS t
                           FROM generate_series(1, CASE WHEN n <= {TESTED} THEN {EVENTS} ELSE 12 END) AS k) AS bet"
        ),
    ] {
        tx.execute(sqlx::AssertSqlSafe(sql)).await?;
    }
    tx.commit().await?;
    owner.execute("RESET ROLE").await?;
    owner.execute("ANALYZE").await?;
    Ok(())
}

/// One wallet after another gets one event more, and is scored anew.
async fn rescoring(database: &Database, now: DateTime<Utc>, all: Duration) -> anyhow::Result<()> {
    let scorer = Scorer::new(database.clone());
    let mut took = Vec::new();
    for number in 1..=RESCORED {
        let mut bytes = [0; 20];
        bytes[19] = number;
        let wallet = Address::from_bytes(bytes);
        let mut held = bets::of_wallet(database.service(), &wallet).await?;
        ensure!(held.len() == EVENTS, "{} events", held.len());
        let mut more = held.last().cloned().context("a bet")?;
        more.event_key = "one more".to_owned();
        more.came_true = true;
        held.push(more);
        let mut connection = database.service().acquire().await?;
        bets::replace(&mut connection, &wallet, &held).await?;
        drop(connection);
        let then = now + TimeDelta::seconds(i64::from(number));
        let began = Instant::now();
        ensure!(scorer.rescore(&wallet, then).await?, "{wallet} was not scored");
        took.push(began.elapsed().as_secs_f64());
    }
    let middle = median(took.iter().skip(1).copied());
    let worst = took.iter().skip(1).copied().fold(0.0, f64::max);
    let times = |seconds: f64| milliseconds(Duration::from_secs_f64(seconds));
    let what = format!("a wallet of {EVENTS} events scored anew after one more");
    let figure = format!("median {} most {}", times(middle), times(worst));
    let baseline = format!("all {WALLETS} wallets {:.1} s", all.as_secs_f64());
    let ratio = middle / all.as_secs_f64();
    for (value, unit, target) in [(middle * 1e3, "ms", Some(RESCORE_MS)), (ratio, "×", None)] {
        let (what, figure, baseline) = (what.clone(), figure.clone(), baseline.clone());
        Finding { what, figure, baseline, value, unit, target }.print()?;
    }
    Ok(())
}

async fn scoreboard(database: &Database) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let product = http::serve(database, &stop).await?;
    let baseline = serve_baseline(database).await?;
    let clients =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let result = ask_all(clients.handle(), product, baseline).await;
    clients.shutdown_background();
    stop.cancel();
    result
}

async fn ask_all(
    clients: &Handle,
    product: SocketAddr,
    baseline: SocketAddr,
) -> anyhow::Result<()> {
    let request = |address, target: &str| Request {
        address,
        target: format!("/api/whale/scoreboard?score=smart_money&limit={PAGE}{target}"),
        accept_encoding: None,
    };
    // Half of the questions were never asked before: their answers are made from the tables.
    let requests =
        [request(baseline, ""), request(product, ""), request(product, "&min_score=0.{n}")];
    check_alike(&requests[1], &requests[0]).await?;
    let mut rounds: Vec<Vec<Answered>> = Vec::new();
    for round in 0..=ROUNDS {
        let mut answered = Vec::new();
        for request in &requests {
            answered.push(load::measure(clients, request, 1, PERIOD).await?);
        }
        if round > 0 {
            rounds.push(answered);
        }
    }
    let p50 = |index: usize| median(rounds.iter().map(|round| round[index].p50.as_secs_f64()));
    let p99 = |index: usize| median(rounds.iter().map(|round| round[index].p99.as_secs_f64()));
    let times = |seconds: f64| milliseconds(Duration::from_secs_f64(seconds));
    let figure = |index: usize| format!("p50 {} p99 {}", times(p50(index)), times(p99(index)));
    for (index, name) in [(1, "as before"), (2, "never asked before")] {
        let what = format!("ranking of {WALLETS} wallets, {name}");
        let own = format!("PostgreSQL's own join {}", figure(0));
        let ratio = p50(index) / p50(0);
        for (value, unit, target) in [(p50(index) * 1e3, "ms", Some(P50_MS)), (ratio, "×", None)] {
            let (what, figure, baseline) = (what.clone(), figure(index), own.clone());
            Finding { what, figure, baseline, value, unit, target }.print()?;
        }
    }
    Ok(())
}

/// Both must tell of the same wallets in the same order, or the comparison means nothing.
async fn check_alike(product: &Request, baseline: &Request) -> anyhow::Result<()> {
    let product: Value = serde_json::from_slice(&load::body(product).await?)?;
    let baseline: Value = serde_json::from_slice(&load::body(baseline).await?)?;
    let ours = product["data"]["rows"].as_array().context("no rows")?;
    let theirs = baseline["data"].as_array().context("no rows of the baseline")?;
    ensure!(ours.len() == PAGE && theirs.len() == PAGE, "{} and {}", ours.len(), theirs.len());
    let is_alike = ours
        .iter()
        .zip(theirs)
        .all(|(one, other)| one["wallet"]["address"] == other["address"] && one["n"] == other["n"]);
    ensure!(is_alike, "the baseline's ranking differs");
    Ok(())
}

/// What one would write first.
const JOINED: &str = "
    SELECT json_build_object('success', true, 'data', json_agg(row))::text FROM (
        SELECT '0x' || encode(s.wallet_address, 'hex') AS address, w.name, c.class, s.value, s.low, s.high, s.n,
               s.version, s.as_of, s.checked_at, s.verdict, s.reason, s.ingredients, s.evidence,
               (SELECT json_object_agg(o.kind, o.value) FROM current_wallet_scores o
                WHERE o.wallet_address = s.wallet_address) AS scores
        FROM current_wallet_scores s
        LEFT JOIN wallets w ON w.address = s.wallet_address
        LEFT JOIN wallet_classes c ON c.wallet_address = s.wallet_address
        WHERE s.kind = 'smart_money' AND s.verdict = 'scored'
        ORDER BY s.value DESC, s.wallet_address LIMIT 50) AS row";

async fn serve_baseline(database: &Database) -> anyhow::Result<SocketAddr> {
    let routes = Router::new()
        .route("/api/whale/scoreboard", get(joined))
        .with_state(database.service().clone());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, routes).into_future());
    Ok(address)
}

async fn joined(State(pool): State<PgPool>) -> Result<impl IntoResponse, (StatusCode, String)> {
    let text: String = sqlx::query_scalar(JOINED)
        .fetch_one(&pool)
        .await
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text))
}
