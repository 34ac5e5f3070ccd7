//! `cascadian audit`, as it is run.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

use std::process::Output;

use serde_json::Value;
use tokio::process::Command;

/// Synthetic trials need no database and no network.
async fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cascadian"));
    let own = ["CASCADIAN_LAB_URL", "CASCADIAN_CONFIG", "DATABASE_URL"];
    for name in own {
        command.env_remove(name);
    }
    command.arg("audit").args(arguments).output().await.unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn the_synthetic_trial_tells_each_error_beside_its_budget() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("audit.md");
    let sample = ["--trial", "synthetic", "--wallets", "1000", "--seed", "5"];
    let asked = [&sample[..], &["--json", "--write", file.to_str().unwrap()]].concat();
    let output = run(&asked).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let audits: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = audits.iter().map(|audit| audit["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["smart_money", "reputation", "insiders"]);
    let lines = audits[0]["results"]["lines"].as_array().unwrap();
    let size = &lines[0];
    assert_eq!((size["name"].as_str(), size["budget"].as_f64()), (Some("type1"), Some(0.05)));
    assert!(size["low"].as_f64().unwrap() <= 0.05 && size["is_over"] == false);
    assert!(
        lines
            .iter()
            .any(|line| line["name"] == "rule_win_rate" && line["rate"].as_f64() > Some(0.3))
    );
    let ours = audits[0]["results"]["rankings"].as_array().unwrap();
    assert!(ours.iter().any(|first| first["name"] == "posterior"));

    let document = std::fs::read_to_string(&file).unwrap();
    for part in
        ["## smart_money, version 2", "from seed 5", "does not apply; size is a fact", "not tried"]
    {
        assert!(document.contains(part), "{part} is missing:\n{document}");
    }
    assert_eq!(run(&asked).await.status.code(), Some(0));
    let again = std::fs::read_to_string(&file).unwrap();
    assert_eq!(again, document, "a seed says everything");
}

#[tokio::test]
async fn only_a_simulated_world_tells_what_is_true() {
    let output = run(&["--trial", "planted"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--lab-url"), "{}", text(&output.stderr));
    let output = run(&["--kind", "luck"]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("smart_money"), "{}", text(&output.stderr));
    let output = run(&["--kind", "whale", "--trial", "synthetic"]).await;
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stderr).contains("size is a fact"), "{}", text(&output.stderr));
}
