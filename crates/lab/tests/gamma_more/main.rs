//! Gamma beyond the catalogue's listings: search, series, sports, comments, profiles and the filters
//! that few ask for.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the modules of a test binary are its own, and panics are how tests fail"
)]

#[path = "../support/mod.rs"]
mod support;

mod comments;
mod events;
mod filters;
mod profiles;
mod replay;
mod search;
mod series;
mod third_party;

use lab::{Enforcement, Lab, World, WorldOptions};
use serde_json::Value;
use support::{Running, present};

async fn running() -> Running {
    world(21, 0.02).await
}

/// A world with enough trading for people to talk about it.
async fn talkative() -> Running {
    world(21, 0.1).await
}

async fn world(seed: u64, scale: f64) -> Running {
    let options = WorldOptions::new(seed, present()).scale(scale).markets(400);
    let lab = Lab::world(World::generate(&options));
    // Rate limits have tests of their own.
    lab.limits().set(Enforcement::Off).unwrap();
    Running::start(lab).await
}

/// The rows of an array.
fn rows(value: &Value) -> &[Value] {
    value.as_array().map_or_else(|| panic!("no array: {value:.200}"), Vec::as_slice)
}

fn text<'v>(row: &'v Value, key: &str) -> &'v str {
    row[key].as_str().unwrap_or_else(|| panic!("no text {key}: {row:.200}"))
}

/// A figure, whether it is a number or a string that holds one.
fn figure(row: &Value, key: &str) -> Option<f64> {
    row[key].as_f64().or_else(|| row[key].as_str().and_then(|text| text.parse().ok()))
}

/// `text` as a part of a query.
fn quoted(text: &str) -> String {
    let bytes = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    bytes.collect()
}
