//! The trials: what keeps its budget stays, and what does not is found out.

use std::collections::BTreeSet;

use super::*;
use crate::scores::ScoreKind;
use crate::stats::Dice;

const SMART: Subject = Subject::Score(ScoreKind::Smart);
const SAMPLE: Sample = Sample { seed: 5, wallets: 2_000 };

/// What others take for skill: eight of ten came true.
struct WinRate;

impl Judge for WinRate {
    fn judge(&self, register: &[Vec<Seen>]) -> Vec<Option<Claim>> {
        let claim = |seen: &Vec<Seen>| {
            let wins = seen.iter().filter(|one| one.came_true).count();
            let is_flagged = wins * 10 >= seen.len() * 8;
            (seen.len() >= 5).then_some(Claim { is_flagged, is_named: Some(is_flagged) })
        };
        register.iter().map(claim).collect()
    }
}

/// Wallets that bet on events with others, at fair prices; every third event has four exclusive markets.
fn tape(wallets: usize, theta: f64) -> Vec<Laid> {
    let mut bets = Vec::new();
    for wallet in 0..wallets {
        let mut dice = Dice::new(3, wallet as u64);
        for event in 0..300_usize {
            if !dice.chance(0.15) {
                continue;
            }
            let is_exclusive = event % 3 == 0;
            let market = event * 4 + if is_exclusive { dice.below(4) } else { 0 };
            let first = if is_exclusive { 0.22 } else { 0.1 + 0.8 * dice.unit() };
            let is_first = dice.chance(0.6);
            let chance = if is_first { first } else { 1.0 - first };
            let odds = crate::stats::special::logit(chance) + theta;
            let came_true = dice.chance(crate::stats::special::expit(odds));
            let settled_at = i64::try_from(event).unwrap();
            bets.push(Laid {
                wallet,
                event,
                market,
                is_first,
                chance,
                is_exclusive,
                came_true,
                settled_at,
            });
        }
    }
    bets
}

/// On bets whose chances are known.
fn on(judge: &dyn Judge, bets: &[Laid], runs: usize, seed: u64) -> Results {
    let known = |_: &[bool]| bets.iter().map(|bet| bet.chance).collect();
    redrawn(SMART, judge, bets, &known, runs, seed)
}

#[test]
fn what_the_terminal_claims_of_skill_keeps_its_budget_in_every_style() {
    // Reputation draws each wallet to the others, of whom few have skill here.
    let judges: [(Subject, &dyn Judge, f64); 3] = [
        (SMART, &Skill, 0.3),
        (Subject::Score(ScoreKind::Reputation), &GoodRecord, 0.01),
        (Subject::Insiders, &LongShots, 0.2),
    ];
    for (subject, judge, least) in judges {
        let found = synthetic(subject, judge, SAMPLE);
        assert!(found.is_within(), "{subject:?}: {:?}", found.over().collect::<Vec<_>>());
        for style in Style::ALL {
            let line = found.line(&format!("type1_{}", style.slug())).unwrap();
            assert_eq!(line.budget, Some(0.05));
            assert!(line.low.is_none_or(|low| low <= 0.05), "{subject:?}: {line:?}");
        }
        let power = found.line("power_06").unwrap();
        assert!(
            power.rate.unwrap() > least,
            "a test that never speaks keeps any budget: {power:?}"
        );
    }
}

#[test]
fn buying_more_after_a_fall_is_no_skill_at_first_prices_and_would_be_at_mean_ones() {
    let found = synthetic(SMART, &Skill, SAMPLE);
    let ours = found.line("type1_averages_down").unwrap();
    assert!(ours.n > 100 && ours.low.unwrap() <= 0.05, "{ours:?}");
    let mean = SizeTable::of(&Population { wallets: 2_000, ..Population::without_skill(5) })
        .row(Rule::PriceNullAtMean);
    let place = Style::ALL.iter().position(|style| *style == Style::AveragesDown).unwrap();
    let at_mean = mean.by_style[place].of_eligible().unwrap();
    assert!(at_mean.low > 0.2, "{at_mean:?}");
    let line = found.line("rule_price_null_at_mean").unwrap();
    assert!(line.budget.is_none() && line.note.is_some(), "no rule of others withdraws a score");
}

#[test]
fn a_score_that_praises_favourites_is_over_its_budget_in_both_trials() {
    let found = synthetic(SMART, &WinRate, SAMPLE);
    let over: Vec<&str> = found.over().map(|line| line.name.as_str()).collect();
    assert!(over.contains(&"type1_favourites") && over.contains(&"registers_with_discoveries"));
    assert!(!over.contains(&"type1_longshots"), "nobody wins long shots that often: {over:?}");
    let mut bets = tape(300, 0.0);
    for bet in &mut bets {
        bet.chance = bet.chance.max(0.85);
    }
    let found = on(&WinRate, &bets, 20, 9);
    assert!(!found.is_within());
    assert!(on(&Skill, &bets, 20, 9).is_within());
}

#[test]
fn nobody_is_named_where_outcomes_are_drawn_and_planted_skill_is_found() {
    let found = on(&Skill, &tape(400, 0.0), 60, 2);
    assert!(found.is_within(), "{found:?}");
    let size = found.line("type1").unwrap();
    assert!(size.n > 20_000 && size.high.unwrap() > 0.03 && size.rate.unwrap() < 0.056, "{size:?}");
    let power = found.line("power_06").unwrap();
    assert!(power.rate.unwrap() > 0.35, "{power:?}");
    let real = found.line("real_named").unwrap();
    assert_eq!((real.k, real.n > 300), (0, true), "these outcomes are fair as they are");
    assert!(found.persistence.unwrap().low < 0.1, "{:?}", found.persistence);
    // Of a tape with skill in it the draws say the same, and the outcomes as they were do not.
    let found = on(&Skill, &tape(200, 1.0), 30, 2);
    assert!(found.is_within());
    let real = found.line("real_named").unwrap();
    assert!(real.rate.unwrap() > 0.8, "{real:?}");
}

#[test]
fn an_event_is_drawn_once_for_all() {
    let bets = tape(60, 0.0);
    let redrawing = Redrawing::of(&bets);
    let mut dice = Dice::new(1, 1);
    let mut sums = vec![0.0; bets.len()];
    for _ in 0..400 {
        let drawn = redrawing.draw(&mut dice, |_| 0.0);
        let mut winners = std::collections::BTreeMap::<usize, BTreeSet<usize>>::new();
        for ((bet, came_true), sum) in bets.iter().zip(&drawn).zip(&mut sums) {
            *sum += f64::from(u8::from(*came_true));
            if bet.is_exclusive && bet.is_first == *came_true {
                winners.entry(bet.event).or_default().insert(bet.market);
            }
            let same = bets.iter().zip(&drawn).find(|(other, _)| {
                other.market == bet.market && other.for_first() == bet.for_first()
            });
            let (other, answer) = same.unwrap();
            assert_eq!(answer == &other.is_first, *came_true == bet.is_first);
        }
        assert!(winners.values().all(|markets| markets.len() <= 1), "{winners:?}");
    }
    for (bet, sum) in bets.iter().zip(sums) {
        let off = (sum / 400.0 - bet.chance) / (bet.chance * (1.0 - bet.chance) / 400.0).sqrt();
        assert!(off.abs() < 4.8, "{bet:?}: {off}");
    }
}

impl Laid {
    fn for_first(&self) -> u64 {
        let first = if self.is_first { self.chance } else { 1.0 - self.chance };
        (first * 1e9).round().to_bits()
    }
}

#[test]
fn chance_alone_withdraws_nothing_and_runs_are_no_independent_wallets() {
    assert!(!Line::part("a", "", 6, 100).within(Some(0.05)).is_over);
    assert!(Line::part("a", "", 20, 100).within(Some(0.05)).is_over);
    assert!(!Line::part("a", "", 100, 100).within(None).is_over);
    // 7 % of 10,000 would be too many, were they not ten runs in which all wallets share their luck.
    let runs: Vec<(usize, usize)> =
        (0..10).map(|run| (if run < 7 { 20 } else { 187 }, 1_000)).collect();
    let shared = Line::of_runs("a", "", &runs, Some(0.05));
    assert!(!shared.is_over && shared.high.unwrap() > 0.1, "{shared:?}");
    let even = Line::of_runs("a", "", &[(70, 1_000); 10].map(|(k, n)| (k, n)), Some(0.05));
    assert!(even.is_over, "{even:?}");
    // Three wrong of three named in one register of ten: the mean part is a tenth.
    let mut registers = [(0, 0); 10];
    registers[4] = (3, 3);
    let few = Line::false_discoveries("a", "", &registers, Some(0.1));
    assert!((few.rate.unwrap() - 0.1).abs() < 1e-12 && !few.is_over && (few.k, few.n) == (3, 3));
    assert!(Line::false_discoveries("a", "", &[(3, 4); 10], Some(0.1)).is_over);
    assert_eq!(Line::part("a", "", 0, 0).within(Some(0.05)).rate, None);
}

#[test]
fn what_is_found_is_held_against_what_is() {
    let set = |of: &[u8]| of.iter().copied().collect::<BTreeSet<u8>>();
    let [precision, recall] =
        Detected::of("maker", "makers", &set(&[1, 2, 3, 4]), &set(&[3, 4, 5])).lines();
    assert_eq!((precision.k, precision.n, recall.k, recall.n), (2, 4, 2, 3));
    assert_eq!(pairs([vec![3, 1, 2, 1], vec![9]]), [(1, 2), (1, 3), (2, 3)].into());
    let first = precision_in_first("r", &[5, 1, 3, 2], &set(&[3, 5]), 3).unwrap();
    assert_eq!((first.hits, first.top), (2, 3));
    assert_eq!(precision_in_first("r", &[], &set(&[3]), 3), None);
}

#[test]
fn a_reversal_is_half_of_the_peak_in_one_go_to_the_other_side() {
    let fills = |shares: &[f64]| -> Vec<i64> {
        let taken = (0..).zip(shares).map(|(at, shares)| Taken {
            wallet: 1,
            market: 1,
            at,
            shares: *shares,
        });
        reversals(&taken.collect::<Vec<_>>()).iter().map(|found| found.at).collect()
    };
    assert_eq!(fills(&[100.0, -150.0]), [1]);
    assert_eq!(fills(&[100.0, -103.0, -10.0]), [2], "a crumb is no turn");
    assert_eq!(
        fills(&[100.0, -60.0, 10.0, -60.0, -30.0]),
        [3],
        "the fall counts since it last grew"
    );
    assert_eq!(fills(&[100.0, -150.0, 200.0]), [1, 2]);
    assert_eq!(fills(&[100.0, -90.0]), [] as [i64; 0]);
    assert_eq!(fills(&[-10.0, -5.0, 30.0, 40.0]), [2]);
}

#[test]
fn every_subject_says_which_trials_it_has() {
    for subject in Subject::ALL {
        assert_eq!(Subject::of_slug(subject.slug()), Some(subject));
        let applies = Trial::ALL.iter().filter(|trial| subject.does_not_apply(**trial).is_none());
        let is_size = subject == Subject::Score(ScoreKind::Whale);
        assert_eq!(applies.count() == 0, is_size, "{subject:?}");
    }
}
