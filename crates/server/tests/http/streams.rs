//! Server-sent events.

use std::time::Duration;

use chrono::Utc;
use reqwest::{Method, Response};
use serde_json::Value;
use store::sync_logs::{self, Outcome, SyncCounts, SyncState};
use tokio_util::sync::CancellationToken;

use crate::support::TestServer;

/// How long an event is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Follows the log of syncs, as the process does.
fn follow(server: &TestServer, cancel: CancellationToken) -> impl Future<Output = ()> + use<> {
    let app = &server.app;
    app.sync().clone().follow(app.database().clone(), app.catalog().clone(), cancel)
}

/// Reads one event: its name, id and data.
pub(crate) async fn next(response: &mut Response, rest: &mut String) -> (String, String, Value) {
    loop {
        if let Some((event, after)) = rest.split_once("\n\n") {
            let line = |name: &str| {
                let found = event.lines().find_map(|line| line.strip_prefix(name));
                found.unwrap_or_default().trim().to_owned()
            };
            let read = (line("event:"), line("id:"), serde_json::from_str(&line("data:")));
            *rest = String::from(after);
            // Comments keep the connection alive and say nothing.
            if let (name, id, Ok(data)) = read {
                return (name, id, data);
            }
            continue;
        }
        let chunk =
            tokio::time::timeout(PATIENCE, response.chunk()).await.expect("nothing is said");
        let chunk = chunk.unwrap().expect("the stream ended");
        rest.push_str(std::str::from_utf8(&chunk).unwrap());
    }
}

fn replace(server: &TestServer, changed: usize) -> i64 {
    let current = server.app.catalog().current();
    let generation = current.generation() + 1;
    let next = current.patch(Vec::new(), Vec::new(), generation, Utc::now());
    server.app.catalog().replace(next, changed);
    generation
}

#[tokio::test]
async fn new_generations_are_told_and_known_ones_are_not() {
    let server = TestServer::start().await;
    let generation = server.app.catalog().current().generation();
    let path = "/api/polymarket/stream";

    let mut fresh = server.get(path).await;
    assert_eq!(fresh.headers()["content-type"], "text/event-stream");
    assert_eq!(fresh.headers()["cache-control"], "no-store");
    let mut rest = String::new();
    let (name, id, data) = next(&mut fresh, &mut rest).await;
    let version = server.app.catalog().current().windows_version();
    let id_of = |generation: i64| format!("{generation}-{version:016x}");
    assert_eq!((name.as_str(), id), ("generation", id_of(generation)));
    assert_eq!(data["generation"], generation);
    assert_eq!(data["stale"], true);

    let resume = |id: i64| server.request(Method::GET, path).header("last-event-id", id_of(id));
    let mut current = resume(generation).send().await.unwrap();
    let mut behind = resume(generation - 1).send().await.unwrap();
    let (_, id, _) = next(&mut behind, &mut String::new()).await;
    assert_eq!(id, id_of(generation), "who is behind is told at once");

    let newer = replace(&server, 3);
    let (_, id, data) = next(&mut current, &mut String::new()).await;
    assert_eq!((id, &data["changed"]), (id_of(newer), &3.into()), "who is not, with the next");
    let (_, id, _) = next(&mut fresh, &mut rest).await;
    assert_eq!(id, id_of(newer));
}

#[tokio::test]
async fn the_progress_of_a_sync_is_told() {
    let server = TestServer::start().await;
    let database = server.app.database().clone();
    let cancel = CancellationToken::new();
    let follower = tokio::spawn(follow(&server, cancel.clone()));

    let started: Value = server
        .request(Method::POST, "/api/polymarket/sync")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let id = started["data"]["sync_id"].as_str().unwrap().to_owned();
    let mut stream = server.get("/api/polymarket/sync/stream").await;
    let mut rest = String::new();
    let (name, event_id, data) = next(&mut stream, &mut rest).await;
    assert_eq!((name.as_str(), &event_id, &data["status"]), ("progress", &id, &"queued".into()));

    let counts = SyncCounts { markets_seen: 25, ..SyncCounts::default() };
    let sync_id = id.parse().unwrap();
    // What another process, the ingester, does.
    sync_logs::start(database.service(), sync_id, "none", Utc::now()).await.unwrap();
    let outcome = Outcome { status: SyncState::Success, complete: true, error: None };
    sync_logs::finish(database.service(), sync_id, &counts, &outcome, Utc::now()).await.unwrap();
    let last = loop {
        let (_, _, data) = next(&mut stream, &mut rest).await;
        if data["status"] == "success" {
            break data;
        }
    };
    assert_eq!(last["markets_seen"], 25);
    let reply = server.json("/api/polymarket/markets").await;
    assert_eq!(reply["metadata"]["stale"], false);
    assert_eq!(reply["metadata"]["completeness"], "full");
    assert_eq!(server.json("/api/polymarket/sync").await["data"]["last"]["sync_id"], id);
    cancel.cancel();
    follower.await.unwrap();
}

#[tokio::test]
async fn a_stale_read_asks_for_a_sync_once() {
    let server = TestServer::start().await;
    let cancel = CancellationToken::new();
    let follower = tokio::spawn(follow(&server, cancel.clone()));
    let mut heard = server.app.sync().subscribe();
    for _ in 0..3 {
        server.get("/api/polymarket/markets").await;
    }
    let asked = heard.recv().await.unwrap();
    assert_eq!((asked.status.as_str(), asked.trigger.as_str()), ("queued", "schedule"));
    assert_eq!(
        server.json("/api/polymarket/sync").await["data"]["recent"].as_array().unwrap().len(),
        1
    );
    cancel.cancel();
    follower.await.unwrap();
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let server = TestServer::start().await;
    let mut stream = server.get("/api/polymarket/stream").await;
    next(&mut stream, &mut String::new()).await;
    server.app.stopping().cancel();
    assert!(stream.chunk().await.unwrap().is_none());
}
