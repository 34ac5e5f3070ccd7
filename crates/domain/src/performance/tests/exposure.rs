//! What a wallet stands to have, against every way it may come.

use proptest::prelude::*;

use crate::ledger::tests::kit::*;
use crate::ledger::*;
use crate::performance::*;

const YES: u8 = 0;
const NO: u8 = 1;

fn exposure(story: &Story) -> Vec<Exposure> {
    let books = story.ledger().value(&story.markets, |_| Mark::Bid(500_000));
    exposures(&books.positions, &story.markets)
}

#[test]
fn at_most_one_of_a_group_pays_yes() {
    let mut story = Story::default();
    let group = story.group(3);
    story.buy((group[0], YES), cents(10_000), cents(3_000));
    story.buy((group[1], NO), cents(5_000), cents(4_000));
    let [held] = exposure(&story).try_into().unwrap();
    assert_eq!(held.positions, 2);
    assert_eq!(held.cost, Figure::Known(70_000_000));
    assert_eq!(held.value, Some(75_000_000));
    // First wins: 100 + 50. Second wins: nothing. Third: 50.
    assert_eq!((held.worst_payoff, held.best_payoff), (0, 150_000_000));
    assert_eq!(held.worst_winner, Some(group[1]));
    assert_eq!(held.worst_profit, Figure::Known(-70_000_000));
    assert_eq!(held.best_profit, Figure::Known(80_000_000));
}

#[test]
fn somebody_who_is_not_held_may_win_unless_there_is_nobody() {
    let mut story = Story::default();
    let group = story.group(3);
    for &market in &group {
        story.buy((market, YES), cents(10_000), cents(3_000));
    }
    let [held] = exposure(&story).try_into().unwrap();
    assert_eq!((held.worst_payoff, held.worst_winner), (0, None), "nobody says these are all");
    let event = story.markets.event_of(group[0]);
    story.markets.set_exhaustive(event);
    let [held] = exposure(&story).try_into().unwrap();
    assert_eq!(held.worst_payoff, 100_000_000);
    assert_eq!(held.worst_profit, Figure::Known(10_000_000), "a sure gain");
    // One more candidate, of whom nothing is held.
    let other = Terms { condition_id: condition(9), ..story.markets.terms(group[0]).clone() };
    story.markets.set(other);
    let [held] = exposure(&story).try_into().unwrap();
    assert_eq!(held.worst_payoff, 0);
}

#[test]
fn other_markets_may_all_go_wrong() {
    let mut story = Story::default();
    let (one, other) = (story.market(), story.market());
    let together = crate::EventId::parse("match").ok();
    for market in [one, other] {
        let terms = Terms { event_id: together.clone(), ..story.markets.terms(market).clone() };
        story.markets.set(terms);
    }
    story.buy((one, YES), cents(10_000), cents(3_000));
    story.buy((other, YES), cents(1_000), cents(500)).buy((other, NO), cents(2_000), cents(900));
    let [held] = exposure(&story).try_into().unwrap();
    assert_eq!((held.worst_payoff, held.best_payoff), (10_000_000, 120_000_000));
    assert_eq!(held.worst_winner, None);
}

#[test]
fn what_is_decided_or_gone_is_no_exposure() {
    let mut story = Story::default();
    let (lost, sold, open) = (story.market(), story.market(), story.market());
    for market in [lost, sold, open] {
        story.buy((market, YES), cents(100), cents(50));
    }
    story.sell((sold, YES), cents(100), cents(60));
    story.resolve(lost, Payouts::winner(NO));
    let [held] = exposure(&story).try_into().unwrap();
    assert_eq!(held.event, story.markets.event_of(open));
}

#[test]
fn an_unknown_cost_leaves_the_payoff_known() {
    let mut story = Story::default();
    let slot = Slot { market: story.market(), outcome: YES };
    story.then(Change::TransferIn { slot, shares: cents(100) });
    let [held] = exposure(&story).try_into().unwrap();
    assert_eq!(held.best_payoff, 1_000_000);
    assert_eq!(held.cost, Figure::Withheld(Reason::TransferCost));
    assert_eq!(held.worst_profit, Figure::Withheld(Reason::TransferCost));
}

proptest! {
    /// Every way a group can end, tried out, lies between; and the ends are reached.
    #[test]
    fn the_ends_are_those_of_all_outcomes(
        held in prop::collection::vec((0i64..100, 0i64..100), 1..6),
        is_exhaustive: bool,
    ) {
        let mut story = Story::default();
        let group = story.group(held.len());
        for (&market, &(yes, no)) in group.iter().zip(&held) {
            // A share of each at least, so that each is held.
            story.buy((market, YES), cents(yes + 1), Micro::ZERO);
            story.buy((market, NO), cents(no + 1), Micro::ZERO);
        }
        if is_exhaustive {
            let event = story.markets.event_of(group[0]);
            story.markets.set_exhaustive(event);
        }
        let ways = if is_exhaustive { group.len() } else { group.len() + 1 };
        let payoffs: Vec<i64> = (0..ways)
            .map(|winner| {
                let mut ended = story.clone();
                for (place, &market) in group.iter().enumerate() {
                    ended.resolve(market, Payouts::winner(u8::from(place != winner)));
                }
                ended.books().value.known().unwrap()
            })
            .collect();
        let [found] = exposure(&story).try_into().unwrap();
        prop_assert_eq!(Some(&found.worst_payoff), payoffs.iter().min());
        prop_assert_eq!(Some(&found.best_payoff), payoffs.iter().max());
    }
}
