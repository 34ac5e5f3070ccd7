//! Finding markets by words.

use domain::Screen;
use proptest::prelude::*;

use super::super::Snapshot;
use super::support::{event, market, now};

fn titled(titles: &[&str]) -> Snapshot {
    let markets = titles.iter().zip(1..).map(|(title, number)| {
        let mut stored = market(number, [7; 32]);
        stored.market.title = (*title).to_owned();
        stored.market.group_title = None;
        stored.market.event_id = None;
        stored.market.slug = format!("slug-{number}");
        stored.delisted_at = None;
        stored
    });
    Snapshot::build(markets.collect(), Vec::new(), 1, now())
}

fn found(snapshot: &Snapshot, text: &str) -> Vec<String> {
    let screen = Screen { search: Some(text.to_owned()), status: None, ..Screen::default() };
    let rows = snapshot.screen_rows(&screen, now());
    rows.map(|row| row.read().unwrap().market_id).collect()
}

#[test]
fn whole_words_come_before_beginnings_and_those_before_mistakes() {
    let snapshot = titled(&["Trumpet solo", "Will Trump win?", "Crump it"]);
    assert_eq!(found(&snapshot, "trump"), ["2", "1"], "a word that exists is no mistake");
    assert_eq!(found(&snapshot, "trumb"), ["2"]);
    assert_eq!(found(&snapshot, "tru"), ["1", "2"]);
    assert_eq!(found(&snapshot, "win trump"), ["2"]);
    assert_eq!(found(&snapshot, "trump solo win"), [""; 0]);
    assert_eq!(found(&snapshot, "?!"), [""; 0]);
}

#[test]
fn numbers_and_accents_match_however_they_are_written() {
    let snapshot = titled(&["Bitcoin above $68,000?", "Bitcoin above $69,000?", "México wins"]);
    assert_eq!(found(&snapshot, "68000"), ["1"]);
    assert_eq!(found(&snapshot, "btc 68,000"), [""; 0]);
    assert_eq!(found(&snapshot, "bitcoin 69,000"), ["2"]);
    assert_eq!(found(&snapshot, "mexico"), ["3"]);
}

#[test]
fn names_and_ids_are_found_as_pasted() {
    let snapshot = titled(&["One", "Two", "Slug 3 of them"]);
    assert_eq!(found(&snapshot, " slug-2 ")[0], "2");
    assert_eq!(found(&snapshot, &format!("0x{:064x}", 3)), ["3"]);
    assert_eq!(found(&snapshot, "7000002"), ["1"]);
}

#[test]
fn the_palette_finds_markets_and_events() {
    let mut stored = event(90, [0; 32]);
    stored.event.title = "Senate election".to_owned();
    let mut of_event = market(5, [7; 32]);
    of_event.market.event_id = Some("90".parse().unwrap());
    of_event.delisted_at = None;
    let snapshot = Snapshot::build(vec![of_event], vec![stored], 1, now());
    let results = snapshot.search("senat", 8);
    assert_eq!(results.events[0].market_count, 1);
    assert_eq!(results.markets[0].event_title.as_deref(), Some("Senate election"));
    assert_eq!(snapshot.search("", 8), crate::view::SearchResults::default());
}

proptest! {
    #[test]
    fn a_word_is_found_with_one_mistake(
        word in "[a-z]{5,12}", other in "[a-z]{5,12}",
        kind in 0usize..4, at in any::<prop::sample::Index>(), letter in prop::char::range('a', 'z'),
    ) {
        let mut typed: Vec<char> = word.chars().collect();
        let at = at.index(typed.len() - 1);
        match kind {
            0 => typed.insert(at, letter),
            1 => drop(typed.remove(at)),
            2 => typed[at] = letter,
            _ => typed.swap(at, at + 1),
        }
        let typed: String = typed.into_iter().collect();
        let title = format!("Will {word} happen?");
        let snapshot = titled(&[&title, &format!("Or {other}")]);
        // Another title may have just what was typed, and then it is no mistake.
        prop_assume!(typed != other);
        prop_assert!(found(&snapshot, &typed).contains(&"1".to_owned()), "{}", typed);
    }
}
