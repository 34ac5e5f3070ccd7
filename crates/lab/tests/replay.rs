//! Recorded responses are served whole and verbatim.

mod support;

use std::collections::BTreeSet;
use std::fs;

use lab::{Lab, LoadError, Replay};
use serde_json::Value;
use support::{Running, ids, recorded, recorded_dir};

#[tokio::test]
async fn paging_shows_every_recorded_row_once() {
    let Some(catalogue) = recorded("gamma-2024") else { return };
    assert_eq!((catalogue.event_count(), catalogue.market_count()), (5_912, 16_845));
    let running = Running::start(Lab::replay(catalogue)).await;

    let events = running.enumerate("events", "").await;
    let distinct: BTreeSet<_> = ids(&events).into_iter().collect();
    assert_eq!((events.len(), distinct.len()), (5_912, 5_912));
    let nested: usize =
        events.iter().map(|event| event["markets"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(nested, 16_845);

    let closed = running.enumerate("markets", "&closed=true").await;
    let open = running.enumerate("markets", "").await;
    let distinct: BTreeSet<_> = ids(&closed).into_iter().chain(ids(&open)).collect();
    assert_eq!(distinct.len(), closed.len() + open.len());
    let inactive = events
        .iter()
        .flat_map(|event| event["markets"].as_array().into_iter().flatten())
        .filter(|market| market["active"] != true || market["archived"] == true)
        .count();
    assert_eq!(closed.len() + open.len() + inactive, 16_845);
    running.stop().await;
}

#[tokio::test]
async fn rows_are_served_as_recorded() {
    let path = recorded_dir().join("one-market-2026-10");
    let Some(catalogue) = recorded("one-market-2026-10") else { return };
    let running = Running::start(Lab::replay(catalogue)).await;
    let row = |file: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(path.join(file)).unwrap()).unwrap()
    };
    // The market was recorded by itself and, earlier, inside its event: the later row is served.
    let market = running.json("/gamma/markets/559652").await;
    assert_eq!(market, row("gamma_markets.json")[0]);
    let event = running.json("/gamma/events/30829").await;
    let recorded = row("gamma_event.json");
    assert_eq!(event["tags"], recorded["tags"]);
    assert_eq!(
        ids(event["markets"].as_array().unwrap()),
        ids(recorded["markets"].as_array().unwrap())
    );
    running.stop().await;
}

#[test]
fn every_gamma_recording_loads() {
    for (name, markets) in [("gamma-2022", 4_833), ("gamma-2026", 1_000)] {
        let Some(catalogue) = recorded(name) else { return };
        assert!(catalogue.market_count() >= markets, "{name}: {}", catalogue.market_count());
        assert!(catalogue.ignored_files().is_empty(), "{name}: {:?}", catalogue.ignored_files());
    }
    let Some(all) = recorded("") else { return };
    assert!(all.market_count() > 16_845 + 4_833, "{}", all.market_count());
    assert!(!all.ignored_files().is_empty(), "recordings of other hosts are left out");
}

#[tokio::test]
async fn market_listings_become_events() {
    let Some(catalogue) = recorded("gamma-2026") else { return };
    let running = Running::start(Lab::replay(catalogue)).await;
    let tag = running.json("/gamma/tags/slug/jto").await;
    assert_eq!(tag["id"], "671");
    assert_eq!(running.json("/gamma/tags/671").await, tag);
    assert_eq!(running.json("/gamma/sports").await.as_array().map(Vec::len), Some(129));

    let market = running.json("/gamma/markets/947275").await;
    assert_eq!(market["events"][0]["id"], "106520");
    let event = running.json("/gamma/events/106520").await;
    let nested = event["markets"].as_array().unwrap();
    let nested = nested.iter().find(|nested| nested["id"] == "947275").unwrap();
    assert!(nested.get("events").is_none(), "nested markets carry no events");
    assert_eq!(nested["outcomePrices"], market["outcomePrices"]);
    running.stop().await;
}

#[test]
fn faulty_recordings_are_refused_by_file_and_line() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Replay::load(dir.path()), Err(LoadError::NothingRecorded { .. })));
    let missing = dir.path().join("nowhere");
    assert!(matches!(Replay::load(&missing), Err(LoadError::Unreadable { .. })));

    let good = r#"{"id":"1","slug":"a","ticker":"a","markets":[]}"#;
    fs::write(dir.path().join("events.ndjson"), format!("{good}\n{good}\n{{broken\n")).unwrap();
    let error = Replay::load(dir.path()).unwrap_err();
    assert!(matches!(error, LoadError::NotJson { line: 3, .. }), "{error}");
    assert!(error.to_string().contains("events.ndjson, line 3"), "{error}");

    fs::write(dir.path().join("events.ndjson"), format!("{good}\n{{\"what\":1}}\n")).unwrap();
    let error = Replay::load(dir.path()).unwrap_err();
    assert!(matches!(error, LoadError::BadRow { row: 2, .. }), "{error}");
}

#[test]
fn files_are_told_apart_by_shape_and_the_later_row_wins() {
    let dir = tempfile::tempdir().unwrap();
    let market = |price: &str, updated: &str| {
        format!(
            r#"{{"id":"7","question":"Q?","conditionId":"0x1","slug":"q","closed":false,"active":true,"price":{price},"updatedAt":"{updated}","events":[{{"id":"3","ticker":"e","slug":"e"}}]}}"#
        )
    };
    let older = market("1", "2026-02-01T00:00:00Z");
    let newer = market("2", "2026-02-02T00:00:00Z");
    fs::write(
        dir.path().join("a.json"),
        format!(r#"{{"fetched_at":"x","markets":[{newer}],"summary":{{}}}}"#),
    )
    .unwrap();
    fs::create_dir(dir.path().join("more")).unwrap();
    fs::write(dir.path().join("more/b.json"), format!("[{older}]")).unwrap();
    fs::write(dir.path().join("book.json"), r#"{"bids":[],"asks":[]}"#).unwrap();
    fs::write(dir.path().join("tags.json"), r#"[{"id":"2","label":"Politics","slug":"politics"}]"#)
        .unwrap();
    let catalogue = Replay::load(dir.path()).unwrap();
    assert_eq!(
        (catalogue.event_count(), catalogue.market_count(), catalogue.tag_count()),
        (1, 1, 1)
    );
    assert_eq!(catalogue.ignored_files().len(), 1);
}
