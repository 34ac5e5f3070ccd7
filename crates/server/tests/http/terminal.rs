//! A whole terminal over a lab: catalogue, books, recorder and server, all of it the program's own, on a world that
//! stands still until it is told to go on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use ingest::live::{LiveOptions, LiveService};
use ingest::record::{RecordingOptions, RecordingService};
use ingest::{CatalogueSync, ClosedScope, IngestOptions};
use lab::{Enforcement, Fault, Lab, World, WorldOptions};
use polymarket::clob::ClobClient;
use polymarket::gamma::GammaClient;
use polymarket::ws::activity::ActivityOptions;
use polymarket::ws::market::MarketOptions;
use polymarket::ws::{Clock, ConnectionOptions};
use polymarket::{Endpoints, Limits, Upstream, UpstreamOptions};
use serde_json::{Value, json};
use server::catalog::CatalogHandle;
use server::live::{Live, publish};
use server::{follow, sync_feed::SyncFeed};
use store::lock::{IngestLock, Work};
use store::sync_logs::{self, SyncKind, SyncTrigger};
use store::testing::TestDatabase;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::support::{TestServer, settings};

/// Longer than anything takes; who waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(25);

/// How often some books are compared with a request.
pub(crate) const CANARY_EVERY: Duration = Duration::from_millis(300);

/// A terminal, the lab below it, and the database between them.
pub(crate) struct Terminal {
    pub(crate) server: TestServer,
    pub(crate) lab: Lab,
    database: TestDatabase,
    upstream: Arc<Upstream>,
    base: String,
    http: reqwest::Client,
    _stop: DropGuard,
}

/// What a terminal does beside serving.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Follows the busiest books through the market channel alone.
    Follows,
    /// Follows them, and fetches all of them every second.
    Polls,
    /// Follows none but those that are looked at, and never finds a connection.
    Fetches,
    /// Follows books, and records.
    Records,
}

impl Terminal {
    /// A terminal on a small world of this seed, in which people trade `activity` times as often as usual.
    pub(crate) async fn start(seed: u64, activity: f64, role: Role) -> Self {
        let present: DateTime<Utc> = "2026-11-23T12:00:00Z".parse().unwrap();
        let options = WorldOptions::new(seed, present).scale(0.02).markets(150).activity(activity);
        let lab = Lab::world(World::generate(&options));
        lab.limits().set(Enforcement::Off).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        tokio::spawn(lab::serve(listener, lab.clone(), stop.clone()));

        let endpoints = Endpoints::below(&base).unwrap();
        let upstream = upstream(endpoints.clone());
        let database = TestDatabase::create().await;
        let gamma = GammaClient::new(upstream.clone());
        sync(&database, gamma, &stop).await;
        let catalog = CatalogHandle::new(follow::load(&database).await.unwrap());
        tokio::spawn(follow::follow((*database).clone(), catalog.clone(), stop.clone()));
        let feed = SyncFeed::connect(&database).await.unwrap();
        tokio::spawn(feed.follow((*database).clone(), catalog.clone(), stop.clone()));

        let clob = ClobClient::new(upstream.clone());
        let live = live_options(role);
        let (service, announced) =
            LiveService::new((*database).clone(), clob, &endpoints, live).unwrap();
        let books = service.books();
        if role != Role::Fetches {
            tokio::spawn(service.run(stop.clone()));
        }
        if role == Role::Records {
            let recorder = RecordingService::new(
                (*database).clone(),
                upstream.clone(),
                endpoints,
                books.clone(),
                recording_options(&lab),
                announced,
            );
            tokio::spawn(recorder.run(stop.clone()));
        }
        let live = Live::new(books, upstream.clone());
        tokio::spawn(publish(live.clone(), (*database).clone(), stop.clone()));
        let server =
            TestServer::with_upstream((*database).clone(), catalog, settings(), live).await;
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { server, lab, database, upstream, base, http, _stop: stop.drop_guard() }
    }

    /// Reads the whole catalogue once more, and waits until it is shown.
    pub(crate) async fn sync(&self) {
        let gamma = GammaClient::new(self.upstream.clone());
        sync(&self.database, gamma, &CancellationToken::new()).await;
        let newest = follow::load(&self.database).await.unwrap().generation();
        self.until("the new catalogue", async || {
            self.server.app.catalog().current().generation() >= newest
        })
        .await;
    }

    /// The world's time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.lab.with_world(|world| world.now()).unwrap()
    }

    /// Lets time pass in the world; when this returns, all that happened was told on the sockets.
    pub(crate) async fn advance(&self, by: TimeDelta) {
        let body = json!({ "advance_ms": by.num_milliseconds() });
        let url = format!("{}/lab/clock", self.base);
        assert!(self.http.post(url).json(&body).send().await.unwrap().status().is_success());
    }

    /// Switches a fault on.
    pub(crate) fn inject(&self, fault: Fault) {
        self.lab.inject(fault).unwrap();
    }

    /// How often faults struck that are on.
    pub(crate) fn strikes(&self) -> u64 {
        self.lab.faults().active().iter().map(|fault| fault.strikes).sum()
    }

    /// What the exchange itself answers.
    pub(crate) async fn exchange(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// Rows of markets, as the API lists them.
    pub(crate) async fn markets(&self, query: &str) -> Vec<Value> {
        let list = self.server.json(&format!("/api/polymarket/markets?{query}")).await;
        list["data"].as_array().unwrap().clone()
    }

    /// The `data` of an answer of the API.
    pub(crate) async fn data(&self, path: &str) -> Value {
        self.server.json(path).await["data"].take()
    }

    /// A market's book as the API shows it.
    pub(crate) async fn book(&self, market: &Value) -> Value {
        self.data(&format!("/api/polymarket/order-book/{}", text(market, "market_id"))).await
    }

    /// The levels of a book as the exchange has it, best first: prices and shares, bids and asks.
    pub(crate) async fn true_levels(&self, market: &Value) -> [Vec<(f64, f64)>; 2] {
        let token = market["token_ids"][0].as_str().unwrap();
        let book = self.exchange(&format!("/clob/book?token_id={token}")).await;
        ["bids", "asks"].map(|side| {
            let number = |level: &Value, name: &str| text(level, name).parse::<f64>().unwrap();
            let level = |level: &Value| (number(level, "price"), number(level, "size"));
            // Upstream's best is last.
            book[side].as_array().unwrap().iter().rev().map(level).collect()
        })
    }

    /// Waits until a market's book is live and the exchange's, level by level.
    pub(crate) async fn live_and_true(&self, market: &Value) {
        self.until("a live book that is the exchange's", async || {
            let book = self.book(market).await;
            book["state"] == "live" && levels(&book) == self.true_levels(market).await
        })
        .await;
    }

    /// Waits for something.
    pub(crate) async fn until(&self, what: &str, mut condition: impl AsyncFnMut() -> bool) {
        let begin = Instant::now();
        while !condition().await {
            assert!(begin.elapsed() < PATIENCE, "did not happen in time: {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The levels of a book as the API shows it, best first.
pub(crate) fn levels(book: &Value) -> [Vec<(f64, f64)>; 2] {
    ["bids", "asks"].map(|side| {
        let number = |level: &Value, name: &str| level[name].as_f64().unwrap();
        let level = |level: &Value| (number(level, "price"), number(level, "shares"));
        book[side].as_array().unwrap().iter().map(level).collect()
    })
}

pub(crate) fn text<'a>(row: &'a Value, member: &str) -> &'a str {
    row[member].as_str().unwrap_or_else(|| panic!("no {member} in {row}"))
}

/// Requests without limits, given up soon.
fn upstream(endpoints: Endpoints) -> Arc<Upstream> {
    let options = UpstreamOptions {
        max_attempts: 2,
        backoff_base: Duration::from_millis(1),
        backoff_cap: Duration::from_millis(5),
        retry_after_cap: Duration::from_millis(20),
        block_cool_down: Duration::from_millis(20),
        use_system_proxy: false,
        ..UpstreamOptions::default()
    };
    Arc::new(Upstream::new(endpoints, options, Arc::new(Limits::unlimited())).unwrap())
}

/// Reads the whole catalogue, what is closed with it.
async fn sync(database: &TestDatabase, gamma: GammaClient, cancel: &CancellationToken) {
    let lock = IngestLock::try_acquire(database, Work::Catalogue).await.unwrap().unwrap();
    let options = IngestOptions { closed: ClosedScope::All, ..IngestOptions::default() };
    let sync = CatalogueSync::new(gamma, (**database).clone(), options, lock, cancel.clone());
    let asked =
        sync_logs::request(database.service(), SyncKind::Full, SyncTrigger::Manual, None).await;
    sync.run(&asked.unwrap().sync).await.unwrap();
    sync.release().await;
}

/// Connections that are made again at once.
fn quick(connection: ConnectionOptions) -> ConnectionOptions {
    ConnectionOptions {
        stagger: Duration::from_millis(1),
        backoff_base: Duration::from_millis(1),
        backoff_cap: Duration::from_millis(50),
        seed: Some(1),
        use_system_proxy: false,
        ..connection
    }
}

fn live_options(role: Role) -> LiveOptions {
    LiveOptions {
        busiest: if role == Role::Fetches { 0 } else { 60 },
        choose_every: Duration::from_hours(1),
        canary_every: CANARY_EVERY,
        refetch_every: Duration::from_secs(if role == Role::Polls { 1 } else { 3_600 }),
        channel: MarketOptions {
            connection: quick(ConnectionOptions::default()),
            // Minutes of a busy world are told at once.
            queue: 1_000_000,
            ..MarketOptions::default()
        },
    }
}

fn recording_options(lab: &Lab) -> RecordingOptions {
    let activity = ActivityOptions::default();
    let lab = lab.clone();
    RecordingOptions {
        tape_every: Duration::from_millis(50),
        tape_back: TimeDelta::hours(2),
        windows_every: Duration::from_hours(1),
        long_windows_every: Duration::from_hours(1),
        oracle_every: Duration::from_millis(200),
        history_every: Duration::from_hours(1),
        history_markets: 0,
        activity: ActivityOptions { connection: quick(activity.connection), ..activity },
        clock: Clock::new(move || lab.with_world(|world| world.now()).unwrap()),
        ..RecordingOptions::default()
    }
}
