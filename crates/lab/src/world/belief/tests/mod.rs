//! What makes a belief a belief: it is calibrated, it does not drift, and its parts fit together.

mod cases;

use super::*;
use crate::noise::Dice;
use crate::world::category::Category;
use cases::{CASES, Case, DAY_MS, OPENS_MS, SECRETIVE, draft, fact, game};

/// Lives up to `until` in uneven steps.
fn live(belief: &mut Belief, case: &Case, until: f64, dice: &mut Dice) {
    let until_ms = case.at(until);
    let steps = dice.whole(1, 12);
    for step in 1..steps {
        let share = until * (step as f64 + dice.unit()) / (steps + 1) as f64;
        belief.advance(case.at(share));
    }
    belief.advance(until_ms);
}

/// A mean and how far it is from nought, in standard errors.
struct Mean {
    mean: f64,
    errors: f64,
}

fn mean(samples: &[f64]) -> Mean {
    let count = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / count;
    let variance = samples.iter().map(|sample| (sample - mean).powi(2)).sum::<f64>() / count;
    Mean { mean, errors: mean.abs() / (variance / count).sqrt().max(1e-12) }
}

#[test]
fn of_all_given_a_chance_so_many_come_true() {
    for (name, make) in CASES {
        // Of each event one market, so that outcomes are independent.
        let mut buckets: Vec<Vec<(f64, f64)>> = vec![Vec::new(); 10];
        for seed in 0..4_000 {
            let mut dice = Noise::of(seed).with(1).dice();
            let case = make(&mut dice);
            let mut belief = case.belief(seed);
            let share = dice.pick(&[0.2, 0.5, 0.8]);
            live(&mut belief, &case, share, &mut dice);
            let market = usize::try_from(dice.bits() % belief.verdicts().len() as u64).unwrap();
            let chance = belief.probabilities()[market];
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 9")]
            let bucket = (chance * 10.0).min(9.0) as usize;
            buckets[bucket].push((chance, payout(belief.verdicts()[market])));
        }
        for (bucket, samples) in buckets.iter().enumerate() {
            let count = samples.len() as f64;
            let expected = samples.iter().map(|(chance, _)| chance).sum::<f64>();
            let variance = samples.iter().map(|(chance, _)| chance * (1.0 - chance)).sum::<f64>();
            let observed = samples.iter().map(|(_, paid)| paid).sum::<f64>();
            let errors = (observed - expected).abs() / variance.sqrt().max(0.5);
            assert!(
                errors < 3.0,
                "{name}, bucket {bucket}: {observed} of {count}, not {expected} ({errors:.1} sd)"
            );
        }
        let spread = buckets.iter().filter(|samples| samples.len() >= 30).count();
        assert!(spread >= 6, "{name}: only {spread} buckets have anything in them");
    }
}

#[test]
fn no_step_is_to_be_foreseen() {
    for (name, make) in CASES {
        for (from, to) in [(0.0, 0.15), (0.3, 0.31), (0.4, 0.9), (0.97, 0.995)] {
            let mut moves = Vec::new();
            let mut weighted = Vec::new();
            let mut moved = 0;
            for seed in 0..3_000 {
                let mut dice = Noise::of(seed).with(2).dice();
                let case = make(&mut dice);
                let mut belief = case.belief(seed);
                live(&mut belief, &case, from, &mut dice);
                let market = usize::try_from(dice.bits() % belief.verdicts().len() as u64).unwrap();
                let before = belief.probabilities()[market];
                belief.advance(case.at(to));
                let change = belief.probabilities()[market] - before;
                moves.push(change);
                // Neither are the steps of the likely ones, as against those of the unlikely ones.
                weighted.push(change * (before - 0.5));
                moved += usize::from(change.abs() > 1e-9);
            }
            assert!(moved > 300, "{name}, {from} to {to}: only {moved} moved");
            for sample in [mean(&moves), mean(&weighted)] {
                assert!(
                    sample.errors < 3.5,
                    "{name}, {from} to {to}: {} by {:.1} standard errors",
                    sample.mean,
                    sample.errors
                );
            }
        }
    }
}

#[test]
fn no_announcement_is_to_be_foreseen() {
    for (name, make) in CASES.into_iter().take(SECRETIVE) {
        let mut moves = Vec::new();
        let mut weighted = Vec::new();
        let mut size = 0.0;
        for seed in 0..3_000 {
            let mut dice = Noise::of(seed).with(3).dice();
            let case = make(&mut dice);
            let mut belief = case.belief(seed);
            let Some(next) = belief.announcements().first().copied() else { continue };
            belief.advance(next.public_ms - DAY_MS / 24);
            let before = belief.probabilities()[0];
            let change = belief.with_announcement(0)[0] - before;
            moves.push(change);
            weighted.push(change * (before - 0.5));
            size += change.abs();
        }
        assert!(size / moves.len() as f64 > 0.01, "{name}: announcements tell nothing");
        for sample in [mean(&moves), mean(&weighted)] {
            assert!(sample.errors < 3.0, "{name}: {} by {:.1}", sample.mean, sample.errors);
        }
    }
}

#[test]
fn insiders_know_exactly_what_will_be_announced() {
    let mut told = 0;
    for (name, make) in CASES.into_iter().take(SECRETIVE) {
        for seed in 0..300 {
            let mut dice = Noise::of(seed).with(4).dice();
            let mut case = make(&mut dice);
            // Nothing seeps through, and nobody gives up.
            case.volatility = 0.0;
            case.draft.withdrawals = 0.0;
            let mut belief = case.belief(seed);
            for (index, announcement) in belief.announcements().to_vec().into_iter().enumerate() {
                belief.advance(announcement.public_ms - 1);
                let foreseen = belief.with_announcement(index);
                belief.advance(announcement.public_ms);
                assert_eq!(belief.with_announcement(index), belief.probabilities(), "{name}");
                // A number still shows a little in the last millisecond.
                for (foreseen, real) in foreseen.iter().zip(belief.probabilities()) {
                    assert!((foreseen - real).abs() < 2e-3, "{name}: {foreseen}, not {real}");
                }
                told += 1;
            }
        }
    }
    assert!(told > 1_500, "only {told} announcements");
}

#[test]
fn prices_of_an_event_fit_together() {
    for (name, make) in CASES {
        for seed in 0..200 {
            let mut dice = Noise::of(seed).with(5).dice();
            let case = make(&mut dice);
            let mut belief = case.belief(seed);
            for step in 0..40 {
                belief.advance(case.at((f64::from(step) + dice.unit()) / 40.0));
                let chances = belief.probabilities();
                let sum: f64 = chances.iter().sum();
                assert!(
                    chances.iter().all(|chance| (0.0..=1.0).contains(chance)),
                    "{name}: {chances:?}"
                );
                match name {
                    "race" => assert!(sum <= 1.0 + 1e-9, "{sum}"),
                    "ranges" => assert!((sum - 1.0).abs() < 1e-9, "{sum}"),
                    "ladder" => assert!(chances.is_sorted_by(|one, two| one >= two), "{chances:?}"),
                    "deadlines" => {
                        assert!(chances.is_sorted(), "{chances:?}");
                    }
                    "game" => assert!(chances[0] >= chances[1], "{chances:?}"),
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn the_end_tells() {
    for (name, make) in CASES {
        let mut doubt = 0.0;
        for seed in 0..300 {
            let case = make(&mut Noise::of(seed).with(6).dice());
            let mut belief = case.belief(seed);
            belief.advance(case.ends_ms - 1);
            for (chance, verdict) in belief.probabilities().iter().zip(belief.verdicts()) {
                doubt += (chance - payout(*verdict)).abs() / belief.verdicts().len() as f64 / 300.0;
            }
            belief.advance(case.ends_ms);
            let paid: Vec<f64> = belief.verdicts().iter().map(|verdict| payout(*verdict)).collect();
            assert_eq!(belief.probabilities(), paid, "{name}");
        }
        let most = if matches!(name, "fact" | "race") { 0.15 } else { 0.005 };
        assert!(doubt < most, "{name}: {doubt} in doubt just before the end");
    }
}

#[test]
fn what_is_decided_is_known() {
    let mut early = 0;
    for (name, make) in CASES {
        for seed in 0..300 {
            let mut dice = Noise::of(seed).with(7).dice();
            let case = make(&mut dice);
            let mut belief = case.belief(seed);
            let decided = belief.decided_ms().to_vec();
            for (market, at_ms) in decided.iter().enumerate() {
                let Some(at_ms) = *at_ms else { continue };
                assert!((OPENS_MS..case.ends_ms).contains(&at_ms), "{name}: {at_ms}");
                let mut belief = belief.clone();
                belief.advance(at_ms.max(belief.at_ms + 1));
                let paid = payout(belief.verdicts()[market]);
                let chance = belief.probabilities()[market];
                assert!((chance - paid).abs() < 1e-12, "{name}: {chance}, not {paid}");
                early += 1;
            }
            live(&mut belief, &case, 0.9, &mut dice);
            assert_eq!(belief.decided_ms(), decided, "{name}");
        }
    }
    assert!(early > 800, "only {early} markets were decided early");
}

#[test]
fn who_stays_in_is_the_likelier_to_win() {
    // Nothing is announced about a coin.
    let mut draft = draft([0.0, -2.0, -2.5].map(|logit| Claim::Fact { logit }));
    draft.category = Category::Crypto;
    draft.shape = Shape::Exclusive { residual: 0.5 };
    draft.withdrawals = 0.95;
    let case = Case { draft, ends_ms: OPENS_MS + DAY_MS, volatility: 0.0 };
    let mut surprises = Vec::new();
    for seed in 0..6_000 {
        let mut belief = case.belief(seed);
        let before = belief.probabilities()[1];
        belief.advance(case.at(0.9));
        let now = belief.probabilities()[1];
        let gone = belief.decided_ms()[1].is_some_and(|gone_ms| gone_ms <= case.at(0.9));
        assert!(if gone { now == 0.0 } else { now > 2.0 * before }, "{before} to {now}");
        surprises.push(payout(belief.verdicts()[1]) - now);
    }
    let surprise = mean(&surprises);
    assert!(surprise.errors < 3.0, "{} by {:.1} errors", surprise.mean, surprise.errors);
}

#[test]
fn called_off_games_pay_half() {
    let games = 3_000;
    let mut called_off = 0;
    for seed in 0..games {
        let case = game(&mut Noise::of(seed).with(8).dice());
        let mut belief = case.belief(seed);
        let splits = belief.verdicts().iter().filter(|verdict| **verdict == Verdict::Split).count();
        assert!(splits == 0 || splits == 3, "{splits} of 3 markets split");
        called_off += usize::from(splits > 0);
        let starts_ms = case.draft.starts.unwrap().timestamp_millis();
        belief.advance(starts_ms);
        let even = belief.probabilities().iter().all(|chance| (chance - 0.5).abs() < 1e-12);
        assert_eq!(even, splits > 0);
    }
    let expected = games as f64 * 0.1;
    assert!((called_off as f64 - expected).abs() < 3.0 * (expected * 0.9).sqrt(), "{called_off}");
}

#[test]
fn the_same_looks_see_the_same_and_looking_changes_nothing() {
    for (name, make) in CASES {
        let case = make(&mut Noise::of(9).dice());
        let (mut first, mut second) = (case.belief(1), case.belief(1));
        let mut often = case.belief(1);
        for step in 1..30 {
            let at_ms = case.at(f64::from(step) / 30.0);
            for belief in [&mut first, &mut second] {
                belief.advance(at_ms);
                // Going back has no effect.
                belief.advance(at_ms - 1_000);
            }
            for part in 1..=5 {
                often.advance(case.at((f64::from(step) - 1.0 + f64::from(part) / 5.0) / 30.0));
            }
        }
        assert_eq!(first.probabilities(), second.probabilities(), "{name}");
        assert_eq!(first.verdicts(), often.verdicts(), "{name}");
        assert_eq!(first.decided_ms(), often.decided_ms(), "{name}");
        assert_eq!(first.announcements(), often.announcements(), "{name}");
        if matches!(name, "price" | "touches") {
            assert_eq!(first.probabilities(), often.probabilities());
        } else {
            let differs = (2..9).any(|seed| {
                let mut other = case.belief(seed);
                other.advance(first.at_ms);
                other.probabilities() != first.probabilities()
            });
            assert!(differs, "{name}");
        }
    }
}

#[test]
fn announcements_are_few_and_of_very_different_size() {
    let case = fact(&mut Noise::of(3).dice());
    let mut sizes = Vec::new();
    let mut counts = Vec::new();
    for seed in 0..2_000 {
        let belief = case.belief(seed);
        let announcements = belief.announcements();
        assert!(announcements.is_sorted_by_key(|announcement| announcement.public_ms));
        assert!(announcements.iter().all(|one| (OPENS_MS..case.ends_ms).contains(&one.public_ms)));
        counts.push(announcements.len() as f64);
        sizes.extend(announcements.iter().map(|announcement| announcement.information));
    }
    let average = mean(&counts).mean;
    let expected = Category::Politics.habits().announcements;
    assert!((average - expected).abs() < 0.15, "{average} announcements, not {expected}");
    assert!(counts.iter().all(|count| *count <= 6.0));
    sizes.sort_by(f64::total_cmp);
    let (middle, large) = (sizes[sizes.len() / 2], sizes[sizes.len() * 99 / 100]);
    assert!((0.4..0.6).contains(&middle), "median size {middle}");
    assert!(large > 8.0 * middle, "{large} is no tail of {middle}");
}
