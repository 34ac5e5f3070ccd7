//! The generated world: repeatable, true to its own past, and shaped like the real host.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers outside of test functions, too")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use lab::{Lab, PricePoint, World, WorldOptions};
use serde_json::Value;
use support::{Running, present, recorded_dir, small_world};

/// Everything the world serves, hashed.
async fn fingerprint(world: World) -> u64 {
    let running = Running::start(Lab::world(world)).await;
    let mut hasher = DefaultHasher::new();
    for list in [
        "events?limit=100",
        "events?limit=100&offset=100",
        "markets?limit=100",
        "markets?limit=100&closed=true",
    ] {
        running.get(&format!("/gamma/{list}")).await.text().await.unwrap().hash(&mut hasher);
    }
    running.stop().await;
    hasher.finish()
}

#[tokio::test]
async fn same_seed_same_bytes() {
    assert_eq!(fingerprint(small_world(1)).await, fingerprint(small_world(1)).await);
    assert_ne!(fingerprint(small_world(1)).await, fingerprint(small_world(2)).await);
}

#[tokio::test]
async fn how_time_is_cut_makes_no_difference() {
    let later = present() + TimeDelta::minutes(95);
    let mut at_once = small_world(3);
    at_once.advance(later);
    let mut bit_by_bit = small_world(3);
    for minutes in [1, 2, 14, 31, 32, 60, 95] {
        bit_by_bit.advance(present() + TimeDelta::minutes(minutes));
    }
    assert_eq!(at_once.now(), later);
    assert_eq!(fingerprint(at_once).await, fingerprint(bit_by_bit).await);
}

/// Many markets, little trading.
fn wide_world(seed: u64) -> World {
    World::generate(&WorldOptions::new(seed, present()).scale(0.05).markets(2_400))
}

fn price_at(points: &[PricePoint], at: DateTime<Utc>) -> Option<&PricePoint> {
    points.iter().rev().find(|point| point.at <= at)
}

fn instant(row: &Value, key: &str) -> DateTime<Utc> {
    let text = row[key].as_str().unwrap_or_else(|| panic!("no {key}"));
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn first_price(market: &Value) -> f64 {
    let prices: Vec<String> =
        serde_json::from_str(market["outcomePrices"].as_str().unwrap()).unwrap();
    prices[0].parse().unwrap()
}

#[tokio::test]
async fn reported_changes_and_volumes_are_true() {
    let mut world = small_world(4);
    world.advance(present() + TimeDelta::minutes(50));
    let running = Running::start(Lab::world(world)).await;
    let markets = running.enumerate("markets", "").await;
    let windows = [
        ("oneHourPriceChange", TimeDelta::hours(1)),
        ("oneDayPriceChange", TimeDelta::days(1)),
        ("oneWeekPriceChange", TimeDelta::days(7)),
        ("oneMonthPriceChange", TimeDelta::days(30)),
    ];
    let mut checked = 0;
    for market in &markets {
        let history = running.lab.with_world(|world| world.history(market["id"].as_str().unwrap()));
        let history = history.flatten().expect("a history");
        let as_of = instant(market, "updatedAt");
        for (key, window) in windows {
            let then = price_at(&history, as_of - window);
            match (market[key].as_f64(), then) {
                (Some(change), Some(then)) => {
                    let truth = first_price(market) - then.price;
                    assert!(
                        (change - truth).abs() < 1e-9,
                        "{key} of {}: {change}, not {truth}",
                        market["id"]
                    );
                    checked += 1;
                }
                (None, None) => {}
                (change, then) => panic!("{key} of {}: {change:?} against {then:?}", market["id"]),
            }
        }
        let day_ago =
            price_at(&history, as_of - TimeDelta::days(1)).map_or(0.0, |point| point.volume_usdc);
        let truth = market["volumeNum"].as_f64().unwrap() - day_ago;
        let reported = market["volume24hr"].as_f64().unwrap_or(0.0);
        assert!(
            (reported - truth).abs() < 0.01,
            "volume24hr of {}: {reported}, not {truth}",
            market["id"]
        );
    }
    assert!(checked > 300, "only {checked} changes were there to check");
    running.stop().await;
}

#[tokio::test]
async fn exclusive_outcomes_sum_to_one() {
    let running = Running::start(Lab::world(wide_world(5))).await;
    let events = running.enumerate("events", "&closed=false").await;
    // After its end a group goes to its winner, or to nothing when that is nobody listed.
    let groups = events
        .iter()
        .filter(|event| event["negRisk"] == true && instant(event, "endDate") > present());
    let mut checked = 0;
    for event in groups {
        let markets = event["markets"].as_array().unwrap();
        let sum: f64 = markets.iter().map(first_price).sum();
        // Ticks, one-sided books and an unlisted winner leave some room.
        assert!((0.7..1.35).contains(&sum), "{}: {sum}", event["title"]);
        if event["negRiskAugmented"] == true {
            let others = markets.iter().filter(|market| market["negRiskOther"] == true).count();
            assert_eq!(others, 1, "{}", event["title"]);
        }
        checked += 1;
    }
    assert!(checked > 10, "only {checked} groups");
    running.stop().await;
}

#[tokio::test]
async fn every_stage_of_life_is_there() {
    let running = Running::start(Lab::world(wide_world(6))).await;
    let open = running.enumerate("markets", "").await;
    let closed = running.enumerate("markets", "&closed=true").await;
    let total = open.len() + closed.len();
    assert!((2_150..2_700).contains(&total), "{total} markets");
    let count = |rows: &[Value], wanted: &dyn Fn(&Value) -> bool| {
        rows.iter().filter(|row| wanted(row)).count()
    };
    let now = present();
    assert!(count(&closed, &|row| row["outcomePrices"] == r#"["1", "0"]"#) > 50);
    assert!(count(&closed, &|row| row["outcomePrices"] == r#"["0", "1"]"#) > 50);
    assert!(count(&closed, &|row| row["outcomePrices"] == r#"["0.5", "0.5"]"#) > 0, "no split");
    assert!(count(&open, &|row| instant(row, "endDate") < now) > 10, "none awaits resolution");
    assert!(count(&open, &|row| row["umaResolutionStatus"] == "proposed") > 0, "none is proposed");
    assert!(count(&open, &|row| row["umaResolutionStatus"] == "disputed") > 0, "none is disputed");
    assert!(count(&open, &|row| row["new"] == true) > 10, "none is new");
    assert!(count(&open, &|row| row["feesEnabled"] == false) > 10, "none is free");
    assert!(count(&open, &|row| row.get("clobRewards").is_some()) > 10, "none pays rewards");
    assert!(count(&open, &|row| row.get("volume24hr").is_none()) > 0, "none is idle");
    for row in open.iter().chain(&closed) {
        assert!(row["description"].as_str().unwrap().starts_with("Simulated market."));
        assert!(row.get("image").is_none() && row.get("icon").is_none());
    }
    let mut volumes: Vec<f64> = open.iter().filter_map(|row| row["volumeNum"].as_f64()).collect();
    volumes.sort_by(f64::total_cmp);
    let (middle, top) = (volumes[volumes.len() / 2], volumes[volumes.len() - 1]);
    assert!(top > 100.0 * middle, "volumes are not heavy-tailed: {middle} and {top}");
    running.stop().await;
}

#[tokio::test]
async fn advancing_moves_opens_and_resolves() {
    let running = Running::start(Lab::world(small_world(8))).await;
    let prices = |rows: Vec<Value>| -> BTreeMap<String, f64> {
        rows.iter().map(|row| (row["id"].as_str().unwrap().to_owned(), first_price(row))).collect()
    };
    let before = prices(running.enumerate("markets", "").await);
    running.lab.with_world(|world| world.advance(present() + TimeDelta::hours(6)));
    let after = prices(running.enumerate("markets", "").await);
    let moved = before
        .iter()
        .filter(|(id, price)| after.get(*id).is_some_and(|now| (now - *price).abs() > 1e-9))
        .count();
    assert!(moved > before.len() / 3, "{moved} of {} moved", before.len());
    assert!(after.keys().filter(|id| !before.contains_key(*id)).count() >= 24, "too few opened");
    let closed: BTreeSet<_> = before.keys().filter(|id| !after.contains_key(*id)).collect();
    assert!(!closed.is_empty(), "none closed");
    for id in closed {
        let market = running.json(&format!("/gamma/markets/{id}")).await;
        assert_eq!(market["closed"], true);
        assert!(
            [0.0, 0.5, 1.0].contains(&first_price(&market)),
            "{id}: {}",
            market["outcomePrices"]
        );
    }
    running.stop().await;
}

/// Keys of a recorded row that the world leaves out, and why.
const LEFT_OUT: [(&str, &str); 9] = [
    ("image", "no picture belongs to an invented market"),
    ("icon", "as image"),
    ("comboStatus", "the world has no parlays"),
    ("events", "checked apart"),
    ("seriesColor", "chart hint of the site"),
    ("showGmpSeries", "chart hint of the site"),
    ("showGmpOutcome", "chart hint of the site"),
    ("deployingTimestamp", "nothing is deployed"),
    ("fallbackResolutionType", "always \"none\" upstream"),
];

#[tokio::test]
async fn generated_rows_have_the_types_of_recorded_ones() {
    let path = recorded_dir().join("one-market-2026-10/gamma_markets.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: no recorded market at {}", path.display());
        return;
    };
    let recorded: Value = serde_json::from_str(&text).unwrap();
    let kind = |value: &Value| match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    // A full world, because only a few markets are older than a year.
    let running = Running::start(Lab::world(wide_world(9))).await;
    let rows = running.enumerate("markets", "").await;
    for (key, value) in recorded[0].as_object().unwrap() {
        let kinds: BTreeSet<_> = rows
            .iter()
            .filter_map(|row| row.get(key))
            .map(kind)
            .filter(|kind| *kind != "null")
            .collect();
        let left_out = LEFT_OUT.iter().any(|(left_out, _)| left_out == key) && key != "events";
        if left_out {
            assert!(kinds.is_empty(), "{key} is generated after all");
        } else {
            assert_eq!(kinds, BTreeSet::from([kind(value)]), "{key}");
        }
    }
    let embedded = &rows[0]["events"][0];
    assert!(embedded.get("markets").is_none() && embedded.get("tags").is_none());
    for (key, value) in recorded[0]["events"][0].as_object().unwrap() {
        if let Some(generated) = embedded.get(key) {
            assert_eq!(kind(generated), kind(value), "{key} of the event");
        }
    }
    running.stop().await;
}

#[tokio::test]
async fn a_live_world_follows_the_clock() {
    let behind = Utc::now() - TimeDelta::minutes(10);
    let world = World::generate(&WorldOptions::new(10, behind).scale(0.01).markets(100));
    let running = Running::start(Lab::world_live(world)).await;
    let caught_up = async {
        while running.lab.with_world(|world| world.now()) < Some(behind + TimeDelta::minutes(9)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), caught_up).await.expect("the world is advanced");
    running.stop().await;
}
