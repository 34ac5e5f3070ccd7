//! Rankings, definitions, audits; a score over its error budget is shown nowhere.

use chrono::{DateTime, Utc};
use domain::scores::ScoreKind;
use serde_json::{Value, json};

use super::{Bench, address, csv};

#[tokio::test]
async fn wallets_are_ranked_with_intervals_and_what_they_were_made_from() {
    let bench = Bench::start().await;
    let board = bench.data("/api/whale/scoreboard").await;
    let rows = board["rows"].as_array().unwrap();
    let told: Vec<_> =
        rows.iter().map(|row| (row["rank"].clone(), row["wallet"]["address"].clone())).collect();
    let expected: Vec<_> = [1, 2, 3].map(|n| (json!(n), json!(address(n).to_string()))).to_vec();
    assert_eq!(told, expected, "of two alike the lesser address first");
    let first = &rows[0];
    assert_eq!(
        (&first["value"], &first["low"], &first["high"]),
        (&90.0.into(), &80.0.into(), &95.0.into())
    );
    assert_eq!((&first["n"], &first["version"]), (&41.into(), &1.into()));
    assert_eq!((&first["profit_usdc"], &first["unreconciled"]), (&1234.5.into(), &false.into()));
    assert_eq!((&rows[1]["profit_usdc"], &rows[1]["unreconciled"]), (&Value::Null, &true.into()));
    assert_eq!(
        first["ingredients"][1],
        json!({"name": "size", "label": "Size", "value": 0.8, "unit": "share"})
    );
    assert!(first["ingredients"][0]["value"].is_null(), "unknown stays unknown");
    assert_eq!(first["evidence"][0]["kind"], "market");
    let population = &board["population"];
    assert_eq!((&population["scored"], &population["excluded"]), (&3.into(), &1.into()));
    assert_eq!((&population["tau2"], &population["fdr"]), (&0.04.into(), &0.1.into()));
    bench.is_whole_in_parts("/api/whale/scoreboard").await;
    bench.is_whole_in_parts("/api/whale/scoreboard?min_score=75").await;

    let excluded = bench.rows("/api/whale/scoreboard?verdict=excluded").await;
    assert_eq!(
        (&excluded[0]["reason"], &excluded[0]["value"], &excluded[0]["rank"]),
        (&"maker_like".into(), &Value::Null, &Value::Null)
    );
    assert_eq!(bench.rows("/api/whale/scoreboard?verdict=too_few").await.len(), 1);
    assert_eq!(
        bench.rows("/api/whale/scoreboard?score=smart_money&verdict=withheld").await.len(),
        1
    );
    let narrowed = bench.rows(&format!("/api/whale/scoreboard?wallet={}", address(2))).await;
    assert!(narrowed[0]["rank"].is_null(), "the first of some is not the first of all");
    assert_eq!(bench.rows("/api/whale/scoreboard?class=smart").await.len(), 1);
    assert!(bench.data("/api/whale/scoreboard?score=maker").await["waiting_for"].is_string());
}

#[tokio::test]
async fn a_score_over_its_budget_is_shown_nowhere_until_it_keeps_it_again() {
    let bench = Bench::start().await;
    bench.audit(ScoreKind::Smart, 52, 60).await;
    let board = "/api/whale/scoreboard?score=smart_money";
    let before = bench.data(board).await;
    assert_eq!(before["rows"].as_array().map(Vec::len), Some(1), "52 of 1,000 may be chance");
    assert_eq!(
        (&before["audit"][0]["type1"], &before["audit"][0]["power"]),
        (&0.052.into(), &0.31.into())
    );

    bench.audit(ScoreKind::Smart, 120, 30).await;
    bench.audit(ScoreKind::Smart, 130, 20).await;
    let after = bench.data(board).await;
    assert_eq!(after["rows"].as_array().map(Vec::len), Some(0));
    assert!(after["waiting_for"].is_null(), "it waits for nothing: it is withdrawn");
    let withdrawn = &after["withdrawn"];
    let reason = withdrawn["reason"].as_str().unwrap();
    assert!(reason.contains("13.0 % where 5.0 % are allowed"), "{reason}");
    let since: DateTime<Utc> = withdrawn["since"].as_str().unwrap().parse().unwrap();
    let late = since - super::instant(-30);
    assert!(late.num_seconds().abs() < 60, "{since}: since the first that failed");
    assert_eq!(
        csv(bench.server.get("/api/whale/scoreboard.csv?score=smart_money").await).await.len(),
        1
    );

    let (field, message) = bench.refused("/api/whale/trades?min_score=50&score=smart_money").await;
    assert_eq!(field, "min_score");
    assert!(message.contains("smart_money") && message.contains("withdrawn"), "{message}");
    assert_eq!(
        bench.refused("/api/whale/trades.csv?min_score=50&score=smart_money").await.0,
        "min_score"
    );
    assert_eq!(bench.rows("/api/whale/trades?min_score=50&score=whale").await.len(), 3);
    let wallet = bench.rows("/api/whale/trades").await[0]["wallet"].clone();
    assert_eq!(
        (&wallet["smart_money_score"], &wallet["whale_score"]),
        (&Value::Null, &90.0.into())
    );
    let scores = bench.data(&format!("/api/polymarket/wallet/{}/scores", address(1))).await;
    let smart = scores["current"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["kind"] == "smart_money")
        .unwrap();
    assert_eq!((&smart["value"], &smart["reason"]), (&Value::Null, &"withdrawn".into()));
    let audit = bench.data("/api/scores/smart_money/audit").await;
    assert_eq!(
        (&audit["is_within"], &audit["withdrawn"]["since"]),
        (&false.into(), &withdrawn["since"])
    );

    bench.audit(ScoreKind::Smart, 40, 0).await;
    let again = bench.data(board).await;
    assert_eq!(again["rows"].as_array().map(Vec::len), Some(1));
    assert!(again["withdrawn"].is_null());
}

#[tokio::test]
async fn definitions_and_audits_are_told() {
    let bench = Bench::start().await;
    let all = bench.data("/api/scores").await;
    let kinds: Vec<_> =
        all.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["whale", "smart_money", "reputation", "maker", "bot"]);
    for one in all.as_array().unwrap() {
        for field in ["title", "definition", "formula", "needs", "unit", "doc_href"] {
            assert!(!one[field].as_str().unwrap().is_empty(), "{field}");
        }
    }
    assert_eq!((&all[1]["budget"], &all[0]["budget"]), (&0.05.into(), &Value::Null));
    bench.audit(ScoreKind::Smart, 45, 5).await;
    let audit = bench.data("/api/scores/smart_money/audit").await;
    assert_eq!((&audit["is_within"], &audit["budget"]), (&true.into(), &0.05.into()));
    let results = &audit["trials"][0]["results"];
    assert_eq!((&results["lines"][0]["k"], &results["seed"]), (&45.into(), &7.into()));
    let whale = bench.data("/api/scores/whale/audit").await;
    assert_eq!(whale["gaps"].as_array().map(Vec::len), Some(3));
    assert!(whale["waiting_for"].is_null(), "there is no trial to wait for");
    assert_eq!(
        bench.data("/api/scores/flips/audit").await["gaps"].as_array().map(Vec::len),
        Some(2)
    );
}

#[tokio::test]
async fn a_wallet_says_what_it_is_scored_and_was() {
    let bench = Bench::start().await;
    let path = format!("/api/polymarket/wallet/{}/scores", address(1));
    let scores = bench.data(&path).await;
    assert_eq!(scores["class"], "smart");
    assert_eq!(scores["current"].as_array().map(Vec::len), Some(3));
    assert_eq!(scores["history"].as_array().map(Vec::len), Some(3));
    assert_eq!(scores["current"][0]["profit_usdc"], 1234.5);
    assert_eq!(scores["owner"]["wallets"].as_array().map(Vec::len), Some(2));
    let other = &scores["owner"]["evidence"][0];
    assert_eq!(
        (&other["id"], other["label"].as_str().unwrap().contains("Same second")),
        (&address(5).to_string().into(), true)
    );
}
