//! A patched snapshot is the one that would have been built.

use chrono::Duration;
use domain::analytics::Window;
use proptest::prelude::*;
use store::windows::CountedWindow;

use super::super::{Page, Snapshot, Subject};
use super::support::{catalogues, event_screens, now, screens, without_labels};

proptest! {
    #[test]
    fn patching_is_building_anew(
        before in catalogues(40),
        changes in catalogues(12),
        screen in screens(),
        event_screen in event_screens(),
        hours in 0i64..60,
        windows_first in any::<bool>(),
    ) {
        let later = now() + Duration::hours(hours);
        let first = Snapshot::build(before.markets.clone(), before.events.clone(), 1, now());
        let after = before.with(&changes);
        let patch = |snapshot: &Snapshot| {
            snapshot.patch(changes.markets.clone(), changes.events.clone(), 2, later)
        };
        // The windows may be counted before the catalogue knows of a market, or after.
        let patched = if windows_first {
            patch(&after.counted(&before.counted(&first)))
        } else {
            after.counted(&patch(&before.counted(&first)))
        };
        let built = Snapshot::build(after.markets.clone(), after.events.clone(), 2, later);
        let built = after.counted(&built);
        prop_assert_eq!(patched.windows_version(), built.windows_version());
        prop_assert_eq!((patched.generation(), patched.as_of()), (built.generation(), built.as_of()));
        prop_assert_eq!(patched.market_count(), built.market_count());
        prop_assert_eq!(patched.event_count(), built.event_count());

        let page = Page::first(1_000);
        let (a, b) = (
            patched.screen(&screen, &page, true, later).unwrap(),
            built.screen(&screen, &page, true, later).unwrap(),
        );
        prop_assert_eq!((a.rows, without_labels(a.facets)), (b.rows, without_labels(b.facets)));
        let (a, b) = (
            patched.screen_events(&event_screen, &page, true).unwrap(),
            built.screen_events(&event_screen, &page, true).unwrap(),
        );
        prop_assert_eq!((a.rows, without_labels(a.facets)), (b.rows, without_labels(b.facets)));
        for stored in &after.markets {
            let market = &stored.market;
            let condition = market.condition_id.as_ref().map_or("", |id| id.as_str());
            for key in [market.market_id.as_str(), condition, &market.slug] {
                prop_assert_eq!(patched.market(key), built.market(key));
            }
            let subject = Subject::Market(market.market_id.as_str());
            prop_assert_eq!(patched.related(subject, 5), built.related(subject, 5));
        }
        for stored in before.events.iter().chain(&after.events) {
            for key in [stored.event.event_id.as_str(), &stored.event.slug] {
                prop_assert_eq!(patched.event(key), built.event(key));
                prop_assert_eq!(patched.event_markets(key), built.event_markets(key));
            }
        }
    }
}

#[test]
fn another_count_of_a_window_is_another_version_of_the_same_generation() {
    let markets = (1..4).map(|number| super::support::market(number, [0; 32])).collect();
    let unknown = Snapshot::build(markets, Vec::new(), 7, now());
    let count = |minutes| CountedWindow {
        window: Window::Hour,
        as_of: now() + Duration::minutes(minutes),
        markets: Vec::new(),
    };
    let counted = unknown.with_window(Window::Hour, Some(&count(0)));
    let later = counted.with_window(Window::Hour, Some(&count(1)));
    let forgotten = later.with_window(Window::Hour, None);
    let versions = [&unknown, &counted, &later].map(Snapshot::windows_version);
    assert!(versions[0] != versions[1] && versions[1] != versions[2]);
    assert_eq!(forgotten.windows_version(), unknown.windows_version());
    assert_eq!(later.generation(), 7);
    assert_eq!(later.window_as_of(Window::Hour), Some(now() + Duration::minutes(1)));
    let windows = |snapshot: &Snapshot| {
        let row = snapshot.market("1").unwrap();
        let row: serde_json::Value = serde_json::from_slice(&row.json()).unwrap();
        row["windows"].clone()
    };
    let json = serde_json::json!({"10m": null, "6h": null, "12h": null, "24h": null});
    assert_eq!(
        windows(&counted),
        json,
        "nothing traded within the hour; of the others nobody knows"
    );
    assert_eq!(windows(&unknown)["1h"], serde_json::Value::Null);
    assert!(windows(&unknown).as_object().unwrap().contains_key("1h"));
}

#[test]
fn a_market_begins_to_await_its_resolution_without_being_changed() {
    let mut stored = super::support::market(1, [0; 32]);
    stored.market.closed = false;
    stored.market.end_date = Some(now() + Duration::hours(1));
    let awaits =
        |snapshot: &Snapshot| snapshot.market("1").unwrap().read().unwrap().awaiting_resolution;
    let snapshot = Snapshot::build(vec![stored], Vec::new(), 1, now());
    assert!(!awaits(&snapshot));
    let later = snapshot.patch(Vec::new(), Vec::new(), 1, now() + Duration::hours(2));
    assert!(awaits(&later));
    assert!(!awaits(&snapshot), "the snapshot before is as it was");
}
