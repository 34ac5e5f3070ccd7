//! What `domain::stats` says, beside what `scripts/reference_statistics.py` says, which shares nothing with it.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

use domain::stats::recalibration::{Point, fit_line};
use domain::stats::sharpe::Returns;
use domain::stats::tilt::{Levels, variance_by_likelihood, variance_by_moments};
use domain::stats::{
    Answer, Bet, Clustered, Inequality, Line, Posterior, PriceNull, Proportion, Relation, Score,
    Trial, Weighted, kelly, multiplicity, persistence, robust, special,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One part of the file.
fn reference<T: DeserializeOwned>(part: &str) -> T {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference_statistics.json");
    let file = std::fs::read_to_string(path).unwrap();
    let mut all: Value = serde_json::from_str(&file).unwrap();
    serde_json::from_value(all[part].take()).unwrap()
}

/// Equal to so many parts of the larger one, or below 1e-300, which is what is not kept.
#[track_caller]
fn same(found: f64, expected: f64, tolerance: f64) {
    let apart = (found - expected).abs();
    assert!(
        apart <= tolerance * found.abs().max(expected.abs()) || apart < 1e-300,
        "found {found:e}, expected {expected:e}"
    );
}

#[track_caller]
fn all_same(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        same(*found, *expected, tolerance);
    }
}

#[test]
fn distributions() {
    #[derive(Deserialize)]
    struct Special {
        normal_cdf: Vec<[f64; 2]>,
        normal_quantile: Vec<[f64; 2]>,
        student_quantile: Vec<[f64; 3]>,
        beta_cdf: Vec<[f64; 4]>,
        binomial_upper: Vec<(usize, usize, f64, f64)>,
    }
    let expected: Special = reference("special");
    for [x, below] in expected.normal_cdf {
        same(special::normal_cdf(x), below, 1e-10);
    }
    for [probability, x] in expected.normal_quantile {
        assert!((special::normal_quantile(probability) - x).abs() < 1e-9, "{probability}");
    }
    for [probability, degrees, x] in expected.student_quantile {
        same(special::student_quantile(probability, degrees).unwrap(), x, 1e-8);
    }
    for [a, b, x, below] in expected.beta_cdf {
        same(special::beta_cdf(x, a, b).unwrap(), below, 1e-9);
    }
    for (hits, n, chance, upper) in expected.binomial_upper {
        same(special::binomial_upper(hits, n, chance).unwrap(), upper, 1e-9);
    }
    assert_eq!(special::student_quantile(0.975, 0.0), None);
    assert_eq!(special::binomial_upper(3, 2, 0.5), None);
}

#[test]
fn poisson_binomial_tails() {
    #[derive(Deserialize)]
    struct Case {
        prices: Vec<f64>,
        observed: usize,
        p: f64,
        upper: f64,
        lower: f64,
    }
    let cases: Vec<Case> = reference("poisson_binomial");
    assert!(cases.len() > 30);
    for case in cases {
        let trials = case.prices.iter().enumerate();
        let trials = trials.map(|(n, price)| Trial::single(*price, n < case.observed).unwrap());
        let test = PriceNull::of(&trials.collect::<Vec<_>>()).test().unwrap();
        same(test.p, case.p, 1e-11);
        same(test.upper, case.upper, 1e-11);
        same(test.lower, case.lower, 1e-11);
    }
}

#[test]
fn exclusive_answers_held_together() {
    #[derive(Deserialize)]
    struct Group {
        bets: Vec<(f64, u8)>,
        winner: i64,
        #[serde(default)]
        complete: bool,
    }
    #[derive(Deserialize)]
    struct Case {
        events: Vec<Group>,
        single: Vec<(f64, bool)>,
        observed: usize,
        expected: f64,
        variance: f64,
        p: f64,
        upper: f64,
        lower: f64,
    }
    let case: Case = reference("exclusive");
    let groups = case.events.iter().map(|event| {
        let bet = |(market, (yes, side)): (usize, &(f64, u8))| match side {
            1 => Bet { market, on: Answer::Yes, chance: *yes, shares: 1.0 },
            _ => Bet { market, on: Answer::No, chance: 1.0 - yes, shares: 1.0 },
        };
        let bets: Vec<Bet> = event.bets.iter().enumerate().map(bet).collect();
        let wins = |market: usize| i64::try_from(market).unwrap() == event.winner;
        let answer = |market| Some(if wins(market) { Answer::Yes } else { Answer::No });
        Trial::of_event(&bets, Relation::Exclusive { is_complete: event.complete }, answer).unwrap()
    });
    let singles = case.single.iter().map(|(price, hit)| Trial::single(*price, *hit).unwrap());
    let test = PriceNull::of(&groups.chain(singles).collect::<Vec<_>>()).test().unwrap();
    assert_eq!(test.observed, case.observed);
    same(test.expected, case.expected, 1e-12);
    same(test.information, case.variance, 1e-12);
    same(test.p, case.p, 1e-12);
    same(test.upper, case.upper, 1e-12);
    same(test.lower, case.lower, 1e-12);
}

#[test]
fn corrections_for_many_tests() {
    #[derive(Deserialize)]
    struct Many {
        p_values: Vec<f64>,
        benjamini_hochberg: Vec<f64>,
        benjamini_yekutieli: Vec<f64>,
        holm: Vec<f64>,
        null_share: f64,
        local_fdr: Vec<f64>,
    }
    let many: Many = reference("multiplicity");
    let p = &many.p_values;
    all_same(&multiplicity::benjamini_hochberg(p), &many.benjamini_hochberg, 1e-12);
    all_same(&multiplicity::benjamini_yekutieli(p), &many.benjamini_yekutieli, 1e-12);
    all_same(&multiplicity::holm(p), &many.holm, 1e-12);
    same(multiplicity::null_share(p, 0.5).unwrap(), many.null_share, 1e-12);
    all_same(&multiplicity::local_fdr(p, many.null_share), &many.local_fdr, 1e-9);
    let q: Vec<f64> =
        many.benjamini_hochberg.iter().map(|adjusted| adjusted * many.null_share).collect();
    all_same(&multiplicity::q_values(p, many.null_share), &q, 1e-12);
}

#[test]
fn skill_and_its_variance() {
    #[derive(Deserialize)]
    struct TwoLevels {
        wallets: f64,
        categories: f64,
        scores: Vec<(f64, f64)>,
        means: Vec<f64>,
        deviations: Vec<f64>,
    }
    #[derive(Deserialize)]
    struct Tilt {
        excess: Vec<f64>,
        information: Vec<f64>,
        by_moments: f64,
        by_likelihood: f64,
        posterior: Vec<[f64; 6]>,
        expected_chance: Vec<[f64; 4]>,
        levels: TwoLevels,
    }
    let tilt: Tilt = reference("tilt");
    let score =
        |(excess, information): (&f64, &f64)| Score { excess: *excess, information: *information };
    let scores: Vec<Score> = tilt.excess.iter().zip(&tilt.information).map(score).collect();
    same(variance_by_moments(&scores).unwrap(), tilt.by_moments, 1e-12);
    same(variance_by_likelihood(&scores).unwrap(), tilt.by_likelihood, 1e-5);
    for [excess, information, variance, mean, deviation, positive] in tilt.posterior {
        let posterior = Posterior::of(Score { excess, information }, variance);
        same(posterior.mean, mean, 1e-8);
        same(posterior.deviation, deviation, 1e-8);
        same(posterior.positive, positive, 1e-8);
        same(posterior.high - posterior.low, 2.0 * 1.959_963_984_540_054 * deviation, 1e-8);
    }
    for [mean, deviation, chance, expected] in tilt.expected_chance {
        let posterior = Posterior { mean, deviation, low: mean, high: mean, positive: 0.5 };
        same(posterior.expected_chance(chance).unwrap(), expected, 1e-9);
        assert_eq!(posterior.expected_chance(1.0), None);
    }
    let two = tilt.levels;
    let scores: Vec<Score> =
        two.scores.iter().map(|(excess, information)| score((excess, information))).collect();
    let levels = Levels { wallets: two.wallets, categories: two.categories };
    let (wallet, categories) = levels.posteriors(&scores);
    let all = || std::iter::once(&wallet).chain(&categories);
    all_same(&all().map(|one| one.mean).collect::<Vec<_>>(), &two.means, 1e-10);
    all_same(&all().map(|one| one.deviation).collect::<Vec<_>>(), &two.deviations, 1e-10);
}

#[test]
fn logistic_regression() {
    #[derive(Deserialize)]
    struct Regression {
        prices: Vec<f64>,
        hits: Vec<bool>,
        weights: Vec<f64>,
        line: [f64; 2],
        errors: [f64; 2],
        with_prior: [f64; 2],
    }
    let expected: Regression = reference("regression");
    let points = expected.prices.iter().zip(&expected.hits).zip(&expected.weights);
    let points: Vec<Point> = points
        .map(|((price, hit), weight)| Point {
            x: special::logit(*price),
            hit: *hit,
            weight: *weight,
        })
        .collect();
    let free = fit_line(&points, Line::IDENTITY, [f64::INFINITY; 2]);
    all_same(&[free.line.intercept, free.line.slope], &expected.line, 1e-8);
    all_same(&free.errors, &expected.errors, 1e-6);
    let prior = fit_line(&points, Line::IDENTITY, [0.25; 2]).line;
    all_same(&[prior.intercept, prior.slope], &expected.with_prior, 1e-5);
}

#[test]
fn intervals() {
    #[derive(Deserialize)]
    struct Intervals {
        wilson: Vec<(usize, usize, f64, f64)>,
        clusters: Vec<u32>,
        weights: Vec<f64>,
        values: Vec<f64>,
        mean: f64,
        interval: (f64, f64),
    }
    let expected: Intervals = reference("intervals");
    for (hits, n, low, high) in expected.wilson {
        let share = Proportion::wilson(hits, n).unwrap();
        assert!((share.low - low).abs() < 1e-12 && (share.high - high).abs() < 1e-12, "{share:?}");
    }
    let observed = expected.clusters.iter().zip(&expected.weights).zip(&expected.values);
    let observed: Vec<Weighted<u32>> = observed
        .map(|((cluster, weight), value)| Weighted {
            cluster: *cluster,
            sum: weight * value,
            weight: *weight,
        })
        .collect();
    let mean = Clustered::mean(&observed).unwrap();
    same(mean.value, expected.mean, 1e-12);
    let (low, high) = mean.interval.unwrap();
    same(low, expected.interval.0, 1e-9);
    same(high, expected.interval.1, 1e-9);
}

#[test]
fn ratios() {
    #[derive(Deserialize)]
    struct Ratios {
        binary: Vec<[f64; 5]>,
        returns: Vec<f64>,
        moments: [f64; 3],
        probability_above: [f64; 2],
    }
    let expected: Ratios = reference("sharpe");
    for [chance, cost, sharpe, skewness, kurtosis] in expected.binary {
        let found = Returns::of_binary(chance, cost).unwrap();
        all_same(
            &[found.sharpe, found.skewness, found.kurtosis],
            &[sharpe, skewness, kurtosis],
            1e-10,
        );
    }
    let found = Returns::observed(&expected.returns).unwrap();
    all_same(&[found.sharpe, found.skewness, found.kurtosis], &expected.moments, 1e-10);
    let [benchmark, probability] = expected.probability_above;
    same(found.probability_above(benchmark, expected.returns.len()).unwrap(), probability, 1e-10);
}

#[test]
fn stakes() {
    #[derive(Deserialize)]
    struct Case {
        answers: Vec<(f64, f64)>,
        spent: Vec<f64>,
        growth: f64,
    }
    for case in reference::<Vec<Case>>("kelly") {
        // What is suggested is a quarter.
        let full = kelly::joint(&case.answers, 1.0).unwrap();
        let full: Vec<f64> = full.iter().map(|part| part / kelly::MOST).collect();
        for (found, expected) in full.iter().zip(&case.spent) {
            assert!((found - expected).abs() < 2e-4, "{full:?}, {:?}", case.spent);
        }
        let kept = 1.0 - full.iter().sum::<f64>();
        let none = 1.0 - case.answers.iter().map(|(chance, _)| chance).sum::<f64>();
        let won = case.answers.iter().zip(&full).map(|((q, c), part)| q * (kept + part / c).ln());
        let growth = won.sum::<f64>() + if none > 1e-12 { none * kept.ln() } else { 0.0 };
        assert!(growth >= case.growth - 1e-9, "{growth} where {} is possible", case.growth);
    }
}

#[test]
fn spreads_and_ranks() {
    #[derive(Deserialize)]
    struct Others {
        amounts: Vec<f64>,
        hhi: f64,
        gini: f64,
        numbers: Vec<f64>,
        median: f64,
        deviation: f64,
        quantiles: Vec<[f64; 2]>,
        x: Vec<f64>,
        y: Vec<f64>,
        spearman: f64,
    }
    let expected: Others = reference("others");
    let spread = Inequality::of(expected.amounts.iter().copied()).unwrap();
    same(spread.hhi, expected.hhi, 1e-12);
    same(spread.gini, expected.gini, 1e-12);
    let robust = robust::Robust::of(&expected.numbers).unwrap();
    same(robust.median, expected.median, 1e-12);
    same(robust.deviation, expected.deviation, 1e-12);
    let mut sorted = expected.numbers;
    sorted.sort_by(f64::total_cmp);
    for [probability, quantile] in expected.quantiles {
        same(robust::quantile(&sorted, probability).unwrap(), quantile, 1e-12);
    }
    let pairs: Vec<(f64, f64)> = expected.x.into_iter().zip(expected.y).collect();
    same(persistence::spearman(&pairs).unwrap(), expected.spearman, 1e-12);
}
