//! What an incomplete history leaves unsaid.

use super::kit::*;
use crate::ledger::*;

#[test]
fn an_oversold_part_is_ignored_and_its_money_unexplained() {
    let mut story = Story::default();
    let yes = (story.market(), YES);
    story.buy(yes, cents(1_000), cents(400)).sell(yes, cents(1_500), cents(900));
    let books = story.books();
    let oversold = position(&books, yes);
    assert_eq!((oversold.shares, oversold.ignored_shares), (0, 5_000_000));
    assert_eq!(oversold.unexplained.oversold, 3_000_000, "a third of the 9");
    assert_eq!(oversold.average, Figure::Withheld(Reason::Gap));
    assert_eq!(books.completeness, Completeness::Gap);
    assert_eq!(books.total, Figure::Withheld(Reason::Gap));
    let identity = books.identity.unwrap();
    assert_eq!((identity.realised, identity.unexplained), (2_000_000, 3_000_000));
    assert_eq!(identity.remainder(), 0);
}

#[test]
fn a_redemption_that_the_shares_cannot_pay_is_a_gap() {
    let mut story = Story::default();
    let yes = (story.market(), YES);
    story.buy(yes, cents(1_000), cents(400)).redeem(yes.0, cents(1_200));
    let books = story.books();
    assert!(books.doubts.has(Doubt::Redemption));
    assert_eq!(books.completeness, Completeness::Gap);
    assert_eq!(position(&books, yes).held(), 0, "it is gone all the same");
    assert_eq!(books.identity.unwrap().remainder(), 0);
}

#[test]
fn a_redemption_against_the_resolution_is_a_gap() {
    let mut story = Story::default();
    let (market, other) = (story.market(), story.market());
    // 10 were bought, 4 paid: 6 must have gone some other way.
    story.buy((market, YES), cents(1_000), cents(400)).redeem(market, cents(400));
    story.buy((other, YES), cents(1_000), cents(400)).redeem(other, cents(1_000));
    assert_eq!(story.books().completeness, Completeness::Full, "nobody knows better");
    story.resolve(market, Payouts::winner(YES));
    story.resolve(other, Payouts::winner(YES));
    let books = story.books();
    assert_eq!(books.completeness, Completeness::Gap);
    assert_eq!(position(&books, (market, YES)).total, Figure::Withheld(Reason::Gap));
    assert_eq!(position(&books, (other, YES)).total, Figure::Known(6_000_000));
}

#[test]
fn shares_from_elsewhere_have_no_cost() {
    let mut story = Story::default();
    let yes = (story.market(), YES);
    let slot = Slot { market: yes.0, outcome: yes.1 };
    story.buy(yes, cents(1_000), cents(400));
    story.then(Change::TransferIn { slot, shares: cents(500) });
    story.sell(yes, cents(1_200), cents(600));
    let ledger = story.ledger();
    assert_eq!(ledger.held(slot), 3_000_000);
    let books = ledger.value(&story.markets, |_| Mark::Bid(500_000));
    let moved = position(&books, yes);
    assert_eq!((moved.shares, moved.unpriced_shares), (0, 3_000_000));
    assert_eq!(moved.average, Figure::Known(Basis { cost: 0, realised: 1_000_000 }));
    assert_eq!(moved.unexplained.transferred, 1_000_000, "two of the twelve");
    assert_eq!(books.completeness, Completeness::Full, "nothing is missing");
    assert_eq!(books.total, Figure::Withheld(Reason::TransferCost));
    assert_eq!(books.value, Figure::Known(1_500_000), "what is held is known");
    assert_eq!(books.identity.unwrap().remainder(), 0);
}

#[test]
fn worthless_shares_that_somebody_sends_do_no_harm() {
    let mut story = Story::default();
    let (mine, spam) = (story.market(), story.market());
    story.buy((mine, YES), cents(100), cents(40)).sell((mine, YES), cents(100), cents(60));
    story.then(Change::TransferIn {
        slot: Slot { market: spam, outcome: NO },
        shares: cents(9_900),
    });
    assert_eq!(story.books().total, Figure::Withheld(Reason::TransferCost));
    story.resolve(spam, Payouts::winner(YES));
    assert_eq!(story.books().total, Figure::Known(200_000));
}

#[test]
fn shares_that_went_elsewhere_take_their_cost_along() {
    let mut story = Story::default();
    let yes = (story.market(), YES);
    let slot = Slot { market: yes.0, outcome: yes.1 };
    story.buy(yes, cents(1_000), cents(400)).buy(yes, cents(1_000), cents(600));
    story.then(Change::TransferOut { slot, shares: cents(1_000) });
    let books = story.ledger().value(&story.markets, |_| Mark::Bid(500_000));
    let moved = position(&books, yes);
    assert_eq!(moved.average, Figure::Known(Basis { cost: 5_000_000, realised: 0 }));
    assert_eq!(moved.unexplained.transferred, -5_000_000);
    assert_eq!(books.total, Figure::Withheld(Reason::TransferCost));
    assert_eq!(books.identity.unwrap().remainder(), 0);
}

#[test]
fn a_cap_withholds_all_but_markets_that_are_younger() {
    let mut story = Story::default();
    let (old, young) = (story.market(), story.market());
    let listed = Terms { listed_at: Some(at(1)), ..story.markets.terms(young).clone() };
    story.markets.set(listed);
    for market in [old, young] {
        story.buy((market, YES), cents(100), cents(40)).sell((market, YES), cents(100), cents(60));
    }
    let capped = story.covering(Coverage::capped(at(1))).value(&story.markets, |_| Mark::Unknown);
    assert_eq!(capped.completeness, Completeness::Capped);
    assert_eq!(position(&capped, (old, YES)).total, Figure::Withheld(Reason::Capped));
    assert_eq!(position(&capped, (young, YES)).total, Figure::Known(200_000));
    for figure in [capped.total, capped.realised, capped.trading, capped.fees, capped.income] {
        assert_eq!(figure, Figure::Withheld(Reason::Capped));
    }
    // What contradicts itself is as the cap has it, but for what is younger.
    story.sell((old, YES), cents(100), cents(60));
    let capped = story.covering(Coverage::capped(at(1))).value(&story.markets, |_| Mark::Unknown);
    assert_eq!(capped.completeness, Completeness::Capped);
    story.sell((young, YES), cents(100), cents(60));
    let torn = story.covering(Coverage::capped(at(1))).value(&story.markets, |_| Mark::Unknown);
    assert_eq!(torn.completeness, Completeness::Gap);
    assert_eq!(position(&torn, (young, YES)).total, Figure::Withheld(Reason::Gap));
    story.entries.truncate(4);
    let hole = Coverage { holes: vec![(at(0), at(2))], ..Coverage::full() };
    let holed = story.covering(hole).value(&story.markets, |_| Mark::Unknown);
    assert_eq!(holed.completeness, Completeness::Gap);
    assert_eq!(position(&holed, (young, YES)).total, Figure::Withheld(Reason::Gap));
    let ended = Coverage { until: Some(at(2)), ..Coverage::full() };
    let ended = story.covering(ended).value(&story.markets, |_| Mark::Unknown);
    assert_eq!(ended.completeness, Completeness::Capped);
    for figure in [position(&ended, (young, YES)).total, ended.total, ended.value] {
        assert_eq!(figure, Figure::Withheld(Reason::Capped), "any may have been traded since");
    }
    let unread = Coverage { unread_rows: 1, ..Coverage::full() };
    let unread = story.covering(unread).value(&story.markets, |_| Mark::Unknown);
    assert_eq!(unread.total, Figure::Withheld(Reason::Gap));
}

#[test]
fn what_cannot_be_booked_is_a_gap_where_it_happened() {
    let mut story = Story::default();
    let (market, other) = (story.market(), story.market());
    story.buy((other, YES), cents(100), cents(40)).sell((other, YES), cents(100), cents(60));
    story.then(Change::Unreadable { market: Some(market) });
    let books = story.books();
    assert!(books.doubts.has(Doubt::Unreadable));
    assert_eq!(books.completeness, Completeness::Gap);
    assert_eq!(position(&books, (other, YES)).total, Figure::Known(200_000));
    let nonsense = (market, 7);
    story.buy(nonsense, cents(100), cents(40));
    assert_eq!(story.books().positions.len(), 1, "there is no such outcome");
}

#[test]
fn the_venues_sizes_are_a_check() {
    let mut story = Story::default();
    let (market, other) = (story.market(), story.market());
    let slot = |outcome| Slot { market, outcome };
    story.buy((market, YES), micro(1_000_050), cents(40)).buy((market, NO), cents(100), cents(40));
    let check = |positions: &[ReportedPosition], is_complete| {
        let mut ledger = story.ledger();
        let report = Report { positions, tolerance: 100, is_complete };
        ledger.check_positions(&story.markets, &report);
        ledger.value(&story.markets, |_| Mark::Bid(1)).doubts.iter().collect::<Vec<_>>()
    };
    let told = |slot, shares, bought| ReportedPosition { slot, shares, bought };
    let yes = told(slot(YES), 1_000_000, Some(1_000_000));
    let no = told(slot(NO), 1_000_000, None);
    assert_eq!(check(&[yes, no], true), []);
    assert_eq!(check(&[yes], false), []);
    assert_eq!(check(&[yes], true), [Doubt::SizeDiffers]);
    let more = told(slot(YES), 1_000_200, Some(2_000_000));
    assert_eq!(check(&[more, no], true), [Doubt::SizeDiffers, Doubt::BoughtDiffers]);
    let unheard = told(Slot { market: other, outcome: NO }, 5_000_000, None);
    let found = check(&[yes, no, unheard], true);
    assert_eq!(found, [Doubt::SizeDiffers, Doubt::NotInHistory]);
    let dust = told(Slot { market: other, outcome: NO }, 1, Some(1));
    assert_eq!(check(&[yes, no, dust], true), []);
}

#[test]
fn an_entry_that_is_there_twice_is_one() {
    let mut story = Story::default();
    let yes = (story.market(), YES);
    story.buy(yes, cents(100), cents(40));
    story.entries.push(story.entries[0].clone());
    assert_eq!(story.ledger().entry_count(), 1);
    story.entries[1].place.ordinal = 1;
    assert_eq!(story.ledger().entry_count(), 2, "rows alike are several");
}

#[test]
fn a_late_entry_asks_for_a_new_fold() {
    let mut story = Story::default();
    let yes = (story.market(), YES);
    story.buy(yes, cents(100), cents(40)).sell(yes, cents(100), cents(60));
    story.buy(yes, cents(200), cents(90));
    let [first, second, third] = story.entries.as_slice() else { unreachable!() };
    let mut ledger = Ledger::new(Coverage::full());
    assert_eq!(ledger.apply(&story.markets, first), Ok(()));
    assert_eq!(ledger.apply(&story.markets, first), Err(OutOfOrder::Repeated));
    assert_eq!(ledger.apply(&story.markets, third), Ok(()));
    let before = ledger.clone();
    assert_eq!(ledger.apply(&story.markets, second), Err(OutOfOrder::Late));
    assert_eq!(ledger, before, "it was not taken");
}

#[test]
fn a_history_of_impossible_amounts_is_a_gap_and_no_sum_leaves_its_type() {
    let mut story = Story::default();
    let (market, other) = (story.market(), story.market());
    for number in 0..10_000 {
        match number % 4 {
            0 => story.buy((market, YES), Micro::MAX, Micro::MAX),
            1 => story.sell((market, YES), Micro::MAX, Micro::MAX),
            2 => story.then(Change::Split { market: other, shares: Micro::MAX }),
            _ => story.then(Change::Deposit { usdc: Micro::MAX }),
        };
    }
    let beyond = limit_turnover(&story.markets, &mut story.entries);
    assert!(beyond > 9_000, "{beyond}");
    let books = story.books();
    assert_eq!(books.completeness, Completeness::Gap);
    assert_eq!(books.total, Figure::Withheld(Reason::Gap));
}

#[test]
fn a_history_that_is_possible_is_left_alone() {
    let mut story = Story::default();
    let yes = (story.market(), YES);
    for _ in 0..400 {
        story.buy(yes, Micro::MAX, Micro::MAX);
    }
    let before = story.entries.clone();
    assert_eq!(limit_turnover(&story.markets, &mut story.entries), 0);
    assert_eq!(story.entries, before);
}
