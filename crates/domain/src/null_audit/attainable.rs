//! What a score could find at all: with the skill that the skilled of a world turn out to have, in as many events as
//! they have.
//!
//! A score that finds few is bad, or what it looks for cannot be seen in so few events. The two are told apart by drawing
//! the outcomes anew, often, with the skill that all skilled together show, and looking how many the same score finds
//! then. One draw is what the world happened to be; their mean is what the score can do there.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::judges::LEVEL;
use super::redrawn::{Laid, Redrawing};
use super::results::{First, Line};
use crate::evidence::Basis;
use crate::ledger::Completeness;
use crate::scores::{Baseline, Context, Population, Registered, SettledBet, Smart, Tested, smart};
use crate::stats::special::{expit, logit};
use crate::stats::{Dice, tilt};

/// Steps of Newton's method, which needs five.
const STEPS: usize = 30;

/// What was found, and would be on average.
#[derive(Debug, Clone, PartialEq)]
pub struct Attainable {
    /// Counts as they are and as they would be.
    pub lines: Vec<Line>,
    /// The mean of how many are among the first, to a whole wallet, with the interval of one look of as many.
    pub rankings: Vec<First>,
}

/// Who is who, by the number of a wallet.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// Whom the score looks for.
    pub is_skilled: &'a dyn Fn(usize) -> bool,
    /// Whose bets have their skill: theirs, and those of whoever copies them.
    pub has_skill: &'a dyn Fn(usize) -> bool,
}

/// The skill θ at which as many bets would come true as did; `None` of none, and where all or none did.
pub fn shared_skill<'a>(bets: impl IntoIterator<Item = &'a Laid>) -> Option<f64> {
    let mut trials = Vec::new();
    let mut hits = 0;
    for bet in bets {
        trials.push(logit(bet.chance));
        hits += usize::from(bet.came_true);
    }
    if hits == 0 || hits == trials.len() {
        return None;
    }
    let mut theta = 0.0;
    for _ in 0..STEPS {
        let (expected, information) = trials.iter().fold((0.0, 0.0), |(mean, variance), odds| {
            let chance = expit(odds + theta);
            (mean + chance, variance + chance * (1.0 - chance))
        });
        // A step of at most one keeps it from overshooting where chances are nearly 0 or 1.
        let step: f64 = (hits as f64 - expected) / information;
        theta += step.clamp(-1.0, 1.0);
    }
    Some(theta)
}

/// What smart money finds of the skilled among wallets, as it is and over `runs` draws of the outcomes. `None` where
/// nobody skilled has a bet, or theirs all came true, or none did.
///
/// In a draw the skilled are as much better than prices as all of them together were, and the others as much better or
/// worse as they were together: who pays a spread has less than prices promise. Wallets, events, prices and times are as
/// they were.
pub fn attainable(
    bets: &[Laid],
    known: Known<'_>,
    tops: &[usize],
    (runs, seed): (usize, u64),
) -> Option<Attainable> {
    let (better, others): (Vec<&Laid>, Vec<&Laid>) =
        bets.iter().partition(|bet| (known.has_skill)(bet.wallet));
    let skill = shared_skill(better)?;
    let cost = shared_skill(others).unwrap_or(0.0);
    let redrawing = Redrawing::of(bets);
    let mut dice = Dice::new(seed, 13);
    let theta = |wallet: usize| if (known.has_skill)(wallet) { skill } else { cost };
    let drawn: Vec<Found> = (0..runs)
        .map(|_| Found::of(bets, &redrawing.draw(&mut dice, theta), known.is_skilled, tops))
        .collect();
    let real: Vec<bool> = bets.iter().map(|bet| bet.came_true).collect();
    let real = Found::of(bets, &real, known.is_skilled, tops);
    let note = format!(
        "by all their bets together the skilled are better than prices by θ = {skill:+.2}, all others by {cost:+.2}; the \
         middle one has {} events, and a power of 80 % would take {}",
        real.events,
        real.needed(skill),
    );
    let flagged: Vec<(usize, usize)> = drawn.iter().map(|one| (one.flagged, one.skilled)).collect();
    let lines = vec![
        Line::part(
            "flagged_skilled",
            "skilled wallets that the test of each alone finds at nominal 5 %",
            real.flagged,
            real.skilled,
        ),
        Line::of_runs(
            "flagged_expected",
            "the same, over outcomes drawn anew with the skill that all of them together show",
            &flagged,
            None,
        )
        .noting(note),
    ];
    let rankings = (0..tops.len()).filter_map(|place| {
        let (mut hits, mut looked) = (0, 0);
        for (found, of) in drawn.iter().filter_map(|one| one.first.get(place)) {
            (hits, looked) = (hits + found, looked + of);
        }
        let mean = |sum: usize| (sum + runs / 2) / runs.max(1);
        First::of("smart_money_expected", mean(hits), mean(looked))
    });
    Some(Attainable { lines, rankings: rankings.collect() })
}

/// What the score says of one draw.
struct Found {
    /// Skilled wallets that are tested, and those of them that are flagged.
    skilled: usize,
    flagged: usize,
    /// Skilled among the first so many, and how many those are.
    first: Vec<(usize, usize)>,
    /// Events of the skilled wallet in the middle, and Fisher's information of one of them.
    events: usize,
    information: f64,
}

impl Found {
    fn of(
        bets: &[Laid],
        outcomes: &[bool],
        is_skilled: &dyn Fn(usize) -> bool,
        tops: &[usize],
    ) -> Self {
        let (as_of, baseline) = (end(bets), Baseline::default());
        let mut wallets: BTreeMap<usize, Vec<SettledBet>> = BTreeMap::new();
        for (bet, came_true) in bets.iter().zip(outcomes) {
            let settled = SettledBet { came_true: *came_true, ..settled(bet) };
            wallets.entry(bet.wallet).or_default().push(settled);
        }
        let tested: Vec<(usize, Tested, Registered)> = wallets
            .iter()
            .filter_map(|(wallet, bets)| {
                let tested = Tested::of(bets, &baseline, as_of);
                Some((*wallet, tested, tested.registered()?))
            })
            .collect();
        let register: Vec<Registered> = tested.iter().map(|(_, _, one)| *one).collect();
        let population = Population::of(baseline, &register, 0, as_of);
        let mut ranked: Vec<(f64, usize)> = tested
            .iter()
            .filter_map(|(wallet, tested, _)| Some((score(tested, &population)?, *wallet)))
            .collect();
        ranked.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        let first = tops.iter().map(|top| {
            let first = ranked.iter().take(*top);
            (first.clone().filter(|(_, wallet)| is_skilled(*wallet)).count(), first.count())
        });
        let skilled = tested.iter().filter(|(wallet, ..)| is_skilled(*wallet));
        let (mut events, mut sum): (Vec<usize>, tilt::Score) = Default::default();
        for (_, tested, registered) in skilled.clone() {
            events.push(tested.events());
            sum.information += registered.score.information;
        }
        events.sort_unstable();
        let all: usize = events.iter().sum();
        Self {
            skilled: events.len(),
            flagged: skilled.filter(|(_, _, one)| one.p < LEVEL).count(),
            first: first.collect(),
            events: events.get(events.len() / 2).copied().unwrap_or(0),
            information: sum.information / all.max(1) as f64,
        }
    }

    /// Events with which four of five wallets of a skill are flagged: where the mean of the test's normal form, θ·√I, is
    /// as far above what it takes.
    fn needed(&self, skill: f64) -> String {
        let needed = ((Z_LEVEL + Z_POWER) / skill).powi(2) / self.information;
        if skill > 0.0 && needed.is_finite() {
            format!("{needed:.0}")
        } else {
            "no number of them".to_owned()
        }
    }
}

/// Deviations from which a one-sided test of [`LEVEL`] says so.
const Z_LEVEL: f64 = 1.644_853_6;
/// Deviations below which four of five are above.
const Z_POWER: f64 = 0.841_621_2;

fn score(tested: &Tested, population: &Population) -> Option<f64> {
    let [all, recent] = tested.tilts(population);
    let p = tested.registered()?.p;
    let known = Smart {
        all: Some(all),
        recent: Some(recent),
        p: Some(p),
        local_fdr: population.local_fdr(p),
        completeness: Completeness::Full,
        is_maker_like: Some(false),
        is_bot_like: Some(false),
    };
    let context = Context { as_of: population.as_of, basis: Basis::Activity, evidence: Vec::new() };
    smart(&known, context).verdict.value()
}

/// Just after the last of them was settled.
fn end(bets: &[Laid]) -> DateTime<Utc> {
    let last = bets.iter().map(|bet| bet.settled_at).max();
    at(last.unwrap_or_default()) + TimeDelta::seconds(1)
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap_or_default()
}

fn settled(bet: &Laid) -> SettledBet {
    SettledBet {
        kind: (None, None),
        price: bet.chance,
        came_true: bet.came_true,
        opened_at: DateTime::UNIX_EPOCH,
        closed_at: at(bet.settled_at),
    }
}
