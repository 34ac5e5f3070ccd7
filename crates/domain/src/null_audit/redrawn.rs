//! The trial on real bets with outcomes drawn anew.
//!
//! Every outcome is drawn from what was paid for it (recalibrated), so that nobody has skill; wallets, events, prices
//! and times are as they were. An event is drawn once for all wallets: with one number u between 0 and 1, a bet with the
//! chance π of the first outcome comes out so if u is below π. Two who paid the same for the same are right
//! together, and each has exactly the chance it paid for, whatever others paid at other times: no single outcome could
//! be fair at both of two prices. Exclusive markets of an event lie beside each other on the circle of u, each as long as
//! its mean chance, so that where prices agree one of them at most comes true.

use std::collections::BTreeMap;

use super::judges::{Judge, Seen, test};
use super::results::{Lasting, Line, Results};
use super::subject::Subject;
use super::synthetic::lasting;
use crate::scores::ScoreKind;
use crate::stats::persistence::spearman;
use crate::stats::special::{expit, logit};
use crate::stats::tilt::variance_by_likelihood;
use crate::stats::{Dice, Posterior, PriceTest, Score};

/// The skill that is planted among real bets to see what is found of it.
const PLANTED: f64 = 0.6;
/// In this part of wallets.
const PLANTED_SHARE: f64 = 0.05;

/// A bet as it was made, and how it came out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Laid {
    /// Whose, by number from 0.
    pub wallet: usize,
    /// The event, by number.
    pub event: usize,
    /// The market, by number.
    pub market: usize,
    /// Whether it was on the market's first outcome.
    pub is_first: bool,
    /// The chance of it if nobody has skill, above 0 and below 1.
    pub chance: f64,
    /// Whether at most one market of the event answers Yes.
    pub is_exclusive: bool,
    /// Whether it came true.
    pub came_true: bool,
    /// When it was settled: seconds since 1970.
    pub settled_at: i64,
}

impl Laid {
    fn first(&self) -> f64 {
        if self.is_first { self.chance } else { 1.0 - self.chance }
    }
}

/// Bets whose outcomes can be drawn.
#[derive(Debug, Clone)]
pub struct Redrawing<'a> {
    bets: &'a [Laid],
    /// Of each bet: the place of its event among events, and where its market begins on the event's circle.
    places: Vec<(usize, f64)>,
    events: usize,
}

impl<'a> Redrawing<'a> {
    /// Of all bets of all wallets.
    pub fn of(bets: &'a [Laid]) -> Self {
        let mut events: BTreeMap<usize, BTreeMap<usize, (f64, f64)>> = BTreeMap::new();
        for bet in bets {
            let market = events.entry(bet.event).or_default().entry(bet.market).or_default();
            *market = (market.0 + bet.first(), market.1 + 1.0);
        }
        let mut begins: BTreeMap<(usize, usize), (usize, f64)> = BTreeMap::new();
        for (place, (event, markets)) in events.iter().enumerate() {
            let mut reached = 0.0;
            for (market, (sum, count)) in markets {
                begins.insert((*event, *market), (place, reached));
                reached += sum / count;
            }
        }
        let places = bets.iter().map(|bet| {
            let (place, begin) = begins.get(&(bet.event, bet.market)).copied().unwrap_or_default();
            (place, if bet.is_exclusive { begin } else { 0.0 })
        });
        Self { bets, places: places.collect(), events: events.len() }
    }

    /// How each bet comes out, if each wallet's chances are better than it paid for by so much in log-odds.
    pub fn draw(&self, dice: &mut Dice, theta: impl Fn(usize) -> f64) -> Vec<bool> {
        let drawn: Vec<f64> = (0..self.events).map(|_| dice.unit()).collect();
        let outcome = |(bet, (place, begin)): (&Laid, &(usize, f64))| {
            let tilt = theta(bet.wallet);
            let chance = if tilt == 0.0 { bet.chance } else { expit(logit(bet.chance) + tilt) };
            let first = if bet.is_first { chance } else { 1.0 - chance };
            let at = (drawn.get(*place).copied().unwrap_or(0.5) - begin).rem_euclid(1.0);
            (at < first) == bet.is_first
        };
        self.bets.iter().zip(&self.places).map(outcome).collect()
    }

    /// Bets by wallet, with outcomes as given, and what a score would take their chances for.
    fn register(&self, outcomes: &[bool], reckoned: &Reckoned<'_>) -> Vec<Vec<Seen>> {
        let wallets = self.bets.iter().map(|bet| bet.wallet + 1).max().unwrap_or(0);
        let mut register = vec![Vec::new(); wallets];
        for ((bet, came_true), chance) in self.bets.iter().zip(outcomes).zip(reckoned(outcomes)) {
            if let Some(wallet) = register.get_mut(bet.wallet) {
                wallet.push(Seen { chance, came_true: *came_true });
            }
        }
        register
    }
}

/// For what a score takes the chance of each bet if these are the outcomes: it learns from them how prices come out.
pub type Reckoned<'a> = dyn Fn(&[bool]) -> Vec<f64> + 'a;

/// Tries something on real bets, so many times. The last lines say what it finds in the outcomes as they were.
pub fn redrawn(
    subject: Subject,
    judge: &dyn Judge,
    bets: &[Laid],
    reckoned: &Reckoned<'_>,
    runs: usize,
    seed: u64,
) -> Results {
    let (budget, redrawing) = (subject.budget(), Redrawing::of(bets));
    let mut dice = Dice::new(seed, 11);
    let (mut sizes, mut powers, mut named) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        let outcomes = redrawing.draw(&mut dice, |_| 0.0);
        let found = Count::of(judge, &redrawing.register(&outcomes, reckoned), |_| true);
        sizes.push((found.flagged, found.judged));
        named.extend(found.named);
        let lot = dice.bits();
        let is_skilled = |wallet: usize| Dice::new(lot, wallet as u64).chance(PLANTED_SHARE);
        let theta = |wallet| if is_skilled(wallet) { PLANTED } else { 0.0 };
        let outcomes = redrawing.draw(&mut dice, theta);
        let found = Count::of(judge, &redrawing.register(&outcomes, reckoned), is_skilled);
        powers.push((found.flagged, found.judged));
    }
    let label = "wallets flagged at nominal 5 % where outcomes are drawn from what was paid";
    let mut lines = vec![Line::of_runs("type1", label, &sizes, budget.type1)];
    if !named.is_empty() {
        let wrong = named.iter().filter(|count| **count > 0).count();
        let label = "draws in which anybody is named";
        let line = Line::part("draws_with_discoveries", label, wrong, named.len());
        lines.push(line.within(budget.false_discovery));
    }
    let label = format!("wallets flagged that were given skill {PLANTED} for the trial");
    lines.push(Line::of_runs("power_06", &label, &powers, None));
    let outcomes: Vec<bool> = bets.iter().map(|bet| bet.came_true).collect();
    let real = redrawing.register(&outcomes, reckoned);
    let found = Count::of(judge, &real, |_| true);
    let label = "wallets flagged by the outcomes as they were";
    lines.push(Line::part("real_flagged", label, found.flagged, found.judged));
    if let Some(count) = found.named {
        let label = "wallets named by the outcomes as they were";
        lines.push(Line::part("real_named", label, count, found.judged));
    }
    let is_smart = subject == Subject::Score(ScoreKind::Smart);
    let persistence = if is_smart { forward(bets) } else { None };
    Results { lines, rankings: Vec::new(), persistence, seed: Some(seed), seconds: None }
}

/// What a judge says of some wallets of a register.
struct Count {
    flagged: usize,
    judged: usize,
    /// `None` where nobody is ever named.
    named: Option<usize>,
}

impl Count {
    fn of(judge: &dyn Judge, register: &[Vec<Seen>], wanted: impl Fn(usize) -> bool) -> Self {
        let mut count = Self { flagged: 0, judged: 0, named: None };
        for (wallet, claim) in judge.judge(register).into_iter().enumerate() {
            let Some(claim) = claim.filter(|_| wanted(wallet)) else { continue };
            count.judged += 1;
            count.flagged += usize::from(claim.is_flagged);
            if let Some(is_named) = claim.is_named {
                *count.named.get_or_insert(0) += usize::from(is_named);
            }
        }
        count
    }
}

/// Spearman's correlation of the posterior skill by what was settled in the first half of all bets with how surprisingly
/// much came true after it, over wallets with enough of both.
fn forward(bets: &[Laid]) -> Option<Lasting> {
    let mut times: Vec<i64> = bets.iter().map(|bet| bet.settled_at).collect();
    times.sort_unstable();
    let middle = *times.get(times.len() / 2)?;
    let fewest = ScoreKind::Smart.fewest();
    let mut wallets: BTreeMap<usize, [Vec<Seen>; 2]> = BTreeMap::new();
    for bet in bets {
        let [before, after] = wallets.entry(bet.wallet).or_default();
        let half = if bet.settled_at < middle { before } else { after };
        half.push(Seen { chance: bet.chance, came_true: bet.came_true });
    }
    let tested = wallets
        .values()
        .filter_map(|[before, after]| Some((test(before, fewest)?, test(after, fewest)?)));
    let tested: Vec<(PriceTest, PriceTest)> = tested.collect();
    let scores: Vec<Score> = tested.iter().map(|(before, _)| before.score()).collect();
    // Of no variance all would be the same; a small one puts them in order.
    let variance = variance_by_likelihood(&scores)?.max(1e-6);
    let pairs = tested
        .iter()
        .map(|(before, after)| (Posterior::of(before.score(), variance).mean, after.lower));
    let pairs: Vec<(f64, f64)> = pairs.collect();
    lasting(spearman(&pairs)?, pairs.len())
}
