//! Books, trades, bars and what happens, over HTTP: a server whose upstream is a small simulated world.

use std::{net::SocketAddr, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Address, ConditionId, MarketId, Price, Shares, Side, TokenId, TransactionHash, tape::Trade,
};
use lab::{Lab, World, WorldOptions};
use rust_decimal::Decimal;
use serde_json::Value;
use server::live::publish;
use store::{
    catalogue,
    testing::TestDatabase,
    trades::{self, HeardTrade, TapeSource},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    streams::next,
    support::{TestServer, load, settings, upstream_at},
};

/// A server over the catalogue of a world that stands still, and that world.
pub(crate) struct Bench {
    pub(crate) server: TestServer,
    database: TestDatabase,
    lab: String,
    /// What trades are written before: one instant for all, so that their order is their numbers'.
    began: DateTime<Utc>,
    stop: CancellationToken,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        let stop = CancellationToken::new();
        let options = WorldOptions::new(5, Utc::now()).scale(0.02).markets(100);
        let lab = Lab::world(World::generate(&options));
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(lab::serve(listener, lab, stop.clone()));
        let live = upstream_at(&base);
        let database = TestDatabase::create().await;
        fill(&database, live.upstream().clone()).await;
        let catalog = load(&database).await;
        tokio::spawn(publish(live.clone(), database.database().clone(), stop.clone()));
        let server =
            TestServer::with_upstream(database.database().clone(), catalog, settings(), live).await;
        let began = DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap();
        Self { server, database, lab: base, began, stop }
    }

    /// A row of a market that takes orders, as the API gives it.
    pub(crate) async fn market(&self) -> Value {
        let list =
            self.server.json("/api/polymarket/markets?traits=accepting_orders&limit=1").await;
        list["data"][0].clone()
    }

    async fn lab_json(&self, path: &str) -> Value {
        reqwest::get(format!("{}{path}", self.lab)).await.unwrap().json().await.unwrap()
    }

    /// A trade of a market, written as the recorder writes it.
    pub(crate) async fn record(&self, row: &Value, number: u32, side: Side, cents: i64) -> Trade {
        let trade = self.trade(row, number, side, cents);
        self.record_all(std::slice::from_ref(&trade)).await;
        trade
    }

    /// Writes trades as the recorder writes them, at once.
    pub(crate) async fn record_all(&self, trades: &[Trade]) {
        let heard = trades.iter().map(|trade| HeardTrade { trade: trade.clone(), name: None });
        let heard: Vec<HeardTrade> = heard.collect();
        let mut connection = self.database.service().acquire().await.unwrap();
        let source = TapeSource::Record;
        trades::record(&mut connection, source, &heard, Utc::now()).await.unwrap();
    }

    /// A trade of a market so many seconds before the bench began.
    pub(crate) fn trade(&self, row: &Value, number: u32, side: Side, cents: i64) -> Trade {
        Trade {
            market_id: text(row, "market_id").parse::<MarketId>().unwrap(),
            condition_id: text(row, "condition_id").parse::<ConditionId>().unwrap(),
            token_id: row["token_ids"][0].as_str().unwrap().parse::<TokenId>().unwrap(),
            outcome_index: 0,
            side,
            price: Price::new(Decimal::new(cents, 2)).unwrap(),
            shares: Shares::new(Decimal::from(number + 1)).unwrap(),
            traded_at: self.began - TimeDelta::seconds(i64::from(number)),
            transaction_hash: TransactionHash::parse(&format!("0x{number:064x}")).ok(),
            wallet: Address::parse(&format!("0x{number:040x}")).ok(),
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Writes the catalogue of the world.
async fn fill(database: &TestDatabase, upstream: Arc<polymarket::Upstream>) {
    let gamma = polymarket::gamma::GammaClient::new(upstream);
    let query = polymarket::gamma::EventsQuery { closed: Some(false), ..Default::default() };
    let query = polymarket::gamma::CrawlQuery::Events(query);
    let mut crawl = polymarket::gamma::KeysetCrawl::new(gamma, query);
    let now = Utc::now();
    let mut connection = database.service().acquire().await.unwrap();
    catalogue::prepare_history(&mut connection, now).await.unwrap();
    while let Some(page) = crawl.next_page().await.unwrap() {
        catalogue::apply(&mut connection, None, now, &page.events, &page.markets).await.unwrap();
    }
}

fn text<'a>(row: &'a Value, member: &str) -> &'a str {
    row[member].as_str().unwrap()
}

fn numbers(levels: &Value, member: &str) -> Vec<f64> {
    levels.as_array().unwrap().iter().map(|level| level[member].as_f64().unwrap()).collect()
}

#[tokio::test]
async fn a_book_that_nobody_follows_is_fetched_and_is_the_exchanges() {
    let bench = Bench::start().await;
    let row = bench.market().await;
    let path = format!("/api/polymarket/order-book/{}", text(&row, "slug"));
    let book = bench.server.json(&path).await["data"].clone();
    let token = text(&book, "token_id");
    assert_eq!(book["token_ids"], Value::Null);
    assert_eq!(row["token_ids"][0], *token);
    assert_eq!((&book["state"], &book["state_cause"]), (&"stale".into(), &"not_streamed".into()));
    assert_eq!(book["source"], "rest");

    let upstream = bench.lab_json(&format!("/clob/book?token_id={token}")).await;
    for (side, there) in [("bids", "bids"), ("asks", "asks")] {
        let parse = |level: &Value, member: &str| text(level, member).parse::<f64>().unwrap();
        // Upstream's best is last.
        let levels = upstream[there].as_array().unwrap().iter().rev();
        let (prices, sizes): (Vec<f64>, Vec<f64>) =
            levels.map(|level| (parse(level, "price"), parse(level, "size"))).unzip();
        assert_eq!(numbers(&book[side], "price"), prices, "{side}");
        assert_eq!(numbers(&book[side], "shares"), sizes, "{side}");
    }

    // The other outcome sees it in the mirror.
    let other = bench.server.json(&format!("{path}?outcome=1")).await["data"].clone();
    let mirrored: Vec<f64> =
        numbers(&book["asks"], "price").iter().map(|price| 1.0 - price).collect();
    for (one, two) in numbers(&other["bids"], "price").iter().zip(&mirrored) {
        assert!((one - two).abs() < 1e-9, "{one} {two}");
    }
}

#[tokio::test]
async fn an_order_is_walked_through_the_book() {
    let bench = Bench::start().await;
    let row = bench.market().await;
    let book = format!("/api/polymarket/order-book/{}", text(&row, "market_id"));
    let ask = bench.server.json(&book).await["data"]["asks"][0].clone();
    let (price, shares) = (ask["price"].as_f64().unwrap(), ask["shares"].as_f64().unwrap());
    // Half of the best level costs its price, and nothing more.
    let path = format!("{book}/slippage?side=buy&shares={}", shares / 2.0);
    let walked = bench.server.json(&path).await["data"].clone();
    assert_eq!(walked["average_price"].as_f64(), Some(price));
    assert_eq!((&walked["complete"], &walked["impact_cents"]), (&true.into(), &0.0.into()));
    // More than rests is not filled.
    let walked = bench.server.json(&format!("{book}/slippage?usdc=90000000")).await["data"].clone();
    assert_eq!(walked["complete"], false);
    assert!(walked["unfilled_usdc"].as_f64().unwrap() > 0.0);
    for wrong in ["", "?usdc=0", "?usdc=-1", "?usdc=1&shares=1", "?usdc=x", "?shares=1&side=hold"] {
        let refused = bench.server.json(&format!("{book}/slippage{wrong}")).await;
        assert_eq!(refused["error"]["code"], "invalid_query", "{wrong}");
    }
}

#[tokio::test]
async fn holders_are_ranked_by_side() {
    let bench = Bench::start().await;
    let list = "/api/polymarket/markets?sort=-volume_total&traits=accepting_orders&limit=1";
    let row = bench.server.json(list).await["data"][0].clone();
    let path = format!("/api/polymarket/holders?market={}&limit=5", text(&row, "condition_id"));
    let holders = bench.server.json(&path).await["data"].clone();
    let sides = holders["sides"].as_array().unwrap();
    assert_eq!(sides.len(), 2);
    let shares = numbers(&sides[0]["holders"], "shares");
    assert!(!shares.is_empty() && shares.len() <= 5);
    assert!(shares.is_sorted_by(|one, next| one >= next), "the largest first: {shares:?}");
    let total: f64 = shares.iter().sum();
    let hhi: f64 = shares.iter().map(|share| (share / total).powi(2)).sum();
    assert!((sides[0]["hhi"].as_f64().unwrap() - hhi).abs() < 1e-6);
    let missing = bench.server.json("/api/polymarket/holders").await;
    assert_eq!(missing["error"]["details"]["fields"][0]["field"], "market");
}

#[tokio::test]
async fn trades_are_paged_and_make_bars() {
    let bench = Bench::start().await;
    let row = bench.market().await;
    let id = text(&row, "market_id");
    for number in 0..25 {
        let side = if number % 2 == 0 { Side::Buy } else { Side::Sell };
        bench.record(&row, number, side, 40 + i64::from(number)).await;
    }
    let path = format!("/api/polymarket/markets/{id}/trades?limit=10");
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = bench.server.json(&format!("{path}{cursor}")).await;
        seen.extend(numbers(&page["data"], "shares"));
        match page["metadata"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let newest_first: Vec<f64> = (1..=25).map(f64::from).collect();
    assert_eq!(seen, newest_first);
    let sold = bench.server.json(&format!("{path}&side=sell&min_usdc=5")).await;
    let sold = sold["data"].as_array().unwrap();
    assert!(!sold.is_empty());
    assert!(sold.iter().all(|t| t["side"] == "sell" && t["usdc"].as_f64().unwrap() >= 5.0));
    let refused = bench.server.json(&format!("{path}&cursor=nonsense")).await;
    assert_eq!(refused["error"]["details"]["fields"][0]["field"], "cursor");

    let ohlc = format!("/api/polymarket/ohlc/{id}");
    let bars = bench.server.json(&format!("{ohlc}?range=1h&interval=1h")).await["data"].clone();
    let bars = bars["bars"].as_array().unwrap();
    let volume: f64 = bars.iter().map(|bar| bar["volume_usdc"].as_f64().unwrap()).sum();
    let expected: f64 = (0..25).map(|n| f64::from(n + 1) * (40.0 + f64::from(n)) / 100.0).sum();
    assert!((volume - expected).abs() < 1e-6, "{volume} {expected}");
    let highest = bars.iter().filter_map(|bar| bar["high"].as_f64()).fold(0.0, f64::max);
    assert!((highest - 0.64).abs() < 1e-9);
    let other = bench.server.json(&format!("{ohlc}?range=1h&interval=1h&outcome=1")).await;
    let lowest = other["data"]["bars"].as_array().unwrap().iter();
    let lowest = lowest.filter_map(|bar| bar["low"].as_f64()).fold(1.0, f64::min);
    assert!((lowest - 0.36).abs() < 1e-9, "in the mirror");
    for (wrong, field) in [
        ("?interval=2m", "interval"),
        ("?range=2d", "range"),
        ("?interval=1m&from=2026-01-01T00:00:00Z&to=2026-11-23T00:00:00Z", "interval"),
        ("?from=2026-11-23T12:00:00Z&to=2026-11-23T11:00:00Z", "from"),
        ("?outcome=2", "outcome"),
    ] {
        let refused = bench.server.json(&format!("{ohlc}{wrong}")).await;
        assert_eq!(refused["error"]["details"]["fields"][0]["field"], field, "{wrong}");
    }
}

#[tokio::test]
async fn a_market_says_what_it_is_doing_and_an_event_what_it_expects() {
    let bench = Bench::start().await;
    let row = bench.market().await;
    let path = format!("/api/polymarket/markets/{}", text(&row, "slug"));
    let analytics = bench.server.json(&path).await["data"]["analytics"].clone();
    let windows = analytics["windows"].as_array().unwrap();
    assert_eq!(windows.len(), 6);
    assert!(windows.iter().all(|w| w["trades"].is_null()), "nobody has read the tape");
    assert!(analytics["momentum"].is_null());

    let events = bench.server.json("/api/polymarket/events?limit=100").await;
    let exclusive = events["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| event["neg_risk"] == true && event["market_count"].as_u64().unwrap() > 3);
    let slug = text(exclusive.expect("a group"), "slug").to_owned();
    let event = bench.server.json(&format!("/api/polymarket/events/{slug}")).await["data"].clone();
    let distribution = &event["distribution"];
    let coherent: f64 = numbers(&distribution["outcomes"], "coherent").iter().sum();
    assert!((coherent - 1.0).abs() < 1e-6, "{coherent}");
    let raw: f64 = numbers(&distribution["outcomes"], "price").iter().sum();
    assert!((raw - distribution["raw_sum"].as_f64().unwrap()).abs() < 1e-6);
    let history = format!("/api/polymarket/events/{slug}/history?range=1d");
    let outcomes = bench.server.json(&history).await["data"]["outcomes"].clone();
    assert!((1..=8).contains(&outcomes.as_array().unwrap().len()));

    let categories = bench.server.json("/api/polymarket/categories").await["data"].clone();
    let listed: f64 = numbers(&categories, "markets").iter().sum();
    let open =
        bench.server.json("/api/polymarket/markets?limit=1").await["metadata"]["total"].clone();
    assert_eq!(Some(listed), open.as_f64());
}

#[tokio::test]
async fn what_happens_is_told_to_those_who_watch() {
    let bench = Bench::start().await;
    let list = bench.server.json("/api/polymarket/markets?traits=accepting_orders&limit=2").await;
    let (row, other) = (list["data"][0].clone(), list["data"][1].clone());
    let path = format!("/api/polymarket/stream?markets={}&kinds=trade", text(&row, "slug"));
    let mut stream = bench.server.get(&path).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut rest = String::new();
    let (name, hello, _) = next(&mut stream, &mut rest).await;
    assert_eq!(name, "hello");
    let id = text(&row, "market_id");
    assert!(bench.server.app.live().books().is_watched(id));

    bench.record(&other, 1, Side::Buy, 50).await;
    let trade = bench.record(&row, 2, Side::Buy, 51).await;
    let (name, told, data) = next(&mut stream, &mut rest).await;
    assert_eq!((name.as_str(), &data["market_id"]), ("trade", &row["market_id"]));
    assert_eq!(data["price"].as_f64(), Some(trade.price.to_f64()));

    // Who was away for a moment gets what was missed, and nothing twice.
    drop(stream);
    bench.record(&row, 3, Side::Sell, 52).await;
    let request = |last: String| {
        bench.server.request(reqwest::Method::GET, &path).header("last-event-id", last).send()
    };
    let mut again = request(told).await.unwrap();
    let mut rest = String::new();
    let names = [next(&mut again, &mut rest).await, next(&mut again, &mut rest).await];
    assert_eq!([names[0].0.as_str(), names[1].0.as_str()], ["hello", "trade"]);
    assert_eq!(names[1].2["side"], "sell");
    // Of another process nobody knows what was missed.
    let elsewhere = hello.replace(|c: char| c.is_ascii_hexdigit(), "0");
    let mut lost = request(elsewhere).await.unwrap();
    let mut rest = String::new();
    let names = [next(&mut lost, &mut rest).await.0, next(&mut lost, &mut rest).await.0];
    assert_eq!(names, ["hello", "reset"]);

    for (wrong, field) in [("?kinds=trade", "kinds"), ("?markets=1&kinds=x", "kinds")] {
        let refused = bench.server.json(&format!("/api/polymarket/stream{wrong}")).await;
        assert_eq!(refused["error"]["details"]["fields"][0]["field"], field, "{wrong}");
    }
    let unknown = bench.server.json("/api/polymarket/stream?markets=nobody").await;
    assert_eq!(unknown["error"]["code"], "market_not_found");
}

#[tokio::test]
async fn without_an_upstream_nothing_is_invented() {
    let server = TestServer::start().await;
    let book = server.json("/api/polymarket/order-book/100").await;
    assert_eq!(book["error"]["code"], "book_not_found", "no tokens");
    let holders = server.json("/api/polymarket/holders?market=100").await;
    assert_eq!(holders["error"]["code"], "book_not_found");
    let ohlc = server.json("/api/polymarket/ohlc/100").await["data"].clone();
    assert_eq!((&ohlc["bars"], &ohlc["recorded_since"]), (&Value::Array(vec![]), &Value::Null));
    assert_eq!(ohlc["history_read"], false);
    let timeline = server.json("/api/polymarket/markets/100/timeline").await;
    let kinds: Vec<_> = timeline["data"].as_array().unwrap().iter().map(|e| &e["kind"]).collect();
    assert_eq!(kinds, ["opened"]);
}
