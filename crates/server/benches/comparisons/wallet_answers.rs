//! What is answered of a wallet of five thousand trades, request by request, against a server that has `PostgreSQL`
//! join the same positions with their markets and write the JSON itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use chrono::Utc;
use domain::Address;
use ingest::wallets::{WalletClients, WalletOptions, WalletService};
use lab::{Enforcement, Lab, World, WorldOptions};
use polymarket::data::DataClient;
use polymarket::gamma::GammaClient;
use polymarket::user_pnl::UserPnlClient;
use polymarket::{Endpoints, Limits, Upstream, UpstreamOptions};
use serde_json::Value;
use sqlx::Executor;
use store::notify::Listener;
use store::wallets::imports::{self, IMPORTED_CHANNEL, Priority};
use store::wallets::{self, Wallet};
use store::{Database, PgPool};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::findings::{Finding, Target, median, milliseconds};
use crate::http;
use crate::load::{self, Answered, Request};
use crate::setup::{Served, empty};

/// Trades of the wallet that is asked for: at least so many, and of the candidates the fewest.
const TRADES: u64 = 5_000;
/// Of how many of the busiest wallets it is chosen.
const CANDIDATES: usize = 24;
const PERIOD: Duration = Duration::from_secs(1);
/// All are asked in turn, so that what else the machine does falls on all alike; one round more than is counted.
const ROUNDS: usize = 5;
/// Milliseconds that half of the answers may take at most.
const P50_MS: Target = Target::AtMost(5.0);
/// Of the time that the baseline takes, which neither reads the books nor compares anything.
const OF_BASELINE: Target = Target::AtMost(1.5);

/// What is asked besides the positions.
const OTHERS: [&str; 7] = [
    "closed-positions?limit=100",
    "activity?limit=100",
    "trades?limit=100&side=buy&min_usdc=10",
    "metrics",
    "exposure",
    "pnl",
    "value",
];

pub(crate) async fn compare(database: &Database) -> anyhow::Result<()> {
    let wallet = fill(database).await?;
    let stop = CancellationToken::new();
    let product = http::serve(database, &stop).await?;
    let baseline = serve_baseline(database).await?;
    let clients =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let result = ask_all(clients.handle(), product, baseline, &wallet).await;
    clients.shutdown_background();
    stop.cancel();
    result
}

async fn ask_all(
    clients: &Handle,
    product: SocketAddr,
    baseline: SocketAddr,
    wallet: &Wallet,
) -> anyhow::Result<()> {
    let address = &wallet.address;
    let request = |server: SocketAddr, what: &str| Request {
        address: server,
        target: format!("/api/polymarket/wallet/{address}/{what}"),
        accept_encoding: None,
    };
    let mut requests = vec![request(baseline, "positions"), request(product, "positions")];
    requests.extend(OTHERS.iter().map(|what| request(product, what)));
    let rows = check_alike(&requests[1], &requests[0]).await?;
    let last = last_page(&requests[3]).await?;
    requests.push(request(product, &last));
    let mut rounds: Vec<Vec<Answered>> = Vec::new();
    for round in 0..=ROUNDS {
        let mut answered = Vec::new();
        for request in &requests {
            answered.push(load::measure(clients, request, 1, PERIOD).await?);
        }
        eprintln!(
            "round {round}: {}",
            answered.iter().map(|one| milliseconds(one.p50)).collect::<Vec<_>>().join(" ")
        );
        if round > 0 {
            rounds.push(answered);
        }
    }
    let history = wallet.history.as_ref().context("a history")?;
    let of = format!("of a wallet of {} rows", history.activity_count);
    let what = format!("{rows} positions {of}");
    let figure = |index: usize| {
        let time = |of: fn(&Answered) -> Duration| {
            milliseconds(Duration::from_secs_f64(median(
                rounds.iter().map(|round| of(&round[index]).as_secs_f64()),
            )))
        };
        let kilobytes = rounds[0][index].body_bytes as f64 / 1e3;
        format!("p50 {} p99 {} {kilobytes:.1} kB", time(|one| one.p50), time(|one| one.p99))
    };
    let p50_ms =
        |index: usize| median(rounds.iter().map(|round| round[index].p50.as_secs_f64() * 1e3));
    let ratios = rounds.iter().map(|round| round[1].p50.as_secs_f64() / round[0].p50.as_secs_f64());
    let joined = format!("PostgreSQL's own join {}", figure(0));
    for (value, unit, target) in [(p50_ms(1), "ms", P50_MS), (median(ratios), "×", OF_BASELINE)] {
        let (what, figure, baseline) = (what.clone(), figure(1), joined.clone());
        Finding { what, figure, baseline, value, unit, target: Some(target) }.print()?;
    }
    let others = OTHERS.into_iter().chain(["activity?limit=100, the last page"]);
    for (what, index) in others.zip(2..) {
        Finding {
            what: format!("/{what} {of}"),
            figure: figure(index),
            baseline: String::new(),
            value: p50_ms(index),
            unit: "ms",
            target: Some(P50_MS),
        }
        .print()?;
    }
    Ok(())
}

/// The part that answers with the last page of the activity, of which `first` asks for the first.
async fn last_page(first: &Request) -> anyhow::Result<String> {
    let mut part = "activity?limit=100".to_owned();
    let mut request = first.clone();
    loop {
        let page: Value = serde_json::from_slice(&load::body(&request).await?)?;
        let Some(cursor) = page["metadata"]["next_cursor"].as_str() else { return Ok(part) };
        part = format!("activity?limit=100&cursor={cursor}");
        request.target = format!("{}&cursor={cursor}", first.target);
    }
}

/// Both must tell of the same positions, or the comparison means nothing. How many they are.
async fn check_alike(product: &Request, baseline: &Request) -> anyhow::Result<usize> {
    let tokens = |body: &Value, token: &str| -> Option<Vec<String>> {
        let rows = body["data"].as_array()?.iter();
        rows.map(|row| Some(row.pointer(token)?.as_str()?.to_owned())).collect()
    };
    let product: Value = serde_json::from_slice(&load::body(product).await?)?;
    let baseline: Value = serde_json::from_slice(&load::body(baseline).await?)?;
    let ours = tokens(&product, "/market/token_id").context("no positions")?;
    let theirs = tokens(&baseline, "/token_id").context("no positions of the baseline")?;
    ensure!(!ours.is_empty() && ours == theirs, "the baseline's positions differ");
    ensure!(
        product["data"]
            .as_array()
            .is_some_and(|rows| rows.iter().all(|row| row["market"]["title"].is_string())),
        "the catalogue does not know every market"
    );
    Ok(ours.len())
}

/// A simulated world, and in it a wallet of the wanted size, imported as any.
async fn fill(database: &Database) -> anyhow::Result<Wallet> {
    empty(database).await?;
    let options = WorldOptions::new(7, Utc::now()).scale(0.5);
    let world = tokio::task::spawn_blocking(move || World::generate(&options)).await?;
    let lab = Lab::world(world);
    lab.limits().set(Enforcement::Off).context("limits")?;
    Served::start(lab.clone()).await?.sync_into(database).await?;
    let (base, _stop) = serve_lab(lab).await?;
    let candidates = busiest(&base).await?;
    import(database, &base, &candidates).await?;
    let mut held = wallets::get_all(database.service(), &candidates).await?;
    let rows = |wallet: &Wallet| wallet.history.as_ref().map_or(0, |held| held.activity_count);
    held.retain(|wallet| rows(wallet) >= TRADES);
    held.sort_by_key(rows);
    let wallet = held.into_iter().next().context("no wallet traded that often")?;
    database.owner().await?.execute("ANALYZE").await?;
    eprintln!("{} with {} rows", wallet.address, rows(&wallet));
    Ok(wallet)
}

async fn serve_lab(lab: Lab) -> anyhow::Result<(String, DropGuard)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let base = format!("http://{}", listener.local_addr()?);
    let stop = CancellationToken::new();
    tokio::spawn(lab::serve(listener, lab, stop.clone()));
    Ok((base, stop.drop_guard()))
}

/// The wallets that touched the most tokens, as the exchange has it.
async fn busiest(base: &str) -> anyhow::Result<Vec<Address>> {
    let told = async |path: String| -> anyhow::Result<Value> {
        Ok(reqwest::get(format!("{base}{path}")).await?.json().await?)
    };
    let people = told("/lab/truth/wallets".to_owned()).await?;
    let mut all = Vec::new();
    for person in people.as_array().into_iter().flatten() {
        let address = person["address"].as_str().context("an address")?;
        let account = told(format!("/lab/truth/wallets/{address}/account")).await?;
        let touched = account["holdings"].as_array().map_or(0, Vec::len);
        all.push((touched, Address::parse(address).ok().context("an address")?));
    }
    all.sort_by(|one, other| other.cmp(one));
    Ok(all.into_iter().take(CANDIDATES).map(|(_, address)| address).collect())
}

async fn import(database: &Database, base: &str, wanted: &[Address]) -> anyhow::Result<()> {
    let limits = Arc::new(Limits::unlimited());
    let options = UpstreamOptions { use_system_proxy: false, ..UpstreamOptions::default() };
    let upstream = Arc::new(Upstream::new(Endpoints::below(base)?, options, limits)?);
    let clients = WalletClients {
        data: DataClient::new(upstream.clone()),
        gamma: GammaClient::new(upstream.clone()),
        user_pnl: UserPnlClient::new(upstream),
    };
    let mut heard = Listener::connect(database, &[IMPORTED_CHANNEL]).await?;
    imports::want(database.service(), wanted, Priority::Asked, Utc::now(), true).await?;
    let boards_every = Duration::from_hours(24);
    let options = WalletOptions { boards_every, board_length: 1, ..WalletOptions::default() };
    let stop = CancellationToken::new();
    let service = WalletService::new(database.clone(), clients, options);
    let running = tokio::spawn(service.run(stop.clone()));
    loop {
        let held = wallets::get_all(database.service(), wanted).await?;
        if held.iter().filter(|wallet| wallet.history.is_some()).count() == wanted.len() {
            break;
        }
        heard.next().await;
    }
    stop.cancel();
    Ok(running.await?)
}

/// What one would write first: everything in one statement, and its JSON as it comes.
const JOINED: &str = "
    SELECT json_build_object('success', true, 'data', coalesce(json_agg(row), '[]'))::text FROM (
        SELECT p.token_id, p.condition_id, p.outcome_index, p.as_of, p.shares, p.avg_price, p.cost_usdc,
               p.fifo_cost_usdc, p.realized_usdc, p.fifo_realized_usdc, p.fees_usdc, p.bought_shares,
               p.unexplained_usdc, p.doubts, p.first_at, p.last_at, p.venue_shares, p.venue_avg_price,
               p.venue_cost_usdc, p.venue_fees_usdc, p.venue_bought_shares, p.venue_price, p.venue_value_usdc,
               p.venue_realized_usdc, p.venue_unrealized_usdc, p.venue_total_usdc, p.venue_status,
               p.venue_observed_at, m.market_id, m.slug, m.title, m.category, m.status, m.outcomes[p.outcome_index + 1] AS outcome,
               e.event_id, e.slug AS event_slug, e.title AS event_title,
               CASE p.outcome_index WHEN 0 THEN m.best_bid ELSE 1 - m.best_ask END AS mark_price,
               p.shares * CASE p.outcome_index WHEN 0 THEN m.best_bid ELSE 1 - m.best_ask END AS value_usdc,
               w.imported_at, w.completeness, i.due_at
        FROM wallet_positions p
        LEFT JOIN markets m ON m.condition_id = p.condition_id
        LEFT JOIN events e ON e.event_id = m.event_id
        LEFT JOIN wallets w ON w.address = p.wallet_address
        LEFT JOIN wallet_imports i ON i.wallet_address = p.wallet_address
        WHERE p.wallet_address = $1 ORDER BY p.cost_usdc DESC NULLS LAST, p.token_id) AS row";

async fn serve_baseline(database: &Database) -> anyhow::Result<SocketAddr> {
    let routes = Router::new()
        .route("/api/polymarket/wallet/{address}/positions", get(joined))
        .with_state(database.service().clone());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, routes).into_future());
    Ok(address)
}

async fn joined(
    State(pool): State<PgPool>,
    Path(address): Path<String>,
) -> Result<impl IntoResponse, (StatusCode, Json<String>)> {
    let failed = |error: String| (StatusCode::INTERNAL_SERVER_ERROR, Json(error));
    let wallet = Address::parse(&address).map_err(|error| failed(error.to_string()))?;
    let text: String = sqlx::query_scalar(JOINED)
        .bind(wallet.to_bytes().to_vec())
        .fetch_one(&pool)
        .await
        .map_err(|error| failed(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text))
}
