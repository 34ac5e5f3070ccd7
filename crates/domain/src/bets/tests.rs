//! What counts as a bet, and at which price.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::{Bets, LeftOut};
use crate::EventId;
use crate::ledger::tests::kit::*;
use crate::ledger::*;
use crate::stats::{Dice, PriceNull, Proportion, Trial};

fn bets(story: &Story) -> Bets {
    Bets::of(&story.entries, &story.markets, &Coverage::full())
}

fn ending(story: &mut Story, market: MarketIx, after: TimeDelta) {
    let end = story.now() + after;
    let terms = story.markets.terms(market).clone();
    story.markets.set(Terms { scheduled_end: Some(end), ..terms });
}

/// A purchase of so many shares at so many hundredths.
fn at_price(story: &mut Story, slot: (MarketIx, u8), shares: i64, hundredths: i64) {
    story.buy(slot, cents(shares * 100), cents(shares * hundredths));
}

#[test]
fn an_event_is_one_bet_at_the_price_and_side_that_came_first() {
    let mut story = Story::default();
    let group = story.group(3);
    let began = story.now();
    at_price(&mut story, (group[1], NO), 10, 60);
    // More of it cheaper, the other side, another market: none of it changes the bet.
    at_price(&mut story, (group[1], NO), 500, 30);
    at_price(&mut story, (group[1], YES), 900, 65);
    at_price(&mut story, (group[0], YES), 900, 20);
    for market in group.iter().rev() {
        let winner = u8::from(*market != group[0]);
        story.resolve(*market, Payouts::winner(winner));
    }
    let found = bets(&story);
    assert_eq!((found.settled.len(), found.left_out), (1, LeftOut::default()));
    let bet = found.settled[0];
    assert_eq!((bet.slot, bet.came_true), (Slot { market: group[1], outcome: NO }, true));
    assert!((bet.price - 0.60).abs() < 1e-12);
    assert_eq!(bet.at, began + TimeDelta::seconds(1));
    assert_eq!(bet.stake, (600 + 15_000 + 58_500 + 18_000) * 10_000);
}

#[test]
fn fees_are_part_of_the_price_and_fills_of_a_second_are_one_purchase() {
    let mut story = Story::default();
    let market = story.market();
    let slot = (market, YES);
    story.then(Change::Buy(fill(slot, cents(100), cents(40), cents(2))));
    let first = story.entries[0].place;
    let unknown_fee = Fill { fee: None, ..fill(slot, cents(300), cents(150), Micro::ZERO) };
    story.entries.push(Entry { place: first, change: Change::Buy(unknown_fee) });
    story.resolve(market, Payouts::winner(NO));
    let bet = bets(&story).settled[0];
    assert!((bet.price - 1.92 / 4.0).abs() < 1e-12, "{}", bet.price);
    assert!(!bet.came_true);
}

#[test]
fn what_is_as_good_as_known_is_no_bet_and_a_later_purchase_may_be_one() {
    let mut story = Story::default();
    let (soon, later, unknown) = (story.market(), story.market(), story.market());
    ending(&mut story, soon, TimeDelta::hours(3));
    ending(&mut story, later, TimeDelta::days(30));
    for market in [soon, later, unknown] {
        at_price(&mut story, (market, YES), 10, 97);
        story.resolve(market, Payouts::winner(YES));
    }
    let found = bets(&story);
    let markets: Vec<_> = found.settled.iter().map(|bet| bet.slot.market).collect();
    assert_eq!(markets, [later]);
    assert_eq!(found.left_out, LeftOut { known: 2, ..LeftOut::default() });
    assert_eq!(found.settled[0].horizon, Some(TimeDelta::days(30) - TimeDelta::seconds(12)));

    let mut story = Story::default();
    let market = story.market();
    at_price(&mut story, (market, NO), 10, 3);
    at_price(&mut story, (market, YES), 10, 80);
    story.resolve(market, Payouts::winner(NO));
    let bet = bets(&story).settled[0];
    assert_eq!((bet.slot.outcome, bet.came_true), (YES, false));
}

#[test]
fn what_is_not_decided_is_said() {
    let mut story = Story::default();
    let (open, half, undated) = (story.market(), story.market(), story.market());
    for market in [open, half, undated] {
        at_price(&mut story, (market, YES), 10, 40);
    }
    story.resolve(half, Payouts::halves());
    story.resolve(undated, Payouts::winner(YES));
    let terms = story.markets.terms(undated).clone();
    story.markets.set(Terms { resolved_at: None, ..terms });
    let expected = LeftOut { open: 1, undecided: 1, undated: 1, ..LeftOut::default() };
    assert_eq!(bets(&story), Bets { settled: Vec::new(), left_out: expected });
}

#[test]
fn where_the_first_purchase_may_be_missing_there_is_no_bet() {
    let mut story = Story::default();
    let (old, young) = (story.market(), story.market());
    let list = |story: &mut Story, market, second| {
        let terms = story.markets.terms(market).clone();
        story.markets.set(Terms { listed_at: Some(at(second)), ..terms });
    };
    list(&mut story, old, -100);
    list(&mut story, young, 0);
    for market in [old, young] {
        at_price(&mut story, (market, YES), 10, 40);
        story.resolve(market, Payouts::winner(YES));
    }
    let capped = Bets::of(&story.entries, &story.markets, &Coverage::capped(at(0)));
    let markets: Vec<_> = capped.settled.iter().map(|bet| bet.slot.market).collect();
    assert_eq!((markets, capped.left_out.uncovered), (vec![young], 1));
    // A market of the same event that began earlier may have been bought first.
    let event_id = EventId::parse("e1").ok();
    for market in [old, young] {
        let terms = story.markets.terms(market).clone();
        story.markets.set(Terms { event_id: event_id.clone(), ..terms });
    }
    let capped = Bets::of(&story.entries, &story.markets, &Coverage::capped(at(0)));
    assert_eq!((capped.settled.len(), capped.left_out.uncovered), (0, 1));
}

#[test]
fn only_purchases_are_bets() {
    let mut story = Story::default();
    let market = story.market();
    story.split(market, cents(1_000)).sell((market, NO), cents(1_000), cents(300));
    story.then(Change::TransferIn { slot: Slot { market, outcome: YES }, shares: cents(500) });
    story.resolve(market, Payouts::winner(YES));
    assert_eq!(bets(&story), Bets::default());
}

proptest! {
    /// Whatever follows the first purchase, and whatever came of it, price and side stay.
    #[test]
    fn nothing_that_follows_changes_the_bet(
        first in 6i64..95,
        after in prop::collection::vec((1i64..100, 1i64..1_000, 0u8..2, 0usize..2), 0..8),
        wins in any::<bool>(),
    ) {
        let mut story = Story::default();
        let group = story.group(2);
        at_price(&mut story, (group[0], YES), 7, first);
        for (hundredths, shares, outcome, market) in after {
            at_price(&mut story, (group[market], outcome), shares, hundredths);
        }
        story.resolve(group[0], Payouts::winner(u8::from(!wins)));
        let found = bets(&story);
        prop_assert_eq!(found.settled.len(), 1);
        prop_assert!((found.settled[0].price - first as f64 / 100.0).abs() < 1e-9);
        prop_assert_eq!(found.settled[0].came_true, wins);
        prop_assert_eq!(found.settled[0].slot, Slot { market: group[0], outcome: YES });
    }
}

/// Wallets that know nothing buy a dollar's worth at 0.50 and another dollar's worth when the price has gone to 0.25 or
/// 0.75, at prices that are right. The share of them that a test at 5 % takes for skilled.
fn taken_for_skilled(price_of: impl Fn(&[(f64, f64)]) -> f64) -> (usize, usize) {
    let (wallets, events) = (400, 150);
    let mut dice = Dice::new(7, 1);
    let flagged = (0..wallets).filter(|_| {
        let trials = (0..events).filter_map(|_| {
            let later = if dice.chance(0.5) { 0.75 } else { 0.25 };
            let price = price_of(&[(0.5, 1.0 / 0.5), (later, 1.0 / later)]);
            Trial::single(price, dice.chance(later))
        });
        let trials: Vec<Trial> = trials.collect();
        PriceNull::of(&trials).test().is_some_and(|test| test.upper < 0.05)
    });
    (flagged.count(), wallets)
}

#[test]
fn buying_more_after_a_fall_looks_like_skill_by_mean_price_and_not_by_the_first() {
    let mean = |purchases: &[(f64, f64)]| {
        let paid: f64 = purchases.iter().map(|(price, shares)| price * shares).sum();
        paid / purchases.iter().map(|(_, shares)| shares).sum::<f64>()
    };
    let (flagged, of) = taken_for_skilled(mean);
    assert!(flagged * 10 > of * 2, "{flagged} of {of}: the mean price would do after all");
    let (flagged, of) = taken_for_skilled(|purchases| purchases[0].0);
    let size = Proportion::wilson(flagged, of).unwrap();
    assert!(size.low <= 0.05, "{size:?}");
}
