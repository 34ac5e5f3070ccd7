use proptest::prelude::*;
use rust_decimal::dec;

use super::story::{Act, NO, World, YES, any_act, shares};
use crate::Price;
use crate::ledger::tests::kit::micro;
use crate::ledger::{Change, Figure, Mark, Payouts, Slot};
use crate::performance::exposures;
use crate::whales::{Lean, Question};

#[test]
fn buying_yes_and_selling_no_are_the_same() {
    let world = World::new(3);
    let bought = world.alone_after(&[Act::Buy(0, YES, 100, 30)]);
    let sold = world.alone_after(&[Act::Sell(0, NO, 100, 70)]);
    assert_eq!(bought.netted(), sold.netted());
    assert_eq!(bought.at_risk(), Some(shares(30)));
    assert_eq!(sold.at_risk(), Some(shares(30)));
    assert_eq!(bought.lean().toward, Some(Slot { market: world.alone, outcome: YES }));
    assert_eq!(bought.lean().against, Some(Slot { market: world.alone, outcome: NO }));
    assert!(bought.is_possible() && !sold.is_possible(), "nobody sells what they do not have");
}

#[test]
fn a_hedge_takes_the_stance_back_and_leaves_what_it_cost() {
    let world = World::new(3);
    let hedged = world.alone_after(&[Act::Buy(0, YES, 100, 30), Act::Buy(0, NO, 100, 75)]);
    assert!(hedged.is_neutral());
    assert_eq!(hedged.at_risk(), Some(shares(5)), "105 cents for a dollar");
    assert_eq!((hedged.lean(), hedged.netted()), (Lean::default(), vec![]));
    let arbitrage = world.alone_after(&[Act::Buy(0, YES, 100, 30), Act::Buy(0, NO, 100, 65)]);
    assert_eq!(arbitrage.at_risk(), Some(-shares(5)), "a sure profit");
}

#[test]
fn no_of_all_others_is_yes() {
    let mut world = World::new(3);
    let event = world.story.markets.event_of(world.group[0]);
    world.story.markets.set_exhaustive(event);
    world.questions = crate::whales::Questions::of(&world.story.markets);
    let others = world.after(&[Act::Buy(1, NO, 100, 60), Act::Buy(2, NO, 100, 80)]);
    let yes = world.after(&[Act::Buy(0, YES, 100, 40)]);
    assert_eq!(others.swing(), yes.swing());
    assert_eq!(others.at_risk(), yes.at_risk());
    assert_eq!(others.at_risk(), Some(shares(40)));
    let everything = world.after(&[0, 1, 2].map(|market| Act::Buy(market, YES, 100, 33)));
    assert!(everything.is_neutral(), "one of them comes true");
}

#[test]
fn of_a_list_that_may_miss_something_all_yes_is_a_bet_that_it_does_not() {
    let world = World::new(3);
    let everything = world.after(&[0, 1, 2].map(|market| Act::Buy(market, YES, 100, 33)));
    assert_eq!(everything.swing(), shares(100));
    assert_eq!(everything.at_risk(), Some(shares(99)));
}

#[test]
fn who_is_only_against_something_is_for_no_answer_by_name() {
    let world = World::new(4);
    let against = world.after(&[Act::Buy(2, NO, 100, 90)]);
    assert_eq!(against.lean().toward, None);
    assert_eq!(against.lean().against, Some(Slot { market: world.group[2], outcome: YES }));
    assert_eq!(against.netted(), [(Slot { market: world.group[2], outcome: YES }, -shares(100))]);
    assert_eq!(against.at_risk(), Some(shares(90)));
}

#[test]
fn of_a_group_of_one_against_it_is_against_it() {
    let world = World::new(1);
    let against = world.after(&[Act::Buy(0, NO, 100, 90)]);
    assert_eq!(against.on_first(), [(world.group[0], -shares(100))]);
    let world = World::new(2);
    let both = world.after(&[Act::Buy(0, NO, 100, 90), Act::Buy(1, NO, 100, 90)]);
    let short = |place: usize| (world.group[place], -shares(100));
    assert_eq!(both.on_first(), [short(0), short(1)], "for an answer that has no name");
}

#[test]
fn transfers_move_the_stance_and_make_its_cost_unknown() {
    let world = World::new(3);
    let mut stance = world.alone_after(&[Act::Buy(0, YES, 100, 30)]);
    let slot = Slot { market: world.alone, outcome: YES };
    let change = Change::TransferIn { slot, shares: micro(shares(50)) };
    stance.apply(&world.story.markets, &change);
    assert_eq!((stance.swing(), stance.at_risk()), (shares(150), None));
}

#[test]
fn what_is_decided_is_no_exposure_any_more() {
    let mut world = World::new(3);
    let [first, second, _] = world.group[..] else { panic!() };
    let bets = [Act::Buy(0, NO, 100, 60), Act::Buy(1, YES, 50, 20)];
    world.story.resolve(first, Payouts::winner(NO));
    let mut stance = world.after(&bets);
    let redeem = |market, usdc| Change::Redeem { market, usdc: micro(shares(usdc)) };
    stance.apply(&world.story.markets, &redeem(first, 100));
    assert_eq!(stance.netted(), [(Slot { market: second, outcome: YES }, shares(50))]);
    assert_eq!(stance.at_risk(), Some(shares(60 + 10 - 100)));
    world.story.resolve(second, Payouts::winner(YES));
    stance.apply(&world.story.markets, &redeem(second, 50));
    assert!(stance.is_neutral());
    // What is redeemed late changes nothing, and makes nothing impossible.
    stance.apply(&world.story.markets, &redeem(world.group[2], 10));
    assert!(stance.is_neutral() && stance.is_possible());
}

#[test]
fn risk_is_divided_over_markets_by_shares() {
    let world = World::new(4);
    let [first, second, ..] = world.group[..] else { panic!() };
    let both = world.after(&[Act::Buy(0, YES, 100, 20), Act::Buy(1, NO, 300, 80)]);
    // Lost at most: the second comes true, and 260 were paid for nothing.
    assert_eq!(both.at_risk(), Some(shares(260)));
    assert_eq!(both.on_first(), [(first, shares(100)), (second, -shares(300))]);
    let risks = vec![(first, shares(65)), (second, -shares(195))];
    assert_eq!(both.risk_by_market(), Some(risks));
    let away = world.alone_after(&[Act::Buy(0, NO, 10, 70)]);
    assert_eq!(away.risk_by_market(), Some(vec![(world.alone, -shares(7))]));
    let sure = world.alone_after(&[Act::Buy(0, YES, 10, 30), Act::Sell(0, YES, 5, 90)]);
    assert_eq!(sure.risk_by_market(), Some(vec![(world.alone, 0)]), "nothing can be lost any more");
    let price = Price::new(dec!(0.8)).unwrap();
    assert!((sure.worth_on(world.alone, price) - 4.0).abs() < 1e-9, "but something is held");
    assert!((away.worth_on(world.alone, price) + 2.0).abs() < 1e-9);
    assert!(away.worth_on(first, price).abs() < 1e-9);
}

#[test]
fn a_conversion_leaves_as_many_shares_as_it_makes() {
    let world = World::new(3);
    let converted = [
        Act::Buy(0, NO, 100, 60),
        Act::Buy(1, NO, 100, 60),
        Act::Convert(2, 100),
        Act::Sell(2, YES, 100, 30),
    ];
    assert!(world.after(&converted).is_possible());
    let more = [converted.as_slice(), &[Act::Sell(2, YES, 1, 30)]].concat();
    assert!(!world.after(&more).is_possible(), "there are no more");
}

#[test]
fn a_payment_that_only_the_winner_makes_ends_the_question() {
    let world = World::new(3);
    let mut stance = world.after(&[Act::Buy(0, YES, 100, 30), Act::Buy(1, YES, 100, 30)]);
    let redeem = Change::Redeem { market: world.group[0], usdc: micro(shares(100)) };
    stance.apply(&world.story.markets, &redeem);
    assert!(stance.is_neutral() && stance.is_possible(), "although nobody said who won");
}

#[test]
fn other_questions_are_not_taken() {
    let world = World::new(3);
    let mut stance = world.stance(world.alone);
    stance.apply(&world.story.markets, &Act::Buy(0, YES, 10, 50).change(&world.group));
    assert_eq!(stance, world.stance(world.alone));
    let question = Question::of(&world.story.markets, world.group[1]);
    assert_eq!(question, Question::of(&world.story.markets, world.group[0]));
}

proptest! {
    #[test]
    fn sets_and_conversions_are_nothing(
        acts in prop::collection::vec(any_act(4), 0..12), set in (0usize..4, 1i64..1_000),
        given in 1usize..=4,
    ) {
        let world = World::new(4);
        let stance = world.after(&acts);
        for nothing in [Act::Split(set.0, set.1), Act::Merge(set.0, set.1), Act::Convert(given, set.1)] {
            let more = world.after(&[acts.as_slice(), &[nothing]].concat());
            prop_assert_eq!(more.netted(), stance.netted());
            prop_assert_eq!((more.swing(), more.at_risk()), (stance.swing(), stance.at_risk()));
        }
    }

    #[test]
    fn the_order_does_not_matter_and_wallets_of_an_owner_add_up(
        acts in prop::collection::vec(any_act(4), 0..12), cut in 0usize..12, by in 0usize..12,
    ) {
        let world = World::new(4);
        let stance = world.after(&acts);
        let mut turned = acts.clone();
        turned.rotate_left(by.min(acts.len()));
        prop_assert_eq!(&world.after(&turned), &stance);
        let (one, other) = acts.split_at(cut.min(acts.len()));
        let mut joined = world.after(one);
        joined.join(&world.after(other));
        prop_assert_eq!(joined, stance);
    }

    /// What the books say of the same purchases, computed another way.
    #[test]
    fn what_can_be_lost_is_what_the_books_say(
        acts in prop::collection::vec(any_act(4), 1..12), on_group: bool, is_exhaustive: bool,
    ) {
        let mut world = World::new(4);
        if is_exhaustive {
            let event = world.story.markets.event_of(world.group[0]);
            world.story.markets.set_exhaustive(event);
            world.questions = crate::whales::Questions::of(&world.story.markets);
        }
        let (group, most) = if on_group { (world.group.clone(), 4) } else { (vec![world.alone], 1) };
        // Sales realise profits, which are no part of what is open.
        let acts: Vec<Act> = acts
            .into_iter()
            .filter_map(|act| match act {
                Act::Buy(market, outcome, count, cents) => Some(Act::Buy(market % most, outcome, count, cents)),
                Act::Split(market, count) => Some(Act::Split(market % most, count)),
                _ => None,
            })
            .collect();
        let mut stance = world.stance(group[0]);
        for act in &acts {
            stance.apply(&world.story.markets, &act.change(&group));
            world.story.then(act.change(&group));
        }
        let books = world.story.ledger().value(&world.story.markets, |_| Mark::Unknown);
        let held = exposures(&books.positions, &world.story.markets);
        match &held[..] {
            [held] => {
                prop_assert_eq!(held.worst_profit.map(|profit| -profit), Figure::Known(stance.at_risk().unwrap()));
                prop_assert_eq!(held.best_payoff - held.worst_payoff, stance.swing());
            }
            _ => prop_assert!(acts.is_empty()),
        }
    }

    /// A conversion done by hand: what every member pays stays the same.
    #[test]
    fn a_conversion_pays_what_its_parts_pay(given in 1usize..=4, count in 1i64..1_000) {
        let mut world = World::new(4);
        let event = world.story.markets.event_of(world.group[0]);
        world.story.markets.set_exhaustive(event);
        world.questions = crate::whales::Questions::of(&world.story.markets);
        let mut by_hand = Vec::new();
        for market in 0..4 {
            by_hand.push(if market < given {
                Act::Sell(market, NO, count, 0)
            } else {
                Act::Buy(market, YES, count, 0)
            });
        }
        let (by_hand, converted) = (world.after(&by_hand), world.after(&[Act::Convert(given, count)]));
        prop_assert_eq!(by_hand.swing(), 0);
        prop_assert_eq!(converted.swing(), 0);
    }
}
