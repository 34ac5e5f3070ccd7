//! Skill: the size of the test, corrections for many of them, and posteriors that hold the truth.

use proptest::prelude::*;

use crate::stats::multiplicity::*;
use crate::stats::price_null::{events_needed, stake_weighted};
use crate::stats::special::{expit, logit};
use crate::stats::tilt::*;
use crate::stats::*;

/// A wallet that bets on `events` at about one price with a tilt of θ.
fn wallet(dice: &mut Dice, events: usize, price: f64, theta: f64) -> Vec<Trial> {
    (0..events)
        .filter_map(|_| {
            let chance = expit(logit(price) + 0.3 * dice.normal());
            let truth = expit(logit(chance) + theta);
            Trial::single(chance, dice.chance(truth))
        })
        .collect()
}

#[test]
fn stakes_as_weights_change_neither_size_nor_direction() {
    let mut dice = Dice::new(3, 0);
    let mut flagged = 0;
    for _ in 0..400 {
        let trials = wallet(&mut dice, 20, 0.5, 0.0);
        let staked: Vec<(Trial, f64)> =
            trials.into_iter().map(|trial| (trial, dice.normal().exp())).collect();
        flagged += usize::from(stake_weighted(&staked, 199, &mut dice).unwrap() < 0.05);
    }
    let size = Proportion::wilson(flagged, 400).unwrap();
    assert!(size.low < 0.05 && size.high > 0.02, "{size:?}");
    let winners: Vec<(Trial, f64)> =
        (0..20).map(|_| (Trial::single(0.5, true).unwrap(), 1.0)).collect();
    assert!(stake_weighted(&winners, 199, &mut dice).unwrap() < 0.01);
    assert_eq!(stake_weighted(&[], 199, &mut dice), None);
}

#[test]
fn of_a_thousand_without_skill_corrections_find_about_none() {
    let mut dice = Dice::new(8, 1);
    let p_values = |skilled: usize, dice: &mut Dice| -> Vec<f64> {
        (0..1_000)
            .map(|n| {
                let theta = if n < skilled { 1.0 } else { 0.0 };
                PriceNull::of(&wallet(dice, 80, 0.5, theta)).test().unwrap().upper
            })
            .collect()
    };
    let fair = p_values(0, &mut dice);
    assert!(fair.iter().filter(|p| **p < 0.05).count() > 25, "uncorrected it finds many");
    assert!(benjamini_hochberg(&fair).iter().filter(|q| **q <= 0.1).count() <= 3);
    assert!(null_share(&fair, 0.5).unwrap() > 0.9);
    let mixed = p_values(150, &mut dice);
    let adjusted = benjamini_hochberg(&mixed);
    let found: Vec<usize> = (0..1_000).filter(|n| adjusted[*n] <= 0.1).collect();
    let wrong = found.iter().filter(|n| **n >= 150).count();
    assert!(found.len() > 120, "{}", found.len());
    assert!((wrong as f64) < 0.15 * found.len() as f64, "{wrong} of {}", found.len());
    let share = null_share(&mixed, 0.5).unwrap();
    assert!((0.78..0.95).contains(&share), "{share}");
    let rates = local_fdr(&mixed, share);
    assert!(rates[..150].iter().sum::<f64>() < 0.3 * rates[150..300].iter().sum::<f64>());
}

proptest! {
    #[test]
    fn corrections_only_make_less_of_p_values(p_values in prop::collection::vec(0.0..=1.0f64, 1..80)) {
        let hochberg = benjamini_hochberg(&p_values);
        let yekutieli = benjamini_yekutieli(&p_values);
        let share = null_share(&p_values, 0.5).unwrap();
        let rates = local_fdr(&p_values, share);
        for (nth, p) in p_values.iter().enumerate() {
            prop_assert!(*p <= hochberg[nth] + 1e-12 && hochberg[nth] <= yekutieli[nth] && yekutieli[nth] <= 1.0);
            prop_assert!((0.0..=1.0).contains(&rates[nth]));
            prop_assert!(hochberg[nth] <= holm(&p_values)[nth] + 1e-12);
            for (other, q) in p_values.iter().enumerate() {
                if p <= q {
                    prop_assert!(hochberg[nth] <= hochberg[other] && rates[nth] <= rates[other]);
                }
            }
        }
        for (q, adjusted) in q_values(&p_values, share).iter().zip(&hochberg) {
            prop_assert!(q <= adjusted);
        }
    }
}

#[test]
fn nothing_is_corrected_to_nothing() {
    assert!(benjamini_hochberg(&[]).is_empty() && local_fdr(&[], 1.0).is_empty());
    assert_eq!(null_share(&[], 0.5), None);
    assert_eq!(null_share(&[0.1], 1.0), None);
    assert_eq!(variance_by_moments(&[]), None);
    assert_eq!(variance_by_likelihood(&[Score::default()]), None);
    assert_eq!(PriceNull::new().test(), None);
}

#[test]
fn the_variance_of_skill_is_found_again() {
    for (truth, tolerance) in [(0.0, 0.005), (0.09, 0.025), (0.25, 0.05)] {
        let mut dice = Dice::new(21, 0);
        let scores: Vec<Score> = (0..2_000)
            .map(|_| {
                let theta = f64::sqrt(truth) * dice.normal();
                PriceNull::of(&wallet(&mut dice, 60, 0.5, theta)).test().unwrap().score()
            })
            .collect();
        for found in [variance_by_moments(&scores), variance_by_likelihood(&scores)] {
            assert!((found.unwrap() - truth).abs() < tolerance, "{found:?} of {truth}");
        }
    }
}

#[test]
fn intervals_of_skill_hold_the_truth_as_often_as_they_say() {
    // The posterior is normal by the likelihood's curve at 0, which at long odds is not quite its shape.
    for price in [0.15, 0.5, 0.85, 0.96] {
        let mut dice = Dice::new(34, 0);
        let (mut held, mut sure, mut right) = (0, 0_u32, 0_u32);
        for _ in 0..3_000 {
            let theta = 0.4 * dice.normal();
            let score =
                PriceNull::of(&wallet(&mut dice, 100, price, theta)).test().unwrap().score();
            let posterior = Posterior::of(score, 0.16);
            held += usize::from(posterior.low <= theta && theta <= posterior.high);
            if posterior.positive > 0.95 {
                sure += 1;
                right += u32::from(theta > 0.0);
            }
        }
        let held = Proportion::wilson(held, 3_000).unwrap();
        assert!(held.low > 0.93 && held.high < 0.97, "{price}: {held:?}");
        assert!(f64::from(right) >= 0.94 * f64::from(sure), "{price}: {right} of {sure}");
    }
}

#[test]
fn a_category_with_little_to_say_is_drawn_to_its_wallet() {
    let levels = Levels { wallets: 0.1, categories: 0.1 };
    let known = Score { excess: 20.0, information: 40.0 };
    let (wallet, categories) = levels.posteriors(&[known, Score::default()]);
    assert!((categories[1].mean - wallet.mean).abs() < 1e-12);
    assert!(categories[1].deviation > wallet.deviation && categories[0].mean > wallet.mean);
    let (alone, _) = Levels { wallets: 0.1, categories: 0.0 }.posteriors(&[known]);
    assert!((alone.mean - Posterior::of(known, 0.1).mean).abs() < 1e-12);
    let nobody = Posterior::of(known, 0.0);
    assert!(nobody.mean.abs() < 1e-12 && (nobody.positive - 0.5).abs() < 1e-12);
}

#[test]
fn what_is_old_counts_as_fewer_events() {
    let (hit, miss) = (Trial::single(0.4, true).unwrap(), Trial::single(0.4, false).unwrap());
    let score = Score::discounted([(&hit, 1.0), (&miss, 0.5), (&hit, 0.0)]);
    assert!((score.excess - 0.4).abs() < 1e-12 && (score.information - 0.36).abs() < 1e-12);
    let all = [(&hit, 1.0), (&hit, 1.0), (&miss, 1.0)];
    let whole = PriceNull::of(all.map(|(trial, _)| trial)).test().unwrap().score();
    let same = Score::discounted(all);
    assert!((whole.excess - same.excess).abs() < 1e-12);
    let faded = Posterior::of(Score::discounted(all.map(|(trial, _)| (trial, 0.1))), 0.3);
    assert!(faded.deviation > Posterior::of(same, 0.3).deviation);
}

#[test]
fn levels_are_found_again() {
    let mut dice = Dice::new(55, 0);
    let wallets: Vec<Vec<Score>> = (0..4_000)
        .map(|_| {
            let theta = 0.3 * dice.normal();
            (0..3)
                .map(|_| {
                    let (delta, information) = (0.2 * dice.normal(), 5.0 + 20.0 * dice.unit());
                    let noise = information.sqrt() * dice.normal();
                    Score { excess: information * (theta + delta) + noise, information }
                })
                .collect()
        })
        .collect();
    let levels = Levels::by_moments(&wallets).unwrap();
    assert!((levels.wallets - 0.09).abs() < 0.01, "{levels:?}");
    assert!((levels.categories - 0.04).abs() < 0.01, "{levels:?}");
}

#[test]
fn so_many_events_are_needed_as_simulation_says() {
    // Measured by exact binomials, one-sided, power 0.8; the formula is within three in a hundred of them
    // but for the steepest, where chances are near the ends.
    for (price, edge, alpha, measured) in [
        (0.5, 0.05, 0.05, 617.0),
        (0.5, 0.1, 0.05, 153.0),
        (0.5, 0.05, 0.01, 1_001.0),
        (0.85, 0.05, 0.05, 283.0),
        (0.15, 0.05, 0.05, 342.0),
        (0.95, 0.03, 0.05, 253.0),
    ] {
        let needed = events_needed(price, edge, alpha, 0.8).unwrap();
        assert!((needed / measured - 1.0_f64).abs() < 0.03, "{price} + {edge}: {needed}");
    }
    assert_eq!(events_needed(0.5, 0.0, 0.05, 0.8), None);
    assert_eq!(events_needed(0.9, 0.2, 0.05, 0.8), None);
}
