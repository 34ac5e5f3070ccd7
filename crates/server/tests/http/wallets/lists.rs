//! A wallet's lists, page by page and as files.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Bench, rows};
use crate::export::parse;

#[tokio::test(flavor = "multi_thread")]
async fn activity_is_paged_to_the_end_and_exported_whole() {
    let bench = Bench::start().await;
    let _importers = bench.importers();
    let wallet = bench.modest().await;
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
async fn positions_leave_as_files_that_say_the_same() {
    let bench = Bench::start().await;
    let _importers = bench.importers();
    let wallet = bench.modest().await;
    let address = wallet.as_str();
    for list in ["positions", "closed-positions"] {
        let query = if list == "positions" { "" } else { "?limit=1000" };
        let reply = bench.wallet(address, &format!("{list}{query}")).await;
        let file = bench.server.get(&format!("/api/polymarket/wallet/{address}/{list}.csv")).await;
        let disposition = file.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(disposition.contains(&format!("-{list}.csv")), "{disposition}");
        let lines = parse(&file.text().await.unwrap());
        assert_eq!(lines.len(), rows(&reply).len() + 1, "{list}");
        assert!(lines.len() > 1 && lines.iter().all(|line| line.len() == lines[0].len()));
        let column = |name: &str| lines[0].iter().position(|header| header == name).unwrap();
        for (line, row) in lines[1..].iter().zip(rows(&reply)) {
            assert_eq!(line[column("token_id")], row["market"]["token_id"].as_str().unwrap());
            for (header, value) in [
                ("shares", &row["shares"]),
                ("realized (USDC, before fees)", &row["realized_usdc"]),
                ("venue_total (USDC, before fees)", &row["venue"]["total_usdc"]),
                ("residual (USDC)", &row["reconciliation"]["residual"]["value"]),
            ] {
                assert_eq!(line[column(header)].parse::<f64>().ok(), value.as_f64(), "{header}");
            }
            assert_eq!(line[column("withheld")], row["withheld"].as_str().unwrap_or_default());
        }
    }
}
