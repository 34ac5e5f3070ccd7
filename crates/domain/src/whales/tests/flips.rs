use proptest::prelude::*;

use super::story::{Act, NO, World, YES, any_act, shares};
use crate::clusters::OwnerIx;
use crate::evidence::{Basis, EvidenceId};
use crate::ledger::tests::kit::{at, micro};
use crate::ledger::{Change, Completeness, Payouts, Slot};
use crate::whales::{Accumulation, Exposures, Flip, Lean, Question};

const OWNER: OwnerIx = OwnerIx(3);
const WHOLE: (Basis, Completeness) = (Basis::Activity, Completeness::Full);

fn flips_on(world: &World, group: &[crate::ledger::MarketIx], acts: &[Act]) -> Vec<Flip> {
    let mut exposures = Exposures::new();
    let entries = world.entries(group, acts);
    let books = (&world.story.markets, &world.questions);
    entries
        .iter()
        .filter_map(|(entry, id)| exposures.apply(books, OWNER, WHOLE, entry, *id))
        .collect()
}

fn flips(acts: &[Act]) -> Vec<Flip> {
    let world = World::new(4);
    flips_on(&world, &[world.alone], acts)
}

#[test]
fn a_turn_is_named_by_the_trades_that_made_it() {
    let turned = flips(&[
        Act::Buy(0, YES, 1_000, 40),
        Act::Sell(0, YES, 400, 40),
        Act::Sell(0, YES, 600, 40),
        Act::Buy(0, NO, 200, 60),
    ]);
    let [flip] = &turned[..] else { panic!("{turned:?}") };
    assert_eq!(flip.trades, [EvidenceId(1), EvidenceId(2), EvidenceId(3)]);
    assert_eq!((flip.peak, flip.now), (shares(1_000), shares(200)));
    assert_eq!(flip.from.toward.map(|slot| slot.outcome), Some(YES));
    assert_eq!(flip.to.toward.map(|slot| slot.outcome), Some(NO));
    assert!((flip.change - 1.2).abs() < 1e-9);
    assert!(flip.is_whole && flip.basis == Basis::Activity);
}

#[test]
fn who_closes_or_reduces_does_not_turn() {
    let open = Act::Buy(0, YES, 1_000, 40);
    assert_eq!(flips(&[open, Act::Sell(0, YES, 1_000, 40)]), []);
    assert_eq!(flips(&[open, Act::Sell(0, YES, 999, 40)]), []);
    let crumb = [open, Act::Sell(0, YES, 1_000, 40), Act::Buy(0, NO, 10, 40)];
    assert_eq!(flips(&crumb), [], "a crumb on the other side");
    let grown =
        [open, Act::Buy(0, YES, 4_000, 40), Act::Sell(0, YES, 5_000, 40), Act::Buy(0, NO, 100, 40)];
    assert_eq!(flips(&grown), [], "a crumb of what was held at most");
    // Sold down long ago, bought a little since, and sold that: the turn is of little.
    let slow =
        [open, Act::Sell(0, YES, 900, 40), Act::Buy(0, YES, 50, 40), Act::Buy(0, NO, 210, 40)];
    assert_eq!(flips(&slow), []);
}

#[test]
fn from_one_answer_of_an_event_to_another_is_a_turn() {
    let world = World::new(6);
    let acts =
        [Act::Buy(0, YES, 1_000, 20), Act::Sell(0, YES, 1_000, 20), Act::Buy(1, YES, 800, 20)];
    let turned = flips_on(&world, &world.group, &acts);
    assert_eq!(turned.len(), 1);
    assert_eq!(turned[0].from.toward, Some(Slot { market: world.group[0], outcome: YES }));
    assert_eq!(turned[0].to.toward, Some(Slot { market: world.group[1], outcome: YES }));
    // The same through the No: one turn of one event, not one for each market.
    let acts = [Act::Buy(0, YES, 1_000, 20), Act::Buy(0, NO, 1_800, 80)];
    assert_eq!(flips_on(&world, &world.group, &acts).len(), 1);
}

#[test]
fn a_history_that_cannot_be_whole_says_so() {
    let short = flips(&[Act::Sell(0, YES, 1_000, 40), Act::Buy(0, YES, 2_000, 40)]);
    assert_eq!(short.len(), 1);
    assert!(!short[0].is_whole, "shares were sold that nobody saw bought");
    let world = World::new(4);
    let books = (&world.story.markets, &world.questions);
    let acts = [Act::Buy(0, YES, 1_000, 40), Act::Buy(0, NO, 2_000, 40)];
    for known in [(Basis::Feed, Completeness::Full), (Basis::Activity, Completeness::Capped)] {
        let mut exposures = Exposures::new();
        let entries = world.entries(&[world.alone], &acts);
        let flip = entries
            .iter()
            .find_map(|(entry, id)| exposures.apply(books, OWNER, known, entry, *id))
            .unwrap();
        assert!(!flip.is_whole);
        assert_eq!(flip.basis, known.0);
    }
}

proptest! {
    #[test]
    fn one_more_is_the_same_as_all_anew_and_touches_one_track(
        acts in prop::collection::vec(any_act(4), 1..30),
    ) {
        let world = World::new(4);
        let books = (&world.story.markets, &world.questions);
        let entries = world.entries(&world.group, &acts);
        let mut batch = Exposures::new();
        let mut told = Vec::new();
        for (entry, id) in &entries {
            told.extend(batch.apply(books, OWNER, WHOLE, entry, *id));
        }
        let (last, before) = entries.split_last().unwrap();
        let mut one_by_one = Exposures::new();
        let mut found = Vec::new();
        for (entry, id) in before {
            found.extend(one_by_one.apply(books, OWNER, WHOLE, entry, *id));
            // Somebody else in between changes nothing of this owner's.
            one_by_one.apply(books, OwnerIx(9), WHOLE, entry, *id);
        }
        found.extend(one_by_one.apply(books, OWNER, WHOLE, &last.0, last.1));
        prop_assert_eq!(&found, &told);
        let question = Question::of(&world.story.markets, world.group[0]);
        prop_assert_eq!(one_by_one.of(OWNER, question), batch.of(OWNER, question));
        one_by_one.forget(OwnerIx(9));
        prop_assert_eq!(one_by_one, batch);
    }

    #[test]
    fn sets_and_conversions_turn_nobody(acts in prop::collection::vec(any_act(4), 1..20), count in 1i64..500) {
        let world = World::new(4);
        let plain = flips_on(&world, &world.group, &acts);
        let padded: Vec<Act> = acts
            .iter()
            .flat_map(|act| [Act::Split(1, count), *act, Act::Convert(2, count), Act::Merge(0, count)])
            .collect();
        let padded = flips_on(&world, &world.group, &padded);
        prop_assert_eq!(padded.len(), plain.len());
        for (one, other) in padded.iter().zip(&plain) {
            prop_assert_eq!((one.from, one.to, one.peak, one.now), (other.from, other.to, other.peak, other.now));
        }
    }

    #[test]
    fn swapping_the_outcomes_swaps_the_turns(acts in prop::collection::vec(any_act(1), 1..20)) {
        let swapped: Vec<Act> = acts
            .iter()
            .map(|act| match *act {
                Act::Buy(market, outcome, count, cents) => Act::Buy(market, 1 - outcome, count, cents),
                Act::Sell(market, outcome, count, cents) => Act::Sell(market, 1 - outcome, count, cents),
                Act::Convert(_, count) => Act::Split(0, count),
                other => other,
            })
            .collect();
        let (one, other) = (flips(&acts), flips(&swapped));
        prop_assert_eq!(one.len(), other.len());
        for (one, other) in one.iter().zip(&other) {
            let swap = |lean: Lean| lean.toward.map(|slot| 1 - slot.outcome);
            let plain = |lean: Lean| lean.toward.map(|slot| slot.outcome);
            prop_assert_eq!(
                (swap(one.from), swap(one.to)),
                (plain(other.from), plain(other.to))
            );
        }
    }
}

#[test]
fn what_is_decided_is_no_side_to_turn_from() {
    let mut world = World::new(4);
    let question = Question::of(&world.story.markets, world.alone);
    let books = (&world.story.markets, &world.questions);
    let mut exposures = Exposures::new();
    let (entry, id) = &world.entries(&[world.alone], &[Act::Buy(0, YES, 1_000, 40)])[0];
    exposures.apply(books, OWNER, WHOLE, entry, *id);
    assert_eq!(exposures.on(question).count(), 1);
    world.story.resolve(world.alone, Payouts::winner(YES));
    exposures.end(&world.story.markets, world.alone);
    let track = exposures.of(OWNER, question).unwrap();
    assert!(track.stance().is_neutral() && track.is_whole());
}

// ---- accumulation ----

#[test]
fn small_fills_add_up_and_hedges_take_away() {
    let world = World::new(4);
    let question = Question::Market(world.alone);
    let mut accumulation = Accumulation::new(question, 2, shares(1_000));
    let buys = [Act::Buy(0, YES, 2_000, 40); 5];
    let entries = world.entries(&[world.alone], &buys);
    for (entry, id) in &entries {
        accumulation.apply(&world.story.markets, entry, *id);
    }
    let now = at(3_000);
    let [hour, ..] = accumulation.windows(&world.story.markets, now);
    assert_eq!((hour.fills, hour.large_fills, hour.at_risk), (5, 0, Some(shares(4_000))));
    assert_eq!(hour.lean.toward, Some(Slot { market: world.alone, outcome: YES }));
    assert_eq!(hour.trades.len(), 5);
    // One large trade the other way: nothing was put together.
    let hedge = Act::Buy(0, NO, 10_000, 61);
    let (entry, id) = &world.entries(&[world.alone], &[hedge])[0];
    accumulation.apply(&world.story.markets, entry, *id);
    let [hour, ..] = accumulation.windows(&world.story.markets, now);
    assert_eq!((hour.fills, hour.large_fills, hour.at_risk), (5, 1, Some(shares(100))));
}

#[test]
fn what_is_older_than_the_window_is_out_of_it() {
    let world = World::new(4);
    let mut accumulation = Accumulation::new(Question::Market(world.alone), 2, shares(1_000));
    for (hours, id) in [(0, 0), (20, 1), (23, 2), (26, 3)] {
        let (mut entry, _) = world.entries(&[world.alone], &[Act::Buy(0, YES, 100, 50)])[0].clone();
        entry.place.at = at(hours * 3_600);
        accumulation.apply(&world.story.markets, &entry, EvidenceId(id));
    }
    let windows = accumulation.windows(&world.story.markets, at(26 * 3_600 + 60));
    assert_eq!(windows.map(|window| window.fills), [1, 2, 3]);
    let windows = accumulation.windows(&world.story.markets, at(27 * 3_600));
    assert_eq!(windows[0].fills, 0, "an hour ago is not within the hour");
    let slot = Slot { market: world.alone, outcome: YES };
    let (mut entry, _) = world.entries(&[world.alone], &[Act::Split(0, 1)])[0].clone();
    entry.place.at = at(26 * 3_600);
    entry.change = Change::TransferIn { slot, shares: micro(1) };
    accumulation.apply(&world.story.markets, &entry, EvidenceId(4));
    let windows = accumulation.windows(&world.story.markets, at(26 * 3_600 + 60));
    assert!(windows.iter().all(|window| window.at_risk.is_none()), "nobody knows what those cost");
}
