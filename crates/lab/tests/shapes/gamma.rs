//! Bodies of the catalogue host.

use serde_json::Value;

use crate::Bodies;
use crate::recordings::Recordings;
use crate::sample::{Sample, rows};

pub async fn bodies(sample: &Sample, recordings: &Recordings) -> Vec<Bodies> {
    vec![
        Bodies {
            name: "gamma event",
            recorded: vec![
                recordings.body("one-market-2026-10/gamma_event.json"),
                recordings.body("gamma-2026/event-1.json.gz"),
            ],
            lab: open_and_closed(sample, "events").await,
        },
        Bodies {
            name: "gamma market",
            recorded: recorded_markets(recordings),
            lab: open_and_closed(sample, "markets").await,
        },
        Bodies {
            name: "gamma /tags",
            recorded: recordings.rows("gamma-2026/tags.json.gz"),
            lab: rows(&serde_json::json!({"tags": sample.json("/gamma/tags").await}), "tags").to_vec(),
        },
        Bodies {
            name: "gamma /sports",
            recorded: recordings.rows("gamma-2026/sports.json.gz"),
            lab: rows(&serde_json::json!({"sports": sample.json("/gamma/sports").await}), "sports").to_vec(),
        },
    ]
}

async fn open_and_closed(sample: &Sample, list: &str) -> Vec<Value> {
    let mut found = sample.running.enumerate(list, "&closed=false").await;
    found.extend(sample.running.enumerate(list, "&closed=true").await);
    found
}

fn recorded_markets(recordings: &Recordings) -> Vec<Value> {
    let mut found = recordings.rows("one-market-2026-10/gamma_markets.json");
    found.extend(recordings.rows("gamma-2026/markets-600.json.gz"));
    found.extend(recordings.rows("gamma-2026/markets-open-100.json.gz"));
    let wrapped = recordings.body("gamma-2026/markets-open-200.json.gz");
    found.extend_from_slice(rows(&wrapped, "markets"));
    found
}
