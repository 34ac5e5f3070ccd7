//! Trades, positions, flows, reversals, concentration and evidence under every filter.

use serde_json::{Value, json};

use super::{Bench, address, csv};

#[tokio::test]
async fn large_trades_come_newest_first_and_without_what_is_seldom_meant() {
    let bench = Bench::start().await;
    let usdc =
        async |query: &str| bench.column(&format!("/api/whale/trades?{query}"), "/usdc").await;
    assert_eq!(usdc("").await, [2000.0, 5000.0, 800.0]);
    assert_eq!(usdc("endgame=show").await, [2000.0, 5000.0, 800.0, 9000.0]);
    assert_eq!(usdc("makers=show").await, [2000.0, 5000.0, 800.0, 7000.0]);
    assert_eq!(usdc("class=maker_like").await, [7000.0], "whoever asks for them gets them");
    assert_eq!(usdc("timeframe=all").await, [2000.0, 5000.0, 800.0, 3000.0]);
    assert_eq!(usdc("timeframe=1h&min_usdc=1").await, [0.0; 0]);
    assert_eq!(usdc("timeframe=6h&min_usdc=1000&max_usdc=4000").await, [2000.0]);
    assert_eq!(usdc("category=sports&timeframe=7d").await, [3000.0]);
    assert_eq!(usdc("side=no").await, [800.0]);
    assert_eq!(
        usdc("side=yes").await,
        [2000.0, 5000.0],
        "to sell the other outcome is for the first"
    );
    assert_eq!(usdc("action=sell").await, [5000.0]);
    assert_eq!(usdc("market=market-105").await, [2000.0, 800.0]);
    assert_eq!(usdc("event=match-day&timeframe=all").await, [3000.0]);
    assert_eq!(usdc("class=smart").await, [2000.0], "as it is known now");
    assert_eq!(usdc(&format!("wallet={}", address(2))).await, [5000.0]);
    let both = format!("wallets={},{}", address(1), address(3));
    assert_eq!(usdc(&both).await, [2000.0, 800.0]);
    assert_eq!(usdc("min_score=85").await, [2000.0]);
    assert_eq!(usdc("min_score=50&score=smart_money").await, [2000.0]);
    bench.is_whole_in_parts("/api/whale/trades?timeframe=all&endgame=show&makers=show").await;
}

#[tokio::test]
async fn a_trade_says_who_and_what_and_by_which_records() {
    let bench = Bench::start().await;
    let rows = bench.rows("/api/whale/trades").await;
    let first = &rows[0];
    assert_eq!(first["wallet"]["name"], "First, \"the\" one");
    assert_eq!(first["wallet"]["class"], "smart");
    assert_eq!(first["wallet"]["owner"]["wallets"], 2);
    assert_eq!(first["wallet"]["whale_score"], 90.0);
    assert_eq!(first["market"]["outcome"], "Yes");
    assert_eq!(first["market"]["event"]["slug"], "election");
    assert_eq!(first["market"]["category"], "politics");
    assert_eq!(first["new_wallet"], false);
    assert_eq!(rows[2]["new_wallet"], true);
    assert!(rows[2]["size_z"].is_null() && rows[2]["is_large"].is_null(), "unknown stays unknown");
    let hrefs: Vec<_> = first["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["href"].as_str().unwrap())
        .collect();
    let hash = first["transaction_hash"].as_str().unwrap();
    let expected = [
        format!("/markets/market-105#tx-{hash}"),
        "/markets/market-105".to_owned(),
        format!("/wallets/{}", address(1)),
    ];
    assert_eq!(hrefs, expected);
    let lines = csv(bench.server.get("/api/whale/trades.csv").await).await;
    assert!(lines[1].contains("\"First, \"\"the\"\" one\""), "{}", lines[1]);
    assert!(lines[2].contains("'=Second"), "no spreadsheet computes it: {}", lines[2]);
    assert!(lines[1].contains(",2000,0.4,5000,"), "{}", lines[1]);
}

#[tokio::test]
async fn large_positions_are_marked_and_put_in_order() {
    let bench = Bench::start().await;
    let rows = bench.rows("/api/whale/positions").await;
    let values: Vec<_> = rows.iter().map(|row| row["value_usdc"].clone()).collect();
    // 25,000 at 50¢; 5,000 of the other outcome at 1 − 60¢; 1,500 at 50¢; and one whose market nobody knows.
    assert_eq!(values, [json!(12500.0), json!(2000.0), json!(750.0), Value::Null]);
    assert_eq!(rows[0]["is_whale"], true);
    assert_eq!(rows[0]["unrealized_usdc"], 2500.0);
    assert_eq!(rows[1]["is_whale"], false);
    assert!(rows[3]["is_whale"].is_null() && rows[3]["market"]["slug"] == "");
    assert!(rows[0]["share_of_liquidity"].as_f64().unwrap() > 17.0, "of $700");
    assert!(rows[0]["share_of_outcome"].is_null(), "nobody tells how many shares there are");
    let shares =
        async |query: &str| bench.column(&format!("/api/whale/positions?{query}"), "/shares").await;
    assert_eq!(shares("sort=cost").await, [25000.0, 5000.0, 1500.0, 40000.0]);
    assert_eq!(shares("side=no").await, [5000.0]);
    assert_eq!(shares("min_usdc=1000").await, [25000.0, 5000.0]);
    assert_eq!(shares("min_usdc=1000&max_usdc=2000").await, [5000.0]);
    assert_eq!(shares("market=107").await, [5000.0, 1500.0]);
    assert_eq!(shares("class=whale").await, [5000.0]);
    assert_eq!(shares("min_score=85").await, [25000.0, 1500.0]);
    assert_eq!(shares("category=politics&event=100").await, [25000.0, 5000.0, 1500.0]);
    assert_eq!(shares(&format!("wallet={}", address(5))).await, [40000.0]);
    assert_eq!(shares("timeframe=24h").await, [0.0; 0]);
    bench.is_whole_in_parts("/api/whale/positions?sort=share_of_liquidity").await;
}

#[tokio::test]
async fn flows_are_added_up_by_hour_class_and_market() {
    let bench = Bench::start().await;
    let flows = bench.data("/api/whale/flows").await;
    let hours = flows["hours"].as_array().unwrap();
    assert_eq!(hours.len(), 3);
    let last = hours[2]["by_class"].as_array().unwrap();
    assert_eq!((&last[1]["class"], &last[1]["net_usdc"]), (&"smart".into(), &800.0.into()));
    assert!(last[1]["wallets"].is_null(), "wallets of several markets are not added up");
    let markets = flows["markets"].as_array().unwrap();
    let told: Vec<_> = markets
        .iter()
        .map(|one| (&one["market"]["id"], one["net_usdc"].as_f64().unwrap()))
        .collect();
    assert_eq!(told, [(&json!("106"), -3000.0), (&json!("105"), 760.0), (&json!("201"), 500.0)]);
    assert_eq!(markets[1]["by_class"].as_array().unwrap().len(), 2);
    assert_eq!(markets[1]["trades"], 10);
    let ids = async |query: &str| {
        let flows = bench.data(&format!("/api/whale/flows?{query}")).await;
        let markets = flows["markets"].as_array().unwrap().clone();
        markets
            .iter()
            .map(|one| one["market"]["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("class=smart").await, ["105"]);
    assert_eq!(ids("category=sports").await, ["201"]);
    assert_eq!(ids("event=100").await, ["106", "105"]);
    assert_eq!(ids("min_usdc=700&limit=1").await, ["106"]);
    assert_eq!(ids("timeframe=7d").await, ["105", "106", "201"]);
    let one = bench.data("/api/whale/flows?market=105").await;
    assert_eq!(one["hours"][1]["by_class"][0]["wallets"], 4);
}

#[tokio::test]
async fn reversals_name_both_sides() {
    let bench = Bench::start().await;
    let rows = bench.rows("/api/whale/flips").await;
    assert_eq!(rows.len(), 3);
    let sides: Vec<_> =
        rows.iter().map(|row| (row["from_side"].clone(), row["to_side"].clone())).collect();
    let expected =
        [("no".into(), "yes".into()), ("yes".into(), Value::Null), ("yes".into(), "yes".into())];
    assert_eq!(sides, expected);
    assert_eq!((&rows[2]["from"]["id"], &rows[2]["market"]["id"]), (&"103".into(), &"107".into()));
    assert_eq!((&rows[0]["change"], &rows[1]["is_whole"]), (&1.4.into(), &false.into()));
    assert_eq!(rows[0]["evidence"][0]["kind"], "activity");
    let peaks =
        async |query: &str| bench.column(&format!("/api/whale/flips?{query}"), "/peak_usdc").await;
    assert_eq!(peaks("side=no&timeframe=7d").await, [100.0]);
    assert_eq!(peaks("market=107").await, [900.0]);
    assert_eq!(peaks("min_usdc=1000").await, [5000.0]);
    assert_eq!(peaks("class=whale").await, [900.0, 900.0]);
    assert_eq!(peaks("category=sports").await, [0.0; 0]);
    assert_eq!(peaks("category=politics&event=election&timeframe=1h").await, [0.0; 0]);
    bench.is_whole_in_parts("/api/whale/flips?timeframe=all").await;
    bench.is_whole_in_parts("/api/whale/flips?timeframe=all&category=politics").await;
}

#[tokio::test]
async fn markets_are_ranked_by_how_few_hold_them() {
    let bench = Bench::start().await;
    let ids = async |query: &str| {
        bench.column(&format!("/api/whale/concentration?{query}"), "/market/id").await
    };
    assert_eq!(ids("").await, ["107", "106", "105", "105"], "of open markets");
    assert_eq!(ids("market=201").await, ["201"], "who asks for one that is over gets it");
    assert_eq!(ids("timeframe=24h&sort=top_share").await, ["106", "105", "105"]);
    assert_eq!(ids("sort=effective_holders&side=yes").await, ["107", "106", "105"]);
    assert_eq!(ids("category=politics&timeframe=7d").await, ["107", "106", "105", "105"]);
    assert_eq!(ids("market=105&side=no").await, ["105"]);
    let rows = bench.rows("/api/whale/concentration?market=105").await;
    assert_eq!(rows[0]["market"]["outcome"], "Yes");
    let top = &rows[0]["top"];
    assert_eq!((&top[0]["wallet"]["class"], &top[0]["share"]), (&"smart".into(), &0.5.into()));
    assert!(top[1]["wallet"]["name"].is_null());
    for order in ["hhi", "top_share", "effective_holders"] {
        bench.is_whole_in_parts(&format!("/api/whale/concentration?sort={order}")).await;
    }
}

#[tokio::test]
async fn evidence_stays_in_its_layer_and_behind_its_gate() {
    let bench = Bench::start().await;
    let markets = bench.rows("/api/insiders/markets").await;
    let told: Vec<_> = markets
        .iter()
        .map(|row| (&row["market"]["id"], &row["pairs"], &row["strongest_sd"]))
        .collect();
    assert_eq!(
        told,
        [(&json!("105"), &json!(2), &json!(3.2)), (&json!("106"), &json!(1), &json!(2.8))]
    );
    assert_eq!(markets[0]["leakage"]["out_of_scope"], "nobody knows when the news was out");
    assert_eq!(
        (&markets[1]["leakage"]["ils"], &markets[1]["leakage"]["low"]),
        (&0.4.into(), &0.3.into())
    );
    assert!(markets[0]["wording"].as_str().unwrap().starts_with("pattern consistent with"));
    let gated = bench.rows("/api/insiders/markets?gated=show").await;
    assert_eq!((&gated[0]["market"]["id"], &gated[0]["gate"]), (&"201".into(), &"shut".into()));
    assert_eq!(gated[0]["gate_reason"], "games are decided in public");
    assert_eq!(bench.pages("/api/insiders/markets?gated=show", 1).await, gated);

    let wallets = bench.rows("/api/insiders/wallets").await;
    let strengths: Vec<_> = wallets.iter().map(|row| row["strength"].as_f64().unwrap()).collect();
    assert_eq!(strengths, [3.2, 2.8, 2.1]);
    let table = wallets[0]["table"].as_array().unwrap();
    assert_eq!((&table[0]["matched"], &table[0]["rate"]), (&40.into(), &0.075.into()));
    assert!(table[1]["present"].is_null() && table[1]["rate"].is_null());
    assert_eq!(wallets[0]["tail_p"], 0.002);
    assert!(wallets[0]["reserve"].as_str().unwrap().contains("no accusation"));
    assert_eq!(
        bench.pages("/api/insiders/wallets?gated=show", 1).await,
        bench.rows("/api/insiders/wallets?gated=show").await
    );
    assert_eq!(bench.rows("/api/insiders/wallets?gated=show&category=sports").await.len(), 1);
    assert_eq!(bench.rows(&format!("/api/insiders/wallets?wallet={}", address(3))).await.len(), 1);

    let accounts = bench.rows("/api/insiders/wallets?layer=history").await;
    let words: Vec<_> = accounts.iter().map(|row| row["wording"].as_str().unwrap()).collect();
    let expected = [
        "pattern consistent with knowing more than prices did",
        "nothing that prices and chance do not explain",
    ];
    assert_eq!(words, expected);
    assert!(accounts[0]["market"].is_null());
}

#[tokio::test]
async fn a_market_says_what_is_known_of_it() {
    let bench = Bench::start().await;
    let said = bench.data("/api/polymarket/markets/market-105/intelligence").await;
    assert_eq!(said["consensus"]["imbalance"], 62.5);
    assert_eq!(
        (&said["consensus"]["divergence"], &said["consensus"]["n"]),
        (&0.06.into(), &6.0.into())
    );
    assert_eq!(said["concentration"].as_array().map(Vec::len), Some(2));
    assert_eq!(said["notable"], 2);
    assert_eq!(said["flows"]["h24"][1]["net_usdc"], 810.0);
    assert_eq!(said["wash"]["measures"][0]["high"], 0.02);
    assert_eq!(
        (&said["informed"]["pairs"], &said["informed"]["gate"]),
        (&2.into(), &"open".into())
    );
    let other = bench.data("/api/polymarket/markets/106/intelligence").await;
    assert!(other["consensus"].is_null());
    assert_eq!(other["why_none"], "Fewer than three independent voices hold it.");
}
