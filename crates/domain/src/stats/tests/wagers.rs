//! Evidence over time, ratios and stakes.

use proptest::prelude::*;

use crate::stats::*;

#[test]
fn looking_after_every_event_is_allowed() {
    let mut dice = Dice::new(13, 0);
    let (mut fired, mut naive) = (0, 0);
    for _ in 0..2_000 {
        let mut evidence = EProcess::new(Claim::Edge);
        let (mut excess, mut information, mut ever) = (0.0_f64, 0.0_f64, false);
        for _ in 0..300 {
            let chance = 0.1 + 0.8 * dice.unit();
            let trial = Trial::single(chance, dice.chance(chance)).unwrap();
            evidence.observe(&trial);
            excess += trial.count() as f64 - chance;
            information += trial.variance();
            ever |= evidence.events() >= 10 && excess / information.sqrt() > 1.645;
        }
        fired += usize::from(evidence.has_reached(0.05));
        naive += usize::from(ever);
    }
    let rate = |count: usize| Proportion::wilson(count, 2_000).unwrap();
    assert!(rate(fired).low < 0.05, "Ville: {:?}", rate(fired));
    assert!(rate(naive).low > 0.2, "what it guards against: {:?}", rate(naive));
}

#[test]
fn an_edge_is_noticed_and_so_is_its_end() {
    let mut dice = Dice::new(14, 0);
    let (mut edge, mut fade) = (EProcess::new(Claim::Edge), EProcess::new(Claim::Fade));
    for _ in 0..300 {
        edge.observe(&Trial::single(0.5, dice.chance(0.65)).unwrap());
        fade.observe(&Trial::single(0.5, dice.chance(0.35)).unwrap());
    }
    assert!(edge.has_reached(0.01) && fade.has_reached(0.01));
    assert!((EProcess::new(Claim::Edge).value() - 1.0).abs() < 1e-12);
}

#[test]
fn evidence_can_be_kept_and_taken_up_again() {
    let mut before = EProcess::new(Claim::Fade);
    before.observe(&Trial::single(0.3, true).unwrap());
    let kept = serde_json::to_string(&before).unwrap();
    let mut after: EProcess = serde_json::from_str(&kept).unwrap();
    for evidence in [&mut before, &mut after] {
        evidence.observe(&Trial::single(0.6, false).unwrap());
    }
    assert_eq!(before.events(), after.events());
    assert!((before.log_value() - after.log_value()).abs() < 1e-12);
    assert_eq!(before.has_reached(0.05), after.has_reached(0.05));
}

proptest! {
    #[test]
    fn a_fair_event_is_not_expected_to_add_evidence(
        chance in 0.01..0.99f64, before in prop::collection::vec((0.05..0.95f64, any::<bool>()), 0..20),
    ) {
        for claim in [Claim::Edge, Claim::Fade] {
            let mut evidence = EProcess::new(claim);
            for (chance, came_true) in &before {
                evidence.observe(&Trial::single(*chance, *came_true).unwrap());
            }
            let after = |came_true| {
                let mut evidence = evidence;
                evidence.observe(&Trial::single(chance, came_true).unwrap());
                evidence.value()
            };
            let expected = chance * after(true) + (1.0 - chance) * after(false);
            prop_assert!((expected / evidence.value() - 1.0).abs() < 1e-9);
        }
    }
}

#[test]
fn ratios_have_their_published_values() {
    // Bailey and López de Prado 2012: a yearly ratio of 2 is above 1 with 95 % after 2.73 years of days,
    // 3.24 of months, and 4.99 of months with the moments of hedge funds.
    let years = |sharpe: f64, skewness, kurtosis, periods: f64| {
        let returns = sharpe::Returns { sharpe: sharpe / periods.sqrt(), skewness, kurtosis };
        returns.least_count(1.0 / periods.sqrt(), 0.95).unwrap() / periods
    };
    assert!((years(2.0, 0.0, 3.0, 250.0) - 2.73).abs() < 0.01);
    assert!((years(2.0, 0.0, 3.0, 12.0) - 3.24).abs() < 0.01);
    assert!((years(2.0, -0.72, 5.78, 12.0) - 4.99).abs() < 0.01);
    // 2014: of 100 trials whose yearly ratios have variance ½, five years of days at 2.5 a year.
    let returns =
        sharpe::Returns { sharpe: 2.5 / 250.0_f64.sqrt(), skewness: -3.0, kurtosis: 10.0 };
    let best = sharpe::expected_best(100, 0.5 / 250.0).unwrap();
    assert!((best - 0.1132).abs() < 1e-4, "{best}");
    let deflated = returns.deflated(1_250, 100, 0.5 / 250.0).unwrap();
    assert!((deflated - 0.9004).abs() < 1e-4, "{deflated}");
    let fewer = returns.deflated(1_250, 46, 0.5 / 250.0).unwrap();
    assert!((fewer - 0.9505).abs() < 1e-3, "{fewer}");
}

#[test]
fn what_is_not_defined_has_no_ratio() {
    assert_eq!(sharpe::Returns::observed(&[0.1]), None);
    assert_eq!(sharpe::Returns::observed(&[0.1, 0.1]), None);
    for (chance, cost) in [(0.0, 0.5), (1.0, 0.5), (0.5, 0.0), (1.2, 0.5)] {
        assert_eq!(sharpe::Returns::of_binary(chance, cost), None);
    }
    let poor = sharpe::Returns::of_binary(0.4, 0.5).unwrap();
    assert_eq!(poor.least_count(0.0, 0.95), None, "no number of bets proves it");
    assert_eq!(poor.probability_above(0.0, 1), None);
    assert_eq!(sharpe::expected_best(0, 1.0), None);
    assert!(sharpe::expected_best(1, 1.0).unwrap().abs() < 1e-12);
}

#[test]
fn a_quarter_of_kelly_is_the_most() {
    let full = (0.6 - 0.5) / 0.5;
    for (kappa, part) in [(0.1, 0.1), (0.25, 0.25), (1.0, 0.25)] {
        assert!((kelly::fraction(0.6, 0.5, kappa).unwrap() - part * full).abs() < 1e-12);
    }
    assert!(kelly::fraction(0.4, 0.5, 0.25).unwrap().abs() < 1e-12);
    assert_eq!(kelly::fraction(1.1, 0.5, 0.25), None);
    assert_eq!(kelly::fraction(0.6, 1.0, 0.25), None);
    assert_eq!(kelly::joint(&[(0.7, 0.5), (0.4, 0.3)], 0.25), None, "more than certain");
    // The fee of a coin's toss at five per cent is a cent and a quarter.
    assert!((kelly::cost(0.5, 0.05).unwrap() - 0.5125).abs() < 1e-12);
    assert_eq!(kelly::cost(1.0, 0.05), None);
}

proptest! {
    #[test]
    fn no_small_change_of_a_joint_stake_grows_faster(
        raw in prop::collection::vec((0.01..1.0f64, 0.03..0.6f64), 1..6), rest in 0.05..1.0f64,
    ) {
        let sum = raw.iter().map(|(chance, _)| chance).sum::<f64>() + rest;
        let answers: Vec<(f64, f64)> = raw.iter().map(|(chance, cost)| (chance / sum, *cost)).collect();
        let spent: Vec<f64> = kelly::joint(&answers, 1.0).unwrap().iter().map(|part| part * 4.0).collect();
        let total: f64 = spent.iter().sum();
        prop_assert!(total < 1.0 && spent.iter().all(|part| *part >= 0.0));
        let none = 1.0 - answers.iter().map(|(chance, _)| chance).sum::<f64>();
        let growth = |spent: &[f64]| {
            let kept = 1.0 - spent.iter().sum::<f64>();
            let won = answers.iter().zip(spent).map(|((q, c), part)| q * (kept + part / c).ln());
            won.sum::<f64>() + none * kept.ln()
        };
        let best = growth(&spent);
        for place in 0..spent.len() {
            for step in [1e-3, -1e-3] {
                let mut other = spent.clone();
                other[place] += step;
                if other[place] >= 0.0 && other.iter().sum::<f64>() < 1.0 {
                    prop_assert!(growth(&other) <= best + 1e-12, "{answers:?} {spent:?}");
                }
            }
        }
    }
}
