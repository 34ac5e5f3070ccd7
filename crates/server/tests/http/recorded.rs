//! What third parties recorded of the real hosts, drawn as the program draws it, beside what the files say read by
//! the generic JSON tree.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConditionId, MarketId, TokenId};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use polymarket::HistoryRange;
use polymarket::clob::{ClobClient, HistoryQuery};
use serde_json::Value;
use store::bars::{self, HistoryDetail};
use store::catalogue;
use store::testing::TestDatabase;
use tokio::net::TcpListener;

use crate::support::{self, TestServer, load, settings, upstream_at};

const TOKENS: [&str; 2] =
    ["54533043819946592547517511176940999955633860128497669742211153063842200957669", "1"];
const CONDITION: &str = "0x0f49db97f71c68b1e42a6d16e3de93d85dbf7d4148e3f018eb79e88554be9f75";

/// A recorded body, unpacked; `None`, with a word, where recordings are absent.
fn recorded(path: &str) -> Option<Vec<u8>> {
    let root = std::env::var_os("CASCADIAN_RECORDED_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let file = root.join(path);
    if !file.exists() {
        skipped(&file);
        return None;
    }
    let packed = std::fs::read(&file).unwrap();
    if file.extension().is_none_or(|extension| extension != "gz") {
        return Some(packed);
    }
    let mut body = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut body).unwrap();
    Some(body)
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn skipped(file: &Path) {
    println!("SKIPPED: {} is absent; set CASCADIAN_RECORDED_DATA", file.display());
}

/// A host that answers one path with a body, and nothing else.
async fn host(path: &'static str, body: Vec<u8>) -> String {
    let answer = move || async move { ([("content-type", "application/json")], body.clone()) };
    let router = Router::new()
        .route(path, axum::routing::get(answer))
        .fallback(async || StatusCode::NOT_FOUND);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

/// A server with one market of the fixture under the recorded ids, and its database. Upstream is `base`.
async fn server(base: &str) -> (TestServer, TestDatabase) {
    let database = TestDatabase::create().await;
    let now = Utc::now();
    let (events, mut markets) = support::fixture(now);
    markets.truncate(5);
    let market = &mut markets[4];
    market.condition_id = ConditionId::parse(CONDITION).ok();
    market.tick_size = Some(rust_decimal::dec!(0.001));
    market.created_at = Some(now - TimeDelta::days(60));
    for (outcome, token) in market.outcomes.iter_mut().zip(TOKENS) {
        outcome.token_id = TokenId::parse(token).ok();
    }
    let mut connection = database.service().acquire().await.unwrap();
    catalogue::prepare_history(&mut connection, now).await.unwrap();
    catalogue::apply(&mut connection, None, now, &events, &markets).await.unwrap();
    drop(connection);
    let catalog = load(&database).await;
    let live = upstream_at(base);
    let server =
        TestServer::with_upstream(database.database().clone(), catalog, settings(), live).await;
    (server, database)
}

const MARKET: &str = "104";

fn number(value: &Value) -> f64 {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("{value}"))
}

/// The points of a history as the file has them, each instant once, moved by so many seconds.
fn points(body: &[u8], by_s: i64) -> BTreeMap<i64, f64> {
    let tree: Value = serde_json::from_slice(body).unwrap();
    let points = tree["history"].as_array().unwrap().iter();
    points.map(|point| (point["t"].as_i64().unwrap() + by_s, number(&point["p"]))).collect()
}

/// Open, high, low and close of one hour.
#[derive(Debug, PartialEq)]
struct Hour([f64; 4]);

fn hours(points: &BTreeMap<i64, f64>) -> BTreeMap<i64, Hour> {
    let mut hours: BTreeMap<i64, Hour> = BTreeMap::new();
    for (at, &price) in points {
        let Hour([_, high, low, close]) =
            hours.entry(at - at.rem_euclid(3_600)).or_insert(Hour([price; 4]));
        (*high, *low, *close) = (high.max(price), low.min(price), price);
    }
    hours
}

#[tokio::test]
async fn recorded_histories_are_drawn_as_they_were() {
    for (path, range) in [
        ("one-market-2026-10/prices_history.json", HistoryRange::Week),
        ("clob-2026/prices-history-1w-f5.json.gz", HistoryRange::Week),
        ("clob-2026/prices-history-1m-f10.json.gz", HistoryRange::Month),
        ("clob-2026/prices-history-max.json.gz", HistoryRange::Max),
    ] {
        let Some(body) = recorded(path) else { return };
        is_drawn(path, body, range).await;
    }
}

/// What a token of the hourly set was shown at.
type Hourly = BTreeMap<String, Vec<(DateTime<Utc>, f64)>>;

/// The recorded hourly set: 54 tokens of 27 markets over four weeks.
fn hourly_set() -> Option<Hourly> {
    let file = recorded("clob-2026/prices-hourly-54-tokens.parquet")?;
    let reader = SerializedFileReader::new(Bytes::from(file)).unwrap();
    let mut tokens = Hourly::new();
    for row in reader.get_row_iter(None).unwrap() {
        let row = row.unwrap();
        let fields: BTreeMap<&str, &Field> =
            row.get_column_iter().map(|(name, field)| (name.as_str(), field)).collect();
        let at = match fields["timestamp"] {
            Field::TimestampMillis(at) => DateTime::from_timestamp_millis(*at),
            Field::TimestampMicros(at) => DateTime::from_timestamp_micros(*at),
            other => panic!("no instant: {other}"),
        };
        let (Field::Str(token), Field::Double(price)) = (fields["token_id"], fields["price"])
        else {
            panic!("{row}");
        };
        tokens.entry(token.clone()).or_default().push((at.unwrap(), *price));
    }
    Some(tokens)
}

#[tokio::test]
async fn the_recorded_hourly_set_is_drawn_as_it_was() {
    let Some(tokens) = hourly_set() else { return };
    assert_eq!(tokens.len(), 54);
    assert_eq!(tokens.values().map(Vec::len).sum::<usize>(), 32_849);
    // Flat ones show nothing of a scale; of the others every fifth is drawn.
    let is_moving = |points: &&Vec<(DateTime<Utc>, f64)>| {
        let lately = points.iter().rev().take(24 * 6).map(|(_, price)| *price);
        let lowest = lately.clone().fold(1.0, f64::min);
        lately.fold(0.0, f64::max) - lowest > 0.02
    };
    let moving: Vec<_> = tokens.iter().filter(|(_, points)| is_moving(points)).collect();
    assert!(moving.len() >= 10, "{}", moving.len());
    for (token, points) in moving.into_iter().step_by(5) {
        let history: Vec<Value> = points
            .iter()
            .map(|(at, price)| serde_json::json!({ "t": at.timestamp(), "p": price }))
            .collect();
        let body = serde_json::json!({ "history": history }).to_string().into_bytes();
        is_drawn(token, body, HistoryRange::Max).await;
    }
}

/// A recorded answer of `/prices-history` becomes bars and a chart that are what it says.
async fn is_drawn(path: &str, body: Vec<u8>, range: HistoryRange) {
    let base = host("/clob/prices-history", body.clone()).await;
    let (server, database) = server(&base).await;

    // Decoded by the client, and written as the recorder writes upstream's history; moved by whole hours, so that the
    // pages, which show what was lately, show it.
    let last = *points(&body, 0).last_key_value().unwrap().0;
    let by_s = (Utc::now().timestamp() - last) / 3_600 * 3_600;
    let client = ClobClient::new(server.app.live().upstream().clone());
    let token = TokenId::parse(TOKENS[0]).unwrap();
    let decoded = client.prices_history(&token, HistoryQuery::last(range)).await.unwrap();
    let moved =
        decoded.rows.into_iter().map(|point| (point.at + TimeDelta::seconds(by_s), point.price));
    let id = MarketId::parse(MARKET).unwrap();
    let mut connection = database.service().acquire().await.unwrap();
    let (moved, now) = (moved.collect(), Utc::now());
    bars::backfill(&mut connection, &id, moved, HistoryDetail::Fine, now).await.unwrap();

    let expected = hours(&points(&body, by_s));
    hourly_bars_are(&server, path, &expected).await;
    the_chart_is(&server, path, &expected).await;
}

/// The API's bars are these hours, marked as what they are.
async fn hourly_bars_are(server: &TestServer, path: &str, expected: &BTreeMap<i64, Hour>) {
    let instant = |at: i64| DateTime::from_timestamp(at, 0).unwrap().format("%FT%TZ").to_string();
    let from = *expected.first_key_value().unwrap().0;
    let to = expected.last_key_value().unwrap().0 + 3_600;
    let (from, to) = (instant(from), instant(to));
    let query = format!("/api/polymarket/ohlc/{MARKET}?interval=1h&from={from}&to={to}");
    let told = server.json(&query).await["data"].clone();
    let bars = told["bars"].as_array().unwrap();
    assert_eq!(bars.len(), expected.len(), "{path}");
    for (bar, (at, hour)) in bars.iter().zip(expected) {
        assert_eq!(bar["at"], instant(*at), "{path}");
        let prices = ["open", "high", "low", "close"].map(|name| number(&bar[name]));
        assert_eq!(&Hour(prices), hour, "{path} at {}", bar["at"]);
        assert_eq!((&bar["synthetic"], &bar["volume_usdc"]), (&true.into(), &Value::Null));
    }
    assert_eq!(told["history_read"], true);
}

/// The page's chart of the last week goes through the last price of each of its hours, and says what it shows.
async fn the_chart_is(server: &TestServer, path: &str, expected: &BTreeMap<i64, Hour>) {
    let query = format!("/api/polymarket/ohlc/{MARKET}?interval=1h&range=1w");
    let from: DateTime<Utc> =
        server.json(&query).await["data"]["from"].as_str().unwrap().parse().unwrap();
    let week: Vec<&Hour> = expected.range(from.timestamp()..).map(|(_, hour)| hour).collect();
    let (status, page) = server.page(&format!("/markets/market-{MARKET}?range=1w")).await;
    assert_eq!(status, 200);
    let (first, last) = (week[0].0[0], week[week.len() - 1].0[3]);
    let highest = week.iter().map(|hour| hour.0[1]).fold(0.0, f64::max);
    let lowest = week.iter().map(|hour| hour.0[2]).fold(1.0, f64::min);
    for words in [
        format!("from {} to {}", cents(first), cents(last)),
        format!("lowest {}, highest {}", cents(lowest), cents(highest)),
        "volume unknown".to_owned(),
        format!("100% of {} bars approximate, from history", week.len()),
    ] {
        assert!(page.contains(&words), "{path}: {words}");
    }
    let drawn = heights(&page);
    let closes: Vec<f64> = week.iter().map(|hour| hour.0[3]).collect();
    assert_eq!(drawn.len(), closes.len(), "{path}: a corner a bar");
    // Heights fall as prices rise, in proportion: two bars of different prices fix the scale.
    let extreme = |most: bool| {
        let order = |a: &&usize, b: &&usize| closes[**a].total_cmp(&closes[**b]);
        let places: Vec<usize> = (0..closes.len()).collect();
        *if most { places.iter().max_by(order) } else { places.iter().min_by(order) }.unwrap()
    };
    let (low, high) = (extreme(false), extreme(true));
    assert!(closes[low] < closes[high], "{path}: a flat line shows nothing");
    let scale = (drawn[high] - drawn[low]) / (closes[high] - closes[low]);
    assert!(scale < 0.0, "{path}: prices rise upwards");
    for (height, close) in drawn.iter().zip(&closes) {
        let expected = drawn[low] + (close - closes[low]) * scale;
        // Heights are written to the tenth of a pixel.
        assert!((height - expected).abs() < 0.25, "{path}: {close} at {height}, not {expected}");
    }
}

/// Heights of the corners of the price lines in a page, in pixels from the top.
fn heights(page: &str) -> Vec<f64> {
    let lines = page.split(r#"<path class="line yes"#).skip(1);
    let corners = lines.flat_map(|line| {
        let (_, path) = line.split_once("d=\"").unwrap();
        let path = path.split('"').next().unwrap();
        path.split(['M', 'L']).filter(|corner| !corner.is_empty())
    });
    corners
        .map(|corner| {
            let height = corner.split(' ').nth(1).unwrap();
            height.trim_end_matches("h2").parse().unwrap()
        })
        .collect()
}

#[tokio::test]
async fn a_recorded_book_is_drawn_as_it_was() {
    let Some(body) = recorded("one-market-2026-10/book.json") else { return };
    let tree: Value = serde_json::from_slice(&body).unwrap();
    let side = |name: &str| -> Vec<(f64, f64)> {
        let rows = tree[name].as_array().unwrap().iter();
        let mut levels: Vec<(f64, f64)> =
            rows.map(|row| (number(&row["price"]), number(&row["size"]))).collect();
        levels.sort_by(|a, b| a.0.total_cmp(&b.0));
        levels
    };
    let (mut bids, asks) = (side("bids"), side("asks"));
    bids.reverse();
    let base = host("/clob/book", body).await;
    let (server, _database) = server(&base).await;

    let path = format!("/api/polymarket/order-book/{MARKET}");
    let book = server.json(&path).await["data"].clone();
    assert_eq!((&book["state"], &book["source"]), (&"stale".into(), &"rest".into()));
    assert_eq!((number(&book["best_bid"]), number(&book["best_ask"])), (bids[0].0, asks[0].0));
    let mid = f64::midpoint(bids[0].0, asks[0].0);
    assert!((number(&book["mid"]) - mid).abs() < 1e-9);
    for (name, near, levels) in [("bids", "bid", &bids), ("asks", "ask", &asks)] {
        let (mut shares, mut usdc) = (0.0, 0.0);
        let told = book[name].as_array().unwrap();
        assert_eq!(told.len(), levels.len());
        for (told, (price, size)) in told.iter().zip(levels) {
            (shares, usdc) = (shares + size, usdc + price * size);
            assert_eq!((number(&told["price"]), number(&told["shares"])), (*price, *size));
            assert!((number(&told["total_shares"]) - shares).abs() < 1e-5, "{told}");
            assert!((number(&told["total_usdc"]) - usdc).abs() < 1e-4, "{told}");
        }
        for cents in [1, 5] {
            let reach = f64::from(cents) / 100.0 + 1e-9;
            let within = levels.iter().filter(|(price, _)| (price - mid).abs() <= reach);
            let within: f64 = within.map(|(price, size)| price * size).sum();
            let depth = number(&book["depth"][format!("{near}_{cents}c")]);
            assert!((depth - within).abs() < 1e-4, "{name} within {cents}: {depth}, not {within}");
        }
    }

    let (_, page) = server.page(&format!("/markets/market-{MARKET}")).await;
    let (_, ladder) = page.split_once(r#"<table class="lad""#).expect("a ladder");
    let ladder = ladder.split_once("</table>").unwrap().0;
    // The eight best of each side, asks above bids, the best nearest to the middle.
    let shown: Vec<String> =
        asks[..8].iter().rev().chain(&bids[..8]).map(|(p, _)| cents(*p)).collect();
    let mut rest = ladder;
    for price in &shown {
        let cell = format!(">{price}</td>");
        let (_, after) = rest.split_once(&cell).unwrap_or_else(|| panic!("{price} in {ladder}"));
        rest = after;
    }
    // Between two steps.
    assert!(["15.4¢", "15.5¢"].iter().any(|mid| ladder.contains(&format!("mid <b>{mid}</b>"))));
    assert!(
        page.contains(r#"<path class="bids" d="M"#) && page.contains(r#"<path class="asks" d="M"#)
    );
}

/// Dollars as the page writes them where the tick is a tenth of a cent.
fn cents(price: f64) -> String {
    format!("{:.1}¢", price * 100.0)
}
