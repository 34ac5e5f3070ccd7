//! The list of markets over HTTP, at 16 connections, against the server's own `/healthz` and against a server
//! that asks `PostgreSQL` each time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use chrono::Utc;
use ingest::live::LiveBooks;
use lab::{Lab, World, WorldOptions};
use polymarket::{Endpoints, Limits, Upstream, UpstreamOptions};
use serde_json::Value;
use server::catalog::CatalogHandle;
use server::http::{AppState, Parts, Settings};
use server::live::Live;
use server::sync_feed::SyncFeed;
use server::{api, follow};
use store::Database;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::baseline;
use crate::findings::{Finding, Target, median, milliseconds};
use crate::load::{self, Answered, Request};
use crate::setup::{Served, empty};

const MARKETS: usize = 17_000;
const CONNECTIONS: usize = 16;
const PERIOD: Duration = Duration::from_secs(1);
/// Everything is measured in turn, so that what else the machine does falls on all alike; one round more than
/// is counted.
const ROUNDS: usize = 5;
/// Requests per second, of those to `/healthz`.
const OF_HEALTH: Target = Target::AtLeast(1.0 / 3.0);
/// Requests per second, of those that the baseline answers.
const OF_BASELINE: Target = Target::AtLeast(8.0);

/// The questions, and the same as one that nobody asked before.
const QUESTIONS: [(&str, &str); 2] = [
    (
        "/api/polymarket/markets?limit=100",
        "/api/polymarket/markets?limit=100&volume_total_min=0.{n}",
    ),
    (
        "/api/polymarket/markets?category=sports&volume_24h_min=100&limit=100",
        "/api/polymarket/markets?category=sports&volume_24h_min=100.{n}&limit=100",
    ),
];

/// One way to ask a question, and which targets it is held to.
struct Way {
    name: &'static str,
    accept_encoding: Option<&'static str>,
    is_new: bool,
    of_health: Option<Target>,
    of_baseline: Option<Target>,
}

const WAYS: [Way; 3] = [
    // As browsers ask. The answer is kept until the catalogue changes.
    Way {
        name: "zstd",
        accept_encoding: Some("zstd"),
        is_new: false,
        of_health: Some(OF_HEALTH),
        of_baseline: Some(OF_BASELINE),
    },
    // Made anew for each request, as the baseline's. Beside `/healthz` it would measure how fast the
    // loopback moves 150 kB.
    Way {
        name: "plain",
        accept_encoding: None,
        is_new: false,
        of_health: None,
        of_baseline: Some(OF_BASELINE),
    },
    // Mostly the time of the compressor, which nothing it is compared with has to do.
    Way {
        name: "zstd, never asked before",
        accept_encoding: Some("zstd"),
        is_new: true,
        of_health: None,
        of_baseline: None,
    },
];

pub(crate) async fn compare(database: &Database) -> anyhow::Result<()> {
    fill(database).await?;
    let stop = CancellationToken::new();
    let product = serve(database, &stop).await?;
    let baseline = baseline::serve(database).await?;
    let clients =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
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
    let request = |address, target: &str, accept_encoding| Request {
        address,
        target: target.to_owned(),
        accept_encoding,
    };
    // What is measured in each round: /healthz first, then per question the baseline and every way.
    let mut requests = vec![request(product, "/healthz", None)];
    for (known, new) in QUESTIONS {
        check_alike(&request(product, known, None), &request(baseline, known, None)).await?;
        requests.push(request(baseline, known, None));
        requests.extend(WAYS.iter().map(|way| {
            request(product, if way.is_new { new } else { known }, way.accept_encoding)
        }));
    }
    let mut rounds: Vec<Vec<Answered>> = Vec::new();
    for round in 0..=ROUNDS {
        let mut answered = Vec::new();
        for request in &requests {
            answered.push(load::measure(clients, request, CONNECTIONS, PERIOD).await?);
        }
        eprintln!(
            "round {round}: {}",
            answered.iter().map(|a| format!("{:.0}/s", a.per_second)).collect::<Vec<_>>().join(" ")
        );
        if round > 0 {
            rounds.push(answered);
        }
    }
    let ratio = |of: usize, to: usize| {
        median(rounds.iter().map(|round| round[of].per_second / round[to].per_second))
    };
    for (question, (known, _)) in QUESTIONS.iter().enumerate() {
        let to = 1 + question * (1 + WAYS.len());
        let path = known.trim_start_matches("/api/polymarket");
        for (way, of) in WAYS.iter().zip(to + 1..) {
            let what = format!("{path}, {}", way.name);
            Finding {
                what: what.clone(),
                figure: figure(&rounds, of),
                baseline: format!("/healthz {}", figure(&rounds, 0)),
                value: ratio(of, 0),
                unit: "×",
                target: way.of_health,
            }
            .print()?;
            Finding {
                what,
                figure: figure(&rounds, of),
                baseline: format!("PostgreSQL {}", figure(&rounds, to)),
                value: ratio(of, to),
                unit: "×",
                target: way.of_baseline,
            }
            .print()?;
        }
    }
    Ok(())
}

/// Medians over the rounds.
fn figure(rounds: &[Vec<Answered>], index: usize) -> String {
    let of = |part: fn(&Answered) -> f64| median(rounds.iter().map(|round| part(&round[index])));
    let time = |part| milliseconds(Duration::from_secs_f64(of(part)));
    format!(
        "{:.0}/s p50 {} p99 {} {:.1} kB",
        of(|answered| answered.per_second),
        time(|answered| answered.p50.as_secs_f64()),
        time(|answered| answered.p99.as_secs_f64()),
        of(|answered| answered.body_bytes as f64) / 1e3,
    )
}

/// Both must say the same, or the comparison means nothing.
async fn check_alike(product: &Request, baseline: &Request) -> anyhow::Result<()> {
    let product: Value = serde_json::from_slice(&load::body(product).await?)?;
    let baseline: Value = serde_json::from_slice(&load::body(baseline).await?)?;
    ensure!(
        product["data"].as_array().is_some_and(|rows| rows.len() == 100),
        "no full page of rows"
    );
    ensure!(product["data"] == baseline["data"], "the baseline's rows differ");
    ensure!(product["metadata"]["total"] == baseline["metadata"]["total"], "the totals differ");
    eprintln!("total {}", product["metadata"]["total"]);
    Ok(())
}

/// A simulated catalogue of the size of a recorded year, most of it open.
async fn fill(database: &Database) -> anyhow::Result<()> {
    empty(database).await?;
    let options = WorldOptions::new(7, Utc::now()).scale(0.1).markets(MARKETS);
    let world = tokio::task::spawn_blocking(move || World::generate(&options)).await?;
    let log = Served::start(Lab::world(world)).await?.sync_into(database).await?;
    eprintln!("{} simulated markets", log.counts.inserted);
    Ok(())
}

pub(crate) async fn serve(
    database: &Database,
    stop: &CancellationToken,
) -> anyhow::Result<SocketAddr> {
    let settings = Settings {
        admin_token: None,
        sync_interval: Duration::from_hours(1),
        public_url: None,
        request_timeout: Settings::REQUEST_TIMEOUT,
    };
    // Nothing is asked of it here.
    let endpoints = Endpoints::public()?;
    let limits = Arc::new(Limits::default());
    let upstream = Arc::new(Upstream::new(endpoints, UpstreamOptions::default(), limits)?);
    let parts = Parts {
        catalog: CatalogHandle::new(follow::load(database).await?),
        database: database.clone(),
        sync: SyncFeed::connect(database).await?,
        live: Live::new(LiveBooks::default(), upstream),
        metrics: api::metrics::install()?,
        settings,
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let router = server::http::router(AppState::new(parts, stop.clone()));
    tokio::spawn(server::http::serve(listener, router, stop.clone(), Duration::from_secs(1)));
    Ok(address)
}
