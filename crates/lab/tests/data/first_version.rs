//! Data v1, where it differs.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{CUT, assert_near, conditions, number, rows, start, text, traders, walk};

#[tokio::test]
async fn trades_repeat_past_the_cap() {
    let lab = start(101).await;
    let page = async |query: &str| {
        let path = format!("/data/trades?{query}");
        lab.json(&path).await
    };
    let all = page("limit=20000&takerOnly=false").await;
    assert_eq!(rows(&all).len(), 10_000, "cut, not refused");
    let first = page("limit=7&takerOnly=false").await;
    let second = page("limit=7&offset=7&takerOnly=false").await;
    assert_eq!(rows(&all)[..14], [rows(&first), rows(&second)].concat());
    let at_the_cap = page("limit=50&offset=10000&takerOnly=false").await;
    let past_it = page("limit=50&offset=10050&takerOnly=false").await;
    assert!(!rows(&at_the_cap).is_empty());
    assert_eq!(at_the_cap, past_it, "the same rows for ever");
    lab.stop().await;
}

#[tokio::test]
async fn rows_are_those_of_v2_in_other_words() {
    let lab = start(102).await;
    let old = lab.json("/data/trades?limit=200&takerOnly=false").await;
    let new = lab.json("/data/v2/trades?limit=200&taker_only=false").await;
    for (old, new) in rows(&old).iter().zip(rows(&new["data"])) {
        assert_eq!(old["asset"], new["token_id"]);
        assert_eq!(old["transactionHash"], new["transaction_hash"]);
        assert_eq!(number(old, "size"), number(new, "size"));
        assert!(old["outcomeIndex"] == 0 || old["outcomeIndex"] == 1, "always labelled");
        assert!(!text(old, "eventSlug").is_empty());
        let size = number(old, "size");
        assert_eq!(old["size"].is_u64(), size.fract() == 0.0, "whole numbers have no fraction");
    }
    let wallet = &traders(&lab, 1).await[0];
    let activity = lab.json(&format!("/data/activity?limit=500&user={wallet}")).await;
    let newer = walk(&lab, &format!("/activity?limit=500&user={wallet}")).await;
    for (old, new) in rows(&activity).iter().zip(&newer) {
        assert_eq!((&old["type"], &old["timestamp"]), (&new["type"], &new["timestamp"]));
        assert_eq!(number(old, "usdcSize"), number(new, "usdc_size"));
        if old["type"] == "REDEEM" {
            assert_eq!((&old["price"], &old["outcomeIndex"]), (&0.into(), &999.into()));
        }
    }
    let cash = lab.json(&format!("/data/activity?limit=50&sortBy=CASH&user={wallet}")).await;
    assert!(rows(&cash).is_sorted_by(|a, b| number(a, "usdcSize") >= number(b, "usdcSize")));
    lab.stop().await;
}

#[tokio::test]
async fn positions_hide_small_ones_and_closed_ones_hide_losers() {
    let lab = start(103).await;
    let (mut hidden, mut losers) = (0, 0);
    for wallet in traders(&lab, 20).await {
        let open = lab.json(&format!("/data/positions?limit=500&user={wallet}")).await;
        let all =
            lab.json(&format!("/data/positions?limit=500&sizeThreshold=0&user={wallet}")).await;
        assert!(rows(&open).iter().all(|row| number(row, "size") >= 1.0));
        hidden += rows(&all).len() - rows(&open).len();
        for row in rows(&all) {
            let of = |name: &str| number(row, name);
            assert_near(of("currentValue"), of("size") * of("curPrice"), CUT);
            assert_near(of("cashPnl"), of("currentValue") - of("initialValue"), CUT);
        }
        let sizes: Vec<f64> = rows(&open).iter().map(|row| number(row, "size")).collect();
        assert!(sizes.is_sorted_by(|more, less| more >= less), "by size unless asked");
        let redeemable = lab
            .json(&format!(
                "/data/positions?limit=500&sizeThreshold=0&redeemable=true&user={wallet}"
            ))
            .await;
        let lost: BTreeSet<String> = rows(&redeemable)
            .iter()
            .filter(|row| number(row, "curPrice") == 0.0)
            .map(|row| text(row, "asset"))
            .collect();
        losers += lost.len();
        let mut offset = 0;
        loop {
            let path = format!("/data/closed-positions?limit=90&offset={offset}&user={wallet}");
            let page = lab.json(&path).await;
            assert!(rows(&page).iter().all(|row| !lost.contains(&text(row, "asset"))));
            assert!(rows(&page).len() <= 50);
            if rows(&page).len() < 50 {
                break;
            }
            offset += 50;
        }
        for sort in [
            "CURRENT",
            "INITIAL",
            "CASHPNL",
            "PERCENTPNL",
            "TITLE",
            "RESOLVING",
            "PRICE",
            "AVGPRICE",
        ] {
            let path = format!("/data/positions?user={wallet}&sortBy={sort}&sortDirection=ASC");
            assert!(lab.json(&path).await.is_array());
        }
    }
    assert!(hidden > 0 && losers > 0, "{hidden} hidden, {losers} lost");
    lab.stop().await;
}

#[tokio::test]
async fn the_smaller_routes_answer_in_their_own_shapes() {
    let lab = start(104).await;
    let wallet = &traders(&lab, 1).await[0];
    let condition = &conditions(&lab, false, 1).await[0];
    assert_eq!(lab.json("/data").await["data"], "OK");
    let value = lab.json(&format!("/data/value?user={wallet}")).await;
    assert_eq!((rows(&value).len(), &value[0]["user"]), (1, &wallet.clone().into()));
    let traded = lab.json(&format!("/data/traded?user={wallet}")).await;
    assert!(traded["traded"].as_u64().unwrap() > 0);
    let holders = lab.json(&format!("/data/holders?limit=100&market={condition}")).await;
    assert_eq!(rows(&holders).len(), 2);
    for group in rows(&holders) {
        assert!(rows(&group["holders"]).len() <= 20);
        assert!(rows(&group["holders"]).iter().all(|row| number(row, "amount") >= 1.0));
    }
    let interest = lab.json(&format!("/data/oi?market={condition}")).await;
    assert_eq!(interest[0]["market"], **condition);
    assert_eq!(lab.json("/data/oi").await[0]["market"], "GLOBAL");
    let event = &lab.json("/gamma/events/keyset?limit=1&order=volume&ascending=false").await;
    let volume =
        lab.json(&format!("/data/live-volume?id={}", text(&event["events"][0], "id"))).await;
    assert!(number(&volume[0], "total") > 0.0);
    let board = lab.json("/data/v1/leaderboard?timePeriod=ALL&orderBy=VOL&limit=99").await;
    assert_eq!((rows(&board).len(), &board[0]["rank"]), (50, &"1".into()));
    assert!(
        rows(&board)
            .is_sorted_by(|a: &Value, b: &Value| number(a, "vol") > 0.0 && b["pnl"].is_number())
    );
    let one = lab.json(&format!("/data/v1/leaderboard?timePeriod=ALL&user={wallet}")).await;
    assert_eq!(one[0]["proxyWallet"], **wallet);
    let groups = lab
        .json(&format!("/data/v1/market-positions?market={condition}&status=OPEN&sortBy=TOKENS"))
        .await;
    for group in rows(&groups) {
        assert!(
            rows(&group["positions"]).is_sorted_by(|a, b| number(a, "size") >= number(b, "size"))
        );
        assert!(rows(&group["positions"]).iter().all(|row| row["asset"] == group["token"]));
    }
    for path in ["builders/leaderboard", "builders/volume"] {
        assert_eq!(lab.json(&format!("/data/v1/{path}")).await, Value::Array(vec![]));
    }
    let combos = lab.json(&format!("/data/v1/positions/combos?user={wallet}")).await;
    assert_eq!(combos["combos"], Value::Array(vec![]));
    lab.stop().await;
}
