//! Events as trials, and the distribution of their sum.

use proptest::prelude::*;

use crate::stats::{Answer, Bet, Dice, PriceNull, Relation, Trial};

fn yes(market: usize, chance: f64, shares: f64) -> Bet {
    Bet { market, on: Answer::Yes, chance, shares }
}

fn no(market: usize, chance: f64, shares: f64) -> Bet {
    Bet { market, on: Answer::No, chance, shares }
}

const EXCLUSIVE: Relation = Relation::Exclusive { is_complete: false };

#[test]
fn three_identical_legs_change_nothing() {
    let alone = Trial::of_event(&[yes(0, 0.3, 10.0)], Relation::Correlated, |_| Some(Answer::Yes));
    let legs: Vec<Bet> = (0..3).map(|market| yes(market, 0.3, 10.0)).collect();
    let together = Trial::of_event(&legs, Relation::Correlated, |_| Some(Answer::Yes));
    assert_eq!(together, alone);
    assert_eq!(together.unwrap().count(), 1);
}

#[test]
fn trades_of_one_market_are_one_bet_at_their_mean_price() {
    let bets = [yes(0, 0.2, 30.0), yes(0, 0.6, 10.0), no(0, 0.7, 15.0)];
    let trial = Trial::of_event(&bets, Relation::Correlated, |_| Some(Answer::Yes)).unwrap();
    assert_eq!(trial, Trial::single(0.3, true).unwrap());
    let even = [yes(0, 0.2, 15.0), no(0, 0.7, 15.0)];
    assert_eq!(Trial::of_event(&even, Relation::Correlated, |_| Some(Answer::Yes)), None);
}

#[test]
fn the_largest_stake_stands_for_markets_that_may_say_the_same() {
    let bets = [yes(0, 0.5, 10.0), no(1, 0.8, 10.0), yes(2, 0.1, 50.0)];
    let answers = [Answer::Yes, Answer::Yes, Answer::Yes];
    let trial = Trial::of_event(&bets, Relation::Correlated, |market| Some(answers[market]));
    assert_eq!(trial, Trial::single(0.8, false));
}

#[test]
fn of_exclusive_answers_each_winner_has_its_count() {
    // Yes on two and No on a third: 2 come true if one of the two wins, none if the third, else 1.
    let bets = [yes(0, 0.2, 1.0), yes(1, 0.3, 5.0), no(2, 0.9, 2.0)];
    let of = |winner: usize| {
        let answer = |market| Some(if market == winner { Answer::Yes } else { Answer::No });
        Trial::of_event(&bets, EXCLUSIVE, answer).unwrap()
    };
    assert_eq!([0, 1, 2, 7].map(|winner| of(winner).count()), [2, 2, 0, 1]);
    of(0).with_chances(|chances| {
        for (chance, expected) in chances.iter().zip([0.1, 0.4, 0.5]) {
            assert!((chance - expected).abs() < 1e-12, "{chances:?}");
        }
    });
    assert!((of(0).expected() - 1.4).abs() < 1e-12 && (of(0).reach() - 1.4).abs() < 1e-12);
}

#[test]
fn what_is_no_bet_or_has_no_answer_is_no_trial() {
    for chance in [0.0, 1.0, -0.1, 1.1, f64::NAN] {
        assert_eq!(Trial::single(chance, true), None);
        let bets = [yes(0, chance, 1.0)];
        assert_eq!(Trial::of_event(&bets, EXCLUSIVE, |_| Some(Answer::Yes)), None);
    }
    let bets = [no(0, 0.6, 1.0), yes(1, 0.5, 1.0)];
    assert_eq!(Trial::of_event(&[], EXCLUSIVE, |_| Some(Answer::Yes)), None);
    assert_eq!(Trial::of_event(&bets, EXCLUSIVE, |_| None), None, "not resolved");
    assert_eq!(Trial::of_event(&bets, EXCLUSIVE, |_| Some(Answer::Yes)), None, "two winners");
    let complete = Relation::Exclusive { is_complete: true };
    assert_eq!(Trial::of_event(&bets, complete, |_| Some(Answer::No)), None, "no winner");
    assert_eq!(Trial::of_event(&[yes(0, 0.5, 0.0)], EXCLUSIVE, |_| Some(Answer::Yes)), None);
}

#[test]
fn prices_that_reach_one_together_are_not_of_one_moment() {
    // No on both for 0.3 and 0.4: that neither is the answer is no miracle, and no proof of skill.
    let bets = [no(0, 0.3, 10.0), no(1, 0.4, 10.0)];
    let trial = Trial::of_event(&bets, EXCLUSIVE, |_| Some(Answer::No));
    assert_eq!(trial, Trial::single(0.4, true));
}

#[test]
fn what_could_not_come_out_otherwise_says_nothing() {
    let bets = [yes(0, 0.3, 10.0), yes(1, 0.4, 10.0), yes(2, 0.35, 5.0)];
    let complete = Relation::Exclusive { is_complete: true };
    let answer = |market| Some(if market == 2 { Answer::Yes } else { Answer::No });
    assert_eq!(Trial::of_event(&bets, complete, answer), None);
    // With No on one of them there is something to win: its chance is 0.3 / 1.05.
    let bets = [no(0, 0.7, 10.0), yes(1, 0.4, 10.0), yes(2, 0.35, 5.0)];
    let trial = Trial::of_event(&bets, complete, answer).unwrap();
    assert!((trial.expected() - 2.0 * 0.75 / 1.05).abs() < 1e-12 && trial.count() == 2);
}

#[test]
fn draws_follow_the_chances() {
    let bets = [yes(0, 0.2, 1.0), yes(1, 0.3, 5.0), no(2, 0.9, 2.0)];
    let trial = Trial::of_event(&bets, EXCLUSIVE, |_| Some(Answer::No)).unwrap();
    let mut dice = Dice::new(5, 0);
    let mut counts = [0u32; 3];
    for _ in 0..20_000 {
        counts[trial.draw(&mut dice)] += 1;
    }
    for (count, expected) in counts.into_iter().zip([0.1, 0.4, 0.5]) {
        assert!((f64::from(count) / 20_000.0 - expected).abs() < 0.012, "{counts:?}");
    }
}

fn trial() -> impl Strategy<Value = Trial> {
    let single = (0.001..0.999f64, any::<bool>())
        .prop_map(|(chance, came_true)| Trial::single(chance, came_true).unwrap());
    let bets = prop::collection::vec((0.01..0.16f64, any::<bool>(), 0.5..9.0f64), 2..6);
    let group = (bets, 0usize..8).prop_map(|(bets, winner)| {
        let bet = |(market, (chance, is_yes, shares)): (usize, &(f64, bool, f64))| Bet {
            market,
            on: if *is_yes { Answer::Yes } else { Answer::No },
            chance: if *is_yes { *chance } else { 1.0 - chance },
            shares: *shares,
        };
        let bets: Vec<Bet> = bets.iter().enumerate().map(bet).collect();
        let answer = |market| Some(if market == winner { Answer::Yes } else { Answer::No });
        Trial::of_event(&bets, EXCLUSIVE, answer).unwrap()
    });
    prop_oneof![3 => single, 1 => group]
}

proptest! {
    #[test]
    fn chances_sum_to_one_and_have_the_moments_said(trials in prop::collection::vec(trial(), 1..60)) {
        let null = PriceNull::of(&trials);
        let test = null.test().unwrap();
        let (mut sum, mut mean, mut square) = (0.0, 0.0, 0.0);
        for count in 0..400 {
            let chance = null.chance_of(count);
            sum += chance;
            mean += chance * count as f64;
            square += chance * (count as f64 - test.expected).powi(2);
        }
        prop_assert!((sum - 1.0).abs() < 1e-9);
        prop_assert!((mean - test.expected).abs() < 1e-9);
        prop_assert!((square - test.information).abs() < 1e-9);
        prop_assert!((test.upper + test.lower - 1.0).abs() < 1e-9);
        prop_assert!(test.upper > 0.0 && test.lower > 0.0, "what happened was possible");
        prop_assert!((2.0 * test.upper - test.p - null.at_least(test.observed + 1)).abs() < 1e-9);
    }

    #[test]
    fn no_p_value_is_small_more_often_than_it_says(
        trials in prop::collection::vec(trial(), 1..40), level in 0.001..0.6f64,
    ) {
        let null = PriceNull::of(&trials);
        let is_small = |count: &usize| null.at_least(*count) <= level;
        let size: f64 = (0..400).filter(is_small).map(|count| null.chance_of(count)).sum();
        prop_assert!(size <= level + 1e-12, "{size}");
    }

    #[test]
    fn the_order_of_events_does_not_matter(trials in prop::collection::vec(trial(), 1..40)) {
        let forth = PriceNull::of(&trials).test().unwrap();
        let back = PriceNull::of(trials.iter().rev()).test().unwrap();
        prop_assert!((forth.upper - back.upper).abs() < 1e-12);
    }

    #[test]
    fn a_win_more_is_less_likely(trials in prop::collection::vec(trial(), 1..40), count in 0usize..40) {
        let null = PriceNull::of(&trials);
        prop_assert!(null.upper(count + 1) <= null.upper(count));
        prop_assert!(null.lower(count + 1) >= null.lower(count));
    }

    #[test]
    fn identical_legs_change_nothing_anywhere(
        chance in 0.01..0.99f64, shares in 0.1..1e6f64, legs in 1usize..7, came_true: bool, on_no: bool,
    ) {
        let on = if on_no { Answer::No } else { Answer::Yes };
        let answer = if came_true == on_no { Answer::No } else { Answer::Yes };
        let bets: Vec<Bet> = (0..legs).map(|market| Bet { market, on, chance, shares }).collect();
        let trial = Trial::of_event(&bets, Relation::Correlated, |_| Some(answer)).unwrap();
        prop_assert_eq!(trial.count(), usize::from(came_true));
        prop_assert!((trial.expected() - chance).abs() < 1e-12);
    }
}

#[test]
fn thousands_of_events_near_the_ends_keep_their_digits() {
    let all_win = |chance: f64, count: usize| {
        let trial = Trial::single(chance, true).unwrap();
        PriceNull::of(std::iter::repeat_n(&trial, count)).test().unwrap()
    };
    let favourites = all_win(0.999, 5_000);
    let expected = 0.5 * 0.999f64.powi(5_000);
    assert!((favourites.upper / expected - 1.0).abs() < 1e-9, "{favourites:?}");
    let miracle = all_win(0.01, 100);
    assert!((miracle.upper / 0.5e-200 - 1.0).abs() < 1e-9, "{miracle:?}");
    // Beyond what is kept the chance is 0, and nothing is slow or not a number.
    let beyond = all_win(0.01, 400);
    assert!(beyond.upper.abs() < f64::MIN_POSITIVE && (beyond.lower - 1.0).abs() < 1e-12);
    let losers = Trial::single(1e-9, false).unwrap();
    let lost = PriceNull::of(std::iter::repeat_n(&losers, 3_000)).test().unwrap();
    assert!((lost.upper - 0.5).abs() < 1e-5, "{lost:?}");
}
