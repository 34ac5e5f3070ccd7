//! Recorded bodies of the CLOB.

use domain::{ConditionId, TokenId};
use polymarket::clob::{ClobClient, ClobMarket, HistoryQuery};
use polymarket::{HistoryRange, RejectReason};
use rust_decimal::dec;
use serde_json::Value;

use super::recorded;
use crate::fake::Fake;

const TOKEN: &str = "54533043819946592547517511176940999955633860128497669742211153063842200957669";
const CONDITION: &str = "0x0f49db97f71c68b1e42a6d16e3de93d85dbf7d4148e3f018eb79e88554be9f75";

async fn client_of(body: Vec<u8>) -> ClobClient {
    ClobClient::new(Fake::says(String::from_utf8(body).unwrap()).await.upstream())
}

#[tokio::test]
async fn the_book_of_october_2026() {
    let Some(body) = recorded("one-market-2026-10/book.json") else { return };
    let whole = format!("[{}]", String::from_utf8(body.clone()).unwrap());
    let token = TokenId::parse(TOKEN).unwrap();
    let book = client_of(body).await.book(&token).await.unwrap().unwrap();
    assert_eq!((book.bids.len(), book.asks.len()), (10, 10));
    assert_eq!(book.bids[0].price.to_string(), "0.154");
    assert_eq!(book.asks[0].price.to_string(), "0.155");
    assert_eq!((book.bids[0].shares, book.asks[9].shares), (dec!(555.09), dec!(100)));
    assert!(book.bids.is_sorted_by(|a, b| a.price > b.price));
    assert!(book.asks.is_sorted_by(|a, b| a.price < b.price));
    assert_eq!(book.condition_id, Some(ConditionId::parse(CONDITION).unwrap()));
    assert_eq!(book.timestamp_ms, Some(1_792_173_951_815));
    assert_eq!(book.hash.as_deref(), Some("eae10ef460947127e6bb610f1a5efc2de8b4f370"));
    assert_eq!(book.tick_size.unwrap().to_string(), "0.001");
    assert_eq!((book.min_order_size, book.neg_risk), (Some(dec!(5)), Some(true)));
    assert_eq!(book.last_trade_price.unwrap().to_string(), "0.154");

    let client = client_of(whole.into_bytes()).await;
    let books = client.books(std::slice::from_ref(&token)).await.unwrap();
    assert_eq!(books.rows, [book]);
    assert!(books.issues.is_empty() && books.unknown_keys.is_empty(), "{books:?}");
}

#[tokio::test]
async fn the_market_of_october_2026() {
    let Some(body) = recorded("one-market-2026-10/market.json") else { return };
    let condition = ConditionId::parse(CONDITION).unwrap();
    let market = client_of(body).await.market(&condition).await.unwrap().unwrap();
    assert_eq!(market.outcomes.len(), 2);
    let yes = &market.outcomes[0];
    assert_eq!(yes.token_id, Some(TokenId::parse(TOKEN).unwrap()));
    assert_eq!((yes.label.as_deref(), yes.winner), (Some("Yes"), Some(false)));
    assert_eq!(yes.price.unwrap().to_string(), "0.1545");
    assert_eq!((market.closed, market.accepting_orders), (Some(false), Some(true)));
    assert_eq!(
        (market.min_order_size, market.rewards_max_spread),
        (Some(dec!(5)), Some(dec!(5.5)))
    );
    assert_eq!(market.end_date.unwrap().to_rfc3339(), "2028-11-08T00:00:00+00:00");
    assert_eq!((market.game_start_at, market.seconds_delay), (None, Some(0)));
    assert_eq!(market.tags.len(), 7);
    assert!(market.question_id.unwrap().ends_with("7814700"));

    let Some(body) = recorded("one-market-2026-10/markets_by_token.json") else { return };
    let token = TokenId::parse(TOKEN).unwrap();
    let found = client_of(body).await.market_of_token(&token).await.unwrap().unwrap();
    assert_eq!((found.condition_id, &found.token_ids[0]), (condition, &token));
}

#[test]
fn the_catalogue_of_february_2026() {
    // Markets that were never deployed have no condition.
    for (name, undeployed) in [("markets", 54), ("sampling-markets", 0), ("simplified-markets", 0)]
    {
        let Some(body) = recorded(&format!("clob-2026/{name}.json.gz")) else { return };
        let markets = ClobMarket::of_catalogue(&body).unwrap();
        assert_eq!((markets.raw_rows, markets.rejected.len()), (1_000, undeployed), "{name}");
        let lacks = RejectReason::Lacks("condition_id");
        assert!(markets.rejected.iter().all(|row| row.reason == lacks));
        assert!(markets.issues.is_empty(), "{:?}", markets.issues);
        assert!(markets.unknown_keys.is_empty(), "{:?}", markets.unknown_keys);

        // The figures by another way: the generic JSON tree.
        let tree: Value = serde_json::from_slice(&body).unwrap();
        let rows = tree["data"].as_array().unwrap().iter();
        let deployed: Vec<_> = rows.filter(|row| row["condition_id"] != "").collect();
        let won =
            |row: &&&Value| row["tokens"].as_array().unwrap().iter().any(|t| t["winner"] == true);
        let decoded = markets.rows.iter();
        let winners = decoded.filter(|m| m.outcomes.iter().any(|o| o.winner == Some(true))).count();
        assert_eq!(winners, deployed.iter().filter(won).count());
        let closed = deployed.iter().filter(|row| row["closed"] == true).count();
        assert_eq!(markets.rows.iter().filter(|m| m.closed == Some(true)).count(), closed);
        let tokens = markets.rows.iter().flat_map(|m| &m.outcomes).filter(|o| o.token_id.is_some());
        println!("{name}: {} markets, {} tokens, {winners} won", deployed.len(), tokens.count());
    }
}

#[tokio::test]
async fn histories() {
    let files = [
        ("clob-2026/prices-history-1h.json.gz", HistoryRange::Hour),
        ("clob-2026/prices-history-1d.json.gz", HistoryRange::Day),
        ("clob-2026/prices-history-1w-f5.json.gz", HistoryRange::Week),
        ("clob-2026/prices-history-1m-f10.json.gz", HistoryRange::Month),
        ("clob-2026/prices-history-max.json.gz", HistoryRange::Max),
        ("one-market-2026-10/prices_history.json", HistoryRange::Week),
    ];
    for (path, range) in files {
        let Some(body) = recorded(path) else { return };
        let tree: Value = serde_json::from_slice(&body).unwrap();
        let mut times: Vec<_> =
            tree["history"].as_array().unwrap().iter().map(|p| p["t"].as_i64().unwrap()).collect();
        let raw = times.len();
        times.sort_unstable();
        times.dedup();
        let client = client_of(body).await;
        let token = TokenId::parse(TOKEN).unwrap();
        let points = client.prices_history(&token, HistoryQuery::last(range)).await.unwrap();
        assert_eq!((points.raw_rows, points.rejected.len()), (raw, 0), "{path}");
        let decoded: Vec<_> = points.rows.iter().map(|point| point.at.timestamp()).collect();
        assert_eq!(decoded, times, "{path}");
        assert!(points.rows.iter().all(|point| point.bucket_seconds.is_none()));
        println!("{path}: {raw} points, {} instants", times.len());
    }
}
