//! What the test of skill costs one core: `cargo bench -p domain --bench skill`.
//!
//! Budgets: 2,000 wallets of 200 events within 2 s; one wallet rescored after a trade within 5 ms.

#![expect(clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use domain::stats::multiplicity::{benjamini_hochberg, local_fdr, null_share};
use domain::stats::{
    Answer, Bet, Claim, Dice, EProcess, PriceNull, PriceTest, Relation, Score, Spread, Trial,
};

const WALLETS: u64 = 2_000;
const EVENTS: usize = 200;

/// An event of one bet, or, once in ten, of four answers of one question.
fn trial(dice: &mut Dice) -> Trial {
    if dice.chance(0.1) {
        let bets: Vec<Bet> = (0..4)
            .map(|market| Bet {
                market,
                on: Answer::Yes,
                chance: 0.02 + 0.2 * dice.unit(),
                shares: 10.0,
            })
            .collect();
        let winner = dice.below(6);
        let answer = |market| Some(if market == winner { Answer::Yes } else { Answer::No });
        return Trial::of_event(&bets, Relation::Exclusive { is_complete: false }, answer).unwrap();
    }
    let chance = 0.02 + 0.96 * dice.unit();
    Trial::single(chance, dice.chance(chance)).unwrap()
}

fn wallets() -> Vec<Vec<Trial>> {
    (0..WALLETS)
        .map(|number| {
            let mut dice = Dice::new(1, number);
            (0..EVENTS).map(|_| trial(&mut dice)).collect()
        })
        .collect()
}

fn skill(criterion: &mut Criterion) {
    let wallets = wallets();
    let test = |trials: &Vec<Trial>| PriceNull::of(trials).test().unwrap();

    let mut group = criterion.benchmark_group("skill");
    group.sample_size(20);
    group.bench_function("test of 2,000 wallets with 200 events", |bencher| {
        bencher.iter(|| wallets.iter().map(test).map(|test| test.upper).sum::<f64>());
    });
    let tests: Vec<PriceTest> = wallets.iter().map(test).collect();
    group.bench_function("register of 2,000 wallets", |bencher| {
        bencher.iter(|| {
            let p_values: Vec<f64> = tests.iter().map(|test| test.upper).collect();
            let scores: Vec<Score> = tests.iter().map(PriceTest::score).collect();
            let spread = Spread::by_likelihood(&scores).unwrap();
            let adjusted = benjamini_hochberg(&p_values);
            let rates = local_fdr(&p_values, null_share(&p_values, 0.5).unwrap());
            black_box((spread, adjusted, rates))
        });
    });
    let null = PriceNull::of(&wallets[0]);
    let evidence = EProcess::new(Claim::Edge);
    let scores: Vec<Score> = tests.iter().map(PriceTest::score).collect();
    let spread = Spread::by_likelihood(&scores).unwrap();
    let news = trial(&mut Dice::new(2, 0));
    group.bench_function("one event more of a wallet with 200", |bencher| {
        bencher.iter(|| {
            let (mut null, mut evidence) = (null.clone(), evidence);
            null.add(black_box(&news));
            evidence.observe(&news);
            let test = null.test().unwrap();
            black_box((test, spread.posterior(test.score()), evidence.value()))
        });
    });
    let long: Vec<Trial> = wallets.iter().take(25).flatten().cloned().collect();
    group.bench_function("test of one wallet with 5,000 events", |bencher| {
        bencher.iter(|| test(black_box(&long)));
    });
    group.finish();
}

criterion_group!(benches, skill);
criterion_main!(benches);
