//! Wallets over HTTP: a server and importers over a small simulated world.

use std::{collections::HashMap, net::SocketAddr};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, Contract};
use ingest::wallets::{WalletClients, WalletOptions, WalletService};
use lab::{Enforcement, Lab, World, WorldOptions};
use polymarket::{
    data::DataClient,
    gamma::{CrawlQuery, EventsQuery, GammaClient, KeysetCrawl},
    user_pnl::UserPnlClient,
};
use reqwest::Method;
use serde_json::Value;
use store::{
    Database, catalogue,
    notify::{Listener, Notice},
    testing::TestDatabase,
    wallets::{
        self,
        imports::{self, IMPORTED_CHANNEL, Priority},
    },
};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    export::parse,
    support::{TestServer, load, settings, upstream_at, with_token},
};

/// A server, importers, and the world that both look at. It stands still.
struct Bench {
    server: TestServer,
    database: TestDatabase,
    lab: String,
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
        tokio::spawn(lab::serve(listener, lab, stop.clone()));
        let live = upstream_at(&base);
        let upstream = live.upstream().clone();
        let clients = WalletClients {
            data: DataClient::new(upstream.clone()),
            gamma: GammaClient::new(upstream.clone()),
            user_pnl: UserPnlClient::new(upstream),
        };
        let database = TestDatabase::create().await;
        fill(&database, &clients.gamma).await;
        let catalog = load(&database).await;
        let server =
            TestServer::with_upstream(database.database().clone(), catalog, settings(), live).await;
        Self { server, database, lab: base, clients, _stop: stop.drop_guard() }
    }

    /// Imports what is asked for, for as long as the value lives.
    fn importers(&self) -> DropGuard {
        let database = self.database.database().clone();
        let service = WalletService::new(database, self.clients.clone(), WalletOptions::default());
        let stop = CancellationToken::new();
        tokio::spawn(service.run(stop.clone()));
        stop.drop_guard()
    }

    async fn told(&self, path: &str) -> Value {
        reqwest::get(format!("{}{path}", self.lab)).await.unwrap().json().await.unwrap()
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
        loop {
            let held = wallets::get_all(self.database.service(), wallets).await.unwrap();
            if held.iter().filter(|wallet| wallet.history.is_some()).count() == wallets.len() {
                return;
            }
            let _: Notice = heard.next().await;
        }
    }
}

/// Writes the catalogue of the world, what is closed included.
async fn fill(database: &Database, gamma: &GammaClient) {
    let now = Utc::now();
    let mut connection = database.service().acquire().await.unwrap();
    catalogue::prepare_history(&mut connection, now).await.unwrap();
    for closed in [false, true] {
        let query = EventsQuery { closed: Some(closed), ..EventsQuery::default() };
        let mut crawl = KeysetCrawl::new(gamma.clone(), CrawlQuery::Events(query));
        while let Some(page) = crawl.next_page().await.unwrap() {
            let (events, markets) = (&page.events, &page.markets);
            catalogue::apply(&mut connection, None, now, events, markets).await.unwrap();
        }
    }
}

fn rows(reply: &Value) -> &[Value] {
    reply["data"].as_array().unwrap_or_else(|| panic!("no list: {reply}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

const PARTS: [&str; 8] =
    ["profile", "positions", "closed-positions", "activity", "trades", "value", "pnl", "exposure"];

#[tokio::test(flavor = "multi_thread")]
async fn what_names_no_wallet_is_refused_with_the_remedy() {
    let server = TestServer::start().await;
    for part in PARTS.iter().chain(&["metrics", "activity.csv", "trades.csv"]) {
        let short =
            format!("/api/polymarket/wallet/0x379a410a36c101e3b8dfb6c90d1176eb0def4b1/{part}");
        let response = server.get(&short).await;
        assert_eq!(response.status(), 400, "{part}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], "invalid_query");
        let field = &body["error"]["details"]["fields"][0];
        assert_eq!(field["field"], "address");
        let message = field["message"].as_str().unwrap();
        assert!(message.contains("40 hexadecimal digits"), "{message}");
        assert!(message.contains("this has 39 digits"), "{message}");

        let contract = Contract::NegRiskAdapter.address().to_uppercase().replace("0X", "0x");
        let response = server.get(&format!("/api/polymarket/wallet/{contract}/{part}")).await;
        assert_eq!(response.status(), 400, "{part}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], "protocol_contract");
        assert_eq!(body["error"]["details"]["contract"], "Neg Risk Adapter");
        assert!(body["error"]["message"].as_str().unwrap().contains("Neg Risk Adapter"));
    }
    let page = "https%3A%2F%2Fpolymarket.com%2Fevent%2Felection";
    assert_eq!(server.get(&format!("/api/polymarket/wallet/{page}/pnl")).await.status(), 400);
    let bad = format!("/api/polymarket/wallet/0x{:040x}/pnl?range=5d", 7);
    let refused = server.json(&bad).await;
    assert_eq!(refused["error"]["details"]["fields"][0]["field"], "range");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_nobody_heard_of_is_asked_for_and_answered_at_once() {
    let bench = Bench::start().await;
    let wallet = bench.busiest(1).await.remove(0);
    let nobody = Address::parse(&format!("0x{:040x}", 0xdead)).unwrap();
    // No importer runs, so nothing can be imported while the answers are read.
    for address in [&wallet, &nobody] {
        let first = bench.wallet(address.as_str(), "profile").await;
        assert_eq!(first["data"]["import"]["state"], "unknown", "{first}");
        assert_eq!(first["data"]["history"], Value::Null);
        assert_eq!(first["data"]["badges"], Value::Array(Vec::new()));
        assert_eq!(first["metadata"]["history"], Value::Null);
        let second = bench.wallet(address.as_str(), "positions").await;
        assert_eq!(second["metadata"]["import"]["state"], "waiting", "{second}");
        assert_eq!((rows(&second).len(), &second["metadata"]["total"]), (0, &Value::Null));
    }
    let value = bench.wallet(wallet.as_str(), "value").await["data"].clone();
    assert_eq!((&value["value_usdc"], &value["withheld"]), (&Value::Null, &"not_imported".into()));
    let pnl = bench.wallet(wallet.as_str(), "pnl").await["data"].clone();
    assert_eq!((&pnl["totals"], &pnl["completeness"]), (&Value::Null, &Value::Null));
    let metrics = bench.wallet(wallet.as_str(), "metrics").await;
    assert_eq!(metrics["data"]["metrics"], Value::Null);
    let planned = imports::state(bench.database.service(), &wallet, Utc::now()).await.unwrap();
    assert_eq!(planned.unwrap().priority, Priority::Asked);

    let _importers = bench.importers();
    bench.import(&[wallet.clone(), nobody.clone()]).await;
    let known = bench.wallet(wallet.as_str(), "profile").await["data"].clone();
    assert_eq!(
        (&known["import"]["state"], &known["found_by"]),
        (&"imported".into(), &"asked".into())
    );
    assert!(known["history"]["activity_count"].as_u64().unwrap() > 0, "{known}");
    let empty = bench.wallet(nobody.as_str(), "profile").await["data"].clone();
    assert_eq!(empty["import"]["state"], "empty", "{empty}");
    assert_eq!(empty["history"]["activity_count"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_is_found_by_whatever_people_call_it() {
    let bench = Bench::start().await;
    let _importers = bench.importers();
    let wallets = bench.busiest(6).await;
    bench.import(&wallets).await;
    let mut named = None;
    for wallet in &wallets {
        let address = wallet.as_str();
        let reply = bench.wallet(address, "profile").await;
        assert_eq!(reply["metadata"]["resolved_by"], Value::Null);
        let upper = address.to_uppercase();
        let page = format!("https%3A%2F%2Fpolymarket.com%2Fprofile%2F{address}%3Ftab%3Dactivity");
        for written in [upper.replacen("0X", "0x", 1), upper, page] {
            let same = bench.wallet(&written, "profile").await;
            assert_eq!(same["data"], reply["data"], "{written}");
        }
        if let Some(name) = reply["data"]["name"].as_str() {
            named = Some((name.to_owned(), address.to_owned()));
        }
    }
    let (name, address) = named.expect("one of them has chosen a name");
    for written in [name.clone(), format!("@{}", name.to_uppercase())] {
        let reply = bench.wallet(&written, "profile").await;
        assert_eq!(reply["metadata"]["address"], *address, "{reply}");
        assert_eq!(reply["metadata"]["resolved_by"], "name");
        assert_eq!(reply["metadata"]["resolved_from"], *written);
    }
    let page = bench.wallet(&format!("https%3A%2F%2Fpolymarket.com%2F%40{name}"), "value").await;
    assert_eq!(page["metadata"]["address"], *address);
    let nobody = bench.server.get("/api/polymarket/wallet/nobody-goes-by-this/profile").await;
    assert_eq!(nobody.status(), 404);
    let body: Value = nobody.json().await.unwrap();
    assert_eq!(body["error"]["code"], "wallet_not_found");

    let search = async |text: String| {
        bench.server.json(&format!("/api/polymarket/wallets/search?q={text}")).await["data"].clone()
    };
    let beginning: String = name.chars().take(4).collect::<String>().to_uppercase();
    let found = search(beginning).await;
    let hit = found["wallets"].as_array().unwrap().iter().find(|one| one["address"] == *address);
    assert_eq!(hit.unwrap()["imported"], true, "{found}");
    let found = search(address.to_uppercase().replacen("0X", "0x", 1)).await;
    assert_eq!(found["wallets"][0]["address"], *address);
    let found = search(Contract::ExchangeV2.address().to_owned()).await;
    assert_eq!((&found["contract"], rows_of(&found)), (&"CTF Exchange V2".into(), 0));
    assert_eq!(rows_of(&search(String::new()).await), 0);
}

fn rows_of(found: &Value) -> usize {
    found["wallets"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_answered_for_with_the_wallet_it_signs_for() {
    let bench = Bench::start().await;
    let people = bench.told("/lab/truth/wallets").await;
    let mut found = None;
    for person in people.as_array().unwrap() {
        let wallet = person["address"].as_str().unwrap();
        let said = bench.told(&format!("/gamma/comments/user_address/{wallet}")).await;
        let mut keys = said.as_array().into_iter().flatten();
        if let Some(key) = keys.find_map(|row| row["userAddress"].as_str()) {
            found = Some((wallet.to_owned(), key.to_owned()));
            break;
        }
    }
    let (wallet, key) = found.expect("somebody has said something");
    assert_ne!(wallet, key);
    let reply = bench.wallet(&key, "profile").await;
    assert_eq!(reply["data"]["address"], *wallet, "{reply}");
    assert_eq!(reply["metadata"]["resolved_from"], *key);
    assert_eq!(reply["metadata"]["resolved_by"], "key");
    // Nothing is imported by the key, which has no history.
    let key = Address::parse(&key).unwrap();
    assert_eq!(wallets::get(bench.database.service(), &key).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_are_the_exchanges_and_everything_adds_up() {
    let bench = Bench::start().await;
    let _importers = bench.importers();
    let wallets = bench.busiest(4).await;
    bench.import(&wallets).await;
    let mut full = 0;
    for wallet in &wallets {
        let address = wallet.as_str();
        let reply = bench.wallet(address, "positions").await;
        let is_full = reply["metadata"]["history"]["completeness"] == "full";
        full += u32::from(is_full);
        assert_eq!(reply["metadata"]["total"], rows(&reply).len());
        holds_what_the_exchange_says(&bench, address, &reply, is_full).await;

        let mut closed = Vec::new();
        loop {
            let path = format!("closed-positions?limit=7&offset={}", closed.len());
            let page = bench.wallet(address, &path).await;
            closed.extend(rows(&page).iter().cloned());
            if rows(&page).len() < 7 {
                assert_eq!(page["metadata"]["total"], closed.len());
                break;
            }
        }
        let tokens: std::collections::HashSet<_> =
            closed.iter().map(|row| row["market"]["token_id"].to_string()).collect();
        assert_eq!(tokens.len(), closed.len(), "each token once");

        let value = bench.wallet(address, "value").await["data"].clone();
        if value["withheld"] == Value::Null {
            let shares = rows(&reply).iter().map(|row| number(&row["value_usdc"]));
            let sum = shares.sum::<f64>() + value["redeemable_usdc"].as_f64().unwrap_or_default();
            assert!((number(&value["value_usdc"]) - sum).abs() < 1e-5, "{value}, {sum}");
        }
        assert_eq!(value["cash_usdc"], Value::Null);
        figures_add_up(&bench, address, is_full).await;
    }
    assert!(full > 0);
}

async fn holds_what_the_exchange_says(bench: &Bench, address: &str, reply: &Value, is_full: bool) {
    let account = bench.told(&format!("/lab/truth/wallets/{address}/account")).await;
    let truth: HashMap<_, _> = account["holdings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| ((one["condition_id"].to_string(), one["outcome"].to_string()), one))
        .collect();
    for row in rows(reply) {
        let market = &row["market"];
        assert!(market["title"].is_string() && market["event"]["slug"].is_string(), "{market}");
        assert!(market["outcome"].is_string(), "{market}");
        let key = (market["condition_id"].to_string(), market["outcome_index"].to_string());
        if is_full {
            let millionths = (number(&row["shares"]) * 1e6).round();
            assert!((millionths - number(&truth[&key]["shares"])).abs() < 0.5, "{row}");
        }
        if let (Some(shares), Some(price)) = (row["shares"].as_f64(), row["mark_price"].as_f64()) {
            assert!((number(&row["value_usdc"]) - shares * price).abs() < 1e-5, "{row}");
            assert!(row["mark_as_of"].is_string());
        }
        if let Some(total) = row["total_usdc"].as_f64() {
            let parts = number(&row["realized_usdc"]) + number(&row["unrealized_usdc"]);
            assert!((total - parts).abs() < 1e-5, "{row}");
        }
        let theirs = &row["venue"]["shares"];
        let differs = row["differs"].as_array().unwrap().iter().any(|name| name == "shares");
        if let (Some(ours), Some(theirs)) = (row["shares"].as_f64(), theirs.as_f64()) {
            assert_eq!(differs, (ours - theirs).abs() > 1.000_001e-4, "{row}");
        }
    }
}

async fn figures_add_up(bench: &Bench, address: &str, is_full: bool) {
    let pnl = bench.wallet(address, "pnl").await["data"].clone();
    let sources: Vec<_> =
        pnl["series"].as_array().unwrap().iter().map(|one| one["source"].clone()).collect();
    assert_eq!(sources, ["ledger", "venue", "site"]);
    assert_eq!(pnl["method"], "average_cost");
    assert_eq!(pnl["completeness"] == "full", is_full);
    let reconciled = pnl["reconciliation"].as_array().unwrap();
    assert_eq!(reconciled.len(), 5, "{reconciled:?}");
    for one in reconciled {
        let (ours, residual) = (&one["ours"]["value"], &one["residual"]["value"]);
        if let Some(ours) = ours.as_f64() {
            assert!((ours - number(&one["venue"]) - number(residual)).abs() < 1e-5, "{one}");
            let within = number(residual).abs() <= number(&one["tolerance"]);
            assert_eq!(one["class"] == "none", within, "{one}");
        } else {
            assert!(one["ours"]["withheld"].is_string(), "{one}");
            assert_ne!(one["class"], "none");
        }
    }
    let metrics = bench.wallet(address, "metrics").await["data"]["metrics"].clone();
    assert_eq!(metrics["totals"], pnl["totals"]);
    if is_full {
        let settled = metrics["settled"]["value"].as_array().unwrap();
        assert_eq!(metrics["all_time"]["value"]["events"], settled.len());
        assert!(settled.iter().all(|one| one["market"]["title"].is_string()));
        let by_one = settled.iter().map(|one| number(&one["profit_usdc"])).sum::<f64>();
        let together = number(&metrics["all_time"]["value"]["profit_usdc"]);
        assert!((by_one - together).abs() < 1e-4, "{by_one} {together}");
    }
    let exposure = bench.wallet(address, "exposure").await;
    for one in rows(&exposure) {
        assert!(one["market"]["title"].is_string(), "{one}");
        assert!(number(&one["worst_payoff_usdc"]) <= number(&one["best_payoff_usdc"]), "{one}");
    }
    let last_day = bench.wallet(address, "pnl?range=1d").await["data"].clone();
    let count = |view: &Value| view["series"][1]["points"].as_array().unwrap().len();
    assert!(count(&last_day) <= count(&pnl));
}

#[tokio::test(flavor = "multi_thread")]
async fn activity_is_paged_to_the_end_and_exported_whole() {
    let bench = Bench::start().await;
    let _importers = bench.importers();
    let wallet = bench.busiest(1).await.remove(0);
    bench.import(std::slice::from_ref(&wallet)).await;
    let address = wallet.as_str();
    for (list, kinds) in [("activity", None), ("trades", Some("trade"))] {
        let whole = bench.wallet(address, &format!("{list}?limit=1000")).await;
        assert_eq!(whole["metadata"]["next_cursor"], Value::Null, "small enough for one page");
        let mut paged = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = bench.wallet(address, &format!("{list}?limit=13{cursor}")).await;
            paged.extend(rows(&page).iter().cloned());
            match page["metadata"]["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(paged, rows(&whole), "{list}");
        assert!(paged.len() > 26, "more than two pages");
        assert!(paged.is_sorted_by(|a, b| {
            let at = |row: &Value| row["happened_at"].as_str().unwrap().parse::<DateTime<Utc>>();
            at(a).unwrap() >= at(b).unwrap()
        }));
        assert!(paged.iter().all(|row| kinds.is_none_or(|kind| row["kind"] == kind)));
        if kinds.is_none() {
            assert_eq!(whole["metadata"]["history"]["activity_count"], paged.len());
        }
        let file = bench.server.get(&format!("/api/polymarket/wallet/{address}/{list}.csv")).await;
        assert_eq!(file.headers()["content-type"], "text/csv; charset=utf-8; header=present");
        let lines = parse(&file.text().await.unwrap());
        let column = |name: &str| lines[0].iter().position(|header| header == name).unwrap();
        let (id, shares) = (column("id"), column("shares"));
        assert_eq!(lines.len(), paged.len() + 1);
        for (line, row) in lines[1..].iter().zip(&paged) {
            assert_eq!(line[id], row["id"].as_str().unwrap());
            assert_eq!(line[shares].parse::<f64>().ok(), row["shares"].as_f64());
        }
    }
    let trades = bench.wallet(address, "trades?limit=1000").await;
    let one = &rows(&trades)[0];
    let condition = one["market"]["condition_id"].as_str().unwrap();
    let slug = one["market"]["slug"].as_str().unwrap();
    let of_market = bench.wallet(address, &format!("trades?limit=1000&market={slug}")).await;
    let expected: Vec<_> =
        rows(&trades).iter().filter(|row| row["market"]["condition_id"] == condition).collect();
    assert_eq!(rows(&of_market).iter().collect::<Vec<_>>(), expected);
    let bought = bench.wallet(address, "trades?limit=1000&side=buy&min_usdc=5").await;
    let expected = rows(&trades)
        .iter()
        .filter(|row| row["side"] == "buy" && row["usdc"].as_f64().is_some_and(|usdc| usdc >= 5.0));
    assert_eq!(rows(&bought).len(), expected.count());
    let refused = bench.wallet(address, "trades?kinds=split").await;
    assert_eq!(refused["error"]["details"]["fields"][0]["field"], "kinds", "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capped_history_withholds_what_it_cannot_support() {
    let bench = Bench::start().await;
    let _importers = bench.importers();
    let wallet = bench.busiest(1).await.remove(0);
    bench.import(std::slice::from_ref(&wallet)).await;
    let pool = bench.database.service();
    let held = wallets::get(pool, &wallet).await.unwrap().unwrap().history.unwrap();
    // As if upstream had listed nothing before the middle, and that an hour ago.
    let first = held.first_active_at.unwrap();
    let middle = first + (held.last_active_at.unwrap() - first) / 2;
    let hour_ago = Utc::now() - TimeDelta::hours(1);
    let capped = wallets::History {
        completeness: "capped".to_owned(),
        since: Some(middle),
        imported_at: hour_ago,
        ..held
    };
    let mut connection = pool.acquire().await.unwrap();
    wallets::set_history(&mut connection, &wallet, &capped).await.unwrap();
    drop(connection);
    let mut heard =
        Listener::connect(bench.database.database(), &[IMPORTED_CHANNEL]).await.unwrap();
    // Being looked at, what is old is brought up to date.
    let stale = bench.wallet(wallet.as_str(), "profile").await;
    assert_eq!(stale["data"]["history"]["completeness"], "capped");
    loop {
        let history = wallets::get(pool, &wallet).await.unwrap().unwrap().history.unwrap();
        if history.imported_at > hour_ago {
            break;
        }
        let _: Notice = heard.next().await;
    }
    let profile = bench.wallet(wallet.as_str(), "profile").await["data"].clone();
    assert_eq!(profile["history"]["completeness"], "capped", "{profile}");
    let kinds: Vec<_> =
        profile["badges"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert!(!kinds.contains(&&Value::from("events")), "{kinds:?}");
    let value = bench.wallet(wallet.as_str(), "value").await["data"].clone();
    assert_eq!((&value["value_usdc"], &value["withheld"]), (&Value::Null, &"capped".into()));
    let pnl = bench.wallet(wallet.as_str(), "pnl").await["data"].clone();
    let told = |name: &str| {
        (pnl["totals"][name]["value"].clone(), pnl["totals"][name]["withheld"].clone())
    };
    for name in ["realized", "realized_fifo", "total", "roi"] {
        assert_eq!(told(name), (Value::Null, "capped".into()), "{name}");
    }
    assert_eq!(pnl["series"][0]["points"], Value::Array(Vec::new()));
    let metrics = bench.wallet(wallet.as_str(), "metrics").await["data"]["metrics"].clone();
    assert_eq!(metrics["all_time"]["value"], Value::Null);
    assert_eq!(metrics["all_time"]["withheld"], "capped");
}

#[tokio::test(flavor = "multi_thread")]
async fn schedulers_have_followed_wallets_imported_now() {
    let server = TestServer::start_with(with_token).await;
    let path = "/api/cron/refresh-wallets";
    assert_eq!(server.get(path).await.status(), 401);
    let service = server.app.database().service();
    let wallet = |number: u8| Address::parse(&format!("0x{number:040x}")).unwrap();
    let tomorrow = Utc::now() + TimeDelta::days(1);
    imports::want(service, &[wallet(1), wallet(2)], Priority::Followed, tomorrow, false)
        .await
        .unwrap();
    imports::want(service, &[wallet(3)], Priority::Background, tomorrow, false).await.unwrap();
    let refresh = async || {
        let request = server.request(Method::GET, path).bearer_auth("open-sesame");
        request.send().await.unwrap().json::<Value>().await.unwrap()["data"]["hastened"].clone()
    };
    assert_eq!(refresh().await, 2);
    assert_eq!(refresh().await, 0, "they are due already");
    let left = imports::state(service, &wallet(3), Utc::now()).await.unwrap().unwrap();
    assert!(left.due_at > Utc::now());
}
