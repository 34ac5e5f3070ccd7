//! `cascadian wallet`, as it is run.

use std::process::Output;

use serde_json::Value;
use tokio::process::Command;

use super::{Bench, rows};

async fn run(base: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cascadian"));
    command.arg("wallet").args(arguments).args(["--url", base]).env_remove("CASCADIAN_URL");
    command.output().await.unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The lines of a run that went well.
fn lines(output: &Output) -> Vec<String> {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout).lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_that_is_not_held_is_waited_for_unless_told_otherwise() {
    let bench = Bench::start().await;
    let base = bench.server.base.clone();
    let wallet = bench.busiest(1).await.remove(0);
    let at_once = run(&base, &[wallet.as_str(), "--no-wait"]).await;
    assert_eq!(at_once.status.code(), Some(75), "come back later");
    assert!(text(&at_once.stderr).contains("is not held yet"), "{}", text(&at_once.stderr));
    assert!(text(&at_once.stdout).contains("not held yet (unknown)"), "{}", text(&at_once.stdout));
    let list = run(&base, &[wallet.as_str(), "trades", "--json", "--no-wait"]).await;
    assert_eq!((list.status.code(), list.stdout.len()), (Some(75), 0));

    // It waits while nobody imports, and ends when somebody has.
    let waiting = tokio::spawn(async move { run(&base, &[wallet.as_str()]).await });
    let _importers = bench.importers();
    let output = waiting.await.unwrap();
    let told = lines(&output).join("\n");
    assert!(text(&output.stderr).contains("is imported first"), "{}", text(&output.stderr));
    for part in
        ["History         full", "Value", "Profit and loss", "Beside the venue's", "Win rate"]
    {
        assert!(told.contains(part), "{part} is missing:\n{told}");
    }
}

/// Whether two values are the same but for the last digit of a number, which reading and writing it again may change.
fn are_alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.as_f64().unwrap(), other.as_f64().unwrap());
            (one - other).abs() <= 1e-12 * one.abs()
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| are_alike(a, b))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, a)| other.get(name).is_some_and(|b| are_alike(a, b)))
        }
        _ => one == other,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_printed_is_what_the_api_says() {
    let bench = Bench::start().await;
    let _importers = bench.importers();
    let wallet = bench.modest().await;
    let base = bench.server.base.clone();
    let address = wallet.as_str();
    let upper = address.to_uppercase().replacen("0X", "0x", 1);

    let summary = run(&base, &[&upper, "--json"]).await;
    let summary: Value = serde_json::from_str(&lines(&summary).join("\n")).unwrap();
    assert_eq!(summary["pnl"], bench.wallet(address, "pnl").await["data"]);
    let metrics = bench.wallet(address, "metrics").await["data"]["metrics"].clone();
    assert!(are_alike(&summary["metrics"], &metrics), "{summary}\n{metrics}");
    assert_eq!(summary["profile"]["address"], *address);

    for (word, list) in [
        ("positions", "positions"),
        ("closed", "closed-positions?limit=1000"),
        ("trades", "trades?limit=1000"),
        ("activity", "activity?limit=1000"),
    ] {
        let told = run(&base, &[address, word, "--json", "--limit", "100000"]).await;
        let told: Vec<Value> =
            lines(&told).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        let reply = bench.wallet(address, list).await;
        assert!(!told.is_empty());
        assert_eq!(told, rows(&reply), "{word}");
        let few = run(&base, &[address, word, "--limit", "2"]).await;
        assert_eq!(lines(&few).len(), 3.min(told.len() + 1), "a header and two rows");
        let list = list.split('?').next().unwrap();
        let path = format!("/api/polymarket/wallet/{address}/{list}.csv");
        let file = bench.server.get(&path).await.text().await.unwrap();
        assert_eq!(text(&run(&base, &[address, word, "--csv"]).await.stdout), file, "{word}");
    }
    let bought = run(&base, &[address, "trades", "side=buy", "--json", "--limit", "1000"]).await;
    let reply = bench.wallet(address, "trades?limit=1000&side=buy").await;
    assert_eq!(lines(&bought).len(), rows(&reply).len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_answered_says_what_would() {
    let server = crate::support::TestServer::start().await;
    let refused = async |arguments: &[&str], code: i32, part: &str| {
        let output = run(&server.base, arguments).await;
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(part), "{arguments:?}: {told}");
        assert!(output.stdout.is_empty());
    };
    refused(&["0x379a410a"], 1, "40 hexadecimal digits").await;
    refused(&[domain::Contract::ExchangeV2.address()], 1, "CTF Exchange V2").await;
    refused(&["https://polymarket.com/event/x"], 1, "another page").await;
    let nobody = format!("0x{:040x}", 5);
    refused(&[&nobody, "--csv"], 1, "trades --csv").await;
    refused(&[&nobody, "positions", "side=buy"], 1, "trades and activity").await;
    refused(&[&nobody, "trades", "buy"], 1, "NAME=VALUE").await;
    refused(&[&nobody, "everything"], 2, "possible values").await;

    let away = run("http://127.0.0.1:9", &[&nobody]).await;
    let told = text(&away.stderr);
    assert_eq!(away.status.code(), Some(1));
    assert!(told.contains("no terminal answers") && told.contains("cascadian serve"), "{told}");
    let odd = run("localhost:8080", &[&nobody]).await;
    assert!(text(&odd.stderr).contains("http://"), "{}", text(&odd.stderr));
}
