//! Wallets over HTTP: a server and importers over a small simulated world.

mod boards;
mod books;
mod command;
mod contradictions;
mod importing;
mod large;
mod lists;
mod naming;

use std::{net::SocketAddr, time::Duration};

use chrono::{DateTime, Utc};
use domain::Address;
use ingest::wallets::{WalletClients, WalletOptions, WalletService};
use lab::{Enforcement, Lab, World, WorldOptions};
use polymarket::{
    data::DataClient,
    gamma::{CrawlQuery, EventsQuery, GammaClient, KeysetCrawl},
    user_pnl::UserPnlClient,
};
use serde_json::Value;
use store::{
    Database, catalogue,
    notify::{Listener, Notice},
    testing::TestDatabase,
    wallets::{self, imports::IMPORTED_CHANNEL},
};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::support::{TestServer, load, settings, upstream_at};

/// Longer than any import of these tests takes.
const PATIENCE: Duration = Duration::from_mins(2);

/// A server, importers, and the world that both look at. It stands still.
struct Bench {
    server: TestServer,
    database: TestDatabase,
    /// Where the world is.
    base: String,
    /// The world itself, to go wrong as told.
    lab: Lab,
    clients: WalletClients,
    _stop: DropGuard,
}

impl Bench {
    async fn start() -> Self {
        let now = DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap();
        let options = WorldOptions::new(11, now).scale(0.02).markets(120);
        let lab = Lab::world(World::generate(&options));
        lab.limits().set(Enforcement::Off).unwrap();
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        tokio::spawn(lab::serve(listener, lab.clone(), stop.clone()));
        let live = upstream_at(&base);
        let upstream = live.upstream().clone();
        let clients = WalletClients {
            data: DataClient::new(upstream.clone()),
            gamma: GammaClient::new(upstream.clone()),
            user_pnl: UserPnlClient::new(upstream),
        };
        let database = TestDatabase::create().await;
        fill(&database, &clients).await;
        let catalog = load(&database).await;
        let server =
            TestServer::with_upstream(database.database().clone(), catalog, settings(), live).await;
        Self { server, database, base, lab, clients, _stop: stop.drop_guard() }
    }

    /// Imports what is asked for, for as long as the value lives.
    fn importers(&self) -> DropGuard {
        let database = self.database.database().clone();
        // Nobody is imported that the test does not ask for.
        let options = WalletOptions { board_length: 0, ..WalletOptions::default() };
        let service = WalletService::new(database, self.clients.clone(), options);
        let stop = CancellationToken::new();
        tokio::spawn(service.run(stop.clone()));
        stop.drop_guard()
    }

    async fn told(&self, path: &str) -> Value {
        reqwest::get(format!("{}{path}", self.base)).await.unwrap().json().await.unwrap()
    }

    /// Wallets with the most tokens, as the exchange has it.
    async fn busiest(&self, count: usize) -> Vec<Address> {
        let people = self.told("/lab/truth/wallets").await;
        let mut all = Vec::new();
        for person in people.as_array().unwrap().iter().take(80) {
            let address = person["address"].as_str().unwrap();
            let account = self.told(&format!("/lab/truth/wallets/{address}/account")).await;
            let held = account["holdings"].as_array().unwrap();
            let touched = held.iter().filter(|one| one["bought"] != 0).count();
            all.push((touched, Address::parse(address).unwrap()));
        }
        all.sort_by(|a, b| b.cmp(a));
        all.into_iter().take(count).map(|(_, address)| address).collect()
    }

    /// An imported wallet that fits one page of a list and fills several small ones.
    async fn modest(&self) -> Address {
        for wallet in self.busiest(40).await.into_iter().rev() {
            self.import(std::slice::from_ref(&wallet)).await;
            let profile = self.wallet(wallet.as_str(), "profile").await;
            let is_whole = profile["data"]["history"]["completeness"] == "full";
            let rows = profile["data"]["history"]["activity_count"].as_u64().unwrap();
            let open = self.wallet(wallet.as_str(), "positions").await;
            if is_whole && (60..1_000).contains(&rows) && rows_of(&open) > 0 {
                return wallet;
            }
        }
        panic!("no wallet is of that size");
    }

    async fn wallet(&self, who: &str, what: &str) -> Value {
        self.server.json(&format!("/api/polymarket/wallet/{who}/{what}")).await
    }

    /// Asks for wallets by looking at them, and waits until they are imported.
    async fn import(&self, wallets: &[Address]) {
        let mut heard =
            Listener::connect(self.database.database(), &[IMPORTED_CHANNEL]).await.unwrap();
        for wallet in wallets {
            let state = self.wallet(wallet.as_str(), "profile").await;
            assert_eq!(state["success"], true, "{state}");
        }
        let all_imported = async {
            loop {
                let held = wallets::get_all(self.database.service(), wallets).await.unwrap();
                let imported = held.iter().filter(|wallet| wallet.history.is_some()).count();
                if imported == wallets.len() {
                    return;
                }
                let _: Notice = heard.next().await;
            }
        };
        tokio::time::timeout(PATIENCE, all_imported).await.expect("they are imported");
    }
}

/// Writes the catalogue of the world, what is closed included.
async fn fill(database: &Database, clients: &WalletClients) {
    let now = Utc::now();
    let mut connection = database.service().acquire().await.unwrap();
    // Nothing is imported into the catalogue of another world.
    clients.data.status().await.unwrap();
    let origin = clients.data.origin().unwrap();
    store::origin::claim(&mut connection, &origin, now).await.unwrap();
    catalogue::prepare_history(&mut connection, now).await.unwrap();
    for closed in [false, true] {
        let query = EventsQuery { closed: Some(closed), ..EventsQuery::default() };
        let mut crawl = KeysetCrawl::new(clients.gamma.clone(), CrawlQuery::Events(query));
        while let Some(page) = crawl.next_page().await.unwrap() {
            let (events, markets) = (&page.events, &page.markets);
            catalogue::apply(&mut connection, None, now, events, markets).await.unwrap();
        }
    }
}

fn rows_of(reply: &Value) -> usize {
    rows(reply).len()
}

fn rows(reply: &Value) -> &[Value] {
    reply["data"].as_array().unwrap_or_else(|| panic!("no list: {reply}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}
