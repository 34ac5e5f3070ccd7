//! The CSV export.

use domain::Side;
use reqwest::Method;
use serde_json::Value;

use crate::{
    live::Bench,
    support::{MARKETS, TestServer},
};

/// RFC 4180, written anew so that the writer is not checked by itself.
pub(crate) fn parse(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let row = rows.last_mut().unwrap();
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                row.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => rows.push(vec![String::new()]),
            c => row.last_mut().unwrap().push(c),
        }
    }
    assert_eq!(rows.pop().unwrap(), [""], "the last line ends too");
    rows
}

#[tokio::test]
async fn the_export_is_the_whole_result_and_says_the_same_as_the_list() {
    let server = TestServer::start().await;
    let response = server.get("/api/polymarket/markets.csv?status=all&sort=title").await;
    assert_eq!(response.status(), 200);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/csv"));
    let disposition = response.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(
        disposition.starts_with("attachment; filename=\"cascadian-markets-20"),
        "{disposition}"
    );
    let rows = parse(&response.text().await.unwrap());
    assert_eq!(rows.len(), MARKETS + 1);
    let column = |name: &str| rows[0].iter().position(|header| header == name).unwrap();
    let (id, title, price) =
        (column("market_id"), column("title"), column("price_0 (USDC per share)"));
    let volume = column("volume_24h (USDC)");
    assert!(rows.iter().all(|row| row.len() == rows[0].len()));

    let list = server.json("/api/polymarket/markets?status=all&sort=title&limit=1000").await;
    for (row, market) in rows[1..].iter().zip(list["data"].as_array().unwrap()) {
        assert_eq!(row[id], market["market_id"].as_str().unwrap());
        assert_eq!(row[price].parse::<f64>().ok(), market["price"].as_f64());
        match &market["volume_24h"] {
            Value::Null => assert_eq!(row[volume], ""),
            value => assert_eq!(row[volume].parse::<f64>().ok(), value.as_f64()),
        }
        let written = market["title"].as_str().unwrap();
        let expected =
            if written.starts_with('=') { format!("'{written}") } else { written.to_owned() };
        assert_eq!(row[title], expected);
    }
}

#[tokio::test]
async fn the_export_is_compressed_and_filtered() {
    let server = TestServer::start().await;
    let path = "/api/polymarket/markets.csv?status=resolved";
    let rows = parse(&server.get(path).await.text().await.unwrap());
    assert_eq!(rows.len(), 2);
    let request = server.request(Method::GET, path).header("accept-encoding", "gzip");
    assert_eq!(request.send().await.unwrap().headers()["content-encoding"], "gzip");
}

#[tokio::test]
async fn a_tape_leaves_whole_however_many_parts_it_is_read_in() {
    const TRADES: u32 = 1_004;
    let bench = Bench::start().await;
    let row = bench.market().await;
    let side = |number: u32| if number.is_multiple_of(2) { Side::Buy } else { Side::Sell };
    let trades: Vec<_> =
        (0..TRADES).map(|number| bench.trade(&row, number, side(number), 40)).collect();
    bench.record_all(&trades).await;
    let path = format!("/api/polymarket/markets/{}/trades.csv", row["market_id"].as_str().unwrap());
    let response = bench.server.get(&path).await;
    assert_eq!(response.status(), 200);
    let rows = parse(&response.text().await.unwrap());
    let column = |name: &str| rows[0].iter().position(|header| header == name).unwrap();
    let (shares, source) = (column("shares"), column("source"));
    let written: Vec<u32> = rows[1..].iter().map(|row| row[shares].parse().unwrap()).collect();
    assert_eq!(written, (1..=TRADES).collect::<Vec<_>>(), "the newest first, each once");
    assert!(rows[1..].iter().all(|row| row[source] == "record"));

    let sold = bench.server.get(&format!("{path}?side=sell&min_usdc=100")).await;
    let sold = parse(&sold.text().await.unwrap());
    // 40 cents a share: from 250 shares up, every other one.
    assert_eq!(sold.len() - 1, (250..=TRADES).filter(|shares| shares.is_multiple_of(2)).count());
    let refused = bench.server.json(&format!("{path}?limit=5")).await;
    assert_eq!(refused["error"]["details"]["fields"][0]["field"], "limit");
}

#[tokio::test]
async fn bars_leave_with_their_units_and_sources_as_the_chart_has_them() {
    let bench = Bench::start().await;
    let row = bench.market().await;
    for number in 0..20 {
        bench.record(&row, number, Side::Buy, 40 + i64::from(number)).await;
    }
    let path = format!("/api/polymarket/ohlc/{}", row["market_id"].as_str().unwrap());
    let query = "range=1h&interval=1m&outcome=1";
    let chart = bench.server.json(&format!("{path}?{query}")).await["data"].clone();
    let file = bench.server.get(&format!("{path}/bars.csv?{query}")).await;
    let rows = parse(&file.text().await.unwrap());
    let column = |name: &str| rows[0].iter().position(|header| header == name).unwrap();
    let source = column("source");
    let is_bar = |row: &&Vec<String>| row[source] != "not_recorded";
    let bars: Vec<_> = rows[1..].iter().filter(is_bar).collect();
    let expected = chart["bars"].as_array().unwrap();
    assert!(!expected.is_empty());
    assert_eq!(bars.len(), expected.len());
    for (line, bar) in bars.iter().zip(expected) {
        assert_eq!(
            line[column("close (USDC per share)")].parse::<f64>().ok(),
            bar["close"].as_f64()
        );
        assert_eq!(line[column("volume (USDC)")].parse::<f64>().ok(), bar["volume_usdc"].as_f64());
        assert_eq!(line[column("from (UTC)")], bar["at"].as_str().unwrap());
        assert_eq!(line[source], bar["source"].as_str().unwrap());
    }
    let gaps = rows.len() - 1 - bars.len();
    assert_eq!(gaps, chart["gaps"].as_array().unwrap().len());
    assert!(rows.iter().all(|row| row.len() == rows[0].len()));
}
