use chrono::{DateTime, Utc};
use proptest::prelude::*;
use rust_decimal::dec;

use super::*;

fn at(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_757_908_892_351 + millis).unwrap()
}

fn announced(bid: u16, ask: u16) -> Announced {
    Announced { bid: Some(pips(bid)), ask: Some(pips(ask)) }
}

/// Changes of books that never cross, with few prices, so that levels are often set twice and emptied.
fn uncrossed_change() -> impl Strategy<Value = LevelChange> {
    (any_side(), 1u16..12, 0u64..4).prop_map(|(side, step, shares)| {
        let price = if side == Side::Buy { 5_000 - step } else { 5_000 + step };
        change(side, price, shares)
    })
}

const LIVE: BookState = BookState::Live;

fn stale(cause: BookCause) -> BookState {
    BookState::Stale { cause }
}

fn gap(cause: BookCause) -> BookState {
    BookState::Gap { cause }
}

const fn applied(top_changed: bool) -> BookUpdate {
    BookUpdate::Applied { top_changed }
}

fn resync(cause: BookCause) -> BookUpdate {
    BookUpdate::NeedsResync { cause }
}

/// Live since 1000 ms with 0.50 bid and 0.52 asked.
fn live() -> Keeper {
    let mut keeper = Keeper::new();
    let update = keeper.snapshot(
        book(&[(5_000, 15), (4_900, 20)], &[(5_200, 25)]),
        1_000,
        at(0),
        BookSource::Stream,
        BookMeta { tick: Some(pips(100)), hash: Some("0x1".into()), ..BookMeta::default() },
    );
    assert_eq!(update, applied(true));
    assert_eq!(keeper.state(), LIVE);
    keeper
}

fn rest(keeper: &mut Keeper, book: Book, at_ms: i64, received: i64) -> BookUpdate {
    keeper.snapshot(book, at_ms, at(received), BookSource::Rest, BookMeta::default())
}

fn quiet(keeper: &mut Keeper, changes: &[LevelChange], at_ms: i64, received: i64) -> BookUpdate {
    keeper.delta(changes, Announced::default(), at_ms, at(received))
}

/// A second after a message that came at 10 ms.
const SETTLED: i64 = 10 + 1_000;

#[test]
fn what_nobody_can_read_is_asked_for() {
    let mut keeper = live();
    keeper.doubt(at(10));
    assert_eq!(keeper.state(), gap(BookCause::Unreadable));
    // Nothing else may ever be said of it.
    assert_eq!(keeper.check(at(SETTLED - 1)), None);
    assert_eq!(keeper.check(at(SETTLED)), Some(resync(BookCause::Unreadable)));
    let same = book(&[(5_000, 15)], &[(5_200, 25)]);
    assert_eq!(rest(&mut keeper, same.clone(), 1_000, SETTLED), applied(false));
    assert_eq!((keeper.state(), keeper.book()), (LIVE, &same));
    assert_eq!(keeper.check(at(60_000)), None);
}

#[test]
fn what_was_fetched_too_soon_says_nothing_of_what_nobody_could_read() {
    let mut keeper = live();
    keeper.doubt(at(10));
    let before = book(&[(5_000, 15)], &[(5_200, 25)]);
    assert_eq!(rest(&mut keeper, before, 1_000, SETTLED - 1), BookUpdate::IgnoredOld);
    assert_eq!(keeper.state(), gap(BookCause::Unreadable));
    // Something else is unreadable meanwhile: the wait begins anew.
    keeper.doubt(at(500));
    let between = book(&[(5_000, 16)], &[(5_200, 25)]);
    assert_eq!(rest(&mut keeper, between, 1_001, SETTLED), BookUpdate::IgnoredOld);
}

#[test]
fn what_came_after_it_is_applied_to_the_snapshot() {
    let mut keeper = live();
    keeper.doubt(at(10));
    let late = [change(Side::Buy, 5_100, 7)];
    assert_eq!(quiet(&mut keeper, &late, 1_020, 20), BookUpdate::Buffered);
    rest(&mut keeper, book(&[(5_000, 15)], &[(5_200, 30)]), 1_010, SETTLED);
    assert_eq!(keeper.state(), LIVE);
    assert_eq!(keeper.book(), &book(&[(5_000, 15), (5_100, 7)], &[(5_200, 30)]));
    // Of what came before it a snapshot has to know.
    keeper.doubt(at(10));
    quiet(&mut keeper, &[change(Side::Buy, 5_100, 0)], 1_040, 30);
    keeper.doubt(at(40));
    rest(&mut keeper, book(&[(5_000, 15)], &[(5_200, 30)]), 1_030, 60_000);
    assert_ne!(keeper.state(), LIVE);
}

#[test]
fn a_book_that_was_never_readable_is_fetched_while_its_connection_lives() {
    let mut keeper = Keeper::new();
    keeper.doubt(at(10));
    assert_eq!(keeper.state(), BookState::Unknown);
    assert_eq!(keeper.check(at(SETTLED)), Some(resync(BookCause::NoSnapshot)));
    let fetched = book(&[(5_000, 15)], &[(5_200, 25)]);
    rest(&mut keeper, fetched.clone(), 900, SETTLED);
    assert_eq!(keeper.state(), LIVE);
    keeper.doubt(at(2_000));
    keeper.disconnected(at(2_001));
    rest(&mut keeper, fetched, 2_000, 60_000);
    assert_eq!(keeper.state(), stale(BookCause::Disconnected));
}

#[test]
fn changes_of_a_live_book_say_whether_the_best_price_moved() {
    let mut keeper = live();
    assert_eq!(quiet(&mut keeper, &[change(Side::Buy, 4_800, 5)], 1_001, 1), applied(false));
    assert_eq!(quiet(&mut keeper, &[change(Side::Buy, 5_000, 1)], 1_001, 2), applied(false));
    assert_eq!(quiet(&mut keeper, &[change(Side::Buy, 5_000, 0)], 1_002, 3), applied(true));
    assert_eq!(keeper.as_of_ms(), Some(1_002));
    assert_eq!(keeper.received_at(), Some(at(3)));
    assert_eq!(keeper.meta().hash, None, "the hash was the snapshot's");
    assert_eq!(keeper.meta().tick, Some(pips(100)));
    assert_eq!(
        quiet(&mut keeper, &[change(Side::Buy, 5_000, 9)], 1_001, 4),
        BookUpdate::IgnoredOld
    );
    assert_eq!(keeper.book(), &book(&[(4_900, 20), (4_800, 5)], &[(5_200, 25)]));
}

#[test]
fn what_arrives_before_the_book_is_replayed_when_newer() {
    let mut keeper = Keeper::new();
    assert_eq!(keeper.state(), BookState::Unknown);
    assert_eq!(quiet(&mut keeper, &[change(Side::Buy, 5_000, 1)], 900, 0), BookUpdate::Buffered);
    assert_eq!(quiet(&mut keeper, &[change(Side::Buy, 5_100, 2)], 1_100, 1), BookUpdate::Buffered);
    assert!(keeper.book().is_empty());
    keeper.snapshot(
        book(&[(4_900, 3)], &[]),
        1_000,
        at(2),
        BookSource::Stream,
        BookMeta::default(),
    );
    assert_eq!(keeper.state(), LIVE);
    assert_eq!(keeper.book(), &book(&[(5_100, 2), (4_900, 3)], &[]));
    assert_eq!(keeper.as_of_ms(), Some(1_100));
}

#[test]
fn what_the_stream_sent_before_its_book_in_the_same_millisecond_is_within_it() {
    let mut keeper = Keeper::new();
    quiet(&mut keeper, &[change(Side::Buy, 5_000, 9)], 1_000, 0);
    let meta = BookMeta::default();
    keeper.snapshot(book(&[(5_000, 4)], &[]), 1_000, at(1), BookSource::Stream, meta);
    assert_eq!(keeper.book(), &book(&[(5_000, 4)], &[]), "a trade took five in between");
}

#[test]
fn a_fetched_book_is_live_only_if_the_stream_reaches_back_to_it() {
    let mut keeper = Keeper::new();
    assert_eq!(rest(&mut keeper, book(&[(4_900, 3)], &[]), 1_000, 0), applied(true));
    assert_eq!(keeper.state(), stale(BookCause::NotStreamed));
    // Something may have happened between 1000 and 1100.
    assert_eq!(quiet(&mut keeper, &[change(Side::Buy, 5_000, 1)], 1_100, 1), BookUpdate::Buffered);
    assert_eq!(rest(&mut keeper, book(&[(4_900, 4)], &[]), 1_050, 2), applied(false));
    assert_eq!(keeper.state(), stale(BookCause::NotStreamed));
    assert_eq!(rest(&mut keeper, book(&[(4_900, 5)], &[]), 1_100, 3), applied(true));
    assert_eq!(keeper.state(), LIVE);
    assert_eq!(keeper.book(), &book(&[(5_000, 1), (4_900, 5)], &[]), "a total, applied once more");
}

#[test]
fn a_book_older_than_the_last_change_never_replaces_it() {
    let mut keeper = live();
    quiet(&mut keeper, &[change(Side::Buy, 5_100, 2)], 2_000, 1);
    let before = keeper.book().clone();
    assert_eq!(rest(&mut keeper, book(&[], &[]), 1_999, 2), BookUpdate::IgnoredOld);
    assert_eq!(
        keeper.snapshot(book(&[], &[]), 1_999, at(2), BookSource::Stream, BookMeta::default()),
        BookUpdate::IgnoredOld
    );
    assert_eq!(keeper.book(), &before);
    keeper.disconnected(at(3));
    assert_eq!(rest(&mut keeper, book(&[], &[]), 1_999, 4), BookUpdate::IgnoredOld);
    assert_eq!(keeper.state(), stale(BookCause::Disconnected));
    assert_eq!(keeper.book(), &before);
    // A new connection begins with its own book.
    keeper.snapshot(
        book(&[(4_000, 1)], &[]),
        1_500,
        at(5),
        BookSource::Stream,
        BookMeta::default(),
    );
    assert_eq!(keeper.state(), LIVE);
    assert_eq!(keeper.book(), &book(&[(4_000, 1)], &[]));
}

#[test]
fn a_lost_connection_forgets_what_waited() {
    let mut keeper = live();
    keeper.disconnected(at(1));
    assert_eq!(keeper.state(), stale(BookCause::Disconnected));
    assert_eq!(quiet(&mut keeper, &[change(Side::Buy, 5_100, 1)], 1_100, 2), BookUpdate::Buffered);
    keeper.disconnected(at(3));
    assert_eq!(rest(&mut keeper, book(&[(4_900, 5)], &[]), 1_200, 4), applied(true));
    assert_eq!(keeper.state(), stale(BookCause::Disconnected), "nothing streams");
    assert_eq!(keeper.as_of_ms(), Some(1_200));
    let mut unheard = Keeper::new();
    unheard.disconnected(at(0));
    assert_eq!(unheard.state(), BookState::Unknown);
}

#[test]
fn one_mismatch_may_pass_and_a_second_is_a_gap() {
    let wrong = announced(4_950, 5_200);
    let right = announced(5_000, 5_200);
    let mut keeper = live();
    assert_eq!(keeper.delta(&[], wrong, 1_001, at(0)), applied(false));
    assert_eq!(keeper.delta(&[], wrong, 1_001, at(1)), applied(false), "steps of one change");
    assert_eq!(keeper.delta(&[], right, 1_002, at(2)), applied(false));
    assert_eq!(keeper.delta(&[], wrong, 1_003, at(3)), applied(false));
    assert_eq!(keeper.delta(&[], Announced::default(), 1_004, at(4)), applied(false));
    assert_eq!(keeper.delta(&[], wrong, 1_005, at(5)), resync(BookCause::TopMismatch));
    assert_eq!(keeper.state(), gap(BookCause::TopMismatch));
}

#[test]
fn a_mismatch_that_nothing_follows_is_noticed_by_the_clock() {
    let mut keeper = live();
    keeper.delta(&[], announced(4_950, 5_200), 1_001, at(0));
    assert_eq!(keeper.check(at(2_000)), None);
    assert_eq!(keeper.check(at(2_001)), Some(resync(BookCause::TopMismatch)));
    assert_eq!(keeper.check(at(3_000)), None, "it was asked for");
    assert_eq!(keeper.check(at(7_001)), Some(resync(BookCause::TopMismatch)), "it has not come");
}

#[test]
fn announcements_know_three_ways_to_say_that_a_side_is_empty() {
    for empty in [None, Some(Pips::ZERO), Some(Pips::ONE)] {
        let mut keeper = live();
        let changes = [change(Side::Sell, 5_200, 0)];
        let said = Announced { bid: Some(pips(5_000)), ask: empty };
        assert_eq!(keeper.delta(&changes, said, 1_001, at(0)), applied(true));
        assert_eq!(keeper.check(at(60_000)), None);
    }
}

#[test]
fn a_book_crossed_for_longer_than_a_second_is_a_gap() {
    let mut keeper = live();
    assert_eq!(quiet(&mut keeper, &[change(Side::Buy, 5_200, 1)], 1_001, 0), applied(true));
    assert_eq!(keeper.check(at(1_000)), None);
    assert_eq!(keeper.check(at(1_001)), Some(resync(BookCause::Crossed)));
    let mut passing = live();
    quiet(&mut passing, &[change(Side::Buy, 5_300, 1)], 1_001, 0);
    quiet(&mut passing, &[change(Side::Sell, 5_200, 0)], 1_002, 900);
    assert_eq!(passing.check(at(5_000)), None);
    assert_eq!(passing.state(), LIVE);
}

#[test]
fn a_gap_heals_by_a_book_no_older_than_the_last_change() {
    let mut keeper = live();
    keeper.delta(&[], announced(4_950, 5_200), 1_001, at(0));
    keeper.delta(&[], announced(4_950, 5_200), 1_002, at(1));
    assert_eq!(keeper.state(), gap(BookCause::TopMismatch));
    assert_eq!(quiet(&mut keeper, &[change(Side::Buy, 4_960, 1)], 1_010, 2), BookUpdate::Buffered);
    assert_eq!(rest(&mut keeper, book(&[], &[]), 1_001, 3), BookUpdate::IgnoredOld);
    assert_eq!(keeper.state(), gap(BookCause::TopMismatch));
    assert_eq!(rest(&mut keeper, book(&[(4_950, 7)], &[(5_200, 25)]), 1_005, 4), applied(true));
    assert_eq!(keeper.state(), LIVE);
    assert_eq!(keeper.book(), &book(&[(4_960, 1), (4_950, 7)], &[(5_200, 25)]));
    assert_eq!(keeper.check(at(60_000)), None);
}

#[test]
fn what_waits_is_bounded_and_a_hole_in_it_is_not_bridged() {
    let mut keeper = live();
    keeper.delta(&[], announced(4_950, 5_200), 1_001, at(0));
    keeper.delta(&[], announced(4_950, 5_200), 1_002, at(1));
    let waiting = i64::try_from(Keeper::MAX_WAITING).unwrap();
    for number in 1..=waiting + 3 {
        let level = change(Side::Buy, 4_000, u64::try_from(number).unwrap());
        quiet(&mut keeper, &[level], 1_002 + number, 2);
    }
    // The first three, of 1003 to 1005, went.
    let fetched = || book(&[(4_950, 7)], &[(5_200, 25)]);
    assert_eq!(rest(&mut keeper, fetched(), 1_005, 3), resync(BookCause::MissedDeltas));
    assert_eq!(keeper.state(), gap(BookCause::MissedDeltas));
    assert_eq!(rest(&mut keeper, fetched(), 1_006, 4), applied(false));
    assert_eq!(keeper.state(), LIVE);
    let last = level(4_000, u64::try_from(waiting + 3).unwrap());
    assert_eq!(keeper.book().bids().last(), Some(last));
}

#[test]
fn changes_without_a_book_ask_for_one() {
    let mut keeper = Keeper::new();
    assert_eq!(keeper.check(at(60_000)), None, "nobody waits");
    quiet(&mut keeper, &[change(Side::Buy, 5_000, 1)], 900, 0);
    assert_eq!(keeper.check(at(4_999)), None);
    assert_eq!(keeper.check(at(5_000)), Some(resync(BookCause::NoSnapshot)));
    assert_eq!(keeper.state(), BookState::Unknown);
}

#[test]
fn one_message_from_the_future_does_not_freeze_the_book() {
    let mut keeper = live();
    quiet(&mut keeper, &[change(Side::Buy, 5_100, 1)], 9_000_000, 0);
    let next = [change(Side::Buy, 5_100, 0)];
    assert_eq!(quiet(&mut keeper, &next, 1_100, 1), BookUpdate::IgnoredOld);
    assert_eq!(quiet(&mut keeper, &next, 3_200, 2_001), BookUpdate::IgnoredOld);
    assert_eq!(quiet(&mut keeper, &next, 3_300, 2_002), resync(BookCause::ClockWentBack));
    assert_eq!(rest(&mut keeper, book(&[(5_000, 1)], &[]), 3_400, 2_100), applied(true));
    assert_eq!(keeper.state(), LIVE);
}

#[test]
fn what_is_said_beside_the_levels_is_kept_until_said_anew() {
    let mut keeper = live();
    keeper.traded(Price::new(dec!(0.51)).unwrap());
    keeper.tick_changed(pips(10));
    rest(&mut keeper, book(&[(5_000, 15)], &[(5_200, 25)]), 1_000, 1);
    assert_eq!(keeper.source(), Some(BookSource::Rest));
    assert_eq!(keeper.meta().tick, Some(pips(10)));
    assert_eq!(keeper.meta().last_trade.map(Price::decimal), Some(dec!(0.51)));
    assert!(!keeper.suspected_ghost());
}

/// What may happen to a message, or between two.
#[derive(Debug, Clone)]
enum Fate {
    Arrives,
    Lost,
    /// Arrives, and again after the next ones.
    Twice,
    /// The connection breaks before it.
    Breaks,
    /// Somebody fetches the book as it was so many messages ago.
    Fetched(usize),
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        8 => Just(Fate::Arrives),
        1 => Just(Fate::Lost),
        1 => Just(Fate::Twice),
        1 => Just(Fate::Breaks),
        1 => (0usize..4).prop_map(Fate::Fetched),
    ]
}

proptest! {
    /// A stream that loses nothing: the keeper has the exchange's book after every message.
    #[test]
    fn a_faithful_stream_is_followed_exactly(
        messages in prop::collection::vec(
            (prop::collection::vec(uncrossed_change(), 1..4), 0i64..3), 1..60),
        snapshot_at in 0usize..20,
        late in 0usize..10,
    ) {
        let (mut keeper, mut model, mut now) = (Keeper::new(), Model::default(), 1_000);
        let mut history = vec![(model.clone(), now)];
        for (number, (changes, pause)) in messages.iter().enumerate() {
            now += pause;
            for change in changes {
                model.set(*change);
            }
            history.push((model.clone(), now));
            keeper.delta(changes, model.announced(), now, at(now));
            if number == snapshot_at {
                // Fetched some messages ago, answered only now.
                let (then, at_ms) = &history[history.len() - 1 - late.min(history.len() - 1)];
                rest(&mut keeper, then.book(), *at_ms, now);
            }
            if keeper.state() == LIVE {
                prop_assert_eq!(keeper.book(), &model.book());
            }
            prop_assert_ne!(keeper.state().slug(), "gap");
        }
    }

    /// A stream that loses messages and connections: no best price stays wrong while it is called live,
    /// and one fetched book mends whatever was broken.
    #[test]
    fn losses_are_noticed_and_mended(
        messages in prop::collection::vec((uncrossed_change(), fate()), 1..80),
    ) {
        let (mut keeper, mut model, mut now) = (Keeper::new(), Model::default(), 1_000);
        let mut history = vec![(model.clone(), now)];
        let mut lost_since_book = false;
        for (change, fate) in &messages {
            now += 100;
            model.set(*change);
            let before = history.last().cloned().unwrap_or_default();
            history.push((model.clone(), now));
            match fate {
                Fate::Lost => {
                    lost_since_book = true;
                    continue;
                }
                Fate::Breaks => {
                    keeper.disconnected(at(now));
                    let meta = BookMeta::default();
                    keeper.snapshot(before.0.book(), before.1, at(now), BookSource::Stream, meta);
                    lost_since_book = false;
                }
                Fate::Fetched(ago) => {
                    let (then, at_ms) = &history[history.len().saturating_sub(1 + ago)];
                    rest(&mut keeper, then.book(), *at_ms, now);
                    // It may bridge the loss or not; only a stream's own book is sure to.
                }
                Fate::Arrives | Fate::Twice => {}
            }
            keeper.delta(&[*change], model.announced(), now, at(now));
            if matches!(fate, Fate::Twice) {
                keeper.delta(&[*change], model.announced(), now, at(now));
            }
            let update = keeper.check(at(now));
            prop_assert!(update.is_none() || keeper.state() != LIVE);
            if keeper.state() == LIVE && !lost_since_book {
                prop_assert_eq!(keeper.book(), &model.book());
            }
        }
        // Two more announcements, and the best prices are right or known to be wrong.
        for _ in 0..2 {
            now += 100;
            keeper.delta(&[], model.announced(), now, at(now));
        }
        if keeper.state() == LIVE {
            prop_assert_eq!(keeper.book().best_bid(), model.book().best_bid());
            prop_assert_eq!(keeper.book().best_ask(), model.book().best_ask());
        }
        rest(&mut keeper, model.book(), now, now);
        if keeper.state() == LIVE {
            prop_assert_eq!(keeper.book(), &model.book());
        } else {
            // Nothing streamed since the break, or nothing at all.
            prop_assert_eq!(keeper.state().slug(), "stale");
        }
    }
}

#[test]
fn what_was_best_at_the_end_of_a_minute_stays_known_whatever_comes_later() {
    let top = |bid, ask| Some((Some(pips(bid)), Some(pips(ask))));
    let mut keeper = live();
    quiet(&mut keeper, &[change(Side::Buy, 5_100, 5)], 59_900, 10);
    assert_eq!(keeper.top_at(60_000), top(5_100, 5_200), "nothing came since");
    assert_eq!(keeper.top_at(59_900), None, "of a moment within the minute nobody keeps anything");
    quiet(&mut keeper, &[change(Side::Buy, 5_100, 0)], 60_000, 20);
    quiet(&mut keeper, &[change(Side::Sell, 5_100, 5)], 61_000, 30);
    assert_eq!(keeper.top_at(60_000), top(5_100, 5_200), "what is dated at the end is after it");
    quiet(&mut keeper, &[change(Side::Sell, 5_150, 5)], 120_001, 40);
    assert_eq!(keeper.top_at(60_000), None, "only the last end of a minute is kept");
    assert_eq!(keeper.top_at(120_000), top(5_000, 5_100));

    // A request that confirms the best prices leaves them what they were; one that does not, in doubt.
    let book = |ask| book(&[(5_000, 15)], &[(ask, 5)]);
    rest(&mut keeper, book(5_100), 180_500, 50);
    assert_eq!(keeper.top_at(180_000), top(5_000, 5_100));
    rest(&mut keeper, book(5_300), 240_500, 60);
    assert_eq!(keeper.top_at(240_000), None);
    assert_eq!(keeper.top_at(300_000), top(5_000, 5_300));
}

#[test]
fn a_book_in_doubt_tells_nothing_of_the_end_of_a_minute() {
    let mut keeper = live();
    keeper.delta(&[change(Side::Buy, 5_100, 5)], announced(5_150, 5_200), 59_000, at(0));
    assert_eq!(keeper.state(), LIVE, "it may be put right by the next message");
    assert_eq!((keeper.is_sure(), keeper.top_at(60_000)), (false, None));
    keeper.delta(&[change(Side::Buy, 5_150, 5)], announced(5_150, 5_200), 59_001, at(1));
    assert_eq!(keeper.top_at(60_000), Some((Some(pips(5_150)), Some(pips(5_200)))));
    quiet(&mut keeper, &[change(Side::Buy, 5_160, 5)], 60_010, 2);
    keeper.disconnected(at(3));
    assert_eq!(keeper.top_at(60_000), None);
    // The next connection knows nothing of what was before it.
    keeper.snapshot(
        book(&[(5_000, 15)], &[(5_200, 25)]),
        60_500,
        at(4),
        BookSource::Stream,
        BookMeta::default(),
    );
    assert_eq!((keeper.is_sure(), keeper.top_at(60_000)), (true, None));
}
