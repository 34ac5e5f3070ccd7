//! The audit at a size that every run of the tests can afford.

use super::*;
use crate::stats::PriceNull;

const SEED: u64 = 7;

fn without_skill() -> Population {
    Population { wallets: 3_000, ..Population::without_skill(SEED) }
}

#[test]
fn our_tests_keep_their_size_in_every_style_and_others_do_not() {
    let table = SizeTable::of(&without_skill());
    for rule in Rule::ALL.into_iter().filter(|rule| rule.is_ours()) {
        let row = table.row(rule);
        for rate in row.by_style.iter().chain([&row.all]) {
            let size = rate.of_eligible().unwrap();
            assert!(rate.eligible > 200 && size.value <= 0.05, "{}: {size:?}", rule.name());
        }
    }
    let size = table.row(Rule::PriceNull).all.of_eligible().unwrap();
    assert!(size.high > 0.03, "a test that never says anything has no size either: {size:?}");
    // What wallets without skill are called by others, of all wallets and at their worst style.
    for (rule, all, worst) in [
        (Rule::WinRate, 0.3, 0.9),
        (Rule::AbovePool, 0.1, 0.25),
        (Rule::BetaShrunk, 0.25, 0.7),
        (Rule::WinRateOrRoi, 0.3, 0.45),
        (Rule::Omega, 0.15, 0.3),
        (Rule::WithoutBest, 0.1, 0.2),
        (Rule::SignRandomisation, 0.06, 0.2),
        (Rule::PriceNullByPosition, 0.07, 0.07),
        // Only who buys more after a fall is taken for skilled.
        (Rule::PriceNullAtMean, 0.05, 0.25),
    ] {
        let row = table.row(rule);
        assert!(row.all.of_eligible().unwrap().low > all, "{}: {:?}", rule.name(), row.all);
        let found = row.by_style.iter().filter_map(FlagRate::of_eligible);
        let found = found.map(|rate| rate.low).fold(0.0, f64::max);
        assert!(found > worst, "{}: {found}", rule.name());
    }
}

#[test]
fn ours_ranks_ahead_of_what_comes_later_and_a_win_rate_does_not() {
    let population = Population { wallets: 500, skilled: 0.5, theta: 0.6, seed: SEED };
    let standings = Rankings::of(&population, 50).standings;
    let correlation = |ranking| {
        let (_, found) = standings.iter().find(|(other, _)| *other == ranking).unwrap();
        found.correlation.unwrap()
    };
    for ours in [Ranking::PriceNull, Ranking::Posterior] {
        assert!(correlation(ours) > 0.25, "{ours:?}: {}", correlation(ours));
        assert!(correlation(ours) > correlation(Ranking::WinRate) + 0.1, "{standings:?}");
    }
    // Anything else that scores wallets can stand beside them.
    let same = Standing::of(&population, 50, |wallet| Some(wallet.profit()));
    assert_eq!(Some(&(Ranking::Profit, same)), standings.first());
}

#[test]
fn power_is_counted_apart_from_size() {
    let population = Population { wallets: 600, skilled: 0.5, theta: 0.8, seed: SEED };
    let mut judged = 0;
    let row = SizeRow::of(&population, |wallet| {
        judged += 1;
        Some(wallet.is_skilled())
    });
    assert_eq!((judged, row.all.flagged, row.skilled.flagged), (600, 0, row.skilled.wallets));
    assert_eq!(row.all.wallets + row.skilled.wallets, 600);
    assert!((row.precision().unwrap().value - 1.0).abs() < 1e-12);
    assert_eq!(SizeRow::of(&population, |_| None).precision(), None);
}

#[test]
fn three_identical_legs_change_nothing() {
    for number in 0..200 {
        let wallet = without_skill().wallet(number);
        let mut alone = wallet.clone();
        alone.events.iter_mut().for_each(|event| event.legs = 1);
        let test = |wallet: &Wallet| {
            let trials: Vec<_> = wallet.trials().collect();
            PriceNull::of(&trials).test().unwrap()
        };
        let (with_legs, without) = (test(&wallet), test(&alone));
        assert_eq!(with_legs.events, wallet.events.len());
        assert_eq!(with_legs.observed, without.observed);
        assert!((with_legs.upper - without.upper).abs() < 1e-12);
    }
}

#[test]
fn prices_are_fair_and_styles_are_mixed_as_said() {
    let population = without_skill();
    let (mut excess, mut information) = (0.0, 0.0);
    let mut styles = [0; Style::ALL.len()];
    let mut legs = 0.0;
    for wallet in population.iter() {
        assert!((5..=400).contains(&wallet.positions()));
        for event in &wallet.events {
            excess += f64::from(u8::from(event.came_true)) - event.price;
            information += event.price * (1.0 - event.price);
            legs += event.legs as f64;
        }
        for (count, style) in styles.iter_mut().zip(Style::ALL) {
            *count += usize::from(style == wallet.style);
        }
    }
    assert!((excess / information.sqrt()).abs() < 3.0, "{excess} of {information}");
    assert!(legs > 0.0);
    for (count, style) in styles.into_iter().zip(Style::ALL) {
        let share = count as f64 / population.wallets as f64;
        assert!((share - style.share()).abs() < 0.03, "{style:?}: {share}");
    }
}

#[test]
fn a_seed_gives_the_same_wallets_and_another_gives_others() {
    let population = without_skill();
    assert_eq!(population.wallet(3), population.wallet(3));
    assert_ne!(population.wallet(3), population.wallet(4));
    assert_ne!(population.wallet(3).events, population.later(3).events);
    assert_eq!(population.wallet(3).style, population.later(3).style);
    let other = Population { seed: SEED + 1, ..population };
    assert_ne!(population.wallet(3), other.wallet(3));
    // Who has skill does not change what the others do.
    let skilled = Population { skilled: 0.5, theta: 0.6, ..population };
    let changed = (0..200).filter(|n| skilled.wallet(*n) != population.wallet(*n));
    assert!(changed.clone().all(|number| skilled.wallet(number).is_skilled()));
    assert!(changed.count() > 50);
}

#[test]
fn skill_is_found_by_our_rankings_before_any_other() {
    let population = Population { wallets: 3_000, ..Population::with_skill(SEED, 0.6) };
    let found = Rankings::of(&population, 30);
    let share = |ranking| {
        let (_, standing) = found.standings.iter().find(|(other, _)| *other == ranking).unwrap();
        standing.skilled.unwrap().value
    };
    for ours in [Ranking::PriceNull, Ranking::Posterior] {
        assert!(share(ours) > 0.4, "{ours:?}: {}", share(ours));
        for other in [Ranking::Profit, Ranking::WinRate, Ranking::BetaShrunk, Ranking::WinRateLog] {
            assert!(share(ours) > share(other) + 0.15, "{ours:?} {other:?}: {}", share(other));
        }
    }
    assert!(found.variance > 0.0 && found.skilled > 35);
    let Discoveries { found: ours, wrong } = found.by_price_null;
    assert!(wrong * 3 <= ours, "{wrong} of {ours}");
    assert!(found.by_signs.wrong * 2 > found.by_signs.found, "{:?}", found.by_signs);
}
