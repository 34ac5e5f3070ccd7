//! What a replay answers beyond the rows it holds.

use std::fs;

use lab::{Lab, Replay};
use serde_json::{Value, json};

use crate::support::{Running, ids, recorded};
use crate::{quoted, rows, text};

#[tokio::test]
async fn recorded_events_give_series_and_searches() {
    let Some(catalogue) = recorded("gamma-2026") else { return };
    let running = Running::start(Lab::replay(catalogue)).await;
    let series = running.json("/gamma/series?limit=100&exclude_events=true").await;
    assert_eq!(rows(&series).len(), 100);
    let nba = running.json("/gamma/series/2").await;
    assert_eq!(nba["title"], "NBA");
    assert!(nba["competitive"].is_string() && nba.get("$schema").is_none());
    assert!(
        rows(&nba["events"])
            .iter()
            .all(|event| { rows(&event["series"]).iter().any(|series| series["id"] == "2") })
    );
    let count = running.json("/gamma/series/2/comments/count").await;
    assert_eq!(count["count"], nba["commentCount"]);
    let games = running.enumerate("events", "&series_id=2").await;
    assert_eq!(games.len(), rows(&nba["events"]).len());

    let event = &games[0];
    let found =
        running.json(&format!("/gamma/public-search?q={}", quoted(text(event, "title")))).await;
    assert!(ids(rows(&found["events"])).contains(&text(event, "id")));
    let id = text(event, "id");
    let count = running.json(&format!("/gamma/events/{id}/comments/count")).await;
    assert_eq!(count["count"].as_u64(), Some(event["commentCount"].as_u64().unwrap_or(0)));
    let parent = format!("parent_entity_type=Event&parent_entity_id={id}");
    assert_eq!(running.json(&format!("/gamma/comments?{parent}")).await, json!([]));
    let wallet = "0x7c37b52eb226bcb9411375ec48b0169663fb6aeb";
    assert_eq!(running.problem(&format!("/gamma/public-profile?address={wallet}")).await.0, 404);

    let types = running.json("/gamma/sports/market-types").await;
    assert!(rows(&types["marketTypes"]).contains(&json!("moneyline")));
    assert_eq!(rows(&running.json("/gamma/sports").await).len(), 129);
    let games = running.enumerate("markets", "&closed=true&sports_market_types=moneyline").await;
    assert!(!games.is_empty());
    running.stop().await;
}

#[tokio::test]
async fn what_events_embed_is_served_as_recorded() {
    let dir = tempfile::tempdir().unwrap();
    let event = |id: u32, updated: &str, volume: &str| {
        format!(
            r#"{{"id":"{id}","slug":"e{id}","ticker":"e{id}","title":"Game {id}","markets":[],"series":[{{"id":"7","slug":"cup","title":"Cup","recurrence":"daily","volume":{volume},"updatedAt":"{updated}"}}],"teams":[{{"id":4,"name":"Home","league":"x","ordering":"home"}},{{"id":5,"name":"Away","league":"x","ordering":"away"}}],"sport":{{"id":9,"sport":"x","name":"X"}},"eventDate":"2026-02-0{id}","closed":false}}"#
        )
    };
    let (first, second) =
        (event(1, "2026-02-02T00:00:00Z", "2.50"), event(2, "2026-02-01T00:00:00Z", "1"));
    fs::write(dir.path().join("events.ndjson"), format!("{first}\n{second}\n")).unwrap();
    let running = Running::start(Lab::replay(Replay::load(dir.path()).unwrap())).await;
    let body = running.get("/gamma/series?exclude_events=true").await.text().await.unwrap();
    let later = r#"[{"id":"7","slug":"cup","title":"Cup","recurrence":"daily","volume":2.50,"updatedAt":"2026-02-02T00:00:00Z"}]"#;
    assert_eq!(body, later, "the later row, byte for byte");
    let series = running.json("/gamma/series/7").await;
    assert_eq!(ids(rows(&series["events"])), ["1", "2"]);
    let teams = running.json("/gamma/teams").await;
    let team = |id: u32, name: &str| json!({ "id": id, "name": name, "league": "x" });
    assert_eq!(teams, json!([team(4, "Home"), team(5, "Away")]));
    let sports: Value = running.json("/gamma/sports").await;
    assert_eq!(sports, json!([{ "id": 9, "sport": "x", "name": "X" }]));
    let summary = running.json("/gamma/series-summary/slug/cup").await;
    assert_eq!(summary["eventDates"], json!(["2026-02-01", "2026-02-02"]));
    running.stop().await;
}
