//! A patched snapshot is the one that would have been built.

use chrono::Duration;
use proptest::prelude::*;

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
    ) {
        let later = now() + Duration::hours(hours);
        let patched = Snapshot::build(before.markets.clone(), before.events.clone(), 1, now())
            .patch(changes.markets.clone(), changes.events.clone(), 2, later);
        let after = before.with(&changes);
        let built = Snapshot::build(after.markets.clone(), after.events.clone(), 2, later);
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
