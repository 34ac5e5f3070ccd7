//! Screens and their pages.

use domain::{EventScreen, Screen, SortColumn, TapeColumn};
use proptest::prelude::*;

use super::super::{Page, ScreenPage, Snapshot};
use super::support::{Catalogue, catalogues, event_screens, now, screens, without_labels};
use crate::view::{EventRow, MarketRow};

fn build(catalogue: &Catalogue) -> Snapshot {
    let (markets, events) = (catalogue.markets.clone(), catalogue.events.clone());
    catalogue.counted(&Snapshot::build(markets, events, 1, now()))
}

fn ids(page: &ScreenPage<MarketRow>) -> Vec<String> {
    page.read().unwrap().into_iter().map(|row| row.market_id).collect()
}

proptest! {
    #[test]
    fn a_screen_is_what_judging_every_row_finds(catalogue in catalogues(60), screen in screens()) {
        let page = build(&catalogue).screen(&screen, &Page::first(1_000), true, now()).unwrap();
        prop_assert_eq!(ids(&page), catalogue.screen(&screen, now()));
        prop_assert_eq!(page.total, page.rows.len());
        prop_assert_eq!(page.next_cursor, None);
        prop_assert_eq!(without_labels(page.facets), Some(catalogue.facets(&screen, now())));
    }

    #[test]
    fn rows_say_of_the_windows_what_they_are_ordered_by(catalogue in catalogues(60)) {
        let snapshot = build(&catalogue);
        let all = Screen { status: None, ..Screen::default() };
        for row in snapshot.screen_rows(&all, now()) {
            let row = row.read().unwrap();
            for column in TapeColumn::ALL {
                prop_assert_eq!(row.tape(*column), catalogue.tape(&row.market_id, *column));
            }
            let stance =
                catalogue.stances.iter().find(|stance| stance.market_id.as_str() == row.market_id);
            let shown = row.smart_money.map(|known| (known.imbalance, known.voices, known.as_of));
            let known = stance.map(|stance| (stance.imbalance, stance.voices, stance.as_of));
            prop_assert_eq!(shown, known);
        }
    }

    #[test]
    fn pages_by_offset_and_by_cursor_give_every_row_once(
        catalogue in catalogues(60), screen in screens(), limit in 1usize..20,
    ) {
        let snapshot = build(&catalogue);
        let whole: Vec<_> = snapshot.screen_rows(&screen, now()).collect();
        let mut by_offset = Vec::new();
        for offset in (0..=whole.len()).step_by(limit) {
            let page = Page { offset, ..Page::first(limit) };
            by_offset.extend(snapshot.screen(&screen, &page, false, now()).unwrap().rows);
        }
        prop_assert_eq!(&by_offset, &whole);
        let mut by_cursor = Vec::new();
        let mut page = Page::first(limit);
        loop {
            let got = snapshot.screen(&screen, &page, false, now()).unwrap();
            prop_assert_eq!(got.total, whole.len());
            by_cursor.extend(got.rows);
            page.cursor = got.next_cursor;
            if page.cursor.is_none() {
                break;
            }
        }
        prop_assert_eq!(by_cursor, whole);
    }

    #[test]
    fn a_cursor_continues_behind_its_row_after_changes(
        before in catalogues(60), changes in catalogues(10), screen in screens(), limit in 1usize..10,
    ) {
        // Not by relevance: scores depend on which words exist at all.
        let mut screen = Screen { sort: screen.sort, status: None, ..Screen::default() };
        screen.sort.retain(|sort| sort.column != SortColumn::Relevance);
        let snapshot = build(&before);
        let first = snapshot.screen(&screen, &Page::first(limit), false, now()).unwrap();
        if first.next_cursor.is_none() {
            return Ok(());
        }
        let later = snapshot.patch(changes.markets.clone(), changes.events.clone(), 2, now());
        let rest = Page { cursor: first.next_cursor.clone(), ..Page::first(1_000) };
        let rest = ids(&later.screen(&screen, &rest, false, now()).unwrap());
        let changed: Vec<_> =
            changes.markets.iter().map(|stored| stored.market.market_id.to_string()).collect();
        let untouched = |id: &String| changes.events.is_empty() && !changed.contains(id);
        // Every row that stayed as it was comes exactly once: on the first page or on the rest.
        let seen = [ids(&first), rest].concat();
        for id in before.screen(&screen, now()).iter().filter(|id| untouched(id)) {
            prop_assert_eq!(seen.iter().filter(|other| *other == id).count(), 1, "{}", id);
        }
    }

    #[test]
    fn event_pages_give_every_event_once(
        catalogue in catalogues(40), screen in event_screens(), limit in 1usize..4,
    ) {
        let snapshot = build(&catalogue);
        let whole = snapshot.screen_events(&screen, &Page::first(100), true).unwrap();
        let mut by_cursor = Vec::new();
        let mut page = Page::first(limit);
        loop {
            let got = snapshot.screen_events(&screen, &page, false).unwrap();
            by_cursor.extend(got.rows);
            page.cursor = got.next_cursor;
            if page.cursor.is_none() {
                break;
            }
        }
        prop_assert_eq!(&by_cursor, &whole.rows);
        let rows: Vec<EventRow> = whole.read().unwrap();
        let expected = catalogue.events.iter().map(|stored| &stored.event).filter(|event| {
            screen.closed.is_none_or(|closed| event.closed == closed)
                && (screen.categories.is_empty() || screen.categories.contains(&event.category))
                && screen.tags.iter().all(|slug| event.tags.iter().any(|tag| tag.slug == *slug))
        });
        let expected = expected.count();
        prop_assert!(rows.len() <= expected);
        prop_assert!(screen.search.is_some() || rows.len() == expected);
        for row in &rows {
            let of_event = catalogue.markets.iter().filter(|stored| {
                let event = stored.market.event_id.as_ref();
                event.is_some_and(|id| id.as_str() == row.event_id) && stored.delisted_at.is_none()
            });
            prop_assert_eq!(row.market_count, of_event.clone().count());
            prop_assert_eq!(row.open_market_count, of_event.filter(|s| !s.market.closed).count());
            prop_assert_eq!(row.top_markets.len(), row.market_count.min(3));
        }
    }
}

#[test]
fn a_cursor_of_another_order_or_text_is_refused() {
    let markets = (1..9).map(|number| super::support::market(number, [0; 32])).collect();
    let snapshot = Snapshot::build(markets, Vec::new(), 1, now());
    let screen = |pairs: &[(&str, &str)]| Screen::from_pairs(pairs.iter().copied()).unwrap();
    let first =
        |screen| snapshot.screen(screen, &Page::first(2), false, now()).unwrap().next_cursor;
    let continued = |screen, cursor| {
        let page = Page { cursor, ..Page::first(2) };
        snapshot.screen(screen, &page, false, now()).is_ok()
    };
    let (price, title) = (screen(&[("sort", "price")]), screen(&[("sort", "title")]));
    assert!(continued(&price, first(&price)));
    assert!(!continued(&title, first(&price)));
    assert!(!continued(&price, Some("nonsense".to_owned())));
    let (one, other) = (screen(&[("q", "election")]), screen(&[("q", "will")]));
    assert!(first(&one).is_some() && continued(&one, first(&one)));
    assert!(!continued(&other, first(&one)));
    let events = EventScreen::default();
    let page = Page { cursor: first(&price), ..Page::first(2) };
    assert!(snapshot.screen_events(&events, &page, false).is_err());
}

#[test]
fn an_empty_catalogue_answers() {
    let page = Snapshot::empty().screen(&Screen::default(), &Page::first(10), true, now()).unwrap();
    assert_eq!((page.total, page.rows.len(), page.next_cursor), (0, 0, None));
    let mut json = Vec::new();
    Snapshot::empty()
        .screen_events(&EventScreen::default(), &Page::first(10), true)
        .unwrap()
        .write_json(&mut json);
    assert_eq!(json, b"[]");
}
