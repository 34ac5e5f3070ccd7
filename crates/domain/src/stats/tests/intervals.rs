//! Recalibration, persistence, concentration, and intervals over clusters.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use crate::stats::persistence::{Persistence, Transitions, spearman};
use crate::stats::recalibration::{Point, fit_line};
use crate::stats::robust::Robust;
use crate::stats::special::{expit, logit};
use crate::stats::*;

fn day(number: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000 + number)
}

/// Prices of kind 0, which are drawn to the middle, and of kind 1, which are right, a hundred a day.
fn history(dice: &mut Dice, days: i64, slope: f64) -> Vec<Resolved<u8>> {
    (0..days * 100)
        .map(|number| {
            let kind = u8::from(number % 2 == 1);
            let price = 0.05 + 0.9 * dice.unit();
            let slope = if kind == 0 { slope } else { 1.0 };
            let came_true = dice.chance(expit(slope * logit(price)));
            Resolved { kind, price, came_true, weight: 1.0, resolved_at: day(number / 100) }
        })
        .collect()
}

#[test]
fn what_is_resolved_later_is_not_known() {
    let mut dice = Dice::new(1, 1);
    let known = history(&mut dice, 30, 1.4);
    let as_of = day(30);
    let fitted = Recalibration::fit(&known, as_of);
    let mut with_future = known.clone();
    for late in [day(30), day(31), day(400)] {
        with_future.extend((0..500).map(|number| Resolved {
            kind: 0,
            price: 0.9,
            came_true: number % 2 == 0,
            weight: 1.0,
            resolved_at: late,
        }));
    }
    let again = Recalibration::fit(&with_future, as_of);
    assert_eq!(again.line(0), fitted.line(0));
    assert_eq!((again.used(), again.ignored()), (3_000, 1_500));
    assert_ne!(Recalibration::fit(&with_future, day(401)).line(0), fitted.line(0));
    assert_eq!(fitted.chance(0, 0.9, as_of - TimeDelta::seconds(1)), None, "not known when bought");
    assert!(fitted.chance(0, 0.9, as_of).unwrap() > 0.93);
    assert_eq!(fitted.chance(0, 1.1, as_of), None);
}

#[test]
fn kinds_of_which_little_is_known_are_drawn_to_all() {
    let mut dice = Dice::new(2, 1);
    let mut known = history(&mut dice, 60, 1.4);
    known.push(Resolved {
        kind: 9,
        price: 0.9,
        came_true: false,
        weight: 1.0,
        resolved_at: day(0),
    });
    let fitted = Recalibration::fit(&known, day(99));
    assert!((fitted.line(0).slope - 1.4).abs() < 0.12, "{:?}", fitted.line(0));
    assert!((fitted.line(1).slope - 1.0).abs() < 0.12, "{:?}", fitted.line(1));
    let pooled = fitted.pooled().slope;
    assert!((fitted.line(9).slope - pooled).abs() < 0.3, "{:?}, of all {pooled}", fitted.line(9));
    assert_eq!(fitted.line(77), fitted.pooled(), "never seen");
    let nothing = Recalibration::<u8>::fit(&[], day(0));
    assert_eq!((nothing.line(0), nothing.used()), (Line::IDENTITY, 0));
}

#[test]
fn buyers_of_favourites_are_not_skilled_where_prices_are_drawn_to_the_middle() {
    const SLOPE: f64 = 1.45;
    let mut dice = Dice::new(6, 1);
    let known: Vec<Resolved<u8>> = (0..20_000)
        .map(|_| {
            let price = 0.05 + 0.9 * dice.unit();
            let came_true = dice.chance(expit(SLOPE * logit(price)));
            Resolved { kind: 0, price, came_true, weight: 1.0, resolved_at: day(0) }
        })
        .collect();
    let fitted = Recalibration::fit(&known, day(1));
    let (mut raw, mut recalibrated) = (0, 0);
    for _ in 0..600 {
        let bets: Vec<(f64, bool)> = (0..60)
            .map(|_| {
                let price = expit(logit(0.85) + 0.3 * dice.normal());
                (price, dice.chance(expit(SLOPE * logit(price))))
            })
            .collect();
        let is_flagged = |chance: &dyn Fn(f64) -> f64| {
            let trials = bets.iter().filter_map(|(price, hit)| Trial::single(chance(*price), *hit));
            let null = PriceNull::of(&trials.collect::<Vec<_>>());
            null.test().is_some_and(|test| test.upper < 0.05)
        };
        raw += usize::from(is_flagged(&|price| price));
        recalibrated += usize::from(is_flagged(&|price| fitted.chance(0, price, day(2)).unwrap()));
    }
    let size = |flagged| Proportion::wilson(flagged, 600).unwrap();
    assert!(size(raw).low > 0.25, "{:?}", size(raw));
    assert!(size(recalibrated).low < 0.05, "{:?}", size(recalibrated));
}

#[test]
fn unusable_prices_are_ignored_and_certain_ones_are_finite() {
    let one =
        |price, weight| Resolved { kind: 0, price, came_true: true, weight, resolved_at: day(0) };
    let odd = [one(f64::NAN, 1.0), one(-0.1, 1.0), one(0.5, 0.0), one(0.5, f64::INFINITY)];
    assert_eq!(Recalibration::fit(&odd, day(1)).ignored(), 4);
    let certain = Recalibration::fit(&[one(1.0, 1.0), one(0.0, 1.0)], day(1));
    assert!(certain.line(0).slope.is_finite() && certain.chance(0, 1.0, day(1)).unwrap() < 1.0);
    let all_hit: Vec<Point> =
        (1..20).map(|n| Point { x: f64::from(n) / 4.0, hit: true, weight: 1.0 }).collect();
    let line = fit_line(&all_hit, Line::IDENTITY, [1.0, 1.0]).line;
    assert!(line.intercept.is_finite() && line.slope.is_finite(), "{line:?}");
}

#[test]
fn horizons_have_bounds() {
    let of = |hours| Horizon::of(TimeDelta::hours(hours));
    assert_eq!([-5, 0, 5].map(of), [Horizon::Hours; 3]);
    assert_eq!([6, 47].map(of), [Horizon::Day; 2]);
    assert_eq!([48, 239, 240, 719, 720].map(of), {
        use Horizon::{Longer, Month, Week};
        [Week, Week, Month, Month, Longer]
    });
}

#[test]
fn what_persists_is_told_from_what_does_not() {
    let mut dice = Dice::new(4, 4);
    let clusters = |strength: f64, dice: &mut Dice| -> Vec<Vec<(f64, f64)>> {
        (0..150)
            .map(|_| {
                // Wallets of one owner do the same.
                let before = dice.normal();
                let after = strength * before + dice.normal();
                (0..=dice.below(4)).map(|_| (before, after)).collect()
            })
            .collect()
    };
    let skill = Persistence::of(&clusters(1.0, &mut dice), 300, &mut dice).unwrap();
    assert!(skill.interval.0 > 0.3 && skill.interval.1 < 0.95, "{skill:?}");
    let luck = Persistence::of(&clusters(0.0, &mut dice), 300, &mut dice).unwrap();
    assert!(luck.interval.0 < 0.0 && luck.interval.1 > 0.0, "{luck:?}");
    assert_eq!(luck.clusters, 150);
    assert_eq!(Persistence::of(&[vec![(1.0, 1.0); 9]], 10, &mut dice), None, "one owner");
    assert_eq!(spearman(&[(1.0, 2.0), (1.0, 3.0), (1.0, 4.0)]), None, "all the same");
}

#[test]
fn transitions_are_counted() {
    let pairs = [(0, 0), (0, 1), (0, 0), (1, 1), (2, 0)];
    let table = Transitions::of(3, pairs).unwrap();
    let stayed = table.share(0, 0).unwrap();
    assert!((stayed.value - 2.0 / 3.0).abs() < 1e-12 && stayed.n == 3);
    assert!((table.share(2, 0).unwrap().value - 1.0).abs() < 1e-12);
    assert_eq!(Transitions::of(3, [(0, 3)]), None);
    assert_eq!(Transitions::of(3, [(3, 0)]), None);
    assert_eq!(Transitions::of(3, [(0, 0)]).unwrap().share(1, 1), None);
}

#[test]
fn an_outlier_does_not_widen_what_it_is_measured_by() {
    let robust = Robust::of(&[1.0, 2.0, 3.0, 4.0, 5.0, 1e9]).unwrap();
    assert!((robust.median - 3.5).abs() < 1e-12);
    assert!(robust.z(1e9).unwrap() > 1e8 && robust.z(4.0).unwrap() < 0.5);
    assert_eq!(Robust::of(&[2.0; 7]).unwrap().z(3.0), None, "no width");
    assert_eq!(Robust::of(&[]), None);
    assert_eq!(Robust::of(&[f64::NAN]), None);
}

proptest! {
    #[test]
    fn inequality_lies_between_all_alike_and_one_with_all(
        held in prop::collection::vec(0.01..1e6f64, 1..40), unit in 0.001..1e3f64,
    ) {
        let spread = Inequality::of(held.iter().copied()).unwrap();
        let count = held.len() as f64;
        prop_assert!(spread.hhi >= 1.0 / count - 1e-9 && spread.hhi <= 1.0 + 1e-9);
        prop_assert!(spread.gini >= 0.0 && spread.gini <= 1.0 - 1.0 / count + 1e-9);
        let scaled = Inequality::of(held.iter().map(|amount| amount * unit)).unwrap();
        prop_assert!((scaled.gini - spread.gini).abs() < 1e-9);
        let alike = Inequality::of(held.iter().map(|_| unit)).unwrap();
        prop_assert!(alike.gini < 1e-9 && (alike.effective - count).abs() < 1e-6);
    }

    #[test]
    fn wilson_stays_within_zero_and_one(hits in 0usize..500, missed in 0usize..500) {
        if let Some(share) = Proportion::wilson(hits, hits + missed) {
            prop_assert!(0.0 <= share.low && share.low <= share.value + 1e-12);
            prop_assert!(share.value <= share.high + 1e-12 && share.high <= 1.0);
        }
    }
}

#[test]
fn nobody_is_not_unequal() {
    assert_eq!(Inequality::of([]), None);
    assert_eq!(Inequality::of([0.0, -1.0]), None);
}
