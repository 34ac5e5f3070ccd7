//! The tape's columns of the screener, from a count in the database to every form of an answer.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Address, ConditionId, MarketId, Price, Shares, Side, TokenId, TransactionHash,
    analytics::Window, tape::Trade,
};
use reqwest::{Method, Response};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use server::follow::follow;
use store::{
    trades::{self, HeardTrade, TapeSource},
    windows,
};
use tokio_util::sync::CancellationToken;

use crate::{streams::next, support::TestServer};

const LIST: &str = "/api/polymarket/markets";

/// A server that follows its database, and a stream of its generations.
struct Followed {
    server: TestServer,
    stream: Response,
    rest: String,
    stop: CancellationToken,
}

impl Followed {
    async fn start() -> Self {
        let server = TestServer::start().await;
        let stop = CancellationToken::new();
        let (database, catalog) = (server.app.database().clone(), server.app.catalog().clone());
        tokio::spawn(follow(database, catalog, stop.clone()));
        let stream = server.get("/api/polymarket/stream").await;
        Self { server, stream, rest: String::new(), stop }
    }

    /// Waits until the stream tells of another state of the windows than `known`.
    async fn windows_other_than(&mut self, known: &str) -> Value {
        loop {
            let (_, id, tick) = next(&mut self.stream, &mut self.rest).await;
            if tick["windows_version"] != known {
                assert!(id.ends_with(tick["windows_version"].as_str().unwrap()));
                return tick;
            }
        }
    }

    async fn trade(&self, market: &str, number: u32, side: Side, cents: i64) {
        let trade = Trade {
            market_id: market.parse::<MarketId>().unwrap(),
            condition_id: format!("0x{:064x}", 1).parse::<ConditionId>().unwrap(),
            token_id: "7".parse::<TokenId>().unwrap(),
            outcome_index: 0,
            side,
            price: Price::new(Decimal::new(cents, 2)).unwrap(),
            shares: Shares::new(Decimal::from(10)).unwrap(),
            traded_at: DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap()
                - TimeDelta::seconds(i64::from(number)),
            transaction_hash: TransactionHash::parse(&format!("0x{number:064x}")).ok(),
            wallet: Address::parse(&format!("0x{number:040x}")).ok(),
        };
        let heard = HeardTrade { trade, name: None };
        let mut connection = self.server.app.database().service().acquire().await.unwrap();
        let source = TapeSource::Record;
        trades::record(&mut connection, source, &[heard], Utc::now()).await.unwrap();
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

#[tokio::test]
async fn a_count_of_the_tape_shows_in_every_form_of_an_answer() {
    let mut test = Followed::start().await;
    let unknown = test.server.json(LIST).await;
    let nothing = unknown["metadata"]["windows_version"].as_str().unwrap().to_owned();
    let generation = unknown["metadata"]["generation"].clone();
    let all_null = json!({"10m": null, "1h": null, "6h": null, "12h": null, "24h": null});
    assert_eq!(unknown["data"][0]["windows"], all_null);
    let etag = test.server.get(LIST).await.headers()["etag"].clone();
    let held = async |path: &str| {
        let request = test.server.request(Method::GET, path).header("if-none-match", &etag);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(held(LIST).await, 304);
    let filtered = format!("{LIST}?trades_1h_min=0");
    assert_eq!(test.server.json(&filtered).await["metadata"]["total"], 0, "the unknown is no zero");

    test.trade("103", 1, Side::Buy, 40).await;
    test.trade("103", 2, Side::Buy, 41).await;
    test.trade("103", 3, Side::Sell, 39).await;
    test.trade("107", 4, Side::Sell, 90).await;
    let database = test.server.app.database().clone();
    let mut connection = database.service().acquire().await.unwrap();
    windows::recount(&mut connection, Window::Hour, Utc::now()).await.unwrap();
    let tick = test.windows_other_than(&nothing).await;
    assert_eq!(tick["generation"], generation, "the catalogue has not changed");

    let sorted = format!("{LIST}?sort=-taker_volume_1h,-volume_24h&limit=3");
    let list = test.server.json(&sorted).await;
    assert_eq!(list["metadata"]["windows_version"], tick["windows_version"]);
    let ids: Vec<_> = (0..3).map(|at| list["data"][at]["market_id"].clone()).collect();
    assert_eq!(ids, ["103", "107", "119"]);
    let hour = json!({
        "trades": 3, "buyers": 2, "sellers": 1,
        "taker_volume": 12.0, "taker_flow": 4.2, "whale_flow": null, "smart_flow": null,
        "buy_share": 0.675,
    });
    let windows = json!({"10m": null, "1h": hour, "6h": null, "12h": null, "24h": null});
    assert_eq!(list["data"][0]["windows"], windows);
    assert!(list["data"][2]["windows"].get("1h").is_none(), "nothing traded");
    let total = async |filter: &str| {
        let list = test.server.json(&format!("{LIST}?{filter}")).await;
        list["metadata"]["total"].as_u64().unwrap()
    };
    assert_eq!(total("trades_1h_min=2").await, 1);
    assert_eq!(total("trades_1h_min=1&taker_flow_1h_max=0").await, 1);
    assert_eq!(total("trades_1h_max=0").await, 18);
    assert_eq!(total("trades_6h_min=0").await, 0);
    let request = test.server.request(Method::GET, LIST).header("if-none-match", &etag);
    assert_eq!(request.send().await.unwrap().status(), 200, "it is another answer");

    let market = test.server.json(&format!("{LIST}/103")).await;
    assert_eq!(market["data"]["windows"], windows);
    let csv = test.server.get(&format!("{LIST}.csv?sort=-trades_1h")).await.text().await.unwrap();
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let row = lines.next().unwrap();
    // The title may hold commas, so the columns are counted from the end.
    let cell = |name: &str| {
        let from_end = header.iter().rev().position(|header| *header == name).unwrap();
        row[row.len() - 1 - from_end]
    };
    assert_eq!(cell("taker_flow_1h (USDC)"), "4.2");
    assert_eq!(cell("trades_6h (trades)"), "");
    let (status, page) = test
        .server
        .page("/markets?cols=title,trades_1h,taker_flow_1h,trades_6h&sort=-trades_1h")
        .await;
    assert_eq!(status, 200);
    assert!(page.contains(r#"<td class="c-trades_1h f2"><span>3</span></td>"#), "{page}");
    assert!(page.contains(">+$4<"), "{page}");
    assert!(page.contains(r#"<td class="c-trades_6h f2"><span class="mut">—</span></td>"#));
    assert!(page.contains("Taker flow 1h"));

    windows::forget(&mut connection, Window::Hour).await.unwrap();
    let counted = tick["windows_version"].as_str().unwrap().to_owned();
    test.windows_other_than(&counted).await;
    let forgotten = test.server.json(LIST).await;
    assert_eq!(forgotten["data"], unknown["data"]);
}
