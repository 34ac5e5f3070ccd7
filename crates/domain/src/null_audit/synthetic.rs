//! The synthetic trial.

use super::judges::{Claim, Judge, Seen};
use super::population::{Population, Style, Wallet};
use super::rankings::{Ranking, Rankings};
use super::results::{First, Lasting, Line, Results};
use super::rules::Rule;
use super::size::{FlagRate, SizeTable};
use super::subject::Subject;
use crate::scores::{Budget, ScoreKind};

/// Skill that is planted, in log-odds: 0.3 turns 50 cents into a chance of 57 %, 0.6 into 65 %.
const PLANTED: [f64; 2] = [0.3, 0.6];
/// Wallets that are tested together, and corrected for each other.
const REGISTER: usize = 500;
/// One in so many of the wallets is among the first of a ranking that are looked at.
const FIRST: usize = 100;

/// How many synthetic wallets, and what they are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Of all draws.
    pub seed: u64,
    /// Wallets of each population.
    pub wallets: usize,
}

/// Tries something on wallets without skill, by style, and on wallets of which 3 % have some.
pub fn synthetic(subject: Subject, judge: &dyn Judge, sample: Sample) -> Results {
    let budget = subject.budget();
    let none = Population { wallets: sample.wallets, ..Population::without_skill(sample.seed) };
    let judged = Judged::of(&none, judge);
    let mut results = Results { seed: Some(sample.seed), ..Results::default() };
    results.lines.extend(errors(&judged, budget));
    let is_smart = subject == Subject::Score(ScoreKind::Smart);
    if is_smart {
        results.lines.extend(rules(&none, budget));
    }
    for theta in PLANTED {
        let some =
            Population { wallets: sample.wallets, ..Population::with_skill(sample.seed, theta) };
        results.lines.extend(power(&Judged::of(&some, judge), theta, budget));
        if is_smart && theta > PLANTED[0] {
            rank(&some, &mut results);
        }
    }
    results
}

/// A population and what was claimed of it, register by register.
struct Judged {
    registers: Vec<Vec<(Style, bool, Option<Claim>)>>,
}

impl Judged {
    fn of(population: &Population, judge: &dyn Judge) -> Self {
        let wallets: Vec<usize> = (0..population.wallets).collect();
        let registers = wallets.chunks(REGISTER).map(|numbers| {
            let wallets: Vec<Wallet> =
                numbers.iter().map(|number| population.wallet(*number)).collect();
            let seen: Vec<Vec<Seen>> = wallets.iter().map(as_seen).collect();
            let claims = judge.judge(&seen);
            let pairs = wallets.iter().zip(claims);
            pairs.map(|(wallet, claim)| (wallet.style, wallet.is_skilled(), claim)).collect()
        });
        Self { registers: registers.collect() }
    }

    /// How many of some wallets are flagged, and of how many anything is said.
    fn flagged(&self, wanted: impl Fn(Style, bool) -> bool) -> (usize, usize) {
        let of_them = self.registers.iter().flatten().filter(|one| wanted(one.0, one.1));
        let claims = of_them.filter_map(|one| one.2);
        claims.fold((0, 0), |(k, n), claim| (k + usize::from(claim.is_flagged), n + 1))
    }

    /// Whether anybody can be named at all.
    fn names(&self) -> bool {
        self.registers.iter().flatten().any(|one| one.2.is_some_and(|it| it.is_named.is_some()))
    }

    /// Those who are named: how many, and how many of them without skill.
    fn named(register: &[(Style, bool, Option<Claim>)]) -> (usize, usize) {
        let is_named = |claim: &Option<Claim>| claim.is_some_and(|it| it.is_named == Some(true));
        let named = register.iter().filter(|one| is_named(&one.2));
        named.fold((0, 0), |(all, wrong), one| (all + 1, wrong + usize::from(!one.1)))
    }
}

/// As a score sees a synthetic wallet: an event once, at its first price.
fn as_seen(wallet: &Wallet) -> Vec<Seen> {
    let seen = wallet.events.iter();
    seen.map(|event| Seen { chance: event.price, came_true: event.came_true }).collect()
}

fn errors(judged: &Judged, budget: Budget) -> Vec<Line> {
    let (k, n) = judged.flagged(|_, _| true);
    let label = "wallets without skill that are flagged at nominal 5 %";
    let mut lines = vec![Line::part("type1", label, k, n).within(budget.type1)];
    for style in Style::ALL {
        let (k, n) = judged.flagged(|other, _| other == style);
        let name = format!("type1_{}", style.slug());
        let label = format!("the same, of those who buy at {}", style.name());
        lines.push(Line::part(&name, &label, k, n).within(budget.type1));
    }
    if judged.names() {
        let wrong = judged.registers.iter().filter(|one| Judged::named(one).0 > 0).count();
        let label = "registers of 500 wallets without skill in which anybody is named";
        let line = Line::part("registers_with_discoveries", label, wrong, judged.registers.len());
        lines.push(line.within(budget.false_discovery));
    }
    lines
}

/// What others say of the same wallets; of ours what is said after every event, too.
fn rules(population: &Population, budget: Budget) -> Vec<Line> {
    let table = SizeTable::of(population);
    let lines =
        table.rows.iter().filter(|(rule, _)| *rule != Rule::PriceNull).map(|(rule, row)| {
            let label = rule.name().replace("**", "");
            let FlagRate { flagged, eligible, .. } = row.all;
            let by_style = Style::ALL.iter().zip(&row.by_style).filter_map(|(style, rate)| {
                Some(format!("{} {:.1} %", style.name(), 100.0 * rate.of_eligible()?.value))
            });
            let by_style: Vec<String> = by_style.collect();
            let line = Line::part(&format!("rule_{}", rule.slug()), &label, flagged, eligible)
                .noting(by_style.join(", "));
            if *rule == Rule::Evidence { line.within(budget.type1) } else { line }
        });
    lines.collect()
}

fn power(judged: &Judged, theta: f64, budget: Budget) -> Vec<Line> {
    let of = format!("of skill {theta}");
    let name = |what: &str| format!("{what}_{:02}", (theta * 10.0).round());
    let (k, n) = judged.flagged(|_, is_skilled| is_skilled);
    let label = format!("wallets {of} that are flagged");
    let mut lines = vec![Line::part(&name("power"), &label, k, n)];
    if judged.names() {
        let registers = judged.registers.iter().map(|register| {
            let (all, wrong) = Judged::named(register);
            (wrong, all)
        });
        let registers: Vec<(usize, usize)> = registers.collect();
        let right: usize = registers.iter().map(|(wrong, all)| all - wrong).sum();
        let skilled = judged.registers.iter().flatten().filter(|one| one.1 && one.2.is_some());
        let label = format!("wallets {of} that are named");
        lines.push(Line::part(&name("named"), &label, right, skilled.count()));
        let label = format!("named without skill, among 3 % {of}: mean part over registers");
        let (name, most) = (name("false_discoveries"), budget.false_discovery);
        lines.push(Line::false_discoveries(&name, &label, &registers, most));
    }
    lines
}

fn rank(population: &Population, results: &mut Results) {
    let top = (population.wallets / FIRST).max(1);
    let rankings = Rankings::of(population, top);
    for (ranking, standing) in &rankings.standings {
        let Some(share) = standing.skilled else { continue };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
        let hits = (share.value * share.n as f64).round() as usize;
        results.rankings.extend(First::of(ranking.slug(), hits, share.n));
        if *ranking == Ranking::Posterior {
            results.persistence =
                standing.correlation.and_then(|rho| lasting(rho, standing.ranked));
        }
    }
}

/// With Fisher's interval (1921), whose error for ranks is a little larger than for numbers: 1.03/√(n − 3) (Fieller,
/// Hartley and Pearson 1957).
pub(super) fn lasting(rho: f64, n: usize) -> Option<Lasting> {
    let half =
        crate::stats::special::Z_95 * (1.06 / (n.checked_sub(3).filter(|n| *n > 0)? as f64)).sqrt();
    let middle = rho.clamp(-0.999_999, 0.999_999).atanh();
    Some(Lasting { rho, low: (middle - half).tanh(), high: (middle + half).tanh(), n: n as u64 })
}
