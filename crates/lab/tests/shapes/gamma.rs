//! Bodies of the catalogue host.

use serde_json::Value;

use crate::Bodies;
use crate::recordings::Recordings;
use crate::sample::{Sample, array, rows};

pub async fn bodies(sample: &Sample, recordings: &Recordings) -> Vec<Bodies> {
    vec![
        Bodies {
            older: older_events(recordings),
            ..Bodies::new("gamma event", events(recordings), everything(sample, "events").await)
        },
        Bodies {
            older: recordings.rows("gamma-2026/markets-oldest-500.json.gz"),
            ..Bodies::new("gamma market", markets(recordings), everything(sample, "markets").await)
        },
        Bodies::new(
            "gamma /tags",
            recordings.rows("gamma-2026/tags.json.gz"),
            array(sample.json("/gamma/tags").await),
        ),
        Bodies::new(
            "gamma /sports",
            recordings.rows("gamma-2026/sports.json.gz"),
            array(sample.json("/gamma/sports").await),
        ),
    ]
}

/// Open and closed rows of a listing of the lab.
async fn everything(sample: &Sample, list: &str) -> Vec<Value> {
    let mut found = sample.running.enumerate(list, "&closed=false").await;
    found.extend(sample.running.enumerate(list, "&closed=true").await);
    found
}

fn events(recordings: &Recordings) -> Vec<Value> {
    let mut found = recordings.rows("gamma-2024/events.ndjson.gz");
    found.push(recordings.body("one-market-2026-10/gamma_event.json"));
    found.extend(recordings.rows("gamma-2026/event-1.json.gz"));
    found
}

fn older_events(recordings: &Recordings) -> Vec<Value> {
    let mut found = recordings.rows("gamma-2022/events.ndjson.gz");
    found.extend(recordings.rows("gamma-2026/events-10.json.gz"));
    found
}

fn markets(recordings: &Recordings) -> Vec<Value> {
    let mut found = recordings.rows("one-market-2026-10/gamma_markets.json");
    found.extend(recordings.rows("gamma-2026/markets-600.json.gz"));
    found.extend(recordings.rows("gamma-2026/markets-open-100.json.gz"));
    let wrapped = recordings.body("gamma-2026/markets-open-200.json.gz");
    found.extend_from_slice(rows(&wrapped, "markets"));
    found
}
