//! What the lab's tests share: a running lab and a client for it.

#![expect(
    dead_code,
    unreachable_pub,
    clippy::panic,
    reason = "each test binary uses a part of this module, and panics are how tests fail"
)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lab::{Catalogue, Lab, Replay, World, WorldOptions, serve};
use reqwest::{Response, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The present of the tests' worlds.
pub fn present() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_392_000, 0).expect("a date in 2026")
}

/// A world small enough to be made per test.
pub fn small_world(seed: u64) -> World {
    World::generate(&WorldOptions::new(seed, present()).scale(0.02).markets(400))
}

/// The recordings under `name`, or `None` after saying that the test is skipped.
pub fn recorded(name: &str) -> Option<Catalogue> {
    let dir = recorded_dir().join(name);
    if !dir.is_dir() {
        eprintln!("SKIPPED: no recorded data at {}; set CASCADIAN_RECORDED_DATA", dir.display());
        return None;
    }
    Some(Replay::load(&dir).expect("recordings load"))
}

pub fn recorded_dir() -> PathBuf {
    std::env::var_os("CASCADIAN_RECORDED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    )
}

/// A lab being served on a free port, stopped when dropped.
pub struct Running {
    pub lab: Lab,
    address: SocketAddr,
    client: reqwest::Client,
    shutdown: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
}

impl Running {
    pub async fn start(lab: Lab) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let shutdown = CancellationToken::new();
        let server = tokio::spawn(serve(listener, lab.clone(), shutdown.clone()));
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build()
            .expect("a client");
        Self { lab, address, client, shutdown, server }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    pub async fn get(&self, path: &str) -> Response {
        self.client.get(self.url(path)).send().await.expect("an answer")
    }

    /// The JSON body of a 200.
    pub async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let body = response.text().await.expect("a body");
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {error}: {body:.200}"))
    }

    /// Status and the `error` sentence of an error body.
    pub async fn problem(&self, path: &str) -> (u16, String) {
        let response = self.get(path).await;
        let status = response.status().as_u16();
        let body: Value = response.json().await.expect("an error body");
        (status, body["error"].as_str().unwrap_or_default().to_owned())
    }

    /// Every row of a keyset listing, page by page. `query` starts with `&` or is empty.
    pub async fn enumerate(&self, list: &str, query: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let mut page =
                self.json(&format!("/gamma/{list}/keyset?limit=100{query}{cursor}")).await;
            let Value::Array(page_rows) = page[list].take() else {
                panic!("no {list} in the page")
            };
            assert!(page_rows.len() <= 100);
            rows.extend(page_rows);
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&after_cursor={next}"),
                None => return rows,
            }
        }
    }

    /// Stops the lab and waits for it.
    pub async fn stop(self) {
        self.shutdown.cancel();
        let stopped = tokio::time::timeout(Duration::from_secs(10), self.server).await;
        stopped.expect("stops in time").expect("no panic").expect("no error");
    }
}

pub fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["id"].as_str().expect("an id")).collect()
}
