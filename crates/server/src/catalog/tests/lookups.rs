//! Finding one thing by its names.

use chrono::Duration;
use store::markets::StoredMarket;

use super::super::{CatalogHandle, Snapshot, Subject};
use super::support::{event, market, now};

fn named(number: u32, slug: &str, closed: bool, days_old: i64) -> StoredMarket {
    let mut stored = market(number, [2; 32]);
    stored.market.slug = slug.to_owned();
    stored.market.closed = closed;
    stored.market.created_at = Some(now() - Duration::days(days_old));
    stored
}

fn found(snapshot: &Snapshot, key: &str) -> Option<String> {
    snapshot.market(key).map(|row| row.read().unwrap().market_id)
}

#[test]
fn a_market_is_found_by_each_of_its_names() {
    let markets = vec![
        named(12, "rain", true, 1),
        named(13, "rain", false, 9),
        named(14, "rain", false, 5),
        // A slug that is another market's id.
        named(15, "12", false, 0),
    ];
    let snapshot = Snapshot::build(markets, Vec::new(), 1, now());
    assert_eq!(found(&snapshot, "12").unwrap(), "12", "an id goes before a slug");
    assert_eq!(found(&snapshot, "rain").unwrap(), "14", "open before closed, then the newest");
    assert_eq!(
        found(&snapshot, &format!("{:064X}", 13)).unwrap(),
        "13",
        "condition, in any writing"
    );
    assert_eq!(found(&snapshot, "7000031").unwrap(), "15", "token of its second outcome");
    for nobody in ["", "rai", "99", "0x00"] {
        assert_eq!(found(&snapshot, nobody), None, "{nobody}");
    }
}

#[test]
fn a_delisted_market_is_found_by_name_only() {
    let mut gone = named(7, "gone", false, 1);
    gone.delisted_at = Some(now());
    let snapshot = Snapshot::build(vec![gone, named(8, "here", false, 1)], Vec::new(), 1, now());
    assert_eq!(found(&snapshot, "gone").unwrap(), "7");
    let listed = snapshot.screen_rows(&domain::Screen::default(), now());
    let listed: Vec<_> = listed.map(|row| row.read().unwrap().market_id).collect();
    assert_eq!(listed, ["8"]);
}

#[test]
fn related_markets_are_of_other_events_and_alike() {
    let about = |number: u32, title: &str, tag: &str| {
        let mut stored = event(number, [0; 32]);
        stored.event.title = title.to_owned();
        stored.event.slug = format!("event-{number}");
        stored.event.tags = vec![domain::Tag { tag_id: None, slug: tag.into(), label: tag.into() }];
        stored
    };
    let events = vec![
        about(90, "Senate election in Ohio", "senate"),
        about(91, "Senate election in Maine", "senate"),
        about(92, "Rain in London", "weather"),
    ];
    let of_event = |number: u32, event: &str| {
        let mut stored = named(number, &format!("m-{number}"), false, 1);
        stored.market.event_id = Some(event.parse().unwrap());
        stored
    };
    let markets = vec![of_event(1, "90"), of_event(2, "90"), of_event(3, "91"), of_event(4, "92")];
    let snapshot = Snapshot::build(markets, events, 1, now());
    let related = snapshot.related(Subject::Event("event-90"), 8).unwrap();
    assert_eq!(related[0].row.market_id, "3");
    assert_eq!(related[0].shared_tags, ["senate"]);
    assert!(related[0].similarity > 0.5 && related[0].similarity <= 1.0);
    assert!(related.iter().all(|other| other.row.event.as_ref().unwrap().event_id != "90"));
    assert_eq!(snapshot.related(Subject::Market("999"), 8), None);
    assert_eq!(snapshot.event_markets("event-90").len(), 2);
}

#[test]
fn subscribers_hear_of_each_new_snapshot() {
    let handle = CatalogHandle::default();
    let mut generations = handle.subscribe();
    let held = handle.current();
    assert!(held.is_empty());
    handle.replace(held.patch(vec![named(1, "a", false, 1)], Vec::new(), 7, now()), 1);
    assert!(generations.has_changed().unwrap());
    let latest = *generations.borrow_and_update();
    assert_eq!((latest.generation, latest.changed, latest.as_of), (7, 1, now()));
    assert_eq!(handle.current().market_count(), 1);
    assert!(held.is_empty(), "who holds the one before keeps it");
}
