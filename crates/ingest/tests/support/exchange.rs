//! A lab that stands still until it is told to go on, with a database that holds its catalogue.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::MarketId;
use ingest::ClosedScope;
use lab::{Enforcement, Fault, FaultKind, Lab, World, WorldOptions};
use polymarket::clob::ClobClient;
use polymarket::data::DataClient;
use polymarket::gamma::GammaClient;
use polymarket::ws::{Clock, ConnectionOptions};
use polymarket::{Endpoints, Upstream};
use serde_json::{Value, json};
use store::sync_logs::{SyncKind, SyncState};
use store::testing::TestDatabase;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A lab that is served, and a database that is synced from it.
pub(crate) struct Exchange {
    pub(crate) lab: Lab,
    pub(crate) database: TestDatabase,
    pub(crate) endpoints: Endpoints,
    pub(crate) upstream: Arc<Upstream>,
    base: String,
    http: reqwest::Client,
    _stop: DropGuard,
}

impl Exchange {
    /// A small world of this seed, in which people trade `activity` times as often as usual.
    pub(crate) async fn open(seed: u64, activity: f64) -> Self {
        Self::open_knowing(seed, activity, ClosedScope::All).await
    }

    /// The same with a catalogue of open markets and of so much of the past.
    pub(crate) async fn open_knowing(seed: u64, activity: f64, closed: ClosedScope) -> Self {
        let options = Self::options(seed).scale(0.02).markets(200).activity(activity);
        let exchange = Self::of_world(&options).await;
        exchange.sync_as(SyncKind::Full, closed).await;
        exchange
    }

    /// A world of the standard size.
    pub(crate) fn options(seed: u64) -> WorldOptions {
        WorldOptions::new(seed, DateTime::from_timestamp(1_795_392_000, 0).unwrap())
    }

    /// A world of which nothing is known yet.
    pub(crate) async fn of_world(options: &WorldOptions) -> Self {
        let lab = Lab::world(World::generate(options));
        lab.limits().set(Enforcement::Off).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(lab::serve(listener, lab.clone(), stop.clone()));
        let at = |scheme: &str, host: &str| format!("{scheme}://{address}/{host}");
        let endpoints = Endpoints::new(
            &at("http", "gamma"),
            &at("http", "clob"),
            &at("http", "data"),
            &at("ws", "ws"),
            &at("ws", "rtds"),
        );
        let endpoints = endpoints.unwrap().with_user_pnl(&at("http", "user-pnl")).unwrap();
        Self {
            lab,
            database: TestDatabase::create().await,
            upstream: super::upstream(endpoints.clone()),
            endpoints,
            base: format!("http://{address}"),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            _stop: stop.drop_guard(),
        }
    }

    /// Brings the catalogue up to date.
    pub(crate) async fn sync(&self) {
        self.sync_as(SyncKind::Full, ClosedScope::All).await;
    }

    /// The same in some way, with so much of the past.
    pub(crate) async fn sync_as(&self, kind: SyncKind, closed: ClosedScope) {
        let client = GammaClient::new(self.upstream.clone());
        let ended = super::sync(&self.database, client, kind, closed).await;
        assert_eq!((ended.status, ended.error), (SyncState::Success, None));
    }

    /// The address of the lab's hosts, each below its name.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn clob(&self) -> ClobClient {
        ClobClient::new(self.upstream.clone())
    }

    pub(crate) fn data(&self) -> DataClient {
        DataClient::new(self.upstream.clone())
    }

    /// The world's time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.lab.with_world(|world| world.now()).unwrap()
    }

    /// A clock that tells the world's time.
    pub(crate) fn clock(&self) -> Clock {
        let lab = self.lab.clone();
        Clock::new(move || lab.with_world(|world| world.now()).unwrap())
    }

    /// Lets time pass; when this returns, all that happened was told on the sockets.
    pub(crate) async fn advance(&self, by: TimeDelta) {
        let url = format!("{}/lab/clock", self.base);
        let body = json!({ "advance_ms": by.num_milliseconds() });
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// The JSON that the lab answers at a path of its own.
    pub(crate) async fn told(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}/lab/{path}", self.base)).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// Switches a fault on.
    pub(crate) fn inject(&self, fault: Fault) {
        self.lab.inject(fault).unwrap();
    }

    /// How often faults struck that are on.
    pub(crate) fn strikes(&self) -> u64 {
        self.lab.faults().active().iter().map(|fault| fault.strikes).sum()
    }

    /// How often the lab was asked at routes that begin so.
    pub(crate) fn requests(&self, prefix: &str) -> u64 {
        let requests = self.lab.requests();
        requests.iter().filter(|(route, _)| route.starts_with(prefix)).map(|(_, count)| count).sum()
    }

    /// One number out of the database.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.database.service()).await.unwrap()
    }
}

/// Connections that are made again at once.
pub(crate) fn quick(connection: ConnectionOptions) -> ConnectionOptions {
    ConnectionOptions {
        stagger: Duration::from_millis(1),
        backoff_base: Duration::from_millis(1),
        backoff_cap: Duration::from_millis(50),
        seed: Some(1),
        use_system_proxy: false,
        ..connection
    }
}

/// A fault on the market channel.
pub(crate) fn on_stream(kind: FaultKind) -> Fault {
    Fault::on("/ws", kind)
}

/// A market's id.
pub(crate) fn market_id(text: &str) -> MarketId {
    MarketId::parse(text).unwrap()
}
