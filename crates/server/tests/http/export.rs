//! The CSV export.

use reqwest::Method;
use serde_json::Value;

use crate::support::{MARKETS, TestServer};

/// RFC 4180, written anew so that the writer is not checked by itself.
fn parse(text: &str) -> Vec<Vec<String>> {
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
